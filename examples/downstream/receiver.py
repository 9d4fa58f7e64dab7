"""Receives Kombo's webhook ``integration-state-changed`` and stores the newest states.

A WSGI application that needs the standard library only:

    python receiver.py integrations.sqlite 8000
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from calendar import monthrange
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date
from typing import Any
from wsgiref.simple_server import make_server

LARGEST_BODY = 1_000_000

Check = Callable[[Any, str], Any]


class RejectedError(Exception):
    """A delivery is wrong. The message may be sent to the sender."""


# -- reading and checking a body


def read_event(body: bytes) -> dict[str, Any]:
    """Read the event in a body, and check it against Kombo's schema.

    Raises:
        RejectedError: if the body is invalid; the message says what is wrong and where.
    """
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RejectedError("the body is not JSON in UTF-8") from None
    event: dict[str, Any] = _event(value, "the payload")
    return event


def _object(**fields: Check) -> Check:
    def check(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise RejectedError(f"{where}: not an object")
        prefix = "" if where == "the payload" else f"{where}."
        for name in fields:
            if name not in value:
                raise RejectedError(f"{where}: {prefix}{name} is missing")
        for name in value:
            if name not in fields:
                raise RejectedError(f"{where}: {name[:50]!r} is unknown")
        return {name: fields[name](value[name], f"{prefix}{name}") for name in fields}

    return check


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise RejectedError(f"{where}: not a string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise RejectedError(f"{where}: half of a surrogate pair") from None
    return value


def _one_of(*allowed: str) -> Check:
    def check(value: Any, where: str) -> str:
        if _text(value, where) not in allowed:
            raise RejectedError(f"{where}: {value[:50]!r} is not one of {', '.join(allowed)}")
        return str(value)

    return check


def _or_null(check: Check) -> Check:
    return lambda value, where: None if value is None else check(value, where)


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def _email(value: Any, where: str) -> str:
    if not _EMAIL.fullmatch(_text(value, where)):
        raise RejectedError(f"{where}: {value[:50]!r} is not an e-mail address")
    return str(value)


_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


def _timestamp(value: Any, where: str) -> str:
    try:
        instant(_text(value, where))
    except ValueError:
        raise RejectedError(f"{where}: {value[:50]!r} is not a timestamp of RFC 3339") from None
    return str(value)


def instant(timestamp: str) -> tuple[int, str]:
    """Return the moment of a timestamp, so that moments of any offsets can be compared.

    It is the second in UTC and the digits of its fraction. ``datetime`` has six digits at most,
    and cannot hold 0001-01-01T00:00:00+14:00 in UTC.
    """
    match = _TIMESTAMP.fullmatch(timestamp)
    if match is None:
        raise ValueError("not of this form")
    fraction, sign = match[7] or "", match[8]
    year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
    offset_hour, offset_minute = int(match[9] or 0), int(match[10] or 0)
    if not (1 <= month <= 12 and year >= 1 and 1 <= day <= monthrange(year, month)[1]):
        raise ValueError("no such day")
    if hour > 23 or minute > 59 or second > 59 or offset_hour > 23 or offset_minute > 59:
        raise ValueError("no such time")
    offset = (offset_hour * 60 + offset_minute) * (-60 if sign == "-" else 60)
    days = date(year, month, day).toordinal()
    return (days * 24 + hour) * 3600 + minute * 60 + second - offset, fraction.rstrip("0")


_event = _object(
    id=_text,
    type=_one_of("integration-state-changed"),
    data=_object(
        integration_tool=_text,
        integration_id=_text,
        integration_category=_one_of("HRIS", "ATS", "ASSESSMENT", "LMS"),
        end_user=_object(
            organization_name=_text,
            creator_email=_or_null(_email),
            origin_id=_or_null(_text),
        ),
        qa_status=_one_of("PENDING", "FAILED", "PASSED"),
        setup_status=_one_of("INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"),
        state=_one_of("ACTIVE", "INVALID", "INACTIVE"),
        updated_at=_timestamp,
    ),
)


# -- storing it


class Store:
    """The newest state of each integration, in a SQLite file."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path)
        self._db.executescript(
            """
            CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS integration (id TEXT PRIMARY KEY, data TEXT NOT NULL);
            """
        )

    def apply(self, event: dict[str, Any]) -> bool:
        """Store the state of an event, unless it is known or older. Return True if it is stored."""
        data = event["data"]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            new = self._db.execute("INSERT OR IGNORE INTO event VALUES (?)", (event["id"],))
            if new.rowcount == 0:
                return False
            kept = self.get(data["integration_id"])
            if kept and instant(kept["updated_at"]) >= instant(data["updated_at"]):
                return False
            row = (data["integration_id"], json.dumps(data))
            self._db.execute("INSERT OR REPLACE INTO integration VALUES (?, ?)", row)
            return True

    def get(self, integration_id: str) -> dict[str, Any] | None:
        """Return the newest data of an integration, or None."""
        query = "SELECT data FROM integration WHERE id = ?"
        row = self._db.execute(query, (integration_id,)).fetchone()
        return None if row is None else json.loads(row[0])

    def close(self) -> None:
        """Close the file."""
        self._db.close()


# -- the web


class Receiver:
    """The WSGI application. It accepts a POST of a delivery at any path."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            status, answer = "405 Method Not Allowed", {"error": "deliveries are POSTed"}
        else:
            status, answer = self._receive(environ)
        headers = [("Content-Type", "application/json"), ("Allow", "POST")]
        start_response(status, headers)
        return [json.dumps(answer).encode()]

    def _receive(self, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return "413 Content Too Large", {"error": f"at most {LARGEST_BODY:,} bytes"}
        try:
            event = read_event(environ["wsgi.input"].read(int(length)))
        except RejectedError as error:
            return "400 Bad Request", {"error": str(error)}
        return "200 OK", {"applied": self.store.apply(event)}


if __name__ == "__main__":
    with closing(Store(sys.argv[1])) as opened:
        make_server("127.0.0.1", int(sys.argv[2]), Receiver(opened)).serve_forever()
