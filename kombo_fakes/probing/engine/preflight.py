"""The one good delivery that comes first: why it wasn't taken, and what is taken instead.

Where the first one isn't taken no other could be judged, so that one finding has to say it all.
What a receiver most likely does wrong is tried out, one thing at a time: a signature in another
notation or over another style, a payload of this moment, one without an e-mail address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, get, replace_at
from kombo_fakes.errors import PointerError
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.model import Case, Category, Exchange, Failure, Finding, Reply
from kombo_fakes.probing.verdicts.findings import REFUSES, finding_of
from kombo_fakes.probing.verdicts.judge import judge
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signature_mistakes import (
    COMMON_COMBINATIONS,
    compute_signatures,
    describe_mistakes,
)
from kombo_fakes.wire.signing import SIGNATURE_HEADER, key_of

_NOT_THE_PAYLOAD = (404, 405, 410, 415, 429)


@dataclass(frozen=True, slots=True)
class Instead:
    """Another delivery that is tried where the first one isn't taken.

    Attributes:
        case: The delivery.
        cause: What is wrong with a receiver that takes this one.
        fix: How it is mended.
    """

    case: Case
    cause: str
    fix: str


def instead_of(maker: CaseMaker, first: Case, reply: Reply) -> Iterator[Instead]:
    """What to try where the first delivery was answered so; nothing where that tells enough.

    Args:
        maker: Makes the payloads.
        first: The delivery.
        reply: What came back.
    """
    if reply.status is None or 300 <= reply.status < 400 or reply.status in _NOT_THE_PAYLOAD:
        return
    if reply.status < 500:
        yield from _signatures(maker, first)
        yield from _envelope(maker, first)
    if maker.event == DEFAULT_EVENT and reply.status not in (401, 403):
        yield from _payloads(maker)


def _signatures(maker: CaseMaker, first: Case) -> Iterator[Instead]:
    """The same delivery with signatures that a mistaken receiver would compute for it."""
    for mistakes in COMMON_COMBINATIONS:
        signatures = compute_signatures(mistakes, first.delivery.body, key_of(maker.secret))
        what = describe_mistakes(mistakes)
        for signature in signatures[:1]:
            delivery = first.delivery.with_header(SIGNATURE_HEADER, signature)
            yield Instead(
                replace(first, id="instead", delivery=delivery.noting(f"a signature {what}")),
                f"it expects a signature {what}",
                "; ".join(mistake.fix for mistake in mistakes),
            )


def _envelope(maker: CaseMaker, first: Case) -> Iterator[Instead]:
    """What ``validateWebhook`` of Kombo's SDK for TypeScript wants, and Kombo never sends."""
    body = serialize({SIGNATURE_HEADER: "any", "body": first.delivery.payload})
    yield Instead(
        replace(first, id="instead", delivery=Delivery.signed(body, maker.secret)),
        "a body is taken that holds the signature and the payload as its members, which is what "
        "validateWebhook of @kombo-api/sdk wants and Kombo doesn't send; it checks no HMAC at all",
        "verify the header X-Kombo-Signature over the raw body yourself",
    )


def _payloads(maker: CaseMaker) -> Iterator[Instead]:
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    time: Path = ("data", "updated_at")
    user: Path = ("data", "end_user")
    base = maker.payloads.fresh()
    at = str(get(base, time))
    tries: tuple[tuple[Path, object, str, str], ...] = (
        (time, now, "its updated_at is old: one of this moment is taken",
         "updated_at is when the integration changed, not when it was sent: an event that is "
         "repeated, or sent after an outage, is old and right"),
        (time, at.partition(".")[0] + "Z", "its updated_at has a fraction of a second: one without "
         "is taken", "Kombo sends milliseconds, and RFC 3339 allows any number of digits"),
        (time, at.replace("Z", "+00:00"), "its updated_at ends in Z: one with +00:00 is taken",
         "Kombo writes instants with Z"),
        ((*user, "creator_email"), None, "its creator_email: null is taken instead",
         "take any address that the format email allows"),
        ((*user, "creator_email"), "jane@example.org", "its creator_email: jane@example.org is "
         "taken instead", "take any address that the format email allows"),
        ((*user, "organization_name"), "Acme", "its organization_name: Acme is taken instead",
         "allow for any text"),
        ((*user, "origin_id"), None, "its origin_id: null is taken instead", "allow for any text"),
        (("data", "qa_status"), "PENDING", "its qa_status PASSED: PENDING is taken instead",
         "know all values of the enum"),
        (("data", "setup_status"), "INCOMPLETE", "its setup_status COMPLETED: INCOMPLETE is taken "
         "instead", "know all values of the enum"),
        (("data", "integration_category"), "ATS", "its integration_category HRIS: ATS is taken "
         "instead", "know all values of the enum"),
    )  # fmt: skip
    for path, value, cause, fix in tries:
        try:
            payload = replace_at(maker.payloads.fresh(), path, value)
        except PointerError:
            continue
        if maker.payloads.schema.is_valid(payload):
            case = maker.valid.make("instead", "first", cause, payload, likelihood="realistic")
            yield Instead(case, cause, fix)


def preflight_finding(first: Case, reply: Reply, instead: Instead | None = None) -> Finding:
    """Why the one good delivery that comes first was most likely not taken.

    Args:
        first: The delivery.
        reply: What came back.
        instead: What was taken instead; None for nothing.
    """
    title, fix = _first_cause(reply)
    if instead is not None:
        title, fix = f"{reply}, since {instead.cause}", instead.fix
    category: Category = judge(first, reply) or REFUSES
    return finding_of(
        "first-delivery",
        category,
        f"the first good delivery was not taken: {title}",
        [Failure(category, first, (Exchange(first.delivery, reply),))],
        fix=fix,
        likelihood="realistic",
    )


def _first_cause(reply: Reply) -> tuple[str, str]:
    status, text = reply.status, reply.text.lower()
    if status is None:
        return str(reply), "look at what the receiver logs; is it the receiver that listens there?"
    if 300 <= status < 400:
        to = shorten(reply.header("location") or "elsewhere")
        return (
            f"{status}, a redirect to {to}",
            "a redirect turns POST into GET, and Kombo doesn't follow it: give the URL that it "
            "leads to (often only a / at the end, or https, is missing)",
        )
    if status == 403 and ("csrf" in text or "forgery" in text):
        return (
            "403, protection against cross-site requests (CSRF)",
            "exempt the route of the webhook from CSRF protection: the signature takes its place",
        )
    if status in (401, 403):
        return (
            f"{status}, most likely a wrong secret",
            "the receiver and the probe need the same secret; if they have it, the receiver "
            "computes another signature: base64url without padding of HMAC-SHA256 over the raw "
            "body, in the header X-Kombo-Signature",
        )
    if status in (404, 410):
        return f"{status}, there is nothing at this path", "is the path of the URL the right one?"
    if status == 405:
        return (
            "405, the method isn't allowed",
            "the route has to take POST; is the path of the URL the right one?",
        )
    if status == 415:
        return (
            "415, the content type isn't supported",
            "Kombo sends Content-Type: application/json",
        )
    if status == 400 and "signature" in text:
        return f"{status}, most likely a wrong secret", "give the receiver's secret to the probe"
    if status == 429:
        return "429, too many requests", "lift the limit of requests for the time of the probe"
    if status >= 500:
        return (
            f"{status}, the receiver crashes on a plain realistic payload",
            "look at what the receiver logs for it",
        )
    return f"{status}", "a plain realistic payload, correctly signed, has to be answered 2xx"
