"""`probe`: sends deliveries to a receiver and reports what it gets wrong."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import Any

from kombo_fakes.probing.engine.probe_run import ProbeRun
from kombo_fakes.probing.engine.run_events import (
    OnExchange,
    Progress,
    Subscriber,
    report_exchanges_to,
    report_progress_to,
)
from kombo_fakes.probing.engine.settings import ProbeSettings
from kombo_fakes.probing.model import Policy
from kombo_fakes.probing.receivers.receiver import Observe
from kombo_fakes.probing.receivers.resolve import resolve_receiver
from kombo_fakes.probing.reports.report import Report
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.signing import TEST_SECRET


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
    """Send deliveries to a receiver and report what it gets wrong.

    Args:
        receiver: A URL, a WSGI or ASGI application, or a callable that takes a `Delivery` and
            returns a status; it may be a coroutine function.
        secret: The webhook secret of the receiver.
        event: The event, or events, to send. If there are several, the ids of findings and cases
            begin with the event and a colon.
        policy: ``"strict"`` for a receiver that enforces the published schema, ``"tolerant"`` for
            one that reads what it can.
        observe: How to see what the receiver stores of an integration: a URL or path with
            ``{integration_id}`` in it, or a callable that takes the id and returns a mapping or
            None. Without it state is not judged.
        url: The path or URL that deliveries to an application in this process are sent to.
        seed: Two runs with the same seed send the same payloads. Only the ids in them are new.
        max_examples: How many payloads Hypothesis draws after the cases that are always sent.
        timeout: Seconds after which a delivery without an answer counts as hanging.
        max_seconds: Seconds after which the run ends and reports what it has found.
        settle: Seconds that the receiver may take to store what it has accepted. Raise it for a
            receiver that answers first and works on a queue.
        skip: The id of a finding that is known, or several; ``*`` stands for anything.
        allow_remote: True if the receiver may be on another machine.
        ca_file: A file with certificates to trust, for https.
        progress: Is called with the name of a phase, how many of its cases are done, and how many
            there are.
        on_exchange: Is called with the id of a case, a delivery that was made for it, and the
            reply.

    Returns:
        A `Report`; ``report.ok`` is True if the run came to its end and found nothing new.

    Raises:
        UnknownNameError: if an event or the policy does not exist.
        ProbeError, TransportError: if the receiver cannot be reached or observed, if a number is
            out of range, or if `url` is neither a path nor a URL. A receiver that worked at first
            is a finding instead.
        SecretError: if the secret is empty.
        SkipError: if `skip` is neither an id nor a collection of ids.

    Examples:
        >>> from kombo_fakes import verify
        >>> def receive(delivery):
        ...     return 204 if delivery.body else 400
        >>> report = probe(receive, policy="tolerant", max_examples=5)
        >>> report.findings[0].title
        'does not verify signatures: it accepts deliveries from anybody'
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
    """Do what `probe` does, with settings; subscribers are called with what happens in the run."""
    target = resolve_receiver(
        receiver,
        url=settings.url,
        timeout=settings.timeout,
        allow_remote=settings.allow_remote,
        ca_file=settings.ca_file,
    )
    # The run is closed before the receiver, since its threads may still send.
    with closing(target), closing(ProbeRun(target, settings, subscribers)) as run:
        report = run.run()
    if isinstance(receiver, str):
        # The name has no query, in which tokens can be.
        return replace(report, url=target.name, is_query_removed="?" in receiver)
    return replace(report, url=settings.shown_url)
