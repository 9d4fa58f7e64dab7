"""Characters about which regular expression engines disagree are left out of strings."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest
from support.sampling import some_fast

from kombo_fakes.strings.characters import ANY, find_stable
from kombo_fakes.strings.compiler import compile_pattern
from kombo_fakes.strings.reader import read_pattern

CLASSES = [
    r"^\W$", r"^\w$", r"^\D$", r"^\d$", r"^\S$", r"^\s$", "^.$", r"^(?!\w).$", r"^[^\W]$",
    r"^[^\d-]$", r"(?i)^[sk]$", r"(?i)^[^s]$", r"^(?i:k)$", r"^\p{digit}$", r"^\P{Lu}$",
]  # fmt: skip


@pytest.mark.parametrize("pattern", some_fast(CLASSES, 5))
def test_engines_agree_about_every_other_character(pattern: str) -> None:
    read = read_pattern(pattern)
    certain = (find_stable() if read.has_properties else ANY) - read.contested
    automaton = compile_pattern(pattern)
    engines = [jsonschema_rs.validator_for({"pattern": pattern}).is_valid]
    if not read.has_properties:
        engines.append(lambda character: re.search(pattern, character) is not None)
    codes = [
        code
        for first, last in certain.ranges
        for code in range(first, min(last, 0x1FFFF) + 1)
        if any(engine(chr(code)) != automaton.accepts(chr(code)) for engine in engines)
    ]
    assert codes == []


@pytest.mark.parametrize(
    ("pattern", "contested"),
    [
        (r"\s", "\x1c\x1f\x85\ufeff"),
        (r"\S", "\x1c\x1f\x85\ufeff"),
        (r"[^\s]", "\x1c\x85\ufeff"),
        (".", "\r\x85\u2028\u2029"),
        (r"\W", "\xe9\u0661"),
        (r"\D", "\u0661\uff10"),
        (r"a\b", "\xe9"),
        ("(?i)k", "\u212a"),
        ("(?!a$)", "\n"),
        ("(?s).", "\n\r"),
    ],
)
def test_what_engines_disagree_about(pattern: str, contested: str) -> None:
    assert all(character in read_pattern(pattern).contested for character in contested)


@pytest.mark.parametrize("pattern", ["[a-z]+$", r"\u0085", "(?=a$)", r"\t"])
def test_nothing_is_contested_where_engines_agree(pattern: str) -> None:
    assert not read_pattern(pattern).contested
