"""The table of all mutators, by keyword."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kombo_fakes.catalogues.mutators.arrays import ARRAYS
from kombo_fakes.catalogues.mutators.bounds import NUMBER_BOUNDS
from kombo_fakes.catalogues.mutators.enumerations import enumeration_mutators
from kombo_fakes.catalogues.mutators.formats import format_mutators
from kombo_fakes.catalogues.mutators.json_types import type_mutators
from kombo_fakes.catalogues.mutators.mutator import (
    NONSENSE,
    Mutator,
    always,
)
from kombo_fakes.catalogues.mutators.objects import OBJECTS
from kombo_fakes.catalogues.mutators.strings import LENGTHS, PATTERN, explore_single
from kombo_fakes.schema.custom_formats import Formats
from kombo_fakes.schema.sites import Site

_FIXED: dict[str, tuple[Mutator, ...]] = {
    "pattern": PATTERN,
    **LENGTHS,
    **NUMBER_BOUNDS,
    **ARRAYS,
    **OBJECTS,
}
"""The mutators that are the same at every site, by keyword."""


def mutators(
    site: Site, neighbours: tuple[str, ...] = (), formats: Formats | None = None
) -> Iterator[Mutator]:
    """The ways to violate a site, near misses first.

    Args:
        site: The site.
        neighbours: Values of other fields that somebody might mistake for one of this field.
        formats: The formats that the schema asserts besides those of its dialect.
    """
    match site.keyword:
        case "type":
            yield from type_mutators(site)
        case "enum" | "const":
            yield from enumeration_mutators(site, neighbours)
        case "format":
            yield from format_mutators(site, formats or {})
        case keyword:
            yield from _FIXED.get(keyword, ())
    yield from _general_mutators(site)


_EXPLORED_TYPES: dict[str, list[str]] = {
    "enum": ["string", "integer", "boolean"],
    "const": ["string", "integer", "boolean"],
    "pattern": ["string"],
    "minLength": ["string"],
    "maxLength": ["string"],
    # Bounds are explored by integers, which both types of numbers allow.
    "minimum": ["integer"],
    "maximum": ["integer"],
    "exclusiveMinimum": ["integer"],
    "exclusiveMaximum": ["integer"],
    "multipleOf": ["number"],
}
"""The types of the further values that violate a keyword. Another type would violate ``type``."""


def _general_mutators(site: Site) -> Iterator[Mutator]:
    """The mutators that do not depend on what the keyword means."""
    keyword = site.keyword

    def explore(site: Site) -> dict[str, Any] | None:
        if _EXPLORED_TYPES.get(keyword) == ["string"]:
            return explore_single(site)
        if keyword in _EXPLORED_TYPES:
            return {"type": _EXPLORED_TYPES[keyword], "not": {keyword: site.value}}
        return None if site.single else {"not": site.family}

    # The further values of maxContains need a schema of their own, which stands with its mutators.
    if keyword in _EXPLORED_TYPES or (site.family and keyword != "maxContains"):
        yield Mutator("other", f"any other value that violates {keyword}", always(), explore)
    if not site.single or keyword in ("contains", "propertyNames"):
        yield Mutator("nonsense", "a value of another shape", always(*NONSENSE))
