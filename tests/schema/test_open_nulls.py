"""Null where `nullable` has no effect by the letter of OpenAPI 3.0: no fault, and no payload."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, faults, generate

TEXT = {"$ref": "#/$defs/text"}
DEFINITIONS = {
    "text": {"type": "string", "minLength": 1},
    "open": {"nullable": True, "allOf": [TEXT]},
    "deep": {"nullable": True, "allOf": [{"properties": {"x": {"type": "string"}}}]},
}


def has_null_fault(schema: Schema, pointer: str) -> bool:
    for fault in faults(schema):
        for example in fault.examples:
            assert not schema.is_valid(example)
            value: Any = example
            for part in filter(None, pointer.split("/")):
                value = value.get(part, ...) if isinstance(value, dict) else ...
            if value is None and fault.pointer in (pointer, pointer.rpartition("/")[0]):
                return True
    return False


@pytest.mark.parametrize(
    "property_schema",
    [
        {"nullable": True, "allOf": [TEXT]},
        {"nullable": True, **TEXT},
        {"nullable": True, "type": "string", "allOf": [TEXT]},
        {"nullable": True, "anyOf": [TEXT, {"type": "integer"}]},
        {"nullable": True, "oneOf": [TEXT, {"type": "integer"}]},
        {"nullable": True, "enum": ["A", "B"]},
        {"nullable": True, "minLength": 1, "not": {"type": ["null", "integer"]}},
        {"x-nullable": True, "type": "string"},
        {"oneOf": [{"$ref": "#/$defs/open"}, {"nullable": True, "allOf": [{"type": "integer"}]}]},
        {"allOf": [{"$ref": "#/$defs/open"}]},
        {"$ref": "#/$defs/open"},
    ],
    ids=str,
)
@pytest.mark.parametrize("dialect", ["2020-12", "draft-07"])
def test_no_fault_has_null_where_it_may_be_meant(property_schema: Any, dialect: str) -> None:
    marked = {"$schema": f"https://json-schema.org/draft/{dialect}/schema", "type": "object"}
    if dialect == "draft-07":
        marked["$schema"] = "http://json-schema.org/draft-07/schema#"
    document = {**marked, "properties": {"p": property_schema}, "required": ["p"]}
    schema = Schema.load({**document, "$defs": DEFINITIONS})
    assert not schema.is_valid({"p": None})
    assert not has_null_fault(schema, "/p")
    assert {fault.pointer for fault in faults(schema)} >= {"", "/p"}
    assert has_null_fault(schema, "")
    for outcome in generate(schema, n=30):
        assert outcome.payload["p"] is not None


def test_other_places_still_have_null_faults() -> None:
    schema = Schema.load(
        {
            "type": "object",
            "properties": {
                "open": {"$ref": "#/$defs/open"},
                "inner": {"$ref": "#/$defs/deep/allOf/0/properties/x"},
                "text": TEXT,
                "typed": {"type": "object", "nullable": True, "properties": {"a": TEXT}},
            },
            "$defs": DEFINITIONS,
        }
    )
    found = {p for p in ("/open", "/inner", "/text", "/typed", "/typed/a")
             if has_null_fault(schema, p)}  # fmt: skip
    assert found == {"/inner", "/text", "/typed/a"}
    assert schema.is_valid({"typed": None})


def test_a_null_that_several_branches_may_mean_is_open_behind_pointers_into_them() -> None:
    one = [{"nullable": True, "allOf": [TEXT]}, {"nullable": True, "allOf": [{"type": "integer"}]}]
    schema = Schema.load(
        {
            "properties": {
                "a": {"oneOf": one, "allOf": [{"not": {"const": "x"}}]},
                "b": {"$ref": "#/properties/a/oneOf/1"},
            },
            "type": "object",
            "$defs": DEFINITIONS,
        }
    )
    assert not has_null_fault(schema, "/a")
    assert not has_null_fault(schema, "/b")
    assert {fault.pointer for fault in faults(schema)} >= {"/a", "/b"}


def test_openapi_30_keeps_nullable_beside_a_reference() -> None:
    described = Schema.from_openapi(
        {
            "openapi": "3.0.3",
            "components": {
                "schemas": {
                    "State": {"type": "string", "enum": ["A"]},
                    "Job": {
                        "type": "object",
                        "properties": {
                            "state": {"$ref": "#/components/schemas/State", "nullable": True}
                        },
                    },
                }
            },
        }
    )
    assert not has_null_fault(described["Job"], "/state")
    assert has_null_fault(described["Job"], "")
