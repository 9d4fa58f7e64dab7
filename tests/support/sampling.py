"""Which cases of a long list belong to the fast tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest


def some_fast(cases: Sequence[Any], every: int) -> list[Any]:
    """The cases of a parametrised test: each `every`-th is fast, the others are slow tests."""
    return [
        pytest.param(case, marks=pytest.mark.slow) if number % every else case
        for number, case in enumerate(cases)
    ]
