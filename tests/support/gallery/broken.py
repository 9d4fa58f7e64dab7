"""Receivers with one bug each, such as real ones have."""

from __future__ import annotations

from .bodies import BODIES
from .histories import HISTORIES
from .leaks import LEAKING
from .lookalikes import LOOKALIKES
from .planted import Planted
from .schemas import SCHEMAS
from .signatures import SIGNATURES
from .values import VALUES

BROKEN: tuple[Planted, ...] = (
    *SIGNATURES, *BODIES, *VALUES, *SCHEMAS, *HISTORIES, *LEAKING, *LOOKALIKES,
)  # fmt: skip


def get_planted(name: str) -> Planted:
    """Return the receiver with a bug of a name."""
    return next(each for each in BROKEN if each.name == name)
