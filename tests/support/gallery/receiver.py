"""A receiver without a bug, in small methods so that a bug replaces one of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from threading import Event, RLock
from typing import Any, ClassVar

from kombo_fakes import Schema

EVENT = "integration-state-changed"
STATUSES = ("state", "qa_status", "setup_status")
MAX_DEPTH = 64

Environ = dict[str, Any]
Record = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Rejection(Exception):  # noqa: N818
    """Ends a request with a status other than 2xx."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_DAYS_OF_400_YEARS = 146_097


def instant(timestamp: str) -> tuple[int, str]:
    """Return the seconds in UTC and the digits of their fraction, so that instants compare exactly.

    Raises:
        ValueError: if the timestamp is not a date-time of RFC 3339.
    """
    match = _INSTANT.fullmatch(timestamp)
    if match is None:
        raise ValueError("not a date-time")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError("not a time of day")
    # RFC 3339 has a year 0, and datetime does not.
    days = date(year or 400, month, day).toordinal() - (0 if year else _DAYS_OF_400_YEARS)
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    if sign is not None:
        offset = int(hours) * 3600 + int(minutes) * 60
        seconds += -offset if sign == "+" else offset
    return seconds, (fraction or "").rstrip("0")


def _parse_float(literal: str) -> float:
    value = float(literal)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def _parse_int(literal: str) -> int:
    if len(literal) > 400:
        raise ValueError("an integer out of range")
    return int(literal)


def _reject_constant(literal: str) -> float:
    raise ValueError(f"{literal} is not JSON")


def check_value(value: Any) -> None:
    """Raise ValueError for a value that is nested too deeply, or that UTF-8 cannot encode."""
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                item.encode()
            elif isinstance(item, dict):
                below += [*item, *item.values()]
            elif isinstance(item, list):
                below += item
        level = below
        if not level:
            return
    raise ValueError("nested too deeply")


