"""The strategy for realistic payloads: the portrait of a schema, with Hypothesis at the dice.

Each choice is a draw of its own, so that payloads shrink and replay like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.dice import BASE62, Dice, SeededDice
from kombo_fakes.errors import OverrideError
from kombo_fakes.knobs import Knobs
from kombo_fakes.pools import pools
from kombo_fakes.portrait import Portrait, portrait_for
from kombo_fakes.realism import PooledNames

if TYPE_CHECKING:
    from kombo_fakes.schema import Schema

T = TypeVar("T")

_SAMPLES = 100


def realistic(schema: Schema, knobs: Knobs) -> SearchStrategy[Any]:
    """A strategy for the realistic payloads of a schema.

    Raises:
        OverrideError: if ``max_length`` is below what realistic values need.
    """
    return painted(portrait_for(schema), knobs)


def painted(portrait: Portrait, knobs: Knobs) -> SearchStrategy[Any]:
    """A strategy for what a portrait paints."""
    names = PooledNames() if knobs.codec == "utf-8" else _EncodableNames(knobs.codec)
    longest = knobs.max_length

    def fits(payload: Any) -> bool:
        return longest is None or all(len(text) <= longest for text in _texts(payload))

    if longest is not None:
        samples = [portrait.paint(SeededDice(seed), names=names) for seed in range(_SAMPLES)]
        needed = max(len(text) for sample in samples for text in _texts(sample))
        if sum(fits(sample) for sample in samples) < 0.9 * _SAMPLES:
            raise OverrideError(
                f"max_length={longest}: realistic values have up to {needed} characters; "
                "values='any' takes any length"
            )

    @st.composite
    def payloads(draw: DrawFn) -> Any:
        return portrait.paint(DrawnDice(draw, knobs.nulls), names=names)

    return payloads() if longest is None else payloads().filter(fits)


class DrawnDice:
    """Dice that Hypothesis rolls: each choice is a draw.

    Args:
        draw: What a composite strategy was given.
        nulls: The share of null where null is allowed; None leaves it to each field.
    """

    __slots__ = ("_draw", "_nulls")

    def __init__(self, draw: DrawFn, nulls: float | None) -> None:
        self._draw = draw
        self._nulls = nulls

    def pick(self, pool: Sequence[T]) -> T:
        return pool[self._draw(_integers(0, len(pool) - 1))]

    def whole(self, low: int, high: int) -> int:
        return self._draw(_integers(low, high))

    def chance(self, share: float) -> bool:
        # The common case is what it shrinks to.
        return self._draw(_integers(0, 99)) >= 100 - round(share * 100)

    def is_null(self, share: float) -> bool:
        return self.chance(share if self._nulls is None else self._nulls)

    def token(self, length: int) -> str:
        return self._draw(_tokens(length))


class _EncodableNames(PooledNames):
    """The names of the pools that a codec has letters for."""

    def __init__(self, codec: str) -> None:
        def encodable(value: Any) -> bool:
            try:
                str(value).encode(codec)
            except UnicodeError:
                return False
            return True

        self._organizations = tuple(filter(encodable, pools().organizations))
        self._people = tuple(filter(encodable, pools().people))
        self._places = tuple(filter(encodable, pools().places))
        self._jobs = tuple(filter(encodable, pools().jobs))

    def organization(self, dice: Dice) -> str:
        return dice.pick(self._organizations)

    def person(self, dice: Dice) -> tuple[str, str]:
        return dice.pick(self._people)

    def place(self, dice: Dice) -> tuple[str, str, str | None, str, str]:
        return dice.pick(self._places)

    def job(self, dice: Dice) -> str:
        return dice.pick(self._jobs)


@lru_cache(maxsize=1024)
def _integers(low: int, high: int) -> SearchStrategy[int]:
    return st.integers(low, high)


@lru_cache(maxsize=16)
def _tokens(length: int) -> SearchStrategy[str]:
    return st.text(BASE62, min_size=length, max_size=length)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
