"""The table of causes: what findings of one kind have in common, its fix, and its source.

This is the only place that says how a bug is fixed. The fix of a signature that is computed in
another way comes from the table of `kombo_fakes.wire.signature_mistakes`.

A case and a scenario hold the cause that a failure of theirs most likely has, and a diagnosis
chooses another one where several failures come from the same bug. A title is a phrase without a
subject, and may have two placeholders: ``{verb}`` for what the receiver does with a delivery
(`VERBS`), ``{keyword}`` for a keyword of the schema.
"""

from __future__ import annotations

from kombo_fakes.probing.model import Category, Cause, Likelihood

VERBS: dict[Category, str] = {
    "rejects-valid": "rejects",
    "accepts-invalid": "accepts",
    "crashes": "crashes on",
    "hangs": "hangs on",
    "loses-events": "loses",
    "applies-twice": "applies twice",
    "applies-out-of-order": "applies out of order",
    "acknowledged-not-applied": "acknowledges and does not apply",
    "rejected-but-applied": "rejects and applies",
    "mixes-up-integrations": "mixes up integrations by",
    "corrupts-state": "stores wrongly",
    "leaks": "answers with internals to",
}
"""What a receiver does with a delivery, by the category of the failure."""

CAUSES: dict[str, Cause] = {}
"""All causes by their ids, in the order of this file."""


def _cause(id: str, likelihood: Likelihood, title: str, fix: str, source: str) -> Cause:  # noqa: A002
    assert id not in CAUSES, id
    cause = CAUSES[id] = Cause(id, title, fix, source, likelihood)
    return cause


# -- signatures

