"""Near misses: strings that a few characters keep out of a language."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

from kombo_fakes.strings.automaton import Automaton, TooComplexError
from kombo_fakes.strings.characters import ANY, Characters, find_stable
from kombo_fakes.strings.compiler import compile_pattern
from kombo_fakes.strings.reader import read_pattern

Edit: TypeAlias = Literal["replace", "remove", "insert"]

_LONGEST = 2_000
_MOST_PLACES = 200_000
"""Where a search among longer strings or more places would take long, there is no near miss."""


def find_near_miss(pattern: str, string: str, edit: Edit) -> str | None:
    """The string in which a pattern finds no match, and that differs least from a given string.

    Args:
        pattern: A regular expression of ECMA-262.
        string: A string that matches.
        edit: How characters are changed. No other change is made.

    Returns:
        A string about which regular expression engines agree. None if there is none, or if the
        expression is too large for an automaton.

    Raises:
        SchemaError: if the pattern is not a regular expression.

    Examples:
        >>> [find_near_miss("^[A-Z]{2}$", "DE", edit) for edit in ("replace", "remove", "insert")]
        ['0E', 'E', '0DE']
    """
    try:
        outside = _complement(pattern)
    except TooComplexError:
        return None
    if outside.is_empty or len(string) > _LONGEST:
        return None
    return _search(outside, string, edit, _find_characters(pattern))


@lru_cache(maxsize=256)
def _complement(pattern: str) -> Automaton:
    return ~compile_pattern(pattern)


@lru_cache(maxsize=256)
def _find_characters(pattern: str) -> tuple[tuple[int, str], ...]:
    """For each part of the automaton its plainest characters about which engines agree."""
    read = read_pattern(pattern)
    certain = (find_stable() if read.has_properties else ANY) - read.contested
    found = [(n, part & certain) for n, part in enumerate(_complement(pattern).parts)]
    found.sort(key=lambda pair: pair[1].plainness if pair[1] else (0, 0))
    return tuple((n, c) for n, characters in found for c in _take_plainest(characters))


def _take_plainest(characters: Characters) -> Iterator[str]:
    # The second one is for where the first one stands already.
    yield from (characters.nth(index) for index in range(min(2, len(characters))))


def _search(
    outside: Automaton, string: str, edit: Edit, characters: tuple[tuple[int, str], ...]
) -> str | None:
    """The nearest string of a language: a search by the number of edits (Dijkstra's, with a deque).

    A node is a position in the given string and a state of the automaton.
    """
    first = (0, outside.start)
    # For each node the one before it, and the character between them.
    came_from: dict[tuple[int, int], tuple[tuple[int, int], str] | None] = {}
    waiting: deque[tuple[tuple[int, int], tuple[tuple[int, int], str] | None]] = deque()
    waiting.append((first, None))
    while waiting:
        node, origin = waiting.popleft()
        if node in came_from:
            continue
        came_from[node] = origin
        position, state = node
        if position == len(string) and outside.accepting[state]:
            return _trace(came_from, node)
        if len(came_from) > _MOST_PLACES:
            return None
        if edit != "remove" and (edit == "insert" or position < len(string)):
            after = position + (edit == "replace")
            for part, character in characters:
                target = outside.rows[state][part]
                if target >= 0 and string[position:after] != character:
                    waiting.append(((after, target), (node, character)))
        if position < len(string):
            if edit == "remove":
                waiting.append(((position + 1, state), (node, "")))
            target = outside.step(state, string[position])
            if target >= 0:
                waiting.appendleft(((position + 1, target), (node, string[position])))
    return None


def _trace(
    came_from: dict[tuple[int, int], tuple[tuple[int, int], str] | None], node: tuple[int, int]
) -> str:
    characters: list[str] = []
    while (origin := came_from[node]) is not None:
        node, character = origin
        characters.append(character)
    return "".join(reversed(characters))
