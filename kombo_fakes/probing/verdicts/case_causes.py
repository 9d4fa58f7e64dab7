"""Which cause a case has, by what is special about it."""

from __future__ import annotations

from kombo_fakes.probing.model import Case, Category, Cause
from kombo_fakes.probing.verdicts.causes import (
    AFTERWARDS,
    BODY_APPLIED,
    BODY_DEPTH,
    BODY_EMPTY_OBJECT,
    BODY_ENCODING,
    BODY_EXTENDED,
    BODY_NOT_AN_OBJECT,
    BODY_NOT_JSON,
    BODY_NUL,
    BODY_NUMBERS,
    BODY_SIZE,
    BODY_SURROGATES,
    BODY_TWIN_KEYS,
    CHANGE_EVENT,
    CHANGE_OLDER_SHAPE,
    CHANGE_PROPERTY,
    CHANGE_VALUE,
    ENUM_UNCHECKED,
    FAULTS_APPLIED,
    FAULTS_FAIL,
    FIRST_DELIVERY,
    FORMAT_UNCHECKED,
    HTTP_CONTENT_TYPE,
    HTTP_CONTENT_TYPE_CHARSET,
    HTTP_CONTENT_TYPE_ODD_CHARSET,
    HTTP_GET,
    HTTP_HEADER_CASE,
    HTTP_PUT,
    LEAKS_SECRET,
    LEAKS_SIGNATURE,
    LEAKS_TRACEBACK,
    PROPERTIES_UNCHECKED,
    REQUIRED_UNCHECKED,
    SIGNATURE_ABSENT,
    SIGNATURE_ALGORITHM,
    SIGNATURE_APPLIED,
    SIGNATURE_BODY,
    SIGNATURE_CASE,
    SIGNATURE_CRASHES,
    SIGNATURE_KEY_FALLBACK,
    SIGNATURE_KEY_KNOWN,
    SIGNATURE_KEY_PREFIX,
    SIGNATURE_MALFORMED,
    SIGNATURE_NOTATION,
    SIGNATURE_PREFIX,
    SIGNATURE_WRONG,
    STATE_CORRUPTED,
    STATE_NOT_APPLIED,
    TYPE_UNCHECKED,
    VALID_COMBINATION,
    VALID_DATE_TIME,
    VALID_ENUM,
    VALID_NULL,
    VALID_NUMBER,
    VALID_REALISTIC,
    VALID_SHAPE,
    VALID_SIZE,
    VALID_STYLE,
    VALID_TEXT,
)
from kombo_fakes.webhooks.model import ChangeKind

