"""Strategies for arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from jsonschema_rs import canonical

from kombo_fakes.schema.blueprint.shapes import Array
from kombo_fakes.strategies.budget import check_count, compute_share, estimate_count

if TYPE_CHECKING:
    from kombo_fakes.strategies.builder import Builder


def build_array(
    builder: Builder, shape: Array, depth: int, room: float
) -> SearchStrategy[list[Any]]:
    """A strategy for the arrays of a shape; an empty one if there are none.

    Args:
        builder: Builds the strategies of the items.
        shape: The shape.
        depth: How many times the shape around it contains itself.
        room: The size that the array may have on average.

    Raises:
        SchemaError: if the array needs more items than can be drawn.
    """
    check_count(builder.name, "minItems", shape.min_items)
    size_of_item, count = builder.sizes.of(shape.items, depth), estimate_count(shape)
    # Where there is too little room, items are made smaller and fewer by the same factor.
    share = compute_share(size_of_item * count, room)
    room_of_item = room if share == 1 else size_of_item * share
    items = builder.build(shape.items, depth, room_of_item)
    most = shape.max_items
    if share < 1:
        fewer = max(shape.min_items, len(shape.prefix), round(count * 2 * share))
        most = fewer if most is None else min(most, fewer)
    if items.is_empty:
        most = len(shape.prefix) if most is None else min(most, len(shape.prefix))
    if most is not None and most < shape.min_items:
        return st.nothing()
    if shape.prefix or shape.contains or shape.distinct is False:
        return _build_mixed(builder, shape, items, most, depth, room_of_item)
    return st.lists(
        st.nothing() if most == 0 else items,
        min_size=shape.min_items,
        max_size=most,
        # Items can be objects, which have no hash.
        unique_by=_identity if shape.distinct else None,
    )


def _build_mixed(
    builder: Builder,
    shape: Array,
    items: SearchStrategy[Any],
    most: int | None,
    depth: int,
    room: float,
) -> SearchStrategy[list[Any]]:
    """A strategy for arrays whose items differ by their place, or of which some are required."""
    prefix = [builder.build(item, depth, room) for item in shape.prefix]
    required = [(builder.build(one.item, depth, room), one.minimum) for one in shape.contains]
    for index, strategy in enumerate(prefix):
        if strategy.is_empty:
            # The array has to end before the place that nothing can be put into.
            prefix = prefix[:index]
            most = index if most is None else min(most, index)
            break
    if most is not None and most < shape.min_items:
        return st.nothing()
    limit = max(shape.min_items, len(prefix)) + 3 if most is None else most
    sizes = st.integers(shape.min_items, min(limit, max(shape.min_items, len(prefix)) + 3))
    by_place = (prefix + [items] * (limit + 1))[: limit + 1]

    @st.composite
    def arrays(draw: DrawFn) -> list[Any]:
        needed = sum(minimum for _, minimum in required)
        size = max(draw(sizes), min(limit, needed))
        array = [draw(by_place[index]) for index in range(size)]
        free = list(range(size))
        for strategy, minimum in required:
            for _ in range(min(minimum, len(free))):
                # From the end: behind the prefix, every place takes an item of any shape.
                array[free.pop()] = draw(strategy)
        # Two equal items are rarely drawn by chance.
        if shape.distinct is False and size >= 2:
            array[-1] = array[0]
        return array

    if not (required or shape.distinct is not None):
        return arrays()
    return arrays().filter(_build_check(shape))


def _build_check(shape: Array) -> Callable[[list[Any]], bool]:
    def fits(array: list[Any]) -> bool:
        keys = [_identity(item) for item in array]
        if shape.distinct is not None and (len(set(keys)) == len(keys)) is not shape.distinct:
            return False
        for one in shape.contains:
            count = sum(1 for item in array if one.check(item))
            if count < one.minimum or (one.maximum is not None and count > one.maximum):
                return False
        return True

    return fits


def _identity(value: Any) -> str:
    """A string that equal JSON values share; 1 and 1.0 are equal."""
    return canonical.json.to_string(value)
