"""The event ``sync-finished``: a sync of an integration came to its end."""

from __future__ import annotations

from datetime import timedelta

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Event, Facts, Group, SeenChange
from kombo_fakes.webhooks.moments import draw_moment, pinned_moment, shift, timestamp
from kombo_fakes.webhooks.names import Names
from kombo_fakes.webhooks.shared_fields import LOG

_STATES = (
    *["SUCCEEDED"] * 14,
    *["PARTIALLY_FAILED"] * 2,
    *["FAILED", "AUTHENTICATION_FAILED", "TIMED_OUT", "CANCELLED"],
)


def _draw_sync(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    started, seconds = draw_moment(choices, pins), choices.integer(1, 5_400)
    fraction = choices.integer(0, 999)
    facts["sync_id"] = choices.token(24)
    facts["sync_state"] = pins.get("sync_state", choices.pick(_STATES))
    seconds = pins.get("sync_seconds", seconds)
    pinned_start = pinned_moment(pins, "sync_started_at")
    pinned_end = pinned_moment(pins, "sync_ended_at")
    if pinned_start and pinned_end and pinned_start <= pinned_end and "sync_seconds" not in pins:
        seconds = int((pinned_end - pinned_start).total_seconds())
    facts["sync_seconds"] = seconds
    # A user may override the field by any value, and timedelta raises for some of them.
    known = isinstance(seconds, (int, float)) and 0 <= seconds < 1e9
    # Kombo counts whole seconds and cuts off the fraction.
    lasted = timedelta(seconds=seconds if known else 0, milliseconds=fraction)
    if pinned_start is None and pinned_end is not None:
        started = shift(pinned_end, -lasted)
    started = pinned_start or started
    ended = pinned_end or shift(started, lasted)
    facts["sync_started_at"], facts["sync_ended_at"] = timestamp(started), timestamp(ended)


_SYNC = Group(
    "sync",
    {_draw_sync: ("sync_id", "sync_state", "sync_seconds", "sync_started_at", "sync_ended_at")},
)

EVENT = Event(
    name="sync-finished",
    # The log comes last: another order would change the bytes of every seed.
    groups=(_SYNC, LOG),
    fields={
        "data.sync_id": "sync_id",
        "data.sync_state": "sync_state",
        "data.sync_started_at": "sync_started_at",
        "data.sync_ended_at": "sync_ended_at",
        "data.sync_duration_seconds": "sync_seconds",
    },
    changes=(
        SeenChange(
            "fraction",
            "/data/sync_duration_seconds",
            "seconds with a fraction",
            "Kombo's older guide to webhooks, where it is 14.509",
            value=14.509,
        ),
    ),
)
