"""The strategy for invalid payloads: a fault, a valid payload that can have it, and both joined.

The fault is looked for again at the end of each draw: shrinking can turn a broken value into a
valid one, and a label that lies is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.blueprint import blueprint
from kombo_fakes.catalogue import Fault, InvalidPayload, explored_blueprint, faults
from kombo_fakes.errors import SchemaError
from kombo_fakes.knobs import Knobs, Values
from kombo_fakes.pointer import get, replaced
from kombo_fakes.presence import Requirement
from kombo_fakes.registry import DEFAULT_EVENT
from kombo_fakes.schema import Schema, SchemaLike
from kombo_fakes.strategies import strategy_for, strategy_of


def invalid_payloads(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    *,
    keywords: Iterable[str] | None = None,
    at: str | None = None,
    ids: Iterable[str] | None = None,
    contested: bool = False,
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
        contested: As in `payloads`, and so are the others.
        allow_nul: Whether a string may hold U+0000.
        codec: Every string can be encoded in this codec.
        max_length: The most code points that any string has, where the fault isn't its length.
        nulls: The share of null where null is allowed.

    Returns:
        A strategy of `InvalidPayload`, a pair ``(payload, fault)``. It shrinks towards the
        first fault of the catalogue and a short payload.

    Raises:
        UnknownNameError: if a keyword, a place or an id isn't in the catalogue.
        SchemaError, OverrideError: as `payloads` does, and if there is no such fault.

    Example:
        >>> from hypothesis import find
        >>> payload, fault = find(invalid_payloads(ids=["data.state-enum-cut"]), lambda i: True)
        >>> payload["data"]["state"], fault.id
        ('ACTIV', 'data.state-enum-cut')
    """
    knobs = Knobs(
        values=values,
        contested=contested,
        allow_nul=allow_nul,
        codec=codec,
        max_length=max_length,
        nulls=nulls,
    ).checked()
    schema = Schema.load(event_or_schema)
    chosen = faults(schema, keywords=keywords, at=at, ids=ids)
    if not chosen:
        raise SchemaError(f"{schema.name}: no fault has all of these keywords, places and ids")
    strategy_for(schema, knobs)  # So that knobs which leave nothing are an error now.
    return st.sampled_from(chosen).flatmap(lambda fault: strategy_of_fault(fault, knobs))


@lru_cache(maxsize=4096)
def strategy_of_fault(fault: Fault, knobs: Knobs) -> SearchStrategy[InvalidPayload]:
    """The strategy for the payloads that have one fault."""
    path, example = fault.site.path, get(fault.examples[0], fault.site.path)
    valid = _payloads_with(fault.schema, fault.requirement, knobs)
    explored = _explored(fault, knobs)

    @st.composite
    def invalid(draw: DrawFn) -> InvalidPayload:
        payload = draw(valid)
        near = list(fault.breakage.broken(get(payload, path), fault.site)) or [example]
        choice = draw(st.integers(0, len(near) - (1 if explored is None else 0)))
        broken = near[choice] if choice < len(near) or explored is None else draw(explored)
        candidate = replaced(payload, path, broken)
        if not fault.is_in(candidate):
            candidate = replaced(payload, path, example)
            if not fault.is_in(candidate):
                reject()
        return InvalidPayload(candidate, fault)

    return invalid()


@lru_cache(maxsize=1024)
def _payloads_with(schema: Schema, requirement: Requirement, knobs: Knobs) -> SearchStrategy[Any]:
    plan = blueprint(schema, requirement.schema)
    if plan == blueprint(schema):
        return strategy_for(schema, knobs)
    if knobs.values == "realistic":
        from kombo_fakes.portrait import portrait_for
        from kombo_fakes.realistic_strategy import painted

        return painted(portrait_for(schema, requirement), knobs)
    return strategy_of(plan, knobs, schema.name)


def _explored(fault: Fault, knobs: Knobs) -> SearchStrategy[Any] | None:
    plan = explored_blueprint(fault.schema, fault.site, fault.breakage)
    if plan is None:
        return None
    try:
        return strategy_of(plan, knobs, fault.schema.name)
    except SchemaError:
        return None
