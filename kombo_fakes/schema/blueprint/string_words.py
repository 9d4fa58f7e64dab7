"""The strings of a shape as words of an automaton."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, reduce
from itertools import product
from operator import and_
from typing import NamedTuple

from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import to_pointer
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.format_cores import CORES, UNADDRESSED
from kombo_fakes.schema.blueprint.own_strings import list_known
from kombo_fakes.schema.blueprint.shapes import Blueprint, String
from kombo_fakes.schema.blueprint.shapes import walk as walk_shapes
from kombo_fakes.strings.approximation import approximate_pattern
from kombo_fakes.strings.automaton import EVERYTHING, NOTHING, Automaton, TooComplexError
from kombo_fakes.strings.characters import ANY, Characters, find_stable
from kombo_fakes.strings.compiler import compile_pattern, compile_tree
from kombo_fakes.strings.lengths import take_lengths
from kombo_fakes.strings.reader import read_pattern
from kombo_fakes.strings.syntax import Assertion, walk
from kombo_fakes.strings.words import Words


@lru_cache(maxsize=4096)
def find_words(
    shape: String, alphabet: Characters = ANY, *, ambiguous: bool = False, usual: bool = True
) -> Words:
    r"""The strings of a shape.

    Args:
        shape: A string.
        alphabet: The characters that strings may have.
        ambiguous: True to have also characters about which validators disagree, such as U+0085
            where the pattern has ``\s``.
        usual: False to have also unusual strings of formats, such as dates of the year 7000.

    Returns:
        Words, all of which match the patterns and formats. They are fewer than the shape has where
        a pattern has back-references or is too large for an automaton, and for a format.

    Raises:
        SchemaError: if a pattern is not a regular expression, or too large.
    """
    if shape.own_formats:
        listed = Automaton.of_strings(find_own_strings(shape))
        return Words(listed, shape.min_length, shape.max_length, alphabet)
    contested, has_properties = _find_contested(shape)
    usable = alphabet & find_stable() if has_properties else alphabet
    alphabets = (usable,) if ambiguous else (usable - contested, usable)
    words = Words(NOTHING)
    try:
        held = [_hold(pattern) for pattern in shape.patterns]
        least = max([shape.min_length, *(each.least for each in held)])
        bounds = [shape.max_length, *(each.most for each in held)]
        most = min((bound for bound in bounds if bound is not None), default=None)
        for cores in _list_cores(shape.formats, usual=usual):
            automaton = _combine(shape, cores)
            for characters in alphabets:
                words = Words(automaton, least, most, characters)
                if not words.is_empty:
                    return words
    except TooComplexError as error:
        shown = " and ".join(map(shorten, (*shape.patterns, *shape.excluded_patterns)))
        raise SchemaError(f"pattern {shown} cannot be constructed: {error}") from None
    return words


_TRIED = 2_000
_SPREAD = 8
_PLAIN = Characters.between(" ", "~")


@lru_cache(maxsize=1024)
def find_own_strings(shape: String) -> tuple[str, ...]:
    """Some strings of a shape that has a format of the user's own, always the same ones.

    They are those that are known of the format. If none of them satisfies the rest of the shape,
    they are words of the rest that the format allows.

    Returns:
        The strings; an empty tuple if none is found.

    Raises:
        SchemaError: if the strategy of a format draws no string that its check accepts.
    """
    known = list_known(shape)
    if known:
        return known
    others = tuple(name for name in shape.formats if name not in shape.own_formats)
    words = find_words(replace(shape, formats=others, custom=()), _PLAIN)
    choices, fits = SeededChoices(0), shape.check()
    made = [
        words.make(
            choices.pick(words.lengths[:_SPREAD]), lambda count: choices.integer(0, count - 1)
        )
        for _ in range(0 if words.is_empty else _TRIED)
    ]
    return tuple(dict.fromkeys(filter(fits, made)))


def _find_contested(shape: String) -> tuple[Characters, bool]:
    """The characters of which engines disagree, and whether there are properties of Unicode."""
    contested, has_properties = Characters(), False
    for source in (*shape.patterns, *shape.excluded_patterns):
        pattern = read_pattern(source)
        contested |= pattern.contested
        has_properties |= pattern.has_properties
        if source in shape.excluded_patterns and Assertion("end") in walk(pattern.root):
            # In Python, `$` also matches before a newline at the end.
            contested |= Characters.of("\n")
    return contested, has_properties


def explain_emptiness(plan: Blueprint) -> str:
    """Say which keywords of a string contradict each other.

    Returns:
        The end of a sentence, with the place of the first string of a blueprint that has no words;
        nothing if there is none.

    Examples:
        >>> explain_emptiness(String(min_length=5, patterns=("^a$",)))
        "; at the root no string has pattern '^a$' and minLength 5"
    """
    for path, shape in walk_shapes(plan):
        if isinstance(shape, String) and (shape.patterns or shape.excluded_patterns):
            try:
                is_empty = find_words(shape).is_empty
            except SchemaError:
                continue
            if is_empty:
                sure = not shape.formats and all(_hold(p).has_all for p in shape.patterns)
                found = "has" if sure else "was found with"
                return f"; at {to_pointer(path) or 'the root'} no string {found} {_list(shape)}"
    return ""


def _list(shape: String) -> str:
    """The keywords of a string, as an error names them."""
    named = [f"pattern {shorten(pattern)}" for pattern in shape.patterns]
    named += [f"format {shorten(name)}" for name in shape.formats]
    named += [f"minLength {shape.min_length}"] if shape.min_length else []
    named += [f"maxLength {shape.max_length}"] if shape.max_length is not None else []
    named += [f"not pattern {shorten(pattern)}" for pattern in shape.excluded_patterns]
    named += [f"not {shorten(string)}" for string in shape.excluded]
    return " and ".join(named)


class _Held(NamedTuple):
    automaton: Automaton
    least: int = 0
    most: int | None = None
    has_all: bool = True


@lru_cache(maxsize=1024)
def _hold(pattern: str) -> _Held:
    """An automaton and lengths whose strings match a pattern; not all of them if it is large."""
    try:
        root, least, most = take_lengths(read_pattern(pattern).root)
        automaton = compile_tree(root) if least or most is not None else compile_pattern(pattern)
        return _Held(automaton, least, most)
    except TooComplexError:
        return _Held(approximate_pattern(pattern), has_all=False)


def _list_cores(formats: tuple[str, ...], *, usual: bool) -> Iterator[tuple[str, ...]]:
    """The combinations of the formats' expressions, the most usual ones first."""
    cut = {name: 0 if usual or name not in UNADDRESSED else 1 for name in formats}
    return product(*(CORES[name][cut[name] :] for name in formats))


@lru_cache(maxsize=1024)
def _combine(shape: String, cores: tuple[str, ...]) -> Automaton:
    """The automaton of a shape and of expressions of its formats, without the lengths."""
    automata = [_hold(pattern).automaton for pattern in shape.patterns]
    automata += [compile_pattern(f"^(?:{core})$") for core in cores]
    # Small ones first keep the products small.
    automata.sort(key=lambda each: len(each.rows))
    automaton = reduce(and_, automata, EVERYTHING)
    for excluded in shape.excluded_patterns:
        automaton -= compile_pattern(excluded)
    return automaton - Automaton.of_strings(shape.excluded) if shape.excluded else automaton
