"""ASGI applications and coroutine functions as receivers, each with an event loop in a thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import queue
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urljoin

from kombo_fakes.errors import ProbeError
from kombo_fakes.probing.model import Raised, Reply
from kombo_fakes.probing.receivers.in_process import (
    BASE_URL,
    ResponseBody,
    locate_exception,
    no_url_to_observe,
    read_status,
)
from kombo_fakes.wire.delivery import Delivery

T = TypeVar("T")

# An application may connect to a database before it answers, which takes longer than a delivery.
_START_UP_SECONDS = 10.0
_SHUT_DOWN_SECONDS = 5.0


class AsgiReceiver:
    """An ASGI application on an event loop of its own. Its lifespan protocol is run, too.

    Args:
        app: The application.
        url: The path or URL that deliveries are sent to.
        timeout: Seconds after which a call counts as hanging.
        start_up: Seconds that the application may take to start up, if that is more.

    Raises:
        ProbeError: if it does not start up.
    """

    def __init__(
        self, app: Any, url: str, timeout: float, start_up: float = _START_UP_SECONDS
    ) -> None:
        self.name: str = f"the ASGI application {type(app).__name__}"
        self._app, self._url, self._timeout = app, urljoin(BASE_URL, url), timeout
        self._loop = _EventLoop()
        self._ended = asyncio.Event()
        self._state: dict[str, Any] = {}
        started: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lifespan = self._loop.start(self._run_lifespan(started))
        seconds = max(timeout, start_up)
        try:
            problem = started.get(timeout=seconds)
        except queue.Empty:
            problem = f"it did not end within {seconds:g} s"
        except BaseException:
            # Whoever interrupts the probe would otherwise leave the thread of the loop behind.
            self._loop.close(1)
            raise
        if problem:
            self._loop.close(1)
            raise ProbeError(f"{self.name}: start-up failed: {problem}")

    async def _run_lifespan(self, started: queue.SimpleQueue[str]) -> None:
        has_begun = False

        async def receive() -> dict[str, Any]:
            nonlocal has_begun
            if not has_begun:
                has_begun = True
                return {"type": "lifespan.startup"}
            await self._ended.wait()
            return {"type": "lifespan.shutdown"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.put("")
            elif message["type"] == "lifespan.startup.failed":
                # Starlette sends a whole traceback. Its last line is the exception.
                reason = str(message.get("message") or "").strip() or "it gives no reason"
                started.put(reason.splitlines()[-1])

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}
        try:
            await self._app(scope, receive, send)
        except (Exception, SystemExit):  # noqa: S110
            pass  # An application that does not support lifespans raises (Lifespan Protocol 2.0).
        finally:
            # Without it the constructor would wait until its time is up.
            started.put("")

    def deliver(self, delivery: Delivery) -> Reply:
        """Send a delivery; ``timeout`` is the trouble of the reply if it hangs."""
        return self._ask(delivery.asgi_scope(self._url), delivery.body)

    def get(self, url: str) -> Reply:
        """Send a GET to a URL, or to a path beside the URL of deliveries."""
        return self._ask(Delivery("GET", (), b"").asgi_scope(urljoin(self._url, url)), b"")

    def _ask(self, scope: dict[str, Any], body: bytes) -> Reply:
        # Each request gets a shallow copy (Lifespan Protocol, Lifespan State).
        scope["state"] = dict(self._state)
        return self._loop.run(self._call(scope, body), self._timeout)

    async def _call(self, scope: dict[str, Any], sent: bytes) -> Reply:
        is_sent = False
        status: list[Any] = []
        body = ResponseBody()

        async def receive() -> dict[str, Any]:
            nonlocal is_sent
            if is_sent:
                await asyncio.Event().wait()  # The client stays connected.
            is_sent = True
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    # ASGI headers are bytes. Latin-1 decodes all of them, and loses none.
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in message.get("headers", ())
                ]
                status[:] = [message["status"], tuple(headers)]
            elif message["type"] == "http.response.body":
                body.add(message.get("body", b""))
                # An application that never waits would not notice that it is cancelled.
                await asyncio.sleep(0)
                if body.is_endless:
                    # What a server raises for a client that has gone (HTTP message format 2.4).
                    raise OSError("the client has gone")

        raised: Raised | None = None
        try:
            await self._app(scope, receive, send)
        except (Exception, SystemExit) as error:
            # Starlette answers 500 and then raises the same exception again.
            raised = None if body.is_endless else locate_exception(error)
        if body.is_endless:
            return Reply(None, trouble="endless")
        if not status:
            return Reply(500, raised=raised) if raised else Reply(None, trouble="garbage")
        return Reply(status[0], status[1], body.kept, raised=raised)

    def close(self) -> None:
        """Shut the application down, and end its event loop."""
        self._loop.call(self._ended.set)
        try:
            self._lifespan.result(_SHUT_DOWN_SECONDS)
        except Exception:
            # An application whose shut-down hangs or fails has been probed all the same.
            self._lifespan.cancel()
        self._loop.close(_SHUT_DOWN_SECONDS)


class CoroutineReceiver:
    """A coroutine function that takes a `Delivery` and returns a status.

    Args:
        function: The coroutine function.
        timeout: Seconds after which a call counts as hanging.
    """

    def __init__(self, function: Any, timeout: float) -> None:
        self.name: str = getattr(function, "__qualname__", type(function).__name__)
        self._function, self._timeout = function, timeout
        self._loop = _EventLoop()

    def deliver(self, delivery: Delivery) -> Reply:
        """Await it with a delivery; ``timeout`` is the trouble of the reply if it hangs.

        Raises:
            ProbeError: if it returns no status.
        """
        return self._loop.run(self._call(delivery), self._timeout)

    async def _call(self, delivery: Delivery) -> Reply:
        try:
            answer = await self._function(delivery)
        # A call of sys.exit() in a receiver must not end the probe.
        except (Exception, SystemExit) as error:
            return Reply(500, raised=locate_exception(error))
        return Reply(read_status(answer))

    def get(self, url: str) -> Reply:
        """Raise a `ProbeError`: a callable has no URLs."""
        raise no_url_to_observe()

    def close(self) -> None:
        """End its event loop."""
        self._loop.close(_SHUT_DOWN_SECONDS)


class _EventLoop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # A daemon thread does not keep the process alive if the application blocks its loop.
        self._thread = threading.Thread(
            target=self._loop.run_forever, daemon=True, name="kombo_fakes probe"
        )
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Reply], timeout: float) -> Reply:
        running = self.start(work)
        try:
            return running.result(timeout)
        except concurrent.futures.TimeoutError:  # The built-in TimeoutError from Python 3.11 on.
            running.cancel()
            return Reply(None, trouble="timeout")

    def call(self, function: Callable[[], Any]) -> None:
        self._loop.call_soon_threadsafe(function)

    def close(self, patience: float) -> None:
        """End all tasks; a loop that is blocked is left running in its daemon thread."""
        with contextlib.suppress(concurrent.futures.TimeoutError):
            self.start(_cancel_all_tasks()).result(patience)
        self.call(self._loop.stop)
        self._thread.join(patience)
        # asyncio refuses to close a loop that runs.
        if not self._thread.is_alive():
            self._loop.close()


async def _cancel_all_tasks() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        # A task can ignore that it is cancelled, and would be waited for without an end.
        await asyncio.wait(others, timeout=1)
