"""Strategies for valid payloads: their values, their use in tests, and how they shrink."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import jsonschema
import jsonschema_rs
import kombo.models
import pydantic
import pytest
from django.core.validators import validate_email
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy
from support.sampling import some_fast

from kombo_fakes import IntegrationStateChanged, Schema, payloads

SCHEMA = Schema.load()
PLAIN = jsonschema_rs.validator_for(SCHEMA.effective, validate_formats=True)
SECOND = jsonschema.Draft202012Validator(SCHEMA.effective)
ADDRESS = pydantic.TypeAdapter(pydantic.EmailStr)
RESERVED = re.compile(r"(^|\.)example(\.(com|net|org))?$", re.IGNORECASE)


def list_strings(value: Any) -> list[str]:
    """Every string in a value, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [string for item in value.items() for part in item for string in list_strings(part)]
    return (
        [string for item in value for string in list_strings(item)]
        if isinstance(value, list)
        else []
    )


@pytest.mark.slow
@pytest.mark.parametrize("values", ["any", "realistic"])
def test_two_validators_and_the_sdk_accept_every_payload_and_its_address_is_harmless(
    values: Any, drawn: Any
) -> None:
    made = drawn(payloads(values=values), 1000)
    nulls: Counter[str] = Counter()
    for payload in made:
        assert PLAIN.is_valid(payload)
        assert SECOND.is_valid(payload)
        kombo.models.IntegrationStateChangedWebhookPayload.model_validate_json(json.dumps(payload))
        end_user = payload["data"]["end_user"]
        nulls.update(name for name, value in end_user.items() if value is None)
        address = end_user["creator_email"]
        if address is not None:
            ADDRESS.validate_python(address)
            validate_email(address)
            assert RESERVED.search(address.rsplit("@", 1)[1]), address
    least = 0.15 if values == "any" else 0.03
    assert nulls["creator_email"] > least * len(made)
    assert nulls["origin_id"] > least * len(made)


@pytest.mark.slow
def test_values_of_any_kind_reach_the_extremes_that_the_schema_allows(drawn: Any) -> None:
    made = drawn(payloads(), 1500)
    moments = [payload["data"]["updated_at"] for payload in made]
    assert min(moments) < "0500"
    assert max(moments) > "9500"
    digits = {len(match[1]) if (match := re.search(r"\.(\d+)", m)) else 0 for m in moments}
    assert digits == set(range(10))
    assert {m[-6:] for m in moments} >= {"+23:59", "-23:59", "-00:00", "+14:00"}
    names = [payload["data"]["end_user"]["organization_name"] for payload in made]
    assert "" in names
    assert max(map(len, names)) >= 255
    assert any("\0" in name for name in names)
    assert any(ord(character) > 0xFFFF for name in names for character in name)
    states = {payload["data"]["state"] for payload in made}
    assert states == {"ACTIVE", "INVALID", "INACTIVE"}


@pytest.mark.slow
def test_ambiguous_values_are_drawn_on_request_only(drawn: Any) -> None:
    ambiguous_instant = re.compile(r":60|[tz]|^0000")
    for payload in drawn(payloads(), 500):
        assert not ambiguous_instant.search(payload["data"]["updated_at"])
        assert '"' not in (payload["data"]["end_user"]["creator_email"] or "")
        json.dumps(payload, ensure_ascii=False).encode()
    ambiguous = drawn(payloads(ambiguous=True), 800)
    assert any(ambiguous_instant.search(payload["data"]["updated_at"]) for payload in ambiguous)
    assert any('"' in (p["data"]["end_user"]["creator_email"] or "") for p in ambiguous)
    for payload in ambiguous:
        assert SCHEMA.is_valid(payload)


@pytest.mark.parametrize("values", ["any", "realistic"])
@pytest.mark.parametrize(
    ("options", "holds"),
    [
        ({"allow_nul": False}, lambda string: "\0" not in string),
        ({"codec": "ascii"}, str.isascii),
        ({"codec": "latin-1"}, lambda string: string.encode("latin-1") is not None),
    ],
)
def test_options_apply_to_every_string_and_key(
    values: Any, options: dict[str, Any], holds: Callable[[str], bool], drawn: Any
) -> None:
    for payload in drawn(payloads(values=values, **options), 200):
        assert all(map(holds, list_strings(payload)))


def test_max_length_applies_to_every_string_and_to_keys_of_open_objects(drawn: Any) -> None:
    for payload in drawn(payloads(max_length=30), 200):
        assert all(len(string) <= 30 for string in list_strings(payload["data"]))
    open_object = {"type": "object", "properties": {"a": {"type": "string"}}}
    for value in drawn(payloads(open_object, max_length=4, allow_nul=False, codec="ascii"), 200):
        assert all(
            len(string) <= 4 and string.isascii() and "\0" not in string
            for string in list_strings(value)
        )


SIMPLEST = {
    "id": "",
    "type": "integration-state-changed",
    "data": {
        "integration_tool": "",
        "integration_id": "",
        "integration_category": "HRIS",
        "end_user": {"organization_name": "", "creator_email": None, "origin_id": None},
        "qa_status": "PENDING",
        "setup_status": "INCOMPLETE",
        "state": "ACTIVE",
        "updated_at": "2000-01-01T00:00:00Z",
    },
}


def shrink(strategy: SearchStrategy[Any], fails: Callable[[Any], bool]) -> Any:
    """The smallest value for which a test fails."""
    return find(
        strategy, fails, settings=settings(database=None, derandomize=True, max_examples=100)
    )


