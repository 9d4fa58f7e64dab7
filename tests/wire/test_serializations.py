"""Spellings: other bytes each, and the same payload to every parser."""

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

# Whatever JSON can say, half characters and numbers beyond all floats, too.
CHARACTERS = (
    st.characters() | st.characters(categories=["Cs"]) | st.sampled_from('\\/"\u2028\0\x7f')
)
# Two halves that make a whole are the whole, to every parser.
TEXTS = st.text(CHARACTERS, max_size=8).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
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
    """Whether two values are the same JSON: 1 isn't 1.0 or true, and keys have no order."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def canonical(value: Any) -> str:
    """A value as parsers with one kind of numbers see it: as doubles, texts by their UTF-16."""
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
    """What Node reads, in canonical form."""
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
def test_every_spelling_of_what_kombo_may_send(event: str, drawn: Any) -> None:
    """Python, orjson and Node read the same payload from each; Python even the same numbers."""
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


def test_every_spelling_of_nasty_values() -> None:
    """Node reads the same, half characters and the ends of numbers included."""
    bodies = [style.write(value) for value in NASTY for style in ALL]
    assert by_node(bodies) == [canonical(value) for value in NASTY for _ in ALL]


@pytest.mark.parametrize("style", some_fast(ALL, 3), ids=str)
@settings(deadline=None)
@given(value=VALUES)
def test_every_spelling_of_any_value(style: Style, value: Any) -> None:
    """UTF-8 without a byte order mark, and what Python reads is what was written."""
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
def test_mixing_by_dice(value: Any, seed: int) -> None:
    """Whatever the choices say, it is the same value, and the same choices say the same."""
    body = serialize_mixed(value, SeededChoices(seed))
    assert same(json.loads(body), value)
    assert body == serialize_mixed(value, SeededChoices(seed))


@given(VALUES)
def test_order_of_keys_is_kept(value: Any) -> None:
    """But for those styles whose name says that they change it."""
    for style in AGREED:
        if style.name not in ("keys-reversed", "keys-sorted", "mixed"):
            assert json.dumps(json.loads(style.write(value))) == json.dumps(value), style


def test_bodies_differ() -> None:
    """A rich payload has other bytes, so another signature, in each."""
    payload = {"b/": ["é\U0001f600", 1.5, {"z": 1, "a": None}], "c": 12, "a": ""}
    bodies = {style.write(payload) for style in ALL}
    assert len(bodies) == len(ALL) >= 15
    assert len({Delivery.signed(body, "x").signature for body in bodies}) == len(ALL)


def test_looks() -> None:
    """Some of them by example, as senders in other languages write them."""
    payload = {"b": "é/", "a": [1, 2.5]}
    looks = {
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
    for name, text in looks.items():
        assert serialize(payload, name).decode() == text


def test_the_members_of_each_object_are_reversed() -> None:
    """Those within arrays, too."""
    payload = {"a": [{"b": 1, "c": [{"d": 1, "e": 2}]}], "f": 1}
    assert serialize(payload, "keys-reversed") == b'{"f":1,"a":[{"c":[{"e":2,"d":1}],"b":1}]}'


def test_mixing_escapes_slashes() -> None:
    """Some of them, and without escaping the rest of the text."""
    mixed = {serialize_mixed("x/y", SeededChoices(seed)).strip() for seed in range(20)}
    assert {b'"x/y"', rb'"x\/y"'} < mixed


def test_names() -> None:
    """Unique, plainest first, and a misspelt one has a nearest one."""
    assert len({style.name for style in ALL}) == len(ALL)
    assert [str(style) for style in AGREED] == [style.name for style in AGREED]
    assert AGREED[0].name == "compact"
    assert set(AGREED) == {style for style in ALL if not style.ambiguous}
    assert all(style.description for style in ALL)
    with pytest.raises(UnknownNameError, match="did you mean 'indented'"):
        serialize({}, "intended")


@pytest.mark.parametrize("style", ALL, ids=str)
@pytest.mark.parametrize(
    "value",
    [math.nan, [math.inf], {"a": {1, 2}}, object(), b"x", {1: 2}, {"a": {None: 1}}],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_json(style: Style, value: Any) -> None:
    """It is refused, and not written as something that parsers don't read."""
    try:
        body = style.write(value)
    except (TypeError, ValueError):
        return
    # The standard library writes some keys that aren't texts as texts.
    assert json.loads(body) == json.loads(json.dumps(value))


def test_payloads_are_left_alone() -> None:
    """To write one changes nothing in it, and tuples are arrays."""
    payload = {"b": [{"z": 1, "a": 2}], "a": 1}
    before = json.dumps(payload)
    for style in ALL:
        style.write(payload)
        assert json.loads(style.write({"a": ("é/", 1)})) == {"a": ["é/", 1]}
    assert json.dumps(payload) == before


@given(VALUES, st.sampled_from(ALL))
def test_deliveries_in_every_spelling(value: Any, style: Style) -> None:
    """Signed over the bytes that are written, and named where it isn't the plainest."""
    delivery = Delivery.of(value, "x", style=style.name)
    assert delivery.body == style.write(value)
    assert verify(delivery.body, delivery.signature, "x")
    assert delivery.done == (() if style.name == "compact" else (f"style {style}",))


# What payloads come out as: by the name of the style, and by the seed of choices.
RECORDED = json.loads(Path(__file__).with_name("serialized.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("style", ALL, ids=str)
def test_what_is_written(style: Style) -> None:
    """To the letter: a delivery of the same payload has the same signature tomorrow."""
    payload = {"b": ["é/", 14.5, True, None, {}, []], "a": {"\U0001f600": '\x7f"', "n": 12}}
    assert serialize(payload, style.name).decode() == RECORDED[style.name]
    assert serialize(payload).decode() == RECORDED["compact"]


@pytest.mark.parametrize("seed", range(6))
def test_what_dice_mix(seed: int) -> None:
    """Blanks, escapes and the order of keys, by the choices."""
    payload = {"b": ["abcdefg/é", "x/y"], "a": 1, "c": {}}
    assert serialize_mixed(payload, SeededChoices(seed)).decode() == RECORDED[f"choices {seed}"]


def test_which_spellings_there_are() -> None:
    """Those over which parsers disagree only when they are asked for."""
    assert [s.name for s in styles(ambiguous=True) if s.ambiguous] == ["whole-fractions"]
    assert styles() == styles(ambiguous=False) == styles(ambiguous=True)[:-1]


def test_errors_of_spelling() -> None:
    """The nearest name, or the kind of what is no text."""
    with pytest.raises(UnknownNameError, match="unknown style 'compakt'; did you mean"):
        serialize({}, "compakt")
    with pytest.raises(TypeError, match="the names in a JSON object are texts, not int"):
        serialize({1: 2}, "mixed")
    with pytest.raises(ValueError, match="Out of range float values"):
        serialize([math.inf])
    assert serialize("\udfff\ud800\udbff") == rb'"\udfff\ud800\udbff"'
