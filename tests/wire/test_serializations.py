"""Styles: each writes other bytes, and every parser reads the same payload from them."""

from __future__ import annotations

import json
import math
import os
import shutil
import struct
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.sampling import some_fast

from kombo_fakes import (
    Delivery,
    Style,
    UnknownNameError,
    events,
    payloads,
    serialize,
    styles,
    verify,
)
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.serializations import serialize_mixed

AGREED, ALL = styles(), styles(ambiguous=True)
EVENTS = sorted(events(), key=DEFAULT_EVENT.__ne__)

# All that JSON can express, with lone surrogates and with numbers beyond all floats.
CHARACTERS = (
    st.characters() | st.characters(categories=["Cs"]) | st.sampled_from('\\/"\u2028\0\x7f')
)
# Every parser reads two surrogates that form a pair as one character.
STRINGS = st.text(CHARACTERS, max_size=8).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | STRINGS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4)
)
NASTY: list[Any] = [
    {}, [], "", 0, None, False, {"": {"": []}}, -0.0, 0.1, 1e22, 1e21, 5e-324,
    1.7976931348623157e308, 2**53 + 1, -(10**30), 1e16, 123456789012345680.0, 100.0, 1e-7,
    "\ud800", "\udc00\ud800", "\ud83d\ude00", "\U0001f600", "</script>", "\u2028\u2029",
    "\0\x1f\x7f",
    "\\u0041", "a\\/b", '"', {"__proto__": 1, "constructor": 2, "10": 3, "9": 4},
    {"\ue000": 1, "\U00010000": 2, "\uffff": 3}, [[[[]]]], [[], {}, [{}]],
]  # fmt: skip


