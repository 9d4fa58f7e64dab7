"""A sender that remembers the events that it has sent, and makes the next delivery.

The next delivery is an ordinary one, or one that many receivers handle wrongly. Other modules
decide which one it is: `timeline` by choices, and `receiver_machine` by the rules of Hypothesis.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, TypeAlias

from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.instants import NOTATIONS, SECOND, format_instant, parse_instant
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.registry import default_lifecycle
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.signing import TEST_SECRET

Status: TypeAlias = tuple[str, ...]
"""The values of the status fields, in the order in which the event's lifecycle has them."""

EPOCH = int(parse_instant("2024-02-28T21:30:00Z"))
"""The instant of a sender's first event, shortly before the 29th of February."""

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
    """An integration of the sender.

    Attributes:
        sample: The payload from which all its events have their names.
        newest: The instant of its newest event, in nanoseconds.
        status: The status of its newest event; None before the first one.
    """

    sample: dict[str, Any]
    newest: int
    status: Status | None = None


class Sender:
    """Sends the default event for some integrations, and remembers what it has sent.

    Args:
        secret: The webhook secret of the receiver.
        salt: Any object. Senders with the same string of it have the same ids.
        style: The style of bodies for which no other one is given.
        sample: The payload from which all integrations have their names. By default, each
            integration has a realistic payload of its own.
        begin: The instant of the first event, in nanoseconds as `parse_instant` counts them.

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
        self._lifecycle = default_lifecycle()
        self._salt, self._style = salt, style
        self._integrations: dict[str, _Integration] = {}
        self._sample, self._begin = sample, begin
        self._made = self._never_sent = 0

    def knows(self, name: str) -> bool:
        """Return whether an integration with this name exists."""
        return name in self._integrations

    def id_of(self, name: str) -> str:
        """Return the id of an integration."""
        return self._lifecycle.subject_of(self._integration(name).sample)

    def sample_of(self, name: str) -> dict[str, Any]:
        """Return a copy of the payload from which all events of an integration have their names."""
        return copy.deepcopy(self._integration(name).sample)

    # -- integrations

    def twin(self, name: str, of: str) -> None:
        """Add an integration whose id differs from that of another one in case only."""
        sample = self.sample_of(of)
        self._lifecycle.rename(sample, self._lifecycle.token_of(sample).swapcase())
        self._integrations[name] = _Integration(sample, self._begin)

    def sibling(self, name: str, of: str) -> None:
        """Add an integration of the same tool and the same organisation as another one."""
        sample = self.sample_of(of)
        choices = SeededChoices(seed_for("sibling", self._salt, name))
        self._lifecycle.rename(sample, choices.token(24))
        self._integrations[name] = _Integration(sample, self._begin)

    def introduce(self, name: str, sample: dict[str, Any], later: str = USUAL_GAP) -> None:
        """Add an integration with the id and the names of a payload.

        Args:
            name: The name of the integration.
            sample: The payload.
            later: How much later its first event is than that of others, one of `GAPS`.
        """
        self._integrations[name] = _Integration(sample, self._begin + GAPS[later])

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
        """Send the next event of an integration: newer than all others, with another status.

        Args:
            name: The name of the integration; each name is an integration of its own.
            choice: Which of the statuses that may follow.
            gap: How much newer the event is, one of `GAPS`.
            notation: How the timestamp is written, one of `NOTATIONS`.
            style: The style of the body.
            status: The status, instead of one that may follow.
            at: The instant in nanoseconds, instead of a gap.
            event_id: The id of the event, instead of a new one.
        """
        integration = self._integration(name)
        if at is None:
            at = integration.newest + (GAPS[gap] if integration.status is not None else 0)
        text = NOTATIONS[notation](at)
        status = status or self._following(integration, choice)
        return self._send(integration, status, at, text, style, f"{gap} newer", event_id)

    def sorts_wrong(self, name: str = "a", choice: int = 0) -> Delivery:
        """Send a newer event whose timestamp, as a string, sorts before the newest one."""
        integration = self._integration(name)
        at = integration.newest + GAPS[USUAL_GAP]
        # Eleven hours behind UTC, the digits are smaller, though the instant is newer.
        text = format_instant(at, offset="-11:00")
        status = self._following(integration, choice)
        return self._send(integration, status, at, text, None, "newer, and sorts before")

    def late(
        self,
        name: str = "a",
        choice: int = 0,
        gap: str = USUAL_GAP,
        notation: str = USUAL_NOTATION,
        *,
        status: Status | None = None,
    ) -> Delivery:
        """Send an event late: it is older than the newest one, by a gap."""
        integration = self._integration(name)
        at = integration.newest - GAPS[gap]
        text = NOTATIONS[notation](at)
        status = status or self._other(integration, choice)
        return self._send(integration, status, at, text, None, f"{gap} older")

    def tie(self, name: str = "a", choice: int = 0, notation: str = USUAL_NOTATION) -> Delivery:
        """Send another event with exactly the instant of the newest one."""
        integration = self._integration(name)
        text = NOTATIONS[notation](integration.newest)
        status = self._other(integration, choice)
        return self._send(integration, status, integration.newest, text, None, "the same instant")

    def again(self, number: int, style: str | None = None) -> Delivery:
        """Send an event again: the same id, and the same bytes.

        Args:
            number: Which event, counted back from the last one. After the first event, the count
                begins again with the last one.
            style: Another style, which makes other bytes of the same payload.
        """
        first = self.sent[-1 - number % len(self.sent)]
        if style is None:
            return first.noting("sent again")
        done = (*first.done, "sent again")
        return Delivery.of(first.payload, self.secret, style=style, done=done)

    def twin_event(self, number: int, name: str = "a", choice: int = 0) -> Delivery:
        """Send the next event of an integration, with an id that differs from another in case."""
        twin = str(self.sent[-1 - number % len(self.sent)].event_id).swapcase()
        # The twin of a twin has the first id again, and would be a copy with other contents.
        if any(delivery.event_id == twin for delivery in self.sent):
            return self.next(name, choice)
        integration = self._integration(name)
        at = integration.newest + GAPS[USUAL_GAP]
        text = NOTATIONS[USUAL_NOTATION](at)
        status = self._following(integration, choice)
        about = "an id that differs in case only"
        return self._send(integration, status, at, text, None, about, event_id=twin)

    def never_sent(self, name: str = "a", choice: int = 0) -> dict[str, Any]:
        """Make the payload of a newer event for a forged delivery, and do not remember it."""
        integration = self._integration(name)
        payload = copy.deepcopy(integration.sample)
        # It has a count of its own, so that leaving out a forgery changes no genuine id.
        seed = seed_for("never sent", self._salt, self._never_sent)
        self._never_sent += 1
        payload["id"] = SeededChoices(seed).token(24)
        at = format_instant(integration.newest + GAPS[USUAL_GAP])
        self._lifecycle.set_status(payload, self._other(integration, choice), at)
        return payload

    # -- how

    def _integration(self, name: str) -> _Integration:
        if name not in self._integrations:
            choices = SeededChoices(seed_for("life", self._salt, name))
            if self._sample is None:
                sample = generator_for(Schema.load(self._lifecycle.event)).generate(choices)
            else:
                sample = copy.deepcopy(self._sample)
                self._lifecycle.rename(sample, choices.token(24))
            self._integrations[name] = _Integration(sample, self._begin)
        return self._integrations[name]

    def _following(self, integration: _Integration, choice: int) -> Status:
        if integration.status is None:
            return self._lifecycle.first
        following = self._lifecycle.following(integration.status)
        return following[choice % len(following)]

    def _other(self, integration: _Integration, choice: int) -> Status:
        others = [status for status in self._lifecycle.passed if status != integration.status]
        return others[choice % len(others)]

    def _send(
        self,
        integration: _Integration,
        status: Status,
        at: int,
        text: str,
        style: str | None,
        about: str,
        event_id: str | None = None,
    ) -> Delivery:
        # All events of an integration are made from the sample, which must stay as it is.
        payload = copy.deepcopy(integration.sample)
        seed = seed_for("life event", self._salt, self._made)
        payload["id"] = event_id or SeededChoices(seed).token(24)
        self._made += 1
        self._lifecycle.set_status(payload, status, text)
        if integration.status is None:
            about = "the first event"
        # A late event does not change which one is the newest, and which statuses may follow that
        # one.
        if at >= integration.newest or integration.status is None:
            integration.newest, integration.status = at, status
        delivery = Delivery.of(payload, self.secret, style=style or self._style, done=(about,))
        self.sent.append(delivery)
        return delivery
