"""The shapes that a canonical schema is read into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias

from kombo_fakes.core.pointer import Path
from kombo_fakes.schema.custom_formats import Format
from kombo_fakes.schema.schema import validator_for
from kombo_fakes.schema.sites import MAX_PLACES

Number: TypeAlias = "int | float | Decimal"


def to_json_number(number: Decimal) -> int | float:
    """Convert a decimal to a JSON number: an integer if it has no fraction.

    Examples:
        >>> to_json_number(Decimal("2.0")), to_json_number(Decimal("0.5"))
        (2, 0.5)
    """
    # A float has 53 bits, so it would change the digits of a larger integer.
    return int(number) if number == number.to_integral_value() else float(number)


@dataclass(frozen=True, slots=True)
class Anything:
    """Every JSON value."""


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One of some fixed values, at least one."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class String:
    """A string: lengths in code points, patterns as ECMA-262 has them (a search, no anchors).

    Attributes:
        custom: What is known of those formats, excluded ones too, that JSON Schema does not define.
    """

    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    excluded_patterns: tuple[str, ...] = ()
    excluded_formats: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    custom: tuple[tuple[str, Format], ...] = field(default=(), repr=False)

    @property
    def own_formats(self) -> dict[str, Format]:
        """The formats that JSON Schema does not define and that such a string has, by name."""
        return {name: one for name, one in self.custom if name in self.formats}

    @property
    def is_plain(self) -> bool:
        """Whether every string will do."""
        return self == String()

    def check(self) -> Callable[[Any], bool]:
        """A check whether a value is such a string."""
        schema: dict[str, Any] = {"type": "string", "minLength": self.min_length}
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        # A schema object holds each keyword once, and an `allOf` holds any number of them.
        wanted = [{"pattern": p} for p in self.patterns] + [{"format": f} for f in self.formats]
        rejected: list[dict[str, Any]] = [{"pattern": p} for p in self.excluded_patterns]
        rejected += [{"format": f} for f in self.excluded_formats]
        if self.excluded:
            rejected.append({"enum": list(self.excluded)})
        if wanted:
            schema["allOf"] = wanted
        if rejected:
            schema["not"] = {"anyOf": rejected}
        return validator_for(schema, dict(self.custom)).is_valid


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number, or an integer only. Bounds are inclusive unless marked as exclusive."""

    integer: bool
    minimum: Number | None = None
    maximum: Number | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    multiple_of: tuple[Number, ...] = ()
    not_multiple_of: tuple[Number, ...] = ()

    def check(self) -> Callable[[Any], bool]:
        """A check whether a value is such a number."""
        schema: dict[str, Any] = {"type": "integer" if self.integer else "number"}
        if self.minimum is not None:
            schema["exclusiveMinimum" if self.exclusive_minimum else "minimum"] = self.minimum
        if self.maximum is not None:
            schema["exclusiveMaximum" if self.exclusive_maximum else "maximum"] = self.maximum
        if self.multiple_of:
            schema["allOf"] = [{"multipleOf": number} for number in self.multiple_of]
        if self.not_multiple_of:
            schema["not"] = {"anyOf": [{"multipleOf": n} for n in self.not_multiple_of]}
        return validator_for(schema).is_valid


@dataclass(frozen=True, slots=True)
class Containing:
    """How many items of an array have to have a shape."""

    item: Blueprint
    check: Callable[[Any], bool]
    minimum: int = 1
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """An array.

    Attributes:
        distinct: True if all items differ, False if at least two are equal, None if either.
    """

    min_items: int = 0
    max_items: int | None = None
    prefix: tuple[Blueprint, ...] = ()
    items: Blueprint = Anything()
    contains: tuple[Containing, ...] = ()
    distinct: bool | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """Properties that an object may have in addition to the named ones."""

    names: String
    values: Blueprint


