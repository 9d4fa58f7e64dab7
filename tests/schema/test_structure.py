"""Schemas that canonical form does not have, or has only with too many cases."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, faults, invalid_payloads, payloads
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.complexity import (
    count_cases,
    count_opposite_cases,
    measure_complexity,
)
from kombo_fakes.schema.vocabulary import DRAFT_7, DRAFT_2019

NAMED = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


def build_object(number: int) -> dict[str, Any]:
    """Return an object that has a property of its own."""
    name = f"p{number}"
    return {"type": "object", "required": [name], "properties": {name: {"minLength": number}}}


def build_condition(number: int) -> dict[str, Any]:
    """Return a condition: an object of a kind has a property."""
    return {
        "if": {"properties": {"kind": {"const": f"k{number}"}}, "required": ["kind"]},
        "then": {"required": [f"p{number}"], "properties": {f"p{number}": {"type": "integer"}}},
    }


KINDS = {"kind": {"enum": [f"k{number}" for number in range(20)]}}
UNIONS = [{"anyOf": [build_object(10 * row + i) for i in range(4)]} for row in range(10)]

DOCUMENTS: dict[str, dict[str, Any]] = {
    "unevaluatedProperties": {
        "allOf": [NAMED],
        "properties": {"age": {"type": "integer"}},
        "required": ["age"],
        "unevaluatedProperties": False,
    },
    "unevaluatedProperties behind a reference": {
        "$ref": "#/$defs/named",
        "properties": {"child": {"$ref": "#"}},
        "unevaluatedProperties": {"type": "integer"},
        "$defs": {"named": NAMED},
    },
    "unevaluatedItems": {
        "type": "array",
        "prefixItems": [{"type": "string"}],
        "unevaluatedItems": False,
    },
    "$dynamicRef": {
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    },
    "$recursiveRef": {
        "$schema": DRAFT_2019,
        "$recursiveAnchor": True,
        "type": "object",
        "properties": {"kid": {"$recursiveRef": "#"}},
    },
    "propertyNames with a reference": {
        "type": "object",
        "propertyNames": {"anyOf": [{"$ref": "#/$defs/short"}, {"pattern": "^x"}]},
        "$defs": {"short": {"maxLength": 2}},
    },
    "not": {"not": {"const": {"a": 1}}},
    "many conditions": {
        "type": "object",
        "required": ["kind"],
        "properties": KINDS,
        "allOf": [build_condition(number) for number in range(20)],
    },
    "many conditions in draft 7": {
        "$schema": DRAFT_7,
        "$ref": "#/definitions/root",
        "definitions": {
            "root": {
                "type": "object",
                "required": ["kind"],
                "properties": {**KINDS, "inner": {"$ref": "#/definitions/root"}},
                "allOf": [build_condition(number) for number in range(20)],
            }
        },
    },
    "unions of unions": {"allOf": UNIONS},
    "unions of unions in a property": {
        "type": "object",
        "properties": {"a": {"allOf": UNIONS}, "b": {"type": "array", "contains": {"const": 1}}},
        "required": ["a", "b"],
    },
    "many dependencies": {
        "dependentRequired": {f"a{number}": [f"b{number}"] for number in range(20)},
        "type": "object",
    },
    "many formats of a string": {
        "oneOf": [
            {"oneOf": [{"type": "string", "pattern": f"^{i}{j}"} for j in range(30)]}
            for i in range(30)
        ]
    },
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_payload_is_valid_and_every_fault_is_not(name: str, drawn: Any) -> None:
    schema = Schema.load(DOCUMENTS[name])
    made = [generator_for(schema).generate(SeededChoices(seed)) for seed in range(20)]
    made += drawn(payloads(schema), 30)
    assert [value for value in made if not schema.is_valid(value)] == []
    assert len({str(value) for value in made}) > 3
    found = faults(schema)
    assert found
    assert [fault.id for fault in found if schema.is_valid(fault.examples[0])] == []
    assert not any(schema.is_valid(pair.payload) for pair in drawn(invalid_payloads(schema), 20))


def test_each_condition_has_payloads() -> None:
    schema = Schema.load(DOCUMENTS["many conditions"])
    made = [generator_for(schema).generate(SeededChoices(seed)) for seed in range(300)]
    assert {value["kind"] for value in made} == set(KINDS["kind"]["enum"])


def test_a_closed_object_has_all_its_properties() -> None:
    plan = build_blueprint(Schema.load(DOCUMENTS["unevaluatedProperties"]))
    assert isinstance(plan, shapes.Object)
    assert (set(plan.properties), plan.extras) == ({"name", "age"}, ())


@pytest.mark.parametrize(
    ("document", "cases", "opposite"),
    [
        (True, 1, 1),
        ({"type": "string"}, 1, 1),
        ({"anyOf": [{}, {}, {}]}, 3, 1),
        ({"anyOf": [{"minLength": 1}, {"minimum": 1}]}, 2, 1),
        ({"allOf": [{"anyOf": [{}, {}]}, {"oneOf": [{}, {}, {}]}]}, 6, 2),
        ({"not": {"required": ["a", "b"]}}, 2, 1),
        ({"if": {"required": ["a", "b"]}, "then": {"anyOf": [{}, {}]}}, 4, 8),
        ({"dependentRequired": {"a": ["b"], "c": ["d"]}}, 4, 1),
        ({"properties": {"a": {"anyOf": [{}, {}]}}}, 1, 1),
    ],
    ids=str,
)
def test_cases_are_counted(document: Any, cases: int, opposite: int) -> None:
    assert count_cases(document) == cases
    assert count_opposite_cases(document) == opposite


def test_unions_at_one_place_multiply_and_others_add_up() -> None:
    union = {"anyOf": [{"minLength": 1}, {"minimum": 1}]}
    assert measure_complexity({"allOf": [union] * 20}).most == 2**20
    assert measure_complexity({"allOf": [union] * 20}).is_too_high
    apart = measure_complexity({"properties": {f"p{i}": union for i in range(20)}})
    assert (apart.most, apart.sum) == (2, 40)
    assert not apart.is_too_high
