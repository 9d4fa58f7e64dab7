"""A delivery as the request that a WSGI or ASGI application gets from its server."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from kombo_fakes.wire.headers import cgi_name, join_repeated, strip_values

if TYPE_CHECKING:
    from kombo_fakes.wire.delivery import Delivery

# What a target can contain besides ASCII letters, digits and "-._~" (RFC 3986, appendix A).
_SAFE = "/%:@!$&'()*+,;=?[]"


def make_wsgi_environ(delivery: Delivery, url: str) -> dict[str, Any]:
    """Make what `Delivery.wsgi_environ` returns."""
    at = _split(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": delivery.method,
        "SCRIPT_NAME": "",
        # Each character of a str in an environ is one byte (PEP 3333).
        "PATH_INFO": unquote_to_bytes(at.path or "/").decode("latin-1"),
        # A URI is ASCII (RFC 3986, 2). What is escaped already stays as it is, because % is safe.
        "QUERY_STRING": quote(at.query, safe=_SAFE),
        "SERVER_NAME": at.hostname or "127.0.0.1",
        "SERVER_PORT": str(_port(at)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": _host(at),
        "CONTENT_LENGTH": str(len(delivery.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": at.scheme,
        "wsgi.input": io.BytesIO(delivery.body),
        "wsgi.errors": io.StringIO(),
        # A test may send deliveries from several threads at once.
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    # An environ has one value for each name, so servers join repeated headers (RFC 3875, 4.1.18).
    # They go last, because a delivery may have a Host or Content-Length of its own.
    headers = join_repeated(strip_values(delivery.headers))
    environ.update((cgi_name(name), value) for name, value in headers)
    return environ


def make_asgi_scope(delivery: Delivery, url: str) -> dict[str, Any]:
    """Make what `Delivery.asgi_scope` returns."""
    at = _split(url)
    headers = [
        # The ASGI specification wants names in lower case.
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in strip_values(delivery.headers)
    ]
    names = {name for name, _ in headers}
    if b"host" not in names:
        headers.insert(0, (b"host", _host(at).encode("latin-1")))
    if b"content-length" not in names:
        headers.append((b"content-length", str(len(delivery.body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": delivery.method,
        "scheme": at.scheme,
        # A str has no room for bytes that are not UTF-8. raw_path has them as they were sent.
        "path": unquote_to_bytes(at.path or "/").decode("utf-8", "replace"),
        "raw_path": quote(at.path or "/", safe=_SAFE).encode("ascii"),
        "query_string": quote(at.query, safe=_SAFE).encode("ascii"),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": (at.hostname or "127.0.0.1", _port(at)),
    }


def _split(url: str) -> SplitResult:
    is_whole = re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE)
    # A path that begins with two slashes would be read as a host (RFC 3986, 4.2).
    return urlsplit(url if is_whole else f"http://127.0.0.1/{url.lstrip('/')}")


def _host(at: SplitResult) -> str:
    # The Host header has no user and no password (RFC 9110, 7.2).
    return at.netloc.rpartition("@")[2]


def _port(at: SplitResult) -> int:
    return at.port or (443 if at.scheme == "https" else 80)
