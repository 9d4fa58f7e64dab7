"""Pairs of ids that are almost the same, and that stores and caches may mix up.

Each lookalike makes two ids of a unique token. They differ in one thing only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# It is more than 255 characters, which is a usual width of a column.
_LONG = 300


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Two ids that are alike.

    Attributes:
        id: A stable name.
        about: What the two ids differ in, in a few words.
        first: Makes the first id of a token.
        second: Makes the second id of the same token.
    """

    id: str
    about: str
    first: Callable[[str], str]
    second: Callable[[str], str]


def _with(text: str) -> Callable[[str], str]:
    return lambda token: token + text


def _long(last: str) -> Callable[[str], str]:
    return lambda token: token.ljust(_LONG - 1, "x") + last


LOOKALIKES: tuple[Lookalike, ...] = (
    Lookalike("last-letter", "their last character, which a short column truncates",
             lambda token: token[:-1] + "x", lambda token: token[:-1] + "y"),
    Lookalike("first-letter", "their first character",
             lambda token: "x" + token[1:], lambda token: "y" + token[1:]),
    Lookalike("punctuation", "a hyphen or an underscore", _with("-1"), _with("_1")),
    # Collations of MySQL with the attribute PAD SPACE ignore spaces at the end.
    Lookalike("blank", "a trailing space", _with(""), _with(" ")),
    # Collations of MySQL whose names contain _ai ignore accents.
    Lookalike("accent", "an accent", _with("e"), _with("\xe9")),
    Lookalike("composed", "the composition of an accent (Unicode normalisation)",
             _with("\xe9"), _with("e\u0301")),
    # NFKC and NFKD replace the ligature by its letters (Unicode Standard Annex 15).
    Lookalike("width", "a ligature or its two letters (Unicode compatibility)",
             _with("\ufb01"), _with("fi")),
    # Latin-1 has neither of them, so that a conversion may replace both by a question mark.
    Lookalike("script", "a character that is not in Latin-1", _with("\u682a"), _with("\u5f0f")),
    # A receiver that unescapes HTML makes the second one equal to the first.
    Lookalike("markup", "an ampersand or its HTML escape", _with("&"), _with("&amp;")),
    # A store that converts digits to a number loses the zero.
    Lookalike("zero", "a leading zero",
             lambda token: "0" + _digits(token), lambda token: _digits(token)),
    Lookalike("end-of-300", "the last of 300 characters, which a column truncates",
             _long("x"), _long("y")),
)  # fmt: skip
"""All pairs but those that differ in case only, which have scenarios of their own."""


def _digits(token: str) -> str:
    # Eighteen digits fit into a 64-bit integer, so that a store may convert them. The 7 makes sure
    # that the added zero is the only leading one.
    return "7" + "".join(str(ord(character) % 10) for character in token)[:17]
