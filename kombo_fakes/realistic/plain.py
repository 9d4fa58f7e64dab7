"""Plain valid values, for where the schema rejects realistic ones.

Realistic values are much alike: every free value is a string of words, for example. Where a check
rejects all of them, values of all kinds are tried here instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, TypeVar

from jsonschema_rs import canonical

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.distinct import find_new, list_distinct
from kombo_fakes.realistic.matching import build_array_check
from kombo_fakes.realistic.retries import NoValueError, ValueMaker
from kombo_fakes.realistic.scalars import number_maker, string_maker
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.webhooks.names import POOLED

T = TypeVar("T")

# A value is made of at most so many shapes, tries included.
_STEPS = 3_000
# The search for values ends after so many of them, and after so many attempts.
_ALL_STEPS = 60_000
_SEEDS = 200
# So many different values are kept, for where hardly any try leads to one.
_KEPT = 8
_FRESH = 8
_DEPTH = 2
_ITEM_TRIES = 20
_MOST_NAMES = 500

_KINDS: tuple[shapes.Blueprint, ...] = (
    shapes.Enumeration((None, False, True, 0, 1, -1, 0.5, "", "a", [], {})),
    shapes.String(),
    shapes.Numeric(integer=True),
    shapes.Numeric(integer=False),
    shapes.Array(max_items=2, items=shapes.Enumeration((None, True, 0, "a"))),
    shapes.Object({}, extras=(shapes.Extra(shapes.String(), shapes.Enumeration((None, 0, "a"))),)),
)


class PlainValues:
    """Makes plain valid values of a shape.

    Args:
        plan: The shape.
        where: The field, as an error calls it.
    """

    def __init__(self, plan: shapes.Blueprint, where: str) -> None:
        self._plan, self._where = plan, where

    def make(self, choices: Choices) -> Any:
        """Make a value.

        Raises:
            NoValueError: if none is found in a bounded number of tries.
        """
        if not self._kept:
            raise NoValueError(
                f"{self._where}: found no value that the schema allows; use values='any' (on the "
                "command line: --values any)"
            )
        # One draw decides, so that Hypothesis draws no more than that.
        seed = choices.integer(0, 9_999)
        for attempt in range(_FRESH if self._is_easy else 0):
            one = SeededChoices(seed_for(seed, attempt))
            with suppress(NoValueError):
                return _Attempt(one, self._names).make(self._plan, 0)
        return canonical.schema.clone(self._kept[seed % len(self._kept)])

    @cached_property
    def _is_easy(self) -> bool:
        """True if a usual number of tries is enough."""
        return self._found[1] <= _KEPT * _FRESH

    @property
    def _kept(self) -> Sequence[Any]:
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[Sequence[Any], int]:
        """Some different values, and the number of tries that they took."""
        found: dict[str, Any] = {}
        steps = seed = 0
        while seed < _SEEDS and steps < _ALL_STEPS and len(found) < _KEPT:
            attempt = _Attempt(SeededChoices(seed), self._names)
            with suppress(NoValueError):
                value = attempt.make(self._plan, 0)
                found.setdefault(canonical.json.to_string(value), value)
            steps += attempt.steps
            seed += 1
        return tuple(found.values()), seed

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The names of properties in the shape: what is rejected often depends on them."""
        named = (
            name
            for _, plan in shapes.walk(self._plan)
            if isinstance(plan, shapes.Object)
            for name in plan.properties
        )
        return tuple(dict.fromkeys(islice(named, _MOST_NAMES)))


