"""The targets of fuzzing: functions of bytes, which raise if the library has a bug.

They are called by Hypothesis in the tests (`tests/project/test_fuzzed.py`), with the inputs that
once broke them (`tests/fuzzed/`), and by Atheris (`make fuzz`).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from typing import Any
from unittest import mock

from kombo_fakes import Schema, faults, generate, sign, verify
from kombo_fakes.cli.main import TRACEBACK, main
from kombo_fakes.cli.status import FINE, FOUND, UNUSABLE
from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.pointer import parse_pointer, to_pointer
from kombo_fakes.core.yaml_reader import parse_yaml
from kombo_fakes.errors import DocumentError, KomboFakesError, PointerError, SchemaError
from kombo_fakes.probing.reports.as_json import exchange_data, exchange_of, known_cases
from kombo_fakes.probing.reports.kept_exchanges import read_kept_exchanges

SECRET = "a secret of the fuzzer"


def document(data: bytes) -> None:
    """Whatever is accepted as JSON can be written, and read again as the same value."""
    try:
        value = parse_json(data)
    except DocumentError as error:
        _is_short(error)
        return
    assert parse_json(json.dumps(value)) == value
    assert json.loads(data) == value


def yaml(data: bytes) -> None:
    """Whatever is accepted as YAML has a JSON value: no other objects are constructed."""
    try:
        value = parse_yaml(data, "fuzzed.yaml")
    except DocumentError as error:
        _is_short(error)
        return
    assert parse_json(json.dumps(value)) == value


def schema(data: bytes) -> None:
    """A schema is accepted or rejected, and an accepted one judges any payload."""
    published = _json(data)
    if published is None or isinstance(published, str):
        return  # A string is the name of an event, or a path.
    try:
        honoured = Schema.load(published)
        for fault in faults(honoured):
            assert not any(map(honoured.is_valid, fault.examples)), fault.id
        for made in generate(honoured, 2):
            assert honoured.is_valid(made.payload), made.payload
    except (SchemaError, DocumentError) as error:
        _is_short(error)
        return
    for payload in (None, {}, [], "", 0, published):
        assert honoured.is_valid(payload) == (not honoured.violations(payload))


def payload(data: bytes) -> None:
    """`kombo-fakes validate -` judges any input, and prints only printable lines."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    with (
        mock.patch.dict(os.environ, {TRACEBACK: "1"}),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(data))),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        status = main(["validate", "-"])
    output.flush()
    assert status in (FINE, FOUND, UNUSABLE), status
    lines = output.buffer.getvalue().decode("utf-8").splitlines()
    assert lines
    assert all(line.isprintable() for line in lines), lines


def record(data: bytes) -> None:
    """A report, a recording or a baseline is read completely, or rejected."""
    kept = _json(data)
    for read in (read_kept_exchanges, known_cases):
        try:
            found = read(kept, "fuzzed.json")
        except DocumentError as error:
            _is_short(error)
            continue
        for one in found if read is read_kept_exchanges else ():
            exchange = one.exchange
            assert isinstance(f"{one.title} {one.judge(exchange.reply)}", str)
            assert isinstance(exchange.delivery.curl("http://127.0.0.1:8000"), str)
            assert exchange_of(json.loads(json.dumps(exchange_data(exchange))), "") == exchange


def signature(data: bytes) -> None:
    """Only the right signature of a body is accepted, and only for this body."""
    header, _, body = data.partition(b"\n")
    right = sign(body, SECRET)
    assert verify(body, right, SECRET)
    assert verify(body, header, SECRET) == (header == right.encode())
    assert not verify(body + b"\n", right, SECRET)


def pointer(data: bytes) -> None:
    """A JSON Pointer is written as it was read, and a dotted path becomes a pointer."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    try:
        path = parse_pointer(text)
    except PointerError as error:
        _is_short(error)
        return
    if text.startswith("/"):
        assert to_pointer(path) == text
    assert parse_pointer(to_pointer(path)) == path


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (document, yaml, schema, payload, record, signature, pointer)
}
"""The targets by name. The folders of `tests/fuzzed` have the same names."""


def _json(data: bytes) -> Any:
    try:
        return parse_json(data)
    except DocumentError:
        return None


def _is_short(error: KomboFakesError) -> None:
    text = str(error)
    text.encode("utf-8")
    assert 0 < len(text) < 2_000, text
