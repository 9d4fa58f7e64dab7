"""Exploration: sends payloads that Hypothesis draws, and minimises those that fail."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.engine.case_runner import CaseRunner
from kombo_fakes.probing.engine.minimise import Minimiser
from kombo_fakes.probing.model import Case, Category
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.strategies.payloads import payloads

# The most deliveries beyond the drawn payloads: after the first number no other failure is
# minimised, and after the second one nothing is sent.
_MOST_BEFORE_A_FAILURE = 300
_MOST_IN_ALL = 600


class Explorer:
    """Sends drawn payloads, and keeps one case for each cause of a failure.

    Args:
        maker: Makes the cases.
        runner: Runs them.
        evidence: Tells which failures are explained by others.
        max_examples: How many payloads are drawn.

    Attributes:
        not_sent: How many payloads were not sent, since too many of them hung.
    """

    def __init__(
        self, maker: CaseMaker, runner: CaseRunner, evidence: Evidence, max_examples: int
    ) -> None:
        self.not_sent: int = 0
        self._maker, self._runner, self._evidence = maker, runner, evidence
        self._max_examples = max_examples
        self._attempts = 0
        self._minimiser = Minimiser(maker, self._attempt)

    def explore(self) -> None:
        """Draw the payloads and send them.

        A failure that a single field causes is attributed to that field, and not kept if another
        case has shown the same.

        Raises:
            Exception: the error of the delivery that ended the run.
        """
        ended: list[Exception] = []

        # The function never raises. Otherwise Hypothesis would shrink the payload, and report it as
        # flaky: a failure that is known is not reported again for the same payload.
        @seeded(self._maker.seed)
        @settings(
            max_examples=self._max_examples,
            # What an earlier run has found must not change what a seed sends.
            database=None,
            # The client has a time-out of its own, and a slow answer is not a failure.
            deadline=None,
            # The minimiser of the probe shrinks, because it knows which failures are explained
            # already.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        # U+0000 has a wire fault of its own, since a receiver may reject it.
        @given(payloads(self._maker.payloads.schema, allow_nul=False))
        def explore(payload: Any) -> None:
            # Only an exception could stop the drawing, so the other payloads are drawn but not
            # sent.
            if ended:
                return
            try:
                self._try(payload)
            except Exception as error:
                ended.append(error)

        explore()
        if ended:
            raise ended[0]

    def _try(self, payload: Any) -> None:
        category = self._minimiser.find_failure(payload)
        most = self._max_examples + _MOST_BEFORE_A_FAILURE
        if category is None or self._minimiser.attempts > most:
            return
        case = self._minimiser.minimise(payload, category, self._evidence.explains, "explored")
        if case is not None:
            self._runner.run(case)

    def _attempt(self, case: Case) -> Category | None:
        self._attempts += 1
        if self._runner.has_hanging_attempts:
            self.not_sent += 1
            return None
        if self._attempts > self._max_examples + _MOST_IN_ALL:
            return None
        return self._runner.attempt(case)
