"""Each dialect enforces its keywords, and rejects the keywords of other dialects by name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import find

from kombo_fakes import Schema, SchemaError, corners, faults, payloads
from kombo_fakes.schema.vocabulary import (
    APPLICATORS,
    ASSERTIONS,
    DIALECTS,
    DRAFT_7,
    DRAFT_2019,
    DRAFT_2020,
    FOREIGN,
    REFERENCES,
)

# A schema with each constraining keyword, and a value that it rejects.
ENFORCED: dict[str, tuple[dict[str, Any], Any]] = {
    "type": ({"type": "string"}, 1),
    "enum": ({"enum": [1]}, 2),
    "const": ({"const": 1}, 2),
    "multipleOf": ({"multipleOf": 2}, 3),
    "maximum": ({"maximum": 2}, 3),
    "exclusiveMaximum": ({"exclusiveMaximum": 2}, 2),
    "minimum": ({"minimum": 2}, 1),
    "exclusiveMinimum": ({"exclusiveMinimum": 2}, 2),
    "maxLength": ({"maxLength": 1}, "ab"),
    "minLength": ({"minLength": 1}, ""),
    "pattern": ({"pattern": "^a$"}, "b"),
    "format": ({"format": "date-time"}, "b"),
    "maxItems": ({"maxItems": 1}, [1, 2]),
    "minItems": ({"minItems": 1}, []),
    "uniqueItems": ({"uniqueItems": True}, [1, 1]),
    "maxContains": ({"contains": {"const": 1}, "maxContains": 1}, [1, 1]),
    "minContains": ({"contains": {"const": 1}, "minContains": 2}, [1]),
    "maxProperties": ({"maxProperties": 0}, {"a": 1}),
    "minProperties": ({"minProperties": 1}, {}),
    "required": ({"required": ["a"]}, {}),
    "dependentRequired": ({"dependentRequired": {"a": ["b"]}}, {"a": 1}),
    "additionalProperties": ({"additionalProperties": False}, {"a": 1}),
    "contains": ({"contains": {"const": 1}}, [2]),
    "if": ({"if": {"const": 1}, "then": {"const": 2}}, 1),
    "then": ({"if": {"const": 1}, "then": {"const": 2}}, 1),
    "else": ({"if": {"const": 1}, "else": {"const": 2}}, 3),
    "items": ({"items": {"const": 1}}, [2]),
    "not": ({"not": {"const": 1}}, 1),
    "propertyNames": ({"propertyNames": {"const": "a"}}, {"b": 1}),
    "unevaluatedItems": ({"unevaluatedItems": False}, [1]),
    "unevaluatedProperties": ({"unevaluatedProperties": False}, {"a": 1}),
    "allOf": ({"allOf": [{"const": 1}]}, 2),
    "anyOf": ({"anyOf": [{"const": 1}]}, 2),
    "oneOf": ({"oneOf": [{"const": 1}]}, 2),
    "prefixItems": ({"prefixItems": [{"const": 1}]}, [2]),
    "additionalItems": ({"items": [{}], "additionalItems": False}, [1, 2]),
    "dependencies": ({"dependencies": {"a": ["b"]}}, {"a": 1}),
    "dependentSchemas": ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}),
    "patternProperties": ({"patternProperties": {"a": {"const": 1}}}, {"a": 2}),
    "properties": ({"properties": {"a": {"const": 1}}}, {"a": 2}),
}
ENFORCED["$ref"] = (
    {"properties": {"a": {"$ref": "#"}}, "maxProperties": 1},
    {"a": {"b": 1, "c": 2}},
)
for _name, _anchor in (
    ("$dynamicRef", {"$dynamicAnchor": "x"}),
    ("$recursiveRef", {"$recursiveAnchor": True}),
):
    _to = "#x" if _name == "$dynamicRef" else "#"
    ENFORCED[_name] = (
        {**_anchor, "properties": {"a": {_name: _to}}, "maxProperties": 1},
        {"a": {"b": 1, "c": 2}},
    )
NAMES_ONLY = REFERENCES - {"$ref", "$dynamicRef", "$recursiveRef"}
"""They identify schemas. A reference to an unknown identifier is an error."""


def test_every_constraining_keyword_has_an_example() -> None:
    assert set(ENFORCED) == (ASSERTIONS | APPLICATORS | REFERENCES) - NAMES_ONLY - {"contentSchema"}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("keyword", sorted(ENFORCED))
def test_a_keyword_is_enforced_or_rejected_by_name(keyword: str, dialect: str) -> None:
    document, value = ENFORCED[keyword]
    document = {"$schema": dialect, **document}
    if keyword in FOREIGN[dialect]:
        with pytest.raises(SchemaError, match="does not have it") as caught:
            Schema.load({"$schema": dialect, "properties": {"p": document}}, strict=True)
        assert " at /properties/p" in str(caught.value)
        assert keyword in str(caught.value) or "Anchor" in str(caught.value)
        return
    assert not Schema.load(document).is_valid(value)


@pytest.mark.parametrize(
    ("dialect", "keyword", "value", "right"),
    [
        (
            DRAFT_7,
            "dependentRequired",
            {"a": ["b"]},
            f"use dependencies instead, or set $schema to {DRAFT_2020}",
        ),
        (DRAFT_7, "unevaluatedProperties", False, f"have it; set $schema to {DRAFT_2020}"),
        (
            DRAFT_2019,
            "prefixItems",
            [{}],
            f"use items with a list instead, or set $schema to {DRAFT_2020}",
        ),
        (
            DRAFT_2020,
            "additionalItems",
            False,
            f"items beside prefixItems instead, or set $schema to {DRAFT_2019}",
        ),
    ],
)
def test_an_error_names_the_keyword_that_the_dialect_has_instead(
    dialect: str, keyword: str, value: Any, right: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        Schema.load({"$schema": dialect, keyword: value}, strict=True)
    assert right in str(caught.value)


def test_draft_7_ignores_keywords_beside_a_reference(drawn: Any) -> None:
    """Only definitions are kept, and a repair notes the others."""
    long = {"$ref": "#/definitions/long", "maxLength": 3, "title": "T", "minContains": 3}
    document = {
        "$schema": DRAFT_7 + "#",
        "type": "object",
        "required": ["a"],
        "properties": {"a": long},
        "definitions": {"long": {"type": "string", "minLength": 5}},
    }
    schema = Schema.load(document)
    assert [str(repair) for repair in schema.repairs] == [
        "/properties/a: draft 7 ignores keywords beside $ref, so maxLength, minContains was removed"
    ]
    assert schema.effective["properties"]["a"] == {"$ref": "#/definitions/long", "title": "T"}
    assert "maxLength" not in {fault.keyword for fault in faults(schema)}
    assert all(len(payload["a"]) >= 5 for payload in drawn(payloads(schema), 20))
    rooted = Schema.load({**document, "$ref": "#/definitions/long"})
    assert rooted.is_valid("abcde")
    assert not rooted.is_valid("abcd")
    assert (
        Schema.load({**document, "$schema": DRAFT_2019, "definitions": {"long": {}}}).repairs == ()
    )


# -- documents as people write them

SHARED = {"b": {"$ref": "#/shared/c"}, "c": {"type": "string", "nullable": True}}


@pytest.mark.parametrize(
    ("document", "valid", "invalid"),
    [
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, 4, 3),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "id": "http://x.example/",
          "$ref": "#/definitions/a", "definitions": {"a": {"type": "null"}}}, None, 0),
        ({"$schema": "https://json-schema.org/draft-06/schema", "const": 1}, 1, 2),
        ({"$schema": "https://json-schema.org/draft-07/schema", "const": 1}, 1, 2),
        ({"$schema": "https://spec.openapis.org/oas/3.1/dialect/base", "const": 1}, 1, 2),
        ({"$schema": "http://json-schema.org/schema#", "const": 1}, 1, 2),
        ({"items": [{"type": "string"}], "additionalItems": False}, ["a"], ["a", "b"]),
        ({"additionalItems": False, "items": {"type": "string"}}, ["a", "b"], [1]),
        ({"properties": {"a": {"$schema": DRAFT_7, "type": "string"}}}, {"a": ""}, {"a": 1}),
        ({"required": ["a", "a"]}, {"a": 1}, {}),
        ({"$ref": "#/$defs/Page<A B>", "$defs": {"Page<A B>": {"const": 1}}}, 1, 2),
        ({"$ref": "#/$defs/(number[]|X)", "$defs": {"(number[]|X)": {"const": 1}}}, 1, 2),
        ({"$ref": "#/$defs/Of%3Cnumber[]%3E", "$defs": {"Of<number[]>": {"const": 1}}}, 1, 2),
        ({"$ref": "#/$defs/50%", "$defs": {"50%": {"const": 1}}}, 1, 2),
        ({"$ref": "#/$defs/a#b", "$defs": {"a#b": {"const": 1}}}, 1, 2),
        ({"$recursiveRef": "#", "type": "object"}, {}, []),
        # References lead into keywords that no dialect has.
        ({"properties": {"a": {"$ref": "#/shared/b"}}, "shared": SHARED}, {"a": None}, {"a": 1}),
    ],
    ids=str,
)  # fmt: skip
def test_documents_are_read_as_people_write_them(document, valid, invalid):
    schema = Schema.load(document)
    assert schema.is_valid(valid)
    assert not schema.is_valid(invalid)
    for payload in (find(payloads(schema), lambda payload: True), *corners(schema)):
        assert schema.is_valid(getattr(payload, "payload", payload))


@pytest.mark.parametrize(
    ("document", "strict", "message"),
    [
        ({"$schema": "http://json-schema.org/draft-03/schema#"}, False, "draft 3"),
        ({"requred": ["a"]}, False, "did you mean 'required'?"),
        ({"items": {"additonalProperties": False}}, False, "at /items; did you mean 'additionalPr"),
        ({"tsType": "A"}, True, "unknown keyword 'tsType' at the root"),
        ({"type": "\ud800"}, False, "the string at /type contains a lone surrogate"),
    ],
)
def test_what_would_weaken_a_schema_is_an_error(document, strict, message):
    with pytest.raises(SchemaError, match=re.escape(message)):
        Schema.load(document, strict=strict)


def test_unknown_keywords_are_annotations_and_misspelt_ones_can_be_ignored():
    document = {"type": "string", "tsType": "A", "requred": True, "discription": "x"}
    with pytest.raises(SchemaError, match="requred"):
        Schema.load(document, ignore=["ts*"])
    schema = Schema.load(document, ignore=["req*"])
    assert [(r.keyword, r.is_unknown) for r in schema.repairs] == [
        ("tsType", True), ("requred", True), ("discription", True),
    ]  # fmt: skip
    assert schema.is_valid("a")