ACCEPTS_EVERYTHING = _cause(
    "accepts-everything", "hostile",
    "accepts everything: forged, broken and invalid deliveries are answered 2xx",
    "verify the signature over the raw body first, then parse the body, then validate the payload; "
    "answer 4xx where one of the three fails",
    "OWASP API Security Top 10 2023, API2 Broken Authentication",
)  # fmt: skip
SIGNATURE_UNCHECKED = _cause(
    "signature-unchecked", "hostile",
    "never rejects a signature: deliveries from anybody are accepted",
    "compare X-Kombo-Signature with the base64url (unpadded) HMAC-SHA256 of the raw body in "
    "constant time, and answer 401 where they differ",
    "CWE-347 Improper Verification of Cryptographic Signature",
)  # fmt: skip
SIGNATURE_LOOSE = _cause(
    "signature-loose", "hostile",
    "accepts many wrong signatures",
    "compare the whole header with the signature of the raw body, in constant time, in one place "
    "that every delivery passes",
    "CWE-287 Improper Authentication",
)  # fmt: skip
SIGNATURE_ABSENT = _cause(
    "signature-absent", "hostile",
    "accepts deliveries without a signature (the header is missing or empty)",
    "treat a missing or an empty header like a wrong signature: answer 401",
    "CWE-636 Not Failing Securely ('Failing Open')",
)  # fmt: skip
SIGNATURE_KEY_FALLBACK = _cause(
    "signature-key-fallback", "hostile",
    "accepts signatures made with an empty key, or with the word for no secret (null, undefined, "
    "None)",
    "refuse to start without a secret or with an empty one, so that no fallback is ever the key",
    "OWASP Secrets Management Cheat Sheet",
)  # fmt: skip
SIGNATURE_KEY_KNOWN = _cause(
    "signature-key-known", "hostile",
    "accepts signatures made with a default key that anybody can guess",
    "remove the default value of the secret, and set a random one of at least 32 bytes for each "
    "environment",
    "CWE-1394 Use of Default Cryptographic Key",
)  # fmt: skip
SIGNATURE_KEY_PREFIX = _cause(
    "signature-key-prefix", "hostile",
    "accepts signatures made with a part (a prefix) of the secret",
    "use all bytes of the secret as the key: look for code that cuts it, such as a fixed-size "
    "buffer, a split or a strip",
    "RFC 2104, section 3 (keys of HMAC)",
)  # fmt: skip
SIGNATURE_PREFIX = _cause(
    "signature-prefix", "hostile",
    "compares only a part (a prefix) of the signature",
    "compare signatures of the same length only, and all characters of them, with a constant-time "
    "function such as hmac.compare_digest",
    "CWE-187 Partial String Comparison",
)  # fmt: skip
SIGNATURE_CASE = _cause(
    "signature-case", "hostile",
    "compares signatures without regard to case (case-insensitive)",
    "compare the bytes of the signature as they are, since base64url is case-sensitive",
    "RFC 4648, section 5 (base64url)",
)  # fmt: skip
SIGNATURE_ALGORITHM = _cause(
    "signature-algorithm", "hostile",
    "accepts signatures of another algorithm than HMAC-SHA256 with the secret, such as a plain "
    "hash without a key",
    "compute HMAC-SHA256 with the secret and nothing else; never let the request choose the "
    "algorithm",
    "CWE-327 Use of a Broken or Risky Cryptographic Algorithm",
)  # fmt: skip
SIGNATURE_BODY = _cause(
    "signature-body", "hostile",
    "does not check the signature over the whole body: the signature of other bytes is accepted",
    "compute the HMAC over every byte of the body of this request, and cache no result",
    "CWE-345 Insufficient Verification of Data Authenticity",
)  # fmt: skip
SIGNATURE_MALFORMED = _cause(
    "signature-malformed", "hostile",
    "accepts a malformed signature",
    "treat a signature that cannot be decoded as a wrong one: answer 401, and let no exception "
    "skip the check",
    "CWE-354 Improper Validation of Integrity Check Value",
)  # fmt: skip
SIGNATURE_BRANCH = _cause(
    "signature-branch", "hostile",
    "does not check the signature of some kinds of deliveries",
    "verify the signature before anything else: before the code looks at the type of the event, "
    "the content type, the method or the body",
    "CWE-288 Authentication Bypass Using an Alternate Path or Channel",
)  # fmt: skip
SIGNATURE_WRONG = _cause(
    "signature-wrong", "hostile",
    "accepts wrong signatures",
    "recompute the signature with the secret for each delivery, and reject the delivery unless "
    "they are equal",
    "RFC 2104, section 2 (definition of HMAC)",
)  # fmt: skip
SIGNATURE_CRASHES = _cause(
    "signature-crashes", "hostile",
    "{verb} an unusual or malformed signature",
    "compare bytes with bytes, and answer 401 for a signature that cannot be decoded or compared",
    "CWE-755 Improper Handling of Exceptional Conditions",
)  # fmt: skip
SIGNATURE_APPLIED = _cause(
    "signature-applied", "hostile",
    "rejects forged deliveries but applies them: the signature is checked after the work is done",
    "verify the signature before the first write, and stop where it is wrong",
    "GitHub documentation, Validating webhook deliveries (before a delivery is processed)",
)  # fmt: skip
SIGNATURE_RESERIALISED = _cause(
    "signature-re-serialised", "realistic",
    "checks the signature over re-serialised JSON, or other changed text, instead of the raw bytes "
    "of the body",
    "compute the HMAC over the raw bytes of the request, before any middleware parses them; never "
    "over JSON that was serialised again",
    "Stripe documentation, Receive Stripe events in your webhook endpoint (raw request body)",
)  # fmt: skip
SIGNATURE_DECODED = _cause(
    "signature-decoded", "realistic",
    "checks the signature over text that was decoded and encoded again (not as UTF-8): some "
    "valid deliveries are rejected like forged ones",
    "compute the HMAC over the raw bytes of the request, without decoding them to text first",
    "GitHub documentation, Validating webhook deliveries (handle the payload as UTF-8)",
)  # fmt: skip
SIGNATURE_NOTATION = _cause(
    "signature-notation", "hostile",
    "{verb} a right signature in another notation",
    "compare the header with the unpadded base64url text, and answer 401 for any other notation",
    "RFC 4648, section 3.2 (padding)",
)  # fmt: skip

# -- bodies

