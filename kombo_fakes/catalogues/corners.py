"""Corners: named valid payloads at the edges of what a schema allows.

Each is an otherwise realistic payload with one thing at an edge: every enumerated value, every
null, the longest and the empty string, the first and the last year. The same schema and seed give
the same corners.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kombo_fakes.catalogues.ids import make_unique_id, path_to_id
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, find, remove_at, replace_at, to_dotted, to_pointer
from kombo_fakes.core.public import public
from kombo_fakes.errors import PointerError, SchemaError
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.string_words import find_words
from kombo_fakes.schema.requirements import require_values
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.strings.characters import Characters
from kombo_fakes.strings.words import LONGEST, nearest_length
from kombo_fakes.webhooks.names import POOLED, Names
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

_ABSENT: Any = object()
# A schema that holds itself in many ways has each of its edges at many places.
_PLACES = 8
_OF_THE_WHOLE = ("nulls", "optional-absent", "optional-present")


@public
@dataclass(frozen=True, slots=True)
class Corner:
    """A valid payload with a value at the edge of what its schema allows.

    Attributes:
        id: A stable name, fit for file names and pytest ids: ``data.state-enum-INVALID``.
        pointer: JSON Pointer to the value at the edge; the whole payload is ``""``.
        description: The path and the edge, in one line.
        payload: The payload.
        edge: Which edge it is, such as ``"an empty string"``.
    """

    id: str
    pointer: str
    description: str
    payload: Any
    edge: str


@dataclass(frozen=True, slots=True)
class _Edge:
    """A value at an edge: the last part of the id, its description, and the value."""

    name: str
    what: str
    value: Any


def corners(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    *,
    seed: int = 0,
    names: Names = POOLED,
    pins: Mapping[Path, Any] | None = None,
) -> tuple[Corner, ...]:
    """List the corners of a schema, in the order of the schema.

    Args:
        event_or_schema: An event name, or anything else that `Schema.load` accepts.
        seed: The seed of the rest of each payload.
        names: The source of the names of people and companies.
        pins: Fixed values by path. The rest of each payload agrees with them.

    Raises:
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.

    Examples:
        >>> [corner.id for corner in corners()][:2]
        ['nulls', 'id-text-empty']
        >>> corners()[1].payload["id"]
        ''
    """
    schema = Schema.load(event_or_schema)
    base = _BasePayloads(schema, seed, names, pins or {})
    found: list[Corner] = []
    used: set[str] = set()
    for name, path, edge, payload in _list_candidates(base, build_blueprint(schema)):
        if payload is not _ABSENT and schema.allows(payload):
            # The corners of a whole payload are about all its properties.
            place = to_dotted(path) or ("" if name in _OF_THE_WHOLE else "the payload")
            description = f"{place}: {edge}" if place else edge
            found.append(
                Corner(make_unique_id(name, used), to_pointer(path), description, payload, edge)
            )
    return tuple(found)


class _BasePayloads:
    """Generates the payloads that get a value at an edge."""

    def __init__(self, schema: Schema, seed: int, names: Names, pins: Mapping[Path, Any]) -> None:
        self.schema = schema
        self._seed = seed
        self._names = names
        self._pins = pins

    def generate(
        self, name: str, wanted: Iterable[Path] = (), pins: Mapping[Path, Any] | None = None
    ) -> Any:
        """Generate a payload with values at the wanted paths, if the schema allows that."""
        wanted = list(wanted)
        # Each corner has a seed of its own, so a further corner does not change the others.
        key = seed_for(self.schema.name, self._seed, "corner", name)
        pinned = {**self._pins, **(pins or {})}
        payload: Any = _ABSENT
        # Most payloads have the values anyway, and a blueprint with requirements takes long to
        # build. The object around a value comes last: the value itself can still be put into it.
        for paths in ([], wanted, [path[:-1] for path in wanted if path]):
            try:
                generator = generator_for(self.schema, require_values(paths) if paths else None)
                payload = generator.generate(SeededChoices(key), names=self._names, pins=pinned)
            except SchemaError:
                continue
            if all(_get(payload, path) is not _ABSENT for path in wanted):
                break
        return payload

    def generate_with(self, name: str, path: Path, value: Any) -> Any:
        """Generate a payload with a value at a path. The rest of it agrees with the value."""
        pins = {path: value} if isinstance(value, (str, int, float)) or value is None else {}
        return _put(self.generate(name, [path], pins), path, value)


def _list_candidates(
    base: _BasePayloads, plan: shapes.Blueprint
) -> Iterator[tuple[str, Path, str, Any]]:
    found = list(shapes.walk(plan, _PLACES))
    nullable = list(dict.fromkeys(path for path, shape in found if _is_nullable(shape)))
    # For a single nullable field this corner would be the same as the field's own.
    if len(nullable) > 1:
        payload = base.generate("nulls", pins=dict.fromkeys(nullable))
        # Pins make the other fields agree. They do not put the values in.
        for path in nullable:
            if _get(payload, path) is not _ABSENT:
                payload = replace_at(payload, path, None)
        yield "nulls", (), "null in every nullable field", payload
    optional = list(_find_optional(found))
    if optional:
        payload = base.generate("optional-absent")
        for path in reversed(optional):
            if _get(payload, path) is not _ABSENT:
                payload = remove_at(payload, path)
        yield "optional-absent", (), "without optional properties", payload
        payload = base.generate("optional-present")
        for path in optional:
            if _get(payload, path) is _ABSENT:
                full = base.generate(f"optional-present-{to_pointer(path)}", [path])
                payload = _copy_from(full, path, payload)
        yield "optional-present", (), "with all optional properties", payload
    counts: dict[Path, int] = {}
    # A reference that is left leads to a shape whose edges are listed at another place.
    found = [(path, shape) for path, shape in found if not isinstance(shape, shapes.Reference)]
    for path, _ in found:
        counts[path] = counts.get(path, 0) + 1
    listed: set[tuple[Path, str]] = set()
    for path, shape in found:
        place = path_to_id(path)
        if not isinstance(shape, shapes.Object):
            # Branches of a union often have the same shape at a place.
            key = path, "array" if isinstance(shape, shapes.Array) else repr(shape)
            if key in listed:
                continue
            listed.add(key)
        if isinstance(shape, shapes.Array):
            yield from _array_corners(base, path, place)
        # The only value of a place is not at an edge.
        elif not (_is_fixed(shape) and counts[path] == 1):
            for edge in _drop_equal(_list_edges(shape)):
                name = f"{place}-{edge.name}"
                yield name, path, edge.what, base.generate_with(name, path, edge.value)


def _array_corners(
    base: _BasePayloads, path: Path, place: str
) -> Iterator[tuple[str, Path, str, Any]]:
    for size, name in ((0, "array-empty"), (1, "array-one"), (3, "array-several")):
        items: list[Any] = []
        # An array of several needs items that differ, and a generated one may have too few.
        for number in range(12 if size else 0):
            generated = base.generate(f"{place}-{name}-{number}", [(*path, 0)])
            found = _get(generated, path)
            items += [item for item in found if item not in items] if _is_list(found) else []
        what = {0: "an empty array", 1: "an array of one item", 3: "an array of several items"}
        if len(items) >= size:
            full = f"{place}-{name}"
            yield full, path, what[size], base.generate_with(full, path, items[:size])


# -- paths and values


def _find_optional(found: Sequence[tuple[Path, shapes.Blueprint]]) -> Iterator[Path]:
    """Find the paths of properties that may be left out, except in arrays."""
    optional = {
        (*path, name)
        for path, shape in found
        if isinstance(shape, shapes.Object) and not any(isinstance(part, int) for part in path)
        for name in shape.properties.keys() - shape.required
    }
    yield from dict.fromkeys(path for path, _ in found if path in optional)


def _is_nullable(shape: shapes.Blueprint) -> bool:
    return isinstance(shape, shapes.Enumeration) and None in shape.values


def _is_fixed(shape: shapes.Blueprint) -> bool:
    return isinstance(shape, shapes.Enumeration) and len(shape.values) == 1


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _put(payload: Any, path: Path, value: Any) -> Any:
    """Put a value at a path; `_ABSENT` if the payload has no such path."""
    try:
        return _ABSENT if _ABSENT in (payload, value) else replace_at(payload, path, value)
    except PointerError:
        return _ABSENT


def _copy_from(full: Any, path: Path, payload: Any) -> Any:
    """Copy the value at a path from a full payload, with the objects around it if needed."""
    for depth in range(len(path), 0, -1):
        candidate = _put(payload, path[:depth], _get(full, path[:depth]))
        if _get(candidate, path) is not _ABSENT:
            return candidate
    return _ABSENT


def _get(payload: Any, path: Path) -> Any:
    return _ABSENT if payload is _ABSENT else find(payload, path, _ABSENT)


# -- the edges of a shape


def _drop_equal(edges: Iterable[_Edge]) -> Iterator[_Edge]:
    seen: list[Any] = []
    for edge in edges:
        # Python takes 1, 1.0 and True for the same.
        if not any(edge.value == value and type(edge.value) is type(value) for value in seen):
            seen.append(edge.value)
            yield edge


def _list_edges(shape: shapes.Blueprint) -> Iterator[_Edge]:
    match shape:
        case shapes.Enumeration(values):
            for value in values:
                if value is None:
                    yield _Edge("null", "null", None)
                else:
                    yield _Edge(f"enum-{_slug(value)}", f"the value {shorten(value)}", value)
        case shapes.String(formats=formats):
            known = [edge for name in formats for edge in _BY_FORMAT.get(name, ())]
            yield from known if formats else _string_edges(shape)
            yield from _word_edges(shape)
        case shapes.Numeric():
            yield from _number_edges(shape)
        case shapes.Anything():
            for name, value in (("null", None), ("text", ""), ("zero", 0), ("false", False)):
                yield _Edge(f"any-{name}", f"{shorten(value)}, where any value is allowed", value)
            yield _Edge("any-array", "an empty array, where any value is allowed", [])
            yield _Edge("any-object", "an empty object, where any value is allowed", {})


_LONG = 300
_SHORT = 12
_PRINTABLE = Characters.between(" ", "~")


def _string_edges(shape: shapes.String) -> Iterator[_Edge]:
    least, most = shape.min_length, shape.max_length
    if least == 0:
        yield _Edge("text-empty", "an empty string", "")
    else:
        yield _Edge("text-shortest", f"the minimum length, {least:,}", "a" * least)
    if most is None:
        yield _Edge("text-long", f"{_LONG} characters", "abcdefghi " * (_LONG // 10 - 1) + "a" * 10)
    elif most <= shapes.LARGEST:
        yield _Edge("text-longest", f"the maximum length, {most:,}", "a" * most)
    # Its lengths in code points, in UTF-16 and in UTF-8 all differ.
    world = "Zoe\u0308 \U0001f469\U0001f3fd\u200d\U0001f4bb \u05e9\u05dc\u05d5\u05dd \u682a"
    yield _Edge("text-unicode", "an emoji, a combining mark and right-to-left letters", world)
    # HTML, SQL and template engines give these characters a meaning.
    quotes = "\"double\" 'single' \\back\\ /slash/ <b>&amp;</b> {{x}} %s"
    yield _Edge("text-quotes", "quotes, backslashes and template syntax", quotes)
    yield _Edge("text-blanks", "a space at the start and at the end", " blanks around ")
    yield _Edge("text-lines", "a newline and a tab", "two\nlines\tand a tab")


def _word_edges(shape: shapes.String) -> Iterator[_Edge]:
    """The edges of a string with patterns, made from their automaton."""
    if not shape.patterns:
        return
    try:
        words = find_words(shape)
        special = find_words(shape, _PRINTABLE)
    except SchemaError:
        return
    if words.is_empty:
        return
    yield _Edge("pattern-shortest", "the shortest string of its pattern", words.shortest)
    last = words.lengths[-1]
    if last < LONGEST:
        longest = words.make(last, lambda count: 0)
        yield _Edge("pattern-longest", "the longest string of its pattern", longest)
    else:
        long = words.make_like("0" * _LONG)
        yield _Edge("pattern-long", f"a string of its pattern of {len(long)} characters", long)
    if not special.is_empty:
        length = nearest_length(special.lengths, _SHORT)
        # The last choice is the least plain character: punctuation, if there is any.
        edge = special.make(length, lambda count: count - 1)
        yield _Edge("pattern-special", "unusual characters that its pattern allows", edge)


def _number_edges(shape: shapes.Numeric) -> Iterator[_Edge]:
    kind = "integer" if shape.integer else "number"
    for name, bound in (("minimum", shape.minimum), ("maximum", shape.maximum)):
        if bound is not None:
            value = shapes.to_json_number(Decimal(str(bound)))
            yield _Edge(f"{kind}-{name}", f"the {name}, {value}", value)
    yield _Edge(f"{kind}-zero", "zero", 0)
    yield _Edge(f"{kind}-negative", "a negative number", -1)
    yield _Edge(
        f"{kind}-large", "2**53 - 1, the largest integer that every parser keeps exactly", 2**53 - 1
    )
    if not shape.integer:
        yield _Edge("number-fraction", "a fraction that has no exact binary value", 0.1)
        yield _Edge("number-exponent", "a number that is written with an exponent", 1e-7)


# Validators and the parsers of programming languages agree on these. All domains are reserved.
_BY_FORMAT: dict[str, tuple[_Edge, ...]] = {
    name: tuple(_Edge(f"{name}-{variant}", what, value) for variant, what, value in edges)
    for name, edges in {
        "date-time": (
            ("no-fraction", "a timestamp without a fraction", "2024-03-10T12:00:00Z"),
            # RFC 3339 sets no limit. Nine digits are nanoseconds, which Java and Go keep.
            ("nine-digits", "a fraction of nine digits", "2024-03-10T12:00:00.123456789Z"),
            ("one-digit", "a fraction of one digit", "2024-03-10T12:00:00.5Z"),
            # No place on Earth has a larger offset.
            ("offset", "the offset +14:00", "2024-03-10T12:00:00.000+14:00"),
            ("negative-offset", "the offset -03:30", "2024-03-10T12:00:00.000-03:30"),
            # RFC 3339, section 4.3: the time in UTC is known, and the local offset is not.
            ("unknown-offset", "the offset -00:00", "2024-03-10T12:00:00.000-00:00"),
            # RFC 3339, section 5.6 lets the hours of an offset go up to 23.
            ("largest-offset", "the offset +23:59", "2024-03-10T12:00:00.000+23:59"),
            # RFC 3339 has a year 0000, but Python's `datetime` begins with the year 1.
            ("year-0001", "the year 1", "0001-01-01T00:00:00.000Z"),
            ("year-9999", "the year 9999", "9999-12-31T23:59:59.999Z"),
            ("leap-day", "a leap day", "2024-02-29T23:59:59.999Z"),
            ("before-1970", "the last second before 1970", "1969-12-31T23:59:59.000Z"),
            (
                "after-2038",
                "the second in 2038 at which 32-bit timestamps overflow",
                "2038-01-19T03:14:08.000Z",
            ),
        ),
        "date": (
            ("year-0001", "the first day of the year 1", "0001-01-01"),
            ("year-9999", "the last day of the year 9999", "9999-12-31"),
            ("leap-day", "a leap day", "2024-02-29"),
        ),
        "time": (
            ("midnight", "midnight", "00:00:00Z"),
            ("nine-digits", "a fraction of nine digits", "23:59:59.123456789Z"),
            ("offset", "the offset +14:00", "12:00:00+14:00"),
        ),
        "email": (
            ("plus", "a plus sign in the local part", "jane.doe+kombo@example.com"),
            ("apostrophe", "an apostrophe in the local part", "o'hara@example.com"),
            # RFC 5321, section 4.5.3.1.1 limits a local part to 64 octets.
            ("longest-local", "a local part of 64 characters", "a" * 64 + "@example.com"),
            ("shortest", "a local part of one character", "a@b.example"),
            ("subdomains", "subdomains", "jane@mail.eu.example.com"),
            ("capitals", "capital letters", "Jane.Doe@Example.COM"),
            ("digits", "digits and punctuation", "123_4-5.6@x-1.example"),
        ),
        "uri": (
            ("query", "a query and a fragment", "https://www.example.com/a?b=c&d=%20#e"),
            ("port", "a port and an empty path", "http://example.com:8080"),
            ("long", "a long path", "https://example.com/" + "a" * _LONG),
        ),
        "uuid": (
            ("nil", "the nil UUID", "00000000-0000-0000-0000-000000000000"),
            ("capitals", "capital letters", "01234567-89AB-4CDE-8F01-23456789ABCD"),
        ),
    }.items()
}


def _slug(value: Any) -> str:
    text = value if isinstance(value, str) else str(value).lower()
    # An id is used as a file name, and a long value would make it too long.
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text)[:60] or "empty"
