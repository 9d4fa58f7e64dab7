"""The strategy for invalid payloads: a fault, a valid payload with room for it, and both combined.

The fault is confirmed at the end of each draw. Shrinking can turn an invalid value into a valid
one, and then the pair of payload and fault would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import reject
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.catalogues.exploration import explore_blueprint
from kombo_fakes.catalogues.fault import Fault, InvalidPayload
from kombo_fakes.catalogues.faults import faults
from kombo_fakes.core.pointer import get, replace_at
from kombo_fakes.errors import OverrideError, PointerError, SchemaError
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import String
from kombo_fakes.schema.requirements import Requirement, require_values
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.strategies.builder import build_strategy, builder_for
from kombo_fakes.strategies.drawn_choices import integers_below
from kombo_fakes.strategies.options import StrategyOptions, StrategySettings, Values
from kombo_fakes.strategies.payloads import strategy_for
from kombo_fakes.strategies.realistic import build_realistic
from kombo_fakes.strategies.recipes import Recipe, allow_early_building, compose, recipe_of
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

if TYPE_CHECKING:
    from typing_extensions import Unpack


def invalid_payloads(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    *,
    keywords: Iterable[str] | None = None,
    at: str | None = None,
    ids: Iterable[str] | None = None,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[InvalidPayload]:
    """A strategy for payloads with exactly one fault, each with its fault.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        values: What the rest of the payload is like; see `payloads`.
        keywords: Keywords whose faults to draw; all by default.
        at: A JSON Pointer or dotted name. Only faults at this place or below it are drawn.
        ids: Ids of the faults to draw, with ``*`` for anything; all by default.
        **options: The other arguments of `payloads`: ``ambiguous``, ``allow_nul``, ``codec``,
            ``max_length`` and ``nulls``. They apply to everything but the fault itself.

    Returns:
        A strategy of `InvalidPayload`, a pair ``(payload, fault)``. Faults are drawn about equally
        often. It shrinks towards the first fault of the catalogue and a short payload.

    Raises:
        UnknownNameError: if a keyword, a place or an id is not in the catalogue.
        SchemaError, OverrideError: as `payloads` does, and if no fault is left to draw.

    Examples:
        >>> from hypothesis import find
        >>> payload, fault = find(invalid_payloads(ids=["data.state-enum-cut"]), lambda i: True)
        >>> payload["data"]["state"], fault.id
        ('ACTIV', 'data.state-enum-cut')
    """
    settings = StrategySettings.from_options("invalid_payloads", values, options)
    schema = Schema.load(event_or_schema)
    chosen = faults(schema, keywords=keywords, at=at, ids=ids)
    if not chosen:
        if keywords is None and at is None and ids is None:
            raise SchemaError(f"{schema.name}: no payload is invalid, because every value is valid")
        raise SchemaError(
            f"{schema.name}: no fault matches keywords=, at= and ids= together; leave one out"
        )
    strategy_for(schema, settings)  # Raises now if the options leave no valid payload.
    # Hypothesis computes the characters of a codec once, which would slow down the first draw.
    build_strategy(String(), settings, schema.name)
    with allow_early_building():
        is_possible = any(_recipe_for(fault, settings) is not None for fault in chosen)
    if not is_possible:
        raise SchemaError(
            f"{schema.name}: the options leave no payload that could have one of these faults"
        )
    return _build_any_of(chosen, settings)


def _build_any_of(
    chosen: Sequence[Fault], settings: StrategySettings
) -> SearchStrategy[InvalidPayload]:
    count = len(chosen)
    # Hypothesis makes most examples from an earlier one, by copying a part of it to where
    # something of the same size was drawn. A single draw of the fault would survive in all of
    # them, and thousands of examples would leave out a quarter of the faults. A sum of several
    # draws of different sizes changes more often.
    parts = [integers_below(count + extra) for extra in (0, 0, 0, 1, 1, 2, 2)]

    def draw_invalid(draw: DrawFn) -> InvalidPayload:
        first = sum([draw(part) for part in parts]) % count
        # Where the options leave no payload for a fault, the next fault is drawn instead.
        for fault in (*chosen[first:], *chosen[:first]):
            recipe = _recipe_for(fault, settings)
            if recipe is not None:
                return recipe(draw)
        return reject()

    return compose(draw_invalid)


@lru_cache(maxsize=4096)
def _recipe_for(fault: Fault, settings: StrategySettings) -> Recipe[InvalidPayload] | None:
    """How to draw payloads with a fault; None if the options leave none.

    A recipe and no strategy, because Hypothesis takes long to set up hundreds of strategies.
    """
    valid = _build_with_room(fault, settings)
    if valid is None:
        return None
    draw_valid = recipe_of(valid)
    path, example = fault.site.path, get(fault.examples[0], fault.site.path)
    explores = fault.mutator.explore(fault.site) is not None

    def draw_invalid(draw: DrawFn) -> InvalidPayload:
        payload = draw_valid(draw)
        try:
            value = get(payload, path)
        except PointerError:
            reject()
        near_misses = list(fault.mutator.mutate(value, fault.site)) or [example]
        count = len(near_misses) + explores
        choice = draw(integers_below(count)) if count > 1 else 0
        # The strategy for values beyond the near misses is built when it is first drawn from,
        # because building one for each fault takes long.
        further = _build_explored(fault, settings) if choice == len(near_misses) else None
        if further is None:
            broken = near_misses[choice % len(near_misses)]
        else:
            broken = draw(further)
        candidate = replace_at(payload, path, broken)
        if not fault.is_in(candidate):
            candidate = replace_at(payload, path, example)
            if not fault.is_in(candidate):
                reject()
        return InvalidPayload(candidate, fault)

    return draw_invalid


def _build_with_room(fault: Fault, settings: StrategySettings) -> SearchStrategy[Any] | None:
    """A strategy for valid payloads with room for a fault; None if the options leave none."""
    # Some faults need more than a value in their place. Where that cannot be had together with
    # the options, a value in the place may still do.
    for wanted in (fault.requirement, require_values([fault.site.path])):
        strategy = _build_required(fault.schema, wanted, settings)
        if strategy is not None:
            return strategy
    return None


@lru_cache(maxsize=1024)
def _build_required(
    schema: Schema, requirement: Requirement, settings: StrategySettings
) -> SearchStrategy[Any] | None:
    try:
        blueprint = build_blueprint(schema, requirement)
        if blueprint is build_blueprint(schema):
            return strategy_for(schema, settings)
        if settings.values != "any":
            return build_realistic(schema, settings, requirement)
        return builder_for(schema, settings).build_all(blueprint)
    except (SchemaError, OverrideError):
        return None


@lru_cache(maxsize=4096)
def _build_explored(fault: Fault, settings: StrategySettings) -> SearchStrategy[Any] | None:
    """A strategy for all invalid values of a fault; None if it has only near misses."""
    blueprint = explore_blueprint(fault.schema, fault.site, fault.mutator)
    if blueprint is None:
        return None
    try:
        return build_strategy(blueprint, settings, fault.schema.name)
    except SchemaError:
        return None
