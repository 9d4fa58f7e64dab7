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
    "acknowledged-not-applied": "acknowledges but does not apply",
    "rejected-but-applied": "rejects but applies",
    "mixes-up-integrations": "mixes up integrations by",
    "corrupts-state": "stores incorrectly",
    "leaks": "leaks internals on",
}
"""What a receiver does with a delivery, by the category of the failure."""

CAUSES: dict[str, Cause] = {}
"""All causes by their ids, in the order of this file."""


def _cause(id: str, likelihood: Likelihood, title: str, fix: str, source: str) -> Cause:  # noqa: A002
    # Users skip findings by ids, so that two causes with one id would hide each other.
    assert id not in CAUSES, id
    cause = CAUSES[id] = Cause(id, title, fix, source, likelihood)
    return cause


# -- signatures

ACCEPTS_EVERYTHING = _cause(
    "accepts-everything", "hostile",
    "accepts everything: it answers forged, broken and invalid deliveries with 2xx",
    "verify the signature over the raw body first, then parse the body, then validate the "
    "payload; answer 4xx if one of these steps fails",
    "OWASP API Security Top 10 2023, API2 Broken Authentication",
)  # fmt: skip
SIGNATURE_UNCHECKED = _cause(
    "signature-unchecked", "hostile",
    "does not verify signatures: it accepts deliveries from anybody",
    "compare X-Kombo-Signature with the base64url (unpadded) HMAC-SHA256 of the raw body in "
    "constant time, and answer 401 if they differ",
    "CWE-347 Improper Verification of Cryptographic Signature",
)  # fmt: skip
SIGNATURE_LOOSE = _cause(
    "signature-loose", "hostile",
    "accepts many kinds of wrong signatures",
    "compare the whole header with the signature of the raw body, in constant time, and in one "
    "place that every delivery passes through",
    "CWE-287 Improper Authentication",
)  # fmt: skip
SIGNATURE_ABSENT = _cause(
    "signature-absent", "hostile",
    "accepts deliveries without a signature (the header is missing or empty)",
    "treat a missing or empty header like a wrong signature: answer 401",
    "CWE-636 Not Failing Securely ('Failing Open')",
)  # fmt: skip
SIGNATURE_KEY_FALLBACK = _cause(
    "signature-key-fallback", "hostile",
    "accepts signatures made with an empty key, or with a word that stands for a missing secret "
    "(null, undefined, None)",
    "refuse to start if the secret is missing or empty, so that no fallback value becomes the key",
    "OWASP Secrets Management Cheat Sheet",
)  # fmt: skip
SIGNATURE_KEY_KNOWN = _cause(
    "signature-key-known", "hostile",
    "accepts signatures made with a default key that anybody can guess",
    "remove the default value of the secret, and set a random secret of at least 32 bytes for "
    "each environment",
    "CWE-1394 Use of Default Cryptographic Key",
)  # fmt: skip
SIGNATURE_KEY_PREFIX = _cause(
    "signature-key-prefix", "hostile",
    "accepts signatures made with only a prefix of the secret",
    "use all bytes of the secret as the key: look for code that truncates it, such as a "
    "fixed-size buffer, a split or a strip",
    "RFC 2104, section 3 (keys of HMAC)",
)  # fmt: skip
SIGNATURE_PREFIX = _cause(
    "signature-prefix", "hostile",
    "compares only a part of the signature, such as a prefix",
    "reject a signature of another length, and compare all characters with a constant-time "
    "function such as hmac.compare_digest",
    "CWE-187 Partial String Comparison",
)  # fmt: skip
SIGNATURE_CASE = _cause(
    "signature-case", "hostile",
    "compares signatures case-insensitively",
    "compare the bytes of the signature as they are, because base64url is case-sensitive",
    "RFC 4648, section 5 (base64url)",
)  # fmt: skip
SIGNATURE_ALGORITHM = _cause(
    "signature-algorithm", "hostile",
    "accepts signatures made with an algorithm other than HMAC-SHA256, such as a plain hash "
    "without a key",
    "always compute HMAC-SHA256 with the secret; never let the request choose the algorithm",
    "CWE-327 Use of a Broken or Risky Cryptographic Algorithm",
)  # fmt: skip
SIGNATURE_BODY = _cause(
    "signature-body", "hostile",
    "does not verify the signature over the whole body: it accepts the signature of other bytes",
    "compute the HMAC over every byte of the body of this request, and do not cache the result",
    "CWE-345 Insufficient Verification of Data Authenticity",
)  # fmt: skip
SIGNATURE_MALFORMED = _cause(
    "signature-malformed", "hostile",
    "accepts a malformed signature",
    "treat a signature that cannot be decoded as wrong: answer 401, and make sure that no "
    "exception skips the check",
    "CWE-354 Improper Validation of Integrity Check Value",
)  # fmt: skip
SIGNATURE_BRANCH = _cause(
    "signature-branch", "hostile",
    "does not verify the signature of some kinds of deliveries",
    "verify the signature before anything else: before the code looks at the event type, the "
    "content type, the method or the body",
    "CWE-288 Authentication Bypass Using an Alternate Path or Channel",
)  # fmt: skip
SIGNATURE_WRONG = _cause(
    "signature-wrong", "hostile",
    "accepts wrong signatures",
    "recompute the signature with the secret for each delivery, and reject the delivery if the "
    "two differ",
    "RFC 2104, section 2 (definition of HMAC)",
)  # fmt: skip
SIGNATURE_CRASHES = _cause(
    "signature-crashes", "hostile",
    "{verb} a missing, malformed or unusual signature",
    "compare bytes with bytes, and answer 401 if the signature is missing or cannot be decoded",
    "CWE-755 Improper Handling of Exceptional Conditions",
)  # fmt: skip
SIGNATURE_APPLIED = _cause(
    "signature-applied", "hostile",
    "rejects forged deliveries but applies them: it checks the signature too late",
    "verify the signature before the first write, and stop if it is wrong",
    "GitHub documentation, Validating webhook deliveries (before a delivery is processed)",
)  # fmt: skip
SIGNATURE_RESERIALISED = _cause(
    "signature-re-serialised", "realistic",
    "checks the signature over re-serialised JSON, or another changed form of the body, instead "
    "of the raw bytes",
    "compute the HMAC over the raw bytes of the request, before any middleware parses them; never "
    "over JSON that was serialised again",
    "Stripe documentation, Receive Stripe events in your webhook endpoint (raw request body)",
)  # fmt: skip
SIGNATURE_DECODED = _cause(
    "signature-decoded", "realistic",
    "checks the signature over text that was decoded and encoded again, not as UTF-8, and so "
    "rejects some valid deliveries",
    "compute the HMAC over the raw bytes of the request, without decoding them to text first",
    "GitHub documentation, Validating webhook deliveries (handle the payload as UTF-8)",
)  # fmt: skip
SIGNATURE_NOTATION = _cause(
    "signature-notation", "hostile",
    "{verb} a correct digest in another encoding",
    "compare the header with the unpadded base64url digest, and answer 401 for any other encoding",
    "RFC 4648, section 3.2 (padding)",
)  # fmt: skip

