"""polyfactory over the model of Kombo's own SDK."""

from __future__ import annotations

import json

from kombo.models import IntegrationStateChangedWebhookPayload
from measuring import called, report
from polyfactory.factories.pydantic_factory import ModelFactory


class Payload(ModelFactory[IntegrationStateChangedWebhookPayload]):
    __model__ = IntegrationStateChangedWebhookPayload


report(
    called(lambda: json.loads(Payload.build().model_dump_json())),
    "polyfactory",
    "kombo",
    "pydantic",
)
