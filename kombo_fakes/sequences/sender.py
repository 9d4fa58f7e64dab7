"""Integrations that live, and the deliveries of their events as a sender makes them.

`Sender` is one sender: it knows which events there were, and makes the next delivery, an ordinary
one or one of those that receivers get wrong. Who decides which comes next is another matter:
choices in `timeline`, Hypothesis's rules in `receiver_machine`.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.instants import NOTATIONS, SECOND, format_instant, parse_instant
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.signing import TEST_SECRET

Status = tuple[str, str, str]

# State, quality assurance, setup: what an integration goes through, and from where to where.
_BEGIN: Status = ("ACTIVE", "PENDING", "INCOMPLETE")
_NEXT: dict[Status, tuple[Status, ...]] = {
    _BEGIN: (
        ("ACTIVE", "PENDING", "FINAL_SYNC_PENDING"),
        ("INVALID", "PENDING", "INCOMPLETE"),
    ),
    ("ACTIVE", "PENDING", "FINAL_SYNC_PENDING"): (
        ("ACTIVE", "PASSED", "COMPLETED"),
        ("ACTIVE", "FAILED", "COMPLETED"),
    ),
    ("ACTIVE", "PASSED", "COMPLETED"): (
        ("INVALID", "PASSED", "COMPLETED"),
        ("ACTIVE", "FAILED", "COMPLETED"),
        ("INACTIVE", "PASSED", "COMPLETED"),
    ),
    ("ACTIVE", "FAILED", "COMPLETED"): (("ACTIVE", "PASSED", "COMPLETED"),),
    ("INVALID", "PASSED", "COMPLETED"): (
        ("ACTIVE", "PASSED", "COMPLETED"),
        ("INACTIVE", "PASSED", "COMPLETED"),
    ),
    ("INVALID", "PENDING", "INCOMPLETE"): (_BEGIN, ("INACTIVE", "PENDING", "INCOMPLETE")),
    ("INACTIVE", "PASSED", "COMPLETED"): (("ACTIVE", "PASSED", "COMPLETED"),),
    ("INACTIVE", "PENDING", "INCOMPLETE"): (_BEGIN,),
}
_STATUSES = tuple(_NEXT)
_FIELDS = ("state", "qa_status", "setup_status", "updated_at")

EPOCH = int(parse_instant("2024-02-28T21:30:00Z"))

GAPS: dict[str, int] = {
    "a second": SECOND,
    "half a second": SECOND // 2,
    "a quarter of a second": SECOND // 4,
    "a millisecond": SECOND // 1000,
    "a minute": 60 * SECOND,
    "three hours": 3 * 3600 * SECOND,
    "a day": 86_400 * SECOND,
}
"""How much later one event is than another, in nanoseconds; the first one is the usual one."""

USUAL_GAP, USUAL_NOTATION = next(iter(GAPS)), next(iter(NOTATIONS))


@dataclass(slots=True)
class _Integration:
    sample: dict[str, Any]
    newest: int
    status: Status | None = None


class Sender:
    """A sender of ``integration-state-changed``, and what it has sent.

    Args:
        secret: The webhook secret of the receiver.
        salt: Whatever makes the ids of this sender others than those of another one; the same
            salt, the same ids.
        style: How bodies are written where nothing else is asked for.
        sample: The payload whose names all integrations have; each its own if not given.
        begin: The instant of the first event, in nanoseconds as `instants` counts them.

    Examples:
        >>> sender = Sender()
        >>> first, second = sender.next("a"), sender.next("a", gap="a day")
        >>> first.payload["data"]["state"], second.payload["data"]["setup_status"]
        ('ACTIVE', 'FINAL_SYNC_PENDING')
        >>> sender.again(0).body == second.body
        True
    """

    def __init__(
        self,
        *,
        secret: str | bytes = TEST_SECRET,
        salt: object = "",
        style: str = "compact",
        sample: dict[str, Any] | None = None,
        begin: int = EPOCH,
    ) -> None:
        self.sent: list[Delivery] = []
        """The deliveries of distinct events, in the order in which they were first sent."""
        self.secret: str | bytes = secret
        self._salt, self._style = salt, style
        self._integrations: dict[str, _Integration] = {}
        self._sample, self._begin = sample, begin
        self._made = self._never_sent = 0

    def knows(self, name: str) -> bool:
        """Whether an integration has had an event."""
        return name in self._integrations

    def id_of(self, name: str) -> str:
        """The integration id that a name stands for."""
        found: str = self._of(name).sample["data"]["integration_id"]
        return found

    # -- deliveries

    def next(
        self,
        name: str = "a",
        choice: int = 0,
        gap: str = USUAL_GAP,
        notation: str = USUAL_NOTATION,
        style: str | None = None,
        *,
        status: Status | None = None,
        at: int | None = None,
        event_id: str | None = None,
    ) -> Delivery:
        """The next event of an integration: newer than all before, another status than the last.

        Args:
            name: Which integration; a name of its own for each.
            choice: Which of the ways to go on.
            gap: How much newer, one of `GAPS`.
            notation: How the timestamp is written, one of `instants.NOTATIONS`.
            style: How the body is written.
            status: State, quality assurance and setup, in place of one of the usual ways.
            at: The instant, in place of a gap.
            event_id: The id of the event, in place of one of its own.
        """
        life = self._of(name)
        if at is None:
            at = life.newest + (GAPS[gap] if life.status is not None else 0)
        text = NOTATIONS[notation](at)
        status = status or self._after(life, choice)
        return self._event(life, status, at, text, style, f"newer by {gap}", event_id)

    def sorts_wrong(self, name: str = "a", choice: int = 0) -> Delivery:
        """A newer event whose timestamp is a text that sorts before the newest one."""
        life = self._of(name)
        at = life.newest + GAPS[USUAL_GAP]
        text = format_instant(at, offset="-11:00")
        return self._event(
            life, self._after(life, choice), at, text, None, "newer, and sorts before"
        )

    def late(
        self,
        name: str = "a",
        choice: int = 0,
        gap: str = USUAL_GAP,
        notation: str = USUAL_NOTATION,
        *,
        status: Status | None = None,
    ) -> Delivery:
        """An event that comes late: it is older than the newest one, by a gap."""
        life = self._of(name)
        at = life.newest - GAPS[gap]
        text = NOTATIONS[notation](at)
        status = status or self._other(life, choice)
        return self._event(life, status, at, text, None, f"older by {gap}")

    def tie(self, name: str = "a", choice: int = 0, notation: str = USUAL_NOTATION) -> Delivery:
        """Another event with the very instant of the newest one."""
        life = self._of(name)
        text = NOTATIONS[notation](life.newest)
        status = self._other(life, choice)
        return self._event(life, status, life.newest, text, None, "the same instant")

    def never_sent(self, name: str = "a", choice: int = 0) -> dict[str, Any]:
        """The payload of a newer event of an integration that is never sent: for who forges one.

        No later delivery knows of it.
        """
        life = self._of(name)
        payload = copy.deepcopy(life.sample)
        seed = seed_for("never sent", self._salt, self._never_sent)
        self._never_sent += 1
        payload["id"] = SeededChoices(seed).token(24)
        status = self._other(life, choice)
        at = format_instant(life.newest + GAPS[USUAL_GAP])
        payload["data"] |= dict(zip(_FIELDS, (*status, at), strict=True))
        return payload

    def again(self, number: int, style: str | None = None) -> Delivery:
        """An event that was sent before, once more: the same id, and the same bytes.

        Args:
            number: Which one, counted from the last; taken modulo their number.
            style: Other bytes for the same payload: sent again later, written anew.
        """
        first = self.sent[-1 - number % len(self.sent)]
        if style is None:
            return first.noting("again")
        done = (*first.done, "again")
        return Delivery.of(first.payload, self.secret, style=style, done=done)

    def twin(self, name: str, of: str) -> None:
        """Let an integration have the id of another one, but for the case of its letters."""
        sample = copy.deepcopy(self._of(of).sample)
        tool, _, token = str(sample["data"]["integration_id"]).partition(":")
        sample["data"]["integration_id"] = f"{tool}:{token.swapcase()}"
        self._integrations[name] = _Integration(sample, self._begin)

    def sibling(self, name: str, of: str) -> None:
        """Let an integration be one of the same tool and the same organisation as another one."""
        sample = copy.deepcopy(self._of(of).sample)
        tool = str(sample["data"]["integration_id"]).partition(":")[0]
        token = SeededChoices(seed_for("sibling", self._salt, name)).token(24)
        sample["data"]["integration_id"] = f"{tool}:{token}"
        self._integrations[name] = _Integration(sample, self._begin)

    def sample_of(self, name: str) -> dict[str, Any]:
        """A copy of the payload that all events of an integration have their names from."""
        return copy.deepcopy(self._of(name).sample)

    def introduce(self, name: str, sample: dict[str, Any], later: str = USUAL_GAP) -> None:
        """Let an integration have the names of a payload, its id included.

        Args:
            name: Which integration.
            sample: The payload.
            later: How much later than the first of others its first event is, one of `GAPS`.
        """
        self._integrations[name] = _Integration(sample, self._begin + GAPS[later])

    def twin_event(self, number: int, name: str = "a", choice: int = 0) -> Delivery:
        """The next event of an integration, its id that of another event but for the case."""
        twin = str(self.sent[-1 - number % len(self.sent)].event_id).swapcase()
        if any(delivery.event_id == twin for delivery in self.sent):
            return self.next(name, choice)
        life = self._of(name)
        at = life.newest + GAPS[USUAL_GAP]
        return self._event(
            life,
            self._after(life, choice),
            at,
            NOTATIONS[USUAL_NOTATION](at),
            None,
            "an id that differs in case only",
            event_id=twin,
        )

    # -- how

    def _of(self, name: str) -> _Integration:
        if name not in self._integrations:
            choices = SeededChoices(seed_for("life", self._salt, name))
            if self._sample is None:
                sample = generator_for(Schema.load(DEFAULT_EVENT)).generate(choices)
            else:
                sample = copy.deepcopy(self._sample)
                tool = sample["data"]["integration_tool"]
                sample["data"]["integration_id"] = f"{tool}:{choices.token(24)}"
            self._integrations[name] = _Integration(sample, self._begin)
        return self._integrations[name]

    def _after(self, life: _Integration, choice: int) -> Status:
        if life.status is None:
            return _BEGIN
        ways = _NEXT.get(life.status, (_BEGIN,))  # It may be one of the caller's own.
        return ways[choice % len(ways)]

    def _other(self, life: _Integration, choice: int) -> Status:
        others = [status for status in _STATUSES if status != life.status]
        return others[choice % len(others)]

    def _event(
        self,
        life: _Integration,
        status: Status,
        at: int,
        text: str,
        style: str | None,
        what: str,
        event_id: str | None = None,
    ) -> Delivery:
        payload = copy.deepcopy(life.sample)
        payload["id"] = event_id or SeededChoices(
            seed_for("life event", self._salt, self._made)
        ).token(24)
        self._made += 1
        payload["data"] |= dict(zip(_FIELDS, (*status, text), strict=True))
        if life.status is None:
            what = "the first"
        if at >= life.newest or life.status is None:
            life.newest, life.status = at, status
        delivery = Delivery.of(payload, self.secret, style=style or self._style, done=(what,))
        self.sent.append(delivery)
        return delivery
