"""Bugs in how a payload is validated."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote

from kombo_fakes import Schema

from .planted import (
    ACCEPTS,
    CRASHES,
    DROPS,
    LEAVES_TRACES,
    LOSES,
    Method,
    Planted,
    bug,
    crash,
    reject,
)
from .receiver import STATUSES, Receiver, Record, instant
from .values import DAY, KNOWN, OFFSET, PROPERTIES, PROPERTIES_OF_DATA

ENUMS = (*STATUSES, "integration_category")


def lookup(value: Any, *path: str) -> Any:
    """Return what is at a path, or None if the path ends before."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


class Undemanding(Receiver):
    """Stores whatever it is given, so that a validator with a bug does not lead to a crash."""

    def apply(self, payload: Any) -> None:
        data = lookup(payload, "data")
        key = lookup(data, "integration_id")
        if not isinstance(key, str):
            return
        old = self.store.get(key)
        new, known = str(lookup(data, "updated_at")), old["updated_at"] if old else ""
        try:
            newer = old is None or instant(new) > instant(known)
        except ValueError:
            newer = True
        if newer:
            record: Record = {name: lookup(data, name) for name in STATUSES}
            count = (old["events"] if old else 0) + 1
            self.store.put(key, {**record, "updated_at": new, "events": count})

    def event_key(self, payload: Any) -> Any:
        return repr(lookup(payload, "id"))


def accepts_more(name: str, words: str, change: Callable[[Any, Any, Any], object]) -> Planted:
    """Validate against a schema that `change` makes wider: the whole, its data and its user."""

    @cache
    def wider() -> Schema:
        document = copy.deepcopy(Schema.load().effective)
        data = document["properties"]["data"]["properties"]
        change(document, data, data["end_user"])
        return Schema.load(document)

    return bug(
        name,
        ACCEPTS,
        words,
        Undemanding,
        is_known_event=lambda self, good, payload: True,
        validate=lambda self, good, payload: None if wider().is_valid(payload) else "not valid",
    )


def converts(name: str, words: str, convert: Callable[[Any], Any]) -> Planted:
    """Validate a payload after a conversion that is meant to be obliging."""
    return bug(
        name,
        ACCEPTS,
        words,
        Undemanding,
        validate=lambda self, good, payload: good(convert(payload)),
    )


def drop(schema: Any, *keywords: str) -> None:
    """Remove keywords from a schema and all schemas of properties in it."""
    for keyword in keywords:
        schema.pop(keyword, None)
    for child in (*schema.get("properties", {}).values(), *schema.get("anyOf", ())):
        drop(child, *keywords)


def _allow_null(schema: Any) -> None:
    for child in schema.get("properties", {}).values():
        _allow_null(child)
    if schema.get("type") == "string":
        schema["type"] = ["string", "null"]
        if "enum" in schema:
            schema["enum"].append(None)


def _write_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _write_numbers(item) for name, item in value.items()}
    return str(value) if isinstance(value, (int, float)) else value


def _unwrap(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unwrap(item) for name, item in value.items()}
    return _unwrap(value[0]) if isinstance(value, list) and len(value) == 1 else value


def enums(convert: Callable[[str], str]) -> Callable[[Any], Any]:
    """Convert the values of enums."""

    def converted(payload: Any) -> Any:
        data = lookup(payload, "data")
        if not isinstance(data, dict):
            return payload
        strings = {name: value for name, value in data.items() if isinstance(value, str)}
        names = set(ENUMS) & set(strings)
        return {**payload, "data": {**data, **{name: convert(strings[name]) for name in names}}}

    return converted


def _complete(value: str) -> str:
    known = [each for values in KNOWN.values() for each in values]
    return next((each for each in known if len(value) > 2 and each.startswith(value)), value)


def date(pattern: str) -> Callable[[Any], Any]:
    """Replace dates that match a pattern by a right one."""

    def converted(payload: Any) -> Any:
        timestamp = lookup(payload, "data", "updated_at")
        if not isinstance(timestamp, str) or not re.fullmatch(pattern, timestamp):
            return payload
        return {**payload, "data": {**payload["data"], "updated_at": "2024-01-01T00:00:00Z"}}

    return converted


def _validate_states_first(self: Receiver, good: Method, payload: Any) -> str | None:
    data = payload.get("data")
    if isinstance(data, dict) and data.get("state") not in KNOWN["state"]:
        return "unknown state"
    return good(payload)


def _apply_known_properties(self: Receiver, good: Method, payload: Any) -> Any:
    if self.is_known_event(payload) and isinstance(payload.get("data"), dict):
        known = {name: payload[name] for name in payload if name in PROPERTIES}
        known["data"] = {n: v for n, v in payload["data"].items() if n in PROPERTIES_OF_DATA}
        if self.validate(known) is None:
            self.apply_once(known)
    return good(payload)


def _remember_invalid(self: Receiver, good: Method, payload: Any) -> str | None:
    problem = good(payload)
    if problem is not None and isinstance(payload.get("id"), str):
        self.remember(payload)
    return problem


