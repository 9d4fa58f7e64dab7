"""Bugs that more than one delivery shows: order, copies, races, integrations."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from threading import Lock, local
from typing import Any

from .good import LastOfEqualWins
from .planted import (
    CORRUPTS,
    CRASHES,
    DROPS,
    HANGS,
    LOSES,
    MIXES,
    ORDER,
    REJECTS,
    TWICE,
    Method,
    bug,
    crash,
    reject,
)
from .receiver import Receiver, Record, Rejection, Store, instant

PAUSE = 0.02
"""Seconds between a check and the work that depends on it, so that other deliveries interfere."""

# -- replacements of `is_newer` and `apply`


def newer_by(key: Callable[[str], Any]) -> Method:
    """Compare two timestamps by a key."""
    return lambda self, good, new, old: key(new) > key(old)


def _without_offset(timestamp: str) -> tuple[int, str]:
    return instant(re.sub(r"[+-][0-9]{2}:[0-9]{2}$", "Z", timestamp))


def _with_wrong_sign(timestamp: str) -> tuple[int, str]:
    return instant(timestamp[:10] + timestamp[10:].translate({ord("+"): "-", ord("-"): "+"}))


def _fraction_as_integer(timestamp: str) -> tuple[int, int]:
    match = re.search(r"\.([0-9]+)", timestamp)
    return instant(timestamp)[0], int(match[1]) if match else 0


def _is_aware(timestamp: str) -> bool:
    return "Z" in timestamp.upper()


def _on(order: Callable[[Any, Any], bool], action: Callable[[Any, Record], object]) -> Method:
    def apply(self: Receiver, good: Method, payload: Any) -> None:
        data = payload["data"]
        old = self.store.get(self.integration_key(data))
        if old is not None and order(instant(data["updated_at"]), instant(old["updated_at"])):
            action(data, old)
        good(payload)

    return apply


def on_older(action: Callable[[Any, Record], object]) -> Method:
    """Call `action` with the data of an event that is older than its record, and the record."""
    return _on(lambda new, old: new < old, action)


def on_tie(action: Callable[[Any, Record], object]) -> Method:
    """Call `action` with the data of an event of the same instant as its record, and the record."""
    return _on(lambda new, old: new == old, action)


def on_copy(action: Callable[[], object]) -> Method:
    """Call `action` for a copy of an event, in place of `apply_once`."""

    def apply_once(self: Receiver, good: Method, payload: Any) -> None:
        with self.store.lock:
            if self.is_copy(payload):
                action()
            good(payload)

    return apply_once


# -- copies


class Forgets(LastOfEqualWins):
    """Knows the last events only."""

    size = 1

    def is_copy(self, payload: Any) -> bool:
        return payload["id"] in list(self.memory)[-self.size :]

    def remember(self, payload: Any) -> None:
        self.memory.pop(payload["id"], None)
        self.memory[payload["id"]] = True


class ForgetsSoon(LastOfEqualWins):
    """Keeps the ids in a cache whose entries live for a quarter of a second."""

    def is_copy(self, payload: Any) -> bool:
        return time.monotonic() - self.memory.get(payload["id"], -1) < 0.25

    def remember(self, payload: Any) -> None:
        self.memory[payload["id"]] = time.monotonic()


class KnowsBytes(LastOfEqualWins):
    """Recognises copies by a hash of the body."""

    request = local()

    def parse(self, body: bytes) -> Any:
        self.request.body = body
        return super().parse(body)

    def event_key(self, payload: Any) -> Any:
        return self.request.body


def _reject_other_bytes(self: Receiver, good: Method, body: bytes) -> Any:
    value = good(body)
    if self.is_known_event(value) and self.validate(value) is None:
        return value if self.memory.setdefault(value["id"], body) == body else reject(409)
    return value


# -- races


class Races(LastOfEqualWins):
    """Checks, pauses, works, and does not see what another thread does meanwhile."""

    def apply_once(self, payload: Any) -> None:
        if not self.is_copy(payload):
            time.sleep(PAUSE)
            with self.store.lock:
                self.work(payload)

    def work(self, payload: Any) -> None:
        """Apply an event that was not a copy."""
        self.apply(payload)
        self.remember(payload)


class RejectsBusy(Receiver):
    """Answers copies with 409 while it works on an event."""

    def apply_once(self, payload: Any) -> None:
        with self.store.lock:
            if payload["id"] in self.memory:
                reject(409)
            self.memory[payload["id"]] = "busy"
        time.sleep(PAUSE)
        super().apply_once(payload)
        with self.store.lock:
            self.memory.pop(payload["id"], None)


def _wait_for_each_other(self: Receiver, good: Method, payload: Any) -> None:
    try:
        good(payload)
    except Rejection:
        self.hang()


class LosesUpdates(Receiver):
    """Reads a row, thinks, writes the row: the slower one of two events wins."""

    def apply(self, payload: Any) -> None:
        data = payload["data"]
        key = self.integration_key(data)
        old = self.store.get(key)
        if old is None or self.is_newer(data["updated_at"], old["updated_at"]):
            time.sleep(PAUSE)
            self.store.put(key, self.make_record(data, old))

    def apply_once(self, payload: Any) -> None:
        with self.store.lock:
            if self.is_copy(payload):
                return
            self.remember(payload)
        self.apply(payload)


class DropsWhileBusy(Receiver):
    """Believes that whoever has the lock does the work for all."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.working = Lock()

    def apply_once(self, payload: Any) -> None:
        if self.working.acquire(blocking=False):
            try:
                time.sleep(PAUSE)
                super().apply_once(payload)
            finally:
                self.working.release()


