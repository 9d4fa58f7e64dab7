"""Receivers in this process: WSGI and ASGI applications, and callables.

They are called as a server would call them: in time, an exception that they let through is a 500,
and what has no end is given up.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import queue
import threading
import traceback
from collections.abc import Callable, Coroutine
from functools import lru_cache
from pathlib import Path
from sysconfig import get_paths
from typing import Any, TypeVar
from urllib.parse import urljoin

from kombo_fakes.errors import ProbeError
from kombo_fakes.probing.model import Reply
from kombo_fakes.sequences.timeline import status_of
from kombo_fakes.wire.delivery import Delivery

T = TypeVar("T")

HERE = "http://127.0.0.1/"
"""Where an application in this process is taken to be."""

_KEPT = 1 << 16
_MOST = 8 << 20
_START_UP = 10.0


class GivenUp:
    """Told to a call whose answer nobody waits for any more."""

    def __init__(self) -> None:
        self.over = False


# -- applications of WSGI, and callables, in threads


class Wsgi:
    """A WSGI application (PEP 3333)."""

    def __init__(self, app: Any, url: str) -> None:
        self.name: str = f"the WSGI application {type(app).__name__}"
        self._app, self._url = app, urljoin(HERE, url)

    def deliver(self, delivery: Delivery, given_up: GivenUp) -> Reply:
        return self._called(delivery.wsgi_environ(self._url), given_up)

    def look(self, url: str, given_up: GivenUp) -> Reply:
        environ = Delivery("GET", (), b"").wsgi_environ(urljoin(self._url, url))
        return self._called(environ, given_up)

    def _called(self, environ: dict[str, Any], given_up: GivenUp) -> Reply:
        begun: list[Any] = []
        body = _Body()

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            begun[:] = [int(status.split()[0]), tuple(headers)]
            return body.add

        try:
            answer = self._app(environ, start_response)
            try:
                for part in answer:
                    body.add(part)
                    if body.endless or given_up.over:
                        break
            finally:
                close = getattr(answer, "close", None)
                if close is not None:
                    close()
        except (Exception, SystemExit) as error:
            # What a server does with an exception that nobody caught.
            return Reply(500, raised=told(error))
        if body.endless:
            return Reply(None, trouble="endless")
        if not begun:
            return Reply(None, trouble="garbage")
        return Reply(begun[0], begun[1], body.kept)


class Function:
    """A callable that takes a delivery and returns a status."""

    def __init__(self, function: Any) -> None:
        self.name: str = getattr(function, "__qualname__", type(function).__name__)
        self._function = function

    def deliver(self, delivery: Delivery, given_up: GivenUp) -> Reply:
        try:
            answer = self._function(delivery)
        except (Exception, SystemExit) as error:
            return Reply(500, raised=told(error))
        return Reply(_status_of(answer))

    def look(self, url: str, given_up: GivenUp) -> Reply:
        raise _no_url()


class InTime:
    """A receiver that is called in threads, so that one that hangs doesn't hang all."""

    def __init__(self, inner: Wsgi | Function, timeout: float) -> None:
        self.name: str = inner.name
        self._inner, self._timeout = inner, timeout
        self._workers: queue.SimpleQueue[_Worker] = queue.SimpleQueue()

    def deliver(self, delivery: Delivery) -> Reply:
        return self._run(lambda given_up: self._inner.deliver(delivery, given_up))

    def look(self, url: str) -> Reply:
        return self._run(lambda given_up: self._inner.look(url, given_up))

    def _run(self, call: Callable[[GivenUp], Reply]) -> Reply:
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


class _Worker:
    def __init__(self) -> None:
        self._todo: queue.SimpleQueue[Callable[[GivenUp], Reply] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
        self._given_up = GivenUp()
        threading.Thread(target=self._work, daemon=True, name="kombo_fakes probe").start()

    def _work(self) -> None:
        while (call := self._todo.get()) is not None:
            try:
                self._done.put(call(self._given_up))
            except BaseException as error:
                self._done.put(error)

    def run(self, call: Callable[[GivenUp], Reply], timeout: float) -> Reply | BaseException | None:
        self._todo.put(call)
        try:
            return self._done.get(timeout=timeout)
        except queue.Empty:
            self._given_up.over = True
            self.end()
            return None

    def end(self) -> None:
        self._todo.put(None)


# -- applications of ASGI, and coroutine functions, on an event loop


class _Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, daemon=True, name="kombo_fakes probe"
        )
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def answer(self, work: Coroutine[Any, Any, Reply], timeout: float) -> Reply:
        answering = self.begin(work)
        try:
            return answering.result(timeout)
        except concurrent.futures.TimeoutError:  # TimeoutError itself only from Python 3.11 on.
            answering.cancel()
            return Reply(None, trouble="timeout")

    def tell(self, function: Callable[[], Any]) -> None:
        self._loop.call_soon_threadsafe(function)

    def close(self, patience: float) -> None:
        """End what still runs; a loop that is blocked is left to its fate."""
        with contextlib.suppress(concurrent.futures.TimeoutError):
            self.begin(_all_cancelled()).result(patience)
        self.tell(self._loop.stop)
        self._thread.join(patience)
        if not self._thread.is_alive():
            self._loop.close()


async def _all_cancelled() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=1)


class AsyncFunction:
    """A coroutine function that takes a delivery and returns a status."""

    def __init__(self, function: Any, timeout: float) -> None:
        self.name: str = getattr(function, "__qualname__", type(function).__name__)
        self._function, self._timeout = function, timeout
        self._loop = _Loop()

    def deliver(self, delivery: Delivery) -> Reply:
        return self._loop.answer(self._answered(delivery), self._timeout)

    async def _answered(self, delivery: Delivery) -> Reply:
        try:
            answer = await self._function(delivery)
        except (Exception, SystemExit) as error:
            return Reply(500, raised=told(error))
        return Reply(_status_of(answer))

    def look(self, url: str) -> Reply:
        raise _no_url()

    def close(self) -> None:
        self._loop.close(5)


