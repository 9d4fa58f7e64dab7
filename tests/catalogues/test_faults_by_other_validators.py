"""Two independent validators agree on every fault."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema_rs
import pytest
from support.sampling import some_fast

from kombo_fakes import Schema, faults, invalid_payloads
from kombo_fakes.catalogues.faults import get_fault
from kombo_fakes.catalogues.ids import path_to_id
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.core.pointer import get, has, replace_at, to_pointer
from kombo_fakes.errors import FaultError
from kombo_fakes.realistic.generator import generator_for

SCHEMA = Schema.load()


def test_validators_report_each_example_at_its_place_with_its_keyword(judges: Any) -> None:
    judge = judges(SCHEMA.effective)
    for fault in faults():
        for example in fault.examples:
            for found in judge.broken(example):
                assert {pointer for pointer, _ in found} == {fault.pointer}, (fault.id, found)
                assert fault.keyword in {keyword for _, keyword in found}, (fault.id, found)


def check_drawn(judges: Any, drawn: Any, count: int, **arguments: Any) -> set[str]:
    """Draw invalid payloads, and check that both validators report the one fault of each."""
    judge, seen = judges(SCHEMA.effective), set()
    for payload, fault in drawn(invalid_payloads(**arguments), count):
        for found in judge.broken(payload):
            assert {pointer for pointer, _ in found} == {fault.pointer}, (fault.id, payload)
            assert fault.keyword in {keyword for _, keyword in found}, (fault.id, payload)
        json.dumps(payload).encode()
        seen.add(fault.id)
    return seen


@pytest.mark.parametrize(
    "arguments",
    [{}, {"values": "realistic"}, {"keywords": ["format"]}, {"at": "/data/end_user", "nulls": 1}],
    ids=["any", "realistic", "formats", "many nulls"],
)
def test_validators_report_drawn_payloads_at_their_place_with_their_keyword(
    arguments: Any, judges: Any, drawn: Any
) -> None:
    check_drawn(judges, drawn, 120, **arguments)


@pytest.mark.slow
def test_validators_report_two_thousand_drawn_payloads(judges: Any, drawn: Any) -> None:
    """Most faults of the catalogue occur among them."""
    seen = check_drawn(judges, drawn, 2_000)
    assert len(seen) > 0.5 * len(faults())


@pytest.mark.slow
@pytest.mark.parametrize("fault_id", [fault.id for fault in faults() if fault.variant == "other"])
def test_faults_beyond_the_fixed_variants_are_single(
    fault_id: str, judges: Any, drawn: Any
) -> None:
    assert check_drawn(judges, drawn, 150, ids=fault_id) == {fault_id}


def test_near_misses_come_before_nonsense() -> None:
    first = {}
    for fault in faults():
        first.setdefault((fault.pointer, fault.keyword, str(fault.site.value)), fault)
    variants = {fault.variant for fault in first.values()}
    assert variants <= {
        "lowercase", "uppercase", "date-only", "no-at", "absent", "unknown", "null", "as-text",
        "number", "separator",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fault_id", "pointer", "value"),
    [
        ("data.updated_at-format-date-only", "/data/updated_at", "2021-09-01"),
        ("data.updated_at-format-no-offset", "/data/updated_at", "2021-09-01T12:00:00.000"),
        ("data.updated_at-format-comma-fraction", "/data/updated_at", "2021-09-01T12:00:00,5Z"),
        ("data.updated_at-format-hour-24", "/data/updated_at", "2021-09-01T24:00:00.000Z"),
        ("data.updated_at-type-null", "/data/updated_at", None),
        ("data.state-enum-lowercase", "/data/state", "active"),
        ("data.state-enum-trailing-blank", "/data/state", "ACTIVE "),
        ("data.state-enum-cut", "/data/state", "ACTIV"),
        ("data.state-enum-homoglyph", "/data/state", "\u0410CTIV\u0415"),
        ("type-enum-separator", "/type", "integration_state_changed"),
        ("data-type-as-text", "/data", None),
        ("data-type-in-array", "/data", None),
    ],
)
def test_applying_a_fault_changes_one_thing_only(fault_id: str, pointer: str, value: Any) -> None:
    payload = generator_for(SCHEMA).generate(SeededChoices(1))
    payload["data"]["updated_at"] = "2021-09-01T12:00:00.000Z"
    payload["data"]["state"] = "ACTIVE"
    before = json.dumps(payload)
    fault = get_fault(fault_id)
    broken = fault.apply(payload)
    assert json.dumps(payload) == before
    assert fault.is_in(broken)
    assert fault.apply(payload) == broken
    path = fault.site.path
    if value is not None or "null" in fault_id:
        assert get(broken, path) == value
    assert replace_at(broken, path, get(payload, path)) == payload
    assert pointer == fault.pointer == to_pointer(path)


def test_a_fault_does_not_apply_without_its_place_or_beside_another_fault() -> None:
    fault = get_fault("data.end_user.creator_email-format-no-at")
    with pytest.raises(FaultError, match="no value at /data/end_user/creator_email"):
        fault.apply({"data": {"end_user": {}}})
    payload = fault.examples[0]
    assert fault.is_in(payload)
    assert not fault.is_in({**payload, "id": 1})
    assert str(fault) == fault.id
    assert str(fault.examples) not in repr(fault)


def test_every_fault_applies_to_every_realistic_payload_without_nulls() -> None:
    generator = generator_for(SCHEMA)
    payloads = [generator.generate(SeededChoices(seed)) for seed in range(12)]
    for payload in payloads:
        end_user = payload["data"]["end_user"]
        end_user["creator_email"] = end_user["creator_email"] or "jane@example.com"
        end_user["origin_id"] = end_user["origin_id"] or "12"
        for fault in faults():
            assert fault.is_in(fault.apply(payload)), fault.id


def test_the_catalogue_is_built_once_without_global_random_state() -> None:
    random.seed(3)
    before = random.getstate()
    again = faults(Schema(SCHEMA.published))
    assert random.getstate() == before
    assert faults()[0] is faults()[0]
    assert [(f.id, f.examples) for f in again] == [(f.id, f.examples) for f in faults()]


def test_ids_name_their_place_within_the_limits_of_file_systems() -> None:
    assert path_to_id(()) == "root"
    assert path_to_id(("a b", 0, "\u65e5\u672c", "")) == "a_b.0._._"
    assert len(path_to_id(("x" * 400,))) == 150
    assert path_to_id(("x" * 400, "end")).endswith(".end")


# -- any schema


CLOSED = {"additionalProperties": False}
VOCABULARY: dict[str, Any] = {
    "strings": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
    "bounds": {"type": "integer", "minimum": -1, "maximum": 4},
    "exclusive bounds": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 0},
    "dozens": {"type": "integer", "multipleOf": 12},
    "numbers": {"enum": [1, 2.5, 30]},
    "booleans": {"const": True},
    "mixed": {"enum": ["a", 1, None, True]},
    "object constant": {"const": {"a": 1}},
    "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3},
    "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}],
              "minItems": 2, "items": False},
    "distinct": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 1},
    "contains": {"type": "array", "contains": {"type": "string"}},
    "sizes": {"type": "object", "minProperties": 1, "maxProperties": 2},
    "dependent": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {}},
                  "dependentRequired": {"a": ["b"]}},
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}},
    "patterns": {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}},
    "map": {"type": "object", "additionalProperties": {"type": "string", "format": "date"}},
    "nested": {"type": "object", "required": ["a"], **CLOSED, "properties": {
        "a": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["b"],
              **CLOSED, "properties": {"b": {"type": "string", "enum": ["X", "Y"]}}}}}},
    "optional": {"type": "object", **CLOSED, "properties": {
        "a": {"type": "object", "properties": {"b": {"type": "string", "format": "email"}}}}},
    "all of": {"allOf": [{"type": "object", "required": ["a"]},
                         {"properties": {"a": {"type": "integer", "minimum": 3}}}]},
    "any of": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer", "minimum": 5}]},
    "one of": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    "not": {"type": "integer", "not": {"multipleOf": 2}},
    "if": {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["a", "b"]}},
           "if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["x"]}},
    "recursive": {"type": "object", "required": ["n"], **CLOSED, "properties": {
        "n": {"type": "integer"}, "next": {"$ref": "#"}}},
    "referenced": {"type": "array", "items": {"$ref": "#/$defs/a"}, "minItems": 1,
                   "$defs": {"a": {"type": "string", "maxLength": 3}}},
    "draft 7": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                "properties": {"a": {"$ref": "#/definitions/a"}}, "required": ["a"],
                "definitions": {"a": {"type": "array", "items": [{"type": "null"}],
                                      "additionalItems": False}}},
    "digits as names": {"type": "object", **CLOSED, "required": ["0"], "properties": {
        "0": {"type": "string", "minLength": 1}, "01": {"type": "array", "items": {"const": 1}}}},
    "nullable": {"type": "object", **CLOSED, "properties": {
        "a": {"type": "string", "enum": ["A"], "nullable": True}}},
}  # fmt: skip


@pytest.mark.parametrize("name", some_fast([*VOCABULARY], 3))
def test_faults_of_any_schema_are_complete_and_two_validators_reject_them(
    name: str, judges: Any, drawn: Any
) -> None:
    schema = Schema.load(VOCABULARY[name])
    judge = judges(schema.effective)
    found = faults(schema)
    covered = {(f.site.pointer, f.keyword, str(f.site.value), f.site.schema_pointer) for f in found}
    missing = [
        str(site)
        for site in schema.sites()
        if (site.pointer, site.keyword, str(site.value), site.schema_pointer) not in covered
    ]
    assert missing == []
    assert len({fault.id.casefold() for fault in found}) == len(found)
    for fault in found:
        for example in fault.examples:
            assert judge.refuse(example), (fault.id, example)
            if fault.single:
                for errors in judge.broken(example):
                    assert {pointer for pointer, _ in errors} == {fault.pointer}, fault.id
    for payload, fault in drawn(invalid_payloads(schema), 80):
        assert judge.refuse(payload), (fault.id, payload)


@pytest.mark.parametrize(
    ("document", "site"),
    [
        ({"type": "string", "format": "regex"}, "format"),
        ({"type": "array", "contains": {"type": "string"}, "maxContains": 2}, "maxContains"),
        (
            {
                "oneOf": [
                    {"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}},
                    {"type": "object", "required": ["b"], "properties": {"b": {"type": "null"}}},
                ]
            },
            "const",
        ),
        (
            {
                "type": "array",
                "items": {"type": ["string", "integer"]},
                "contains": {"type": "string", "minLength": 1},
                "minContains": 0,
                "maxContains": 3,
            },
            "maxContains",
        ),
        (
            {"contains": {"const": 1}, "maxContains": 1, "maxItems": 3, "type": "array"},
            "maxContains",
        ),
        (
            {
                "type": "object",
                "if": {"required": ["a"]},
                "then": {"properties": {"a": {"const": 1}}},
                "else": {"required": ["b"]},
                "anyOf": [
                    {"properties": {"c": {"const": 2}}, "required": ["c"]},
                    {"maxProperties": 1},
                ],
            },
            "const",
        ),
        (
            {
                "oneOf": [
                    {
                        "properties": {"kind": {"enum": [n]}, n: {"const": 1}},
                        "required": ["kind", n],
                    }
                    for n in ("x", "y", "z")
                ],
                "type": "object",
            },
            "const",
        ),
    ],
    ids=["regex", "maxContains", "oneOf", "optional", "bounded", "if", "three"],
)
def test_sites_whose_faults_are_hard_to_find_have_one(document: Any, site: str, drawn: Any) -> None:
    schema = Schema.load(document)
    found = faults(schema, keywords=site)
    assert found
    for fault in found:
        assert not any(map(schema.is_valid, fault.examples)), fault.id
    for payload, _ in drawn(invalid_payloads(schema, keywords=site), 60):
        assert not schema.is_valid(payload)


def test_the_examples_of_an_optional_place_have_the_place() -> None:
    schema = Schema.load(VOCABULARY["optional"])
    fault = get_fault("a.b-format-no-at", schema)
    assert all(has(example, ("a", "b")) for example in fault.examples)
    with pytest.raises(FaultError, match="at /a/b"):
        fault.apply({"a": {}})
    plain = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
    assert not plain.is_valid(fault.apply({"a": {"b": "jane@example.com"}}))
