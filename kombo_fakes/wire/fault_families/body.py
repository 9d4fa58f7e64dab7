"""Wire faults of the body: correctly signed bytes that are not a payload, or hard to read."""

from __future__ import annotations

import json
import re

from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.fault_row import BY_POLICY, EITHER, REJECT, FaultCase, FaultRow, Maker
from kombo_fakes.wire.serializations import serialize

_MEBIBYTE = 1 << 20
# Beyond the stack of any recursive parser.
_DEPTH = 100_000


def _send_one_of(*bodies: bytes) -> Maker:
    return lambda case: case.delivery(case.choices.pick(bodies))


def _insert_literal(*literals: str, like: str | None = None) -> Maker:
    """Insert unquoted characters instead of a string.

    Args:
        literals: The characters, one for each way.
        like: A plain literal of the same kind, where validators cannot judge the literals
            themselves: if the schema allows it, the payload cannot have the fault.
    """

    def make(case: FaultCase) -> Delivery | None:
        body = case.body_with_literal(case.choices.pick(literals))
        if body is None or (like is not None and case.allows(case.body_with_literal(like))):
            return None
        return case.delivery(body)

    return make


def _encode(*codecs: str) -> Maker:
    return lambda case: case.delivery(case.body.decode().encode(case.choices.pick(codecs)))


