"""Connections to a host, which stay open between requests and keep to one deadline for each."""

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
"""The default port of each scheme."""

_CHUNK = 1 << 16
# The number of idle connections that are kept.
_IDLE = 32
# An answer that begins later than this, in seconds, may be waiting for an idle connection to close.
_PATIENCE = 0.1
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class Host:
    """A host and port: its addresses and its idle connections.

    A server may serve one connection at a time. It then waits for the next request of an idle
    connection, while a new connection waits for the server. So when a new connection has waited for
    a moment, all idle ones are closed, and no connection is kept until the new one is answered.
    """

    def __init__(
        self, at: Url, port: int, addresses: list[str], context: ssl.SSLContext | None
    ) -> None:
        host = at.host or ""
        # The default port should be left out (RFC 3986, 3.2.3).
        plain = at.port in (None, PORTS[at.scheme or ""])
        self.name: str = host if plain else f"{host}:{at.port}"
        # Brackets and a zone are a part of URLs (RFC 6874), but no certificate contains them.
        self._server_name = host.strip("[]").partition("%")[0]
        self._port, self._addresses, self._context = port, addresses, context
        self._idle: list[PooledConnection] = []
        self._waiting = 0
        self._guard = threading.Lock()

    def reuse_connection(self) -> PooledConnection | None:
        """Return the idle connection that was used last; None if the server has closed all."""
        while True:
            with self._guard:
                if not self._idle:
                    return None
                # Servers close connections that are idle for long, and this one is idle for the
                # shortest time.
                connection = self._idle.pop()
            if connection.connection.is_connected:
                return connection
            connection.close()

    def open_connection(self, end: float) -> PooledConnection:
        """Open a connection to the first address that accepts one, before a deadline."""
        first_error: Exception | None = None
        # Another thread may assign a new list during the loop.
        addresses = self._addresses
        for number, address in enumerate(addresses):
            # The time is shared, so that one silent address leaves some to the others.
            seconds = (end - time.monotonic()) / (len(addresses) - number)
            if seconds <= 0:
                break
            connection = self._connection(address, seconds)
            try:
                connection.connect()
            except (NewConnectionError, ConnectTimeoutError) as error:
                connection.close()
                first_error = first_error or error
                continue
            except BaseException:
                # Ctrl-C, too, must leave no open socket.
                connection.close()
                raise
            if number:
                # Later connections begin with the address that works, and do not wait for a silent
                # one again.
                self._addresses = [address, *(a for a in addresses if a != address)]
            return PooledConnection(self, connection)
        # The system sorts addresses (RFC 6724), so the first one is the most telling.
        raise first_error or TimeoutError

    def _connection(self, address: str, seconds: float) -> HTTPConnection:
        if self._context is None:
            return HTTPConnection(address, self._port, timeout=seconds)
        # The connection goes to an address, but the certificate is for the name of the host.
        return HTTPSConnection(
            address,
            self._port,
            timeout=seconds,
            ssl_context=self._context,
            server_hostname=self._server_name,
        )

    def keep(self, connection: PooledConnection) -> bool:
        """Keep a connection for the next request, if there is room; return whether it is kept."""
        with self._guard:
            is_kept = not self._waiting and len(self._idle) < _IDLE
            if is_kept:
                self._idle.append(connection)
        return is_kept

    def begin_waiting(self) -> None:
        """Close idle connections, and keep none, because a new connection waits for its answer."""
        with self._guard:
            self._waiting += 1
        self.close()

    def end_waiting(self) -> None:
        """Keep connections again: the new connection has its answer, or has failed."""
        with self._guard:
            self._waiting -= 1

    def close(self) -> None:
        """Close the idle connections."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


class PooledConnection:
    """A connection of urllib3 whose socket keeps to deadlines."""

    __slots__ = ("_host", "_is_waiting", "connection", "is_used", "wire")

    def __init__(self, host: Host, connection: HTTPConnection) -> None:
        sock = connection.sock
        assert sock is not None
        self._host, self._is_waiting = host, False
        self.connection: HTTPConnection = connection
        self.is_used: bool = False
        self.wire: DeadlineSocket = DeadlineSocket(sock)
        # http.client sends and reads by this attribute, so the deadline applies to all that it
        # does.
        connection.sock = cast(socket.socket, self.wire)

    def begin_waiting(self) -> None:
        """Close the idle connections, since this one waits for its answer."""
        self._is_waiting = True
        self._host.begin_waiting()

    def finish(self, keep: bool) -> None:
        """End a request, and keep the connection for the next one if possible."""
        self.is_used = True
        if self._is_waiting:
            self._is_waiting = False
            self._host.end_waiting()
        if not (keep and self._host.keep(self)):
            self.close()

    def close(self) -> None:
        """Close the connection, even if its answer was not read to the end."""
        self.connection.close()
        self.wire.end()


class DeadlineSocket:
    """A socket that keeps to one deadline for a whole request.

    The time-out of a plain socket applies to each call, so that a server that sends a byte now and
    then never exceeds it. Another difference: when a server answers and closes before it has read
    the whole request, sending fails without an error, and the answer can still be read.

    Attributes:
        received: The number of bytes of the answer so far.
        ended: Whether the server has closed the connection.
        cut: Whether only a part of the request was sent.
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
        """Begin a request, with its deadline and what to call if its answer begins late."""
        self._end, self._slow = end, slow
        self.received, self.ended, self.cut = 0, False, False

    def end(self) -> None:
        """Close the file that answers are read from, which would keep the socket open."""
        if self._file is not None:
            self._file.close()

    # -- what http.client calls

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data)
        try:
            while view and not self.cut:
                # Not over TLS, where bytes that come in need not belong to an answer.
                self._sock.settimeout(self._left() if self._is_tls else 0)
                try:
                    view = view[self._sock.send(view[:_CHUNK]) :]
                except BlockingIOError:
                    self.cut = self._is_answered()
        except TimeoutError:
            # It is an OSError as well, but the connection is open.
            raise
        except OSError:
            # The server has closed the connection, perhaps after an answer, which can be read.
            self.cut = True

    def makefile(self, mode: str) -> io.BufferedReader:
        # The outer reader has a buffer. A second one would hide from the count what has come.
        self._file = self._sock.makefile("rb", buffering=0)
        return io.BufferedReader(_Reader(self, self._file))

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing, since the deadline applies."""

    def fileno(self) -> int:
        return self._sock.fileno()

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()

    # -- keeping to the deadline

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _is_answered(self) -> bool:
        """Wait until more can be sent, or an answer comes; return True if it is an answer."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
            ready = selector.select(self._left())
        return not any(events & selectors.EVENT_WRITE for _, events in ready) and bool(ready)

    def read_into(self, file: io.RawIOBase, buffer: Any) -> int:
        """Read a part of the answer into a buffer, and return its size in bytes."""
        if self._slow is not None:
            slow, self._slow = self._slow, None
            if not wait_for_read(self._sock, min(_PATIENCE, self._left())):
                slow()
        self._sock.settimeout(self._left())
        self._acknowledge()
        try:
            count = file.readinto(buffer) or 0
        except TimeoutError:
            # The deadline is over, but the server has not closed the connection.
            raise
        except OSError:
            self.ended = True
            # A server that closes before it has read the whole request resets the connection. All
            # bytes that came before are its answer.
            if self.cut and self.received:
                return 0
            raise
        self.received += count
        self.ended = not count
        return count

    def _acknowledge(self) -> None:
        """Make the system acknowledge at once what it receives.

        A server that sends head and body of an answer separately sends the body only after the
        head is acknowledged (Nagle's algorithm), and the system delays that by 40 milliseconds.
        Linux resets the option, so it is set for each read. Other systems do not have it.
        """
        if _QUICKACK is not None:
            with contextlib.suppress(OSError):  # The next read raises the error.
                self._sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)


class _Reader(io.RawIOBase):
    def __init__(self, wire: DeadlineSocket, file: io.RawIOBase) -> None:
        self._wire, self._file = wire, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.read_into(self._file, buffer)

    def close(self) -> None:
        self._file.close()
        super().close()
