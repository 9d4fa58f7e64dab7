"""The single deliveries of a probe, for users who want one test for each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.core.public import public
from kombo_fakes.errors import ReceiverError
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.model import (
    POLICIES,
    Case,
    Category,
    Exchange,
    Failure,
    Policy,
    Reply,
)
from kombo_fakes.probing.reports.plain_text import finding_lines
from kombo_fakes.probing.reports.wording import make_finding
from kombo_fakes.probing.secrets.redaction import Redactor
from kombo_fakes.probing.verdicts.case_causes import LEAK_CAUSES, find_cause
from kombo_fakes.probing.verdicts.diagnosis.result import make_diagnosis
from kombo_fakes.probing.verdicts.judge import judge, leak
from kombo_fakes.sequences.timeline import status_of
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, check_event
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.expectations import Expectation
from kombo_fakes.wire.signing import TEST_SECRET, sign

_DEFAULT_URL = "http://127.0.0.1:8000/"


@public
@dataclass(frozen=True, slots=True)
class ProbeCase:
    """One delivery of a probe, and what a receiver has to do with it.

    Attributes:
        id: A stable name, such as ``wire:signature-missing``.
        about: What is special about it.
        delivery: What to send.
        expectation: What the receiver has to do: ``"accept"`` it, ``"reject"`` it, or ``"either"``.
        why: Why.

    Examples:
        >>> case = probe_cases(ids="wire:signature-missing")[0]
        >>> case.expectation, case.delivery.signature
        ('reject', None)
        >>> case.check(401)
    """

    id: str
    about: str
    delivery: Delivery
    expectation: Expectation
    why: str
    _case: Case = field(repr=False)
    _secret: str | bytes = field(repr=False)

    def __str__(self) -> str:
        return self.id

    def check(self, answer: Any) -> None:
        """Raise an error if an answer is not the expected one.

        Args:
            answer: A status, or the response of the client that sent the delivery.

        Raises:
            ReceiverError: an `AssertionError` that says what was sent, received and expected.
                Also for 429, too many requests, which says nothing about the delivery.
            TypeError: if the answer has no status.
        """
        __tracebackhide__ = True
        reply = _reply_of(answer)
        if reply.is_rate_limited:
            raise ReceiverError(
                f"{self.id}: received {reply}, too many requests, which says nothing about the "
                "delivery; turn off the rate limit while the tests run"
            )
        wrong: Category | None = judge(self._case, reply)
        leaked = ""
        cause = self._case.cause
        if wrong is not None:
            cause = find_cause(self._case, wrong)
        else:
            found = leak(self.delivery, reply, self._secret)
            if found is None:
                return
            wrong, cause, leaked = "leaks", LEAK_CAUSES[found[0]], found[1]
        exchange = Exchange(self.delivery, reply)
        failure = Failure(wrong, self._case, (exchange,), leaked=leaked)
        finding = make_finding(make_diagnosis(self.id, wrong, cause, [failure]))
        # The message of a failed test ends up in the logs of CI.
        finding = Redactor(self._secret).redact_finding(finding)
        url = str(getattr(answer, "url", ""))
        # The answer of a test client may know a path only, which curl cannot use.
        lines = finding_lines(finding, url if "://" in url else _DEFAULT_URL)
        raise ReceiverError("\n   ".join(lines))


def probe_cases(
    event: str = DEFAULT_EVENT,
    *,
    secret: str | bytes = TEST_SECRET,
    policy: Policy = "strict",
    seed: int = 0,
    ids: str | Iterable[str] | None = None,
    run: object = "",
) -> tuple[ProbeCase, ...]:
    """Make the single deliveries that `probe` sends, to use them as parameters of your own tests.

    Args:
        event: The event to send.
        secret: The webhook secret of the receiver.
        policy: ``"strict"`` for a receiver that enforces the published schema, ``"tolerant"`` for
            one that reads what it can.
        seed: Two calls with the same seed make the same payloads.
        ids: The ids of the cases to make, all by default; ``*`` stands for anything.
        run: Two calls with different values make payloads with different ids.

    Returns:
        The cases: valid payloads, styles, wire faults, changes and faults. Each has ids of its
        own, so no case depends on another one.

    Raises:
        UnknownNameError: if there is no such event, policy or case.
        SecretError: if the secret is empty.

    Examples:
        >>> [case.id for case in probe_cases(ids=["style:in*", "fault:data.state-enum-cut"])]
        ['style:indented', 'fault:data.state-enum-cut']
    """
    sign(b"", secret)  # Raises for an empty secret.
    check_event(event)
    if policy not in POLICIES:
        raise unknown_name_error("policy", policy, POLICIES)
    found = [
        ProbeCase(case.id, case.about, case.delivery, case.expectation, case.why, case, secret)
        for _, cases in CaseMaker(event, secret, policy, seed, run).phases()
        for case in cases
    ]
    if ids is None:
        return tuple(found)
    wanted = (ids,) if isinstance(ids, str) else tuple(ids)
    for pattern in wanted:
        if not any(fnmatchcase(case.id, pattern) for case in found):
            raise unknown_name_error("case", pattern, (case.id for case in found))
    return tuple(c for c in found if any(fnmatchcase(c.id, pattern) for pattern in wanted))


def _reply_of(answer: Any) -> Reply:
    try:
        status = status_of(answer)
    except TypeError:
        raise TypeError(
            f"{type(answer).__name__} is not an answer: give check() a status, or a response that "
            "has one as status_code or status"
        ) from None
    body: Any = b""
    # httpx, requests and Django call the body content, and Werkzeug calls it data.
    for name in ("content", "data"):
        # The body of a streamed response may have been read already.
        with contextlib.suppress(Exception):
            body = body or getattr(answer, name)
    headers: Any = ()
    with contextlib.suppress(Exception):
        # The status can be judged without headers, too.
        headers = tuple((str(name), str(value)) for name, value in answer.headers.items())
    return Reply(status, headers, body if isinstance(body, bytes) else b"")
