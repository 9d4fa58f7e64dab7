"""URLs of receivers: parsing, checking, looking up, and showing them without secrets."""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import TransportError

_UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
_LOOPBACK = ["127.0.0.1", "::1"]
_PORT = "the port must be a number from 1 to 65535"


def parse_receiver_url(url: str) -> Url:
    """Parse the URL of a receiver.

    Raises:
        TransportError: if it is not an http or https URL, or has a user or password; the message
            suggests the URL that was meant.

    Examples:
        >>> parse_receiver_url("http://127.0.0.1:8000/hooks").port
        8000
    """
    # A query or a password can be a secret, and messages end up in logs.
    shown = shorten(without_secrets(url))
    if not re.match(r"https?://", url, re.IGNORECASE):
        rest = url.strip()
        scheme = "https" if rest.lower().startswith("https") else "http"
        rest = re.sub(r"^(https?:?|[a-z][a-z0-9+.-]*:(?=//))?/*", "", rest, flags=re.IGNORECASE)
        is_path = re.match(r"/(?!/)", url.strip()) is not None
        host = "127.0.0.1:8000/" if is_path or not rest else ""
        meant = f"{scheme}://{host}{without_secrets(rest)}"
        raise TransportError(
            "invalid-url",
            f"{shown}: does not begin with http:// or https://; did you mean {shorten(meant)}?",
        )
    # urllib3 would escape them, and send to a URL that nobody meant.
    if any(character.isspace() or not character.isprintable() for character in url):
        raise TransportError(
            "invalid-url", f"{shown}: is not a URL: it contains whitespace or control characters"
        )
    # For urllib3, a backslash ends the authority as well.
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        raise TransportError(
            "invalid-url", f"{shown}: contains a user or password, which is not sent; leave it out"
        )
    port = re.search(r":([^\]:]*)$", authority)
    if port is not None and not re.fullmatch(r"|0*[1-9][0-9]{0,4}", port[1], re.ASCII):
        raise TransportError("invalid-url", f"{shown}: {_PORT}")
    if not authority.partition(":")[0]:
        raise TransportError("invalid-url", f"{shown}: has no host")
    try:
        at = parse_url(url)
    except (LocationParseError, ValueError):
        is_port_too_large = port is not None and len(port[1]) > 4
        reason = _PORT if is_port_too_large else "the host is neither a name nor an address"
        raise TransportError("invalid-url", f"{shown}: {reason}") from None
    return at


def without_secrets(url: str) -> str:
    """Return a URL without user, password and query. The string need not be a URL.

    Examples:
        >>> without_secrets("http://127.0.0.1:8000/hooks?token=1")
        'http://127.0.0.1:8000/hooks?...'
    """
    start, mark, _ = re.sub(r"^([^/?#]*://)?[^/?#]*@", r"\1", url).partition("?")
    return start + mark + ("..." if mark else "")


def show_url(at: Url) -> str:
    """Return a URL as messages show it: without a query."""
    port = "" if at.port is None else f":{at.port}"
    return f"{at.scheme}://{at.host}{port}{at.path or ''}"


def find_addresses(at: Url, port: int, seconds: float) -> list[str]:
    """Find all addresses of a host.

    Args:
        at: The URL with the host.
        port: The port of the URL, or that of its scheme.
        seconds: How long name servers have to answer.

    Returns:
        At least one address. For 0.0.0.0 and ::, that of the loopback interface.

    Raises:
        TransportError: if the host is unknown, or no name server answers in time.
    """
    host = (at.host or "").strip("[]")
    try:
        return [_connectable(str(ipaddress.ip_address(host)))]
    except ValueError:
        pass
    names, found = [host], []
    if f".{host.rstrip('.')}".endswith(".localhost"):
        names.append("localhost")  # RFC 6761, 6.3; many resolvers do not follow it.
    for name in names:
        try:
            found = _look_up(name, port, seconds)
            break
        except (OSError, UnicodeError):
            # Python raises UnicodeError for a name with an empty label, or with one that is too
            # long.
            continue
        except queue.Empty:
            raise TransportError(
                "dns",
                f"{show_url(at)}: no name server answered for {shorten(host)} within {seconds:g} s",
            ) from None
    # Such a name means this machine, even if no resolver knows it (RFC 6761, 6.3).
    if not found and len(names) == 2:
        return _LOOPBACK
    if not found:
        raise TransportError("dns", f"{show_url(at)}: the host {shorten(host)} is unknown")
    return list(dict.fromkeys(map(_connectable, found)))


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Resolve a name in a thread, because `socket.getaddrinfo` has no time limit."""
    results: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            # Without a type, each address would come once for each kind of socket.
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put([str(address[0]) for *_, address in infos])
        except Exception as error:
            # The caller raises it. Here it would be printed, and the caller would wait for nothing.
            results.put(error)

    # A daemon, so that a look-up that never ends does not keep the process alive.
    threading.Thread(target=look_up, daemon=True, name="kombo_fakes look-up").start()
    found = results.get(timeout=seconds)
    if isinstance(found, Exception):
        raise found
    return found


def _connectable(address: str) -> str:
    return _UNSPECIFIED.get(address, address)


def reject_remote(at: Url, addresses: list[str]) -> None:
    """Check that all addresses of a host are those of this machine.

    Raises:
        TransportError: if one is not.
    """
    # A name can have several addresses, and a connection may go to any of them.
    for address in addresses:
        number = ipaddress.ip_address(address.partition("%")[0])
        # An IPv6 address can stand for an IPv4 one (RFC 4291, 2.5.5.2), which decides then.
        mapped = getattr(number, "ipv4_mapped", None)
        if not (mapped or number).is_loopback:
            where = "" if address == (at.host or "").strip("[]") else f" ({address})"
            raise TransportError(
                "not-loopback",
                f"{show_url(at)}: {at.host}{where} is another machine than this one; to send "
                "there, pass --allow-remote or allow_remote=True",
            )
