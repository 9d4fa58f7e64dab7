"""Sending deliveries over HTTP, as they are, and within bounds of time, size and place."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.util import SKIP_HEADER

from kombo_fakes import __version__
from kombo_fakes.delivery import Delivery
from kombo_fakes.errors import KomboFakesError, shorten

Reason: TypeAlias = Literal[
    "refused",
    "reset",
    "timeout",
    "endless",
    "garbage",
    "tls",
    "dns",
    "invalid-url",
    "not-loopback",
]

_CHUNK = 1 << 14
_KEPT = 1 << 16
_MOST = 8 << 20
_CONNECTIONS = 16


class TransportError(KomboFakesError):
    """A delivery could not be sent, or was not answered.

    Attributes:
        reason: Why, in a word.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered.

    Attributes:
        status: The HTTP status.
        headers: Names and values in order.
        body: The first 64 KiB of the body.
        seconds: From the first byte sent to the last one read.
        truncated: Whether there was more of the body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
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


class Transport:
    """Connections to one receiver, from as many threads as one likes.

    Proxies of the environment aren't used, redirects aren't followed, nothing is sent twice.

    Args:
        url: Where deliveries go.
        timeout: Seconds for the whole of a request: connecting, sending, and all of the answer.
        allow_remote: Whether the host may be another machine than this.
        ca_file: A file of certificates to trust in place of the system's.

    Raises:
        TransportError: for a URL that can't be used; nothing is sent then.

    Example:
        >>> Transport("localhost:8000/hooks")
        Traceback (most recent call last):
        kombo_fakes.transport.TransportError: 'localhost:8000/hooks': no http or https; did you \
mean 'http://localhost:8000/hooks'?
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 10.0,
        allow_remote: bool = False,
        ca_file: str | None = None,
    ) -> None:
        self._timeout, self._allow_remote = timeout, allow_remote
        self.url = url
        self._at = _checked(url)
        self._allowed: dict[str, str] = {}
        self._guard = threading.Lock()
        self._address(self._at)
        # Without keep-alive: a server of a single thread would wait for the idle connection, and
        # one that closes it between two requests would make a good delivery look lost.
        options: dict[str, Any] = {"maxsize": _CONNECTIONS, "block": False, "retries": False}
        if ca_file is not None:
            options["ca_certs"] = ca_file
        self._pools = urllib3.PoolManager(_CONNECTIONS, **options)

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
        """Close all connections."""
        self._pools.clear()

    def post(self, delivery: Delivery) -> Answer:
        """Send a delivery: its method, its headers and its body, byte for byte.

        What is added are Host, Content-Length, Connection and, where there is none, User-Agent.

        Raises:
            TransportError: if there is no answer, or no end of it, in time.
        """
        headers = urllib3.HTTPHeaderDict()
        for name, value in delivery.headers:
            headers.add(name, value)
        return self._asked(delivery.method, self.url, self._at, headers, delivery.body)

    def get(self, url: str) -> Answer:
        """Ask for a resource by GET; a path is one on the host of the receiver.

        Raises:
            TransportError: as `post` does, and for a host that isn't allowed.
        """
        whole = urljoin(self.url, url)
        return self._asked("GET", whole, _checked(whole), urllib3.HTTPHeaderDict(), None)

    # -- how

    def _asked(
        self,
        method: str,
        url: str,
        at: SplitResult,
        headers: urllib3.HTTPHeaderDict,
        body: bytes | None,
    ) -> Answer:
        self._address(at)
        if "user-agent" not in headers:
            headers.add("User-Agent", f"kombo_fakes/{__version__}")
        headers.add("Connection", "close")
        headers.add("Accept-Encoding", SKIP_HEADER)
        begun = time.monotonic()
        end = begun + self._timeout
        try:
            answer = self._pools.request(
                method,
                url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(total=self._timeout),
            )
            kept, truncated = self._read(answer, end)
        except TransportError:
            raise
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _explained(error, _shown(at), self._timeout) from None
        pairs = tuple(answer.headers.iteritems())
        return Answer(answer.status, pairs, kept, time.monotonic() - begun, truncated)

    def _read(self, answer: urllib3.BaseHTTPResponse, end: float) -> tuple[bytes, bool]:
        kept, length = bytearray(), 0
        try:
            while True:
                chunk = answer.read1(_CHUNK) if hasattr(answer, "read1") else answer.read(_CHUNK)
                if not chunk:
                    return bytes(kept), length > _KEPT
                length += len(chunk)
                kept += chunk[: max(0, _KEPT - len(kept))]
                if length > _MOST or time.monotonic() > end:
                    raise TransportError(
                        "endless",
                        f"{_shown(self._at)}: an answer without an end: "
                        f"{length:,} bytes, and more to come",
                    )
        finally:
            answer.close()

    def _address(self, at: SplitResult) -> None:
        """Refuse a host that isn't this machine.

        Each name is looked up once and all of its addresses have to be loopback, so that a name
        with two of them can't lead elsewhere.
        """
        host = at.hostname or ""
        with self._guard:
            if host in self._allowed:
                return
        if not self._allow_remote:
            _check_loopback(host, at)
        with self._guard:
            self._allowed[host] = host


def _checked(url: str) -> SplitResult:
    try:
        at = urlsplit(url)
        port = at.port
    except ValueError as error:
        raise TransportError("invalid-url", f"{shorten(url)}: is no URL: {error}") from None
    if at.scheme not in ("http", "https") or not url.lower().startswith(f"{at.scheme}://"):
        hint = f"http://{url.lstrip('/')}" if "://" not in url else "http://127.0.0.1:8000/"
        raise TransportError(
            "invalid-url", f"{shorten(url)}: no http or https; did you mean {shorten(hint)}?"
        )
    if not at.hostname:
        raise TransportError("invalid-url", f"{shorten(url)}: names no host")
    if port == 0 or any(letter.isspace() or ord(letter) < 32 for letter in url):
        raise TransportError("invalid-url", f"{shorten(url)}: is no URL")
    return at


def _check_loopback(host: str, at: SplitResult) -> None:
    try:
        found = socket.getaddrinfo(host, at.port or 80, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransportError("dns", f"{_shown(at)}: there is no host {shorten(host)}") from None
    for *_, address in found:
        number = ipaddress.ip_address(str(address[0]).partition("%")[0])
        if not number.is_loopback:
            raise TransportError(
                "not-loopback",
                f"{_shown(at)}: {shorten(host)} is another machine; only this one is sent to, "
                "unless --allow-remote",
            )


def _shown(at: SplitResult) -> str:
    """The URL without what it may have of a user and a password."""
    host = at.netloc.rpartition("@")[2]
    return f"{at.scheme}://{host}{at.path}"


def _explained(error: Exception, url: str, timeout: float) -> TransportError:
    kinds = urllib3.exceptions
    reason: Reason
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (kinds.ConnectTimeoutError, kinds.ReadTimeoutError, TimeoutError)):
            return TransportError("timeout", f"{url}: no answer within {timeout:g} s")
        if isinstance(cause, kinds.SSLError):
            return TransportError("tls", f"{url}: no secure connection: {_said(cause)}")
        if isinstance(cause, kinds.NameResolutionError):
            return TransportError("dns", f"{url}: there is no such host")
        if isinstance(cause, (ConnectionRefusedError, kinds.NewConnectionError)):
            return TransportError(
                "refused", f"{url}: nothing accepts connections there; is the receiver running?"
            )
        if isinstance(cause, (ConnectionError, kinds.IncompleteRead)) or (
            isinstance(cause, OSError) and not isinstance(cause, kinds.HTTPError)
        ):
            return TransportError("reset", f"{url}: closed the connection without an answer")
        cause = cause.__cause__ or cause.__context__
    reason = "reset" if "without response" in str(error) else "garbage"
    if reason == "reset":
        return TransportError("reset", f"{url}: closed the connection without an answer")
    return TransportError("garbage", f"{url}: answered something that is no HTTP: {_said(error)}")


def _said(error: BaseException) -> str:
    return shorten(" ".join(str(error).split()))
