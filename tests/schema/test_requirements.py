"""Requirements ask for values to which the keyword of a site applies."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema
from kombo_fakes.schema.requirements import (
    ABSENT,
    get_value,
    has_site,
    require_site,
    require_values,
)
from kombo_fakes.schema.sites import Site

DRAFT_7 = "http://json-schema.org/draft-07/schema#"

KINDS: dict[str, Any] = {
    "string": "text",
    "number": 1.5,
    "integer": 2,
    "boolean": True,
    "null": None,
    "array": [1],
    "object": {"a": 1, "b": 2, "c": 3},
}


def find_site(document: Any, keyword: str) -> Site:
    """Return the first site of a keyword."""
    return next(site for site in Schema(document).sites() if site.keyword == keyword)


@pytest.mark.parametrize(
    ("document", "kinds"),
    [
        *(({keyword: 2}, {"string"}) for keyword in ("minLength", "maxLength")),
        ({"pattern": "a"}, {"string"}),
        ({"format": "email"}, {"string"}),
        *(
            ({keyword: 2}, {"number", "integer"})
            for keyword in (
                "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
            )
        ),
        *(({keyword: 2}, {"array"}) for keyword in ("minItems", "maxItems")),
        ({"uniqueItems": True}, {"array"}),
        ({"contains": {}}, {"array"}),
        *(({keyword: 2}, {"object"}) for keyword in ("minProperties", "maxProperties")),
        ({"required": ["a"]}, {"object"}),
        ({"dependentRequired": {"a": ["b", "c"]}}, {"object"}),
        ({"additionalProperties": False}, {"object"}),
        ({"propertyNames": {}}, {"object"}),
        ({"prefixItems": [{}], "items": False}, {"array"}),
        ({"type": "string"}, set(KINDS) - {"null"}),
        ({"type": ["string", "null"]}, set(KINDS) - {"null"}),
        ({"type": "null"}, set(KINDS)),
        ({"type": ["null"]}, set(KINDS)),
        ({"enum": [1]}, set(KINDS)),
        ({"const": 1}, set(KINDS)),
    ],
)  # fmt: skip
def test_a_keyword_applies_to_values_of_some_types_only(
    document: dict[str, Any], kinds: set[str]
) -> None:
    site = find_site(document, list(document)[-1])
    assert {kind for kind, value in KINDS.items() if has_site(value, site)} == kinds


@pytest.mark.parametrize(
    ("document", "good", "bad"),
    [
        ({"required": ["a"]}, {"a": None}, {"b": 1}),
        ({"dependentRequired": {"a": ["b", "c"]}}, {"c": 1, "a": 1, "b": 1}, {"b": 1, "c": 1}),
        ({"dependentRequired": {"a": ["b", "c"]}}, {"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1}),
        ({"uniqueItems": True}, [1], []),
        ({"properties": {"o": {"items": {"minimum": 1}}}}, {"o": [1]}, {"o": []}),
        ({"properties": {"o": {"items": {"minimum": 1}}}}, {"o": [1, "x"]}, {"o": {"0": 1}}),
        ({"properties": {"0": {"minimum": 1}}}, {"0": 1}, [1]),
        ({"properties": {"a": {"minLength": 1}}}, {"a": ""}, "a"),
        ({"properties": {"a": {"minLength": 1}}}, {"a": ""}, {"b": ""}),
        ({"properties": {"a": {"const": 1}}}, {"a": None}, {}),
    ],
    ids=str,
)
def test_a_payload_has_a_site_if_its_keyword_can_be_broken_there(
    document: dict[str, Any], good: Any, bad: Any
) -> None:
    site = Schema(document).sites()[-1]
    assert has_site(good, site)
    assert not has_site(bad, site)


def test_the_value_at_a_path_may_be_null_or_absent() -> None:
    payload = {"a": [None, {"b": 0}], "0": "x"}
    assert get_value(payload, ()) is payload
    assert get_value(payload, ("a", 0)) is None
    assert get_value(payload, ("a", 1, "b")) == 0
    assert get_value(payload, ("0",)) == "x"
    for nowhere in (("b",), (0,), ("a", 2), ("a", "0"), ("a", 0, "b"), ("0", 0), ("0", "x")):
        assert get_value(payload, nowhere) is ABSENT


def in_object(name: str, inner: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has a property."""
    return {"type": "object", "required": [name], "properties": {name: inner}}


@pytest.mark.parametrize(
    ("document", "required"),
    [
        ({"minLength": 1}, {"type": "string"}),
        ({"maximum": 1}, {"type": "number"}),
        ({"type": "string"}, {}),
        ({"type": ["string", "null"]}, {"type": ["string"]}),
        ({"type": ["null"]}, {"type": "null"}),
        ({"required": ["b"]}, {"type": "object", "required": ["b"]}),
        (
            {"dependentRequired": {"a": ["b", "c"]}},
            {"type": "object", "required": ["a", "b", "c"]},
        ),
        ({"uniqueItems": True}, {"type": "array", "minItems": 1}),
        ({"minItems": 2}, {"type": "array"}),
        ({"enum": ["a"]}, {}),
        ({"properties": {"a/b": {"minimum": 1}}}, in_object("a/b", {"type": "number"})),
        (
            {"items": {"properties": {"a": {"minimum": 1}}}},
            {"type": "array", "minItems": 1, "prefixItems": [in_object("a", {"type": "number"})]},
        ),
        (
            {"prefixItems": [{}, {}, {"minimum": 1}]},
            {"type": "array", "minItems": 3, "prefixItems": [{}, {}, {"type": "number"}]},
        ),
        (
            {"$schema": DRAFT_7, "items": [{}, {"minimum": 1}]},
            {"type": "array", "minItems": 2, "items": [{}, {"type": "number"}]},
        ),
        (
            {"anyOf": [{"properties": {"50 %": {"minimum": 1}}}]},
            in_object(
                "50 %",
                {"type": "number", "allOf": [{"$ref": "#/anyOf/0/properties/50%20%25"}]},
            ),
        ),
    ],
    ids=str,
)
def test_the_requirement_of_a_site_uses_the_dialect_of_the_schema(
    document: dict[str, Any], required: dict[str, Any]
) -> None:
    schema = Schema(document)
    found = require_site(schema.sites()[-1], schema)
    assert found.schema == required
    assert found == require_site(schema.sites()[-1], schema)


def test_equal_requirements_are_equal_whatever_the_order_of_keys() -> None:
    one = Schema({"properties": {"a": {"minimum": 1}, "b": {}}})
    other = Schema({"properties": {"b": {}, "a": {"minimum": 2}}})
    ((site,), (same,)) = one.sites(), other.sites()
    assert require_site(site, one) == require_site(same, other)
    # The keys of an object are sorted.
    assert require_site(site, one).text.startswith('{"properties": ')
    assert require_values([("a",)], one).text.startswith('{"allOf": [{"properties": ')


def test_values_other_than_null_can_be_required_at_several_paths() -> None:
    schema = Schema({"properties": {"a": {}, "b": {"type": "array"}}})
    something = {"not": {"type": "null"}}
    assert require_values([("a",), ("b", 1)], schema).schema == {
        "allOf": [
            in_object("a", something),
            in_object("b", {"type": "array", "minItems": 2, "prefixItems": [{}, something]}),
        ]
    }
