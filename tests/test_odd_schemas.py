"""Schemas as others write them: each of these once broke a promise."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, SchemaError, corners, payloads

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
