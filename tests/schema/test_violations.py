"""Messages about violations of each keyword, and about values that are hard to print."""

from __future__ import annotations

import datetime
import enum
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.sampling import examples, some_fast

from kombo_fakes import KomboFakesError, Schema, ValidationError
from kombo_fakes.core.json_reader import MAX_DEPTH
from kombo_fakes.core.messages import find_nearest, shorten, unknown_name_error
from kombo_fakes.schema.violations import Violation, to_plain_json

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
TEXT = "a" * 100_000
TEXT_SHOWN = "'" + "a" * 53 + "...' (100,000 characters)"


@pytest.mark.parametrize(
    ("document", "payload", "said"),
    [
        ({"type": "string"}, 1, snapshot("(root): type: expected string, got 1")),
        ({"type": "integer"}, 1.5, snapshot("(root): type: expected integer, got 1.5")),
        ({"type": "integer"}, True, snapshot("(root): type: expected integer, got true")),
        ({"type": ["string", "null"]}, [], snapshot("(root): type: expected null or string, got []")),
        (
            {"type": ["integer", "string", "null"]},
            {},
            snapshot("(root): type: expected null, integer or string, got {}"),
        ),
        ({"enum": ["A", "B"]}, "C", snapshot("(root): enum: 'C' is not one of A, B")),
        ({"enum": ["ACTIVE"]}, "Active", snapshot("(root): enum: 'Active' is not one of ACTIVE; did you mean 'ACTIVE'?")),
        ({"enum": ["A", None, 3, "", " "]}, "x", snapshot("(root): enum: 'x' is not one of A, null, 3, '',  ")),
        ({"enum": list(range(20))}, "x", snapshot("(root): enum: 'x' is not one of 0, 1, 2, 3, 4, 5, 6, 7 and 12 more")),
        ({"const": {"a": 1}}, 1, snapshot("(root): const: 1 is not {'a': 1}")),
        ({"const": None}, 1, snapshot("(root): const: 1 is not null")),
        ({"required": ["a"]}, {}, snapshot("(root): required: property 'a' is missing")),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, snapshot("(root): required: property 'b' is missing")),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"b": 1},
            snapshot("(root): additionalProperties: unknown property 'b'"),
        ),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            dict.fromkeys("bcdefgh", 1),
            snapshot("(root): additionalProperties: unknown properties 'b', 'c', 'd', 'e', 'f' and 2 more"),
        ),
        (
            {"additionalProperties": False},
            {"b": 1},
            snapshot("(root): additionalProperties: unknown property with the value 1"),
        ),
        ({"unevaluatedProperties": False}, {"b": 1}, snapshot("(root): unevaluatedProperties: unknown property 'b'")),
        ({"format": "email"}, "x", snapshot("(root): format: 'x' is not a valid email")),
        ({"pattern": "^a"}, "b", snapshot("(root): pattern: 'b' does not match '^a'")),
        ({"minLength": 2}, "a", snapshot("(root): minLength: expected at least 2 characters, got 1: 'a'")),
        ({"maxLength": 1}, "\U0001f600" * 2, snapshot("(root): maxLength: expected at most 1 character, got 2: '😀😀'")),
        ({"minItems": 2}, [1], snapshot('(root): minItems: expected at least 2 items, got 1')),
        ({"maxItems": 1}, [1, 2], snapshot('(root): maxItems: expected at most 1 item, got 2')),
        ({"minProperties": 1}, {}, snapshot('(root): minProperties: expected at least 1 property, got 0')),
        ({"maxProperties": 0}, {"a": 1}, snapshot('(root): maxProperties: expected at most 0 properties, got 1')),
        ({"minimum": 5}, 4, snapshot('(root): minimum: expected at least 5, got 4')),
        ({"maximum": 5}, 5.5, snapshot('(root): maximum: expected at most 5, got 5.5')),
        (
            {"exclusiveMinimum": 5},
            5,
            snapshot('(root): exclusiveMinimum: expected more than 5, got 5'),
        ),
        (
            {"exclusiveMaximum": 0.5},
            1,
            snapshot('(root): exclusiveMaximum: expected less than 0.5, got 1'),
        ),
        ({"multipleOf": 0.01}, 0.015, snapshot('(root): multipleOf: 0.015 is not a multiple of 0.01')),
        ({"uniqueItems": True}, [1, 1.0], snapshot("(root): uniqueItems: two items are equal")),
        ({"anyOf": [{"type": "null"}]}, 1, snapshot('(root): anyOf: 1 does not match any of the alternatives')),
        (
            {"oneOf": [{"type": "null"}, {"const": 2}]},
            1,
            snapshot('(root): oneOf: 1 matches 0 of the alternatives; expected exactly 1'),
        ),
        (
            {"oneOf": [{"type": "integer"}, {"minimum": 0}, {"const": 1}]},
            1,
            snapshot('(root): oneOf: 1 matches 3 of the alternatives; expected exactly 1'),
        ),
        ({"not": {"type": "integer"}}, 1, snapshot('(root): not: 1 matches the schema that is excluded')),
        ({"contains": {"const": 1}}, [2], snapshot('(root): contains: too few items match the schema of contains: [2]')),
        (
            {"contains": {"const": 1}, "minContains": 2},
            [1],
            snapshot('(root): contains: too few items match the schema of contains: [1]'),
        ),
        (
            {"contains": {"const": 1}, "maxContains": 1},
            [1, 1],
            snapshot('(root): maxContains: too many items match the schema of contains: [1, 1]'),
        ),
        (
            {"propertyNames": {"pattern": "^a"}},
            {"b": 1},
            snapshot("(root): propertyNames: the property name 'b' violates pattern"),
        ),
        (
            {"properties": {"properties": {"properties": {"a": False}}}},
            {"properties": {"a": 1}},
            snapshot('/properties/a: properties: expected no value, got 1'),
        ),
        ({"patternProperties": {"^x": False}}, {"xa": 1}, snapshot('/xa: patternProperties: expected no value, got 1')),
        ({"items": False}, [1], snapshot('/0: items: expected no value, got 1')),
        ({"prefixItems": [{}, False]}, [1, 2], snapshot('/1: prefixItems: expected no value, got 2')),
        ({"dependentSchemas": {"a": False}}, {"a": 1}, snapshot("(root): dependentSchemas: expected no value, got {'a': 1}")),
        ({"$ref": "#/$defs/n", "$defs": {"n": False}}, 1, snapshot('(root): falseSchema: expected no value, got 1')),
        (
            {"if": {"type": "string"}, "then": {"minLength": 3}},
            "a",
            snapshot("(root): minLength: expected at least 3 characters, got 1: 'a'"),
        ),
        ({"items": {"properties": {"a/b": {"type": "null"}}}}, [{"a/b": 1}], snapshot('/0/a~1b: type: expected null, got 1')),
    ],
)  # fmt: skip
def test_each_keyword_has_a_message(document: Any, payload: Any, said: str) -> None:
    (violation,) = Schema(document).violations(payload)
    assert str(violation) == said
    with pytest.raises(ValidationError) as caught:
        Schema(document).validate(payload)
    assert str(caught.value) == str(violation)
    assert caught.value.violations == (violation,)
    assert isinstance(caught.value, (KomboFakesError, ValueError))


