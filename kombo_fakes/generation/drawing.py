"""Payloads that Hypothesis draws, by seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.schema import Schema

_TRIES = 50
# More than the choices of any payload take.
_BYTES = 8 * 1024
# Tables that turn part of all byte values into zeros. Zeros make plainer characters and shorter
# strings: of random bytes, nearly every character is from the far planes of Unicode.
_THINNED = [bytes(0 if byte < low else byte for byte in range(256)) for low in (0, 32, 64, 128)]


def build_drawer(schema: Schema, fault_id: str | None) -> Callable[[int], Any]:
    """A function that draws the payload of a seed; with a fault, a pair of payload and fault.

    It feeds Hypothesis with bytes, by its public interface for fuzzers. A test that `given` runs
    would not do: Hypothesis also draws constants from the modules that happen to be imported, and
    then the same seed gives other payloads in another program.

    Args:
        schema: The schema of the payloads.
        fault_id: The fault of the payloads; None for valid ones.

    Raises:
        SchemaError: from the function, if no payload is found.
    """
    # Imported here, because most payloads do without Hypothesis.
    from hypothesis import given, settings

    from kombo_fakes.strategies.invalid import invalid_payloads
    from kombo_fakes.strategies.payloads import payloads

    drawn: list[Any] = []

    @settings(database=None, deadline=None)
    @given(payloads(schema) if fault_id is None else invalid_payloads(schema, ids=[fault_id]))
    def collect(payload: Any) -> None:
        drawn.append(payload)

    feed = cast(Any, collect).hypothesis.fuzz_one_input
    return partial(_draw, feed, drawn, schema.name)


def _draw(feed: Callable[[bytes], Any], drawn: list[Any], name: str, seed: int) -> Any:
    for attempt in range(_TRIES):
        noise = hashlib.shake_256(f"{seed}.{attempt}".encode()).digest(_BYTES)
        drawn.clear()
        # Hypothesis ignores bytes that do not make an example. Then there are others to try.
        feed(noise.translate(_THINNED[(seed + attempt) % len(_THINNED)]))
        if drawn:
            return drawn.pop()
    raise SchemaError(f"{name}: found no payload in {_TRIES} draws")
