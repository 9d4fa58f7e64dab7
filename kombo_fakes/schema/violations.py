"""Turns errors of the validator into violations: where, which keyword, and what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from kombo_fakes.core.json_reader import MAX_DEPTH
from kombo_fakes.core.messages import find_nearest, pluralize, shorten
from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.core.public import public
from kombo_fakes.schema.vocabulary import SCHEMA_LIST, SCHEMA_MAP

_SHOWN = 20

_DIGITS = 4300
_TOO_LARGE = 10**_DIGITS
"""Python does not write integers from this on, and the validator reads them as null."""


@public
@dataclass(frozen=True, slots=True)
class Violation:
    """One constraint of a schema that a payload violates.

    Attributes:
        pointer: JSON Pointer to the value; the whole payload is ``""``.
        keyword: The schema keyword that the value violates.
        message: What is wrong and what would be right, in one line without the place.
    """

    pointer: str
    keyword: str
    message: str

    def __str__(self) -> str:
        where = self.pointer or "(root)"
        # Names of properties come from outside, and a violation is one printable line.
        if len(where) > 200 or not where.isprintable():
            where = shorten(where)
        return f"{where}: {self.keyword}: {self.message}"


def describe_error(error: jsonschema_rs.ValidationError) -> Violation:
    """Turn a validator's error into a violation."""
    path, keyword = locate_error(error)
    return Violation(to_pointer(path), keyword, _message(error, keyword))


def locate_error(error: jsonschema_rs.ValidationError) -> tuple[Path, str]:
    """Find the path of an error of the validator, and the keyword that it is about."""
    keyword = error.kind.name
    if keyword == "falseSchema":
        # The validator reports `"properties": {"a": false}` at the value of a. The violated
        # keyword is the one above.
        keyword = _last_keyword(error.schema_path) or keyword
    # jsonschema-rs has one kind of error for both keywords.
    elif keyword == "contains" and error.schema_path[-1] == "maxContains":
        keyword = "maxContains"
    return tuple(error.instance_path), keyword


def _last_keyword(schema_path: Sequence[str | int]) -> str | None:
    """Find the last keyword in a path through a schema; other parts are names and indices."""
    parts, last = list(schema_path), None
    while parts:
        part = parts.pop(0)
        if part in SCHEMA_MAP or (part in SCHEMA_LIST and parts and isinstance(parts[0], int)):
            last = None if part in ("$defs", "definitions") else str(part)
            del parts[:1]
        else:
            last = str(part)
    return last


def _message(error: jsonschema_rs.ValidationError, keyword: str) -> str:
    detail = error.kind.as_dict()
    value: Any = error.instance
    shown = shorten(value)
    match keyword:
        case "type":
            return f"expected {_join_types(detail['types'])}, got {shown}"
        case "enum":
            options = list(detail["options"])
            texts = [option for option in options if isinstance(option, str)]
            near = find_nearest(value, texts) if isinstance(value, str) else None
            hint = f"; did you mean {near!r}?" if near else ""
            return f"{shown} is not one of {_list(options)}{hint}"
        case "const":
            return f"{shown} is not {shorten(detail['expected_value'])}"
        case "required":
            return f"property {shorten(detail['property'])} is missing"
        case "additionalProperties" | "unevaluatedProperties":
            if "unexpected" not in detail:
                # If the schema allows no properties at all, only the value is reported.
                return f"unknown property with the value {shown}"
            # A payload can have any number of unknown properties.
            names = [shorten(name) for name in detail["unexpected"][:5]]
            more = len(detail["unexpected"]) - len(names)
            listed = ", ".join(names) + (f" and {more:,} more" if more > 0 else "")
            return f"unknown {'properties' if len(names) > 1 else 'property'} {listed}"
        case "format":
            return f"{shown} is not a valid {detail['format']}"
        # jsonschema-rs reports a match that exceeds its limit of backtracking under the same
        # keyword.
        case "pattern" if "pattern" not in detail:
            return f"{shown} takes too long to match; the pattern backtracks too much"
        case "pattern":
            return f"{shown} does not match {shorten(detail['pattern'])}"
        case "minLength" | "maxLength":
            bound = "at least" if keyword == "minLength" else "at most"
            limit = pluralize(detail["limit"], "character")
            return f"expected {bound} {limit}, got {len(value):,}: {shown}"
        case "minItems" | "maxItems" | "minProperties" | "maxProperties":
            bound = "at least" if keyword.startswith("min") else "at most"
            unit = ("item", "items") if keyword.endswith("Items") else ("property", "properties")
            return f"expected {bound} {pluralize(detail['limit'], *unit)}, got {len(value):,}"
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            bound = {
                "minimum": "at least",
                "maximum": "at most",
                "exclusiveMinimum": "more than",
                "exclusiveMaximum": "less than",
            }[keyword]
            return f"expected {bound} {shorten(detail['limit'])}, got {shown}"
        case "multipleOf":
            return f"{shown} is not a multiple of {shorten(detail['multiple_of'])}"
        case "uniqueItems":
            return "two items are equal"
        case "anyOf":
            return f"{shown} does not match any of the alternatives"
        case "oneOf":
            fitting = sum(not errors for errors in detail["context"])
            return f"{shown} matches {fitting} of the alternatives; expected exactly 1"
        case "not":
            return f"{shown} matches the schema that is excluded"
        case "contains" | "maxContains":
            few = "many" if keyword == "maxContains" else "few"
            return f"too {few} items match the schema of contains: {shown}"
        case "propertyNames" if "error" in detail:
            name = shorten(detail["error"].instance)
            return f"the property name {name} violates {detail['error'].kind.name}"
        case _ if error.kind.name == "falseSchema":
            return f"expected no value, got {shown}"
        case "additionalItems" | "unevaluatedItems":
            return f"more items than {keyword} allows: {shown}"
        case _:
            return f"{shown} violates {shorten(keyword)}"


