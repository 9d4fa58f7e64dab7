"""Sites: every constraint at every place where it holds, each once."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, events, faults
from kombo_fakes.pointer import get, parse_pointer, to_pointer


def said(document: Any) -> list[str]:
    """The sites of a document, as text."""
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
    ],
)  # fmt: skip
def test_the_sites_of_a_schema(document: Any, sites: list[str]) -> None:
    """What constrains is a site, what describes is none."""
    assert said(document) == sites


def test_a_recursive_schema_has_finitely_many() -> None:
    """It is followed until it comes to a schema object that it is in already."""
    tree = {
        "type": "object",
        "properties": {"left": {"$ref": "#"}, "items": {"type": "array", "items": {"$ref": "#"}}},
    }
    assert said(tree) == ["type at (root)", "type at /items"]


def test_whether_a_site_can_be_broken_alone() -> None:
    """Not within alternatives, where another branch has its say."""
    sites = Schema({"minimum": 0, "anyOf": [{"maximum": 5}], "allOf": [{"const": 1}]}).sites()
    assert {site.keyword: site.single for site in sites} == {
        "minimum": True,
        "anyOf": False,
        "maximum": False,
        "const": True,
    }


def test_names_of_digits_are_names() -> None:
    """A property that is called like an index isn't taken for one."""
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
def test_each_site_leads_to_what_it_is_about(event: str) -> None:
    """The schema pointer holds the keyword with the value, and the path is the pointer's."""
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
