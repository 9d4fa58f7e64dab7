"""Sources of random choices: a seed, or a Hypothesis draw.

Code that makes realistic values asks a `Choices` object and does not know where the choices come
from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""The characters of ids: no 0, O, I or l, which look alike."""

# Two characters at a time take half as many draws.
_PAIRS = tuple(a + b for a in BASE58 for b in BASE58)


class Choices(Protocol):
    """A source of choices."""

    @property
    def is_lazy(self) -> bool:
        """True if values that are not used need not be drawn.

        A seed that draws for everything optional, used or not, gives the same value to each
        property whatever the others are.
        """

    def fork(self, seed: int) -> LazyChoices:
        """Choices of a seed, with the same share of null as these."""

    def pick(self, pool: Sequence[T]) -> T:
        """Choose an element of a sequence that is not empty."""

    def integer(self, low: int, high: int) -> int:
        """Choose an integer between two bounds, both included."""

    def chance(self, share: float) -> bool:
        """Choose True in a share of all calls, from 0 to 1."""

    def is_null(self, share: float) -> bool:
        """Choose whether a nullable value is null.

        Args:
            share: The share of null, from 0 to 1, unless the user asked for another one.
        """

    def token(self, length: int) -> str:
        """Choose characters of base 58. The length is even."""


class SeededChoices:
    """Choices from a seed: the same for the same seed on every Python, without global state.

    Only ``Random.random`` is used. Its sequence is the only one that Python promises to keep.

    Examples:
        >>> SeededChoices(3).token(4) == SeededChoices(3).token(4)
        True
    """

    __slots__ = ("_random",)

    is_lazy = False

    def __init__(self, seed: int) -> None:
        # The bound method saves a look-up for each choice.
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
        draw = self._random
        return "".join([_PAIRS[int(draw() * 3364)] for _ in range(length // 2)])


class LazyChoices(SeededChoices):
    """Seeded choices for values of which only the used ones are drawn.

    Args:
        seed: The seed.
        nulls: The share of null among nullable values, from 0 to 1; None leaves it to each field.
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
    """Derive a seed from the parts of a name, far from the seeds of all other names.

    It is the same in every process, other than Python's ``hash``.

    Examples:
        >>> seed_for("tests/test_a.py::test_b", 0) == seed_for("tests/test_a.py::test_b", 0)
        True
    """
    # Without a separator that names do not contain, ("a", "bc") and ("ab", "c") would be alike.
    text = "\x1f".join(str(part) for part in parts)
    # A name can hold a lone surrogate: Python decodes file names that are not UTF-8 to such.
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:16], "big")
