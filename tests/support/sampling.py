"""How much of a long list or of a property a run of the tests takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings


def some_fast(cases: Sequence[Any], every: int) -> list[Any]:
    """The cases of a parametrised test: each `every`-th is fast, the others are slow tests."""
    return [
        pytest.param(case, marks=pytest.mark.slow) if number % every else case
        for number, case in enumerate(cases)
    ]


def examples(count: int) -> int:
    """The number of examples: `count` with the profile ``thorough``, and else a part of it."""
    return part(count, at_least=20)


def part(count: int, at_least: int = 1) -> int:
    """All of `count` with the profile ``thorough``, and else a part of it."""
    return max(count * settings.default.max_examples // 100, min(count, at_least))
