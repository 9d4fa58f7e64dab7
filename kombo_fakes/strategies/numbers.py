"""Strategies for numbers. This is the only module that calls hypothesis-jsonschema."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kombo_fakes.schema.blueprint.multiples import build_agreement, find_step
from kombo_fakes.schema.blueprint.shapes import Numeric, to_json_number

_INTEROPERABLE = 2**53 - 1
"""JSON implementations agree on the integers up to this one (RFC 8259, section 6)."""

_LARGEST = sys.float_info.max


_NEARBY = 40
"""So far around a multiple another one is looked for on which validators agree."""


def build_number(shape: Numeric, *, ambiguous: bool = False) -> SearchStrategy[Any]:
    """A strategy for numbers: integers that every JSON parser reads alike, and floats.

    Args:
        shape: The numbers.
        ambiguous: True to draw also multiples of a fraction about which validators disagree.
    """
    low, high = _to_json(shape.minimum), _to_json(shape.maximum)
    # A bound beyond the interoperable integers is the schema's own, and leaves the other one open.
    if low is None and (high is None or high > -_INTEROPERABLE):
        low = -_INTEROPERABLE
    if high is None and (low is None or low < _INTEROPERABLE):
        high = _INTEROPERABLE
    if shape.multiple_of:
        return _build_multiples(shape, low, high, ambiguous=ambiguous)
    if _is_beyond(shape):
        return st.nothing()
    schema: dict[str, Any] = {"type": "integer" if shape.integer else "number"}
    if low is not None:
        exclusive = shape.exclusive_minimum and shape.minimum is not None
        schema["exclusiveMinimum" if exclusive else "minimum"] = low
    if high is not None:
        exclusive = shape.exclusive_maximum and shape.maximum is not None
        schema["exclusiveMaximum" if exclusive else "maximum"] = high
    strategy = _build_from_schema(schema)
    if not shape.integer:
        # Integers are numbers too, and parsers differ in how they read them.
        integers = _build_from_schema({**schema, "type": "integer"})
        strategy = strategy if integers.is_empty else integers | strategy
    return strategy.filter(shape.check()) if shape.not_multiple_of else strategy


def _is_beyond(shape: Numeric) -> bool:
    """Whether the next number within an exclusive bound is larger than any float."""
    low = shape.exclusive_minimum and shape.minimum is not None and shape.minimum >= _LARGEST
    high = shape.exclusive_maximum and shape.maximum is not None and shape.maximum <= -_LARGEST
    return low or high


def _build_multiples(
    shape: Numeric, low: Any, high: Any, *, ambiguous: bool
) -> SearchStrategy[Any]:
    # With decimals: 41 times the float 0.01 is not 0.41, and validators reject it.
    found = find_step(shape)
    assert found is not None
    step = Decimal(found.numerator) / Decimal(found.denominator)
    least = None if low is None else math.ceil(Decimal(str(low)) / step)
    most = None if high is None else math.floor(Decimal(str(high)) / step)
    fits, agrees = shape.check(), build_agreement(shape)
    if found.denominator > 1 and least is not None and most is not None:
        # Validators that divide floats cannot tell larger quotients.
        least, most = max(least, -_INTEROPERABLE), min(most, _INTEROPERABLE)
        if most - least < _NEARBY:
            few = (_to_json(factor * step) for factor in range(least, most + 1))
            ambiguous = ambiguous or not any(fits(one) and agrees(one) for one in few)
    bounds = {"minimum": least, "maximum": most}
    factors = _build_from_schema(
        {"type": "integer", **{name: bound for name, bound in bounds.items() if bound is not None}}
    )
    if found.denominator == 1 and not shape.not_multiple_of:
        multiples = factors.map(lambda factor: _to_json(factor * step))
        exclusive = shape.exclusive_minimum or shape.exclusive_maximum
        return multiples.filter(fits) if exclusive else multiples

    def to_number(factor: int) -> Any:
        # Of the multiples nearby one is likely to be such that validators agree on it.
        for distance in () if ambiguous else range(_NEARBY):
            for near in (factor - distance, factor + distance):
                if (least is None or least <= near) and (most is None or near <= most):
                    number = _to_json(near * step)
                    if agrees(number) and fits(number):
                        return number
        return _to_json(factor * step)

    return factors.map(to_number).filter(
        fits if ambiguous else lambda number: fits(number) and agrees(number)
    )


def _build_from_schema(schema: dict[str, Any]) -> SearchStrategy[Any]:
    # Imported on first use: the import evaluates strategies, which takes time.
    from hypothesis_jsonschema import from_schema

    return from_schema(schema)


def _to_json(value: int | float | Decimal | None) -> Any:
    return to_json_number(value) if isinstance(value, Decimal) else value
