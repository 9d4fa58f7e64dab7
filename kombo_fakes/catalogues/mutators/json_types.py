"""Mutators of ``type``: a value of another type."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from kombo_fakes.catalogues.mutators.mutator import Mutator, always
from kombo_fakes.schema.sites import Site


def type_mutators(site: Site) -> Iterator[Mutator]:
    """The ways to have another type than a site allows."""
    allowed = {site.value} if isinstance(site.value, str) else set(site.value)
    # JSON Schema Validation 2020-12, section 6.1.1: every integer is a number as well.
    if "number" in allowed:
        allowed.add("integer")
    first = next((name for name in site.value if name != "null"), "null")
    usual = site.value if isinstance(site.value, str) else first
    if "null" not in allowed:
        yield Mutator("null", "null", always(None))
    if "string" not in allowed:
        yield Mutator("as-text", "written as a string", _write_as_json, _of_type("string"))
        yield Mutator("empty-text", "an empty string", always(""))
    if usual == "string":
        yield Mutator("number", "a number", always(12, 0, -1.5), _of_type("number"))
    elif "number" not in allowed and "integer" not in allowed:
        yield Mutator("number", "a number", always(1, 0, 12.5), _of_type("number"))
    if usual == "integer" and "number" not in allowed:
        yield Mutator("fraction", "a number with a fraction", _add_fraction)
    if "boolean" not in allowed:
        yield Mutator("boolean", "a boolean", always(True, False))
    if "array" not in allowed:
        yield Mutator(
            "in-array",
            "the only item of an array",
            lambda value, site: ([value],),
            _of_type("array"),
        )
        yield Mutator("empty-array", "an empty array", lambda value, site: ([],))
    else:
        yield Mutator("bare-item", "an item without its array", _unwrap_item)
    if "object" not in allowed:
        yield Mutator(
            "in-object",
            "wrapped in an object",
            lambda value, site: ({"value": value},),
            _of_type("object"),
        )
        yield Mutator("empty-object", "an empty object", lambda value, site: ({},))


def _of_type(name: str) -> Callable[[Site], dict[str, Any] | None]:
    return lambda site: {"type": name}


def _write_as_json(value: Any, site: Site) -> Iterator[Any]:
    if value is not None:
        yield json.dumps(value, ensure_ascii=False)


def _add_fraction(value: Any, site: Site) -> Iterator[Any]:
    # A larger float has no digit left for the half.
    if isinstance(value, int) and abs(value) < 2**50:
        yield value + 0.5


def _unwrap_item(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and value:
        yield value[0]
