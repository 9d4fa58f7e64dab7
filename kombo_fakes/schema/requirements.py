"""Requirements: what a payload has to contain at a place.

A fault needs a payload that it can break, and an override needs the object that it changes. The
blueprint of a schema with a requirement generates exactly such payloads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kombo_fakes.core.pointer import Path
from kombo_fakes.schema.sites import Site


@dataclass(frozen=True, slots=True)
class Need:
    """A value at one place of a payload.

    Attributes:
        path: The place.
        kind: The JSON type that the value has; None for any.
        nullable: False if the value is not null.
        properties: The properties that the object there has.
        min_items: How many items the array there has at least.
    """

    path: Path
    kind: str | None = None
    nullable: bool = True
    properties: tuple[str, ...] = ()
    min_items: int = 0


@dataclass(frozen=True, slots=True)
class Requirement:
    """Values that payloads have to have.

    Attributes:
        needs: The values, each at its place. Payloads have all of them.
    """

    needs: tuple[Need, ...]

    def __and__(self, other: Requirement) -> Requirement:
        return Requirement((*self.needs, *other.needs))


def require_site(site: Site) -> Requirement:
    """Require a value at a site to which the site's keyword applies.

    Examples:
        >>> from kombo_fakes.schema.sites import find_sites
        >>> (site,) = find_sites({"properties": {"a": {"minLength": 1}}})
        >>> require_site(site).needs
        (Need(path=('a',), kind='string', nullable=True, properties=(), min_items=0),)
    """
    kind = _RELEVANT_TYPES.get(site.keyword)
    # The mutators of `type` change a usual value, and a null has nothing in it to change.
    nullable = site.keyword != "type" or site.value in ("null", ["null"])
    names: tuple[str, ...] = ()
    if site.keyword == "required":
        names = (site.value,)
    if site.keyword == "dependentRequired":
        (name,) = site.value
        names = (name, *site.value[name])
    # An empty array has no item that could be repeated.
    least = 1 if site.keyword == "uniqueItems" else 0
    return Requirement((Need(site.path, kind, nullable, tuple(dict.fromkeys(names)), least),))


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
    return has_all(payload, require_site(site))


def has_all(payload: Any, requirement: Requirement) -> bool:
    """Whether a payload has everything that is required."""
    return all(has_need(payload, need) for need in requirement.needs)


def has_need(payload: Any, need: Need) -> bool:
    """Whether a payload has a value that is needed."""
    value = get_value(payload, need.path)
    if value is ABSENT or (value is None and not need.nullable):
        return False
    if need.kind is not None and not is_of_type(value, need.kind):
        return False
    if need.properties and not (isinstance(value, dict) and set(need.properties) <= set(value)):
        return False
    return not need.min_items or (isinstance(value, list) and len(value) >= need.min_items)


def is_of_type(value: Any, kind: str) -> bool:
    """Whether a value has a JSON type: string, number, array or object.

    Examples:
        >>> is_of_type(True, "number"), is_of_type(1, "number"), is_of_type([], "array")
        (False, True, True)
    """
    # Python counts booleans as integers, JSON does not.
    return isinstance(value, _PYTHON_TYPES[kind]) and not isinstance(value, bool)


def require_values(paths: Iterable[Path]) -> Requirement:
    """Require a value other than null at each path.

    Examples:
        >>> [need.nullable for need in require_values([("a",), ("b", 0)]).needs]
        [False, False]
    """
    # Null has no place in it that a value could go into.
    return Requirement(tuple(Need(tuple(path), nullable=False) for path in paths))


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
