"""Strategies for the strings of each ``format``: mainstream by default, ambiguous on request.

A value is mainstream where the validators agree and the languages' own parsers cope, and
ambiguous where it is legal by the letter and they don't. Addresses and URLs are made of
domains that RFC 2606 and RFC 6761 reserve, so that none reaches anyone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.strategies.recipes import compose

DOMAINS = (
    "example.com", "example.org", "example.net", "a.example", "mail.example",
    "www.example.com", "a.b.c.example.org", "x-1.example", "123.example", "EXAMPLE.com",
    "mueller-soehne.example", "xn--mnchen-3ya.example", "a" * 63 + ".example",
    ".".join(["long-label-" + "x" * 40] * 3) + ".example.net",
)  # fmt: skip
"""Reserved domains of many shapes, the plainest first."""

# RFC 5321, section 4.1.2, the dot included.
_ATEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+!#$%&'*/=?^`{|}~"
_LDH = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Lengths:
    """How many characters a text may have."""

    least: int = 0
    most: int = sys.maxsize

    def allow(self, text: str) -> bool:
        """Whether a text is of such a length."""
        return self.least <= len(text) <= self.most

    def among(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The texts that are."""
        return tuple(filter(self.allow, texts))


ANY_LENGTH = Lengths()


@lru_cache(maxsize=1024)
def format_strategy(
    name: str, lengths: Lengths = ANY_LENGTH, *, ambiguous: bool = False
) -> SearchStrategy[str]:
    """The strategy for the texts of a format and of some lengths: nothing where there are none.

    They are made to measure rather than picked: of ten dates, few would fit a narrow column.
    """
    mainstream = _MAINSTREAM[name](lengths)
    if not ambiguous or name not in _AMBIGUOUS:
        return mainstream
    odd = _sampled(lengths.among(_AMBIGUOUS[name]))
    if name not in _LOWER:
        return odd | mainstream
    return odd | mainstream | mainstream.map(str.lower)


def _sampled(texts: tuple[str, ...]) -> SearchStrategy[str]:
    return st.sampled_from(texts) if texts else st.nothing()


_ODD_ADDRESSES = (
    '"john doe"@example.com', '"a@b"@example.com', "user@[192.0.2.1]", "user@[IPv6:2001:db8::1]",
    "user@localhost", "user@example", "user@mail.example.test", "user@example.invalid",
)  # fmt: skip
_AMBIGUOUS = {
    "date-time": (
        "2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00", "2016-12-31T23:59:60.999Z",
        "0000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "2021-09-01t12:00:00z",
        "2021-09-01T12:00:00.0123456789Z",
    ),
    "time": ("23:59:60Z", "12:00:00z"),
    "email": _ODD_ADDRESSES,
    "idn-email": (*_ODD_ADDRESSES, "j\u00fcrgen@example.com"),
}  # fmt: skip
_LOWER = ("date-time", "time")


# -- dates and times

# No fraction, then 1 to 9 digits, and offsets from the plain to the extreme (RFC 3339, section
# 5.6). `Z` comes often, as in life.
_FRACTIONS = (
    "", ".0", ".000", ".123", ".9", ".12", ".999999", ".0000001", ".999999999", ".1234", ".12345",
    ".1234567", ".12345678", ".000000001", ".5000", ".001",
)  # fmt: skip
_OFFSETS = (
    "Z", "Z", "Z", "Z", "Z", "+00:00", "-00:00", "+01:00", "+02:00", "-05:00", "-08:00", "+05:30",
    "+05:45", "+09:30", "+14:00", "-12:00", "+23:59", "-23:59", "+00:01", "-00:30",
)  # fmt: skip
_PLAINEST = "2000-01-01T00:00:00"
_EDGES = (
    "1970-01-01T00:00:00", "1969-12-31T23:59:59", "0001-01-01T00:00:00", "9999-12-31T23:59:59",
    "2038-01-19T03:14:08", "2024-02-29T23:59:59", "2000-02-29T00:00:00", "1900-02-28T12:00:00",
    "2021-12-31T23:59:59", "1582-10-10T00:00:00", "2021-03-28T02:30:00", "0099-12-31T00:00:00",
)  # fmt: skip
_MILLENNIUM = date(2000, 1, 1).toordinal()
_DAYS = st.integers(date.min.toordinal() - _MILLENNIUM, date.max.toordinal() - _MILLENNIUM)
_CLOCK = st.integers(0, 86_400 * len(_FRACTIONS) - 1)
"""A second of a day and a fraction in one draw."""


def _day(offset: int) -> str:
    return date.fromordinal(_MILLENNIUM + offset).isoformat()


def _time(clock: int, fractions: tuple[str, ...]) -> str:
    second, index = divmod(clock, len(_FRACTIONS))
    fraction = fractions[index % len(fractions)]
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{fraction}"


