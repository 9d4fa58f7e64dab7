"""Realistic payloads from a blueprint: `kombo_fakes.webhooks.fields` where it knows a field.

A generator is compiled once for a schema and then paints as many payloads as one likes. It
needs neither Faker nor Hypothesis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypeAlias

from jsonschema_rs import canonical

from kombo_fakes.core.choices import Choices, LazyChoices, SeededChoices, seed_for
from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import (
    NOTHING,
    Anything,
    Array,
    Blueprint,
    Enumeration,
    Extra,
    Filtered,
    Numeric,
    Object,
    Reference,
    String,
    Union,
    to_json_number,
)
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.ecma_regex import to_python
from kombo_fakes.schema.requirements import Requirement
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.fields import (
    GROUPS,
    PER_ITEM,
    POOLED,
    USUAL,
    Facts,
    FactsOnDemand,
    FieldSource,
    Group,
    Names,
    Place,
    formatted,
    plain_text,
    source_of,
    telling,
)

ValueMaker: TypeAlias = Callable[[Choices, Names, Facts], Any]

_DEPTH = 3
_TRIES = 60
_SPARING_TRIES = 3
_OTHERS = 300
_FULL = 0.9
_WAYS = 32
"""How many places are looked through for one like another: they may be like each other."""


class RealisticGenerator:
    """How to generate realistic payloads of one schema.

    Attributes:
        name: The event, or whatever names the schema.
        looks: The fields whose values are facts, by their place.

    Args:
        plan: The blueprint.
        name: The event, or whatever names the schema.
        depth: How many shapes by a name it is in already.
    """

    def __init__(self, plan: Blueprint, name: str, depth: int = 0) -> None:
        self.name = name
        self.looks: dict[Place, FieldSource] = {}
        self._references: dict[tuple[str, int, Place], tuple[ValueMaker, Place]] = {}
        self._same: dict[Place, Place] = {}
        self._per_item: tuple[Group, ...] = ()
        self._paint = self._compile(plan, (), depth)
        used = {look.group for look in self.looks.values()}
        self._groups: tuple[Group, ...] = tuple(group for group in GROUPS if group in used)
        self._per_item = tuple(group for group in self._groups if group in PER_ITEM)

    def generate(
        self,
        choices: Choices,
        *,
        names: Names = POOLED,
        pins: Mapping[Path, Any] | None = None,
        known: Facts | None = None,
    ) -> Any:
        """Paint one payload.

        Args:
            choices: What rolls the choices.
            names: Who makes the names.
            pins: Values that are fixed by their path. What has to agree with them will; the
                values themselves aren't put into the payload.
            known: Facts that are fixed, by the names that `kombo_fakes.webhooks.fields` gives
                them.

        Raises:
            SchemaError: if a field is so constrained that no realistic value was found.
        """
        pinned = {**USUAL.get(self.name, {}), **(known or {})}
        for path, value in (pins or {}).items():
            look = self._look(_place(path))
            if look is not None:
                pinned[look.fact] = value
        if choices.is_lazy:
            return self._paint(choices, names, FactsOnDemand(choices, names, pinned))
        facts: Facts = {}
        for group in self._groups:
            group(choices, names, facts, pinned)
        return self._paint(choices, names, facts)

    # -- compiling

    def _compile(self, plan: Blueprint, path: Path, depth: int) -> ValueMaker:
        look = source_of(self.name, _place(path))
        if look is not None and not isinstance(plan, (Object, Array, Reference)):
            maker = self._compile_look(look, plan, path, depth)
            if maker is not None:
                return maker
        where = f"{self.name}: {to_pointer(path) or 'the root'}"
        match plan:
            case Anything():
                return lambda choices, names, facts: plain_text(choices, names)
            case Enumeration(values):
                return lambda choices, names, facts: _copied(choices.pick(values))
            case String():
                return _string_maker(plan, where)
            case Numeric():
                return _number_maker(plan, where)
            case Array():
                return self._compile_array(plan, path, depth)
            case Object():
                return self._compile_object(plan, path, depth)
            case Union(branches):
                return self._compile_union(branches, path, depth)
            case Filtered(base, check, keyword):
                inner = self._compile(base, path, depth)
                return _retried(inner, check, f"{where}: {keyword}")
            case Reference():
                return self._compile_reference(plan, path, depth)

    def _compile_look(
        self, look: FieldSource, plan: Blueprint, path: Path, depth: int
    ) -> ValueMaker | None:
        """Show a fact, where the schema of the field takes what the fact can be."""
        fact, fits = look.fact, _fits(plan)
        if fits is _any_text:
            self.looks[_place(path)] = look
            return lambda choices, names, facts: facts[fact]
        samples = [facts[fact] for facts in _sample_facts()]
        if not any(fits(sample) for sample in samples):
            return None
        self.looks[_place(path)] = look
        otherwise = self._without_look(plan, path, depth)
        # A fact that is never null itself is null now and then, where the schema says so.
        sometimes_null = fits(None) and None not in samples

        def generate(choices: Choices, names: Names, facts: Facts) -> Any:
            is_null = sometimes_null and choices.is_null(0.12)
            value = facts[fact]
            if is_null:
                return None
            return value if fits(value) else otherwise(choices, names, facts)

        return generate

    def _without_look(self, plan: Blueprint, path: Path, depth: int) -> ValueMaker:
        bare = RealisticGenerator(plan, "", depth)  # With looks of its own, of what is below.
        return lambda choices, names, facts: bare.generate(choices, names=names)

    def _compile_reference(self, plan: Reference, path: Path, depth: int) -> ValueMaker:
        place = _place(path)
        # A shape that holds itself in several ways is at more places than could be told apart.
        key = (plan.uri, depth, telling(self.name, place))
        known = self._references.get(key)
        if known is not None:
            maker, self._same[place] = known
            return maker
        held: list[ValueMaker] = []
        self._references[key] = (
            (lambda choices, names, facts: held[0](choices, names, facts)),
            place,
        )
        target = find_smallest(plan) if depth >= _DEPTH else plan.target
        held.append(self._compile(target, path, depth + 1))
        self._references[key] = held[0], place
        return held[0]

    def _look(self, place: Place, ways: int = _WAYS) -> FieldSource | None:
        """The look of a place, or of that which is generated like it."""
        look = self.looks.get(place)
        if look is not None or not ways:
            return look
        for end in range(len(place), -1, -1):
            if place[:end] in self._same:
                return self._look(self._same[place[:end]] + place[end:], ways - 1)
        return None

    def _compile_union(self, branches: tuple[Blueprint, ...], path: Path, depth: int) -> ValueMaker:
        null = Enumeration((None,))
        others = [self._compile(b, path, depth) for b in branches if b not in (null, NOTHING)]
        if null not in branches:
            return lambda choices, names, facts: choices.pick(others)(choices, names, facts)
        if not others:
            return lambda choices, names, facts: None

        def generate(choices: Choices, names: Names, facts: Facts) -> Any:
            is_null = choices.is_null(0.15)
            value = choices.pick(others)(choices, names, facts)
            return None if is_null else value

        return generate

    def _compile_array(self, plan: Array, path: Path, depth: int) -> ValueMaker:
        ends = plan.items == NOTHING
        prefix = [self._compile(item, (*path, i), depth) for i, item in enumerate(plan.prefix)]
        items = None if ends else self._compile(plan.items, (*path, len(prefix)), depth)
        wanted = [(self._compile(c.item, (*path, 0), depth), c.minimum) for c in plan.contains]
        least = max(plan.min_items, sum(minimum for _, minimum in wanted))
        most = least + 3 if plan.max_items is None else plan.max_items
        if ends:
            most = min(most, len(prefix))
        most = max(least, min(most, max(least, 1) + 2))

        def generate(choices: Choices, names: Names, facts: Facts) -> list[Any]:
            # What a payload shrinks to takes few rolls, although it seldom is empty in life.
            empty = choices.is_lazy and least == 0 and not choices.chance(_FULL)
            size = 0 if empty else choices.integer(max(least, min(1, most)), most)
            value: list[Any] = []
            seen: set[str] = set()
            for index in range(size):
                maker = prefix[index] if index < len(prefix) else items
                if maker is None:
                    break
                # Equal items are rare in life, and forbidden where they have to be distinct.
                needed = index < least
                for roller in (
                    _rollers(choices, _TRIES, on=needed) if plan.distinct else [choices] * 5
                ):
                    item = maker(roller, names, self._facts_of_item(roller, names, facts))
                    key = canonical.json.to_string(item)
                    if key not in seen:
                        break
                if key not in seen or (needed and not plan.distinct):
                    seen.add(key)
                    value.append(item)
            position = len(value)
            for maker, minimum in wanted:
                for _ in range(minimum):
                    position -= 1
                    if position >= 0:
                        value[position] = maker(choices, names, facts)
            if plan.distinct is False and len(value) > 1:
                value[-1] = value[0]
            return value

        if plan.contains or plan.distinct is not None:
            where = f"{self.name}: the items of {to_pointer(path) or 'the root'}"
            return _retried(generate, _array_check(plan), where)
        return generate

    def _facts_of_item(self, choices: Choices, names: Names, facts: Facts) -> Facts:
        if not self._per_item:
            return facts
        if isinstance(facts, FactsOnDemand):
            return facts.of_item(choices)
        own = dict(facts)
        for group in self._per_item:
            group(choices, names, own, {})
        return own

    def _compile_object(self, plan: Object, path: Path, depth: int) -> ValueMaker:
        always: list[tuple[str, bool, ValueMaker]] = []
        missing = plan.min_properties - len(plan.required)
        room = math.inf if plan.max_properties is None else plan.max_properties
        room -= len(plan.required)
        for name, child in plan.properties.items():
            needed = name in plan.required
            if child == NOTHING or (not needed and room <= 0):
                continue
            if not needed:
                room -= 1
                missing -= 1
            always.append((name, needed, self._compile(child, (*path, name), depth)))
        extras = [self._compile_extra(extra, path, depth) for extra in plan.extras]
        # An open object holds what the schema names; one that names nothing is a map.
        is_map = not plan.properties and plan.extras != _OPEN
        least = max(0, missing)
        most = int(min(room, max(least, 2 if is_map else 0)))
        share = 1.0 if plan.min_properties > len(plan.required) else 0.8
        several = share < 1 and sum(not needed for _, needed, _ in always) > 2
        if all(needed for _, needed, _ in always) and not most:
            fields = [(name, maker) for name, _, maker in always]
            return lambda choices, names, facts: {
                name: maker(choices, names, facts) for name, maker in fields
            }

        def generate(choices: Choices, names: Names, facts: Facts) -> dict[str, Any]:
            value = {}
            bare = choices.is_lazy and several and not choices.chance(_FULL)
            for name, needed, maker in always:
                here = needed or (not bare and choices.chance(share))
                if here or not choices.is_lazy:
                    made = maker(choices, names, facts)
                    if here:
                        value[name] = made
            for _ in range(choices.integer(least, most) if extras else 0):
                name_painter, maker = choices.pick(extras)
                value.setdefault(name_painter(choices, names, facts), maker(choices, names, facts))
            if choices.is_lazy and len(value) < plan.min_properties and extras:
                for roller in _rollers(choices, 0):
                    name_painter, maker = roller.pick(extras)
                    name = name_painter(roller, names, facts)
                    value.setdefault(name, maker(roller, names, facts))
                    if len(value) == plan.min_properties:
                        break
            return value

        if least:
            where = f"{self.name}: the properties of {to_pointer(path) or 'the root'}"
            return _retried(generate, lambda value: len(value) >= plan.min_properties, where)
        return generate

    def _compile_extra(self, extra: Extra, path: Path, depth: int) -> tuple[ValueMaker, ValueMaker]:
        where = f"{self.name}: the property names of {to_pointer(path) or 'the root'}"
        values = self._compile(extra.values, (*path, "*"), depth)
        names = extra.names
        if replace(names, excluded=(), excluded_patterns=()).is_plain:
            return _retried(_key, names.check(), where), values
        return _string_maker(names, where), values


_OPEN = (Extra(String(), Anything()),)


@lru_cache(maxsize=1024)
def generator_for(schema: Schema, requirement: Requirement | None = None) -> RealisticGenerator:
    """The generator of a schema's payloads, or of those that satisfy a requirement, compiled once.

    Raises:
        SchemaError: if there are none.
    """
    return RealisticGenerator(
        build_blueprint(schema, requirement.schema if requirement else None), schema.name
    )


@cache
def _sample_facts() -> tuple[Facts, ...]:
    """What the facts are like, to tell whether a field's schema takes them."""
    samples = []
    for seed in range(24):
        facts: Facts = {}
        for group in GROUPS:
            group(SeededChoices(seed), POOLED, facts, {})
        samples.append(facts)
    return tuple(samples)


