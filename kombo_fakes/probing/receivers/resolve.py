"""Receivers under test: behind a URL, or in this process as a WSGI or ASGI app or a callable."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError, ProbeError
from kombo_fakes.probing.model import Reply
from kombo_fakes.probing.receivers.in_process import Asgi, AsyncFunction, Function, InTime, Wsgi
from kombo_fakes.wire.delivery import Delivery

__all__ = ["PLACEHOLDER", "Observe", "ProbeError", "Receiver", "observer", "receiver_for"]

PLACEHOLDER = "{integration_id}"

Observe: TypeAlias = Callable[[str], "Mapping[str, Any] | None"]


class Receiver(Protocol):
    """What a probe needs of a receiver.

    Attributes:
        name: What it is called, without the query of a URL, where tokens stand.
    """

    name: str

    def deliver(self, delivery: Delivery) -> Reply:
        """Hand over a delivery."""

    def look(self, url: str) -> Reply:
        """Answer a GET, for observing; a path is one beside the URL of deliveries."""

    def close(self) -> None:
        """End what was started."""


def receiver_for(
    target: Any, *, url: str, timeout: float, allow_remote: bool, ca_file: str | None = None
) -> Receiver:
    """The receiver that a target means.

    Args:
        target: A URL, a WSGI or ASGI application, or a callable that takes a `Delivery`.
        url: The path or URL by which an application is called.
        timeout: Seconds until an answer has to be there.
        allow_remote: Whether a URL may be one of another machine.
        ca_file: Certificates to trust, for https.

    Raises:
        ProbeError: if it is none of these.
    """
    if isinstance(target, str):
        return _Remote(target, timeout, allow_remote, ca_file)
    if not callable(target) and callable(getattr(target, "post", None)):
        raise ProbeError(
            f"{type(target).__name__} is no receiver, but a client: give the application, not its "
            "test client; or a callable, such as lambda delivery: delivery.send(client, '/hooks')"
        )
    if not callable(target):
        raise ProbeError(
            f"{type(target).__name__} is no receiver: neither a URL, nor a WSGI or ASGI "
            "application, nor a callable that takes a Delivery"
        )
    kind = _kind(target)
    if kind == "asgi":
        return Asgi(target, url, timeout)
    if kind == "wsgi":
        return InTime(Wsgi(target, url), timeout)
    if kind == "async callable":
        return AsyncFunction(target, timeout)
    return InTime(Function(target), timeout)


def observer(observe: str | Observe | None, receiver: Receiver) -> Observe | None:
    """How to see what a receiver knows.

    Args:
        observe: A URL or path with ``{integration_id}`` in it, or a callable; None for nothing.
        receiver: Whom to ask.

    Raises:
        ProbeError: for a template without the placeholder, or what is neither of both.
    """
    if observe is None or callable(observe):
        return observe
    from kombo_fakes.wire.transport.urls import without_secrets

    if not isinstance(observe, str):
        raise ProbeError(
            f"observe={shorten(observe)} is neither a URL or path with {PLACEHOLDER} in it, nor a "
            "callable"
        )
    if PLACEHOLDER not in observe:
        raise ProbeError(
            f"the template {shorten(without_secrets(observe))} has no {PLACEHOLDER}: the id of the "
            "integration to look at goes there"
        )
    template = observe

    def look(integration_id: str) -> Mapping[str, Any] | None:
        url = template.replace(PLACEHOLDER, quote(integration_id, safe=""))
        reply, name = receiver.look(url), without_secrets(url)
        if reply.status in (404, 410):
            return None
        if not reply.is_accepted:
            raise ProbeError(f"{name}: answered {reply} to GET, where 200 or 404 was expected")
        try:
            found = parse_json(reply.body, "what it answered")
        except DocumentError as error:
            raise ProbeError(f"{name}: answered something that is no JSON: {error}") from None
        if not isinstance(found, dict):
            # Not what: the secret could be in it.
            kind = _KINDS.get(type(found), "a number")
            raise ProbeError(f"{name}: answered {kind}, where a JSON object was expected")
        return found

    return look


def _kind(target: Any) -> str:
    call = target if inspect.isroutine(target) else type(target).__call__
    if inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(call):
        return "async callable" if _takes(target, 1) and not _takes(target, 3) else "asgi"
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return "callable"
    needed = [
        p
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return {3: "asgi", 2: "wsgi"}.get(len(needed), "callable")


def _takes(target: Any, count: int) -> bool:
    """Whether a callable can be called with so many arguments."""
    try:
        inspect.signature(target).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


class _Remote:
    def __init__(self, url: str, timeout: float, allow_remote: bool, ca_file: str | None) -> None:
        from kombo_fakes.wire.transport.client import Transport
        from kombo_fakes.wire.transport.urls import without_secrets

        self.name: str = without_secrets(url)
        self._transport = Transport(
            url, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file
        )

    def deliver(self, delivery: Delivery) -> Reply:
        return self._asked(lambda: self._transport.post(delivery))

    def look(self, url: str) -> Reply:
        return self._asked(lambda: self._transport.get(url))

    def _asked(self, ask: Callable[[], Any]) -> Reply:
        from kombo_fakes.errors import TransportError

        try:
            answer = ask()
        except TransportError as error:
            if error.reason in ("timeout", "reset", "garbage", "endless"):
                return Reply(None, trouble=error.reason)
            raise
        return Reply(answer.status, answer.headers, answer.body, seconds=answer.seconds)

    def close(self) -> None:
        self._transport.close()


_KINDS = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
