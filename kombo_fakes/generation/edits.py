"""Overrides and removals: names read against a schema, values put into its payloads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kombo_fakes.catalogues.overrides import identify_fault
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
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import (
    LARGEST,
    NOTHING,
    Anything,
    Array,
    Blueprint,
    Enumeration,
    Filtered,
    Object,
    Reference,
    String,
    Union,
    shapes,
)
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.violations import Violation, find_non_json
from kombo_fakes.schema.vocabulary import subschemas


class RefusedError(OverrideError):
    """A change that the schema refuses.

    Attributes:
        violation: What the schema says.
        value: The value that was asked for; None where one was removed.
        fault: The id of the fault that it is; None if it can't be one.
    """

    def __init__(self, violation: Violation, value: Any = None, fault: str | None = None) -> None:
        self.violation = violation
        self.value = value
        self.fault = fault
        where = to_dotted(parse_pointer(violation.pointer)) or "the payload"
        super().__init__(f"{where}: {violation.keyword}: {violation.message}")


@dataclass(frozen=True)
class Edits:
    """What a caller wants to be different in every payload.

    Attributes:
        overrides: Values by their path, in the order in which they were given.
        removals: Paths of what is to be left out.
    """

    overrides: tuple[tuple[Path, Any], ...] = ()
    removals: tuple[Path, ...] = ()

    @classmethod
    def of(
        cls, schema: Schema, overrides: Mapping[str, Any] | None, removals: Iterable[str]
    ) -> Edits:
        """Read names, each a JSON Pointer or a dotted name.

        Raises:
            UnknownNameError: if the schema doesn't know a name; the message has the nearest one.
            PointerError: if a name is neither a JSON Pointer nor a dotted name.
            OverrideError: if something is both overridden and removed, or can't be written.
        """
        places = {resolve(schema, name): value for name, value in (overrides or {}).items()}
        leaving = tuple(resolve(schema, name) for name in removals)
        for path, value in places.items():
            if path in leaving:
                raise OverrideError(f"{to_dotted(path)}: asked for and removed at once")
            for found in find_non_json(value):
                raise RefusedError(replace(found, pointer=to_pointer(path) + found.pointer), value)
            if _has_surrogate(value):
                raise OverrideError(f"{to_dotted(path)}: holds a lone surrogate, which is no UTF-8")
        return cls(tuple(places.items()), leaving)

    def __bool__(self) -> bool:
        return bool(self.overrides or self.removals)

    @property
    def pins(self) -> dict[Path, Any]:
        """The single values in the overrides, for what has to agree with them."""
        return {p: v for path, value in self.overrides for p, v in _leaves(path, value)}

    def missing_in(self, payload: Any) -> list[Path]:
        """The paths of overrides where a payload has nothing yet."""
        return [path for path, _ in self.overrides if not has(payload, path)]

    def touches(self, path: Path) -> bool:
        """Whether something at a path, in it or around it is changed."""
        changed = [p for p, _ in self.overrides] + list(self.removals)
        return any(p[: len(path)] == path[: len(p)] for p in changed)

    def put_into(self, payload: Any) -> Any:
        """A copy of the payload with the changes.

        Raises:
            PointerError: if there is nothing that an override could go into.
        """
        for path, value in self.overrides:
            payload = replace_at(payload, path, value)
        for path in self.removals:
            if has(payload, path):
                payload = remove_at(payload, path)
        return payload

    def refused(self, schema: Schema, payload: Any, usual: Any = None) -> RefusedError | None:
        """What the schema has against a payload with these changes; None if nothing.

        Args:
            schema: The schema.
            payload: The payload with the changes.
            usual: The one without, by which it can be told which fault they are.
        """
        found = schema.violations(payload)
        if not found:
            return None
        fault = None
        if not any(violation.keyword == "json" for violation in found):
            fault = identify_fault(payload, usual, schema)
        name = None if fault is None else fault.id
        for violation in found:
            path = parse_pointer(violation.pointer)
            for changed, value in self.overrides:
                if tuple(map(str, changed)) == path:
                    return RefusedError(violation, value, name)
        return RefusedError(found[0], fault=name)


def resolve(schema: Schema, name: str) -> Path:
    """The path of a place that payloads of a schema can have.

    Args:
        schema: The schema.
        name: A JSON Pointer or a dotted name.

    Raises:
        UnknownNameError: if no payload has it; the message names the nearest one.
        PointerError: if it is neither a JSON Pointer nor a dotted name.
        OverrideError: if it names the whole payload, or an item that is too far away.

    Examples:
        >>> resolve(Schema.load(), "data.state")
        ('data', 'state')
        >>> resolve(Schema.load(), "data.stat")
        Traceback (most recent call last):
        kombo_fakes.UnknownNameError: unknown field 'data.stat' of \