# -- bodies

BODY_NOT_JSON = _cause(
    "body-not-json", "hostile",
    "{verb} bodies that are not JSON",
    "parse the whole body with a JSON parser, and answer 400 if the parser rejects it",
    "RFC 8259, section 2 (grammar)",
)  # fmt: skip
BODY_ENCODING = _cause(
    "body-encoding", "hostile",
    "{verb} bodies that are not UTF-8",
    "answer 400 if the body cannot be decoded as UTF-8, and do not replace invalid bytes",
    "RFC 8259, section 8.1 (character encoding)",
)  # fmt: skip
BODY_EXTENDED = _cause(
    "body-extended", "hostile",
    "{verb} bodies that only lenient parsers accept as JSON",
    "use a parser that follows RFC 8259, or switch its extensions off",
    "RFC 8259, section 9 (parsers)",
)  # fmt: skip
BODY_EMPTY_OBJECT = _cause(
    "body-empty-object", "hostile",
    "{verb} an empty object",
    "check that the required properties exist before you use them, and answer 400 or 422 if one "
    "is missing",
    "RFC 8259, section 4 (objects)",
)  # fmt: skip
BODY_NOT_AN_OBJECT = _cause(
    "body-not-an-object", "hostile",
    "{verb} JSON that is not an object (an array, a string, a number, null)",
    "check that the body is a JSON object before you use its properties",
    "CWE-1287 Improper Validation of Specified Type of Input",
)  # fmt: skip
BODY_NUMBERS = _cause(
    "body-numbers", "hostile",
    "{verb} numbers that are not JSON or are too large (NaN, Infinity, thousands of digits)",
    "reject NaN and Infinity (in Python with parse_constant=), and limit the size of numbers",
    "RFC 8259, section 6 (numbers)",
)  # fmt: skip
BODY_DEPTH = _cause(
    "body-depth", "hostile",
    "{verb} deeply nested JSON",
    "limit the depth before you parse the body, or handle the error of the parser: in Python a "
    "RecursionError, which is not a ValueError",
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
    "reject or remove U+0000 before it reaches the database: PostgreSQL cannot store it",
    "PostgreSQL documentation, JSON Types",
)  # fmt: skip
BODY_SIZE = _cause(
    "body-size", "hostile",
    "{verb} large bodies",
    "limit the size of the body before you read it into memory, and answer 413 for a larger one",
    "RFC 9110, section 15.5.14 (413 Content Too Large)",
)  # fmt: skip
BODY_TWIN_KEYS = _cause(
    "body-twin-keys", "hostile",
    "{verb} duplicate keys in an object",
    "keep the last value as most parsers do, or answer 400; do not rely on unique keys",
    "RFC 7493 (I-JSON), section 2.3",
)  # fmt: skip
BODIES_UNREADABLE = _cause(
    "bodies-unreadable", "hostile",
    "{verb} bodies that it cannot parse",
    "answer 400 if the parser rejects the body, whatever error it raises",
    "RFC 9110, section 15.5.1 (400 Bad Request)",
)  # fmt: skip
BODY_APPLIED = _cause(
    "body-applied", "hostile",
    "rejects bodies that are not valid payloads but applies them",
    "finish parsing and validation before the first write",
    "OWASP REST Security Cheat Sheet (input validation)",
)  # fmt: skip

