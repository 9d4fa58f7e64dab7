"""Differences between what a receiver shows and what is right, as values and as sentences."""

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
    """A field for which a receiver shows a wrong value.

    Attributes:
        field: The name of the field; `WHOLE` if the integration is missing, or should be missing.
        expected: The right value; `ABSENT` if the receiver should not know the integration.
        received: The value that the receiver shows; `ABSENT` if it does not show one.

    Examples:
        >>> Mismatch("state", "ACTIVE", "INVALID").field
        'state'
    """

    field: str
    expected: Any
    received: Any


def describe_mismatch(mismatch: Mismatch) -> str:
    """Describe a mismatch, as a clause of a sentence.

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
    """Describe all mismatches of an integration in one line.

    Examples:
        >>> print(describe_mismatches([Mismatch("state", "A", "B"), Mismatch("events", 1, 2)]))
        state is 'B', expected 'A'; events is 2, expected 1
    """
    return "; ".join(map(describe_mismatch, mismatches))
