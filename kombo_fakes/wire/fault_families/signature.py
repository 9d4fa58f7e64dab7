"""Wire faults of the signature: missing, wrong, or right but written in another way."""

from __future__ import annotations

from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.expectations import Expectation
from kombo_fakes.wire.fault_row import EITHER, REJECT, FaultCase, FaultRow, Maker
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signature_mistakes.table import MISTAKES
from kombo_fakes.wire.signing import signature_with


def _make(*mistakes: str) -> Maker:
    """Make the wrong signatures of rows of the table of mistakes."""

    def make(case: FaultCase) -> Delivery | None:
        signatures = [
            signature
            for mistake in mistakes
            for signature in MISTAKES[mistake].signatures(case.body, case.secret)
        ]
        return case.signed_by(case.choices.pick(signatures)) if signatures else None

    return make


def _make_row(
    fault_id: str, mistake: str, expected: tuple[Expectation, Expectation], why: str
) -> FaultRow:
    """Make a row with the description of a mistake."""
    return FaultRow(fault_id, MISTAKES[mistake].what, expected, why, _make(mistake))


def _sign_with_key(*keys: bytes) -> Maker:
    def make(case: FaultCase) -> Delivery | None:
        # A key that happens to be the receiver's secret makes a right signature.
        wrong = [key for key in keys if key != case.secret]
        if not wrong:
            return None
        return case.signed_by(signature_with(case.body, case.choices.pick(wrong)))

    return make


