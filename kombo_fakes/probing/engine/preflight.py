"""The good delivery that comes first: why a receiver rejects it, and what it accepts instead.

Where the first delivery is rejected nothing else can be judged, so one finding has to say it all.
What a receiver most likely does wrong is tried, one thing at a time: a wrong signature, a payload
of this moment, one without an email address.
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
from kombo_fakes.probing.model import Case, Category, Exchange, Failure, Finding, Reply
from kombo_fakes.probing.verdicts.findings import finding_of
from kombo_fakes.probing.verdicts.judge import judge
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signature_mistakes import (
    COMMON_COMBINATIONS,
    compute_signatures,
    describe_mistakes,
)
from kombo_fakes.wire.signing import SIGNATURE_HEADER, key_of

# These answers do not depend on the signature or the payload.
_INDEPENDENT = (404, 405, 410, 415, 429)


@dataclass(frozen=True, slots=True)
class Variant:
    """Another delivery that is tried where the first one is rejected.

    Attributes:
        case: The delivery.
        cause: What is wrong with a receiver that accepts this one.
        fix: What to do about it.
    """

    case: Case
    cause: str
    fix: str


def make_variants(maker: CaseMaker, first: Case, reply: Reply) -> Iterator[Variant]:
    """Make what to try where the first delivery was rejected.

    Args:
        maker: Makes the payloads.
        first: The first delivery.
        reply: The reply to it.

    Yields:
        The variants, the likeliest first; nothing where the reply tells enough.
    """
    status = reply.status
    if status is None or 300 <= status < 400 or status in _INDEPENDENT:
        return
    if status < 500:
        yield from _sign_wrongly(maker, first)
        yield _put_into_envelope(maker, first)
    if maker.payloads.has_state and status not in (401, 403):
        yield from _change_values(maker)


def _sign_wrongly(maker: CaseMaker, first: Case) -> Iterator[Variant]:
    body, secret = first.delivery.body, key_of(maker.secret)
    for mistakes in COMMON_COMBINATIONS:
        what = describe_mistakes(mistakes)
        # One signature is enough: where a mistake makes several, a receiver accepts all or none.
        for signature in compute_signatures(mistakes, body, secret)[:1]:
            delivery = first.delivery.with_header(SIGNATURE_HEADER, signature)
            yield Variant(
                replace(first, id="instead", delivery=delivery.noting(f"a signature {what}")),
                f"it expects a signature {what}",
                "; ".join(dict.fromkeys(mistake.fix for mistake in mistakes)),
            )


def _put_into_envelope(maker: CaseMaker, first: Case) -> Variant:
    """Make what ``validateWebhook`` of Kombo's SDK for TypeScript expects. Kombo never sends it."""
    body = serialize({SIGNATURE_HEADER: "any", "body": first.delivery.payload})
    return Variant(
        replace(first, id="instead", delivery=Delivery.signed(body, maker.secret)),
        "a body with the signature and the payload as its members is accepted instead; that is "
        "what validateWebhook of @kombo-api/sdk expects, Kombo does not send it, and its signature "
        "is not verified at all",
        f"verify the header {SIGNATURE_HEADER} over the raw body yourself",
    )


class _ValueRow(NamedTuple):
    """A value that a receiver may expect.

    Attributes:
        path: Where it stands.
        value: The value.
        cause: What is wrong with a receiver that accepts the payload with this value.
        fix: What to do about it.
    """

    path: Path
    value: Any
    cause: str
    fix: str


_USER: Path = ("data", "end_user")
_VALUES = (
    _ValueRow(
        (*_USER, "creator_email"), None,
        "a creator_email of null is accepted instead",
        "accept any address that the format email allows",
    ),
    _ValueRow(
        (*_USER, "creator_email"), "jane@example.org",
        "the creator_email jane@example.org is accepted instead",
        "accept any address that the format email allows",
    ),
    _ValueRow(
        (*_USER, "organization_name"), "Acme",
        "the organization_name Acme is accepted instead",
        "accept any string",
    ),
    _ValueRow(
        (*_USER, "origin_id"), None,
        "an origin_id of null is accepted instead",
        "accept any string",
    ),
    _ValueRow(
        ("data", "qa_status"), "PENDING",
        "the qa_status PENDING is accepted instead of PASSED",
        "accept all values of the enum",
    ),
    _ValueRow(
        ("data", "setup_status"), "INCOMPLETE",
        "the setup_status INCOMPLETE is accepted instead of COMPLETED",
        "accept all values of the enum",
    ),
    _ValueRow(
        ("data", "integration_category"), "ATS",
        "the integration_category ATS is accepted instead of HRIS",
        "accept all values of the enum",
    ),
)  # fmt: skip


