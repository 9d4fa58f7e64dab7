"""Servers of plain sockets, which behave as a test needs it, even badly."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
CLOSING = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return an answer with a Content-Length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


@dataclass
class Request:
    """A request, byte for byte."""

    line: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> list[bytes]:
        """Return all values of a header; the case of its name does not matter."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class Peer:
    """A connection, as the server sees it."""

    socket: socket.socket
    server: Server
    number: int
    _buffer: bytes = b""

    def _more(self) -> bool:
        try:
            data = self.socket.recv(1 << 16)
        except OSError:
            return False
        self._buffer += data
        return bool(data)

    def head(self) -> Request | None:
        """Read a request up to its body; return None if the client has closed the connection."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        line, *lines = head.split(b"\r\n")
        headers = [(k, v.removeprefix(b" ")) for k, _, v in (x.partition(b":") for x in lines)]
        return Request(line, headers, b"")

    def request(self) -> Request | None:
        """Read a whole request, and add it to the requests of the server."""
        found = self.head()
        if found is None:
            return None
        length = int(next(iter(found.header(b"content-length")), b"0"))
        while len(self._buffer) < length:
            if not self._more():
                return None
        found.body, self._buffer = self._buffer[:length], self._buffer[length:]
        self.server.requests.append(found)
        return found

    def send(self, data: bytes) -> bool:
        """Send data; return False if the client has closed the connection."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def reset(self) -> None:
        """Close with a RST, as a crash or a firewall does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the end of the test, or some seconds; return whether the test has ended."""
        return self.server.ended.wait(seconds)


Handler = Callable[[Peer], None]


def polite(peer: Peer) -> None:
    """Answer every request with 204, until the client closes the connection."""
    while peer.request() is not None:
        peer.send(NO_CONTENT)


def answering(*answers: bytes) -> Handler:
    """Give these answers, one to each request, and close the connection."""

    def handle(peer: Peer) -> None:
        for data in answers:
            if peer.request() is None:
                return
            peer.send(data)

    return handle


def silent(peer: Peer) -> None:
    """Read a request, and answer nothing."""
    peer.request()
    peer.wait()


def slow_body(peer: Peer) -> None:
    """Answer with a body that comes one byte at a time, and never ends."""
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while peer.send(b"x") and not peer.wait(0.005):
        pass


def endless(peer: Peer) -> None:
    """Answer with a body that never ends."""
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while peer.send(b"x" * 65_536):
        pass


@dataclass
class Server:
    """Listens until the end of a ``with`` block; each connection has a thread, if not serial.

    Attributes:
        handler: What is done with a connection, which is closed after it.
        serial: Whether a connection has to wait until the one before is closed.
        requests: What came in.
        connections: How many connections there were.
    """

    handler: Handler = polite
    tls: ssl.SSLContext | None = None
    serial: bool = False
    host: str = "127.0.0.1"
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family, backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """Where it is."""
        scheme = "http" if self.tls is None else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}/hooks"

    def __enter__(self) -> Server:
        self._start(self._accept)
        return self

    def __exit__(self, *_: Any) -> None:
        self.ended.set()
        # Wakes the thread that accepts; to close the socket wouldn't.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            socket.create_connection((self.host, self.port), 1).close()
        with self._guard:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join()
        self._listener.close()

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                self._open.add(connection)
            if self.ended.is_set():
                connection.close()
                return
            self.connections += 1
            if self.serial:
                self._serve(connection, self.connections)
            else:
                self._start(self._serve, connection, self.connections)

    def _serve(self, connection: socket.socket, number: int) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wrapped = connection
        try:
            if self.tls is not None:
                wrapped = self.tls.wrap_socket(connection, server_side=True)
                with self._guard:
                    self._open.add(wrapped)
            self.handler(Peer(wrapped, self, number))
        except OSError:
            pass  # The client went away, or didn't like the certificate.
        finally:
            with self._guard:
                self._open -= {connection, wrapped}
            wrapped.close()
            connection.close()


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
