"""Running a probe: one good delivery first, then case after case, within bounds."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from kombo_fakes.delivery import Delivery
from kombo_fakes.errors import unknown
from kombo_fakes.integration_life import Lives
from kombo_fakes.ledger import Ledger
from kombo_fakes.probing.cases import Maker
from kombo_fakes.probing.diagnosis import Evidence, diagnosed, preflight_finding
from kombo_fakes.probing.exploring import explored
from kombo_fakes.probing.judging import differences, judged, leak
from kombo_fakes.probing.model import (
    Case,
    Category,
    Exchange,
    Failure,
    Finding,
    Outcome,
    Policy,
    Reply,
    Report,
)
from kombo_fakes.probing.receivers import Observe, Receiver, observer, receiver_for
from kombo_fakes.probing.scenarios import SCENARIOS, Forged, Scenario
from kombo_fakes.registry import DEFAULT_EVENT, events
from kombo_fakes.signing import TEST_SECRET, sign
from kombo_fakes.timeline import Step

Progress = Callable[[str, int, int], None]
"""Is told the name of a phase, how many of its cases are done, and how many there are."""

POLICIES: tuple[Policy, ...] = ("strict", "tolerant")
_RANKS = {"realistic": 0, "schema": 1, "hostile": 2}
_SETTLING = (0.02, 0.05, 0.1, 0.2, 0.4)
_HANGS = 3


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
        skip: Ids of findings that are known.
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

    Example:
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
        )
        return run.report(frozenset(skip))
    finally:
        target.close()


class _Stopped(Exception):  # noqa: N818
    """The run ends before its time, with what was found so far."""


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
    ) -> None:
        self.target, self.secret, self.names, self.policy = target, secret, names, policy
        self.observe, self.seed, self.max_examples = observe, seed, max_examples
        self.progress, self.on_exchange = progress, on_exchange
        self.run_id = secrets.token_hex(8)
        self.begun = time.monotonic()
        self.end = self.begun + max_seconds
        self.deliveries = 0
        self.evidence = Evidence(policy=policy)
        self.outcomes: list[Outcome] = []
        self.notes: list[str] = []
        self.not_judged: list[str] = []
        self._hung: dict[str, int] = {}
        self._base_observable = True

    # -- the whole

    def report(self, skip: frozenset[str]) -> Report:
        stopped = ""
        early: Finding | None = None
        try:
            for name in self.names:
                early = self._event(Maker(name, self.secret, self.policy, self.seed, self.run_id))
                if early is not None:
                    stopped = "the first good delivery was not taken"
                    break
        except _Stopped as reason:
            stopped = str(reason)
        except KeyboardInterrupt:
            stopped = "interrupted"
        found = [early] if early is not None else diagnosed(self.evidence)
        found.sort(key=lambda finding: _RANKS[finding.rank])
        if self.observe is None:
            self.not_judged.append(
                "what the receiver stores (copies, order, mixed-up integrations, lost events): "
                "give it a way to be observed"
            )
        self.notes.extend(self.evidence.notes())
        return Report(
            target=self.target.name,
            policy=self.policy,
            seed=self.seed,
            events=self.names,
            findings=tuple(finding for finding in found if finding.id not in skip),
            skipped=tuple(finding for finding in found if finding.id in skip),
            notes=tuple(self.notes),
            not_judged=tuple(self.not_judged),
            outcomes=tuple(self.outcomes),
            deliveries=self.deliveries,
            stopped=stopped,
            seconds=time.monotonic() - self.begun,
        )

    def _event(self, maker: Maker) -> Finding | None:
        first = maker.first()
        reply = self._sent(first)
        if judged(first, reply) is not None:
            return preflight_finding(first, reply)
        if self.observe is not None and first.integration is not None:
            self.observe(first.integration)  # Raises for what is no JSON object.
        self._cases("valid payloads", [*maker.realistic(), *maker.corners()])
        self._cases("spellings", maker.spellings())
        self._cases("signatures", maker.wire("signature"))
        self._cases("bodies", maker.wire("body"))
        self._cases("HTTP", maker.wire("http"))
        self._cases("changes", maker.changes())
        self._cases("faults", maker.faults())
        if self.observe is not None and maker.event == DEFAULT_EVENT:
            self._scenarios()
        if self.max_examples > 0:
            explored(maker, self.max_examples, self._attempted, self._tried, self.evidence.explains)
        self._canary(maker)
        return None

    # -- cases

    def _cases(self, phase: str, cases: Iterable[Case]) -> None:
        listed = list(cases)
        for done, case in enumerate(listed):
            if self.progress is not None:
                self.progress(phase, done, len(listed))
            if self._hung.get(case.theme, 0) or self._hung.get(case.group, 0) >= _HANGS:
                continue
            self._tried(case)
        if self.progress is not None:
            self.progress(phase, len(listed), len(listed))

    def _tried(self, case: Case) -> Category | None:
        reply = self._sent(case)
        wrong = judged(case, reply)
        if wrong == "hangs":
            for name in (case.theme, case.group):
                self._hung[name] = self._hung.get(name, 0) + 1
        exchange = Exchange(case.delivery, reply)
        self.evidence.tried(case, reply)
        if wrong is not None:
            self.evidence.add(Failure(wrong, case, (exchange,)))
        else:
            wrong = self._looked_at(case, exchange)
        if not self.evidence.muted:
            self.outcomes.append(Outcome(case, reply, wrong))
        return wrong

    def _attempted(self, case: Case) -> Category | None:
        """Try a case without keeping what comes of it."""
        self.evidence.muted = True
        try:
            return self._tried(case)
        finally:
            self.evidence.muted = False

    def _looked_at(self, case: Case, exchange: Exchange) -> Category | None:
        if self.observe is None or case.integration is None:
            return None
        reply = exchange.reply
        if reply.taken and case.expected is not None and case.owed == "take":
            return self._has_applied(case, exchange)
        if reply.refused and case.owed != "take":
            seen = self.observe(case.integration)
            if seen is not None:
                detail = "the integration is known afterwards"
                failure = Failure("refuses and applies all the same", case, (exchange,), detail)
                self.evidence.add(failure)
                return failure.category
        return None

    def _has_applied(self, case: Case, exchange: Exchange) -> Category | None:
        assert self.observe is not None
        assert case.integration is not None
        assert case.expected is not None
        wanted = case.expected
        seen = self._settled(
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
                f"{name} is {seen.get(name)!r}, should be {wanted[name]!r}" for name in fields
            )
        self.evidence.add(Failure(wrong, case, (exchange,), detail))
        return wrong

    def _settled(
        self, integration: str, right: Callable[[Mapping[str, Any] | None], bool]
    ) -> Mapping[str, Any] | None:
        """What is seen, once it is right: a receiver may store first and think later."""
        assert self.observe is not None
        seen = self.observe(integration)
        waits = _SETTLING if self.evidence.settles else ()
        for seconds in waits:
            if right(seen):
                return seen
            time.sleep(seconds)
            seen = self.observe(integration)
        if waits and not right(seen):
            self.evidence.unsettled += 1
        return seen

    def _sent(self, case: Case) -> Reply:
        return self._delivered(case.id, case.delivery)

    def _delivered(self, name: str, delivery: Delivery) -> Reply:
        if time.monotonic() > self.end:
            raise _Stopped("the time for the run is over")
        self.deliveries += 1
        reply = self.target.deliver(delivery)
        if self.on_exchange is not None:
            self.on_exchange(name, delivery, reply)
        told = leak(delivery, reply, self.secret)
        if told is not None:
            self.evidence.leaked(told, name, Exchange(delivery, reply))
        return reply

    def _canary(self, maker: Maker) -> None:
        """A plain delivery at the end: what came before must not have broken anything."""
        if self.evidence.failures_of("first"):
            return
        case = maker.valid_case(
            "last", "afterwards", "a plain realistic payload, after all others",
            maker.fresh(), rank="hostile",
        )  # fmt: skip
        self._tried(case)

    # -- scenarios

    def _scenarios(self) -> None:
        failed: set[str] = set()
        for done, scenario in enumerate(SCENARIOS):
            if self.progress is not None:
                self.progress("timelines", done, len(SCENARIOS))
            if failed & set(scenario.needs) or self._hung.get("timeline", 0) >= _HANGS:
                failed.add(scenario.id)
                continue
            if not self._played(scenario):
                failed.add(scenario.id)
        if self.progress is not None:
            self.progress("timelines", len(SCENARIOS), len(SCENARIOS))

    def _played(self, scenario: Scenario) -> bool:
        lives = Lives(secret=self.secret, salt=(self.run_id, scenario.id))
        ledger = Ledger()
        exchanges: list[Exchange] = []
        log: list[str] = []
        for step in scenario.play(lives):
            log.append(str(step))
            before = {name: ledger.of(name) for name in ledger.integrations}
            replies = self._together(f"timeline:{scenario.id}", step)
            forged = isinstance(step, Forged)
            exchanges.extend(Exchange(step.delivery, reply) for reply in replies)
            case = _case_of(scenario, step)
            for reply in replies:
                wrong = judged(case, reply)
                if forged and reply.taken:
                    # The signature is judged elsewhere; here it spoils the scenario.
                    return True
                if wrong is not None and not forged:
                    if wrong == "hangs":
                        self._hung["timeline"] = self._hung.get("timeline", 0) + 1
                    copies = "one of the copies" if step.copies > 1 else "it"
                    detail = f"{copies} was answered {reply}"
                    self._failed(wrong, scenario, case, exchanges, detail, log)
                    return False
            if not forged:
                payload = step.delivery.payload
                ledger.take(payload)
            wrong_state = self._state(ledger, before, scenario, step)
            if wrong_state is not None:
                category, detail = wrong_state
                self._failed(category, scenario, case, exchanges, detail, log)
                return False
        self.outcomes.append(Outcome(_case_of(scenario, step), exchanges[-1].reply, None))
        return True

    def _state(
        self, ledger: Ledger, before: Mapping[str, Any], scenario: Scenario, step: Step
    ) -> tuple[Category, str] | None:
        for name in ledger.integrations:
            seen = self._settled(name, partial(_is_right, ledger, name))
            complaint = ledger.complaint(name, seen)
            if complaint is None:
                continue
            category = scenario.category
            data = step.delivery.payload["data"]
            if name != data["integration_id"] and scenario.theme != "case":
                category = "mixes up integrations"
            elif isinstance(step, Forged):
                category = "refuses and applies all the same"
            elif scenario.id in ("first", "update", "life", "invalid-and-back"):
                if seen is None:
                    category = "acknowledges and doesn't apply"
                elif any(not record.differences(seen) for record in before.get(name, ())):
                    category = "loses"
                elif not complaint.startswith("events applied"):
                    category = "corrupts what it stores"
            return category, f"{name}: {complaint}"
        return None

    def _failed(
        self,
        category: Category,
        scenario: Scenario,
        case: Case,
        exchanges: list[Exchange],
        detail: str,
        log: list[str],
    ) -> None:
        self.evidence.add(Failure(category, case, tuple(exchanges), detail), log=tuple(log))
        self.outcomes.append(Outcome(case, exchanges[-1].reply, category))

    def _together(self, name: str, step: Step) -> list[Reply]:
        if step.copies == 1:
            return [self._delivered(name, step.delivery)]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(step.copies) as pool:
            sent = [pool.submit(self._delivered, name, step.delivery) for _ in range(step.copies)]
            return [each.result() for each in sent]


def _is_right(ledger: Ledger, name: str, seen: Mapping[str, Any] | None) -> bool:
    return ledger.complaint(name, seen) is None


def _case_of(scenario: Scenario, step: Step) -> Case:
    return Case(
        id=f"timeline:{scenario.id}",
        group="timeline",
        theme=scenario.theme,
        about=scenario.about,
        delivery=step.delivery,
        owed="refuse" if isinstance(step, Forged) else "take",
        why="an event counts once, the newest instant wins, no integration touches another",
        rank="realistic" if scenario.theme not in ("forged", "case of events") else "hostile",
    )
