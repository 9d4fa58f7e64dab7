"""A receiver that does everything right, in small methods so that a bug is one of them replaced.

`GOOD` holds variants that are right as well, in ways that a checker could mistake for wrong.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import math
import re
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import partial
from threading import Event, RLock, Thread
from typing import Any, ClassVar

from kombo_fakes import Schema, events

EVENT = "integration-state-changed"
STATUSES = ("state", "qa_status", "setup_status")

Environ = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):  # noqa: N818
    """A delivery that isn't taken."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_400_YEARS = 146_097


def moment(text: str) -> tuple[int, str]:
    """The seconds of UTC and the digits of their fraction, so that moments compare exactly.

    Raises:
        ValueError: if the text is no date-time of RFC 3339.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("no date-time")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError("no time")
    # The year 0 is one for RFC 3339, and none for datetime.
    days = date(year or 400, month, day).toordinal() - (0 if year else _400_YEARS)
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    if sign is not None:
        offset = int(hours) * 3600 + int(minutes) * 60
        seconds += -offset if sign == "+" else offset
    return seconds, (fraction or "").rstrip("0")


def _finite(literal: str) -> float:
    value = float(literal)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def _no_constant(literal: str) -> float:
    raise ValueError(f"{literal} is no JSON")


def _short_integer(literal: str) -> int:
    if len(literal) > 400:
        raise ValueError("an integer out of range")
    return int(literal)


MAX_DEPTH = 64


def check_value(value: Any) -> None:
    """Refuse what is nested too deeply, and texts that no UTF-8 can hold."""
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
    """What a receiver keeps: the ids of the events it had, and the newest of each integration."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.events: set[Any] = set()
        self.integrations: dict[Any, dict[str, Any]] = {}

    def seen(self, event: Any) -> bool:
        """Whether an event was marked."""
        return event in self.events

    def mark(self, event: Any) -> None:
        """Remember an event."""
        self.events.add(event)

    def get(self, integration: Any) -> dict[str, Any] | None:
        """The record of an integration."""
        return self.integrations.get(integration)

    def put(self, integration: Any, record: dict[str, Any]) -> None:
        """Keep the record of an integration."""
        self.integrations[integration] = record


