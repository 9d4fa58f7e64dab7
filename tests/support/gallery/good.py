"""Receivers without a bug, also in ways that a checker could mistake for wrong."""

from __future__ import annotations

import binascii
import hmac
import json
import re
import time
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from threading import Thread
from typing import Any, ClassVar

from kombo_fakes import Schema, events

from .planted import Method, after, reject, variant
from .receiver import Answer, Environ, Receiver, Record, instant


class LastOfEqualWins(Receiver):
    """Of two events of the same instant, the one that arrives later wins."""

    def is_newer(self, new: str, old: str) -> bool:
        return instant(new) >= instant(old)


class StoresFirst(Receiver):
    """Stores the payload and answers 202, then works on it."""

    status_accepted = 202

    def process(self, payload: Any) -> Answer:
        if self.is_known_event(payload) and self.validate_tolerantly(payload) is None:
            self.apply_once(payload)
        return self.answer_success()


class AppliesLater(StoresFirst):
    """Applies events in their order, a moment after it has answered 202.

    It is not among the good ones: whoever observes at once sees too little.
    """

    delay: ClassVar[float] = 0.02

    def apply_once(self, payload: Any) -> None:
        Thread(target=self._apply_later, args=(payload,), daemon=True).start()

    def _apply_later(self, payload: Any) -> None:
        time.sleep(self.delay)
        super().apply_once(payload)


def _answer_rejection_in_json(self: Receiver, good: Method, rejection: Any) -> Answer:
    body = json.dumps({"ok": False, "error": rejection.reason}).encode()
    return Answer(rejection.status, body, "application/json")


def _report_copies(self: Receiver, good: Method, payload: Any) -> Answer:
    with self.store.lock:
        before = len(self.store.events)
        good(payload)
        return Answer(208 if len(self.store.events) == before else 201)


def _read_any_encoding(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
    received, expected = self.read_signature(environ), self.digest(body)
    if received is None:
        return False
    return any(_is_digest(expected, part.strip()) for part in (received, *received.split(",")))


def _is_digest(expected: bytes, received: str) -> bool:
    received = re.sub(r"^(sha256=|v1,|Bearer )", "", received)
    if len(received) == 64:
        return hmac.compare_digest(expected.hex().encode(), received.lower().encode())
    standard = received.rstrip("=").replace("-", "+").replace("_", "/") + "="
    try:
        return hmac.compare_digest(expected, b64decode(standard, validate=True))
    except (binascii.Error, ValueError):
        return False


def _parse_lone_surrogates(self: Receiver, good: Method, body: bytes) -> Any:
    try:
        value = self.load_json(body)
        json.dumps(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _reject_nul(value: Any) -> None:
    if "\\u0000" in json.dumps(value):
        raise ValueError("U+0000")


def load_pairs(hook: Callable[[list[tuple[str, Any]]], Any]) -> Method:
    """Make an object of its pairs in another way."""
    return lambda self, good, body: (good(body), json.loads(body, object_pairs_hook=hook))[1]


def _reject_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def _want_json_type(self: Receiver, good: Method, environ: Environ, body: bytes) -> None:
    kind = str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
    if kind != "application/json":
        reject(415)


def show_in_utc(write: Callable[[datetime], str]) -> Method:
    """Show `updated_at` in UTC, as precisely as datetime can; unchanged where it cannot."""

    def show(self: Receiver, good: Method, record: Record) -> Record:
        seconds, fraction = instant(record["updated_at"])
        try:
            at = datetime(1, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds - 86_400)
        except OverflowError:
            return good(record)
        at = at.replace(microsecond=int(fraction[:6].ljust(6, "0")))
        return {**good(record), "updated_at": write(at)}

    return show


def _in_utc(precision: str) -> Callable[[datetime], str]:
    return lambda at: at.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _validate_other_events(self: Receiver, good: Method, payload: Any) -> Answer:
    name = payload.get("type") if isinstance(payload, dict) else None
    if isinstance(name, str) and name in events() and Schema.load(name).is_valid(payload):
        return Answer(204)
    return good(payload)


# fmt: off
GOOD = (
    variant("strict"),
    variant("tolerant", policy="tolerant"),
    variant("says-202", status_accepted=202),
    variant("says-204", status_accepted=204),
    variant("says-ok-in-json",
        answer_success=lambda self, good: Answer(200, b'{"ok": true}', "application/json"),
        answer_rejection=_answer_rejection_in_json),
    variant("says-208-to-copies", process=_report_copies),
    variant("says-403-to-signatures", status_signature=403),
    variant("says-404-to-signatures", status_signature=404),  # So that nobody learns of it.
    variant("says-400-to-all", status_signature=400, status_json=400, status_invalid=400),
    variant("reads-any-encoding-of-signatures", is_signed=_read_any_encoding),
    variant("reads-any-unicode",
        load_json=lambda self, good, body: good(body.decode(json.detect_encoding(body)))),
    variant("reads-lone-surrogates", policy="tolerant", parse=_parse_lone_surrogates),
    variant("rejects-nul", parse=after(_reject_nul)),
    variant("rejects-nul-though-tolerant", policy="tolerant", parse=after(_reject_nul)),
    variant("rejects-twin-keys", load_json=load_pairs(_reject_twins)),
    variant("first-twin-key-counts", load_json=load_pairs(lambda pairs: dict(reversed(pairs)))),
    variant("limits-bodies",
        check_request=lambda self, good, environ, body: len(body) > 256 * 1024 and reject(413)),
    variant("wants-json-type", check_request=_want_json_type),
    variant("wants-json-type-though-tolerant", policy="tolerant", check_request=_want_json_type),
    variant("rejects-get-with-405",
        get_other=lambda self, good, environ: Answer(405, headers=(("Allow", "POST"),))),
    variant("answers-get-with-200",  # As health checks want it.
        get_other=lambda self, good, environ: Answer(200, b"I am well")),
    variant("accepts-put",
        route=lambda self, good, environ: (
            self.receive(environ) if environ["REQUEST_METHOD"] == "PUT" else good(environ))),
    variant("counts-nothing",
        show=lambda self, good, record: (
            {name: value for name, value in good(record).items() if name != "events"})),
    variant("shows-more",
        show=lambda self, good, record: (
            {"id": 7, "object": "integration", **good(record), "errors": [], "x": None})),
    variant("shows-utc", show=show_in_utc(datetime.isoformat)),
    variant("shows-microseconds", show=show_in_utc(_in_utc("microseconds"))),
    variant("shows-milliseconds", show=show_in_utc(_in_utc("milliseconds"))),
    variant("last-of-equal-instants-wins", LastOfEqualWins),
    variant("stores-first", StoresFirst, policy="tolerant"),
    variant("acknowledges-other-events", answer_other_event=_validate_other_events),
    variant("needs-5-ms",
        receive=lambda self, good, environ: (time.sleep(0.005), good(environ))[1]),
)
# fmt: on
