"""Receivers under test: behind a URL, or in this process as a WSGI or ASGI app or a callable."""

from __future__ import annotations

import asyncio
import inspect
import json
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote, urlsplit

from kombo_fakes.delivery import Delivery
from kombo_fakes.errors import KomboFakesError, shorten
from kombo_fakes.probing.model import Reply
from kombo_fakes.timeline import status_of

PLACEHOLDER = "{integration_id}"

Observe: TypeAlias = Callable[[str], "Mapping[str, Any] | None"]


class ProbeError(KomboFakesError):
    """A receiver can't be probed at all, or not in this way; the message says why."""


class Receiver(Protocol):
    """What a probe needs of a receiver."""

    name: str

    def deliver(self, delivery: Delivery) -> Reply:
        """Hand over a delivery."""

    def look(self, url: str) -> Reply:
        """Answer a GET, for observing."""

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
    if not callable(target):
        raise ProbeError(
            f"{type(target).__name__} is no receiver: neither a URL, nor a WSGI or ASGI "
            "application, nor a callable that takes a Delivery"
        )
    kind = _kind(target)
    if kind == "asgi":
        return _Asgi(target, url, timeout)
    if kind == "wsgi":
        return _InTime(_Wsgi(target, url), timeout)
    return _InTime(_Callable(target), timeout)


def observer(observe: str | Observe | None, receiver: Receiver) -> Observe | None:
    """How to see what a receiver knows.

    Args:
        observe: A URL or path with ``{integration_id}`` in it, or a callable; None for nothing.
        receiver: Whom to ask.

    Raises:
        ProbeError: for a template without the placeholder.
    """
    if observe is None or callable(observe):
        return observe
    if PLACEHOLDER not in observe:
        raise ProbeError(
            f"the template {shorten(observe)} has no {PLACEHOLDER}: the id of the integration to "
            "look at goes there"
        )
    template = observe

    def look(integration_id: str) -> Mapping[str, Any] | None:
        url = template.replace(PLACEHOLDER, quote(integration_id, safe=""))
        reply = receiver.look(url)
        if reply.status in (404, 410):
            return None
        if not reply.taken:
            raise ProbeError(f"{url}: answered {reply} to GET, where 200 or 404 was expected")
        try:
            found = json.loads(reply.body)
        except ValueError:
            raise ProbeError(f"{url}: answered something that is no JSON") from None
        if not isinstance(found, dict):
            # Not what: the secret could be in it.
            kind = _KINDS.get(type(found), "a number")
            raise ProbeError(f"{url}: answered {kind}, where a JSON object was expected")
        return found

    return look


def _kind(target: Any) -> str:
    call = target if inspect.isroutine(target) else type(target).__call__
    if inspect.iscoroutinefunction(target) or inspect.iscoroutinefunction(call):
        return "asgi"
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


class _Remote:
    def __init__(self, url: str, timeout: float, allow_remote: bool, ca_file: str | None) -> None:
        from kombo_fakes.transport import Transport

        self.name = url
        self._transport = Transport(
            url, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file
        )
        # A server of one thread waits for the idle connection that a pool keeps open, so that
        # deliveries at the same moment each have a connection of their own.
        self._looking = self._transport

    def deliver(self, delivery: Delivery) -> Reply:
        return self._asked(lambda: self._transport.post(delivery))

    def look(self, url: str) -> Reply:
        return self._asked(lambda: self._looking.get(url))

    def _asked(self, ask: Callable[[], Any]) -> Reply:
        from kombo_fakes.transport import TransportError

        try:
            answer = ask()
        except TransportError as error:
            if error.reason in ("timeout", "reset", "garbage", "endless"):
                return Reply(None, trouble=error.reason)
            raise
        return Reply(answer.status, answer.headers, answer.body, seconds=answer.seconds)

    def close(self) -> None:
        self._transport.close()


class _Wsgi:
    def __init__(self, app: Any, url: str) -> None:
        self.name = f"the WSGI application {type(app).__name__}"
        self._app, self._url = app, url

    def deliver(self, delivery: Delivery) -> Reply:
        return self._called(delivery.wsgi_environ(self._url))

    def look(self, url: str) -> Reply:
        environ = Delivery("GET", (), b"").wsgi_environ(_beside(url, self._url))
        return self._called(environ)

    def _called(self, environ: dict[str, Any]) -> Reply:
        begun: list[Any] = []
        written: list[bytes] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            begun[:] = [int(status.split()[0]), tuple(headers)]
            return written.append

        try:
            answer = self._app(environ, start_response)
            try:
                written.extend(answer)
            finally:
                close = getattr(answer, "close", None)
                if close is not None:
                    close()
        except Exception as error:
            # What a server does with an exception that nobody caught.
            return Reply(500, (), repr(error).encode("utf-8", "replace")[:2_000])
        if not begun:
            return Reply(None, trouble="garbage")
        return Reply(begun[0], begun[1], b"".join(written)[: 1 << 16])

    def close(self) -> None:
        pass


