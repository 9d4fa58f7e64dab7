"""Multiples of fractions: on which of them validators agree."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

from kombo_fakes.schema.blueprint.shapes import Number, Numeric

# From here on, every quotient of floats is whole.
_MOST = 2**53


def find_step(shape: Numeric) -> Fraction | None:
    """Return the least number of which all numbers of a shape are multiples; None if there is none.

    Examples:
        >>> find_step(Numeric(integer=True, multiple_of=(0.75, 0.5)))
        Fraction(3, 1)
    """
    steps = [_to_fraction(number) for number in shape.multiple_of]
    if not steps:
        return None
    if shape.integer:
        steps.append(Fraction(1))
    whole = lcm(*(step.denominator for step in steps))
    return Fraction(lcm(*(int(step * whole) for step in steps)), whole)


def build_agreement(shape: Numeric) -> Callable[[Any], bool]:
    """Return a check whether validators agree that a number of a shape is a multiple.

    Some validators compute with decimals, and others divide floats: of 0.01, 0.57 is a multiple for
    the first ones only. Where all quotients are whole, they agree.

    Examples:
        >>> agrees = build_agreement(Numeric(integer=False, multiple_of=(0.01,)))
        >>> agrees(0.5), agrees(0.57)
        (True, False)
    """
    fractions = [_to_fraction(number) for number in shape.multiple_of]
    steps = [float(step) for step in fractions if step.denominator > 1]

    def agrees(value: Any) -> bool:
        return all(_divides(value, step) for step in steps)

    return agrees


def _divides(value: Any, step: float) -> bool:
    try:
        quotient = float(value / step)
    except (OverflowError, ZeroDivisionError):
        return False
    return quotient.is_integer() and abs(quotient) <= _MOST


def _to_fraction(number: Number) -> Fraction:
    # The digits of a float are what the document says; its exact value is another one.
    return Fraction(Decimal(str(number)))
