"""Sending deliveries over HTTP unchanged, with limits on time, size and hosts."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urljoin

from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER, Url

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.public import public
from kombo_fakes.errors import OverrideError, TransportError
from kombo_fakes.version import __version__
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.headers import Headers, find_header
from kombo_fakes.wire.transport.connections import PORTS, Host, PooledConnection
from kombo_fakes.wire.transport.failures import EndlessError, explain_failure
from kombo_fakes.wire.transport.urls import (
    find_addresses,
    parse_receiver_url,
    reject_remote,
    show_url,
)

LONGEST = 86_400.0
"""The longest time-out, in seconds: a day."""

_CHUNK = 1 << 16
# What is kept of the body of an answer, and what is read of it, in bytes.
_KEPT = 1 << 16
_MOST = 8 << 20


@public
@dataclass(frozen=True, slots=True)
class Answer:
    r"""What a receiver answered.

    Attributes:
        status: The HTTP status.
        headers: Names and values in order.
        body: The first 64 KiB of the body.
        seconds: The time from the beginning of the request to the end of the answer.
        truncated: Whether the body was longer.

    Examples:
        >>> answer = Answer(202, (("Content-Type", "text/plain"),), b"caf\xe9", 0.01)
        >>> answer.header("content-type"), answer.text
        ('text/plain', 'caf�')
    """

    status: int
    headers: Headers
    body: bytes
    seconds: float
    truncated: bool = False

    @property
    def text(self) -> str:
        """The body decoded as UTF-8, with U+FFFD for bytes that are not."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None if it is absent; case does not matter."""
        return find_header(self.headers, name)