class Asgi:
    """An ASGI application on an event loop of its own, its lifespan included.

    Args:
        app: The application.
        url: By which it is called.
        timeout: Seconds for an answer.
        start_up: Seconds for it to start up.

    Raises:
        ProbeError: if it doesn't start up.
    """

    def __init__(self, app: Any, url: str, timeout: float, start_up: float = _START_UP) -> None:
        self.name: str = f"the ASGI application {type(app).__name__}"
        self._app, self._url, self._timeout = app, urljoin(HERE, url), timeout
        self._loop = _Loop()
        self._ended = asyncio.Event()
        self._state: dict[str, Any] = {}
        started: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lifespan = self._loop.begin(self._live(started))
        seconds = max(timeout, start_up)
        try:
            problem = started.get(timeout=seconds)
        except queue.Empty:
            problem = f"it had no end in {seconds:g} s"
        except BaseException:
            self._loop.close(1)
            raise
        if problem:
            self._loop.close(1)
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
                # Starlette says a whole traceback, whose last line is the exception.
                said = str(message.get("message") or "").strip() or "it says no more"
                started.put(said.splitlines()[-1])

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}
        try:
            await self._app(scope, receive, send)
        except (Exception, SystemExit):  # noqa: S110
            pass  # An application may not know of lifespans (its specification, 2.0).
        finally:
            started.put("")

    def deliver(self, delivery: Delivery) -> Reply:
        return self._asked(delivery.asgi_scope(self._url), delivery.body)

    def look(self, url: str) -> Reply:
        return self._asked(Delivery("GET", (), b"").asgi_scope(urljoin(self._url, url)), b"")

    def _asked(self, scope: dict[str, Any], body: bytes) -> Reply:
        scope["state"] = dict(self._state)
        return self._loop.answer(self._answered(scope, body), self._timeout)

    async def _answered(self, scope: dict[str, Any], sent: bytes) -> Reply:
        is_sent = False
        status: list[Any] = []
        body = _Body()

        async def receive() -> dict[str, Any]:
            nonlocal is_sent
            if is_sent:
                await asyncio.Event().wait()  # The client stays as long as it takes.
            is_sent = True
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [(k.decode("latin-1"), v.decode("latin-1"))
                           for k, v in message.get("headers", ())]  # fmt: skip
                status[:] = [message["status"], tuple(headers)]
            elif message["type"] == "http.response.body":
                body.add(message.get("body", b""))
                # Else one that never waits itself would never see that it is cancelled.
                await asyncio.sleep(0)
                if body.endless:
                    raise OSError("the client has gone")  # Its specification, 2.4.

        raised = ""
        try:
            await self._app(scope, receive, send)
        except (Exception, SystemExit) as error:
            # Starlette raises again what it has answered with a 500.
            raised = "" if body.endless else told(error)
        if body.endless:
            return Reply(None, trouble="endless")
        if not status:
            return Reply(500, raised=raised) if raised else Reply(None, trouble="garbage")
        return Reply(status[0], status[1], body.kept, raised=raised)

    def close(self) -> None:
        self._loop.tell(self._ended.set)
        try:
            self._lifespan.result(5)
        except Exception:
            self._lifespan.cancel()
        self._loop.close(5)


# -- what all of them have in common


class _Body:
    """The body of an answer, of which the beginning is kept."""

    def __init__(self) -> None:
        self._begin, self._length = bytearray(), 0

    @property
    def kept(self) -> bytes:
        return bytes(self._begin)

    @property
    def endless(self) -> bool:
        return self._length > _MOST

    def add(self, part: bytes) -> None:
        self._length += len(part)
        self._begin += part[: max(0, _KEPT - len(self._begin))]


def _status_of(answer: Any) -> int:
    try:
        return status_of(answer)
    except TypeError:
        what = "None" if answer is None else f"something of type {type(answer).__name__}"
        raise ProbeError(
            f"the receiver returned {what}, where a status was expected: an int, or an answer "
            "that has status_code or status"
        ) from None


def _no_url() -> ProbeError:
    return ProbeError("a callable is observed by a callable, not by a URL")


def told(error: BaseException) -> str:
    """An exception, and the line of the application that it comes from.

    Args:
        error: The exception.
    """
    inner: tuple[BaseException, ...]
    while len(inner := getattr(error, "exceptions", ())) == 1:  # A group of one.
        (error,) = inner
    try:
        what = repr(error)[:_KEPT]
    except Exception:
        what = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    # The innermost one that isn't a library's, if there is any.
    own = [frame for frame in frames if not _is_library(frame.filename)]
    if not frames:
        return what
    frame = (own or frames)[-1]
    return f"{what} at {_shown(frame.filename)}:{frame.lineno}"


def _is_library(file: str) -> bool:
    path = Path(file)
    return (
        not {"site-packages", "dist-packages"}.isdisjoint(path.parts)
        or file.startswith("<frozen ")
        or any(path.is_relative_to(place) for place in _libraries())
    )


@lru_cache(maxsize=1)
def _libraries() -> tuple[Path, ...]:
    ours = Path(__file__).parents[2]
    places = (get_paths()["stdlib"], get_paths()["platstdlib"], Path(json.__file__).parents[1])
    return (ours, *(Path(place) for place in places))


def _shown(file: str) -> str:
    """A file as its owner calls it: from the working directory, if it is below it."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file
