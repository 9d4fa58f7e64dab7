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
        "PATH_INFO": unquote_to_bytes(at.path or "/").decode("latin-1"),
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
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    headers = join_repeated(strip_values(delivery.headers))
    environ.update((cgi_name(name), value) for name, value in headers)
    return environ


def make_asgi_scope(delivery: Delivery, url: str) -> dict[str, Any]:
    """Make what `Delivery.asgi_scope` returns."""
    at = _split(url)
    headers = [
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
    return urlsplit(url if is_whole else f"http://127.0.0.1/{url.lstrip('/')}")


def _host(at: SplitResult) -> str:
    return at.netloc.rpartition("@")[2]


def _port(at: SplitResult) -> int:
    return at.port or (443 if at.scheme == "https" else 80)
