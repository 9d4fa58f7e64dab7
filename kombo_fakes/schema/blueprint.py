"""Blueprints: a canonical schema as the few plain shapes that every maker builds from.

jsonschema-rs canonicalises a schema: it merges ``allOf``, turns ``oneOf``, ``if``, ``not`` and
the ``dependent...`` keywords into unions of plain shapes, and knows what is unsatisfiable. This
module is the one that reads its views. Strategies and realistic values are made from what
stands here, so that a keyword is understood once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias

import jsonschema_rs
from jsonschema_rs import canonical as c

from kombo_fakes.core.pointer import Path, get, has, to_pointer
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.formats import checked_formats, pattern_matches
from kombo_fakes.schema.references import ReferenceResolver
from kombo_fakes.schema.schema import Schema, canonicalize, validator_for
from kombo_fakes.schema.sites import PLACES
from kombo_fakes.schema.vocabulary import subschemas

Number: TypeAlias = "int | float | Decimal"


def to_json_number(number: Decimal) -> int | float:
    """A decimal as JSON has it: an integer where it has no fraction.

    Examples:
        >>> to_json_number(Decimal("2.0")), to_json_number(Decimal("0.5"))
        (2, 0.5)
    """
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
    """A string: lengths in code points, patterns as ECMA-262 has them (a search, no anchors)."""

    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    excluded_patterns: tuple[str, ...] = ()
    excluded_formats: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether every string will do."""
        return self == String()

    def check(self) -> Callable[[Any], bool]:
        """A check whether a value is such a string."""
        schema: dict[str, Any] = {"type": "string", "minLength": self.min_length}
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        wanted = [{"pattern": p} for p in self.patterns] + [{"format": f} for f in self.formats]
        refused: list[dict[str, Any]] = [{"pattern": p} for p in self.excluded_patterns]
        refused += [{"format": f} for f in self.excluded_formats]
        if self.excluded:
            refused.append({"enum": list(self.excluded)})
        if wanted:
            schema["allOf"] = wanted
        if refused:
            schema["not"] = {"anyOf": refused}
        return validator_for(schema).is_valid


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number; an integer where ``integer`` says so. Bounds are inclusive if not said else."""

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
    """How many items of an array have to be of a shape."""

    item: Blueprint
    check: Callable[[Any], bool]
    minimum: int = 1
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """An array. ``distinct``: all items differ, None: no matter, False: two are equal."""

    min_items: int = 0
    max_items: int | None = None
    prefix: tuple[Blueprint, ...] = ()
    items: Blueprint = Anything()
    contains: tuple[Containing, ...] = ()
    distinct: bool | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """Properties that an object may have beside those that its schema names."""

    names: String
    values: Blueprint


@dataclass(frozen=True, slots=True)
class Object:
    """An object.

    Attributes:
        properties: What is said of single names, in the order of the document; `NOTHING` for
            a name that may not be there.
        required: The names that are always there.
        extras: The kinds of further properties; none where the object is closed.
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
    """What is left of a shape by a check: for the little that can't be constructed."""

    base: Blueprint
    check: Callable[[Any], bool]
    keyword: str


@dataclass(frozen=True, eq=False)
class Reference:
    """A shape by its name, so that it can hold itself."""

    uri: str
    _read: Callable[[], Blueprint]

    @cached_property
    def target(self) -> Blueprint:
        """The shape that is meant."""
        return self._read()


Blueprint: TypeAlias = (
    Anything | Enumeration | String | Numeric | Array | Object | Union | Filtered | Reference
)

_NESTED = 8
"""How deep compositions are taken apart; what is below is met by filtering."""

LARGEST = 100_000
"""The most characters, items or properties that are made where a schema asks for so many."""

NOTHING = Union(())
"""The shape that no value has."""


