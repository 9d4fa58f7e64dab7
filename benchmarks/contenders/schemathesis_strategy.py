"""The bodies of Schemathesis, which reads ``nullable`` as a keyword of OpenAPI 3.0."""

from __future__ import annotations

import sys
from operator import attrgetter

import schemathesis
from measuring import draw_examples, load_schema, report_rate
from schemathesis import GenerationMode

mode = GenerationMode(sys.argv.pop(1))
body = {k: v for k, v in load_schema().items() if k not in ("$id", "$schema")}
document = {
    "openapi": "3.0.3",
    "info": {"title": "A receiver", "version": "1"},
    "paths": {
        "/webhooks/kombo": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": body}},
                },
                "responses": {"204": {"description": "accepted"}},
            }
        }
    },
}
operation = schemathesis.openapi.from_dict(document)["/webhooks/kombo"]["POST"]
strategy = operation.as_strategy(generation_mode=mode)
report_rate(draw_examples(strategy, attrgetter("body")), "schemathesis", "hypothesis")
