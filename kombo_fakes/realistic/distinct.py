"""Lists different values of a shape, for arrays whose items all differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from typing import Any

from jsonschema_rs import canonical

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.multiples import build_agreement, find_step
from kombo_fakes.schema.blueprint.string_words import find_words
from kombo_fakes.strings.characters import Characters
from kombo_fakes.strings.words import Words

# References can lead to each other in a circle.
_DEPTH = 3
_PLAIN = Characters.between("a", "z") | Characters.between("0", "9")


def list_distinct(plan: shapes.Blueprint, depth: int = _DEPTH) -> Iterator[Any]:
    """List values of a shape, the plainest ones first.

    Returns:
        Not all values of a shape, some of them twice, and none of objects and arrays.

    Examples:
        >>> plan = shapes.Union((shapes.Enumeration((None,)), shapes.Numeric(integer=True)))
        >>> list(islice(list_distinct(plan), 4))
        [None, 0, 1, 2]
    """
    match plan:
        case shapes.Enumeration(values):
            yield from values
        case shapes.Anything():
            yield from range(shapes.LARGEST)
        case shapes.Numeric():
            yield from islice(_list_numbers(plan), shapes.LARGEST)
        case shapes.String():
            yield from islice(_list_strings(plan), shapes.LARGEST)
        case shapes.Union(branches):
            for branch in branches:
                yield from list_distinct(branch, depth)
        case shapes.Filtered(base, check, _):
            yield from filter(check, list_distinct(base, depth))
        case shapes.Reference() if depth:
            yield from list_distinct(plan.target, depth - 1)


def find_new(values: Iterator[Any], seen: set[str]) -> tuple[Any, str] | None:
    """Return the next value that was not seen, and its key; None if there is none."""
    for value in values:
        key = canonical.json.to_string(value)
        if key not in seen:
            return value, key
    return None


def _list_numbers(plan: shapes.Numeric) -> Iterator[int | float]:
    found = find_step(plan)
    step = Decimal(1)
    if found is not None:
        step = Decimal(found.numerator) / Decimal(found.denominator)
    elif not plan.integer and None not in (plan.minimum, plan.maximum):
        step = Decimal("0.001")
    low = None if plan.minimum is None else math.ceil(Decimal(str(plan.minimum)) / step)
    high = None if plan.maximum is None else math.floor(Decimal(str(plan.maximum)) / step)
    fits, agrees = plan.check(), build_agreement(plan)
    start = 0 if low is None else max(0, low)
    start = start if high is None else min(start, high)
    # From zero or the bound that is nearest to it upwards, and then downwards.
    last = start + shapes.LARGEST if high is None else min(high, start + shapes.LARGEST)
    first = start - shapes.LARGEST if low is None else max(low, start - shapes.LARGEST)
    for factor in (*range(start, last + 1), *range(start - 1, first - 1, -1)):
        number = shapes.to_json_number(step * factor)
        if fits(number) and agrees(number):
            yield number


def _list_strings(plan: shapes.String) -> Iterator[str]:
    with suppress(SchemaError):
        words = find_words(plan, _PLAIN)
        if words.is_empty:
            words = find_words(plan)
        fits = plan.check()
        for length in words.lengths:
            number, count = 0, 1
            while number < min(count, shapes.LARGEST):
                word, count = _find_nth(words, length, number)
                number += 1
                if fits(word):
                    yield word


def _find_nth(words: Words, length: int, number: int) -> tuple[str, int]:
    """A word of a length by number, and how many there are of the length, as far as is known."""
    left, count = number, 1

    def choose(offered: int) -> int:
        nonlocal left, count
        count *= offered
        left, index = divmod(left, offered)
        return index

    return words.make(length, choose), count