def _place(path: Path) -> Place:
    return tuple(part for part in path if isinstance(part, str))


def _rollers(choices: Choices, tries: int, *, on: bool = True) -> Iterator[Choices]:
    """Choices for some tries, and after that others, if it is to go on.

    Choices that draw may roll the same again and again.
    """
    derived = isinstance(choices, LazyChoices)
    for _ in range(min(tries, _SPARING_TRIES) if choices.is_lazy and not derived else tries):
        yield choices
    if on and not derived:
        base = choices.integer(0, 9_999)
        for number in range(_OTHERS):
            yield choices.fork(seed_for(base, number))


def _retried(maker: ValueMaker, check: Callable[[Any], bool], where: str) -> ValueMaker:
    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        for roller in _rollers(choices, _TRIES):
            value = maker(roller, names, facts)
            if check(value):
                return value
        raise SchemaError(
            f"{where}: found no realistic value in {_TRIES} tries; draw it with "
            "values='any', on the command line --values any"
        )

    return generate


def _array_check(plan: Array) -> Callable[[list[Any]], bool]:
    def fits(value: list[Any]) -> bool:
        keys = {canonical.json.to_string(item) for item in value}
        if plan.distinct is not None and (len(keys) == len(value)) is not plan.distinct:
            return False
        counts = [(one, sum(map(one.check, value))) for one in plan.contains]
        return len(value) >= plan.min_items and all(
            one.minimum <= count and (one.maximum is None or count <= one.maximum)
            for one, count in counts
        )

    return fits


