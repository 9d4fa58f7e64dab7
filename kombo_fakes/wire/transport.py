"""Sending deliveries over HTTP, as they are, and within bounds of time, size and place."""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass
from http.client import BadStatusLine, HTTPException, LineTooLong, RemoteDisconnected
from types import TracebackType
from urllib.parse import urljoin

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import SKIP_HEADER, Url, parse_url

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import OverrideError, TransportError
from kombo_fakes.version import __version__
from kombo_fakes.wire.connections import PORTS, Host, Line, Wire
from kombo_fakes.wire.delivery import Delivery, Headers

LONGEST = 86_400.0
"""The longest time-out, in seconds: a day."""

_CHUNK = 1 << 16
_KEPT = 1 << 16
_MOST = 8 << 20

_UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
_LOOPBACK = ["127.0.0.1", "::1"]


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
        self._at = _checked(url)
        self.name: str = _shown(self._at)
        if ca_file is not None and self._at.scheme != "https":
            _context(ca_file, self.name)  # Raises for a file that can't be used, be it needed.
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
        return self._asked(self._host, self._at, delivery.method, delivery.headers, delivery.body)

    def get(self, url: str) -> Answer:
        """Ask for a resource by GET, to observe a receiver.

        Args:
            url: Where; a path is one on the host of the receiver.

        Raises:
            TransportError: as `post` does, and for a host that isn't allowed.
        """
        at = _checked(urljoin(self.url, url))
        return self._asked(self._host_of(at), at, "GET", (), None)

    # -- how

    def _host_of(self, at: Url) -> Host:
        key = (at.scheme or "", at.host or "", at.port or PORTS[at.scheme or "http"])
        with self._guard:
            known = self._hosts.get(key)
        if known is not None:
            return known
        context = _context(self._ca_file, _shown(at)) if at.scheme == "https" else None
        found = _addresses(at, key[2], self._timeout)
        if not self._allow_remote:
            _refuse_remote(at, found)
        host = Host(at, key[2], found, context)
        with self._guard:
            return self._hosts.setdefault(key, host)

    def _asked(
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
                    found = self._exchanged(line, request, end, keep=not is_framed)
                except (HTTPException, OSError) as error:
                    if line.wire.received or isinstance(error, TimeoutError):
                        raise
                    host.close()  # The others have waited for longer.
                    line = None
            if line is None:
                line = host.new_line(end)
                found = self._exchanged(line, request, end, keep=not is_framed)
        except TransportError:
            raise
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            wire = None if line is None else line.wire
            raise _explained(error, at, wire, self._timeout) from None
        status, pairs, kept, truncated = found
        return Answer(status, pairs, kept, time.monotonic() - begun, truncated)

    def _exchanged(
        self, line: Line, request: _Request, end: float, *, keep: bool
    ) -> tuple[int, Headers, bytes, bool]:
        wire, connection, is_kept = line.wire, line.connection, False
        wire.begin(end, None if line.is_used else line.make_room)
        try:
            connection.request(
                request.method,
                request.target,
                request.body,
                _Exactly(request.headers),
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
                        raise _EndlessError
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


class _EndlessError(TimeoutError):
    """An answer is too long to have an end."""


class _Exactly(Mapping[str, str]):
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
    def __init__(self, headers: _Exactly) -> None:
        super().__init__(headers)
        self._headers = headers

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._headers.pairs)


# -- URLs


def _checked(url: str) -> Url:
    told = shorten(without_secrets(url))
    if not re.match(r"https?://", url, re.IGNORECASE):
        rest = url.strip()
        scheme = "https" if rest.lower().startswith("https") else "http"
        rest = re.sub(r"^(https?:?|[a-z][a-z0-9+.-]*:(?=//))?/*", "", rest, flags=re.IGNORECASE)
        is_path = re.match(r"/(?!/)", url.strip()) is not None
        host = "127.0.0.1:8000/" if is_path or not rest else ""
        meant = f"{scheme}://{host}{without_secrets(rest)}"
        raise TransportError(
            "invalid-url", f"{told}: has no http:// or https://; did you mean {shorten(meant)}?"
        )
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise TransportError("invalid-url", f"{told}: is no URL: it has a blank in it")
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        raise TransportError(
            "invalid-url", f"{told}: has a user or password in it, which isn't sent; leave it out"
        )
    port = re.search(r":([^\]:]*)$", authority)
    if port is not None and not re.fullmatch(r"|0*[1-9][0-9]{0,4}", port[1], re.ASCII):
        raise TransportError("invalid-url", f"{told}: has no port from 1 to 65535")
    if not authority.partition(":")[0]:
        raise TransportError("invalid-url", f"{told}: names no host")
    try:
        at = parse_url(url)
    except (LocationParseError, ValueError):
        is_long = port is not None and len(port[1]) > 4
        reason = "has no port from 1 to 65535" if is_long else "names no possible host"
        raise TransportError("invalid-url", f"{told}: {reason}") from None
    return at


def without_secrets(url: str) -> str:
    """A URL without user, password and query, even if it is none.

    Examples:
        >>> without_secrets("http://127.0.0.1:8000/hooks?token=1")
        'http://127.0.0.1:8000/hooks?...'
    """
    start, mark, _ = re.sub(r"^([^/?#]*://)?[^/?#]*@", r"\1", url).partition("?")
    return start + mark + ("..." if mark else "")


def _shown(at: Url) -> str:
    port = "" if at.port is None else f":{at.port}"
    return f"{at.scheme}://{at.host}{port}{at.path or ''}"


def _addresses(at: Url, port: int, seconds: float) -> list[str]:
    """All addresses of the host, one at least."""
    host = (at.host or "").strip("[]")
    try:
        return [_meant(str(ipaddress.ip_address(host)))]
    except ValueError:
        pass
    names, found = [host], []
    if f".{host.rstrip('.')}".endswith(".localhost"):
        names.append("localhost")  # RFC 6761, 6.3, which many resolvers don't know.
    for name in names:
        try:
            found = _looked_up(name, port, seconds)
            break
        except (OSError, UnicodeError):
            continue
        except queue.Empty:
            raise TransportError(
                "dns", f"{_shown(at)}: no name server said where {host} is in {seconds:g} s"
            ) from None
    if not found and len(names) == 2:
        return _LOOPBACK
    if not found:
        raise TransportError("dns", f"{_shown(at)}: there is no host {shorten(host)}")
    return list(dict.fromkeys(map(_meant, found)))


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name; looking one up can't be told to end in time."""
    told: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            told.put([str(address[0]) for *_, address in infos])
        except Exception as error:
            told.put(error)

    threading.Thread(target=look, daemon=True, name="kombo_fakes look-up").start()
    found = told.get(timeout=seconds)
    if isinstance(found, Exception):
        raise found
    return found


def _meant(address: str) -> str:
    return _UNSPECIFIED.get(address, address)


def _refuse_remote(at: Url, addresses: list[str]) -> None:
    for address in addresses:
        number = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(number, "ipv4_mapped", None)
        if not (mapped or number).is_loopback:
            where = "" if address == (at.host or "").strip("[]") else f" ({address})"
            raise TransportError(
                "not-loopback",
                f"{_shown(at)}: {at.host}{where} is another machine than this one; to send there "
                "after all: --allow-remote, allow_remote=True",
            )


def _context(ca_file: str | None, url: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError:
        problem = "holds no certificates in PEM"
    except (OSError, ValueError) as error:
        problem = f"can't be read: {getattr(error, 'strerror', None) or error}"
    raise TransportError("tls", f"{url}: the file of certificates {shorten(ca_file)} {problem}")


# -- errors

# X509_V_ERR_HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH; _CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED.
_WRONG_HOST, _WRONG_TIME = (62, 64), (9, 10)


def _explained(error: Exception, at: Url, wire: Wire | None, timeout: float) -> TransportError:
    url, hint = _shown(at), ""
    within = f"within {timeout:g} s"
    late = isinstance(error, (TimeoutError, ReadTimeoutError, ConnectTimeoutError))
    late = late and not isinstance(error, NewConnectionError)  # One of those in urllib3 2.
    if isinstance(error, ssl.SSLError) and not late:
        return TransportError("tls", f"{url}: no secure connection: {_about_tls(error, at)}")
    if wire is None:
        if late:
            return TransportError("timeout", f"{url}: no connection {within}")
        cause = error.__cause__ if isinstance(error, NewConnectionError) else error
        if at.scheme == "https" and isinstance(cause, ConnectionResetError):
            return TransportError("tls", f"{url}: closed the connection before it was secure")
        if isinstance(cause, OSError) and not isinstance(cause, ConnectionRefusedError):
            return TransportError("refused", f"{url}: can't be reached: {cause.strerror or cause}")
        return TransportError(
            "refused", f"{url}: nothing accepts connections there; is the receiver running?"
        )
    if late and not wire.received:
        return TransportError("timeout", f"{url}: no answer {within}")
    if late:
        size = f"{wire.received:,} byte{'' if wire.received == 1 else 's'}"
        limit = f"after {size}" if isinstance(error, _EndlessError) else f"{within} ({size})"
        return TransportError("endless", f"{url}: its answer has no end {limit}")
    if not wire.received and isinstance(error, (HTTPException, OSError)):
        return TransportError("reset", f"{url}: closed the connection without an answer")
    if isinstance(error, (UnicodeError, ValueError)) and not isinstance(error, HTTPError):
        return TransportError(
            "invalid-request", f"{url}: HTTP has no such request: {shorten(_said(error), 200)}"
        )
    is_no_http = isinstance(error, (BadStatusLine, LineTooLong)) or type(error) is HTTPException
    if wire.ended and (not is_no_http or isinstance(error, RemoteDisconnected)):
        return TransportError("reset", f"{url}: closed the connection in the middle of its answer")
    if at.scheme == "http" and is_no_http and "\x15" in str(error)[:1]:
        hint = f"; it may speak TLS, at {shorten(_shown(at._replace(scheme='https')))}"
    return TransportError(
        "garbage", f"{url}: answered something that is no HTTP: {shorten(_said(error))}{hint}"
    )


def _about_tls(error: ssl.SSLError, at: Url) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _WRONG_HOST:
            return f"its certificate is that of another host than {at.host}"
        if error.verify_code in _WRONG_TIME:
            return f"its certificate isn't valid today: {error.verify_message}"
        return (
            f"its certificate isn't trusted: {error.verify_message}; the file of certificates to "
            "trust is --ca-file, ca_file="
        )
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"):
        return f"it speaks no TLS; did you mean {shorten(_shown(at._replace(scheme='http')))}?"
    return (error.reason or _said(error)).replace("_", " ").lower()


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())
