"""Arguments of the wrong type, which reach the library where no type checker runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from inline_snapshot import snapshot

from kombo_fakes import (
    KomboFakesError,
    OverrideError,
    UnknownNameError,
    factory_for,
    faults,
    generate,
    payloads,
)
from kombo_fakes.errors import PointerError
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT


def anything(value: Any) -> Any:
    """The value, of a type that every type checker accepts."""
    return value


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: payloads(max_length=anything("3")),
            OverrideError,
            snapshot("max_length='3': a length is an integer from 0"),
        ),
        (
            lambda: payloads(max_length=anything(3.5)),
            OverrideError,
            snapshot("max_length=3.5: a length is an integer from 0"),
        ),
        (
            lambda: payloads(max_length=True),
            OverrideError,
            snapshot("max_length=true: a length is an integer from 0"),
        ),
        (
            lambda: payloads(nulls=anything("x")),
            OverrideError,
            snapshot("nulls='x': a share is a number from 0 to 1"),
        ),
        (
            lambda: next(generate(overrides={anything(3): 1})),
            PointerError,
            snapshot("3 is not a string; expected a JSON Pointer or a dotted name"),
        ),
        (
            lambda: faults(at=anything(3)),
            PointerError,
            snapshot("3 is not a string; expected a JSON Pointer or a dotted name"),
        ),
        (
            lambda: faults(keywords=[anything(1)]),
            UnknownNameError,
            snapshot(
                "unknown keyword '1' in integration-state-changed; expected one of: additionalProperties, enum, format, required, type"
            ),
        ),
        (
            lambda: faults(ids=[anything(1)]),
            UnknownNameError,
            snapshot(
                "unknown fault '1' of integration-state-changed; there are 274, for example data-additionalProperties-camel-case, data-additionalProperties-empty-name, data-additionalProperties-proto; `kombo-fakes faults` lists them all"
            ),
        ),
        (
            lambda: factory_for(DEFAULT_EVENT).build(fault=3),
            UnknownNameError,
            snapshot(
                "unknown fault '3'; there are 274, for example data-additionalProperties-camel-case, data-additionalProperties-empty-name, data-additionalProperties-proto; `kombo-fakes faults` lists them all"
            ),
        ),
    ],
)
def test_the_error_says_what_is_wrong(
    call: Callable[[], object], error: type[KomboFakesError], message: str
) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
