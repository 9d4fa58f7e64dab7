"""Finds the sites of a schema: every constraint at every place of a payload to which it applies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from kombo_fakes.core.pointer import Path, get, to_pointer
from kombo_fakes.core.public import public
from kombo_fakes.schema.formats import checked_formats, pattern_matches
from kombo_fakes.schema.references import ReferenceResolver
from kombo_fakes.schema.vocabulary import ASSERTIONS

_FAMILIES: dict[str, tuple[str, ...]] = {
    "anyOf": ("anyOf",),
    "oneOf": ("oneOf",),
    "not": ("not",),
    "if": ("if", "then", "else"),
    "dependentSchemas": ("dependentSchemas",),
    "dependencies": ("dependencies",),
    # What is unevaluated depends on the keywords beside it (JSON Schema Core 2020-12, section 11).
    "unevaluatedItems": ("unevaluatedItems", "allOf", "anyOf", "oneOf", "prefixItems", "items"),
    "unevaluatedProperties": ("unevaluatedProperties", "allOf", "anyOf", "oneOf", "properties"),
}
"""Keywords that apply other schemas, and the keywords that each depends on."""

_OF_STRINGS = ("minLength", "maxLength", "pattern", "format")
_COMPANIONS = {
    # It has no effect without `contains`.
    "maxContains": ("contains", "maxContains"),
    # A string that violates one of these keywords should keep the others.
    **dict.fromkeys(_OF_STRINGS, _OF_STRINGS),
}
"""The keywords beside a keyword that its violations depend on."""


MAX_PLACES = 32
"""The most places of a payload at which one schema object is visited.

