"""Removes from a blueprint what no value has."""

from __future__ import annotations

from dataclasses import replace

from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint
from kombo_fakes.schema.blueprint.smallest import SmallestForms


def remove_impossible(plan: Blueprint) -> Blueprint:
    """Return a blueprint without the parts that no value has.

    Args:
        plan: The blueprint. It is not changed.

    Returns:
        A blueprint of the same values. No branch of a union in it is without values, and neither
        is what a reference leads to. An optional property or item that nothing satisfies is
        `NOTHING`, and so is the whole blueprint if it has no values.

    Examples:
        >>> node = shapes.Object({"next": NOTHING}, required=frozenset({"next"}))
        >>> remove_impossible(shapes.Union((node, shapes.Numeric(integer=True))))
        Numeric(integer=True, minimum=None, maximum=None, exclusive_minimum=False, \
exclusive_maximum=False, multiple_of=(), not_multiple_of=())
    """
    return _Pruner().prune(plan)


class _Pruner:
    def __init__(self) -> None:
        self._smallest = SmallestForms()
        # With each shape, so that its id is not given to another one.
        self._known: dict[int, tuple[Blueprint, Blueprint]] = {}
        self._references: dict[str, Blueprint] = {}

    def prune(self, plan: Blueprint) -> Blueprint:
        match plan:
            case shapes.Union(branches):
                kept = [child for child in map(self.prune, branches) if child != NOTHING]
                same = len(kept) == len(branches) and all(map(_is, kept, branches))
                return plan if same else shapes.unite(kept)
            case shapes.Filtered(base, check, keyword):
                inner = self.prune(base)
                return plan if inner is base else shapes.restrict(inner, check, keyword)
            case shapes.Reference():
                if plan.uri not in self._references:
                    self._references[plan.uri] = self._prune_reference(plan)
                return self._references[plan.uri]
            case shapes.Array() | shapes.Object():
                if id(plan) not in self._known:
                    self._known[id(plan)] = plan, self._prune_container(plan)
                return self._known[id(plan)][1]
        return plan

    def _is_impossible(self, plan: Blueprint) -> bool:
        return self._smallest.reduce(plan, frozenset()) == NOTHING

    def _prune_reference(self, plan: shapes.Reference) -> Blueprint:
        if self._is_impossible(plan):
            return NOTHING
        # A shape that contains itself would be pruned without end.
        return shapes.Reference(plan.uri, lambda: self.prune(plan.target))

    def _prune_container(self, plan: shapes.Array | shapes.Object) -> Blueprint:
        if self._is_impossible(plan):
            return NOTHING
        if isinstance(plan, shapes.Object):
            properties = {name: self.prune(child) for name, child in plan.properties.items()}
            extras = tuple(replace(extra, values=self.prune(extra.values)) for extra in plan.extras)
            if all(map(_is, properties.values(), plan.properties.values())) and all(
                map(_is, (e.values for e in extras), (e.values for e in plan.extras))
            ):
                return plan
            possible = tuple(extra for extra in extras if extra.values != NOTHING)
            return replace(plan, properties=properties, extras=possible)
        prefix = tuple(map(self.prune, plan.prefix))
        items = self.prune(plan.items)
        contains = tuple(replace(one, item=self.prune(one.item)) for one in plan.contains)
        if (
            items is plan.items
            and all(map(_is, prefix, plan.prefix))
            and all(map(_is, (c.item for c in contains), (c.item for c in plan.contains)))
        ):
            return plan
        # An array ends before the first item that nothing satisfies.
        end = next((index for index, item in enumerate(prefix) if item == NOTHING), None)
        if end is not None:
            return replace(plan, prefix=prefix[:end], items=NOTHING, contains=contains)
        return replace(plan, prefix=prefix, items=items, contains=contains)


def _is(one: object, other: object) -> bool:
    return one is other
