"""The judgement of a reply: whether it is as expected, and whether it gives something away."""

from __future__ import annotations

import html
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from kombo_fakes.core.instants import SECOND, parse_instant
from kombo_fakes.probing.model import Case, Category, Expectation, Reply
from kombo_fakes.probing.secrets.encodings import secret_forms
from kombo_fakes.sequences.mismatches import ABSENT, Mismatch
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.signing import sign

LARGE = 60_000
"""From this number of bytes a server may close the connection instead of reading the body."""

# What the stack traces of common runtimes look like.
_TRACES = re.compile(
    r"Traceback \(most recent call last\)"
    r"|^[ \t]*File \"[^\"]+\", line \d+"
    r"|^[ \t]*at [\w.$<>\[\]`/ -]*\(.*:\d+(?::\d+)?\)"
    r"|^[ \t]*at (?:.*node:internal/|(?:async )?(?:file://)?/\S+:\d+:\d+)"
    r"|^[ \t]*at [^\s(]+\(.*\) in \S+:line \d+"
    r"|Exception in thread \""
    r"|goroutine \d+ \["
    r"|thread '[^']*' panicked at"
    r"|\.rb:\d+:in [`']"
    r"|#\d+ /[^\s(]+\.php\(\d+\)"
    r"| in /\S+\.php(?::\d+| on line \d+)"
    r"|\(\w+ [\d.]+\) lib/\S+\.exs?:\d+:"
    r"|Stack trace:",
    re.MULTILINE,
)


def judge(case: Case, reply: Reply, *, answers_large: bool = False) -> Category | None:
    """Judge a reply: what the receiver does wrong; None for nothing, or where it cannot be said.

    Args:
        case: What was sent.
        reply: What came back.
        answers_large: Whether the receiver has answered a large body before, so that a large body
            does not excuse a closed connection.

    Examples:
        >>> from kombo_fakes.probing.cases.phases import CaseMaker
        >>> from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
        >>> first = CaseMaker(DEFAULT_EVENT, "a secret", "strict", 0, "a run").valid.first()
        >>> judge(first, Reply(204)), judge(first, Reply(500)), judge(first, Reply(401))
        (None, 'crashes', 'rejects-valid')
    """
    return judge_answer(case.delivery, case.expectation, reply, answers_large=answers_large)


def judge_answer(
    delivery: Delivery, expectation: Expectation, reply: Reply, *, answers_large: bool = False
) -> Category | None:
    """Judge the reply to a delivery; see `judge`."""
    if reply.trouble in ("timeout", "endless"):
        return "hangs"
    if reply.status is None:
        # A server may close the connection on a large body or large headers.
        head = sum(len(value) for _, value in delivery.headers)
        large = head > LARGE or (head + len(delivery.body) > LARGE and not answers_large)
        return None if expectation != "accept" and large else "crashes"
    if reply.status >= 500:
        # 501 means that the server does not know the method (RFC 9110, section 15.6.2).
        other_method = delivery.method != "POST" and reply.status in (501, 505)
        return None if other_method else "crashes"
    if reply.is_rate_limited:
        return None
    if expectation == "accept" and not reply.is_accepted:
        return "rejects-valid"
    if expectation == "reject" and reply.status < 400:
        # A redirect does not reject a delivery: whoever follows it is sent elsewhere.
        return "accepts-invalid"
    return None


def leak(delivery: Delivery, reply: Reply, secret: str | bytes) -> tuple[str, str] | None:
    """Find what an answer gives away.

    Args:
        delivery: What was sent.
        reply: The answer.
        secret: The webhook secret.

    Returns:
        The kind (``secret``, ``signature`` or ``traceback``), and the words for it; None for
        nothing.
    """
    text = reply.text + "\n" + "\n".join(value for _, value in reply.headers)
    sent = " ".join(value for _, value in delivery.headers) + delivery.body.decode("latin-1")
    if shows_secret(text, secret, sent):
        return "secret", "the webhook secret itself"
    right = sign(delivery.body, secret)
    # The 32 bytes of SHA-256 have 43 characters in base64, and one = is missing.
    hexadecimal = urlsafe_b64decode(right + "=").hex()
    standard = right.replace("-", "+").replace("_", "/")
    # An answer that echoes the right signature, in whatever notation, tells its sender nothing new.
    known = {right, hexadecimal, standard}
    if not any(word in sent.lower() or word in sent for word in known) and (
        right in text or standard in text or hexadecimal in text.lower()
    ):
        return "signature", "the signature that would have been right"
    # A receiver may echo a string of the delivery that looks like a trace.
    found = _TRACES.search(_plain(text))
    if found is not None and found[0] not in sent:
        return "traceback", found[0].strip()
    return None


def shows_secret(text: str, secret: str | bytes, sent: str = "") -> bool:
    """True if a text contains the secret, as it is or in a common encoding.

    Args:
        text: The text.
        secret: The secret.
        sent: What the sender has sent itself, which gives nothing away.

    Examples:
        >>> shows_secret("key=YSBzZWNyZXQ=", "a secret"), shows_secret("{}", "a secret")
        (True, False)
    """
    return any(word in text and word not in sent for word in secret_forms(secret))


_TAGS = re.compile(r"<br ?/?>|</(?:p|li|div|tr)>")


def _plain(text: str) -> str:
    """Remove the escapes of JSON and the markup of HTML, which hide stack traces."""
    if "\\n" in text:
        text = text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    if "<" in text or "&" in text:
        lines = html.unescape(_TAGS.sub("\n", text))
        # The bound keeps the search fast for an answer with many brackets. The text with tags
        # stays, since a trace may hold <module>, which looks like a tag.
        text = re.sub(r"<[^<>\n]{1,200}>", "", lines).replace("\xa0", " ") + "\n" + lines
    return text


def find_mismatches(
    expected: Mapping[str, Any], observed: Mapping[str, Any]
) -> tuple[Mismatch, ...]:
    """Compare what a receiver shows with what was sent.

    Args:
        expected: The fields that were sent.
        observed: The fields that the receiver shows; it may show others as well.

    Examples:
        >>> find_mismatches({"state": "ACTIVE"}, {"state": "INVALID", "events": 1})
        (Mismatch(field='state', expected='ACTIVE', received='INVALID'),)
    """
    found = []
    for name, sent in expected.items():
        seen = observed.get(name)
        if seen == sent or (name == "updated_at" and _same_instant(seen, sent)):
            continue
        found.append(Mismatch(name, sent, observed.get(name, ABSENT)))
    return tuple(found)


def _same_instant(seen: Any, sent: Any) -> bool:
    try:
        # Most databases keep no more than microseconds. Kombo sends milliseconds, so that a
        # receiver which keeps less loses some of what was sent.
        apart = abs(parse_instant(seen) - parse_instant(sent))
        fine = _digits(sent) > 3
        return apart < (SECOND // 1000 if fine else 1)
    except (ValueError, TypeError):
        return False


def _digits(text: str) -> int:
    match = re.search(r"\.([0-9]+)", text)
    return len(match[1]) if match else 0
