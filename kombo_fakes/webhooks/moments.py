"""Instants in payloads: which ones are realistic, and how Kombo writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from operator import itemgetter
from typing import Any

from kombo_fakes.core.choices import Choices
from kombo_fakes.core.instants import is_date_time

# Realistic instants are in the four years that begin here.
_EPOCH = datetime(2022, 1, 1, tzinfo=timezone.utc)
_MINUTES = 4 * 365 * 24 * 60


def timestamp(moment: datetime) -> str:
    """Write an instant as Kombo does: in UTC, with milliseconds and ``Z``.

    Examples:
        >>> timestamp(datetime(2021, 9, 1, 12, tzinfo=timezone.utc))
        '2021-09-01T12:00:00.000Z'
    """
    # strftime's own %Y writes the year 1 as 1.
    second = moment.strftime(f"{moment.year:04}-%m-%dT%H:%M:%S.")
    return f"{second}{moment.microsecond // 1000:03}Z"


MARKED_INSTANT = timestamp(_EPOCH - timedelta(milliseconds=1))
"""An instant that no realistic payload has. Templates mark places with it."""


def draw_moment(choices: Choices, pins: dict[str, Any] | None = None) -> datetime:
    """Draw a moment, or return the one that the fact ``moment`` is pinned to."""
    minutes, milliseconds = choices.integer(0, _MINUTES), choices.integer(0, 59_999)
    moment = _EPOCH + timedelta(minutes=minutes, milliseconds=milliseconds)
    return moment if pins is None else pins.get("moment", moment)


def draw_instant(choices: Choices, pins: dict[str, Any] | None = None) -> str:
    """Draw a moment as `draw_moment` does, written as Kombo writes it."""
    return timestamp(draw_moment(choices, pins))


def pinned_moment(pins: dict[str, Any], fact: str) -> datetime | None:
    """Return the moment in UTC to which a fact is pinned.

    Returns:
        None if the fact is not pinned, or not to a ``date-time`` that `datetime` can hold.
    """
    value = pins.get(fact)
    if not isinstance(value, str) or not is_date_time(value):
        return None
    # The text is known to be a date-time (RFC 3339, 5.6), so each part has a fixed place. Python
    # 3.10 reads too few of these forms itself.
    fraction = value[19:].rstrip("Zz").partition(".")[2].replace("-", "+").partition("+")[0]
    offset = timedelta()
    if value[-1] not in "Zz":
        offset = timedelta(hours=int(value[-5:-3]), minutes=int(value[-2:]))
        offset = -offset if value[-6] == "-" else offset
    try:
        moment = datetime.fromisoformat(value[:10] + " " + value[11:19])
    except ValueError:
        return None  # A leap second, or the year 0.
    # RFC 3339 allows more digits, but datetime has no room for them.
    microseconds = int(fraction[:6].ljust(6, "0"))
    moment = moment.replace(microsecond=microseconds, tzinfo=timezone.utc)
    return shift(moment, -offset)


def shift(moment: datetime, time: timedelta) -> datetime:
    """Add some time to a moment, unless the sum is not in the years 1 to 9999."""
    try:
        return moment + time
    except OverflowError:
        return moment


def instants(words: Sequence[int]) -> tuple[Sequence[bytes], Sequence[bytes], Sequence[bytes]]:
    """Make the ASCII bytes of usual instants from random numbers.

    Args:
        words: Numbers of 16 bits, three for each instant.

    Returns:
        The days, the minutes, and the seconds with their ends, of all instants. The caller joins
        them together with the text around them, which is faster than joining them first.

    Examples:
        >>> days, minutes, ends = instants([0, 0, 0, 65_535, 65_535, 65_535])
        >>> list(map(b"".join, zip(days, minutes, ends, strict=True)))
        [b'2022-01-01T00:00:00.000Z', b'2025-12-30T23:59:59.999Z']
    """
    days, minutes, ends = _calendar()
    return _pick(words[::3], days), _pick(words[1::3], minutes), _pick(words[2::3], ends)


def _pick(places: Sequence[int], items: Sequence[bytes]) -> Sequence[bytes]:
    # One call for many items takes half the time of a call for each. For one place, itemgetter
    # returns no tuple.
    return itemgetter(*places)(items) if len(places) > 1 else [items[place] for place in places]


@cache
def _calendar() -> tuple[list[bytes], list[bytes], list[bytes]]:
    """The parts of instants, each list with an entry for every number of 16 bits."""
    days = [timestamp(_EPOCH + timedelta(days=n))[:11].encode() for n in range(_MINUTES // 1_440)]
    minutes = [f"{n // 60:02}:{n % 60:02}:".encode() for n in range(1_440)]
    # 16 bits have room for a second and its milliseconds.
    ends = [f"{n // 1_000:02}.{n % 1_000:03}Z".encode() for n in range(60_000)]
    return (
        [days[word * len(days) >> 16] for word in range(1 << 16)],
        [minutes[word * 1_440 >> 16] for word in range(1 << 16)],
        [ends[word * 60_000 >> 16] for word in range(1 << 16)],
    )
