from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.expressions import PATTERNS, compiled

from kombo_fakes.strings.automaton import EVERYTHING, NOTHING
from kombo_fakes.strings.characters import ANY, Characters
from kombo_fakes.strings.compiler import compile_pattern
from kombo_fakes.strings.words import LONGEST, Words, nearest_length


def _all(words: Words, length: int) -> list[str]:
    """Every word of a length, in the order of the choices."""
    made, path = [], []

    def choose(count: int) -> int:
        depth = len(used)
        if depth == len(path):
            path.append([0, count])
        used.append(count)
        return path[depth][0]

    while True:
        used: list[int] = []
        made.append(words.make(length, choose))
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return made
        path[-1][0] += 1


@given(PATTERNS, st.integers(0, 3))
def test_all_words_can_be_made(pattern: str, length: int) -> None:
    alphabet = Characters.of("ab1-")
    automaton = compiled(pattern)
    words = Words(automaton, alphabet=alphabet, most=3)
    expected = {
        word
        for letters in product("ab1-", repeat=length)
        if automaton.accepts(word := "".join(letters))
    }
    assert (length in words.lengths) == bool(expected)
    if expected:
        assert set(_all(words, length)) == expected


@pytest.mark.parametrize(
    ("pattern", "least", "most", "lengths"),
    [
        ("^(ab|c)+$", 0, 4, range(1, 5)),
        ("^(ab|c)+$", 2, 4, range(2, 5)),
        ("^(abc)+$", 0, 10, (3, 6, 9)),
        ("^(abc)+$", 3, 8, (3, 6)),
        ("^(abc)+$", 4, 5, ()),
        ("^a{3}$", 0, None, range(3, 4)),
        ("^a{3}$", 4, None, ()),
        ("^a{3}$", 0, 2, ()),
        ("^a*$", 7, 3, ()),
        ("^(a|b{5})$", 0, None, (1, 5)),
        ("^a*$", 0, None, range(LONGEST + 1)),
        ("^a*$", LONGEST, 2 * LONGEST, range(LONGEST, LONGEST + 1)),
        ("^a{17}(b{17}c)*$", 0, 60, (17, 35, 53)),
        ("^(a{2}|b{3}){1,20}c{30}$", 0, None, range(32, 91)),
    ],
)
def test_lengths(pattern: str, least: int, most: int | None, lengths: object) -> None:
    words = Words(compile_pattern(pattern), least, most)
    assert words.lengths == lengths
    assert words.is_empty == (not lengths)


def test_empty_words() -> None:
    assert Words(NOTHING).is_empty
    assert Words(compile_pattern("^a$"), alphabet=Characters.of("b")).is_empty
    assert not Words(EVERYTHING).is_empty
    assert Words(EVERYTHING).lengths == range(LONGEST + 1)
    with pytest.raises(IndexError):
        _ = Words(NOTHING).shortest


@pytest.mark.parametrize(
    ("pattern", "shortest"),
    [
        ("^[a-z]{2,}$", "aa"),
        ("^(x|yz)-[A-Z0-9]+$", "x-0"),
        ("^(z|[a-f]q)$", "z"),
        ("^[\n~A]$", "A"),
        ("^(b.|a)c?$", "a"),
        ("", ""),
        ("^.{3}$", "000"),
    ],
)
def test_the_shortest_word_has_the_plainest_characters(pattern: str, shortest: str) -> None:
    assert Words(compile_pattern(pattern)).shortest == shortest


def test_first_comes_the_plainest_character_of_each_way_and_then_all_characters() -> None:
    words = Words(compile_pattern("^(0|[a-c]x)y?$"), most=2)
    assert _all(words, 1) == ["0"]
    # Two ways from the start: "0" and then "y", and a letter and then "x".
    assert _all(words, 2) == ["0y", "ax", "0y", "ax", "bx", "cx"]
    one_way = Words(compile_pattern("^[b-d]$"))
    assert _all(one_way, 1) == ["b", "c", "d"]
    upper = Words(compile_pattern("^(B|[~!]c)$"), alphabet=ANY - Characters.of("!"))
    assert _all(upper, 2) == ["~c"]


def test_a_template_chooses_characters() -> None:
    words = Words(compile_pattern("^[1-9]+$"), most=6)
    assert words.make_like("000") == "111"
    assert words.make_like("017") == "128"
    assert words.make_like("") == "1"
    assert words.make_like("5", 4) == "6666"
    assert words.make_like("12", 5) == "23232"
    assert words.make_like("0" * 50) == "1" * 6
    # Choices go around: the tenth is the first one again.
    assert words.make_like("9") == "1"
    assert Words(compile_pattern("^(abc)+$")).make_like("00000") == "abc"


@pytest.mark.parametrize(
    ("lengths", "wanted", "nearest"),
    [
        ((2, 4, 6), 5, 4), ((2, 4, 6), 1, 2), ((2, 4, 6), 6, 6), ((2, 4, 6), 99, 6),
        (range(3, 9), 1, 3), (range(3, 9), 3, 3), (range(3, 9), 4, 4), (range(3, 9), 50, 8),
    ],
)  # fmt: skip
def test_the_nearest_length(lengths: range | tuple[int, ...], wanted: int, nearest: int) -> None:
    assert nearest_length(lengths, wanted) == nearest


@pytest.mark.parametrize("size", [15, 16, 17, 40, 300])
def test_long_chains_with_side_ways_have_all_their_lengths(size: int) -> None:
    # Ways forward and back, of one step and of many, in automata below and above the threshold.
    pattern = f"^(a{{{size}}}b?|c)(d(e{{{size}}})?)*f$"
    found = Words(compile_pattern(pattern), most=3 * size).lengths
    expected = {
        first + tail + 1
        for first in (1, size, size + 1)
        for tail in (plain + long * (size + 1) for plain in range(3 * size) for long in range(3))
        if first + tail + 1 <= 3 * size
    }
    assert sorted(found) == sorted(expected)
    words = Words(compile_pattern(pattern), most=3 * size)
    for length in (words.lengths[0], words.lengths[-1]):
        assert words.automaton.accepts(words.make(length, lambda count: count - 1))
