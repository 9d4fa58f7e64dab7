"""Strategies for the strings of each ``format``: mainstream by default, contested on request.

A value is mainstream where the validators agree and the languages' own parsers cope, and
contested where it is legal by the letter and they don't. Addresses and URLs are made of
domains that RFC 2606 and RFC 6761 reserve, so that none reaches anyone.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

DOMAINS = (
    "example.com", "example.org", "example.net", "a.example", "mail.example",
    "www.example.com", "a.b.c.example.org", "x-1.example", "123.example", "EXAMPLE.com",
    "mueller-soehne.example", "xn--mnchen-3ya.example", "a" * 63 + ".example",
    ".".join(["long-label-" + "x" * 40] * 3) + ".example.net",
)  # fmt: skip
"""Reserved domains of many shapes, the plainest first."""

# RFC 5321, section 4.1.2, the dot included.
_ATEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+!#$%&'*/=?^`{|}~"
_DIGITS = "0123456789"
_LDH = "abcdefghijklmnopqrstuvwxyz0123456789"


@cache
def format_strategies(*, contested: bool = False) -> dict[str, SearchStrategy[str]]:
    """The strategies by format. Those that aren't here are left to hypothesis-jsonschema."""
    mainstream = {
        "date-time": _date_times(),
        "date": _dates(),
        "time": _times(),
        "email": _emails(),
        "idn-email": _emails(),
        "hostname": st.sampled_from(DOMAINS[:5]) | _labels().map("{}.example".format),
        "idn-hostname": _labels().map("{}.example".format),
        "uri": _uris(),
        "iri": _uris(),
        "uri-reference": _paths() | _uris(),
        "iri-reference": _paths() | _uris(),
        "uri-template": _uris() | _uris().map("{}/{{id}}".format),
        "uuid": st.uuids().map(str),
        # RFC 5737 and RFC 3849: addresses for documentation.
        "ipv4": st.sampled_from(("192.0.2.", "198.51.100.", "203.0.113.")).flatmap(
            lambda net: st.integers(0, 255).map(f"{net}{{}}".format)
        ),
        "ipv6": st.integers(0, 0xFFFF).map("2001:db8::{:x}".format),
        "duration": st.integers(0, 999).map("P{}D".format)
        | st.tuples(st.integers(0, 99), st.integers(0, 59)).map(lambda p: f"PT{p[0]}H{p[1]}M"),
        "json-pointer": st.lists(st.sampled_from(("a", "0", "~0", "~1", "")), max_size=4).map(
            lambda parts: "".join("/" + part for part in parts)
        ),
        "relative-json-pointer": st.integers(0, 9).map("{}#".format),
        "regex": st.sampled_from(("a", "^a+$", "[0-9]{1,3}", "(a|b)*", ".")),
    }
    if not contested:
        return mainstream
    return {**mainstream, **_contested(mainstream)}


def _contested(mainstream: dict[str, SearchStrategy[str]]) -> dict[str, SearchStrategy[str]]:
    moments = mainstream["date-time"]
    addresses = mainstream["email"]
    odd_moments = st.sampled_from(
        (
            "2016-12-31T23:59:60Z",
            "2017-01-01T00:59:60+01:00",
            "2016-12-31T23:59:60.999Z",
            "0000-01-01T00:00:00Z",
            "0000-12-31T23:59:59Z",
            "2021-09-01t12:00:00z",
            "2021-09-01T12:00:00.0123456789Z",
        )
    )
    odd_addresses = st.sampled_from(
        (
            '"john doe"@example.com',
            '"a@b"@example.com',
            "user@[192.0.2.1]",
            "user@[IPv6:2001:db8::1]",
            "user@localhost",
            "user@example",
            "user@mail.example.test",
            "user@example.invalid",
        )
    )
    return {
        "date-time": odd_moments | moments | moments.map(str.lower),
        "time": mainstream["time"] | mainstream["time"].map(str.lower),
        "email": odd_addresses | addresses,
        "idn-email": odd_addresses | addresses | st.just("jürgen@example.com"),
    }


