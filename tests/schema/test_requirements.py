"""Requirements: that a payload has something at a place which a keyword is about."""

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


def site_of(document: Any, keyword: str) -> Site:
    """The first site of a keyword."""
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
def test_what_suits_a_keyword(document: dict[str, Any], kinds: set[str]) -> None:
    """A keyword is about values of some kinds, and passes over the others."""
    site = site_of(document, list(document)[-1])
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
def test_what_suits_a_place(document: dict[str, Any], good: Any, bad: Any) -> None:
    """There is something to break at the place, and what the keyword asks of it is there."""
    site = Schema(document).sites()[-1]
    assert has_site(good, site)
    assert not has_site(bad, site)


def test_the_value_at_a_path() -> None:
    """Also where it is null, and nothing where the path leads past what is there."""
    payload = {"a": [None, {"b": 0}], "0": "x"}
    assert get_value(payload, ()) is payload
    assert get_value(payload, ("a", 0)) is None
    assert get_value(payload, ("a", 1, "b")) == 0
    assert get_value(payload, ("0",)) == "x"
    for nowhere in (("b",), (0,), ("a", 2), ("a", "0"), ("a", 0, "b"), ("0", 0), ("0", "x")):
        assert get_value(payload, nowhere) is ABSENT


def in_object(name: str, inner: dict[str, Any]) -> dict[str, Any]:
    """An object that has something under a name."""
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
def test_what_a_site_needs(document: dict[str, Any], required: dict[str, Any]) -> None:
    """The kind that the keyword is about, at its place, in the words of the schema's dialect."""
    schema = Schema(document)
    found = require_site(schema.sites()[-1], schema)
    assert found.schema == required
    assert found == require_site(schema.sites()[-1], schema)


def test_a_requirement_is_a_key() -> None:
    """Two that ask the same are the same, in whichever order a schema says it."""
    one = Schema({"properties": {"a": {"minimum": 1}, "b": {}}})
    other = Schema({"properties": {"b": {}, "a": {"minimum": 2}}})
    ((site,), (same,)) = one.sites(), other.sites()
    assert require_site(site, one) == require_site(same, other)
    # The names of an object's members are in the order of the alphabet.
    assert require_site(site, one).text.startswith('{"properties": ')
    assert require_values([("a",)], one).text.startswith('{"allOf": [{"properties": ')


def test_places_that_have_something() -> None:
    """Other than null, and all of them at once."""
    schema = Schema({"properties": {"a": {}, "b": {"type": "array"}}})
    something = {"not": {"type": "null"}}
    assert require_values([("a",), ("b", 1)], schema).schema == {
        "allOf": [
            in_object("a", something),
            in_object("b", {"type": "array", "minItems": 2, "prefixItems": [{}, something]}),
        ]
    }
