"""Connections to a host: kept open, and with one deadline for all of a request."""

from __future__ import annotations

import contextlib
import io
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util import Url, wait_for_read

PORTS = {"http": 80, "https": 443}
"""The ports that a URL needn't name."""

_CHUNK = 1 << 16
_IDLE = 32
_PATIENCE = 0.1
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class Host:
    """A host and port: its addresses, and the connections that wait for a next request.

    A server that serves one connection at a time waits for the next request of a connection that
    idles, while a new one waits for it. So as soon as a new one has waited for a little, the idle
    ones are closed, and none is kept until it has been served.
    """

    def __init__(
        self, at: Url, port: int, addresses: list[str], context: ssl.SSLContext | None
    ) -> None:
        host = at.host or ""
        plain = at.port in (None, PORTS[at.scheme or ""])
        self.name: str = host if plain else f"{host}:{at.port}"
        self._server_name = host.strip("[]").partition("%")[0]
        self._port, self._addresses, self._context = port, addresses, context
        self._idle: list[Line] = []
        self._waiting = 0
        self._guard = threading.Lock()

    def idle_line(self) -> Line | None:
        """The connection that was used last, if the server hasn't closed it."""
        while True:
            with self._guard:
                if not self._idle:
                    return None
                line = self._idle.pop()
            if line.connection.is_connected:
                return line
            line.close()

    def new_line(self, end: float) -> Line:
        """A new connection, to the first address that accepts one."""
        refusal: Exception | None = None
        addresses = self._addresses
        for number, address in enumerate(addresses):
            # An address that is silent leaves time for the others.
            seconds = (end - time.monotonic()) / (len(addresses) - number)
            if seconds <= 0:
                break
            connection = self._connection(address, seconds)
            try:
                connection.connect()
            except (NewConnectionError, ConnectTimeoutError) as error:
                connection.close()
                refusal = refusal or error
                continue
            except BaseException:
                connection.close()
                raise
            if number:
                self._addresses = [address, *(a for a in addresses if a != address)]
            return Line(self, connection)
        raise refusal or TimeoutError

    def _connection(self, address: str, seconds: float) -> HTTPConnection:
        if self._context is None:
            return HTTPConnection(address, self._port, timeout=seconds)
        return HTTPSConnection(
            address,
            self._port,
            timeout=seconds,
            ssl_context=self._context,
            server_hostname=self._server_name,
        )

    def keep(self, line: Line) -> bool:
        """Put a connection aside for a next request; whether that was done."""
        with self._guard:
            is_kept = not self._waiting and len(self._idle) < _IDLE
            if is_kept:
                self._idle.append(line)
        return is_kept

    def make_room(self) -> None:
        """A new connection has been waiting for its answer."""
        with self._guard:
            self._waiting += 1
        self.close()

    def room_made(self) -> None:
        """It has waited for long enough, with an answer or without."""
        with self._guard:
            self._waiting -= 1

    def close(self) -> None:
        """Close the connections that wait for a next request."""
        with self._guard:
            idle, self._idle = self._idle, []
        for line in idle:
            line.close()


class Line:
    """A connection, and the socket in it that keeps to deadlines."""

    __slots__ = ("_host", "_is_waiting", "connection", "is_used", "wire")

    def __init__(self, host: Host, connection: HTTPConnection) -> None:
        sock = connection.sock
        assert sock is not None
        self._host, self._is_waiting = host, False
        self.connection: HTTPConnection = connection
        self.is_used: bool = False
        self.wire: Wire = Wire(sock)
        connection.sock = cast(socket.socket, self.wire)

    def make_room(self) -> None:
        """Close the others: this one waits."""
        self._is_waiting = True
        self._host.make_room()

    def done(self, keep: bool) -> None:
        """The end of a request: the connection is put aside, or closed."""
        self.is_used = True
        if self._is_waiting:
            self._is_waiting = False
            self._host.room_made()
        if not (keep and self._host.keep(self)):
            self.close()

    def close(self) -> None:
        """Close the connection, and an answer that wasn't read to its end."""
        self.connection.close()
        self.wire.end()


class Wire:
    """A socket that keeps to one deadline for all that is sent and read.

    A time-out of sockets is one for each call: a server that sends a byte now and then never
    comes to it. And when a server answers and closes before it has read everything, sending
    fails, and the answer can be read all the same.

    Attributes:
        received: How many bytes of an answer have come.
        ended: Whether the other side has closed the connection.
        cut: Whether the request was left unfinished.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._is_tls = isinstance(sock, ssl.SSLSocket)
        self._end = 0.0
        self._slow: Callable[[], None] | None = None
        self._file: io.RawIOBase | None = None
        self.received: int = 0
        self.ended: bool = False
        self.cut: bool = False

    def begin(self, end: float, slow: Callable[[], None] | None) -> None:
        """A new request: its deadline, and what to do when its answer is slow to begin."""
        self._end, self._slow = end, slow
        self.received, self.ended, self.cut = 0, False, False

    def end(self) -> None:
        """Close what answers are read from, which would keep the socket open."""
        if self._file is not None:
            self._file.close()

    # -- what http.client asks of a socket

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data)
        try:
            while view and not self.cut:
                # Not for TLS, where the other side may send what is no answer at any time.
                self._sock.settimeout(self._left() if self._is_tls else 0)
                try:
                    view = view[self._sock.send(view[:_CHUNK]) :]
                except BlockingIOError:
                    self.cut = self._is_answered()
        except TimeoutError:
            raise
        except OSError:
            self.cut = True

    def makefile(self, mode: str) -> io.BufferedReader:
        self._file = self._sock.makefile("rb", buffering=0)
        return io.BufferedReader(_Reader(self, self._file))

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: there is the deadline."""

    def fileno(self) -> int:
        return self._sock.fileno()

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()

    # -- within the deadline

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _is_answered(self) -> bool:
        """Wait until more can be sent; whether there is an answer before that."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
            ready = selector.select(self._left())
        return not any(events & selectors.EVENT_WRITE for _, events in ready) and bool(ready)

    def read_into(self, file: io.RawIOBase, buffer: Any) -> int:
        if self._slow is not None:
            slow, self._slow = self._slow, None
            if not wait_for_read(self._sock, min(_PATIENCE, self._left())):
                slow()
        self._sock.settimeout(self._left())
        self._acknowledge()
        try:
            count = file.readinto(buffer) or 0
        except TimeoutError:
            raise
        except OSError:
            self.ended = True
            if self.cut and self.received:
                return 0
            raise
        self.received += count
        self.ended = not count
        return count

    def _acknowledge(self) -> None:
        """Let what comes be acknowledged at once.

        A server that sends head and body of an answer one after the other waits with the body
        for that (Nagle's algorithm), and the system with the acknowledgement for 40 milliseconds.
        Linux forgets it, so that it is said each time; others don't know it.
        """
        if _QUICKACK is not None:
            with contextlib.suppress(OSError):  # The next read says what is wrong.
                self._sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)


class _Reader(io.RawIOBase):
    def __init__(self, wire: Wire, file: io.RawIOBase) -> None:
        self._wire, self._file = wire, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.read_into(self._file, buffer)

    def close(self) -> None:
        self._file.close()
        super().close()