# -- HTTP

HTTP_CONTENT_TYPE = _cause(
    "http-content-type-other", "hostile",
    "{verb} a missing or unexpected content type",
    "answer 415 if the content type is not application/json, or parse the body anyway",
    "RFC 9110, section 15.5.16 (415 Unsupported Media Type)",
)  # fmt: skip
HTTP_CONTENT_TYPE_CHARSET = _cause(
    "http-content-type-charset", "realistic",
    "{verb} the content type application/json with a charset, or in another letter case",
    "compare only the media type, case-insensitively: parameters such as charset may follow it",
    "RFC 9110, section 8.3.1 (media types)",
)  # fmt: skip
HTTP_CONTENT_TYPE_ODD_CHARSET = _cause(
    "http-content-type-odd-charset", "hostile",
    "{verb} a charset that is invalid or not that of the body",
    "decode the body as UTF-8, whatever charset the content type names",
    "RFC 8259, section 11 (application/json has no charset parameter)",
)  # fmt: skip
HTTP_HEADER_CASE = _cause(
    "http-header-case", "realistic",
    "{verb} header names in another letter case",
    "look headers up with the framework, which ignores the case of their names",
    "RFC 9110, section 5.1 (field names)",
)  # fmt: skip
HTTP_GET = _cause(
    "http-get", "hostile",
    "{verb} a GET request",
    "let the route accept POST only, and answer 405 to GET",
    "RFC 9110, section 15.5.6 (405 Method Not Allowed)",
)  # fmt: skip
HTTP_PUT = _cause(
    "http-put", "hostile",
    "{verb} a PUT request",
    "let the route accept POST only, and answer 405 to PUT",
    "RFC 9110, section 9.1 (methods)",
)  # fmt: skip

# -- invalid payloads

