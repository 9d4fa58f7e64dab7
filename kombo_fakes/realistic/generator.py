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
from typing import Any, Literal, TypeAlias

from kombo_fakes.core.choices import Choices
from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.branches import (
    copy_value,
    is_nullable,
    make_any,
    make_first,
    make_nullable,
    mix_examples,
    show_fact,
)
from kombo_fakes.realistic.containers import (
    Fields,
    Items,
    array_maker,
    check_of_array,
    lacks_properties,
    object_maker,
)
from kombo_fakes.realistic.matching import build_check, find_implied, is_string
from kombo_fakes.realistic.plain import PlainValues
from kombo_fakes.realistic.repeatable import can_repeat
from kombo_fakes.realistic.retries import NoValueError, ValueMaker, make_valid
from kombo_fakes.realistic.scalars import number_maker, plain_string, property_name, string_maker
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.blueprint.string_words import find_words
from kombo_fakes.schema.examples import ExampleFinder
from kombo_fakes.schema.requirements import Requirement
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.fields import FactsOnDemand, FieldSource, sources_of
from kombo_fakes.webhooks.model import Facts, Group, Place
from kombo_fakes.webhooks.names import POOLED, Names
from kombo_fakes.webhooks.registry import known_events

# A recursive shape ends at this depth.
_DEPTH = 3
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
        examples: The examples in the schema's document; None to use none.
        share: The share of values that are an example where there is a valid one.
    """

    def __init__(
        self,
        plan: shapes.Blueprint,
        name: str,
        depth: int = 0,
        base: RealisticGenerator | None = None,
        examples: ExampleFinder | None = None,
        share: float = 0,
    ) -> None:
        self.name = name
        self._examples, self._share = examples, share
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
        try:
            return self._generate(choices, names, pins or {}, known or {})
        except NoValueError as error:
            raise SchemaError(str(error)) from None

    def _generate(
        self, choices: Choices, names: Names, pins: Mapping[Path, Any], known: Facts
    ) -> Any:
        pinned = {**self._known.usual, **known}
        for path, value in pins.items():
            source = self._source_at(_place(path))
            if source is not None:
                pinned[source.fact] = value
        facts: Facts = {}
        if choices.is_lazy:
            facts = FactsOnDemand(choices, names, self._known, pinned)
        else:
            for group in self._groups:
                group.draw(choices, names, facts, pinned)
        return self._make(choices, names, facts)

    # -- compiling

    def _compile(self, plan: shapes.Blueprint, path: Path, depth: int) -> ValueMaker:
        maker = self._compile_once(plan, path, depth)
        # The share of null among nullable values is none of the examples' business.
        if self._examples is None or is_nullable(plan):
            return maker
        return self._prefer_examples(maker, plan, path)

    def _prefer_examples(self, maker: ValueMaker, plan: shapes.Blueprint, path: Path) -> ValueMaker:
        found = () if self._examples is None else self._examples.find(path)
        fits = build_check(plan) if found else is_string
        valid = tuple(
            value
            for value in found
            if value is not None and fits(value) and (self._share == 1 or can_repeat(path, value))
        )
        return mix_examples(maker, valid, self._share) if valid else maker

    def _compile_once(self, plan: shapes.Blueprint, path: Path, depth: int) -> ValueMaker:
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
                return lambda choices, names, facts: copy_value(choices.pick(values))
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
                inner = self._compile_once(base, path, depth)
                return self._check(inner, plan, check, path, keyword=f": {keyword}")
            case shapes.Reference():
                return self._compile_reference(plan, path, depth)

    def _compile_fact(
        self, source: FieldSource, plan: shapes.Blueprint, path: Path, depth: int
    ) -> ValueMaker | None:
        """Return what shows a fact; None if the schema of the field rejects all its values."""
        fact, fits = source.fact, build_check(plan)
        # Where every string will do, no fact has to be checked.
        if fits is is_string:
            self.sources[_place(path)] = source
            return lambda choices, names, facts: facts[fact]
        samples = [facts[fact] for facts in self._known.samples]
        # A schema of the user's can mean something else by the same name.
        if not any(fits(sample) for sample in samples):
            return None
        self.sources[_place(path)] = source
        otherwise = self._without_fact(plan, path, depth)
        # A fact that is never null is sometimes shown as null, if the schema allows it.
        return show_fact(fact, fits, otherwise, nullable=fits(None) and None not in samples)

    def _without_fact(self, plan: shapes.Blueprint, path: Path, depth: int) -> ValueMaker:
        bare = RealisticGenerator(plan, "", depth)  # It still knows the fields below.
        return lambda choices, names, facts: bare._generate(choices, names, {}, {})

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
        held.append(self._compile_once(target, path, depth + 1))
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
        # A schema without a type means what it is about, and allows the rest by the letter only.
        said = find_implied(branches)
        if said:
            rest = tuple(branch for branch in branches if branch not in said)
            meant = self._compile_union(said, path, depth)
            either = make_first(meant, self._compile_union(rest, path, depth))
            return self._prefer_examples(either, shapes.Union(branches), path)
        others = [
            self._compile_once(b, path, depth) for b in branches if b not in (null, shapes.NOTHING)
        ]
        one = make_any(others, f"{self.name}: {to_pointer(path) or 'the root'}")
        if null not in branches:
            return one
        if not others:
            return lambda choices, names, facts: None
        one = self._prefer_examples(one, shapes.Union(branches), path)

        return make_nullable(one)

    def _compile_array(self, plan: shapes.Array, path: Path, depth: int) -> ValueMaker:
        ends = plan.items == shapes.NOTHING
        makers = Items(
            prefix=[self._compile(item, (*path, i), depth) for i, item in enumerate(plan.prefix)],
            rest=None if ends else self._compile(plan.items, (*path, len(plan.prefix)), depth),
            wanted=[(self._compile(c.item, (*path, 0), depth), c.minimum) for c in plan.contains],
            facts_of_item=self._facts_of_item,
        )
        check = check_of_array(plan)
        maker = array_maker(plan, makers)
        return maker if check is None else self._check(maker, plan, check, path, "the items of ")

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
        named: list[tuple[str, bool, ValueMaker]] = []
        room = math.inf if plan.max_properties is None else plan.max_properties
        room -= len(plan.required)
        for name, child in plan.properties.items():
            needed = name in plan.required
            if child != shapes.NOTHING and (needed or room > 0):
                room -= not needed
                named.append((name, needed, self._compile(child, (*path, name), depth)))
        extras = [
            self._compile_extra(extra, path, depth) for extra in plan.extras if _has_names(extra)
        ]
        maker = object_maker(plan, Fields(named, extras))
        if not lacks_properties(plan):
            return maker
        fits = lambda value: len(value) >= plan.min_properties  # noqa: E731
        return self._check(maker, plan, fits, path, "the properties of ")

    def _check(
        self,
        maker: ValueMaker,
        plan: shapes.Blueprint,
        check: Callable[[Any], bool],
        path: Path,
        what: str = "",
        keyword: str = "",
    ) -> ValueMaker:
        """Wrap a maker, so that it makes plain values where a check rejects realistic ones."""
        where = f"{self.name}: {what}{to_pointer(path) or 'the root'}{keyword}"
        plain = PlainValues(plan, where)

        def make_plain(choices: Choices, names: Names, facts: Facts) -> Any:
            return plain.make(choices)

        return make_valid(maker, check, where, make_plain, self._sample_facts)

    def _sample_facts(self, choices: Choices) -> Facts:
        return FactsOnDemand(choices, POOLED, self._known, dict(self._known.usual))

    def _compile_extra(
        self, extra: shapes.Extra, path: Path, depth: int
    ) -> tuple[ValueMaker, ValueMaker]:
        where = f"{self.name}: the property names of {to_pointer(path) or 'the root'}"
        values = self._compile(extra.values, (*path, "*"), depth)
        names = extra.names
        if replace(names, excluded=(), excluded_patterns=()).is_plain:
            return make_valid(property_name, names.check(), where), values
        return string_maker(names, where), values


Examples: TypeAlias = Literal["none", "some", "all"]
"""Which values are examples of the schema's document, where there are valid ones."""

