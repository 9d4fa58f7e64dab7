"""Timelines: sends the steps of scenarios, and checks the state after each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from kombo_fakes.core.choices import seed_for
from kombo_fakes.core.instants import SECOND
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.scenarios import SCENARIOS, Foreign, Forged, Scenario
from kombo_fakes.probing.engine.case_runner import CaseRunner
from kombo_fakes.probing.engine.client import Stopped
from kombo_fakes.probing.engine.control_experiments import ControlExperiments
from kombo_fakes.probing.engine.recheck import (
    KeptIntegration,
    find_applied_copy,
    find_forgotten,
)
from kombo_fakes.probing.engine.session import Session
from kombo_fakes.probing.engine.timeline_checks import (
    WrongState,
    classify_state,
    counts_late_events,
    deliveries_of,
    expectation_of,
    integration_of,
    is_acceptable,
    make_timeline_case,
)
from kombo_fakes.probing.model import Case, Category, Exchange, Failure, Reply
from kombo_fakes.probing.reasons import (
    RECHECK,
    GoodDeliveriesFail,
    NotJudgedReason,
    StateAfterCasesUnclear,
    TimelineReason,
    TimelinesNotJudged,
)
from kombo_fakes.probing.reports.report import Outcome
from kombo_fakes.probing.verdicts.causes import TIMELINE_INTEGRATIONS, TIMELINE_ORDER
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.judge import judge
from kombo_fakes.sequences.ledger import Ledger, Record
from kombo_fakes.sequences.sender import EPOCH, Sender
from kombo_fakes.sequences.timeline import Step

# Each hang takes a whole time-out.
_MOST_HANGS = 3

# If one of these fails, the state tells nothing about single deliveries.
_BASICS = {"first", "update", "two", "two-of-a-tool", "older-of-another", "nameless"}

# If one of these fails, a control experiment tells whether the receiver applies anything at all.
_WITH_CONTROL = ("first", "update")

# The integrations of these are checked again at the end.
_RECHECKED = ("first", "update", "two")


@dataclass(frozen=True, slots=True)
class _Played:
    """The result of a scenario.

    Attributes:
        has_passed: False if the scenarios that build on it should not be played.
        failure: What went wrong; None for nothing, or nothing that is the scenario's.
    """

    has_passed: bool
    failure: Failure | None = None


class Timelines:
    """Plays the scenarios of a run.

    Args:
        session: Sends deliveries.
        maker: Makes payloads.
        runner: Runs single cases, and publishes outcomes.
        evidence: Keeps what goes wrong.
    """

    def __init__(
        self, session: Session, maker: CaseMaker, runner: CaseRunner, evidence: Evidence
    ) -> None:
        self._session, self._maker = session, maker
        self._runner, self._evidence = runner, evidence
        self._controls = ControlExperiments(session, maker, runner, evidence)
        self._failed: set[str] = set()
        self._not_judged: dict[TimelineReason, list[str]] = {}
        self._hung = 0
        self._kept: list[KeptIntegration] = []
        self._counts_late = False

    def play(self, progress: Callable[[int, int], None]) -> None:
        """Play all scenarios that tell something about this receiver.

        Args:
            progress: Is called with how many were played, and how many there are.
        """
        for done, scenario in enumerate(SCENARIOS):
            progress(done, len(SCENARIOS))
            if self._hung >= _MOST_HANGS:
                self._skip(scenario, TimelineReason.OTHERS_HUNG)
            elif self._failed & set(scenario.needs):
                self._skip(scenario, TimelineReason.NEEDS_FAILED)
            else:
                self._play_and_explain(scenario)
        progress(len(SCENARIOS), len(SCENARIOS))

    def not_judged(self) -> list[NotJudgedReason]:
        """List what was not judged, and why."""
        found: list[NotJudgedReason] = [
            TimelinesNotJudged(reason, tuple(ids)) for reason, ids in self._not_judged.items()
        ]
        if not self._runner.can_check_state:
            found.append(StateAfterCasesUnclear())
        return found

    def recheck(self) -> None:
        """Check the first integrations again, after all other cases."""
        if not self._runner.can_check_state or self._hung:
            self._note(TimelineReason.NEEDS_FAILED, RECHECK)
            return
        for kept in self._kept:
            failure = find_forgotten(self._session, kept)
            # A receiver that forgets ids after thirty events has forgotten them all by the end.
            if failure is None and "copy-much-later" not in self._failed:
                failure = find_applied_copy(self._session, kept)
            if failure is not None:
                # One failure is enough: the others would have the same reason.
                self._keep(failure)
                return

    def _note(self, reason: TimelineReason, timeline: str) -> None:
        self._not_judged.setdefault(reason, []).append(timeline)

    def _skip(self, scenario: Scenario, reason: TimelineReason) -> None:
        self._note(reason, scenario.id)
        # What was not played has not passed, so that scenarios which need it are not played either.
        self._failed.add(scenario.id)

    def _keep(self, failure: Failure) -> None:
        self._evidence.add(failure)
        reply = failure.exchanges[-1].reply
        self._runner.publish(Outcome(failure.case, reply, failure.category))

    # -- one scenario

    def _play_and_explain(self, scenario: Scenario) -> None:
        played = self._play(scenario)
        if played.has_passed:
            return
        self._failed.add(scenario.id)
        if played.failure is None:
            return
        if scenario.id in _BASICS:
            self._runner.stop_checking_state()
        if scenario.id in _WITH_CONTROL and self._controls.is_applied_later(scenario):
            cause = TIMELINE_INTEGRATIONS
            case = replace(played.failure.case, topic=cause.id, cause=cause)
            self._evidence.amend(
                played.failure, replace(played.failure, category="mixes-up-integrations", case=case)
            )

    def _make_sender(self, scenario: Scenario) -> Sender:
        # Each scenario has instants of its own, since some receivers tell events apart by them.
        run = self._maker.payloads.run
        # The limit is under twelve days, which is far before the instants of control experiments.
        offset = seed_for(run, scenario.id) % 1_000_000 * SECOND
        return Sender(
            secret=self._maker.secret,
            salt=(run, scenario.id),
            sample=self._maker.payloads.fresh(),
            begin=EPOCH + offset,
        )

    def _play(self, scenario: Scenario) -> _Played:
        ledger = Ledger()
        exchanges: list[Exchange] = []
        steps: list[str] = []
        for number, step in enumerate(scenario.play(self._make_sender(scenario))):
            leads_up = number < scenario.since
            steps.append(str(step))
            # A state that is as before tells an event that was lost from one that was stored
            # wrongly.
            before = {name: ledger.of(name) for name in ledger.integrations}
            sent = deliveries_of(step)
            replies = self._session.send_together(f"timeline:{scenario.id}", sent)
            exchanges.extend(
                Exchange(delivery, reply, number + 1)
                for delivery, reply in zip(sent, replies, strict=True)
            )
            case = make_timeline_case(
                scenario.id,
                scenario.cause,
                scenario.about,
                step.delivery,
                expectation_of(step),
                scenario.difference,
            )
            if any(reply.is_rate_limited for reply in replies):
                self._note(TimelineReason.RATE_LIMITED, scenario.id)
                self._runner.publish(Outcome(case, exchanges[-1].reply, None, judged=False))
                return _Played(has_passed=True)  # The scenarios that build on it can be judged.
            wrong_answer = _find_wrong(case, replies)
            if wrong_answer is not None:
                failure = Failure(
                    wrong_answer[0],
                    case,
                    tuple(exchanges),
                    steps=tuple(steps),
                    answer=wrong_answer[1],
                )
                return self._judge_answer(scenario, step, failure, leads_up)
            if not isinstance(step, Forged):
                # The ledger ignores events of other types, so that foreign ones need no exception.
                for delivery in sent:
                    ledger.apply(delivery.payload)
            wrong = self._check_state(ledger, before, scenario, step)
            if wrong is not None and leads_up:
                self._note(TimelineReason.FAILS_ALONE, scenario.id)
                return _Played(has_passed=False)
            if wrong is not None:
                wrong = self._controls.check_alone(wrong, step, exchanges)
                failure = Failure(
                    wrong.category,
                    replace(case, topic=wrong.cause.id, cause=wrong.cause),
                    tuple(exchanges),
                    wrong.integration,
                    wrong.mismatches,
                    tuple(steps),
                )
                return self._judge_state(ledger, failure)
        if scenario.id in _RECHECKED:
            name = ledger.integrations[0]
            newest = [e for e in exchanges if integration_of(e.delivery) == name][-1]
            self._kept.append(KeptIntegration(name, ledger, newest, tuple(steps)))
        self._runner.publish(Outcome(case, exchanges[-1].reply, None))
        return _Played(has_passed=True)

    def _judge_answer(
        self, scenario: Scenario, step: Step, failure: Failure, leads_up: bool
    ) -> _Played:
        """Keep a wrong answer, unless the delivery fails without the timeline, too."""
        if isinstance(step, Forged):
            # Cases of their own judge whether forged deliveries are rejected.
            is_accepted = failure.category == "accepts-invalid"
            reason = TimelineReason.NOT_REJECTED if is_accepted else TimelineReason.FAILS_ALONE
            self._note(reason, scenario.id)
            return _Played(has_passed=True)
        self._hung += failure.category == "hangs"
        if (
            leads_up
            # Cases of their own judge events of unknown types.
            or isinstance(step, Foreign)
            or self._controls.fails_alone(step, failure.category)
        ):
            self._note(TimelineReason.FAILS_ALONE, scenario.id)
            return _Played(has_passed=False)
        self._keep(failure)
        if failure.category in ("crashes", "hangs") and self._controls.fails_after() is not None:
            self._evidence.amend(failure, replace(failure, breaks_others=True))
            raise Stopped(GoodDeliveriesFail(failure.case.about))
        return _Played(has_passed=False, failure=failure)

    def _judge_state(self, ledger: Ledger, failure: Failure) -> _Played:
        """Keep a wrong state. A wrong count of events alone does not prevent other scenarios."""
        self._keep(failure)
        if failure.case.cause is TIMELINE_ORDER:
            state = self._session.observe(failure.integration)
            if counts_late_events(ledger, failure.integration, state):
                self._counts_late = True
                return _Played(has_passed=True, failure=failure)
        return _Played(has_passed=False, failure=failure)

    def _check_state(
        self,
        ledger: Ledger,
        before: Mapping[str, Sequence[Record]],
        scenario: Scenario,
        step: Step,
    ) -> WrongState | None:
        """Find the first integration whose state is not the right one after a step."""
        for name in ledger.integrations:
            # A step may change any integration, and not only its own.
            is_fine = partial(is_acceptable, scenario, ledger, name, self._counts_late)
            state = self._session.observe_until(name, is_fine)
            if not is_fine(state):
                mismatches = ledger.mismatches(name, state)
                known = before.get(name, ())
                return classify_state(scenario, step, name, state, mismatches, known)
        return None


def _find_wrong(case: Case, replies: Sequence[Reply]) -> tuple[Category, Reply] | None:
    for reply in replies:
        category = judge(case, reply)
        if category is not None:
            return category, reply
    return None
