"""Builds the strategy of a blueprint, shape by shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from jsonschema_rs import canonical

from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.generator import RealisticGenerator
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.blueprint.string_words import explain_emptiness
from kombo_fakes.schema.schema import Schema
from kombo_fakes.strategies.alphabets import survives
from kombo_fakes.strategies.arrays import build_array
from kombo_fakes.strategies.budget import DEPTH, ROOM, Sizes
from kombo_fakes.strategies.filters import build_filtered
from kombo_fakes.strategies.numbers import build_number
from kombo_fakes.strategies.objects import build_object
from kombo_fakes.strategies.options import StrategySettings
from kombo_fakes.strategies.recipes import allow_early_building, compose, constant, recipe_of
from kombo_fakes.strategies.strings import StringStrategies

_NULLS = 0.3
"""The share of null where null is allowed and nobody asked for another share."""

# A usual value is drawn instead of any value in steps of one in so many draws.
_KINDS = 64

_FITS = 10_000
"""Stands for any room that is large enough, among rooms in steps of half a power of two."""


def build_strategy(
    blueprint: shapes.Blueprint, settings: StrategySettings, name: str
) -> SearchStrategy[Any]:
    """A strategy for the values of a blueprint.

    Args:
        blueprint: The blueprint.
        settings: Checked settings.
        name: The name of the schema, for error messages.

    Raises:
        SchemaError: if no value satisfies the blueprint and the settings together.
    """
    return Builder(settings, name).build_all(blueprint)


# The strategies of parts that several blueprints of a schema share are built once.
@lru_cache(maxsize=64)
def builder_for(schema: Schema, settings: StrategySettings) -> Builder:
    """The builder of a schema's strategies for checked settings, the same one each time."""
    return Builder(settings, schema.name)


def _describe(settings: StrategySettings) -> str:
    changed = [
        f"{name}={getattr(settings, name)!r}"
        for name in ("allow_nul", "codec", "max_length", "nulls")
        if getattr(settings, name) != getattr(StrategySettings(), name)
    ]
    return f" with {', '.join(changed)}" if changed else ""


