"""The reasons why a run was stopped, and why a part of it was not judged, as values.

`kombo_fakes.probing.reports.reasons` describes them in sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from kombo_fakes.probing.model import Loss

# -- why a run was stopped


@dataclass(frozen=True, slots=True)
class TimeIsUp:
    """The run has reached its time limit."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A person has interrupted the run."""


@dataclass(frozen=True, slots=True)
class FirstDeliveryRejected:
    """The receiver did not accept the good delivery that comes first."""


@dataclass(frozen=True, slots=True)
class TooManyRateLimited:
    """Many deliveries in a row were answered 429.

    Attributes:
        in_a_row: How many.
    """

    in_a_row: int


@dataclass(frozen=True, slots=True)
class GoodDeliveriesFail:
    """Good deliveries fail after a certain one, so that nothing else can be judged.

    Attributes:
        after: That delivery, in words: ``a delivery with a body that is not JSON``.
    """

    after: str


@dataclass(frozen=True, slots=True)
class ReceiverLost:
    """The receiver worked at first, and cannot be reached or observed any more.

    Attributes:
        loss: Which of both, and the error.
    """

    loss: Loss


StopReason: TypeAlias = (
    TimeIsUp
    | Interrupted
    | FirstDeliveryRejected
    | TooManyRateLimited
    | GoodDeliveriesFail
    | ReceiverLost
)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the run of an event ended before its time.

    Attributes:
        reason: The reason.
        event: The event; empty if the run has only one.
    """

    reason: StopReason
    event: str = ""


# -- what was not judged


@dataclass(frozen=True, slots=True)
class StateNotObserved:
    """The state of the receiver: there is no way to observe it."""


@dataclass(frozen=True, slots=True)
class EventHasNoState:
    """The state after an event that has none to observe.

    Attributes:
        event: The event.
    """

    event: str


@dataclass(frozen=True, slots=True)
class StateAfterCasesUnclear:
    """The state after single deliveries: the receiver mixes up integrations or applies nothing."""


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Deliveries that were answered 429.

    Attributes:
        count: How many.
        deliveries: How many deliveries were made.
    """

    count: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class EventNotSent:
    """All of an event: the run was stopped before it."""


@dataclass(frozen=True, slots=True)
class PhasesNotSent:
    """Phases that were not sent to their end, since the run was stopped.

    Attributes:
        phases: Their names, in order.
        sent: How many cases of the first one were sent.
        total: How many cases it has; 0 if it had not begun.
        reason: Why the run was stopped.
    """

    phases: tuple[str, ...]
    sent: int
    total: int
    reason: StopReason


@dataclass(frozen=True, slots=True)
class CasesNotSent:
    """Cases of a phase, since similar ones hung.

    Attributes:
        phase: The name of the phase.
        count: How many were not sent.
        total: How many cases it has.
    """

    phase: str
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class DrawnPayloadsNotSent:
    """Payloads that Hypothesis drew, since too many of them hung.

    Attributes:
        count: How many were not sent.
    """

    count: int


class TimelineReason(Enum):
    """Why a timeline is not judged."""

    NEEDS_FAILED = "needs-failed"
    """A timeline that it builds on has failed."""
    OTHERS_HUNG = "others-hung"
    """Too many deliveries of timelines hung."""
    RATE_LIMITED = "rate-limited"
    """One of its deliveries was answered 429."""
    NOT_REJECTED = "not-rejected"
    """It is about a delivery that the receiver rejects, and the receiver has not rejected it."""
    FAILS_ALONE = "fails-alone"
    """One of its deliveries fails on its own, too, or before the step that it is about."""


@dataclass(frozen=True, slots=True)
class TimelinesNotJudged:
    """Timelines that are not judged for the same reason.

    Attributes:
        reason: The reason.
        ids: The ids of their scenarios, or `RECHECK`.
    """

    reason: TimelineReason
    ids: tuple[str, ...]


RECHECK = "recheck"
"""Stands for the recheck of the first integrations, which is a timeline without a scenario."""

NotJudgedReason: TypeAlias = (
    StateNotObserved
    | EventHasNoState
    | StateAfterCasesUnclear
    | RateLimited
    | EventNotSent
    | PhasesNotSent
    | CasesNotSent
    | DrawnPayloadsNotSent
    | TimelinesNotJudged
)


@dataclass(frozen=True, slots=True)
class NotJudged:
    """What a run has not judged, and why.

    Attributes:
        reason: What it is, and why.
        event: The event; empty if the run has only one, or the reason concerns all of them.
    """

    reason: NotJudgedReason
    event: str = ""
