"""The event ``inline-assessment:order-received``: an order from within an ATS."""

from __future__ import annotations

from dataclasses import replace

from kombo_fakes.webhooks.events.assessment_order_received import EVENT as ORDER_RECEIVED

# Its payload has the same shape.
EVENT = replace(ORDER_RECEIVED, name="inline-assessment:order-received", usual={"category": "ATS"})
