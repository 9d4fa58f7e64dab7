"""What the rows of the table of wire faults are made of: a case, a maker, and an expectation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from kombo_fakes.core.choices import Choices
from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.pointer import Path, get, replace_at
from kombo_fakes.schema.schema import Schema
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.expectations import Expectation
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signing import SIGNATURE_HEADER, signature_with

# A character of Unicode's private use area, so that no payload has it.
_MARK = "\ue000a place\ue000"


@dataclass(frozen=True, slots=True)
class FaultCase:
    """A valid payload, and what makers need to make a faulty delivery of it."""

    payload: Any
    secret: bytes
    choices: Choices
    schema: Schema

    @property
    def body(self) -> bytes:
        """The payload, written compactly."""
        return serialize(self.payload)

    def delivery(self, body: bytes | None = None) -> Delivery:
        """Return the correctly signed delivery of a body, by default that of the payload."""
        return Delivery.signed(self.body if body is None else body, self.secret)

    def signed_by(self, *signatures: str, body: bytes | None = None) -> Delivery:
        """Return a delivery that has these signatures instead of the right one."""
        return self.delivery(body).with_header(SIGNATURE_HEADER, *signatures)

    def right_signature(self, body: bytes | None = None) -> str:
        """Return the right signature of a body, by default that of the payload."""
        return signature_with(self.body if body is None else body, self.secret)

    def change_free_string(self, change: Callable[[str], Any]) -> Any:
        """Return the payload with a string changed that may be any string; None without one."""
        path = self._free_string()
        if path is None:
            return None
        return replace_at(self.payload, path, change(get(self.payload, path)))

    def _free_string(self) -> Path | None:
        """Find a string that the schema allows to be any other string, if possible not an id."""
        found = None
        for path, string in _strings(self.payload):
            # No format allows a space, a slash and a letter beyond ASCII together, so a string that
            # may contain them may be any string.
            if not self.schema.is_valid(replace_at(self.payload, path, string + " x/é")):
                continue
            # Receivers read records by their ids, so that another id can be another error.
            if not str(path[-1]).lower().endswith(("id", "type")):
                return path
            found = found or path
        return found

    def body_with_literal(self, literal: str) -> bytes | None:
        """Return the body with a string replaced by unquoted characters; None without a string."""
        path = next((path for path, _ in _strings(self.payload) if len(path) > 1), None)
        if path is None:
            path = next((path for path, _ in _strings(self.payload)), None)
        if path is None:
            return None
        marked = serialize(replace_at(self.payload, path, _MARK))
        return marked.replace(f'"{_MARK}"'.encode(), literal.encode())

    def allows(self, body: bytes | None) -> bool:
        """Whether a body is a valid payload of the schema."""
        return body is not None and self.schema.is_valid(parse_json(body))


def _strings(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if path:
            yield path, value
    elif isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _strings(item, (*path, key))


Maker: TypeAlias = Callable[[FaultCase], "Delivery | None"]
"""Makes the faulty delivery; None if this payload cannot have the fault.

A maker with several ways to do it picks one by the first call of ``case.choices.pick``.
"""


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One row of the table of wire faults.

    Attributes:
        id: The stable id.
        description: What is wrong, as a phrase.
        expected: What a strict receiver has to do, and what a tolerant one has to do.
        why: The reason for that.
        make: Makes the delivery.
    """

    id: str
    description: str
    expected: tuple[Expectation, Expectation]
    why: str
    make: Maker


REJECT: tuple[Expectation, Expectation] = ("reject", "reject")
ACCEPT: tuple[Expectation, Expectation] = ("accept", "accept")
EITHER: tuple[Expectation, Expectation] = ("either", "either")
BY_POLICY: tuple[Expectation, Expectation] = ("reject", "either")
