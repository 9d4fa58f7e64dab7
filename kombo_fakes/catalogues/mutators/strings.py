"""Mutators of ``pattern`` and of the lengths of strings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from kombo_fakes.catalogues.mutators.mutator import STRING_CHANGES, Mutator, change_strings
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.format_cores import CORES
from kombo_fakes.schema.blueprint.shapes import LARGEST, String
from kombo_fakes.schema.blueprint.string_words import find_words
from kombo_fakes.schema.sites import Site
from kombo_fakes.strings.near_misses import Edit, find_near_miss

KEYWORDS = ("minLength", "maxLength", "pattern", "format")
"""The keywords that constrain strings."""


def _others(site: Site) -> dict[str, Any]:
    """The other keywords for strings beside that of a site."""
    return {k: v for k, v in site.family.items() if k != site.keyword and k in KEYWORDS}


def violating_shape(site: Site) -> String | None:
    """The strings that violate the keyword of a site, and no other keyword for strings beside it.

    Returns:
        None for a format, which is not regular.
    """
    beside = _others(site)
    patterns = (beside["pattern"],) if "pattern" in beside else ()
    formats = (beside["format"],) if beside.get("format") in CORES else ()
    least, most = int(beside.get("minLength", 0)), beside.get("maxLength")
    most = None if most is None else int(most)
    match site.keyword:
        case "pattern":
            return String(least, most, (), formats, excluded_patterns=(site.value,))
        case "minLength":
            return String(0, int(site.value) - 1, patterns, formats)
        case "maxLength":
            return String(int(site.value) + 1, None, patterns, formats)
    return None


def explore_single(site: Site) -> dict[str, Any]:
    """A schema of many strings that violate the keyword of a site, and no other one if possible."""
    violating = {"type": "string", "not": {site.keyword: site.value}}
    beside, shape = _others(site), violating_shape(site)
    if not beside or shape is None:
        return violating
    try:
        return violating if find_words(shape).is_empty else {**violating, **beside}
    except SchemaError:
        return violating


def _edit(edit: Edit, value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, str):
        near = find_near_miss(site.value, value, edit)
        if near is not None:
            yield near


def _resize(by: int, value: Any, site: Site) -> Iterator[Any]:
    size = int(site.value) + by
    if not isinstance(value, str) or not 0 <= size <= LARGEST:
        return
    yield from _make_of_length(size, value, site)
    yield (value or "a") * (size // max(1, len(value)) + 1) if by > 0 else value[:size]
    yield "a" * size


def _lengthen_by_one(value: Any, site: Site) -> Iterator[Any]:
    size = int(site.value) + 1
    if isinstance(value, str) and size <= LARGEST:
        yield from _make_of_length(size, value, site)
        yield (value + "a" * size)[:size]


def _make_of_length(size: int, value: str, site: Site) -> Iterator[str]:
    """The string nearest to a length beyond the bound that keeps the pattern and format beside."""
    shape = violating_shape(site)
    if shape is None or not (shape.patterns or shape.formats):
        return
    try:
        words = find_words(shape)
    except SchemaError:
        return
    if not words.is_empty:
        yield words.make_like(value, min(words.lengths, key=lambda length: abs(length - size)))


PATTERN: tuple[Mutator, ...] = (
    Mutator("replaced", "with characters that the pattern does not allow there",
            partial(_edit, "replace")),
    Mutator("removed", "without characters that the pattern needs", partial(_edit, "remove")),
    Mutator("inserted", "with characters too many for the pattern", partial(_edit, "insert")),
    *change_strings(STRING_CHANGES),
)  # fmt: skip

LENGTHS: dict[str, tuple[Mutator, ...]] = {
    "minLength": (Mutator("one-short", "one character too short", partial(_resize, -1)),),
    "maxLength": (
        Mutator("one-over", "one character too long", _lengthen_by_one),
        Mutator("far-over", "far too long", partial(_resize, 1000)),
    ),
}