def _sign_with_key_prefix(case: FaultCase) -> Delivery | None:
    whole = len(case.secret)
    # Not an empty key, which is the fault signature-key-empty.
    lengths = [n for n in (whole // 2, 1, whole - 1, 8, 16, 32, 64) if 0 < n < whole]
    if not lengths:
        return None
    key = case.secret[: case.choices.pick(lengths)]
    return case.signed_by(signature_with(case.body, key))


def _sign_other_body(case: FaultCase) -> Delivery:
    other = {**case.payload, "id": "another"} if isinstance(case.payload, dict) else [case.payload]
    return case.signed_by(case.right_signature(serialize(other)))


def _change_character(case: FaultCase) -> Delivery:
    right = case.right_signature()
    # Not the last one: two of its bits are spare, so that another one can mean the same digest.
    at = case.choices.pick((0, 21, len(right) - 2, 10))
    other = "A" if right[at] != "A" else "B"
    return case.signed_by(right[:at] + other + right[at + 1 :])


def _use_standard_alphabet(case: FaultCase) -> Delivery:
    # Spaces at the end until the signature has a character that differs between the alphabets.
    body, mistake = case.body, MISTAKES["standard-alphabet"]
    while not (signatures := mistake.signatures(body, case.secret)):
        body += b" "
    return case.signed_by(*signatures, body=body)


def _malform(case: FaultCase) -> Delivery:
    kinds = (",", "=", "A", "v1,", "null", "sha256=", "%", "{}", "A" * 43 + "=" * 5, "-" * 42)
    picked = case.choices.pick(kinds)
    # The beginning of the right signature would be another fault, signature-shortened.
    return case.signed_by("%" if case.right_signature().startswith(picked) else picked)


def _use_non_ascii(case: FaultCase) -> Delivery:
    right = case.right_signature()
    # Not the whole right signature: many decoders ignore characters beyond their alphabet.
    return case.signed_by(case.choices.pick(("\xe9" * 43, right[:-1] + "\xe9", "\xff", "\xa0=")))


def _shorten(case: FaultCase) -> Delivery:
    right = case.right_signature()
    return case.signed_by(right[: case.choices.pick((len(right) // 2, 1, 8, len(right) - 4))])


def _lengthen(case: FaultCase) -> Delivery:
    right = case.right_signature()
    # Each length is one that base64 can have, so that no decoder rejects it for its length alone.
    return case.signed_by(right + case.choices.pick(("AAAA", right, "A" * 21)))


def _repeat_header(case: FaultCase) -> Delivery:
    right, wrong = case.right_signature(), case.right_signature(b"")
    return case.signed_by(*case.choices.pick(((wrong, right), (right, wrong), (right, right))))


def _repeat_wrong_header(case: FaultCase) -> Delivery:
    return case.signed_by(case.right_signature(b""), signature_with(case.body, b""))


def _change_byte_of_body(case: FaultCase) -> Delivery | None:
    changed = case.change_free_string(lambda string: (string[:-1] if string else "") + "~")
    # A string that ends with ~ already does not change, and the signature would be right.
    if changed is None or changed == case.payload:
        return None
    return case.signed_by(case.right_signature(), body=serialize(changed))


def _add_whitespace_to_body(case: FaultCase) -> Delivery:
    body = case.body
    at_end, after_brace = body + b"\n", body[:1] + b" " + body[1:]
    changed = case.choices.pick(
        (at_end, b" " + body, after_brace, serialize(case.payload, "spaced"))
    )
    return case.signed_by(case.right_signature(), body=changed)


def _reorder_keys(case: FaultCase) -> Delivery | None:
    changed = serialize(case.payload, "keys-reversed")
    # Objects of one key have no other order, and the signature would be right.
    return None if changed == case.body else case.signed_by(case.right_signature(), body=changed)


_ANYBODY = "anybody can send it without the secret"
_NOT_OVER_BODY = "the signature is of other bytes"
_SAME_DIGEST = (
    "the digest is correct, in another encoding: rejecting it is strict, and accepting it is "
    "harmless"
)

SIGNATURE_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("signature-missing", "no signature header", REJECT, _ANYBODY,
             lambda case: case.signed_by()),
    FaultRow("signature-empty", "an empty signature header", REJECT, _ANYBODY,
             lambda case: case.signed_by("")),
    _make_row("signature-key-empty", "key-empty", REJECT, _ANYBODY),
    _make_row("signature-key-null", "key-null", REJECT, _ANYBODY),
    _make_row("signature-key-undefined", "key-undefined", REJECT, _ANYBODY),
    _make_row("signature-key-none", "key-none", REJECT, _ANYBODY),
    FaultRow("signature-key-prefix", "made with a part of the secret as the key", REJECT,
             "only the whole secret is the key", _sign_with_key_prefix),
    FaultRow("signature-key-guessable",
             "made with a default key that is often not changed, such as changeme", REJECT,
             "anybody can guess the key",
             _sign_with_key(b"secret", b"changeme", b"test", b"password", b"kombo", b"dev")),
    _make_row("signature-key-test", "key-test", REJECT, "anybody can read the key"),
    FaultRow("signature-other-secret", "made with another secret", REJECT,
             "it was not made with the secret",
             _sign_with_key(b"another secret, as after a rotation", b"\x00\xff\xfe")),
    FaultRow("signature-other-algorithm", "made with an algorithm other than HMAC-SHA256", REJECT,
             "the sender does not choose the algorithm",
             _make("hmac-sha1", "hmac-sha512", "sha256", "hmac-swapped")),
    FaultRow("signature-other-body", "the correct signature of another payload", REJECT,
             _NOT_OVER_BODY, _sign_other_body),
    _make_row("signature-empty-body", "body-empty", REJECT, _NOT_OVER_BODY),
    FaultRow("signature-character-changed",
             "the correct signature with one character changed", REJECT,
             _NOT_OVER_BODY, _change_character),
    _make_row("signature-case-changed", "case-changed", REJECT, "base64 is case-sensitive"),
    FaultRow("signature-shortened", "only the first characters of the correct signature", REJECT,
             "a part of a digest is easier to guess than the whole", _shorten),
    FaultRow("signature-longer", "the correct signature, followed by more characters", REJECT,
             "it encodes other bytes than the digest", _lengthen),
    FaultRow("signature-malformed", "characters that do not encode a digest", REJECT, _ANYBODY,
             _malform),
    FaultRow("signature-non-ascii", "characters beyond ASCII", REJECT, _ANYBODY, _use_non_ascii),
    FaultRow("signature-long", "5,000 characters", REJECT, _ANYBODY,
             lambda case: case.signed_by("A" * 5_000)),
    FaultRow("signature-twice-wrong", "the header twice, both times wrong", REJECT, _ANYBODY,
             _repeat_wrong_header),
    FaultRow("signature-twice", "the header twice, at least once correct", EITHER,
             "HTTP does not define which one counts (RFC 9110, 5.3)", _repeat_header),
    _make_row("signature-padded", "padded", EITHER, _SAME_DIGEST),
    FaultRow("signature-standard-alphabet", MISTAKES["standard-alphabet"].what, EITHER,
             _SAME_DIGEST, _use_standard_alphabet),
    _make_row("signature-spare-bits", "spare-bits", EITHER, _SAME_DIGEST),
    _make_row("signature-hex", "hexadecimal", EITHER, _SAME_DIGEST),
    FaultRow("signature-prefixed", "with a prefix such as sha256=", EITHER, _SAME_DIGEST,
             _make("prefix-sha256", "prefix-v1-comma", "prefix-bearer")),
    _make_row("signature-blanks-around", "whitespace", EITHER,
              "servers remove it before a receiver sees it (RFC 9110, 5.5)"),
    FaultRow("signature-body-byte",
             "the correct signature of the body before one character was changed",
             REJECT, _NOT_OVER_BODY, _change_byte_of_body),
    FaultRow("signature-body-blank",
             "the correct signature of the body before whitespace was added",
             REJECT, _NOT_OVER_BODY, _add_whitespace_to_body),
    FaultRow("signature-body-order",
             "the correct signature of the body before its keys were reordered",
             REJECT, _NOT_OVER_BODY, _reorder_keys),
)  # fmt: skip
