"""Payloads for the cases of a probe: plain ones, each with ids of its own."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.instants import SECOND, format_instant, parse_instant
from kombo_fakes.core.pointer import Path, get, parse_pointer, replace_at, to_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.sequences.ledger import STATUS_FIELDS
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.serializations import serialize

TRIES = 200
"""How many payloads are drawn at most until one fits."""

# These are the usual values of a healthy integration. A receiver that rejects another value fails
# in the case about that value, and not in all cases.
_PLAIN_STATE = {
    "integration_category": "HRIS",
    "state": "ACTIVE",
    "qa_status": "PASSED",
    "setup_status": "COMPLETED",
    "integration_tool": "personio",
}
_PLAIN_TOOL: dict[Path, str] = {("data", "integration_tool"): "personio"}
_EMAIL_ADDRESS = re.compile(r"[a-z.]+@[a-z0-9.-]+")

_OWN_VALUES: tuple[Path, ...] = (
    ("id",),
    ("data", "id"),
    ("data", "integration_id"),
    ("data", "updated_at"),
)
"""Where each payload has a value that no other one has."""


class CasePayloads:
    """Makes the payloads of one event in one run.

    Args:
        event: The event.
        seed: What the payloads are generated from.
        run: What makes the ids of this run differ from those of another one.

    Examples:
        >>> from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
        >>> payloads = CasePayloads(DEFAULT_EVENT, seed=0, run="a run")
        >>> payloads.fresh()["id"] == payloads.fresh()["id"]
        False
    """

    def __init__(self, event: str, seed: int, run: object) -> None:
        self.schema: Schema = Schema.load(event)
        self.event: str = self.schema.name
        self.seed: int = seed
        self.run: object = run
        # Only the default event has a state that can be observed, and that timelines are about.
        self.has_state: bool = self.event == DEFAULT_EVENT
        self._made = 0
        self._base = self._make_base()
        if self.has_state:
            self._instant = int(parse_instant(self._base["data"]["updated_at"]))

    def _make_base(self) -> Any:
        """Make the plainest realistic payload: ASCII only, no null, usual statuses.

        Whatever many receivers stumble over has a case of its own.
        """
        generator = generator_for(self.schema)
        for number in range(TRIES):
            choices = SeededChoices(seed_for("probe", self.event, self.seed, number))
            payload = generator.generate(choices, pins=_PLAIN_TOOL if self.has_state else None)
            if self.has_state:
                payload["data"] |= _PLAIN_STATE
                tool, _, token = payload["data"]["integration_id"].partition(":")
                payload["data"]["integration_id"] = f"personio:{token or tool}"
            for path, value in list(iter_leaves(payload)):
                if isinstance(value, str) and _EMAIL_ADDRESS.fullmatch(value):
                    # Patterns for addresses often reject other domains, which have cases of their
                    # own.
                    payload = replace_at(payload, path, value.partition("@")[0] + "@example.com")
            if _is_plain(payload):
                return payload
        # A schema may allow no plain payload at all, so that the last one has to do.
        return payload

    @property
    def base(self) -> Any:
        """A copy of the plain payload that the others are made from."""
        return copy.deepcopy(self._base)

    def fresh(self, payload: Any = None) -> Any:
        """Copy a payload, and give it ids of its own.

        Args:
            payload: The payload; the plain one by default.
        """
        fresh = copy.deepcopy(self._base if payload is None else payload)
        choices = self._make_choices()
        if not isinstance(fresh, dict):
            # A fault may have made an array or a string of it, which has no ids.
            return fresh
        if isinstance(fresh.get("id"), str):
            fresh["id"] = choices.token(24)
        data = fresh.get("data")
        if payload is None and self.has_state:
            # Some receivers take events with the same instant for the same event.
            fresh["data"]["updated_at"] = format_instant(self._instant + self._made * SECOND)
        if isinstance(data, dict):
            # The id of what the event is about. That of an integration begins with the tool.
            for name in ("integration_id", "id"):
                if isinstance(data.get(name), str):
                    tool, colon, _ = data[name].partition(":")
                    token = choices.token(24)
                    data[name] = f"{tool}:{token}" if colon and tool.isalnum() else token
                    break
        return fresh

    def fresh_token(self) -> str:
        """Make a token that no other payload of the run has."""
        return self._make_choices().token(24)

    def _make_choices(self) -> SeededChoices:
        self._made += 1
        # Only ids depend on the run. A receiver that keeps its store would take the events of a
        # second run with the same seed for copies.
        return SeededChoices(seed_for("probe ids", self.run, self.event, self._made))

    def of_another_organisation(self) -> Any:
        """Make a plain payload whose organisation, tool and category are not those of the base."""
        generator = generator_for(self.schema)
        base = self._base["data"]
        for number in range(TRIES):
            payload = generator.generate(SeededChoices(seed_for("other", self.seed, number)))
            data = payload["data"]
            if (
                _is_plain(payload)
                # Receivers may store by the tool or the category in place of the id.
                and data["integration_tool"] != base["integration_tool"]
                and data["integration_category"] != base["integration_category"]
            ):
                return payload
        return payload

    def topic_at(self, pointer: str, value: Any) -> str:
        """Classify a value by what receivers stumble over, and by its place.

        Args:
            pointer: The place, as a JSON Pointer.
            value: The value.

        Returns:
            ``"enum"``, or what `topic_of_value` returns.
        """
        enums = {site.pointer for site in self.schema.sites() if site.keyword == "enum"}
        # A receiver that knows every value of an enum may still fail at null, so that null is a
        # topic of its own.
        return "enum" if pointer in enums and value is not None else topic_of_value(value)

    def expect_state(self, payload: Any) -> tuple[str | None, Mapping[str, Any] | None]:
        """Tell what a receiver should show once it has applied a payload.

        Returns:
            The id of the integration, and the fields with their values; None and None where a
            payload is about no integration.
        """
        if not self.has_state or not isinstance(payload, dict):
            return None, None
        data = payload.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("integration_id"), str):
            return None, None
        expected = {name: data[name] for name in (*STATUS_FIELDS, "updated_at") if name in data}
        return data["integration_id"], expected

    def sign_nearest(self, payload: Any, pointer: str, secret: str | bytes) -> Delivery | None:
        """Sign the valid payload that is most like a given one: plain at one place, else the same.

        Args:
            payload: The given payload.
            pointer: The place where it is special, as a JSON Pointer.
            secret: What to sign it with.

        Returns:
            The delivery; None where the given payload is not special at all.
        """
        plain = self._base
        try:
            path = to_path(plain, parse_pointer(pointer))
            near = replace_at(payload, path, get(plain, path))
            if not self.schema.is_valid(near):
                near = plain
        except (PointerError, KeyError, TypeError):
            near = plain
        # The ids and the instant stay those of the payload, unless they are what is special.
        for own in _OWN_VALUES:
            try:
                value = get(payload, own)
                if isinstance(value, str) and to_pointer(own) != pointer and get(near, own):
                    near = replace_at(near, own, value)
            except PointerError:
                continue
        return Delivery.of(near, secret) if near != payload else None

    def find_free_string(self, payload: Any) -> Path | None:
        """Find a string that may be anything, preferably a name; None where there is none."""
        found = [
            path
            for path, value in iter_leaves(payload)
            if isinstance(value, str)
            # By ids and types receivers look things up, so that another value is another kind of
            # case.
            and not str(path[-1]).endswith(("id", "type"))
            # Enums, formats and most patterns do not allow the space, the slash or the accent.
            and self.schema.is_valid(replace_at(payload, path, value + " x/é"))
        ]
        names = [path for path in found if "name" in str(path[-1])]
        return next(iter(names or found), None)


def iter_leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Iterate over every value that holds no other one, with its path.

    Examples:
        >>> list(iter_leaves({"a": [1, {}]}))
        [(('a', 0), 1), (('a', 1), {})]
    """
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from iter_leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from iter_leaves(item, (*path, index))
    else:
        yield path, value


