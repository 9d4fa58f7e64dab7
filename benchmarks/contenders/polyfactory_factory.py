"""polyfactory with the model of Kombo's own SDK."""

from __future__ import annotations

import json

from kombo.models import IntegrationStateChangedWebhookPayload
from measuring import call_each, report_rate
from polyfactory.factories.pydantic_factory import ModelFactory


class Payload(ModelFactory[IntegrationStateChangedWebhookPayload]):
    __model__ = IntegrationStateChangedWebhookPayload


report_rate(
    call_each(lambda: json.loads(Payload.build().model_dump_json())),
    "polyfactory",
    "kombo",
    "pydantic",
)
