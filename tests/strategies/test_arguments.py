"""Arguments of the wrong kind, as they come without a type checker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kombo_fakes import (
    IntegrationStateChangedFactory,
    KomboFakesError,
    OverrideError,
    UnknownNameError,
    faults,
    generate,
    payloads,
)
from kombo_fakes.errors import PointerError


def anything(value: Any) -> Any:
    """A value that a type checker lets pass."""
    return value


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: payloads(max_length=anything("3")), OverrideError, "max_length='3': a length is"),
        (lambda: payloads(max_length=anything(3.5)), OverrideError, "max_length=3.5: a length is"),
        (lambda: payloads(max_length=True), OverrideError, "max_length=true: a length is"),
        (lambda: payloads(nulls=anything("x")), OverrideError, "nulls='x': a share is between"),
        (lambda: payloads(nulls=float("nan")), OverrideError, "nulls=nan: a share is between"),
        (lambda: next(generate(overrides={anything(3): 1})), PointerError, "3 is no text"),
        (lambda: faults(at=anything(3)), PointerError, "3 is no text"),
        (lambda: faults(keywords=[anything(1)]), UnknownNameError, "unknown keyword '1'"),
        (lambda: faults(ids=[anything(1)]), UnknownNameError, "unknown fault '1'"),
        (
            lambda: IntegrationStateChangedFactory.build(fault=3),
            UnknownNameError,
            "unknown fault '3'",
        ),
    ],
)
def test_the_error_says_what_is_wrong(
    call: Callable[[], object], error: type[KomboFakesError], message: str
) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)
