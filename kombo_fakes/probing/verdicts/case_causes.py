"""Which cause a case has, by what is special about it."""

from __future__ import annotations

from kombo_fakes.probing.model import Case, Category, Cause
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.webhooks.model import ChangeKind

WIRE_CAUSES: dict[str, Cause] = {
    "signature-missing": causes.SIGNATURE_ABSENT,
    "signature-empty": causes.SIGNATURE_ABSENT,
    "signature-key-empty": causes.SIGNATURE_KEY_FALLBACK,
    "signature-key-null": causes.SIGNATURE_KEY_FALLBACK,
    "signature-key-undefined": causes.SIGNATURE_KEY_FALLBACK,
    "signature-key-none": causes.SIGNATURE_KEY_FALLBACK,
    "signature-key-guessable": causes.SIGNATURE_KEY_KNOWN,
    "signature-key-test": causes.SIGNATURE_KEY_KNOWN,
    "signature-key-prefix": causes.SIGNATURE_KEY_PREFIX,
    "signature-other-secret": causes.SIGNATURE_WRONG,
    "signature-other-algorithm": causes.SIGNATURE_ALGORITHM,
    "signature-other-body": causes.SIGNATURE_BODY,
    "signature-empty-body": causes.SIGNATURE_BODY,
    "signature-body-byte": causes.SIGNATURE_BODY,
    "signature-body-blank": causes.SIGNATURE_BODY,
    "signature-body-order": causes.SIGNATURE_BODY,
    "signature-shortened": causes.SIGNATURE_PREFIX,
    "signature-longer": causes.SIGNATURE_PREFIX,
    "signature-character-changed": causes.SIGNATURE_PREFIX,
    "signature-case-changed": causes.SIGNATURE_CASE,
    "signature-malformed": causes.SIGNATURE_MALFORMED,
    "signature-non-ascii": causes.SIGNATURE_MALFORMED,
    "signature-long": causes.SIGNATURE_MALFORMED,
    "signature-twice-wrong": causes.SIGNATURE_WRONG,
    "signature-twice": causes.SIGNATURE_NOTATION,
    "signature-padded": causes.SIGNATURE_NOTATION,
    "signature-standard-alphabet": causes.SIGNATURE_NOTATION,
    "signature-spare-bits": causes.SIGNATURE_NOTATION,
    "signature-hex": causes.SIGNATURE_NOTATION,
    "signature-prefixed": causes.SIGNATURE_NOTATION,
    "signature-blanks-around": causes.SIGNATURE_NOTATION,
    "body-empty": causes.BODY_NOT_JSON,
    "body-truncated": causes.BODY_NOT_JSON,
    "body-not-json": causes.BODY_NOT_JSON,
    "body-trailing-garbage": causes.BODY_NOT_JSON,
    "body-not-utf8": causes.BODY_ENCODING,
    "body-utf16": causes.BODY_ENCODING,
    "body-bom": causes.BODY_ENCODING,
    "body-extended-json": causes.BODY_EXTENDED,
    "body-empty-object": causes.BODY_EMPTY_OBJECT,
    "body-array": causes.BODY_NOT_AN_OBJECT,
    "body-string": causes.BODY_NOT_AN_OBJECT,
    "body-number": causes.BODY_NOT_AN_OBJECT,
    "body-null": causes.BODY_NOT_AN_OBJECT,
    "body-boolean": causes.BODY_NOT_AN_OBJECT,
    "body-nan": causes.BODY_NUMBERS,
    "body-huge-integer": causes.BODY_NUMBERS,
    "body-huge-exponent": causes.BODY_NUMBERS,
    "body-deep": causes.BODY_DEPTH,
    "body-lone-surrogate": causes.BODY_SURROGATES,
    "body-nul": causes.BODY_NUL,
    "body-megabyte": causes.BODY_SIZE,
    "body-twin-keys": causes.BODY_TWIN_KEYS,
    "http-content-type-missing": causes.HTTP_CONTENT_TYPE,
    "http-content-type-other": causes.HTTP_CONTENT_TYPE,
    "http-content-type-charset": causes.HTTP_CONTENT_TYPE_CHARSET,
    "http-content-type-odd-charset": causes.HTTP_CONTENT_TYPE_ODD_CHARSET,
    "http-header-case": causes.HTTP_HEADER_CASE,
    "http-get": causes.HTTP_GET,
    "http-put": causes.HTTP_PUT,
}
"""The cause of each wire fault, by its id, where a receiver does not answer it as it should."""

KEYWORD_CAUSES: dict[str, Cause] = {
    "type": causes.TYPE_UNCHECKED,
    "required": causes.REQUIRED_UNCHECKED,
    "enum": causes.ENUM_UNCHECKED,
    "format": causes.FORMAT_UNCHECKED,
    "additionalProperties": causes.PROPERTIES_UNCHECKED,
}
"""The causes of faults by the keyword of the schema; all others have `KEYWORD_UNCHECKED`."""

CHANGE_CAUSES: dict[ChangeKind, Cause] = {
    "new-property": causes.CHANGE_PROPERTY,
    "new-value": causes.CHANGE_VALUE,
    "new-event": causes.CHANGE_EVENT,
    "other-event": causes.CHANGE_EVENT,
    "older-shape": causes.CHANGE_OLDER_SHAPE,
}
"""The causes of schema changes by their kinds, which are the topics of their cases."""

VALID_CAUSES: dict[str, Cause] = {
    "first": causes.FIRST_DELIVERY,
    "null": causes.VALID_NULL,
    "enum": causes.VALID_ENUM,
    "text": causes.VALID_TEXT,
    "date-time": causes.VALID_DATE_TIME,
    "style": causes.VALID_STYLE,
    "number": causes.VALID_NUMBER,
    "shape": causes.VALID_SHAPE,
    "realistic": causes.VALID_REALISTIC,
    "size": causes.VALID_SIZE,
    "combination": causes.VALID_COMBINATION,
    "afterwards": causes.AFTERWARDS,
}
"""The causes of valid payloads by their topics."""

LEAK_CAUSES: dict[str, Cause] = {
    "secret": causes.LEAKS_SECRET,
    "signature": causes.LEAKS_SIGNATURE,
    "traceback": causes.LEAKS_TRACEBACK,
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
        return _APPLIED.get(case.family, causes.FAULTS_APPLIED)
    if category == "acknowledged-not-applied":
        return causes.STATE_NOT_APPLIED
    if category == "corrupts-state":
        return causes.STATE_CORRUPTED
    if category in ("crashes", "hangs"):
        if case.group == "fault":
            return causes.FAULTS_FAIL
        if case.family == "signature":
            return causes.SIGNATURE_CRASHES
    return case.cause


_APPLIED = {"signature": causes.SIGNATURE_APPLIED, "body": causes.BODY_APPLIED}
