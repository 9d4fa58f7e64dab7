"""The inputs that fuzzing begins with: valid and nearly valid ones for each target."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fuzz.targets import SECRET
from kombo_fakes import Schema, events, faults, generate, serialize, sign, styles

FOUND = Path(__file__).parent.parent / "tests" / "fuzzed"
"""The inputs that once broke a target, in a folder for each target."""

_SCHEMAS: tuple[Any, ...] = (
    {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"const": 1}]}}},
    {"$id": "#/x", "type": "object", "properties": {"a": {"type": "string", "nullable": True}}},
    {"type": "string", "pattern": "^[a-z]{2,5}$", "format": "email", "minLength": 6},
    {"type": "integer", "minimum": -3, "exclusiveMaximum": 9.5, "multipleOf": 0.5},
    {"type": "array", "prefixItems": [{"enum": [1, "1"]}], "items": False, "uniqueItems": True},
    {"oneOf": [{"required": ["a"]}, {"minProperties": 2}], "if": {}, "then": {"not": {}}},
    {"patternProperties": {"^x-": {}}, "propertyNames": {"maxLength": 4}, "dependentRequired": {}},
    {"allOf": [{"contains": {"type": "null"}, "minContains": 2}], "unevaluatedItems": False},
)

_YAML = (
    b"a: &x [1, 2]\nb: *x\n",
    b"<<: {a: 1}\nb: 2021-01-01\nc: 0x1F\nd: !!str 5\n",
    b"? [1]\n: 2\n",
    b"a: |\n  text\nb: >-\n  folded\n...\n---\nc: ~\n",
    b"!!python/object/apply:os.system [true]\n",
    b"a: .inf\nb: 1e999\nc: yes\nd: 1_000\n",
)


def seeds(target: str) -> list[bytes]:
    """List the inputs that fuzzing of a target begins with, and those that once broke it.

    Examples:
        >>> len(seeds("pointer")) > 50
        True
    """
    found = sorted((FOUND / target).glob("*"))
    return [*_MADE[target](), *(file.read_bytes() for file in found)]


def _documents() -> Iterator[bytes]:
    yield from (b"[1e400]", b"[-0.0, 1E+2]", b'{"a": "\\ud800"}', b"[" * 300, b"\xff\xfe[]")
    yield from _payloads()


def _payloads() -> Iterator[bytes]:
    for event in events():
        first, second = (serialize(made.payload) for made in generate(event, 2, seed=1))
        yield from (first, first + b"\n" + second + b"\n")
        yield from (json.dumps(fault.examples[0]).encode() for fault in faults(event))
    for style in styles():
        yield serialize(next(generate(seed=2)).payload, style.name)


def _yaml() -> Iterator[bytes]:
    yield from _YAML
    yield from _schemas()


def _schemas() -> Iterator[bytes]:
    yield from (json.dumps(schema).encode() for schema in _SCHEMAS)
    yield from (json.dumps(Schema.load(event).published).encode() for event in events())


def _records() -> Iterator[bytes]:
    body = base64.b64encode(serialize(next(generate()).payload)).decode()
    request = {"method": "POST", "headers": [["Content-Type", "text/plain"]], "body": body}
    reply = {"status": 500, "trouble": None, "headers": [["A", "b"]], "body": "bm8="}
    exchange = {"done": ["fault:x"], "request": request, "reply": reply}
    silence = {**exchange, "reply": {"status": None, "trouble": "timeout"}}
    finding = {"id": "a", "category": "crash", "cases": ["fault:x"], "exchanges": [exchange]}
    report = {"url": "http://127.0.0.1:1", "findings": [finding], "known": [{"id": "b"}]}
    for kept in (exchange, silence, finding, report, ["a", "b"], {"findings": []}):
        yield json.dumps(kept).encode()


def _signatures() -> Iterator[bytes]:
    for event in events():
        body = serialize(next(generate(event)).payload)
        yield from (sign(body, SECRET).encode() + b"\n" + body, b"sha256=\n" + body)


def _pointers() -> Iterator[bytes]:
    yield from (b"", b"/", b"/~0~1", b"/~2", b"a", b"/a//b", b"/01")
    for event in events():
        yield from (fault.pointer.encode() for fault in faults(event))


_MADE = {
    "document": _documents,
    "yaml": _yaml,
    "schema": _schemas,
    "payload": _payloads,
    "record": _records,
    "signature": _signatures,
    "pointer": _pointers,
}