class Store:
    """The database: the ids of the events so far, and the newest record of each integration."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.events: set[Any] = set()
        self.integrations: dict[Any, Record] = {}

    def get(self, integration: Any) -> Record | None:
        """Return the record of an integration."""
        return self.integrations.get(integration)

    def put(self, integration: Any, record: Record) -> None:
        """Replace the record of an integration."""
        self.integrations[integration] = record


class Receiver:
    """A WSGI application (PEP 3333).

    POST to any path is a delivery. GET /integrations/{id} shows the state of an integration.

    Args:
        secret: The webhook secret.
        policy: ``"strict"`` enforces the schema; ``"tolerant"`` wants only what it needs.
    """

    status_accepted: ClassVar[int] = 200
    status_signature: ClassVar[int] = 401
    status_json: ClassVar[int] = 400
    status_invalid: ClassVar[int] = 422
    make_store: ClassVar[Callable[[], Store]] = Store
    patience: ClassVar[float] = 60
    """Seconds for which a receiver hangs, unless it is closed before."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        self.secret, self.policy = secret, policy
        self.store = type(self).make_store()
        self.memory: dict[Any, Any] = {}  # For bugs that depend on what came before.
        self.released = Event()

    def close(self) -> None:
        """Release every request that hangs."""
        self.released.set()

    def hang(self) -> None:
        """Wait for longer than any sender does."""
        self.released.wait(self.patience)

    # -- HTTP

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self.respond(environ)
        headers = [("Content-Length", str(len(answer.body))), *answer.headers]
        if answer.status != 204:
            headers.append(("Content-Type", answer.content_type))
        start_response(f"{answer.status} {REASONS.get(answer.status, 'Other')}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def respond(self, environ: Environ) -> Answer:
        """Answer a request, also one that raises an exception."""
        try:
            return self.route(environ)
        except Rejection as rejection:
            return self.answer_rejection(rejection)
        except Exception as error:
            return self.answer_crash(error)

    def route(self, environ: Environ) -> Answer:
        """Choose the handler of a request."""
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            return self.receive(environ)
        if method in ("GET", "HEAD"):
            return self.get(environ)
        raise Rejection(405, "only POST and GET")

    def read_body(self, environ: Environ) -> bytes:
        """Read the whole body."""
        header = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(int(header) if header.isdecimal() else 0)
        assert isinstance(body, bytes)
        return body

    def get(self, environ: Environ) -> Answer:
        """Show the state of an integration."""
        path = str(environ.get("PATH_INFO", ""))
        prefix = "/integrations/"
        if not path.startswith(prefix):
            return self.get_other(environ)
        try:
            name = path[len(prefix) :].encode("latin-1").decode("utf-8")
        except UnicodeError:
            raise Rejection(404, "unknown integration") from None
        with self.store.lock:
            record = self.find(name)
            state = None if record is None else self.show(record)
        if state is None:
            raise Rejection(404, "unknown integration")
        return Answer(200, json.dumps(state).encode(), "application/json")

    def get_other(self, environ: Environ) -> Answer:
        """Answer GET of any other path."""
        raise Rejection(404, "nothing here")

    def find(self, integration_id: str) -> Record | None:
        """Return the record of an integration id."""
        return self.store.get(integration_id)

    def show(self, record: Record) -> Record:
        """Return what GET says of a record."""
        return {name: record[name] for name in (*STATUSES, "updated_at", "events")}

    def receive(self, environ: Environ) -> Answer:
        """Accept or reject a delivery."""
        body = self.read_body(environ)
        self.check_request(environ, body)
        if not self.is_signed(environ, body):
            raise Rejection(self.status_signature, "the signature is wrong")
        return self.process(self.parse_or_reject(body))

    def check_request(self, environ: Environ, body: bytes) -> None:
        """Reject a request for other reasons than its signature and payload."""

    def answer_success(self) -> Answer:
        """Answer a delivery that is accepted."""
        return Answer(self.status_accepted)

    def answer_rejection(self, rejection: Rejection) -> Answer:
        """Answer a request that is rejected."""
        return Answer(rejection.status, rejection.reason.encode())

    def answer_crash(self, error: Exception) -> Answer:
        """Answer after an exception that nothing else catches."""
        return Answer(500, b"Internal Server Error")

    # -- signature

    def key(self) -> bytes:
        """Return the key of the HMAC."""
        return self.secret.encode()

    def read_signature(self, environ: Environ) -> str | None:
        """Return the signature of a request."""
        return environ.get("HTTP_X_KOMBO_SIGNATURE")

    def digest(self, body: bytes) -> bytes:
        """Return the digest of a body."""
        return hmac.new(self.key(), body, hashlib.sha256).digest()

    def sign(self, body: bytes) -> str:
        """Return the signature of a body."""
        return encode_digest(self.digest(body))

    def compare(self, expected: str, received: str) -> bool:
        """Return whether two signatures are equal."""
        return hmac.compare_digest(expected.encode(), received.encode("latin-1", "replace"))

    def is_signed(self, environ: Environ, body: bytes) -> bool:
        """Return whether a request has the signature of its body."""
        received = self.read_signature(environ)
        return received is not None and self.compare(self.sign(body), received)

    # -- payload

    def parse_or_reject(self, body: bytes) -> Any:
        """Return the JSON value of a body."""
        try:
            return self.parse(body)
        except ValueError:
            raise Rejection(self.status_json, "the body is not acceptable JSON") from None

    def parse(self, body: bytes) -> Any:
        """Return the JSON value of a body, or raise ValueError for what is better rejected."""
        try:
            value = self.load_json(body)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        check_value(value)
        return value

    def load_json(self, body: bytes | str) -> Any:
        """Return the JSON value of a body, whatever is in it."""
        return json.loads(
            body if isinstance(body, str) else body.decode("utf-8"),
            parse_constant=_reject_constant,
            parse_float=_parse_float,
            parse_int=_parse_int,
        )

    def process(self, payload: Any) -> Answer:
        """Accept or reject a payload."""
        if not self.is_known_event(payload):
            return self.answer_other_event(payload)
        check = self.validate if self.policy == "strict" else self.validate_tolerantly
        problem = check(payload)
        if problem is not None:
            raise Rejection(self.status_invalid, problem)
        self.apply_once(payload)
        return self.answer_success()

    def is_known_event(self, payload: Any) -> bool:
        """Return whether a payload is of the event that is applied here."""
        return isinstance(payload, dict) and payload.get("type") == EVENT

    def answer_other_event(self, payload: Any) -> Answer:
        """Answer another event, or a value that is not an event."""
        if self.policy == "strict":
            raise Rejection(self.status_invalid, "not a payload of this event")
        if not isinstance(payload, dict) or not isinstance(payload.get("type"), str):
            raise Rejection(self.status_invalid, "not an event")
        return self.answer_success()

    def validate(self, payload: Any) -> str | None:
        """Return why the schema rejects a payload."""
        return None if Schema.load().is_valid(payload) else "not valid"

    def validate_tolerantly(self, payload: Any) -> str | None:
        """Return what a tolerant reader misses."""
        data = payload.get("data")
        if not isinstance(payload.get("id"), str) or not isinstance(data, dict):
            return "id or data is missing"
        for name in ("integration_id", "state", "qa_status", "updated_at"):
            if not isinstance(data.get(name), str):
                return f"{name} is missing"
        if not isinstance(data.get("setup_status", ""), str):
            return "setup_status is not a string"
        try:
            instant(data["updated_at"])
        except ValueError:
            return "updated_at is not a date-time"
        return None

    # -- events

    def event_key(self, payload: Any) -> Any:
        """Return what copies of an event have in common."""
        return payload["id"]

    def integration_key(self, data: Any) -> Any:
        """Return what the events of an integration have in common."""
        return data["integration_id"]

    def is_copy(self, payload: Any) -> bool:
        """Return whether an event came before."""
        return self.event_key(payload) in self.store.events

    def remember(self, payload: Any) -> None:
        """Remember that an event came."""
        self.store.events.add(self.event_key(payload))

    def apply_once(self, payload: Any) -> None:
        """Apply an event unless it is a copy, all in one transaction."""
        with self.store.lock:
            if not self.is_copy(payload):
                self.apply(payload)
                self.remember(payload)

    def apply(self, payload: Any) -> None:
        """Store an event, unless the record is as new."""
        data = payload["data"]
        key = self.integration_key(data)
        old = self.store.get(key)
        if old is None or self.is_newer(data["updated_at"], old["updated_at"]):
            self.store.put(key, self.make_record(data, old))

    def is_newer(self, new: str, old: str) -> bool:
        """Return whether one timestamp is later than another."""
        return instant(new) > instant(old)

    def make_record(self, data: Any, old: Record | None) -> Record:
        """Return what is stored of an event."""
        return {
            "state": data["state"],
            "qa_status": data["qa_status"],
            "setup_status": data.get("setup_status", old and old["setup_status"]),
            "updated_at": data["updated_at"],
            "events": (old["events"] if old else 0) + 1,
        }


def encode_digest(digest: bytes) -> str:
    """Return a digest as Kombo writes it."""
    return urlsafe_b64encode(digest).decode().rstrip("=")


REASONS = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 208: "Already Reported",
    301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type",
    422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error",
    501: "Not Implemented", 503: "Service Unavailable",
}  # fmt: skip
