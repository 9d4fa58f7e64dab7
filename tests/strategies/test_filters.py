"""Checks that reject most of what is drawn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from kombo_fakes import KomboFakesError, Schema, SchemaError, invalid_payloads, payloads

# A value of one branch in seven is an object, and of these most have none of the names.
ONE_OF_MANY: dict[str, Any] = {
    "type": "object",
    "properties": {f"p{number}": {"type": "string"} for number in range(6)},
    "contains": {},
    "allOf": [{"$dynamicRef": "#anchor"}],
    "$defs": {
        "any": {
            "$dynamicAnchor": "anchor",
            "oneOf": [{"required": [f"p{number}"]} for number in range(6)],
        }
    },
}

OVERLAPPING: dict[str, Any] = {
    "oneOf": [{"$ref": f"#/$defs/{number}"} for number in range(3)],
    "$defs": {
        # Each allows what the others allow, so that no value satisfies one of them only.
        str(number): {"type": "object", "properties": {"a": {"$ref": f"#/$defs/{number}"}}}
        for number in range(3)
    },
}


def test_hypothesis_does_not_give_up_on_a_check_that_rejects_most() -> None:
    schema = Schema.load(ONE_OF_MANY)
    drawn: list[Any] = []

    @settings(max_examples=50, database=None, derandomize=True, deadline=None)
    @given(payloads(schema))
    def collect(value: Any) -> None:
        drawn.append(value)

    collect()
    assert len(drawn) == 50
    assert [value for value in drawn if not schema.is_valid(value)] == []


def test_the_keyword_that_rejects_everything_is_named() -> None:
    with pytest.raises(SchemaError, match=r"found no value that satisfies it: oneOf rejects"):
        payloads(OVERLAPPING)


def test_nothing_is_invalid_where_every_value_is_valid() -> None:
    with pytest.raises(KomboFakesError, match=r"no payload is invalid, because every value is"):
        invalid_payloads({})