The number of places can be infinite where a schema refers to itself.
"""


@public
@dataclass(frozen=True, slots=True)
class Site:
    """One constraint at one place.

    Attributes:
        pointer: JSON Pointer to the place in a payload where a validator reports a violation.
            For the items of an array it points to the first item; for the further properties
            of an object, to a name that is allowed.
        keyword: The keyword.
        value: The value of the keyword. For ``required`` and ``dependentRequired`` it is the
            one property that this site is about.
        schema_pointer: JSON Pointer to the schema object that holds the keyword.
        single: Whether the constraint can be broken alone. Within ``anyOf``, ``oneOf`` and
            ``if`` it cannot, because another branch matters too.
        family: The keyword with its value, and the related keywords of the same schema object.
        path: The place in a payload as a path. Unlike the pointer, it tells the property name
            ``0`` from the index 0.
    """

    pointer: str
    keyword: str
    value: Any = field(hash=False)
    schema_pointer: str
    single: bool = True
    family: dict[str, Any] = field(default_factory=dict, hash=False, repr=False)
    path: Path = field(default=(), repr=False)

    def __str__(self) -> str:
        of = f" of {self.value!r}" if self.keyword == "required" else ""
        return f"{self.keyword}{of} at {self.pointer or '(root)'}"


def find_sites(effective: dict[str, Any], formats: Collection[str] = ()) -> Iterator[Site]:
    """Yield every site of an effective schema once, outermost first.

    The walk does not enter a schema object within itself, nor at more than `MAX_PLACES` places.

    Args:
        effective: The effective schema.
        formats: The formats that are asserted besides those of its dialect.
    """
    seen: set[tuple[str, str, str]] = set()
    walker = _Walker(effective, formats)
    for site in walker.walk(effective, (), (), single=True, inside=frozenset()):
        about = site.value if site.keyword in ("required", "dependentRequired") else ""
        key = (site.pointer, site.keyword, f"{site.schema_pointer} {about}")
        if key not in seen:
            seen.add(key)
            yield site


class _Walker:
    def __init__(self, root: dict[str, Any], formats: Collection[str]) -> None:
        self.root = root
        self.visits: Counter[Path] = Counter()
        self.references = ReferenceResolver(root)
        self.formats = checked_formats(root.get("$schema")).union(formats)

    def walk(
        self, schema: Any, place: Path, where: Path, *, single: bool, inside: frozenset[Path]
    ) -> Iterator[Site]:
        if not isinstance(schema, dict) or where in inside or self.visits[where] == MAX_PLACES:
            return
        self.visits[where] += 1
        inside |= {where}
        for keyword, value in schema.items():
            if _is_inert(keyword, schema):
                continue
            if keyword == "format" and value not in self.formats:
                continue  # An annotation.
            for about in _split_constraint(keyword, value):
                alone = single and keyword not in _FAMILIES
                together = _FAMILIES.get(keyword, _COMPANIONS.get(keyword, (keyword,)))
                family = {name: schema[name] for name in together if name in schema}
                pointer = to_pointer(place)
                yield Site(pointer, keyword, about, to_pointer(where), alone, family, place)
        for place_below, where_below, child, alone in self._find_children(schema, place, where):
            if child is False and len(place_below) > len(place):
                # No value is allowed there, so the site is the object or array around it.
                keyword, forbidden = str(where_below[len(where)]), place_below[-1]
                yield Site(
                    to_pointer(place), keyword, forbidden, to_pointer(where), False, path=place
                )
            else:
                yield from self.walk(
                    child, place_below, where_below, single=single and alone, inside=inside
                )

    def _find_children(
        self, schema: dict[str, Any], place: Path, where: Path
    ) -> Iterator[tuple[Path, Path, Any, bool]]:
        for keyword in ("$ref", "$dynamicRef"):
            # The target of `$dynamicRef` depends on the way that leads to it (JSON Schema Core
            # 2020-12, section 8.2.3.2). So a site behind it may not be the only one that is
            # violated.
            target = self.references.find(schema.get(keyword), where)
            if target is not None:
                yield place, target, get(self.root, target), keyword == "$ref"
        yield from _find_direct_children(schema, place, where)


def _is_inert(keyword: str, schema: dict[str, Any]) -> bool:
    """Whether a keyword makes no site of its own.

    Validators report too few matching items under ``contains``, not under ``minContains``.
    """
    if keyword == "if":
        # JSON Schema Core 2020-12, section 10.2.2.1: an `if` alone does not affect validity.
        return "then" not in schema and "else" not in schema
    if keyword == "contains":
        # With 0, every array satisfies `contains` (JSON Schema Validation 2020-12, section 6.4.5).
        return schema.get("minContains") == 0
    return keyword == "minContains" or (keyword == "maxContains" and "contains" not in schema)


def _split_constraint(keyword: str, value: Any) -> Iterator[Any]:
    if keyword == "required":
        yield from value
    elif keyword == "dependentRequired":
        yield from ({name: needed} for name, needed in value.items() if needed)
    elif keyword == "additionalProperties":
        if value is False:
            yield value
    elif keyword == "uniqueItems":
        if value:
            yield value
    elif keyword in ("unevaluatedItems", "unevaluatedProperties"):
        if value is not True:
            yield value
    elif keyword in _FAMILIES or keyword in ASSERTIONS or keyword in ("contains", "propertyNames"):
        yield value


def _find_direct_children(
    schema: dict[str, Any], place: Path, where: Path
) -> Iterator[tuple[Path, Path, Any, bool]]:
    for name, child in schema.get("properties", {}).items():
        yield (*place, name), (*where, "properties", name), child, True
    for pattern, child in schema.get("patternProperties", {}).items():
        name = _find_matching_name(pattern)
        if name is not None:
            yield (*place, name), (*where, "patternProperties", pattern), child, True
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        name = _find_extra_name(schema)
        if name is not None:
            yield (*place, name), (*where, "additionalProperties"), extra, True
    prefix = schema.get("prefixItems", [])
    items = schema.get("items")
    if isinstance(items, list):
        prefix, items, keyword = items, schema.get("additionalItems"), "items"
    else:
        keyword = "prefixItems"
    for index, child in enumerate(prefix):
        yield (*place, index), (*where, keyword, index), child, True
    if isinstance(items, dict) or items is False:
        rest = "additionalItems" if keyword == "items" else "items"
        # What follows a tuple begins after its last place (JSON Schema Core 2020-12, section
        # 10.3.1.2).
        yield (*place, len(prefix)), (*where, rest), items, True
    for index, child in enumerate(schema.get("allOf", [])):
        yield place, (*where, "allOf", index), child, True
    for keyword in ("anyOf", "oneOf"):
        for index, child in enumerate(schema.get(keyword, [])):
            yield place, (*where, keyword, index), child, False


def _find_extra_name(schema: dict[str, Any]) -> str | None:
    """Return a property name to which only ``additionalProperties`` applies."""
    for name in ("extra", "extra_1", "another", "x", "key1"):
        if name in schema.get("properties", {}):
            continue
        if any(pattern_matches(pattern, name) for pattern in schema.get("patternProperties", {})):
            continue
        return name
    return None


def _find_matching_name(pattern: str) -> str | None:
    # Most patterns of property names are a fixed prefix such as `^x-`.
    literal = re.sub(r"[\^$]", "", pattern)
    usual = (literal, literal + "extra", "extra", "x-extra", "x", "a", "A1", "0")
    for name in usual:
        if name and pattern_matches(pattern, name):
            return name
    made = _construct_name(pattern)
    return made if made and pattern_matches(pattern, made) else None


_GROUP = re.compile(r"\((?:\?:|\?<\w+>)?([^()|]*)[^()]*\)")
_PART = re.compile(
    r"(?P<character>\\[pP]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])+\]|.)"
    r"(?:\{(?P<count>\d{1,2})[^}]*\}|(?P<less>[*?])|\+)?\??"
)
# The first four match most character classes, so the search usually ends early.
_CHARACTERS = "a0Ax" + "".join(map(chr, range(0x20, 0x7F)))
# Groups are replaced one level at a time, which takes long in a long pattern.
_LONGEST_PATTERN = 200


def _construct_name(pattern: str) -> str:
    """Build a name from the parts of a simple pattern. It does not always match the pattern."""
    simple = pattern[:_LONGEST_PATTERN]
    while (ungrouped := _GROUP.sub(r"\1", simple)) != simple:
        simple = ungrouped
    parts = []
    for part in _PART.finditer(simple.split("|")[0]):
        character = next(
            (x for x in _CHARACTERS if pattern_matches(f"^{part['character']}$", x)), ""
        )
        parts.append(character * int(part["count"] or not part["less"]))
    return "".join(parts)
