"""Branches of `oneOf` that overlap are told apart, also if they are references."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, faults, payloads
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.inlining import inline_branches

NAMED = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
AGED = {**NAMED, "properties": {**NAMED["properties"], "age": {"$ref": "#/$defs/age"}}}
DEFS: dict[str, Any] = {"named": NAMED, "aged": AGED, "age": {"type": "integer"}}
OVERLAPPING: dict[str, Any] = {
    "oneOf": [{"$ref": "#/$defs/named"}, {"$ref": "#/$defs/aged"}],
    "$defs": DEFS,
}


def test_overlapping_branches_are_exact(drawn: Any) -> None:
    schema = Schema.load(OVERLAPPING)
    # What satisfies exactly one of them has an age that is not an integer.
    assert isinstance(build_blueprint(schema), shapes.Object)
    made = [generator_for(schema).generate(SeededChoices(seed)) for seed in range(20)]
    made += drawn(payloads(schema), 30)
    assert [value for value in made if not schema.is_valid(value)] == []
    assert faults(schema)


@pytest.mark.parametrize(
    ("document", "branches"),
    [
        ({"oneOf": [{"$ref": "#/$defs/age"}, {}], "$defs": DEFS}, [{"type": "integer"}, {}]),
        (
            {"oneOf": [{"$ref": "#/$defs/age", "title": "x"}], "$defs": DEFS},
            [{"type": "integer"}],
        ),
        (
            {"oneOf": [{"$ref": "#/$defs/age", "minimum": 1}], "$defs": DEFS},
            [{"allOf": [{"type": "integer"}, {"minimum": 1}]}],
        ),
        (
            {"oneOf": [{"properties": {"a": {"$ref": "#/$defs/age"}}}], "$defs": DEFS},
            [{"properties": {"a": {"type": "integer"}}}],
        ),
        (
            # What leads back to itself stays.
            {"oneOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}},
            [{"items": {"$ref": "#/$defs/a"}}],
        ),
    ],
    ids=str,
)
def test_targets_take_the_place_of_references(document: Any, branches: list[Any]) -> None:
    assert inline_branches(document)["oneOf"] == branches


@pytest.mark.parametrize(
    "document",
    [
        {"anyOf": [{"$ref": "#/$defs/age"}], "$defs": DEFS},
        {"oneOf": [{"$ref": "#/$defs/x"}], "$defs": {"x": {"$id": "urn:x", "type": "null"}}},
        {"oneOf": [{"$dynamicRef": "#x"}], "$defs": {"x": {"$dynamicAnchor": "x"}}},
        {
            # Each level refers to the next one twice.
            "oneOf": [{"$ref": "#/$defs/0"}],
            "$defs": {
                str(level): {"items": {"$ref": f"#/$defs/{level + 1}"},
                             "contains": {"$ref": f"#/$defs/{level + 1}"}}
                for level in range(20)
            } | {"20": {}},
        },
    ],
    ids=["no oneOf", "another resource", "a dynamic reference", "too large"],
)  # fmt: skip
def test_other_documents_stay_as_they_are(document: Any) -> None:
    assert inline_branches(document) is document
