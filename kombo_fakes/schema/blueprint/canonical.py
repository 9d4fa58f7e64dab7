"""Reads the canonical form of a schema into shapes.

No other module uses the views of jsonschema-rs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical as c

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.document import (
    DocumentOrder,
    locate_largest,
    name_hardest_keyword,
)
from kombo_fakes.schema.custom_formats import Formats
from kombo_fakes.schema.formats import checked_formats, pattern_matches
from kombo_fakes.schema.schema import canonicalize, validator_for

# Each level can multiply the branches, so without a bound the shapes would grow exponentially.
_NESTED = 8
"""How deep compositions are read into shapes. Deeper ones are satisfied by filtering."""

_MERGES = 4_000
"""How many conjunctions of shapes are merged. They multiply where unions meet unions."""

_MERGED = 40
"""How many compositions are read within each other. Those in them are read when needed."""


class UnreadableError(SchemaError):
    """Canonical form has a part that cannot be read into shapes."""


class CanonicalReader:
    def __init__(
        self,
        name: str,
        effective: dict[str, Any],
        root: jsonschema_rs.CanonicalSchema,
        formats: Formats | None = None,
        order: DocumentOrder | None = None,
    ) -> None:
        self.name = name
        self.effective = effective
        self.order: DocumentOrder = order or DocumentOrder(effective)
        self.custom: Formats = formats or {}
        self.formats: frozenset[str] = checked_formats(effective.get("$schema")).union(self.custom)
        self.root = root
        self.references: dict[str, shapes.Reference] = {}
        self.merging: set[str] = set()
        self.merges: int = 0

    def read(self, node: jsonschema_rs.CanonicalSchema) -> shapes.Blueprint:
        match node.view():
            case c.TrueView():
                return shapes.Anything()
            case c.FalseView():
                return shapes.NOTHING
            case c.ConstView(value):
                return shapes.Enumeration((value,))
            case c.EnumView(values):
                # Null is always a shape of its own, because the option `nulls` controls its share.
                others = [value for value in self.order.sort_values(values) if value is not None]
                null = [shapes.Enumeration((None,))] if len(others) < len(values) else []
                return shapes.unite(
                    [*([shapes.Enumeration(tuple(others))] if others else []), *null]
                )
            case c.MultiTypeView(types):
                return shapes.unite([_BY_TYPE[name] for name in _SIMPLEST_FIRST if name in types])
            case c.StringView() as view:
                return self._read_string(view)
            case c.IntegerView(minimum, maximum, multiple_of, not_multiple_of):
                return shapes.Numeric(
                    integer=True,
                    minimum=minimum,
                    maximum=maximum,
                    multiple_of=tuple(multiple_of),
                    not_multiple_of=tuple(not_multiple_of),
                )
            case c.NumberView() as view:
                number = shapes.Numeric(
                    integer=False,
                    minimum=view.minimum,
                    maximum=view.maximum,
                    exclusive_minimum=view.exclusive_minimum,
                    exclusive_maximum=view.exclusive_maximum,
                    multiple_of=tuple(view.multiple_of),
                    not_multiple_of=tuple(view.not_multiple_of),
                )
                if view.excludes_integers:
                    # A float without a fraction is an integer, too (JSON Schema Validation 2020-12,
                    # section 6.1.1).
                    return shapes.restrict(number, lambda value: value != int(value), "type")
                return number
            case c.ArrayView() as view:
                return self._read_array(view, node)
            case c.ObjectView() as view:
                return self._read_object(view, node)
            case c.AnyOfView(branches):
                return shapes.unite([self.read(branch) for branch in branches])
            case c.OneOfView(branches):
                # A value that satisfies two branches is invalid, and no shape can say that.
                union = shapes.unite([self.read(branch) for branch in branches])
                return shapes.restrict(union, self.validate_by(node), "oneOf")
            case c.AllOfView(branches):
                return self._read_all_of(branches)
            case c.TypedGroupView(type_name, body):
                return self._read_all_of([canonicalize({"type": type_name}), body])
            case c.ReferenceView(uri):
                return self._read_reference(uri)
            case c.NotView():
                return shapes.restrict(shapes.Anything(), self.validate_by(node), "not")
            case c.RawView():
                # The view does not say what made it raw, so the likeliest keyword is named.
                hardest = name_hardest_keyword(self.effective)
                raise UnreadableError(f"{self.name}: payloads cannot be constructed: {hardest}")
            # Dependencies have no upper bound, and a later jsonschema-rs may have further views.
            case view:
                raise UnreadableError(
                    f"{self.name}: payloads cannot be constructed: {type(view).__name__}"
                )

    def _read_reference(self, uri: str) -> shapes.Blueprint:
        if uri not in self.references:

            def read_target() -> shapes.Blueprint:
                node = self.root.definition(uri)
                if node is None:
                    raise SchemaError(f"{self.name}: $ref {uri!r} leads nowhere")
                return self.read(node)

            # The target is read on first use: a shape that contains itself would be read without
            # end.
            self.references[uri] = shapes.Reference(uri, read_target)
        return self.references[uri]

    def _read_all_of(
        self, branches: Sequence[jsonschema_rs.CanonicalSchema], depth: int = 0
    ) -> shapes.Blueprint:
        """Read what satisfies all branches. Canonical form does not merge across references."""
        if depth:
            return self._merge(branches, depth)
        # The same recursive shapes can meet again inside their merged shape. There, a reference
        # by this name stands for the merged shape.
        name = " and ".join(sorted({c.json.to_string(b.to_json_schema()) for b in branches}))
        if name not in {*self.merging, *self.references} and len(self.merging) < _MERGED:
            self.merging.add(name)
            try:
                return self._merge(branches, 0)
            finally:
                self.merging.remove(name)
        if name not in self.references:
            self.references[name] = shapes.Reference(name, lambda: self._merge(branches, 0))
        return self.references[name]

    def _merge(
        self, branches: Sequence[jsonschema_rs.CanonicalSchema], depth: int
    ) -> shapes.Blueprint:
        self.merges += 1
        if self.merges > _MERGES:
            raise UnreadableError(f"{self.name}: payloads cannot be constructed: too many unions")
        nodes = [self._resolve(branch) for branch in branches]
        if depth > _NESTED:
            return self._read_first(nodes)
        for index, node in enumerate(nodes):
            others = [*nodes[:index], *nodes[index + 1 :]]
            match node.view():
                case c.AllOfView(inner):
                    return self._read_all_of([*inner, *others], depth + 1)
                case c.AnyOfView(inner) | c.OneOfView(inner):
                    # A conjunction of unions is a union of conjunctions, which canonical form can
                    # merge.
                    each = [self._read_all_of([branch, *others], depth + 1) for branch in inner]
                    union = shapes.unite([branch for branch in each if branch != shapes.NOTHING])
                    if isinstance(node.view(), c.OneOfView):
                        return shapes.restrict(union, self.validate_by(node), "oneOf")
                    return union
        merged = nodes[0]
        for node in nodes[1:]:
            merged = merged.intersect(node)
        view = merged.view()
        return (
            self._read_first(view.branches) if isinstance(view, c.AllOfView) else self.read(merged)
        )

    def _read_first(self, nodes: Sequence[jsonschema_rs.CanonicalSchema]) -> shapes.Blueprint:
        """Read one of the nodes, and filter by the others."""
        compound = (c.AllOfView, c.NotView, c.RawView)
        # A check on values of a fitting shape rejects far fewer than a check on any value.
        plain = [node for node in nodes if not isinstance(node.view(), compound)]
        base = self.read(plain[0]) if plain else shapes.Anything()
        checks = [self.validate_by(node) for node in nodes if not plain or node is not plain[0]]
        return shapes.restrict(base, lambda value: all(check(value) for check in checks), "allOf")

    def _resolve(self, node: jsonschema_rs.CanonicalSchema) -> jsonschema_rs.CanonicalSchema:
        # References can lead to each other in a circle.
        for _ in range(_NESTED):
            view = node.view()
            if not isinstance(view, c.ReferenceView):
                break
            node = self.root.definition(view.uri) or node
        return node

    def _read_string(self, view: c.StringView) -> shapes.Blueprint:
        # A format that is not asserted is an annotation. Every string has it, so excluding it
        # leaves no string.
        if not self.formats.issuperset(view.excluded_formats):
            return shapes.NOTHING
        return shapes.String(
            min_length=self._check_size("minLength", view.min_length),
            max_length=view.max_length,
            patterns=tuple(view.patterns),
            formats=tuple(name for name in view.formats if name in self.formats),
            excluded_patterns=tuple(view.excluded_patterns),
            excluded_formats=tuple(view.excluded_formats),
            excluded=tuple(view.excluded),
            custom=tuple(
                (name, self.custom[name])
                for name in (*view.formats, *view.excluded_formats)
                if name in self.custom
            ),
        )

    def validate_by(self, node: jsonschema_rs.CanonicalSchema) -> Callable[[Any], bool]:
        """Build a check whether a value is valid by one node of a canonical schema."""
        schema = node.to_json_schema()
        whole = schema if isinstance(schema, dict) else {"not": {}}
        return validator_for(whole, self.custom).is_valid

    def _check_size(self, keyword: str, size: int | None, otherwise: int = 0) -> int:
        """Return a minimum size. Reject one that is larger than anything this library generates."""
        if size is not None and size > shapes.LARGEST:
            raise SchemaError(
                f"{self.name}: payloads cannot be constructed: {keyword} at "
                f"{locate_largest(keyword, self.effective)} is {size:,}, and the largest "
                f"supported value is {shapes.LARGEST:,}"
            )
        return otherwise if size is None else size

    def _read_array(
        self, view: c.ArrayView, node: jsonschema_rs.CanonicalSchema
    ) -> shapes.Blueprint:
        distinct = {
            c.Distinctness.ALL_DISTINCT: True,
            c.Distinctness.SOME_REPEATED: False,
        }.get(view.distinctness)
        result = shapes.Array(
            min_items=self._check_size("minItems", view.min_items),
            max_items=view.max_items,
            prefix=tuple(self.read(item) for item in view.prefix_items),
            items=shapes.Anything() if view.items is None else self.read(view.items),
            contains=tuple(self._read_contains(one, view.items) for one in view.contains),
            distinct=distinct,
        )
        if view.contains and view.prefix_items:
            # The items to contain may have to be among those that the prefix describes.
            return shapes.restrict(result, self.validate_by(node), "contains")
        return result

    def _read_contains(
        self, one: c.ContainsView, items: jsonschema_rs.CanonicalSchema | None
    ) -> shapes.Containing:
        # An item that is put into the array has to be allowed by `items` as well.
        wanted = one.schema if items is None else one.schema.intersect(items)
        return shapes.Containing(
            item=self.read(wanted),
            # The bounds count every item that matches `contains` itself, whatever `items` says.
            check=self.validate_by(one.schema),
            # JSON Schema Validation 2020-12, section 6.4.5: `minContains` is 1 where it is left
            # out.
            minimum=self._check_size("minContains", one.min_contains, 1),
            maximum=one.max_contains,
        )

    def _read_object(
        self, view: c.ObjectView, node: jsonschema_rs.CanonicalSchema
    ) -> shapes.Blueprint:
        properties = {name: self.read(child) for name, child in view.properties.items()}
        patterns = {name: self.read(child) for name, child in view.pattern_properties.items()}
        rest = view.additional_properties
        additional = shapes.Anything() if rest is None else self.read(rest)
        allowed, strings = self._read_names(view)
        # Only a property with a name of its own can be required, or be the only one allowed.
        for name in {*(allowed or ()), *view.required} - set(properties):
            matching = [
                child
                for pattern, child in view.pattern_properties.items()
                if pattern_matches(pattern, name)
            ]
            # `additionalProperties` does not apply to a name that a pattern matches (JSON Schema
            # Core 2020-12, section 10.3.2.3).
            properties[name] = self._read_all_of(matching) if matching else additional
        if strings:
            # Canonical form drops a property whose schema allows every value.
            for name in self.order.names_beside(properties):
                properties.setdefault(name, additional)
        # `propertyNames` allows no other name (JSON Schema Core 2020-12, section 10.3.2.4).
        if allowed is not None:
            checks = [string.check() for string in strings]
            for name in properties:
                if name not in allowed and not any(check(name) for check in checks):
                    properties[name] = shapes.NOTHING
        result = shapes.Object(
            properties={name: properties[name] for name in self.order.sort(properties)},
            required=frozenset(view.required),
            extras=tuple(_read_extras(strings, sorted(properties), patterns, additional)),
            min_properties=self._check_size("minProperties", view.min_properties),
            max_properties=view.max_properties,
        )
        if view.violations:
            return shapes.restrict(result, self.validate_by(node), "not")
        return result

    def _read_names(self, view: c.ObjectView) -> tuple[set[str] | None, list[shapes.String]]:
        """Read the allowed property names: fixed ones (None if not limited), and strings."""
        if view.property_names is None:
            return None, [shapes.String()]
        plan = self.read(view.property_names)
        fixed: set[str] = set()
        strings: list[shapes.String] = []
        for branch in plan.branches if isinstance(plan, shapes.Union) else (plan,):
            match branch:
                case shapes.Enumeration(values):
                    # A property name is always a string (RFC 8259, section 4), so other values
                    # allow none.
                    fixed.update(value for value in values if isinstance(value, str))
                case shapes.String():
                    strings.append(branch)
                case shapes.Anything():
                    strings.append(shapes.String())
                case shapes.Filtered() | shapes.Reference():
                    raise UnreadableError(
                        f"{self.name}: payloads cannot be constructed: propertyNames"
                    )
        return fixed, strings


def _read_extras(
    strings: Sequence[shapes.String],
    properties: Sequence[str],
    patterns: dict[str, shapes.Blueprint],
    rest: shapes.Blueprint,
) -> Iterator[shapes.Extra]:
    for string in strings:
        # A name that has to match a pattern always falls under the schema of that pattern.
        forced = [pattern for pattern in string.patterns if pattern in patterns]
        for pattern in forced or patterns:
            names = replace(
                string,
                patterns=tuple(dict.fromkeys((pattern, *string.patterns))),
                # A name that matches two patterns would have to satisfy both of their schemas. No
                # further property gets such a name.
                excluded_patterns=(
                    *string.excluded_patterns,
                    *(other for other in patterns if other not in (pattern, *string.patterns)),
                ),
                excluded=(*string.excluded, *properties),
            )
            if patterns[pattern] != shapes.NOTHING:
                yield shapes.Extra(names, patterns[pattern])
        if not forced and rest != shapes.NOTHING:
            excluded_patterns = (*string.excluded_patterns, *patterns)
            excluded = (*string.excluded, *properties)
            names = replace(string, excluded_patterns=excluded_patterns, excluded=excluded)
            yield shapes.Extra(names, rest)


# Hypothesis shrinks a union towards its first branch.
_SIMPLEST_FIRST = ("null", "boolean", "integer", "number", "string", "array", "object")


_BY_TYPE: dict[str, shapes.Blueprint] = {
    "null": shapes.Enumeration((None,)),
    "boolean": shapes.Enumeration((False, True)),
    "integer": shapes.Numeric(integer=True),
    "number": shapes.Numeric(integer=False),
    "string": shapes.String(),
    "array": shapes.Array(),
    "object": shapes.ANY_OBJECT,
}
