"""Mutators of the bounds of numbers: values just beyond them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kombo_fakes.catalogues.mutators.mutator import Mutate, Mutator, is_number
from kombo_fakes.schema.blueprint.shapes import to_json_number
from kombo_fakes.schema.sites import Site


def _move(*amounts: str) -> Mutate:
    def mutate(value: Any, site: Site) -> Iterator[Any]:
        for amount in amounts:
            # Floats would be inexact: 0.3 - 0.1 is 0.19999999999999998.
            yield to_json_number(Decimal(str(site.value)) + Decimal(amount))

    return mutate


def _leave_multiples(value: Any, site: Site) -> Iterator[Any]:
    step = Decimal(str(site.value))
    if is_number(value):
        base = Decimal(str(value))
        # Half a step can be a fraction, which `type: integer` rejects as well. One more is as whole
        # as before.
        for part in (step / 2, step / 10, Decimal(1)):
            yield to_json_number(base + part)


# A whole step comes first, because `type: integer` rejects a fraction as well.
NUMBER_BOUNDS: dict[str, tuple[Mutator, ...]] = {
    "minimum": (Mutator("just-under", "just under the minimum", _move("-1", "-0.1")),),
    "maximum": (Mutator("just-over", "just over the maximum", _move("1", "0.1")),),
    "exclusiveMinimum": (Mutator("at-it", "equal to the bound", _move("0", "-1")),),
    "exclusiveMaximum": (Mutator("at-it", "equal to the bound", _move("0", "1")),),
    "multipleOf": (Mutator("off-step", "between two multiples", _leave_multiples),),
}
