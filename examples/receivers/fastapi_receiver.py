"""Receive Kombo's webhooks with FastAPI; pydantic says what an event is.

KOMBO_WEBHOOK_SECRET=... DATABASE=inbox.sqlite3 PORT=8000 python fastapi_receiver.py
"""

import base64
import hmac
import os
from pathlib import Path
from typing import Annotated, Any, Literal

import uvicorn
from email_validator import validate_email
from fastapi import Depends, FastAPI, HTTPException, Request
from inbox import MAX_BODY, Inbox, OtherEvent, instant, strict_json
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.convertors import Convertor, register_url_convertor

# -- what an event is


def email(text: str) -> str:
    """An address as it stands: pydantic's EmailStr takes "Jo <jo@example.com> " as one, too."""
    if not text.isascii():
        raise ValueError("is not in ASCII")  # `idn-email` would be the format that allows it
    validate_email(text, check_deliverability=False)
    return text


def date_time(text: str) -> str:
    """A timestamp as it stands: pydantic's datetime takes blanks, dates and epochs for one."""
    instant(text)
    return text


class Closed(BaseModel):
    """All fields are required, no others are allowed, and nothing is converted: 1 is not "1"."""

    model_config = ConfigDict(extra="forbid", strict=True)


class EndUser(Closed):
    organization_name: str
    creator_email: Annotated[str, AfterValidator(email)] | None  # may be null, not left out
    origin_id: str | None


class State(Closed):
    integration_tool: str
    integration_id: str
    integration_category: Literal["HRIS", "ATS", "ASSESSMENT", "LMS"]
    end_user: EndUser
    qa_status: Literal["PENDING", "FAILED", "PASSED"]
    setup_status: Literal["INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"]
    state: Literal["ACTIVE", "INVALID", "INACTIVE"]
    updated_at: Annotated[str, AfterValidator(date_time)]


class StateChanged(Closed):
    id: str
    type: Literal["integration-state-changed"]
    data: State


class Other(Closed):
    """Nothing here depends on the data of other events, so that only their envelope is checked."""

    id: str
    type: OtherEvent
    data: dict[str, Any]


EVENT: TypeAdapter[StateChanged | Other] = TypeAdapter(
    Annotated[StateChanged | Other, Field(discriminator="type")]
)


# -- the application


class AnyId(Convertor[str]):
    """Any id, an empty one and line feeds included, at which Starlette's `path` stops."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("id", AnyId())


def create_app(secret: str, database: str | Path) -> FastAPI:
    """The receiver, an ASGI application."""
    if not secret:  # anybody can sign with an empty key
        raise ValueError("no secret: set KOMBO_WEBHOOK_SECRET to that of the webhook")
    key = secret.encode()
    inbox = Inbox(database)
    app = FastAPI(openapi_url=None)

    async def signed_body(request: Request) -> bytes:
        """The bytes of the body, once they are known to be Kombo's."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise HTTPException(413)
        digest = hmac.digest(key, body, "sha256")
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
        given = request.headers.getlist("X-Kombo-Signature")
        # As bytes: compare_digest raises a TypeError for a str that is not ASCII.
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(), expected):
            raise HTTPException(401)
        return bytes(body)

    # With `event: StateChanged | Other` as its argument, FastAPI would parse and answer what
    # is not signed, and JSON that is written again has another signature. No `async`: SQLite
    # blocks, and FastAPI runs this in a thread.
    @app.post("/webhooks/kombo", status_code=204)
    def receive(body: Annotated[bytes, Depends(signed_body)]) -> None:
        try:
            event = EVENT.validate_python(strict_json(body))
        except ValidationError as error:
            # Without the input: that is personal data, in the logs of others.
            problems = error.errors(include_input=False, include_context=False, include_url=False)
            raise HTTPException(422, problems) from None
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        inbox.apply(event.model_dump())

    # For your own eyes: in production it belongs behind your authentication.
    @app.get("/integrations/{integration_id:id}")
    def integration(integration_id: str) -> dict[str, Any]:
        found = inbox.integration(integration_id)
        if found is None:
            raise HTTPException(404)
        return found

    return app


if __name__ == "__main__":
    uvicorn.run(
        create_app(
            os.environ.get("KOMBO_WEBHOOK_SECRET", ""), os.environ.get("DATABASE", "inbox.sqlite3")
        ),
        port=int(os.environ.get("PORT", "8000")),
    )