class _Attempt:
    """One attempt to make a value.

    Attributes:
        steps: The number of shapes that were tried so far.
    """

    def __init__(self, choices: Choices, names: Sequence[str]) -> None:
        self._choices, self._names = choices, names
        self.steps = 0

    def make(self, plan: shapes.Blueprint, depth: int) -> Any:
        self.steps += 1
        if self.steps > _STEPS:
            raise NoValueError("the attempt takes too many steps")
        match plan:
            case shapes.Anything():
                return self.make(self._choices.pick(_KINDS), depth)
            case shapes.Enumeration(values):
                return canonical.schema.clone(self._choices.pick(values))
            case shapes.String() | shapes.Numeric():
                return self._make_scalar(plan)
            case shapes.Array():
                return self._make_array(plan, depth)
            case shapes.Object():
                return self._make_object(plan, depth)
            case shapes.Union(branches):
                return self._make_first(self._shuffle(branches), depth)
            case shapes.Filtered(base, check, _):
                value = self.make(base, depth)
                if not check(value):
                    raise NoValueError("a check rejects the value")
                return value
            case shapes.Reference():
                below = find_smallest(plan) if depth >= _DEPTH else plan.target
                return self.make(below, depth + 1)

    def _make_scalar(self, plan: shapes.String | shapes.Numeric) -> Any:
        try:
            return _maker_of(plan)(self._choices, POOLED, {})
        except SchemaError as error:  # Also a pattern that is too complex.
            raise NoValueError(str(error)) from None

    def _make_first(self, plans: Sequence[shapes.Blueprint], depth: int) -> Any:
        """Make a value of the first shape that has one."""
        for plan in plans:
            with suppress(NoValueError):
                return self.make(plan, depth)
        raise NoValueError("no shape has a value")

    def _shuffle(self, items: Sequence[T]) -> list[T]:
        rest, order = list(items), []
        while rest:
            order.append(rest.pop(self._choices.integer(0, len(rest) - 1)))
        return order

    def _make_array(self, plan: shapes.Array, depth: int) -> list[Any]:
        choices = self._choices
        least = max(plan.min_items, sum(one.minimum for one in plan.contains))
        most = least + 2 if plan.max_items is None else min(plan.max_items, least + 2)
        size = choices.integer(least, most)
        value: list[Any] = []
        seen: set[str] = set()
        for index in range(size):
            shape = plan.prefix[index] if index < len(plan.prefix) else plan.items
            # What an array has to contain is most likely to fit at its end.
            wanted = [one.item for one in plan.contains for _ in range(one.minimum)]
            if size - index <= len(wanted):
                shape = wanted[size - index - 1]
            try:
                item = self._make_item(shape, depth, seen if plan.distinct else set())
            except NoValueError:
                if index < least:
                    raise
                break
            value.append(item)
        if plan.distinct is False and len(value) > 1:
            value[-1] = value[0]
        if not build_array_check(plan)(value):
            raise NoValueError("a check rejects the array")
        return value

    def _make_item(self, plan: shapes.Blueprint, depth: int, seen: set[str]) -> Any:
        for _ in range(_ITEM_TRIES):
            item = self.make(plan, depth)
            key = canonical.json.to_string(item)
            if key not in seen:
                seen.add(key)
                return item
        new = find_new(list_distinct(plan), seen)
        if new is None:
            raise NoValueError("the items are not distinct")
        seen.add(new[1])
        return new[0]

    def _make_object(self, plan: shapes.Object, depth: int) -> dict[str, Any]:
        choices = self._choices
        value = {name: self.make(plan.properties[name], depth) for name in sorted(plan.required)}
        missing = plan.min_properties - len(value)
        room = math.inf if plan.max_properties is None else plan.max_properties
        share = 1.0 if missing > 0 else choices.integer(0, 4) / 4
        optional = [
            name
            for name, child in plan.properties.items()
            if name not in plan.required and child != shapes.NOTHING and choices.chance(share)
        ]
        for name in self._shuffle(optional):
            if len(value) < room:
                with suppress(NoValueError):
                    value[name] = self.make(plan.properties[name], depth)
        wanted = max(choices.integer(0, 2), plan.min_properties - len(value))
        for _ in range(2 * wanted if plan.extras else 0):  # Several can get the same name.
            if wanted and len(value) < room:
                with suppress(NoValueError):
                    name, item = self._make_extra(plan, depth)
                    wanted -= name not in value
                    value.setdefault(name, item)
        if not plan.min_properties <= len(value) <= room:
            raise NoValueError("the number of properties is not allowed")
        named = {name: value[name] for name in plan.properties if name in value}
        return named | value

    def _make_extra(self, plan: shapes.Object, depth: int) -> tuple[str, Any]:
        extra = self._choices.pick(plan.extras)
        name: str = self._make_scalar(extra.names)
        if self._names and self._choices.chance(0.5):
            # What is said elsewhere of a property with this name can make the difference.
            known = self._choices.pick(self._names)
            name = known if _check_of(extra.names)(known) else name
        return name, self.make(extra.values, depth)


# Shapes are met many times, and each validator is built anew.
@lru_cache(maxsize=1024)
def _maker_of(plan: shapes.String | shapes.Numeric) -> ValueMaker:
    return string_maker(plan, "") if isinstance(plan, shapes.String) else number_maker(plan, "")


@lru_cache(maxsize=1024)
def _check_of(plan: shapes.String) -> Callable[[Any], bool]:
    return plan.check()
