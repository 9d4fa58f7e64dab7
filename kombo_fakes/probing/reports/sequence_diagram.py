"""Deliveries in the order in which they came, a lane for each integration, laid out to be drawn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kombo_fakes.probing.model import Exchange

_LEFT, _STEP, _LANE, _TOP = 130, 128, 118, 56
_MOST = 60


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane of an integration: its height in the picture."""

    name: str
    y: int


@dataclass(frozen=True, slots=True)
class Node:
    """A delivery in the picture, and what stands around it."""

    number: int
    x: int
    y: int
    state: str
    time: str
    says: str
    answer: str


@dataclass(frozen=True, slots=True)
class Copy:
    """An arc from a delivery to a later copy of it."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def mx(self) -> int:
        """Where the arc bends."""
        return (self.x1 + self.x2) // 2

    @property
    def my(self) -> int:
        """How far the arc bends."""
        return min(self.y1, self.y2) - 36


@dataclass(frozen=True, slots=True)
class Step:
    """A delivery in a row of text."""

    number: int
    integration: str
    event: str
    updated_at: str
    says: str
    about: str
    answer: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Lanes with their deliveries, in pixels, and the same as rows of a table."""

    width: int
    height: int
    left: int
    label: str
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    copies: tuple[Copy, ...]
    steps: tuple[Step, ...]


def picture_of(exchanges: Sequence[Exchange]) -> Picture | None:
    """The picture of a history; None if it has one delivery only, or too many to be drawn.

    The last delivery is the one that went wrong.
    """
    if not 1 < len(exchanges) <= _MOST:
        return None
    lanes: dict[str, Lane] = {}
    first: dict[str, Node] = {}
    nodes: list[Node] = []
    copies: list[Copy] = []
    steps: list[Step] = []
    for number, exchange in enumerate(exchanges, 1):
        event, data = _event(exchange)
        integration = str(data.get("integration_id", "(none)"))
        lane = lanes.setdefault(integration, Lane(_short(integration), _TOP + _LANE * len(lanes)))
        wrong = number == len(exchanges)
        updated_at, says = str(data.get("updated_at", "")), _says(data)
        node = Node(
            number,
            _LEFT + _STEP // 2 + _STEP * (number - 1),
            lane.y,
            "wrong" if wrong else "fine",
            updated_at.partition("T")[2] or updated_at,
            str(data.get("state", "")),
            f"answer {exchange.reply.status}" if exchange.reply.status else "no answer",
        )
        about = "; ".join(exchange.delivery.done)
        earlier = first.setdefault(event, node)
        if earlier is not node:
            copies.append(Copy(earlier.x, earlier.y - 17, node.x, node.y - 17))
            about = f"a copy of {earlier.number}" + (f"; {about}" if about else "")
        nodes.append(node)
        answer = str(exchange.reply)
        steps.append(Step(number, integration, event, updated_at, says, about, answer, wrong))
    several = f"{len(lanes)} integrations" if len(lanes) > 1 else "one integration"
    return Picture(
        width=_LEFT + _STEP * len(nodes) + 16,
        height=_TOP + _LANE * (len(lanes) - 1) + 74,
        left=_LEFT - 20,
        label=f"{len(nodes)} deliveries of {several}; the last one went wrong",
        lanes=tuple(lanes.values()),
        nodes=tuple(nodes),
        copies=tuple(copies),
        steps=tuple(steps),
    )


def _event(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    try:
        payload = json.loads(exchange.delivery.body)
    except (ValueError, RecursionError):
        return "(no JSON)", {}
    if not isinstance(payload, dict):
        return "(no object)", {}
    data = payload.get("data")
    return str(payload.get("id", "(none)")), data if isinstance(data, dict) else {}


def _says(data: dict[str, Any]) -> str:
    said = [str(data[name]) for name in ("state", "qa_status", "setup_status") if name in data]
    return " / ".join(said)


def _short(integration: str) -> str:
    tool, colon, rest = integration.partition(":")
    return f"{tool[:10]}:…{rest[-4:]}" if colon and len(rest) > 5 else integration[:16]
