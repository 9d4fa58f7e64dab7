"""The strategy for invalid payloads: a fault, a valid payload that can have it, and both joined.

The fault is looked for again at the end of each draw: shrinking can turn a broken value into a
valid one, and a label that lies is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from hypothesis import reject
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.catalogues.exploration import explore_blueprint
from kombo_fakes.catalogues.fault import Fault, InvalidPayload
from kombo_fakes.catalogues.faults import faults
from kombo_fakes.core.pointer import get, replace_at
from kombo_fakes.errors import OverrideError, PointerError, SchemaError
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import String
from kombo_fakes.schema.requirements import Requirement, require_values
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.strategies.builder import build_strategy
from kombo_fakes.strategies.options import StrategySettings, Values
from kombo_fakes.strategies.payloads import strategy_for
from kombo_fakes.strategies.realistic import below, generated
from kombo_fakes.strategies.recipes import Recipe, allow_early_building, compose, recipe_of
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT


def invalid_payloads(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    *,
    keywords: Iterable[str] | None = None,
    at: str | None = None,
    ids: Iterable[str] | None = None,
    ambiguous: bool = False,
    allow_nul: bool = True,
    codec: str = "utf-8",
    max_length: int | None = None,
    nulls: float | None = None,
) -> SearchStrategy[InvalidPayload]:
    """A strategy for payloads with exactly one fault, and that fault.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        values: What the rest of the payload is like, as in `payloads`.
        keywords: Only faults of these keywords.
        at: Only faults at this place or below it: a JSON Pointer or a dotted name.
        ids: Only faults with these ids; ``*`` stands for anything.
        ambiguous: As in `payloads`, and so are the others.
        allow_nul: Whether a string may hold U+0000.
        codec: Every string can be encoded in this codec.
        max_length: The most code points that any string has, where the fault isn't its length.
        nulls: The share of null where null is allowed, as in `payloads`.

    Returns:
        A strategy of `InvalidPayload`, a pair ``(payload, fault)``. Each fault is drawn about as
        often as any other. It shrinks towards the first fault of the catalogue and a short payload.

    Raises:
        UnknownNameError: if a keyword, a place or an id isn't in the catalogue.
        SchemaError, OverrideError: as `payloads` does, and if there is no such fault.

    Examples:
        >>> from hypothesis import find
        >>> payload, fault = find(invalid_payloads(ids=["data.state-enum-cut"]), lambda i: True)
        >>> payload["data"]["state"], fault.id
        ('ACTIV', 'data.state-enum-cut')
    """
    settings = StrategySettings(
        values=values,
        ambiguous=ambiguous,
        allow_nul=allow_nul,
        codec=codec,
        max_length=max_length,
        nulls=nulls,
    ).checked()
    schema = Schema.load(event_or_schema)
    chosen = faults(schema, keywords=keywords, at=at, ids=ids)
    if not chosen:
        raise SchemaError(f"{schema.name}: no fault has all of these keywords, places and ids")
    strategy_for(schema, settings)  # So that options which leave nothing are an error now.
    # Hypothesis works out a codec's characters once, and that would slow down the first draw.
    build_strategy(String(), settings, schema.name)
    with allow_early_building():
        is_possible = any(_recipe_of(fault, settings) is not None for fault in chosen)
    if not is_possible:
        raise SchemaError(
            f"{schema.name}: the options leave no payload that could have these faults"
        )
    return _any_of(chosen, settings)


def _any_of(chosen: Sequence[Fault], settings: StrategySettings) -> SearchStrategy[InvalidPayload]:
    count = len(chosen)
    # Most of Hypothesis's examples are the one before with something of it copied to where
    # something of the same size was drawn. A single draw would be the same in all of them, and a
    # quarter of the faults left out of thousands of examples; a sum of several draws isn't.
    parts = [below(count + extra) for extra in (0, 0, 0, 1, 1, 2, 2)]

    def invalid(draw: DrawFn) -> InvalidPayload:
        first = sum([draw(part) for part in parts]) % count
        # The options may leave nothing for one: then it is the next one's turn.
        for fault in (*chosen[first:], *chosen[:first]):
            recipe = _recipe_of(fault, settings)
            if recipe is not None:
                return recipe(draw)
        return reject()

    return compose(invalid)


@lru_cache(maxsize=4096)
def _recipe_of(fault: Fault, settings: StrategySettings) -> Recipe[InvalidPayload] | None:
    """How the payloads that have one fault are drawn; None if the options leave none.

    No strategy for each fault: Hypothesis takes its time for that, and there are many faults.
    """
    valid = _payloads_with(fault, settings)
    if valid is None:
        return None
    payloads_with = recipe_of(valid)
    path, example = fault.site.path, get(fault.examples[0], fault.site.path)
    explores = fault.mutator.explore(fault.site) is not None

    def invalid(draw: DrawFn) -> InvalidPayload:
        payload = payloads_with(draw)
        try:
            value = get(payload, path)
        except PointerError:
            reject()
        near = list(fault.mutator.mutate(value, fault.site)) or [example]
        count = len(near) + explores
        choice = draw(below(count)) if count > 1 else 0
        # What is beyond the near misses is built when it is drawn, since that takes its time.
        further = _explored(fault, settings) if choice == len(near) else None
        broken = near[choice % len(near)] if further is None else draw(further)
        candidate = replace_at(payload, path, broken)
        if not fault.is_in(candidate):
            candidate = replace_at(payload, path, example)
            if not fault.is_in(candidate):
                reject()
        return InvalidPayload(candidate, fault)

    return invalid


def _payloads_with(fault: Fault, settings: StrategySettings) -> SearchStrategy[Any] | None:
    # As for the examples of a fault: the place alone may be had where more can't be.
    for wanted in (fault.requirement, require_values([fault.site.path], fault.schema)):
        strategy = _payloads_that(fault.schema, wanted, settings)
        if strategy is not None:
            return strategy
    return None


@lru_cache(maxsize=1024)
def _payloads_that(
    schema: Schema, requirement: Requirement, settings: StrategySettings
) -> SearchStrategy[Any] | None:
    try:
        plan = build_blueprint(schema, requirement.schema)
        if plan == build_blueprint(schema):
            return strategy_for(schema, settings)
        if settings.values == "realistic":
            return generated(generator_for(schema, requirement), settings)
        return build_strategy(plan, settings, schema.name)
    except (SchemaError, OverrideError):
        return None


@lru_cache(maxsize=4096)
def _explored(fault: Fault, settings: StrategySettings) -> SearchStrategy[Any] | None:
    plan = explore_blueprint(fault.schema, fault.site, fault.mutator)
    if plan is None:
        return None
    try:
        return build_strategy(plan, settings, fault.schema.name)
    except SchemaError:
        return None
