"""Checks whether values have the shapes of a blueprint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from jsonschema_rs import canonical

from kombo_fakes.schema.blueprint import shapes

Check: TypeAlias = Callable[[Any], bool]


def build_check(plan: shapes.Blueprint) -> Check:
    """Return a check whether a JSON value has a shape.

    The shapes are those of valid values, so a value that passes is valid where the shape is.

    Examples:
        >>> build_check(shapes.Object({"a": shapes.String(max_length=1)}))({"a": "xy"})
        False
    """
    return _Checks().build(plan)


def build_array_check(plan: shapes.Array) -> Callable[[list[Any]], bool]:
    """Return a check of what an array has to be apart from its single items."""

    def fits(value: list[Any]) -> bool:
        keys = {canonical.json.to_string(item) for item in value}
        if plan.distinct is not None and (len(keys) == len(value)) is not plan.distinct:
            return False
        counts = [(one, sum(map(one.check, value))) for one in plan.contains]
        return (
            len(value) >= plan.min_items
            and (plan.max_items is None or len(value) <= plan.max_items)
            and all(
                one.minimum <= count and (one.maximum is None or count <= one.maximum)
                for one, count in counts
            )
        )

    return fits


def is_string(value: Any) -> bool:
    return isinstance(value, str)


class _Checks:
    """Builds the check of each reference once, because a shape can contain itself."""

    def __init__(self) -> None:
        self._references: dict[str, Check] = {}

    def build(self, plan: shapes.Blueprint) -> Check:
        match plan:
            case shapes.Anything():
                return lambda value: True
            case shapes.Enumeration(values):
                return _build_enumeration_check(values)
            case shapes.String():
                return is_string if plan.is_plain else plan.check()
            case shapes.Numeric():
                return plan.check()
            case shapes.Array():
                return self._build_array(plan)
            case shapes.Object():
                return self._build_object(plan)
            case shapes.Union(branches):
                checks = [self.build(branch) for branch in branches]
                return lambda value: any(check(value) for check in checks)
            case shapes.Filtered(base, check, _):
                inner = self.build(base)
                return lambda value: inner(value) and check(value)
            case shapes.Reference():
                return self._build_reference(plan)

    def _build_reference(self, plan: shapes.Reference) -> Check:
        held: list[Check] = []

        def check(value: Any) -> bool:
            # The target can contain the reference, so its check is built on first use.
            if not held:
                held.append(self.build(plan.target))
            return held[0](value)

        return self._references.setdefault(plan.uri, check)

    def _build_array(self, plan: shapes.Array) -> Check:
        prefix, rest = [self.build(item) for item in plan.prefix], self.build(plan.items)
        whole = build_array_check(plan)

        def check(value: Any) -> bool:
            return (
                isinstance(value, list)
                and whole(value)
                and all(
                    (prefix[index] if index < len(prefix) else rest)(item)
                    for index, item in enumerate(value)
                )
            )

        return check

    def _build_object(self, plan: shapes.Object) -> Check:
        named = {name: self.build(child) for name, child in plan.properties.items()}
        extras = [(self.build(extra.names), self.build(extra.values)) for extra in plan.extras]
        most = plan.max_properties

        def fits(name: str, item: Any) -> bool:
            if name in named:
                return named[name](item)
            return any(names(name) and values(item) for names, values in extras)

        def check(value: Any) -> bool:
            return (
                isinstance(value, dict)
                and plan.required <= value.keys()
                and plan.min_properties <= len(value)
                and (most is None or len(value) <= most)
                and all(fits(name, item) for name, item in value.items())
            )

        return check


def _build_enumeration_check(values: tuple[Any, ...]) -> Check:
    def check(value: Any) -> bool:
        # Python takes 1, 1.0 and True for the same.
        return any(value == v and type(value) is type(v) for v in values)

    return check


def find_implied(branches: tuple[shapes.Blueprint, ...]) -> tuple[shapes.Blueprint, ...]:
    """Return the branches of a union that a schema without a ``type`` is about.

    A schema that has ``properties`` and no type allows every string as well, but means an object.

    Returns:
        No branches if the union is another one.

    Examples:
        >>> named = shapes.Object({"a": shapes.String()})
        >>> find_implied((*shapes.EVERY_TYPE[:-1], named)) == (named,)
        True
    """
    said = tuple(branch for branch in branches if branch not in shapes.EVERY_TYPE)
    types = {_type_of(branch) for branch in branches}
    return said if len(types) == len(shapes.EVERY_TYPE) else ()


def _type_of(plan: shapes.Blueprint) -> Any:
    if isinstance(plan, shapes.Enumeration):
        return type(plan.values[0])
    if isinstance(plan, shapes.Filtered):
        return _type_of(plan.base)
    return type(plan)
