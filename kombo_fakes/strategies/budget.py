"""How much there is to draw for a payload, and how much of it fits into one example.

Hypothesis gives up on an example that takes thousands of choices. API descriptions hold shapes
that do: hundreds of fields, arrays of objects with arrays inside, trees. A shape larger than
`ROOM` is drawn with fewer items, fewer optional properties and fewer unusual values. Each of them
still has its turn, but not all in one payload.
"""

from __future__ import annotations

import math

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.smallest import find_smallest

ROOM = 300.0
"""The number of strings and numbers that fit well into one example of Hypothesis."""

DEPTH = 4
"""How many times a shape may contain itself before only its smallest form is drawn."""

LONGEST = 4_096
"""The largest number of items, properties or drawn characters of one value."""

# A size to stop at, which is far above `ROOM` and far below infinity.
_HUGE = 1e9
# Enumerations take one cheap choice. A value of any kind is a few nested ones.
_ENUMERATION, _ANYTHING = 0.2, 4.0


class Sizes:
    """The sizes of blueprints: the average number of strings and numbers in one draw.

    Examples:
        >>> from kombo_fakes.schema.blueprint.shapes import Array, String
        >>> Sizes().of(Array(items=String(), min_items=4, max_items=4))
        4.0
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], float] = {}
        # Holds on to each blueprint, so that its id is not given to another one.
        self._kept: list[shapes.Blueprint] = []

    def of(self, blueprint: shapes.Blueprint, depth: int = 0) -> float:
        """The average size of a draw when nothing is left out to save room."""
        key = (id(blueprint), depth)
        if key not in self._known:
            self._kept.append(blueprint)
            self._known[key] = min(self._measure(blueprint, depth), _HUGE)
        return self._known[key]

    def _measure(self, blueprint: shapes.Blueprint, depth: int) -> float:
        match blueprint:
            case shapes.Enumeration():
                return _ENUMERATION
            case shapes.Anything():
                return _ANYTHING
            case shapes.Union(branches):
                return sum(self.of(branch, depth) for branch in branches) / max(1, len(branches))
            case shapes.Filtered(base, _, _):
                return self.of(base, depth)
            case shapes.Reference():
                if depth >= DEPTH:
                    return self.of(find_smallest(blueprint), depth)
                return self.of(blueprint.target, depth + 1)
            case shapes.Array():
                prefix = [self.of(item, depth) for item in blueprint.prefix]
                return sum(prefix) + estimate_count(blueprint) * self.of(blueprint.items, depth)
            case shapes.Object():
                return self.of_properties(blueprint, depth) + sum(
                    # On average one and a half further properties, each with its name.
                    1.5 * (1 + self.of(extra.values, depth))
                    for extra in blueprint.extras[:1]
                )
        return 1.0

    def of_properties(self, shape: shapes.Object, depth: int) -> float:
        """The size of the properties that the schema names. An optional one counts half."""
        return sum(
            self.of(child, depth) * (1 if name in shape.required else 0.5)
            for name, child in shape.properties.items()
        )


def estimate_count(shape: shapes.Array) -> float:
    """The average number of items that Hypothesis draws after those of the prefix."""
    # Hypothesis computes the average size of a list by the same formula.
    least = max(0, shape.min_items - len(shape.prefix))
    if shape.max_items is None:
        return min(max(least * 2, least + 5), _HUGE)
    most = max(least, shape.max_items - len(shape.prefix))
    return min(max(least * 2, least + 5), (least + most) / 2)


def compute_share(size: float, room: float) -> float:
    """The factor that two quantities are multiplied by, so that their product fits into a room.

    Args:
        size: The product as it is.
        room: The product that fits.

    Returns:
        A number up to 1: the square root of the share that fits.

    Examples:
        >>> compute_share(400.0, 100.0), compute_share(50.0, 100.0)
        (0.5, 1.0)
    """
    return 1.0 if size <= room else math.sqrt(room / size)


def check_count(name: str, keyword: str, count: int) -> None:
    """Check that a required number of items or properties can be drawn.

    Raises:
        SchemaError: if it is more than `LONGEST`.
    """
    if count > LONGEST:
        raise SchemaError(
            f"{name}: cannot be drawn: {keyword} is {count:,}, and one example of Hypothesis "
            f"holds at most {LONGEST:,}"
        )