def _any_text(value: Any) -> bool:
    return isinstance(value, str)


def _fits(plan: Blueprint) -> Callable[[Any], bool]:
    """A check whether a blueprint of scalars takes a value."""
    match plan:
        case String():
            if plan.is_plain:
                return _any_text
            return plan.check()
        case Enumeration(values):
            return lambda value: any(value == v and type(value) is type(v) for v in values)
        case Numeric():
            return plan.check()
        case Union(branches):
            checks = [_fits(branch) for branch in branches]
            return lambda value: any(check(value) for check in checks)
        case Filtered(base, check, _):
            inner = _fits(base)
            return lambda value: inner(value) and check(value)
    return lambda value: isinstance(plan, Anything)


# -- leaves


def _key(choices: Choices, names: Names, facts: Facts) -> str:
    return plain_text(choices, names).split(" ")[0].lower() + str(choices.integer(1, 99))


def _string_maker(plan: String, where: str) -> ValueMaker:
    if plan.is_plain:
        return lambda choices, names, facts: plain_text(choices, names)
    fits = plan.check()

    def candidate(choices: Choices, names: Names, facts: Facts) -> str:
        if plan.formats:
            text = formatted(plan.formats[0], choices, names)
            if text is not None:
                return text
        if plan.patterns:
            return _from_pattern(plan.patterns[0], plan.max_length, choices)
        text = plain_text(choices, names)
        if choices.is_lazy and len(text) < plan.min_length:
            text = " ".join([text] * (plan.min_length // len(text) + 1))
        while len(text) < plan.min_length:
            text += " " + plain_text(choices, names)
        return text if plan.max_length is None else text[: plan.max_length]

    return _retried(candidate, fits, where)


# How often a part of a pattern is repeated in what looks real.
_REPEATED = 12


def _from_pattern(pattern: str, longest: int | None, choices: Choices) -> str:
    from random import Random

    import rstr

    generator = rstr.Rstr(Random(choices.integer(0, 2**32)))
    most = _REPEATED if longest is None else min(_REPEATED, longest)
    python = to_python(pattern, most)
    try:
        text: str = generator.xeger(python)
    except ValueError as error:
        raise SchemaError(f"pattern {shorten(pattern)} can't be constructed: {error}") from None
    return text


def _number_maker(plan: Numeric, where: str) -> ValueMaker:
    step = plan.multiple_of[0] if plan.multiple_of else (1 if plan.integer else Decimal("0.01"))
    step = Decimal(str(step))
    low = None if plan.minimum is None else Decimal(str(plan.minimum))
    high = None if plan.maximum is None else Decimal(str(plan.maximum))
    if low is None:
        low = min(Decimal(0), high - 1000 * step) if high is not None else Decimal(0)
    if high is None:
        high = max(low, Decimal(0)) + 1000 * step
    if high - low > 100_000 * step:
        # A bound that is only a limit of the type says nothing of what is usual.
        low = Decimal(0) if low <= 0 <= high else low
        high = min(high, low + 1000 * step)
    first, last = math.ceil(low / step), math.floor(high / step)
    first, last = (first, last) if first <= last else (first, first)
    fits = plan.check()

    def candidate(choices: Choices, names: Names, facts: Facts) -> int | float:
        number = step * choices.integer(first, last)
        if not plan.integer and first >= last:
            number = low + (high - low) * choices.integer(1, 9) / 10
        return to_json_number(number)

    return _retried(candidate, fits, where)


def _copied(value: Any) -> Any:
    return canonical.schema.clone(value) if isinstance(value, (dict, list)) else value