# -- integrations


class OtherKeys(Receiver):
    """Stores integrations under another key, and finds them by it."""

    def apply(self, payload: Any) -> None:
        data = payload["data"]
        self.memory[data["integration_id"]] = self.integration_key(data)
        super().apply(payload)

    def find(self, integration_id: str) -> Record | None:
        return self.store.get(self.memory.get(integration_id, "\0"))


def _only_newest(self: Receiver, good: Method, payload: Any) -> None:
    at = payload["data"]["updated_at"]
    if instant(at) >= instant(self.memory.get("newest", "0001-01-01T00:00:00Z")):
        self.memory["newest"] = at
        good(payload)


def _share_record(self: Receiver, good: Method, data: Any, old: Record | None) -> Record:
    self.memory.update(good(data, old))
    return self.memory


class SmallStore(Store):
    """Has room for three integrations."""

    def put(self, integration: Any, record: Record) -> None:
        super().put(integration, record)
        while len(self.integrations) > 3:
            self.integrations.pop(next(iter(self.integrations)))


def _end_others(self: Receiver, good: Method, payload: Any) -> None:
    data = payload["data"]
    owner = data["end_user"]["organization_name"]
    before = self.memory.get(owner)
    if before is not None and before != data["integration_id"]:
        self.store.integrations.pop(before, None)
    self.memory[owner] = data["integration_id"]
    good(payload)


# -- others


def _limit_rate(self: Receiver, good: Method, environ: Any, body: bytes) -> None:
    now = time.monotonic()
    times = self.memory.setdefault("times", [])
    if len(times) >= 20 and now - times[-20] < 1:
        reject(429)
    times.append(now)


def _fail_now_and_then(self: Receiver, good: Method, payload: Any) -> None:
    with self.store.lock:
        if self.is_copy(payload):
            return
        self.remember(payload)
        self.memory["worked"] = self.memory.get("worked", 0) + 1
        if self.memory["worked"] % 7 == 0:
            crash("the database does not answer")
        self.apply(payload)


def _acknowledge_crashes(self: Receiver, good: Method, payload: Any) -> None:
    try:
        payload["data"]["end_user"]["origin_id"].strip()
        good(payload)
    except AttributeError:
        """The sender does not learn of it."""


def _changes_state(self: Receiver, payload: Any) -> bool:
    data = payload["data"]
    old = self.store.get(self.integration_key(data))
    return old is None or old["state"] != data["state"]


_LATE = "older|late|order|stale"
_OLDER = "older|late|stale|order"
_TIE = "same (moment|instant)|equal|tie"
_COPY = "cop(y|ies)|again|twice|repeat"
_BYTES = "spel(l|t)|bytes|again|cop(y|ies)|written"
_TOGETHER = "same (time|moment)|at once|concurren|parallel|race|together"