NOT_VALIDATED = _cause(
    "not-validated", "schema",
    "does not validate payloads: it accepts most payloads that the published schema does not "
    "allow (for a receiver that is tolerant on purpose, use --policy tolerant)",
    "validate against the published schema; for a receiver that is tolerant on purpose, use "
    "--policy tolerant",
    "OWASP Input Validation Cheat Sheet",
)  # fmt: skip
TYPE_UNCHECKED = _cause(
    "accepts-type", "schema",
    "does not check type: it accepts values of another type",
    "check the type of each field, and do not convert values to the expected type",
    "JSON Schema Validation 2020-12, section 6.1.1 (type)",
)  # fmt: skip
REQUIRED_UNCHECKED = _cause(
    "accepts-required", "schema",
    "does not check required: it accepts payloads without a required field",
    "reject a payload that lacks a required field; a nullable field can be required, too",
    "JSON Schema Validation 2020-12, section 6.5.3 (required)",
)  # fmt: skip
ENUM_UNCHECKED = _cause(
    "accepts-enum", "schema",
    "does not check enum: it accepts values that are not in the enum",
    "compare the value with the enum values exactly, including case and whitespace",
    "JSON Schema Validation 2020-12, section 6.1.2 (enum)",
)  # fmt: skip
FORMAT_UNCHECKED = _cause(
    "accepts-format", "schema",
    "does not check format: it accepts strings that do not match the format",
    "switch the assertion of formats on: most JSON Schema validators ignore format by default",
    "JSON Schema Validation 2020-12, section 7.2 (format)",
)  # fmt: skip
PROPERTIES_UNCHECKED = _cause(
    "accepts-additionalProperties", "schema",
    "does not check additionalProperties: it accepts unknown properties",
    "reject properties that the schema does not list, at every level of the payload",
    "JSON Schema Core 2020-12, section 10.3.2.3 (additionalProperties)",
)  # fmt: skip
KEYWORD_UNCHECKED = _cause(
    "accepts-keyword", "schema",
    "does not check {keyword}",
    "use a JSON Schema validator with the schema kombo_fakes.Schema.load().effective",
    "JSON Schema Validation 2020-12, section 6 (validation keywords)",
)  # fmt: skip
PLACE_UNCHECKED = _cause(
    "accepts-place", "schema",
    "does not validate a field at all",
    "validate the whole payload, not only the fields that the code uses",
    "CWE-20 Improper Input Validation",
)  # fmt: skip
INSIDE_UNCHECKED = _cause(
    "accepts-inside", "schema",
    "does not validate the contents of a nested value",
    "validate nested objects and arrays, each against its own schema",
    "CWE-1173 Improper Use of Validation Framework",
)  # fmt: skip
REDIRECTS = _cause(
    "redirects", "hostile",
    "answers deliveries that it has to reject with a redirect",
    "answer 401 or 400 instead of redirecting: a redirect does not reject the delivery",
    "RFC 9110, section 15.4 (redirection)",
)  # fmt: skip
FAULTS_FAIL = _cause(
    "faults-fail", "schema",
    "{verb} invalid payloads",
    # A tolerant receiver may accept an invalid payload, so this does not say to reject all of them.
    "check that a field exists and has the expected type before you use it; answer 400 or 422 if "
    "you cannot use the payload",
    "RFC 9110, section 15.5.21 (422 Unprocessable Content)",
)  # fmt: skip
FAULTS_AND_EVENTS_FIX = (
    "read the type of the event first, and answer 2xx to events that you do not handle; then "
    f"{FAULTS_FAIL.fix}"
)
"""The fix of `FAULTS_FAIL` where other events of Kombo fail, too."""
FAULTS_APPLIED = _cause(
    "faults-applied", "schema",
    "rejects invalid payloads but applies them",
    "validate before you store anything, or do both in one transaction",
    "PostgreSQL documentation, Transactions",
)  # fmt: skip

# -- changes of the schema

CHANGE_PROPERTY = _cause(
    "change-new-property", "schema",
    "{verb} unknown properties, which the next release of Kombo may send",
    "ignore unknown properties",
    "Stripe documentation, API upgrades (new properties are backward-compatible)",
)  # fmt: skip
CHANGE_VALUE = _cause(
    "change-new-value", "schema",
    "{verb} unknown enum values, which the next release of Kombo may send",
    "store an unknown enum value as a string, and handle it as unknown",
    "RFC 9170, section 3 (active use of extension points)",
)  # fmt: skip
CHANGE_EVENT = _cause(
    "change-unknown-event", "realistic",
    "{verb} unknown event types, although Kombo sends all events to the same URL",
    "answer 2xx for events that you do not handle: a sender repeats rejected deliveries",
    "GitHub documentation, Best practices for using webhooks (check the event type)",
)  # fmt: skip
CHANGE_OLDER_SHAPE = _cause(
    "change-older-shape", "schema",
    "{verb} payloads of an older release of the schema",
    "accept payloads of older releases as well: fields may be absent, and integers may have a "
    "fraction",
    "the published schemas of Kombo, whose releases differ in these fields",
)  # fmt: skip

