"""Runs single cases: sends each one, and judges the answer and the state after it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.rejected import LARGE_BODY_TOPIC
from kombo_fakes.probing.engine.client import Stopped
from kombo_fakes.probing.engine.run_events import CaseJudged, Subscriber
from kombo_fakes.probing.engine.session import Session
from kombo_fakes.probing.model import Case, Category, Exchange, Failure, Reply
from kombo_fakes.probing.reasons import GoodDeliveriesFail
from kombo_fakes.probing.reports.report import Outcome
from kombo_fakes.probing.reports.wording import name_delivery
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.judge import find_mismatches, judge
from kombo_fakes.sequences.mismatches import ABSENT, WHOLE, Mismatch

# If this many cases of a group hang, the others are not sent: each would take a whole time-out.
_MOST_HANGS = 3


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of a case.

    Attributes:
        case: The case.
        reply: The reply.
        failure: What went wrong; None for nothing.
    """

    case: Case
    reply: Reply
    failure: Failure | None

    @property
    def category(self) -> Category | None:
        """What kind of wrong it is; None for nothing."""
        return None if self.failure is None else self.failure.category


class CaseRunner:
    """Runs the cases of one event.

    Args:
        session: Sends deliveries.
        maker: Makes the deliveries that check whether a receiver still works.
        evidence: Keeps what goes wrong.
        publish: Is called with the outcome of each case.
        can_check_state: True if the state after a case can be observed.

    Attributes:
        judged: The ids of the cases that have an outcome.
        can_check_state: True if the state after a case tells something about it.
    """

    def __init__(
        self,
        session: Session,
        maker: CaseMaker,
        evidence: Evidence,
        publish: Subscriber,
        *,
        can_check_state: bool,
    ) -> None:
        self.judged: set[str] = set()
        self.can_check_state: bool = can_check_state
        self._session, self._maker = session, maker
        self._evidence, self._publish = evidence, publish
        self._hangs: Counter[str] = Counter()
        self._hung_attempts = 0
        self._survived: set[tuple[str, bool]] = set()

    def stop_checking_state(self) -> None:
        """Judge no more states: integrations are mixed up, or nothing is applied."""
        self.can_check_state = False

    def has_hanging(self, case: Case) -> bool:
        """True if a case is not to be sent, because similar ones hung."""
        # One hang of a topic is enough, since all its cases show the same bug.
        return bool(self._hangs[case.topic]) or self._hangs[case.group] >= _MOST_HANGS

    @property
    def has_hanging_attempts(self) -> bool:
        """True if nothing else is to be attempted, because too many attempts hung."""
        return self._hung_attempts >= _MOST_HANGS

    def run(self, case: Case) -> Category | None:
        """Run a case, keep what was seen, and check that the receiver still works.

        Returns:
            What went wrong; None for nothing.

        Raises:
            Stopped: if good deliveries fail after it.
            Lost, TransportError, ProbeError: as `Session.send` does.
        """
        observation = self._try(case)
        if observation.category == "hangs":
            self._hangs.update((case.topic, case.group))
        self._evidence.add_reply(case, observation.reply)
        self.keep(observation)
        self._check_survival(observation)
        return observation.category

    def attempt(self, case: Case) -> Category | None:
        """Run a case without keeping what was seen.

        Returns:
            What went wrong; None for nothing.
        """
        category = self._try(case).category
        self._hung_attempts += category == "hangs"
        return category

    def keep(self, observation: Observation) -> None:
        """Keep what was seen of a case, and publish its outcome."""
        if observation.failure is not None:
            self._evidence.add(observation.failure)
        self.publish(
            Outcome(
                observation.case,
                observation.reply,
                observation.category,
                judged=not observation.reply.is_rate_limited,
            )
        )

    def publish(self, outcome: Outcome) -> None:
        """Publish the outcome of a case or a timeline."""
        self.judged.add(outcome.case.id)
        self._publish(CaseJudged(outcome))

    def _try(self, case: Case) -> Observation:
        reply = self._session.send(case.id, case.delivery, blamed=case)
        exchange = Exchange(case.delivery, reply)
        # A receiver that has answered a megabyte has no reason to hang up on less.
        large = self._evidence.replies.get(f"wire:{LARGE_BODY_TOPIC}")
        answers_large = large is not None and large.status is not None
        category = judge(case, reply, answers_large=answers_large)
        failure: Failure | None = None
        if category is not None:
            failure = Failure(category, case, (exchange,))
        elif self.can_check_state and not reply.is_rate_limited:
            failure = self._check_state(case, exchange)
        return Observation(case, reply, failure)

    def _check_state(self, case: Case, exchange: Exchange) -> Failure | None:
        if case.integration is None:
            return None
        if exchange.reply.is_accepted and case.expected_state is not None:
            return self._check_applied(case, exchange)
        category: Category = "rejected-but-applied"
        if exchange.reply.is_accepted and case.traceless:
            category = "accepts-invalid"
        # Where it is open what an accepted delivery means, no state is wrong.
        elif not exchange.reply.is_rejected or case.expectation == "accept":
            return None
        # There is no wait for a state that should not come. It would delay every rejected case.
        state = self._session.observe(case.integration)
        if state is None:
            return None
        return Failure(category, case, (exchange,), mismatches=(Mismatch(WHOLE, ABSENT, state),))

    def _check_applied(self, case: Case, exchange: Exchange) -> Failure | None:
        assert case.integration is not None
        assert case.expected_state is not None
        expected = case.expected_state
        state = self._session.observe_until(
            case.integration,
            lambda state: state is not None and not find_mismatches(expected, state),
        )
        if state is None:
            missing = Mismatch(WHOLE, expected, ABSENT)
            return Failure("acknowledged-not-applied", case, (exchange,), mismatches=(missing,))
        mismatches = find_mismatches(expected, state)
        if not mismatches:
            return None
        return Failure("corrupts-state", case, (exchange,), mismatches=mismatches)

    def _check_survival(self, observation: Observation) -> None:
        """Check that a good delivery is accepted after one that may have broken something.

        Raises:
            Stopped: if it is not, because later deliveries could not be judged.
        """
        case = observation.case
        is_broken = observation.category in ("crashes", "hangs")
        # A body may break a parser, or a transaction, without a trace in its own answer.
        is_risky = is_broken or case.family == "body"
        if not is_risky or (case.topic, is_broken) in self._survived:
            return
        # One check for each topic: its cases break a receiver in the same way, and a check after
        # each case would double their number.
        self._survived.add((case.topic, is_broken))
        good = self._maker.valid.make(
            f"after:{case.topic}",
            "afterwards",
            case.about,
            self._maker.payloads.fresh(),
            likelihood="hostile",
        )
        reply = self._session.send(good.id, good.delivery, blamed=case)
        category = judge(good, reply)
        if category is None:
            if self._session.can_observe and good.integration is not None:
                self._session.observe(good.integration)  # Raises if it cannot be observed.
            return
        failure = Failure(category, good, (Exchange(good.delivery, reply),))
        self.keep(Observation(good, reply, failure))
        raise Stopped(GoodDeliveriesFail(name_delivery(case.about)))
