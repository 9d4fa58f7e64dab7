"""Schemas as others write them: each of these once broke a promise."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, SchemaError, corners, payloads
from kombo_fakes.ecma import to_python

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"


@pytest.mark.parametrize("name", ["password", "binary", "byte", "decimal", "phone"])
def test_a_format_that_is_not_checked_says_nothing(name: str, drawn: Any) -> None:
    schema = Schema.load({"type": "string", "format": name})
    plain = Schema.load({"type": "string"})
    assert drawn(payloads(schema), 30) == drawn(payloads(plain), 30)
    assert [corner.id for corner in corners(schema)] == [corner.id for corner in corners(plain)]


def test_a_format_of_another_dialect_is_not_checked(drawn: Any) -> None:
    schema = Schema.load({"$schema": DRAFT_7, "type": "string", "format": "uuid"})
    assert "" in drawn(payloads(schema), 100)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "string", "not": {"format": "password"}},
        {"type": "object", "required": ["a"], "properties": {"a": {"not": {"format": "byte"}}}},
    ],
)
def test_no_text_lacks_a_format_that_is_not_checked(document: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match=r"no value satisfies it$"):
        payloads(document)


def test_where_such_a_text_is_not_needed(drawn: Any) -> None:
    schema = {"type": ["string", "integer"], "not": {"type": "string", "format": "password"}}
    assert {type(value) for value in drawn(payloads(schema), 30)} == {int}


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\P{L}+$",
        r"^[^\p{L}]+$",
        r"^[\P{L}]{3}$",
        r"^[^\P{L}]{3}$",
        r"^[(?<x]+$",
        r"\bfoo\b",
        r"^\S+$",
        r"^[^\s]{2,}$",
        r"^[^\S]{2}$",
        "^.{2}$",
    ],
)
def test_what_is_made_of_a_pattern_matches_it(pattern: str, drawn: Any) -> None:
    schema = Schema.load({"type": "string", "pattern": pattern})
    texts = drawn(payloads(schema), 200)
    assert len(set(texts)) > 3
    assert [text for text in texts if not schema.is_valid(text)] == []


def test_property_names_match_their_pattern(drawn: Any) -> None:
    schema = Schema.load(
        {"type": "object", "propertyNames": {"pattern": r"^\S+$"}, "minProperties": 1}
    )
    assert all(map(schema.is_valid, drawn(payloads(schema), 200)))


@pytest.mark.parametrize(
    ("pattern", "python"),
    [
        (r"[(?<x]", r"[(?<x]"),
        (r"[\p{Lu}]", "[A-Z]"),
        (r"[\d][^\d]", "[0-9][^0-9]"),
    ],
)
def test_patterns_in_python(pattern: str, python: str) -> None:
    assert to_python(pattern) == python


@pytest.mark.parametrize("step", [0.01, 1.1, 1e-8, 0.3])
def test_multiples_of_a_fraction(step: float, drawn: Any) -> None:
    schema = Schema.load({"type": "number", "multipleOf": step})
    assert all(map(schema.is_valid, drawn(payloads(schema), 300)))
