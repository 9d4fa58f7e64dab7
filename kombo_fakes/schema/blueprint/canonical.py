"""Reads the canonical form of a schema into shapes.

This module is the only one that knows the views of jsonschema-rs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical as c

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.document import (
    DocumentOrder,
    locate_largest,
    name_hardest_keyword,
)
from kombo_fakes.schema.blueprint.shapes import (
    ANY_OBJECT,
    LARGEST,
    NOTHING,
    Anything,
    Array,
    Blueprint,
    Containing,
    Enumeration,
    Extra,
    Filtered,
    Numeric,
    Object,
    Reference,
    String,
    Union,
    unite,
)
from kombo_fakes.schema.formats import checked_formats, pattern_matches
from kombo_fakes.schema.schema import canonicalize, validator_for

_NESTED = 8
"""How deep compositions are taken apart; what is below is met by filtering."""


class CanonicalReader:
    def __init__(
        self, name: str, effective: dict[str, Any], root: jsonschema_rs.CanonicalSchema
    ) -> None:
        self.name = name
        self.effective = effective
        self.order: DocumentOrder = DocumentOrder(effective)
        self.formats: frozenset[str] = checked_formats(effective.get("$schema"))
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
                return unite([*([Enumeration(tuple(others))] if others else []), *null])
            case c.MultiTypeView(types):
                return unite([_BY_TYPE[name] for name in _SIMPLEST_FIRST if name in types])
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
                return unite([self.read(branch) for branch in branches])
            case c.OneOfView(branches):
                union = unite([self.read(branch) for branch in branches])
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
                hardest = name_hardest_keyword(self.effective)
                raise SchemaError(f"{self.name}: payloads cannot be constructed: {hardest}")
            case view:
                raise SchemaError(
                    f"{self.name}: payloads cannot be constructed: {type(view).__name__}"
                )

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
                    union = unite([branch for branch in each if branch != NOTHING])
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
                f"{self.name}: payloads cannot be constructed: {keyword} at "
                f"{locate_largest(keyword, self.effective)}: {size:,} are more than the "
                f"{LARGEST:,} that are made"
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
                    raise SchemaError(f"{self.name}: payloads cannot be constructed: propertyNames")
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


def validator_for_node(node: jsonschema_rs.CanonicalSchema) -> Callable[[Any], bool]:
    """A check for what one node of a canonical schema allows."""
    schema = node.to_json_schema()
    return validator_for(schema if isinstance(schema, dict) else {"not": {}}).is_valid


_SIMPLEST_FIRST = ("null", "boolean", "integer", "number", "string", "array", "object")


_BY_TYPE: dict[str, Blueprint] = {
    "null": Enumeration((None,)),
    "boolean": Enumeration((False, True)),
    "integer": Numeric(integer=True),
    "number": Numeric(integer=False),
    "string": String(),
    "array": Array(),
    "object": ANY_OBJECT,
}