_SHARES: Mapping[Examples, float] = {"none": 0, "some": 0.3, "all": 1}


def generator_for(
    schema: Schema, requirement: Requirement | None = None, examples: Examples = "some"
) -> RealisticGenerator:
    """Return the generator for a schema's payloads, compiled once.

    Args:
        schema: The schema.
        requirement: What the payloads must have besides.
        examples: Whether to use the examples in the document. The fields of Kombo's events show
            facts, and no examples unless all are asked for.

    Raises:
        SchemaError: if no payload satisfies both.
    """
    if examples == "some" and schema.name in known_events():
        examples = "none"
    if requirement is None:
        return _compile_whole(schema, examples)
    return _compile_narrow(schema, requirement, examples)


@lru_cache(maxsize=64)
def _compile_whole(schema: Schema, examples: Examples) -> RealisticGenerator:
    plan, share = build_blueprint(schema), _SHARES[examples]
    finder = schema.examples if share else None
    return RealisticGenerator(plan, schema.name, examples=finder, share=share)


@lru_cache(maxsize=1024)
def _compile_narrow(
    schema: Schema, requirement: Requirement, examples: Examples
) -> RealisticGenerator:
    plan, share = build_blueprint(schema, requirement), _SHARES[examples]
    # The same base whatever was generated before, so that payloads depend on nothing else.
    base, finder = _compile_whole(schema, examples), schema.examples if share else None
    return RealisticGenerator(plan, schema.name, base=base, examples=finder, share=share)


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


def _has_names(extra: shapes.Extra) -> bool:
    """False if no name is left for further properties: `.*` matches all of them."""
    names = extra.names
    if replace(names, excluded=()).is_plain:
        return True
    try:
        return not find_words(names).is_empty
    except SchemaError:
        return True  # The names are too complex to tell.
