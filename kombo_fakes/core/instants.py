"""Instants of RFC 3339: checked, compared exactly, and written in many notations.

Strings do not sort as the instants that they stand for: neither with different offsets, nor if
only one of them has a fraction of a second. `datetime` keeps six digits of a fraction, and
overflows in the years 1 and 9999 when it converts to UTC.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import partial

# The digits are [0-9], because `\d` matches the digits of all scripts. The fraction is bounded, so
# that an exact sum stays cheap.
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,40}))?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))"
)

SECOND = 1_000_000_000
"""Nanoseconds in a second."""
_MINUTE, _DAY = 60 * SECOND, 86_400 * SECOND


def parse_instant(text: str) -> Fraction:
    """Read an instant as an exact number of nanoseconds in UTC.

    The first day of the year 1 begins at one day, as `datetime.date.toordinal` counts days.

    Raises:
        ValueError: if it is not a date and time with an offset.

    Examples:
        >>> parse_instant("2021-09-01T12:00:00Z") == parse_instant("2021-09-01T14:00:00.000+02:00")
        True
        >>> parse_instant("2021-09-01T12:00:00.5Z") > parse_instant("2021-09-01T12:00:00Z")
        True
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a date and time with an offset (RFC 3339)")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    nanoseconds = Fraction(int(fraction), 10 ** len(fraction)) * SECOND if fraction else Fraction(0)
    nanoseconds += date(year, month, day).toordinal() * _DAY
    nanoseconds += (hour * 60 + minute) * _MINUTE + second * SECOND
    if sign is not None:
        offset = (int(hours) * 60 + int(minutes)) * _MINUTE
        # An offset is the local time minus UTC (RFC 3339, section 4.2).
        nanoseconds += -offset if sign == "+" else offset
    return nanoseconds


def format_instant(nanoseconds: int, *, digits: int = 3, offset: str = "Z") -> str:
    """Write an instant in the notation of RFC 3339.

    Args:
        nanoseconds: The instant, as `parse_instant` returns it.
        digits: The number of digits of the fraction, from 0 to 9. Further digits are cut off.
        offset: ``"Z"``, or an offset such as ``"+02:00"``.

    Examples:
        >>> format_instant(int(parse_instant("2021-09-01T12:00:00Z")), digits=0, offset="+02:00")
        '2021-09-01T14:00:00+02:00'
    """
    shift = 0
    if offset != "Z":
        shift = (
            (int(offset[1:3]) * 60 + int(offset[4:])) * _MINUTE * (-1 if offset[0] == "-" else 1)
        )
    days, rest = divmod(nanoseconds + shift, _DAY)
    seconds, rest = divmod(rest, SECOND)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # Rounding up could reach the next second, so digits are cut off.
    fraction = f".{rest:09}"[: digits + 1] if digits else ""
    return f"{date.fromordinal(days).isoformat()}T{clock}{fraction}{offset}"


def _digits_needed(nanoseconds: int) -> int:
    return len(f"{nanoseconds % SECOND:09}".rstrip("0"))


def _format_exactly(offset: str, digits: int, nanoseconds: int) -> str:
    needed = max(digits, _digits_needed(nanoseconds))
    return format_instant(nanoseconds, digits=needed, offset=offset)


NOTATIONS: dict[str, Callable[[int], str]] = {
    "milliseconds": partial(_format_exactly, "Z", 3),
    "shortest fraction": partial(_format_exactly, "Z", 0),
    "microseconds": partial(_format_exactly, "Z", 6),
    "nanoseconds": partial(_format_exactly, "Z", 9),
    "+00:00": partial(_format_exactly, "+00:00", 3),
    "+02:00": partial(_format_exactly, "+02:00", 0),
    "-05:30": partial(_format_exactly, "-05:30", 3),
    "+13:00": partial(_format_exactly, "+13:00", 0),
    "-11:00": partial(_format_exactly, "-11:00", 6),
}
"""Notations of an instant, by name. They write every digit that is not zero. The first is usual."""

_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hour>[0-9]{2}):(?P<offset_minute>[0-9]{2}))"
)
# A `$` would also match before a newline at the end.
_full_date = re.compile(_DATE).fullmatch
_full_time = re.compile(_TIME).fullmatch
_date_time = re.compile(f"{_DATE}[Tt]{_TIME}").fullmatch


def is_date_time(text: str) -> bool:
    """Whether a string is a ``date-time`` of RFC 3339, section 5.6.

    Leap seconds and lower-case ``t`` and ``z`` are legal, so they are accepted.

    Examples:
        >>> is_date_time("2021-09-01T12:00:00.000Z"), is_date_time("2021-09-01T12:00:00")
        (True, False)
        >>> is_date_time("2021-02-29T00:00:00Z")
        False
    """
    match = _date_time(text)
    return match is not None and _is_day(match) and _is_moment(match)


def is_date(text: str) -> bool:
    """Whether a string is a ``full-date`` of RFC 3339, section 5.6."""
    match = _full_date(text)
    return match is not None and _is_day(match)


def is_time(text: str) -> bool:
    """Whether a string is a ``full-time`` of RFC 3339, section 5.6."""
    match = _full_time(text)
    return match is not None and _is_moment(match)


def _is_day(match: re.Match[str]) -> bool:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    # The year 0 is a leap year like 400, but `calendar` begins with 1.
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 400, month)[1]


def _is_moment(match: re.Match[str]) -> bool:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    offset_hour, offset_minute = int(match["offset_hour"] or 0), int(match["offset_minute"] or 0)
    if hour > 23 or minute > 59 or offset_hour > 23 or offset_minute > 59:
        return False
    if second <= 59:
        return True
    # A leap second is inserted at 23:59:60 UTC, whatever the local time is.
    sign = -1 if match["sign"] == "-" else 1
    utc = (hour * 60 + minute - sign * (offset_hour * 60 + offset_minute)) % (24 * 60)
    return second == 60 and utc == 23 * 60 + 59
