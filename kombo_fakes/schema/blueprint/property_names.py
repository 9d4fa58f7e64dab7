"""Puts the names of properties back into a blueprint that a canonical schema forgot."""

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
    """Puts back the names of properties of which a schema says nothing.

    Canonical form knows no difference between an object that lists such properties only and any
    object, so that nothing but the document tells of them.
    """

    def __init__(self, effective: dict[str, Any]) -> None:
        self.effective = effective
        self.targets: ReferenceResolver = ReferenceResolver(effective)
        self.references: dict[str, Reference] = {}

    def named(self, plan: Blueprint, places: Iterable[Path]) -> Blueprint:
        """A blueprint with these names.

        Args:
            plan: The blueprint.
            places: Where in the document something is said about what it is of.
        """
        where = self._together(places)
        match plan:
            case Object() if not plan.properties and plan.extras == ANY_OBJECT.extras:
                names = self._listed(where)
                further = Extra(String(excluded=tuple(sorted(names))), Anything())
                said: dict[str, Blueprint] = {name: Anything() for name in names}
                return replace(plan, properties=said, extras=(further,)) if names else plan
            case Object(properties=properties, extras=extras):
                below = {
                    name: self.named(child, [(*path, "properties", name) for path in where])
                    for name, child in properties.items()
                }
                others = tuple(self._extra(extra, where) for extra in extras)
                return replace(plan, properties=below, extras=others)
            case Array(items=items, prefix=prefix):
                listed = [
                    self.named(item, [(*path, key, index) for path in where for key in _PREFIX])
                    for index, item in enumerate(prefix)
                ]
                rest = [(*path, key) for path in where for key in ("items", "additionalItems")]
                return replace(plan, items=self.named(items, rest), prefix=tuple(listed))
            case Union(branches):
                return Union(tuple(self.named(branch, where) for branch in branches))
            case Filtered(base, check, keyword):
                return Filtered(self.named(base, where), check, keyword)
            case Reference(uri=uri):
                return self._reference(plan, uri, where)
        return plan

    def _reference(self, plan: Reference, uri: str, where: tuple[Path, ...]) -> Reference:
        if uri not in self.references:
            path = self.targets.find(uri, ())
            # What several shapes are together stands nowhere else.
            places = where if path is None else (path,)
            self.references[uri] = Reference(uri, lambda: self.named(plan.target, places))
        return self.references[uri]

    def _extra(self, extra: Extra, where: Iterable[Path]) -> Extra:
        keys: list[Path] = [("patternProperties", pattern) for pattern in extra.names.patterns]
        keys.append(("additionalProperties",))
        places = [(*path, *key) for path in where for key in keys]
        return replace(extra, values=self.named(extra.values, places))

    def _listed(self, places: Iterable[Path]) -> tuple[str, ...]:
        listed = [
            name for path in places for name in get(self.effective, path).get("properties", ())
        ]
        return tuple(dict.fromkeys(listed))

    def _together(self, places: Iterable[Path]) -> tuple[Path, ...]:
        """The places with all that applies there as well: references, branches, conditions."""
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
            target = self.targets.find(schema.get("$ref"), path)
            todo += [] if target is None else [target]
            todo += [(*path, keyword) for keyword in ("if", "then", "else") if keyword in schema]
            for keyword in ("allOf", "anyOf", "oneOf"):
                todo += [(*path, keyword, index) for index in range(len(schema.get(keyword, ())))]
        return tuple(found)
