"""The strings of a shape as words of an automaton."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, reduce
from itertools import product
from operator import and_

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.shapes import String
from kombo_fakes.strings.approximation import approximate_pattern
from kombo_fakes.strings.automaton import EVERYTHING, NOTHING, Automaton, TooComplexError
from kombo_fakes.strings.characters import ANY, Characters, find_stable
from kombo_fakes.strings.compiler import compile_pattern
from kombo_fakes.strings.reader import read_pattern
from kombo_fakes.strings.words import Words

_LABEL = "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}"
_RESERVED = rf"({_LABEL}\.){{0,3}}example(\.com|\.org|\.net)?"
_DATE = r"(19[0-9]{2}|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
_LOCAL = "[A-Za-z0-9]+([._+-][A-Za-z0-9]+){0,8}"
_PATH = r"(/[A-Za-z0-9._~-]+){0,8}/?(\?[a-z]+=[A-Za-z0-9]+)?(#[a-z0-9]+)?"
_HOST = rf"({_LABEL}\.){{1,4}}[a-z]{{2,12}}"
_HEX = "[0-9a-f]"
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

_CORES: dict[str, tuple[str, ...]] = {
    "date-time": (f"{_DATE}T{_TIME}",),
    "date": (_DATE,),
    "time": (_TIME,),
    "email": (f"{_LOCAL}@{_RESERVED}", f"{_LOCAL}@{_HOST}"),
    "hostname": (_RESERVED, _HOST, _LABEL),
    "uri": (
        f"https?://{_RESERVED}{_PATH}",
        f"[a-z]{{2,12}}://{_RESERVED}(:[1-9][0-9]{{1,3}})?{_PATH}",
        f"[a-z]{{2,12}}://{_HOST}(:[1-9][0-9]{{1,3}})?{_PATH}",
        "[a-z][a-z0-9+.-]{1,12}:[A-Za-z0-9][A-Za-z0-9:._/-]{0,200}",
    ),
    "uuid": (f"{_HEX}{{8}}-{_HEX}{{4}}-4{_HEX}{{3}}-[89ab]{_HEX}{{3}}-{_HEX}{{12}}",
             "-".join(f"[0-9A-Fa-f]{{{n}}}" for n in (8, 4, 4, 4, 12))),
    "ipv4": (rf"192\.0\.2\.{_BYTE}", rf"({_BYTE}\.){{3}}{_BYTE}"),
    "ipv6": (f"2001:db8::{_HEX}{{1,4}}", f"({_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}"),
    "duration": (
        "P([1-9][0-9]{0,2}D|[1-9][0-9]?W|T[1-9][0-9]?H)",
        "P([0-9]+Y)?([0-9]+M)?[0-9]+D(T[0-9]+H)?",
    ),
    "json-pointer": ("(/[a-z0-9]+)*",),
    "relative-json-pointer": ("[0-9](#|(/[a-z]+)*)",),
    "regex": ("[a-z0-9]*",),
}  # fmt: skip
"""For each format a part of it that is regular: strings that every validator accepts.

The first expressions lie in domains and networks that are reserved for examples (RFC 2606, RFC
5737, RFC 3849). The others are for schemas that allow no such string.
"""
_CORES["idn-email"] = _CORES["email"]
_CORES["idn-hostname"] = _CORES["hostname"]
for _name in ("iri", "uri-reference", "iri-reference", "uri-template"):
    _CORES[_name] = _CORES["uri"]


@lru_cache(maxsize=4096)
def find_words(shape: String, alphabet: Characters = ANY, *, ambiguous: bool = False) -> Words:
    r"""The strings of a shape.

    Args:
        shape: A string.
        alphabet: The characters that strings may have.
        ambiguous: True to have also characters about which validators disagree, such as U+0085
            where the pattern has ``\s``.

    Returns:
        Words, all of which match the patterns and formats. They are fewer than the shape has where
        a pattern has back-references or is too large for an automaton, and for a format.

    Raises:
        SchemaError: if a pattern is not a regular expression, or too large.
    """
    contested, has_properties = Characters(), False
    patterns = [read_pattern(p) for p in (*shape.patterns, *shape.excluded_patterns)]
    for pattern in patterns:
        contested |= pattern.contested
        has_properties |= pattern.has_properties
    usable = alphabet & find_stable() if has_properties else alphabet
    try:
        automaton = reduce(and_, map(_hold, shape.patterns), EVERYTHING)
        for excluded in shape.excluded_patterns:
            automaton -= compile_pattern(excluded)
        if shape.excluded:
            automaton -= Automaton.of_strings(shape.excluded)
        words = Words(NOTHING)
        for candidate in _add_formats(automaton, shape.formats):
            for characters in (usable,) if ambiguous else (usable - contested, usable):
                words = Words(candidate, shape.min_length, shape.max_length, characters)
                if not words.is_empty:
                    return words
    except TooComplexError as error:
        shown = " and ".join(map(shorten, (*shape.patterns, *shape.excluded_patterns)))
        raise SchemaError(f"pattern {shown} cannot be constructed: {error}") from None
    return words


def _hold(pattern: str) -> Automaton:
    try:
        return compile_pattern(pattern)
    except TooComplexError:
        return approximate_pattern(pattern)


def _add_formats(automaton: Automaton, formats: tuple[str, ...]) -> Iterator[Automaton]:
    """The automaton with each combination of the formats' expressions, one after the other."""
    for cores in product(*(_CORES[name] for name in formats)):
        yield reduce(and_, (compile_pattern(f"^(?:{core})$") for core in cores), automaton)
