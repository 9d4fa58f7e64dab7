"""Control experiments: sends parts of a failed timeline again, to tell possible causes apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from kombo_fakes.core.instants import NOTATIONS, SECOND, parse_instant
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.scenarios import Scenario
from kombo_fakes.probing.engine.case_runner import CaseRunner
from kombo_fakes.probing.engine.minimise import Minimiser, explain_nothing
from kombo_fakes.probing.engine.session import Session
from kombo_fakes.probing.engine.timeline_checks import (
    WrongState,
    integration_of,
    is_one_of,
    is_right,
    is_right_but_count,
)
from kombo_fakes.probing.model import Case, Category, Exchange
from kombo_fakes.probing.verdicts.causes import TIMELINE_INTEGRATIONS, TIMELINE_STATUSES
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.sequences.ledger import Ledger
from kombo_fakes.sequences.sender import EPOCH, USUAL_NOTATION, Sender
from kombo_fakes.sequences.timeline import Step
from kombo_fakes.wire.delivery import Delivery

# This is far more than the days that a usual scenario takes.
_TEN_YEARS = 10 * 366 * 86_400 * SECOND


class ControlExperiments:
    """The control experiments of a run.

    Each has ids of its own, and instants that are newer than all before.

    Args:
        session: Sends deliveries.
        maker: Makes payloads.
        runner: Runs single cases.
        evidence: Tells which failures are explained by others.
    """

    def __init__(
        self, session: Session, maker: CaseMaker, runner: CaseRunner, evidence: Evidence
    ) -> None:
        self._session, self._maker = session, maker
        self._runner, self._evidence = runner, evidence
        self._made = 0

    def is_applied_later(self, scenario: Scenario) -> bool:
        """True if a scenario that failed ends in the right state with newer instants.

        Then the receiver does apply events, but compares their instants with those of other
        integrations.
        """
        self._made += 1
        sender = Sender(
            secret=self._maker.secret,
            salt=(self._maker.payloads.run, scenario.id, "later"),
            # A receiver may store by the organisation, the tool or the category. All three are new
            # here.
            sample=self._maker.payloads.of_another_organisation(),
            begin=EPOCH + _TEN_YEARS * self._made,
        )
        ledger = Ledger()
        for step in scenario.play(sender):
            if not self._session.send(f"timeline:{scenario.id}", step.delivery).is_accepted:
                return False
            ledger.apply(step.delivery.payload)
        (name,) = ledger.integrations
        state = self._session.observe_until(name, partial(is_right, ledger, name))
        # A receiver that counts the events of all integrations together does apply them.
        return is_right_but_count(ledger, name, state)

    def check_alone(
        self, wrong: WrongState, step: Step, exchanges: Sequence[Exchange]
    ) -> WrongState:
        """Check whether an integration fails in the same way alone: then nothing is mixed up.

        Args:
            wrong: The wrong state after the timeline.
            step: The last step.
            exchanges: All deliveries of the timeline.

        Returns:
            The wrong state, with the cause that fits.
        """
        if wrong.cause is not TIMELINE_INTEGRATIONS or wrong.integration != integration_of(
            step.delivery
        ):
            # If another integration has changed than that of the step, the two are mixed up for
            # sure.
            return wrong
        payloads = self._maker.payloads
        self._made += 1
        later = _TEN_YEARS * (1 + self._made)
        ledger = Ledger()
        # The receiver must not know anything of the integration yet.
        name = payloads.fresh(step.delivery.payload)["data"]["integration_id"]
        for exchange in exchanges:
            if integration_of(exchange.delivery) != wrong.integration:
                continue
            payload = payloads.fresh(exchange.delivery.payload)
            data = payload["data"]
            data["integration_id"] = name
            at = int(parse_instant(data["updated_at"])) + later
            # An unusual notation could fail for a reason of its own.
            data["updated_at"] = NOTATIONS[USUAL_NOTATION](at)
            before = ledger.of(name)
            delivery = Delivery.of(payload, self._maker.secret)
            if not self._session.send("timeline:control", delivery).is_accepted:
                # Without an answer of 2xx the experiment disproves nothing.
                return wrong
            ledger.apply(payload)
            state = self._session.observe_until(name, partial(is_right, ledger, name))
            if not is_right(ledger, name, state):
                is_lost = state is None or is_one_of(before, state)
                category: Category = "loses-events" if is_lost else "corrupts-state"
                return WrongState(wrong.integration, category, TIMELINE_STATUSES, wrong.mismatches)
        return wrong

    def fails_alone(self, step: Step, category: Category) -> bool:
        """True if the delivery of a step fails in the same way without the others.

        Then it is not the timeline that fails, and the delivery is kept as a case of its own.
        """
        payload = step.delivery.payload
        style = step.delivery.style or "compact"
        alone = self._maker.valid.make(
            "alone",
            "combination",
            "a payload of a timeline, alone",
            self._refresh(payload),
            style=style,
        )
        # If a plain delivery fails in the same way, it is not the payload that fails.
        if self._runner.attempt(alone) != category or self.fails_after() == category:
            return False
        if not self._evidence.explains(category, "", ""):
            minimiser = Minimiser(self._maker, self._runner.attempt)
            small = minimiser.minimise(payload, category, explain_nothing, "alone")
            # The minimiser writes the usual style, so it cannot show what another style causes.
            self._runner.run(alone if style != "compact" or small is None else small)
        return True

    def fails_after(self) -> Category | None:
        """Send a plain good delivery; what went wrong, or None."""
        return self._runner.attempt(self._make_plain())

    def _make_plain(self) -> Case:
        return self._maker.valid.make(
            "after:timeline",
            "afterwards",
            "a plain delivery afterwards",
            self._maker.payloads.fresh(),
        )

    def _refresh(self, payload: Any) -> Any:
        """Copy a payload with new ids that have the same characters beyond ASCII."""
        fresh = self._maker.payloads.fresh(payload)
        for new, old in ((fresh, payload), (fresh["data"], payload["data"])):
            for name in {"id", "integration_id"} & new.keys():
                new[name] += "".join(
                    character for character in old[name] if not character.isascii()
                )
        return fresh
