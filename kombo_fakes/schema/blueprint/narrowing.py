"""Narrows a blueprint to the values that have something at a place.

The path is followed through the shapes. Only the shapes on it are made anew, and all others are
shared with the blueprint that was narrowed. So a requirement costs as much as its path is long.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from kombo_fakes.core.pointer import Path
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint
from kombo_fakes.schema.requirements import Need, Requirement, has_need, is_of_type


def narrow_to(plan: Blueprint, requirement: Requirement) -> Blueprint:
    """Narrow a blueprint to the values that a requirement asks for.

    Args:
        plan: The blueprint. It is not changed.
        requirement: What the values have to have.

    Returns:
        A blueprint whose values are values of the first one. All of them have what is required,
        but for those that a check still rejects. `NOTHING` if there are none.

    Examples:
        >>> plan = shapes.Object({"a": shapes.String()})
        >>> narrow_to(plan, Requirement((Need(("a",)),))).required
        frozenset({'a'})
        >>> narrow_to(plan, Requirement((Need(("a", "b")),))) == NOTHING
        True
    """
    for need in requirement.needs:
        plan = _narrow(plan, need.path, need, frozenset())
    return plan


def _narrow(plan: Blueprint, path: Path, need: Need, inside: frozenset[str]) -> Blueprint:
    """Narrow a shape to the values that have a need at a path.

    Args:
        plan: The shape.
        path: The rest of the path.
        need: The need.
        inside: The references that lead here from the same place. What is behind one of them once
            more is the same again.
    """
    match plan:
        case shapes.Union(branches):
            narrowed = [_narrow(branch, path, need, inside) for branch in branches]
            if all(new is old for new, old in zip(narrowed, branches, strict=True)):
                return plan
            possible = [
                (new, _count_named(old, path, inside))
                for new, old in zip(narrowed, branches, strict=True)
                if new != NOTHING
            ]
            # An open object can have any property. Those that name it are meant.
            most = max((count for _, count in possible), default=0)
            return shapes.unite([branch for branch, count in possible if count == most])
        case shapes.Filtered(base, check, keyword):
            inner = _narrow(base, path, need, inside)
            return plan if inner is base else shapes.restrict(inner, check, keyword)
        case shapes.Reference():
            if plan.uri in inside:
                return NOTHING
            inner = _narrow(plan.target, path, need, inside | {plan.uri})
            if inner is plan.target or inner == NOTHING:
                return plan if inner is plan.target else NOTHING
            # Still a reference: how deep a shape is within itself decides what can be shared.
            return shapes.Reference(f"{plan.uri} with {need} below {path}", lambda: inner)
        case shapes.Enumeration(values):
            # The need names the whole path, and the values here begin at a part of it.
            here = replace(need, path=path)
            kept = tuple(value for value in values if has_need(value, here))
            if len(kept) == len(values):
                return plan
            return shapes.Enumeration(kept) if kept else NOTHING
        case shapes.Anything():
            kinds = [shape for shape in _ANY_KIND if _begins(shape, path, need)]
            if not path and need.kind is None and need.nullable:
                return plan
            return shapes.unite([_narrow(shape, path, need, inside) for shape in kinds])
    if not path:
        return _narrow_here(plan, need)
    head, rest = path[0], path[1:]
    if isinstance(plan, shapes.Object) and isinstance(head, str):
        return _narrow_property(plan, head, lambda child: _narrow(child, rest, need, frozenset()))
    if isinstance(plan, shapes.Array) and isinstance(head, int):
        return _narrow_item(plan, head, lambda child: _narrow(child, rest, need, frozenset()))
    return NOTHING


def _count_named(plan: Blueprint, path: Path, inside: frozenset[str]) -> int:
    """The number of parts at the start of a path that a shape has places of its own for."""
    match plan:
        case shapes.Union(branches):
            return max((_count_named(branch, path, inside) for branch in branches), default=0)
        case shapes.Filtered(base, _, _):
            return _count_named(base, path, inside)
        case shapes.Reference() if plan.uri not in inside:
            return _count_named(plan.target, path, inside | {plan.uri})
        case shapes.Object(properties) if path and path[0] in properties:
            return 1 + _count_named(properties[str(path[0])], path[1:], frozenset())
        case shapes.Array() if path and isinstance(path[0], int):
            item = plan.prefix[path[0]] if path[0] < len(plan.prefix) else plan.items
            return 1 + _count_named(item, path[1:], frozenset())
    return 0


_ANY_KIND: tuple[Blueprint, ...] = (
    shapes.Enumeration((False, True)),
    shapes.Numeric(integer=True),
    shapes.Numeric(integer=False),
    shapes.String(),
    shapes.Array(),
    shapes.ANY_OBJECT,
)


def _begins(shape: Blueprint, path: Path, need: Need) -> bool:
    """Whether a shape of any values of one kind can be on a path, or at its end."""
    if path:
        return isinstance(shape, shapes.Object if isinstance(path[0], str) else shapes.Array)
    return need.kind is None or _is_of_kind(shape, need.kind)


def _is_of_kind(shape: Blueprint, kind: str) -> bool:
    match shape:
        case shapes.String():
            return kind == "string"
        case shapes.Numeric():
            return kind == "number"
        case shapes.Array():
            return kind == "array"
        case shapes.Object():
            return kind == "object"
        case shapes.Enumeration(values):
            return any(is_of_type(value, kind) for value in values)
    return False


def _narrow_here(plan: Blueprint, need: Need) -> Blueprint:
    """Narrow a plain shape, which is at the end of the path."""
    if need.kind is not None and not _is_of_kind(plan, need.kind):
        return NOTHING
    if need.properties and not isinstance(plan, shapes.Object):
        return NOTHING
    for name in need.properties:
        if isinstance(plan, shapes.Object):
            plan = _narrow_property(plan, name, lambda child: child)
    if need.min_items:
        if not isinstance(plan, shapes.Array):
            return NOTHING
        plan = _lengthen(plan, need.min_items)
    return plan


def _narrow_property(
    plan: shapes.Object, name: str, narrow: Callable[[Blueprint], Blueprint]
) -> Blueprint:
    """The objects of a shape that have a property, the value of which is narrowed."""
    properties, extras = plan.properties, plan.extras
    if name in properties:
        child = properties[name]
    else:
        # The first kind of further properties that can have this name. No other one has it then.
        found = next((extra for extra in extras if _allows(extra.names, name)), None)
        if found is None:
            return NOTHING
        child = found.values
        extras = tuple(
            replace(extra, names=replace(extra.names, excluded=(*extra.names.excluded, name)))
            for extra in extras
        )
    value = narrow(child)
    if value == NOTHING:
        return NOTHING
    required = plan.required | {name}
    if plan.max_properties is not None and len(required) > plan.max_properties:
        return NOTHING
    if value is child and required == plan.required and name in properties:
        return plan
    return replace(plan, properties={**properties, name: value}, required=required, extras=extras)


def _allows(names: shapes.String, name: str) -> bool:
    return name not in names.excluded and (names.is_plain or names.check()(name))


def _narrow_item(
    plan: shapes.Array, index: int, narrow: Callable[[Blueprint], Blueprint]
) -> Blueprint:
    """The arrays of a shape that have an item at a place, the value of which is narrowed."""
    child = plan.prefix[index] if index < len(plan.prefix) else plan.items
    value = narrow(child)
    longer = NOTHING if value == NOTHING else _lengthen(plan, index + 1)
    if not isinstance(longer, shapes.Array) or value is child:
        return longer
    between = [plan.items] * (index - len(plan.prefix))
    prefix = [*plan.prefix, *between][:index]
    return replace(longer, prefix=(*prefix, value, *plan.prefix[index + 1 :]))


def _lengthen(plan: shapes.Array, size: int) -> Blueprint:
    """The arrays of a shape that have so many items, the last of which is of any shape."""
    most = math.inf if plan.max_items is None else plan.max_items
    if plan.items == NOTHING:
        most = min(most, len(plan.prefix))
    if size > most:
        return NOTHING
    # Items that the array has to contain are put at its end, and must not replace the needed one.
    size = int(min(size + sum(one.minimum for one in plan.contains), most))
    return plan if size <= plan.min_items else replace(plan, min_items=size)