BODY_NOT_JSON = _cause(
    "body-not-json", "hostile",
    "{verb} bodies that are not JSON",
    "parse the whole body with a JSON parser, and answer 400 for whatever it rejects",
    "RFC 8259, section 2 (grammar)",
)  # fmt: skip
BODY_ENCODING = _cause(
    "body-encoding", "hostile",
    "{verb} bodies in another encoding, or with bytes that are not UTF-8",
    "answer 400 for a body that cannot be decoded as UTF-8, and replace no bytes of it",
    "RFC 8259, section 8.1 (character encoding)",
)  # fmt: skip
BODY_EXTENDED = _cause(
    "body-extended", "hostile",
    "{verb} bodies that only lenient parsers call JSON",
    "read the body with a parser that keeps to RFC 8259, or switch its extensions off",
    "RFC 8259, section 9 (parsers)",
)  # fmt: skip
BODY_EMPTY_OBJECT = _cause(
    "body-empty-object", "hostile",
    "{verb} an object without members",
    "check that the required members are there before one of them is used, and answer 400 or 422",
    "RFC 8259, section 4 (objects)",
)  # fmt: skip
BODY_NOT_AN_OBJECT = _cause(
    "body-not-an-object", "hostile",
    "{verb} JSON that is not an object (an array, a string, a number, null)",
    "check that the body is a JSON object before one of its members is used",
    "CWE-1287 Improper Validation of Specified Type of Input",
)  # fmt: skip
BODY_NUMBERS = _cause(
    "body-numbers", "hostile",
    "{verb} numbers that JSON does not have, or that are too large (NaN, Infinity, thousands of "
    "digits)",
    "reject NaN and Infinity (in Python with parse_constant=), and limit the size of numbers",
    "RFC 8259, section 6 (numbers)",
)  # fmt: skip
BODY_DEPTH = _cause(
    "body-depth", "hostile",
    "{verb} deeply nested JSON (recursion)",
    "limit the depth before the body is parsed, or handle what the parser raises for it: in "
    "Python a RecursionError, which is not a ValueError",
    "CWE-674 Uncontrolled Recursion",
)  # fmt: skip
BODY_SURROGATES = _cause(
    "body-surrogates", "hostile",
    "{verb} lone surrogates",
    "reject strings that cannot be encoded in UTF-8 before they reach the database",
    "RFC 8259, section 8.2 (Unicode characters)",
)  # fmt: skip
BODY_NUL = _cause(
    "body-nul", "hostile",
    "{verb} the NUL character \\u0000",
    "reject U+0000, or remove it, before the database does: PostgreSQL cannot store it",
    "PostgreSQL documentation, JSON Types",
)  # fmt: skip
BODY_SIZE = _cause(
    "body-size", "hostile",
    "{verb} large bodies",
    "limit the size of a body before it is read into memory, and answer 413 beyond the limit",
    "RFC 9110, section 15.5.14 (413 Content Too Large)",
)  # fmt: skip
BODY_TWIN_KEYS = _cause(
    "body-twin-keys", "hostile",
    "{verb} a name that comes twice (duplicate keys)",
    "keep the last value as most parsers do, or answer 400; let no code rely on unique names",
    "RFC 7493 (I-JSON), section 2.3",
)  # fmt: skip
BODIES_UNREADABLE = _cause(
    "bodies-unreadable", "hostile",
    "{verb} bodies that it cannot read",
    "answer 400 for whatever the parser rejects, whichever error it raises",
    "RFC 9110, section 15.5.1 (400 Bad Request)",
)  # fmt: skip
BODY_APPLIED = _cause(
    "body-applied", "hostile",
    "rejects bodies that are not payloads but applies them",
    "finish parsing and validation before the first write",
    "OWASP REST Security Cheat Sheet (input validation)",
)  # fmt: skip

# -- HTTP

HTTP_CONTENT_TYPE = _cause(
    "http-content-type-other", "hostile",
    "{verb} a missing or another content type",
    "answer 415 where the content type is not application/json, or read the body all the same",
    "RFC 9110, section 15.5.16 (415 Unsupported Media Type)",
)  # fmt: skip
HTTP_CONTENT_TYPE_CHARSET = _cause(
    "http-content-type-charset", "realistic",
    "{verb} application/json with a charset, or in another case",
    "compare the media type only and without regard to case: parameters such as charset may follow",
    "RFC 9110, section 8.3.1 (media types)",
)  # fmt: skip
HTTP_CONTENT_TYPE_ODD_CHARSET = _cause(
    "http-content-type-odd-charset", "hostile",
    "{verb} a charset that is invalid, or not that of the body",
    "decode the body as UTF-8 whatever charset the content type names",
    "RFC 8259, section 11 (application/json has no charset parameter)",
)  # fmt: skip
HTTP_HEADER_CASE = _cause(
    "http-header-case", "realistic",
    "{verb} header names in another case",
    "ask the framework for a header, which ignores the case of its name",
    "RFC 9110, section 5.1 (field names)",
)  # fmt: skip
HTTP_GET = _cause(
    "http-get", "hostile",
    "{verb} a delivery by GET",
    "let the route accept POST only, and answer 405 to GET",
    "RFC 9110, section 15.5.6 (405 Method Not Allowed)",
)  # fmt: skip
HTTP_PUT = _cause(
    "http-put", "hostile",
    "{verb} a delivery by PUT",
    "let the route accept POST only, and answer 405 to PUT",
    "RFC 9110, section 9.1 (methods)",
)  # fmt: skip