class _Callable:
    def __init__(self, function: Any) -> None:
        self.name = getattr(function, "__qualname__", type(function).__name__)
        self._function = function

    def deliver(self, delivery: Delivery) -> Reply:
        try:
            answer = self._function(delivery)
        except Exception as error:
            return Reply(500, (), repr(error).encode("utf-8", "replace")[:2_000])
        return Reply(status_of(answer))

    def look(self, url: str) -> Reply:
        raise ProbeError("a callable is observed by a callable, not by a URL")

    def close(self) -> None:
        pass


class _InTime:
    """A receiver in this process, called in threads so that one that hangs doesn't hang all."""

    def __init__(self, inner: _Wsgi | _Callable, timeout: float) -> None:
        self.name = inner.name
        self._inner, self._timeout = inner, timeout
        self._workers: queue.SimpleQueue[_Worker] = queue.SimpleQueue()

    def deliver(self, delivery: Delivery) -> Reply:
        return self._run(lambda: self._inner.deliver(delivery))

    def look(self, url: str) -> Reply:
        return self._run(lambda: self._inner.look(url))

    def _run(self, call: Callable[[], Reply]) -> Reply:
        try:
            worker = self._workers.get_nowait()
        except queue.Empty:
            worker = _Worker()
        outcome = worker.run(call, self._timeout)
        if outcome is None:
            return Reply(None, trouble="timeout")  # The worker is left to its fate.
        self._workers.put(worker)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def close(self) -> None:
        while not self._workers.empty():
            self._workers.get().end()
        self._inner.close()


class _Worker:
    def __init__(self) -> None:
        self._todo: queue.SimpleQueue[Callable[[], Reply] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True, name="kombo_fakes probe").start()

    def _work(self) -> None:
        while (call := self._todo.get()) is not None:
            try:
                self._done.put(call())
            except BaseException as error:
                self._done.put(error)

    def run(self, call: Callable[[], Reply], timeout: float) -> Reply | BaseException | None:
        self._todo.put(call)
        try:
            return self._done.get(timeout=timeout)
        except queue.Empty:
            self.end()
            return None

    def end(self) -> None:
        self._todo.put(None)


class _Asgi:
    """An ASGI application on an event loop of its own, its lifespan included."""

    def __init__(self, app: Any, url: str, timeout: float) -> None:
        self.name = f"the ASGI application {type(app).__name__}"
        self._app, self._url, self._timeout = app, url, timeout
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, daemon=True, name="kombo_fakes probe"
        )
        self._thread.start()
        self._ended = asyncio.Event()
        self._state: dict[str, Any] = {}
        started: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lifespan = asyncio.run_coroutine_threadsafe(self._live(started), self._loop)
        problem = started.get(timeout=max(timeout, 10))
        if problem:
            raise ProbeError(f"{self.name}: start-up failed: {problem}")

    async def _live(self, started: queue.SimpleQueue[str]) -> None:
        begun = False

        async def receive() -> dict[str, Any]:
            nonlocal begun
            if not begun:
                begun = True
                return {"type": "lifespan.startup"}
            await self._ended.wait()
            return {"type": "lifespan.shutdown"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.put("")
            elif message["type"] == "lifespan.startup.failed":
                started.put(str(message.get("message") or "it says no more"))

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}
        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: S110
            pass  # An application may not know of lifespans (its specification, 2.0).
        finally:
            started.put("")

    def deliver(self, delivery: Delivery) -> Reply:
        return self._asked(delivery.asgi_scope(self._url), delivery.body)

    def look(self, url: str) -> Reply:
        return self._asked(Delivery("GET", (), b"").asgi_scope(_beside(url, self._url)), b"")

    def _asked(self, scope: dict[str, Any], body: bytes) -> Reply:
        scope["state"] = dict(self._state)
        answering = asyncio.run_coroutine_threadsafe(self._answered(scope, body), self._loop)
        try:
            return answering.result(self._timeout)
        except TimeoutError:
            answering.cancel()
            return Reply(None, trouble="timeout")
        except asyncio.TimeoutError:  # Another class before Python 3.11.
            return Reply(None, trouble="timeout")

    async def _answered(self, scope: dict[str, Any], body: bytes) -> Reply:
        sent = False
        status: list[Any] = []
        parts: list[bytes] = []

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await asyncio.Event().wait()  # The client stays as long as it takes.
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [(k.decode("latin-1"), v.decode("latin-1"))
                           for k, v in message.get("headers", ())]  # fmt: skip
                status[:] = [message["status"], tuple(headers)]
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if not status:
                return Reply(500, (), repr(error).encode("utf-8", "replace")[:2_000])
        if not status:
            return Reply(None, trouble="garbage")
        return Reply(status[0], status[1], b"".join(parts)[: 1 << 16])

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        try:
            self._lifespan.result(5)
        except Exception:
            self._lifespan.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        if not self._thread.is_alive():
            self._loop.close()


_KINDS = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def _beside(url: str, base: str) -> str:
    """A path on the host of another URL."""
    if "://" in url:
        return url
    at = urlsplit(base if "://" in base else f"http://127.0.0.1{base}")
    return f"{at.scheme}://{at.netloc}/{url.lstrip('/')}"
