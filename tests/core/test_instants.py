"""Instants are read and written exactly, in every notation."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from kombo_fakes.core.instants import NOTATIONS, SECOND, format_instant, parse_instant

NOON = parse_instant("2021-09-01T12:00:00Z")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2021-09-01T12:00:00.000Z", 0),
        ("2021-09-01t12:00:00z", 0),
        ("2021-09-01 12:00:00+0000", 0),
        ("2021-09-01T14:30:00+02:30", 0),
        ("2021-09-01T10:45:00-01:15", 0),
        ("2021-09-01T12:00:01Z", 1),
        ("2021-09-01T12:01:00Z", 60),
        ("2021-09-01T13:00:00Z", 3_600),
        ("2021-09-02T12:00:00Z", 86_400),
        ("2021-09-01T12:00:00.25Z", Fraction(1, 4)),
        ("2021-09-01T12:00:00.000000000001Z", Fraction(1, 10**12)),
        ("2021-08-31T23:59:60-12:00", 0),
    ],
)
def test_instants_are_read_exactly(text: str, seconds: Fraction) -> None:
    assert parse_instant(text) == NOON + seconds * SECOND


def test_the_first_day_of_the_year_1_begins_at_one_day() -> None:
    assert parse_instant("0001-01-01T00:00:00Z") == 86_400 * SECOND
    assert parse_instant("0001-01-01T00:00:00+23:59") < 86_400 * SECOND


@pytest.mark.parametrize(
    "text",
    ["", "2021-09-01", "2021-09-01T12:00:00", "2021-09-01T12:00:00.Z", "x2021-09-01T12:00:00Z"],
)
def test_an_invalid_instant_is_shown(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_instant(text)
    assert str(caught.value).removeprefix(repr(text)) == snapshot(
        " is not a date and time with an offset (RFC 3339)"
    )
    with pytest.raises(ValueError) as caught:
        parse_instant("1" * 99)
    assert str(caught.value) == snapshot(
        "'1111111111111111111111111111111111111111' is not a date and time with an offset (RFC 3339)"
    )


@pytest.mark.parametrize(
    ("digits", "offset", "text"),
    [
        (3, "Z", "2021-09-01T12:00:00.987Z"),
        (0, "Z", "2021-09-01T12:00:00Z"),
        (1, "Z", "2021-09-01T12:00:00.9Z"),
        (9, "Z", "2021-09-01T12:00:00.987654321Z"),
        (0, "+13:45", "2021-09-02T01:45:00+13:45"),
        (0, "-12:30", "2021-08-31T23:30:00-12:30"),
    ],
)
def test_further_digits_are_cut_off_and_the_time_is_local(
    digits: int, offset: str, text: str
) -> None:
    assert format_instant(int(NOON) + 987_654_321, digits=digits, offset=offset) == text
    assert format_instant(int(NOON)) == "2021-09-01T12:00:00.000Z"


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), st.integers(0, SECOND - 1)
)  # Far enough from both ends for any offset.
def test_notations_are_exact(moment: datetime, rest: int) -> None:
    """Each notation means the same instant. Python's `datetime` agrees."""
    nanoseconds = int(
        parse_instant(moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%dT%H:%M:%SZ"))
    )
    for name, notation in NOTATIONS.items():
        text = notation(nanoseconds + rest)
        assert parse_instant(text) == nanoseconds + rest, name
    plain = datetime.fromisoformat(NOTATIONS["-05:30"](nanoseconds)[:19])
    elsewhere = timezone(-timedelta(hours=5, minutes=30))
    assert plain == moment.replace(microsecond=0, tzinfo=timezone.utc).astimezone(
        elsewhere
    ).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("milliseconds", "2021-09-01T12:00:00.500Z"),
        ("shortest fraction", "2021-09-01T12:00:00.5Z"),
        ("microseconds", "2021-09-01T12:00:00.500000Z"),
        ("nanoseconds", "2021-09-01T12:00:00.500000000Z"),
        ("+00:00", "2021-09-01T12:00:00.500+00:00"),
        ("+02:00", "2021-09-01T14:00:00.5+02:00"),
        ("-05:30", "2021-09-01T06:30:00.500-05:30"),
        ("+13:00", "2021-09-02T01:00:00.5+13:00"),
        ("-11:00", "2021-09-01T01:00:00.500000-11:00"),
    ],
)
def test_a_notation_does_what_its_name_says(name: str, text: str) -> None:
    assert NOTATIONS[name](int(NOON) + SECOND // 2) == text
    assert next(iter(NOTATIONS)) == "milliseconds"
