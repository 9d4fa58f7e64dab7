"""Running a probe: one good delivery first, then case after case, within bounds."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urljoin

from kombo_fakes.delivery import Delivery
from kombo_fakes.dice import seed_for
from kombo_fakes.errors import unknown
from kombo_fakes.instants import SECOND
from kombo_fakes.integration_life import EPOCH, Lives
from kombo_fakes.ledger import Ledger, Record
from kombo_fakes.probing.cases import Maker
from kombo_fakes.probing.diagnosis import diagnosed
from kombo_fakes.probing.evidence import Evidence
from kombo_fakes.probing.exploring import explored
from kombo_fakes.probing.judging import differences, judged, leak
from kombo_fakes.probing.model import (
    POLICIES,
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
from kombo_fakes.probing.preflight import instead_of, preflight_finding
from kombo_fakes.probing.receivers import Observe, ProbeError, Receiver, observer, receiver_for
from kombo_fakes.probing.redaction import Discreet, Redactor
from kombo_fakes.probing.scenarios import SCENARIOS, Burst, Foreign, Forged, Scenario
from kombo_fakes.registry import DEFAULT_EVENT, events
from kombo_fakes.signing import TEST_SECRET, sign
from kombo_fakes.timeline import Step

Progress = Callable[[str, int, int], None]
"""Is told the name of a phase, how many of its cases are done, and how many there are."""

_RANKS = {"realistic": 0, "schema": 1, "hostile": 2}
_SETTLING = (0.02, 0.05, 0.1, 0.2, 0.4)
_HANGS = 3
_YEARS = 10 * 366 * 86_400 * SECOND
# What can tell what is wrong with a receiver better than by the trap alone.
_TELLING = {"first", "update", "soon", "life", "invalid-and-back", "every-turn", "eras"}
_OF_TWINS = ("case", "case of events", "alike", "alike events")
_BASICS = {"first", "update", "two", "two-of-a-tool", "older-of-another", "nameless"}


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
    redactor = Redactor(secret)
    target = Discreet(
        receiver_for(
            receiver, url=url, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file
        ),
        redactor,
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
        whole = receiver if isinstance(receiver, str) else urljoin("http://127.0.0.1:8000/", url)
        return replace(run.report(frozenset(skip)), url=whole)
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
        redactor: Redactor,
    ) -> None:
        self.target, self.secret, self.names, self.policy = target, secret, names, policy
        self.observe, self.seed, self.max_examples = observe, seed, max_examples
        self.progress, self.on_exchange, self.redactor = progress, on_exchange, redactor
        self.run_id = secrets.token_hex(8)
        self.begun = time.monotonic()
        self.end = self.begun + max_seconds
        self.deliveries = 0
        self.evidence = Evidence(policy=policy)
        self.outcomes: list[Outcome] = []
        self.notes: list[str] = []
        self.not_judged: list[str] = []
        self._hung: dict[str, int] = {}
        self._checked_after: set[str] = set()
        self._looking = True

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
        found = [self.redactor.finding(finding) for finding in found]
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
            for instead in instead_of(maker, first, reply):
                if self._sent(instead.case).taken:
                    return preflight_finding(first, reply, instead)
            return preflight_finding(first, reply)
        if self.observe is not None and first.integration is not None:
            self.observe(first.integration)  # Raises for what is no JSON object.
        self._maker = maker
        if self.observe is not None and maker.event == DEFAULT_EVENT:
            self._scenarios()
        self._cases("valid payloads", [*maker.realistic(), *maker.corners()])
        self._cases("spellings", maker.spellings())
        replayed = maker.replayed(str(first.delivery.signature))
        self._cases("signatures", [*maker.wire("signature"), replayed])
        self._cases("bodies", maker.wire("body"))
        self._cases("HTTP", maker.wire("http"))
        self._cases("changes", maker.changes())
        self._cases("faults", maker.faults())
        if self.max_examples > 0:
            explored(maker, self.max_examples, self._attempted, self._tried, self.evidence.explains)
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
                raise _Stopped("what the receiver knows can't be read any more") from None
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

    def _looked_at(self, case: Case, exchange: Exchange) -> Category | None:
        if self.observe is None or case.integration is None or not self._looking:
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
        answer = self.target.deliver(delivery)
        told = leak(delivery, answer, self.secret)
        reply = self.redactor.reply(answer)
        if self.on_exchange is not None:
            self.on_exchange(name, delivery, reply)
        if told is not None:
            self.evidence.leaked(told, name, Exchange(delivery, reply))
        return reply

    def _survived(self, case: Case, wrong: Category | None) -> None:
        """Make sure that a plain delivery is taken after one that may have broken something.

        Raises:
            _Stopped: if it isn't: nothing that came then could be judged.
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
        if failed is None and self.observe is not None and plain.integration is not None:
            try:
                self.observe(plain.integration)
            except ProbeError as error:
                failed, detail = (
                    "crashes",
                    f"what the receiver knows can't be read any more: {error}",
                )
        if failed is not None:
            self.evidence.add(Failure(failed, plain, (exchange,), detail))
            self.outcomes.append(Outcome(plain, reply, failed))
            raise _Stopped(f"{plain.about} good ones fail, so that no other could be judged")

    # -- scenarios

    def _scenarios(self) -> None:
        failed: set[str] = set()
        wrong: set[str] = set()
        seen_wrong = len(self.evidence.failures)
        for done, scenario in enumerate(SCENARIOS):
            if self.progress is not None:
                self.progress("timelines", done, len(SCENARIOS))
            if failed & set(scenario.needs) or self._hung.get("timeline", 0) >= _HANGS:
                failed.add(scenario.id)
                continue
            if not self._played(scenario):
                failed.add(scenario.id)
                wrong.add(scenario.id)
            if scenario.id == "first" and "first" in failed:
                self._first_explained(scenario, seen_wrong)
        # What a single delivery leaves behind can't be told where integrations are mixed up, or
        # nothing arrives at all.
        self._looking = not wrong & _BASICS
        if self.progress is not None:
            self.progress("timelines", len(SCENARIOS), len(SCENARIOS))

    def _first_explained(self, scenario: Scenario, at: int) -> None:
        """Tell a receiver that applies nothing from one that measures it by another integration."""
        wrong = self.evidence.failures[at:]
        if not wrong or wrong[-1].case.group != "timeline":
            return
        lives = Lives(
            secret=self.secret,
            salt=(self.run_id, "another"),
            sample=self._maker.other(),
            begin=EPOCH + _YEARS,
        )
        delivery = lives.next()
        ledger = Ledger()
        ledger.take(delivery.payload)
        if not self._delivered("timeline:first", delivery).taken:
            return
        (name,) = ledger.integrations
        seen = self._settled(name, partial(_is_right, ledger, name))
        if seen is not None and all(differences_but_events(r, seen) for r in ledger.of(name)):
            return
        if seen is None:
            return
        failure = wrong[-1]
        self.evidence.failures[-1] = replace(
            failure,
            category="mixes up integrations",
            case=replace(failure.case, theme="integrations"),
        )

    def _lives(self, scenario: Scenario) -> Lives:
        # Instants of its own, since some receivers tell events apart by them.
        offset = seed_for(self.run_id, scenario.id) % 1_000_000 * SECOND
        return Lives(
            secret=self.secret,
            salt=(self.run_id, scenario.id),
            sample=self._maker.fresh(),
            begin=EPOCH + offset,
        )

    def _played(self, scenario: Scenario) -> bool:
        lives = self._lives(scenario)
        ledger = Ledger()
        exchanges: list[Exchange] = []
        log: list[str] = []
        for number, step in enumerate(scenario.play(lives)):
            leads_up = number < scenario.since
            log.append(str(step))
            before = {name: ledger.of(name) for name in ledger.integrations}
            sent = [step.delivery, *(step.others if isinstance(step, Burst) else ())]
            replies = self._together(f"timeline:{scenario.id}", step)
            if any(reply.status == 429 for reply in replies):
                return True  # Too many requests; a note says so.
            forged = isinstance(step, Forged)
            exchanges.extend(
                Exchange(delivery, reply, number + 1)
                for delivery, reply in zip(
                    sent if len(sent) > 1 else sent * len(replies), replies, strict=True
                )
            )
            case = _case_of(scenario, step, self._maker.event)
            for reply in replies:
                wrong = judged(case, reply)
                if forged and reply.taken:
                    # What has to be refused is judged elsewhere; here it spoils the scenario.
                    return True
                if wrong is not None and not forged:
                    if wrong == "hangs":
                        self._hung["timeline"] = self._hung.get("timeline", 0) + 1
                    if leads_up or isinstance(step, Foreign) or self._is_alone_wrong(step, wrong):
                        return False  # It isn't the history: this delivery fails by itself.
                    copies = "one of the copies" if step.copies > 1 else "it"
                    detail = f"{copies} was answered {reply}"
                    self._failed(wrong, scenario, case, exchanges, detail, log)
                    return False
            if not forged:
                for delivery in sent:
                    ledger.take(delivery.payload)
            wrong_state = self._state(ledger, before, scenario, step)
            if wrong_state is not None and leads_up:
                return False
            if wrong_state is not None:
                category, theme, detail = wrong_state
                case = replace(case, theme=theme)
                self._failed(category, scenario, case, exchanges, detail, log)
                return False
        self.outcomes.append(
            Outcome(_case_of(scenario, step, self._maker.event), exchanges[-1].reply, None)
        )
        return True

    def _is_alone_wrong(self, step: Step, wrong: Category) -> bool:
        payload = step.delivery.payload
        spelt = [what for what in step.delivery.done if what.startswith("spelt ")]
        alone = self._maker.valid_case(
            "alone",
            "combination",
            "a payload of a history, alone",
            self._maker.fresh(payload),
            spelling=spelt[0].removeprefix("spelt ") if spelt else "compact",
        )
        if self._attempted(alone) != wrong:
            return False
        if not self.evidence.explains(wrong, "", ""):
            self._tried(alone)
        return True

    def _state(
        self, ledger: Ledger, before: Mapping[str, Any], scenario: Scenario, step: Step
    ) -> tuple[Category, str, str] | None:
        """What is wrong with what the receiver knows: category, theme and detail."""
        for name in ledger.integrations:
            right = partial(_is_right, ledger, name)
            if scenario.id == "updates-at-once":
                # Which of them come first is open, and so is how many are too old by then.
                right = partial(_is_right_but_events, ledger, name)
            seen = self._settled(name, right)
            if right(seen):
                continue
            complaint = str(ledger.complaint(name, seen))
            known = before.get(name, ())
            as_before = seen is not None and any(not record.differences(seen) for record in known)
            category, theme = scenario.category, scenario.theme
            other = name != step.delivery.payload["data"]["integration_id"]
            if isinstance(step, Forged):
                category = "refuses and applies all the same"
            elif other and not isinstance(step, Burst) and theme not in _OF_TWINS:
                category, theme = "mixes up integrations", "integrations"
                if seen is None:
                    category, theme = "loses", "forgotten"
            elif scenario.id in _TELLING:
                if seen is None:
                    category = "acknowledges and doesn't apply"
                elif as_before:
                    category = "loses"
                elif not complaint.startswith("events applied"):
                    category = "corrupts what it stores"
                elif scenario.id == "first":
                    category, theme = "mixes up integrations", "integrations"
            elif theme == "timestamps" and as_before:
                category = "loses"
            elif theme == "ties" and re.search("stat(e|us) is", complaint):
                category = "corrupts what it stores"
            return category, theme, f"{name}: {complaint}"
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
        wanted = [step.delivery] * step.copies
        if isinstance(step, Burst):
            wanted.extend(step.others)
        if len(wanted) == 1:
            return [self._delivered(name, step.delivery)]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(wanted)) as pool:
            sent = [pool.submit(self._delivered, name, delivery) for delivery in wanted]
            return [each.result() for each in sent]


def differences_but_events(record: Record, seen: Mapping[str, Any]) -> bool:
    """Whether a receiver says anything else than is owed, but for how many events it counts."""
    return any(not what.startswith("events") for what in record.differences(seen))


def _is_right_but_events(ledger: Ledger, name: str, seen: Mapping[str, Any] | None) -> bool:
    return seen is not None and not all(
        differences_but_events(record, seen) for record in ledger.of(name)
    )


def _is_right(ledger: Ledger, name: str, seen: Mapping[str, Any] | None) -> bool:
    return ledger.complaint(name, seen) is None


def _case_of(scenario: Scenario, step: Step, event: str) -> Case:
    return Case(
        id=f"timeline:{scenario.id}",
        group="timeline",
        theme=scenario.theme,
        about=scenario.about,
        delivery=step.delivery,
        owed="refuse"
        if isinstance(step, Forged)
        else "either"
        if isinstance(step, Foreign)
        else "take",
        why="an event counts once, the newest instant wins, no integration touches another",
        rank="realistic" if scenario.theme not in ("forged", "case of events") else "hostile",
        event=event,
    )
