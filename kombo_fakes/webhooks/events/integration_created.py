"""The event ``integration-created``: a customer connected an integration."""

from __future__ import annotations

from kombo_fakes.webhooks.model import Event

EVENT = Event(
    name="integration-created",
    fields={"data.id": "integration_id", "data.tool": "tool", "data.category": "category"},
)
