"""Which strings a ``format`` allows, where the validator underneath is too generous.

jsonschema-rs (0.60) takes some texts that RFC 3339 refuses (``20.1-09-01T12:00:00Z``) and
addresses with a display name; here the letter of the RFC decides. The other formats are
checked by jsonschema-rs alone.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache

import jsonschema_rs

from kombo_fakes.core.instants import is_date, is_date_time, is_time
from kombo_fakes.schema.vocabulary import DRAFT_7, dialect_of

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


def find_similar_format(name: str) -> str | None:
    """The format that is meant by one that isn't known; None if it may well be another one.

    Examples:
        >>> find_similar_format("datetime"), find_similar_format("url")
        ('date-time', 'uri')
        >>> find_similar_format("int32"), find_similar_format("uuid")
        (None, None)
    """
    if name in CHECKED:  # In a draft that doesn't define it.
        return None
    found = get_close_matches(name[:50].lower(), sorted(CHECKED), n=1, cutoff=0.8)
    return found[0] if found else _TAKEN_FOR.get(name.lower())


def pattern_matches(pattern: str, text: str) -> bool:
    """Whether a pattern of ECMA-262 is found in a text: as the validator has it, in good time.

    Examples:
        >>> pattern_matches("^a", "ab"), pattern_matches("(", "(")
        (True, False)
    """
    return _search(pattern)(text)


@lru_cache(maxsize=1024)
def _search(pattern: str) -> Callable[[str], bool]:
    try:
        return jsonschema_rs.validator_for({"pattern": pattern}, offline=True).is_valid
    except ValueError:
        return lambda text: False
