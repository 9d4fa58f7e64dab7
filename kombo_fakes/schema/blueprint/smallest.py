"""The smallest forms of a blueprint: nothing optional, and no shape within itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from kombo_fakes.schema.blueprint.shapes import (
    NOTHING,
    Anything,
    Array,
    Blueprint,
    Enumeration,
    Filtered,
    Object,
    Reference,
    Union,
    unite,
)


def find_smallest(plan: Blueprint) -> Blueprint:
    """The smallest forms of a blueprint: nothing optional, no shape within itself.

    `NOTHING` where a shape has to hold itself, so that no finite value has it.
    """
    return _Smallest().of(plan, frozenset())


_Form: TypeAlias = "tuple[Blueprint, frozenset[str], frozenset[str]]"
"""A smallest form, the shapes around it that were met for it, and those that were entered."""


class _Smallest:
    """Finds smallest forms, each once: a shape may be met on more ways than could be gone.

    What the smallest form of a shape is depends on the shapes that it is in, as far as it comes
    upon one of them: what was found holds wherever it would come upon the same.
    """

    def __init__(self) -> None:
        self._known: dict[str, list[_Form]] = {}
        self._met: frozenset[str] = frozenset()
        self._entered: frozenset[str] = frozenset()

    def of(self, plan: Blueprint, inside: frozenset[str]) -> Blueprint:
        match plan:
            case Anything():
                return Enumeration((None,))
            case Reference():
                return self._of_reference(plan, inside)
            case Union(branches):
                whole = unite([self.of(branch, inside) for branch in branches])
                # What several branches lead to is there once.
                each = whole.branches if isinstance(whole, Union) else (whole,)
                return unite(list({id(branch): branch for branch in each}.values()))
            case Filtered(base, check, keyword):
                inner = self.of(base, inside)
                # Anything else than null may be what the check wants.
                keep = base if isinstance(base, Anything) else inner
                return NOTHING if inner == NOTHING else Filtered(keep, check, keyword)
            case Array():
                return self._of_array(plan, inside)
            case Object():
                return self._of_object(plan, inside)
        return plan

    def _of_reference(self, plan: Reference, inside: frozenset[str]) -> Blueprint:
        if plan.uri in inside:
            self._met |= {plan.uri}
            return NOTHING
        form, met, entered = self._found(plan, inside)
        self._met, self._entered = self._met | met, self._entered | entered
        return form

    def _found(self, plan: Reference, inside: frozenset[str]) -> _Form:
        known = self._known.setdefault(plan.uri, [])
        for one in known:
            _, met, entered = one
            if met <= inside and entered.isdisjoint(inside):
                return one
        around = self._met, self._entered
        self._met, self._entered = frozenset(), frozenset({plan.uri})
        form = self.of(plan.target, inside | {plan.uri})
        known.append((form, self._met - {plan.uri}, self._entered))
        self._met, self._entered = around
        return known[-1]

    def _of_array(self, plan: Array, inside: frozenset[str]) -> Blueprint:
        needed = max(plan.min_items, sum(one.minimum for one in plan.contains))
        prefix = tuple(self.of(item, inside) for item in plan.prefix[:needed])
        items = self.of(plan.items, inside) if needed > len(prefix) else Enumeration((None,))
        contains = tuple(replace(one, item=self.of(one.item, inside)) for one in plan.contains)
        if NOTHING in (*prefix, items, *(one.item for one in contains if one.minimum)):
            return NOTHING
        if plan.distinct is True:
            items = plan.items if needed > len(prefix) + 1 else items
        return replace(plan, prefix=prefix, items=items, contains=contains, max_items=needed)

    def _of_object(self, plan: Object, inside: frozenset[str]) -> Blueprint:
        properties: dict[str, Blueprint] = {}
        bare = plan.min_properties <= len(plan.required)
        for name, child in plan.properties.items():
            small = self.of(child, inside) if name in plan.required or not bare else NOTHING
            if name in plan.required and small == NOTHING:
                return NOTHING
            properties[name] = small
        extras = [replace(e, values=self.of(e.values, inside)) for e in plan.extras if not bare]
        reachable = tuple(extra for extra in extras if extra.values != NOTHING)
        return replace(plan, properties=properties, extras=reachable)
