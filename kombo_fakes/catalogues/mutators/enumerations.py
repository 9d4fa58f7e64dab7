"""Mutators of ``enum`` and ``const``: a value that is nearly one of those that are listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kombo_fakes.catalogues.mutators.mutator import (
    NONSENSE,
    STRING_CHANGES,
    Mutator,
    always,
    change_strings,
    is_number,
)
from kombo_fakes.schema.sites import Site


def enumeration_mutators(site: Site, neighbours: tuple[str, ...]) -> Iterator[Mutator]:
    """The ways to have another value than a site lists.

    Args:
        site: A site of ``enum`` or ``const``.
        neighbours: Values of other fields that somebody might mistake for one of this field.
    """
    options = site.value if site.keyword == "enum" else [site.value]
    if any(isinstance(option, str) for option in options):
        yield from change_strings(STRING_CHANGES)
        # A fault keeps three examples at most.
        yield Mutator("neighbour", "the value of another field", always(*neighbours[:3]))
        yield Mutator("unknown", "a value that is not listed", always("UNKNOWN", "OTHER"))
        yield Mutator("null-text", "null as a word", always("null", "None"))
    # Booleans are instances of int as well, and they have mutators of their own.
    if any(type(option) in (int, float) for option in options):
        yield Mutator("next", "the next number", _next_numbers)
        yield Mutator("as-text", "written as a string", _number_as_string)
    if any(isinstance(option, bool) for option in options):
        yield Mutator("negated", "the other boolean", _negate)
    if any(isinstance(option, (dict, list)) or option is None for option in options):
        yield Mutator("nonsense", "a value that is not listed", always(*NONSENSE))


def _next_numbers(value: Any, site: Site) -> Iterator[Any]:
    if is_number(value):
        yield from (value + 1, value - 1, value + 1000)


def _number_as_string(value: Any, site: Site) -> Iterator[Any]:
    if is_number(value):
        yield str(value)


def _negate(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
