"""Finds the examples in a schema document: ``example``, ``examples`` and ``default``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, get, has, to_pointer
from kombo_fakes.schema.effective import Repair
from kombo_fakes.schema.formats import pattern_matches
from kombo_fakes.schema.references import ReferenceResolver
from kombo_fakes.schema.vocabulary import subschemas

_MOST = 32
"""The number of examples of one place that are used."""
_MOST_PLACES = 256

EXTRA = "*"
"""Stands for the names of further properties in the path of a value."""


def list_examples(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield the examples in a schema object, each with its keyword.

    Examples:
        >>> list(list_examples({"examples": [1, 2], "default": 0}))
        [('examples', 1), ('examples', 2), ('default', 0)]
    """
    if not isinstance(schema, dict):
        return
    if "example" in schema:
        yield "example", schema["example"]
    several = schema.get("examples")
    for value in several if isinstance(several, list) else ():
        yield "examples", value
    if "default" in schema:
        yield "default", schema["default"]


class ExampleFinder:
    """Finds the examples of each value in a payload.

    Args:
        effective: The effective schema.

    Examples:
        >>> schema = {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"default": 3}}}
        >>> ExampleFinder(schema).find(("a",))
        (3,)
    """

    def __init__(self, effective: dict[str, Any]) -> None:
        self._effective = effective
        self._resolver = ReferenceResolver(effective)
        self._places: dict[Path, tuple[Path, ...]] = {}
        self.has_any: bool = next(_walk(effective), None) is not None

    def find(self, path: Path) -> tuple[Any, ...]:
        """Return the examples of a value, whether or not they are valid.

        Args:
            path: The path of the value in a payload; `EXTRA` stands for the name of a property
                that the schema does not name.
        """
        if not self.has_any:
            return ()
        found = (
            value
            for place in self._find_places(path)
            for _, value in list_examples(get(self._effective, place))
        )
        return tuple(islice(found, _MOST))

    def _find_places(self, path: Path) -> tuple[Path, ...]:
        """The paths of the schema objects that describe a value."""
        if path not in self._places:
            above = self._find_places(path[:-1]) if path else ()
            below = [child for place in above for child in self._step(place, path[-1])]
            self._places[path] = self._expand(below if path else [()])
        return self._places[path]

    def _step(self, place: Path, part: str | int) -> Iterator[Path]:
        schema = get(self._effective, place)
        if isinstance(part, int):
            for key in ("prefixItems", "items"):
                listed = schema.get(key)
                if isinstance(listed, list) and part < len(listed):
                    yield (*place, key, part)
                    return
            for key in ("items", "additionalItems"):
                if isinstance(schema.get(key), dict):
                    yield (*place, key)
                    return
        elif part in _as_dict(schema.get("properties")):
            yield (*place, "properties", part)
        else:
            patterns = _as_dict(schema.get("patternProperties"))
            matching = [p for p in patterns if part == EXTRA or pattern_matches(p, part)]
            yield from ((*place, "patternProperties", pattern) for pattern in matching)
            if part == EXTRA or not matching:
                yield (*place, "additionalProperties")

    def _expand(self, places: list[Path]) -> tuple[Path, ...]:
        """Add the schema objects that apply to the same value: targets, branches."""
        found: dict[Path, None] = {}
        todo = list(places)
        while todo and len(found) < _MOST_PLACES:
            place = todo.pop(0)
            if place in found or not has(self._effective, place):
                continue
            schema = get(self._effective, place)
            if not isinstance(schema, dict):
                continue
            found[place] = None
            target = self._resolver.find(schema.get("$ref"), place)
            todo += [] if target is None else [target]
            for keyword in ("allOf", "anyOf", "oneOf"):
                branches = schema.get(keyword)
                count = len(branches) if isinstance(branches, list) else 0
                todo += [(*place, keyword, index) for index in range(count)]
        return tuple(found)


def find_rejected_examples(
    effective: dict[str, Any], validators: jsonschema_rs.ValidatorMap
) -> Iterator[Repair]:
    """Yield the examples in a schema document that the schemas around them reject.

    Args:
        effective: The effective schema.
        validators: The validators of its parts, by pointer.
    """
    for path, keyword, value in _walk(effective):
        validator = validators.get("#" + quote(to_pointer(path), safe="/~"))
        if validator is not None and not _is_valid(validator, value):
            note = f"{keyword} {shorten(value)} is invalid, so no payload shows it"
            yield Repair(to_pointer(path), keyword, note)


def _is_valid(validator: jsonschema_rs.Validator, value: Any) -> bool:
    try:
        return bool(validator.is_valid(value))
    except ValueError:
        return False  # A lone surrogate, or a value that JSON does not have.


def _walk(effective: Any) -> Iterator[tuple[Path, str, Any]]:
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        path, schema = todo.pop(0)
        for keyword, value in list_examples(schema):
            yield path, keyword, value
        if isinstance(schema, dict):
            todo.extend((path + where, child) for where, child in subschemas(schema))


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