def _truncate(case: FaultCase) -> Delivery:
    # At least one character is left: an empty body is a fault of its own.
    body, longest = case.body, len(case.body) - 1
    ends = (longest, longest // 2, 1, case.choices.integer(1, longest))
    return case.delivery(body[: case.choices.pick(ends)])


def _append_garbage(case: FaultCase) -> Delivery:
    return case.delivery(case.body + case.choices.pick((b"}", b"x", case.body, b",{}", b"\x00")))


def _extend_json(case: FaultCase) -> Delivery | None:
    """Write what lenient parsers read as well: JSON5, YAML, literals of a language."""
    body = case.body
    # A character of the private use area marks the place, since JSON escapes control characters.
    changed = case.change_free_string(lambda string: "\ue000" + string)
    raw = b"" if changed is None else serialize(changed).replace("\ue000".encode(), b"\t\n\x01")
    kinds = (
        body[:-1] + b",}",
        b"/* an event */" + body + b" // the end",
        re.sub(rb'"([^"\\]*)"', rb"'\1'", body),
        raw or body[:-1] + b",}",
        re.sub(rb'"(\w+)":', rb"\1:", body),
        body.replace(b"{", b"{,", 1),
    )
    return case.delivery(case.choices.pick(kinds))


def _wrap_in_array(case: FaultCase) -> Delivery:
    return case.delivery(b"[" + case.choices.pick((case.body, b"")) + b"]")


def _quote(case: FaultCase) -> Delivery:
    return case.delivery(case.choices.pick((serialize(case.body.decode()), b'"a text"', b'""')))


def _break_utf8(case: FaultCase) -> Delivery | None:
    # A str cannot hold bytes that are not UTF-8, so a mark stands for them until it is encoded.
    changed = case.change_free_string(lambda string: "\ue000" + string)
    if changed is None:
        return None
    # A byte that UTF-8 never has, Latin-1, a truncated sequence, and an overlong one.
    wrong = case.choices.pick((b"\xff", b"M\xfcller", b"\xf0\x9f\x98", b"\xc0\xaf"))
    return case.delivery(serialize(changed).replace("\ue000".encode(), wrong))


def _repeat_key(case: FaultCase) -> Delivery | None:
    if not isinstance(case.payload, dict) or not case.payload:
        return None
    body, name = case.body, next(iter(case.payload))
    twin = json.dumps(name).encode() + b':"another value"'
    # Some parsers keep the first of two equal keys, and others the last (RFC 8259, 4).
    first, last = b"{" + twin + b"," + body[1:], body[:-1] + b"," + twin + b"}"
    return case.delivery(case.choices.pick((first, last)))


def _nest_deeply(case: FaultCase) -> Delivery | None:
    arrays = "[" * _DEPTH + "]" * _DEPTH
    # Parsers read 500 levels. Code that walks through them, one or two frames for each, may not.
    inside, few = case.body_with_literal("[" * 500 + "]" * 500), case.body_with_literal("[[]]")
    within = case.body_with_literal(arrays)
    # Each with a body of the same kind that has few levels, which the schema can judge.
    kinds = [
        (arrays.encode(), b"[[]]"),
        (b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH, b'{"a":{"a":1}}'),
        (inside or b"[]", few or b"[]"),
        *([] if within is None else [(within, few)]),
    ]
    body, like = case.choices.pick(kinds)
    return None if case.allows(like) else case.delivery(body)


def _end_string_with(*endings: str) -> Maker:
    def make(case: FaultCase) -> Delivery | None:
        ending = case.choices.pick(endings)
        changed = case.change_free_string(lambda string: string[:8] + ending)
        return None if changed is None else case.delivery(serialize(changed))

    return make


def _lengthen_string(case: FaultCase) -> Delivery | None:
    changed = case.change_free_string(lambda string: "x" * _MEBIBYTE)
    # If the schema limits the length, the payload is invalid, and a receiver has to reject it.
    if changed is None or not case.schema.is_valid(changed):
        return None
    return case.delivery(serialize(changed))


_NOT_JSON = "the body is not JSON (RFC 8259)"
_NOT_A_PAYLOAD = "it is JSON, but not a payload of the schema"

BODY_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("body-empty", "an empty body, or only whitespace", REJECT, _NOT_JSON,
             _send_one_of(b"", b"  \n")),
    FaultRow("body-truncated", "a truncated body", REJECT, _NOT_JSON, _truncate),
    FaultRow("body-not-json", "a format other than JSON", REJECT, _NOT_JSON,
             _send_one_of(b"not json", f"id=1&type={DEFAULT_EVENT}".encode(), b"<event/>",
                          b"{'id': '1'}")),
    FaultRow("body-trailing-garbage", "extra characters after the payload", REJECT, _NOT_JSON,
             _append_garbage),
    FaultRow("body-extended-json", "JSON with extensions that some parsers read (a trailing comma, "
             "comments, single quotes, raw control characters)", BY_POLICY,
             "it is not JSON, but parsers may accept extensions (RFC 8259, 9)", _extend_json),
    FaultRow("body-empty-object", "an empty object", BY_POLICY, _NOT_A_PAYLOAD,
             _send_one_of(b"{}", b"{ }")),
    FaultRow("body-array", "an array", BY_POLICY, _NOT_A_PAYLOAD, _wrap_in_array),
    FaultRow("body-string", "a string", BY_POLICY, _NOT_A_PAYLOAD, _quote),
    FaultRow("body-number", "a number", BY_POLICY, _NOT_A_PAYLOAD,
             _send_one_of(b"0", b"-1.5e3", b"42")),
    FaultRow("body-null", "null", BY_POLICY, _NOT_A_PAYLOAD, _send_one_of(b"null")),
    FaultRow("body-boolean", "true or false", BY_POLICY, _NOT_A_PAYLOAD,
             _send_one_of(b"true", b"false")),
    FaultRow("body-not-utf8", "a string with bytes that are not UTF-8", BY_POLICY,
             "JSON is UTF-8 (RFC 8259, 8.1), and replacing other bytes changes the payload",
             _break_utf8),
    # Parsers tell the encoding by a byte order mark, which only the second codec writes, or by the
    # zeros among the first bytes.
    FaultRow("body-utf16", "a body in UTF-16 or UTF-32", EITHER,
             "JSON between systems is UTF-8, but some parsers detect other encodings",
             _encode("utf-16-le", "utf-16", "utf-32-be")),
    FaultRow("body-bom", "a byte order mark before the payload", EITHER,
             "parsers may ignore it or reject it (RFC 8259, 8.1)", _encode("utf-8-sig")),
    FaultRow("body-nan", "NaN or Infinity as a value", BY_POLICY,
             "it is not JSON, but parsers may accept extensions (RFC 8259, 6 and 9)",
             _insert_literal("NaN", "Infinity", "-Infinity")),
    FaultRow("body-twin-keys", "an object with a duplicate key and different values", EITHER,
             "the standard does not define what it means (RFC 8259, 4)", _repeat_key),
    FaultRow("body-deep", "at least 500 levels of nesting", BY_POLICY,
             "it is not a payload of the schema, and parsers may limit the depth (RFC 8259, 9)",
             _nest_deeply),
    # By default, Python raises for an integer of more than 4,300 digits.
    FaultRow("body-huge-integer", "an integer of 5,000 digits instead of a string", BY_POLICY,
             _NOT_A_PAYLOAD, _insert_literal("9" * 5_000, "-" + "1" * 5_000, like="1")),
    # Doubles end at about 1.8e308 (RFC 8259, 6), so parsers make infinity of 1e400, or raise.
    FaultRow("body-huge-exponent", "a number beyond the range of floats instead of a string",
             BY_POLICY, _NOT_A_PAYLOAD,
             _insert_literal("1e400", "-1E+1000000000", "1e-1000000000", like="1")),
    FaultRow("body-lone-surrogate", "a string with an escaped lone surrogate", EITHER,
             "JSON allows it, but software that reads it is unpredictable (RFC 8259, 8.2)",
             _end_string_with("\ud800", "\udc00x", "\udbff\ue000")),
    FaultRow("body-nul", "a string with the escaped character U+0000", EITHER,
             "it is valid JSON, but many databases cannot store it",
             _end_string_with("\x00", "a\x00b")),
    FaultRow("body-megabyte", "a string of 1 MiB", EITHER,
             "the schema sets no limit, but a receiver may", _lengthen_string),
)  # fmt: skip
