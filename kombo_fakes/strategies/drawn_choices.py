"""Choices that Hypothesis draws, for everything that is generated from choices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.core.choices import BASE58, LazyChoices

T = TypeVar("T")


class DrawnChoices:
    """Choices of which each is a draw of its own, so that Hypothesis shrinks and replays them.

    Args:
        draw: The function that a composite strategy gets.
        nulls: The share of null where null is allowed; None leaves it to each field.
    """

    __slots__ = ("_draw", "_nulls")

    is_lazy = True

    def __init__(self, draw: DrawFn, nulls: float | None) -> None:
        self._draw = draw
        self._nulls = nulls

    def pick(self, pool: Sequence[T]) -> T:
        return pool[self._below(len(pool))]

    def integer(self, low: int, high: int) -> int:
        number = self._below(high - low + 1)
        if low > 0:
            return low + number
        # Draws shrink to 0, so 0 comes first, then the numbers above it, then those below it.
        return number if number <= high else high - number - (high < 0)

    def chance(self, share: float) -> bool:
        percent = round(share * 100)
        if percent <= 0 or percent >= 100:
            return percent > 0
        # The small numbers mean False: payloads shrink to what is absent or not null.
        return self._below(100) >= 100 - percent

    def is_null(self, share: float) -> bool:
        return self.chance(share if self._nulls is None else self._nulls)

    def fork(self, seed: int) -> LazyChoices:
        return LazyChoices(seed, self._nulls)

    def token(self, length: int) -> str:
        return _write_token(self._below(min(len(BASE58) ** length, 2**64)), length)

    def _below(self, count: int) -> int:
        number: int = self._draw(integers_below(count)) if count > 1 else 0
        return number


@lru_cache(maxsize=1024)
def integers_below(count: int) -> SearchStrategy[int]:
    """A strategy for the integers from 0 up to a count; equally likely if they are not too many.

    Hypothesis repeats what it drew where something of the same kind is drawn. To sample from
    ranges of different sizes is of different kinds. To draw integers is of one kind, and a number
    that is repeated within other bounds is bent into them, so that some come too often.
    """
    return st.sampled_from(range(count)) if count < 2**31 else st.integers(0, count - 1)


def _write_token(number: int, length: int) -> str:
    """A number as characters of base 58: ``1234...`` for 0, and another token for each number.

    Hypothesis draws mostly small numbers from a long range, and their tokens would begin alike.
    So numbers are scattered: multiplied by a number without common factors, modulo the number of
    tokens.
    """
    number *= _scatter(length)
    characters = []
    for place in range(length - 1, -1, -1):
        # The place is added so that the token of 0 does not repeat one character.
        number, digit = divmod(number + place, len(BASE58))
        characters.append(BASE58[digit])
    return "".join(reversed(characters))


@cache
def _scatter(length: int) -> int:
    # The golden section of the number of tokens: its multiples stay far from each other. It must
    # share no factor with 58, so it is odd and not divisible by 29.
    factor: int = len(BASE58) ** length * 0x9E3779B97F4A7C15F39CC0605CEDC835 >> 128 | 1
    return factor + 2 if factor % 29 == 0 else factor