class Builder:
    """Builds strategies of blueprints for the same settings.

    Attributes:
        name: The name of the schema, for error messages.
        strings: Builds the strategies of strings.
        sizes: The sizes of blueprints.
    """

    def __init__(self, settings: StrategySettings, name: str) -> None:
        self.name = name
        self.strings: StringStrategies = StringStrategies(settings)
        self.sizes: Sizes = Sizes()
        self._settings = settings
        self._mostly_usual: dict[
            tuple[shapes.String | shapes.Numeric, float], SearchStrategy[Any]
        ] = {}
        self._references: dict[tuple[str, int, int], SearchStrategy[Any]] = {}
        self._built: dict[tuple[int, int, int], SearchStrategy[Any]] = {}

    @property
    def _is_free(self) -> bool:
        """Whether the options allow all strings."""
        settings = self._settings
        return settings.max_length is None and settings.codec == "utf-8" and settings.allow_nul

    def build_all(self, blueprint: shapes.Blueprint) -> SearchStrategy[Any]:
        """The strategy of a whole blueprint; see `build_strategy`."""
        with allow_early_building():
            strategy = self.build(blueprint)
            is_empty = strategy.is_empty
        if is_empty:
            described = _describe(self._settings) or explain_emptiness(blueprint)
            raise SchemaError(f"{self.name}: no value satisfies it{described}")
        return strategy

    def build(
        self, blueprint: shapes.Blueprint, depth: int = 0, room: float = ROOM
    ) -> SearchStrategy[Any]:
        """The strategy of a blueprint; an empty one if nothing satisfies it.

        Args:
            blueprint: The blueprint.
            depth: How many times the shape around it contains itself.
            room: The size that a value may have on average; see `kombo_fakes.strategies.budget`.
        """
        if not isinstance(blueprint, (shapes.Array, shapes.Object, shapes.Union, shapes.Filtered)):
            return self._build(blueprint, depth, room)
        # Where everything fits, strategies are the same whatever room there is.
        if self.sizes.of(blueprint, depth) <= room:
            step, room = _FITS, ROOM
        else:
            # Rooms in steps keep the number of different strategies small.
            step = round(2 * math.log2(room))
            room = 2.0 ** (step / 2)
        key = (id(blueprint), depth, step)
        if key not in self._built:
            # `Sizes` holds on to the blueprint, so that its id is not given to another one.
            self._built[key] = self._build(blueprint, depth, room)
        return self._built[key]

    def _build(self, blueprint: shapes.Blueprint, depth: int, room: float) -> SearchStrategy[Any]:
        match blueprint:
            case shapes.Anything():
                return self._anything
            case shapes.Enumeration(values):
                return _sample(values)
            case shapes.String() | shapes.Numeric():
                return self._build_scalar(blueprint, room)
            case shapes.Array():
                return build_array(self, blueprint, depth, room)
            case shapes.Object():
                return build_object(self, blueprint, depth, room)
            case shapes.Union(branches):
                return self._build_union(branches, depth, room)
            case shapes.Filtered(base, _, _):
                built = self.build(base, depth, room)
                return build_filtered(built, blueprint, self.name, is_free=self._is_free)
            case shapes.Reference():
                return self._build_reference(blueprint, depth, room)

    @cached_property
    def _anything(self) -> SearchStrategy[Any]:
        strings = self.strings.build(shapes.String())
        scalars = st.one_of(
            st.none(),
            st.booleans(),
            self.build(shapes.Numeric(integer=True)),
            self.build(shapes.Numeric(integer=False)),
            strings,
        )
        # Values of any kind stay small, because a payload can hold many of them.
        return st.recursive(
            scalars,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3),
            max_leaves=5,
        )

    def _build_union(
        self, branches: Sequence[shapes.Blueprint], depth: int, room: float
    ) -> SearchStrategy[Any]:
        null = shapes.Enumeration((None,))
        others = tuple(branch for branch in branches if branch != null)
        if null not in branches or not others or self._settings.nulls == 0:
            return st.one_of([self.build(branch, depth, room) for branch in others or branches])
        rest = self._build_union(others, depth, room)
        share = _NULLS if self._settings.nulls is None else self._settings.nulls
        return st.none() if rest.is_empty else _build_nullable(rest, share)

    def _build_reference(
        self, shape: shapes.Reference, depth: int, room: float
    ) -> SearchStrategy[Any]:
        fits = self.sizes.of(shape, depth) <= room
        key = (shape.uri, depth, _FITS if fits else round(2 * math.log2(room)))
        if key not in self._references:
            if depth >= DEPTH:
                self._references[key] = self.build(find_smallest(shape), depth, room)
            else:
                # The target can contain the reference, so it is built when it is first needed.
                self._references[key] = st.deferred(
                    lambda: self.build(shape.target, depth + 1, room)
                )
        return self._references[key]

    def _build_scalar(
        self, shape: shapes.String | shapes.Numeric, room: float
    ) -> SearchStrategy[Any]:
        """A strategy of strings or numbers; most are usual ones where there is little room."""
        any_value = (
            self.strings.build(shape)
            if isinstance(shape, shapes.String)
            else build_number(shape, ambiguous=self._settings.ambiguous)
        )
        if room >= 1 or any_value.is_empty:
            return any_value
        # Powers of two keep the number of different strategies small.
        share = max(1 / _KINDS, 2.0 ** round(math.log2(room)))
        if (shape, share) not in self._mostly_usual:
            usual = self._find_usual_values(shape)
            self._mostly_usual[shape, share] = (
                _build_mostly_usual(usual, any_value, share) if usual else any_value
            )
        return self._mostly_usual[shape, share]

    def _find_usual_values(self, shape: shapes.String | shapes.Numeric) -> tuple[Any, ...]:
        """Some realistic values that the settings allow."""
        generator = RealisticGenerator(shape, "")
        try:
            values = [generator.generate(SeededChoices(seed)) for seed in range(8)]
        except SchemaError:
            return ()
        longest, codec = self._settings.max_length, self._settings.codec
        return tuple(
            value
            for value in values
            if not isinstance(value, str)
            or ((longest is None or len(value) <= longest) and survives(value, codec))
        )


def _sample(values: Sequence[Any]) -> SearchStrategy[Any]:
    # In the order of the document: payloads shrink towards its first value.
    strategy = st.sampled_from(values)
    if any(isinstance(value, (dict, list)) for value in values):
        # A test that changes its payload must not change the payload of the next one.
        return strategy.map(_copy)
    return constant(values[0]) if len(values) == 1 else strategy


def _copy(value: Any) -> Any:
    return canonical.schema.clone(value)


def _build_nullable(rest: SearchStrategy[Any], share: float) -> SearchStrategy[Any]:
    """A strategy that is null in a share of all draws and shrinks to null."""
    percent = round(share * 100)
    if percent <= 0 or percent >= 100:
        return rest if percent <= 0 else st.none()
    divisor = math.gcd(percent, 100)
    is_null = st.sampled_from(
        [True] * (percent // divisor) + [False] * ((100 - percent) // divisor)
    )
    recipe = recipe_of(rest)
    return compose(lambda draw: None if draw(is_null) else recipe(draw))


def _build_mostly_usual(
    usual: Sequence[Any], any_value: SearchStrategy[Any], share: float
) -> SearchStrategy[Any]:
    """A strategy of usual values, and of any value in a share of all draws."""
    kinds = st.sampled_from(range(_KINDS))
    usual_kinds = _KINDS - max(1, round(_KINDS * share))
    recipe = recipe_of(any_value)

    def draw_value(draw: DrawFn) -> Any:
        kind = draw(kinds)
        # Draws shrink to 0, so the first kinds are usual values.
        return usual[kind % len(usual)] if kind < usual_kinds else recipe(draw)

    return compose(draw_value)
