"""One event of a run: a good delivery first, then case after case, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.rejected import LARGE_BODY_TOPIC
from kombo_fakes.probing.cases.scenarios import SCENARIOS
from kombo_fakes.probing.engine.client import Client, Lost, Stopped
from kombo_fakes.probing.engine.exploring import explored
from kombo_fakes.probing.engine.histories import Histories
from kombo_fakes.probing.engine.preflight import instead_of, preflight_finding
from kombo_fakes.probing.model import Case, Category, Exchange, Failure, Finding, Loss, Reply
from kombo_fakes.probing.reports.plain_text import counted, describe_loss
from kombo_fakes.probing.reports.report import Outcome
from kombo_fakes.probing.run_events import Progress
from kombo_fakes.probing.verdicts.diagnosis import diagnose
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.findings import CRASHES, after
from kombo_fakes.probing.verdicts.judge import find_mismatches, judge
from kombo_fakes.sequences.mismatches import ABSENT, WHOLE, Mismatch
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

_HANGS = 3
_MOST_SHRINKING = 600


class Play:
    """The cases of one event, played at a receiver.

    Args:
        client: Brings the deliveries.
        maker: Makes them.
        run: What makes the ids of this run others than those of another one.
        max_examples: How many payloads Hypothesis draws at the end.
        progress: Is told how far it is.

    Attributes:
        event: The event.
        evidence: What was seen.
        outcomes: What came of each case.
        not_judged: What could not be told, and why.
        refused: Whether the first good delivery wasn't taken, so that nothing else was sent.
    """

    def __init__(
        self,
        client: Client,
        maker: CaseMaker,
        run: str,
        max_examples: int,
        progress: Progress | None,
    ) -> None:
        self.event: str = maker.event
        self.evidence: Evidence = Evidence(policy=maker.policy)
        self.outcomes: list[Outcome] = []
        self.not_judged: list[str] = []
        self.refused: bool = False
        self._client, self._maker, self._run = client, maker, run
        self._max_examples, self._progress = max_examples, progress
        self._early: Finding | None = None
        self._case: Case | None = None
        self._done = self._of = self._explorations = self._undrawn = 0
        self._hung: dict[str, int] = {}
        self._checked_after: set[tuple[str, bool]] = set()
        self._histories: Histories | None = None
        self._phases: list[tuple[str, Callable[[], None]]] = []

    def play(self) -> str:
        """Play all of it; why it ended before its time, or nothing."""
        self._client.evidence = self.evidence
        why = ""
        try:
            why = self._first()
            while not why and self._phases:
                self._done = self._of = 0
                self._phases[0][1]()
                self._phases.pop(0)
        except Lost as error:
            self._lost(error.loss)
            why = describe_loss(error.loss)
        except Stopped as reason:
            why = str(reason)
        except KeyboardInterrupt:
            why = "interrupted"
        self._say_what_is_left(why)
        return why

    def findings(self) -> list[Finding]:
        """What was found."""
        return [*([] if self._early is None else [self._early]), *diagnose(self.evidence)]

    def _first(self) -> str:
        """Deliver the good one that comes first; the reason if all else is no use."""
        maker = self._maker
        first = maker.valid.first()
        self._phases = self._planned(str(first.delivery.signature))
        reply = self._sent(first)
        if reply.is_rate_limited or judge(first, reply) is not None:
            taken = None
            for instead in instead_of(maker, first, reply):
                if self._sent(instead.case).is_accepted:
                    taken = instead
                    break
            self._early = preflight_finding(first, reply, taken)
            self.refused = True
            return "the first good delivery was not taken"
        if self._client.observes and first.integration is not None:
            self._client.look(first.integration)  # Raises for what is no JSON object.
        self._client.works = True
        return ""

    def _planned(self, signature: str) -> list[tuple[str, Callable[[], None]]]:
        phases: list[tuple[str, Callable[[], None]]] = [
            (name, partial(self._cases, name, cases))
            for name, cases in self._maker.phases(signature)
        ]
        if self._max_examples > 0:
            phases.append(("drawn payloads", self._explore))
        if self._client.observes and self.event == DEFAULT_EVENT:
            self._histories = Histories(
                self._client,
                self.evidence,
                self.outcomes,
                self._maker,
                self._run,
                self._attempted,
                self._tried,
            )
            phases.insert(0, ("timelines", self._play_histories))
            phases.append(("a look back at the first integrations", self._histories.look_back))
        elif self._client.observes:
            self.not_judged.append(
                f"what the receiver stores of {self.event}: only {DEFAULT_EVENT} has timelines, "
                "and a state to observe"
            )
        return phases

    def _play_histories(self) -> None:
        assert self._histories is not None
        self._histories.play(partial(self._progressed, "timelines"))

    def _explore(self) -> None:
        explored(
            self._maker, self._max_examples, self._explored, self._tried, self.evidence.explains
        )
        if self._undrawn:
            self.not_judged.append(
                f"{counted(self._undrawn, 'drawn payload')}: not sent, since too many of them hung"
            )

    def _say_what_is_left(self, why: str) -> None:
        if self._histories is not None:
            self.not_judged.extend(self._histories.not_judged())
        left = [name for name, _ in self._phases]
        if left and self._of:
            left[0] += f" ({self._done:,} of {self._of:,} were sent)"
        if left:
            reason = why if self.refused else f"the run was stopped: {why}"
            self.not_judged.append(f"{', '.join(left)}: not played, since {reason}")

    def _progressed(self, phase: str, done: int, of: int) -> None:
        self._done, self._of = done, of
        if self._progress is not None:
            self._progress(phase, done, of)

    # -- cases

    def _cases(self, phase: str, cases: Iterable[Case]) -> None:
        listed = list(cases)
        unsent = 0
        for done, case in enumerate(listed):
            self._progressed(phase, done, len(listed))
            if self._hung.get(case.topic, 0) or self._hung.get(case.group, 0) >= _HANGS:
                unsent += 1
                continue
            self._tried(case)
        self._progressed(phase, len(listed), len(listed))
        if unsent:
            self.not_judged.append(
                f"{unsent:,} of {len(listed):,} {phase}: not sent, since others like them hung"
            )

    def _tried(self, case: Case) -> Category | None:
        reply = self._sent(case)
        wrong = self._judged(case, reply)
        if wrong == "hangs":
            for name in ("exploration",) if self.evidence.muted else (case.topic, case.group):
                self._hung[name] = self._hung.get(name, 0) + 1
        exchange = Exchange(case.delivery, reply)
        self.evidence.tried(case, reply)
        if wrong is not None:
            self.evidence.add(Failure(wrong, case, (exchange,)))
        elif not reply.is_rate_limited:
            wrong = self._looked_at(case, exchange)
        if not self.evidence.muted:
            self.outcomes.append(Outcome(case, reply, wrong, judged=not reply.is_rate_limited))
        self._survived(case, wrong)
        return wrong

    def _judged(self, case: Case, reply: Reply) -> Category | None:
        large = self.evidence.replies.get(f"wire:{LARGE_BODY_TOPIC}")
        answered = large is not None and large.status is not None
        return judge(case, reply, takes_large=answered)

    def _attempted(self, case: Case) -> Category | None:
        """Try a case without keeping what comes of it."""
        self.evidence.muted = True
        try:
            return self._tried(case)
        finally:
            self.evidence.muted = False

    def _explored(self, case: Case) -> Category | None:
        """The same, as long as not too much hangs, and not too much was tried."""
        self._explorations += 1
        if self._hung.get("exploration", 0) >= _HANGS:
            self._undrawn += 1
            return None
        most = self._max_examples + _MOST_SHRINKING
        return self._attempted(case) if self._explorations <= most else None

    def _looked_at(self, case: Case, exchange: Exchange) -> Category | None:
        looks = self._histories is not None and self._histories.tells_apart
        if case.integration is None or not looks:
            return None
        reply = exchange.reply
        if reply.is_accepted and case.expected_state is not None:
            return self._has_applied(case, exchange)
        wrong: Category = "rejected-but-applied"
        if reply.is_accepted and case.traceless:
            wrong = "accepts-invalid"
        elif not reply.is_rejected or case.expectation == "accept":
            return None
        seen = self._client.look(case.integration)
        if seen is None:
            return None
        known = Mismatch(WHOLE, ABSENT, seen)
        self.evidence.add(Failure(wrong, case, (exchange,), mismatches=(known,)))
        return wrong

    def _has_applied(self, case: Case, exchange: Exchange) -> Category | None:
        assert case.integration is not None
        assert case.expected_state is not None
        wanted = case.expected_state
        seen = self._client.settled(
            case.integration, lambda seen: seen is not None and not find_mismatches(wanted, seen)
        )
        if seen is None:
            wrong: Category = "acknowledged-not-applied"
            mismatches: tuple[Mismatch, ...] = (Mismatch(WHOLE, wanted, ABSENT),)
        else:
            mismatches = find_mismatches(wanted, seen)
            if not mismatches:
                return None
            wrong = "corrupts-state"
        self.evidence.add(Failure(wrong, case, (exchange,), mismatches=mismatches))
        return wrong

    def _sent(self, case: Case) -> Reply:
        self._case = case
        return self._client.bring(case.id, case.delivery)

    def _survived(self, case: Case, wrong: Category | None) -> None:
        """Make sure that a plain delivery is taken after one that may have broken something.

        Raises:
            Stopped: if it isn't: nothing that came then could be judged.
        """
        broken = wrong in ("crashes", "hangs")
        risky = case.topic.startswith("body-") or broken
        if not risky or self.evidence.muted or (case.topic, broken) in self._checked_after:
            return
        self._checked_after.add((case.topic, broken))
        plain = self._maker.valid.make(
            f"after:{case.topic}",
            "afterwards",
            after(case.about),
            self._maker.payloads.fresh(),
            likelihood="hostile",
        )
        reply = self._client.bring(plain.id, plain.delivery)
        failed = judge(plain, reply)
        if failed is None and self._client.observes and plain.integration is not None:
            self._client.look(plain.integration)
        if failed is not None:
            self.evidence.add(Failure(failed, plain, (Exchange(plain.delivery, reply),)))
            self.outcomes.append(Outcome(plain, reply, failed))
            raise Stopped(f"{plain.about} good ones fail, so that no other could be judged")

    def _lost(self, loss: Loss) -> None:
        """Put it down to the last delivery that was answered: it works no more since then."""
        assert self._client.last is not None
        name, exchange = self._client.last
        case = self._case
        if case is None or (case.id != name and not name.startswith("after:")):
            about = _ABOUTS.get(name) or "; ".join(exchange.delivery.done) or name
            case = Case(
                name, "timeline", "", about, exchange.delivery, "accept",
                "whatever was delivered, it has to be there, and what it knows to be seen",
                "hostile", event=self.event,
            )  # fmt: skip
        elif name.startswith("after:"):
            exchange = Exchange(case.delivery, exchange.reply)
        case = replace(case, topic="afterwards", about=after(case.about))
        self.evidence.muted = False
        self.evidence.add(Failure(CRASHES, case, (exchange,), loss=loss))
        if not any(outcome.case.id == case.id for outcome in self.outcomes):
            self.outcomes.append(Outcome(case, exchange.reply, CRASHES))


_ABOUTS = {f"timeline:{scenario.id}": scenario.about for scenario in SCENARIOS}
