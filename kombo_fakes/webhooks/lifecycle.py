"""How an event shows the state of something over time, for sequences of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Facts, Group
from kombo_fakes.webhooks.names import Names
from kombo_fakes.webhooks.shipped import event_document


@dataclass(frozen=True)
class Status:
    """One status, and which ones may follow.

    Attributes:
        values: The values of the status fields, in the order of `Lifecycle.fields`.
        share: How often it occurs in realistic payloads, relative to the others.
        then: The names of the statuses that may follow. Sequences do not use a status without
            successors.
    """

    values: tuple[str, ...]
    share: int
    then: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    """How the payloads of one event show the state of a subject, such as an integration.

    Attributes:
        event: The name of the event.
        subject: The field of ``data`` with the id of the subject. The id begins with the kind.
        kind: The field of ``data`` with the kind of subject.
        instant: The field of ``data`` with the instant at which the state changed.
        fields: The fields of ``data`` that make up the status.
        begins: The names of the statuses that a subject can begin with, the usual one first.
        statuses: All statuses, by name. A new order changes the bytes of every seed.
    """

    event: str
    subject: str
    kind: str
    instant: str
    fields: tuple[str, ...]
    begins: tuple[str, ...]
    statuses: Mapping[str, Status]

    # -- which status follows which

    @property
    def first(self) -> tuple[str, ...]:
        """The status that a subject usually begins with."""
        return self.statuses[self.begins[0]].values

    @cached_property
    def passed(self) -> tuple[tuple[str, ...], ...]:
        """The statuses that sequences use. Those that a subject can begin with come first."""
        others = [name for name in self.statuses if name not in self.begins]
        names = [name for name in (*self.begins, *others) if self.statuses[name].then]
        return tuple(self.statuses[name].values for name in names)

    def following(self, status: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Return the statuses that may follow one. An unknown one is followed by the first."""
        for known in self.statuses.values():
            if known.values == status and known.then:
                return tuple(self.statuses[name].values for name in known.then)
        return (self.first,)

    def combine(self, *numbers: int) -> tuple[str, ...]:
        """Return a status of values that the schema allows, even if they never occur together.

        Args:
            numbers: The number of the value of each status field, in the order of the schema.
        """
        fields = event_document(self.event)["properties"]["data"]["properties"]
        options = [fields[name]["enum"] for name in self.fields]
        return tuple(values[number] for values, number in zip(options, numbers, strict=True))

    # -- facts of realistic payloads

    def group(self) -> Group:
        """Return the group of facts that draws the status; facts and fields have the same names."""
        return Group("status", {self._draw: self.fields})

    def _draw(self, choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
        # One draw in any case, so that a pinned status does not change the facts that are drawn
        # later.
        number = choices.integer(0, 9_999)
        fitting: Sequence[tuple[str, ...]] = self._in_shares
        if not pins.keys().isdisjoint(self.fields):
            wanted = [pins.get(name) for name in self.fields]
            fitting = [
                values
                for values in self._in_shares
                if all(w is None or w == value for w, value in zip(wanted, values, strict=True))
            ]
        pool = fitting or self._in_shares
        facts.update(zip(self.fields, pool[number % len(pool)], strict=True))

    @cached_property
    def _in_shares(self) -> tuple[tuple[str, ...], ...]:
        return tuple(s.values for s in self.statuses.values() for _ in range(s.share))

    # -- reading and writing payloads

    def subject_of(self, payload: Any) -> str:
        """Return the id of the subject that a payload is about."""
        return str(payload["data"][self.subject])

    def token_of(self, payload: Any) -> str:
        """Return the id of the subject without its kind."""
        return self.subject_of(payload).partition(":")[2]

    def rename(self, payload: Any, token: str) -> None:
        """Change a payload, so that it is about another subject of the same kind."""
        payload["data"][self.subject] = f"{payload['data'][self.kind]}:{token}"

    def status_of(self, payload: Any) -> tuple[str, ...]:
        """Return the status that a payload shows."""
        return tuple(payload["data"][name] for name in self.fields)

    def instant_of(self, payload: Any) -> str:
        """Return the instant of a payload, as it is written."""
        return str(payload["data"][self.instant])

    def set_status(self, payload: Any, status: tuple[str, ...], instant: str) -> None:
        """Change a payload, so that it shows a status and an instant."""
        payload["data"] |= dict(zip(self.fields, status, strict=True))
        payload["data"][self.instant] = instant
