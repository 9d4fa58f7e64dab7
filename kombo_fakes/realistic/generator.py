"""Realistic payloads of a schema.

A generator is compiled once for a schema and then makes any number of payloads. A field that
`kombo_fakes.webhooks` knows shows a fact, and every other field a value that its schema allows.
Neither Faker nor Hypothesis is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from jsonschema_rs import canonical

from kombo_fakes.core.choices import Choices
from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.realistic.retries import TRIES, ValueMaker, choices_to_try, make_valid
from kombo_fakes.realistic.scalars import number_maker, plain_string, property_name, string_maker
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.requirements import Requirement
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.fields import FactsOnDemand, FieldSource, sources_of
from kombo_fakes.webhooks.model import Facts, Group, Place
from kombo_fakes.webhooks.names import POOLED, Names

# A recursive shape ends at this depth.
_DEPTH = 3
# In the rest of the cases, Hypothesis leaves out optional fields, or the items of an array.
_FULL = 0.9
# A place can be like another one, which is like a third. This many steps are followed.
_STEPS = 32


class RealisticGenerator:
    """Makes realistic payloads of one schema.

    Attributes:
        name: The name of the event or schema.
        sources: The fields whose values are facts, by their place.

    Args:
        plan: The blueprint of the schema.
        name: The name of the event or schema.
        depth: How often the plan is nested in a recursive shape.
        base: A generator of the same schema. What its plan shares with this one is not compiled
            again.
    """

    def __init__(
        self,
        plan: shapes.Blueprint,
        name: str,
        depth: int = 0,
        base: RealisticGenerator | None = None,
    ) -> None:
        self.name = name
        self._compiled: dict[tuple[int, int, Place], _Compiled] = {}
        self._shared = {} if base is None else base._compiled
        self.sources: dict[Place, FieldSource] = {}
        self._known = sources_of(name)
        self._references: dict[tuple[str, int, Place], tuple[ValueMaker, Place]] = {}
        self._same: dict[Place, Place] = {}
        self._per_item: tuple[Group, ...] = ()
        self._make = self._compile(plan, (), depth)
        used = {source.group for source in self.sources.values()}
        self._groups = tuple(group for group in self._known.groups if group in used)
        self._per_item = tuple(group for group in self._groups if group.per_item)

    def generate(
        self,
        choices: Choices,
        *,
        names: Names = POOLED,
        pins: Mapping[Path, Any] | None = None,
        known: Facts | None = None,
    ) -> Any:
        """Make one payload.

        Args:
            choices: Draws the values.
            names: The source of names.
            pins: Values to which fields are fixed, by path. All facts that have to agree with them
                do. The values themselves are not put into the payload.
            known: Facts that are fixed, by name.

        Raises:
            SchemaError: if the schema rejects all realistic values that were tried for a field.
        """
        pinned = {**self._known.usual, **(known or {})}
        for path, value in (pins or {}).items():
            source = self._source_at(_place(path))
            if source is not None:
                pinned[source.fact] = value
        if choices.is_lazy:
            facts: Facts = FactsOnDemand(choices, names, self._known, pinned)
            return self._make(choices, names, facts)
        facts = {}
        for group in self._groups:
            group.draw(choices, names, facts, pinned)
        return self._make(choices, names, facts)

    # -- compiling

    def _compile(self, plan: shapes.Blueprint, path: Path, depth: int) -> ValueMaker:
        if not isinstance(plan, (shapes.Array, shapes.Object, shapes.Union, shapes.Filtered)):
            return self._compile_shape(plan, path, depth)
        # A schema can have a shape at too many places to compile it for each of them.
        place = _place(path)
        key = (id(plan), depth, self._known.relevant(place))
        known = self._compiled.get(key) or self._shared.get(key)
        if known is None:
            around, self.sources, same, self._same = self.sources, {}, self._same, {}
            maker = self._compile_shape(plan, path, depth)
            known = _Compiled(maker, plan, place, self.sources, self._same)
            self.sources, self._same = around, same
            self._compiled[key] = known
        elif known.place != place:
            self._same[place] = known.place
        self.sources.update(known.sources)
        self._same.update(known.same)
        return known.maker

    def _compile_shape(self, plan: shapes.Blueprint, path: Path, depth: int) -> ValueMaker:
        # Facts are scalars. A reference leads back to here with its target.
        source = self._known.of(_place(path))
        if source is not None and not isinstance(
            plan, (shapes.Object, shapes.Array, shapes.Reference)
        ):
            maker = self._compile_fact(source, plan, path, depth)
            if maker is not None:
                return maker
        where = f"{self.name}: {to_pointer(path) or 'the root'}"
        match plan:
            case shapes.Anything():
                return lambda choices, names, facts: plain_string(choices, names)
            case shapes.Enumeration(values):
                return lambda choices, names, facts: _copy(choices.pick(values))
            case shapes.String():
                return string_maker(plan, where)
            case shapes.Numeric():
                return number_maker(plan, where)
            case shapes.Array():
                return self._compile_array(plan, path, depth)
            case shapes.Object():
                return self._compile_object(plan, path, depth)
            case shapes.Union(branches):
                return self._compile_union(branches, path, depth)
            case shapes.Filtered(base, check, keyword):
                inner = self._compile(base, path, depth)
                return make_valid(inner, check, f"{where}: {keyword}")
            case shapes.Reference():
                return self._compile_reference(plan, path, depth)

    def _compile_fact(
        self, source: FieldSource, plan: shapes.Blueprint, path: Path, depth: int
    ) -> ValueMaker | None:
        """Return what shows a fact; None if the schema of the field rejects all its values."""
        fact, fits = source.fact, _fits(plan)
        # Where every string will do, no fact has to be checked.
        if fits is _is_string:
            self.sources[_place(path)] = source
            return lambda choices, names, facts: facts[fact]
        samples = [facts[fact] for facts in self._known.samples]
        # A schema of the user's can mean something else by the same name.
        if not any(fits(sample) for sample in samples):
            return None
        self.sources[_place(path)] = source
        otherwise = self._without_fact(plan, path, depth)
        # A fact that is never null is sometimes shown as null, if the schema allows it.
        sometimes_null = fits(None) and None not in samples

        def generate(choices: Choices, names: Names, facts: Facts) -> Any:
            is_null = sometimes_null and choices.is_null(0.12)
            value = facts[fact]
            if is_null:
                return None
            return value if fits(value) else otherwise(choices, names, facts)

        return generate

    def _without_fact(self, plan: shapes.Blueprint, path: Path, depth: int) -> ValueMaker:
        bare = RealisticGenerator(plan, "", depth)  # It still knows the fields below.
        return lambda choices, names, facts: bare.generate(choices, names=names)

    def _compile_reference(self, plan: shapes.Reference, path: Path, depth: int) -> ValueMaker:
        place = _place(path)
        # A shape that contains itself several times is at too many places to compile each of them.
        key = (plan.uri, depth, self._known.relevant(place))
        known = self._references.get(key)
        if known is not None:
            maker, self._same[place] = known
            return maker
        # A shape that contains itself needs its maker before the maker is complete.
        held: list[ValueMaker] = []
        self._references[key] = (
            (lambda choices, names, facts: held[0](choices, names, facts)),
            place,
        )
        target = find_smallest(plan) if depth >= _DEPTH else plan.target
        held.append(self._compile(target, path, depth + 1))
        self._references[key] = held[0], place
        return held[0]

    def _source_at(self, place: Place, steps: int = _STEPS) -> FieldSource | None:
        """The source of a field, or of the field that is generated like it."""
        source = self.sources.get(place)
        if source is not None or not steps:
            return source
        for end in range(len(place), -1, -1):
            if place[:end] in self._same:
                return self._source_at(self._same[place[:end]] + place[end:], steps - 1)
        return None

    def _compile_union(
        self, branches: tuple[shapes.Blueprint, ...], path: Path, depth: int
    ) -> ValueMaker:
        null = shapes.Enumeration((None,))
        others = [
            self._compile(b, path, depth) for b in branches if b not in (null, shapes.NOTHING)
        ]
        if null not in branches:
            return lambda choices, names, facts: choices.pick(others)(choices, names, facts)
        if not others:
            return lambda choices, names, facts: None

        def generate(choices: Choices, names: Names, facts: Facts) -> Any:
            # The value is drawn even if it is not used, so that null does not change the values
            # after it.
            is_null = choices.is_null(0.15)
            value = choices.pick(others)(choices, names, facts)
            return None if is_null else value

        return generate

    def _compile_array(self, plan: shapes.Array, path: Path, depth: int) -> ValueMaker:
        ends = plan.items == shapes.NOTHING
        prefix = [self._compile(item, (*path, i), depth) for i, item in enumerate(plan.prefix)]
        items = None if ends else self._compile(plan.items, (*path, len(prefix)), depth)
        wanted = [(self._compile(c.item, (*path, 0), depth), c.minimum) for c in plan.contains]
        least = max(plan.min_items, sum(minimum for _, minimum in wanted))
        most = least + 3 if plan.max_items is None else plan.max_items
        if ends:
            most = min(most, len(prefix))
        most = max(least, min(most, max(least, 1) + 2))

        def generate(choices: Choices, names: Names, facts: Facts) -> list[Any]:
            # Hypothesis shrinks to an empty array, because it needs the fewest draws.
            empty = choices.is_lazy and least == 0 and not choices.chance(_FULL)
            size = 0 if empty else choices.integer(max(least, min(1, most)), most)
            value: list[Any] = []
            seen: set[str] = set()
            for index in range(size):
                maker = prefix[index] if index < len(prefix) else items
                if maker is None:
                    break
                # Equal items are rare in real payloads, and invalid where items are distinct.
                needed = index < least
                for other in (
                    choices_to_try(choices, TRIES, on=needed) if plan.distinct else [choices] * 5
                ):
                    item = maker(other, names, self._facts_of_item(other, names, facts))
                    key = canonical.json.to_string(item)
                    if key not in seen:
                        break
                if key not in seen or (needed and not plan.distinct):
                    seen.add(key)
                    value.append(item)
            position = len(value)
            for maker, minimum in wanted:
                for _ in range(minimum):
                    # The prefix describes the first items, so the matching ones are at the end.
                    position -= 1
                    if position >= 0:
                        value[position] = maker(choices, names, facts)
            if plan.distinct is False and len(value) > 1:
                value[-1] = value[0]
            return value

        if plan.contains or plan.distinct is not None:
            where = f"{self.name}: the items of {to_pointer(path) or 'the root'}"
            return make_valid(generate, _array_check(plan), where)
        return generate

    def _facts_of_item(self, choices: Choices, names: Names, facts: Facts) -> Facts:
        if not self._per_item:
            return facts
        if isinstance(facts, FactsOnDemand):
            return facts.of_item(choices)
        own = dict(facts)
        for group in self._per_item:
            group.draw(choices, names, own, {})
        return own

    def _compile_object(self, plan: shapes.Object, path: Path, depth: int) -> ValueMaker:
        always: list[tuple[str, bool, ValueMaker]] = []
        missing = plan.min_properties - len(plan.required)
        room = math.inf if plan.max_properties is None else plan.max_properties
        room -= len(plan.required)
        for name, child in plan.properties.items():
            needed = name in plan.required
            if child == shapes.NOTHING or (not needed and room <= 0):
                continue
            if not needed:
                room -= 1
                missing -= 1
            always.append((name, needed, self._compile(child, (*path, name), depth)))
        extras = [self._compile_extra(extra, path, depth) for extra in plan.extras]
        # An open object gets the properties that the schema names. If it names none, it is a map.
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
                # A seed also draws what is absent, so that the values after it are the same either
                # way.
                if here or not choices.is_lazy:
                    made = maker(choices, names, facts)
                    if here:
                        value[name] = made
            for _ in range(choices.integer(least, most) if extras else 0):
                name_maker, maker = choices.pick(extras)
                value.setdefault(name_maker(choices, names, facts), maker(choices, names, facts))
            if choices.is_lazy and len(value) < plan.min_properties and extras:
                for other in choices_to_try(choices, 0):
                    name_maker, maker = other.pick(extras)
                    name = name_maker(other, names, facts)
                    value.setdefault(name, maker(other, names, facts))
                    if len(value) == plan.min_properties:
                        break
            return value

        if least:
            where = f"{self.name}: the properties of {to_pointer(path) or 'the root'}"
            return make_valid(generate, lambda value: len(value) >= plan.min_properties, where)
        return generate

    def _compile_extra(
        self, extra: shapes.Extra, path: Path, depth: int
    ) -> tuple[ValueMaker, ValueMaker]:
        where = f"{self.name}: the property names of {to_pointer(path) or 'the root'}"
        values = self._compile(extra.values, (*path, "*"), depth)
        names = extra.names
        if replace(names, excluded=(), excluded_patterns=()).is_plain:
            return make_valid(property_name, names.check(), where), values
        return string_maker(names, where), values


_OPEN = (shapes.Extra(shapes.String(), shapes.Anything()),)


def generator_for(schema: Schema, requirement: Requirement | None = None) -> RealisticGenerator:
    """Return the generator for a schema's payloads, compiled once.

    Args:
        schema: The schema.
        requirement: What the payloads must have besides.

    Raises:
        SchemaError: if no payload satisfies both.
    """
    return _compile_whole(schema) if requirement is None else _compile_narrow(schema, requirement)


@lru_cache(maxsize=64)
def _compile_whole(schema: Schema) -> RealisticGenerator:
    return RealisticGenerator(build_blueprint(schema), schema.name)


@lru_cache(maxsize=1024)
def _compile_narrow(schema: Schema, requirement: Requirement) -> RealisticGenerator:
    plan = build_blueprint(schema, requirement)
    # The same base whatever was generated before, so that payloads depend on nothing else.
    return RealisticGenerator(plan, schema.name, base=_compile_whole(schema))


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What makes the values of a shape, and what was found out about the fields in it.

    Attributes:
        maker: Makes the values.
        plan: The shape, which is held so that no other one gets its id.
        place: The place at which it was compiled.
        sources: The fields in it whose values are facts.
        same: The places in it that are like other ones.
    """

    maker: ValueMaker
    plan: shapes.Blueprint
    place: Place
    sources: dict[Place, FieldSource]
    same: dict[Place, Place]


def _place(path: Path) -> Place:
    return tuple(part for part in path if isinstance(part, str))


def _array_check(plan: shapes.Array) -> Callable[[list[Any]], bool]:
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


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _fits(plan: shapes.Blueprint) -> Callable[[Any], bool]:
    """Return a check whether a blueprint of scalars allows a value."""
    match plan:
        case shapes.String():
            if plan.is_plain:
                return _is_string
            return plan.check()
        case shapes.Enumeration(values):
            # Python takes 1, 1.0 and True for the same.
            return lambda value: any(value == v and type(value) is type(v) for v in values)
        case shapes.Numeric():
            return plan.check()
        case shapes.Union(branches):
            checks = [_fits(branch) for branch in branches]
            return lambda value: any(check(value) for check in checks)
        case shapes.Filtered(base, check, _):
            inner = _fits(base)
            return lambda value: inner(value) and check(value)
    return lambda value: isinstance(plan, shapes.Anything)


def _copy(value: Any) -> Any:
    # A caller can change a payload, and the values of an enum belong to the blueprint.
    return canonical.schema.clone(value) if isinstance(value, (dict, list)) else value