class Receiver:
    """A WSGI application (PEP 3333): POST anywhere is a delivery, GET /integrations/{id} a look.

    Args:
        secret: The webhook secret.
        policy: ``"strict"`` enforces the schema; ``"tolerant"`` wants only what it needs.
    """

    status_taken: ClassVar[int] = 200
    status_signature: ClassVar[int] = 401
    status_json: ClassVar[int] = 400
    status_invalid: ClassVar[int] = 422
    make_store: ClassVar[Callable[[], Store]] = Store
    patience: ClassVar[float] = 60
    """Seconds that one that hangs does so for, unless it is closed before."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        self.secret, self.policy = secret, policy
        self.store = type(self).make_store()
        self.released = Event()

    def close(self) -> None:
        """Let go of whatever waits."""
        self.released.set()

    # -- HTTP

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self.respond(environ)
        headers = [("Content-Length", str(len(answer.body))), *answer.headers]
        if answer.status != 204:
            headers.append(("Content-Type", answer.content_type))
        start_response(f"{answer.status} {REASONS.get(answer.status, 'Other')}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def respond(self, environ: Environ) -> Answer:
        """The answer to a request, whatever happens."""
        try:
            return self.route(environ)
        except Refused as refused:
            return self.refused(refused)
        except Exception as error:
            return self.crashed(error)

    def route(self, environ: Environ) -> Answer:
        """Who answers."""
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            return self.webhook(environ)
        if method in ("GET", "HEAD"):
            return self.look(environ)
        raise Refused(405, "only POST and GET")

    def read(self, environ: Environ) -> bytes:
        """The whole body."""
        text = environ.get("CONTENT_LENGTH") or "0"
        length = int(text) if text.isdecimal() else 0
        body = environ["wsgi.input"].read(length)
        assert isinstance(body, bytes)
        return body

    def look(self, environ: Environ) -> Answer:
        """What is known of an integration."""
        path = str(environ.get("PATH_INFO", ""))
        prefix = "/integrations/"
        if not path.startswith(prefix):
            return self.other_get(environ)
        try:
            name = path[len(prefix) :].encode("latin-1").decode("utf-8")
        except UnicodeError:
            raise Refused(404, "no such integration") from None
        with self.store.lock:
            record = self.find(name)
            shown = None if record is None else self.shown(record)
        if shown is None:
            raise Refused(404, "no such integration")
        return Answer(200, json.dumps(shown).encode(), "application/json")

    def other_get(self, environ: Environ) -> Answer:
        """GET of anything else."""
        raise Refused(404, "nothing here")

    def find(self, integration_id: str) -> dict[str, Any] | None:
        """The record of an integration id."""
        return self.store.get(integration_id)

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        """What is said of a record."""
        return {name: record[name] for name in (*STATUSES, "updated_at", "events")}

    def webhook(self, environ: Environ) -> Answer:
        """Take a delivery, or refuse it."""
        body = self.read(environ)
        self.check_request(environ, body)
        if not self.signature_ok(environ, body):
            raise Refused(self.status_signature, "the signature is wrong")
        try:
            payload = self.parse(body)
        except ValueError:
            raise Refused(self.status_json, "the body is no JSON that is read here") from None
        return self.process(payload)

    def check_request(self, environ: Environ, body: bytes) -> None:
        """Refuse requests for other reasons than signature and payload."""

    def taken(self) -> Answer:
        """The answer to what was taken."""
        return Answer(self.status_taken)

    def refused(self, refused: Refused) -> Answer:
        """The answer to what wasn't."""
        return Answer(refused.status, refused.words.encode())

    def crashed(self, error: Exception) -> Answer:
        """The answer after an error that nobody thought of."""
        return Answer(500, b"Internal Server Error")

    # -- signature

    def key(self) -> bytes:
        """What is signed with."""
        return self.secret.encode()

    def given(self, environ: Environ) -> str | None:
        """The signature that came."""
        return environ.get("HTTP_X_KOMBO_SIGNATURE")

    def digest(self, body: bytes) -> bytes:
        """The digest that a body should have."""
        return hmac.new(self.key(), body, hashlib.sha256).digest()

    def expected(self, body: bytes) -> str:
        """The signature that a body should have."""
        return urlsafe_b64encode(self.digest(body)).decode().rstrip("=")

    def same(self, expected: str, given: str) -> bool:
        """Whether two signatures are one."""
        return hmac.compare_digest(expected.encode(), given.encode("latin-1", "replace"))

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        """Whether a request bears the signature of its body."""
        given = self.given(environ)
        return given is not None and self.same(self.expected(body), given)

    # -- payload

    def parse(self, body: bytes) -> Any:
        """The JSON value of a body; what a careful reader wouldn't take is a ValueError."""
        try:
            value = self.loads(body)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        check_value(value)
        return value

    def loads(self, body: bytes | str) -> Any:
        """The JSON value, without a check of what is in it."""
        return json.loads(
            body if isinstance(body, str) else body.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short_integer,
        )

    def process(self, payload: Any) -> Answer:
        """Take a payload, or refuse it."""
        if not self.is_known_event(payload):
            return self.other_event(payload)
        problem = self.validate(payload) if self.policy == "strict" else self.lacks(payload)
        if problem is not None:
            raise Refused(self.status_invalid, problem)
        self.take(payload)
        return self.taken()

    def is_known_event(self, payload: Any) -> bool:
        """Whether a payload is of the event that is applied here."""
        return isinstance(payload, dict) and payload.get("type") == EVENT

    def other_event(self, payload: Any) -> Answer:
        """Some other event, or no event at all."""
        if self.policy == "strict":
            raise Refused(self.status_invalid, "no payload of this event")
        if not isinstance(payload, dict) or not isinstance(payload.get("type"), str):
            raise Refused(self.status_invalid, "no event")
        return self.taken()

    def validate(self, payload: Any) -> str | None:
        """What the schema has against a payload."""
        return None if Schema.load().is_valid(payload) else "not valid"

    def lacks(self, payload: Any) -> str | None:
        """What a tolerant reader misses."""
        data = payload.get("data")
        if not isinstance(payload.get("id"), str) or not isinstance(data, dict):
            return "it has no id, or no data"
        for name in ("integration_id", "state", "qa_status", "updated_at"):
            if not isinstance(data.get(name), str):
                return f"it has no {name}"
        if not isinstance(data.get("setup_status", ""), str):
            return "its setup_status is no text"
        try:
            moment(data["updated_at"])
        except ValueError:
            return "updated_at is no date-time"
        return None

    # -- events

    def event_key(self, payload: Any) -> Any:
        """What copies of an event have in common."""
        return payload["id"]

    def integration_key(self, data: Any) -> Any:
        """What the events of an integration have in common."""
        return data["integration_id"]

    def seen(self, payload: Any) -> bool:
        """Whether an event came before."""
        return self.store.seen(self.event_key(payload))

    def mark(self, payload: Any) -> None:
        """Remember that an event came."""
        self.store.mark(self.event_key(payload))

    def take(self, payload: Any) -> None:
        """Apply an event once: the look, the work and the mark are one."""
        with self.store.lock:
            if not self.seen(payload):
                self.apply(payload)
                self.mark(payload)

    def apply(self, payload: Any) -> None:
        """Put an event into the store, unless what is there is as new."""
        data = payload["data"]
        key = self.integration_key(data)
        old = self.store.get(key)
        if old is None or self.is_newer(data["updated_at"], old["updated_at"]):
            self.store.put(key, self.record(data, old))

    def is_newer(self, new: str, old: str) -> bool:
        """Whether one timestamp is later than another."""
        return moment(new) > moment(old)

    def record(self, data: Any, old: dict[str, Any] | None) -> dict[str, Any]:
        """What is kept of an event."""
        return {
            "state": data["state"],
            "qa_status": data["qa_status"],
            "setup_status": data.get("setup_status", old and old["setup_status"]),
            "updated_at": data["updated_at"],
            "events": (old["events"] if old else 0) + 1,
        }


