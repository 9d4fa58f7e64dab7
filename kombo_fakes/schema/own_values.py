"""Enumerated values beside a format of the user's own.

The canonical form of a schema keeps only the enumerated strings that have the format beside them,
but it knows the formats of JSON Schema only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema_rs import Validator

from kombo_fakes.schema.custom_formats import Formats
from kombo_fakes.schema.vocabulary import map_subschemas, subschemas

_BESIDE = frozenset({"const", "format", "not", "allOf", "anyOf", "oneOf", "if", "then", "else"})
"""What has no effect any more where all enumerated values satisfy it."""

_TOGETHER = frozenset({"enum", "const", "format"})
_APPLIED = frozenset({"$ref", "$dynamicRef", "anyOf", "oneOf", "if", "then", "else"})


def keep_formatted(
    schema: Any,
    formats: Formats,
    build_validator: Callable[[dict[str, Any], Formats], Validator],
) -> Any:
    """A schema without the enumerated strings that do not have the format beside them.

    Args:
        schema: The schema.
        formats: The formats.
        build_validator: Builds a validator of a schema and formats.

    Returns:
        A schema for the same values. The same one if it has no format of the user's own.
    """
    if not isinstance(schema, dict) or not formats:
        return schema
    kept = dict(schema)
    if "enum" in kept or "const" in kept:
        beside = {keyword: kept[keyword] for keyword in _BESIDE if keyword in kept}
        inside = list(_walk(beside))
        # What is referred to may need the whole document. `combines_values` tells where it is so.
        if any(_has_own_format(one, formats) for one in inside) and not any(
            "$ref" in one or "$dynamicRef" in one for one in inside
        ):
            allows = build_validator(beside, formats).is_valid
            values = [value for value in kept.get("enum", [kept.get("const")]) if allows(value)]
            kept = {k: v for k, v in kept.items() if k not in _BESIDE}
            kept = {**kept, "enum": values} if values else {"not": {}}
    return map_subschemas(
        kept, lambda where, child: keep_formatted(child, formats, build_validator)
    )


def _has_own_format(schema: dict[str, Any], formats: Formats) -> bool:
    return isinstance(schema.get("format"), str) and schema["format"] in formats


def combines_values(schema: dict[str, Any], formats: Formats) -> bool:
    """True if enumerated values and a format of the user's own may come from different places.

    Args:
        schema: The schema.
        formats: The formats.

    Examples:
        >>> from kombo_fakes.schema.custom_formats import Format
        >>> upper = {"upper": Format(check=str.isupper, examples=["A"])}
        >>> combines_values({"allOf": [{"format": "upper"}, {"enum": ["A", "b"]}]}, upper)
        True
    """
    found = list(_walk(schema)) if formats else []
    is_used = any(_has_own_format(one, formats) for one in found)
    has_values = any("enum" in one or "const" in one for one in found)
    return is_used and has_values and any(map(_combines, found))


def _combines(schema: dict[str, Any]) -> bool:
    return "allOf" in schema or not (_APPLIED.isdisjoint(schema) or _TOGETHER.isdisjoint(schema))


def _walk(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for _, child in subschemas(schema):
            yield from _walk(child)
