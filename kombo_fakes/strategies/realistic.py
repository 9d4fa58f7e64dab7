"""The strategy for realistic payloads: the generator of a schema with choices of Hypothesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.core.choices import Choices, SeededChoices
from kombo_fakes.errors import OverrideError, SchemaError
from kombo_fakes.realistic.generator import Examples, RealisticGenerator, generator_for
from kombo_fakes.strategies.alphabets import survives
from kombo_fakes.strategies.drawn_choices import DrawnChoices
from kombo_fakes.strategies.options import StrategySettings
from kombo_fakes.webhooks.names import PooledNames
from kombo_fakes.webhooks.pools.stored import load_pools

if TYPE_CHECKING:
    from kombo_fakes.schema.requirements import Requirement
    from kombo_fakes.schema.schema import Schema

# Of so many samples, nine tenths have to fit `max_length`: Hypothesis gives up if it has to
# throw away more.
_SAMPLES = 100


def build_realistic(
    schema: Schema, settings: StrategySettings, requirement: Requirement | None = None
) -> SearchStrategy[Any]:
    """A strategy for the realistic payloads of a schema.

    Args:
        schema: The schema.
        settings: Checked settings.
        requirement: What the payloads must have besides.

    Raises:
        OverrideError: if realistic values are longer than ``max_length``.
        SchemaError: if no realistic payload can be generated.
    """
    examples: Examples = "some" if settings.codec == "utf-8" else "none"
    if settings.values == "examples":
        examples = "all"
    return _build_generated(generator_for(schema, requirement, examples), settings)


def _build_generated(
    generator: RealisticGenerator, settings: StrategySettings
) -> SearchStrategy[Any]:
    # UTF-8 encodes every name, so the pools need not be searched for it.
    names = PooledNames() if settings.codec == "utf-8" else _EncodableNames(settings.codec)
    longest = settings.max_length

    def fits(payload: Any) -> bool:
        return longest is None or all(len(string) <= longest for string in _list_strings(payload))

    if longest is not None:
        samples = [generator.generate(SeededChoices(seed), names=names) for seed in range(_SAMPLES)]
        needed = max(len(string) for sample in samples for string in _list_strings(sample))
        if sum(fits(sample) for sample in samples) < 0.9 * _SAMPLES:
            raise OverrideError(
                f"max_length={longest}: realistic strings have up to {needed} characters; "
                "values='any' allows any length"
            )

    # An error of the generator is raised now and not in the middle of a test.
    generator.generate(SeededChoices(0), names=names)

    @st.composite
    def payloads(draw: DrawFn) -> Any:
        try:
            return generator.generate(DrawnChoices(draw, settings.nulls), names=names)
        except SchemaError:
            reject()  # Other choices lead to a payload.

    return payloads() if longest is None else payloads().filter(fits)


class _EncodableNames(PooledNames):
    """The names of the pools that a codec can encode."""

    def __init__(self, codec: str) -> None:
        def is_encodable(value: Any) -> bool:
            return survives(str(value), codec)

        pools = load_pools()
        self._organizations = tuple(filter(is_encodable, pools.organizations))
        self._people = tuple(filter(is_encodable, pools.people))
        self._places = tuple(filter(is_encodable, pools.places))
        self._jobs = tuple(filter(is_encodable, pools.jobs))

    def organization(self, choices: Choices) -> str:
        return choices.pick(self._organizations)

    def person(self, choices: Choices) -> tuple[str, str]:
        return choices.pick(self._people)

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        return choices.pick(self._places)

    def job(self, choices: Choices) -> str:
        return choices.pick(self._jobs)


def _list_strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _list_strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _list_strings(item)