REASONS = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 208: "Already Reported",
    301: "Moved Permanently", 302: "Found", 307: "Temporary Redirect", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    409: "Conflict", 413: "Content Too Large", 415: "Unsupported Media Type",
    422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error",
    501: "Not Implemented", 503: "Service Unavailable",
}  # fmt: skip


# -- variants that are right


class Says202(Receiver):
    """Any 2xx will do."""

    status_taken = 202


class Says204(Receiver):
    """Any 2xx will do, also one without a body."""

    status_taken = 204


class SaysOkInJson(Receiver):
    """Answers have a JSON body."""

    def taken(self) -> Answer:
        return Answer(200, b'{"ok": true}', "application/json")

    def refused(self, refused: Refused) -> Answer:
        body = json.dumps({"ok": False, "error": refused.words}).encode()
        return Answer(refused.status, body, "application/json")


class Reports208(Receiver):
    """Says 201 to an event and 208 to its copies."""

    def process(self, payload: Any) -> Answer:
        with self.store.lock:
            before = len(self.store.events)
            super().process(payload)
            return Answer(208 if len(self.store.events) == before else 201)


class Forbids(Receiver):
    """Answers 403 to wrong signatures."""

    status_signature = 403


class Says400(Receiver):
    """Answers 400 to everything that it refuses."""

    status_signature = status_json = status_invalid = 400


class Says404(Receiver):
    """Answers 404 to wrong signatures, so that nobody learns that there is a receiver."""

    status_signature = 404