integration-state-changed; did you mean 'data.state'?
    """
    parts = parse_pointer(name)
    if not parts:
        raise OverrideError(f"{shorten(name)} names the whole payload; name a field in it")
    plan = build_blueprint(schema)
    path = _follow(plan, parts, (), frozenset())
    if path is None:
        write = to_pointer if name.startswith("/") else to_dotted
        known = [place for place, _ in shapes(plan) if place]
        # Where the beginning is right, only what goes on from there can have been meant.
        for depth in range(len(parts) - 1, 0, -1):
            begun = tuple(parts[:depth])
            inside = [p for p in known if tuple(map(str, p[:depth])) == begun and len(p) > depth]
            if inside:
                known = inside
                break
        raise unknown_name_error("field", name, map(write, known), where=f" of {schema.name}")
    if any(isinstance(part, int) and part >= LARGEST for part in path):
        raise OverrideError(f"{shorten(name)}: no array of more than {LARGEST:,} items is made")
    return path


def meant_by(schema: Schema, name: str) -> str | None:
    """What is meant by a name that is allowed because any is: the nearest one, or nothing.

    Args:
        schema: The schema.
        name: A JSON Pointer or a dotted name that `resolve` takes.

    Returns:
        None if the schema itself has the name, or has none where it stands, as in a map.

    Examples:
        >>> schema = Schema({"type": "object", "properties": {"lines": {}, "a.b": {}}})
        >>> meant_by(schema, "lnes"), meant_by(schema, "x"), meant_by(schema, "a.b")
        ('lines', '', '/a.b')
        >>> meant_by(schema, "lines.anything")
    """
    plan = build_blueprint(schema)
    known = {tuple(map(str, place)) for place, _ in shapes(plan) if place}
    walked: tuple[str, ...] = ()
    for part in parse_pointer(name):
        beside = [place for place in known if place[:-1] == walked]
        if not beside:
            return None
        step = part if (*walked, part) in known else "0" if part.isdecimal() else ""
        if (*walked, step) not in known:
            if any(String(patterns=(p,)).check()(part) for p in _patterns(schema.effective)):
                return None
            # A name with a dot in it is one only as a pointer.
            whole = next((place for place in known if ".".join(place) == name), None)
            if whole is not None:
                return to_pointer(whole)
            write = to_pointer if name.startswith("/") else to_dotted
            return find_nearest(name, sorted(map(write, beside))) or ""
        walked = (*walked, step)
    return None


def _patterns(schema: Any) -> Iterator[str]:
    """The patterns of names in a schema, wherever they stand."""
    if isinstance(schema, dict):
        yield from schema.get("patternProperties", ())
        for _, child in subschemas(schema):
            yield from _patterns(child)


def _follow(
    plan: Blueprint, parts: tuple[str, ...], path: Path, inside: frozenset[str]
) -> Path | None:
    if not parts:
        return path
    head, rest = parts[0], parts[1:]
    match plan:
        case Anything():
            return (*path, *parts)
        case Object(properties=properties, extras=extras):
            if head in properties:
                child = properties[head]
                return (
                    None if child == NOTHING else _follow(child, rest, (*path, head), frozenset())
                )
            for extra in extras:
                if extra.names.check()(head):
                    return _follow(extra.values, rest, (*path, head), frozenset())
        case Array(prefix=prefix, items=items) if is_index(head):
            index = int(head)
            child = prefix[index] if index < len(prefix) else items
            return None if child == NOTHING else _follow(child, rest, (*path, index), frozenset())
        case Enumeration(values=values):
            if any(has(value, parts) for value in values):
                return (*path, *parts)
        case Union(branches=branches):
            found = (_follow(branch, parts, path, inside) for branch in branches)
            return next((place for place in found if place is not None), None)
        case Filtered(base=base):
            return _follow(base, parts, path, inside)
        case Reference(uri=uri) if uri not in inside:
            return _follow(plan.target, parts, path, inside | {uri})
    return None


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves((*path, str(name)), child)
    elif isinstance(value, (str, int, float)):
        yield path, value
    elif value is None:
        yield path, None


def _has_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (TypeError, ValueError):
        pass  # No JSON value: the schema's check says so, and where.
    return False
