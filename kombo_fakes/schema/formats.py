"""The formats that are checked, and stricter checks for dates and times.

jsonschema-rs (0.60) accepts some strings that RFC 3339 rejects, such as
``20.1-09-01T12:00:00Z``. The checks here follow the RFC. jsonschema-rs checks all other formats.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache

import jsonschema_rs

from kombo_fakes.core.instants import is_date, is_date_time, is_time
from kombo_fakes.schema.vocabulary import DRAFT_7, read_dialect

CHECKERS: dict[str, Callable[[str], bool]] = {
    "date-time": is_date_time,
    "date": is_date,
    "time": is_time,
}
"""The checkers that replace those of the validator, by format."""

CHECKED = frozenset(CHECKERS) | {
    "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri",
    "iri-reference", "json-pointer", "regex", "relative-json-pointer", "uri", "uri-reference",
    "uri-template", "uuid",
}  # fmt: skip
"""The formats that are asserted. JSON Schema treats any other format as an annotation."""


def checked_formats(dialect: object) -> frozenset[str]:
    """Return the formats that are asserted in a dialect. Draft 7 does not define all of them.

    Examples:
        >>> "uuid" in checked_formats("http://json-schema.org/draft-07/schema#")
        False
    """
    is_draft_7 = read_dialect({"$schema": dialect}) == DRAFT_7
    # Draft 2019-09 added these two formats.
    return CHECKED - {"duration", "uuid"} if is_draft_7 else CHECKED


# These are spelled too differently from the formats that they mean to be found as similar.
_OTHER_NAMES = {"url": "uri", "ip": "ipv4", "guid": "uuid"}


def find_similar_format(name: str) -> str | None:
    """Return the format that a misspelt one most likely means; None if there is none.

    Examples:
        >>> find_similar_format("datetime"), find_similar_format("url")
        ('date-time', 'uri')
        >>> find_similar_format("int32"), find_similar_format("uuid")
        (None, None)
    """
    if name in CHECKED:  # The dialect does not define it.
        return None
    # difflib takes quadratic time, and no format has a name of 50 characters.
    found = get_close_matches(name[:50].lower(), sorted(CHECKED), n=1, cutoff=0.8)
    return found[0] if found else _OTHER_NAMES.get(name.lower())


def pattern_matches(pattern: str, text: str) -> bool:
    """Whether an ECMA-262 pattern matches somewhere in a string.

    The validator decides, in time that is linear in the length of the string. An invalid pattern
    matches nothing.

    Examples:
        >>> pattern_matches("^a", "ab"), pattern_matches("(", "(")
        (True, False)
    """
    return _compile_pattern(pattern)(text)


# Building a validator takes far longer than one match, and the same patterns come again.
@lru_cache(maxsize=1024)
def _compile_pattern(pattern: str) -> Callable[[str], bool]:
    try:
        return jsonschema_rs.validator_for({"pattern": pattern}, offline=True).is_valid
    except ValueError:
        return lambda text: False