def _fractions(lengths: Lengths, size: int) -> dict[str, tuple[str, ...]]:
    """The fractions that fit, by offset, beside ``size`` characters of other things."""
    found = {}
    for offset in dict.fromkeys(_OFFSETS):
        beside = size + len(offset)
        long = "." + "0123456789" * (lengths.least // 10 + 1)
        fractions = [*_FRACTIONS, long[: max(0, lengths.least - beside)]]
        fitting = [f for f in fractions[: len(_FRACTIONS)] if lengths.allow(f + "-" * beside)]
        if not fitting and len(fractions[-1]) > 10 and lengths.allow(fractions[-1] + "-" * beside):
            fitting = fractions[-1:]
        if fitting:
            found[offset] = tuple(fitting)
    return found


def _dates(lengths: Lengths) -> SearchStrategy[str]:
    return compose(lambda draw: _day(draw(_DAYS))) if lengths.allow("-" * 10) else st.nothing()


def _times(lengths: Lengths) -> SearchStrategy[str]:
    fractions = _fractions(lengths, len("00:00:00"))
    if not fractions:
        return st.nothing()
    offsets = st.sampled_from([offset for offset in _OFFSETS if offset in fractions])

    def time(draw: DrawFn) -> str:
        clock, offset = draw(_CLOCK), draw(offsets)
        return _time(clock, fractions[offset]) + offset

    return compose(time)


def _date_times(lengths: Lengths) -> SearchStrategy[str]:
    fractions = _fractions(lengths, len(_PLAINEST))
    if not fractions:
        return st.nothing()
    often = [offset for offset in _OFFSETS if offset in fractions]
    offsets = st.sampled_from(often)
    drawn_fractions = {offset: st.sampled_from(fits) for offset, fits in fractions.items()}
    # A whole text, the offset of any moment, or an edge that wants an offset and a fraction: all
    # few enough for Hypothesis to draw evenly. What it shrinks to is what takes the fewest draws
    # and then comes first.
    forms = st.sampled_from(
        [
            *((text, "", "") for text in lengths.among(_PLAINEST + offset for offset in fractions)),
            *(("", offset, "") for offset in often * 10),
            *(("", "", edge) for edge in _EDGES),
        ]
    )

    def moment(draw: DrawFn) -> str:
        whole, offset, edge = draw(forms)
        if offset:
            day, clock = draw(_DAYS), draw(_CLOCK)
            return f"{_day(day)}T{_time(clock, fractions[offset])}{offset}"
        if edge:
            offset = draw(offsets)
            return f"{edge}{draw(drawn_fractions[offset])}{offset}"
        return whole

    return compose(moment)


# -- addresses and hosts

# 254 octets in all (RFC 3696, erratum 1690) with a local part of 64.
_LONGEST_ADDRESS, _LONGEST_HOST = 254, 253
_LOCALS = st.text(_ATEXT, min_size=1, max_size=64)


def _emails(lengths: Lengths) -> SearchStrategy[str]:
    most = min(lengths.most, _LONGEST_ADDRESS)
    domains = [name for name in DOMAINS if len("a@" + name) <= most and len(name) <= 254 - 65]
    domains = [name for name in domains if len(name) + 65 >= lengths.least]
    if not domains and 200 < lengths.least <= most:
        domains = [_host(254 - 65)]
    if not domains:
        return st.nothing()
    drawn_domains = st.sampled_from(domains)

    def address(draw: DrawFn) -> str:
        local, domain = _local_part(draw(_LOCALS)), draw(drawn_domains)
        if len(local) + 1 + len(domain) > most:
            local = _local_part(local[: most - 1 - len(domain)])
        return f"{local}{'a' * (lengths.least - len(local) - 1 - len(domain))}@{domain}"

    return compose(address)


def _local_part(text: str) -> str:
    return re.sub(r"\.\.+", ".", text).strip(".") or "a" if "." in text else text


def _host(length: int) -> str:
    """A reserved domain of so many characters, at least 10."""
    labels = (("a" * 63 + ".") * 4)[: length - len(".example")]
    if labels.endswith("."):
        labels = labels[:-3] + ".aa"
    return labels + ".example"


def _hosts(lengths: Lengths, plain: tuple[str, ...] = ()) -> SearchStrategy[str]:
    end = ".example"
    least, most = max(1, lengths.least - len(end)), min(63, lengths.most - len(end))
    hosts = [_sampled(lengths.among(plain))]
    if least <= most:
        hosts.append(st.text(_LDH, min_size=least, max_size=most).map(f"{{}}{end}".format))
    elif least > 63 and lengths.least <= _LONGEST_HOST:
        hosts.append(st.just(_host(lengths.least)))
    return st.one_of(hosts)


# RFC 5737 and RFC 3849: addresses for documentation.
_NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")
_IPV4 = tuple(f"{network}{host}" for host in range(256) for network in _NETWORKS)


def _ipv4(lengths: Lengths) -> SearchStrategy[str]:
    return _sampled(lengths.among(_IPV4))


def _ipv6(lengths: Lengths) -> SearchStrategy[str]:
    if lengths.least <= 11 and lengths.most >= 14:
        return st.integers(0, 0xFFFF).map("2001:db8::{:x}".format)
    hosts = [*range(256), 0xABC, 0xFFF, 0x1000, 0xFFFF]
    shapes = (
        "2001:db8::{:x}",
        "2001:db8:" + "0:" * 5 + "{:x}",
        "2001:0db8:" + "0000:" * 5 + "{:04x}",
    )
    return _sampled(lengths.among(shape.format(host) for shape in shapes for host in hosts))


# -- references


_HEADS = tuple(
    f"{scheme}://{domain}" for domain in map(str.lower, DOMAINS) for scheme in ("https", "http")
)
_ENDS = ("", "?q=1", "#top", "?a=b&c=%20", "/")
_SEGMENTS = st.lists(st.text(_LDH + "-._~%", max_size=12), max_size=4)


def _path(segments: list[str]) -> str:
    return "/" + "/".join(segments).lstrip("/").replace("%", "%25")


def _cut(text: str, lengths: Lengths) -> str:
    """A reference of a fitting length: cut off, though not within an escape, or drawn out."""
    if len(text) > lengths.most:
        text = re.sub("%[0-9]?$", "", text[: lengths.most])
    return text + "a" * (lengths.least - len(text))


def _uris(lengths: Lengths, after: str = "") -> SearchStrategy[str]:
    lengths = Lengths(max(0, lengths.least - len(after)), lengths.most - len(after))
    heads = [head for head in _HEADS if len(head) <= lengths.most]
    if not heads:
        return st.nothing()
    frames = st.sampled_from([(head, end) for end in _ENDS for head in heads])

    def uri(draw: DrawFn) -> str:
        head, end = draw(frames)
        path = _path(draw(_SEGMENTS)) if len(head) < lengths.most else ""
        fits = len(head + path + end) <= lengths.most
        return _cut(head + path + end if fits else head + path, lengths) + after

    return compose(uri)


def _paths(lengths: Lengths) -> SearchStrategy[str]:
    return _SEGMENTS.map(lambda segments: _cut(_path(segments), lengths))


def _pointers(lengths: Lengths) -> SearchStrategy[str]:
    parts = st.lists(st.sampled_from(("a", "0", "~0", "~1", "")), max_size=4)

    def pointer(draw: DrawFn) -> str:
        text = "".join("/" + part for part in draw(parts))[: lengths.most].removesuffix("~")
        text = text or "/"[: lengths.least]
        return text + "a" * (lengths.least - len(text))

    return compose(pointer)


# -- the rest

_DURATIONS = (
    *map("P{}D".format, range(100)), *map("PT{}H{}M".format, range(24), range(0, 60, 2)),
    "PT0S", "P1Y", "P6M", "P2W", "PT36H", "P999D", "P1Y2M3DT4H5M6S", "PT99H59M",
)  # fmt: skip
_RELATIVE = ("0#", "0", "1", "1#", "9#", "0/a", "1/a/0", "2/~0/~1", "10#")
_REGEXES = ("a", "^a+$", "[0-9]{1,3}", "(a|b)*", ".", "")


def _durations(lengths: Lengths) -> SearchStrategy[str]:
    return _sampled(lengths.among(_DURATIONS))


def _relative_pointers(lengths: Lengths) -> SearchStrategy[str]:
    return _sampled(lengths.among((*_RELATIVE, "0/" + "a" * (lengths.least - 2))))


def _regexes(lengths: Lengths) -> SearchStrategy[str]:
    return _sampled(lengths.among((*_REGEXES, "a" * lengths.least)))


def _uuids(lengths: Lengths) -> SearchStrategy[str]:
    return st.uuids().map(str) if lengths.allow("-" * 36) else st.nothing()


_MAINSTREAM: dict[str, Callable[[Lengths], SearchStrategy[str]]] = {
    "date-time": _date_times,
    "date": _dates,
    "time": _times,
    "email": _emails,
    "idn-email": _emails,
    "hostname": lambda lengths: _hosts(lengths, DOMAINS[:5]),
    "idn-hostname": _hosts,
    "uri": _uris,
    "iri": _uris,
    "uri-reference": lambda lengths: _paths(lengths) | _uris(lengths),
    "iri-reference": lambda lengths: _paths(lengths) | _uris(lengths),
    "uri-template": lambda lengths: _uris(lengths) | _uris(lengths, "/{id}"),
    "uuid": _uuids,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "duration": _durations,
    "json-pointer": _pointers,
    "relative-json-pointer": _relative_pointers,
    "regex": _regexes,
}
