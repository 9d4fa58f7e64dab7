"""The entry point that Hypothesis calls when it is imported.

It makes ``@given(...)`` and ``from_type`` draw valid payloads for the types of payloads. Nothing is
built before the first draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kombo_fakes.types import PAYLOAD_TYPES

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Register the payload TypedDicts with Hypothesis.

    Examples:
        >>> from hypothesis import find, strategies as st
        >>> from kombo_fakes import IntegrationStateChanged, Schema
        >>> payload = find(st.from_type(IntegrationStateChanged), lambda payload: True)
        >>> Schema.load(payload["type"]).is_valid(payload)
        True
    """
    from hypothesis.strategies import register_type_strategy

    for event, payload_type in PAYLOAD_TYPES.items():
        register_type_strategy(payload_type, _strategy(event))


def _strategy(event: str) -> Callable[[type], SearchStrategy[Any]]:
    def strategy(_: type) -> SearchStrategy[Any]:
        from kombo_fakes.strategies.payloads import payloads

        return payloads(event)

    return strategy
