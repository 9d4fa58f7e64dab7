"""Strategies for numbers. This is the only module that calls hypothesis-jsonschema."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kombo_fakes.schema.blueprint.shapes import Numeric, to_json_number

_INTEROPERABLE = 2**53 - 1
"""JSON implementations agree on the integers up to this one (RFC 8259, section 6)."""

_LARGEST = sys.float_info.max


def build_number(shape: Numeric) -> SearchStrategy[Any]:
    """A strategy for numbers: integers that every JSON parser reads alike, and floats."""
    low, high = _to_json(shape.minimum), _to_json(shape.maximum)
    # A bound beyond the interoperable integers is the schema's own, and leaves the other one open.
    if low is None and (high is None or high > -_INTEROPERABLE):
        low = -_INTEROPERABLE
    if high is None and (low is None or low < _INTEROPERABLE):
        high = _INTEROPERABLE
    if shape.multiple_of:
        return _build_multiples(shape, low, high)
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


def _build_multiples(shape: Numeric, low: Any, high: Any) -> SearchStrategy[Any]:
    # With decimals: 41 times the float 0.01 is not 0.41, and validators reject it.
    step = Decimal(str(shape.multiple_of[0]))
    bounds = {}
    if low is not None:
        bounds["minimum"] = math.ceil(Decimal(str(low)) / step)
    if high is not None:
        bounds["maximum"] = math.floor(Decimal(str(high)) / step)
    factors = _build_from_schema({"type": "integer", **bounds})
    multiples = factors.map(lambda factor: _to_json(factor * step))
    # A multiple of a fraction may no longer be one after it is rounded to a float.
    is_whole = step == step.to_integral_value()
    is_exact = is_whole and len(shape.multiple_of) == 1 and not shape.not_multiple_of
    return multiples if is_exact else multiples.filter(shape.check())


def _build_from_schema(schema: dict[str, Any]) -> SearchStrategy[Any]:
    # Imported on first use: the import evaluates strategies, which takes time.
    from hypothesis_jsonschema import from_schema

    return from_schema(schema)


def _to_json(value: int | float | Decimal | None) -> Any:
    return to_json_number(value) if isinstance(value, Decimal) else value
