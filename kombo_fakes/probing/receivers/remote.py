"""A receiver behind a URL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kombo_fakes.errors import TransportError
from kombo_fakes.probing.model import Reply
from kombo_fakes.wire.delivery import Delivery

if TYPE_CHECKING:
    from kombo_fakes.wire.transport.client import Answer


class RemoteReceiver:
    """A receiver behind a URL.

    Args:
        url: Its URL.
        timeout: Seconds after which a delivery counts as hanging.
        allow_remote: True if the URL may be one of another machine.
        ca_file: A file with certificates to trust, for https.

    Raises:
        TransportError: if the URL cannot be used.
    """

    def __init__(self, url: str, timeout: float, allow_remote: bool, ca_file: str | None) -> None:
        from kombo_fakes.wire.transport.client import Transport
        from kombo_fakes.wire.transport.urls import without_secrets

        self.name: str = without_secrets(url)
        self._transport = Transport(
            url, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file
        )

    def deliver(self, delivery: Delivery) -> Reply:
        """Send a delivery."""
        return _reply_to(lambda: self._transport.post(delivery))

    def get(self, url: str) -> Reply:
        """Send a GET to a URL, or to a path beside the URL of deliveries."""
        return _reply_to(lambda: self._transport.get(url))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def _reply_to(send: Callable[[], Answer]) -> Reply:
    try:
        answer = send()
    except TransportError as error:
        # These tell something about the receiver. Any other reason means that it was not reached.
        if error.reason in ("timeout", "reset", "garbage", "endless"):
            return Reply(None, trouble=error.reason)
        raise
    return Reply(answer.status, answer.headers, answer.body, seconds=answer.seconds)