def _change_values(maker: CaseMaker) -> Iterator[Variant]:
    time: Path = ("data", "updated_at")
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    timestamp = str(get(maker.payloads.fresh(), time))
    timestamps = (
        _ValueRow(
            time, now,
            "an updated_at of this moment is accepted instead of an old one",
            "updated_at is when the integration changed and not when the event was sent: accept an "
            "event that is repeated, or sent after an outage, however old it is",
        ),
        _ValueRow(
            time, timestamp.partition(".")[0] + "Z",
            "an updated_at without a fraction of a second is accepted instead",
            "Kombo sends milliseconds, and RFC 3339 allows any number of digits",
        ),
        _ValueRow(
            time, timestamp.replace("Z", "+00:00"),
            "an updated_at that ends in +00:00 is accepted instead of one that ends in Z",
            "Kombo sends instants that end in Z",
        ),
    )  # fmt: skip
    for path, value, cause, fix in (*timestamps, *_VALUES):
        try:
            payload = replace_at(maker.payloads.fresh(), path, value)
        except PointerError:
            continue
        if maker.payloads.schema.is_valid(payload):
            case = maker.valid.make("instead", "first", cause, payload, likelihood="realistic")
            yield Variant(case, cause, fix)


def make_preflight_finding(first: Case, reply: Reply, accepted: Variant | None = None) -> Finding:
    """Make the finding of a receiver that rejects the first good delivery.

    Args:
        first: The delivery.
        reply: The reply to it.
        accepted: The variant that the receiver accepts; None for none.
    """
    title, fix = _explain(reply)
    if accepted is not None:
        title, fix = f"{reply}: {accepted.cause}", accepted.fix
    category: Category = judge(first, reply) or "rejects-valid"
    return finding_of(
        "first-delivery",
        category,
        f"the first good delivery was not accepted: {title}",
        [Failure(category, first, (Exchange(first.delivery, reply),))],
        fix=fix,
        likelihood="realistic",
    )


def _explain(reply: Reply) -> tuple[str, str]:
    """Explain a reply that rejects a good delivery: the likeliest cause, and its fix."""
    # Not a sentence of this library: frameworks say in their answers what they reject.
    status, text = reply.status, reply.text.lower()
    if status is None:
        return str(reply), "look at the log of the receiver; is it the receiver that listens there?"
    if 300 <= status < 400:
        location = shorten(reply.header("location") or "elsewhere")
        return (
            f"{status}, a redirect to {location}",
            "a redirect turns POST into GET, and Kombo does not follow it: give the URL that it "
            "leads to (often only a / at the end, or https, is missing)",
        )
    if status == 403 and ("csrf" in text or "forgery" in text):
        return (
            "403, protection against cross-site request forgery (CSRF)",
            "exempt the route of the webhook from CSRF protection: the signature takes its place",
        )
    if status in (401, 403):
        return (
            f"{status}, most likely a wrong secret",
            "the receiver and the probe need the same secret; if they have it, the receiver "
            "computes another signature: base64url without padding of HMAC-SHA256 over the raw "
            f"body, in the header {SIGNATURE_HEADER}",
        )
    if status in (404, 410):
        return f"{status}, there is nothing at this path", "is the path of the URL the right one?"
    if status == 405:
        return (
            "405, the method is not allowed",
            "the route has to accept POST; is the path of the URL the right one?",
        )
    if status == 415:
        return (
            "415, the content type is not supported",
            "Kombo sends Content-Type: application/json",
        )
    if status == 400 and "signature" in text:
        return f"{status}, most likely a wrong secret", "give the receiver's secret to the probe"
    if status == 429:
        return "429, too many requests", "lift the rate limit while the probe runs"
    if status >= 500:
        return (
            f"{status}, the receiver crashes on a plain realistic payload",
            "look at the log of the receiver",
        )
    return f"{status}", "a plain realistic payload, correctly signed, has to be answered 2xx"
