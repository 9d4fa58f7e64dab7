"""How much there is to draw for a payload of a blueprint.

Hypothesis gives up on an example that takes thousands of choices, and an API description holds
shapes that do: hundreds of fields, arrays of objects that hold arrays, trees. What is larger than
`ROOM` is drawn with fewer items, fewer optional properties, and fewer fields that are anything but
usual; each of them has its turn, but not all in one payload.
"""

from __future__ import annotations

import math

from kombo_fakes.schema.blueprint.shapes import (
    Anything,
    Array,
    Blueprint,
    Enumeration,
    Filtered,
    Object,
    Reference,
    Union,
)
from kombo_fakes.schema.blueprint.smallest import find_smallest

ROOM = 300.0
"""As many texts and numbers as fit well into an example of Hypothesis's."""

DEPTH = 4
"""How often a shape may hold itself before only the smallest form of it is drawn."""

_HUGE = 1e9
_CHOICE, _ANYTHING = 0.2, 4.0


class Sizes:
    """The sizes of blueprints: how many texts and numbers a draw of each holds on average.

    Examples:
        >>> from kombo_fakes.schema.blueprint.shapes import String
        >>> Sizes().of(Array(items=String(), min_items=4, max_items=4))
        4.0
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], float] = {}
        # So that no other blueprint gets the id of one that is known.
        self._kept: list[Blueprint] = []

    def of(self, plan: Blueprint, depth: int = 0) -> float:
        """The average size of what is drawn without any thrift."""
        key = (id(plan), depth)
        if key not in self._known:
            self._kept.append(plan)
            self._known[key] = min(self._of(plan, depth), _HUGE)
        return self._known[key]

    def _of(self, plan: Blueprint, depth: int) -> float:
        match plan:
            case Enumeration():
                return _CHOICE
            case Anything():
                return _ANYTHING
            case Union(branches):
                return sum(self.of(branch, depth) for branch in branches) / max(1, len(branches))
            case Filtered(base, _, _):
                return self.of(base, depth)
            case Reference():
                if depth >= DEPTH:
                    return self.of(find_smallest(plan), depth)
                return self.of(plan.target, depth + 1)
            case Array():
                prefix = [self.of(item, depth) for item in plan.prefix]
                return sum(prefix) + usual_count(plan) * self.of(plan.items, depth)
            case Object():
                return self.of_properties(plan, depth) + sum(
                    1.5 * (1 + self.of(extra.values, depth)) for extra in plan.extras[:1]
                )
        return 1.0

    def of_properties(self, plan: Object, depth: int) -> float:
        """The size of the properties that have a name in the schema; half the optional ones."""
        return sum(
            self.of(child, depth) * (1 if name in plan.required else 0.5)
            for name, child in plan.properties.items()
        )


def usual_count(plan: Array) -> float:
    """How many items Hypothesis draws on average, beside those of the prefix."""
    least = max(0, plan.min_items - len(plan.prefix))
    if plan.max_items is None:
        return min(max(least * 2, least + 5), _HUGE)
    most = max(least, plan.max_items - len(plan.prefix))
    return min(max(least * 2, least + 5), (least + most) / 2)


def share_of_room(size: float, room: float) -> float:
    """What to leave of two things that multiply, so that what is of a size gets into a room."""
    return 1.0 if size <= room else math.sqrt(room / size)
