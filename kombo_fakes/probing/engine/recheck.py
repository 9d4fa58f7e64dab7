"""The first integrations at the end of a run: they are observed again, and copies are sent.

A receiver that keeps too few integrations, or too few ids of events, has lost them by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from kombo_fakes.probing.engine.session import Session
from kombo_fakes.probing.engine.timeline_checks import is_right, make_timeline_case
from kombo_fakes.probing.model import Category, Cause, Exchange, Failure, Mismatch
from kombo_fakes.probing.verdicts.causes import (
    TIMELINE_COPIES,
    TIMELINE_FORGOTTEN,
    TIMELINE_INTEGRATIONS,
)
from kombo_fakes.probing.verdicts.judge import judge
from kombo_fakes.sequences.ledger import Ledger
from kombo_fakes.sequences.timeline import Step


@dataclass(frozen=True, slots=True)
class KeptIntegration:
    """An integration that the receiver knew correctly at the beginning of a run.

    Attributes:
        id: Its id.
        ledger: What the receiver should know of it.
        newest: Its newest delivery.
        steps: The steps that led to its state, in words.
    """

    id: str
    ledger: Ledger
    newest: Exchange
    steps: tuple[str, ...]


def find_forgotten(session: Session, kept: KeptIntegration) -> Failure | None:
    """Observe an integration again; the failure, or None if its state is still right."""
    right = partial(is_right, kept.ledger, kept.id)
    state = session.observe_until(kept.id, right)
    mismatches = kept.ledger.mismatches(kept.id, state)
    if not mismatches:
        return None
    # No event was about it, so that a changed state is due to events of others.
    category: Category = "mixes-up-integrations" if state is not None else "loses-events"
    cause = TIMELINE_INTEGRATIONS if state is not None else TIMELINE_FORGOTTEN
    others = _count_others(session)
    about = f"an integration without new events, after {others}"
    return _make_failure(kept, category, cause, about, kept.newest, mismatches, (others,))


def find_applied_copy(session: Session, kept: KeptIntegration) -> Failure | None:
    """Send a copy of the newest delivery of an integration; the failure, or None."""
    delivery, others = kept.newest.delivery, _count_others(session)
    exchange = Exchange(delivery, session.send("timeline:much-later", delivery))
    about = f"a duplicate after {others}"
    category = judge(
        make_timeline_case("much-later", TIMELINE_COPIES, about, delivery), exchange.reply
    )
    mismatches: tuple[Mismatch, ...] = ()
    if category is None:
        # Nothing should change, so that there is nothing to wait for.
        mismatches = kept.ledger.mismatches(kept.id, session.observe(kept.id))
        if not mismatches:
            return None
        category = "applies-twice"
    steps = (_count_others(session), str(Step(delivery)))
    return _make_failure(kept, category, TIMELINE_COPIES, about, exchange, mismatches, steps)


def _count_others(session: Session) -> str:
    return f"{session.deliveries:,} other deliveries"


def _make_failure(
    kept: KeptIntegration,
    category: Category,
    cause: Cause,
    about: str,
    last: Exchange,
    mismatches: tuple[Mismatch, ...],
    steps: tuple[str, ...],
) -> Failure:
    case = make_timeline_case("much-later", cause, about, last.delivery)
    answer = None if mismatches else last.reply
    return Failure(category, case, (last,), kept.id, mismatches, (*kept.steps, *steps), answer)