def topic_of_value(value: Any) -> str:
    """Classify a value by what receivers stumble over.

    Returns:
        ``"null"``, ``"date-time"``, ``"text"``, ``"number"`` or ``"shape"``.
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        try:
            parse_instant(value)
        except ValueError:
            return "text"
        return "date-time"
    # In Python a bool is an int.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number"
    return "shape"


def drop_non_ascii(payload: Any) -> Any:
    """Drop all characters beyond ASCII: they have cases of their own."""
    for path, value in list(iter_leaves(payload)):
        if isinstance(value, str) and not value.isascii():
            payload = replace_at(payload, path, value.encode("ascii", "ignore").decode())
    return payload


def to_path(payload: Any, parts: Path) -> Path:
    """Turn the parts of a JSON Pointer into the keys and indices of a payload."""
    path: list[Any] = []
    for part in parts:
        path.append(int(part) if isinstance(payload, list) else part)
        payload = payload[path[-1]]
    return tuple(path)


def is_observable_id(integration_id: str) -> bool:
    """True if any server can be asked for an id by URL."""
    # Servers and proxies rewrite or reject these characters in a path, even if they are
    # percent-encoded.
    return bool(integration_id.strip()) and not set(integration_id) & set("/\\\n\r\t\0?#%;")


def is_usual_id(integration_id: str) -> bool:
    """True if an id is one that Kombo sends: a tool, a colon, and letters and digits."""
    tool, colon, token = integration_id.partition(":")
    return bool(colon) and tool.isalnum() and token.isalnum() and integration_id.isascii()


def _is_plain(payload: Any) -> bool:
    leaves = iter_leaves(payload)
    return serialize(payload).isascii() and all(value is not None for _, value in leaves)