class Silent:
    """A value whose `repr` raises."""

    def __repr__(self) -> str:
        raise RuntimeError


class Loud:
    """A value whose `repr` has more than one line."""

    def __repr__(self) -> str:
        return "a\nb\x1b[31m"


def nested(levels: int, value: Any = ()) -> Any:
    """Return arrays nested to a depth around an empty array or another value."""
    value = value or []
    for _ in range(levels):
        value = [value]
    return value


HOSTILE: dict[str, Any] = {
    "long text": TEXT,
    "controls": "\x00\x1b[2J\x7f\x9b\r\n" * 1_000,
    "bidi": "\u202e\u2066\u200b\ufeff\u2028" * 12,
    "tags": "\U000e0001" * 60,
    "surrogates": "\ud800\udfff" * 30,
    "large integer": 10**400,
    "larger integer": -(10**4_299),
    "large float": 1e308,
    "many items": [0] * 200_000,
    "many properties": {str(number): number for number in range(100_000)},
    "long name": {"\n" * 100_000: 1},
    "long names": {"\x1b" * 39: 1, "\u202e" * 39: 2},
    "deep": nested(190),
    "texts": ["\x00" * 50] * 8,
    "large integers": [10**4_000] * 3,
    "an empty name": {"": {"": {"": ""}}},
}
NO_JSON: dict[str, Any] = {
    "NaN": float("nan"),
    "infinity": [1, -float("inf")],
    "datetime": datetime.datetime(2021, 1, 1, tzinfo=datetime.timezone.utc),
    "set": set(range(1_000)),
    "bytes": b"\x00" * 1_000,
    "integer key": {1: "a"},
    "tuple key": {("a\n",) * 100: "a"},
    "surrogate key": {"\ud800" * 100: 1},
    "silent": {"a": [Silent()]},
    "loud": Loud(),
    "too large": {"a": 10**4_300},
    "far too large": 10**100_000,
    "deep": nested(201),
    "very deep": nested(100_000),
}
DOCUMENTS: dict[str, Any] = {
    "type": {"type": "boolean"},
    "enum": {"enum": ["A", 1]},
    "const": {"const": "A"},
    "closed": {"not": {}},
    "any of": {"anyOf": [{"type": "boolean"}, {"const": 1}]},
    "text": {"type": ["string", "object", "array", "number"], "maxLength": 1, "maximum": -1e300,
             "multipleOf": 0.7, "maxItems": 0, "maxProperties": 0},
    "format": {"format": "date-time", "pattern": "^$", "maximum": -(10**300), "maxItems": 0,
               "additionalProperties": False},
    "below": {"type": ["object", "array"], "items": {"type": "null"},
              "additionalProperties": {"type": "null"}, "propertyNames": {"maxLength": 0}},
    "no names": {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
    "contains": {"type": ["array", "object"], "contains": {"type": "null"}, "minProperties": 10**6},
}  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("value", some_fast([*HOSTILE], 2))
def test_messages_about_hostile_values_are_short_and_printable(value: str, document: str) -> None:
    payload = HOSTILE[value]
    if document == "below" and value in ("many items", "many properties"):
        payload = payload[:1_000] if isinstance(payload, list) else {"1": 1}
    schema = Schema(DOCUMENTS[document])
    found = schema.violations(payload)
    assert bool(found) is not schema.is_valid(payload)
    check(found)


@pytest.mark.parametrize("value", NO_JSON)
def test_values_that_are_not_json_are_invalid_by_every_schema(value: str) -> None:
    schema = Schema(True)
    assert not schema.is_valid(NO_JSON[value])
    found = schema.violations(NO_JSON[value])
    assert {violation.keyword for violation in found} == {"json"}
    check(found)


def check(found: tuple[Violation, ...]) -> None:
    for violation in found:
        assert len(violation.message) < 260
        assert len(str(violation)) < 500
        assert str(violation).isprintable()
        str(violation).encode()
    assert len(str(ValidationError(found)).splitlines()) <= 21


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (float("nan"), snapshot("(root): json: nan is not a JSON number")),
        ([float("inf")], snapshot("/0: json: inf is not a JSON number")),
        ({"a": {2: 1}}, snapshot("/a: json: the key 2 is not a string")),
        ({"a": {None: 1}}, snapshot("/a: json: the key null is not a string")),
        ({"\udc00": 1}, snapshot("(root): json: the key '\\udc00' contains a lone surrogate")),
        (b"x", snapshot("(root): json: a bytes is not a JSON value: b'x'")),
        ((1, (2, 1j)), snapshot("/1/1: json: a complex is not a JSON value: 1j")),
        (Silent(), snapshot("(root): json: a Silent is not a JSON value: a Silent")),
        (Loud(), snapshot("(root): json: a Loud is not a JSON value: a\\nb\\x1b[31m")),
        ([10**4_300], snapshot("/0: json: an integer of 14,285 bits has more than 4,300 digits")),
        (nested(500), snapshot("(root): json: nested deeper than 200 levels")),
    ],
)
def test_values_that_are_not_json_have_messages(payload: Any, said: str) -> None:
    (violation,) = Schema(True).violations(payload)
    assert str(violation) == said


