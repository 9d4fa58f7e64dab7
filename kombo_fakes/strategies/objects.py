"""Strategies for objects.

Hypothesis has `fixed_dictionaries()` for this. It draws the order of the keys as well, which is a
matter of serialization here and costs as much as drawing the values.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.schema.blueprint.shapes import Object
from kombo_fakes.strategies.budget import check_count, compute_share
from kombo_fakes.strategies.recipes import compose, recipe_of

if TYPE_CHECKING:
    from kombo_fakes.strategies.builder import Builder

Properties: TypeAlias = "dict[str, SearchStrategy[Any]]"
"""Strategies by the names of properties."""

Extras: TypeAlias = "list[tuple[SearchStrategy[str], SearchStrategy[Any]]]"
"""Strategies of the names and values of properties that the schema does not name."""


def build_object(
    builder: Builder, shape: Object, depth: int, room: float
) -> SearchStrategy[dict[str, Any]]:
    """A strategy for the objects of a shape; an empty one if there are none.

    Args:
        builder: Builds the strategies of the properties.
        shape: The shape.
        depth: How many times the shape around it contains itself.
        room: The size that the object may have on average.

    Raises:
        SchemaError: if the object needs more properties than can be drawn.
    """
    check_count(builder.name, "minProperties", shape.min_properties)
    required: Properties = {}
    optional: Properties = {}
    share = compute_share(builder.sizes.of(shape, depth), room)
    for name, child in shape.properties.items():
        # A required property can only be made smaller, an optional one also left out more often.
        factor = share * share if name in shape.required else share
        room_of_child = room if share == 1 else builder.sizes.of(child, depth) * factor
        strategy = builder.build(child, depth, room_of_child)
        if name in shape.required:
            required[name] = strategy
        elif not strategy.is_empty:
            optional[name] = strategy
    if any(strategy.is_empty for strategy in required.values()):
        return st.nothing()
    built = [
        (builder.strings.build(extra.names), builder.build(extra.values, depth, room * share))
        for extra in shape.extras
    ]
    extras = [(names, values) for names, values in built if not (names.is_empty or values.is_empty)]
    most = math.inf if shape.max_properties is None else shape.max_properties
    reachable = len(required) + len(optional) + (math.inf if extras else 0)
    if len(required) > most or shape.min_properties > reachable:
        return st.nothing()
    order = {name: index for index, name in enumerate(shape.properties)}
    is_bounded = shape.min_properties > len(required) or most < len(required) + len(optional)
    if extras or is_bounded:
        return _build_open(shape, required, optional, extras, order, share / 2)
    if optional:
        return _build_with_optional(required, optional, order, share / 2)
    return _build_fixed(required)


def _build_fixed(required: Properties) -> SearchStrategy[dict[str, Any]]:
    recipes = {name: recipe_of(strategy) for name, strategy in required.items()}
    return compose(lambda draw: {name: recipe(draw) for name, recipe in recipes.items()})


def _build_with_optional(
    required: Properties, optional: Properties, order: dict[str, int], share: float
) -> SearchStrategy[dict[str, Any]]:
    """A strategy for objects that have each optional property in a share of all draws."""
    recipes = {name: recipe_of(strategy) for name, strategy in {**required, **optional}.items()}
    ordered = [(name, recipes[name]) for name in order if name in recipes]
    is_present = _build_chance(share)
    return compose(
        lambda draw: {
            name: recipe(draw) for name, recipe in ordered if name in required or draw(is_present)
        }
    )


def _build_open(
    shape: Object,
    required: Properties,
    optional: Properties,
    extras: Extras,
    order: dict[str, int],
    share: float,
) -> SearchStrategy[dict[str, Any]]:
    """A strategy for objects with further properties, or with a bound on their number."""
    least = shape.min_properties - len(required)
    most = None if shape.max_properties is None else shape.max_properties - len(required)
    most_optional = len(optional) if most is None else min(len(optional), most)
    # Further properties can make up for optional ones that are left out.
    least_optional = 0 if extras else max(0, least)
    is_bounded = least_optional > 0 or most_optional < len(optional)
    draw_known = recipe_of(
        _build_fixed(required)
        if is_bounded
        else _build_with_optional(required, optional, order, share)
    )
    chosen = st.lists(
        st.sampled_from(list(optional)) if is_bounded else st.nothing(),
        unique=True,
        min_size=least_optional,
        max_size=most_optional if is_bounded else 0,
    )
    # One further property at most where room is short, which is where the share is below a half.
    counts = st.integers(0, 3 if share == 0.5 else 1)
    kinds = st.sampled_from(extras) if extras else None

    def draw_object(draw: DrawFn) -> dict[str, Any]:
        drawn = draw_known(draw)
        if is_bounded:
            for name in draw(chosen):
                drawn[name] = draw(optional[name])
        if kinds is not None:
            count = max(shape.min_properties - len(drawn), draw(counts))
            if shape.max_properties is not None:
                count = min(count, shape.max_properties - len(drawn))
            for _ in range(count):
                names, values = draw(kinds)
                drawn.setdefault(draw(names), draw(values))
        return _sort(drawn, order)

    if shape.min_properties > len(required):
        # A name that is drawn twice counts once, so there can be too few.
        return compose(draw_object).filter(lambda drawn: len(drawn) >= shape.min_properties)
    return compose(draw_object)


def _build_chance(share: float) -> SearchStrategy[bool]:
    """A strategy that is True in a share of all draws and shrinks to False."""
    if share == 0.5:
        return st.booleans()
    parts = max(2, round(1 / share))
    return st.sampled_from([False] * (parts - 1) + [True])


def _sort(properties: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    # Names are drawn in any order, and a payload has the order of its schema.
    last = len(order)
    return dict(sorted(properties.items(), key=lambda item: order.get(item[0], last)))
