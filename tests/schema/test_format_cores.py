"""The regular parts of formats: each string is of the format, and hardly any other string is."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.schema.blueprint.format_cores import CORES
from kombo_fakes.schema.formats import CHECKED
from kombo_fakes.schema.schema import validator_for
from kombo_fakes.strategies.formats import build_format
from kombo_fakes.strings.compiler import compile_pattern
from kombo_fakes.strings.words import Words

FORMATS = sorted(CHECKED)


def test_every_format_has_a_regular_part() -> None:
    assert sorted(CORES) == FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_strings_of_a_regular_part_are_of_the_format(name: str) -> None:
    is_valid = validator_for({"type": "string", "format": name}).is_valid
    wrong = []
    for core in CORES[name]:
        words = Words(compile_pattern(f"^(?:{core})$"))
        made = (_make(words, SeededChoices(seed)) for seed in range(60))
        wrong += [word for word in made if not is_valid(word)]
    assert wrong == []


def _make(words: Words, choices: SeededChoices) -> str:
    length = choices.pick(words.lengths[:80])
    return words.make(length, lambda count: choices.integer(0, count - 1))


@pytest.mark.parametrize("name", FORMATS)
def test_regular_parts_hold_what_is_drawn_of_the_format(name: str, drawn: Any) -> None:
    parts = [compile_pattern(f"^(?:{core})$") for core in CORES[name]]
    strings = drawn(build_format(name), 200)
    assert [s for s in strings if not any(part.accepts(s) for part in parts)] == []
