"""Restores the names of properties that the canonical form of a schema drops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kombo_fakes.core.pointer import Path, get, has
from kombo_fakes.schema.blueprint.shapes import (
    ANY_OBJECT,
    Anything,
    Array,
    Blueprint,
    Extra,
    Filtered,
    Object,
    Reference,
    String,
    Union,
)
from kombo_fakes.schema.references import ReferenceResolver

_PREFIX = ("prefixItems", "items")


class PropertyNamer:
    """Restores the names of properties whose schemas allow every value.

    Canonical form drops an object's properties if all of them allow every value. Their names are
    read from the document.
    """

    def __init__(self, effective: dict[str, Any]) -> None:
        self.effective = effective
        self.resolver: ReferenceResolver = ReferenceResolver(effective)
        self.references: dict[str, Reference] = {}

    def name_properties(self, plan: Blueprint, places: Iterable[Path]) -> Blueprint:
        """Return a copy of a blueprint that has these names.

        Args:
            plan: The blueprint.
            places: The paths of the schema objects in the document that it was read from.
        """
        where = self._collect_places(places)
        match plan:
            case Object() if not plan.properties and plan.extras == ANY_OBJECT.extras:
                names = self._list_names(where)
                further = Extra(String(excluded=tuple(sorted(names))), Anything())
                properties: dict[str, Blueprint] = {name: Anything() for name in names}
                return replace(plan, properties=properties, extras=(further,)) if names else plan
            case Object(properties=properties, extras=extras):
                below = {
                    name: self.name_properties(
                        child, [(*path, "properties", name) for path in where]
                    )
                    for name, child in properties.items()
                }
                others = tuple(self._name_extra(extra, where) for extra in extras)
                return replace(plan, properties=below, extras=others)
            case Array(items=items, prefix=prefix):
                listed = [
                    self.name_properties(
                        item, [(*path, key, index) for path in where for key in _PREFIX]
                    )
                    for index, item in enumerate(prefix)
                ]
                rest = [(*path, key) for path in where for key in ("items", "additionalItems")]
                return replace(plan, items=self.name_properties(items, rest), prefix=tuple(listed))
            case Union(branches):
                return Union(tuple(self.name_properties(branch, where) for branch in branches))
            case Filtered(base, check, keyword):
                return Filtered(self.name_properties(base, where), check, keyword)
            case Reference(uri=uri):
                return self._name_reference(plan, uri, where)
        return plan

    def _name_reference(self, plan: Reference, uri: str, where: tuple[Path, ...]) -> Reference:
        if uri not in self.references:
            path = self.resolver.find(uri, ())
            # A shape that was merged from several has no place of its own in the document.
            places = where if path is None else (path,)
            self.references[uri] = Reference(uri, lambda: self.name_properties(plan.target, places))
        return self.references[uri]

    def _name_extra(self, extra: Extra, where: Iterable[Path]) -> Extra:
        keys: list[Path] = [("patternProperties", pattern) for pattern in extra.names.patterns]
        keys.append(("additionalProperties",))
        places = [(*path, *key) for path in where for key in keys]
        return replace(extra, values=self.name_properties(extra.values, places))

    def _list_names(self, places: Iterable[Path]) -> tuple[str, ...]:
        listed = [
            name for path in places for name in get(self.effective, path).get("properties", ())
        ]
        return tuple(dict.fromkeys(listed))

    def _collect_places(self, places: Iterable[Path]) -> tuple[Path, ...]:
        """Add the places that also apply: targets of references, branches and conditions."""
        found: dict[Path, None] = {}
        todo = list(places)
        while todo:
            path = todo.pop(0)
            if path in found or not has(self.effective, path):
                continue
            schema = get(self.effective, path)
            if not isinstance(schema, dict):
                continue
            found[path] = None
            target = self.resolver.find(schema.get("$ref"), path)
            todo += [] if target is None else [target]
            todo += [(*path, keyword) for keyword in ("if", "then", "else") if keyword in schema]
            for keyword in ("allOf", "anyOf", "oneOf"):
                todo += [(*path, keyword, index) for index in range(len(schema.get(keyword, ())))]
        return tuple(found)
