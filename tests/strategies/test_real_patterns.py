"""Strings of patterns that public schemas have, with and without lengths."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.sampling import some_fast

from kombo_fakes import Schema, payloads
from kombo_fakes.schema.blueprint.shapes import String
from kombo_fakes.schema.blueprint.string_words import find_words
from kombo_fakes.strings.near_misses import Edit, find_near_miss
from kombo_fakes.strings.words import Words

_FILE = Path(__file__).parents[1] / "support" / "patterns.json"
PATTERNS = [
    pattern
    for patterns in json.loads(_FILE.read_text(encoding="utf-8")).values()
    for pattern in patterns
]
IS_THOROUGH = settings.default.max_examples >= 100
SOME = some_fast(PATTERNS[:: 1 if IS_THOROUGH else 5], 5)


def _bound(pattern: str) -> dict[str, Any] | None:
    """Keywords for lengths that leave some of the strings; None where all have one length."""
    lengths = find_words(String(patterns=(pattern,))).lengths
    if len(lengths) < 2:
        return None
    some = lengths[:40]
    least, most = some[(len(some) - 1) // 3], some[2 * (len(some) - 1) // 3]
    return {"minLength": least, "maxLength": most}


def _draw(strategy: st.SearchStrategy[Any], count: int) -> tuple[list[Any], int]:
    """Draw values, and count the draws that were given up."""
    begun = 0
    values = []

    @st.composite
    def counted(draw: st.DrawFn) -> Any:
        nonlocal begun
        begun += 1
        return draw(strategy)

    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.differing_executors],
    )  # fmt: skip
    @given(counted())
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    return values, begun - len(values)


def test_the_patterns_are_many() -> None:
    assert len(set(PATTERNS)) > 200


@pytest.mark.parametrize("with_lengths", [False, True], ids=["free", "bounded"])
@pytest.mark.parametrize("pattern", SOME)
def test_all_drawn_strings_match(pattern: str, with_lengths: bool, record_property: Any) -> None:
    bounds = _bound(pattern) if with_lengths else {}
    if bounds is None:
        return  # All strings have one length.
    schema = Schema.load({"type": "string", "pattern": pattern, **bounds})
    start = time.perf_counter()
    strategy = payloads(schema)
    _draw(strategy, 1)
    record_property("first draw in seconds", time.perf_counter() - start)
    strings, given_up = _draw(strategy, 1_000 if IS_THOROUGH else 30)
    assert [string for string in strings if not schema.is_valid(string)] == []
    assert given_up == 0
    # Hypothesis draws each of a few strings once.
    assert strings


@pytest.mark.parametrize("pattern", SOME)
def test_drawn_strings_shrink_to_the_shortest_word(pattern: str) -> None:
    shortest = find_words(String(patterns=(pattern,)), usual=False).shortest
    strategy = payloads({"type": "string", "pattern": pattern})
    found = hypothesis.find(strategy, lambda string: True, settings=settings(database=None))
    assert found == shortest


@pytest.mark.parametrize("pattern", SOME)
def test_near_misses_do_not_match(pattern: str) -> None:
    schema = Schema.load({"type": "string", "pattern": pattern})
    words: Words = find_words(String(patterns=(pattern,)))
    edits: tuple[Edit, ...] = ("replace", "remove", "insert")
    strings = {words.make_like(template) for template in ("", "00", "3fA9", "zq-7Bx0k")}
    misses = [find_near_miss(pattern, string, edit) for string in sorted(strings) for edit in edits]
    assert [miss for miss in misses if miss is not None and schema.is_valid(miss)] == []