def build_blueprint(schema: Schema, requirement: dict[str, Any] | None = None) -> Blueprint:
    """The blueprint of a schema's payloads.

    Args:
        schema: The schema.
        requirement: A further schema that every payload has to satisfy, too; it may refer to
            the first one's definitions.

    Raises:
        SchemaError: if no value satisfies it, or if it can't be constructed.

    Examples:
        >>> build_blueprint(Schema.load({"type": ["string", "null"], "maxLength": 3}))
        Union(branches=(String(min_length=0, max_length=3, patterns=(), formats=(), \
excluded_patterns=(), excluded_formats=(), excluded=()), Enumeration(values=(None,))))
    """
    effective = schema.generation_schema
    if requirement is None:
        node = schema.canonical
    else:
        node = canonicalize(_required(effective, requirement))
    if node.satisfiability() == c.Satisfiability.NO:
        raise SchemaError(_unsatisfiable(schema))
    reader = _Reader(schema.source, effective, node)
    plan = _Namer(effective).named(reader.read(node), ((),))
    if find_smallest(plan) == NOTHING:
        why = ": a $ref cycle without an end" if reader.references else ""
        raise SchemaError(f"{schema.source}: no value satisfies it{why}")
    return plan


def _required(effective: dict[str, Any], requirement: dict[str, Any]) -> dict[str, Any]:
    """A schema and a requirement as one schema."""
    if not _refers_to_itself(effective):
        return {**effective, "allOf": [*effective.get("allOf", []), requirement]}
    # What refers to the whole document must not come to mean the requirement, too.
    whole = effective.get("$id", "urn:kombo-fakes:whole")
    text = json.dumps(requirement).replace('"$ref": "#', f'"$ref": "{whole}#')
    dialect = {key: value for key, value in effective.items() if key == "$schema"}
    inside = {key: value for key, value in effective.items() if key != "$schema"}
    return {
        **dialect,
        "allOf": [{"$ref": whole}, json.loads(text)],
        "$defs": {"whole": {**inside, "$id": whole}},
    }


def _refers_to_itself(effective: dict[str, Any]) -> bool:
    own = {"#", "#/", effective.get("$id", "#"), f"{effective.get('$id', '')}#"}
    todo: list[Any] = [effective]
    while todo:
        schema = todo.pop()
        if isinstance(schema, dict):
            if schema.get("$ref") in own or "$dynamicRef" in schema or "$recursiveRef" in schema:
                return True
            todo.extend(child for _, child in subschemas(schema))
    return False


def find_smallest(plan: Blueprint) -> Blueprint:
    """The smallest forms of a blueprint: nothing optional, no shape within itself.

    `NOTHING` where a shape has to hold itself, so that no finite value has it.
    """
    return _Smallest().of(plan, frozenset())


_Form: TypeAlias = "tuple[Blueprint, frozenset[str], frozenset[str]]"
"""A smallest form, the shapes around it that were met for it, and those that were entered."""


class _Smallest:
    """Finds smallest forms, each once: a shape may be met on more ways than could be gone.

    What the smallest form of a shape is depends on the shapes that it is in, as far as it comes
    upon one of them: what was found holds wherever it would come upon the same.
    """

    def __init__(self) -> None:
        self._known: dict[str, list[_Form]] = {}
        self._met: frozenset[str] = frozenset()
        self._entered: frozenset[str] = frozenset()

    def of(self, plan: Blueprint, inside: frozenset[str]) -> Blueprint:
        match plan:
            case Anything():
                return Enumeration((None,))
            case Reference():
                return self._of_reference(plan, inside)
            case Union(branches):
                whole = _union([self.of(branch, inside) for branch in branches])
                # What several branches lead to is there once.
                each = whole.branches if isinstance(whole, Union) else (whole,)
                return _union(list({id(branch): branch for branch in each}.values()))
            case Filtered(base, check, keyword):
                inner = self.of(base, inside)
                # Anything else than null may be what the check wants.
                keep = base if isinstance(base, Anything) else inner
                return NOTHING if inner == NOTHING else Filtered(keep, check, keyword)
            case Array():
                return self._of_array(plan, inside)
            case Object():
                return self._of_object(plan, inside)
        return plan

    def _of_reference(self, plan: Reference, inside: frozenset[str]) -> Blueprint:
        if plan.uri in inside:
            self._met |= {plan.uri}
            return NOTHING
        form, met, entered = self._found(plan, inside)
        self._met, self._entered = self._met | met, self._entered | entered
        return form

    def _found(self, plan: Reference, inside: frozenset[str]) -> _Form:
        known = self._known.setdefault(plan.uri, [])
        for one in known:
            _, met, entered = one
            if met <= inside and entered.isdisjoint(inside):
                return one
        around = self._met, self._entered
        self._met, self._entered = frozenset(), frozenset({plan.uri})
        form = self.of(plan.target, inside | {plan.uri})
        known.append((form, self._met - {plan.uri}, self._entered))
        self._met, self._entered = around
        return known[-1]

    def _of_array(self, plan: Array, inside: frozenset[str]) -> Blueprint:
        needed = max(plan.min_items, sum(one.minimum for one in plan.contains))
        prefix = tuple(self.of(item, inside) for item in plan.prefix[:needed])
        items = self.of(plan.items, inside) if needed > len(prefix) else Enumeration((None,))
        contains = tuple(replace(one, item=self.of(one.item, inside)) for one in plan.contains)
        if NOTHING in (*prefix, items, *(one.item for one in contains if one.minimum)):
            return NOTHING
        if plan.distinct is True:
            items = plan.items if needed > len(prefix) + 1 else items
        return replace(plan, prefix=prefix, items=items, contains=contains, max_items=needed)

    def _of_object(self, plan: Object, inside: frozenset[str]) -> Blueprint:
        properties: dict[str, Blueprint] = {}
        bare = plan.min_properties <= len(plan.required)
        for name, child in plan.properties.items():
            small = self.of(child, inside) if name in plan.required or not bare else NOTHING
            if name in plan.required and small == NOTHING:
                return NOTHING
            properties[name] = small
        extras = [replace(e, values=self.of(e.values, inside)) for e in plan.extras if not bare]
        reachable = tuple(extra for extra in extras if extra.values != NOTHING)
        return replace(plan, properties=properties, extras=reachable)


