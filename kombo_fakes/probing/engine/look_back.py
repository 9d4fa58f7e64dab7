"""The look back at the end of a run: what is left of the first integrations.

A receiver that keeps integrations, or ids of events, in too small a place has lost them by then.
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


class LookBack:
    """Looks back at integrations.

    Args:
        session: Sends deliveries.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_forgotten(self, kept: KeptIntegration) -> Failure | None:
        """Observe an integration again; what is wrong with it."""
        right = partial(is_right, kept.ledger, kept.id)
        state = self._session.observe_until(kept.id, right)
        mismatches = kept.ledger.mismatches(kept.id, state)
        if not mismatches:
            return None
        category: Category = "mixes-up-integrations" if state is not None else "loses-events"
        cause = TIMELINE_INTEGRATIONS if state is not None else TIMELINE_FORGOTTEN
        about = f"an integration that got no more events, after {self._count_others()}"
        return self._make_failure(kept, category, cause, about, kept.newest, mismatches)

    def find_applied_copy(self, kept: KeptIntegration) -> Failure | None:
        """Send a copy of the newest delivery of an integration; what goes wrong."""
        delivery, others = kept.newest.delivery, self._count_others()
        exchange = Exchange(delivery, self._session.send("timeline:much-later", delivery))
        about = f"a copy that comes after {others}"
        category = judge(
            make_timeline_case("much-later", TIMELINE_COPIES, about, delivery), exchange.reply
        )
        mismatches: tuple[Mismatch, ...] = ()
        if category is None:
            mismatches = kept.ledger.mismatches(kept.id, self._session.observe(kept.id))
            if not mismatches:
                return None
            category = "applies-twice"
        return self._make_failure(kept, category, TIMELINE_COPIES, about, exchange, mismatches)

    def _count_others(self) -> str:
        return f"{self._session.deliveries:,} other deliveries"

    def _make_failure(
        self,
        kept: KeptIntegration,
        category: Category,
        cause: Cause,
        about: str,
        last: Exchange,
        mismatches: tuple[Mismatch, ...],
    ) -> Failure:
        case = make_timeline_case("much-later", cause, about, last.delivery)
        copy = (str(Step(last.delivery)),) if cause is TIMELINE_COPIES else ()
        steps = (*kept.steps, self._count_others(), *copy)
        answer = None if mismatches else last.reply
        return Failure(category, case, (last,), kept.id, mismatches, steps, answer)