def test_every_value_that_is_not_json_is_listed() -> None:
    found = Schema(True).violations({"a": float("nan"), "b": [{1: 2}, {3}]})
    assert [violation.pointer for violation in found] == ["/a", "/b/0", "/b/1"]


def test_a_long_list_of_violations_shows_twenty_and_the_number_of_the_rest() -> None:
    with pytest.raises(ValidationError) as caught:
        Schema({"items": {"type": "string"}}).validate(list(range(1_500)))
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[0] == "/0: type: expected string, got 0"
    assert lines[-1] == "... and 1,480 more"
    assert len(caught.value.violations) == 1_500


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Whole(int):
    """A subclass of int."""


class State(str, enum.Enum):
    """A string in an enum class."""

    ACTIVE = "ACTIVE"


class Level(enum.IntEnum):
    """A number in an enum class."""

    LOW = 1


@pytest.mark.parametrize(
    ("document", "payload", "valid"),
    [
        ({"enum": ["ACTIVE"]}, State.ACTIVE, True),
        ({"enum": ["INACTIVE"]}, State.ACTIVE, False),
        ({"enum": ["ACTIVE"]}, Text("ACTIVE"), True),
        ({"type": "string", "maxLength": 1}, Text("ab"), False),
        ({"type": "integer", "maximum": 3}, Whole(3), True),
        ({"type": "string"}, Whole(3), False),
        ({"const": 1}, Level.LOW, True),
        ({"properties": {"a": {"type": "null"}}}, {Text("a"): [Level.LOW]}, False),
        ({"properties": {"ACTIVE": {"const": 1}}}, {State.ACTIVE: Level.LOW}, True),
        ({"type": "array", "maxItems": 1}, (State.ACTIVE,), True),
    ],
)
def test_subclasses_of_strings_and_numbers_are_validated_by_their_value(
    document: Any, payload: Any, valid: bool
) -> None:
    assert Schema(document).is_valid(payload) is valid
    assert bool(Schema(document).violations(payload)) is not valid


