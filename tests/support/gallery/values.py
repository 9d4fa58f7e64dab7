"""Bugs in what is done with the values of a payload."""

from __future__ import annotations

import html
import re
import struct
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from kombo_fakes import events

from .planted import (
    CORRUPTS,
    CRASHES,
    DROPS,
    HANGS,
    REJECTS,
    Method,
    bug,
    crash,
    crash_if,
    drop_if,
    reject,
    reject_if,
    use,
)
from .receiver import EVENT, Answer, Receiver, Record, instant

KNOWN = {
    "state": {"ACTIVE", "INVALID", "INACTIVE"},
    "qa_status": {"PENDING", "FAILED", "PASSED"},
    "setup_status": {"INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"},
}
PROPERTIES = {"id", "type", "data"}
PROPERTIES_OF_DATA = {
    "integration_tool", "integration_id", "integration_category", "end_user", "qa_status",
    "setup_status", "state", "updated_at",
}  # fmt: skip
PROPERTIES_OF_USERS = {"organization_name", "creator_email", "origin_id"}

DAY = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d"
OFFSET = r"([Zz]|[+-]\d\d:\d\d)"
EPOCH = instant("1970-01-01T00:00:00Z")[0]


def _name(data: Any) -> str:
    return str(data["end_user"]["organization_name"])


def _email(data: Any) -> Any:
    return data["end_user"]["creator_email"]


def unless_email(pattern: str) -> Method:
    """Reject an address that does not match a pattern."""
    return reject_if(lambda data: _email(data) and not re.fullmatch(pattern, _email(data)))


def unless_time(pattern: str) -> Callable[[Any], bool]:
    """Return the condition that `updated_at` does not match a pattern."""
    return lambda data: re.fullmatch(pattern, data["updated_at"]) is None


def has(field: str, value: str) -> Callable[[Any], bool]:
    """Return the condition that a field has a value."""
    return lambda data: data.get(field) == value


def is_new(field: str) -> Callable[[Any], bool]:
    """Return the condition that a field has a value that is not in today's schema."""
    return lambda data: field in data and data[field] not in KNOWN[field]


def _seconds(data: Any) -> int:
    return instant(data["updated_at"])[0] - EPOCH


def _add(data: Any, **by: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=_seconds(data)) + timedelta(**by)


def _user(data: Any) -> dict[str, Any]:
    user = data.get("end_user")
    return user if isinstance(user, dict) else {}


# -- replacements of other methods


def store(change: Callable[[Record, Record], object]) -> Method:
    """Change the new record, given the old one or else an empty one."""

    def make_record(self: Receiver, good: Method, data: Any, old: Record | None) -> Record:
        record = good(data, old)
        change(record, old or {})
        return record

    return make_record


def show_time(write: Callable[[Record], object]) -> Method:
    """Show another `updated_at`."""
    return lambda self, good, record: {**good(record), "updated_at": write(record)}


def on_other_event(action: Callable[[Receiver, str], object]) -> Method:
    """Call `action` with the receiver and the name of an event that is not applied."""

    def answer_other_event(self: Receiver, good: Method, payload: Any) -> Answer:
        name = payload.get("type") if isinstance(payload, dict) else None
        if isinstance(name, str):
            action(self, name)
        return good(payload)

    return answer_other_event


def _is_alike(payload: Any) -> bool:
    data = payload.get("data") if isinstance(payload, dict) else None
    return isinstance(data, dict) and "state" in data and "qa_status" in data


