"""The keywords of JSON Schema, by what they do.

The sets cover drafts 7, 2019-09 and 2020-12 (json-schema.org), and what OpenAPI 3 adds. Drafts 4
and 6 are read as draft 7, see `kombo_fakes.schema.dialects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kombo_fakes.core.pointer import Path

DRAFT_4 = "http://json-schema.org/draft-04/schema"
DRAFT_6 = "http://json-schema.org/draft-06/schema"
DRAFT_7 = "http://json-schema.org/draft-07/schema"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
DIALECTS = (DRAFT_2020, DRAFT_2019, DRAFT_7)
"""The dialects of effective schemas. The first one applies to a document without a ``$schema``."""


def read_dialect(document: Any) -> str:
    """Return the dialect that the ``$schema`` of a document names.

    Examples:
        >>> read_dialect({"$schema": "http://json-schema.org/draft-07/schema#"}) == DRAFT_7
        True
        >>> read_dialect({}) == DRAFT_2020
        True
    """
    dialect = document.get("$schema", DRAFT_2020) if isinstance(document, dict) else DRAFT_2020
    return str(dialect).removesuffix("#")


ONE_SCHEMA = frozenset(
    "additionalItems additionalProperties contains contentSchema else if items not"
    " propertyNames then unevaluatedItems unevaluatedProperties".split()
)
"""Keywords whose value is a schema."""

SCHEMA_LIST = frozenset("allOf anyOf items oneOf prefixItems".split())
"""Keywords whose value is a list of schemas (``items`` only in draft 7 and 2019-09)."""

SCHEMA_MAP = frozenset(
    "$defs definitions dependencies dependentSchemas patternProperties properties".split()
)
"""Keywords whose value is an object of schemas (``dependencies``: or of lists of names)."""

APPLICATORS = (ONE_SCHEMA | SCHEMA_LIST | SCHEMA_MAP) - {"$defs", "definitions"}
"""Keywords that apply the schemas in them. ``$defs`` only stores schemas."""

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
"""Keywords that identify schemas and refer to them."""

ANNOTATIONS = frozenset(
    "title description default examples example deprecated readOnly writeOnly $comment"
    " contentEncoding contentMediaType discriminator externalDocs xml".split()
)
"""Keywords that describe a value and do not constrain it."""

_SINCE_2019 = {
    "dependentRequired": "dependencies",
    "dependentSchemas": "dependencies",
    "minContains": "",
    "maxContains": "",
    "unevaluatedItems": "",
    "unevaluatedProperties": "",
}
_SINCE_7 = dict.fromkeys(("if", "then", "else"), "")
_SINCE_6 = {"const": "enum", "contains": "", "propertyNames": ""}
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
FOREIGN[DRAFT_6] = {**FOREIGN[DRAFT_7], **_SINCE_7}
FOREIGN[DRAFT_4] = {**FOREIGN[DRAFT_6], **_SINCE_6}
"""Keywords that a dialect ignores, with the keyword that replaces each; empty if none does."""

_CONSTRAINING = ASSERTIONS | APPLICATORS | {"$ref", "nullable"}


def find_misspelt(keyword: str) -> str | None:
    """Return the constraint that an unknown keyword looks like a misspelling of.

    Only a misspelt constraint makes payloads wrong. A keyword that is merely similar to one, such
    as ``enumNames``, is an annotation.

    Examples:
        >>> find_misspelt("requred"), find_misspelt("minlength"), find_misspelt("tpye")
        ('required', 'minLength', 'type')
        >>> [find_misspelt(name) for name in ("enumNames", "tsType", "order", "options", "notes")]
        [None, None, None, None, None]
    """
    folded = keyword.casefold()
    for known in sorted(_CONSTRAINING):
        other = known.casefold()
        if folded == other or sorted(folded) == sorted(other):
            return known
        close = len(known) >= _LONG and abs(len(folded) - len(other)) <= 1
        if close and _is_one_edit(folded, other):
            return known
    return None


_LONG = 7
"""Shorter keywords are one letter away from ordinary words: ``types``, ``item``, ``node``."""


def _is_one_edit(left: str, right: str) -> bool:
    """Whether one character that is added, left out or replaced makes one string the other."""
    short, long = sorted((left, right), key=len)
    same = next(
        (n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


KNOWN = ONE_SCHEMA | SCHEMA_LIST | SCHEMA_MAP | ASSERTIONS | REFERENCES | ANNOTATIONS
"""Every supported keyword, apart from ``nullable`` and the ``x-`` extensions."""


def subschemas(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield the schemas directly inside a schema, each with its path from there.

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
    """Return a copy of a schema object in which each schema directly inside it is replaced.

    Args:
        schema: The schema object. It is not changed.
        change: Gets the path that `subschemas` yields and the schema; returns the replacement.

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
