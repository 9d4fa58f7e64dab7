"""What reads outside input, each as a function of bytes that raises where it must not.

The same functions are driven by Hypothesis in the tests (`tests/project/test_fuzzed.py`), by the
inputs that were found to break them once (`tests/fuzzed/`), and by Atheris (`make fuzz`).
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
from kombo_fakes.probing.reports.replay import read_kept_exchanges

SECRET = "a secret of the fuzzer"


def document(data: bytes) -> None:
    """What counts as JSON can be written, and is the same when it is read again."""
    try:
        value = parse_json(data)
    except DocumentError as error:
        _is_short(error)
        return
    assert parse_json(json.dumps(value)) == value
    assert json.loads(data) == value


def yaml(data: bytes) -> None:
    """What counts as YAML is JSON by value: nothing is constructed but what JSON has."""
    try:
        value = parse_yaml(data, "fuzzed.yaml")
    except DocumentError as error:
        _is_short(error)
        return
    assert parse_json(json.dumps(value)) == value


def schema(data: bytes) -> None:
    """A schema is honoured or refused, and what is honoured can be asked about any payload."""
    published = _json(data)
    if published is None or isinstance(published, str):
        return  # A text is the name of an event, or a path.
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
    """`kombo-fakes validate -` judges whatever comes, and says so in text that can be printed."""
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    with (
        mock.patch.dict(os.environ, {TRACEBACK: "1"}),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(data))),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        status = main(["validate", "-"])
    said.flush()
    assert status in (FINE, FOUND, UNUSABLE), status
    lines = said.buffer.getvalue().decode("utf-8").splitlines()
    assert lines
    assert all(line.isprintable() for line in lines), lines


def record(data: bytes) -> None:
    """A report or a recording is taken for what it holds, or is none; so is a baseline."""
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
    """Any header is a signature or isn't; the body that was signed is the only one that fits."""
    header, _, body = data.partition(b"\n")
    right = sign(body, SECRET)
    assert verify(body, right, SECRET)
    assert verify(body, header, SECRET) == (header == right.encode())
    assert not verify(body + b"\n", right, SECRET)


def pointer(data: bytes) -> None:
    """A JSON Pointer that parses is written the same again; a dotted name becomes one."""
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
"""The targets by their names, which are also those of the folders of `tests/fuzzed`."""


def _json(data: bytes) -> Any:
    try:
        return parse_json(data)
    except DocumentError:
        return None


def _is_short(error: KomboFakesError) -> None:
    text = str(error)
    text.encode("utf-8")
    assert 0 < len(text) < 2_000, text
