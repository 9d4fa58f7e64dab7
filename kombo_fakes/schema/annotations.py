"""What payloads keep to beyond what a validator asks of them.

OpenAPI has annotations that say what a value is meant to be and that constrain nothing: a
payload that goes against them is valid, and not what anybody means. So payloads are made from
a narrower schema than the one that they, and faults, are judged by.
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
    """A schema whose payloads are valid by an effective schema, and as its annotations have it.

    * ``format: int32`` and ``int64`` bound an integer.
    * A ``discriminator`` beside ``oneOf`` or ``anyOf``: the property says which branch it is.

    Examples:
        >>> narrow({"type": "integer", "format": "int32"})["allOf"]
        [{'minimum': -2147483648, 'maximum': 2147483647}]
    """
    result = map_subschemas(
        effective, lambda _, child: narrow(child) if isinstance(child, dict) else child
    )
    bounds = _BOUNDS.get(str(effective.get("format")))
    if bounds is not None:
        result["allOf"] = [*result.get("allOf", []), bounds]
    discriminator = effective.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    if isinstance(discriminator, dict) and isinstance(name, str):
        for keyword in ("oneOf", "anyOf"):
            if keyword in result:
                result[keyword] = [_told(b, name, discriminator) for b in result[keyword]]
    return result


def _told(branch: Any, name: str, discriminator: dict[str, Any]) -> Any:
    reference = branch.get("$ref") if isinstance(branch, dict) else None
    if not isinstance(reference, str):
        return branch
    own = _last(reference)
    mapping = discriminator.get("mapping")
    pairs = mapping.items() if isinstance(mapping, dict) else ()
    values = [value for value, to in pairs if _last(str(to)) == own]
    says = {"properties": {name: {"enum": values or [own]}}, "required": [name]}
    return {"allOf": [branch, says]}


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]