# -- valid payloads

VALID_NULL = _cause(
    "valid-null", "schema",
    "{verb} payloads with null in a nullable field",
    "allow null in this field: the schema declares it nullable",
    "OpenAPI Specification 3.0.3, Schema Object (nullable)",
)  # fmt: skip
VALID_ENUM = _cause(
    "valid-enum", "schema",
    "{verb} payloads with one of the enum values",
    "accept every value of the enum: read the values from the published schema instead of a "
    "hand-written list",
    "the published schema of the event (enum)",
)  # fmt: skip
VALID_TEXT = _cause(
    "valid-text", "schema",
    "{verb} payloads with unusual strings",
    "allow Unicode strings of any length: use utf8mb4 in MySQL, text instead of varchar(255), and "
    "bound parameters in SQL",
    "MySQL Reference Manual, The utf8mb4 Character Set",
)  # fmt: skip
VALID_DATE_TIME = _cause(
    "valid-date-time", "schema",
    "{verb} payloads with an unusual timestamp (an offset, a fraction of another length, a "
    "distant year)",
    "parse timestamps with an RFC 3339 library: any offset, any year, and fractions of 0 to 9 "
    "digits; avoid unnecessary conversions to other time zones",
    "RFC 3339, section 5.6 (date-time)",
)  # fmt: skip
VALID_STYLE = _cause(
    "valid-style", "schema",
    "{verb} payloads whose JSON is serialized in another style",
    "parse the body with a JSON parser, and do not rely on whitespace, escapes or the order of "
    "keys",
    "RFC 8259, section 7 (strings and their escapes)",
)  # fmt: skip
VALID_NUMBER = _cause(
    "valid-number", "schema",
    "{verb} payloads with an unusual number",
    "accept every number that the schema allows, including fractions and exponents",
    "JSON Schema Core 2020-12, section 6.3 (mathematical integers)",
)  # fmt: skip
VALID_SHAPE = _cause(
    "valid-shape", "schema",
    "{verb} payloads of an unusual shape",
    "accept arrays and objects of any size that the schema allows, including empty ones",
    "the published schema of the event (items, properties)",
)  # fmt: skip
VALID_REALISTIC = _cause(
    "valid-realistic", "realistic",
    "{verb} realistic payloads",
    "look at the log of the receiver for this delivery: such payloads occur in normal operation",
    "the published schema of the event, and its examples",
)  # fmt: skip
VALID_SIZE = _cause(
    "valid-size", "schema",
    "{verb} long bodies",
    "read the whole body before you process it; a limit of 1 MiB is enough",
    "RFC 9112, section 6 (message body)",
)  # fmt: skip
VALID_COMBINATION = _cause(
    "valid-combination", "schema",
    "{verb} payloads with several unusual values",
    "look for code that reads one field depending on another one",
    "the published schema of the event, which allows the payload as a whole",
)  # fmt: skip
AFTERWARDS = _cause(
    "afterwards", "hostile",
    "fails on good deliveries after one particular delivery",
    "make each delivery independent: check what was stored last, and connections and locks that "
    "are not released after an error",
    "CWE-772 Missing Release of Resource after Effective Lifetime",
)  # fmt: skip
STATE_NOT_APPLIED = _cause(
    "state-not-applied", "schema",
    "acknowledges valid deliveries but does not apply them",
    "answer 2xx only after the change is stored; if the code skips a value, make it store or "
    "reject the value",
    "CWE-393 Return of Wrong Status Code",
)  # fmt: skip
STATE_CORRUPTED = _cause(
    "state-corrupted", "schema",
    "stores a value that differs from the one sent",
    "store each field as it was sent, in a column that can hold every allowed value",
    "CWE-704 Incorrect Type Conversion or Cast",
)  # fmt: skip
STATE_LACKS_FIELDS = _cause(
    "state-lacks-fields", "realistic",
    "does not show all fields in the observed document",
    "include state, qa_status, setup_status and updated_at in the observed document: the probe "
    "cannot judge a missing field",
    "kombo-fakes probe --help (--observe-url)",
)  # fmt: skip

# -- events over time

