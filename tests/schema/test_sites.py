"""Sites: every constraint at every place to which it applies, once."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, events, faults
from kombo_fakes.core.pointer import get, parse_pointer, to_pointer
from kombo_fakes.schema.sites import MAX_PLACES

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def describe_sites(document: Any) -> list[str]:
    """Return the sites of a document as strings."""
    return [str(site) for site in Schema(document).sites()]


@pytest.mark.parametrize(
    ("document", "sites"),
    [
        ({}, []),
        ({"title": "x", "description": "y", "default": 1}, []),
        ({"type": "string", "minLength": 1}, ["type at (root)", "minLength at (root)"]),
        ({"required": ["a", "b"]}, ["required of 'a' at (root)", "required of 'b' at (root)"]),
        ({"uniqueItems": False, "additionalProperties": True}, []),
        ({"uniqueItems": True}, ["uniqueItems at (root)"]),
        ({"additionalProperties": False}, ["additionalProperties at (root)"]),
        (
            {"additionalProperties": {"type": "null"}, "properties": {"extra": {}}},
            ["type at /extra_1"],
        ),
        ({"patternProperties": {"^x-": {"type": "null"}}}, ["type at /x-"]),
        ({"items": {"type": "null"}}, ["type at /0"]),
        ({"prefixItems": [{}, {"const": 1}], "items": {"const": 2}}, ["const at /1", "const at /2"],
        ),
        ({"contains": {"type": "null"}}, ["contains at (root)"]),
        ({"contains": {"type": "null"}, "minContains": 2}, ["contains at (root)"]),
        ({"contains": {"type": "null"}, "minContains": 0}, []),
        (
            {"contains": {"type": "null"}, "maxContains": 2},
            ["contains at (root)", "maxContains at (root)"],
        ),
        ({"minContains": 2, "maxContains": 3}, []),
        ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, ["minimum at (root)", "maximum at (root)"]),
        (
            {"anyOf": [{"minimum": 1}, {"const": None}]},
            ["anyOf at (root)", "minimum at (root)", "const at (root)"],
        ),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}, ["const at (root)"]),
        ({"$defs": {"a": {"const": 1}}}, []),
        ({"properties": {"a": False}}, ["properties at (root)"]),
        ({"format": "email"}, ["format at (root)"]),
        ({"format": "no-such-format"}, []),
        ({"properties": {"a/b": {"properties": {"~": {"const": 1}}}}}, ["const at /a~1b/~0"]),
        ({"dependentRequired": {"a": ["b"], "c": []}}, ["dependentRequired at (root)"]),
        ({"not": {"const": 1}}, ["not at (root)"]),
        ({"if": {"const": 1}}, []),
        ({"if": True, "then": {"const": 1}}, ["if at (root)"]),
    ],
)  # fmt: skip
def test_constraints_are_sites_and_annotations_are_not(document: Any, sites: list[str]) -> None:
    assert describe_sites(document) == sites


def test_a_recursive_schema_has_finitely_many_sites() -> None:
    tree = {
        "type": "object",
        "properties": {"left": {"$ref": "#"}, "items": {"type": "array", "items": {"$ref": "#"}}},
    }
    assert describe_sites(tree) == ["type at (root)", "type at /items"]


def test_a_site_within_alternatives_cannot_be_broken_alone() -> None:
    sites = Schema({"minimum": 0, "anyOf": [{"maximum": 5}], "allOf": [{"const": 1}]}).sites()
    assert {site.keyword: site.single for site in sites} == {
        "minimum": True,
        "anyOf": False,
        "maximum": False,
        "const": True,
    }


def test_a_property_name_of_digits_is_not_an_index() -> None:
    document = {
        "type": "object",
        "properties": {
            "0": {"type": "array", "items": {"type": "string"}},
            "01": {"type": "integer"},
            "\u0663": {"type": "integer"},
        },
        "additionalProperties": False,
    }
    schema = Schema(document)
    assert [site.path for site in schema.sites() if site.keyword == "type"] == [
        (), ("0",), ("0", 0), ("01",), ("\u0663",),
    ]  # fmt: skip
    broken = {fault.pointer for fault in faults(schema)}
    assert broken == {"", "/0", "/0/0", "/01", "/\u0663"}


@pytest.mark.parametrize("event", events())
def test_the_pointers_of_each_site_lead_to_its_keyword_and_place(event: str) -> None:
    schema = Schema.load(event)
    assert len(set(map(str, schema.sites()))) <= len(schema.sites())
    for site in schema.sites():
        holder = get(schema.effective, parse_pointer(site.schema_pointer))
        if site.keyword == "required":
            assert site.value in holder["required"]
        else:
            assert holder[site.keyword] == site.value
        assert to_pointer(site.path) == site.pointer
        assert site.single or site.keyword in ("anyOf", "oneOf", "const", "type", "enum", "not")
    assert schema.sites() is schema.sites()


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (
            {"patternProperties": {"^x-": {"const": 1}}},
            [("/x-", "const", "/patternProperties/^x-", True)],
        ),
        (
            {"additionalProperties": {"const": 1}},
            [("/extra", "const", "/additionalProperties", True)],
        ),
        ({"additionalProperties": {}}, []),
        (
            {"properties": {"a": {"const": 1}}},
            [("/a", "const", "/properties/a", True)],
        ),
        (True, []),
        ({"format": "no-such-format", "minLength": 1}, [("", "minLength", "", True)]),
        (
            {"anyOf": [False, {"const": 1}]},
            [("", "anyOf", "", False), ("", "const", "/anyOf/1", False)],
        ),
        (
            {"oneOf": [{"const": 1}, {"minimum": 2}]},
            [
                ("", "oneOf", "", False),
                ("", "const", "/oneOf/0", False),
                ("", "minimum", "/oneOf/1", False),
            ],
        ),
        (
            {"properties": {"o": {"properties": {"a": False}}}},
            [("/o", "properties", "/properties/o", False)],
        ),
        ({"if": {"const": 1}, "else": {"const": 2}}, [("", "if", "", False)]),
        ({"unevaluatedItems": True, "minItems": 1}, [("", "minItems", "", True)]),
        ({"items": {"const": 1}}, [("/0", "const", "/items", True)]),
        ({"items": True}, []),
        (
            {"prefixItems": [{}, {"const": 1}], "items": {"const": 2}},
            [("/1", "const", "/prefixItems/1", True), ("/2", "const", "/items", True)],
        ),
        (
            {"$schema": DRAFT_7, "items": [{"const": 1}], "additionalItems": {"const": 2}},
            [("/0", "const", "/items/0", True), ("/1", "const", "/additionalItems", True)],
        ),
        ({"allOf": [{}, {"const": 1}]}, [("", "const", "/allOf/1", True)]),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}, [("", "const", "/$defs/a", True)]),
        (
            {"$dynamicRef": "#a", "$defs": {"x": {"$dynamicAnchor": "a", "const": 1}}},
            # The target depends on where the reference is.
            [("", "const", "/$defs/x", False)],
        ),
        # If no value is allowed at a place, the site is the object or array around it.
        ({"properties": {"a": False}}, [("", "properties", "", False)]),
        ({"prefixItems": [{}], "items": False}, [("", "items", "", False)]),
        ({"additionalProperties": False}, [("", "additionalProperties", "", True)]),
        ({"propertyNames": {"const": "a"}}, [("", "propertyNames", "", True)]),
        ({"not": {"const": 1}}, [("", "not", "", False)]),
        ({"unevaluatedProperties": False}, [("", "unevaluatedProperties", "", False)]),
        ({"unevaluatedProperties": True, "not": False}, [("", "not", "", False)]),
    ],
)
def test_sites_have_a_place_a_keyword_a_schema_pointer_and_single(
    document: Any, found: list[tuple[str, str, str, bool]]
) -> None:
    sites = Schema(document).sites()
    assert [(s.pointer, s.keyword, s.schema_pointer, s.single) for s in sites] == found
    assert [to_pointer(site.path) for site in sites] == [site.pointer for site in sites]


def test_the_value_of_a_site_is_a_name_or_the_value_of_its_keyword() -> None:
    document = {
        "required": ["a"],
        "dependentRequired": {"a": ["b"], "b": ["a", "c"], "c": []},
        "properties": {"f": False},
        "prefixItems": [{}],
        "items": False,
        "minLength": 3,
    }
    found = [(site.keyword, site.value) for site in Schema(document).sites()]
    assert found == [
        ("required", "a"),
        ("dependentRequired", {"a": ["b"]}),
        ("dependentRequired", {"b": ["a", "c"]}),
        ("minLength", 3),
        ("properties", "f"),
        ("items", 1),
    ]


@pytest.mark.parametrize(
    ("document", "family"),
    [
        ({"minimum": 1, "maximum": 2}, {"minimum": {"minimum": 1}, "maximum": {"maximum": 2}}),
        (
            {"contains": {}, "minContains": 1, "maxContains": 2},
            {
                "contains": {"contains": {}},
                "maxContains": {"contains": {}, "maxContains": 2},
            },
        ),
        (
            {"anyOf": [{}], "oneOf": [{}], "not": False},
            {"anyOf": {"anyOf": [{}]}, "oneOf": {"oneOf": [{}]}, "not": {"not": False}},
        ),
        (
            {"if": True, "then": {}, "else": False},
            {"if": {"if": True, "then": {}, "else": False}},
        ),
    ],
)
def test_the_family_of_a_site_has_the_keywords_that_it_depends_on(
    document: Any, family: Any
) -> None:
    sites = Schema(document).sites()
    assert {site.keyword: site.family for site in sites if site.keyword in family} == family


def test_a_place_that_is_reached_twice_has_one_site() -> None:
    shared = {"properties": {"x": {"const": 1}}}
    document = {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}], "$defs": {"a": shared}}
    assert [site.pointer for site in Schema(document).sites()] == ["/x"]


def test_a_schema_object_is_visited_at_a_limited_number_of_places() -> None:
    properties = {f"p{number}": {"$ref": "#/$defs/a"} for number in range(MAX_PLACES + 3)}
    document = {"properties": properties, "$defs": {"a": {"const": 1}}}
    found = [site.pointer for site in Schema(document).sites()]
    assert found == [f"/p{number}" for number in range(MAX_PLACES)]


@pytest.mark.parametrize(
    ("described", "name"),
    [
        ([], "extra"),
        (["extra"], "extra_1"),
        (["extra", "extra_1"], "another"),
        (["extra", "extra_1", "another"], "x"),
        (["extra", "extra_1", "another", "x"], "key1"),
        (["extra", "extra_1", "another", "x", "key1"], None),
    ],
)
@pytest.mark.parametrize("by", ["properties", "patternProperties"])
def test_additional_properties_get_a_name_that_nothing_else_describes(
    described: list[str], name: str | None, by: str
) -> None:
    others = {n if by == "properties" else f"^{n}$": True for n in described}
    document = {by: others, "additionalProperties": {"const": 1}}
    found = [site.pointer for site in Schema(document).sites()]
    assert found == ([] if name is None else [f"/{name}"])


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("^x-", "x-"), ("^only$", "only"), ("a$", "a"), ("", "extra"), ("^.{8,}$", ".{8,}extra"),
        ("^ext?ra$", "extra"), ("^x-e[x]tra$", "x-extra"), ("^[x]$", "x"), ("^[a]$", "a"),
        ("^[A-Z][0-9]$", "A1"), ("^[0-9]$", "0"), ("^[0-9]{9}$", "0" * 9), ("^q[u]$", "qu"),
        ("^[0-9]{4}-[0-9]{2}$", "0000-00"), (r"^(?:day|night)_\d+$", "day_0"), ("^[^a]{2}$", "A1"),
        (r"^\p{Lu}{2}$", "AA"), (f"(a+)+b|{'a' * 32}c", f"(a+)+b|{'a' * 32}c"),
        ("^(?=zz).z$", None), ("^(?=x).-extra$", "x-extra"), ("^(?=x).$", "x"), ("^(?=a).$", "a"),
        ("^(?=A)..$", "A1"), ("^(?=0).$", "0"), ("^[q]{3}$|[z]{9}$", "qqq"),
        ("^[q]{2} [u]{2}$", "qq uu"), ("^(?:(?:[q]){2}){2}$", None),
    ],
)  # fmt: skip
def test_pattern_properties_get_a_name_that_matches(pattern: str, name: str | None) -> None:
    document = {"patternProperties": {pattern: {"const": 1}}}
    found = [site.pointer for site in Schema(document).sites()]
    assert found == ([] if name is None else [f"/{name}"])