_ABSENT = "required|absent|without|missing"

# fmt: off
SCHEMAS = (
    # -- crashes before the validator
    bug("crashes-on-ids-that-are-not-strings", CRASHES, "id",  # Looks for copies first.
        is_known_event=lambda self, good, payload: (
            isinstance(payload, dict) and payload.get("id") in self.store.events,
            good(payload))[1]),
    bug("crashes-on-states-that-are-not-strings", CRASHES, "state|type|array|object",
        validate=_validate_states_first),
    bug("crashes-before-it-validates", CRASHES, _ABSENT,  # Logs `payload["data"]`.
        validate=lambda self, good, payload: (payload["data"], good(payload))[1]),
    bug("crashes-on-what-is-invalid", CRASHES, "invalid|schema|wrong|fault",
        validate=lambda self, good, payload: good(payload) and crash()),

    # -- validates too little
    bug("validates-nothing", ACCEPTS, "schema|validat|policy", Undemanding,
        process=lambda self, good, payload: (
            self.apply_once(payload), self.answer_success())[1]),
    bug("validates-objects-only", ACCEPTS, "schema|validat|policy|type|root|object", Undemanding,
        process=lambda self, good, payload: (
            self.apply_once(payload) if isinstance(payload, dict) else reject(),
            self.answer_success())[1]),
    accepts_more("accepts-more-properties", "additionalProperties|propert",
        lambda schema, data, user: drop(schema, "additionalProperties")),
    accepts_more("accepts-more-properties-of-users", "additionalProperties|propert|end_user",
        lambda schema, data, user: user.pop("additionalProperties")),
    accepts_more("accepts-any-value", "enum|value",
        lambda schema, data, user: [data[name].pop("enum") for name in ENUMS]),
    accepts_more("accepts-any-type", "type|event",
        lambda schema, data, user: schema["properties"]["type"].pop("enum")),
    accepts_more("accepts-any-email", "format|e-?mail",  # Formats are annotations by default.
        lambda schema, data, user: drop(user["properties"]["creator_email"], "format")),
    accepts_more("accepts-any-date", "format|date|updated_at",
        lambda schema, data, user: data["updated_at"].pop("format")),
    accepts_more("requires-nothing", _ABSENT,
        lambda schema, data, user: drop(schema, "required")),
    accepts_more("requires-no-origin", f"{_ABSENT}|origin_id|end_user",
        lambda schema, data, user: user.update(required=["organization_name"])),
    accepts_more("accepts-null-everywhere", "null|type",
        lambda schema, data, user: _allow_null(schema)),
    accepts_more("validates-the-top", "data|nested|below",
        lambda schema, data, user: schema["properties"].update(data={"type": "object"})),
    accepts_more("validates-no-users", "end_user",
        lambda schema, data, user: data.update(end_user={})),
    converts("accepts-dates-without-time", "date|format|updated_at",
        date(r"\d{4}-\d\d-\d\d")),
    converts("accepts-dates-without-offset", "offset|format|updated_at",
        date(rf"{DAY}(\.\d+)?")),
    converts("accepts-days-that-do-not-exist", "february|day|format|updated_at",
        date(rf"{DAY}(\.\d+)?{OFFSET}")),
    converts("turns-numbers-into-strings", "type|number", _write_numbers),
    converts("accepts-arrays-of-one", "array|type", _unwrap),  # Forms have them.
    converts("accepts-lower-case", "case|enum|lower", enums(str.upper)),
    converts("accepts-spaces-around", "blank|enum|newline", enums(str.strip)),
    converts("accepts-a-line-feed-at-the-end", "newline|enum|blank|line feed",  # `re.match("A$")`
        enums(lambda value: value.removesuffix("\n"))),
    converts("accepts-what-begins-right", "cut|enum|prefix|separator|trailing",
        enums(_complete)),
    bug("says-200-to-what-is-invalid", ACCEPTS, "schema|validat|policy|fault|invalid",
        status_invalid=200),

    # -- a validation that leaves something behind, or events that do
    bug("applies-what-it-rejects", LEAVES_TRACES, "appl|refus", Undemanding,
        process=lambda self, good, payload: (
            isinstance(payload, dict) and self.apply_once(payload), good(payload))[1]),
    bug("applies-more-properties-and-rejects-them", LEAVES_TRACES, "appl|refus|propert",
        process=_apply_known_properties),
    bug("remembers-before-it-validates", LOSES, "mark|refused|correct|after|same id",
        validate=_remember_invalid),
    bug("applies-nothing", DROPS, "appl|known|nothing|state",  # A queue without a consumer.
        apply_once=lambda self, good, payload: None),
    bug("shows-nothing-that-it-knows", DROPS, "404|look|known|observ",  # Does not decode the path.
        get=lambda self, good, environ: (
            good({**environ, "PATH_INFO": quote(environ["PATH_INFO"], safe="/%")}))),
)
# fmt: on
