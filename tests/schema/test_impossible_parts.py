"""What no value has is left out: branches of unions, optional properties, items."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, SchemaError, faults, invalid_payloads, payloads
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.pruning import remove_impossible
from kombo_fakes.schema.blueprint.shapes import ANY_OBJECT, NOTHING

ENDLESS = {"$ref": "#/$defs/endless"}
DEFS = {
    "endless": {"type": "object", "required": ["next"], "properties": {"next": ENDLESS}},
    "wrapped": {"type": "object", "required": ["a"], "properties": {"a": ENDLESS}},
    "n": {
        "properties": {
            "not": {
                "type": "object",
                "oneOf": [{"$ref": "#/$defs/n"}, {"type": "object", "required": ["x"]}],
            }
        }
    },
    "overlapping": {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {
                    "c": {
                        "oneOf": [
                            {"$ref": "#/$defs/overlapping"},
                            {"oneOf": [{"type": "object"}, {"type": "object", "minProperties": 0}]},
                        ]
                    }
                },
            },
        ]
    },
}

DOCUMENTS: list[dict[str, Any]] = [
    {"anyOf": [ENDLESS, {"type": "integer"}]},
    {"anyOf": [{"$ref": "#/$defs/wrapped"}, {"type": "integer"}]},
    {"type": "object", "properties": {"a": ENDLESS, "b": {"type": "integer"}}},
    {"type": "object", "additionalProperties": ENDLESS},
    {"type": "object", "patternProperties": {"^x": ENDLESS}, "minProperties": 1},
    {"type": "array", "items": ENDLESS},
    {"type": "array", "prefixItems": [{"type": "integer"}, ENDLESS, True]},
    {"type": "array", "items": {"anyOf": [ENDLESS, {"type": "null"}]}, "minItems": 1},
    {"$ref": "#/$defs/n"},
    {"$ref": "#/$defs/overlapping"},
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_what_nothing_satisfies_is_never_drawn(document: dict[str, Any], drawn: Any) -> None:
    schema = Schema.load({**document, "$defs": DEFS})
    made = [generator_for(schema).generate(SeededChoices(seed)) for seed in range(30)]
    made += drawn(payloads(schema), 30)
    assert [value for value in made if not schema.is_valid(value)] == []
    assert faults(schema)
    assert not any(schema.is_valid(pair.payload) for pair in drawn(invalid_payloads(schema), 20))


@pytest.mark.parametrize(
    "document",
    [
        ENDLESS,
        {"anyOf": [ENDLESS, {"$ref": "#/$defs/wrapped"}]},
        {"type": "array", "items": ENDLESS, "minItems": 1},
        {"type": "array", "prefixItems": [True, ENDLESS], "minItems": 2},
        {"type": "array", "contains": ENDLESS},
        {"type": "object", "additionalProperties": ENDLESS, "minProperties": 1},
    ],
    ids=str,
)
def test_what_requires_an_infinite_value_is_an_error(document: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match="no value satisfies it"):
        build_blueprint(Schema.load({**document, "$defs": DEFS}))


def test_a_filter_over_nothing_is_nothing() -> None:
    assert shapes.restrict(NOTHING, lambda value: True, "oneOf") == NOTHING
    nested = shapes.Filtered(shapes.Union((NOTHING,)), lambda value: True, "oneOf")
    assert remove_impossible(nested) == NOTHING


def test_what_is_possible_stays_the_same_object() -> None:
    plan = shapes.Object(
        {"a": shapes.Union((shapes.String(), ANY_OBJECT)), "b": shapes.Array(items=ANY_OBJECT)},
        extras=ANY_OBJECT.extras,
    )
    assert remove_impossible(plan) is plan