# -- invalid payloads

NOT_VALIDATED = _cause(
    "not-validated", "schema",
    "does not validate payloads: most of what the published schema does not allow is accepted "
    "(probe a tolerant reader with --policy tolerant)",
    "validate against the published schema; for a receiver that is a tolerant reader on purpose, "
    "use --policy tolerant",
    "OWASP Input Validation Cheat Sheet",
)  # fmt: skip
TYPE_UNCHECKED = _cause(
    "accepts-type", "schema",
    "does not check type: accepts a value of another type",
    "check the type of each field, and convert no value to the type that was expected",
    "JSON Schema Validation 2020-12, section 6.1.1 (type)",
)  # fmt: skip
REQUIRED_UNCHECKED = _cause(
    "accepts-required", "schema",
    "does not check required: accepts payloads in which a required field is missing",
    "reject a payload that lacks a required field; a field that may be null may still be required",
    "JSON Schema Validation 2020-12, section 6.5.3 (required)",
)  # fmt: skip
ENUM_UNCHECKED = _cause(
    "accepts-enum", "schema",
    "does not check enum: accepts a value that is not in the enum",
    "compare the value with those of the enum, character by character and with regard to case",
    "JSON Schema Validation 2020-12, section 6.1.2 (enum)",
)  # fmt: skip
FORMAT_UNCHECKED = _cause(
    "accepts-format", "schema",
    "does not check format: accepts a string that is not of the format",
    "switch the assertion of formats on: most JSON Schema validators ignore format by default",
    "JSON Schema Validation 2020-12, section 7.2 (format)",
)  # fmt: skip
PROPERTIES_UNCHECKED = _cause(
    "accepts-additionalProperties", "schema",
    "does not check additionalProperties: accepts an unknown property",
    "reject properties that the schema does not list, at each level of the payload",
    "JSON Schema Core 2020-12, section 10.3.2.3 (additionalProperties)",
)  # fmt: skip
KEYWORD_UNCHECKED = _cause(
    "accepts-keyword", "schema",
    "does not check {keyword}",
    "let a JSON Schema validator do it: give it the schema kombo_fakes.Schema.load().effective",
    "JSON Schema Validation 2020-12, section 6 (validation keywords)",
)  # fmt: skip
PLACE_UNCHECKED = _cause(
    "accepts-place", "schema",
    "does not check a value at all",
    "validate the payload as a whole rather than the fields that the code uses",
    "CWE-20 Improper Input Validation",
)  # fmt: skip
INSIDE_UNCHECKED = _cause(
    "accepts-inside", "schema",
    "does not check what is inside a value",
    "validate nested objects and arrays like the payload itself, each by its own schema",
    "CWE-1173 Improper Use of Validation Framework",
)  # fmt: skip
REDIRECTS = _cause(
    "redirects", "hostile",
    "answers with a redirect what it has to reject",
    "answer 401 or 400 instead of redirecting: a redirect rejects nothing, and sends the client "
    "elsewhere",
    "RFC 9110, section 15.4 (redirection)",
)  # fmt: skip
FAULTS_FAIL = _cause(
    "faults-fail", "schema",
    "{verb} invalid payloads instead of rejecting them",
    "validate before any field is used, and answer 400 or 422",
    "RFC 9110, section 15.5.21 (422 Unprocessable Content)",
)  # fmt: skip
FAULTS_APPLIED = _cause(
    "faults-applied", "schema",
    "rejects invalid payloads but applies them",
    "validate before anything is stored, or do both in one transaction",
    "PostgreSQL documentation, Transactions",
)  # fmt: skip

# -- changes of the schema

CHANGE_PROPERTY = _cause(
    "change-new-property", "schema",
    "{verb} unknown properties, which the next release of Kombo may send",
    "ignore properties that you do not know",
    "Stripe documentation, API upgrades (new properties are backward-compatible)",
)  # fmt: skip
CHANGE_VALUE = _cause(
    "change-new-value", "schema",
    "{verb} unknown enum values, which the next release of Kombo may send",
    "keep a value that you do not know as a string, and let the code treat it as unknown",
    "RFC 9170, section 3 (active use of extension points)",
)  # fmt: skip
CHANGE_EVENT = _cause(
    "change-unknown-event", "realistic",
    "{verb} events that it does not know, although Kombo sends all events to the same URL",
    "acknowledge events that you do not handle with 2xx: a sender repeats what is rejected",
    "GitHub documentation, Best practices for using webhooks (check the event type)",
)  # fmt: skip
CHANGE_OLDER_SHAPE = _cause(
    "change-older-shape", "schema",
    "{verb} payloads of an older release of the schema",
    "read what older releases have sent as well: let the field be absent, and a number have a "
    "fraction",
    "the published schemas of Kombo, whose releases differ in these fields",
)  # fmt: skip

