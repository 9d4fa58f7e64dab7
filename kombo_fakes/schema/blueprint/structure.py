"""Reads a schema keyword by keyword, where its canonical form cannot be had.

Canonical form knows no `unevaluatedProperties`, and a conjunction of many unions is too large for
it. Here a union stays a choice among some of its branches, and what a blueprint cannot say is left
to the validator. Only plain keywords, which describe a value without a choice, are brought into
canonical form, one place at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import quote

import jsonschema_rs
from jsonschema_rs import canonical as c

from kombo_fakes.core.pointer import Path, get, to_pointer
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.canonical import CanonicalReader, UnreadableError
from kombo_fakes.schema.blueprint.document import DocumentOrder
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint
from kombo_fakes.schema.complexity import count_cases, count_opposite_cases, measure_complexity
from kombo_fakes.schema.custom_formats import Formats
from kombo_fakes.schema.references import ReferenceResolver
from kombo_fakes.schema.schema import canonicalize, validator_for
from kombo_fakes.schema.vocabulary import DRAFT_7, read_dialect, subschemas

Part: TypeAlias = "Path | str"
"""A schema: the place of one in the document, or one without references as JSON."""

_MOST_BRANCHES = 200
"""How many combinations of the branches of unions are read at one place."""

_FEWEST_BRANCHES = 4
_MOST_AT_ALL = 50_000
"""How many branches of all unions are read. In a larger document, fewer are read of each."""

_SIMPLE = 8
"""A negation of no more cases is left to canonical form."""

_CHOICES = ("anyOf", "oneOf")
_CONDITIONS = ("if", "then", "else")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_CLOSING = ("unevaluatedProperties", "unevaluatedItems")
_CHECKED = ("dependentSchemas", "dependentRequired", "dependencies", "contains", "propertyNames")
_SPECIAL = frozenset(
    (
        *_CHOICES, *_CONDITIONS, *_REFERENCES, *_CLOSING, *_CHECKED, "not", "allOf",
        "$defs", "definitions", "$id", "$schema", "$anchor", "$dynamicAnchor", "$recursiveAnchor",
    )
) - {"contains"}  # fmt: skip
"""Keywords that are not plain."""


@dataclass
class _Found:
    """What parts come to that have to hold together.

    Attributes:
        plain: The parts whose plain keywords apply.
        unions: For each union its branches, each of which is some parts.
        checked: A keyword that a blueprint cannot say; empty if there is none.
        closed: The keywords that allow nothing but what the other ones describe.
    """

    plain: dict[Part, None] = field(default_factory=dict)
    unions: list[list[tuple[Part, ...]]] = field(default_factory=list)
    checked: str = ""
    closed: set[str] = field(default_factory=set)
    is_impossible: bool = False


class StructureReader:
    """Reads schema objects of a document into blueprints.

    Args:
        name: What error messages call the document.
        effective: The document.
        formats: The formats that are asserted besides those of its dialect.
    """

    def __init__(
        self, name: str, effective: dict[str, Any], formats: Formats | None = None
    ) -> None:
        self.name = name
        self.effective = effective
        self.custom: Formats = formats or {}
        self.order: DocumentOrder = DocumentOrder(effective)
        self._resolver = ReferenceResolver(effective)
        self._known: dict[frozenset[Part], Blueprint] = {}
        self._reading: set[frozenset[Part]] = set()
        branches = _MOST_BRANCHES * _MOST_AT_ALL // max(1, measure_complexity(effective).branches)
        self._most = max(_FEWEST_BRANCHES, min(_MOST_BRANCHES, branches))
        self._is_draft_7 = read_dialect(effective) == DRAFT_7

    def read(self, parts: Sequence[Part] = ((),)) -> Blueprint:
        """Read what satisfies all of some parts of the document.

        Args:
            parts: The parts; the whole document by default.

        Raises:
            SchemaError: if a size is larger than what this library generates.
        """
        key = frozenset(parts)
        if key in self._known:
            return self._known[key]
        if key in self._reading or len(self._reading) > _NESTED:
            # What contains itself is read when it is needed.
            uri = " and ".join(sorted(map(str, key)))
            return shapes.Reference(uri, lambda: self._read_now(key, parts))
        self._reading.add(key)
        try:
            return self._read_now(key, parts)
        finally:
            self._reading.discard(key)

    def _read_now(self, key: frozenset[Part], parts: Sequence[Part]) -> Blueprint:
        if key not in self._known:
            found = _Found()
            self._collect(parts, found)
            plan = self._read_found(found, self._most)
            if found.checked:
                plan = shapes.restrict(plan, _Check(self, tuple(parts)), found.checked)
            self._known[key] = plan
        return self._known[key]

    # -- what applies at one place

    def get(self, part: Part) -> Any:
        """The schema of a part."""
        return json.loads(part) if isinstance(part, str) else get(self.effective, part)

    def _collect(self, parts: Sequence[Part], found: _Found) -> None:
        """Add what parts come to, with the targets of their references and their `allOf`."""
        todo = list(reversed(parts))
        seen = set(found.plain)
        while todo:
            part = todo.pop()
            if part in seen:
                continue
            seen.add(part)
            schema = self.get(part)
            if not isinstance(schema, dict):
                found.is_impossible |= schema is False
                continue
            found.plain[part] = None
            # A schema as JSON is plain as a whole.
            if isinstance(part, tuple):
                todo.extend(reversed(self._expand(part, schema, found)))

    def _expand(self, path: Path, schema: dict[str, Any], found: _Found) -> list[Part]:
        further: list[Part] = []
        for keyword in _REFERENCES:
            if keyword in schema:
                reference = "#" if keyword == "$recursiveRef" else schema[keyword]
                target = self._resolver.find(reference, path)
                if target is not None:
                    further.append(target)
                if keyword != "$ref" or target is None:
                    found.checked = found.checked or keyword
        further += [(*path, "allOf", index) for index in range(len(schema.get("allOf", ())))]
        for keyword in _CHOICES:
            if keyword in schema:
                count = len(schema[keyword])
                found.unions.append([((*path, keyword, index),) for index in range(count)])
                # Only a union of which any branch will do needs no check.
                if keyword == "oneOf":
                    found.checked = found.checked or keyword
        if "not" in schema:
            opposite = _negate(schema["not"])
            further += opposite
            if not opposite:
                found.checked = found.checked or "not"
        if "if" in schema and ("then" in schema or "else" in schema):
            self._expand_condition(path, schema, found)
        for keyword in _CHECKED:
            if keyword in schema:
                found.checked = found.checked or keyword
        for keyword in _CLOSING:
            if schema.get(keyword, True) is not True:
                found.closed.add(keyword)
                found.checked = found.checked or keyword
        if {"enum", "const"} & set(schema) and any(subschemas(schema)):
            found.checked = found.checked or "enum"
        return further

    def _expand_condition(self, path: Path, schema: dict[str, Any], found: _Found) -> None:
        holds: tuple[Part, ...] = ((*path, "if"),)
        if "then" in schema:
            holds = (*holds, (*path, "then"))
        opposite = _negate(schema["if"])
        fails = tuple(opposite)
        if "else" in schema:
            fails = (*fails, (*path, "else"))
        found.unions.append([holds, fails])
        if not opposite:
            found.checked = found.checked or "if"

    # -- shapes

    def _read_found(self, found: _Found, most: int) -> Blueprint:
        if found.is_impossible:
            return NOTHING
        if not found.unions:
            return self._read_plain(found)
        combinations = list(_combine(found.unions, most))
        branches = []
        for combination in combinations:
            inner = _Found(dict(found.plain), [], "", set(found.closed))
            self._collect([part for branch in combination for part in branch], inner)
            branch = self._read_found(inner, max(1, most // len(combinations)))
            found.checked = found.checked or inner.checked
            if branch != NOTHING and branch not in branches:
                branches.append(branch)
        return shapes.unite(branches)

    def _read_plain(self, found: _Found) -> Blueprint:
        """Read plain keywords. Each schema in them becomes a reference, which nothing merges."""
        places: list[Path] = []
        definitions = "definitions" if self._is_draft_7 else "$defs"

        def refer(path: Path, child: Any) -> Any:
            if isinstance(child, bool):
                return child
            places.append(path)
            return {"$ref": f"#/{definitions}/{len(places) - 1}"}

        shells = []
        for part in found.plain:
            schema = self.get(part)
            if isinstance(part, tuple):
                schema = _strip(schema, part, refer)
            shells.append(schema)
        document: dict[str, Any] = {"allOf": shells}
        # A definition that refers to itself is one that canonical form leaves alone.
        document[definitions] = {
            str(index): {"properties": {"x": {"$ref": f"#/{definitions}/{index}"}}}
            for index in range(len(places))
        }
        if "$schema" in self.effective:
            document["$schema"] = self.effective["$schema"]
        try:
            plan = _ShellReader(self, canonicalize(document), places).read_root()
        except UnreadableError:
            stated: dict[Part, None] = {p: None for p in found.plain if isinstance(p, tuple)}
            if len(stated) == len(found.plain):
                raise
            # Canonical form does not have every negation.
            found.plain, found.checked = stated, found.checked or "not"
            return self._read_plain(found)
        return _close(plan, found) if found.closed else plan


_NESTED = 60


def _negate(schema: Any) -> list[Part]:
    """The negation of a schema as a part, if it is simple; no part if it is not."""
    if isinstance(schema, bool):
        return [json.dumps(not schema)]
    text = json.dumps(schema)
    if "Ref" in text or "$ref" in text or "unevaluated" in text:
        return []
    simple = count_opposite_cases(schema) <= _SIMPLE and count_cases(schema) <= _SIMPLE
    return [json.dumps({"not": schema})] if simple else []


def _combine(
    unions: list[list[tuple[Part, ...]]], most: int
) -> Iterator[tuple[tuple[Part, ...], ...]]:
    """Combinations of one branch of each union: all of them, or some in which each branch is."""
    total = 1
    for union in unions:
        total *= len(union)
    if total <= most:
        chosen = list(range(total))
        for number in chosen:
            yield _pick(unions, number)
        return
    # All unions but one at their last branch, which for conditions is that they do not hold.
    last = [len(union) - 1 for union in unions]
    seen = set()
    single = [
        (*last[:at], branch, *last[at + 1 :])
        for at, union in enumerate(unions)
        for branch in range(len(union))
    ]
    # Evenly spread, where even these are too many.
    step = max(1, -(-len(single) // most))
    for choice in single[::step]:
        if choice not in seen:
            seen.add(choice)
            yield tuple(union[branch] for union, branch in zip(unions, choice, strict=True))


def _pick(unions: list[list[tuple[Part, ...]]], number: int) -> tuple[tuple[Part, ...], ...]:
    picked = []
    for union in unions:
        number, branch = divmod(number, len(union))
        picked.append(union[branch])
    return tuple(picked)


def _strip(schema: dict[str, Any], path: Path, refer: Callable[[Path, Any], Any]) -> dict[str, Any]:
    """The plain keywords of a schema object, with references in place of the schemas in them."""
    plain = {keyword: value for keyword, value in schema.items() if keyword not in _SPECIAL}
    for where, child in subschemas(schema):
        keyword = str(where[0])
        if keyword not in plain:
            continue
        if len(where) == 1:
            plain[keyword] = refer(path + where, child)
            continue
        if plain[keyword] is schema[keyword]:
            plain[keyword] = schema[keyword].copy()
        plain[keyword][where[1]] = refer(path + where, child)
    names = schema.get("propertyNames")
    if names is not None and "$ref" not in json.dumps(names) and count_cases(names) <= _SIMPLE:
        plain["propertyNames"] = names
    return plain


def _close(plan: Blueprint, found: _Found) -> Blueprint:
    """Allow only what is described, as `unevaluatedProperties` and `unevaluatedItems` do."""
    match plan:
        case shapes.Object() if "unevaluatedProperties" in found.closed:
            return shapes.Object(
                plan.properties, plan.required, (), plan.min_properties, plan.max_properties
            )
        case shapes.Array() if "unevaluatedItems" in found.closed:
            if isinstance(plan.items, shapes.Anything) and not plan.contains:
                return shapes.Array(
                    plan.min_items, plan.max_items, plan.prefix, NOTHING, (), plan.distinct
                )
        case shapes.Union(branches):
            return shapes.unite([_close(branch, found) for branch in branches])
        case shapes.Filtered(base, check, keyword):
            return shapes.restrict(_close(base, found), check, keyword)
    return plan


class _ShellReader(CanonicalReader):
    """Reads the canonical form of plain keywords, and what their references stand for."""

    def __init__(
        self, reader: StructureReader, node: jsonschema_rs.CanonicalSchema, places: list[Path]
    ) -> None:
        super().__init__(reader.name, reader.effective, node, reader.custom, reader.order)
        self._reader = reader
        self._places = places

    def read_root(self) -> Blueprint:
        """Read the whole form."""
        return self.read(self.root)

    def _get_place(self, uri: str) -> Path:
        return self._places[int(uri.rpartition("/")[2])]

    def _read_reference(self, uri: str) -> Blueprint:
        return self._reader.read([self._get_place(uri)])

    def _read_all_of(
        self, branches: Sequence[jsonschema_rs.CanonicalSchema], depth: int = 0
    ) -> Blueprint:
        parts: list[Part] = []
        for index, branch in enumerate(branches):
            view = branch.view()
            others = [*branches[:index], *branches[index + 1 :]]
            match view:
                case c.ReferenceView(uri):
                    parts.append(self._get_place(uri))
                case c.AnyOfView(inner) | c.OneOfView(inner):
                    return shapes.unite([self._read_all_of([one, *others]) for one in inner])
                case c.AllOfView(inner):
                    return self._read_all_of([*inner, *others])
                case c.TypedGroupView(type_name, body):
                    return self._read_all_of([canonicalize({"type": type_name}), body, *others])
                case _:
                    parts.append(json.dumps(branch.to_json_schema(), sort_keys=True))
        return self._reader.read(parts)

    def _read_contains(
        self, one: c.ContainsView, items: jsonschema_rs.CanonicalSchema | None
    ) -> shapes.Containing:
        wanted = [one.schema] if items is None else [one.schema, items]
        return shapes.Containing(
            item=self._read_all_of(wanted),
            # The whole array is checked, since the canonical form here has references for schemas.
            check=lambda item: True,
            minimum=self._check_size("minContains", one.min_contains, 1),
            maximum=None,
        )


class _Check:
    """A check whether a value satisfies parts of a document."""

    def __init__(self, reader: StructureReader, parts: tuple[Part, ...]) -> None:
        self._effective = reader.effective
        self._formats = reader.custom
        self._parts = parts
        self._definitions = "definitions" if read_dialect(reader.effective) == DRAFT_7 else "$defs"

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        if self._parts == ((),):
            return validator_for(self._effective, self._formats)
        whole = self._effective.get("$id", "urn:kombo-fakes:whole")
        inside = {key: value for key, value in self._effective.items() if key != "$schema"}
        wanted = [
            {"$ref": f"{whole}#{quote(to_pointer(part))}"}
            if isinstance(part, tuple)
            else json.loads(part)
            for part in self._parts
        ]
        dialect = {key: value for key, value in self._effective.items() if key == "$schema"}
        # The `$id` makes the document a resource of its own, so that `#` inside of it still means
        # the document (JSON Schema Core 2020-12, section 8.2.1).
        document = {**inside, "$id": whole}
        if self._definitions == "definitions" and "$ref" in document:
            # Draft 7 ignores an `$id` beside a reference.
            document["allOf"] = [{"$ref": document.pop("$ref")}]
        combined = {**dialect, "allOf": wanted, self._definitions: {"whole": document}}
        return validator_for(combined, self._formats)

    def __call__(self, value: Any) -> bool:
        try:
            return self._validator.is_valid(value)
        except ValueError as error:  # A reference that the validator does not find from here.
            raise SchemaError(f"payloads cannot be constructed: {error}") from None
