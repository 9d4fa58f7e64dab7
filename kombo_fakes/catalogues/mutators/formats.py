"""Mutators of ``format``: a string that is nearly of the format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from kombo_fakes.catalogues.mutators.mutator import (
    STRING_CHANGES,
    Mutate,
    Mutator,
    StringChange,
    always,
    change_strings,
)
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.custom_formats import Format, Formats
from kombo_fakes.schema.sites import Site


def format_mutators(site: Site, formats: Formats) -> Iterator[Mutator]:
    """The ways not to be of the format that a site asks for.

    Args:
        site: The site.
        formats: The formats that the schema asserts besides those of its dialect.
    """
    name = str(site.value)
    if name in formats:
        yield from _own_mutators(name, formats[name])
    yield from change_strings(_BY_FORMAT.get(name, ()))
    yield Mutator("empty", "an empty string", always(""))
    yield Mutator(
        "prose",
        f"a string that is not a valid {site.value}",
        always(f"not a {site.value}", "n/a", "-"),
        lambda site: {"type": "string", "not": {"format": site.value}},
    )


def _own_mutators(name: str, own: Format) -> Iterator[Mutator]:
    for variant, miss in own.near_misses.items():
        effect = f"nearly a valid {name} ({variant})"
        yield Mutator(variant, effect, always(miss) if isinstance(miss, str) else _call(miss, own))
    # Of any format it is unknown which changes break it. The validator decides.
    yield from change_strings(change for change in STRING_CHANGES if change[0] != "empty")


def _call(miss: Callable[[str], str], own: Format) -> Mutate:
    def mutate(value: Any, site: Site) -> Iterator[Any]:
        # In a union the value can be one of another branch.
        if not isinstance(value, str) or not own.allows(value):
            return
        try:
            changed = miss(value)
        except Exception as error:
            raise SchemaError(
                f"a near miss of format {shorten(site.value)} raised {type(error).__name__} for "
                f"{shorten(value)}: {shorten(str(error))}"
            ) from error
        if not isinstance(changed, str):
            raise SchemaError(
                f"a near miss of format {shorten(site.value)} made {shorten(changed)}; expected a "
                "string"
            )
        if changed != value:
            yield changed

    return mutate


def _sub(pattern: str, replacement: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, replacement, text, count=1)


_DATE_TIME: tuple[StringChange, ...] = (
    ("date-only", "a date without a time", lambda text: text[:10]),
    ("no-offset", "without an offset", _sub(r"(?:Z|[+-]\d\d:\d\d)$", "")),
    ("no-seconds", "without seconds", _sub(r"(T\d\d:\d\d):\d\d(?:\.\d+)?", r"\1")),
    # ISO 8601 allows a decimal comma. RFC 3339, section 5.6 allows only a point.
    ("comma-fraction", "with a decimal comma", _sub(r"(:\d\d)(?:\.\d+)?(?=[Z+-])", r"\1,5")),
    (
        "empty-fraction",
        "with a decimal point and no digits after it",
        _sub(r"(:\d\d)(?:\.\d+)?(?=[Z+-])", r"\1."),
    ),
    ("month-13", "with the month 13", _sub(r"^(\d{4})-\d\d", r"\1-13")),
    ("day-30-february", "on the 30th of February", _sub(r"^(\d{4})-\d\d-\d\d", r"\1-02-30")),
    # ISO 8601 knows 24:00 as the end of a day. RFC 3339, section 5.6 ends the hours at 23.
    ("hour-24", "with the hour 24", _sub(r"T\d\d", "T24")),
    ("minute-60", "with the minute 60", _sub(r"(T\d\d):\d\d", r"\1:60")),
    ("offset-24", "with an offset of 24 hours", _sub(r"(?:Z|[+-]\d\d:\d\d)$", "+24:00")),
    ("day-first", "with the day first", _sub(r"^(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1")),
    ("two-digit-year", "with a year of two digits", lambda text: text[2:]),
    ("epoch", "seconds since 1970", lambda text: "1630497600"),
    ("trailing-blank", "with a trailing space", lambda text: text + " "),
    (
        "zone-name",
        "with the name of a time zone",
        _sub(r"(?:Z|[+-]\d\d:\d\d)$", " Europe/Berlin"),
    ),
)

_EMAIL: tuple[StringChange, ...] = (
    ("no-at", "without an @", lambda text: text.replace("@", ".")),
    ("two-ats", "with two @", lambda text: text.replace("@", "@@")),
    ("no-domain", "without a domain", _sub(r"@.*", "@")),
    ("no-local-part", "without a local part", _sub(r"^.*@", "@")),
    ("two-dots", "with two consecutive dots", _sub(r"^.*@", "jane..doe@")),
    ("leading-dot", "with a leading dot", lambda text: "." + text),
    ("blank-inside", "with a space inside", _sub(r"@", " @")),
    ("trailing-blank", "with a trailing space", lambda text: text + " "),
    ("trailing-newline", "with a trailing newline", lambda text: text + "\n"),
    ("underscore-domain", "with an underscore in the domain", _sub(r"@.*", "@my_company.example")),
    ("hyphen-domain", "with a hyphen before the domain", _sub(r"@", "@-")),
    ("list", "two addresses", lambda text: text + ", " + text),
)

_REFERENCE: tuple[StringChange, ...] = (
    ("bad-escape", "with a % that escapes nothing", lambda text: text + "%zz"),
    ("blank-inside", "with a space inside", lambda text: text + "/a b"),
    ("backslash", "with a backslash", lambda text: text + "\\"),
    ("two-fragments", "with two fragments", lambda text: text + "#a#b"),
)

_BY_FORMAT: dict[str, tuple[StringChange, ...]] = {
    "date-time": _DATE_TIME,
    "date": (
        ("with-time", "with a time", lambda text: text + "T00:00:00Z"),
        ("day-first", "with the day first", _sub(r"^(\d{4})-(\d\d)-(\d\d)$", r"\3.\2.\1")),
        ("month-13", "with the month 13", _sub(r"^(\d{4})-\d\d", r"\1-13")),
        ("day-30-february", "on the 30th of February", _sub(r"-\d\d-\d\d$", "-02-30")),
        ("trailing-blank", "with a trailing space", lambda text: text + " "),
    ),
    "time": (
        ("no-offset", "without an offset", _sub(r"(?:Z|[+-]\d\d:\d\d)$", "")),
        ("hour-24", "with the hour 24", _sub(r"^\d\d", "24")),
        ("no-seconds", "without seconds", _sub(r"^(\d\d:\d\d):\d\d(?:\.\d+)?", r"\1")),
    ),
    "email": _EMAIL,
    "idn-email": _EMAIL[:4],
    "uri": (
        # A URI has a scheme (RFC 3986, section 3). A reference need not have one.
        ("no-scheme", "without a scheme", _sub(r"^[a-z]+://", "")),
        ("relative", "only the path", _sub(r"^[a-z]+://[^/]*", "")),
        ("blank-inside", "with a space inside", lambda text: text + "/a b"),
        ("trailing-blank", "with a trailing space", lambda text: text + " "),
        ("bad-escape", "with a % that escapes nothing", lambda text: text + "/%zz"),
        # Browsers read a backslash as a slash. RFC 3986 has no place for it.
        ("backslash", "with a backslash", lambda text: text + "\\"),
    ),
    "uuid": (
        # Python's `uuid.UUID` accepts this form and the next one, RFC 4122, section 3 does not.
        ("no-hyphens", "without hyphens", lambda text: text.replace("-", "")),
        ("braces", "in braces", lambda text: "{" + text + "}"),
        ("short", "one digit too short", lambda text: text[:-1]),
        ("letter-g", "with a g for a hexadecimal digit", lambda text: text[:-1] + "g"),
    ),
    "ipv4": (
        ("three-parts", "with three parts", _sub(r"\.\d+$", "")),
        ("part-256", "with the part 256", _sub(r"\d+$", "256")),
        # Some parsers take a part with a leading zero for octal.
        ("leading-zero", "with a leading zero", lambda text: "0" + text),
    ),
    "ipv6": (
        ("two-gaps", "with two gaps", lambda text: text + "::1"),
        ("letter-g", "with a g for a hexadecimal digit", lambda text: text + "g"),
    ),
    "hostname": (
        # A host name has letters, digits and hyphens only (RFC 1123, section 2.1).
        ("underscore", "with an underscore", lambda text: "a_" + text),
        ("leading-hyphen", "with a leading hyphen", lambda text: "-" + text),
        ("long-label", "with a label of 64 characters", lambda text: "a" * 64 + "." + text),
    ),
    "regex": (
        ("open-group", "with a group that is not closed", lambda text: "(" + text),
        ("open-class", "with a character class that is not closed", lambda text: text + "["),
        ("closed-twice", "with one closing parenthesis too many", lambda text: text + ")"),
        ("nothing-to-repeat", "with a * that repeats nothing", lambda text: "*" + text),
        ("trailing-backslash", "with a trailing backslash", lambda text: text + "\\"),
    ),
    "uri-reference": _REFERENCE,
    "iri-reference": _REFERENCE,
    "iri": (("no-scheme", "without a scheme", _sub(r"^[a-z]+://", "")), *_REFERENCE),
    "uri-template": (
        # RFC 6570, section 2: a brace begins or ends an expression.
        ("open-brace", "with a brace that is not closed", lambda text: text + "{id"),
        ("closed-brace", "with a brace that is not opened", lambda text: text + "id}"),
        ("blank-in-braces", "with a space in an expression", lambda text: text + "{a b}"),
    ),
    "idn-hostname": (
        ("leading-hyphen", "with a leading hyphen", lambda text: "-" + text),
        ("blank-inside", "with a space inside", lambda text: "a " + text),
        ("long-label", "with a label of 64 characters", lambda text: "a" * 64 + "." + text),
    ),
    "json-pointer": (
        # RFC 6901, section 3.
        ("no-slash", "without the leading slash", lambda text: text[1:] or "a"),
        ("bad-escape", "with a ~ that escapes nothing", lambda text: text + "/~2"),
        ("fragment", "as the fragment of a URI", lambda text: "#" + text),
    ),
    "relative-json-pointer": (
        ("no-number", "without the number", lambda text: text.lstrip("0123456789") or "#"),
        ("leading-zero", "with a leading zero", lambda text: "0" + text),
        ("negative", "with a negative number", lambda text: "-" + text),
    ),
    "duration": (
        ("seconds", "a bare number", lambda text: "30"),
        ("no-p", "without the P", lambda text: text[1:]),
    ),
}