TIMELINE_APPLYING = _cause(
    "timeline-applying", "realistic",
    "does not apply events that it acknowledges",
    "answer 2xx only after the change is stored; if a queue applies it later, set how long that "
    "may take with --settle or settle=",
    "RFC 9110, section 15.3.3 (202 Accepted)",
)  # fmt: skip
TIMELINE_UPDATING = _cause(
    "timeline-updating", "realistic",
    "does not replace the stored state with a newer event",
    "update the row of the integration if it exists, and insert it otherwise (upsert)",
    "PostgreSQL documentation, INSERT (ON CONFLICT DO UPDATE)",
)  # fmt: skip
TIMELINE_STATUSES = _cause(
    "timeline-statuses", "realistic",
    "loses a status of an integration",
    "store every status that an event brings, whatever the status before it: allow every "
    "transition",
    "CWE-841 Improper Enforcement of Behavioral Workflow",
)  # fmt: skip
TIMELINE_COUNTS = _cause(
    "timeline-counts", "realistic",
    "counts the applied events incorrectly",
    "count an event in the transaction that applies it, and nowhere else",
    "CWE-682 Incorrect Calculation",
)  # fmt: skip
TIMELINE_COUNTS_LATE = _cause(
    "timeline-counts-late", "realistic",
    "counts an older (stale) event that arrives late as applied",
    "count an event only if its updated_at is newer than the stored one",
    "kombo_fakes.Ledger, the reference receiver (a late event is not applied)",
)  # fmt: skip
TIMELINE_FORGOTTEN = _cause(
    "timeline-forgotten", "realistic",
    "forgets an integration when events of other integrations arrive",
    "store integrations where nothing is evicted: not in a cache or a list of recent ones; delete "
    "an integration only when its own event says so",
    "CWE-221 Information Loss or Omission",
)  # fmt: skip
TIMELINE_AT_ONCE = _cause(
    "timeline-at-once", "realistic",
    "loses concurrent events (race condition)",
    "apply each event in one database statement or transaction, with a lock on the row, instead "
    "of reading, changing and writing the whole state",
    "PostgreSQL documentation, Explicit Locking",
)  # fmt: skip
TIMELINE_COPIES = _cause(
    "timeline-copies", "realistic",
    "applies a duplicate of an event again",
    "store the ids of applied events in the database, under a unique key; skip an event whose id "
    "exists, and answer 2xx",
    "CWE-837 Improper Enforcement of a Single, Unique Action",
)  # fmt: skip
TIMELINE_COPIES_FAIL = _cause(
    "timeline-copies-fail", "realistic",
    "{verb} a duplicate of an event",
    "treat a violation of the unique key on event ids as a duplicate, and answer 2xx: the event "
    "is already stored",
    "Stripe documentation, Receive Stripe events in your webhook endpoint (duplicate events)",
)  # fmt: skip
TIMELINE_SAME_MOMENT = _cause(
    "timeline-same-moment", "realistic",
    "does not apply an event exactly once when its duplicates arrive concurrently (race "
    "condition)",
    "insert the event id under a unique key in the same transaction as the change, and treat a "
    "conflict as a duplicate: answer 2xx",
    "CWE-367 Time-of-check Time-of-use (TOCTOU) Race Condition",
)  # fmt: skip
TIMELINE_SAME_MOMENT_FAILS = _cause(
    "timeline-same-moment-fails", "realistic",
    "{verb} a concurrent duplicate of an event (race condition)",
    "expect two transactions to insert the same event id: catch the conflict or serialisation "
    "failure of the second one, and answer 2xx",
    "PostgreSQL documentation, Transaction Isolation",
)  # fmt: skip
TIMELINE_ORDER = _cause(
    "timeline-order", "realistic",
    "overwrites a newer event with an older (stale) one that arrives late",
    "apply an event only if its updated_at is newer than the stored one",
    "Stripe documentation, Receive Stripe events in your webhook endpoint (event ordering)",
)  # fmt: skip
TIMELINE_TIMESTAMPS = _cause(
    "timeline-timestamps", "realistic",
    "does not compare timestamps as instants (but as strings, or without their offset or "
    "fraction)",
    "parse both timestamps to UTC, keep their fractions, and compare the instants",
    "RFC 3339, section 5.1 (ordering)",
)  # fmt: skip
TIMELINE_TIES = _cause(
    "timeline-ties", "realistic",
    "changes the state when duplicates of events with the same timestamp arrive",
    "keep one of the events with the same updated_at, and skip duplicates by their ids",
    "CWE-1025 Comparison Using Wrong Factors",
)  # fmt: skip
TIMELINE_ERAS = _cause(
    "timeline-eras", "realistic",
    "does not treat timestamps beyond a certain year as newer",
    "store instants in a type that holds every year, not in 32-bit seconds",
    "MySQL Reference Manual, The DATE, DATETIME, and TIMESTAMP Types",
)  # fmt: skip
TIMELINE_INTEGRATIONS = _cause(
    "timeline-integrations", "realistic",
    "changes one integration on an event of another one, or compares it with the timestamp of "
    "another one",
    "store the state, and the timestamp that you compare events with, per integration_id",
    "CWE-653 Improper Isolation or Compartmentalization",
)  # fmt: skip
TIMELINE_CASE = _cause(
    "timeline-case", "realistic",
    "mixes up integrations whose ids differ only in case",
    "compare integration ids with a case-sensitive or binary collation",
    "MySQL Reference Manual, Case Sensitivity in String Searches",
)  # fmt: skip
TIMELINE_CASE_OF_EVENTS = _cause(
    "timeline-case-of-events", "hostile",
    "mixes up events whose ids differ only in case",
    "compare event ids with a case-sensitive or binary collation, including in their unique key",
    "CWE-178 Improper Handling of Case Sensitivity",
)  # fmt: skip
TIMELINE_ALIKE = _cause(
    "timeline-alike", "realistic",
    "mixes up integrations with similar ids",
    "compare whole integration ids byte by byte: use a binary collation and a wide column, and do "
    "not trim or normalise them",
    "Unicode Standard Annex 15, Unicode Normalization Forms",
)  # fmt: skip
TIMELINE_ALIKE_EVENTS = _cause(
    "timeline-alike-events", "realistic",
    "mixes up events with similar ids",
    "store whole event ids byte by byte, under a unique key that covers every byte",
    "CWE-1023 Incomplete Comparison with Missing Factors",
)  # fmt: skip
TIMELINE_MARKED = _cause(
    "timeline-marked", "realistic",
    "ignores a valid event after it rejected an invalid payload with the same event id",
    "store the id of an event only when you apply the event, in the same transaction",
    "CWE-696 Incorrect Behavior Order",
)  # fmt: skip
TIMELINE_FORGED = _cause(
    "timeline-forged", "hostile",
    "ignores a genuine event after it rejected a forged one with the same event id",
    "verify the signature before you store an event id",
    "CWE-807 Reliance on Untrusted Inputs in a Security Decision",
)  # fmt: skip
TIMELINE_FORGED_APPLIED = _cause(
    "timeline-forged-applied", "hostile",
    "rejects a delivery of a timeline but applies it",
    "do not change the state before the signature is verified and the payload is validated",
    "CWE-460 Improper Cleanup on Thrown Exception",
)  # fmt: skip
TIMELINE_FOREIGN = _cause(
    "timeline-foreign", "realistic",
    "applies an event of an unknown type as if it were a change of state",
    "choose the code that handles an event by its type, and ignore unknown types",
    "the published schemas of Kombo (each event has its own constant type)",
)  # fmt: skip
TIMELINE_FAILS = _cause(
    "timeline-fails", "realistic",
    "{verb} a delivery of a timeline",
    "look at the log of the receiver for the last delivery: it fails only after the deliveries "
    "before it",
    "RFC 9110, section 15.6.1 (500 Internal Server Error)",
)  # fmt: skip

