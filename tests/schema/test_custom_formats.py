"""Formats of the user's own: registered ones, and those of one schema."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from kombo_fakes import (
    Format,
    KomboFakesError,
    Schema,
    SchemaError,
    factory_for,
    faults,
    generate,
    invalid_payloads,
    payloads,
    register_format,
)
from kombo_fakes.schema import custom_formats


def has_right_checksum(text: str) -> bool:
    """ISO 13616: the letters are numbers from 10 on, and the whole leaves 1 when divided by 97."""
    if not 15 <= len(text) <= 34 or not text.isalnum() or not text.isascii():
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1 and text == text.upper()


def add_checksum(country: str, account: str) -> str:
    number = int("".join(str(int(c, 36)) for c in f"{account}{country}00"))
    return f"{country}{98 - number % 97:02}{account}"


IBANS = st.builds(
    add_checksum,
    st.sampled_from(["DE", "FR", "GB"]),
    st.text("0123456789", min_size=18, max_size=18),
)
IBAN = Format(
    check=has_right_checksum,
    strategy=IBANS,
    near_misses={
        "checksum": lambda text: text[:2] + f"{(int(text[2:4]) + 1) % 100:02}" + text[4:],
        "spaces": lambda text: " ".join(text[i : i + 4] for i in range(0, len(text), 4)),
        "fixed": "DE00",
        "not-wrong": lambda text: text,
    },
)
COLOUR = Format(check=lambda text: text in ("red", "green"), examples=["red", "green"])
FORMATS = {"iban": IBAN, "colour": COLOUR}

DOCUMENTS: dict[str, dict[str, Any]] = {
    "plain": {"type": "string", "format": "iban"},
    "in an object": {
        "type": "object",
        "required": ["iban"],
        "properties": {"iban": {"type": "string", "format": "iban"}, "n": {"type": "integer"}},
    },
    "with a pattern that most have not": {"type": "string", "format": "iban", "pattern": "^GB"},
    "with a length that most have": {"type": "string", "format": "iban", "maxLength": 30},
    "with a length that no drawn one has": {
        "type": "string", "format": "iban", "pattern": "^DE[0-9]{14}$",
    },
    "nullable": {"type": ["string", "null"], "format": "iban"},
    "excluded": {"type": "string", "not": {"format": "colour"}, "enum": ["red", "blue", "pink"]},
    "beside an enum": {"enum": ["red", "yellow", "green", 3], "format": "colour"},
    "beside a const": {"const": "red", "format": "colour"},
    "above an enum": {"allOf": [{"enum": ["red", "yellow", "green"]}, {"format": "colour"}]},
    "above a reference": {
        "$ref": "#/$defs/E", "format": "colour", "$defs": {"E": {"enum": ["red", "yellow"]}},
    },
    "of two formats": {"type": "string", "allOf": [{"format": "colour"}, {"format": "x-any"}]},
    "as names": {"type": "object", "minProperties": 1, "propertyNames": {"format": "iban"}},
    "in a union": {
        "anyOf": [{"type": "string", "format": "iban"}, {"type": "string", "format": "colour"}]
    },
    "in draft 7": {
        "$schema": "http://json-schema.org/draft-07/schema#", "type": "string", "format": "iban",
    },
    "recursive": {
        "type": "object",
        "properties": {"iban": {"type": "string", "format": "iban"}, "next": {"$ref": "#"}},
        "required": ["iban"],
    },
}  # fmt: skip


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is left without the formats that a test registers."""
    monkeypatch.setattr(custom_formats, "_registered", {})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_payloads_of_every_kind_have_the_format_and_faults_do_not(name: str) -> None:
    schema = Schema.load(DOCUMENTS[name], formats=FORMATS)

    @given(payloads(schema))
    def check_any(payload: Any) -> None:
        schema.validate(payload)

    @given(payloads(schema, values="realistic"))
    def check_realistic(payload: Any) -> None:
        schema.validate(payload)

    @given(invalid_payloads(schema))
    def check_invalid(drawn: Any) -> None:
        assert not schema.is_valid(drawn.payload)

    check_any()
    check_realistic()
    check_invalid()
    made = [json.dumps(one.payload) for one in generate(schema, n=20)]
    for payload in made:
        schema.validate(json.loads(payload))
    assert made == [json.dumps(one.payload) for one in generate(schema, n=20)]
    for fault in faults(schema):
        for example in fault.examples:
            assert not schema.is_valid(example), fault.id


def test_near_misses_are_faults_of_the_format_unless_the_check_accepts_them() -> None:
    schema = Schema.load(DOCUMENTS["in an object"], formats=FORMATS)
    found = {fault.id: fault for fault in faults(schema) if fault.keyword == "format"}
    assert list(found) == snapshot(
        [
            "iban-format-checksum",
            "iban-format-spaces",
            "iban-format-fixed",
            "iban-format-lowercase",
            "iban-format-capitalised",
            "iban-format-trailing-blank",
            "iban-format-leading-blank",
            "iban-format-trailing-newline",
            "iban-format-cut",
            "iban-format-empty",
            "iban-format-prose",
        ]
    )
    for fault in found.values():
        assert fault.single
        payload = factory_for(schema).build(fault=fault.id, kombo_seed=1)
        assert schema.broken_places(payload) == {("/iban", "format")}
    assert find(invalid_payloads(schema, ids=["iban-format-fixed"]), lambda drawn: True)


