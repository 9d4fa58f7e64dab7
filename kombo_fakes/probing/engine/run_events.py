"""What happens in the run of a probe, as values for whoever subscribes to it.

The terminal's progress bar, the recorder and the report are such subscribers. A subscriber is
called in the thread of the run, one event after another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from kombo_fakes.probing.model import Exchange, Reply
from kombo_fakes.probing.reasons import NotJudged
from kombo_fakes.probing.reports.report import Outcome
from kombo_fakes.wire.delivery import Delivery

Progress: TypeAlias = Callable[[str, int, int], None]
"""Is called with the name of a phase, how many of its cases are done, and how many there are."""


OnExchange: TypeAlias = Callable[[str, Delivery, Reply], None]
"""Is called with the id of a case, a delivery that was made for it, and the reply."""


@dataclass(frozen=True, slots=True)
class PhaseProgressed:
    """A phase has begun, or one more of its cases is done.

    Attributes:
        phase: Its name.
        done: How many of its cases are done.
        total: How many there are.
    """

    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class DeliveryAnswered:
    """A delivery was made, and the receiver has answered it, or has failed to.

    Attributes:
        case_id: The id of the case that it belongs to.
        exchange: The delivery and the reply, without the secret.
    """

    case_id: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class CaseJudged:
    """A case or a timeline has an outcome.

    Attributes:
        outcome: The case, the reply, and what went wrong.
    """

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PartNotJudged:
    """Something was not judged.

    Attributes:
        entry: What it is, and why.
    """

    entry: NotJudged


RunEvent: TypeAlias = PhaseProgressed | DeliveryAnswered | CaseJudged | PartNotJudged

Subscriber: TypeAlias = Callable[[RunEvent], None]
"""Is called with each event of a run."""


def report_progress_to(progress: Progress) -> Subscriber:
    """Make a subscriber that calls a callback with the progress of each phase.

    Examples:
        >>> subscriber = report_progress_to(print)
        >>> subscriber(PhaseProgressed("faults", 1, 2))
        faults 1 2
    """

    def notify(event: RunEvent) -> None:
        if isinstance(event, PhaseProgressed):
            progress(event.phase, event.done, event.total)

    return notify


def report_exchanges_to(on_exchange: OnExchange) -> Subscriber:
    """Make a subscriber that calls a callback with each delivery and its reply."""

    def notify(event: RunEvent) -> None:
        if isinstance(event, DeliveryAnswered):
            on_exchange(event.case_id, event.exchange.delivery, event.exchange.reply)

    return notify
