"""Reads from a schema document what its canonical form drops: orders, and places of keywords."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.schema.vocabulary import subschemas


class DocumentOrder:
    """The order of properties and enum values in a document. Canonical form sorts them."""

    def __init__(self, effective: dict[str, Any]) -> None:
        lists: set[tuple[str, ...]] = set()
        enums: set[tuple[str, ...]] = set()
        todo: list[Any] = [effective]
        while todo:
            schema = todo.pop()
            if isinstance(schema, dict):
                lists.add(tuple(schema.get("properties", ())))
                enums.add(tuple(v for v in schema.get("enum", ()) if isinstance(v, str)))
                todo.extend(child for _, child in subschemas(schema))
        # The shortest list that has all the names most likely belongs to the object in question.
        self.lists: list[tuple[str, ...]] = sorted(lists, key=_by_length)
        self.enums: list[tuple[str, ...]] = sorted(enums, key=_by_length)
        self.rank: dict[str, int] = {}
        for names in self.lists:
            for name in names:
                self.rank.setdefault(name, len(self.rank))

    def sort_values(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Sort the strings among enum values as in the document. Other values come after them."""
        strings = [value for value in values if isinstance(value, str)]
        wanted = set(strings)
        for listed in self.enums:
            if len(wanted) <= len(listed) and wanted <= set(listed):
                rest = [value for value in values if not isinstance(value, str)]
                return (*(string for string in listed if string in wanted), *rest)
        return tuple(values)

    def names_beside(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return all the properties of the smallest object in the document that lists these."""
        wanted = set(names)
        # Every list contains the empty set, so any list would do for an object without names.
        if not wanted:
            return ()
        return next((listed for listed in self.lists if wanted <= set(listed)), ())

    def sort(self, names: Iterable[str]) -> list[str]:
        wanted = set(names)
        for listed in self.lists:
            if wanted <= set(listed):
                return [name for name in listed if name in wanted]
        # A merged object has names from several places of the document, and no list has them all.
        return sorted(wanted, key=lambda name: (self.rank.get(name, len(self.rank)), name))


def _by_length(names: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(names), names


# Keywords that canonical form cannot always express, the likeliest first.
_HARD = (
    "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef", "not", "if",
    "oneOf", "dependentSchemas", "contains", "propertyNames",
)  # fmt: skip


def name_hardest_keyword(effective: dict[str, Any]) -> str:
    """Name the keyword that most likely prevents a document from being read into shapes."""
    found: dict[str, str] = {}
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        # The walk is breadth first, so that the outermost place of a keyword is named.
        path, schema = todo.pop(0)
        if isinstance(schema, dict):
            for keyword in _HARD:
                if keyword in schema:
                    found.setdefault(keyword, to_pointer(path) or "the root")
            todo.extend((path + where, child) for where, child in subschemas(schema))
    for keyword in _HARD:
        if keyword in found:
            return f"{keyword} at {found[keyword]}"
    return "the schema at the root"


def locate_largest(keyword: str, effective: dict[str, Any]) -> str:
    """Return the pointer to the schema object in which a keyword has its largest value."""
    found: list[tuple[float, str]] = [(0, "the root")]
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        path, schema = todo.pop()
        if isinstance(schema, dict):
            if isinstance(schema.get(keyword), (int, float)):
                found.append((schema[keyword], to_pointer(path) or "the root"))
            todo.extend((path + where, child) for where, child in subschemas(schema))
    return max(found)[1]
