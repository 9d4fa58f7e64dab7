"""Styles: the many bodies that one payload can have, all of them correct JSON.

A sender may write a payload in any of them (RFC 8259), and signs the bytes that it writes. A
receiver that parses the body, writes it again and checks the signature over the result computes
another signature for most of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.core.public import public


@public
@dataclass(frozen=True, slots=True)
class Style:
    """A way to write payloads.

    Attributes:
        name: A stable name, such as ``indented``.
        description: How the body is written, as a phrase.
        ambiguous: Whether good parsers disagree: those of typed languages may read another value,
            or reject the body.

    Examples:
        >>> styles()[1].name, styles()[1].write({"id": "1"})
        ('spaced', b'{"id": "1"}')
    """

    name: str
    description: str
    ambiguous: bool = False
    _write: Callable[[Any], str] = field(repr=False, compare=False, kw_only=True)

    def write(self, payload: Any) -> bytes:
        """Return the body of a payload in this style, in UTF-8 without a byte order mark.

        Raises:
            TypeError, ValueError: if the payload is not a JSON value.
        """
        return _encode(self._write(payload))

    def __str__(self) -> str:
        return self.name


def styles(*, ambiguous: bool = False) -> tuple[Style, ...]:
    """Return all ways to write a payload, the plainest one first.

    Args:
        ambiguous: Whether to include the styles that good parsers read differently.

    Examples:
        >>> [style.name for style in styles()][:4]
        ['compact', 'spaced', 'indented', 'tabs']
        >>> {json.loads(style.write({"é": [1.5, "/"]}))["é"][0] for style in styles()}
        {1.5}
    """
    return tuple(s for s in _STYLES if ambiguous or not s.ambiguous)


def serialize(payload: Any, style: str = "compact") -> bytes:
    r"""Write a payload as a body.

    Args:
        payload: A JSON value.
        style: The name of a `Style`.

    Returns:
        The body, in UTF-8.

    Raises:
        UnknownNameError: if the style does not exist; the message names the nearest one.
        TypeError, ValueError: if the payload is not a JSON value.

    Examples:
        >>> serialize({"name": "é/"}, "ascii")
        b'{"name": "\\u00e9/"}'
    """
    for known in _STYLES:
        if known.name == style:
            return known.write(payload)
    raise unknown_name_error("style", style, (known.name for known in _STYLES))


def serialize_mixed(payload: Any, choices: Choices) -> bytes:
    """Write a payload with whitespace, escapes and an order of keys that are drawn.

    Examples:
        >>> body = serialize_mixed({"a": ["/", 1]}, SeededChoices(1))
        >>> json.loads(body)
        {'a': ['/', 1]}
    """
    return _encode(_mix_by(payload, choices))


# -- writing


def _dump(payload: Any, **options: Any) -> str:
    # Otherwise Python would write NaN and Infinity, which are not JSON (RFC 8259, 6).
    return json.dumps(payload, allow_nan=False, **{"ensure_ascii": False, **options})


def _compact(payload: Any) -> str:
    return _dump(payload, separators=(",", ":"))


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # UTF-8 has no lone surrogates, but JSON can escape them.
        return "".join(_escape(c) if "\ud800" <= c <= "\udfff" else c for c in text).encode()


def _escape(character: str, *, upper: bool = False) -> str:
    # JSON escapes a character beyond U+FFFF as two surrogates (RFC 8259, 7).
    units = character.encode("utf-16-be", "surrogatepass")
    form = "\\u{:04X}" if upper else "\\u{:04x}"
    return "".join(
        form.format(int.from_bytes(units[i : i + 2], "big")) for i in range(0, len(units), 2)
    )


def _write_value(
    value: Any,
    write_string: Callable[[str], str],
    write_number: Callable[[int | float], str] = _compact,
) -> str:
    """Write a value compactly, except for its strings and numbers."""
    if isinstance(value, str):
        return write_string(value)
    if isinstance(value, dict):
        members = (
            f"{write_string(_check_key(key))}:{_write_value(item, write_string, write_number)}"
            for key, item in value.items()
        )
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return (
            "[" + ",".join(_write_value(item, write_string, write_number) for item in value) + "]"
        )
    # To Python, True is an int, but JSON has a literal of its own for it.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return write_number(value)
    return _compact(value)


def _check_key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the keys of a JSON object must be strings, not {type(key).__name__}")
    return key


def _escape_everything(payload: Any) -> str:
    return _write_value(payload, lambda t: '"' + "".join(map(_escape, t)) + '"')


def _escape_in_upper_case(payload: Any) -> str:
    def write_string(value: str) -> str:
        plain = _compact(value)[1:-1]
        return '"' + "".join(c if c < "\x7f" else _escape(c, upper=True) for c in plain) + '"'

    return _write_value(payload, write_string)


def _escape_slashes(payload: Any) -> str:
    return _write_value(payload, lambda t: _compact(t).replace("/", "\\/"))


def _write_exponents(payload: Any) -> str:
    def write_number(value: int | float) -> str:
        # Python writes a float so that reading it returns the same float.
        return _compact(value) if isinstance(value, int) else _add_exponent(value)

    return _write_value(payload, _compact, write_number)


def _add_exponent(value: float) -> str:
    text = _compact(value)
    return text if "e" in text else f"{text}E+0"


def _write_fractions(payload: Any) -> str:
    def write_number(value: int | float) -> str:
        # To JSON Schema 12.0 is an integer, but a parser with types may read a float or reject it.
        return f"{value}.0" if isinstance(value, int) else _compact(value)

    return _write_value(payload, _compact, write_number)


def _reverse_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reverse_keys(item) for key, item in reversed(value.items())}
    return [_reverse_keys(item) for item in value] if isinstance(value, list) else value


def _add_whitespace(payload: Any) -> str:
    text = _dump(payload, indent="\t", separators=(" ,", " : "))
    return "\r\n " + text.replace("\n", "\r\n") + " \t\r\n"


def _mix_by_content(payload: Any) -> str:
    # The seed comes from the payload, so that the style always writes it in the same way.
    return _mix_by(payload, SeededChoices(seed_for("spelling", _compact(payload))))


# JSON has no other whitespace than these four characters (RFC 8259, 2).
_WHITESPACE = ("", "", "", " ", "\n", "\t", "\r\n", "   ")


def _mix_by(value: Any, choices: Choices) -> str:
    def space() -> str:
        return choices.pick(_WHITESPACE)

    def write_string(value: str) -> str:
        plain = _compact(value)
        if choices.chance(0.5):
            return plain
        if choices.chance(0.5):
            return plain.replace("/", "\\/")
        # Two draws for the whole string: one for each character would take long.
        step, first = choices.integer(1, 5), choices.integer(0, 4)
        characters = (_escape(c) if i % step == first % step else _compact(c)[1:-1]
                   for i, c in enumerate(value))  # fmt: skip
        return '"' + "".join(characters) + '"'

    def write(value: Any) -> str:
        if isinstance(value, str):
            return write_string(value)
        if isinstance(value, list):
            items = (f"{space()}{write(item)}{space()}" for item in value)
            return "[" + (",".join(items) or space()) + "]"
        if isinstance(value, dict):
            keys = list(value)
            # The keys are rotated by one draw: shuffling them would take a draw for each.
            turn = choices.integer(0, len(keys) - 1) if keys else 0
            members = (
                f"{space()}{write_string(_check_key(key))}{space()}:"
                f"{space()}{write(value[key])}{space()}"
                for key in keys[turn:] + keys[:turn]
            )
            return "{" + (",".join(members) or space()) + "}"
        return _compact(value)

    return space() + write(value) + space()


def _sort_keys(payload: Any) -> str:
    return _dump(payload, sort_keys=True, separators=(",", ":"))


# The name, the description, and how it is written.
_AGREED: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    # JSON.stringify of JavaScript writes like this, and Python's json.dumps like the next one.
    ("compact", "without whitespace", _compact),
    ("spaced", "with a space after each comma and colon", _dump),
    ("indented", "with a line for each key, indented by two spaces", lambda p: _dump(p, indent=2)),
    ("tabs", "with a line for each key, indented by tabs", lambda p: _dump(p, indent="\t")),
    ("ascii", "with characters beyond ASCII escaped", lambda p: _dump(p, ensure_ascii=True)),
    ("ascii-upper-case", "with characters beyond ASCII escaped, in upper-case hexadecimal",
     _escape_in_upper_case),
    ("slashes-escaped", "with each slash escaped, as PHP does", _escape_slashes),
    ("all-escaped", "with every character of strings and keys escaped", _escape_everything),
    ("keys-reversed", "with the keys of each object in reverse order",
     lambda p: _compact(_reverse_keys(p))),
    ("keys-sorted", "with the keys of each object sorted", _sort_keys),
    ("exponents", "with exponents in fractional numbers, such as 14.5E+0", _write_exponents),
    ("trailing-newline", "with a line feed at the end", lambda p: _compact(p) + "\n"),
    ("blanks-around", "with spaces, tabs and CR LF wherever JSON allows them", _add_whitespace),
    ("mixed", "with random whitespace, escapes and key order", _mix_by_content),
)  # fmt: skip
_AMBIGUOUS = (("whole-fractions", "with integers as fractions, such as 12.0", _write_fractions),)

_STYLES = (
    *(Style(name, what, _write=write) for name, what, write in _AGREED),
    *(Style(name, what, True, _write=write) for name, what, write in _AMBIGUOUS),
)
