"""Running a probe: event after event, within bounds, and a report in the end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.engine.client import Client
from kombo_fakes.probing.engine.event_run import Play
from kombo_fakes.probing.engine.settings import ProbeSettings
from kombo_fakes.probing.known import Known
from kombo_fakes.probing.model import LIKELIHOODS, Exchange, Finding, Policy
from kombo_fakes.probing.receivers.receiver import Observe, Receiver
from kombo_fakes.probing.receivers.resolve import resolve_observer, resolve_receiver
from kombo_fakes.probing.reports.plain_text import counted
from kombo_fakes.probing.reports.report import Outcome, Report
from kombo_fakes.probing.run_events import (
    DeliveryAnswered,
    OnExchange,
    PhaseProgressed,
    Progress,
    RunEvent,
    Subscriber,
    report_exchanges_to,
    report_progress_to,
)
from kombo_fakes.probing.secrets.redaction import Redactor
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.signing import TEST_SECRET
from kombo_fakes.wire.transport.urls import without_secrets


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
    settle: float = 0.75,
    skip: str | Iterable[str] = (),
    allow_remote: bool = False,
    ca_file: str | None = None,
    progress: Progress | None = None,
    on_exchange: OnExchange | None = None,
) -> Report:
    """Play deliveries at a receiver, and say what is wrong with it.

    Args:
        receiver: A URL, a WSGI or ASGI application, or a callable that takes a `Delivery` and
            returns a status.
        secret: The webhook secret of the receiver.
        event: The event, or events, to send. Where there are several, the ids of findings and
            cases begin with the event and a colon.
        policy: ``"strict"`` for a receiver that enforces the published schema, ``"tolerant"`` for
            one that reads what it can.
        observe: How to see what the receiver knows of an integration: a URL or path with
            ``{integration_id}`` in it, or a callable. Without it state is not judged.
        url: The path or URL by which an application in this process is called.
        seed: The same seed sends the same payloads, but for ids, which are new in each run.
        max_examples: How many payloads Hypothesis draws at the end.
        timeout: Seconds after which a delivery without an answer hangs.
        max_seconds: Seconds after which the run ends, with what was found so far.
        settle: Seconds that what the receiver knows may take to become right after a delivery: more
            for one that answers first, and works on what came later, by a queue for instance.
        skip: The id of a finding that is known, or several; ``*`` stands for anything.
        allow_remote: Whether the URL may be one of another machine.
        ca_file: Certificates to trust, for https.
        progress: Is told how far the run is.
        on_exchange: Is given each delivery with the id of its case, and the reply.

    Returns:
        A `Report`; ``report.ok`` is whether nothing was found and the run came to its end.

    Raises:
        UnknownNameError: if there is no such event or policy.
        ProbeError, TransportError: if the receiver can't be reached, or what it knows not be seen.
            Where that begins later it is a finding, and the run ends with a report.
        SecretError: if the secret is empty.

    Examples:
        >>> from kombo_fakes import verify
        >>> def receive(delivery):
        ...     return 204 if delivery.body else 400
        >>> report = probe(receive, policy="tolerant", max_examples=5)
        >>> report.findings[0].title
        'it never refuses a signature: deliveries are taken from anybody'
    """
    settings = ProbeSettings(
        secret=secret,
        event=event,
        policy=policy,
        observe=observe,
        url=url,
        seed=seed,
        max_examples=max_examples,
        timeout=timeout,
        max_seconds=max_seconds,
        settle=settle,
        skip=skip,
        allow_remote=allow_remote,
        ca_file=ca_file,
    )
    subscribers = []
    if progress is not None:
        subscribers.append(report_progress_to(progress))
    if on_exchange is not None:
        subscribers.append(report_exchanges_to(on_exchange))
    return run_probe(receiver, settings, subscribers)


def run_probe(
    receiver: Any, settings: ProbeSettings, subscribers: Iterable[Subscriber] = ()
) -> Report:
    """Do what `probe` does, with settings that were made before.

    Args:
        receiver: A URL, a WSGI or ASGI application, or a callable that takes a `Delivery` and
            returns a status.
        settings: The settings.
        subscribers: Are called with what happens in the run.

    Raises:
        ProbeError, TransportError: as `probe` does.
    """
    target = resolve_receiver(
        receiver,
        url=settings.url,
        timeout=settings.timeout,
        allow_remote=settings.allow_remote,
        ca_file=settings.ca_file,
    )
    with closing(target):
        run = _Run(target, settings, tuple(subscribers))
        with closing(run.client):
            report = run.report(settings.known)
    here = urljoin("http://127.0.0.1:8000/", without_secrets(settings.url))
    return replace(report, url=target.name if isinstance(receiver, str) else here)


class _Run:
    def __init__(
        self, target: Receiver, settings: ProbeSettings, subscribers: tuple[Subscriber, ...]
    ) -> None:
        self.subscribers = subscribers
        self.target, self.names, self.policy = target, settings.events, settings.policy
        self.seed = settings.seed
        self.begun = time.monotonic()
        self.redactor = Redactor(settings.secret)
        self.client = Client(
            target,
            settings.secret,
            resolve_observer(settings.observe, target),
            Evidence(policy=settings.policy),
            self.begun + settings.max_seconds,
            lambda name, sent, reply: self.publish(DeliveryAnswered(name, Exchange(sent, reply))),
            self.redactor,
            settings.settle,
        )
        run_id = secrets.token_hex(8)
        self.plays = [
            Play(
                self.client,
                CaseMaker(name, settings.secret, settings.policy, settings.seed, run_id),
                run_id,
                settings.max_examples,
                lambda phase, done, of: self.publish(PhaseProgressed(phase, done, of)),
            )
            for name in self.names
        ]

    def publish(self, event: RunEvent) -> None:
        for subscriber in self.subscribers:
            subscriber(event)

    def report(self, known: Known) -> Report:
        stopped: list[str] = []
        not_judged: list[str] = []
        notes = list(self.redactor.notes)
        found: list[Finding] = []
        outcomes: list[Outcome] = []
        ended = ""
        for play in self.plays:
            name = self._name(play)
            said = f"{play.event}: " if name else ""
            if ended:
                not_judged.append(f"{said}nothing of it was sent, since the run was stopped")
                continue
            self.client.event = name
            why = play.play()
            if why:
                stopped.append(f"{said}{why}")
                # Other events may be taken all the same.
                ended = "" if play.refused else why
            not_judged.extend(f"{said}{line}" for line in play.not_judged)
            notes.extend(f"{said}{line}" for line in play.evidence.notes())
            found.extend(self._named(finding, play) for finding in play.findings())
            outcomes.extend(self._outcome(outcome, play) for outcome in play.outcomes)
        found = [self.redactor.finding(finding) for finding in found]
        found.sort(key=lambda finding: LIKELIHOODS.index(finding.likelihood))
        if not self.client.observes:
            not_judged.append(
                "what the receiver stores (copies, order, mixed-up integrations, lost events): "
                "give it a way to be observed (observe= or --observe-url)"
            )
        if self.client.busy:
            busy = f"{self.client.busy:,} of {self.client.deliveries:,} deliveries"
            not_judged.append(
                f"{busy}: answered 429, too many requests; lift the limit of requests for the time "
                "of the probe"
            )
        if self.client.missed:
            looks = counted(len(self.client.missed), "look")
            notes.append(
                f"{looks} at what the receiver knows failed, and went well when made once more: "
                f"{self.redactor.text(self.client.missed[0])}"
            )
        if not stopped:
            notes.extend(known.notes(one for finding in found for one in self._ids(finding)))
        return Report(
            target=self.target.name,
            policy=self.policy,
            seed=self.seed,
            events=self.names,
            findings=tuple(finding for finding in found if not self._is_known(finding, known)),
            skipped=tuple(finding for finding in found if self._is_known(finding, known)),
            notes=tuple(notes),
            not_judged=tuple(not_judged),
            outcomes=tuple(outcomes),
            deliveries=self.client.deliveries,
            stopped="interrupted" if ended == "interrupted" else "; ".join(stopped),
            seconds=time.monotonic() - self.begun,
        )

    # -- which event it is about, where there are several

    def _name(self, play: Play) -> str:
        """What the ids of an event begin with; nothing where it is the only one."""
        return f"{play.event.replace(':', '.')}:" if len(self.names) > 1 else ""

    def _named(self, finding: Finding, play: Play) -> Finding:
        name = self._name(play)
        if not name:
            return finding
        return replace(
            finding,
            id=name + finding.id,
            title=f"with {play.event} {finding.title}",
            cases=tuple(name + case for case in finding.cases),
        )

    def _outcome(self, outcome: Outcome, play: Play) -> Outcome:
        name = self._name(play)
        case = replace(outcome.case, id=name + outcome.case.id)
        return replace(outcome, case=case) if name else outcome

    def _ids(self, finding: Finding) -> tuple[str, ...]:
        """The names by which a finding is known: without an event it is known for every one."""
        if len(self.names) == 1:
            return (finding.id,)
        return finding.id, finding.id.partition(":")[2]

    def _is_known(self, finding: Finding, known: Known) -> bool:
        return any(one in known for one in self._ids(finding))
