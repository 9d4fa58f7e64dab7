"""What the three receivers share: strict JSON, instants, and a store that applies an event once."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal

MAX_BODY = 5 * 1024 * 1024
"""The most bytes that are read of a body, which anybody can send. Kombo's have a few hundred."""

OtherEvent = Literal[
    "ai-apply-application-status-updated", "ai-apply-job-posting-status-updated",
    "assessment:order-received", "connection-flow-failed", "data-changed",
    "inline-assessment:order-received", "integration-created", "integration-deleted",
    "issue-status-changed", "sync-finished",
]  # fmt: skip
"""The other events that Kombo may send to the same URL. They are stored, but change nothing."""


# -- JSON

_MAX_DEPTH = 50


def strict_json(body: bytes) -> Any:
    """Parse a body more strictly than ``json.loads``.

    Raises:
        ValueError: if it is not JSON, or if parsers could read different values.
    """
    try:
        # Decoded here, because json.loads also accepts bytes in UTF-16 and UTF-32.
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check(value, _MAX_DEPTH)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    # Parsers disagree which of two values counts, so a proxy may have checked the other one.
    if len(found) != len(pairs):
        raise ValueError("an object has a name twice")
    return found


def _check(value: Any, levels: int) -> None:
    if isinstance(value, str):
        value.encode(
            "utf-8"
        )  # raises for half of a surrogate pair ("\ud800"), which cannot be stored
    elif isinstance(value, float):
        if not math.isfinite(value):  # NaN and Infinity, which json.loads accepts, and 1e999
            raise ValueError("a number out of range")
    elif isinstance(value, (dict, list)):
        # This limit is below the interpreter's. Code that writes or prints the value may run deeper
        # in the stack than the parser, and would fail where the parser did not.
        if not levels:
            raise ValueError("nested too deeply")
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            _check(item, levels - 1)


# -- instants

# [0-9], because \d matches the digits of every script.
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]"
    r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)


def instant(timestamp: str) -> str:
    """Return the moment of an RFC 3339 date-time, as a string that sorts by time.

    ``datetime`` cannot do that: it has six digits of a fraction, no leap second, and overflows at
    ``0001-01-01T00:00:00+14:00``, which is before year 1 in UTC.

    Raises:
        ValueError: if the timestamp is not exactly of that form.
    """
    match = _DATE_TIME.fullmatch(timestamp)  # $ would ignore a line feed at the end
    if match is None:
        raise ValueError("is not a date-time of RFC 3339")
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups("0")
    ahead = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    days = date(int(year), int(month), int(day)).toordinal()  # from 1, so never negative below
    utc = (days * 24 + int(hour)) * 60 + int(minute) - ahead
    # Offsets are whole minutes, so the seconds stay as they are: 05.120 is 05.12.
    if second == "60" and utc % (24 * 60) != 24 * 60 - 1:
        raise ValueError("is not a date-time of RFC 3339: leap seconds are at 23:59:60 UTC")
    return f"{utc:010}:{second}.{fraction.rstrip('0')}"


# -- the store

# SQLite compares strings byte by byte: personio:a and personio:A are two integrations.
_TABLES = """
    CREATE TABLE IF NOT EXISTS events (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS integrations (
        id TEXT PRIMARY KEY, state TEXT NOT NULL, qa_status TEXT NOT NULL,
        setup_status TEXT NOT NULL, updated_at TEXT NOT NULL, instant TEXT NOT NULL,
        events INTEGER NOT NULL
    );
"""

_APPLY = """
    INSERT INTO integrations (id, state, qa_status, setup_status, updated_at, instant, events)
    VALUES (:integration_id, :state, :qa_status, :setup_status, :updated_at, :instant, 1)
    ON CONFLICT (id) DO UPDATE SET
        state = excluded.state, qa_status = excluded.qa_status,
        setup_status = excluded.setup_status, updated_at = excluded.updated_at,
        instant = excluded.instant, events = events + 1
    WHERE excluded.instant > instant
"""


class Inbox:
    """The received events and the newest state of each integration, in an SQLite file."""

    def __init__(self, database: str | Path) -> None:
        self._database = database
        with self._connection() as db:
            # Readers do not wait for the writer. `synchronous` stays FULL, its default: Kombo does
            # not send an event again after a 2xx, so the event has to be on the disk by then.
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLES)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # One per request, because a connection belongs to a thread. If the database is locked, it
        # waits up to the timeout. isolation_level=None: transactions begin only at BEGIN.
        db = sqlite3.connect(self._database, timeout=30, isolation_level=None)
        with closing(db):
            yield db

    def apply(self, event: Mapping[str, Any]) -> bool:
        """Store a valid event and apply it. Return False if the event is known.

        Both are one transaction. Duplicates that arrive at the same moment are applied once. If
        anything fails, the event stays unknown, so its redelivery is applied.
        """
        row = (event["id"], event["type"], json.dumps(event))
        # `with db` commits, or rolls back if there is an exception.
        with self._connection() as db, db:
            db.execute("BEGIN IMMEDIATE")
            new = db.execute("INSERT INTO events VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
            if not new.rowcount:
                return False
            if event["type"] == "integration-state-changed":
                data = event["data"]
                names = ("integration_id", "state", "qa_status", "setup_status", "updated_at")
                values = {name: data[name] for name in names}
                db.execute(_APPLY, {**values, "instant": instant(data["updated_at"])})
            return True

    def integration(self, integration_id: str) -> dict[str, Any] | None:
        """Return what the newest event says about an integration, or None."""
        names = ("state", "qa_status", "setup_status", "updated_at", "events")
        query = f"SELECT {', '.join(names)} FROM integrations WHERE id = ?"
        with self._connection() as db:
            row = db.execute(query, (integration_id,)).fetchone()
        return None if row is None else dict(zip(names, row, strict=True))