# Every ending of a timestamp in one draw: no fraction, then 1 to 9 digits, each at Z and at
# offsets from the plain to the extreme (RFC 3339, section 5.6). `Z` comes often, as in life.
_FRACTIONS = (
    "", ".0", ".000", ".123", ".9", ".12", ".999999", ".0000001", ".999999999", ".1234", ".12345",
    ".1234567", ".12345678", ".000000001", ".5000",
)  # fmt: skip
_OFFSETS = (
    "Z", "Z", "Z", "Z", "Z", "+00:00", "-00:00", "+01:00", "+02:00", "-05:00", "-08:00", "+05:30",
    "+05:45", "+09:30", "+14:00", "-12:00", "+23:59", "-23:59", "+00:01", "-00:30",
)  # fmt: skip
_ENDINGS = tuple(f"{fraction}{offset}" for offset in _OFFSETS for fraction in _FRACTIONS)
_EDGES = (
    "2000-01-01T00:00:00", "1970-01-01T00:00:00", "1969-12-31T23:59:59", "0001-01-01T00:00:00",
    "9999-12-31T23:59:59",
    "2038-01-19T03:14:08", "2024-02-29T23:59:59", "2000-02-29T00:00:00", "1900-02-28T12:00:00",
    "2021-12-31T23:59:59", "1582-10-10T00:00:00", "2021-03-28T02:30:00", "0099-12-31T00:00:00",
)  # fmt: skip
_MILLENNIUM = date(2000, 1, 1).toordinal()


def _dates() -> SearchStrategy[str]:
    first, last = date.min.toordinal() - _MILLENNIUM, date.max.toordinal() - _MILLENNIUM
    return st.integers(first, last).map(_day)


def _day(offset: int) -> str:
    return date.fromordinal(_MILLENNIUM + offset).isoformat()


def _moment(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _times() -> SearchStrategy[str]:
    moments = st.integers(0, 86_399).map(_moment)
    return st.tuples(moments, st.sampled_from(_ENDINGS)).map("".join)


def _date_times() -> SearchStrategy[str]:
    days = st.tuples(_dates(), st.integers(0, 86_399).map(_moment)).map("T".join)
    # The edges first: what takes the fewest draws should be what the draws shrink towards, or
    # Hypothesis may stop at something short in draws and long in letters.
    local = st.sampled_from((st.sampled_from(_EDGES),) + (days,) * 9).flatmap(lambda s: s)
    return st.tuples(local, st.sampled_from(_ENDINGS)).map("".join)


def _emails() -> SearchStrategy[str]:
    local = st.text(_ATEXT, min_size=1, max_size=64).map(_local_part)
    return st.tuples(local, st.sampled_from(_MAIL_DOMAINS)).map("@".join)


# 254 octets in all (RFC 3696, erratum 1690) with a local part of 64.
_MAIL_DOMAINS = tuple(domain for domain in DOMAINS if len(domain) <= 254 - 65)


def _local_part(text: str) -> str:
    return re.sub(r"\.\.+", ".", text).strip(".") or "a"


def _labels() -> SearchStrategy[str]:
    return st.text(_LDH, min_size=1, max_size=63)


def _paths() -> SearchStrategy[str]:
    segments = st.text(_LDH + "-._~%", max_size=12).map(lambda s: s.replace("%", "%25"))
    return st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts).lstrip("/"))


def _uris() -> SearchStrategy[str]:
    schemes = st.sampled_from(("https://", "http://"))
    ends = st.sampled_from(("", "?q=1", "#top", "?a=b&c=%20", "/"))
    domains = st.sampled_from(tuple(name.lower() for name in DOMAINS))
    return st.tuples(schemes, domains, _paths(), ends).map("".join)
