"""Where the choices in realistic values come from: a seeded stream, or a Hypothesis draw.

What a value looks like is said once, against `Choices`; who rolls them is another matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""The letters of Kombo's ids."""

_PAIRS = tuple(a + b for a in BASE62 for b in BASE62)


class Choices(Protocol):
    """A source of choices."""

    @property
    def is_lazy(self) -> bool:
        """Whether what isn't shown isn't rolled, and what was rolled in vain isn't rolled on.

        Where a seed rolls for all that can be there, one choice changes no other.
        """

    def fork(self, seed: int) -> LazyChoices:
        """Choices of a seed that keep to what was asked of these."""

    def pick(self, pool: Sequence[T]) -> T:
        """One of a pool that isn't empty."""

    def integer(self, low: int, high: int) -> int:
        """An integer between two, both included."""

    def chance(self, share: float) -> bool:
        """True in a share of all calls, from 0 to 1."""

    def is_null(self, share: float) -> bool:
        """Whether a value that can be null is, in a share of all cases that can be overruled."""

    def token(self, length: int) -> str:
        """Letters of base 62, an even number of them."""


class SeededChoices:
    """Choices that roll the same for the same seed, on every Python, and touch no global state.

    Only ``Random.random`` is used: its sequence is the one that Python promises to keep.

    Examples:
        >>> SeededChoices(3).token(4) == SeededChoices(3).token(4)
        True
    """

    __slots__ = ("_random",)

    is_lazy = False

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def fork(self, seed: int) -> LazyChoices:
        return LazyChoices(seed)

    def pick(self, pool: Sequence[T]) -> T:
        return pool[int(self._random() * len(pool))]

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        return self._random() < share

    def is_null(self, share: float) -> bool:
        return self._random() < share

    def token(self, length: int) -> str:
        roll = self._random
        return "".join([_PAIRS[int(roll() * 3844)] for _ in range(length // 2)])


class LazyChoices(SeededChoices):
    """Seeded choices that roll only what is shown.

    Args:
        seed: The seed.
        nulls: The share of null where null is allowed; None leaves it to each field.
    """

    __slots__ = ("_nulls",)

    is_lazy = True

    def __init__(self, seed: int, nulls: float | None = None) -> None:
        super().__init__(seed)
        self._nulls = nulls

    def is_null(self, share: float) -> bool:
        return super().is_null(share if self._nulls is None else self._nulls)

    def fork(self, seed: int) -> LazyChoices:
        return LazyChoices(seed, self._nulls)


def seed_for(*parts: object) -> int:
    """A seed from whatever names a thing, far from the seeds of all others.

    The same in every process: it isn't Python's ``hash``.

    Examples:
        >>> seed_for("tests/test_a.py::test_b", 0) == seed_for("tests/test_a.py::test_b", 0)
        True
    """
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:16], "big")
