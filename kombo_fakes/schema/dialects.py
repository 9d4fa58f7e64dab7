"""The dialects of JSON Schema: what ``$schema`` names, and how one is written in another."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.formats import CHECKED, checked_formats
from kombo_fakes.schema.vocabulary import (
    APPLICATORS,
    ASSERTIONS,
    DRAFT_4,
    DRAFT_6,
    DRAFT_7,
    DRAFT_2019,
    DRAFT_2020,
    FOREIGN,
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


def is_dialect(uri: Any) -> bool:
    """Whether a value of ``$schema`` names a dialect that is supported.

    Examples:
        >>> is_dialect("http://json-schema.org/draft-07/schema#"), is_dialect("a.json")
        (True, False)
    """
    try:
        identify_dialect(uri)
    except SchemaError:
        return False
    return True


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


OPENAPI_30 = "https://spec.openapis.org/oas/3.0/dialect"
"""The dialect of OpenAPI 3.0 and Swagger 2.0, which has no URI of its own."""

BEFORE_2019 = (DRAFT_4, DRAFT_6, DRAFT_7, OPENAPI_30)
"""The dialects that ignore what is beside a ``$ref``."""


def upgrade(
    schema: dict[str, Any], dialect: str, note: Callable[[str, str, bool], None]
) -> dict[str, Any]:
    """Translate one schema object to draft 2020-12. The schemas in it stay as they are.

    A document of one dialect can refer to a document of another one, and only 2020-12 has all
    keywords.

    Args:
        schema: The schema object. It is not changed.
        dialect: The dialect that it is written in.
        note: Gets each keyword that is removed, why, and whether the dialect lacks it.

    Raises:
        SchemaError: if 2020-12 has no equivalent. The message has no place.

    Examples:
        >>> upgrade({"items": [{}], "additionalItems": False}, DRAFT_7, print)
        {'prefixItems': [{}], 'items': False}
        >>> upgrade({"const": 1, "enum": [1]}, DRAFT_4, print)
        const http://json-schema.org/draft-04/schema does not have const True
        {'enum': [1]}
    """
    if dialect == DRAFT_2020:
        return dict(schema)
    result = dict(schema)
    if dialect in BEFORE_2019 and isinstance(schema.get("$ref"), str):
        # Draft 7 and OpenAPI 3.0 ignore what is beside a reference.
        beside = [keyword for keyword in schema if keyword in ASSERTIONS | APPLICATORS]
        for keyword in beside:
            del result[keyword]
        if beside and dialect != OPENAPI_30:
            names = ", ".join(beside)
            note("$ref", f"draft 7 ignores what is beside $ref ({names})", False)
    for keyword in FOREIGN.get(dialect, {}):
        if keyword in result:
            del result[keyword]
            note(keyword, f"{dialect} does not have {keyword}", True)
    if dialect in (DRAFT_4, OPENAPI_30):
        set_exclusive_bounds(result)
    if dialect == OPENAPI_30:
        return result
    if dialect == DRAFT_2019 and "unevaluatedItems" in result:
        # In 2020-12 an item that satisfies `contains` is evaluated, and in 2019-09 it is not.
        raise SchemaError("unevaluatedItems of draft 2019-09 beside another dialect")
    name = result.get("format")
    checked = checked_formats(DRAFT_7 if dialect in BEFORE_2019 else dialect)
    if isinstance(name, str) and name in CHECKED - checked:
        del result["format"]
        note("format", f"{dialect} does not have the format {name}", False)
    return _upgrade_items(result)


def _upgrade_items(schema: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    is_tuple = isinstance(schema.get("items"), list)
    for keyword, value in schema.items():
        if keyword == "items" and is_tuple:
            # An empty list says nothing, and 2020-12 does not allow it.
            result.update({"prefixItems": value} if value else {})
        elif keyword != "additionalItems":
            result[keyword] = value
        elif is_tuple:
            result["items"] = value
    return result