def shapes(plan: Blueprint) -> Iterator[tuple[Path, Blueprint]]:
    """Every shape that a value can have, place by place; of an array the first item.

    A shape by a name is followed until it comes to itself, and to no more than `PLACES` places;
    where it isn't followed, it stands for itself.

    Examples:
        >>> [path for path, _ in shapes(Object({"a": Array(items=String())}))]
        [(), ('a',), ('a', 0)]
    """
    return _shapes(plan, (), frozenset(), Counter())


def _shapes(
    plan: Blueprint, path: Path, inside: frozenset[str], visits: Counter[str]
) -> Iterator[tuple[Path, Blueprint]]:
    match plan:
        case Object(properties=properties):
            yield path, plan
            for name, child in properties.items():
                if child != NOTHING:
                    yield from _shapes(child, (*path, name), inside, visits)
        case Array(prefix=prefix, items=items):
            yield path, plan
            first = prefix[0] if prefix else items
            if first != NOTHING:
                yield from _shapes(first, (*path, 0), inside, visits)
        case Union(branches=branches):
            for branch in branches:
                yield from _shapes(branch, path, inside, visits)
        case Filtered(base=base):
            yield from _shapes(base, path, inside, visits)
        case Reference(uri=uri) if uri not in inside and visits[uri] < PLACES:
            visits[uri] += 1
            yield from _shapes(plan.target, path, inside | {uri}, visits)
        case _:
            yield path, plan


def build_standalone_blueprint(effective: dict[str, Any], name: str) -> Blueprint:
    """The blueprint of an effective schema that stands for itself; `NOTHING` if unsatisfiable."""
    node = canonicalize(effective)
    return _Reader(name, effective, node).read(node)


