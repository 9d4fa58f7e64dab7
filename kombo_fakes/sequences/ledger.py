"""The reference receiver: what a correct receiver knows after the deliveries that it received.

An event counts once, by its id, for any number and order of copies. Of two events of
an integration, the one with the newer instant wins. No integration affects another. If two events
have the same instant, either may win, so that there can be more than one right state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kombo_fakes.core.instants import parse_instant
from kombo_fakes.core.public import public
from kombo_fakes.sequences.mismatches import ABSENT, WHOLE, Mismatch
from kombo_fakes.webhooks.registry import default_lifecycle

STATUS_FIELDS = default_lifecycle().fields
"""The fields in which a receiver shows the status of an integration."""

EVENTS = "events"
"""The field in which a receiver may show how many events it has applied."""


@public
@dataclass(frozen=True, slots=True)
class Record:
    """What a receiver knows of an integration.

    Attributes:
        status: The values of ``state``, ``qa_status`` and ``setup_status``.
        updated_at: The timestamp of the newest event, as it was sent.
        events: How many events were applied: those that were newer than the state so far.
    """

    status: tuple[str, ...]
    updated_at: str
    events: int

    def mismatches(self, observed: Mapping[str, Any]) -> tuple[Mismatch, ...]:
        """Compare the record with what a receiver shows.

        Timestamps are compared as instants, so that a receiver may write them in its own way. The
        number of events is compared only if the receiver shows one.

        Returns:
            The fields that differ; an empty tuple if the receiver is right.
        """
        found = []
        for name, value in zip(STATUS_FIELDS, self.status, strict=True):
            if name not in observed or observed[name] != value:
                found.append(Mismatch(name, value, observed.get(name, ABSENT)))
        if not _same_instant(observed.get("updated_at"), self.updated_at):
            seen = observed.get("updated_at", ABSENT)
            found.append(Mismatch("updated_at", self.updated_at, seen))
        if observed.get(EVENTS) is not None and observed[EVENTS] != self.events:
            found.append(Mismatch(EVENTS, self.events, observed[EVENTS]))
        return tuple(found)


def _same_instant(observed: Any, expected: str) -> bool:
    if observed == expected:
        return True
    try:
        return isinstance(observed, str) and parse_instant(observed) == parse_instant(expected)
    except ValueError:
        return False


@public
class Ledger:
    """The reference receiver: it knows after each event what a correct receiver knows.

    Only the default event changes the state of an integration.

    Examples:
        >>> from kombo_fakes import generate
        >>> payload = next(generate()).payload
        >>> ledger = Ledger()
        >>> ledger.apply(payload)
        >>> ledger.apply(payload)  # A copy: it changes nothing.
        >>> [record.events for record in ledger.of(payload["data"]["integration_id"])]
        [1]
    """

    def __init__(self) -> None:
        self._lifecycle = default_lifecycle()
        self._seen: set[str] = set()
        self._records: dict[str, frozenset[Record]] = {}
        self._counts: dict[str, int] = {}

    @property
    def integrations(self) -> tuple[str, ...]:
        """The ids of the known integrations, in the order of their first event."""
        return tuple(self._records)

    @property
    def events(self) -> int:
        """How many distinct events were applied or ignored."""
        return len(self._seen)

    def apply(self, payload: Mapping[str, Any]) -> None:
        """Apply an event, unless it is a copy or too old. Other kinds of events change nothing."""
        if payload["id"] in self._seen:
            return
        self._seen.add(payload["id"])
        if payload.get("type") != self._lifecycle.event:
            return
        name, status = self._lifecycle.subject_of(payload), self._lifecycle.status_of(payload)
        updated_at = self._lifecycle.instant_of(payload)
        moment = parse_instant(updated_at)
        # Some receivers count late events as well. This number tells that bug from others.
        self._counts[name] = self._counts.get(name, 0) + 1
        if name not in self._records:
            self._records[name] = frozenset({Record(status, updated_at, 1)})
            return
        after: set[Record] = set()
        for known in self._records[name]:
            at = parse_instant(known.updated_at)
            # Both hold for a tie: nothing says which of two events of one instant is newer.
            if moment <= at:
                after.add(known)
            if moment >= at:
                after.add(Record(status, updated_at, known.events + 1))
        self._records[name] = frozenset(after)

    def of(self, integration_id: str) -> tuple[Record, ...]:
        """Return the right records of an integration: usually one; none before its first event."""
        return tuple(
            # The order of a set differs from process to process, and that of messages should not.
            sorted(self._records.get(integration_id, ()), key=lambda r: (r.events, r.status))
        )

    def count_events(self, integration_id: str) -> int:
        """Return how many distinct events of an integration were received, even too old ones."""
        return self._counts.get(integration_id, 0)

    def mismatches(self, integration_id: str, observed: Any) -> tuple[Mismatch, ...]:
        """Compare what a receiver shows of an integration with what it should show.

        Args:
            integration_id: The integration.
            observed: What the receiver shows, a mapping; None if it does not know the integration.

        Returns:
            The fields that differ; an empty tuple if the receiver is right. If more than one state
            would be right, the differences from the nearest of them.

        Examples:
            >>> ledger = Ledger()
            >>> ledger.mismatches("personio:x", None)
            ()
            >>> ledger.mismatches("personio:x", {"state": "ACTIVE"})
            (Mismatch(field='', expected=ABSENT, received={'state': 'ACTIVE'}),)
        """
        records = self.of(integration_id)
        if not records:
            return () if observed is None else (Mismatch(WHOLE, ABSENT, observed),)
        if observed is None:
            return (Mismatch(WHOLE, records[0], ABSENT),)
        if not isinstance(observed, Mapping):
            return (Mismatch(WHOLE, records[0], observed),)
        return min((record.mismatches(observed) for record in records), key=len)
