"""Payloads that Hypothesis draws, by seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kombo_fakes.core.seeded_draws import NOTHING, TRIES, SeededDraws
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.schema import Schema


def build_drawer(schema: Schema, fault_id: str | None) -> Callable[[int], Any]:
    """A function that draws the payload of a seed; with a fault, a pair of payload and fault.

    Args:
        schema: The schema of the payloads.
        fault_id: The fault of the payloads; None for valid ones.

    Raises:
        SchemaError: from the function, if no payload is found.
    """
    # Imported here, because most payloads do without Hypothesis.
    from kombo_fakes.strategies.invalid import invalid_payloads
    from kombo_fakes.strategies.payloads import payloads

    draws = SeededDraws(
        payloads(schema) if fault_id is None else invalid_payloads(schema, ids=[fault_id])
    )

    def draw(seed: int) -> Any:
        drawn = draws.draw(seed)
        if drawn is NOTHING:
            raise SchemaError(f"{schema.name}: found no payload in {TRIES} draws")
        return drawn

    return draw
