"""Chooses the branches of a blueprint that can have what a caller overrides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from jsonschema_rs import canonical

from kombo_fakes.core.pointer import Path, find, is_index
from kombo_fakes.generation.factories.omit import OMIT
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.violations import to_plain_json

_Edits: TypeAlias = "Mapping[Path, Any]"
_NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Choice:
    """A narrower blueprint.

    Attributes:
        plan: The blueprint.
        named: How many of the edited fields it names. An open object allows the others.
    """

    plan: shapes.Blueprint
    named: int = 0


def keep_objects(
    plan: shapes.Blueprint, inside: frozenset[str] = _NOWHERE
) -> shapes.Blueprint | None:
    """The part of a blueprint that is objects; the same one if all of it is; None if nothing is.

    Args:
        plan: The blueprint.
        inside: The references that were followed, so as not to go in circles.

    Examples:
        >>> keep_objects(shapes.Union((shapes.ANY_OBJECT, shapes.String()))) is shapes.ANY_OBJECT
        True
        >>> keep_objects(shapes.String()) is None
        True
    """
    match plan:
        case shapes.Object():
            return plan
        case shapes.Enumeration(values):
            objects = tuple(value for value in values if isinstance(value, dict))
            if len(objects) == len(values):
                return plan
            return shapes.Enumeration(objects) if objects else None
        case shapes.Union(branches):
            return _unite(plan, [keep_objects(branch, inside) for branch in branches])
        case shapes.Filtered(base):
            return _keep_around(plan, base, keep_objects(base, inside))
        case shapes.Reference(uri) if uri not in inside:
            return _keep_around(plan, plan.target, keep_objects(plan.target, inside | {uri}))
    return None


def has_choices(plan: shapes.Blueprint, paths: Iterable[Path]) -> bool:
    """True if overrides at some paths decide between the branches of a blueprint.

    Examples:
        >>> one = shapes.Object({"a": shapes.String()})
        >>> has_choices(one, [("a",)]), has_choices(shapes.Union((one, one)), [("a",)])
        (False, True)
    """
    return any(_has_choice(plan, path, _NOWHERE) for path in paths)


def _has_choice(plan: shapes.Blueprint, path: Path, inside: frozenset[str]) -> bool:
    if not path:
        return False
    match plan:
        case shapes.Filtered():
            return True
        case shapes.Union(branches):
            able = [b for b in branches if _narrow(b, {path: None}, _Mode(), _NOWHERE) is not None]
            objects = [branch for branch in branches if keep_objects(branch) is not None]
            if len(able) > 1 or len(able) < len(objects):
                return True
            return any(_has_choice(branch, path, inside) for branch in able)
        case shapes.Reference(uri) if uri not in inside:
            return _has_choice(plan.target, path, inside | {uri})
        case shapes.Object(properties=properties):
            child = properties.get(str(path[0]), shapes.NOTHING)
            # What is required only beside another property is a branch of its own.
            return _has_choice(child, path[1:], _NOWHERE)
    # Items of an array are required only where an override goes into one of them.
    return isinstance(plan, (shapes.Array, shapes.Anything, shapes.Enumeration))


@dataclass(frozen=True, slots=True)
class _Mode:
    judged: bool = False
    """True to keep only branches that allow the values, and not only the fields."""
    pinned: bool = False
    """True to put the values into the blueprint."""


def narrow(plan: shapes.Blueprint, edits: _Edits, *, pinned: bool = False) -> shapes.Blueprint:
    """Narrow a blueprint to the branches that can have some values at some places.

    A branch that names the places is preferred to one that only allows them. The objects around
    the places become required.

    Args:
        plan: The blueprint.
        edits: The values by their paths; `OMIT` for what is to be absent.
        pinned: True to put the values into the blueprint as the only ones.

    Returns:
        The narrower blueprint. The same one if no branch can have all of the edits.

    Examples:
        >>> a, b = (shapes.Object({"k": shapes.Enumeration((v,))}) for v in ("a", "b"))
        >>> narrow(shapes.Union((a, b)), {("k",): "b"}) is b
        True
    """
    # The validator reads neither lone surrogates nor subclasses such as `class Id(str)`.
    edits = {
        path: value if value is OMIT else to_plain_json(value) for path, value in edits.items()
    }
    for mode in (_Mode(judged=True, pinned=pinned), _Mode(pinned=pinned)):
        chosen = _narrow(plan, edits, mode, _NOWHERE)
        if chosen is not None:
            return chosen.plan
    return plan


def _narrow(
    plan: shapes.Blueprint, edits: _Edits, mode: _Mode, inside: frozenset[str]
) -> _Choice | None:
    if () in edits:
        value = edits[()]
        if mode.judged and not accepts(plan, value):
            return None
        return _Choice(shapes.Enumeration((value,)) if mode.pinned else plan)
    match plan:
        case shapes.Anything():
            return _narrow(shapes.ANY_OBJECT, edits, mode, inside)
        case shapes.Object():
            return _narrow_object(plan, edits, mode)
        case shapes.Array():
            return _narrow_array(plan, edits, mode)
        case shapes.Enumeration(values):
            return _narrow_enumeration(values, edits, mode)
        case shapes.Union(branches):
            found = [_narrow(branch, edits, mode, inside) for branch in branches]
            able = [choice for choice in found if choice is not None]
            most = max((choice.named for choice in able), default=0)
            kept = [choice.plan for choice in able if choice.named == most]
            united = _unite(plan, kept)
            return None if united is None else _Choice(united, most)
        case shapes.Filtered(base):
            chosen = _narrow(base, edits, mode, inside)
            if chosen is None:
                return None
            return _Choice(replace(plan, base=chosen.plan), chosen.named)
        case shapes.Reference(uri) if uri not in inside:
            chosen = _narrow(plan.target, edits, mode, inside | {uri})
            if chosen is not None and chosen.plan is plan.target:
                return _Choice(plan, chosen.named)
            return chosen
    return None


def _narrow_object(plan: shapes.Object, edits: _Edits, mode: _Mode) -> _Choice | None:
    properties, required, named = dict(plan.properties), set(plan.required), 0
    for head, below in _group(edits).items():
        name = str(head)
        if below.get((), None) is OMIT:
            if name in required:
                return None
            named += name in properties
            if mode.pinned:
                properties[name] = shapes.NOTHING
            continue
        child = _find_child(plan, name)
        if child is None:
            return None
        chosen = _narrow(child, below, mode, _NOWHERE)
        if chosen is None:
            return None
        named += chosen.named + (name in plan.properties)
        # A value alone is put into the payload afterwards. So it does not change the other fields.
        if () not in below or mode.pinned:
            properties[name] = chosen.plan
            required.add(name)
    if properties == plan.properties and required == plan.required:
        return _Choice(plan, named)
    return _Choice(replace(plan, properties=properties, required=frozenset(required)), named)


def _find_child(plan: shapes.Object, name: str) -> shapes.Blueprint | None:
    if name in plan.properties:
        child = plan.properties[name]
        return None if child == shapes.NOTHING else child
    allowed = (extra.values for extra in plan.extras if extra.names.check()(name))
    return next(allowed, None)


def _narrow_array(plan: shapes.Array, edits: _Edits, mode: _Mode) -> _Choice | None:
    prefix, least = list(plan.prefix), plan.min_items
    for head, below in _group(edits).items():
        if not is_index(head):
            return None
        if below.get((), None) is OMIT:
            continue
        index = int(head)
        prefix += [plan.items] * (index + 1 - len(prefix))
        chosen = _narrow(prefix[index], below, mode, _NOWHERE)
        if chosen is None or (plan.max_items is not None and index >= plan.max_items):
            return None
        prefix[index] = chosen.plan
        least = max(least, index + 1)
    if shapes.NOTHING in prefix:
        return None
    return _Choice(replace(plan, prefix=tuple(prefix), min_items=least))


def _narrow_enumeration(values: tuple[Any, ...], edits: _Edits, mode: _Mode) -> _Choice | None:
    def fits(value: Any) -> bool:
        for path, wanted in edits.items():
            if not isinstance(find(value, path[:-1]), (dict, list)):
                return False
            if mode.judged and not _is_same(find(value, path, OMIT), wanted):
                return False
        return True

    kept = tuple(filter(fits, values))
    return _Choice(shapes.Enumeration(kept)) if kept else None


def _group(edits: _Edits) -> dict[str | int, dict[Path, Any]]:
    grouped: dict[str | int, dict[Path, Any]] = {}
    for path, value in edits.items():
        grouped.setdefault(path[0], {})[path[1:]] = value
    return grouped


def _unite(whole: shapes.Union, kept: Iterable[shapes.Blueprint | None]) -> shapes.Blueprint | None:
    """A union of what is left of its branches; the same one if they are all there as they were."""
    left = [branch for branch in kept if branch is not None]
    if len(left) == len(whole.branches) and all(map(_is, left, whole.branches)):
        return whole
    return shapes.unite(left) if left else None


def _is(one: object, other: object) -> bool:
    return one is other


def _keep_around(
    plan: shapes.Filtered | shapes.Reference,
    inner: shapes.Blueprint,
    kept: shapes.Blueprint | None,
) -> shapes.Blueprint | None:
    if kept is None or kept is inner:
        return None if kept is None else plan
    return replace(plan, base=kept) if isinstance(plan, shapes.Filtered) else kept


def accepts(plan: shapes.Blueprint, value: Any, inside: frozenset[str] = _NOWHERE) -> bool:
    """True if a blueprint allows a value. It is a guess for arrays and objects, which have bounds.

    Args:
        plan: The blueprint.
        value: A JSON value, or `OMIT`, which nothing allows.
        inside: The references that were followed, so as not to go in circles.

    Examples:
        >>> accepts(shapes.Numeric(integer=True), 3), accepts(shapes.Numeric(integer=True), "3")
        (True, False)
    """
    match plan:
        case shapes.Anything():
            return True
        case shapes.Enumeration(values):
            return any(_is_same(value, other) for other in values)
        case shapes.String() | shapes.Numeric():
            return plan.check()(value)
        case shapes.Union(branches):
            return any(accepts(branch, value, inside) for branch in branches)
        case shapes.Filtered(base, check):
            return accepts(base, value, inside) and check(value)
        case shapes.Reference(uri):
            return uri not in inside and accepts(plan.target, value, inside | {uri})
        case shapes.Array(prefix=prefix, items=items):
            if not isinstance(value, list):
                return False
            kinds = [*prefix, *[items] * (len(value) - len(prefix))]
            return all(map(accepts, kinds, value))
        case shapes.Object(required=required):
            if not isinstance(value, dict) or not required <= value.keys():
                return False
            children = ((_find_child(plan, name), item) for name, item in value.items())
            return all(child is not None and accepts(child, item) for child, item in children)


def _is_same(one: Any, other: Any) -> bool:
    if one is OMIT or other is OMIT:
        return one is other
    write: Callable[[Any], str] = canonical.json.to_string
    # Python takes 1 and True for the same.
    return write(one) == write(other)
