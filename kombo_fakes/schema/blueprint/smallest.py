"""Finds the smallest forms of a blueprint, without optional parts and recursion."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from kombo_fakes.schema.blueprint import shapes


def find_smallest(plan: shapes.Blueprint) -> shapes.Blueprint:
    """Return the smallest forms of a blueprint: no optional parts, and no shape within itself.

    The result is `NOTHING` if a shape has to contain itself, because no finite value has it.
    """
    if not isinstance(plan, shapes.Reference):
        return SmallestForms().reduce(plan, frozenset())
    if "smallest" not in plan.derived:
        plan.derived["smallest"] = SmallestForms().reduce(plan, frozenset())
    return plan.derived["smallest"]


_Form: TypeAlias = "tuple[shapes.Blueprint, frozenset[str], frozenset[str]]"
"""A smallest form, the enclosing references that it came upon, and those that it entered."""


_Container: TypeAlias = "shapes.Reference | shapes.Array | shapes.Object"


class SmallestForms:
    """Finds smallest forms and caches them, because the number of paths to a shape can be huge.

    The smallest form of a shape depends on those enclosing references that lead back to it. A
    cached form is valid wherever the same references are enclosing.
    """

    def __init__(self) -> None:
        self._known: dict[str | int, list[_Form]] = {}
        # Holds on to each shape, so that its id is not given to another one.
        self._kept: list[shapes.Blueprint] = []
        self._met: frozenset[str] = frozenset()
        self._entered: frozenset[str] = frozenset()

    def reduce(self, plan: shapes.Blueprint, inside: frozenset[str]) -> shapes.Blueprint:
        match plan:
            case shapes.Anything():
                return shapes.Enumeration((None,))
            case shapes.Reference():
                return self._reduce_reference(plan, inside)
            case shapes.Union(branches):
                whole = shapes.unite([self.reduce(branch, inside) for branch in branches])
                # Several branches can lead to the same shape. It is kept once.
                each = whole.branches if isinstance(whole, shapes.Union) else (whole,)
                return shapes.unite(list({id(branch): branch for branch in each}.values()))
            case shapes.Filtered(base, check, keyword):
                inner = self.reduce(base, inside)
                # The check may reject null, the smallest form of anything.
                keep = base if isinstance(base, shapes.Anything) else inner
                return (
                    shapes.NOTHING
                    if inner == shapes.NOTHING
                    else shapes.Filtered(keep, check, keyword)
                )
            case shapes.Array() | shapes.Object():
                return self._reduce_known(plan, id(plan), inside)
        return plan

    def _reduce_reference(self, plan: shapes.Reference, inside: frozenset[str]) -> shapes.Blueprint:
        if plan.uri in inside:
            self._met |= {plan.uri}
            return shapes.NOTHING
        return self._reduce_known(plan, plan.uri, inside)

    def _reduce_known(
        self, plan: _Container, key: str | int, inside: frozenset[str]
    ) -> shapes.Blueprint:
        form, met, entered = self._find_form(plan, key, inside)
        self._met, self._entered = self._met | met, self._entered | entered
        return form

    def _find_form(self, plan: _Container, key: str | int, inside: frozenset[str]) -> _Form:
        known = self._known.setdefault(key, [])
        for one in known:
            _, met, entered = one
            if met <= inside and entered.isdisjoint(inside):
                return one
        around = self._met, self._entered
        if isinstance(plan, shapes.Reference):
            own = frozenset({plan.uri})
            self._met, self._entered = frozenset(), own
            form = self.reduce(plan.target, inside | own)
            self._met -= own
        else:
            self._met = self._entered = frozenset()
            self._kept.append(plan)
            form = (
                self._reduce_array(plan, inside)
                if isinstance(plan, shapes.Array)
                else self._reduce_object(plan, inside)
            )
        known.append((form, self._met, self._entered))
        self._met, self._entered = around
        return known[-1]

    def _reduce_array(self, plan: shapes.Array, inside: frozenset[str]) -> shapes.Blueprint:
        needed = max(plan.min_items, sum(one.minimum for one in plan.contains))
        prefix = tuple(self.reduce(item, inside) for item in plan.prefix[:needed])
        items = (
            self.reduce(plan.items, inside) if needed > len(prefix) else shapes.Enumeration((None,))
        )
        contains = tuple(replace(one, item=self.reduce(one.item, inside)) for one in plan.contains)
        if shapes.NOTHING in (*prefix, items, *(one.item for one in contains if one.minimum)):
            return shapes.NOTHING
        if plan.distinct is True:
            # A smallest form can have too few different values for several distinct items.
            items = plan.items if needed > len(prefix) + 1 else items
        return replace(plan, prefix=prefix, items=items, contains=contains, max_items=needed)

    def _reduce_object(self, plan: shapes.Object, inside: frozenset[str]) -> shapes.Blueprint:
        properties: dict[str, shapes.Blueprint] = {}
        # Optional properties are needed only where the required ones are too few.
        bare = plan.min_properties <= len(plan.required)
        for name, child in plan.properties.items():
            small = (
                self.reduce(child, inside) if name in plan.required or not bare else shapes.NOTHING
            )
            if name in plan.required and small == shapes.NOTHING:
                return shapes.NOTHING
            properties[name] = small
        extras = [replace(e, values=self.reduce(e.values, inside)) for e in plan.extras if not bare]
        reachable = tuple(extra for extra in extras if extra.values != shapes.NOTHING)
        return replace(plan, properties=properties, extras=reachable)
