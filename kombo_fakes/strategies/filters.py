"""Strategies for values that a check decides about, because no shape can say what is allowed."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from hypothesis import HealthCheck, given, reject, settings
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.generator import RealisticGenerator
from kombo_fakes.schema.blueprint.shapes import Filtered
from kombo_fakes.strategies.drawn_choices import integers_below
from kombo_fakes.strategies.recipes import compose, recipe_of

_TRIES = 4
"""How many values are drawn until a made one takes their place."""

_SEEDS = 64
"""How many different values are made."""

_FEEDS = 40


def build_filtered(
    base: SearchStrategy[Any], shape: Filtered, name: str, *, is_free: bool
) -> SearchStrategy[Any]:
    """A strategy for the values of a shape that pass a check.

    Hypothesis gives up on a strategy most of whose draws are thrown away. So a value that is made
    from a seed takes the place of drawn ones that do not pass.

    Args:
        base: The strategy of what is checked.
        shape: The shape.
        name: The name of the schema, for error messages.
        is_free: True if the options allow all strings, and so whatever is made.

    Raises:
        SchemaError: if no value is found.
    """
    if base.is_empty:
        return base
    generator = RealisticGenerator(shape, "")
    if not is_free or not _makes_values(generator):
        filtered = base.filter(shape.check)
        if not _draws_values(filtered):
            raise SchemaError(
                f"{name}: found no value that satisfies it: {shape.keyword} rejects what the other "
                "keywords allow"
            )
        return filtered
    draw_base, seeds = recipe_of(base), integers_below(_SEEDS)

    def draw_checked(draw: DrawFn) -> Any:
        for _ in range(_TRIES):
            value = draw_base(draw)
            if shape.check(value):
                return value
        try:
            return generator.generate(SeededChoices(draw(seeds)))
        except SchemaError:
            reject()

    return compose(draw_checked)


def _makes_values(generator: RealisticGenerator) -> bool:
    try:
        for seed in range(3):
            generator.generate(SeededChoices(seed))
    except SchemaError:
        return False
    return True


def _draws_values(strategy: SearchStrategy[Any]) -> bool:
    found: list[Any] = []

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    feed = cast(Any, collect).hypothesis.fuzz_one_input
    for attempt in range(_FEEDS):
        noise = hashlib.shake_256(str(attempt).encode()).digest(4096)
        # Zeros make plainer values: half of all bytes are zeros in every other attempt.
        feed(noise if attempt % 2 else noise.translate(_THINNED))
        if found:
            return True
    return False


_THINNED = bytes(0 if byte < 128 else byte for byte in range(256))
