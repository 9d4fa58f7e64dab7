"""The run of one event: a good delivery comes first, then one phase after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.scenarios import SCENARIOS
from kombo_fakes.probing.engine.case_runner import CaseRunner, Observation
from kombo_fakes.probing.engine.client import Client, Lost, Stopped
from kombo_fakes.probing.engine.explore import Explorer
from kombo_fakes.probing.engine.preflight import make_preflight_finding, make_variants
from kombo_fakes.probing.engine.run_events import PartNotJudged, PhaseProgressed, Subscriber
from kombo_fakes.probing.engine.session import Session
from kombo_fakes.probing.engine.timelines import Timelines
from kombo_fakes.probing.model import Case, Exchange, Failure, Finding, Loss
from kombo_fakes.probing.reasons import (
    CasesNotSent,
    DrawnPayloadsNotSent,
    EventHasNoState,
    FirstDeliveryRejected,
    Interrupted,
    NotJudged,
    NotJudgedReason,
    PhasesNotSent,
    StopReason,
)
from kombo_fakes.probing.reports.wording import make_finding
from kombo_fakes.probing.verdicts.causes import AFTERWARDS
from kombo_fakes.probing.verdicts.diagnosis.pipeline import diagnose
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.judge import judge

_SCENARIOS = {f"timeline:{scenario.id}": scenario for scenario in SCENARIOS}


@dataclass(frozen=True, slots=True)
class _Phase:
    name: str
    run: Callable[[], None]


class EventRun:
    """The run of one event.

    Args:
        client: Sends deliveries and observes the receiver.
        maker: Makes the cases.
        max_examples: How many payloads Hypothesis draws at the end.
        publish: Is called with what happens in the run.

    Attributes:
        event: The event.
        evidence: What was seen.
    """

    def __init__(
        self, client: Client, maker: CaseMaker, max_examples: int, publish: Subscriber
    ) -> None:
        self.event: str = maker.event
        self.evidence: Evidence = Evidence(policy=maker.policy)
        self._client, self._maker = client, maker
        self._max_examples, self._publish = max_examples, publish
        has_state = client.can_observe and maker.payloads.has_state
        self._session = Session(client, self.evidence, publish)
        self._runner = CaseRunner(
            self._session, maker, self.evidence, publish, can_check_state=has_state
        )
        self._timelines: Timelines | None = None
        if has_state:
            self._timelines = Timelines(self._session, maker, self._runner, self.evidence)
        self._rejection: Finding | None = None
        self._phases: list[_Phase] = []
        self._done = self._total = 0

    def run(self) -> StopReason | None:
        """Run all phases; the reason why the run ended before its time, or None.

        Raises:
            ProbeError, TransportError: if the receiver has never worked.
        """
        reason: StopReason | None = None
        try:
            reason = self._send_first()
            while reason is None and self._phases:
                self._done = self._total = 0
                self._phases[0].run()
                # A phase that raises stays in the list, and is reported as not sent to its end.
                self._phases.pop(0)
        except Lost as lost:
            self._blame_last(lost.loss)
            reason = lost.reason
        except Stopped as stopped:
            reason = stopped.reason
        except KeyboardInterrupt:
            # What was found until then is still worth a report.
            reason = Interrupted()
        self._note_not_judged(reason)
        return reason

    def findings(self) -> list[Finding]:
        """List what was found."""
        return [
            *([] if self._rejection is None else [self._rejection]),
            *map(make_finding, diagnose(self.evidence)),
        ]

    def _send_first(self) -> StopReason | None:
        first = self._maker.valid.first()
        # The phases are planned before anything is sent, so that a run which ends here can name all
        # that it has not sent.
        self._phases = list(self._plan(str(first.delivery.signature)))
        reply = self._session.send(first.id, first.delivery, blamed=first)
        if reply.is_rate_limited or judge(first, reply) is not None:
            accepted = None
            for variant in make_variants(self._maker, first, reply):
                case = variant.case
                if self._session.send(case.id, case.delivery, blamed=case).is_accepted:
                    accepted = variant
                    break
            self._rejection = make_preflight_finding(first, reply, accepted)
            return FirstDeliveryRejected()
        if self._session.can_observe and first.integration is not None:
            self._session.observe(first.integration)  # Raises if it cannot be observed.
        self._client.trust_receiver()
        return None

    def _plan(self, signature: str) -> Iterable[_Phase]:
        # Timelines come first: they tell whether the state says anything about single deliveries.
        if self._timelines is not None:
            timelines = self._timelines
            yield _Phase("timelines", lambda: timelines.play(partial(self._progress, "timelines")))
        elif self._session.can_observe:
            self._note(EventHasNoState(self.event))
        for name, cases in self._maker.phases(signature):
            yield _Phase(name, partial(self._run_cases, name, cases))
        if self._max_examples > 0:
            # Drawn payloads come after the cases: what a case has shown need not be minimised
            # again.
            yield _Phase("drawn payloads", self._explore)
        if self._timelines is not None:
            # Only after all other events is it clear that none of them displaces the first
            # integrations.
            yield _Phase("final check of the first integrations", self._timelines.recheck)

    def _run_cases(self, phase: str, cases: Iterable[Case]) -> None:
        # Progress and notes need the number of cases.
        listed = list(cases)
        not_sent = 0
        for done, case in enumerate(listed):
            self._progress(phase, done, len(listed))
            if self._runner.has_hanging(case):
                not_sent += 1
            else:
                self._runner.run(case)
        self._progress(phase, len(listed), len(listed))
        if not_sent:
            self._note(CasesNotSent(phase, not_sent, len(listed)))

    def _explore(self) -> None:
        explorer = Explorer(self._maker, self._runner, self.evidence, self._max_examples)
        explorer.explore()
        if explorer.not_sent:
            self._note(DrawnPayloadsNotSent(explorer.not_sent))

    def _progress(self, phase: str, done: int, total: int) -> None:
        self._done, self._total = done, total
        self._publish(PhaseProgressed(phase, done, total))

    def _note(self, reason: NotJudgedReason) -> None:
        self._publish(PartNotJudged(NotJudged(reason)))

    def _note_not_judged(self, reason: StopReason | None) -> None:
        if self._timelines is not None:
            for part in self._timelines.not_judged():
                self._note(part)
        if reason is not None and self._phases:
            names = tuple(phase.name for phase in self._phases)
            self._note(PhasesNotSent(names, self._done, self._total, reason))

    def _blame_last(self, loss: Loss) -> None:
        """Attribute a loss to the last delivery that was answered: nothing has worked since."""
        last = self._session.last
        assert last is not None
        exchange, case = last.exchange, last.blamed
        # The deliveries of timelines are not cases: only a whole timeline has an outcome.
        if case is None:
            scenario = _SCENARIOS.get(last.case_id)
            done = "; ".join(exchange.delivery.done) or last.case_id
            case = Case(
                id=last.case_id,
                group="timeline",
                topic="afterwards",
                about=done if scenario is None else scenario.about,
                delivery=exchange.delivery,
                expectation="accept",
                why="a receiver has to stay reachable and observable after every delivery",
                cause=AFTERWARDS,
                likelihood=AFTERWARDS.likelihood,
                event=self.event,
            )
        else:
            exchange = Exchange(case.delivery, exchange.reply)
        case = replace(case, topic="afterwards", cause=AFTERWARDS)
        failure = Failure("crashes", case, (exchange,), loss=loss)
        if case.id in self._runner.judged:
            # A case has one outcome. A second one would be counted as another case.
            self.evidence.add(failure)
        else:
            self._runner.keep(Observation(case, exchange.reply, failure))