# -- what answers give away

LEAKS_SECRET = _cause(
    "leaks-secret", "hostile",
    "exposes the webhook secret in a response",
    "keep settings and headers out of responses, and replace the secret: it is exposed",
    "CWE-200 Exposure of Sensitive Information to an Unauthorized Actor",
)  # fmt: skip
LEAKS_SIGNATURE = _cause(
    "leaks-signature", "hostile",
    "exposes the correct signature in a response, so that anybody can forge one",
    "answer 401 without the expected signature; do not write it to responses or logs",
    "OWASP Logging Cheat Sheet",
)  # fmt: skip
LEAKS_TRACEBACK = _cause(
    "leaks-traceback", "hostile",
    "exposes a stack trace in a response",
    "answer with a short message of your own, switch debug mode off, and write details to the log "
    "only",
    "OWASP Error Handling Cheat Sheet",
)  # fmt: skip

# -- the first delivery

FIRST_DELIVERY = _cause(
    "first-delivery", "realistic",
    "rejects the first good delivery",
    "look at the log of the receiver: it has to answer a realistic, correctly signed payload with "
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
    "look at the log of the receiver, and check that it is the receiver that listens at this "
    "address",
    "RFC 9112, section 9 (connection management)",
)  # fmt: skip
FIRST_REDIRECTED = _cause(
    "first-redirected", "realistic",
    "redirects the first good delivery",
    "use the URL that the redirect leads to (often only a trailing / or https is missing): a "
    "redirect turns POST into GET, and webhook senders do not follow it",
    "RFC 9110, section 15.4.3 (302 Found)",
)  # fmt: skip
FIRST_CSRF = _cause(
    "first-csrf", "realistic",
    "rejects the first good delivery because of its protection against cross-site request forgery "
    "(CSRF)",
    "exempt the webhook route from CSRF protection: the signature takes its place",
    "OWASP Cross-Site Request Forgery Prevention Cheat Sheet",
)  # fmt: skip
FIRST_SECRET = _cause(
    "first-secret", "realistic",
    "rejects the first good delivery, most likely because of a wrong secret",
    "give the receiver and the probe the same secret; if they have the same, make the receiver "
    "compute base64url (unpadded) of HMAC-SHA256 over the raw body, and compare it with the "
    "header X-Kombo-Signature",
    "RFC 9110, section 15.5.2 (401 Unauthorized)",
)  # fmt: skip
FIRST_PATH = _cause(
    "first-path", "realistic",
    "rejects the first good delivery: nothing exists at this path",
    "check the path of the URL; for a Python application, pass it as url=",
    "RFC 9110, section 15.5.5 (404 Not Found)",
)  # fmt: skip
FIRST_METHOD = _cause(
    "first-method", "realistic",
    "rejects the first good delivery because the method is not allowed",
    "let the route accept POST, and check the path of the URL",
    "RFC 9110, section 9.3.3 (POST)",
)  # fmt: skip
FIRST_CONTENT_TYPE = _cause(
    "first-content-type", "realistic",
    "rejects the first good delivery because the content type is not supported",
    "accept Content-Type: application/json, which Kombo sends with every delivery",
    "RFC 9110, section 8.3 (Content-Type)",
)  # fmt: skip
FIRST_RATE_LIMITED = _cause(
    "first-rate-limited", "realistic",
    "rejects the first good delivery because there were too many requests",
    "turn off the rate limit while the probe runs",
    "RFC 6585, section 4 (429 Too Many Requests)",
)  # fmt: skip
FIRST_SIGNATURE = _cause(
    "first-signature", "realistic",
    "rejects the first good delivery, but accepts one with another signature",
    "compute the signature as Kombo does: base64url (unpadded) of HMAC-SHA256 over the raw body",
    "RFC 4648, section 5 (base64url), and RFC 2104 (HMAC)",
)  # fmt: skip
FIRST_ENVELOPE = _cause(
    "first-envelope", "realistic",
    "rejects the first good delivery, but accepts an envelope that holds the signature and the "
    "payload",
    "verify the header X-Kombo-Signature over the raw body yourself: validateWebhook of "
    "@kombo-api/sdk expects the envelope, which Kombo does not send, and verifies no signature",
    "@kombo-api/sdk for TypeScript, validateWebhook",
)  # fmt: skip
FIRST_TOO_OLD = _cause(
    "first-too-old", "realistic",
    "rejects the first good delivery, but accepts one with a current timestamp",
    "accept events of any age: updated_at is when the integration changed, not when the event was "
    "sent, and a sender repeats events after an outage",
    "the published schema of the event (updated_at)",
)  # fmt: skip
FIRST_TIMESTAMP = _cause(
    "first-timestamp", "realistic",
    "rejects the first good delivery, but accepts one whose timestamp is written differently",
    "accept every RFC 3339 timestamp: with and without a fraction of a second, with Z and with an "
    "offset",
    "RFC 3339, section 5.8 (examples)",
)  # fmt: skip
FIRST_VALUE = _cause(
    "first-value", "realistic",
    "rejects the first good delivery, but accepts one with another value",
    "accept every value that the schema allows: any string, any address, all values of an enum",
    "the published schema of the event (type, format, enum)",
)  # fmt: skip
