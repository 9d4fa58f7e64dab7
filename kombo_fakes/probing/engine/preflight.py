"""The first delivery: why a receiver rejects it, and which variant of it is accepted.

If a receiver rejects the first delivery, nothing else can be judged, so one finding has to explain
it. The variants try the likeliest mistakes of a receiver, one at a time: a wrong signature, a
timestamp of now, a payload without an email address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, NamedTuple

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, get, replace_at
from kombo_fakes.errors import PointerError
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.model import Case, Category, Cause, Exchange, Failure, Finding, Reply
from kombo_fakes.probing.reports.wording import make_finding
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.probing.verdicts.diagnosis.result import Details, make_diagnosis
from kombo_fakes.probing.verdicts.judge import judge
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signature_mistakes.mistake import compute_signatures, describe_mistakes
from kombo_fakes.wire.signature_mistakes.table import COMMON_COMBINATIONS
from kombo_fakes.wire.signing import SIGNATURE_HEADER, key_of

# These answers do not depend on the signature or the payload.
_INDEPENDENT = (404, 405, 410, 415, 429)


@dataclass(frozen=True, slots=True)
class Variant:
    """Another delivery that is tried if the first one is rejected.

    Attributes:
        case: The delivery.
        cause: What is wrong with a receiver that accepts this one.
        what: What is accepted instead, in a few words.
        fix: The fix, if it differs from that of the cause.
    """

    case: Case
    cause: Cause
    what: str = ""
    fix: str = ""


def make_variants(maker: CaseMaker, first: Case, reply: Reply) -> Iterator[Variant]:
    """Make the variants to try if the first delivery was rejected.

    Args:
        maker: Makes the payloads.
        first: The first delivery.
        reply: The reply to it.

    Yields:
        The variants, the likeliest first; nothing if the reply alone names the cause.
    """
    status = reply.status
    if status is None or 300 <= status < 400 or status in _INDEPENDENT:
        return
    if status < 500:
        # A receiver that crashes has not rejected the signature.
        yield from _sign_wrongly(maker, first)
        yield _put_into_envelope(maker, first)
    if maker.payloads.has_state and status not in (401, 403):
        # 401 and 403 answer the signature, which is right for every payload here.
        yield from _change_values(maker)


def _sign_wrongly(maker: CaseMaker, first: Case) -> Iterator[Variant]:
    body, secret = first.delivery.body, key_of(maker.secret)
    for mistakes in COMMON_COMBINATIONS:
        what = describe_mistakes(mistakes)
        # One signature is enough: if a mistake makes several, a receiver accepts all or none.
        for signature in compute_signatures(mistakes, body, secret)[:1]:
            delivery = first.delivery.with_header(SIGNATURE_HEADER, signature)
            yield Variant(
                replace(first, id="instead", delivery=delivery.noting(f"a signature {what}")),
                causes.FIRST_SIGNATURE,
                what,
                "; ".join(dict.fromkeys(mistake.fix for mistake in mistakes)),
            )


def _put_into_envelope(maker: CaseMaker, first: Case) -> Variant:
    """Make what ``validateWebhook`` of Kombo's SDK for TypeScript expects. Kombo never sends it."""
    body = serialize({SIGNATURE_HEADER: "any", "body": first.delivery.payload})
    return Variant(
        replace(first, id="instead", delivery=Delivery.signed(body, maker.secret)),
        causes.FIRST_ENVELOPE,
    )


class _ValueRow(NamedTuple):
    """A value that a receiver may expect.

    Attributes:
        path: Its path in the payload.
        value: The value.
        cause: What is wrong with a receiver that accepts the payload with this value.
    """

    path: Path
    value: Any
    cause: Cause


_USER: Path = ("data", "end_user")
_VALUES = (
    _ValueRow((*_USER, "creator_email"), None, causes.FIRST_VALUE),
    _ValueRow((*_USER, "creator_email"), "jane@example.org", causes.FIRST_VALUE),
    _ValueRow((*_USER, "organization_name"), "Acme", causes.FIRST_VALUE),
    _ValueRow((*_USER, "origin_id"), None, causes.FIRST_VALUE),
    _ValueRow(("data", "qa_status"), "PENDING", causes.FIRST_VALUE),
    _ValueRow(("data", "setup_status"), "INCOMPLETE", causes.FIRST_VALUE),
    _ValueRow(("data", "integration_category"), "ATS", causes.FIRST_VALUE),
)


def _change_values(maker: CaseMaker) -> Iterator[Variant]:
    time: Path = ("data", "updated_at")
    # A check against replays may take updated_at for the time of sending.
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    timestamp = str(get(maker.payloads.fresh(), time))
    timestamps = (
        _ValueRow(time, now, causes.FIRST_TOO_OLD),
        # Parsers with one fixed format expect no fraction.
        _ValueRow(time, timestamp.partition(".")[0] + "Z", causes.FIRST_TIMESTAMP),
        # `datetime.fromisoformat` reads no Z before Python 3.11.
        _ValueRow(time, timestamp.replace("Z", "+00:00"), causes.FIRST_TIMESTAMP),
    )
    for path, value, cause in (*timestamps, *_VALUES):
        try:
            plain = maker.payloads.fresh()
            what = f"{path[-1]} {shorten(value)} instead of {shorten(get(plain, path))}"
            payload = replace_at(plain, path, value)
        except PointerError:
            continue
        if maker.payloads.schema.is_valid(payload):
            case = maker.valid.make("instead", "first", what, payload, likelihood="realistic")
            yield Variant(case, cause, what)


def make_preflight_finding(first: Case, reply: Reply, accepted: Variant | None = None) -> Finding:
    """Make the finding of a receiver that rejects the first good delivery.

    Args:
        first: The delivery.
        reply: The reply to it.
        accepted: The variant that the receiver accepts; None for none.
    """
    details = Details()
    if accepted is not None:
        cause, details = accepted.cause, Details(tuple(filter(None, [accepted.what])))
    else:
        cause = _find_cause(reply)
        if cause is causes.FIRST_REDIRECTED:
            details = Details((f"to {shorten(reply.header('location') or 'an unknown place')}",))
    category: Category = judge(first, reply) or "rejects-valid"
    failure = Failure(category, first, (Exchange(first.delivery, reply),))
    diagnosis = make_diagnosis(causes.FIRST_DELIVERY.id, category, cause, [failure], details)
    return make_finding(replace(diagnosis, fix="" if accepted is None else accepted.fix))


def _find_cause(reply: Reply) -> Cause:
    """Find the likeliest cause of a reply that rejects a good delivery."""
    # Frameworks say in the bodies of their answers what they reject.
    status, text = reply.status, reply.text.lower()
    if status is None:
        return causes.FIRST_UNANSWERED
    if 300 <= status < 400:
        return causes.FIRST_REDIRECTED
    if status == 403 and ("csrf" in text or "forgery" in text):
        return causes.FIRST_CSRF
    if status in (401, 403) or (status == 400 and "signature" in text):
        return causes.FIRST_SECRET
    if status >= 500:
        return causes.FIRST_CRASHES
    return _BY_STATUS.get(status, causes.FIRST_DELIVERY)


_BY_STATUS = {
    404: causes.FIRST_PATH,
    405: causes.FIRST_METHOD,
    410: causes.FIRST_PATH,
    415: causes.FIRST_CONTENT_TYPE,
    429: causes.FIRST_RATE_LIMITED,
}