def test_a_lone_surrogate_counts_as_one_character() -> None:
    assert Schema({"maxLength": 1}).is_valid("\ud800")
    assert not Schema({"maxLength": 1}).is_valid(["\ud800"][0] * 2)
    assert Schema({"type": "string"}).is_valid("\udfff")


# -- errors


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"), ("", "''"), ("a'b", '"a\'b"'), (None, "null"), (True, "true"), (0, "0"),
        (1.5, "1.5"), ([], "[]"), ({}, "{}"), ([1, "a", None], "[1, 'a', None]"),
        ([[1]], "an array of 1 item"), ({"a": {"b": 1}}, "an object of 1 property"),
        (list(range(9)), "an array of 9 items"), (2**200, "an integer of 201 bits"),
        (10**60, "1" + "0" * 59 + "..."), ("\x00\n\u202e", "'\\x00\\n\\u202e'"),
        ("\ud800", "'\\ud800'"), ({3}, "{3}"), (TEXT, TEXT_SHOWN),
        ([10**5000], "an array of 1 item"), (Silent(), "a Silent"), ("\u65e5\u672c", "'日本'"),
        ({"a": Loud()}, "{'a': a\\nb\\x1b[31m}"), ([Silent()], "an array of 1 item"),
    ],
)  # fmt: skip
def test_shorten_shows_short_plain_values_whole_and_describes_others(value: Any, text: str) -> None:
    assert shorten(value) == text


@settings(derandomize=True, database=None, deadline=None, max_examples=examples(300))
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=200) | st.floats() | st.binary(max_size=90),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
        max_leaves=6,
    )
)
def test_shorten_gives_one_short_printable_line(value: Any) -> None:
    text = shorten(value)
    assert 0 < len(text) <= 160
    assert text.isprintable()
    text.encode()


@pytest.mark.parametrize(
    ("name", "known", "message"),
    [
        (
            "data.stat",
            ["data.state", "data.qa_status"],
            snapshot("unknown thing 'data.stat' here; did you mean 'data.state'?"),
        ),
        (
            "ACTIVE",
            ["active", "inactive"],
            snapshot("unknown thing 'ACTIVE' here; did you mean 'active'?"),
        ),
        (
            "state",
            ["data.state", "data.tool"],
            snapshot("unknown thing 'state' here; did you mean 'data.state'?"),
        ),
        ("x", ["b", "a"], snapshot("unknown thing 'x' here; expected one of: a, b")),
        ("x", [], snapshot("unknown thing 'x' here; none is defined")),
        (
            "x",
            [str(n) for n in range(100)],
            snapshot("unknown thing 'x' here; there are 100, for example 0, 1, 10"),
        ),
        (
            "x" * 10**6,
            ["event"],
            snapshot(
                "unknown thing 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' (1,000,000 characters) here; expected one of: event"
            ),
        ),
        ("\n", ["event"], snapshot("unknown thing '\\n' here; expected one of: event")),
    ],
)
def test_an_unknown_name_gets_a_suggestion(name: str, known: Any, message: str) -> None:
    error = unknown_name_error("thing", name, known, where=" here")
    assert str(error) == message
    assert isinstance(error, LookupError)


def test_the_nearest_name_is_the_one_that_differs_only_in_case() -> None:
    assert find_nearest("Data.State", ["data.states", "data.state"]) == "data.state"
    assert find_nearest("", ["a"]) is None


