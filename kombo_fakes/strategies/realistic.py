"""The strategy for realistic payloads: the generator of a schema, with Hypothesis at the choices.

Each choice is a draw of its own, so that payloads shrink and replay like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.core.choices import BASE62, Choices, LazyChoices, SeededChoices
from kombo_fakes.errors import OverrideError, SchemaError
from kombo_fakes.realistic.generator import RealisticGenerator, generator_for
from kombo_fakes.strategies.alphabets import survives
from kombo_fakes.strategies.options import StrategySettings
from kombo_fakes.webhooks.names import PooledNames
from kombo_fakes.webhooks.pools.stored import load_pools

if TYPE_CHECKING:
    from kombo_fakes.schema.schema import Schema

T = TypeVar("T")

_SAMPLES = 100


def realistic(schema: Schema, settings: StrategySettings) -> SearchStrategy[Any]:
    """A strategy for the realistic payloads of a schema.

    Raises:
        OverrideError: if ``max_length`` is below what realistic values need.
    """
    return generated(generator_for(schema), settings)


def generated(generator: RealisticGenerator, settings: StrategySettings) -> SearchStrategy[Any]:
    """A strategy for what a generator paints."""
    names = PooledNames() if settings.codec == "utf-8" else _EncodableNames(settings.codec)
    longest = settings.max_length

    def fits(payload: Any) -> bool:
        return longest is None or all(len(text) <= longest for text in _texts(payload))

    if longest is not None:
        samples = [generator.generate(SeededChoices(seed), names=names) for seed in range(_SAMPLES)]
        needed = max(len(text) for sample in samples for text in _texts(sample))
        if sum(fits(sample) for sample in samples) < 0.9 * _SAMPLES:
            raise OverrideError(
                f"max_length={longest}: realistic values have up to {needed} characters; "
                "values='any' takes any length"
            )

    generator.generate(SeededChoices(0), names=names)  # What can't be generated is an error now.

    @st.composite
    def payloads(draw: DrawFn) -> Any:
        try:
            return generator.generate(DrawnChoices(draw, settings.nulls), names=names)
        except SchemaError:
            reject()  # Other rolls have it.

    return payloads() if longest is None else payloads().filter(fits)


class DrawnChoices:
    """Choices that Hypothesis rolls: each choice is a draw.

    Args:
        draw: What a composite strategy was given.
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
        # What is nearest to 0 comes first, and what is above it before what is below.
        return number if number <= high else high - number - (high < 0)

    def chance(self, share: float) -> bool:
        of_hundred = round(share * 100)
        if of_hundred <= 0 or of_hundred >= 100:
            return of_hundred > 0
        # What is left out and what isn't null is what it shrinks to.
        return self._below(100) >= 100 - of_hundred

    def is_null(self, share: float) -> bool:
        return self.chance(share if self._nulls is None else self._nulls)

    def fork(self, seed: int) -> LazyChoices:
        return LazyChoices(seed, self._nulls)

    def token(self, length: int) -> str:
        return _token(self._below(min(len(BASE62) ** length, 2**64)), length)

    def _below(self, count: int) -> int:
        number: int = self._draw(below(count)) if count > 1 else 0
        return number


class _EncodableNames(PooledNames):
    """The names of the pools that a codec has letters for."""

    def __init__(self, codec: str) -> None:
        def encodable(value: Any) -> bool:
            return survives(str(value), codec)

        self._organizations = tuple(filter(encodable, load_pools().organizations))
        self._people = tuple(filter(encodable, load_pools().people))
        self._places = tuple(filter(encodable, load_pools().places))
        self._jobs = tuple(filter(encodable, load_pools().jobs))

    def organization(self, choices: Choices) -> str:
        return choices.pick(self._organizations)

    def person(self, choices: Choices) -> tuple[str, str]:
        return choices.pick(self._people)

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        return choices.pick(self._places)

    def job(self, choices: Choices) -> str:
        return choices.pick(self._jobs)


@lru_cache(maxsize=1024)
def below(count: int) -> SearchStrategy[int]:
    """The integers from 0 up to a count, each as likely as the others if they aren't too many.

    Hypothesis repeats what it drew where something of its kind is drawn. Ranges are of a kind if
    they are of one size; integers all are, and bounds of one are bent to those of another.
    """
    return st.sampled_from(range(count)) if count < 2**31 else st.integers(0, count - 1)


def _token(number: int, length: int) -> str:
    """A number as letters of base 62: the plainest for 0, and another one for each number.

    What Hypothesis draws of a long range is small for the most part, so it is scattered:
    multiplied, modulo the number of tokens, by something prime to that.
    """
    factor, letters = _scatter(length), []
    number *= factor
    for place in range(length - 1, -1, -1):
        # 0123... for 0.
        number, letter = divmod(number + place, len(BASE62))
        letters.append(BASE62[letter])
    return "".join(reversed(letters))


@cache
def _scatter(length: int) -> int:
    # By the golden section: none of its multiples come near another.
    factor: int = len(BASE62) ** length * 0x9E3779B97F4A7C15F39CC0605CEDC835 >> 128 | 1
    return factor + 2 if factor % 31 == 0 else factor


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
