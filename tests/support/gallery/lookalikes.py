"""Bugs that take for the same what differs: ids that are cut, folded or trimmed, and statuses."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from .planted import CORRUPTS, LOSES, MIXES, ORDER, Method, Planted, bug
from .receiver import STATUSES, Receiver, Record, instant
from .values import EPOCH


def event_ids(name: str, words: str, fold: Callable[[str], Any]) -> Planted:
    """Recognise events by a part of their id."""
    return bug(name, LOSES, words, event_key=lambda self, good, payload: fold(payload["id"]))


def integration_ids(name: str, words: str, fold: Callable[[str], Any]) -> Planted:
    """Store and find integrations by a part of their id."""
    return bug(
        name,
        MIXES,
        words,
        integration_key=lambda self, good, data: fold(data["integration_id"]),
        find=lambda self, good, integration_id: good(fold(integration_id)),
    )


def update(choose: Callable[[Record, Record], Record]) -> Method:
    """Choose what replaces a record, from the old one and the new one."""

    def make_record(self: Receiver, good: Method, data: Any, old: Record | None) -> Record:
        new = good(data, old)
        return new if old is None else choose(old, new)

    return make_record


def _without_accents(value: str) -> str:
    characters = unicodedata.normalize("NFD", value)
    return "".join(each for each in characters if not unicodedata.combining(each))


class UpdatesLike(Receiver):
    """`UPDATE ... WHERE integration_id LIKE ?`, in which _ stands for any character."""

    def apply(self, payload: Any) -> None:
        super().apply(payload)
        name = payload["data"]["integration_id"]
        pattern = re.compile(re.escape(name).replace("_", "."), re.DOTALL)
        record = self.store.get(name)
        for other in self.store.integrations:
            if record is not None and pattern.fullmatch(other):
                self.store.put(other, record)


class NullIsOneAddress(Receiver):
    """Takes all users without an address for one."""

    def integration_key(self, data: Any) -> Any:
        if data["end_user"].get("creator_email") is not None:
            return data["integration_id"]
        self.memory[data["integration_id"]] = "without address"
        return None

    def find(self, integration_id: str) -> Record | None:
        return self.store.get(None if integration_id in self.memory else integration_id)


def _end_at_once(self: Receiver, good: Method, payload: Any) -> None:
    good(payload)
    name = payload["data"]["integration_id"]
    if payload["data"]["state"] == "INACTIVE":
        self.store.put(name, {**(self.store.get(name) or {}), "state": "INACTIVE"})


def _in_32_bits(timestamp: str) -> tuple[int, str]:
    seconds, fraction = instant(timestamp)
    return (seconds - EPOCH + 2**31) % 2**32, fraction


# fmt: off
LOOKALIKES = (
    # -- ids of events
    event_ids("strips-event-ids", "trailing space", str.strip),
    event_ids("cuts-event-ids-after-20", "truncat|cut", lambda value: value[:20]),
    event_ids("cuts-event-ids-after-255", "truncat|cut", lambda value: value[:255]),
    event_ids("event-ids-have-no-accents", "accent", _without_accents),
    event_ids("normalizes-event-ids", "normali[sz]ation",
        lambda value: unicodedata.normalize("NFC", value)),
    event_ids("event-ids-have-no-punctuation", "hyphen|underscore",  # A name for a file.
        lambda value: re.sub(r"[^A-Za-z0-9\u0080-\uffff]", "", value)),
    event_ids("event-ids-may-be-numbers", "zero",  # As in PHP.
        lambda value: int(value) if value.isascii() and value.isdigit() else value),

    # -- ids of integrations
    integration_ids("ignores-spaces-at-the-end", "trailing space",  # PAD SPACE
        lambda value: value.rstrip(" ")),
    integration_ids("cuts-integration-ids-after-32", "truncat|cut", lambda value: value[:32]),
    integration_ids("cuts-integration-ids-after-64", "truncat|cut", lambda value: value[:64]),
    integration_ids("knows-the-end-of-ids", "first character", lambda value: value[-8:]),
    integration_ids("knows-what-follows-the-colon", "tool", lambda value: value.rpartition(":")[2]),
    integration_ids("knows-two-parts-of-ids", "second colon",  # `tool, token, *_ = id.split(":")`
        lambda value: tuple(value.split(":")[:2])),
    integration_ids("folds-integration-ids", "compatibility|ligature",
        lambda value: unicodedata.normalize("NFKC", value)),
    integration_ids("stores-ids-in-latin-1", "Latin-1",
        lambda value: value.encode("latin-1", "replace")),
    integration_ids("unescapes-ids", "ampersand|HTML", html.unescape),
    bug("updates-what-is-like", MIXES, "underscore", UpdatesLike),
    bug("null-is-one-address", MIXES, "e-mail", NullIsOneAddress),

    # -- statuses, and years
    bug("setup-ends-once", CORRUPTS, "setup_status",
        make_record=update(lambda old, new: (
            {**new, "setup_status": "COMPLETED"} if old["setup_status"] == "COMPLETED" else new))),
    bug("setup-has-stages", LOSES, "status",  # A state machine with too few transitions.
        make_record=update(lambda old, new: old if (
            old["setup_status"], new["setup_status"]) == ("INCOMPLETE", "COMPLETED") else new)),
    bug("drops-what-changes-nothing", LOSES, "same once more|status",
        make_record=update(lambda old, new: (
            old if all(old[name] == new[name] for name in STATUSES) else new))),
    bug("the-end-is-the-end", ORDER, "late|older",  # INACTIVE counts whenever it comes.
        apply=_end_at_once),
    bug("compares-without-sign", LOSES, "1969|2038|year",  # Milliseconds since 1970, or 0.
        is_newer=lambda self, good, new, old: (
            max(instant(new), (EPOCH, "")) > max(instant(old), (EPOCH, "")))),
    bug("compares-in-32-bits", LOSES, "2038|year",
        is_newer=lambda self, good, new, old: _in_32_bits(new) > _in_32_bits(old)),
)
# fmt: on