@pytest.mark.parametrize(
    ("document", "payload", "said"),
    [
        ({"enum": ["A", "B"]}, "zzz", snapshot("(root): enum: 'zzz' is not one of A, B")),
        (
            {"enum": [*range(8)]},
            "x",
            snapshot("(root): enum: 'x' is not one of 0, 1, 2, 3, 4, 5, 6, 7"),
        ),
        (
            {"enum": [*range(9)]},
            "x",
            snapshot("(root): enum: 'x' is not one of 0, 1, 2, 3, 4, 5, 6, 7 and 1 more"),
        ),
        ({"enum": ["e" * 60]}, 1, f"(root): enum: 1 is not one of {'e' * 60}"),
        (
            {"enum": ["e" * 61]},
            1,
            f"(root): enum: 1 is not one of '{'e' * 53}...' (61 characters)",
        ),
        ({"minimum": 5}, 4, snapshot("(root): minimum: expected at least 5, got 4")),
        ({"maximum": 5}, 6, snapshot("(root): maximum: expected at most 5, got 6")),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            dict.fromkeys("bc", 1),
            snapshot("(root): additionalProperties: unknown properties 'b', 'c'"),
        ),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            dict.fromkeys("bcdefg", 1),
            snapshot(
                "(root): additionalProperties: unknown properties 'b', 'c', 'd', 'e', 'f' and 1 more"
            ),
        ),
        (
            {"unevaluatedItems": False, "prefixItems": [{}]},
            [1, 2],
            snapshot("(root): unevaluatedItems: more items than unevaluatedItems allows: [1, 2]"),
        ),
        (
            {"$schema": DRAFT_7, "items": [{}], "additionalItems": False},
            [1, "x\u202e"],
            snapshot(
                r"(root): additionalItems: more items than additionalItems allows: [1, 'x\u202e']"
            ),
        ),
        (
            {"properties": {"allOf": {"properties": {"x": False}}}},
            {"allOf": {"x": 1}},
            snapshot("/allOf/x: properties: expected no value, got 1"),
        ),
        (
            {"pattern": r"^(?=(a|aa|a?)+$)\1*b$"},
            "a" * 30,
            f"(root): pattern: '{'a' * 30}' takes too long to match; the pattern backtracks too much",
        ),
        (
            {
                "$schema": DRAFT_7,
                "$ref": "#/definitions/n",
                "definitions": {"n": False},
            },
            1,
            snapshot("(root): falseSchema: expected no value, got 1"),
        ),
        (
            True,
            [datetime.date(2020, 1, 2)],
            snapshot(
                "/0: json: a date is not a JSON value: datetime.date(2020, 1, 2); use its .isoformat()"
            ),
        ),
        (
            {"additionalProperties": {"type": "null"}},
            {"x" * 199: 1},
            f"/{'x' * 199}: type: expected null, got 1",
        ),
        (
            {"additionalProperties": {"type": "null"}},
            {"x" * 200: 1},
            f"'/{'x' * 52}...' (201 characters): type: expected null, got 1",
        ),
    ],
)
def test_messages_are_exact(document: Any, payload: Any, said: str) -> None:
    assert [str(violation) for violation in Schema(document).violations(payload)] == [said]


def test_twenty_violations_are_all_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        Schema({"items": {"type": "string"}}).validate(list(range(20)))
    assert str(caught.value).splitlines()[-1] == "/19: type: expected string, got 19"


def test_the_depth_of_values_is_bounded_like_that_of_documents() -> None:
    assert Schema(True).is_valid(nested(MAX_DEPTH))
    (violation,) = Schema(True).violations(nested(MAX_DEPTH + 1))
    assert violation == Violation("", "json", "nested deeper than 200 levels")


def test_violations_at_the_greatest_depth_are_reported() -> None:
    (violation,) = Schema(True).violations(nested(MAX_DEPTH, math.nan))
    assert violation == Violation("/0" * MAX_DEPTH, "json", "nan is not a JSON number")
    (violation,) = Schema(True).violations({"a": {"\ud800": 1}})
    assert violation.pointer == "/a"
    assert "contains a lone surrogate" in violation.message


def test_the_size_of_integers_is_bounded_by_the_digits_that_python_converts() -> None:
    largest = 10**4300 - 1
    assert not Schema(True).violations([largest, -largest])
    for number in (largest + 1, -largest - 1):
        (violation,) = Schema(True).violations([number])
        assert str(violation).endswith("has more than 4,300 digits")


def test_subclasses_are_converted_to_equal_plain_values() -> None:
    class Fraction(float):
        """A subclass of float."""

    value = {"a": (Fraction(1.5), True, None, Whole(2), Text("x\ud800"))}
    given = to_plain_json(value)
    assert given == {"a": [1.5, True, None, 2, "x\ufffd"]}
    assert [type(one) for one in given["a"]] == [float, bool, type(None), int, str]
