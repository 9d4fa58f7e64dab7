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
from kombo_fakes.strategies.builder import builder_for
from kombo_fakes.strategies.options import (
    StrategyOptions,
    StrategySettings,
    Values,
    check_option_names,
)
from kombo_fakes.strategies.recipes import allow_early_building
from kombo_fakes.types import EventName, Payload
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, check_event, events

if TYPE_CHECKING:
    from typing_extensions import Unpack


def payloads(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[Any]:
    """A strategy for valid payloads.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        values: ``"any"``: everything that the schema allows, and on which validators agree, from
            empty strings to the far ends of the calendar. ``"realistic"``: what Kombo sends on
            a usual day. The values of a payload agree with each other. ``"examples"``: realistic,
            with the schema's ``examples``, ``example`` and ``default`` wherever they are valid.
        **options: See below.

    Keyword Args:
        ambiguous (bool): True to draw also what the standards allow, and on which validators
            disagree: quoted local parts of addresses, leap seconds, lower-case ``t`` and ``z`` in
            instants, lone surrogates, multiples of 0.01 such as 0.57. False by default.
        allow_nul (bool): False to leave out U+0000, which is legal in JSON and which many
            databases reject. True by default.
        codec (str): A codec that can encode every string: ``"ascii"``, ``"latin-1"``, ... It is
            ``"utf-8"`` by default.
        max_length (int | None): The most code points that a string has; None for no limit.
        nulls (float | None): The share of null where null is allowed, from 0 to 1. None is about
            0.3 for values of any kind, and as in practice for realistic ones. 0 and 1 are exact.
            Other shares come out larger if they are small, because Hypothesis repeats simple
            values. In realistic payloads, a null that means something stays: what is not archived
            has no ``archived_at``.

    The options for strings apply to every string and to the keys of open objects. What the schema
    itself fixes (property names and enums) stays as it is.

    Returns:
        A strategy of JSON values as Python objects. It shrinks towards short payloads.

    Raises:
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.
        SchemaError: if no value satisfies the schema, or the schema and the options together.
        OverrideError: if an option is invalid.

    Examples:
        >>> from hypothesis import find
        >>> find(payloads(), lambda p: p["data"]["state"] == "INVALID")["data"]["updated_at"]
        '2000-01-01T00:00:00Z'
    """
    settings = StrategySettings.from_options("payloads", values, options)
    return strategy_for(Schema.load(event_or_schema), settings)


def event_payloads(
    names: EventName | Iterable[EventName] | None = None,
    values: Values = "any",
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[Payload]:
    """A strategy for valid payloads of several events, as they arrive at one URL.

    Args:
        names: The names of the events, or one name; all shipped events by default.
        values: As in `payloads`.
        **options: The other arguments of `payloads`.

    Raises:
        UnknownNameError: if there is no such event.
        SchemaError: if there are no names.
        OverrideError: if an option is invalid.

    Examples:
        >>> from hypothesis import find
        >>> from kombo_fakes import events
        >>> find(event_payloads(events()[1:3]), lambda p: True)["type"] == events()[1]
        True
    """
    check_option_names("event_payloads", options)
    if names is None:
        chosen: tuple[str, ...] = events()
    else:
        chosen = (names,) if isinstance(names, str) else tuple(names)
    if not chosen:
        raise SchemaError("names= is empty: name at least one event")
    for name in chosen:
        check_event(name)
    # Sorted, so that the event that a failure shrinks to does not depend on the order given.
    return st.one_of([payloads(name, values, **options) for name in sorted(set(chosen))])


# Hypothesis examines a strategy when it is first used, so the same one is returned each time.
@lru_cache(maxsize=256)
def strategy_for(schema: Schema, settings: StrategySettings) -> SearchStrategy[Any]:
    """The strategy for a schema and checked settings, the same one each time."""
    if settings.values != "any":
        from kombo_fakes.strategies.realistic import build_realistic

        with allow_early_building():
            return build_realistic(schema, settings)
    return builder_for(schema, settings).build_all(build_blueprint(schema))
