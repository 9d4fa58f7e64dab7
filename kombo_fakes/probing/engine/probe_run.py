"""The run of a probe: one event after the other, and a report at the end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.engine.client import Client
from kombo_fakes.probing.engine.event_run import EventRun
from kombo_fakes.probing.engine.run_events import (
    CaseJudged,
    DeliveryAnswered,
    PartNotJudged,
    RunEvent,
    Subscriber,
)
from kombo_fakes.probing.engine.settings import ProbeSettings
from kombo_fakes.probing.known import Known
from kombo_fakes.probing.model import LIKELIHOODS, Finding
from kombo_fakes.probing.reasons import (
    EventNotSent,
    FirstDeliveryRejected,
    NotJudged,
    RateLimited,
    StateNotObserved,
    Stop,
)
from kombo_fakes.probing.receivers.receiver import Receiver
from kombo_fakes.probing.receivers.resolve import resolve_observer
from kombo_fakes.probing.reports.reasons import (
    describe_outdated,
    describe_retries,
    describe_short_secret,
)
from kombo_fakes.probing.reports.report import Outcome, Report
from kombo_fakes.probing.reports.wording import describe_note
from kombo_fakes.probing.secrets.redaction import Redactor


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding, and the ids by which it can be known."""

    finding: Finding
    ids: tuple[str, ...]

    def is_in(self, known: Known) -> bool:
        return any(one in known for one in self.ids)


class ProbeRun:
    """A run of a probe.

    Args:
        target: The receiver.
        settings: The settings.
        subscribers: Are called with what happens in the run.

    Raises:
        ProbeError: if `settings.observe` cannot be used.
    """

    def __init__(
        self, target: Receiver, settings: ProbeSettings, subscribers: Iterable[Subscriber]
    ) -> None:
        self._target, self._settings = target, settings
        self._begun = time.monotonic()
        self._redactor = Redactor(settings.secret)
        self._client = Client(
            target,
            settings.secret,
            resolve_observer(settings.observe, target),
            self._begun + settings.max_seconds,
            self._redactor,
            settings.settle,
        )
        self._outcomes: list[Outcome] = []
        self._not_judged: list[NotJudged] = []
        self._stops: list[Stop] = []
        self._found: list[_Found] = []
        self._notes: list[str] = []
        self._subscribers = (self._collect, *subscribers)

    def close(self) -> None:
        """End the threads of the client."""
        self._client.close()

    def run(self) -> Report:
        """Run all events, and report what was found.

        Raises:
            ProbeError, TransportError: if the receiver has never worked.
        """
        if self._redactor.is_too_short:
            self._notes.append(describe_short_secret())
        # It is random and not made from the seed. A receiver that keeps its store would take the
        # events of a second run for copies.
        run_id = secrets.token_hex(8)
        is_over = False
        for event in self._settings.events:
            if is_over:
                self._not_judged.append(NotJudged(EventNotSent(), event))
            else:
                is_over = self._run_event(event, run_id)
        self._note_limits()
        return self._make_report()

    def _run_event(self, event: str, run_id: str) -> bool:
        """Run one event; True if no other one can be run after it."""
        settings = self._settings
        label = event if len(settings.events) > 1 else ""

        def publish(happened: RunEvent) -> None:
            labelled = _label(happened, label)
            for subscriber in self._subscribers:
                subscriber(labelled)

        run = EventRun(
            self._client,
            CaseMaker(event, settings.secret, settings.policy, settings.seed, run_id),
            settings.max_examples,
            publish,
        )
        reason = run.run()
        if reason is not None:
            self._stops.append(Stop(reason, label))
        notes = map(describe_note, run.evidence.notes())
        self._notes.extend(f"{label}: {note}" if label else note for note in notes)
        for finding in run.findings():
            redacted = self._redactor.redact_finding(_label_finding(finding, label))
            # Without an event an id is known for every event.
            self._found.append(_Found(redacted, (redacted.id, finding.id)))
        # A receiver that rejects one event may accept another one.
        return reason is not None and not isinstance(reason, FirstDeliveryRejected)

    def _collect(self, happened: RunEvent) -> None:
        if isinstance(happened, CaseJudged):
            self._outcomes.append(happened.outcome)
        elif isinstance(happened, PartNotJudged):
            self._not_judged.append(happened.entry)

    def _note_limits(self) -> None:
        client = self._client
        if not client.can_observe:
            self._not_judged.append(NotJudged(StateNotObserved()))
        if client.rate_limited:
            self._not_judged.append(NotJudged(RateLimited(client.rate_limited, client.deliveries)))
        if client.failed_observations:
            first = self._redactor.redact_string(client.failed_observations[0])
            self._notes.append(describe_retries(len(client.failed_observations), first))

    def _make_report(self) -> Report:
        known = self._settings.known
        found = sorted(self._found, key=lambda one: LIKELIHOODS.index(one.finding.likelihood))
        # A run that was stopped may have missed a known finding.
        ids = [one for each in found for one in each.ids]
        outdated = () if self._stops else known.not_among(ids)
        if outdated:
            self._notes.append(describe_outdated(outdated))
        return Report(
            target=self._target.name,
            policy=self._settings.policy,
            seed=self._settings.seed,
            events=self._settings.events,
            findings=tuple(each.finding for each in found if not each.is_in(known)),
            skipped=tuple(each.finding for each in found if each.is_in(known)),
            notes=tuple(self._notes),
            outdated=outdated,
            unjudged=tuple(self._not_judged),
            outcomes=tuple(self._outcomes),
            deliveries=self._client.deliveries,
            stops=tuple(self._stops),
            seconds=time.monotonic() - self._begun,
        )


def _prefix(label: str) -> str:
    # The colon of an event's name would end the prefix too early.
    return f"{label.replace(':', '.')}:" if label else ""


def _label(happened: RunEvent, label: str) -> RunEvent:
    """Add the event to what happened, if there are several events."""
    if not label:
        return happened
    if isinstance(happened, DeliveryAnswered):
        return replace(happened, case_id=_prefix(label) + happened.case_id)
    if isinstance(happened, CaseJudged):
        outcome = happened.outcome
        case = replace(outcome.case, id=_prefix(label) + outcome.case.id)
        return CaseJudged(replace(outcome, case=case))
    if isinstance(happened, PartNotJudged):
        return PartNotJudged(replace(happened.entry, event=label))
    return happened


def _label_finding(finding: Finding, label: str) -> Finding:
    if not label:
        return finding
    return replace(
        finding,
        id=_prefix(label) + finding.id,
        headline=f"{label}: {finding.headline}",
        cases=tuple(_prefix(label) + case for case in finding.cases),
    )