class ReadsAnySpelling(Receiver):
    """Takes the right digest in whatever way it is spelt, and from any of several headers."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        given = self.given(environ)
        if given is None:
            return False
        right = self.digest(body)
        return any(self._is(right, text.strip()) for text in (given, *given.split(",")))

    def _is(self, right: bytes, text: str) -> bool:
        text = re.sub(r"^(sha256=|v1,|Bearer )", "", text)
        if len(text) == 64:
            return hmac.compare_digest(right.hex().encode(), text.lower().encode())
        standard = text.rstrip("=").replace("-", "+").replace("_", "/") + "="
        try:
            found = b64decode(standard, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(right, found)


class ReadsAnyUnicode(Receiver):
    """Leaves it to json.loads to find out the encoding, and passes over a byte order mark."""

    def loads(self, body: bytes | str) -> Any:
        if isinstance(body, bytes):
            body = body.decode(json.detect_encoding(body))
        return super().loads(body)


class ReadsLoneSurrogates(Receiver):
    """Stores half a character as it came."""

    def parse(self, body: bytes) -> Any:
        try:
            value = self.loads(body)
            json.dumps(value)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return value


class RefusesNul(Receiver):
    """Has a database that can't hold U+0000, and says so in time."""

    def parse(self, body: bytes) -> Any:
        value = super().parse(body)
        if "\\u0000" in json.dumps(value):
            raise ValueError("U+0000")
        return value


class RefusesTwins(Receiver):
    """A name twice in an object is a mistake."""

    def loads(self, body: bytes | str) -> Any:
        def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
            if len(dict(found)) != len(found):
                raise ValueError("a name twice")
            return dict(found)

        super().loads(body)
        return json.loads(body, object_pairs_hook=pairs)


class FirstTwinCounts(Receiver):
    """Of a name twice in an object the first one counts."""

    def loads(self, body: bytes | str) -> Any:
        super().loads(body)
        return json.loads(body, object_pairs_hook=lambda found: dict(reversed(found)))


class LimitsBodies(Receiver):
    """Takes 256 KiB at most."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if len(body) > 256 * 1024:
            raise Refused(413, "too long")


class WantsJsonType(Receiver):
    """Insists on application/json; parameters and capitals are all right."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        kind = str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refused(415, "not application/json")


class RefusesGet(Receiver):
    """Knows no GET but that of integrations."""

    def other_get(self, environ: Environ) -> Answer:
        return Answer(405, headers=(("Allow", "POST"),))


class AnswersGet(Receiver):
    """Answers every GET with 200, as health checks want it; nothing was delivered by that."""

    def other_get(self, environ: Environ) -> Answer:
        return Answer(200, b"I am well")


class TakesPut(Receiver):
    """A PUT is as good as a POST."""

    def route(self, environ: Environ) -> Answer:
        if environ["REQUEST_METHOD"] == "PUT":
            return self.webhook(environ)
        return super().route(environ)


class CountsNothing(Receiver):
    """Doesn't say how many events it applied."""

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in super().shown(record).items() if name != "events"}


class SaysMore(Receiver):
    """Says more than it has to."""

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        return {"id": 7, "object": "integration", **super().shown(record), "errors": [], "x": None}


class _InUtc(Receiver):
    """Says the moment in UTC, as precisely as datetime can; where that can't, as it came."""

    @staticmethod
    def written(at: datetime) -> str:
        return at.isoformat()

    def shown(self, record: dict[str, Any]) -> dict[str, Any]:
        seconds, fraction = moment(record["updated_at"])
        try:
            at = datetime(1, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds - 86_400)
        except OverflowError:
            return super().shown(record)
        at = at.replace(microsecond=int(fraction[:6].ljust(6, "0")))
        return {**super().shown(record), "updated_at": self.written(at)}


class SaysUtc(_InUtc):
    """2021-09-01T12:00:00+00:00, with six digits or none."""


