"""Sending deliveries over HTTP, as they are, and within bounds of time, size and place."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from types import TracebackType
from urllib.parse import urljoin

from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER, Url

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.public import public
from kombo_fakes.errors import OverrideError, TransportError
from kombo_fakes.version import __version__
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.headers import Headers
from kombo_fakes.wire.transport.connections import PORTS, Host, Line
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
        seconds: From the beginning of the request to the end of the answer.
        truncated: Whether there was more of the body.

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
        """The body as UTF-8; what isn't is replaced."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name; None without one."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@public
class Transport:
    """Connections to a receiver, from as many threads as one likes.

    They are kept open from one request to the next. Proxies of the environment aren't used,
    redirects aren't followed, and nothing is tried again, but for the one case that `post` tells.

    Args:
        url: Where deliveries go: http or https. Unless ``allow_remote`` every address of its host
            has to be one of this machine (127.0.0.0/8 or ::1); it is looked up once, and what was
            looked at is what is connected to. 0.0.0.0 and ::, where servers say that they listen,
            are this machine, too.
        timeout: Seconds for the whole of a request: connecting, sending, and all of the answer,
            however slowly it comes.
        allow_remote: Whether the host may be another machine than this.
        ca_file: A file of certificates (PEM) to trust in place of the system's.

    Attributes:
        url: The URL, as it was given.
        name: The URL as messages call it, without a query.

    Raises:
        TransportError: for a URL that can't be used; nothing is sent then.
        OverrideError: for a time-out that is none.

    Examples:
        >>> Transport("localhost:8000/hooks")
        Traceback (most recent call last):
        kombo_fakes.TransportError: 'localhost:8000/hooks': has no http:// or \
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
        if not 0 < timeout <= LONGEST:
            raise OverrideError(
                f"timeout={shorten(timeout)}: it is seconds, more than 0 and at most {LONGEST:g}"
            )
        self.url = url
        self._timeout, self._allow_remote, self._ca_file = timeout, allow_remote, ca_file
        self._hosts: dict[tuple[str, str, int], Host] = {}
        self._guard = threading.Lock()
        self._at = parse_receiver_url(url)
        self.name: str = show_url(self._at)
        if ca_file is not None and self._at.scheme != "https":
            _tls_context(ca_file, self.name)  # Raises for a file that can't be used, be it needed.
        self._host = self._host_of(self._at)

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that wait for a next request."""
        with self._guard:
            hosts = list(self._hosts.values())
        for host in hosts:
            host.close()

    def post(self, delivery: Delivery) -> Answer:
        """Send a delivery: its method, its headers and its body, byte for byte.

        What is added are Host, Content-Length and User-Agent, where the delivery has none.

        A server may close a connection just when the next request is on its way (RFC 9112, 9.3.1
        and 9.5). A request that failed on a connection which had served another one before, without
        a byte of an answer, is sent once more, on a new one. Nobody can tell from outside whether
        the first one had been read, so that the receiver may get this delivery twice, as it may
        get any event twice from Kombo itself. Whatever fails on a new connection is an error.

        Raises:
            TransportError: if there is no answer, or no end of it, in time.
        """
        return self._ask(self._host, self._at, delivery.method, delivery.headers, delivery.body)

    def get(self, url: str) -> Answer:
        """Ask for a resource by GET, to observe a receiver.

        Args:
            url: Where; a path is one on the host of the receiver.

        Raises:
            TransportError: as `post` does, and for a host that isn't allowed.
        """
        at = parse_receiver_url(urljoin(self.url, url))
        return self._ask(self._host_of(at), at, "GET", (), None)

    # -- how

    def _host_of(self, at: Url) -> Host:
        key = (at.scheme or "", at.host or "", at.port or PORTS[at.scheme or "http"])
        with self._guard:
            known = self._hosts.get(key)
        if known is not None:
            return known
        context = _tls_context(self._ca_file, show_url(at)) if at.scheme == "https" else None
        found = find_addresses(at, key[2], self._timeout)
        if not self._allow_remote:
            reject_remote(at, found)
        host = Host(at, key[2], found, context)
        with self._guard:
            return self._hosts.setdefault(key, host)

    def _ask(
        self, host: Host, at: Url, method: str, headers: Headers, body: bytes | None
    ) -> Answer:
        begun = time.monotonic()
        end = begun + self._timeout
        given = {name.lower() for name, _ in headers}
        own = [("Host", host.name)] if "host" not in given else []
        if "user-agent" not in given:
            own.append(("User-Agent", f"kombo_fakes/{__version__}"))
        if "accept-encoding" not in given:
            own.append(("Accept-Encoding", SKIP_HEADER))
        request = _Request(method, at.request_uri, (*own, *headers), body)
        # With a length that isn't the true one the rest would be read as the next request.
        is_framed = bool(given & {"content-length", "transfer-encoding"})
        line = None
        try:
            line = host.idle_line()
            if line is not None:
                try:
                    found = self._exchange(line, request, end, keep=not is_framed)
                except (HTTPException, OSError) as error:
                    if line.wire.received or isinstance(error, TimeoutError):
                        raise
                    host.close()  # The others have waited for longer.
                    line = None
            if line is None:
                line = host.new_line(end)
                found = self._exchange(line, request, end, keep=not is_framed)
        except TransportError:
            raise
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            wire = None if line is None else line.wire
            raise explain_failure(error, at, wire, self._timeout) from None
        status, pairs, kept, truncated = found
        return Answer(status, pairs, kept, time.monotonic() - begun, truncated)

    def _exchange(
        self, line: Line, request: _Request, end: float, *, keep: bool
    ) -> tuple[int, Headers, bytes, bool]:
        wire, connection, is_kept = line.wire, line.connection, False
        wire.begin(end, None if line.is_used else line.make_room)
        try:
            connection.request(
                request.method,
                request.target,
                request.body,
                _ExactHeaders(request.headers),
                preload_content=False,
                decode_content=False,
            )
            answer = connection.getresponse()
            kept, length = bytearray(), 0
            try:
                # urllib3 gives what it has at the end, and raises where a length was promised.
                while chunk := answer.read(_CHUNK):
                    length += len(chunk)
                    kept += chunk[: max(0, _KEPT - len(kept))]
                    if length > _MOST:
                        raise EndlessError
            finally:
                answer.close()
            pairs = tuple(answer.headers.iteritems())
            # After an informational answer the final one would be taken for that to the next.
            is_kept = keep and not (connection.is_closed or wire.cut) and answer.status >= 200
            return answer.status, pairs, bytes(kept), length > _KEPT
        finally:
            line.done(is_kept)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: str
    headers: Headers
    body: bytes | None


class _ExactHeaders(Mapping[str, str]):
    """Headers as they are: in order, each name in its own case, and twice if it is there twice."""

    def __init__(self, pairs: Headers) -> None:
        self.pairs = pairs

    def __getitem__(self, name: str) -> str:
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

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
        problem = "holds no certificates in PEM"
    except (OSError, ValueError) as error:
        problem = f"can't be read: {getattr(error, 'strerror', None) or error}"
    raise TransportError("tls", f"{url}: the file of certificates {shorten(ca_file)} {problem}")
