"""What a reply means: whether a receiver did what it owes, and whether it said too much."""

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
"""Bytes from which on a server may have enough of a body."""

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


def judge(case: Case, reply: Reply, *, takes_large: bool = False) -> Category | None:
    """What a receiver did wrong by this reply; None if nothing, or nothing can be told.

    Args:
        case: What was sent.
        reply: What came back.
        takes_large: Whether the receiver has answered a large body, so that the size is no reason
            to hang up.

    Examples:
        >>> from kombo_fakes.probing.cases.phases import CaseMaker
        >>> from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
        >>> first = CaseMaker(DEFAULT_EVENT, "a secret", "strict", 0, "a run").valid.first()
        >>> judge(first, Reply(204)), judge(first, Reply(500)), judge(first, Reply(401))
        (None, 'crashes', 'rejects-valid')
    """
    return judge_answer(case.delivery, case.expectation, reply, takes_large=takes_large)


def judge_answer(
    delivery: Delivery, expectation: Expectation, reply: Reply, *, takes_large: bool = False
) -> Category | None:
    """What a receiver did wrong by the reply to a delivery; see `judge`."""
    if reply.trouble in ("timeout", "endless"):
        return "hangs"
    if reply.status is None:
        # A server that has had enough of a large body, or of headers, may hang up.
        head = sum(len(value) for _, value in delivery.headers)
        large = head > LARGE or (head + len(delivery.body) > LARGE and not takes_large)
        return None if expectation != "accept" and large else "crashes"
    if reply.status >= 500:
        odd_method = delivery.method != "POST" and reply.status in (501, 505)
        return None if odd_method else "crashes"
    if reply.is_rate_limited:
        return None
    if expectation == "accept" and not reply.is_accepted:
        return "rejects-valid"
    if expectation == "reject" and reply.status < 400:
        # A redirect refuses nothing: it sends whoever follows it elsewhere.
        return "accepts-invalid"
    return None


def leak(delivery: Delivery, reply: Reply, secret: str | bytes) -> tuple[str, str] | None:
    """What an answer gives away: its kind, and the place in the answer; None for nothing."""
    text = reply.text + "\n" + "\n".join(value for _, value in reply.headers)
    sent = " ".join(value for _, value in delivery.headers) + delivery.body.decode("latin-1")
    if shows_secret(text, secret, sent):
        return "secret", "the webhook secret itself"
    right = sign(delivery.body, secret)
    hexadecimal = urlsafe_b64decode(right + "=").hex()
    standard = right.replace("-", "+").replace("_", "/")
    # Who was right already learns nothing, and wrong ones in another style are nearly right.
    known = {right, hexadecimal, standard}
    if not any(word in sent.lower() or word in sent for word in known) and (
        right in text or standard in text or hexadecimal in text.lower()
    ):
        return "signature", "the signature that would have been right"
    found = _TRACES.search(_plain(text))
    if found is not None and found[0] not in sent:
        return "traceback", found[0].strip()
    return None


def shows_secret(text: str, secret: str | bytes, sent: str = "") -> bool:
    """Whether a text has the secret in it, as it is or in a common encoding.

    Args:
        text: The text.
        secret: The secret.
        sent: What the sender has said itself.

    Examples:
        >>> shows_secret("key=YSBzZWNyZXQ=", "a secret"), shows_secret("{}", "a secret")
        (True, False)
    """
    return any(word in text and word not in sent for word in secret_forms(secret))


_TAGS = re.compile(r"<br ?/?>|</(?:p|li|div|tr)>")


def _plain(text: str) -> str:
    """A text without the escapes of JSON and the markup of HTML, in which traces are hidden."""
    if "\\n" in text:
        text = text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    if "<" in text or "&" in text:
        lines = html.unescape(_TAGS.sub("\n", text))
        text = re.sub(r"<[^<>\n]{1,200}>", "", lines).replace("\xa0", " ") + "\n" + lines
    return text


def find_mismatches(
    expected: Mapping[str, Any], observed: Mapping[str, Any]
) -> tuple[Mismatch, ...]:
    """What a receiver has stored otherwise than it was sent.

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


def _same_instant(seen: Any, owed: Any) -> bool:
    try:
        # Finer than a microsecond is more than most databases and languages keep; coarser than
        # a millisecond would lose what Kombo sends.
        apart = abs(parse_instant(seen) - parse_instant(owed))
        fine = _digits(owed) > 3
        return apart < (SECOND // 1000 if fine else 1)
    except (ValueError, TypeError):
        return False


def _digits(text: str) -> int:
    match = re.search(r"\.([0-9]+)", text)
    return len(match[1]) if match else 0