class SaysMicroseconds(_InUtc):
    """2021-09-01T12:00:00.000000Z."""

    @staticmethod
    def written(at: datetime) -> str:
        return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class SaysMilliseconds(_InUtc):
    """2021-09-01T12:00:00.000Z."""

    @staticmethod
    def written(at: datetime) -> str:
        return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class LastOfEqualWins(Receiver):
    """Of two events of the same moment the one that came later wins."""

    def is_newer(self, new: str, old: str) -> bool:
        return moment(new) >= moment(old)


class StoresFirst(Receiver):
    """Stores the payload and says 202, then thinks."""

    status_taken = 202

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.inbox: list[Any] = []

    def process(self, payload: Any) -> Answer:
        self.inbox.append(payload)
        if self.is_known_event(payload) and self.lacks(payload) is None:
            self.take(payload)
        return self.taken()


class AcknowledgesOthers(Receiver):
    """Enforces the schemas of Kombo's other events, too, and does nothing for them."""

    def other_event(self, payload: Any) -> Answer:
        name = payload.get("type") if isinstance(payload, dict) else None
        if isinstance(name, str) and name in events() and Schema.load(name).is_valid(payload):
            return Answer(204)
        return super().other_event(payload)


class TakesItsTime(Receiver):
    """Needs 5 ms for each delivery."""

    def webhook(self, environ: Environ) -> Answer:
        time.sleep(0.005)
        return super().webhook(environ)


class AppliesLater(StoresFirst):
    """Applies events in their order, a moment after it has answered 202."""

    delay: ClassVar[float] = 0.02

    def take(self, payload: Any) -> None:
        Thread(target=self._later, args=(payload,), daemon=True).start()

    def _later(self, payload: Any) -> None:
        time.sleep(self.delay)
        super().take(payload)


@dataclass(frozen=True)
class Good:
    """A receiver that has no bug.

    Attributes:
        name: What is special about it.
        receiver_factory: Makes one, of a secret.
        policy: What it is to be held to.
    """

    name: str
    receiver_factory: Callable[[str], Receiver]
    policy: str

    def __str__(self) -> str:
        return self.name


def _good(name: str, kind: type[Receiver], policy: str = "strict") -> Good:
    return Good(name, partial(kind, policy=policy), policy)


GOOD = (
    _good("strict", Receiver),
    _good("tolerant", Receiver, "tolerant"),
    _good("says-202", Says202),
    _good("says-204", Says204),
    _good("says-ok-in-json", SaysOkInJson),
    _good("says-208-to-copies", Reports208),
    _good("says-403-to-signatures", Forbids),
    _good("says-404-to-signatures", Says404),
    _good("says-400-to-all", Says400),
    _good("reads-any-spelling-of-signatures", ReadsAnySpelling),
    _good("reads-any-unicode", ReadsAnyUnicode),
    _good("reads-lone-surrogates", ReadsLoneSurrogates, "tolerant"),
    _good("refuses-nul", RefusesNul),
    _good("refuses-nul-though-tolerant", RefusesNul, "tolerant"),
    _good("refuses-twin-keys", RefusesTwins),
    _good("first-twin-key-counts", FirstTwinCounts),
    _good("limits-bodies", LimitsBodies),
    _good("wants-json-type", WantsJsonType),
    _good("wants-json-type-though-tolerant", WantsJsonType, "tolerant"),
    _good("refuses-get-with-405", RefusesGet),
    _good("answers-get-with-200", AnswersGet),
    _good("takes-put", TakesPut),
    _good("counts-nothing", CountsNothing),
    _good("says-more", SaysMore),
    _good("says-utc", SaysUtc),
    _good("says-microseconds", SaysMicroseconds),
    _good("says-milliseconds", SaysMilliseconds),
    _good("last-of-equal-moments-wins", LastOfEqualWins),
    _good("stores-first", StoresFirst, "tolerant"),
    _good("acknowledges-other-events", AcknowledgesOthers),
    _good("takes-its-time", TakesItsTime),
)
"""Receivers that have no bug."""
