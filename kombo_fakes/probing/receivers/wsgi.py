"""WSGI applications and callables as receivers, which run in threads with a time limit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import urljoin

from kombo_fakes.probing.model import Reply
from kombo_fakes.probing.receivers.in_process import (
    BASE_URL,
    ResponseBody,
    locate_exception,
    no_url_to_observe,
    read_status,
)
from kombo_fakes.wire.delivery import Delivery

_Call: TypeAlias = Callable[[threading.Event], Reply]
"""A call whose event is set once nobody waits for the reply."""


class WsgiReceiver:
    """A WSGI application (PEP 3333).

    Args:
        app: The application.
        url: The path or URL that deliveries are sent to.
    """

    def __init__(self, app: Any, url: str) -> None:
        self.name: str = f"the WSGI application {type(app).__name__}"
        self._app, self._url = app, urljoin(BASE_URL, url)

    def deliver(self, delivery: Delivery, cancelled: threading.Event) -> Reply:
        """Send a delivery."""
        return self._call(delivery.wsgi_environ(self._url), cancelled)

    def get(self, url: str, cancelled: threading.Event) -> Reply:
        """Send a GET to a URL, or to a path beside the URL of deliveries."""
        environ = Delivery("GET", (), b"").wsgi_environ(urljoin(self._url, url))
        return self._call(environ, cancelled)

    def _call(self, environ: dict[str, Any], cancelled: threading.Event) -> Reply:
        begun: list[Any] = []
        body = ResponseBody()

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            # PEP 3333 lets an application call it again with exc_info, to replace the first status.
            begun[:] = [int(status.split()[0]), tuple(headers)]
            # PEP 3333 requires a write() callable, which older applications use.
            return body.add

        try:
            answer = self._app(environ, start_response)
            try:
                for part in answer:
                    body.add(part)
                    # After the time-out nobody needs the body, and its thread would never end.
                    if body.is_endless or cancelled.is_set():
                        break
            finally:
                # PEP 3333 requires a server to call close(), even after an error.
                close = getattr(answer, "close", None)
                if close is not None:
                    close()
        except (Exception, SystemExit) as error:
            # A server answers 500 for an exception that nobody caught.
            return Reply(500, raised=locate_exception(error))
        if body.is_endless:
            return Reply(None, trouble="endless")
        if not begun:
            return Reply(None, trouble="garbage")
        return Reply(begun[0], begun[1], body.kept)


class CallableReceiver:
    """A callable that takes a `Delivery` and returns a status.

    Args:
        function: The callable.
    """

    def __init__(self, function: Any) -> None:
        self.name: str = getattr(function, "__qualname__", type(function).__name__)
        self._function = function

    def deliver(self, delivery: Delivery, cancelled: threading.Event) -> Reply:
        """Call it with a delivery.

        Raises:
            ProbeError: if it returns no status.
        """
        try:
            answer = self._function(delivery)
        # A call of sys.exit() in a receiver must not end the probe.
        except (Exception, SystemExit) as error:
            return Reply(500, raised=locate_exception(error))
        return Reply(read_status(answer))

    def get(self, url: str, cancelled: threading.Event) -> Reply:
        """Raise a `ProbeError`: a callable has no URLs."""
        raise no_url_to_observe()


class ThreadedReceiver:
    """A receiver that is called in threads, so that the probe can go on after a call that hangs.

    Args:
        inner: The receiver.
        timeout: Seconds after which a call counts as hanging.
    """

    def __init__(self, inner: WsgiReceiver | CallableReceiver, timeout: float) -> None:
        self.name: str = inner.name
        self._inner, self._timeout = inner, timeout
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()

    def deliver(self, delivery: Delivery) -> Reply:
        """Send a delivery; ``timeout`` is the trouble of the reply if it hangs."""
        return self._run(lambda cancelled: self._inner.deliver(delivery, cancelled))

    def get(self, url: str) -> Reply:
        """Send a GET to a URL, or to a path beside the URL of deliveries."""
        return self._run(lambda cancelled: self._inner.get(url, cancelled))

    def _run(self, call: _Call) -> Reply:
        try:
            # A worker that hangs is never idle again, so that no other call waits behind it.
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = _Worker()
        outcome = worker.run(call, self._timeout)
        if outcome is None:
            # Python cannot stop a thread: this worker ends when its call does.
            return Reply(None, trouble="timeout")
        self._idle.put(worker)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def close(self) -> None:
        """End the threads that are idle."""
        while not self._idle.empty():
            self._idle.get().end()


class _Worker:
    """A thread that makes one call after another."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        # A daemon thread does not keep the process alive if its call never returns.
        threading.Thread(target=self._work, daemon=True, name="kombo_fakes probe").start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                self._outcomes.put(call(self._cancelled))
            except BaseException as error:
                # It is raised again in the thread that waits, which would otherwise take it for a
                # hang.
                self._outcomes.put(error)

    def run(self, call: _Call, timeout: float) -> Reply | BaseException | None:
        """Make a call; its reply, the exception that it raised, or None if it hangs."""
        self._calls.put(call)
        try:
            return self._outcomes.get(timeout=timeout)
        except queue.Empty:
            self._cancelled.set()
            self.end()
            return None

    def end(self) -> None:
        """Let the thread end after the call that it makes."""
        self._calls.put(None)