def find_non_json(payload: Any) -> Iterator[Violation]:
    """Find what in a Python value is not JSON: a date, NaN, a key that is not a string.

    The validator would read NaN as null, and raise an exception for the others.
    """
    # Nearly all payloads are JSON, and the fast check is enough for them.
    if _is_json(payload):
        return
    # A list that contains itself has no end, so the walk has a bound.
    level: list[tuple[Path, Any]] = [((), payload)]
    for _ in range(MAX_DEPTH + 1):
        below: list[tuple[Path, Any]] = []
        for path, value in level:
            if isinstance(value, dict):
                for key, child in value.items():
                    if not isinstance(key, str):
                        message = f"the key {shorten(key)} is not a string"
                        yield Violation(to_pointer(path), "json", message)
                    elif _has_surrogate(key):
                        message = f"the key {shorten(key)} contains a lone surrogate"
                        yield Violation(to_pointer(path), "json", message)
                    else:
                        below.append(((*path, key), child))
            elif isinstance(value, (list, tuple)):
                below.extend(((*path, index), child) for index, child in enumerate(value))
            elif isinstance(value, float):
                if not math.isfinite(value):
                    yield Violation(to_pointer(path), "json", f"{value} is not a JSON number")
            elif isinstance(value, int) and abs(value) >= _TOO_LARGE:
                message = f"{shorten(value)} has more than {_DIGITS:,} digits"
                yield Violation(to_pointer(path), "json", message)
            elif value is not None and not isinstance(value, (str, int)):
                message = f"a {type(value).__name__} is not a JSON value: {shorten(value)}"
                if hasattr(value, "isoformat"):
                    message += "; use its .isoformat()"
                yield Violation(to_pointer(path), "json", message)
        if not below:
            return
        level = below
    yield Violation("", "json", f"nested deeper than {MAX_DEPTH} levels")


def _is_json(payload: Any) -> bool:
    """Whether a value is JSON. This is faster than `find_non_json`, but does not say where."""
    level = [payload]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for value in level:
            # Only exact types are fast. A value of a subclass goes the slow way, which accepts it.
            kind = type(value)
            if kind is dict:
                for key in value:
                    if type(key) is not str or (not key.isascii() and _has_surrogate(key)):
                        return False
                below.extend(value.values())
            elif kind is list:
                below.extend(value)
            elif kind is float:
                if not math.isfinite(value):
                    return False
            elif kind is int:
                if not -_TOO_LARGE < value < _TOO_LARGE:
                    return False
            elif kind is not str and value is not None and kind is not bool:
                return False
        if not below:
            return True
        level = below
    return False


def to_plain_json(value: Any) -> Any:
    """Copy a value for the validator: without subclasses, and with U+FFFD for lone surrogates."""
    if isinstance(value, str):
        # A subclass can override conversions, so the methods of the base class are called.
        return re.sub("[\ud800-\udfff]", "\ufffd", str.__str__(value))
    if isinstance(value, dict):
        return {to_plain_json(key): to_plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain_json(item) for item in value]
    if isinstance(value, float):
        return float.__float__(value)
    return value if value is None or isinstance(value, bool) else int.__int__(value)


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _join_types(types: Sequence[str]) -> str:
    *first, last = types
    return f"{', '.join(first)} or {last}" if first else last


def _list(options: Sequence[Any]) -> str:
    # An enum can have hundreds of values.
    more = len(options) - 8
    text = ", ".join(option if _is_plain(option) else shorten(option) for option in options[:8])
    return text + (f" and {more:,} more" if more > 0 else "")


def _is_plain(option: Any) -> bool:
    return isinstance(option, str) and 0 < len(option) <= 60 and option.isprintable()