# fmt: off
HISTORIES = (
    # -- which of two events is newer
    bug("last-one-wins", ORDER, _LATE,
        is_newer=lambda self, good, new, old: True),
    bug("almost-as-new-wins", ORDER, _LATE,  # Tolerates clocks that differ by a minute.
        is_newer=lambda self, good, new, old: instant(new)[0] > instant(old)[0] - 60),
    bug("oldest-wins", ORDER, f"{_LATE}|newer",
        is_newer=lambda self, good, new, old: instant(new) < instant(old)),
    bug("compares-strings", ORDER, "offset|text|sort|string",
        is_newer=newer_by(str)),
    bug("compares-local-times", ORDER, "offset",
        is_newer=newer_by(_without_offset)),
    bug("adds-offsets", ORDER, "offset",  # They are to be subtracted.
        is_newer=newer_by(_with_wrong_sign)),
    bug("compares-naive-with-aware", CRASHES, "offset",  # `fromisoformat(text.rstrip("Z"))`
        is_newer=lambda self, good, new, old: (
            crash() if _is_aware(new) != _is_aware(old) else good(new, old))),
    bug("drops-what-it-cannot-compare", LOSES, "offset",
        is_newer=lambda self, good, new, old: (
            _is_aware(new) == _is_aware(old) and good(new, old))),
    bug("compares-seconds", LOSES, "second|fraction",  # A column of whole seconds.
        is_newer=newer_by(lambda timestamp: instant(timestamp)[0])),
    bug("compares-days", LOSES, "second|minute|hour|day|newer",
        is_newer=newer_by(lambda timestamp: instant(timestamp)[0] // 86_400)),
    bug("compares-fractions-as-integers", ORDER, "fraction|digit|second",  # .5 comes before .499.
        is_newer=newer_by(_fraction_as_integer)),
    bug("drops-what-comes-too-soon", LOSES, "minute|second|newer|soon",
        is_newer=lambda self, good, new, old: instant(new)[0] >= instant(old)[0] + 60),
    bug("counts-older-events", ORDER, "events|count|older|late",
        apply=on_older(lambda data, old: old.update(events=old["events"] + 1))),
    bug("applies-older-in-part", ORDER, "older|late|setup_status",  # One of two UPDATEs.
        apply=on_older(lambda data, old: old.update(setup_status=data["setup_status"]))),
    bug("stores-the-time-of-older", ORDER, "older|late|updated_at",
        apply=on_older(lambda data, old: old.update(updated_at=data["updated_at"]))),
    bug("rejects-older-events", REJECTS, _OLDER,
        apply=on_older(lambda data, old: reject(409))),
    bug("crashes-on-older-events", CRASHES, _OLDER,
        apply=on_older(lambda data, old: crash())),
    bug("mixes-equal-instants", CORRUPTS, _TIE,
        apply=on_tie(lambda data, old: (
            old.update(state=data["state"], setup_status=data["setup_status"])))),
    bug("crashes-on-equal-instants", CRASHES, _TIE,  # (integration_id, updated_at) is unique.
        apply=on_tie(lambda data, old: crash())),
    bug("rejects-equal-instants", REJECTS, _TIE,
        apply=on_tie(lambda data, old: reject(409))),

    # -- copies
    bug("knows-no-copies", TWICE, _COPY, LastOfEqualWins,
        is_copy=lambda self, good, payload: False),
    bug("knows-the-last-event-only", TWICE, f"{_COPY}|later", Forgets),
    bug("knows-the-last-five-events", TWICE, f"{_COPY}|later", Forgets, size=5),
    bug("forgets-after-a-moment", TWICE, f"{_COPY}|later", ForgetsSoon,
        unseen="a copy comes later than a probe waits"),
    bug("knows-copies-by-their-bytes", TWICE, _BYTES, KnowsBytes),
    bug("rejects-copies", REJECTS, _COPY,
        apply_once=on_copy(lambda: reject(409))),
    bug("crashes-on-copies", CRASHES, _COPY,
        apply_once=on_copy(lambda: crash("duplicate key value violates unique constraint"))),
    bug("rejects-copies-with-other-bytes", REJECTS, _BYTES,  # Takes them for forgeries.
        parse=_reject_other_bytes),

    # -- races
    bug("races-with-itself", TWICE, _TOGETHER, Races),
    bug("crashes-when-it-races", CRASHES, _TOGETHER, Races,  # On a unique column.
        work=lambda self, good, payload: crash() if self.is_copy(payload) else good(payload)),
    bug("rejects-when-it-races", REJECTS, _TOGETHER, RejectsBusy),
    bug("hangs-when-it-races", HANGS, _TOGETHER, RejectsBusy,  # A deadlock.
        apply_once=_wait_for_each_other),
    bug("loses-updates-when-it-races", LOSES, _TOGETHER, LosesUpdates, unseen="takes luck"),
    bug("drops-what-comes-while-it-works", LOSES, _TOGETHER, DropsWhileBusy),

    # -- what makes two events the same
    bug("event-ids-have-no-case", LOSES, "case",  # A collation.
        event_key=lambda self, good, payload: payload["id"].casefold()),
    bug("one-event-for-each-integration", LOSES, "second|next|later|newer|first|integration",
        event_key=lambda self, good, payload: payload["data"]["integration_id"]),
    bug("one-event-for-each-status", LOSES, "status|state|back|again|newer",
        event_key=lambda self, good, payload: tuple(
            payload["data"][n] for n in ("integration_id", "state", "qa_status", "setup_status"))),
    bug("drops-what-changes-no-state", LOSES, "status|state|unchanged|same|newer",
        apply_once=lambda self, good, payload: _changes_state(self, payload) and good(payload)),
    bug("one-event-for-each-instant", MIXES,
        "moment|instant|other integration|integration|timestamp",
        event_key=lambda self, good, payload: payload["data"]["updated_at"]),

    # -- integrations
    bug("one-newest-for-all", MIXES, "integration|older|newest",
        apply=_only_newest),
    bug("integration-ids-have-no-case", MIXES, "case",
        integration_key=lambda self, good, data: good(data).casefold(),
        find=lambda self, good, integration_id: good(integration_id.casefold())),
    bug("stores-ids-in-lower-case", DROPS, "case|known|404",  # And searches them unchanged.
        integration_key=lambda self, good, data: good(data).lower()),
    bug("one-integration-for-each-tool", MIXES, "tool|integration|case", OtherKeys,
        integration_key=lambda self, good, data: data["integration_tool"]),
    bug("one-integration-for-each-organisation", MIXES, "organi[sz]ation|integration|case",
        OtherKeys,
        integration_key=lambda self, good, data: data["end_user"]["organization_name"]),
    bug("one-integration-for-each-origin", MIXES, "origin|null|integration|case", OtherKeys,
        integration_key=lambda self, good, data: data["end_user"]["origin_id"]),
    bug("one-integration-for-each-category", MIXES, "category|integration|case", OtherKeys,
        integration_key=lambda self, good, data: data["integration_category"]),
    bug("one-record-for-all", MIXES, "integration",  # A dict as a default argument.
        make_record=_share_record),
    bug("counts-all-together", MIXES, "events|count|integration",
        show=lambda self, good, record: {**good(record), "events": sum(
            each["events"] for each in self.store.integrations.values())}),
    bug("forgets-integrations", LOSES, "known|404|integration",  # A cache, used as a database.
        make_store=SmallStore),
    bug("new-integrations-end-old-ones", LOSES, "twin|other integration|integration|case",
        apply=_end_others),

    # -- others
    bug("accepts-twenty-a-second", REJECTS, "many|limit|429|rate|after",
        unseen="a limit of requests is not a bug, but a note",
        check_request=_limit_rate),
    bug("acknowledges-what-crashes", DROPS, "200|error|crash|look|known|null",
        apply_once=_acknowledge_crashes),
    # Shows in more ways than one, so that a probe cannot tell that it is one bug.
    bug("remembers-before-it-works", LOSES, "restart|redeliver|again|500|mark", most=10,
        apply_once=_fail_now_and_then),
)
# fmt: on