@dataclass(frozen=True, slots=True)
class Object:
    """An object.

    Attributes:
        properties: The shape of each named property, in the order of the document. `NOTHING`
            marks a name that is not allowed.
        required: The names that are always present.
        extras: The kinds of further properties. Empty if there are none.
    """

    properties: dict[str, Blueprint]
    required: frozenset[str] = frozenset()
    extras: tuple[Extra, ...] = ()
    min_properties: int = 0
    max_properties: int | None = None


@dataclass(frozen=True, slots=True)
class Union:
    """Any of some shapes."""

    branches: tuple[Blueprint, ...]


@dataclass(frozen=True, slots=True)
class Filtered:
    """The values of a shape that pass a check, for what cannot be constructed directly."""

    base: Blueprint
    check: Callable[[Any], bool]
    keyword: str


# References are compared by identity: comparing targets would not end where a shape contains
# itself. There are no slots, because `cached_property` needs a dict.
@dataclass(frozen=True, eq=False)
class Reference:
    """A reference to a shape by its name, so that a shape can contain itself."""

    uri: str
    _read: Callable[[], Blueprint]
    derived: dict[str, Blueprint] = field(default_factory=dict, repr=False)
    """What was derived from the shape, by its name, so that all who need it share it."""

    @cached_property
    def target(self) -> Blueprint:
        """The shape that the reference leads to."""
        return self._read()


Blueprint: TypeAlias = (
    Anything | Enumeration | String | Numeric | Array | Object | Union | Filtered | Reference
)


LARGEST = 100_000
"""The most characters, items or properties that are generated if a schema requires that many."""


NOTHING = Union(())
"""The shape that no value has."""


def walk(plan: Blueprint, places: int = MAX_PLACES) -> Iterator[tuple[Path, Blueprint]]:
    """Yield every shape in a blueprint with its path. An array counts with its first item only.

    A reference is followed unless it is inside itself, and at no more than so many places.
    Otherwise the reference itself is yielded.

    Examples:
        >>> [path for path, _ in walk(Object({"a": Array(items=String())}))]
        [(), ('a',), ('a', 0)]
    """
    return _walk(plan, (), frozenset(), Counter(), places)


def _walk(
    plan: Blueprint, path: Path, inside: frozenset[str], visits: Counter[str], places: int
) -> Iterator[tuple[Path, Blueprint]]:
    match plan:
        case Object(properties=properties):
            yield path, plan
            for name, child in properties.items():
                if child != NOTHING:
                    yield from _walk(child, (*path, name), inside, visits, places)
        case Array(prefix=prefix, items=items):
            yield path, plan
            first = prefix[0] if prefix else items
            if first != NOTHING:
                yield from _walk(first, (*path, 0), inside, visits, places)
        case Union(branches=branches):
            for branch in branches:
                yield from _walk(branch, path, inside, visits, places)
        case Filtered(base=base):
            yield from _walk(base, path, inside, visits, places)
        case Reference(uri=uri) if uri not in inside and visits[uri] < places:
            visits[uri] += 1
            yield from _walk(plan.target, path, inside | {uri}, visits, places)
        case _:
            yield path, plan


def unite(branches: list[Blueprint]) -> Blueprint:
    flat: list[Blueprint] = []
    for branch in branches:
        # Realistic values choose each branch equally often. The branches of a nested union would
        # come less often than the others.
        flat.extend(branch.branches if isinstance(branch, Union) else [branch])
    return flat[0] if len(flat) == 1 else Union(tuple(flat))


def restrict(base: Blueprint, check: Callable[[Any], bool], keyword: str) -> Blueprint:
    """The values of a shape that pass a check; `NOTHING` if the shape has none.

    Args:
        base: The shape.
        check: The check.
        keyword: The keyword that the check stands for.
    """
    return base if base == NOTHING else Filtered(base, check, keyword)


ANY_OBJECT = Object({}, extras=(Extra(String(), Anything()),))


EVERY_TYPE: tuple[Blueprint, ...] = (
    Enumeration((None,)),
    Enumeration((False, True)),
    Numeric(integer=False),
    String(),
    Array(),
    ANY_OBJECT,
)
"""Every JSON value, as the union of all values of each type."""
