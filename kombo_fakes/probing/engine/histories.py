"""Histories: plays scenarios at a receiver, and judges what it knows after each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from kombo_fakes.core.choices import seed_for
from kombo_fakes.core.instants import NOTATIONS, SECOND, parse_instant
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.scenarios import SCENARIOS, Burst, Foreign, Forged, Scenario
from kombo_fakes.probing.engine.client import Client, Stopped
from kombo_fakes.probing.engine.exploring import Small
from kombo_fakes.probing.model import Case, Category, Exchange, Expectation, Failure
from kombo_fakes.probing.reports.plain_text import counted
from kombo_fakes.probing.reports.report import Outcome
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.findings import enumerated
from kombo_fakes.probing.verdicts.judge import judge
from kombo_fakes.sequences.ledger import EVENTS, STATUS_FIELDS, Ledger, Record
from kombo_fakes.sequences.mismatches import Mismatch
from kombo_fakes.sequences.sender import EPOCH, USUAL_NOTATION, Sender
from kombo_fakes.sequences.timeline import Step
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery

_HANGS = 3
_YEARS = 10 * 366 * 86_400 * SECOND
# What can tell what is wrong with a receiver better than by the trap alone.
_TELLING = {"first", "update", "soon", "life", "invalid-and-back", "every-turn", "eras"}
_OF_TWINS = ("case", "case of events", "alike", "alike events")
_BASICS = {"first", "update", "two", "two-of-a-tool", "older-of-another", "nameless"}
_KEPT = ("first", "update", "two")
# Why a scenario isn't judged.
_NEEDED = "not played, since what they build on went wrong"
_HUNG = "not played, since others hung"
_BUSY = "answered 429, too many requests"
_ALONE = "a delivery in them goes wrong before the trap, or alone as well"

Attempt = Callable[[Case], "Category | None"]


class _Wrong(NamedTuple):
    """What is wrong with what a receiver knows of an integration."""

    name: str
    category: Category
    topic: str
    mismatches: tuple[Mismatch, ...]


class _Kept(NamedTuple):
    """An integration of which a receiver knew the right thing, once."""

    name: str
    ledger: Ledger
    newest: Exchange
    log: tuple[str, ...]


class Histories:
    """The scenarios of a run.

    Args:
        client: Brings the deliveries.
        evidence: Where failures go.
        outcomes: Where it goes what came of each scenario.
        maker: Makes payloads.
        run: What makes the ids of this run others than those of another one.
        attempt: Delivers a case and says what went wrong, without keeping it.
        record: The same, and keeps it.
    """

    def __init__(
        self,
        client: Client,
        evidence: Evidence,
        outcomes: list[Outcome],
        maker: CaseMaker,
        run: str,
        attempt: Attempt,
        record: Attempt,
    ) -> None:
        self._client, self._evidence, self._outcomes = client, evidence, outcomes
        self._maker, self._run = maker, run
        self._attempt, self._record = attempt, record
        self._failed: set[str] = set()
        self._wrong: set[str] = set()
        self._unjudged: dict[str, list[str]] = {}
        self._hung = self._controls = 0
        self._kept: list[_Kept] = []
        self._counts_late = False

    @property
    def tells_apart(self) -> bool:
        """Whether what a single delivery leaves behind can be told.

        It can't where integrations are mixed up, or nothing arrives at all.
        """
        return not self._wrong & _BASICS

    def play(self, progress: Callable[[int, int], None]) -> None:
        """Play all scenarios that say something about this receiver.

        Args:
            progress: Is told how many are played, and how many there are.
        """
        for done, scenario in enumerate(SCENARIOS):
            progress(done, len(SCENARIOS))
            if self._hung >= _HANGS or self._failed & set(scenario.needs):
                why = _HUNG if self._hung >= _HANGS else _NEEDED
                self._unjudged.setdefault(why, []).append(scenario.id)
                self._failed.add(scenario.id)
                continue
            known = len(self._evidence.failures)
            if not self._played(scenario):
                self._failed.add(scenario.id)
                if any(f.case.group == "timeline" for f in self._evidence.failures[known:]):
                    self._wrong.add(scenario.id)
                if scenario.id in ("first", "update"):
                    self._explained(scenario, known)
        progress(len(SCENARIOS), len(SCENARIOS))

    def not_judged(self) -> list[str]:
        """What could not be told, and why."""
        found = [
            f"{counted(len(names), 'timeline')}: {why}: {enumerated(names)}"
            for why, names in self._unjudged.items()
        ]
        if not self.tells_apart:
            found.append(
                "what single deliveries leave behind: integrations are mixed up, or nothing "
                "arrives, so that it can't be told"
            )
        return found

    def look_back(self) -> None:
        """Look at the first integrations again, after all that came since, and copy their events.

        Whoever keeps integrations, or ids of events, in too small a place has lost them by now.
        """
        if not self.tells_apart or self._hung:
            self._unjudged.setdefault(_NEEDED, []).append("the look back at the end")
            return
        for kept in self._kept:
            failed = self._forgotten(kept) or (
                "copy-much-later" not in self._failed and self._copied(kept)
            )
            if failed:
                return

    # -- much later

    def _forgotten(self, kept: _Kept) -> bool:
        seen = self._client.settled(kept.name, partial(_is_right, kept.ledger, kept.name))
        mismatches = kept.ledger.mismatches(kept.name, seen)
        if not mismatches:
            return False
        category: Category = "mixes-up-integrations" if seen is not None else "loses-events"
        topic = "integrations" if seen is not None else "forgotten"
        about = f"an integration of which came nothing more, after {self._others()}"
        self._much_later(kept, category, topic, about, kept.newest, mismatches)
        return True

    def _copied(self, kept: _Kept) -> bool:
        delivery, others = kept.newest.delivery, self._others()
        exchange = Exchange(delivery, self._client.bring("timeline:much-later", delivery))
        about = f"a copy that comes after {others}"
        case = _case_of("much-later", "copies", about, delivery)
        category = judge(case, exchange.reply)
        mismatches: tuple[Mismatch, ...] = ()
        if category is None:
            mismatches = kept.ledger.mismatches(kept.name, self._client.look(kept.name))
            if not mismatches:
                return False
            category = "applies-twice"
        self._much_later(kept, category, "copies", about, exchange, mismatches)
        return True

    def _others(self) -> str:
        return f"{self._client.deliveries:,} other deliveries"

    def _much_later(
        self,
        kept: _Kept,
        category: Category,
        topic: str,
        about: str,
        last: Exchange,
        mismatches: tuple[Mismatch, ...],
    ) -> None:
        case = _case_of("much-later", topic, about, last.delivery)
        steps = (
            *kept.log,
            self._others(),
            *([str(Step(last.delivery))] if topic == "copies" else ()),
        )
        answer = None if mismatches else last.reply
        self._fail(Failure(category, case, (last,), kept.name, mismatches, steps, answer))

    # -- one scenario

    def _explained(self, scenario: Scenario, at: int) -> None:
        """Tell a receiver that applies nothing from one that measures it by another integration.

        The same is played again with instants that are newer than all before.
        """
        wrong = self._evidence.failures[at:]
        if not wrong or wrong[-1].case.group != "timeline":
            return
        self._controls += 1
        sender = Sender(
            secret=self._maker.secret,
            salt=(self._run, scenario.id, "later"),
            sample=self._maker.payloads.of_another_organisation(),
            begin=EPOCH + _YEARS * self._controls,
        )
        ledger = Ledger()
        for step in scenario.play(sender):
            if not self._client.bring(f"timeline:{scenario.id}", step.delivery).is_accepted:
                return
            ledger.apply(step.delivery.payload)
        (name,) = ledger.integrations
        seen = self._client.settled(name, partial(_is_right, ledger, name))
        if seen is None or all(_differs_but_in_events(r, seen) for r in ledger.of(name)):
            return
        failure = wrong[-1]
        self._evidence.failures[-1] = replace(
            failure,
            category="mixes-up-integrations",
            case=replace(failure.case, topic="integrations"),
        )

    def _lives(self, scenario: Scenario) -> Sender:
        # Instants of its own, since some receivers tell events apart by them.
        offset = seed_for(self._run, scenario.id) % 1_000_000 * SECOND
        return Sender(
            secret=self._maker.secret,
            salt=(self._run, scenario.id),
            sample=self._maker.payloads.fresh(),
            begin=EPOCH + offset,
        )

    def _played(self, scenario: Scenario) -> bool:
        ledger = Ledger()
        exchanges: list[Exchange] = []
        log: list[str] = []
        for number, step in enumerate(scenario.play(self._lives(scenario))):
            leads_up = number < scenario.since
            log.append(str(step))
            before = {name: ledger.of(name) for name in ledger.integrations}
            sent = _deliveries_of(step)
            replies = self._client.bring_together(f"timeline:{scenario.id}", sent)
            pairs = zip(sent, replies, strict=True)
            exchanges.extend(Exchange(made, reply, number + 1) for made, reply in pairs)
            owed: Expectation = _OWED.get(type(step), "accept")
            case = _case_of(scenario.id, scenario.topic, scenario.about, step.delivery, owed)
            if any(reply.is_rate_limited for reply in replies):
                self._unjudged.setdefault(_BUSY, []).append(scenario.id)
                self._outcomes.append(Outcome(case, exchanges[-1].reply, None, judged=False))
                return True  # The others can be judged all the same.
            verdicts = [judge(case, reply) for reply in replies]
            if isinstance(step, Forged):
                if any(verdicts):
                    # What has to be refused is judged elsewhere; here it spoils the scenario.
                    self._unjudged.setdefault(_ALONE, []).append(scenario.id)
                    return True
            elif any(verdicts):
                at = next(index for index, wrong in enumerate(verdicts) if wrong)
                wrong, reply = verdicts[at], replies[at]
                assert wrong is not None
                self._hung += wrong == "hangs"
                if leads_up or isinstance(step, Foreign) or self._is_alone_wrong(step, wrong):
                    # It isn't the history: this delivery fails by itself.
                    self._unjudged.setdefault(_ALONE, []).append(scenario.id)
                    return False
                self._fail(Failure(wrong, case, tuple(exchanges), steps=tuple(log), answer=reply))
                self._survived(wrong)
                return False
            else:
                for delivery in sent:
                    ledger.apply(delivery.payload)
            amiss = self._amiss(ledger, before, scenario, step)
            if amiss is not None:
                if not leads_up:
                    amiss = self._cleared_up(amiss, step, exchanges)
                    case = replace(case, topic=amiss.topic)
                    self._fail(
                        Failure(
                            amiss.category,
                            case,
                            tuple(exchanges),
                            amiss.name,
                            amiss.mismatches,
                            tuple(log),
                        )
                    )
                    if amiss.topic == "order" and self._only_counts(ledger, amiss.name):
                        self._counts_late = True
                        return True  # The others can be judged all the same.
                else:
                    self._unjudged.setdefault(_ALONE, []).append(scenario.id)
                return False
        if scenario.id in _KEPT:
            name = ledger.integrations[0]
            newest = [e for e in exchanges if _integration(e.delivery) == name][-1]
            self._kept.append(_Kept(name, ledger, newest, tuple(log)))
        self._outcomes.append(Outcome(case, exchanges[-1].reply, None))
        return True

    def _is_right(self, ledger: Ledger, name: str, seen: Mapping[str, Any] | None) -> bool:
        if _is_right(ledger, name, seen):
            return True
        counts = (
            self._counts_late
            and seen is not None
            and seen.get("events") == ledger.count_events(name)
        )
        return counts and _is_right_but_events(ledger, name, seen)

    def _only_counts(self, ledger: Ledger, name: str) -> bool:
        """Whether nothing is wrong but that late events are counted as applied."""
        seen = self._client.look(name)
        counts = seen is not None and seen.get("events") == ledger.count_events(name)
        return counts and _is_right_but_events(ledger, name, seen)

    def _is_alone_wrong(self, step: Step, wrong: Category) -> bool:
        payload = step.delivery.payload
        style = step.delivery.style or "compact"
        alone = self._maker.valid.make(
            "alone",
            "combination",
            "a payload of a history, alone",
            self._alone(payload),
            style=style,
        )
        if self._attempt(alone) != wrong or self._attempt(self._plain()) == wrong:
            return False
        if not self._evidence.explains(wrong, "", ""):
            small = Small(self._maker, self._attempt).case(payload, wrong, _unexplained, "alone")
            self._record(alone if style != "compact" or small is None else small)
        return True

    def _alone(self, payload: Any) -> Any:
        """A payload with new ids, which have the same unusual letters."""
        fresh = self._maker.payloads.fresh(payload)
        for of, given in ((fresh, payload), (fresh["data"], payload["data"])):
            for name in {"id", "integration_id"} & of.keys():
                of[name] += "".join(letter for letter in given[name] if not letter.isascii())
        return fresh

    def _plain(self) -> Case:
        about = "a plain delivery afterwards"
        return self._maker.valid.make(
            "after:history", "afterwards", about, self._maker.payloads.fresh()
        )

    def _survived(self, wrong: Category) -> None:
        """Make sure that a plain delivery is taken after one that may have broken something.

        Raises:
            Stopped: if it isn't: nothing that came then could be judged.
        """
        if wrong not in ("crashes", "hangs"):
            return
        after = self._attempt(self._plain())
        if after is not None:
            failure = self._evidence.failures[-1]
            self._evidence.failures[-1] = replace(failure, breaks_others=True)
            raise Stopped(
                f"after {failure.case.about} good deliveries fail, so that no other could be judged"
            )

    def _amiss(
        self, ledger: Ledger, before: Mapping[str, Any], scenario: Scenario, step: Step
    ) -> _Wrong | None:
        """What is wrong with what the receiver knows after a step."""
        for name in ledger.integrations:
            right = partial(self._is_right, ledger, name)
            if scenario.id == "updates-at-once":
                # Which of them come first is open, and so is how many are too old by then.
                right = partial(_is_right_but_events, ledger, name)
            seen = self._client.settled(name, right)
            if right(seen):
                continue
            mismatches = ledger.mismatches(name, seen)
            fields = {mismatch.field for mismatch in mismatches}
            known = before.get(name, ())
            as_before = seen is not None and any(not record.mismatches(seen) for record in known)
            category, topic = scenario.category, scenario.topic
            other = name != _integration(step.delivery)
            if isinstance(step, Forged):
                category = "rejected-but-applied"
            elif other and not isinstance(step, Burst) and topic not in _OF_TWINS:
                category, topic = "mixes-up-integrations", "integrations"
                if seen is None:
                    category, topic = "loses-events", "forgotten"
            elif scenario.id in _TELLING:
                if seen is None:
                    category = "acknowledged-not-applied"
                elif as_before:
                    category = "loses-events"
                elif fields != {EVENTS}:
                    category = "corrupts-state"
                elif scenario.id == "first":
                    category, topic = "mixes-up-integrations", "integrations"
            elif topic == "timestamps" and as_before:
                category = "loses-events"
            elif topic == "ties" and fields & {*STATUS_FIELDS}:
                category = "corrupts-state"
            return _Wrong(name, category, topic, mismatches)
        return None

    def _cleared_up(self, wrong: _Wrong, step: Step, exchanges: Sequence[Exchange]) -> _Wrong:
        """The same, unless the integration alone fails in the same way: then nothing is mixed up.

        The control has ids of its own, and instants that are newer than all before.
        """
        if wrong.topic != "integrations" or wrong.name != _integration(step.delivery):
            return wrong
        self._controls += 1
        later = _YEARS * (1 + self._controls)
        ledger = Ledger()
        named = self._maker.payloads.fresh(step.delivery.payload)["data"]["integration_id"]
        for exchange in exchanges:
            if _integration(exchange.delivery) != wrong.name:
                continue
            payload = self._maker.payloads.fresh(exchange.delivery.payload)
            data = payload["data"]
            data["integration_id"] = named
            at = int(parse_instant(data["updated_at"])) + later
            data["updated_at"] = NOTATIONS[USUAL_NOTATION](at)
            known = ledger.of(named)
            delivery = Delivery.of(payload, self._maker.secret)
            if not self._client.bring("timeline:control", delivery).is_accepted:
                return wrong
            ledger.apply(payload)
            seen = self._client.settled(named, partial(_is_right, ledger, named))
            if ledger.mismatches(named, seen):
                lost = seen is None or any(not record.mismatches(seen) for record in known)
                category: Category = "loses-events" if lost else "corrupts-state"
                return _Wrong(wrong.name, category, "statuses", wrong.mismatches)
        return wrong

    def _fail(self, failure: Failure) -> None:
        self._evidence.add(failure)
        reply = failure.exchanges[-1].reply
        self._outcomes.append(Outcome(failure.case, reply, failure.category))


def _unexplained(category: Category, topic: str, pointer: str) -> bool:
    return False


def _deliveries_of(step: Step) -> list[Delivery]:
    others = step.others if isinstance(step, Burst) else ()
    return [*[step.delivery] * step.copies, *others]


def _integration(delivery: Delivery) -> str:
    return str(delivery.payload["data"]["integration_id"])


def _differs_but_in_events(record: Record, seen: Mapping[str, Any]) -> bool:
    """Whether a receiver says anything else than is owed, but for how many events it counts."""
    return any(mismatch.field != EVENTS for mismatch in record.mismatches(seen))


def _is_right_but_events(ledger: Ledger, name: str, seen: Mapping[str, Any] | None) -> bool:
    return seen is not None and not all(
        _differs_but_in_events(record, seen) for record in ledger.of(name)
    )


def _is_right(ledger: Ledger, name: str, seen: Mapping[str, Any] | None) -> bool:
    return not ledger.mismatches(name, seen)


_OWED: dict[type[Step], Expectation] = {Forged: "reject", Foreign: "either"}


def _case_of(
    name: str, topic: str, about: str, delivery: Delivery, owed: Expectation = "accept"
) -> Case:
    return Case(
        id=f"timeline:{name}",
        group="timeline",
        topic=topic,
        about=about,
        delivery=delivery,
        expectation=owed,
        why="an event counts once, the newest instant wins, no integration touches another",
        likelihood="hostile" if topic in ("forged", "case of events") else "realistic",
        event=DEFAULT_EVENT,
    )