# fmt: off
VALUES = (
    # -- null, empty, long
    bug("rejects-null-email", REJECTS, "null",
        apply_once=reject_if(lambda data: _email(data) is None)),
    bug("crashes-on-null-email", CRASHES, "null",
        apply_once=use(lambda data: _email(data).lower())),
    bug("rejects-null-origin", REJECTS, "null",  # A generator of models that ignores `nullable`.
        apply_once=reject_if(lambda data: data["end_user"]["origin_id"] is None)),
    bug("crashes-on-null-origin", CRASHES, "null", policy="tolerant",  # `origin_id.strip()`
        apply_once=crash_if(lambda data: _user(data).get("origin_id", "") is None)),
    bug("drops-null-email", DROPS, "null",
        apply_once=drop_if(lambda data: _email(data) is None)),
    bug("rejects-empty-names", REJECTS, "empty",
        apply_once=reject_if(lambda data: not _name(data))),
    bug("rejects-empty-event-ids", REJECTS, "empty",
        apply_once=lambda self, good, payload: good(payload) if payload["id"] else reject()),
    bug("drops-empty-integration-ids", DROPS, "empty",
        unseen="an empty id can't be asked for in a URL",
        apply_once=drop_if(lambda data: not data["integration_id"])),
    bug("crashes-on-empty-tools", CRASHES, "empty",
        apply_once=use(lambda data: data["integration_tool"][0].upper())),
    bug("rejects-long-names", REJECTS, "300|long|255",  # varchar(255), checked before.
        apply_once=reject_if(lambda data: len(_name(data)) > 255)),
    bug("crashes-on-long-names", CRASHES, "300|long|255",  # varchar(255), checked by the database.
        apply_once=crash_if(lambda data: len(_name(data)) > 255)),
    bug("cuts-long-ids", DROPS, "300|long|255",  # varchar(255) in MySQL, not in its strict mode.
        integration_key=lambda self, good, data: good(data)[:255]),

    # -- characters
    bug("crashes-on-apostrophes", CRASHES, "quote|apostrophe",  # SQL by concatenation.
        apply_once=crash_if(lambda data: "'" in str(_email(data)))),
    bug("crashes-on-percent", CRASHES, "quote|template|%s|percent",  # A message formatted twice.
        apply_once=use(lambda data: f"an event of {_name(data)}" % ())),
    bug("crashes-on-line-feeds", CRASHES, "line feed|line|tab",  # An id in a response header.
        apply_once=crash_if(lambda data: "\n" in data["integration_id"])),
    bug("crashes-on-foreign-characters", CRASHES,
        "emoji|combining|right-to-left|unicode|characters|letters",
        apply_once=use(lambda data: _name(data).encode("cp1252"))),
    bug("normalises-ids", DROPS, "emoji|combining|unicode|normali",  # And searches them unchanged.
        integration_key=lambda self, good, data: unicodedata.normalize("NFC", good(data))),
    bug("strips-ids", DROPS, "trailing space|strip|around",  # And searches them unchanged.
        integration_key=lambda self, good, data: good(data).strip()),
    bug("escapes-ids", DROPS, "quote|template|&|html|escap",  # And searches them unchanged.
        integration_key=lambda self, good, data: html.escape(good(data))),
    bug("crashes-on-ids-without-colon", CRASHES, "integration_id",  # `tool, token = id.split(":")`
        apply_once=crash_if(lambda data: data["integration_id"].count(":") != 1)),
    bug("wants-ids-of-letters-and-digits", REJECTS, "id",
        apply_once=lambda self, good, payload: (
            good(payload) if re.fullmatch("[A-Za-z0-9]+", payload["id"]) else reject())),
    bug("wants-tools-in-lower-case", REJECTS, "integration_tool|tool",
        apply_once=reject_if(
            lambda data: not re.fullmatch("[a-z0-9_-]{1,60}", data["integration_tool"]))),
    bug("rejects-plus-in-emails", REJECTS, "plus|e-?mail",
        apply_once=unless_email(r"[A-Za-z0-9_.'-]+@[A-Za-z0-9.-]+")),
    bug("rejects-capitals-in-emails", REJECTS, "capital|e-?mail",
        apply_once=unless_email(r"[a-z0-9_.'+-]+@[a-z0-9.-]+")),
    bug("rejects-apostrophes-in-emails", REJECTS, "apostrophe|e-?mail",
        apply_once=unless_email(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+")),
    bug("rejects-long-emails", REJECTS, "64|long|local|e-?mail",
        apply_once=unless_email(r"[^@]{1,50}@[^@]+")),
    bug("knows-short-domains-only", REJECTS, "creator_email",
        apply_once=unless_email(r"[^@]+@[^@]+\.[A-Za-z]{2,4}")),
    bug("rejects-hyphens-in-domains", REJECTS, "hyphen|creator_email",
        apply_once=unless_email(r"[^@]+@[A-Za-z0-9.]+")),

    # -- enums
    bug("rejects-final-sync-pending", REJECTS, "FINAL_SYNC_PENDING",
        apply_once=reject_if(has("setup_status", "FINAL_SYNC_PENDING"))),
    bug("crashes-on-final-sync-pending", CRASHES, "FINAL_SYNC_PENDING",  # `SetupStatus(value)`
        apply_once=crash_if(has("setup_status", "FINAL_SYNC_PENDING"))),
    bug("rejects-lms", REJECTS, "LMS",
        apply_once=reject_if(has("integration_category", "LMS"))),
    bug("crashes-on-assessment", CRASHES, "ASSESSMENT",
        apply_once=crash_if(has("integration_category", "ASSESSMENT"))),
    bug("hangs-on-invalid", HANGS, "INVALID",  # Sends an e-mail, and the mail server is down.
        apply_once=lambda self, good, payload: (
            payload["data"]["state"] == "INVALID" and self.hang(), good(payload))),
    bug("drops-failed", DROPS, "FAILED", status_accepted=202,
        apply_once=drop_if(has("qa_status", "FAILED"))),
    bug("drops-inactive", DROPS, "INACTIVE",
        apply_once=drop_if(has("state", "INACTIVE"))),
    bug("drops-assessment", DROPS, "ASSESSMENT",
        apply_once=drop_if(has("integration_category", "ASSESSMENT"))),

    # -- what is stored and shown
    bug("stores-invalid-as-inactive", CORRUPTS, "state|INVALID",
        make_record=store(lambda new, old: (
            new["state"] == "INVALID" and new.update(state="INACTIVE")))),
    bug("mixes-up-statuses", CORRUPTS, "setup_status|qa_status",
        make_record=store(lambda new, old: new.update(setup_status=new["qa_status"]))),
    bug("never-updates-setup-status", CORRUPTS, "setup_status",  # A column missing in the UPDATE.
        make_record=store(lambda new, old: old and new.update(setup_status=old["setup_status"]))),
    bug("never-updates-state", CORRUPTS, "state",
        make_record=store(lambda new, old: old and new.update(state=old["state"]))),
    bug("stores-lower-case", CORRUPTS, "state|case",
        make_record=store(lambda new, old: new.update(state=new["state"].lower()))),
    bug("passed-stays-passed", CORRUPTS, "qa_status|PENDING|PASSED",
        make_record=store(lambda new, old: (
            old.get("qa_status") == "PASSED" and new.update(qa_status="PASSED")))),
    bug("forgets-to-show-setup-status", CORRUPTS, "setup_status|missing|leaves out",
        show=lambda self, good, record: (
            {name: value for name, value in good(record).items() if name != "setup_status"})),
    bug("shows-the-time-of-arrival", CORRUPTS, "updated_at|arriv",  # `updated_at = now()`
        make_record=store(lambda new, old: (
            new.update(now=datetime.now(timezone.utc).isoformat()))),
        show=show_time(lambda record: record["now"])),
    bug("loses-the-offset", CORRUPTS, "updated_at|offset",  # A column without time zone.
        show=show_time(lambda record: (
            re.sub(r"[+-][0-9]{2}:[0-9]{2}$", "Z", record["updated_at"])))),
    bug("loses-the-fraction", CORRUPTS, "updated_at|second|fraction",
        show=show_time(lambda record: re.sub(r"\.[0-9]+", "", record["updated_at"]))),
    bug("shows-the-first-time", CORRUPTS, "updated_at|first|never",  # `created_at`
        make_record=store(lambda new, old: new.update(first=old.get("first", new["updated_at"]))),
        show=show_time(lambda record: record["first"])),

    # -- timestamps
    bug("rejects-no-fraction", REJECTS, "fraction",
        apply_once=reject_if(unless_time(rf"{DAY}\.\d+{OFFSET}"))),
    bug("crashes-on-no-fraction", CRASHES, "fraction",
        apply_once=crash_if(unless_time(rf"{DAY}\.\d+{OFFSET}"))),
    bug("rejects-fractions", REJECTS, "fraction", accepts_plain=False,
        apply_once=reject_if(unless_time(f"{DAY}{OFFSET}"))),
    bug("rejects-offsets", REJECTS, "offset",
        apply_once=reject_if(unless_time(rf"{DAY}(\.\d+)?[Zz]"))),
    bug("rejects-more-than-three-digits", REJECTS, "digit|fraction",
        apply_once=reject_if(unless_time(rf"{DAY}(\.\d{{1,3}})?{OFFSET}"))),
    bug("crashes-on-nine-digits", CRASHES, "digit|nine|fraction",
        apply_once=crash_if(unless_time(rf"{DAY}(\.\d{{1,6}})?{OFFSET}"))),
    bug("crashes-on-one-digit", CRASHES, "digit|fraction",  # `fromisoformat` before Python 3.11.
        apply_once=crash_if(unless_time(rf"{DAY}(\.\d{{3}}|\.\d{{6}}|\.\d{{9}})?{OFFSET}"))),
    bug("crashes-in-strptime", CRASHES, "fraction|offset|digit",
        apply_once=use(lambda data: (
            datetime.strptime(data["updated_at"], "%Y-%m-%dT%H:%M:%S.%fZ")))),
    bug("rejects-large-offsets", REJECTS, "offset",  # No place on earth has more than 14 hours.
        apply_once=reject_if(unless_time(rf"{DAY}(\.\d+)?([Zz]|[+-](0\d|1[0-4]):\d\d)"))),
    bug("rejects-unknown-offset", REJECTS, "-00:00|offset",  # ISO 8601 does not allow it.
        apply_once=reject_if(unless_time(rf"{DAY}(\.\d+)?(?!-00:00){OFFSET}"))),
    bug("crashes-in-the-first-year", CRASHES, "year|first|0001",
        apply_once=use(lambda data: _add(data, hours=-1))),
    bug("crashes-in-the-last-year", CRASHES, "year|last|9999",
        apply_once=use(lambda data: _add(data, days=30))),
    bug("crashes-before-1970", CRASHES, "1970|epoch|1969|0001|first year",
        apply_once=use(lambda data: struct.pack(">Q", _seconds(data)))),
    bug("crashes-after-2038", CRASHES, "2038|32 bits|9999|last year",
        apply_once=use(lambda data: struct.pack(">i", max(_seconds(data), 0)))),
    bug("rejects-the-future", REJECTS, "2038|9999|future|year",
        apply_once=reject_if(lambda data: (
            _seconds(data) > datetime.now(timezone.utc).timestamp() + 86_400))),
    bug("rejects-what-is-five-minutes-old", REJECTS, "current timestamp", accepts_plain=False,
        apply_once=lambda self, good, payload: (  # Against replays, so that no retry arrives.
            _seconds(payload["data"]) < datetime.now(timezone.utc).timestamp() - 300
            and reject(400), good(payload))),
    bug("drops-the-past", DROPS, "1969|0001|1970|old|year",
        apply_once=drop_if(lambda data: (
            instant(data["updated_at"]) <= instant("2000-01-01T00:00:00Z")))),
    bug("crashes-on-leap-days", CRASHES, "leap|29 february|february|02-29",  # A year later.
        apply_once=crash_if(lambda data: "-02-29T" in data["updated_at"])),

    # -- what a tolerant reader should accept
    bug("crashes-without-setup-status", CRASHES, "setup_status", policy="tolerant",
        apply_once=use(lambda data: data["setup_status"])),
    bug("rejects-no-setup-status", REJECTS, "setup_status", policy="tolerant",
        apply_once=reject_if(lambda data: "setup_status" not in data)),
    bug("rejects-new-properties", REJECTS, "property", policy="tolerant",  # `extra="forbid"`
        apply_once=lambda self, good, payload: (
            (set(payload) - PROPERTIES or set(payload["data"]) - PROPERTIES_OF_DATA)
            and reject(), good(payload))),
    bug("crashes-on-new-properties", CRASHES, "property", policy="tolerant",  # `EndUser(**user)`
        apply_once=crash_if(lambda data: set(_user(data)) - PROPERTIES_OF_USERS)),
    bug("crashes-on-new-properties-at-the-top", CRASHES, "property|root", policy="tolerant",
        apply_once=lambda self, good, payload: (  # `Event(**payload)`
            set(payload) - PROPERTIES and crash(), good(payload))),
    bug("calls-new-states-bad-signatures", REJECTS, "state|value|401", policy="tolerant",
        apply_once=use(lambda data: is_new("state")(data) and reject(401))),
    bug("crashes-on-new-qa-statuses", CRASHES, "qa_status|value", policy="tolerant",
        apply_once=crash_if(is_new("qa_status"))),
    bug("rejects-new-setup-statuses", REJECTS, "setup_status|value", policy="tolerant",
        apply_once=reject_if(is_new("setup_status"))),
    bug("crashes-on-new-categories", CRASHES, "category|value", policy="tolerant",
        apply_once=crash_if(has("integration_category", "ADDED_LATER"))),
    bug("rejects-other-events", REJECTS, "event", policy="tolerant",
        answer_other_event=on_other_event(lambda self, name: reject(400))),
    bug("says-404-to-other-events", REJECTS, "event", policy="tolerant",
        answer_other_event=on_other_event(lambda self, name: reject(404))),
    bug("crashes-on-other-events", CRASHES, "event", policy="tolerant",
        answer_other_event=on_other_event(lambda self, name: {EVENT: 1}[name])),
    bug("crashes-on-new-events", CRASHES, "event|added-later|new", policy="tolerant",
        answer_other_event=on_other_event(lambda self, name: name in events() or crash())),
    bug("crashes-on-colons-in-events", CRASHES, "assessment", policy="tolerant",
        answer_other_event=on_other_event(lambda self, name: ":" in name and crash())),
    bug("rejects-one-other-event", REJECTS, "sync-finished", policy="tolerant",
        answer_other_event=on_other_event(lambda self, name: name == "sync-finished" and reject())),
    bug("hangs-on-data-changed", HANGS, "data-changed", policy="tolerant",
        answer_other_event=on_other_event(
            lambda self, name: name == "data-changed" and self.hang())),
    bug("applies-new-events", CORRUPTS, "event|type", policy="tolerant",  # Ignores the type.
        is_known_event=lambda self, good, payload: good(payload) or _is_alike(payload)),
    bug("crashes-on-missing-fields", CRASHES, "required|absent|without|missing", policy="tolerant",
        validate_tolerantly=lambda self, good, payload: (
            isinstance(payload["data"], dict) and payload["data"]["updated_at"],
            good(payload))[1]),
    bug("crashes-on-other-types", CRASHES, "type|number|null|boolean|array|object",
        policy="tolerant",
        validate_tolerantly=lambda self, good, payload: (
            isinstance(payload.get("data"), dict) and payload["data"].get("state", "").upper(),
            good(payload))[1]),
    bug("crashes-on-what-is-not-a-date", CRASHES, "updated_at|format|date", policy="tolerant",
        validate_tolerantly=lambda self, good, payload: (
            crash() if good(payload) == "updated_at is not a date-time" else good(payload))),
)
# fmt: on