def same(one: Any, other: Any) -> bool:
    """True if two values are the same JSON: 1 is neither 1.0 nor true, and keys have no order."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def canonical(value: Any) -> str:
    """Return what parsers with one kind of number read: doubles, and strings as UTF-16."""
    if isinstance(value, str):
        return f'"{value.encode("utf-16-be", "surrogatepass").hex()}"'
    if isinstance(value, dict):
        # JavaScript sorts by code units.
        return (
            "{" + ",".join(sorted(f"{canonical(k)}:{canonical(v)}" for k, v in value.items())) + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    try:
        number = float(value)
    except OverflowError:
        number = math.copysign(math.inf, value)
    return struct.pack(">d", number).hex()


NODE = """
const hex = (text) => '"' + Buffer.from(text, 'utf16le').swap16().toString('hex') + '"';
const canonical = (value) => {
  if (typeof value === 'string') return hex(value);
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']';
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return bytes.toString('hex');
  }
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => hex(key) + ':' + canonical(item));
  return '{' + members.sort().join(',') + '}';
};
const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
for (const line of require('fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {
  console.log(canonical(JSON.parse(utf8.decode(Buffer.from(line, 'base64')))));
}
"""


def by_node(bodies: list[bytes]) -> list[str]:
    """Return what Node reads, in canonical form."""
    node = shutil.which("node")
    if node is None:
        if "KOMBO_FAKES_NO_SKIP" in os.environ:
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    lines = "\n".join(b64encode(body).decode() for body in bodies)
    done = subprocess.run(
        [node, "-e", NODE], input=lines, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("event", some_fast(EVENTS, len(EVENTS)))
def test_python_orjson_and_node_read_the_same_payload_from_every_style(
    event: str, drawn: Any
) -> None:
    made = drawn(payloads(event), 40)
    bodies = [style.write(payload) for payload in made for style in ALL]
    wanted = [canonical(payload) for payload in made for _ in ALL]
    for payload in made:
        for style in AGREED:
            body = style.write(payload)
            assert same(json.loads(body), payload), style
            assert same(parse_json(body), payload), style
            assert same(orjson.loads(body), orjson.loads(orjson.dumps(payload))), style
    assert [canonical(orjson.loads(body)) for body in bodies] == wanted
    assert by_node(bodies) == wanted


def test_node_reads_the_same_nasty_values_from_every_style() -> None:
    bodies = [style.write(value) for value in NASTY for style in ALL]
    assert by_node(bodies) == [canonical(value) for value in NASTY for _ in ALL]


@pytest.mark.parametrize("style", some_fast(ALL, 3), ids=str)
@settings(deadline=None)
@given(value=VALUES)
def test_every_style_is_utf8_and_reads_as_what_was_written(style: Style, value: Any) -> None:
    body = style.write(value)
    assert body.decode().encode() == body
    assert not body.startswith(b"\xef\xbb\xbf")
    assert body == style.write(value)
    if style.ambiguous:
        assert canonical(json.loads(body)) == canonical(value)
    else:
        assert same(json.loads(body), value)


@given(VALUES, st.integers(0, 2**64))
@settings(deadline=None)
def test_mixing_keeps_the_value_and_depends_on_the_choices_only(value: Any, seed: int) -> None:
    body = serialize_mixed(value, SeededChoices(seed))
    assert same(json.loads(body), value)
    assert body == serialize_mixed(value, SeededChoices(seed))


@given(VALUES)
def test_only_styles_that_say_so_change_the_order_of_keys(value: Any) -> None:
    for style in AGREED:
        if style.name not in ("keys-reversed", "keys-sorted", "mixed"):
            assert json.dumps(json.loads(style.write(value))) == json.dumps(value), style


def test_every_style_of_a_rich_payload_has_another_signature() -> None:
    payload = {"b/": ["é\U0001f600", 1.5, {"z": 1, "a": None}], "c": 12, "a": ""}
    bodies = {style.write(payload) for style in ALL}
    assert len(bodies) == len(ALL) >= 15
    assert len({Delivery.signed(body, "x").signature for body in bodies}) == len(ALL)


def test_styles_write_what_senders_in_other_languages_write() -> None:
    payload = {"b": "é/", "a": [1, 2.5]}
    expected = {
        "compact": '{"b":"é/","a":[1,2.5]}',
        "spaced": '{"b": "é/", "a": [1, 2.5]}',
        "indented": '{\n  "b": "é/",\n  "a": [\n    1,\n    2.5\n  ]\n}',
        "ascii": r'{"b": "\u00e9/", "a": [1, 2.5]}',
        "ascii-upper-case": r'{"b":"\u00E9/","a":[1,2.5]}',
        "slashes-escaped": r'{"b":"é\/","a":[1,2.5]}',
        "all-escaped": r'{"\u0062":"\u00e9\u002f","\u0061":[1,2.5]}',
        "keys-reversed": '{"a":[1,2.5],"b":"é/"}',
        "keys-sorted": '{"a":[1,2.5],"b":"é/"}',
        "exponents": '{"b":"é/","a":[1,2.5E+0]}',
        "trailing-newline": '{"b":"é/","a":[1,2.5]}\n',
        "whole-fractions": '{"b":"é/","a":[1.0,2.5]}',
    }
    for name, body in expected.items():
        assert serialize(payload, name).decode() == body


def test_the_keys_of_nested_objects_are_reversed() -> None:
    payload = {"a": [{"b": 1, "c": [{"d": 1, "e": 2}]}], "f": 1}
    assert serialize(payload, "keys-reversed") == b'{"f":1,"a":[{"c":[{"e":2,"d":1}],"b":1}]}'


def test_mixing_may_escape_slashes_only() -> None:
    mixed = {serialize_mixed("x/y", SeededChoices(seed)).strip() for seed in range(20)}
    assert {b'"x/y"', rb'"x\/y"'} < mixed


def test_names_are_unique_and_the_plainest_style_comes_first() -> None:
    assert len({style.name for style in ALL}) == len(ALL)
    assert [str(style) for style in AGREED] == [style.name for style in AGREED]
    assert AGREED[0].name == "compact"
    assert set(AGREED) == {style for style in ALL if not style.ambiguous}
    assert all(style.description for style in ALL)


@pytest.mark.parametrize("style", ALL, ids=str)
@pytest.mark.parametrize(
    "value",
    [math.nan, [math.inf], {"a": {1, 2}}, object(), b"x", {1: 2}, {"a": {None: 1}}],
    ids=lambda value: type(value).__name__,
)
def test_other_values_than_json_are_errors_or_written_as_json(style: Style, value: Any) -> None:
    try:
        body = style.write(value)
    except (TypeError, ValueError):
        return
    # The standard library writes some keys that are not strings as strings.
    assert json.loads(body) == json.loads(json.dumps(value))


def test_writing_changes_no_payload_and_writes_tuples_as_arrays() -> None:
    payload = {"b": [{"z": 1, "a": 2}], "a": 1}
    before = json.dumps(payload)
    for style in ALL:
        style.write(payload)
        assert json.loads(style.write({"a": ("é/", 1)})) == {"a": ["é/", 1]}
    assert json.dumps(payload) == before


@given(VALUES, st.sampled_from(ALL))
def test_a_delivery_is_signed_over_the_bytes_of_its_style_and_names_it(
    value: Any, style: Style
) -> None:
    delivery = Delivery.of(value, "x", style=style.name)
    assert delivery.body == style.write(value)
    assert verify(delivery.body, delivery.signature, "x")
    assert delivery.done == (() if style.name == "compact" else (f"style {style}",))


# Bodies, by the name of the style and by the seed of the choices.
RECORDED = json.loads(Path(__file__).with_name("serialized.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("style", ALL, ids=str)
def test_every_style_writes_the_recorded_bytes(style: Style) -> None:
    payload = {"b": ["é/", 14.5, True, None, {}, []], "a": {"\U0001f600": '\x7f"', "n": 12}}
    assert serialize(payload, style.name).decode() == RECORDED[style.name]
    assert serialize(payload).decode() == RECORDED["compact"]


@pytest.mark.parametrize("seed", range(6))
def test_mixing_writes_the_recorded_bytes_for_a_seed(seed: int) -> None:
    payload = {"b": ["abcdefg/é", "x/y"], "a": 1, "c": {}}
    assert serialize_mixed(payload, SeededChoices(seed)).decode() == RECORDED[f"choices {seed}"]


def test_ambiguous_styles_are_returned_only_when_asked_for() -> None:
    assert [s.name for s in styles(ambiguous=True) if s.ambiguous] == ["whole-fractions"]
    assert styles() == styles(ambiguous=False) == styles(ambiguous=True)[:-1]


@pytest.mark.parametrize(
    ("payload", "style", "message"),
    [
        ({}, "compakt", snapshot("unknown style 'compakt'; did you mean 'compact'?")),
        ({}, "intended", snapshot("unknown style 'intended'; did you mean 'indented'?")),
        ({1: 2}, "mixed", snapshot("the keys of a JSON object must be strings, not int")),
    ],
)
def test_an_unknown_style_or_a_value_that_is_not_json_is_an_error(
    payload: Any, style: str, message: str
) -> None:
    with pytest.raises((UnknownNameError, TypeError)) as error:
        serialize(payload, style)
    assert str(error.value) == message


def test_infinity_is_an_error() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):  # A message of Python's own.
        serialize([math.inf])


def test_lone_surrogates_are_escaped() -> None:
    assert serialize("\udfff\ud800\udbff") == rb'"\udfff\ud800\udbff"'
