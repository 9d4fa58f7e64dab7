"""Signatures that are not checked, not checked over the right bytes, or that break the receiver."""

from __future__ import annotations

from collections.abc import Iterator

from kombo_fakes.probing.model import Category, Failure
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.probing.verdicts.diagnosis.failures import (
    Failures,
    Test,
    both,
    has_cause,
    has_family,
    has_topic,
    is_same,
)
from kombo_fakes.probing.verdicts.diagnosis.result import (
    Details,
    Diagnosis,
    diagnose_if_any,
    list_examples,
    make_diagnosis,
)
from kombo_fakes.probing.verdicts.evidence import Evidence

_ACCEPTED = (
    causes.SIGNATURE_ABSENT,
    causes.SIGNATURE_KEY_FALLBACK,
    causes.SIGNATURE_KEY_KNOWN,
    causes.SIGNATURE_KEY_PREFIX,
    causes.SIGNATURE_PREFIX,
    causes.SIGNATURE_CASE,
    causes.SIGNATURE_ALGORITHM,
    causes.SIGNATURE_BODY,
    causes.SIGNATURE_MALFORMED,
    causes.SIGNATURE_BRANCH,
)
"""The causes of signatures that are accepted and should not be, one by one."""

# It is not all of them: a server may reject some malformed headers on its own.
_NEARLY_ALL = 0.8
# With more of these causes, it is the comparison as a whole that is loose.
_FEW = 3
_REWRITTEN = {"signature-body-blank", "signature-body-order"}
"""Changes of a body that are lost where JSON is parsed and serialised again."""
_UNUSUAL_STRINGS = {"text", "realistic", "combination"}

is_signature: Test = has_family("signature")


def diagnose_rewritten_bodies(evidence: Evidence, failures: Failures) -> Iterator[Diagnosis]:
    """Signatures that are checked over other bytes than those of the body."""
    # 400 and 422 may be about the payload, so that they do not blame the signature.
    forged = {
        evidence.replies[name].status
        for name in ("wire:signature-other-secret", "wire:signature-missing")
        if name in evidence.replies
    } & {401, 403}

    def looks_forged(failure: Failure) -> bool:
        return (
            failure.category == "rejects-valid"
            and failure.case.group in ("valid", "style")
            and failure.exchanges[-1].reply.status in forged
        )

    accepted = {
        failure.case.topic
        for failure in evidence.failures
        if failure.category == "accepts-invalid" and is_signature(failure)
    }
    # Where others are accepted as well, it is not the bytes.
    unchecked = set() if accepted - _REWRITTEN - {"signature-body-byte"} else accepted & _REWRITTEN
    # A style changes only bytes. If it is rejected like a forgery, other bytes were verified.
    styles = [f for f in evidence.failures if f.case.group == "style" and looks_forged(f)]
    if styles or unchecked:
        yield make_diagnosis(
            causes.SIGNATURE_RESERIALISED.id,
            "rejects-valid" if styles else "accepts-invalid",
            causes.SIGNATURE_RESERIALISED,
            failures.take(looks_forged)
            + failures.take(both("accepts-invalid", has_topic(unchecked))),
            Details(),
        )
        return
    strings = [failure for failure in evidence.failures if looks_forged(failure)]
    # A failure of another topic would show that it is not the characters.
    if strings and {failure.case.topic for failure in strings} <= _UNUSUAL_STRINGS:
        yield make_diagnosis(
            causes.SIGNATURE_DECODED.id,
            "rejects-valid",
            causes.SIGNATURE_DECODED,
            failures.take(looks_forged),
            Details(list_examples(strings)),
        )


def attribute_unsigned(failures: Failures) -> None:
    """Attribute crashes of unsigned deliveries to those of the same deliveries with a signature."""
    categories: tuple[Category, ...] = ("crashes", "hangs")
    for category in categories:
        for bare in [f for f in failures.left if f.category == category and f.case.signed_topics]:
            topics = bare.case.signed_topics
            signed = [f for f in failures.left if both(category, has_topic(topics))(f)]
            failures.attribute(is_same(bare), signed)


def diagnose_signatures(evidence: Evidence, failures: Failures) -> Iterator[Diagnosis]:
    """Wrong signatures that are accepted, that break the receiver, or whose payload is applied."""
    yield from _diagnose_accepted(evidence, failures)
    categories: tuple[Category, ...] = ("crashes", "hangs")
    for category in categories:
        yield from diagnose_if_any(
            f"signature-{category}",
            category,
            causes.SIGNATURE_CRASHES,
            failures.take(both(category, is_signature)),
        )
    applied: Category = "rejected-but-applied"
    # It is not the signature, but the method by which the delivery came.
    failures.attribute(
        both(applied, has_cause(causes.SIGNATURE_BRANCH)),
        [f for f in evidence.failures if both(applied, has_family("http"))(f)],
    )
    yield from diagnose_if_any(
        causes.SIGNATURE_APPLIED.id,
        applied,
        causes.SIGNATURE_APPLIED,
        failures.take(both(applied, is_signature)),
        Details(),
    )


def _diagnose_accepted(evidence: Evidence, failures: Failures) -> Iterator[Diagnosis]:
    category: Category = "accepts-invalid"
    is_accepted = both(category, is_signature)
    tried = {
        case.topic
        for case in evidence.cases.values()
        if case.expectation == "reject"
        and case.family == "signature"
        # Those are about kinds of deliveries, and not about kinds of signatures.
        and case.cause is not causes.SIGNATURE_BRANCH
    }
    accepted = {f.case.topic: f.case.cause for f in evidence.failures if is_accepted(f)}
    if "signature-missing" in accepted:
        # If a plain delivery needs no signature, no other kind is a bug of its own.
        missing = [f for f in evidence.failures if f.case.topic == "signature-missing"]
        failures.attribute(both(category, has_cause(causes.SIGNATURE_BRANCH)), missing)
        accepted = {
            t: cause for t, cause in accepted.items() if cause is not causes.SIGNATURE_BRANCH
        }
    if tried and len(accepted) >= _NEARLY_ALL * len(tried):
        yield from diagnose_if_any(
            causes.SIGNATURE_UNCHECKED.id,
            category,
            causes.SIGNATURE_UNCHECKED,
            failures.take(is_accepted),
            Details(),
        )
    distinct = {cause for cause in accepted.values() if cause in _ACCEPTED}
    wrong_at_all = accepted.keys() & {"signature-other-secret", "signature-other-body"}
    if len(distinct) > _FEW or (wrong_at_all and len(distinct) > 1):
        yield from diagnose_if_any(
            causes.SIGNATURE_LOOSE.id,
            category,
            causes.SIGNATURE_LOOSE,
            failures.take(is_accepted),
            Details(),
        )
    for cause in _ACCEPTED:
        yield from diagnose_if_any(
            cause.id, category, cause, failures.take(both(category, has_cause(cause)))
        )
    yield from diagnose_if_any(
        causes.SIGNATURE_WRONG.id,
        category,
        causes.SIGNATURE_WRONG,
        failures.take(is_accepted),
        Details(),
    )
