"""What a receiver shows otherwise than it should, as values; and the sentence for each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from kombo_fakes.core.messages import shorten


class Absence(Enum):
    """The type of `ABSENT`, which no JSON value equals."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absence.ABSENT
"""Stands for a field or an integration that is not there, in contrast to one that is null."""

WHOLE = ""
"""The field of a mismatch that is about an integration as a whole."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A field that a receiver shows otherwise than it should.

    Attributes:
        field: The name of the field; `WHOLE` where the integration itself is missing, or should be.
        expected: The right value; `ABSENT` where the receiver should not know the integration.
        received: The value that the receiver shows; `ABSENT` where it shows none.

    Examples:
        >>> Mismatch("state", "ACTIVE", "INVALID").field
        'state'
    """

    field: str
    expected: Any
    received: Any


def describe_mismatch(mismatch: Mismatch) -> str:
    """One mismatch as a clause of a sentence.

    Examples:
        >>> describe_mismatch(Mismatch("state", "ACTIVE", "INVALID"))
        "state is 'INVALID', expected 'ACTIVE'"
        >>> describe_mismatch(Mismatch("state", "ACTIVE", ABSENT))
        "state is missing, expected 'ACTIVE'"
        >>> describe_mismatch(Mismatch(WHOLE, {"state": "ACTIVE"}, ABSENT))
        'the integration is unknown, although an event about it was accepted'
    """
    expected, received = mismatch.expected, mismatch.received
    if mismatch.field == WHOLE:
        if received is ABSENT:
            return "the integration is unknown, although an event about it was accepted"
        if expected is ABSENT:
            return "the integration is known, although no event about it should be applied"
        return f"the observed document is {shorten(received)}, expected a JSON object"
    shown = "missing" if received is ABSENT else shorten(received)
    return f"{mismatch.field} is {shown}, expected {shorten(expected)}"


def describe_mismatches(mismatches: Iterable[Mismatch]) -> str:
    """All mismatches of an integration in one line.

    Examples:
        >>> print(describe_mismatches([Mismatch("state", "A", "B"), Mismatch("events", 1, 2)]))
        state is 'B', expected 'A'; events is 2, expected 1
    """
    return "; ".join(map(describe_mismatch, mismatches))
