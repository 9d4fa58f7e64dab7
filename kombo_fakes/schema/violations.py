"""What a validator says of a payload, in words that a person understands."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from kombo_fakes.core.json_reader import MAX_DEPTH
from kombo_fakes.core.messages import find_nearest, shorten
from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.core.public import public
from kombo_fakes.schema.vocabulary import SCHEMA_LIST, SCHEMA_MAP

_SHOWN = 20

_DIGITS = 4300
_TOO_LARGE = 10**_DIGITS
"""From here on Python doesn't write integers, and the validator takes them for null."""


@public
@dataclass(frozen=True, slots=True)
class Violation:
    """One constraint that a payload breaks.

    Attributes:
        pointer: JSON Pointer to the place in the payload; the whole payload is ``""``.
        keyword: The schema keyword that is broken there.
        message: What is wrong and what would be right, in one line without the place.
    """

    pointer: str
    keyword: str
    message: str

    def __str__(self) -> str:
        where = self.pointer or "(root)"
        if len(where) > 200 or not where.isprintable():
            where = shorten(where)
        return f"{where}: {self.keyword}: {self.message}"


def describe_error(error: jsonschema_rs.ValidationError) -> Violation:
    """Turn a validator's error into a violation."""
    path, keyword = locate_error(error)
    return Violation(to_pointer(path), keyword, _message(error, keyword))


def locate_error(error: jsonschema_rs.ValidationError) -> tuple[Path, str]:
    """Where a validator's error is, and the keyword that it is about."""
    keyword = error.kind.name
    if keyword == "falseSchema":
        # `"properties": {"a": false}` is reported at the value, by the keyword above it.
        keyword = _last_keyword(error.schema_path) or keyword
    elif keyword == "contains" and error.schema_path[-1] == "maxContains":
        keyword = "maxContains"
    return tuple(error.instance_path), keyword


def _last_keyword(schema_path: Sequence[str | int]) -> str | None:
    """The keyword that a path through a schema ends in, which may name a property, too."""
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
            return f"expected {_either(detail['types'])}, got {shown}"
        case "enum":
            options = list(detail["options"])
            texts = [option for option in options if isinstance(option, str)]
            near = find_nearest(value, texts) if isinstance(value, str) else None
            hint = f"; did you mean {near!r}?" if near else ""
            return f"{shown} is none of {_list(options)}{hint}"
        case "const":
            return f"{shown} is not {shorten(detail['expected_value'])}"
        case "required":
            return f"property {shorten(detail['property'])} is missing"
        case "additionalProperties" | "unevaluatedProperties":
            if "unexpected" not in detail:
                # Where the object may hold nothing at all, it is the value that is reported.
                return f"unknown property with the value {shown}"
            names = [shorten(name) for name in detail["unexpected"][:5]]
            more = len(detail["unexpected"]) - len(names)
            listed = ", ".join(names) + (f" and {more:,} more" if more > 0 else "")
            return f"unknown {'properties' if len(names) > 1 else 'property'} {listed}"
        case "format":
            return f"{shown} is no {detail['format']}"
        case "pattern" if "pattern" not in detail:
            return f"{shown} takes too long to match: the pattern may backtrack for ever"
        case "pattern":
            return f"{shown} doesn't match {shorten(detail['pattern'])}"
        case "minLength" | "maxLength":
            size = len(value)
            bound = "at least" if keyword == "minLength" else "at most"
            return f"{size:,} characters, where {bound} {detail['limit']:,} are allowed: {shown}"
        case "minItems" | "maxItems" | "minProperties" | "maxProperties":
            size = len(value)
            bound = "at least" if keyword.startswith("min") else "at most"
            unit = "items" if keyword.endswith("Items") else "properties"
            return f"{size:,} {unit}, where {bound} {detail['limit']:,} are allowed"
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            bound = "under" if "inimum" in keyword else "over"
            edge = " or at it" if keyword.startswith("exclusive") else ""
            return f"{shown} is {bound} the {keyword} {shorten(detail['limit'])}{edge}"
        case "multipleOf":
            return f"{shown} is no multiple of {shorten(detail['multiple_of'])}"
        case "uniqueItems":
            return "two items are equal"
        case "anyOf":
            return f"{shown} fits none of the alternatives"
        case "oneOf":
            fitting = sum(not errors for errors in detail["context"])
            return f"{shown} fits {fitting or 'none'} of the alternatives, where one is to fit"
        case "not":
            return f"{shown} is what is excluded"
        case "contains" | "maxContains":
            few = "many" if keyword == "maxContains" else "few"
            return f"too {few} items are of the wanted kind: {shown}"
        case "propertyNames" if "error" in detail:
            name = shorten(detail["error"].instance)
            return f"the property name {name} breaks {detail['error'].kind.name}"
        case _ if error.kind.name == "falseSchema":
            return f"nothing may be here, got {shown}"
        case "additionalItems" | "unevaluatedItems":
            return f"more items than {keyword} allows: {shown}"
        case _:
            return f"{shown} doesn't satisfy {shorten(keyword)}"


def find_non_json(payload: Any) -> Iterator[Violation]:
    """What in a Python value is no JSON value at all: a date, NaN, a key that is no string.

    The validator would take NaN for null, and stop with an exception at the others.
    """
    if _is_json(payload):
        return
    level: list[tuple[Path, Any]] = [((), payload)]
    for _ in range(MAX_DEPTH + 1):
        below: list[tuple[Path, Any]] = []
        for path, value in level:
            if isinstance(value, dict):
                for key, child in value.items():
                    if not isinstance(key, str):
                        message = f"the key {shorten(key)} is no string"
                        yield Violation(to_pointer(path), "json", message)
                    elif _has_surrogate(key):
                        message = f"the key {shorten(key)} holds a lone surrogate"
                        yield Violation(to_pointer(path), "json", message)
                    else:
                        below.append(((*path, key), child))
            elif isinstance(value, (list, tuple)):
                below.extend(((*path, index), child) for index, child in enumerate(value))
            elif isinstance(value, float):
                if not math.isfinite(value):
                    yield Violation(to_pointer(path), "json", f"{value} is no JSON number")
            elif isinstance(value, int) and abs(value) >= _TOO_LARGE:
                message = f"{shorten(value)} has more than {_DIGITS:,} digits"
                yield Violation(to_pointer(path), "json", message)
            elif value is not None and not isinstance(value, (str, int)):
                message = f"a {type(value).__name__} is no JSON value: {shorten(value)}"
                if hasattr(value, "isoformat"):
                    message += "; give its .isoformat()"
                yield Violation(to_pointer(path), "json", message)
        if not below:
            return
        level = below
    yield Violation("", "json", f"nested deeper than {MAX_DEPTH} levels")


def _is_json(payload: Any) -> bool:
    """Whether there is nothing to find, told without keeping track of places."""
    level = [payload]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for value in level:
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
    """A copy of what the validator can take: no subclasses, no lone surrogates but U+FFFD."""
    if isinstance(value, str):
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


def _either(types: Sequence[str]) -> str:
    *first, last = types
    return f"{', '.join(first)} or {last}" if first else last


def _list(options: Sequence[Any]) -> str:
    more = len(options) - 8
    text = ", ".join(option if _is_plain(option) else shorten(option) for option in options[:8])
    return text + (f" and {more:,} more" if more > 0 else "")


def _is_plain(option: Any) -> bool:
    return isinstance(option, str) and 0 < len(option) <= 60 and option.isprintable()
