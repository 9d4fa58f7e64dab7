"""The Hypothesis strategies for valid payloads, of one event or of several."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.strategies.builder import build_strategy
from kombo_fakes.strategies.options import (
    StrategyOptions,
    StrategySettings,
    Values,
    check_option_names,
)
from kombo_fakes.strategies.recipes import allow_early_building
from kombo_fakes.types import (
    EventName,
    Payload,
)
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, check_event, events

if TYPE_CHECKING:
    from typing_extensions import Unpack


# What an editor completes: the payload of each event by its name.
def payloads(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    *,
    ambiguous: bool = False,
    allow_nul: bool = True,
    codec: str = "utf-8",
    max_length: int | None = None,
    nulls: float | None = None,
) -> SearchStrategy[Any]:
    """A strategy for valid payloads.

    The options for text apply to every string and to the keys of open objects; what the schema
    itself fixes (property names, enums) stays as it is.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        values: ``"any"``: everything that the schema allows and good validators agree on, from
            empty strings to the far ends of the calendar. ``"realistic"``: what Kombo sends on
            a usual day, coherent, from the pools that this package carries.
        ambiguous: Draw also what is legal by the letter and on which good validators disagree:
            quoted local parts, leap seconds, lower-case ``t`` and ``z``, lone surrogates.
        allow_nul: Whether a string may hold U+0000. It is legal JSON and stops many databases.
        codec: Every string can be encoded in this codec (``"ascii"``, ``"latin-1"``, ...).
        max_length: The most code points that any string has.
        nulls: The share of null, from 0 to 1, where null is allowed: about 0.3 by default. It is
            what is aimed at: Hypothesis repeats what is simple, so that a small share comes out
            larger. 0 and 1 are exact, but for realistic values where null or its absence tells
            something: what isn't archived has no ``archived_at``.

    Returns:
        A strategy of JSON values as Python objects. It shrinks towards short payloads.

    Raises:
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.
        SchemaError: if nothing satisfies the schema, or the schema and the options together.
        OverrideError: if an option makes no sense.

    Examples:
        >>> from hypothesis import find
        >>> find(payloads(), lambda p: p["data"]["state"] == "INVALID")["data"]["updated_at"]
        '2000-01-01T00:00:00Z'
    """
    settings = StrategySettings(
        values=values,
        ambiguous=ambiguous,
        allow_nul=allow_nul,
        codec=codec,
        max_length=max_length,
        nulls=nulls,
    )
    return strategy_for(Schema.load(event_or_schema), settings.checked())


def event_payloads(
    names: EventName | Iterable[EventName] | None = None,
    values: Values = "any",
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[Payload]:
    """A strategy for valid payloads of several events, as they arrive at one URL.

    Args:
        names: The events, or one of them; all that are shipped by default.
        values: As in `payloads`.
        **options: The other arguments of `payloads`.

    Raises:
        UnknownNameError: if there is no such event.

    Examples:
        >>> from hypothesis import find
        >>> find(event_payloads(["sync-finished", "data-changed"]), lambda p: True)["type"]
        'data-changed'
    """
    check_option_names("event_payloads", options)
    if names is None:
        chosen: tuple[str, ...] = events()
    else:
        chosen = (names,) if isinstance(names, str) else tuple(names)
    if not chosen:
        raise SchemaError("no events, so no payloads")
    for name in chosen:
        check_event(name)
    # By name, so that what a failure shrinks to doesn't depend on the order given.
    return st.one_of([payloads(name, values, **options) for name in sorted(set(chosen))])


@lru_cache(maxsize=256)
def strategy_for(schema: Schema, settings: StrategySettings) -> SearchStrategy[Any]:
    """The strategy for a schema and checked options, built once."""
    if settings.values == "realistic":
        from kombo_fakes.strategies.realistic import realistic

        with allow_early_building():
            return realistic(schema, settings)
    return build_strategy(build_blueprint(schema), settings, schema.name)
