"""One way to violate a keyword, and what several keywords share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from kombo_fakes.schema.sites import Site

Mutate: TypeAlias = Callable[[Any, Site], Iterable[Any]]
"""Makes invalid values from a valid value at a site."""


@dataclass(frozen=True, slots=True)
class Mutator:
    """One way to violate a keyword.

    Attributes:
        variant: Its name, the last part of a fault id.
        effect: What it does to the value; a fault's description ends with it.
        mutate: Makes the values to put in place of a valid value at the site, the most telling
            first. Makes none where this way does not apply, or where a value would have more
            than `LARGEST` characters, items or properties.
        explore: Returns a schema of many more such values, to draw from; None if there is none.
    """

    variant: str
    effect: str
    mutate: Mutate
    explore: Callable[[Site], dict[str, Any] | None] = lambda site: None


StringChange: TypeAlias = "tuple[str, str, Callable[[str], str]]"
"""A variant, its effect, and the function that changes the string."""

NONSENSE: tuple[Any, ...] = (None, "", "nonsense", 0, -1, 0.5, True, [], {}, [None], {"": None})
"""A value of every shape."""

_HOMOGLYPHS = str.maketrans("AEOaeo", "\u0410\u0415\u041e\u0430\u0435\u043e")

# A receiver that rejects nonsense may well accept a value in another case or with a space.
STRING_CHANGES: tuple[StringChange, ...] = (
    ("lowercase", "in lower case", str.lower),
    ("uppercase", "in upper case", str.upper),
    ("capitalised", "with only its first letter in upper case", str.capitalize),
    ("trailing-blank", "with a trailing space", lambda text: text + " "),
    ("leading-blank", "with a leading space", lambda text: " " + text),
    # In many dialects of regular expressions, `$` also matches before a newline at the end.
    ("trailing-newline", "with a trailing newline", lambda text: text + "\n"),
    (
        "separator",
        "with hyphens for underscores or the reverse",
        lambda text: text.translate(str.maketrans("-_", "_-")),
    ),
    ("cut", "without its last character", lambda text: text[:-1]),
    ("homoglyph", "with Cyrillic letters that look the same", lambda t: t.translate(_HOMOGLYPHS)),
    ("empty", "an empty string", lambda text: ""),
)


def change_string(change: Callable[[str], str]) -> Mutate:
    """Apply a change to a string; nothing comes of one that the change leaves as it is."""

    def mutate(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, str):
            changed = change(value)
            if changed != value:
                yield changed

    return mutate


def change_strings(changes: Iterable[StringChange]) -> Iterator[Mutator]:
    """A mutator for each of some changes."""
    for variant, effect, change in changes:
        yield Mutator(variant, effect, change_string(change))


def always(*values: Any) -> Mutate:
    """The same values, whatever the valid value is."""
    return lambda value, site: values


def is_number(value: Any) -> bool:
    """True for an integer or a float; Python counts booleans as integers, JSON does not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
