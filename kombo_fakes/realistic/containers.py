"""Makes realistic arrays and objects of makers for what is in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from jsonschema_rs import canonical

from kombo_fakes.core.choices import Choices
from kombo_fakes.realistic.distinct import find_new, list_distinct
from kombo_fakes.realistic.matching import build_array_check
from kombo_fakes.realistic.retries import (
    TRIES,
    NoValueError,
    ValueMaker,
    choices_to_try,
)
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.webhooks.model import Facts
from kombo_fakes.webhooks.names import Names

_ITEM_TRIES = 8

# In the rest of the cases, Hypothesis leaves out optional fields, or the items of an array.
_FULL = 0.9


class Items(NamedTuple):
    """What makes the items of an array.

    Attributes:
        prefix: The makers of the first items.
        rest: The maker of further items; None if there are none.
        wanted: The makers of what the array has to contain, each with a number of items.
        facts_of_item: Returns the facts of an item from those of the array.
    """

    prefix: Sequence[ValueMaker]
    rest: ValueMaker | None
    wanted: Sequence[tuple[ValueMaker, int]]
    facts_of_item: Callable[[Choices, Names, Facts], Facts]


def array_maker(plan: shapes.Array, makers: Items) -> ValueMaker:
    """Return what makes the arrays of a shape.

    What it makes can have too few items, or violate ``contains`` or ``uniqueItems``:
    `check_of_array` tells.
    """
    prefix = makers.prefix
    least = max(plan.min_items, sum(minimum for _, minimum in makers.wanted))
    most = least + 3 if plan.max_items is None else plan.max_items
    if makers.rest is None:
        most = min(most, len(prefix))
    most = max(least, min(most, max(least, 1) + 2))

    def make_item(index: int, choices: Choices, names: Names, facts: Facts) -> Any:
        maker = prefix[index] if index < len(prefix) else makers.rest
        if maker is None:
            raise NoValueError("the array has no further item")
        return maker(choices, names, makers.facts_of_item(choices, names, facts))

    def find_item(
        index: int, tries: Iterable[Choices], seen: set[str], names: Names, facts: Facts
    ) -> tuple[Any, str]:
        """A new item if possible, and its key."""
        found, failure = None, NoValueError("the array has no further item")
        for choices in tries:
            try:
                item = make_item(index, choices, names, facts)
            except NoValueError as error:
                failure = error
                continue
            found = item, canonical.json.to_string(item)
            if found[1] not in seen:
                break
        if found is None:
            raise failure
        return found

    def generate(choices: Choices, names: Names, facts: Facts) -> list[Any]:
        # Hypothesis shrinks to an empty array, because it needs the fewest draws.
        empty = choices.is_lazy and least == 0 and not choices.chance(_FULL)
        size = 0 if empty else choices.integer(max(least, min(1, most)), most)
        value: list[Any] = []
        seen: set[str] = set()
        listed: Iterator[Any] | None = None
        for index in range(size):
            # Equal items are rare in real payloads, and invalid where items are distinct.
            needed = index < least
            tries: Iterable[Choices] = [choices] * 5
            if plan.distinct:
                # Where nearly all usual values are used up, further tries hardly help.
                more = choices_to_try(choices, TRIES, on=needed)
                tries = islice(more, _ITEM_TRIES) if len(seen) > TRIES else more
            try:
                item, key = find_item(index, tries, seen, names, facts)
            except NoValueError:
                if needed:
                    raise
                break
            if key in seen and needed and plan.distinct:
                listed = listed or list_distinct(plan.items)
                item, key = find_new(listed, seen) or (item, key)
            if key not in seen or (needed and not plan.distinct):
                seen.add(key)
                value.append(item)
        position = len(value)
        for maker, minimum in makers.wanted:
            for _ in range(minimum):
                # The prefix describes the first items, so the matching ones are at the end.
                position -= 1
                if position >= 0:
                    value[position] = maker(choices, names, facts)
        if plan.distinct is False and len(value) > 1:
            value[-1] = value[0]
        return value

    return generate


def check_of_array(plan: shapes.Array) -> Callable[[list[Any]], bool] | None:
    """Return the check that what `array_maker` makes has to pass; None if it always would."""
    if plan.contains or plan.distinct is not None:
        return build_array_check(plan)
    return None


class Fields(NamedTuple):
    """What makes the properties of an object.

    Attributes:
        named: The name of each property with a name of its own, whether it is required, and its
            maker.
        extras: The makers of the names and of the values of further properties.
    """

    named: Sequence[tuple[str, bool, ValueMaker]]
    extras: Sequence[tuple[ValueMaker, ValueMaker]]


def object_maker(plan: shapes.Object, fields: Fields) -> ValueMaker:
    """Return what makes the objects of a shape.

    What it makes can have too few properties where it needs optional ones: `lacks_properties`
    tells.
    """
    named, extras = fields
    missing = plan.min_properties - len(plan.required)
    room = math.inf if plan.max_properties is None else plan.max_properties
    room -= len(plan.required)
    optional = sum(not needed for _, needed, _ in named)
    # An open object gets the properties that the schema names. If it names none, it is a map.
    is_map = not plan.properties and plan.extras != shapes.ANY_OBJECT.extras
    least = max(0, missing - optional)
    most = int(min(room - optional, max(least, 2 if is_map else 0)))
    share = 1.0 if plan.min_properties > len(plan.required) else 0.8
    several = share < 1 and optional > 2
    if not optional and not most:
        always = [(name, maker) for name, _, maker in named]
        return lambda choices, names, facts: {
            name: maker(choices, names, facts) for name, maker in always
        }

    def generate(choices: Choices, names: Names, facts: Facts) -> dict[str, Any]:
        value = {}
        bare = choices.is_lazy and several and not choices.chance(_FULL)
        for name, needed, maker in named:
            here = needed or (not bare and choices.chance(share))
            # A seed also draws what is absent, so that the values after it are the same either
            # way.
            if here or not choices.is_lazy:
                try:
                    made = maker(choices, names, facts)
                except NoValueError:
                    if needed:
                        raise
                    continue
                if here:
                    value[name] = made
        # Of a map that is empty a receiver learns nothing.
        fewest = least if choices.is_lazy else max(least, min(1, most))
        for _ in range(choices.integer(fewest, most) if extras else 0):
            _add_extra(value, extras, choices, names, facts, needed=least > 0)
        if len(value) < plan.min_properties and extras:
            for other in choices_to_try(choices, 0):
                _add_extra(value, extras, other, names, facts, needed=False)
                if len(value) == plan.min_properties:
                    break
        return value

    return generate


def lacks_properties(plan: shapes.Object) -> bool:
    """Whether what `object_maker` makes can have too few properties."""
    return plan.min_properties > len(plan.required)


def _add_extra(
    value: dict[str, Any],
    extras: Sequence[tuple[ValueMaker, ValueMaker]],
    choices: Choices,
    names: Names,
    facts: Facts,
    *,
    needed: bool,
) -> None:
    name_maker, maker = choices.pick(extras)
    try:
        value.setdefault(name_maker(choices, names, facts), maker(choices, names, facts))
    except NoValueError:
        if needed:
            raise