def test_a_format_that_is_not_registered_stays_an_annotation() -> None:
    schema = Schema.load(DOCUMENTS["plain"])
    assert schema.is_valid("nonsense")
    assert [str(repair) for repair in schema.repairs] == snapshot(
        ["(root): format 'iban' is not checked"]
    )
    assert not [fault for fault in faults(schema) if fault.keyword == "format"]
    assert not Schema.load(DOCUMENTS["plain"], formats=FORMATS).repairs


def test_a_violation_names_the_format() -> None:
    schema = Schema.load(DOCUMENTS["in an object"], formats=FORMATS)
    (found,) = schema.violations({"iban": "DE1"})
    assert str(found) == snapshot("/iban: format: 'DE1' is not a valid iban")
    assert schema.is_valid({"iban": "DE89370400440532013000"})


def test_a_registered_format_counts_for_schemas_that_are_loaded_afterwards(registry: None) -> None:
    document = {"type": "string", "format": "x-colour"}
    before = Schema.load(document)
    register_format("x-colour", check=COLOUR.check, examples=["red"])
    after = Schema.load(document)
    assert [schema.is_valid("blue") for schema in (before, after)] == [True, False]
    assert [fault.keyword for fault in faults(before)].count("format") == 0
    assert [fault.keyword for fault in faults(after)].count("format") > 0
    (made,) = generate(after, n=1)
    assert made.payload == "red"
    described = {"openapi": "3.0.3", "components": {"schemas": {"Colour": document}}}
    assert not Schema.from_openapi(described)["Colour"].is_valid("blue")
    own = Format(check=lambda text: text == "blue", examples=["blue"])
    assert Schema.load(document, formats={"x-colour": own}).is_valid("blue")
    assert not Schema.load(document).is_valid("blue")


def test_formats_of_one_schema_do_not_change_another_one() -> None:
    document = {"type": "string", "format": "len"}
    for size in (2, 3, 2):
        own = Format(check=lambda text, size=size: len(text) == size, examples=["x" * size])
        schema = Schema.load(document, formats={"len": own})
        assert {one.payload for one in generate(schema, n=5)} == {"x" * size}
        assert find(payloads(schema), lambda text: True) == "x" * size
        assert not any(
            len(example) == size
            for fault in faults(schema)
            for example in fault.examples
            if isinstance(example, str)
        )


def test_strings_are_drawn_inside_of_a_test_that_hypothesis_runs() -> None:
    own = Format(check=has_right_checksum, strategy=IBANS)
    schema = Schema.load(DOCUMENTS["plain"], formats={"iban": own})

    @given(st.data())
    def check(data: st.DataObject) -> None:
        assert schema.is_valid(data.draw(payloads(schema, values="realistic")))
        assert schema.is_valid(data.draw(payloads(schema)))

    check()


SCRIPT = """
from tests.schema.test_custom_formats import *
schema = Schema.load(DOCUMENTS["in an object"], formats=FORMATS)
print([one.payload for one in generate(schema, n=5)], [fault.examples for fault in faults(schema)])
"""


def test_payloads_are_the_same_in_every_process() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    ]
    assert runs[0] == runs[1] != b""


def test_a_pickled_schema_keeps_formats_of_functions_that_can_be_pickled() -> None:
    own = Format(check=str.isupper, examples=["A"])
    schema = Schema.load({"format": "upper"}, formats={"upper": own})
    copy = pickle.loads(pickle.dumps(schema))
    assert [copy.is_valid("A"), copy.is_valid("a")] == [True, False]


