"""The plot of a story: which events happen to an integration, and what their payloads show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Facts, Place
from kombo_fakes.webhooks.registry import default_lifecycle

_EPOCH = datetime(2023, 1, 1, tzinfo=timezone.utc)

_CREATED = "integration-created"
_DELETED = "integration-deleted"
_SYNCED = "sync-finished"
_DATA = "data-changed"
_ISSUE = "issue-status-changed"


class MakePayload(Protocol):
    """Makes a realistic payload of an event."""

    def __call__(self, event: str, known: Facts, needs: Place | None = None) -> Any:
        """Make a payload.

        Args:
            event: The name of the event.
            known: Facts that are fixed.
            needs: A field that the payload must have, and that must not be null.
        """


def follow_plot(choices: Choices, make: MakePayload) -> Iterator[Any]:
    """Make the payloads of one integration's life, in the order in which things happen.

    Args:
        choices: Draws what happens.
        make: Makes a payload.
    """
    plot = _Plot(choices, make)
    yield plot.create()
    if choices.chance(0.7):
        yield plot.change_to("connecting")
    yield plot.change_to("syncing")
    plot.wait(120)
    yield plot.sync(sync_state="SUCCEEDED")
    plot.wait(5)
    yield plot.happen(_DATA)
    if choices.chance(0.15):
        yield plot.change_to("failing")
    yield plot.change_to("working")
    for _ in range(choices.integer(0, 3)):
        plot.wait(60 * 24)
        yield plot.sync()
        plot.wait(5)
        yield plot.happen(_DATA)
    if choices.chance(0.5):
        yield from plot.suffer_outage()
    if choices.chance(0.6):
        yield plot.change_to("switched off")
    if choices.chance(0.5):
        plot.wait(60 * 24 * 30)
        yield plot.happen(_DELETED)


class _Plot:
    """One integration of one customer, and the time that has passed."""

    def __init__(self, choices: Choices, make: MakePayload) -> None:
        self._choices, self._make = choices, make
        self._moment = _EPOCH + timedelta(minutes=choices.integer(0, 60 * 24 * 700))
        self._known: Facts = {}

    def create(self) -> Any:
        """Create the integration, whose facts all later events show."""
        created = self.happen(_CREATED)
        data = created["data"]
        self._known = {
            "integration_id": data["id"],
            "tool": data["tool"],
            "category": data["category"],
            "organization": data["end_user"]["organization_name"],
            "creator_email": data["end_user"]["creator_email"],
            "origin_id": data["end_user"]["origin_id"],
        }
        return created

    def wait(self, minutes: int) -> None:
        """Let some time pass: at least a minute, and at most this number of minutes."""
        choices = self._choices
        self._moment += timedelta(
            minutes=choices.integer(1, minutes), milliseconds=choices.integer(1, 999)
        )

    def happen(self, event: str, facts: Facts | None = None, needs: Place | None = None) -> Any:
        """Make an event happen now."""
        return self._make(event, {**self._known, "moment": self._moment, **(facts or {})}, needs)

    def change_to(self, name: str) -> Any:
        """Change the integration to a status, named as in the file of the event."""
        lifecycle = default_lifecycle()
        self.wait(60 * 24)
        status = zip(lifecycle.fields, lifecycle.statuses[name].values, strict=True)
        return self.happen(lifecycle.event, dict(status))

    def sync(self, **facts: Any) -> Any:
        """Finish a sync."""
        return self.happen(_SYNCED, {"sync_seconds": self._choices.integer(1, 3_000), **facts})

    def suffer_outage(self) -> Iterator[Any]:
        """Let the credentials expire, which raises an issue; renew them, which resolves it."""
        issue = self._choices.token(24)
        yield self.change_to("expired")
        yield self._issue(issue, "raised")
        yield self.change_to("working")
        yield self._issue(issue, "resolved")

    def _issue(self, issue: str, change: str) -> Any:
        # An issue can also be about the whole environment; this one is about the integration.
        facts = {"issue_id": issue, "issue_change": change}
        return self.happen(_ISSUE, facts, needs=("data", "integration"))
