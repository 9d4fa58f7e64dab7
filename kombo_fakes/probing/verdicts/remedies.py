"""How the bugs that a probe finds are usually mended."""

from __future__ import annotations

HINTS: tuple[tuple[str, str], ...] = (
    ("takes-everything", "verify the signature over the raw body first, then parse, then validate; "
     "answer 4xx wherever one of them fails"),
    ("signature-re-serialised", "compute the HMAC over the raw bytes of the request, before any "
     "middleware has parsed them; never over JSON that was dumped again"),
    ("signature-decoded", "compute the HMAC over the raw bytes of the request; don't decode and "
     "encode them on the way"),
    ("signature-unchecked", "compare X-Kombo-Signature with the base64url (unpadded) HMAC-SHA256 "
     "of the raw body in constant time, and answer 401 where they differ"),
    ("signature-absent", "treat a missing or an empty header as a wrong signature"),
    ("signature-key", "refuse to start without a secret, or with an empty one, so that no fallback "
     "is ever used as the key"),
    ("signature-prefix", "compare the whole signature, in constant time"),
    ("signature-case", "compare the bytes as they are: case carries meaning in base64"),
    ("signature-algorithm", "compute HMAC-SHA256 with the secret, and nothing else"),
    ("signature-branch", "check the signature before anything else: before the type of the event, "
     "the content type or the body are looked at"),
    ("signature-crashes", "compare bytes with bytes, in constant time, and let whatever can't be "
     "decoded be a wrong signature: 401"),
    ("signature-applied", "verify the signature before anything else is done"),
    ("signature", "compare the whole header with the signature of the raw body in constant time"),
    ("not-validated", "validate against the published schema, or, for a tolerant reader, use "
     "--policy tolerant"),
    ("takes-", "let a JSON Schema validator do it, formats included: kombo_fakes.Schema.load()"
     ".effective is the schema to give to it"),
    ("faults-applied", "validate before anything is stored, or do both in one transaction"),
    ("faults-", "validate before any field is used, and answer 400 or 422"),
    ("body-depth", "catch what the parser raises for deep nesting as well (RecursionError in "
     "Python is no ValueError), or limit the depth before"),
    ("body-not-an-object", "check that the body is a JSON object before any of its members is "
     "used"),
    ("body-encoding", "let a body that can't be decoded be answered 400, like one that is no JSON"),
    ("body-extended", "let a parser read that keeps to RFC 8259"),
    ("body-nul", "refuse U+0000, or take it out, before the database does: PostgreSQL can't store "
     "it"),
    ("body-surrogates", "refuse texts that can't be encoded in UTF-8 before they reach the "
     "database"),
    ("body", "answer 400 for whatever the parser refuses, whichever error it raises"),
    ("bodies", "answer 400 for whatever the parser refuses, whichever error it raises"),
    ("change-unknown-event", "acknowledge events that you don't handle with 2xx: Kombo sends all "
     "of them to one URL, and repeats what is refused"),
    ("change-older-shape", "read what older releases have sent as well: let the field be absent, "
     "and a number have a fraction"),
    ("change", "ignore unknown properties, and keep unknown values as text: Kombo adds both"),
    ("valid-size", "read the whole body, however long, before anything is done with it; a limit of "
     "1 MiB is plenty"),
    ("valid-null", "let the field be null: the schema says nullable"),
    ("valid-date-time", "parse RFC 3339 with a library: any offset, 0 to 9 digits of a fraction, "
     "any year; and don't convert before you have to"),
    ("valid-enum", "know all values of the enum"),
    ("valid-text", "allow for any Unicode text of any length: utf8mb4 in MySQL, text instead of "
     "varchar(255)"),
    ("valid-spelling", "read the body with a JSON parser, whatever its blanks, escapes and order"),
    ("afterwards", "one delivery must not break those after it: look at what was stored "
     "last, and at connections that are not given back"),
    ("http-content-type", "compare the media type only: parameters such as charset may follow"),
    ("http-header-case", "names of headers have no case: ask the framework for them"),
    ("timeline-copies", "keep the ids of the events that were applied, in the database and under a "
     "unique key, and skip an event whose id is there; answer 2xx for it"),
    ("timeline-same-moment", "insert the event id under a unique key in the same transaction as "
     "the change, and take the conflict for a copy: 2xx"),
    ("timeline-order", "apply an event only where its updated_at is newer than the stored one"),
    ("timeline-timestamps", "compare instants and not texts: parse both timestamps to UTC, keep "
     "their fraction"),
    ("timeline-integrations", "keep the state, and what it is compared with, by integration_id"),
    ("timeline-case", "compare ids byte by byte: a binary or case-sensitive collation"),
    ("timeline-alike", "compare ids whole and byte by byte: a binary collation, a column that is "
     "wide enough, no trimming and no normalisation"),
    ("timeline-eras", "keep instants in a type that holds every year, not in seconds of 32 bits"),
    ("timeline-forged", "verify the signature before an event id is remembered"),
    ("timeline-ties", "on equal instants keep one of the events, and skip copies by their id"),
    ("timeline-applying", "answer 2xx only once the change is stored; if a queue of yours works on "
     "it later, say how long that may take: --settle, settle="),
    ("timeline", "answer 2xx only once the change is stored"),
    ("state", "store each field as it was sent, and answer 2xx only once it is stored"),
    ("leaks-", "answer with a short message of your own, and keep details for the log"),
    ("category hangs", "answer within a few seconds: put the work into a queue, and limit what "
     "is read"),
    ("category crashes", "answer 4xx for what can't be taken: a 5xx is repeated by the sender"),
)  # fmt: skip
