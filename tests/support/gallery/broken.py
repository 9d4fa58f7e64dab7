"""Receivers with one bug each: what real ones get wrong."""

from __future__ import annotations

from .broken_bodies import BODIES
from .broken_events import EVENTS
from .broken_likenesses import LOOKALIKES
from .broken_payloads import PAYLOADS
from .broken_signatures import SIGNATURES
from .planted import Planted

BROKEN: tuple[Planted, ...] = (*SIGNATURES, *BODIES, *PAYLOADS, *EVENTS, *LOOKALIKES)
"""All of them; each name occurs once."""

__all__ = ["BROKEN", "Planted"]
