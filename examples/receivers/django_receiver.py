"""Receive Kombo's webhooks with Django; its validators say what an event is.

KOMBO_WEBHOOK_SECRET=... DATABASE=inbox.sqlite3 PORT=8000 python django_receiver.py
"""

from __future__ import annotations

import base64
import hmac
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import django
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.handlers.wsgi import WSGIHandler
from django.core.validators import EmailValidator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from inbox import MAX_BODY, Inbox, OtherEvent, instant, strict_json
from waitress import serve

# -- what an event is. No Form, which is made for what people type: its CharField takes 1 for
#    "1", strips blanks, and refuses the NUL that JSON allows.

Validator = Callable[[Any], None]


def text(value: Any) -> None:
    if not isinstance(value, str):
        raise ValidationError("is not a string")


def any_object(value: Any) -> None:
    if not isinstance(value, dict):
        raise ValidationError("is not an object")


def one_of(*choices: str) -> Validator:
    def validate(value: Any) -> None:
        if value not in choices:
            raise ValidationError("is none of " + ", ".join(choices))

    return validate


def email(value: Any) -> None:
    text(value)
    if not value.isascii():
        raise ValidationError("is not in ASCII")  # `idn-email` would be the format that allows it
    EmailValidator("is not an e-mail address")(value)


def date_time(value: Any) -> None:
    """Not parse_datetime, which takes a blank for the T and no offset at all."""
    text(value)
    try:
        instant(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def nullable(validator: Validator) -> Validator:
    return lambda value: None if value is None else validator(value)


def closed(**properties: Validator) -> Validator:
    """An object that has all of these properties, and no others."""

    def validate(value: Any) -> None:
        if not isinstance(value, dict) or value.keys() != properties.keys():
            raise ValidationError(f"is not an object of {', '.join(properties)}")
        for name, validator in properties.items():
            try:
                validator(value[name])
            except ValidationError as error:
                raise ValidationError(f"{name}: {error.message}") from None

    return validate


STATE = closed(
    integration_tool=text,
    integration_id=text,
    integration_category=one_of("HRIS", "ATS", "ASSESSMENT", "LMS"),
    end_user=closed(
        organization_name=text, creator_email=nullable(email), origin_id=nullable(text)
    ),
    qa_status=one_of("PENDING", "FAILED", "PASSED"),
    setup_status=one_of("INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"),
    state=one_of("ACTIVE", "INVALID", "INACTIVE"),
    updated_at=date_time,
)
ENVELOPE = closed(
    id=text,
    type=one_of("integration-state-changed", *get_args(OtherEvent)),
    # Nothing here depends on the data of other events, so that only their envelope is checked.
    data=any_object,
)


# -- the application


class Receiver(WSGIHandler):
    """Django's WSGI application with URLs of its own instead of the settings'."""

    def __init__(self, *urls: URLPattern) -> None:
        super().__init__()
        self.urls = urls

    def get_response(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = self.urls  # documented: goes before ROOT_URLCONF
        return super().get_response(request)


def create_app(secret: str, database: str | Path) -> Receiver:
    """The receiver, a WSGI application."""
    if not secret:  # anybody can sign with an empty key
        raise ValueError("no secret: set KOMBO_WEBHOOK_SECRET to that of the webhook")
    if not settings.configured:
        # Without LOGGING_CONFIG=None, Django keeps errors to itself unless DEBUG is on.
        settings.configure(
            DATA_UPLOAD_MAX_MEMORY_SIZE=MAX_BODY, LOGGING_CONFIG=None, ROOT_URLCONF=()
        )
        django.setup()
    key = secret.encode()
    inbox = Inbox(database)

    @csrf_exempt  # Kombo has no session of ours that somebody could ride
    @require_POST
    def receive(request: HttpRequest) -> HttpResponse:
        try:
            # The bytes as they came: JSON that is parsed and spelt again has another signature.
            body = request.body
        except RequestDataTooBig:  # which Django would answer with 400
            return HttpResponse(status=413)
        digest = hmac.digest(key, body, "sha256")
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
        given = request.headers.get("X-Kombo-Signature", "")
        # As bytes: compare_digest raises a TypeError for a str that is not ASCII. A server joins
        # several headers with commas, so that they are never equal.
        if not hmac.compare_digest(given.encode(), expected):
            return HttpResponse(status=401)
        try:
            event = strict_json(body)
            ENVELOPE(event)
            if event["type"] == "integration-state-changed":
                STATE(event["data"])
        except ValidationError as error:
            return JsonResponse({"error": error.message}, status=422)
        except ValueError as error:
            return JsonResponse({"error": str(error)}, status=400)
        inbox.apply(event)
        return HttpResponse(status=204)

    # For your own eyes: in production it belongs behind your authentication.
    @require_GET
    def integration(request: HttpRequest, integration_id: str) -> HttpResponse:
        found = inbox.integration(integration_id)
        return JsonResponse(found or {}, status=200 if found else 404)

    return Receiver(
        re_path(r"^webhooks/kombo$", receive),
        # Any id, also an empty one, slashes and line feeds, at which `<path:...>` stops.
        re_path(r"^integrations/(?P<integration_id>(?s:.*))$", integration),
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)  # waitress says where it serves
    serve(
        create_app(
            os.environ.get("KOMBO_WEBHOOK_SECRET", ""), os.environ.get("DATABASE", "inbox.sqlite3")
        ),
        host="127.0.0.1",
        port=int(os.environ.get("PORT", "8000")),
        max_request_body_size=MAX_BODY + 1,  # the first size that waitress refuses
    )