# -- valid payloads

VALID_NULL = _cause(
    "valid-null", "schema",
    "{verb} payloads with a null (where null is allowed)",
    "let the field be null, as the schema does with nullable",
    "OpenAPI Specification 3.0.3, Schema Object (nullable)",
)  # fmt: skip
VALID_ENUM = _cause(
    "valid-enum", "schema",
    "{verb} payloads with a value of the enum",
    "accept all values of the enum: read them from the published schema instead of a list by hand",
    "the published schema of the event (enum)",
)  # fmt: skip
VALID_TEXT = _cause(
    "valid-text", "schema",
    "{verb} payloads with unusual strings",
    "allow any Unicode string of any length: utf8mb4 in MySQL, text instead of varchar(255), and "
    "values bound as parameters",
    "MySQL Reference Manual, The utf8mb4 Character Set",
)  # fmt: skip
VALID_DATE_TIME = _cause(
    "valid-date-time", "schema",
    "{verb} payloads with a timestamp that is written in another way (an offset, another fraction, "
    "a far year)",
    "parse RFC 3339 with a library: any offset, 0 to 9 digits of a fraction, any year; convert it "
    "to another time zone only where you have to",
    "RFC 3339, section 5.6 (date-time)",
)  # fmt: skip
VALID_STYLE = _cause(
    "valid-style", "schema",
    "{verb} payloads whose JSON is written in another way",
    "read the body with a JSON parser, whatever its whitespace, escapes and order of keys",
    "RFC 8259, section 7 (strings and their escapes)",
)  # fmt: skip
VALID_NUMBER = _cause(
    "valid-number", "schema",
    "{verb} payloads with an unusual number",
    "accept every number that the schema allows, with or without a fraction and an exponent",
    "JSON Schema Core 2020-12, section 6.3 (mathematical integers)",
)  # fmt: skip
VALID_SHAPE = _cause(
    "valid-shape", "schema",
    "{verb} payloads of an unusual shape",
    "accept arrays and objects of any size that the schema allows, the empty ones included",
    "the published schema of the event (items, properties)",
)  # fmt: skip
VALID_REALISTIC = _cause(
    "valid-realistic", "realistic",
    "{verb} realistic payloads",
    "look at the log of the receiver for this delivery: such payloads come on usual days",
    "the published schema of the event, and its examples",
)  # fmt: skip
VALID_SIZE = _cause(
    "valid-size", "schema",
    "{verb} long bodies",
    "read the whole body, however long, before anything is done with it; a limit of 1 MiB is "
    "plenty",
    "RFC 9112, section 6 (message body)",
)  # fmt: skip
VALID_COMBINATION = _cause(
    "valid-combination", "schema",
    "{verb} payloads with several unusual values",
    "look for code in which one field decides how another one is read",
    "the published schema of the event, which allows the payload as a whole",
)  # fmt: skip
AFTERWARDS = _cause(
    "afterwards", "hostile",
    "one delivery breaks those that follow",
    "let no delivery break the next one: look at what was stored last, and at connections and "
    "locks that are not released after an error",
    "CWE-772 Missing Release of Resource after Effective Lifetime",
)  # fmt: skip
STATE_NOT_APPLIED = _cause(
    "state-not-applied", "schema",
    "acknowledges valid deliveries and does not apply them",
    "answer 2xx only once the change is stored; where the code skips a value, let it store or "
    "reject it",
    "CWE-393 Return of Wrong Status Code",
)  # fmt: skip
STATE_CORRUPTED = _cause(
    "state-corrupted", "schema",
    "stores something else than was sent",
    "store each field as it was sent, in a column that holds every value of it",
    "CWE-704 Incorrect Type Conversion or Cast",
)  # fmt: skip
STATE_LACKS_FIELDS = _cause(
    "state-lacks-fields", "realistic",
    "shows an observed document that lacks fields",
    "let the document that is observed hold state, qa_status, setup_status and updated_at: a field "
    "that is not in it cannot be judged",
    "kombo-fakes probe --help (--observe-url)",
)  # fmt: skip

# -- events over time

