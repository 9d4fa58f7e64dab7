"""Makes a receiver, and a callable that observes it, from the arguments of a probe."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError, ProbeError
from kombo_fakes.probing.receivers.asgi import AsgiReceiver, CoroutineReceiver
from kombo_fakes.probing.receivers.receiver import Observe, Receiver
from kombo_fakes.probing.receivers.remote import RemoteReceiver
from kombo_fakes.probing.receivers.wsgi import CallableReceiver, ThreadedReceiver, WsgiReceiver

PLACEHOLDER = "{integration_id}"
"""What stands for the id of the integration in a template for observing."""

_Kind = Literal["asgi", "wsgi", "coroutine function", "callable"]

_JSON_TYPES = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def resolve_receiver(
    target: Any, *, url: str, timeout: float, allow_remote: bool, ca_file: str | None = None
) -> Receiver:
    """Make a receiver that can be probed.

    Args:
        target: A URL, a WSGI or ASGI application, or a callable that takes a `Delivery`.
        url: The path or URL that deliveries to an application are sent to.
        timeout: Seconds after which a delivery counts as hanging.
        allow_remote: True if a URL may be one of another machine.
        ca_file: A file with certificates to trust, for https.

    Raises:
        ProbeError: if the target is none of these, or an application does not start up.
        TransportError: if the URL cannot be used.

    Examples:
        >>> from kombo_fakes import Delivery
        >>> options = {"url": "/", "timeout": 5, "allow_remote": False}
        >>> resolve_receiver(lambda delivery: 204, **options).deliver(Delivery.of({})).status
        204
    """
    if isinstance(target, str):
        return RemoteReceiver(target, timeout, allow_remote, ca_file)
    name = type(target).__name__
    # It is a likely mistake, since `Delivery.send` takes test clients.
    if not callable(target) and callable(getattr(target, "post", None)):
        raise ProbeError(
            f"{name} is a test client: give the application itself, or a callable such as "
            "lambda delivery: delivery.send(client, '/hooks')"
        )
    if not callable(target):
        raise ProbeError(
            f"{name} is not a receiver: give a URL, a WSGI or ASGI application, or a callable that "
            "takes a Delivery and returns a status"
        )
    kind = _kind_of(target)
    if kind == "asgi":
        return AsgiReceiver(target, url, timeout)
    if kind == "wsgi":
        return ThreadedReceiver(WsgiReceiver(target, url), timeout)
    if kind == "coroutine function":
        return CoroutineReceiver(target, timeout)
    return ThreadedReceiver(CallableReceiver(target), timeout)


def resolve_observer(observe: str | Observe | None, receiver: Receiver) -> Observe | None:
    """Make the callable that observes what a receiver stores.

    Args:
        observe: A URL or path with ``{integration_id}`` in it, or a callable; None if the receiver
            is not observed.
        receiver: The receiver that a URL or path is asked of.

    Raises:
        ProbeError: if it is neither, or the placeholder is missing.
    """
    if observe is None or callable(observe):
        return observe
    from kombo_fakes.wire.transport.urls import without_secrets

    if not isinstance(observe, str):
        raise ProbeError(
            f"observe={shorten(observe)} is not a URL or path with {PLACEHOLDER} in it, and not a "
            "callable"
        )
    if PLACEHOLDER not in observe:
        raise ProbeError(
            f"observe={shorten(without_secrets(observe))} has no {PLACEHOLDER}: put it where the "
            "id of the integration belongs"
        )
    template = observe

    def get_state(integration_id: str) -> Mapping[str, Any] | None:
        # By default `quote` keeps slashes, which would split an id into two parts of the path.
        url = template.replace(PLACEHOLDER, quote(integration_id, safe=""))
        reply, name = receiver.get(url), without_secrets(url)
        # 410 is the answer for what was deleted (RFC 9110, section 15.5.11).
        if reply.status in (404, 410):
            return None
        if not reply.is_accepted:
            raise ProbeError(f"{name}: answered GET with {reply}; expected 200 or 404")
        try:
            found = parse_json(reply.body, f"the answer of {name}")
        except DocumentError as error:
            raise ProbeError(str(error)) from None
        if not isinstance(found, dict):
            # Its type, and not the value: the secret could be in it.
            kind = _JSON_TYPES.get(type(found), "a number")
            raise ProbeError(f"{name}: answered {kind}; expected a JSON object")
        return found

    return get_state


def _kind_of(target: Any) -> _Kind:
    """Tell the kinds of callables apart by the number of arguments that they need."""
    # An ASGI application may be an instance whose __call__ is a coroutine function.
    call = target if inspect.isroutine(target) else type(target).__call__
    if inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(call):
        takes_delivery = _accepts(target, 1) and not _accepts(target, 3)
        return "coroutine function" if takes_delivery else "asgi"
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        # Some callables that are written in C have no signature.
        return "callable"
    needed = [
        p
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    kinds: dict[int, _Kind] = {3: "asgi", 2: "wsgi"}
    return kinds.get(len(needed), "callable")


def _accepts(target: Any, count: int) -> bool:
    """True if a callable can be called with this number of arguments."""
    try:
        inspect.signature(target).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True
