"""Spellings: the many bodies that one payload can have, all of them correct JSON.

A sender may write a payload in any of them (RFC 8259), and signs the bytes that it writes. A
receiver that parses the body, dumps it again and checks the signature over that sees another
signature for most of them.
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
        description: What it looks like, in a few words.
        ambiguous: Whether good parsers of typed languages read another value, or refuse it.
    """

    name: str
    description: str
    ambiguous: bool = False
    _write: Callable[[Any], str] = field(repr=False, compare=False, kw_only=True)

    def write(self, payload: Any) -> bytes:
        """The body: UTF-8, without a byte order mark.

        Raises:
            TypeError, ValueError: if the payload is no JSON value.
        """
        return _encoded(self._write(payload))

    def __str__(self) -> str:
        return self.name


def styles(*, ambiguous: bool = False) -> tuple[Style, ...]:
    """All ways to write a payload; the first one is the plainest.

    Args:
        ambiguous: Whether those belong to it over which good parsers disagree.

    Examples:
        >>> [style.name for style in styles()][:4]
        ['compact', 'spaced', 'indented', 'tabs']
        >>> {json.loads(style.write({"é": [1.5, "/"]}))["é"][0] for style in styles()}
        {1.5}
    """
    return tuple(s for s in _STYLES if ambiguous or not s.ambiguous)


def serialize(payload: Any, style: str = "compact") -> bytes:
    r"""Write a payload.

    Args:
        payload: A JSON value.
        style: The name of a `Style`.

    Raises:
        UnknownNameError: if there is none of this name.

    Examples:
        >>> serialize({"name": "é/"}, "ascii")
        b'{"name": "\\u00e9/"}'
    """
    for known in _STYLES:
        if known.name == style:
            return known.write(payload)
    raise unknown_name_error("style", style, (known.name for known in _STYLES))


def serialize_mixed(payload: Any, choices: Choices) -> bytes:
    """Write a payload, with choices for each blank, each letter and each order of keys.

    Examples:
        >>> text = serialize_mixed({"a": ["/", 1]}, SeededChoices(1))
        >>> json.loads(text)
        {'a': ['/', 1]}
    """
    return _encoded(_mixed(payload, choices))


# -- writing


def _dump(payload: Any, **options: Any) -> str:
    return json.dumps(payload, allow_nan=False, **{"ensure_ascii": False, **options})


def _compact(payload: Any) -> str:
    return _dump(payload, separators=(",", ":"))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # A lone surrogate is in no UTF-8, but can be escaped.
        return "".join(_escaped(c) if "\ud800" <= c <= "\udfff" else c for c in text).encode()


def _escaped(character: str, *, upper: bool = False) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    form = "\\u{:04X}" if upper else "\\u{:04x}"
    return "".join(
        form.format(int.from_bytes(units[i : i + 2], "big")) for i in range(0, len(units), 2)
    )


def _written(
    value: Any, text: Callable[[str], str], number: Callable[[int | float], str] = _compact
) -> str:
    """Compact, but for texts and numbers."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        members = (
            f"{text(_name(key))}:{_written(item, text, number)}" for key, item in value.items()
        )
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_written(item, text, number) for item in value) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return _compact(value)


def _name(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the names in a JSON object are texts, not {type(key).__name__}")
    return key


def _everything_escaped(payload: Any) -> str:
    return _written(payload, lambda t: '"' + "".join(map(_escaped, t)) + '"')


def _upper_escapes(payload: Any) -> str:
    def text(value: str) -> str:
        plain = _compact(value)[1:-1]
        return '"' + "".join(c if c < "\x7f" else _escaped(c, upper=True) for c in plain) + '"'

    return _written(payload, text)


def _slashes_escaped(payload: Any) -> str:
    return _written(payload, lambda t: _compact(t).replace("/", "\\/"))


def _exponents(payload: Any) -> str:
    def number(value: int | float) -> str:
        # Python writes every float so that it reads back as the same one.
        return _compact(value) if isinstance(value, int) else _shifted(value)

    return _written(payload, _compact, number)


def _shifted(value: float) -> str:
    text = _compact(value)
    return text if "e" in text else f"{text}E+0"


def _fractions(payload: Any) -> str:
    def number(value: int | float) -> str:
        return f"{value}.0" if isinstance(value, int) else _compact(value)

    return _written(payload, _compact, number)


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(item) for key, item in reversed(value.items())}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


def _roomy(payload: Any) -> str:
    text = _dump(payload, indent="\t", separators=(" ,", " : "))
    return "\r\n " + text.replace("\n", "\r\n") + " \t\r\n"


def _choices_of(payload: Any) -> str:
    return _mixed(payload, SeededChoices(seed_for("spelling", _compact(payload))))


_BLANKS = ("", "", "", " ", "\n", "\t", "\r\n", "   ")


def _mixed(value: Any, choices: Choices) -> str:
    def blank() -> str:
        return choices.pick(_BLANKS)

    def text(value: str) -> str:
        plain = _compact(value)
        if choices.chance(0.5):
            return plain
        if choices.chance(0.5):
            return plain.replace("/", "\\/")
        # Not a roll for each letter: texts can be long.
        step, first = choices.integer(1, 5), choices.integer(0, 4)
        letters = (_escaped(c) if i % step == first % step else _compact(c)[1:-1]
                   for i, c in enumerate(value))  # fmt: skip
        return '"' + "".join(letters) + '"'

    def written(value: Any) -> str:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, list):
            items = (f"{blank()}{written(item)}{blank()}" for item in value)
            return "[" + (",".join(items) or blank()) + "]"
        if isinstance(value, dict):
            keys = list(value)
            turn = choices.integer(0, len(keys) - 1) if keys else 0
            members = (
                f"{blank()}{text(_name(key))}{blank()}:{blank()}{written(value[key])}{blank()}"
                for key in keys[turn:] + keys[:turn]
            )
            return "{" + (",".join(members) or blank()) + "}"
        return _compact(value)

    return blank() + written(value) + blank()


def _sorted(payload: Any) -> str:
    return _dump(payload, sort_keys=True, separators=(",", ":"))


# name, what it looks like, how it is written
_AGREED: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("compact", "no blank that isn't needed", _compact),
    ("spaced", "a blank after each comma and colon", _dump),
    ("indented", "a line for each member, two blanks deep", lambda p: _dump(p, indent=2)),
    ("tabs", "a line for each member, with tabs", lambda p: _dump(p, indent="\t")),
    ("ascii", "letters beyond ASCII escaped", lambda p: _dump(p, ensure_ascii=True)),
    ("ascii-upper-case", "letters beyond ASCII escaped, with A to F", _upper_escapes),
    ("slashes-escaped", "each / as \\/, as PHP writes it", _slashes_escaped),
    ("all-escaped", "each letter of each text and name escaped", _everything_escaped),
    ("keys-reversed", "the members of each object in reverse", lambda p: _compact(_reversed(p))),
    ("keys-sorted", "the members of each object by name", _sorted),
    ("exponents", "fractions with an exponent: 14.5E+0", _exponents),
    ("trailing-newline", "a line feed at the end", lambda p: _compact(p) + "\n"),
    ("blanks-around", "blanks, tabs and CR LF everywhere", _roomy),
    ("mixed", "a bit of everything", _choices_of),
)
_AMBIGUOUS = (("whole-fractions", "integers with a fraction of 0: 12.0", _fractions),)

_STYLES = (
    *(Style(name, about, _write=write) for name, about, write in _AGREED),
    *(Style(name, about, True, _write=write) for name, about, write in _AMBIGUOUS),
)
