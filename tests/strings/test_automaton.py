from __future__ import annotations

from itertools import product

import pytest

from kombo_fakes.strings import automaton as module
from kombo_fakes.strings.automaton import (
    DEAD,
    EVERYTHING,
    NOTHING,
    Automaton,
    TooComplexError,
)
from kombo_fakes.strings.characters import ANY, Characters
from kombo_fakes.strings.compiler import compile_pattern

A, B = Characters.of("a"), Characters.of("b")
OTHERS = ANY - A - B
STRINGS = ["".join(letters) for size in range(5) for letters in product("abc", repeat=size)]


def _language(automaton: Automaton) -> list[str]:
    return [string for string in STRINGS if automaton.accepts(string)]


def test_a_string_is_followed_to_its_state() -> None:
    automaton = compile_pattern("^ab?$")
    first = automaton.step(automaton.start, "a")
    second = automaton.step(first, "b")
    assert len({automaton.start, first, second}) == 3
    assert automaton.step(automaton.start, "b") == DEAD
    assert automaton.step(second, "b") == DEAD
    assert automaton.step(DEAD, "a") == DEAD
    assert automaton.step(first, "\ud800") == DEAD
    assert [automaton.accepts(s) for s in ("", "a", "ab", "abb", "\ud800")] == [
        False, True, True, False, False,
    ]  # fmt: skip


def test_the_automaton_of_strings() -> None:
    automaton = Automaton.of_strings(["ab", "b", "abc", "b"])
    assert _language(automaton) == ["b", "ab", "abc"]
    # The start, after "a", and the ends: of "b" and of "abc", and of "ab".
    assert len(automaton.rows) == 4
    assert Automaton.of_strings([]) == NOTHING
    assert Automaton.of_strings([""]).accepts("")
    assert not Automaton.of_strings([""]).accepts("a")
    assert _language(Automaton.of_strings(["a", "a\ud800", "a\ud800b"])) == ["a"]


def test_empty_automata() -> None:
    assert NOTHING.is_empty
    assert not EVERYTHING.is_empty
    assert (compile_pattern("^a$") & compile_pattern("^b$")) == NOTHING
    assert _language(NOTHING) == []
    assert _language(EVERYTHING) == STRINGS


@pytest.mark.parametrize(
    ("left", "right"),
    [("^a*$", "^(ab|a)*$"), ("a", "b"), ("^a", "^$"), ("^(aa)*$", "^(aaa)*$"), ("^[ab]$", "[^a]")],
)
def test_combinations(left: str, right: str) -> None:
    a, b = compile_pattern(left), compile_pattern(right)
    in_a, in_b = set(_language(a)), set(_language(b))
    assert set(_language(a & b)) == in_a & in_b
    assert set(_language(a | b)) == in_a | in_b
    assert set(_language(a - b)) == in_a - in_b
    assert set(_language(~a)) == set(STRINGS) - in_a


def test_equal_languages_have_equal_automata() -> None:
    same = ["^(a|b)*abb$", "^[ab]*abb$", "^(b|a+b)*a+bb$|^b*(a|ab|abb+a|aba)*abb$"]
    assert compile_pattern(same[0]) == compile_pattern(same[1])
    assert len(compile_pattern(same[0]).rows) == 4
    raw = Automaton(
        (A, B, OTHERS),
        # Two states that do the same, one that nothing leads to, and one that leads nowhere.
        ((1, 2, 4), (1, 3, 4), (1, 3, DEAD), (1, 2, 4), (4, 4, 4), (0, 0, 0)),
        (False, False, False, True, False, True),
    )
    assert _language(raw.minimise()) == _language(raw)
    assert "ab" in _language(raw)
    assert len(raw.minimise().rows) == 3


def test_states_are_numbered_in_the_order_of_their_characters() -> None:
    automaton = Automaton((B, A, OTHERS), ((1, 2, DEAD), (DEAD,) * 3, (3, DEAD, DEAD), (DEAD,) * 3),
                          (False, True, False, True)).minimise()  # fmt: skip
    # "b" leads to the end as "ab" does. Parts are in the order of their characters.
    assert automaton.parts[0].ranges[0][0] == 0
    assert [part for part in automaton.parts if "a" in part] == [A]
    assert automaton.start == 0
    assert automaton.accepting.count(True) == 1
    by_part = dict(zip(automaton.parts, automaton.rows[0], strict=True))
    assert by_part[A] == 1
    assert by_part[B] == 2
    assert _language(automaton) == ["b", "ab"]


def test_parts_that_lead_to_the_same_states_are_merged() -> None:
    automaton = Automaton((A, B, OTHERS), ((1, 1, DEAD), (DEAD, DEAD, DEAD)), (False, True))
    assert set(automaton.minimise().parts) == {A | B, OTHERS}
    assert automaton.minimise().minimise() == automaton.minimise()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_a_chain_keeps_its_states_and_a_ring_its_period(size: int) -> None:
    assert len(compile_pattern(f"^a{{{size}}}$").rows) == size + 1
    ring = compile_pattern(f"^(a{{{size}}})*$")
    assert len(ring.rows) == size
    assert [n for n in range(2 * size + 1) if ring.accepts("a" * n)] == [0, size, 2 * size]


def test_products_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = compile_pattern("^(a{7})*$"), compile_pattern("^(a{11})*$")
    # 77 states, and one for what is in neither.
    monkeypatch.setattr(module, "MOST_STATES", 78)
    assert len((left & right).rows) == 77
    monkeypatch.setattr(module, "MOST_STATES", 77)
    with pytest.raises(TooComplexError, match="more than 77 states"):
        left & right