def test_payloads_shrink_to_the_simplest_one() -> None:
    assert shrink(payloads(), lambda payload: True) == SIMPLEST
    found = shrink(payloads(), lambda p: p["data"]["end_user"]["creator_email"] is not None)
    assert found["data"]["end_user"].pop("creator_email") == "0@example.com"
    found["data"]["end_user"]["creator_email"] = None
    assert found == SIMPLEST
    found = shrink(payloads(), lambda p: p["data"]["state"] == "INVALID")
    assert found["data"].pop("state") == "INVALID"
    assert found["data"] == {k: v for k, v in SIMPLEST["data"].items() if k != "state"}  # type: ignore[attr-defined]


def test_realistic_payloads_are_still_realistic_when_shrunk() -> None:
    found = shrink(payloads(values="realistic"), lambda p: p["data"]["state"] == "INVALID")
    assert found["data"]["integration_id"].startswith("personio:")
    assert found["data"]["qa_status"] == "PASSED"


@settings(max_examples=20, derandomize=True, database=None)
@given(payload=...)
def test_an_argument_annotated_with_a_payload_type_gets_a_payload(
    payload: IntegrationStateChanged,
) -> None:
    SCHEMA.validate(payload)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """A payload of any values and a realistic one."""
    return draw(payloads()), draw(payloads(values="realistic"))


@settings(max_examples=20, derandomize=True, database=None)
@given(pairs())
def test_strategies_can_be_drawn_from_in_a_composite(pair: tuple[Any, Any]) -> None:
    assert all(map(SCHEMA.is_valid, pair))


def test_rules_of_a_state_machine_take_payloads() -> None:
    class Receiver(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.states: dict[str, str] = {}

        @rule(payload=payloads())
        def deliver(self, payload: Any) -> None:
            SCHEMA.validate(payload)
            self.states[payload["data"]["integration_id"]] = payload["data"]["state"]

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Receiver, settings=settings(max_examples=5, derandomize=True, database=None)
    )


def test_changing_a_drawn_payload_changes_no_other(drawn: Any) -> None:
    strategy = payloads({"enum": [{"a": [1]}, {"b": 2}]})
    for value in drawn(strategy, 10):
        value["a"] = "changed"
    assert all(value in ({"a": [1]}, {"b": 2}) for value in drawn(strategy, 10))


def test_building_strategies_neither_reads_nor_changes_the_global_random_state() -> None:
    random.seed(4)
    before = random.getstate()
    payloads(codec="cp1252")
    payloads(values="realistic", codec="cp1252")
    assert random.getstate() == before


VOCABULARY: dict[str, Any] = {
    "type list": {"type": ["integer", "null", "boolean"]},
    "const": {"const": {"a": [1, None]}},
    "enum of kinds": {"enum": [1, "a", None, [2], {"b": 3}]},
    "bounds": {"type": "integer", "minimum": 3, "exclusiveMaximum": 6},
    "decimals": {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 1},
    "several multiples": {"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}]},
    "narrow number": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    "lengths": {"type": "string", "minLength": 2, "maxLength": 3},
    "digits": {"type": "string", "pattern": r"^\d{3}$"},
    "pattern and length": {"type": "string", "pattern": "^[a-c]+$", "maxLength": 3},
    "letters": {"type": "string", "pattern": r"^\p{Lu}\p{Ll}+$"},
    "formats": {
        "type": "array",
        "prefixItems": [
            {"type": "string", "format": name}
            for name in ("uuid", "uri", "ipv4", "ipv6", "hostname", "date", "time", "duration")
        ],
        "minItems": 8,
        "items": False,
    },
    "items": {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2},
    "unique": {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 2},
    "contains": {"type": "array", "contains": {"const": 7}, "minContains": 2, "maxContains": 3},
    "prefix": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}]},
    "closed": {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    "patterns": {
        "type": "object",
        "patternProperties": {"^x-": {"type": "integer"}, "z$": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{2}$"}, "minProperties": 1},
    "most": {"type": "object", "properties": {"a": {}, "b": {}}, "maxProperties": 1},
    "dependent": {
        "type": "object",
        "properties": {"card": {"type": "integer"}, "address": {"type": "string"}},
        "dependentRequired": {"card": ["address"]},
        "additionalProperties": False,
    },
    "all of": {
        "allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"const": 1}}}]
    },
    "any of": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer", "minimum": 5}]},
    "one of": {"type": "integer", "oneOf": [{"multipleOf": 3}, {"multipleOf": 5}]},
    "not": {"type": "string", "not": {"enum": ["", "a"]}, "maxLength": 2},
    "if": {"type": "integer", "if": {"minimum": 10}, "then": {"multipleOf": 5}},
    "tree": {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "required": ["value"],
                "properties": {
                    "value": {"type": "integer"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                },
                "additionalProperties": False,
            }
        },
    },
    "everything": {},
    "draft 7": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "array",
        "items": [{"$ref": "#/definitions/a"}],
        "additionalItems": False,
        "definitions": {"a": {"type": "string", "maxLength": 1}},
    },
}


@pytest.mark.parametrize("name", some_fast([*VOCABULARY], 3))
def test_two_validators_agree_about_payloads_and_faults_of_every_keyword(
    name: str, drawn: Any
) -> None:
    from kombo_fakes import faults
    from kombo_fakes.core.choices import SeededChoices
    from kombo_fakes.realistic.generator import generator_for

    schema = Schema.load(VOCABULARY[name])
    plain = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
    second = jsonschema.validators.validator_for(schema.effective)(schema.effective)
    made = drawn(payloads(schema), 60)
    made += [generator_for(schema).generate(SeededChoices(seed)) for seed in range(30)]
    for value in made:
        assert plain.is_valid(value), value
        if "multipleOf" not in str(schema.effective) and "\\p" not in str(schema.effective):
            assert second.is_valid(value), value
    found = faults(schema)
    assert found or name == "everything"
    for fault in found:
        for example in fault.examples:
            assert not plain.is_valid(example), fault.id
