"""Schemathesis, whose OpenAPI 3.0 knows ``nullable``: the bodies of its cases."""

from __future__ import annotations

import sys
from operator import attrgetter

import schemathesis
from measuring import drawn, published, report
from schemathesis import GenerationMode

mode = GenerationMode(sys.argv.pop(1))
body = {k: v for k, v in published().items() if k not in ("$id", "$schema")}
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
                "responses": {"204": {"description": "taken"}},
            }
        }
    },
}
operation = schemathesis.openapi.from_dict(document)["/webhooks/kombo"]["POST"]
strategy = operation.as_strategy(generation_mode=mode)
report(drawn(strategy, attrgetter("body")), "schemathesis", "hypothesis")
