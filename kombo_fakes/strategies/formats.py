"""Strategies for the strings of each ``format``: mainstream by default, ambiguous on request.

A string is mainstream if validators agree that it is valid and the parsers of common languages
read it. It is ambiguous if the standard allows it and they disagree. Addresses and URLs use domains
that RFC 2606 and RFC 6761 reserve, so no generated address reaches anyone.
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
"""Reserved domains of many shapes. The first one is the simplest."""

# The characters of a local part (RFC 5321, section 4.1.2) with the dot, and those of a host name.
_ATEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+!#$%&'*/=?^`{|}~"
_LDH = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Lengths:
    """How many characters a string may have, both bounds included."""

    least: int = 0
    most: int = sys.maxsize

    def allow(self, string: str) -> bool:
        """True if a string has such a length."""
        return self.least <= len(string) <= self.most

    def select(self, strings: Iterable[str]) -> tuple[str, ...]:
        """The strings that have such a length."""
        return tuple(filter(self.allow, strings))


ANY_LENGTH = Lengths()


@lru_cache(maxsize=1024)
def build_format(
    name: str, lengths: Lengths = ANY_LENGTH, *, ambiguous: bool = False
) -> SearchStrategy[str]:
    """A strategy for the strings of a format; an empty one if none has such a length.

    The strings are built to fit the lengths. To draw any string and filter by length would throw
    away nearly all where a column is narrow.

    Args:
        name: The name of the format, one of `kombo_fakes.schema.formats`.
        lengths: The lengths.
        ambiguous: True to draw ambiguous strings too.
    """
    mainstream = _MAINSTREAM[name](lengths)
    if not ambiguous or name not in _AMBIGUOUS:
        return mainstream
    listed = _sample(lengths.select(_AMBIGUOUS[name]))
    if name not in _AMBIGUOUS_IN_LOWER_CASE:
        return listed | mainstream
    return listed | mainstream | mainstream.map(str.lower)


def _sample(strings: tuple[str, ...]) -> SearchStrategy[str]:
    return st.sampled_from(strings) if strings else st.nothing()


_AMBIGUOUS_ADDRESSES = (
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
    "email": _AMBIGUOUS_ADDRESSES,
    "idn-email": (*_AMBIGUOUS_ADDRESSES, "j\u00fcrgen@example.com"),
}  # fmt: skip
_AMBIGUOUS_IN_LOWER_CASE = ("date-time", "time")


# -- dates and times

# Fractions of 0 to 9 digits, and offsets from the usual to the extreme (RFC 3339, section 5.6).
# `Z` is repeated, because most senders write it.
_FRACTIONS = (
    "", ".0", ".000", ".123", ".9", ".12", ".999999", ".0000001", ".999999999", ".1234", ".12345",
    ".1234567", ".12345678", ".000000001", ".5000", ".001",
)  # fmt: skip
_OFFSETS = (
    "Z", "Z", "Z", "Z", "Z", "+00:00", "-00:00", "+01:00", "+02:00", "-05:00", "-08:00", "+05:30",
    "+05:45", "+09:30", "+14:00", "-12:00", "+23:59", "-23:59", "+00:01", "-00:30",
)  # fmt: skip
# Dates that Hypothesis draws by itself shrink to this day as well.
_SIMPLEST = "2000-01-01T00:00:00"
# Among them are a day of October 1582 that the Gregorian reform left out, and a time of March 2021
# that the clocks of Central Europe left out.
_EDGES = (
    "1970-01-01T00:00:00", "1969-12-31T23:59:59", "0001-01-01T00:00:00", "9999-12-31T23:59:59",
    "2038-01-19T03:14:08", "2024-02-29T23:59:59", "2000-02-29T00:00:00", "1900-02-28T12:00:00",
    "2021-12-31T23:59:59", "1582-10-10T00:00:00", "2021-03-28T02:30:00", "0099-12-31T00:00:00",
)  # fmt: skip
_MILLENNIUM = date(2000, 1, 1).toordinal()
_DAYS = st.integers(date.min.toordinal() - _MILLENNIUM, date.max.toordinal() - _MILLENNIUM)
# A second of a day and a fraction in one draw.
_CLOCK = st.integers(0, 86_400 * len(_FRACTIONS) - 1)


def _write_date(offset: int) -> str:
    return date.fromordinal(_MILLENNIUM + offset).isoformat()


def _write_time(clock: int, fractions: tuple[str, ...]) -> str:
    second, index = divmod(clock, len(_FRACTIONS))
    fraction = fractions[index % len(fractions)]
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{fraction}"


def _find_fractions(lengths: Lengths, size: int) -> dict[str, tuple[str, ...]]:
    """The fractions that fit beside each offset, in a string with ``size`` other characters."""
    found = {}
    for offset in dict.fromkeys(_OFFSETS):
        others = "-" * (size + len(offset))
        fitting = tuple(fraction for fraction in _FRACTIONS if lengths.allow(others + fraction))
        # A minimum length that none of them reaches takes a fraction of that many digits.
        digits = "0123456789" * (lengths.least // 10 + 1)
        long = f".{digits}"[: max(0, lengths.least - len(others))]
        if not fitting and len(long) > 10 and lengths.allow(others + long):
            fitting = (long,)
        if fitting:
            found[offset] = fitting
    return found


def _build_dates(lengths: Lengths) -> SearchStrategy[str]:
    if not lengths.allow("YYYY-MM-DD"):
        return st.nothing()
    return compose(lambda draw: _write_date(draw(_DAYS)))


def _build_times(lengths: Lengths) -> SearchStrategy[str]:
    fractions = _find_fractions(lengths, len("00:00:00"))
    if not fractions:
        return st.nothing()
    offsets = st.sampled_from([offset for offset in _OFFSETS if offset in fractions])

    def draw_time(draw: DrawFn) -> str:
        clock, offset = draw(_CLOCK), draw(offsets)
        return _write_time(clock, fractions[offset]) + offset

    return compose(draw_time)


def _build_date_times(lengths: Lengths) -> SearchStrategy[str]:
    fractions = _find_fractions(lengths, len(_SIMPLEST))
    if not fractions:
        return st.nothing()
    weighted_offsets = [offset for offset in _OFFSETS if offset in fractions]
    offsets = st.sampled_from(weighted_offsets)
    drawn_fractions = {offset: st.sampled_from(fitting) for offset, fitting in fractions.items()}
    simplest = lengths.select(_SIMPLEST + offset for offset in fractions)
    # Three forms: a whole string; an offset, for which any instant is drawn; or an edge, for which
    # an offset and a fraction are drawn. They are few enough for Hypothesis to draw them evenly.
    # Instants shrink to the form that takes the fewest draws, and then to the first one.
    forms = st.sampled_from(
        [
            *((string, "", "") for string in simplest),
            *(("", offset, "") for offset in weighted_offsets * 10),
            *(("", "", edge) for edge in _EDGES),
        ]
    )

    def draw_instant(draw: DrawFn) -> str:
        whole, offset, edge = draw(forms)
        if offset:
            day, clock = draw(_DAYS), draw(_CLOCK)
            return f"{_write_date(day)}T{_write_time(clock, fractions[offset])}{offset}"
        if edge:
            offset = draw(offsets)
            return f"{edge}{draw(drawn_fractions[offset])}{offset}"
        return whole

    return compose(draw_instant)


# -- addresses and hosts

# An address has up to 254 octets (RFC 3696, erratum 1690), its local part up to 64.
_LONGEST_ADDRESS, _LONGEST_LOCAL, _LONGEST_HOST = 254, 64, 253
_LONGEST_DOMAIN = _LONGEST_ADDRESS - _LONGEST_LOCAL - 1
_LOCALS = st.text(_ATEXT, min_size=1, max_size=_LONGEST_LOCAL)


def _build_emails(lengths: Lengths) -> SearchStrategy[str]:
    most = min(lengths.most, _LONGEST_ADDRESS)
    fitting = Lengths(lengths.least - _LONGEST_LOCAL - 1, min(most - len("a@"), _LONGEST_DOMAIN))
    domains = fitting.select(DOMAINS)
    if not domains and 200 < lengths.least <= most:
        domains = (_write_host(_LONGEST_DOMAIN),)
    if not domains:
        return st.nothing()
    drawn_domains = st.sampled_from(domains)

    def draw_address(draw: DrawFn) -> str:
        local, domain = _fix_dots(draw(_LOCALS)), draw(drawn_domains)
        if len(local) + 1 + len(domain) > most:
            local = _fix_dots(local[: most - 1 - len(domain)])
        return f"{local}{'a' * (lengths.least - len(local) - 1 - len(domain))}@{domain}"

    return compose(draw_address)


def _fix_dots(local: str) -> str:
    """A local part whose dots are single and inside of it, as the grammar wants them."""
    return re.sub(r"\.\.+", ".", local).strip(".") or "a" if "." in local else local


def _write_host(length: int) -> str:
    """A reserved domain of a length of at least 10 characters."""
    # A label has up to 63 octets (RFC 1035, section 2.3.4) and is not empty.
    labels = (("a" * 63 + ".") * 4)[: length - len(".example")]
    if labels.endswith("."):
        labels = labels[:-3] + ".aa"
    return labels + ".example"


def _build_hosts(lengths: Lengths, listed: tuple[str, ...] = ()) -> SearchStrategy[str]:
    end = ".example"
    least, most = max(1, lengths.least - len(end)), min(63, lengths.most - len(end))
    hosts = [_sample(lengths.select(listed))]
    if least <= most:
        hosts.append(st.text(_LDH, min_size=least, max_size=most).map(f"{{}}{end}".format))
    elif least > 63 and lengths.least <= _LONGEST_HOST:
        hosts.append(st.just(_write_host(lengths.least)))
    return st.one_of(hosts)


# RFC 5737 and RFC 3849 reserve these addresses for documentation.
_NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")
_IPV4 = tuple(f"{network}{host}" for host in range(256) for network in _NETWORKS)


def _build_ipv4(lengths: Lengths) -> SearchStrategy[str]:
    return _sample(lengths.select(_IPV4))


def _build_ipv6(lengths: Lengths) -> SearchStrategy[str]:
    if lengths.least <= 11 and lengths.most >= 14:
        return st.integers(0, 0xFFFF).map("2001:db8::{:x}".format)
    hosts = [*range(256), 0xABC, 0xFFF, 0x1000, 0xFFFF]
    shapes = (
        "2001:db8::{:x}",
        "2001:db8:" + "0:" * 5 + "{:x}",
        "2001:0db8:" + "0000:" * 5 + "{:04x}",
    )
    return _sample(lengths.select(shape.format(host) for shape in shapes for host in hosts))


# -- references

_HEADS = tuple(
    f"{scheme}://{domain}" for domain in map(str.lower, DOMAINS) for scheme in ("https", "http")
)
_ENDS = ("", "?q=1", "#top", "?a=b&c=%20", "/")
_SEGMENTS = st.lists(st.text(_LDH + "-._~%", max_size=12), max_size=4)


def _write_path(segments: list[str]) -> str:
    # Two slashes at the start would begin an authority (RFC 3986, section 4.2), and a percent sign
    # has to begin an escape (section 2.1).
    return "/" + "/".join(segments).lstrip("/").replace("%", "%25")


def _fit(reference: str, lengths: Lengths) -> str:
    """A reference that is cut or extended to the lengths."""
    if len(reference) > lengths.most:
        # The cut can go through an escape, whose rest would be invalid.
        reference = re.sub("%[0-9]?$", "", reference[: lengths.most])
    return reference + "a" * (lengths.least - len(reference))


def _build_uris(lengths: Lengths, suffix: str = "") -> SearchStrategy[str]:
    lengths = Lengths(max(0, lengths.least - len(suffix)), lengths.most - len(suffix))
    heads = [head for head in _HEADS if len(head) <= lengths.most]
    if not heads:
        return st.nothing()
    frames = st.sampled_from([(head, end) for end in _ENDS for head in heads])

    def draw_uri(draw: DrawFn) -> str:
        head, end = draw(frames)
        path = _write_path(draw(_SEGMENTS)) if len(head) < lengths.most else ""
        fits = len(head + path + end) <= lengths.most
        return _fit(head + path + end if fits else head + path, lengths) + suffix

    return compose(draw_uri)


def _build_paths(lengths: Lengths) -> SearchStrategy[str]:
    return _SEGMENTS.map(lambda segments: _fit(_write_path(segments), lengths))


def _build_pointers(lengths: Lengths) -> SearchStrategy[str]:
    parts = st.lists(st.sampled_from(("a", "0", "~0", "~1", "")), max_size=4)

    def draw_pointer(draw: DrawFn) -> str:
        # A cut can leave the first half of an escape, `~0` or `~1`.
        pointer = "".join("/" + part for part in draw(parts))[: lengths.most].removesuffix("~")
        pointer = pointer or "/"[: lengths.least]
        return pointer + "a" * (lengths.least - len(pointer))

    return compose(draw_pointer)


# -- the rest

_DURATIONS = (
    *map("P{}D".format, range(100)), *map("PT{}H{}M".format, range(24), range(0, 60, 2)),
    "PT0S", "P1Y", "P6M", "P2W", "PT36H", "P999D", "P1Y2M3DT4H5M6S", "PT99H59M",
)  # fmt: skip
_RELATIVE = ("0#", "0", "1", "1#", "9#", "0/a", "1/a/0", "2/~0/~1", "10#")
_REGEXES = ("a", "^a+$", "[0-9]{1,3}", "(a|b)*", ".", "")


def _build_durations(lengths: Lengths) -> SearchStrategy[str]:
    return _sample(lengths.select(_DURATIONS))


def _build_relative_pointers(lengths: Lengths) -> SearchStrategy[str]:
    return _sample(lengths.select((*_RELATIVE, "0/" + "a" * (lengths.least - 2))))


def _build_regexes(lengths: Lengths) -> SearchStrategy[str]:
    return _sample(lengths.select((*_REGEXES, "a" * lengths.least)))


def _build_uuids(lengths: Lengths) -> SearchStrategy[str]:
    return st.uuids().map(str) if lengths.allow("-" * 36) else st.nothing()


_MAINSTREAM: dict[str, Callable[[Lengths], SearchStrategy[str]]] = {
    "date-time": _build_date_times,
    "date": _build_dates,
    "time": _build_times,
    "email": _build_emails,
    "idn-email": _build_emails,
    "hostname": lambda lengths: _build_hosts(lengths, DOMAINS[:5]),
    "idn-hostname": _build_hosts,
    "uri": _build_uris,
    "iri": _build_uris,
    "uri-reference": lambda lengths: _build_paths(lengths) | _build_uris(lengths),
    "iri-reference": lambda lengths: _build_paths(lengths) | _build_uris(lengths),
    "uri-template": lambda lengths: _build_uris(lengths) | _build_uris(lengths, "/{id}"),
    "uuid": _build_uuids,
    "ipv4": _build_ipv4,
    "ipv6": _build_ipv6,
    "duration": _build_durations,
    "json-pointer": _build_pointers,
    "relative-json-pointer": _build_relative_pointers,
    "regex": _build_regexes,
}
