"""Realistic values of schemas that reject what looks real: whatever `any` can make is made."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, SchemaError, faults, generate, payloads
from kombo_fakes.core.choices import LazyChoices, SeededChoices
from kombo_fakes.realistic.generator import generator_for

NEVER = {"type": "string", "format": "ipv4", "pattern": "^x"}
OVERLAPPING = {
    "A": {"type": "object", "properties": {"x": {"type": "string"}, "y": {"type": "integer"}}},
    "B": {"type": "object", "properties": {"x": {"type": "string"}, "z": {"type": "integer"}}},
}
TREE = {"anyOf": [{"type": "string"},
                  {"type": "array", "items": {"$ref": "#/$defs/T"}, "minItems": 1}]}  # fmt: skip

NARROW: dict[str, Any] = {
    "whole seconds": {"type": "string", "format": "date-time",
                      "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    "short address": {"type": "string", "format": "uri", "maxLength": 20},
    "scheme": {"type": "string", "format": "uri", "pattern": "^http://"},
    "long line": {"type": "string", "pattern": ".+", "minLength": 21},
    "catch-all names": {"type": "object", "patternProperties": {".*": {"type": "integer"}}},
    "catch-all names only": {"type": "object", "patternProperties": {"^.*$": {"type": "string"}},
                             "additionalProperties": False, "minProperties": 1},
    "optional property without values": {"type": "object", "properties": {
        "a": NEVER, "b": {"type": "integer"}}},
    "items without values": {"type": "array", "items": NEVER},
    "nullable without other values": {"type": "object", "required": ["a"], "properties": {
        "a": {"anyOf": [NEVER, {"type": "null"}]}}},
    "branch without values": {"anyOf": [NEVER, {"type": "integer"}]},
    "tuple whose second item has no values": {
        "type": "array", "prefixItems": [{"type": "string"}, NEVER], "items": False},
    "map without names": {"type": "object", "additionalProperties": {"type": "integer"},
                          "propertyNames": {"format": "ipv4", "pattern": "^x"}},
    "no type but a few": {"type": "object", "required": ["a"], "properties": {
        "a": {"not": {"type": ["string", "integer", "null", "boolean"]}}}},
    "overlapping references": {"oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
                               "$defs": OVERLAPPING},
    "overlapping references that recur": {
        "oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
        "$defs": {**OVERLAPPING, "B": {"type": "object", "properties": {
            "x": {"type": "string"}, "z": {"$ref": "#/$defs/B"}}}}},
    "tree": {"$ref": "#/$defs/T", "$defs": {"T": TREE}},
    "far numbers": {"type": "number", "minimum": 1e300},
    "narrow numbers": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-9},
    "common multiples": {"type": "integer", "allOf": [{"multipleOf": 6}, {"multipleOf": 35}],
                         "minimum": 211, "maximum": 420},
    "all numbers of a range": {"type": "array", "minItems": 200, "uniqueItems": True,
                               "items": {"type": "integer", "minimum": 1, "maximum": 200}},
    "many distinct strings": {"type": "array", "minItems": 400, "uniqueItems": True,
                              "items": {"type": "string"}},
    "many distinct short strings": {"type": "array", "minItems": 90, "uniqueItems": True,
                                    "items": {"type": "string", "pattern": "^[ab]{1,6}$"}},
    "one of few properties": {"type": "object", "minProperties": 1, "maxProperties": 1,
                              "properties": {"a": NEVER, "b": {"type": "string"}}},
    "named properties that propertyNames forbids": {
        "type": "object", "properties": {"b": {"type": "integer"}, "name": {"type": "object"}},
        "propertyNames": {"pattern": "^[abc]$"}, "dependentRequired": {"a": ["b"]}},
    "contained behind a tuple": {
        "type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "contains": {"const": 5}, "items": {"type": "integer"}},
}  # fmt: skip


def made_of(schema: Schema, count: int) -> list[Any]:
    generator = generator_for(schema)
    return [
        generator.generate(kind(seed))
        for kind in (SeededChoices, LazyChoices)
        for seed in range(count)
    ]


@pytest.mark.parametrize("name", NARROW)
def test_whatever_the_schema_allows_has_realistic_payloads(
    name: str, judges: Any, drawn: Any
) -> None:
    schema = Schema.load(NARROW[name])
    judge = judges(schema.effective)
    for payload in (*made_of(schema, 20), *drawn(payloads(schema, values="realistic"), 20)):
        assert judge.accept(payload), payload
    assert made_of(schema, 5) == made_of(Schema.load(NARROW[name]), 5)


@pytest.mark.parametrize("name", NARROW)
def test_whatever_has_realistic_payloads_has_faults(name: str, judges: Any) -> None:
    schema = Schema.load(NARROW[name])
    judge = judges(schema.effective)
    found = faults(schema)
    assert found
    for fault in found:
        assert not any(judge.accept(example) for example in fault.examples), fault.id


def test_what_a_payload_can_do_without_is_left_out_and_the_rest_is_shown() -> None:
    schema = Schema.load(NARROW["optional property without values"])
    made = made_of(schema, 20)
    assert all("a" not in payload for payload in made)
    assert any("b" in payload for payload in made)


def test_what_was_made_before_does_not_change_a_payload() -> None:
    for document in NARROW.values():
        forwards = made_of(Schema.load(document), 6)
        generator = generator_for(Schema.load(document))
        backwards = [generator.generate(LazyChoices(seed)) for seed in reversed(range(6))]
        assert forwards[6:] == backwards[::-1]


def test_maps_show_entries() -> None:
    document = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert all(made.payload for made in generate(document, 30))


UNTYPED = {
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "tags": {"items": {"type": "string"}},
        "score": {"minimum": 3},
        "code": {"pattern": "^[A-Z]{3}$"},
        "deep": {"properties": {"n": {"multipleOf": 5}}},
    },
}


def test_a_schema_without_a_type_means_the_type_that_its_keywords_are_about(judges: Any) -> None:
    schema = Schema.load(UNTYPED)
    for payload in made_of(schema, 30):
        assert judges(schema.effective).accept(payload)
        kinds = {"id": str, "tags": list, "score": (int, float), "code": str, "deep": dict}
        assert all(isinstance(value, kinds[name]) for name, value in payload.items())
    ids = {fault.id for fault in faults(schema)}
    assert {"id-type-number", "tags.0-type-number", "score-minimum-just-under"} <= ids


def test_a_schema_without_a_type_that_only_names_properties_means_an_object() -> None:
    schema = Schema.load(
        {"properties": {"a": {"title": "A"}, "b": {"properties": {"c": {}, "d": {"$ref": "#"}}}}}
    )
    made = made_of(schema, 30)
    assert all(isinstance(payload, dict) and payload.keys() <= {"a", "b"} for payload in made)
    assert any(payload["b"].keys() == {"c", "d"} for payload in made if "b" in payload)
    kinds = {type(payload) for payload in (m.payload for m in generate(schema, 60, values="any"))}
    assert len(kinds) >= 4


def test_a_schema_without_a_type_that_needs_itself_gets_another_type() -> None:
    endless = {"required": ["next"], "properties": {"next": {"$ref": "#"}}}
    schema = Schema.load(endless)
    assert all(map(schema.is_valid, made_of(schema, 10)))


def test_a_required_field_without_values_is_an_error_by_name() -> None:
    document = {"type": "object", "required": ["a"], "properties": {"a": NEVER}}
    with pytest.raises(SchemaError, match=r"^the schema: /a: ") as error:
        generator_for(Schema.load(document)).generate(SeededChoices(0))
    assert type(error.value) is SchemaError
