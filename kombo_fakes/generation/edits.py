"""Edits: the overrides and removals that a caller asks for, by the names of fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kombo_fakes.catalogues.override_faults import identify_fault
from kombo_fakes.core.messages import find_nearest, shorten, unknown_name_error
from kombo_fakes.core.pointer import (
    Path,
    has,
    is_index,
    parse_pointer,
    remove_at,
    replace_at,
    to_dotted,
    to_pointer,
)
from kombo_fakes.errors import OverrideError
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.violations import Violation, find_non_json
from kombo_fakes.schema.vocabulary import subschemas


@dataclass(frozen=True)
class Edits:
    """The changes to make to every payload.

    Attributes:
        overrides: Paths and their values, in the order in which they were given.
        removals: Paths of what to leave out.
    """

    overrides: tuple[tuple[Path, Any], ...] = ()
    removals: tuple[Path, ...] = ()

    @classmethod
    def parse(cls, schema: Schema, overrides: Mapping[str, Any], removals: Iterable[str]) -> Edits:
        """Resolve the names of fields, each a JSON Pointer or a dotted name.

        Args:
            schema: The schema of the payloads.
            overrides: Values by the name of their field.
            removals: Names of fields to leave out.

        Raises:
            UnknownNameError: if no payload has a field; the message names the nearest one.
            PointerError: if a name is neither a JSON Pointer nor a dotted name.
            OverrideError: if a field is both overridden and removed, or if a value is not JSON.
        """
        values = {resolve(schema, name): value for name, value in overrides.items()}
        removed = tuple(resolve(schema, name) for name in removals)
        for path, value in values.items():
            if path in removed:
                raise OverrideError(
                    f"{to_dotted(path)}: is both overridden and removed; ask for one of them"
                )
            for violation in find_non_json(value):
                raise _build_rejection(
                    replace(violation, pointer=to_pointer(path) + violation.pointer)
                )
            if _has_surrogate(value):
                raise OverrideError(
                    f"{to_dotted(path)}: contains a lone surrogate, which UTF-8 cannot encode"
                )
        return cls(tuple(values.items()), removed)

    def __bool__(self) -> bool:
        return bool(self.overrides or self.removals)

    @property
    def pins(self) -> dict[Path, Any]:
        """The scalar values inside the overrides by path: other fields have to agree with them."""
        return {p: v for path, value in self.overrides for p, v in _list_scalars(path, value)}

    def find_missing(self, payload: Any) -> list[Path]:
        """The paths of overrides at which a payload has nothing yet."""
        return [path for path, _ in self.overrides if not has(payload, path)]

    def touch(self, path: Path) -> bool:
        """True if the edits change something at a path, inside it or around it."""
        changed = [p for p, _ in self.overrides] + list(self.removals)
        return any(p[: len(path)] == path[: len(p)] for p in changed)

    def apply(self, payload: Any) -> Any:
        """A copy of the payload with the changes.

        Raises:
            PointerError: if the payload has no object or array that an override could go into.
        """
        for path, value in self.overrides:
            payload = replace_at(payload, path, value)
        for path in self.removals:
            # An optional field can be absent anyway.
            if has(payload, path):
                payload = remove_at(payload, path)
        return payload

    def find_rejection(
        self, schema: Schema, payload: Any, unedited: Any = None
    ) -> OverrideError | None:
        """The error for a payload that the schema rejects because of these edits.

        Args:
            schema: The schema.
            payload: The payload with the edits.
            unedited: The payload without the edits. It is needed to identify the fault that the
                edits amount to.

        Returns:
            None if the schema accepts the payload.
        """
        violations = schema.violations(payload)
        if not violations:
            return None
        fault = None
        # The validator cannot judge what is not JSON.
        if not any(violation.keyword == "json" for violation in violations):
            fault = identify_fault(payload, unedited, schema)
        fault_id = None if fault is None else fault.id
        # The first violation at the place of an override is the one that the caller can fix.
        for violation in violations:
            path = parse_pointer(violation.pointer)
            for changed, value in self.overrides:
                # The parts of a parsed pointer are all strings, indices included.
                if tuple(map(str, changed)) == path:
                    return _build_rejection(violation, value, fault_id)
        return _build_rejection(violations[0], fault=fault_id)


def _build_rejection(
    violation: Violation, value: Any = None, fault: str | None = None
) -> OverrideError:
    where = to_dotted(parse_pointer(violation.pointer)) or "the payload"
    return OverrideError(
        f"{where}: {violation.keyword}: {violation.message}",
        violation=violation,
        value=value,
        fault=fault,
    )


def resolve(schema: Schema, name: str) -> Path:
    """The path of a field that payloads of a schema can have.

    Args:
        schema: The schema.
        name: A JSON Pointer or a dotted name.

    Raises:
        UnknownNameError: if no payload has the field; the message names the nearest one.
        PointerError: if the name is neither a JSON Pointer nor a dotted name.
        OverrideError: if it names the whole payload, or an item with too large an index.

    Examples:
        >>> resolve(Schema.load(), "data.state")
        ('data', 'state')
        >>> resolve(Schema({"properties": {"lines": {}}, "additionalProperties": False,
        ...                 "type": "object", "title": "Order"}), "lnes")
        Traceback (most recent call last):
        kombo_fakes.UnknownNameError: unknown field 'lnes' of Order; did you mean 'lines'?
    """
    parts = parse_pointer(name)
    if not parts:
        raise OverrideError(f"{shorten(name)} names the whole payload; name a field in it")
    blueprint = build_blueprint(schema)
    path = _follow(blueprint, parts, (), frozenset())
    if path is None:
        # The suggestion is in the notation that the caller used.
        write = to_pointer if name.startswith("/") else to_dotted
        known = _keep_deepest([place for place, _ in shapes.walk(blueprint) if place], parts)
        raise unknown_name_error("field", name, map(write, known), where=f" of {schema.name}")
    if any(isinstance(part, int) and part >= shapes.LARGEST for part in path):
        raise OverrideError(
            f"{shorten(name)}: arrays are made with at most {shapes.LARGEST:,} items, so an index "
            f"is below {shapes.LARGEST:,}"
        )
    return path


def _keep_deepest(known: list[Path], parts: tuple[str, ...]) -> list[Path]:
    """The known places that begin as a name does, as far as it begins like any of them.

    Where the start of a misspelt name is right, it can only mean what goes on from there.
    """
    for depth in range(len(parts) - 1, 0, -1):
        start = tuple(parts[:depth])
        inside = [p for p in known if tuple(map(str, p[:depth])) == start and len(p) > depth]
        if inside:
            return inside
    return known


@dataclass(frozen=True, slots=True)
class UnnamedField:
    """A field that a schema allows without naming it.

    Attributes:
        nearest: The named field that is spelled most like it; None if none is like it.
    """

    nearest: str | None


def find_unnamed_field(schema: Schema, name: str) -> UnnamedField | None:
    """Find out whether a field is allowed only because an open object allows any name.

    Args:
        schema: The schema.
        name: A JSON Pointer or a dotted name that `resolve` accepts.

    Returns:
        None if the schema names the field, or names no field at all in that place, as in a map.

    Examples:
        >>> schema = Schema({"type": "object", "properties": {"lines": {}, "a.b": {}}})
        >>> find_unnamed_field(schema, "lnes"), find_unnamed_field(schema, "a.b")
        (UnnamedField(nearest='lines'), UnnamedField(nearest='/a.b'))
        >>> find_unnamed_field(schema, "x"), find_unnamed_field(schema, "lines.anything")
        (UnnamedField(nearest=None), None)
    """
    known = {tuple(map(str, place)) for place, _ in shapes.walk(build_blueprint(schema)) if place}
    walked: tuple[str, ...] = ()
    for part in parse_pointer(name):
        beside = [place for place in known if place[:-1] == walked]
        if not beside:
            return None
        # The blueprint has one place for all items of an array, with the index 0.
        step = part if (*walked, part) in known else "0" if part.isdecimal() else ""
        if (*walked, step) not in known:
            if any(
                shapes.String(patterns=(p,)).check()(part) for p in _list_patterns(schema.effective)
            ):
                return None
            # A property with a dot in its name can only be written as a JSON Pointer.
            whole = next((place for place in known if ".".join(place) == name), None)
            if whole is not None:
                return UnnamedField(to_pointer(whole))
            write = to_pointer if name.startswith("/") else to_dotted
            return UnnamedField(find_nearest(name, sorted(map(write, beside))))
        walked = (*walked, step)
    return None


def _list_patterns(schema: Any) -> Iterator[str]:
    """The patterns of property names anywhere in a schema."""
    if isinstance(schema, dict):
        yield from schema.get("patternProperties", ())
        for _, child in subschemas(schema):
            yield from _list_patterns(child)


def _follow(
    blueprint: shapes.Blueprint, parts: tuple[str, ...], path: Path, inside: frozenset[str]
) -> Path | None:
    """The path that parts of a name take through a blueprint; None if it has no such place.

    Args:
        blueprint: The blueprint.
        parts: The parts that are left.
        path: The path so far, with indices as integers.
        inside: The references that were followed since the last part, so as not to go in circles.
    """
    if not parts:
        return path
    head, rest = parts[0], parts[1:]
    match blueprint:
        case shapes.Anything():
            return (*path, *parts)
        case shapes.Object(properties=properties, extras=extras):
            if head in properties:
                child = properties[head]
                return (
                    None
                    if child == shapes.NOTHING
                    else _follow(child, rest, (*path, head), frozenset())
                )
            for extra in extras:
                if extra.names.check()(head):
                    return _follow(extra.values, rest, (*path, head), frozenset())
        case shapes.Array(prefix=prefix, items=items) if is_index(head):
            index = int(head)
            child = prefix[index] if index < len(prefix) else items
            return (
                None
                if child == shapes.NOTHING
                else _follow(child, rest, (*path, index), frozenset())
            )
        case shapes.Enumeration(values=values):
            # An enumerated object has fields as well.
            if any(has(value, parts) for value in values):
                return (*path, *parts)
        case shapes.Union(branches=branches):
            found = (_follow(branch, parts, path, inside) for branch in branches)
            return next((place for place in found if place is not None), None)
        case shapes.Filtered(base=base):
            return _follow(base, parts, path, inside)
        case shapes.Reference(uri=uri) if uri not in inside:
            return _follow(blueprint.target, parts, path, inside | {uri})
    return None


def _list_scalars(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _list_scalars((*path, str(name)), child)
    elif value is None or isinstance(value, (str, int, float)):
        yield path, value


def _has_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (TypeError, ValueError):
        pass  # Not a JSON value, which `find_non_json` reports with the place.
    return False