@public
class Transport:
    """Connections to a receiver, which any number of threads can use.

    Connections stay open between requests. Proxies of the environment are not used, redirects are
    not followed, and a request is sent once, except in the case that `post` describes.

    Args:
        url: The http or https URL that deliveries are sent to. Every address of its host must be
            one of this machine (127.0.0.0/8 or ::1), unless ``allow_remote`` is set. The host is
            looked up once, and connections go to the addresses that were checked. 0.0.0.0 and ::,
            where servers listen, stand for this machine.
        timeout: The time limit of a request in seconds: for connecting, sending and the whole
            answer, however slowly it comes.
        allow_remote: Whether the host may be another machine than this one.
        ca_file: A file of certificates (PEM) to trust instead of those of the system.

    Attributes:
        url: The URL as it was given.
        name: The URL as messages show it, without a query.

    Raises:
        TransportError: if the URL cannot be used. Nothing is sent then.
        OverrideError: if the time limit is not a number of seconds up to a day.

    Examples:
        >>> Transport("localhost:8000/hooks")
        Traceback (most recent call last):
        kombo_fakes.TransportError: 'localhost:8000/hooks': does not begin with http:// or \
https://; did you mean 'http://localhost:8000/hooks'?
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 10.0,
        allow_remote: bool = False,
        ca_file: str | None = None,
    ) -> None:
        # Written so that NaN, which is neither less nor greater than a number, is rejected.
        if not 0 < timeout <= LONGEST:
            raise OverrideError(
                f"timeout={shorten(timeout)}: must be more than 0 and at most {LONGEST:g} seconds"
            )
        self.url = url
        self._timeout, self._allow_remote, self._ca_file = timeout, allow_remote, ca_file
        self._hosts: dict[tuple[str, str, int], Host] = {}
        self._guard = threading.Lock()
        self._at = parse_receiver_url(url)
        self.name: str = show_url(self._at)
        if ca_file is not None and self._at.scheme != "https":
            _tls_context(ca_file, self.name)  # Raises if the file cannot be used.
        self._host = self._host_of(self._at)

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the idle connections."""
        with self._guard:
            # A copy, because other threads may add hosts while these are closed.
            hosts = list(self._hosts.values())
        for host in hosts:
            host.close()

    def post(self, delivery: Delivery) -> Answer:
        """Send a delivery: its method, headers and body, byte for byte.

        Host, Content-Length and User-Agent are added if the delivery lacks them.

        A server may close an idle connection at the moment when the next request is on its way
        (RFC 9112, 9.3.1 and 9.5). So a request that fails on a connection that was used before,
        without a byte of an answer, is sent again on a new connection. The server may have read the
        first request, so the receiver may get the delivery twice, as it may get any event twice
        from Kombo. A failure on a new connection is always an error.

        Returns:
            The answer, with any status.

        Raises:
            TransportError: if no answer comes, or it does not end in time.
        """
        return self._send(self._host, self._at, delivery.method, delivery.headers, delivery.body)

    def get(self, url: str) -> Answer:
        """Fetch a resource with GET, to observe the state of a receiver.

        Args:
            url: A URL, or a path on the host of the receiver.

        Raises:
            TransportError: as `post` does, or if the host is another machine.
        """
        at = parse_receiver_url(urljoin(self.url, url))
        return self._send(self._host_of(at), at, "GET", (), None)

    # -- sending

    def _host_of(self, at: Url) -> Host:
        key = (at.scheme or "", at.host or "", at.port or PORTS[at.scheme or "http"])
        with self._guard:
            known = self._hosts.get(key)
        if known is not None:
            return known
        # The lock is free here, since a slow name server would make all other threads wait.
        context = _tls_context(self._ca_file, show_url(at)) if at.scheme == "https" else None
        # A name is looked up once. A second look-up could give another machine, which nobody
        # checked.
        found = find_addresses(at, key[2], self._timeout)
        if not self._allow_remote:
            reject_remote(at, found)
        host = Host(at, key[2], found, context)
        with self._guard:
            # Another thread may have been faster. Both have to share the connections of one host.
            return self._hosts.setdefault(key, host)

    def _send(
        self, host: Host, at: Url, method: str, headers: Headers, body: bytes | None
    ) -> Answer:
        begun = time.monotonic()
        end = begun + self._timeout
        given = {name.lower() for name, _ in headers}
        # A client should send Host as the first header (RFC 9110, 7.2).
        own = [("Host", host.name)] if "host" not in given else []
        if "user-agent" not in given:
            own.append(("User-Agent", f"kombo_fakes/{__version__}"))
        if "accept-encoding" not in given:
            # http.client would add Accept-Encoding: identity, which is not a header of the
            # delivery.
            own.append(("Accept-Encoding", SKIP_HEADER))
        request = _Request(method, at.request_uri, (*own, *headers), body)
        # After a wrong length, the server would read the rest as the next request.
        is_framed = bool(given & {"content-length", "transfer-encoding"})
        pooled = None
        try:
            pooled = host.reuse_connection()
            if pooled is not None:
                try:
                    found = self._exchange(pooled, request, end, keep=not is_framed)
                except (HTTPException, OSError) as error:
                    if pooled.wire.received or isinstance(error, TimeoutError):
                        # A server that answers has read the request, and after a time-out there is
                        # no time for another attempt.
                        raise
                    host.close()  # The other idle connections are older.
                    pooled = None
            if pooled is None:
                pooled = host.open_connection(end)
                found = self._exchange(pooled, request, end, keep=not is_framed)
        except TransportError:
            raise
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            # http.client raises ValueError for a header or method that HTTP cannot carry.
            wire = None if pooled is None else pooled.wire
            raise explain_failure(error, at, wire, self._timeout) from None
        status, pairs, kept, truncated = found
        return Answer(status, pairs, kept, time.monotonic() - begun, truncated)

    def _exchange(
        self, pooled: PooledConnection, request: _Request, end: float, *, keep: bool
    ) -> tuple[int, Headers, bytes, bool]:
        wire, connection, is_kept = pooled.wire, pooled.connection, False
        wire.begin(end, None if pooled.is_used else pooled.begin_waiting)
        try:
            connection.request(
                request.method,
                request.target,
                request.body,
                _ExactHeaders(request.headers),
                # Otherwise urllib3 would read the whole body, however long it is, and raise for a
                # body that it cannot decompress.
                preload_content=False,
                decode_content=False,
            )
            answer = connection.getresponse()
            kept, length = bytearray(), 0
            try:
                # urllib3 raises if the body is shorter than its length says.
                while chunk := answer.read(_CHUNK):
                    length += len(chunk)
                    # The rest is read, too: a connection can be used again only after the end of
                    # the answer.
                    kept += chunk[: max(0, _KEPT - len(kept))]
                    if length > _MOST:
                        raise EndlessError
            finally:
                answer.close()
            pairs = tuple(answer.headers.iteritems())
            # After an informational answer (1xx), the final one would answer the next request.
            is_kept = keep and not (connection.is_closed or wire.cut) and answer.status >= 200
            return answer.status, pairs, bytes(kept), length > _KEPT
        finally:
            pooled.finish(is_kept)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: str
    headers: Headers
    body: bytes | None


class _ExactHeaders(Mapping[str, str]):
    """Headers in their order, with the case of names and with repeated names."""

    def __init__(self, pairs: Headers) -> None:
        self.pairs = pairs

    def __getitem__(self, name: str) -> str:
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    # urllib3 sends the pairs of items(), and those of a plain mapping could not repeat a name.
    def items(self) -> ItemsView[str, str]:
        return _Pairs(self)


class _Pairs(ItemsView[str, str]):
    def __init__(self, headers: _ExactHeaders) -> None:
        super().__init__(headers)
        self._headers = headers

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._headers.pairs)


def _tls_context(ca_file: str | None, url: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        problem = "contains no certificates in PEM"
    except (OSError, ValueError) as error:
        # Python raises ValueError for the name of a file that contains NUL.
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise TransportError("tls", f"{url}: the certificate file {shorten(ca_file, 300)} {problem}")
