"""The keywords of JSON Schema: which hold schemas, which assert, which only describe.

Drafts 7, 2019-09 and 2020-12 (json-schema.org), and what OpenAPI 3 puts beside them. A keyword
that stands in none of these sets isn't known here, and a schema that uses it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kombo_fakes.core.pointer import Path

DRAFT_7 = "http://json-schema.org/draft-07/schema"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
DIALECTS = (DRAFT_2020, DRAFT_2019, DRAFT_7)
"""The dialects that are known, the one that is meant without a ``$schema`` first."""


def dialect_of(document: Any) -> str:
    """The dialect that a schema document says it is in.

    Examples:
        >>> dialect_of({"$schema": "http://json-schema.org/draft-07/schema#"}) == DRAFT_7
        True
        >>> dialect_of({}) == DRAFT_2020
        True
    """
    said = document.get("$schema", DRAFT_2020) if isinstance(document, dict) else DRAFT_2020
    return str(said).removesuffix("#")


ONE_SCHEMA = frozenset(
    "additionalItems additionalProperties contains contentSchema else if items not"
    " propertyNames then unevaluatedItems unevaluatedProperties".split()
)
"""Keywords whose value is a schema."""

SCHEMA_LIST = frozenset("allOf anyOf items oneOf prefixItems".split())
"""Keywords whose value is a list of schemas (``items``: in draft 7 and 2019-09)."""

SCHEMA_MAP = frozenset(
    "$defs definitions dependencies dependentSchemas patternProperties properties".split()
)
"""Keywords whose value is an object of schemas (``dependencies``: or of name lists)."""

APPLICATORS = (ONE_SCHEMA | SCHEMA_LIST | SCHEMA_MAP) - {"$defs", "definitions"}
"""Keywords that apply schemas, and don't only keep them."""

ASSERTIONS = frozenset(
    "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength"
    " minLength pattern format maxItems minItems uniqueItems maxContains minContains"
    " maxProperties minProperties required dependentRequired".split()
)
"""Keywords that constrain a value by themselves."""

REFERENCES = frozenset(
    "$ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor $id $schema"
    " $vocabulary".split()
)
"""Keywords that name and join schemas."""

ANNOTATIONS = frozenset(
    "title description default examples example deprecated readOnly writeOnly $comment"
    " contentEncoding contentMediaType discriminator externalDocs xml".split()
)
"""Keywords that describe, and constrain nothing."""

_SINCE_2019 = {
    "dependentRequired": "dependencies",
    "dependentSchemas": "dependencies",
    "minContains": "",
    "maxContains": "",
    "unevaluatedItems": "",
    "unevaluatedProperties": "",
}
FOREIGN: dict[str, dict[str, str]] = {
    DRAFT_7: {
        **_SINCE_2019,
        "prefixItems": "items with a list",
        "$anchor": "$id with a fragment",
        "$dynamicAnchor": "$id with a fragment",
        "$dynamicRef": "$ref",
        "$recursiveRef": "$ref",
    },
    DRAFT_2019: {
        "prefixItems": "items with a list",
        "$dynamicRef": "$recursiveRef",
        "$dynamicAnchor": "$anchor",
    },
    DRAFT_2020: {"additionalItems": "items beside prefixItems", "$recursiveRef": "$dynamicRef"},
}
"""What a dialect doesn't know, so that it would be ignored; and what says it there, if anything."""

KNOWN = ONE_SCHEMA | SCHEMA_LIST | SCHEMA_MAP | ASSERTIONS | REFERENCES | ANNOTATIONS
"""Every keyword that is understood, beside ``nullable`` and the ``x-`` extensions."""


def subschemas(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The schemas directly below a schema, each with its path from there.

    Examples:
        >>> list(subschemas({"properties": {"a": {"type": "string"}}, "items": True}))
        [(('properties', 'a'), {'type': 'string'}), (('items',), True)]
    """
    for keyword, value in schema.items():
        if keyword in SCHEMA_MAP and isinstance(value, dict):
            for name, child in value.items():
                if isinstance(child, (dict, bool)):
                    yield (keyword, name), child
        elif keyword in SCHEMA_LIST and isinstance(value, list):
            for index, child in enumerate(value):
                yield (keyword, index), child
        elif keyword in ONE_SCHEMA and isinstance(value, (dict, bool)):
            yield (keyword,), value


def map_subschemas(schema: dict[str, Any], change: Callable[[Path, Any], Any]) -> dict[str, Any]:
    """A copy of a schema object with each schema directly inside it changed.

    Args:
        schema: The schema object. It isn't changed, nor is what holds the schemas in it.
        change: What makes another schema of one, and of where `subschemas` finds it.

    Examples:
        >>> map_subschemas({"properties": {"a": {}, "b": {}}}, lambda at, child: at[-1] == "a")
        {'properties': {'a': True, 'b': False}}
    """
    result = dict(schema)
    for where, child in subschemas(schema):
        keyword = str(where[0])
        if len(where) == 1:
            result[keyword] = change(where, child)
            continue
        if result[keyword] is schema[keyword]:
            result[keyword] = schema[keyword].copy()
        result[keyword][where[1]] = change(where, child)
    return result
