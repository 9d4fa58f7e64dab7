"""The protocol of receivers under test, and the type of callables that observe them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from kombo_fakes.probing.model import Reply
from kombo_fakes.wire.delivery import Delivery

Observe: TypeAlias = Callable[[str], "Mapping[str, Any] | None"]
"""Takes the id of an integration, and returns what the receiver stores of it; None for nothing."""


class Receiver(Protocol):
    """A receiver under test.

    Attributes:
        name: What reports call it; without the query of a URL, where tokens can be.
    """

    name: str

    def deliver(self, delivery: Delivery) -> Reply:
        """Send a delivery, and return the reply."""

    def get(self, url: str) -> Reply:
        """Send a GET to a URL, or to a path beside the URL of deliveries."""

    def close(self) -> None:
        """End the threads and connections that were started for it."""
