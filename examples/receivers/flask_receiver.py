"""Receive Kombo's webhooks with Flask; a JSON Schema says what an event is.

KOMBO_WEBHOOK_SECRET=... DATABASE=inbox.sqlite3 PORT=8000 python flask_receiver.py
"""

from __future__ import annotations

import base64
import hmac
import logging
import os
from pathlib import Path
from typing import Any, get_args

from email_validator import validate_email
from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
from inbox import MAX_BODY, Inbox, OtherEvent, instant, strict_json
from jsonschema import Draft202012Validator, FormatChecker
from waitress import serve
from werkzeug.routing import BaseConverter

# -- what an event is


def _closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


_TEXT = {"type": "string"}
# Kombo's schema says `nullable: true`. That is a keyword of OpenAPI 3.0, and JSON Schema
# validators ignore it: with the published document they reject nulls that Kombo sends.
_TEXT_OR_NULL = {"type": ["string", "null"]}

_STATE = _closed(
    integration_tool=_TEXT,
    integration_id=_TEXT,
    integration_category=_one_of("HRIS", "ATS", "ASSESSMENT", "LMS"),
    end_user=_closed(
        organization_name=_TEXT,
        creator_email={**_TEXT_OR_NULL, "format": "email"},
        origin_id=_TEXT_OR_NULL,
    ),
    qa_status=_one_of("PENDING", "FAILED", "PASSED"),
    setup_status=_one_of("INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"),
    state=_one_of("ACTIVE", "INVALID", "INACTIVE"),
    updated_at={**_TEXT, "format": "date-time"},
)
_EVENT = {
    **_closed(
        id=_TEXT,
        type=_one_of("integration-state-changed", *get_args(OtherEvent)),
        data={"type": "object"},
    ),
    # This receiver does not use the data of other events, so it checks only their envelope.
    "if": {"properties": {"type": {"const": "integration-state-changed"}}},
    "then": {"properties": {"data": _STATE}},
}

# A format is only an annotation by default, and jsonschema's own checks are too weak: they accept
# "@" as an e-mail address, and without another package every string as a date-time.
_formats = FormatChecker(formats=())


@_formats.checks("email", raises=ValueError)
def _email(value: object) -> bool:
    if isinstance(value, str):
        validate_email(value, check_deliverability=False)
        return value.isascii()  # `idn-email` would be the format that allows more
    return True


@_formats.checks("date-time", raises=ValueError)
def _date_time(value: object) -> bool:
    return not isinstance(value, str) or bool(instant(value))


_validator = Draft202012Validator(_EVENT, format_checker=_formats)


# -- the application


class AnyId(BaseConverter):
    """Any id, even with slashes or line feeds or empty. Werkzeug's `path` does not match those."""

    regex = "(?s:.*)"
    part_isolating = False


def create_app(secret: str, database: str | Path) -> Flask:
    """Return the receiver, a WSGI application."""
    if not secret:  # anybody can sign with an empty key
        raise ValueError("no secret: set KOMBO_WEBHOOK_SECRET to that of the webhook")
    key = secret.encode()
    inbox = Inbox(database)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY  # get_data() answers 413
    app.url_map.converters["id"] = AnyId
    app.url_map.merge_slashes = False  # a//b is not a/b

    @app.post("/webhooks/kombo")
    def receive() -> ResponseReturnValue:
        # The bytes as received: JSON that is parsed and written again has another signature.
        # get_json() would parse the body before its signature is checked, and require a type.
        body = request.get_data()
        digest = hmac.digest(key, body, "sha256")
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
        given = request.headers.get("X-Kombo-Signature", "")
        # As bytes, because compare_digest raises a TypeError for a str that is not ASCII. A server
        # joins several headers with commas, so they never equal the signature.
        if not hmac.compare_digest(given.encode(), expected):
            abort(401)
        try:
            event = strict_json(body)
        except ValueError as error:
            return {"error": str(error)}, 400
        for problem in _validator.iter_errors(event):
            # The message has the value, personal data that would get into the sender's logs.
            return {"error": f"{problem.json_path}: {problem.validator}"}, 422
        inbox.apply(event)
        return "", 204

    # Put this behind your authentication in production.
    @app.get("/integrations/<id:integration_id>")
    def integration(integration_id: str) -> dict[str, Any]:
        found = inbox.integration(integration_id)
        if found is None:
            abort(404)
        return found

    return app


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)  # waitress says where it serves
    serve(
        create_app(
            os.environ.get("KOMBO_WEBHOOK_SECRET", ""), os.environ.get("DATABASE", "inbox.sqlite3")
        ),
        host="127.0.0.1",
        port=int(os.environ.get("PORT", "8000")),
        max_request_body_size=MAX_BODY + 1,  # the first size that waitress rejects
    )
