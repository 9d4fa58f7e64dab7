"""URLs of receivers: read, checked, looked up, and shown without secrets."""

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


def parse_receiver_url(url: str) -> Url:
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


def show_url(at: Url) -> str:
    port = "" if at.port is None else f":{at.port}"
    return f"{at.scheme}://{at.host}{port}{at.path or ''}"


def find_addresses(at: Url, port: int, seconds: float) -> list[str]:
    """All addresses of the host, one at least."""
    host = (at.host or "").strip("[]")
    try:
        return [_reachable(str(ipaddress.ip_address(host)))]
    except ValueError:
        pass
    names, found = [host], []
    if f".{host.rstrip('.')}".endswith(".localhost"):
        names.append("localhost")  # RFC 6761, 6.3, which many resolvers don't know.
    for name in names:
        try:
            found = _look_up(name, port, seconds)
            break
        except (OSError, UnicodeError):
            continue
        except queue.Empty:
            raise TransportError(
                "dns", f"{show_url(at)}: no name server said where {host} is in {seconds:g} s"
            ) from None
    if not found and len(names) == 2:
        return _LOOPBACK
    if not found:
        raise TransportError("dns", f"{show_url(at)}: there is no host {shorten(host)}")
    return list(dict.fromkeys(map(_reachable, found)))


def _look_up(host: str, port: int, seconds: float) -> list[str]:
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


def _reachable(address: str) -> str:
    return _UNSPECIFIED.get(address, address)


def reject_remote(at: Url, addresses: list[str]) -> None:
    for address in addresses:
        number = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(number, "ipv4_mapped", None)
        if not (mapped or number).is_loopback:
            where = "" if address == (at.host or "").strip("[]") else f" ({address})"
            raise TransportError(
                "not-loopback",
                f"{show_url(at)}: {at.host}{where} is another machine than this one; to send there "
                "after all: --allow-remote, allow_remote=True",
            )
