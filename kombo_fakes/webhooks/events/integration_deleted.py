"""The event ``integration-deleted``: an integration is gone."""

from __future__ import annotations

from kombo_fakes.webhooks.facts import END_USER, ENVELOPE, INTEGRATION
from kombo_fakes.webhooks.model import Event

EVENT = Event(
    name="integration-deleted",
    groups=(ENVELOPE, INTEGRATION, END_USER),
    fields={
        "id": "event_id",
        "data.id": "integration_id",
        "data.tool": "tool",
        "data.category": "category",
        "data.deleted_at": "instant",
    },
)
