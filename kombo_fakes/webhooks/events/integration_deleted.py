"""The event ``integration-deleted``: an integration is gone."""

from __future__ import annotations

from kombo_fakes.webhooks.model import Event

EVENT = Event(
    name="integration-deleted",
    fields={
        "data.id": "integration_id",
        "data.tool": "tool",
        "data.category": "category",
        "data.deleted_at": "instant",
    },
)
