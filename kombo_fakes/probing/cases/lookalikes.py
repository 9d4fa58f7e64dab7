"""Ids that are nearly the same: what stores and caches take for one, and is two.

Each lookalike makes two ids of a token that nobody else has, so that they differ in the one thing
alone that it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_LONG = 300


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Two ids that are alike.

    Attributes:
        id: A stable name.
        about: What they differ in, in a few words.
        first: Makes the one id of a token.
        second: Makes the other.
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
    Lookalike("last-letter", "their last letter, where a short column cuts off (truncation)",
             lambda token: token[:-1] + "x", lambda token: token[:-1] + "y"),
    Lookalike("first-letter", "their first letter",
             lambda token: "x" + token[1:], lambda token: "y" + token[1:]),
    Lookalike("punctuation", "a hyphen and an underscore", _with("-1"), _with("_1")),
    Lookalike("blank", "a blank behind one of them", _with(""), _with(" ")),
    Lookalike("accent", "an accent", _with("e"), _with("\xe9")),
    Lookalike("composed", "how an accent is composed (Unicode normalisation)",
             _with("\xe9"), _with("e\u0301")),
    Lookalike("width", "a ligature that stands for two letters (Unicode compatibility)",
             _with("\ufb01"), _with("fi")),
    Lookalike("script", "a letter that Latin-1 lacks", _with("\u682a"), _with("\u5f0f")),
    Lookalike("markup", "an ampersand and how HTML writes it", _with("&"), _with("&amp;")),
    Lookalike("zero", "a zero in front of digits",
             lambda token: "0" + _digits(token), lambda token: _digits(token)),
    Lookalike("end-of-300", "the last of 300 characters, where a column cuts off (truncation)",
             _long("x"), _long("y")),
)  # fmt: skip
"""Of any ids; those that differ in case only are a matter of their own."""


def _digits(token: str) -> str:
    return "7" + "".join(str(ord(letter) % 10) for letter in token)[:17]
