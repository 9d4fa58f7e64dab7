"""The layout of a sequence diagram: deliveries in their order, a row for each integration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kombo_fakes.probing.model import Exchange

_LEFT, _STEP, _ROW, _TOP = 130, 128, 118, 56
# With more deliveries the diagram would be too wide to be read.
_MOST = 60
_STATE = ("state", "qa_status", "setup_status")


@dataclass(frozen=True, slots=True)
class Row:
    """The row of an integration.

    Attributes:
        name: The id of the integration, shortened.
        y: Where the row is, in pixels from the top.
    """

    name: str
    y: int


@dataclass(frozen=True, slots=True)
class Node:
    """A delivery in the diagram, with the texts around it.

    Attributes:
        number: Its number in the order of deliveries, from 1.
        x: Where it is, in pixels from the left.
        y: Where it is, in pixels from the top.
        outcome: ``wrong`` for the last delivery, which went wrong.
        time: The time of day of its event.
        state_name: The state that its event brings.
        answer: What the receiver answered.
    """

    number: int
    x: int
    y: int
    outcome: Literal["fine", "wrong"]
    time: str
    state_name: str
    answer: str


@dataclass(frozen=True, slots=True)
class Copy:
    """An arc from a delivery to a later copy of it, in pixels."""

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
    """A delivery in a row of the table below the diagram.

    Attributes:
        number: Its number in the order of deliveries, from 1.
        integration: The id of the integration.
        event: The id of the event.
        updated_at: The instant of the event.
        state: The states that the event brings.
        about: What is special about the delivery.
        answer: What the receiver answered.
        wrong: Whether it is the delivery that went wrong.
    """

    number: int
    integration: str
    event: str
    updated_at: str
    state: str
    about: str
    answer: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class SequenceDiagram:
    """Deliveries in pixels, and the same as a table.

    Attributes:
        width: The width of the diagram.
        height: Its height.
        left: Where the rows begin.
        label: What the diagram shows, for screen readers.
        rows: A row for each integration.
        nodes: The deliveries.
        copies: Arcs between copies of an event.
        steps: The deliveries as a table.
    """

    width: int
    height: int
    left: int
    label: str
    rows: tuple[Row, ...]
    nodes: tuple[Node, ...]
    copies: tuple[Copy, ...]
    steps: tuple[Step, ...]


def draw_sequence(exchanges: Sequence[Exchange]) -> SequenceDiagram | None:
    """Lay out the deliveries of a timeline.

    Args:
        exchanges: The deliveries and their answers; the last one is the one that went wrong.

    Returns:
        The diagram; None for a single delivery, and for too many of them.
    """
    if not 1 < len(exchanges) <= _MOST:
        return None
    rows: dict[str, Row] = {}
    first: dict[str, Node] = {}
    nodes: list[Node] = []
    copies: list[Copy] = []
    steps: list[Step] = []
    for number, exchange in enumerate(exchanges, 1):
        event, data = _read_event(exchange)
        integration = str(data.get("integration_id", "(none)"))
        row = rows.setdefault(integration, Row(_shorten_id(integration), _TOP + _ROW * len(rows)))
        is_wrong = number == len(exchanges)
        updated_at = str(data.get("updated_at", ""))
        node = Node(
            number,
            _LEFT + _STEP // 2 + _STEP * (number - 1),
            row.y,
            "wrong" if is_wrong else "fine",
            updated_at.partition("T")[2] or updated_at,
            str(data.get("state", "")),
            str(exchange.reply.status or "no response"),
        )
        about = "; ".join(exchange.delivery.done)
        earlier = first.setdefault(event, node)
        if earlier is not node:
            copies.append(Copy(earlier.x, earlier.y - 17, node.x, node.y - 17))
            about = f"a duplicate of {earlier.number}" + (f"; {about}" if about else "")
        nodes.append(node)
        state = " / ".join(str(data[name]) for name in _STATE if name in data)
        answer = str(exchange.reply)
        steps.append(Step(number, integration, event, updated_at, state, about, answer, is_wrong))
    several = f"{len(rows)} integrations" if len(rows) > 1 else "one integration"
    return SequenceDiagram(
        width=_LEFT + _STEP * len(nodes) + 16,
        height=_TOP + _ROW * (len(rows) - 1) + 74,
        left=_LEFT - 20,
        label=f"{len(nodes)} deliveries of {several}; the last one went wrong",
        rows=tuple(rows.values()),
        nodes=tuple(nodes),
        copies=tuple(copies),
        steps=tuple(steps),
    )


def _read_event(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    try:
        payload = json.loads(exchange.delivery.body)
    except (ValueError, RecursionError):
        return "(not JSON)", {}
    if not isinstance(payload, dict):
        return "(not an object)", {}
    data = payload.get("data")
    return str(payload.get("id", "(none)")), data if isinstance(data, dict) else {}


def _shorten_id(integration: str) -> str:
    tool, colon, rest = integration.partition(":")
    return f"{tool[:10]}:…{rest[-4:]}" if colon and len(rest) > 5 else integration[:16]
