"""The dialects of JSON Schema: what ``$schema`` names, and older dialects as draft 7."""

from __future__ import annotations

import re
from typing import Any

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.vocabulary import (
    DRAFT_4,
    DRAFT_6,
    DRAFT_7,
    DRAFT_2019,
    DRAFT_2020,
    subschemas,
)

_DRAFTS = {
    "04": DRAFT_4,
    "06": DRAFT_6,
    "07": DRAFT_7,
    "2019-09": DRAFT_2019,
    "2020-12": DRAFT_2020,
}
_DRAFT_URI = re.compile(
    r"https?://json-schema\.org/draft(?:-|/)(\d\d|20\d\d-\d\d)/(?:hyper-)?schema(?:/|\.json)?#?/?"
)
_OPENAPI_URI = re.compile(
    r"https?://spec\.openapis\.org/oas/3\.[12]/(?:dialect|schema)/[A-Za-z0-9.-]+#?"
)
_LATEST_URI = re.compile(r"https?://json-schema\.org/(?:draft/next/)?schema#?/?")
EXPECTED = f"expected draft 4, 6, 7, 2019-09 or 2020-12 ({DRAFT_2020})"
"""The end of a message about a dialect that is not supported."""


def identify_dialect(uri: Any) -> str:
    """Return the dialect that a value of ``$schema`` names.

    Args:
        uri: The value. http and https, a trailing ``#`` or ``/`` and the dialects of OpenAPI 3.1
            and 3.2 are understood.

    Returns:
        One of the dialects of `kombo_fakes.schema.vocabulary`.

    Raises:
        SchemaError: if it is another dialect, or not a string. The message has no place.

    Examples:
        >>> identify_dialect("https://json-schema.org/draft-07/schema") == DRAFT_7
        True
        >>> identify_dialect("http://json-schema.org/draft-03/schema#")
        Traceback (most recent call last):
        kombo_fakes.SchemaError: $schema names draft 3, which is not supported; expected ...
    """
    if isinstance(uri, str):
        draft = _DRAFT_URI.fullmatch(uri)
        if draft and draft[1] in _DRAFTS:
            return _DRAFTS[draft[1]]
        if draft and re.fullmatch("0[0-5]", draft[1]):
            number = int(draft[1])
            raise SchemaError(f"$schema names draft {number}, which is not supported; {EXPECTED}")
        if _OPENAPI_URI.fullmatch(uri) or _LATEST_URI.fullmatch(uri):
            return DRAFT_2020
    raise SchemaError(f"unknown $schema {shorten(uri)}; {EXPECTED}")


def guess_dialect(document: Any) -> str:
    """Return the dialect of a document without ``$schema``, by keywords whose form has changed.

    Examples:
        >>> guess_dialect({"maximum": 5, "exclusiveMaximum": True}) == DRAFT_4
        True
        >>> guess_dialect({"items": [{"type": "string"}]}) == DRAFT_7
        True
        >>> guess_dialect({"type": "string"}) == DRAFT_2020
        True
    """
    found, todo = DRAFT_2020, [document]
    while todo:
        schema = todo.pop()
        if not isinstance(schema, dict):
            continue
        for bound in ("exclusiveMinimum", "exclusiveMaximum"):
            if isinstance(schema.get(bound), bool):
                return DRAFT_4
        if isinstance(schema.get("items"), list):
            found = DRAFT_7
        todo.extend(child for _, child in subschemas(schema))
    return found


def set_exclusive_bounds(schema: dict[str, Any]) -> None:
    """Translate the boolean bounds of draft 4 and OpenAPI 3.0 to numbers, in place.

    Examples:
        >>> schema = {"minimum": 1, "exclusiveMinimum": True}
        >>> set_exclusive_bounds(schema)
        >>> schema
        {'exclusiveMinimum': 1}
    """
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and bound in schema:
            schema[exclusive] = schema.pop(bound)
        elif isinstance(schema.get(exclusive), bool):
            del schema[exclusive]