class _Reader:
    def __init__(
        self, name: str, effective: dict[str, Any], root: jsonschema_rs.CanonicalSchema
    ) -> None:
        self.name = name
        self.effective = effective
        self.order = _Orders(effective)
        self.formats = checked_formats(effective.get("$schema"))
        self.root = root
        self.references: dict[str, Reference] = {}
        self.merging: set[str] = set()

    def read(self, node: jsonschema_rs.CanonicalSchema) -> Blueprint:
        match node.view():
            case c.TrueView():
                return Anything()
            case c.FalseView():
                return NOTHING
            case c.ConstView(value):
                return Enumeration((value,))
            case c.EnumView(values):
                # Null is a shape of its own, as everywhere: the share of null is about that.
                others = [value for value in self.order.sort_values(values) if value is not None]
                null = [Enumeration((None,))] if len(others) < len(values) else []
                return _union([*([Enumeration(tuple(others))] if others else []), *null])
            case c.MultiTypeView(types):
                return _union([_BY_TYPE[name] for name in _SIMPLEST_FIRST if name in types])
            case c.StringView() as view:
                return self._text(view)
            case c.IntegerView(minimum, maximum, multiple_of, not_multiple_of):
                return Numeric(
                    integer=True,
                    minimum=minimum,
                    maximum=maximum,
                    multiple_of=tuple(multiple_of),
                    not_multiple_of=tuple(not_multiple_of),
                )
            case c.NumberView() as view:
                number = Numeric(
                    integer=False,
                    minimum=view.minimum,
                    maximum=view.maximum,
                    exclusive_minimum=view.exclusive_minimum,
                    exclusive_maximum=view.exclusive_maximum,
                    multiple_of=tuple(view.multiple_of),
                    not_multiple_of=tuple(view.not_multiple_of),
                )
                if view.excludes_integers:
                    return Filtered(number, lambda value: value != int(value), "type")
                return number
            case c.ArrayView() as view:
                return self._array(view, node)
            case c.ObjectView() as view:
                return self._object(view, node)
            case c.AnyOfView(branches):
                return _union([self.read(branch) for branch in branches])
            case c.OneOfView(branches):
                union = _union([self.read(branch) for branch in branches])
                return Filtered(union, validator_for_node(node), "oneOf")
            case c.AllOfView(branches):
                return self._all_of(branches)
            case c.TypedGroupView(type_name, body):
                return self._all_of([canonicalize({"type": type_name}), body])
            case c.ReferenceView(uri):
                return self._reference(uri)
            case c.NotView():
                return Filtered(Anything(), validator_for_node(node), "not")
            case c.RawView():
                raise SchemaError(f"{self.name}: can't be constructed: {_hardest(self.effective)}")
            case view:
                raise SchemaError(f"{self.name}: can't be constructed: {type(view).__name__}")

    def _reference(self, uri: str) -> Reference:
        if uri not in self.references:

            def target() -> Blueprint:
                node = self.root.definition(uri)
                if node is None:
                    raise SchemaError(f"{self.name}: $ref {uri!r} leads nowhere")
                return self.read(node)

            self.references[uri] = Reference(uri, target)
        return self.references[uri]

    def _all_of(
        self, branches: Sequence[jsonschema_rs.CanonicalSchema], depth: int = 0
    ) -> Blueprint:
        """What satisfies all branches: canonical form doesn't look through references for it."""
        if depth or not any(isinstance(b.view(), c.ReferenceView) for b in branches):
            return self._merged(branches, depth)
        # Shapes that hold themselves may meet again within: there, what they are together is a
        # shape by a name as well.
        name = " and ".join(sorted({c.json.to_string(b.to_json_schema()) for b in branches}))
        if name not in self.merging and name not in self.references:
            self.merging.add(name)
            try:
                return self._merged(branches, 0)
            finally:
                self.merging.remove(name)
        if name not in self.references:
            self.references[name] = Reference(name, lambda: self._merged(branches, 0))
        return self.references[name]

    def _merged(self, branches: Sequence[jsonschema_rs.CanonicalSchema], depth: int) -> Blueprint:
        nodes = [self._resolved(branch) for branch in branches]
        if depth > _NESTED:
            return self._first_of(nodes)
        for index, node in enumerate(nodes):
            others = [*nodes[:index], *nodes[index + 1 :]]
            match node.view():
                case c.AllOfView(inner):
                    return self._all_of([*inner, *others], depth + 1)
                case c.AnyOfView(inner) | c.OneOfView(inner):
                    each = [self._all_of([branch, *others], depth + 1) for branch in inner]
                    union = _union([branch for branch in each if branch != NOTHING])
                    if isinstance(node.view(), c.OneOfView):
                        return Filtered(union, validator_for_node(node), "oneOf")
                    return union
        merged = nodes[0]
        for node in nodes[1:]:
            merged = merged.intersect(node)
        view = merged.view()
        return self._first_of(view.branches) if isinstance(view, c.AllOfView) else self.read(merged)

    def _first_of(self, nodes: Sequence[jsonschema_rs.CanonicalSchema]) -> Blueprint:
        """One of the nodes, and the others as a check."""
        compound = (c.AllOfView, c.NotView, c.RawView)
        plain = [node for node in nodes if not isinstance(node.view(), compound)]
        base = self.read(plain[0]) if plain else Anything()
        checks = [validator_for_node(node) for node in nodes if not plain or node is not plain[0]]
        return Filtered(base, lambda value: all(check(value) for check in checks), "allOf")

    def _resolved(self, node: jsonschema_rs.CanonicalSchema) -> jsonschema_rs.CanonicalSchema:
        for _ in range(_NESTED):
            view = node.view()
            if not isinstance(view, c.ReferenceView):
                break
            node = self.root.definition(view.uri) or node
        return node

    def _text(self, view: c.StringView) -> Blueprint:
        # A format that isn't asserted is an annotation: each string has it, and none lacks it.
        if not self.formats.issuperset(view.excluded_formats):
            return NOTHING
        return String(
            min_length=self._bounded("minLength", view.min_length),
            max_length=view.max_length,
            patterns=tuple(view.patterns),
            formats=tuple(name for name in view.formats if name in self.formats),
            excluded_patterns=tuple(view.excluded_patterns),
            excluded_formats=tuple(view.excluded_formats),
            excluded=tuple(view.excluded),
        )

    def _bounded(self, keyword: str, size: int | None, otherwise: int = 0) -> int:
        """A least size, unless it is more than anything can be made of."""
        if size is not None and size > LARGEST:
            raise SchemaError(
                f"{self.name}: can't be constructed: {keyword} at "
                f"{_place_of(keyword, self.effective)}: {size:,} are more than the {LARGEST:,} "
                "that are made"
            )
        return otherwise if size is None else size

    def _array(self, view: c.ArrayView, node: jsonschema_rs.CanonicalSchema) -> Blueprint:
        distinct = {
            c.Distinctness.ALL_DISTINCT: True,
            c.Distinctness.SOME_REPEATED: False,
        }.get(view.distinctness)
        result = Array(
            min_items=self._bounded("minItems", view.min_items),
            max_items=view.max_items,
            prefix=tuple(self.read(item) for item in view.prefix_items),
            items=Anything() if view.items is None else self.read(view.items),
            contains=tuple(self._containing(one, view.items) for one in view.contains),
            distinct=distinct,
        )
        if view.contains and view.prefix_items:
            # What has to be contained may have to stand where the prefix has its say.
            return Filtered(result, validator_for_node(node), "contains")
        return result

    def _containing(
        self, one: c.ContainsView, items: jsonschema_rs.CanonicalSchema | None
    ) -> Containing:
        wanted = one.schema if items is None else one.schema.intersect(items)
        return Containing(
            item=self.read(wanted),
            check=validator_for_node(one.schema),
            minimum=self._bounded("minContains", one.min_contains, 1),
            maximum=one.max_contains,
        )

    def _object(self, view: c.ObjectView, node: jsonschema_rs.CanonicalSchema) -> Blueprint:
        said = {name: self.read(child) for name, child in view.properties.items()}
        patterns = {name: self.read(child) for name, child in view.pattern_properties.items()}
        rest = view.additional_properties
        additional = Anything() if rest is None else self.read(rest)
        allowed, texts = self._names(view)
        for name in {*(allowed or ()), *view.required} - set(said):
            matching = [
                child
                for pattern, child in view.pattern_properties.items()
                if pattern_matches(pattern, name)
            ]
            said[name] = self._all_of(matching) if matching else additional
        if texts:
            # Canonical form forgets a property of which nothing is said but its name.
            for name in self.order.names_beside(said):
                said.setdefault(name, additional)
        if allowed is not None and not texts:
            said = {name: child for name, child in said.items() if name in allowed}
        result = Object(
            properties={name: said[name] for name in self.order.sort(said)},
            required=frozenset(view.required),
            extras=tuple(_extras(texts, sorted(said), patterns, additional)),
            min_properties=self._bounded("minProperties", view.min_properties),
            max_properties=view.max_properties,
        )
        if view.violations:
            return Filtered(result, validator_for_node(node), "not")
        return result

    def _names(self, view: c.ObjectView) -> tuple[set[str] | None, list[String]]:
        """What property names are allowed: fixed ones (None: not limited to any), and texts."""
        if view.property_names is None:
            return None, [String()]
        plan = self.read(view.property_names)
        fixed: set[str] = set()
        texts: list[String] = []
        for branch in plan.branches if isinstance(plan, Union) else (plan,):
            match branch:
                case Enumeration(values):
                    fixed.update(value for value in values if isinstance(value, str))
                case String():
                    texts.append(branch)
                case Anything():
                    texts.append(String())
                case Filtered() | Reference():
                    raise SchemaError(f"{self.name}: can't be constructed: propertyNames")
        return fixed, texts


