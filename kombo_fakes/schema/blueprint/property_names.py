"""Restores the names of properties that the canonical form of a schema drops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kombo_fakes.core.pointer import Path, get, has
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.references import ReferenceResolver

# Draft 7 describes a tuple by a list in `items`, draft 2020-12 by `prefixItems`.
_PREFIX = ("prefixItems", "items")


class PropertyNamer:
    """Restores the names of properties whose schemas allow every value.

    Canonical form drops an object's properties if all of them allow every value. Their names are
    read from the document.
    """

    def __init__(self, effective: dict[str, Any]) -> None:
        self.effective = effective
        self.resolver: ReferenceResolver = ReferenceResolver(effective)
        self.references: dict[str, shapes.Reference] = {}
        self._inside: frozenset[tuple[Path, ...]] = frozenset()
        self._open: dict[tuple[Path, ...], shapes.Blueprint] = {}

    def name_properties(self, plan: shapes.Blueprint, places: Iterable[Path]) -> shapes.Blueprint:
        """Return a copy of a blueprint that has these names.

        Args:
            plan: The blueprint.
            places: The paths of the schema objects in the document that it was read from.
        """
        where = self._collect_places(places)
        match plan:
            case shapes.Anything() if where not in self._inside and self._list_names(where):
                # What is met again is shared. Otherwise, schemas that allow everything and refer to
                # each other would be copied for each way through them.
                if where in self._open:
                    return self._share(where)
                # Objects are all that names are of, so the other types stay as they are.
                named = self.name_properties(shapes.ANY_OBJECT, places)
                self._open[where] = shapes.Union((*shapes.EVERY_TYPE[:-1], named))
                return self._open[where]
            case shapes.Object() if not plan.properties and plan.extras == shapes.ANY_OBJECT.extras:
                names = self._list_names(where)
                further = shapes.Extra(
                    shapes.String(excluded=tuple(sorted(names))), shapes.Anything()
                )
                # A schema that allows everything can contain itself.
                outside, self._inside = self._inside, self._inside | {where}
                properties: dict[str, shapes.Blueprint] = {
                    name: self.name_properties(
                        shapes.Anything(), [(*path, "properties", name) for path in where]
                    )
                    for name in names
                }
                self._inside = outside
                return replace(plan, properties=properties, extras=(further,)) if names else plan
            case shapes.Object(properties=properties, extras=extras):
                below = {
                    name: self.name_properties(
                        child, [(*path, "properties", name) for path in where]
                    )
                    for name, child in properties.items()
                }
                others = tuple(self._name_extra(extra, where) for extra in extras)
                return replace(plan, properties=below, extras=others)
            case shapes.Array(items=items, prefix=prefix):
                listed = [
                    self.name_properties(
                        item, [(*path, key, index) for path in where for key in _PREFIX]
                    )
                    for index, item in enumerate(prefix)
                ]
                # In draft 7, `additionalItems` describes the items after a tuple.
                rest = [(*path, key) for path in where for key in ("items", "additionalItems")]
                return replace(plan, items=self.name_properties(items, rest), prefix=tuple(listed))
            case shapes.Union(branches):
                return shapes.Union(
                    tuple(self.name_properties(branch, where) for branch in branches)
                )
            case shapes.Filtered(base, check, keyword):
                return shapes.restrict(self.name_properties(base, where), check, keyword)
            case shapes.Reference(uri=uri):
                return self._name_reference(plan, uri, where)
        return plan

    def _name_reference(
        self, plan: shapes.Reference, uri: str, where: tuple[Path, ...]
    ) -> shapes.Reference:
        if uri not in self.references:
            path = self.resolver.find(uri, ())
            # A shape that was merged from several has no place of its own in the document.
            places = where if path is None else (path,)
            # The target is copied on first use: a shape that contains itself would be copied
            # without end.
            self.references[uri] = shapes.Reference(
                uri, lambda: self.name_properties(plan.target, places)
            )
        return self.references[uri]

    def _share(self, where: tuple[Path, ...]) -> shapes.Reference:
        name = f"open object: {where!r}"
        if name not in self.references:
            self.references[name] = shapes.Reference(name, lambda: self._open[where])
        return self.references[name]

    def _name_extra(self, extra: shapes.Extra, where: Iterable[Path]) -> shapes.Extra:
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