TIMELINE_APPLYING = _cause(
    "timeline-applying", "realistic",
    "does not apply what it acknowledges",
    "answer 2xx only once the change is stored; if a queue applies it later, say how long that may "
    "take: --settle, settle=",
    "RFC 9110, section 15.3.3 (202 Accepted)",
)  # fmt: skip
TIMELINE_UPDATING = _cause(
    "timeline-updating", "realistic",
    "does not replace what is stored by a newer event",
    "update the row of the integration where there is one: insert it or update it (upsert)",
    "PostgreSQL documentation, INSERT (ON CONFLICT DO UPDATE)",
)  # fmt: skip
TIMELINE_STATUSES = _cause(
    "timeline-statuses", "realistic",
    "loses a status of an integration",
    "store each status that an event brings, whichever came before it: allow every transition",
    "CWE-841 Improper Enforcement of Behavioral Workflow",
)  # fmt: skip
TIMELINE_COUNTS = _cause(
    "timeline-counts", "realistic",
    "counts the applied events wrongly",
    "count an event in the same transaction that applies it, and only there",
    "CWE-682 Incorrect Calculation",
)  # fmt: skip
TIMELINE_COUNTS_LATE = _cause(
    "timeline-counts-late", "realistic",
    "counts an older (stale) event that comes late as applied",
    "count an event only where its updated_at is newer than the stored one",
    "kombo_fakes.Ledger, the reference receiver (a late event is not applied)",
)  # fmt: skip
TIMELINE_FORGOTTEN = _cause(
    "timeline-forgotten", "realistic",
    "forgets an integration when others come",
    "keep integrations in a store that evicts nothing: not in a cache, not in a list of the last "
    "ones, and delete none but by its own event",
    "CWE-221 Information Loss or Omission",
)  # fmt: skip
TIMELINE_AT_ONCE = _cause(
    "timeline-at-once", "realistic",
    "loses concurrent events (a race condition at the same moment)",
    "let the database apply each event in one statement or transaction, with a lock on the row, "
    "instead of reading, changing and writing all of the state",
    "PostgreSQL documentation, Explicit Locking",
)  # fmt: skip
TIMELINE_COPIES = _cause(
    "timeline-copies", "realistic",
    "applies a copy (duplicate) of an event again",
    "keep the ids of the events that were applied, in the database and under a unique key; skip "
    "an event whose id is there, and answer 2xx for it",
    "CWE-837 Improper Enforcement of a Single, Unique Action",
)  # fmt: skip
TIMELINE_COPIES_FAIL = _cause(
    "timeline-copies-fail", "realistic",
    "{verb} a copy (duplicate) of an event",
    "treat a violation of the unique key of event ids as a copy, and answer 2xx: the event is "
    "stored already",
    "Stripe documentation, Receive Stripe events in your webhook endpoint (duplicate events)",
)  # fmt: skip
TIMELINE_SAME_MOMENT = _cause(
    "timeline-same-moment", "realistic",
    "does not apply copies of an event that come at the same moment (concurrent duplicates) "
    "exactly once",
    "insert the event id under a unique key in the same transaction as the change, and treat a "
    "conflict as a copy: answer 2xx",
    "CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition",
)  # fmt: skip
TIMELINE_SAME_MOMENT_FAILS = _cause(
    "timeline-same-moment-fails", "realistic",
    "{verb} a copy of an event at the same moment (concurrent duplicates)",
    "expect two transactions to insert the same event id: catch the conflict, or the "
    "serialisation failure, of the second one, and answer 2xx",
    "PostgreSQL documentation, Transaction Isolation",
)  # fmt: skip
TIMELINE_ORDER = _cause(
    "timeline-order", "realistic",
    "overwrites a newer event by an older (stale) one that comes late",
    "apply an event only where its updated_at is newer than the stored one",
    "Stripe documentation, Receive Stripe events in your webhook endpoint (event ordering)",
)  # fmt: skip
TIMELINE_TIMESTAMPS = _cause(
    "timeline-timestamps", "realistic",
    "does not compare timestamps as instants (but as text, or without their offset or fraction)",
    "parse both timestamps to UTC, keep their fractions, and compare the instants",
    "RFC 3339, section 5.1 (ordering)",
)  # fmt: skip
TIMELINE_TIES = _cause(
    "timeline-ties", "realistic",
    "changes events of the same instant (a tie) when copies come",
    "keep one of the events of an instant, and skip copies by their ids",
    "CWE-1025 Comparison Using Wrong Factors",
)  # fmt: skip
TIMELINE_ERAS = _cause(
    "timeline-eras", "realistic",
    "does not count timestamps before or after some year as newer",
    "keep instants in a type that holds every year, not in seconds of 32 bits",
    "MySQL Reference Manual, The DATE, DATETIME, and TIMESTAMP Types",
)  # fmt: skip
TIMELINE_INTEGRATIONS = _cause(
    "timeline-integrations", "realistic",
    "changes one integration by an event of another one, or measures it by that",
    "keep the state, and the instant that it is compared with, by integration_id",
    "CWE-653 Improper Isolation or Compartmentalization",
)  # fmt: skip
TIMELINE_CASE = _cause(
    "timeline-case", "realistic",
    "mixes up integrations whose ids differ only in case (case-insensitive)",
    "compare ids of integrations by a case-sensitive or binary collation",
    "MySQL Reference Manual, Case Sensitivity in String Searches",
)  # fmt: skip
TIMELINE_CASE_OF_EVENTS = _cause(
    "timeline-case-of-events", "hostile",
    "mixes up events whose ids differ only in case (case-insensitive)",
    "compare ids of events by a case-sensitive or binary collation, under their unique key as well",
    "CWE-178 Improper Handling of Case Sensitivity",
)  # fmt: skip
TIMELINE_ALIKE = _cause(
    "timeline-alike", "realistic",
    "mixes up integrations whose ids are almost alike",
    "compare ids of integrations as a whole and byte by byte: a binary collation, a wide column, "
    "no trimming, no normalisation",
    "Unicode Standard Annex 15, Unicode Normalization Forms",
)  # fmt: skip
TIMELINE_ALIKE_EVENTS = _cause(
    "timeline-alike-events", "realistic",
    "mixes up events whose ids are almost alike",
    "keep ids of events as a whole and byte by byte, under a unique key that covers all of them",
    "CWE-1023 Incomplete Comparison with Missing Factors",
)  # fmt: skip
TIMELINE_MARKED = _cause(
    "timeline-marked", "realistic",
    "ignores a real event after an invalid payload with its id was rejected (marked as seen before "
    "it is validated)",
    "remember the id of an event only when the event is applied, in the same transaction",
    "CWE-696 Incorrect Behavior Order",
)  # fmt: skip
TIMELINE_FORGED = _cause(
    "timeline-forged", "hostile",
    "ignores a real event after a forged one with its id was rejected (marked as seen before the "
    "signature is checked)",
    "verify the signature before an event id is remembered",
    "CWE-807 Reliance on Untrusted Inputs in a Security Decision",
)  # fmt: skip
TIMELINE_FORGED_APPLIED = _cause(
    "timeline-forged-applied", "hostile",
    "rejects a delivery of a sequence but applies it",
    "change no state before the signature is verified and the payload is validated",
    "CWE-460 Improper Cleanup on Thrown Exception",
)  # fmt: skip
TIMELINE_FOREIGN = _cause(
    "timeline-foreign", "realistic",
    "applies an event of an unknown type as if it were a change of state",
    "decide by type which code handles an event, and change nothing for a type without code",
    "the published schemas of Kombo (each event has its own constant type)",
)  # fmt: skip
TIMELINE_FAILS = _cause(
    "timeline-fails", "realistic",
    "{verb} a delivery of a sequence of events",
    "look at the log of the receiver for the last delivery: it fails only after those before it",
    "RFC 9110, section 15.6.1 (500 Internal Server Error)",
)  # fmt: skip