WIRE_CAUSES: dict[str, Cause] = {
    "signature-missing": SIGNATURE_ABSENT,
    "signature-empty": SIGNATURE_ABSENT,
    "signature-key-empty": SIGNATURE_KEY_FALLBACK,
    "signature-key-null": SIGNATURE_KEY_FALLBACK,
    "signature-key-undefined": SIGNATURE_KEY_FALLBACK,
    "signature-key-none": SIGNATURE_KEY_FALLBACK,
    "signature-key-guessable": SIGNATURE_KEY_KNOWN,
    "signature-key-test": SIGNATURE_KEY_KNOWN,
    "signature-key-prefix": SIGNATURE_KEY_PREFIX,
    "signature-other-secret": SIGNATURE_WRONG,
    "signature-other-algorithm": SIGNATURE_ALGORITHM,
    "signature-other-body": SIGNATURE_BODY,
    "signature-empty-body": SIGNATURE_BODY,
    "signature-body-byte": SIGNATURE_BODY,
    "signature-body-blank": SIGNATURE_BODY,
    "signature-body-order": SIGNATURE_BODY,
    "signature-shortened": SIGNATURE_PREFIX,
    "signature-longer": SIGNATURE_PREFIX,
    "signature-character-changed": SIGNATURE_PREFIX,
    "signature-case-changed": SIGNATURE_CASE,
    "signature-malformed": SIGNATURE_MALFORMED,
    "signature-non-ascii": SIGNATURE_MALFORMED,
    "signature-long": SIGNATURE_MALFORMED,
    "signature-twice-wrong": SIGNATURE_WRONG,
    "signature-twice": SIGNATURE_NOTATION,
    "signature-padded": SIGNATURE_NOTATION,
    "signature-standard-alphabet": SIGNATURE_NOTATION,
    "signature-spare-bits": SIGNATURE_NOTATION,
    "signature-hex": SIGNATURE_NOTATION,
    "signature-prefixed": SIGNATURE_NOTATION,
    "signature-blanks-around": SIGNATURE_NOTATION,
    "body-empty": BODY_NOT_JSON,
    "body-truncated": BODY_NOT_JSON,
    "body-not-json": BODY_NOT_JSON,
    "body-trailing-garbage": BODY_NOT_JSON,
    "body-not-utf8": BODY_ENCODING,
    "body-utf16": BODY_ENCODING,
    "body-bom": BODY_ENCODING,
    "body-extended-json": BODY_EXTENDED,
    "body-empty-object": BODY_EMPTY_OBJECT,
    "body-array": BODY_NOT_AN_OBJECT,
    "body-string": BODY_NOT_AN_OBJECT,
    "body-number": BODY_NOT_AN_OBJECT,
    "body-null": BODY_NOT_AN_OBJECT,
    "body-boolean": BODY_NOT_AN_OBJECT,
    "body-nan": BODY_NUMBERS,
    "body-huge-integer": BODY_NUMBERS,
    "body-huge-exponent": BODY_NUMBERS,
    "body-deep": BODY_DEPTH,
    "body-lone-surrogate": BODY_SURROGATES,
    "body-nul": BODY_NUL,
    "body-megabyte": BODY_SIZE,
    "body-twin-keys": BODY_TWIN_KEYS,
    "http-content-type-missing": HTTP_CONTENT_TYPE,
    "http-content-type-other": HTTP_CONTENT_TYPE,
    "http-content-type-charset": HTTP_CONTENT_TYPE_CHARSET,
    "http-content-type-odd-charset": HTTP_CONTENT_TYPE_ODD_CHARSET,
    "http-header-case": HTTP_HEADER_CASE,
    "http-get": HTTP_GET,
    "http-put": HTTP_PUT,
}
"""The cause of each wire fault, by its id, where a receiver does not answer it as it should."""

KEYWORD_CAUSES: dict[str, Cause] = {
    "type": TYPE_UNCHECKED,
    "required": REQUIRED_UNCHECKED,
    "enum": ENUM_UNCHECKED,
    "format": FORMAT_UNCHECKED,
    "additionalProperties": PROPERTIES_UNCHECKED,
}
"""The causes of faults by the keyword of the schema; all others have `KEYWORD_UNCHECKED`."""

CHANGE_CAUSES: dict[ChangeKind, Cause] = {
    "new-property": CHANGE_PROPERTY,
    "new-value": CHANGE_VALUE,
    "new-event": CHANGE_EVENT,
    "other-event": CHANGE_EVENT,
    "older-shape": CHANGE_OLDER_SHAPE,
}
"""The causes of schema changes by their kinds, which are the topics of their cases."""

VALID_CAUSES: dict[str, Cause] = {
    "first": FIRST_DELIVERY,
    "null": VALID_NULL,
    "enum": VALID_ENUM,
    "text": VALID_TEXT,
    "date-time": VALID_DATE_TIME,
    "style": VALID_STYLE,
    "number": VALID_NUMBER,
    "shape": VALID_SHAPE,
    "realistic": VALID_REALISTIC,
    "size": VALID_SIZE,
    "combination": VALID_COMBINATION,
    "afterwards": AFTERWARDS,
}
"""The causes of valid payloads by their topics."""

LEAK_CAUSES: dict[str, Cause] = {
    "secret": LEAKS_SECRET,
    "signature": LEAKS_SIGNATURE,
    "traceback": LEAKS_TRACEBACK,
}
"""The causes of leaks by what an answer gives away."""


def find_cause(case: Case, category: Category) -> Cause:
    """The cause of a case that fails alone.

    Args:
        case: The case.
        category: How it fails.

    Returns:
        The cause that the case holds, which is about its answer, or the one for state that is
        wrong although the answer is right.
    """
    if category == "rejected-but-applied":
        return _APPLIED.get(case.family, FAULTS_APPLIED)
    if category == "acknowledged-not-applied":
        return STATE_NOT_APPLIED
    if category == "corrupts-state":
        return STATE_CORRUPTED
    if category in ("crashes", "hangs"):
        if case.group == "fault":
            return FAULTS_FAIL
        if case.family == "signature":
            return SIGNATURE_CRASHES
    return case.cause


_APPLIED = {"signature": SIGNATURE_APPLIED, "body": BODY_APPLIED}