def fail(text: str) -> bool:
    raise KeyError(text)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (
            "email",
            {"check": str.isupper, "examples": ["A"]},
            snapshot("format 'email' is one of JSON Schema and cannot be replaced"),
        ),
        (
            "uuid",
            {"check": str.isupper, "examples": ["A"]},
            snapshot("format 'uuid' is one of JSON Schema and cannot be replaced"),
        ),
        (
            "taken",
            {"check": str.isupper, "examples": ["A"]},
            snapshot("format 'taken' is registered already"),
        ),
        (
            "",
            {"check": str.isupper, "examples": ["A"]},
            snapshot("the name of a format is a string with a character, not ''"),
        ),
        (
            3,
            {"check": str.isupper, "examples": ["A"]},
            snapshot("the name of a format is a string with a character, not 3"),
        ),
        (
            "f",
            {"check": "isupper", "examples": ["A"]},
            snapshot("format 'f': check='isupper': expected a function that takes a string"),
        ),
        (
            "f",
            {"check": str.isupper},
            snapshot("format 'f': a format needs a strategy or examples to make strings of"),
        ),
        (
            "f",
            {"check": str.isupper, "examples": "A"},
            snapshot("format 'f': examples='A': expected strings"),
        ),
        (
            "f",
            {"check": str.isupper, "examples": [3]},
            snapshot("format 'f': examples: 3 is not a string"),
        ),
        (
            "f",
            {"check": str.isupper, "examples": ["a"]},
            snapshot("format 'f': examples: the check rejects 'a'"),
        ),
        (
            "f",
            {"check": str.isupper, "strategy": ["A"]},
            snapshot("format 'f': strategy=['A']: expected a strategy of Hypothesis"),
        ),
        (
            "f",
            {"check": fail, "examples": ["a"]},
            snapshot("format 'f': the check raised KeyError for 'a': \"'a'\""),
        ),
        (
            "f",
            {"check": str.isupper, "examples": ["A"], "near_misses": ["B"]},
            snapshot("format 'f': near_misses: the check accepts 'B'"),
        ),
        (
            "f",
            {"check": str.isupper, "examples": ["A"], "near_misses": {"A b": "a"}},
            snapshot(
                "format 'f': near_misses: 'A b' is not a name of lower-case letters, digits and single hyphens"
            ),
        ),
        (
            "f",
            {"check": str.isupper, "examples": ["A"], "near_misses": {"a": 3}},
            snapshot("format 'f': near_misses: a is 3; expected a string or function"),
        ),
        (
            "f",
            {"check": str.isupper, "examples": ["A"], "near_misses": 3},
            snapshot("format 'f': near_misses=3: expected strings"),
        ),
    ],
)
def test_what_cannot_be_registered_is_an_error_in_one_line(
    registry: None, name: Any, arguments: dict[str, Any], message: str
) -> None:
    register_format("taken", check=str.isupper, examples=["A"])
    with pytest.raises(SchemaError) as caught:
        register_format(name, **arguments)
    assert str(caught.value) == message
    assert list(custom_formats._registered) == ["taken"]


@pytest.mark.parametrize(
    ("formats", "message"),
    [
        (["iban"], snapshot("formats=['iban']: expected a mapping from names to Format")),
        ({"date": COLOUR}, snapshot("format 'date' is one of JSON Schema and cannot be replaced")),
        (
            {"colour": str.isupper},
            snapshot("format 'colour' is <method 'isupper' of 'str' objects>; expected a Format"),
        ),
    ],
)
def test_formats_of_a_schema_that_cannot_be_are_an_error(formats: Any, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        Schema.load({"format": "colour"}, formats=formats)
    assert str(caught.value) == message


def raising(text: str) -> str:
    raise KeyError(text)


LATER: dict[str, tuple[Format, Any, str]] = {
    "check": (
        Format(check=lambda text: text == "ok" or fail(text), examples=["ok"]),
        lambda schema: schema.is_valid("other"),
        snapshot("format 'own': the check raised KeyError for 'other': \"'other'\""),
    ),
    "strategy of numbers": (
        Format(check=str.isupper, strategy=st.just(3)),  # type: ignore[arg-type]
        lambda schema: list(generate(schema, n=1)),
        snapshot("format 'own': its strategy draws 3; expected strings"),
    ),
    "strategy that is always wrong": (
        Format(check=str.isupper, strategy=st.just("lower")),
        lambda schema: find(payloads(schema), lambda text: True),
        snapshot(
            "format 'own': its strategy draws no string that its check accepts, such as 'lower'"
        ),
    ),
    "strategy of nothing": (
        Format(check=str.isupper, strategy=st.nothing()),
        lambda schema: list(generate(schema, n=1)),
        snapshot("format 'own': its strategy draws no string that its check accepts"),
    ),
    "near miss": (
        Format(check=str.isupper, examples=["A"], near_misses={"x": raising}),
        faults,
        snapshot("a near miss of format 'own' raised KeyError for 'A': \"'A'\""),
    ),
    "near miss of another type": (
        Format(check=str.isupper, examples=["A"], near_misses={"x": len}),  # type: ignore[dict-item]
        faults,
        snapshot("a near miss of format 'own' made 1; expected a string"),
    ),
    "a rest that no string has": (
        Format(check=str.isupper, examples=["A"]),
        lambda schema: list(
            generate(Schema.load({**schema.published, "pattern": "^a"}, formats=schema.formats))
        ),
        snapshot(
            "the schema: the root: no string of format 'own' was found that satisfies the rest"
        ),
    ),
}


@pytest.mark.parametrize("case", LATER)
def test_what_goes_wrong_later_is_an_error_in_one_line(case: str) -> None:
    own, act, message = LATER[case]
    schema = Schema.load({"type": "string", "format": "own"}, formats={"own": own})
    with pytest.raises(KomboFakesError) as caught:
        act(schema)
    assert str(caught.value) == message
    assert "\n" not in str(caught.value)


def test_a_check_that_raises_a_value_error_rejects() -> None:
    own = Format(check=lambda text: int(text) >= 0, examples=["0", "12"])
    schema = Schema.load({"format": "count"}, formats={"count": own})
    assert [schema.is_valid(value) for value in ("7", "x", 3)] == [True, False, True]