# -- what answers give away

LEAKS_SECRET = _cause(
    "leaks-secret", "hostile",
    "shows the webhook secret in an answer",
    "keep settings and headers out of answers, and replace the secret: it is known now",
    "CWE-200 Exposure of Sensitive Information to an Unauthorized Actor",
)  # fmt: skip
LEAKS_SIGNATURE = _cause(
    "leaks-signature", "hostile",
    "shows the right signature in an answer, so that anybody can forge one",
    "answer 401 without the signature that was expected; write it to no answer and no log",
    "OWASP Logging Cheat Sheet",
)  # fmt: skip
LEAKS_TRACEBACK = _cause(
    "leaks-traceback", "hostile",
    "shows a stack trace (traceback) in an answer",
    "answer with a short message of your own, switch debug mode off, and keep details for the log",
    "OWASP Error Handling Cheat Sheet",
)  # fmt: skip

# -- the first delivery

FIRST_DELIVERY = _cause(
    "first-delivery", "realistic",
    "rejects the first good delivery",
    "look at the log of the receiver: a realistic payload, correctly signed, has to be answered "
    "2xx",
    "RFC 9110, section 15.3 (2xx means that the request was accepted)",
)  # fmt: skip
FIRST_CRASHES = _cause(
    "first-crashes", "realistic",
    "crashes on the first good delivery",
    "look at the log of the receiver: it fails on a plain realistic payload",
    "RFC 9110, section 15.6 (5xx is an error of the server)",
)  # fmt: skip
FIRST_UNANSWERED = _cause(
    "first-unanswered", "realistic",
    "does not answer the first good delivery",
    "look at the log of the receiver, and check that it is the receiver which listens at this "
    "address",
    "RFC 9112, section 9 (connection management)",
)  # fmt: skip
FIRST_REDIRECTED = _cause(
    "first-redirected", "realistic",
    "redirects the first good delivery",
    "give the URL that the redirect leads to (often only a / at the end, or https, is missing): "
    "a redirect turns POST into GET, and a sender of webhooks does not follow it",
    "RFC 9110, section 15.4.3 (302 Found)",
)  # fmt: skip
FIRST_CSRF = _cause(
    "first-csrf", "realistic",
    "rejects the first good delivery, because of its protection against cross-site request "
    "forgery (CSRF)",
    "exempt the route of the webhook from CSRF protection: the signature takes its place",
    "OWASP Cross-Site Request Forgery Prevention Cheat Sheet",
)  # fmt: skip
FIRST_SECRET = _cause(
    "first-secret", "realistic",
    "rejects the first good delivery, most likely because of a wrong secret",
    "give the receiver and the probe the same secret; if they have it, the receiver computes "
    "another signature than base64url (unpadded) of HMAC-SHA256 over the raw body, in the "
    "header X-Kombo-Signature",
    "RFC 9110, section 15.5.2 (401 Unauthorized)",
)  # fmt: skip
FIRST_PATH = _cause(
    "first-path", "realistic",
    "rejects the first good delivery: there is nothing at this path",
    "check the path of the URL; for an application in Python, it is the argument url=",
    "RFC 9110, section 15.5.5 (404 Not Found)",
)  # fmt: skip
FIRST_METHOD = _cause(
    "first-method", "realistic",
    "rejects the first good delivery, because the method is not allowed",
    "let the route accept POST, and check the path of the URL",
    "RFC 9110, section 9.3.3 (POST)",
)  # fmt: skip
FIRST_CONTENT_TYPE = _cause(
    "first-content-type", "realistic",
    "rejects the first good delivery, because the content type is not supported",
    "accept Content-Type: application/json, which every delivery has",
    "RFC 9110, section 8.3 (Content-Type)",
)  # fmt: skip
FIRST_RATE_LIMITED = _cause(
    "first-rate-limited", "realistic",
    "rejects the first good delivery, because there were too many requests",
    "lift the rate limit while the probe runs",
    "RFC 6585, section 4 (429 Too Many Requests)",
)  # fmt: skip
FIRST_SIGNATURE = _cause(
    "first-signature", "realistic",
    "rejects the first good delivery, and accepts one with another signature",
    "compute the signature as Kombo does: base64url (unpadded) of HMAC-SHA256 over the raw body",
    "RFC 4648, section 5 (base64url), and RFC 2104 (HMAC)",
)  # fmt: skip
FIRST_ENVELOPE = _cause(
    "first-envelope", "realistic",
    "rejects the first good delivery, and accepts an envelope that holds the signature and the "
    "payload",
    "verify the header X-Kombo-Signature over the raw body yourself: validateWebhook of "
    "@kombo-api/sdk expects the envelope, which Kombo does not send, and verifies no signature",
    "@kombo-api/sdk for TypeScript, validateWebhook",
)  # fmt: skip
FIRST_TOO_OLD = _cause(
    "first-too-old", "realistic",
    "rejects the first good delivery, and accepts one with a timestamp of this moment",
    "accept an event however old it is: updated_at is when the integration changed and not when "
    "the event was sent, and events are repeated after an outage",
    "the published schema of the event (updated_at)",
)  # fmt: skip
FIRST_TIMESTAMP = _cause(
    "first-timestamp", "realistic",
    "rejects the first good delivery, and accepts one whose timestamp is written in another way",
    "accept every timestamp of RFC 3339: with and without a fraction of a second, with Z and "
    "with an offset",
    "RFC 3339, section 5.8 (examples)",
)  # fmt: skip
FIRST_VALUE = _cause(
    "first-value", "realistic",
    "rejects the first good delivery, and accepts one with another value",
    "accept every value that the schema allows: any string, any address, all values of an enum",
    "the published schema of the event (type, format, enum)",
)  # fmt: skip