def _extras(
    texts: Sequence[String], said: Sequence[str], patterns: dict[str, Blueprint], rest: Blueprint
) -> Iterator[Extra]:
    for text in texts:
        forced = [pattern for pattern in text.patterns if pattern in patterns]
        for pattern in forced or patterns:
            names = replace(
                text,
                patterns=tuple(dict.fromkeys((pattern, *text.patterns))),
                excluded_patterns=(
                    *text.excluded_patterns,
                    *(other for other in patterns if other not in (pattern, *text.patterns)),
                ),
                excluded=(*text.excluded, *said),
            )
            if patterns[pattern] != NOTHING:
                yield Extra(names, patterns[pattern])
        if not forced and rest != NOTHING:
            excluded_patterns = (*text.excluded_patterns, *patterns)
            excluded = (*text.excluded, *said)
            names = replace(text, excluded_patterns=excluded_patterns, excluded=excluded)
            yield Extra(names, rest)


class _Orders:
    """The order in which a document names properties and values; canonical forms sort them."""

    def __init__(self, effective: dict[str, Any]) -> None:
        lists: set[tuple[str, ...]] = set()
        enums: set[tuple[str, ...]] = set()
        todo: list[Any] = [effective]
        while todo:
            schema = todo.pop()
            if isinstance(schema, dict):
                lists.add(tuple(schema.get("properties", ())))
                enums.add(tuple(v for v in schema.get("enum", ()) if isinstance(v, str)))
                todo.extend(child for _, child in subschemas(schema))
        self.lists = sorted(lists, key=_by_length)
        self.enums = sorted(enums, key=_by_length)
        self.rank: dict[str, int] = {}
        for names in self.lists:
            for name in names:
                self.rank.setdefault(name, len(self.rank))

    def sort_values(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Enumerated values in the order of the document, as far as they are text."""
        texts = [value for value in values if isinstance(value, str)]
        for listed in self.enums:
            if set(texts) <= set(listed):
                rest = [value for value in values if not isinstance(value, str)]
                return (*(text for text in listed if text in texts), *rest)
        return tuple(values)

    def names_beside(self, names: Iterable[str]) -> tuple[str, ...]:
        """The properties that the document lists together with some others, and with these."""
        wanted = set(names)
        if not wanted:
            return ()
        return next((listed for listed in self.lists if wanted <= set(listed)), ())

    def sort(self, names: Iterable[str]) -> list[str]:
        wanted = set(names)
        for listed in self.lists:
            if wanted <= set(listed):
                return [name for name in listed if name in wanted]
        return sorted(wanted, key=lambda name: (self.rank.get(name, len(self.rank)), name))


_PREFIX = ("prefixItems", "items")


class _Namer:
    """Puts back the names of properties of which a schema says nothing.

    Canonical form knows no difference between an object that lists such properties only and any
    object, so that nothing but the document tells of them.
    """

    def __init__(self, effective: dict[str, Any]) -> None:
        self.effective = effective
        self.targets = ReferenceResolver(effective)
        self.references: dict[str, Reference] = {}

    def named(self, plan: Blueprint, places: Iterable[Path]) -> Blueprint:
        """A blueprint with these names.

        Args:
            plan: The blueprint.
            places: Where in the document something is said about what it is of.
        """
        where = self._together(places)
        match plan:
            case Object() if not plan.properties and plan.extras == _ANY_OBJECT.extras:
                names = self._listed(where)
                further = Extra(String(excluded=tuple(sorted(names))), Anything())
                said: dict[str, Blueprint] = {name: Anything() for name in names}
                return replace(plan, properties=said, extras=(further,)) if names else plan
            case Object(properties=properties, extras=extras):
                below = {
                    name: self.named(child, [(*path, "properties", name) for path in where])
                    for name, child in properties.items()
                }
                others = tuple(self._extra(extra, where) for extra in extras)
                return replace(plan, properties=below, extras=others)
            case Array(items=items, prefix=prefix):
                listed = [
                    self.named(item, [(*path, key, index) for path in where for key in _PREFIX])
                    for index, item in enumerate(prefix)
                ]
                rest = [(*path, key) for path in where for key in ("items", "additionalItems")]
                return replace(plan, items=self.named(items, rest), prefix=tuple(listed))
            case Union(branches):
                return Union(tuple(self.named(branch, where) for branch in branches))
            case Filtered(base, check, keyword):
                return Filtered(self.named(base, where), check, keyword)
            case Reference(uri=uri):
                return self._reference(plan, uri, where)
        return plan

    def _reference(self, plan: Reference, uri: str, where: tuple[Path, ...]) -> Reference:
        if uri not in self.references:
            path = self.targets.find(uri, ())
            # What several shapes are together stands nowhere else.
            places = where if path is None else (path,)
            self.references[uri] = Reference(uri, lambda: self.named(plan.target, places))
        return self.references[uri]

    def _extra(self, extra: Extra, where: Iterable[Path]) -> Extra:
        keys: list[Path] = [("patternProperties", pattern) for pattern in extra.names.patterns]
        keys.append(("additionalProperties",))
        places = [(*path, *key) for path in where for key in keys]
        return replace(extra, values=self.named(extra.values, places))

    def _listed(self, places: Iterable[Path]) -> tuple[str, ...]:
        listed = [
            name for path in places for name in get(self.effective, path).get("properties", ())
        ]
        return tuple(dict.fromkeys(listed))

    def _together(self, places: Iterable[Path]) -> tuple[Path, ...]:
        """The places with all that applies there as well: references, branches, conditions."""
        found: dict[Path, None] = {}
        todo = list(places)
        while todo:
            path = todo.pop(0)
            if path in found or not has(self.effective, path):
                continue
            schema = get(self.effective, path)
            if not isinstance(schema, dict):
                continue
            found[path] = None
            target = self.targets.find(schema.get("$ref"), path)
            todo += [] if target is None else [target]
            todo += [(*path, keyword) for keyword in ("if", "then", "else") if keyword in schema]
            for keyword in ("allOf", "anyOf", "oneOf"):
                todo += [(*path, keyword, index) for index in range(len(schema.get(keyword, ())))]
        return tuple(found)


def _by_length(names: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(names), names


def validator_for_node(node: jsonschema_rs.CanonicalSchema) -> Callable[[Any], bool]:
    """A check for what one node of a canonical schema allows."""
    schema = node.to_json_schema()
    return validator_for(schema if isinstance(schema, dict) else {"not": {}}).is_valid


def _union(branches: list[Blueprint]) -> Blueprint:
    flat: list[Blueprint] = []
    for branch in branches:
        flat.extend(branch.branches if isinstance(branch, Union) else [branch])
    return flat[0] if len(flat) == 1 else Union(tuple(flat))


_SIMPLEST_FIRST = ("null", "boolean", "integer", "number", "string", "array", "object")
_ANY_OBJECT = Object({}, extras=(Extra(String(), Anything()),))
_BY_TYPE: dict[str, Blueprint] = {
    "null": Enumeration((None,)),
    "boolean": Enumeration((False, True)),
    "integer": Numeric(integer=True),
    "number": Numeric(integer=False),
    "string": String(),
    "array": Array(),
    "object": _ANY_OBJECT,
}


# What canonical form may not be able to say, the likeliest first.
_HARD = (
    "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef", "not", "if",
    "oneOf", "dependentSchemas", "contains", "propertyNames",
)  # fmt: skip


def _hardest(effective: dict[str, Any]) -> str:
    """The keyword in a document that is likeliest to be why it couldn't be understood."""
    found: dict[str, str] = {}
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        path, schema = todo.pop(0)
        if isinstance(schema, dict):
            for keyword in _HARD:
                if keyword in schema:
                    found.setdefault(keyword, to_pointer(path) or "the root")
            todo.extend((path + where, child) for where, child in subschemas(schema))
    for keyword in _HARD:
        if keyword in found:
            return f"{keyword} at {found[keyword]}"
    return "what stands at the root"


def _place_of(keyword: str, effective: dict[str, Any]) -> str:
    """Where in a document a keyword has the largest number."""
    found: list[tuple[float, str]] = [(0, "the root")]
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        path, schema = todo.pop()
        if isinstance(schema, dict):
            if isinstance(schema.get(keyword), (int, float)):
                found.append((schema[keyword], to_pointer(path) or "the root"))
            todo.extend((path + where, child) for where, child in subschemas(schema))
    return max(found)[1]


def _unsatisfiable(schema: Schema) -> str:
    reasons = c.find_unsatisfiable(schema.effective, validate_formats=True, offline=True)
    places = [pointer or "the root" for pointer in reasons]
    # The deepest place is the cause, those above it only pass it on.
    at = max(places, key=len, default="the root")
    return f"{schema.source}: no value satisfies it; look at {at}"
