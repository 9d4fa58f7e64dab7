"""Requirements: schemas that say what a payload has to contain at a place.

A fault needs a payload that it can break, and an override needs the object that it changes. The
blueprint of a schema with a requirement generates exactly such payloads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kombo_fakes.core.pointer import Path
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.sites import Site
from kombo_fakes.schema.vocabulary import DRAFT_2020, read_dialect


@dataclass(frozen=True, slots=True)
class Requirement:
    """A schema that payloads have to satisfy as well as their own.

    Attributes:
        text: The schema as JSON, so that a requirement can be hashed.
    """

    text: str

    @property
    def schema(self) -> dict[str, Any]:
        """The schema."""
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed


def require_site(site: Site, schema: Schema) -> Requirement:
    """Require a value at a site to which the site's keyword applies."""
    inner: dict[str, Any] = {}
    kind = _RELEVANT_TYPES.get(site.keyword)
    if kind is not None:
        inner["type"] = kind
    # The mutators of `type` change a usual value, and a null has nothing in it to change.
    elif site.keyword == "type" and isinstance(site.value, list):
        inner["type"] = [name for name in site.value if name != "null"] or "null"
    if site.keyword == "required":
        inner["required"] = [site.value]
    if site.keyword == "dependentRequired":
        (name,) = site.value
        inner["required"] = [name, *site.value[name]]
    if site.keyword == "uniqueItems":
        # An empty array has no item that could be repeated.
        inner["minItems"] = 1
    if not site.single:
        # The payload has to satisfy this branch, not another one.
        inner["allOf"] = [{"$ref": "#" + quote(site.schema_pointer)}]
    # Generators are cached by their requirement, so equal ones need equal texts.
    return Requirement(json.dumps(_wrap(inner, site.path, schema), sort_keys=True))


ABSENT = object()
"""What `get_value` returns if there is no value."""


def get_value(payload: Any, path: Path) -> Any:
    """Return the value at the path of a site; `ABSENT` if there is none."""
    for part in path:
        if isinstance(payload, list):
            inside = isinstance(part, int) and part < len(payload)
        else:
            inside = isinstance(payload, dict) and part in payload
        if not inside:
            return ABSENT
        payload = payload[part]
    return payload


def has_site(payload: Any, site: Site) -> bool:
    """Whether a payload has a value at a site to which the site's keyword applies."""
    value = get_value(payload, site.path)
    if value is ABSENT:
        return False
    kind = _RELEVANT_TYPES.get(site.keyword)
    if kind is not None and not isinstance(value, _PYTHON_TYPES[str(kind)]):
        return False
    match site.keyword:
        case "type":
            return value is not None or site.value in ("null", ["null"])
        case "required":
            return site.value in value
        case "dependentRequired":
            (name,) = site.value
            return {name, *site.value[name]} <= set(value)
        case "uniqueItems":
            return len(value) > 0
    # Python counts booleans as integers, JSON does not.
    return not isinstance(value, bool) or kind != "number"


def require_values(paths: Iterable[Path], schema: Schema) -> Requirement:
    """Require a value other than null at each path."""
    # Null has no place in it that a value could go into.
    something: dict[str, Any] = {"not": {"type": "null"}}
    wrapped = [_wrap(something, path, schema) for path in paths]
    return Requirement(json.dumps({"allOf": wrapped}, sort_keys=True))


def _wrap(inner: dict[str, Any], path: Path, schema: Schema) -> dict[str, Any]:
    # Drafts before 2020-12 describe tuples by a list in `items`.
    tuples = "prefixItems" if read_dialect(schema.effective) == DRAFT_2020 else "items"
    for part in reversed(path):
        if isinstance(part, int):
            # A tuple describes items from the first on. An empty schema stands for each that may be
            # anything.
            below: list[Any] = [{} for _ in range(part)]
            inner = {"type": "array", "minItems": part + 1, tuples: [*below, inner]}
        else:
            inner = {"type": "object", "required": [part], "properties": {part: inner}}
    return inner


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}

_RELEVANT_TYPES: dict[str, str] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), "string"),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"
    ),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "contains", "items"), "array"),
    **dict.fromkeys(
        (
            "required",
            "dependentRequired",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "propertyNames",
        ),
        "object",
    ),
}
