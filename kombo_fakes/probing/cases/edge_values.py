"""Valid values of single fields that receivers are known to stumble over."""

from __future__ import annotations

from typing import NamedTuple


class EdgeValue(NamedTuple):
    """A value at an edge of what a field allows.

    Attributes:
        id: A stable name; the end of the id of its case.
        about: What is special about it, in a few words.
        value: The value.
    """

    id: str
    about: str
    value: str


STRINGS = (
    EdgeValue("accents", "letters with accents", "Müller & Söhne Łódź"),
    # The character set utf8mb3 of MySQL stores no more than three bytes a character.
    EdgeValue("emoji", "a character of four bytes", "Rocket \U0001f680 Ltd"),
    EdgeValue("combining", "a combining mark that normalisation would change", "Zoe\u0308 GmbH"),
    # JavaScript before ES2019 took both for line ends in a string literal, which JSON allows.
    EdgeValue("separators", "the line separators U+2028 and U+2029", "A\u2028B\u2029C"),
    EdgeValue("bidi", "right-to-left letters and an override character", "שלום \u202eabc\u202c"),
    EdgeValue("blanks", "only spaces", "   "),
    # A column of the type varchar(255) is one character too short for it.
    EdgeValue("256", "256 characters", "x" * 256),
    EdgeValue("5000", "5,000 characters", "long " * 1_000),
    EdgeValue("markup", "HTML markup", "</script><img src=x onerror=alert(1)>"),
    EdgeValue("sql", "a quote, and SQL after it", "Robert'); DROP TABLE integrations;--"),
    # A conversion to a number loses the leading zeros.
    EdgeValue("number-like", "only digits", "0012345"),
    EdgeValue("null-like", "the word null", "null"),
    # trim() of JavaScript removes U+FEFF, which most other languages do not count as white space.
    EdgeValue("byte-order-mark", "the character U+FEFF", "\ufeffAcme"),
    # U+0000 is not among them. A receiver may reject it, so that it is a wire fault.
    EdgeValue("controls", "control characters", "Acme\x01\x1f\x7f"),
)
"""For a string that may be anything: the name of an organisation, for instance."""

FREQUENT_STRINGS = ("accents", "emoji")
"""The ids of the strings that turn up on usual days."""

INTEGRATION_IDS = (
    EdgeValue("markup", "quotes, and characters that HTML templates escape",
              "tool:{token} & <b> 'x' \"y\""),
    # Code that splits at every colon, and not only at the first, finds three parts.
    EdgeValue("two-colons", "two colons", "{tool}:{token}:x"),
    # A pattern for identifiers seldom allows a digit at the beginning.
    EdgeValue("other-tool", "a tool that begins with a digit", "360learning:{token}"),
)  # fmt: skip
"""For the id of an integration. ``tool`` and ``token`` are the two halves of a usual one."""

EMAIL_ADDRESSES = (
    # Old patterns for addresses allow no more than four letters after the last dot.
    EdgeValue("long-domain", "a top-level domain of seven letters", "jane@acme.example"),
    EdgeValue("hyphen", "a hyphen in the domain", "jane@acme-inc.example.com"),
    EdgeValue("underscore", "an underscore before the @", "jane_doe@example.com"),
)

TIMESTAMPS = (
    # A year that 100 divides is a leap year only if 400 divides it, too. Code that knows half of
    # the rule rejects this day.
    EdgeValue("leap-century", "a leap day in the year 2000", "2000-02-29T12:00:00.000Z"),
    EdgeValue("next-year", "an offset that moves it into the next year in UTC",
              "2024-12-31T23:30:00.000-01:00"),
    # `datetime.fromisoformat` of Python 3.10 reads fractions of three or six digits only.
    EdgeValue("two-digits", "a fraction of two digits", "2024-03-10T12:00:00.25Z"),
    EdgeValue("six-digits", "a fraction of six digits", "2024-03-10T12:00:00.123456Z"),
    # One digit more than microseconds have. .NET writes seven digits.
    EdgeValue("seven-digits", "a fraction of seven digits", "2024-03-10T12:00:00.1234567Z"),
    EdgeValue("zero-offset", "the offset +00:00", "2024-03-10T12:00:00.000+00:00"),
    EdgeValue("two-hours", "the offset +02:00", "2024-03-10T12:00:00+02:00"),
    # In UTC it is before year 1, and the next one after year 9999. `datetime` of Python holds
    # neither.
    EdgeValue("year-1-offset", "the first second of year 1, with an offset",
              "0001-01-01T00:00:00+14:00"),
    EdgeValue("year-9999-offset", "the last second of year 9999, with an offset",
              "9999-12-31T23:59:59.999-12:00"),
    # Rounded to microseconds, it is in the next second.
    EdgeValue("end-of-second", "the last nanosecond of a second",
              "2024-03-10T12:00:00.999999999Z"),
)  # fmt: skip

MEDIA_TYPES = (
    EdgeValue("no-type", "no Content-Type", ""),
    EdgeValue("text", "the Content-Type text/plain", "text/plain"),
    EdgeValue("form", "the Content-Type application/x-www-form-urlencoded",
              "application/x-www-form-urlencoded"),
    EdgeValue("xml", "the Content-Type application/xml", "application/xml"),
)  # fmt: skip
"""Content types by which a receiver may pick the code that reads a body."""

# It is longer than a buffer that is read once, and far shorter than any usual limit.
LARGE_BODY_BYTES = 20_000
"""The length of a body that every receiver should accept."""
