"""How much of a long list or of a property belongs to the fast tests."""

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
    """The number of examples where all tests take `count`: fewer with the profile ``fast``."""
    return max(count * settings.default.max_examples // 100, min(count, 20))
