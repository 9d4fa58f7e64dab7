"""Requirements ask for values to which the keyword of a site applies."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema
from kombo_fakes.schema.requirements import (
    ABSENT,
    Need,
    Requirement,
    get_value,
    has_need,
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


@pytest.mark.parametrize(
    ("document", "need"),
    [
        ({"minLength": 1}, Need((), "string")),
        ({"maximum": 1}, Need((), "number")),
        ({"type": "string"}, Need((), nullable=False)),
        ({"type": ["string", "null"]}, Need((), nullable=False)),
        ({"type": ["null"]}, Need(())),
        ({"type": "null"}, Need(())),
        ({"required": ["b"]}, Need((), "object", properties=("b",))),
        (
            {"dependentRequired": {"a": ["b", "a", "c"]}},
            Need((), "object", properties=("a", "b", "c")),
        ),
        ({"uniqueItems": True}, Need((), "array", min_items=1)),
        ({"minItems": 2}, Need((), "array")),
        ({"enum": ["a"]}, Need(())),
        ({"properties": {"a/b": {"minimum": 1}}}, Need(("a/b",), "number")),
        ({"items": {"properties": {"a": {"minimum": 1}}}}, Need((0, "a"), "number")),
        ({"prefixItems": [{}, {}, {"minimum": 1}]}, Need((2,), "number")),
        ({"$schema": DRAFT_7, "items": [{}, {"minimum": 1}]}, Need((1,), "number")),
        ({"anyOf": [{"properties": {"50 %": {"minimum": 1}}}]}, Need(("50 %",), "number")),
    ],
    ids=str,
)
def test_a_site_requires_a_value_to_which_its_keyword_applies(
    document: dict[str, Any], need: Need
) -> None:
    found = require_site(Schema(document).sites()[-1])
    assert found == Requirement((need,))
    # Generators are cached by their requirement.
    assert hash(found) == hash(Requirement((need,)))


def test_values_other_than_null_can_be_required_at_several_paths() -> None:
    required = require_values([("a",), ("b", 1)])
    assert required == Requirement((Need(("a",), nullable=False), Need(("b", 1), nullable=False)))
    assert require_values([("a",)]) & require_values([("b", 1)]) == required


@pytest.mark.parametrize(
    ("need", "good", "bad"),
    [
        (Need((), nullable=False), 0, None),
        (Need(("a",)), {"a": None}, {}),
        (Need(("a",), "number"), {"a": 1.5}, {"a": True}),
        (Need(("a",), properties=("b",)), {"a": {"b": 1}}, {"a": ["b"]}),
        (Need(("a",), min_items=2), {"a": [1, 1]}, {"a": [1]}),
        (Need(("a",), min_items=1), {"a": [1]}, {"a": {"0": 1}}),
    ],
)
def test_a_payload_has_a_need_or_not(need: Need, good: Any, bad: Any) -> None:
    assert has_need(good, need)
    assert not has_need(bad, need)
