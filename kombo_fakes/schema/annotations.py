"""Narrows a schema by its OpenAPI annotations before payloads are generated.

Some OpenAPI annotations describe a value without constraining it. A payload that contradicts
them is valid, but no sender means it. Payloads are therefore generated from a narrower schema
than the one that validates them.
"""

from __future__ import annotations

from typing import Any

from kombo_fakes.schema.vocabulary import map_subschemas

# OpenAPI 3.1.0, section 4.4: the formats of the OAS.
_BOUNDS = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}


def narrow(effective: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of an effective schema that also enforces its annotations.

    * ``format: int32`` and ``format: int64`` bound an integer.
    * A ``discriminator`` beside ``oneOf`` or ``anyOf`` fixes its property in each branch.

    Examples:
        >>> narrow({"type": "integer", "format": "int32"})["allOf"]
        [{'minimum': -2147483648, 'maximum': 2147483647}]
    """
    result = map_subschemas(
        effective, lambda _, child: narrow(child) if isinstance(child, dict) else child
    )
    bounds = _BOUNDS.get(str(effective.get("format")))
    if bounds is not None:
        # The schema may have bounds of its own. An `allOf` keeps both, so the stricter ones apply.
        result["allOf"] = [*result.get("allOf", []), bounds]
    discriminator = effective.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    # No validator checks an annotation, so it can have any type.
    if isinstance(discriminator, dict) and isinstance(name, str):
        for keyword in ("oneOf", "anyOf"):
            if keyword in result:
                result[keyword] = [_pin_branch(b, name, discriminator) for b in result[keyword]]
    return result


def _pin_branch(branch: Any, name: str, discriminator: dict[str, Any]) -> Any:
    reference = branch.get("$ref") if isinstance(branch, dict) else None
    # OpenAPI 3.1, Discriminator Object: inline schemas are not considered, as they have no name.
    if not isinstance(reference, str):
        return branch
    own = _get_last_segment(reference)
    mapping = discriminator.get("mapping")
    pairs = mapping.items() if isinstance(mapping, dict) else ()
    # A mapping leads to the name of a schema, or to a reference whose last segment is the name.
    values = [value for value, to in pairs if _get_last_segment(str(to)) == own]
    # Without a mapping, the name of the schema is the value.
    says = {"properties": {name: {"enum": values or [own]}}, "required": [name]}
    return {"allOf": [branch, says]}


def _get_last_segment(reference: str) -> str:
    return reference.rpartition("/")[2]
