"""Why a run was stopped, and what it has not judged, in words."""

from __future__ import annotations

from collections.abc import Iterable

from kombo_fakes.core.messages import pluralize
from kombo_fakes.probing.reasons import (
    CasesNotSent,
    DrawnPayloadsNotSent,
    EventHasNoState,
    EventNotSent,
    FirstDeliveryRejected,
    GoodDeliveriesFail,
    Interrupted,
    NotJudged,
    NotJudgedReason,
    PhasesNotSent,
    RateLimited,
    ReceiverLost,
    StateAfterCasesUnclear,
    StateNotObserved,
    Stop,
    StopReason,
    TimeIsUp,
    TimelineReason,
    TimelinesNotJudged,
    TooManyRateLimited,
)
from kombo_fakes.probing.reports.wording import describe_loss, join_some
from kombo_fakes.probing.secrets.encodings import SHORTEST
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

_TURN_OFF = "turn off the rate limit while the probe runs"

_TIMELINE_REASONS = {
    TimelineReason.NEEDS_FAILED: "not sent, because an earlier timeline failed on which {it} "
    "{depends}",
    TimelineReason.OTHERS_HUNG: "not sent, because other timelines hung",
    TimelineReason.RATE_LIMITED: "one of {its} deliveries was answered 429 (too many requests)",
    TimelineReason.NOT_REJECTED: "the receiver did not reject {its} forged or invalid delivery, so "
    "there is nothing to judge",
    TimelineReason.FAILS_ALONE: "one of {its} deliveries failed for a reason that another finding "
    "reports",
}
_ONE = {"it": "it", "its": "its", "depends": "depends"}
_SEVERAL = {"it": "they", "its": "their", "depends": "depend"}


def describe_stop(stop: Stop) -> str:
    """Say why the run of an event was stopped.

    Examples:
        >>> describe_stop(Stop(TimeIsUp(), "job-closed"))
        'job-closed: the time limit of the run was reached'
    """
    reason = _describe_stop_reason(stop.reason)
    return f"{stop.event}: {reason}" if stop.event else reason


def _describe_stop_reason(reason: StopReason) -> str:
    match reason:
        case TimeIsUp():
            return "the time limit of the run was reached"
        case Interrupted():
            return "interrupted"
        case FirstDeliveryRejected():
            return "the first good delivery was not accepted"
        case TooManyRateLimited(in_a_row):
            return (
                f"{in_a_row} deliveries in a row were answered 429 (too many requests); {_TURN_OFF}"
            )
        case GoodDeliveriesFail(after):
            return f"after {after}, good deliveries fail, so nothing else can be judged"
        case ReceiverLost(loss):
            return describe_loss(loss)


def describe_not_judged(entry: NotJudged) -> str:
    """Say what was not judged, and why.

    Examples:
        >>> describe_not_judged(NotJudged(DrawnPayloadsNotSent(3)))
        '3 drawn payloads: not sent, because too many of them hung'
    """
    return ": ".join(split_not_judged(entry))


def split_not_judged(entry: NotJudged) -> tuple[str, str]:
    """Name what was not judged, and say why.

    Examples:
        >>> split_not_judged(NotJudged(EventNotSent(), "job-closed"))
        ('job-closed: all cases', 'not sent, because the run was stopped')
        >>> failed = TimelinesNotJudged(TimelineReason.NEEDS_FAILED, ("update", "two"))
        >>> split_not_judged(NotJudged(failed))[0]
        '2 timelines (update, two)'
    """
    what, why = _split_reason(entry.reason)
    return f"{entry.event}: {what}" if entry.event else what, why


def _split_reason(reason: NotJudgedReason) -> tuple[str, str]:
    match reason:
        case StateNotObserved():
            return (
                "the stored state (duplicates, late events, events stored under another "
                "integration, lost events)",
                "not observed; use observe= or --observe-url",
            )
        case EventHasNoState(event):
            return (
                f"the stored state after {event}",
                f"only {DEFAULT_EVENT} has timelines and an observable state",
            )
        case StateAfterCasesUnclear():
            return (
                "the stored state after single deliveries",
                "the receiver mixes up integrations or applies nothing, so its state says nothing",
            )
        case RateLimited(count, deliveries):
            return (
                f"{count:,} of {deliveries:,} deliveries",
                f"answered 429 (too many requests); {_TURN_OFF}",
            )
        case EventNotSent():
            return "all cases", "not sent, because the run was stopped"
        case PhasesNotSent(phases, sent, total, stop):
            first, *others = phases
            progress = f" ({sent:,} of {total:,} were sent)" if total else ""
            return ", ".join([first + progress, *others]), f"not sent, because {_why(stop)}"
        case CasesNotSent(phase, count, total):
            return f"{count:,} of {total:,} {phase}", "not sent, because similar ones hung"
        case DrawnPayloadsNotSent(count):
            return pluralize(count, "drawn payload"), "not sent, because too many of them hung"
        case TimelinesNotJudged(why, ids):
            if len(ids) == 1:
                return f"timeline {ids[0]}", _TIMELINE_REASONS[why].format(**_ONE)
            what = f"{pluralize(len(ids), 'timeline')} ({join_some(ids)})"
            return what, _TIMELINE_REASONS[why].format(**_SEVERAL)


def _why(reason: StopReason) -> str:
    text = _describe_stop_reason(reason)
    if isinstance(reason, FirstDeliveryRejected):
        return text
    return f"the run was stopped: {text}"


def describe_short_secret() -> str:
    """Say that a secret is too short to be redacted."""
    return (
        f"the secret has fewer than {SHORTEST} characters: the report does not redact it where the "
        "receiver echoes it, because such a short string can occur by chance"
    )


def describe_retries(count: int, error: str) -> str:
    """Say that the state could not be observed at times.

    Args:
        count: How many times.
        error: What the first of them gave.
    """
    times = pluralize(count, "time")
    return f"the state could not be observed {times}, but could on a second try: {error}"


def describe_outdated(ids: Iterable[str]) -> str:
    """Say that known findings were not found.

    Args:
        ids: Their ids.
    """
    return (
        f"known findings that were not found: {', '.join(sorted(ids))}; remove them from the list"
    )
