"""Running a probe: one good delivery first, then case after case, within bounds."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urljoin

from kombo_fakes.delivery import Delivery
from kombo_fakes.errors import shorten, unknown
from kombo_fakes.probing.cases import Maker
from kombo_fakes.probing.courier import Courier, Stopped
from kombo_fakes.probing.diagnosis import diagnosed
from kombo_fakes.probing.evidence import Evidence
from kombo_fakes.probing.exploring import explored
from kombo_fakes.probing.histories import Histories
from kombo_fakes.probing.judging import differences, judged
from kombo_fakes.probing.known import Known
from kombo_fakes.probing.model import (
    POLICIES,
    Case,
    Category,
    Exchange,
    Failure,
    Finding,
    Policy,
    Reply,
)
from kombo_fakes.probing.preflight import instead_of, preflight_finding
from kombo_fakes.probing.receivers import Observe, ProbeError, Receiver, observer, receiver_for
from kombo_fakes.probing.redaction import Redactor
from kombo_fakes.probing.report import Outcome, Report
from kombo_fakes.registry import DEFAULT_EVENT, events
from kombo_fakes.signing import TEST_SECRET, sign

Progress = Callable[[str, int, int], None]
"""Is told the name of a phase, how many of its cases are done, and how many there are."""

_RANKS = {"realistic": 0, "schema": 1, "hostile": 2}
_HANGS = 3
_MOST_SHRINKING = 600


def probe(
    receiver: Any,
    *,
    secret: str | bytes = TEST_SECRET,
    event: str | Iterable[str] = DEFAULT_EVENT,
    policy: Policy = "strict",
    observe: str | Observe | None = None,
    url: str = "http://127.0.0.1/",
    seed: int = 0,
    max_examples: int = 100,
    timeout: float = 5.0,
    max_seconds: float = 300.0,
    skip: Iterable[str] = (),
    allow_remote: bool = False,
    ca_file: str | None = None,
    progress: Progress | None = None,
    on_exchange: Callable[[str, Delivery, Reply], None] | None = None,
) -> Report:
    """Play deliveries at a receiver, and say what is wrong with it.

    Args:
        receiver: A URL, a WSGI or ASGI application, or a callable that takes a `Delivery` and
            returns a status.
        secret: The webhook secret of the receiver.
        event: The event, or events, to send.
        policy: ``"strict"`` for a receiver that enforces the published schema, ``"tolerant"`` for
            one that reads what it can.
        observe: How to see what the receiver knows of an integration: a URL or path with
            ``{integration_id}`` in it, or a callable. Without it state is not judged.
        url: The path or URL by which an application in this process is called.
        seed: The same seed sends the same payloads, but for ids, which are new in each run.
        max_examples: How many payloads Hypothesis draws at the end.
        timeout: Seconds after which a delivery without an answer hangs.
        max_seconds: Seconds after which the run ends, with what was found so far.
        skip: The id of a finding that is known, or several; ``*`` stands for anything.
        allow_remote: Whether the URL may be one of another machine.
        ca_file: Certificates to trust, for https.
        progress: Is told how far the run is.
        on_exchange: Is given each delivery with the id of its case, and the reply.

    Returns:
        A `Report`; ``report.ok`` is whether nothing was found.

    Raises:
        UnknownNameError: if there is no such event or policy.
        ProbeError, TransportError: if the receiver can't be reached, or what it knows not be seen.
        SecretError: if the secret is empty.

    Examples:
        >>> from kombo_fakes import verify
        >>> def receive(delivery):
        ...     return 204 if delivery.body else 400
        >>> report = probe(receive, policy="tolerant", max_examples=5)
        >>> report.findings[0].title
        'it never refuses a signature: deliveries are taken from anybody'
    """
    sign(b"", secret)  # Raises for a secret that is none.
    if policy not in POLICIES:
        raise unknown("policy", str(policy), POLICIES)
    names = (event,) if isinstance(event, str) else tuple(event)
    for name in names:
        if name not in events():
            raise unknown("event", name, events())
    redactor, known = Redactor(secret), Known(skip)
    target = receiver_for(
        receiver, url=url, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file
    )
    try:
        run = _Run(
            target,
            secret,
            names or (DEFAULT_EVENT,),
            policy,
            observer(observe, target),
            seed,
            max_examples,
            max_seconds,
            progress,
            on_exchange,
            redactor,
        )
        whole = target.name if isinstance(receiver, str) else urljoin("http://127.0.0.1:8000/", url)
        return replace(run.report(known), url=whole)
    finally:
        target.close()


class _Run:
    def __init__(
        self,
        target: Receiver,
        secret: str | bytes,
        names: tuple[str, ...],
        policy: Policy,
        observe: Observe | None,
        seed: int,
        max_examples: int,
        max_seconds: float,
        progress: Progress | None,
        on_exchange: Callable[[str, Delivery, Reply], None] | None,
        redactor: Redactor,
    ) -> None:
        self.target, self.secret, self.names, self.policy = target, secret, names, policy
        self.seed, self.max_examples, self.progress = seed, max_examples, progress
        self.run_id = secrets.token_hex(8)
        self.begun = time.monotonic()
        self.evidence = Evidence(policy=policy)
        end = self.begun + max_seconds
        self.redactor = redactor
        self.courier = Courier(target, secret, observe, self.evidence, end, on_exchange, redactor)
        self.outcomes: list[Outcome] = []
        self.notes: list[str] = list(redactor.notes)
        self.not_judged: list[str] = []
        self._explorations = 0
        self._hung: dict[str, int] = {}
        self._checked_after: set[str] = set()
        self._looking = True

    # -- the whole

    def report(self, known: Known) -> Report:
        stopped = ""
        early: Finding | None = None
        try:
            for name in self.names:
                early = self._event(Maker(name, self.secret, self.policy, self.seed, self.run_id))
                if early is not None:
                    stopped = "the first good delivery was not taken"
                    break
        except Stopped as reason:
            stopped = str(reason)
        except KeyboardInterrupt:
            stopped = "interrupted"
        found = [early] if early is not None else diagnosed(self.evidence)
        found = [self.redactor.finding(finding) for finding in found]
        found.sort(key=lambda finding: _RANKS[finding.rank])
        if not self.courier.observes:
            self.not_judged.append(
                "what the receiver stores (copies, order, mixed-up integrations, lost events): "
                "give it a way to be observed"
            )
        self.notes.extend(self.evidence.notes())
        if not stopped:
            self.notes.extend(known.notes(finding.id for finding in found))
        return Report(
            target=self.target.name,
            policy=self.policy,
            seed=self.seed,
            events=self.names,
            findings=tuple(finding for finding in found if finding.id not in known),
            skipped=tuple(finding for finding in found if finding.id in known),
            notes=tuple(self.notes),
            not_judged=tuple(self.not_judged),
            outcomes=tuple(self.outcomes),
            deliveries=self.courier.deliveries,
            stopped=stopped,
            seconds=time.monotonic() - self.begun,
        )

    def _event(self, maker: Maker) -> Finding | None:
        first = maker.first()
        reply = self._sent(first)
        if judged(first, reply) is not None:
            for instead in instead_of(maker, first, reply):
                if self._sent(instead.case).taken:
                    return preflight_finding(first, reply, instead)
            return preflight_finding(first, reply)
        if self.courier.observes and first.integration is not None:
            self.courier.look(first.integration)  # Raises for what is no JSON object.
        self._maker = maker
        histories = None
        if self.courier.observes and maker.event == DEFAULT_EVENT:
            histories = Histories(
                self.courier,
                self.evidence,
                self.outcomes,
                maker,
                self.run_id,
                self._attempted,
                self._tried,
            )
            histories.play(partial(self._progressed, "timelines"))
            self._looking = histories.tells_apart
        self._cases("valid payloads", [*maker.realistic(), *maker.corners()])
        self._cases("spellings", maker.spellings())
        replayed = maker.replayed(str(first.delivery.signature))
        self._cases("signatures", [*maker.wire("signature"), replayed, *maker.unsigned()])
        self._cases("bodies", maker.wire("body"))
        self._cases("HTTP", maker.wire("http"))
        self._cases("changes", maker.changes())
        self._cases("faults", maker.faults())
        if self.max_examples > 0:
            explored(maker, self.max_examples, self._explored, self._tried, self.evidence.explains)
        if histories is not None:
            histories.look_back()
        return None

    def _progressed(self, phase: str, done: int, of: int) -> None:
        if self.progress is not None:
            self.progress(phase, done, of)

    # -- cases

    def _cases(self, phase: str, cases: Iterable[Case]) -> None:
        listed = list(cases)
        for done, case in enumerate(listed):
            self._progressed(phase, done, len(listed))
            if self._hung.get(case.theme, 0) or self._hung.get(case.group, 0) >= _HANGS:
                continue
            self._tried(case)
        self._progressed(phase, len(listed), len(listed))

    def _tried(self, case: Case) -> Category | None:
        reply = self._sent(case)
        wrong = judged(case, reply)
        if wrong == "hangs":
            for name in ("exploration",) if self.evidence.muted else (case.theme, case.group):
                self._hung[name] = self._hung.get(name, 0) + 1
        exchange = Exchange(case.delivery, reply)
        self.evidence.tried(case, reply)
        if wrong is not None:
            self.evidence.add(Failure(wrong, case, (exchange,)))
        else:
            try:
                wrong = self._looked_at(case, exchange)
            except ProbeError as error:
                failure = Failure(
                    "crashes",
                    replace(case, theme="afterwards", about=f"after a delivery with {case.about}"),
                    (exchange,),
                    f"what the receiver knows can't be read any more: {error}",
                )
                self.evidence.add(failure)
                raise Stopped("what the receiver knows can't be read any more") from None
        if not self.evidence.muted:
            self.outcomes.append(Outcome(case, reply, wrong))
        self._survived(case, wrong)
        return wrong

    def _attempted(self, case: Case) -> Category | None:
        """Try a case without keeping what comes of it."""
        self.evidence.muted = True
        try:
            return self._tried(case)
        finally:
            self.evidence.muted = False

    def _explored(self, case: Case) -> Category | None:
        """The same, as long as not too much hangs, and not too much was tried."""
        self._explorations += 1
        if self._hung.get("exploration", 0) >= _HANGS:
            return None
        most = self.max_examples + _MOST_SHRINKING
        return self._attempted(case) if self._explorations <= most else None

    def _looked_at(self, case: Case, exchange: Exchange) -> Category | None:
        if not self.courier.observes or case.integration is None or not self._looking:
            return None
        reply = exchange.reply
        if reply.taken and case.expected is not None:
            return self._has_applied(case, exchange)
        wrong: Category = "refuses and applies all the same"
        if reply.taken and case.traceless:
            wrong = "takes what it must refuse"
        elif not reply.refused or case.owed == "take":
            return None
        if self.courier.look(case.integration) is None:
            return None
        self.evidence.add(Failure(wrong, case, (exchange,), "the integration is known afterwards"))
        return wrong

    def _has_applied(self, case: Case, exchange: Exchange) -> Category | None:
        assert case.integration is not None
        assert case.expected is not None
        wanted = case.expected
        seen = self.courier.settled(
            case.integration, lambda seen: seen is not None and not differences(wanted, seen)
        )
        if seen is None:
            wrong: Category = "acknowledges and doesn't apply"
            detail = "the integration is not known afterwards"
        else:
            fields = differences(wanted, seen)
            if not fields:
                return None
            wrong = "corrupts what it stores"
            detail = "; ".join(
                f"{name} is {shorten(seen.get(name))}, should be {wanted[name]!r}" for name in fields
            )
        self.evidence.add(Failure(wrong, case, (exchange,), detail))
        return wrong

    def _sent(self, case: Case) -> Reply:
        return self.courier.bring(case.id, case.delivery)

    def _survived(self, case: Case, wrong: Category | None) -> None:
        """Make sure that a plain delivery is taken after one that may have broken something.

        Raises:
            Stopped: if it isn't: nothing that came then could be judged.
        """
        risky = case.theme.startswith("body-") or wrong in ("crashes", "hangs")
        if not risky or case.theme in self._checked_after or self.evidence.muted:
            return
        self._checked_after.add(case.theme)
        plain = self._maker.valid_case(
            f"after:{case.theme}",
            "afterwards",
            f"after a delivery with {case.about}",
            self._maker.fresh(),
            rank="hostile",
        )
        reply = self._sent(plain)
        exchange = Exchange(plain.delivery, reply)
        failed, detail = judged(plain, reply), ""
        if failed is None and self.courier.observes and plain.integration is not None:
            try:
                self.courier.look(plain.integration)
            except ProbeError as error:
                failed, detail = (
                    "crashes",
                    f"what the receiver knows can't be read any more: {error}",
                )
        if failed is not None:
            self.evidence.add(Failure(failed, plain, (exchange,), detail))
            self.outcomes.append(Outcome(plain, reply, failed))
            raise Stopped(f"{plain.about} good ones fail, so that no other could be judged")
