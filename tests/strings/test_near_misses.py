from __future__ import annotations

import re

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.expressions import PATTERNS, compiled

from kombo_fakes.strings.near_misses import Edit, find_near_miss
from kombo_fakes.strings.words import Words

EDITS: tuple[Edit, ...] = ("replace", "remove", "insert")


def _edit(string: str, edit: Edit) -> set[str]:
    """All strings that one edit makes of a string, with few characters."""
    characters = [""] if edit == "remove" else list("ab-10 \n_")
    return {
        string[:at] + character + string[at + (edit != "insert") :]
        for at in range(len(string) + (edit == "insert"))
        for character in characters
    } - {string}


@given(PATTERNS, st.sampled_from(EDITS), st.data())
def test_no_string_that_does_not_match_is_nearer(
    pattern: str, edit: Edit, data: st.DataObject
) -> None:
    automaton = compiled(pattern)
    words = Words(automaton, most=5)
    assume(not words.is_empty)
    string = words.make_like(data.draw(st.text("ab-1", max_size=5)))
    found = find_near_miss(pattern, string, edit)
    nearest, edits = {string}, 0
    while nearest and all(map(automaton.accepts, nearest)) and edits < 3:
        nearest, edits = {other for one in nearest for other in _edit(one, edit)}, edits + 1
    reached = any(not automaton.accepts(one) for one in nearest)
    if found is None:
        # Characters of which engines disagree are not used.
        assert not reached or r"\W" in pattern or r"\b" in pattern or r"\B" in pattern
        return
    assert not automaton.accepts(found)
    assert not jsonschema_rs.validator_for({"pattern": pattern}).is_valid(found)
    assert edit != "replace" or len(found) == len(string)
    assert edit != "remove" or len(found) < len(string)
    assert edit != "insert" or len(found) > len(string)
    if reached:
        distance = sum(a != b for a, b in zip(found, string, strict=False))
        assert (distance if edit == "replace" else abs(len(found) - len(string))) <= edits


@pytest.mark.parametrize(
    ("pattern", "string", "expected"),
    [
        ("^[1-9A-HJ-NP-Za-km-z]{5}$", "abc12", ["0bc12", "bc12", "0abc12"]),
        (r"^\d{4}-\d\d$", "2024-05", ["A024-05", "024-05", "02024-05"]),
        # All of them have to go.
        ("a", "aba", ["0b0", "b", None]),
        (r"^(?!.*\.\.)[a-z.]*$", "a.b.c", ["0.b.c", "a..c", "0a.b.c"]),
        (r"^\w+$", "ab", [" b", "", " ab"]),
        ("^$", "", [None, None, "0"]),
        ("", "ab", [None, None, None]),
        (r"^(a)\1$", "aa", [None, None, None]),
    ],
)
def test_near_misses(pattern: str, string: str, expected: list[str | None]) -> None:
    found = [find_near_miss(pattern, string, edit) for edit in EDITS]
    assert found == expected


@pytest.mark.parametrize("pattern", [r"^\S+$", r"^[^\s]+$", r"^\w+$", r"^\d+$", "^.+$"])
@pytest.mark.parametrize("edit", EDITS)
def test_near_misses_have_no_characters_of_which_engines_disagree(pattern: str, edit: Edit) -> None:
    found = find_near_miss(pattern, "12", edit)
    assert found is not None
    assert re.search(pattern, found) is None
    assert found == "" or found.isascii()
