"""Which strings a ``format`` allows, where the validator underneath is too generous.

jsonschema-rs (0.60) takes some texts that RFC 3339 refuses (``20.1-09-01T12:00:00Z``) and
addresses with a display name; here the letter of the RFC decides. The other formats are
checked by jsonschema-rs alone.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache

import jsonschema_rs

from kombo_fakes.schema.vocabulary import DRAFT_7, dialect_of

_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hour>[0-9]{2}):(?P<offset_minute>[0-9]{2}))"
)
_full_date = re.compile(_DATE).fullmatch
_full_time = re.compile(_TIME).fullmatch
_date_time = re.compile(f"{_DATE}[Tt]{_TIME}").fullmatch


def is_date_time(text: str) -> bool:
    """Whether a text is a ``date-time`` of RFC 3339, section 5.6.

    Leap seconds and lower-case ``t`` and ``z`` are legal by the letter, so they pass.

    Examples:
        >>> is_date_time("2021-09-01T12:00:00.000Z"), is_date_time("2021-09-01T12:00:00")
        (True, False)
        >>> is_date_time("2021-02-29T00:00:00Z")
        False
    """
    match = _date_time(text)
    return match is not None and _is_day(match) and _is_moment(match)


def is_date(text: str) -> bool:
    """Whether a text is a ``full-date`` of RFC 3339, section 5.6."""
    match = _full_date(text)
    return match is not None and _is_day(match)


def is_time(text: str) -> bool:
    """Whether a text is a ``full-time`` of RFC 3339, section 5.6."""
    match = _full_time(text)
    return match is not None and _is_moment(match)


def _is_day(match: re.Match[str]) -> bool:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    # Year 0 is a leap year like 400; calendar doesn't go there.
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or 400, month)[1]


def _is_moment(match: re.Match[str]) -> bool:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    offset_hour, offset_minute = int(match["offset_hour"] or 0), int(match["offset_minute"] or 0)
    if hour > 23 or minute > 59 or offset_hour > 23 or offset_minute > 59:
        return False
    if second <= 59:
        return True
    # A leap second is at 23:59:60 UTC, whatever the offset says that the local time is.
    sign = -1 if match["sign"] == "-" else 1
    utc = (hour * 60 + minute - sign * (offset_hour * 60 + offset_minute)) % (24 * 60)
    return second == 60 and utc == 23 * 60 + 59


CHECKERS: dict[str, Callable[[str], bool]] = {
    "date-time": is_date_time,
    "date": is_date,
    "time": is_time,
}
"""The checkers that stand in for the validator's own, by format."""

CHECKED = frozenset(CHECKERS) | {
    "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri",
    "iri-reference", "json-pointer", "regex", "relative-json-pointer", "uri", "uri-reference",
    "uri-template", "uuid",
}  # fmt: skip
"""The formats that are asserted; any other one is an annotation, as JSON Schema has it."""


def checked_formats(dialect: object) -> frozenset[str]:
    """The formats that are asserted in a dialect: draft 7 doesn't define all of them.

    Examples:
        >>> "uuid" in checked_formats("http://json-schema.org/draft-07/schema#")
        False
    """
    is_draft_7 = dialect_of({"$schema": dialect}) == DRAFT_7
    return CHECKED - {"duration", "uuid"} if is_draft_7 else CHECKED


_TAKEN_FOR = {"url": "uri", "ip": "ipv4", "guid": "uuid"}


def nearly(name: str) -> str | None:
    """The format that is meant by one that isn't known; None if it may well be another one.

    Examples:
        >>> nearly("datetime"), nearly("url"), nearly("int32"), nearly("uuid")
        ('date-time', 'uri', None, None)
    """
    if name in CHECKED:  # In a draft that doesn't define it.
        return None
    found = get_close_matches(name[:50].lower(), sorted(CHECKED), n=1, cutoff=0.8)
    return found[0] if found else _TAKEN_FOR.get(name.lower())


def finds(pattern: str, text: str) -> bool:
    """Whether a pattern of ECMA-262 is found in a text: as the validator has it, in good time.

    Examples:
        >>> finds("^a", "ab"), finds("(", "(")
        (True, False)
    """
    return _search(pattern)(text)


@lru_cache(maxsize=1024)
def _search(pattern: str) -> Callable[[str], bool]:
    try:
        return jsonschema_rs.validator_for({"pattern": pattern}, offline=True).is_valid
    except ValueError:
        return lambda text: False
