"""Unions of many branches. Each of these once took all memory, or ended in an internal error."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, corners, faults, invalid_payloads, payloads
from kombo_fakes.schema.vocabulary import DRAFT_7


def build_event_union(keyword: str, count: int) -> dict[str, Any]:
    """Return a union of events, as descriptions of webhooks have it."""
    return {
        keyword: [{"$ref": f"#/$defs/Event{number}"} for number in range(count)],
        "$defs": {
            f"Event{number}": {
                "type": "object",
                "required": ["type", "data"],
                "properties": {
                    "type": {"const": f"event-{number}"},
                    "data": {
                        "type": "object",
                        "required": ["id"],
                        "properties": {
                            "id": {"type": "string"},
                            f"count_{number}": {"type": "integer", "minimum": 0},
                        },
                    },
                },
            }
            for number in range(count)
        },
    }


def build_form_field() -> dict[str, Any]:
    """Return a recursive union with a discriminator: fields of a form, some of which hold fields."""
    more: dict[str, Any] = {f"Field{number}": {} for number in range(13)}
    more["Field10"] = {"options": {"type": "array", "items": {"required": ["id"]}}}
    more["Field11"] = {"properties": {"additionalProperties": {"$ref": "#/$defs/Field"}}}
    more["Field12"] = {"item": {"$ref": "#/$defs/Field"}}
    branches = {
        name: {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": name}, "label": {"type": ["string", "null"]}, **own},
        }
        for name, own in more.items()
    }
    union = {
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in branches],
        "discriminator": {"propertyName": "kind"},
    }
    return {"$ref": "#/$defs/Field", "$defs": {"Field": union, **branches}}


SELF_WITH_PATTERNS: dict[str, Any] = {
    "$schema": DRAFT_7,
    "properties": {
        "r": {"patternProperties": {"^x": {"type": "object"}}},
        "a": {"$ref": "#"},
    },
}


@pytest.mark.parametrize(
    "document",
    [
        build_event_union("oneOf", 12),
        build_event_union("anyOf", 12),
        build_form_field(),
        SELF_WITH_PATTERNS,
    ],
    ids=["oneOf", "anyOf", "recursive", "draft 7"],
)
def test_a_union_of_many_branches_has_all_kinds_of_payloads(document: Any, drawn: Any) -> None:
    schema = Schema.load(document)
    assert [value for value in drawn(payloads(schema), 20) if not schema.is_valid(value)] == []
    found = drawn(invalid_payloads(schema), 20)
    assert [pair for pair in found if schema.is_valid(pair.payload)] == []
    assert [fault for fault in faults(schema) if schema.is_valid(fault.examples[0])] == []
    assert [corner for corner in corners(schema) if not schema.is_valid(corner.payload)] == []


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_each_branch_of_a_union_has_faults(keyword: str) -> None:
    found = {fault.pointer for fault in faults(build_event_union(keyword, 12))}
    assert {f"/data/count_{number}" for number in range(12)} <= found
