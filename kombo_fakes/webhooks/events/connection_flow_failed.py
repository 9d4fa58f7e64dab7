"""The event ``connection-flow-failed``: a customer could not connect an integration."""

from __future__ import annotations

from kombo_fakes.webhooks.model import Event

EVENT = Event(name="connection-flow-failed")
