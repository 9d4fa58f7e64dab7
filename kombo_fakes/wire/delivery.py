"""A delivery: the HTTP request that brings an event, signed over its very bytes."""

from __future__ import annotations

import inspect
import io
import re
import shlex
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.errors import DocumentError
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signing import SIGNATURE_HEADER, TEST_SECRET, sign

Headers = tuple[tuple[str, str], ...]

CONTENT_TYPE = "application/json"

_COMMAND_LIMIT = 4_000
_EXPECTING = 1 << 20
# What a target may have beside letters, digits and a few others (RFC 3986, appendix A).
_SAFE = "/%:@!$&'()*+,;=?[]"


@dataclass(frozen=True, slots=True)
class Delivery:
    r"""One request to a receiver. Nothing can change it: `dataclasses.replace` makes another.

    Attributes:
        method: The HTTP method, ``POST`` but for a few wire faults.
        headers: Names and values in order, each value a text of Latin-1 as HTTP has it (and
            WSGI, PEP 3333), so that ``"\xe9"`` is one byte. A name can come twice.
        body: The bytes.
        done: What was done to it, a few words each: how it is spelt, which fault it has.

    Examples:
        >>> delivery = Delivery.of({"id": "1"}, "a secret")
        >>> delivery.body, delivery.signature
        (b'{"id":"1"}', 'qh8GICotEes5lhpv_SNMzdPRq3wUWKohu12TNdIUkIY')
        >>> delivery.event_id
        '1'
    """

    method: str
    headers: Headers
    body: bytes
    done: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        payload: Any,
        secret: str | bytes = TEST_SECRET,
        *,
        style: str = "compact",
        done: Iterable[str] = (),
    ) -> Delivery:
        """The correctly signed delivery of a payload.

        Args:
            payload: A JSON value.
            secret: The webhook secret of the receiver.
            style: How the body is written, the name of a `Style`.
            done: What has been done to the payload.

        Raises:
            UnknownNameError: if there is no such style.
            SecretError: if the secret is empty.
        """
        how = () if style == "compact" else (f"spelt {style}",)
        return cls.signed(serialize(payload, style), secret, done=(*done, *how))

    @classmethod
    def signed(
        cls, body: bytes, secret: str | bytes = TEST_SECRET, *, done: Iterable[str] = ()
    ) -> Delivery:
        """The correctly signed delivery of a body, whatever is in it."""
        headers = (("Content-Type", CONTENT_TYPE), (SIGNATURE_HEADER, sign(body, secret)))
        return cls("POST", headers, body, tuple(done))

    @property
    def payload(self) -> Any:
        """The JSON value of the body, new each time; None where the body is no JSON."""
        try:
            return parse_json(self.body)
        except DocumentError:
            return None

    @property
    def event_id(self) -> str | None:
        """The ``id`` of the payload; None where it has none that is a text."""
        payload = self.payload
        found = payload.get("id") if isinstance(payload, dict) else None
        return found if isinstance(found, str) else None

    @property
    def signature(self) -> str | None:
        """The signature as it is sent, right or wrong; None where there is none."""
        return self.header(SIGNATURE_HEADER)

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name; None without one."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def with_header(self, name: str, *values: str) -> Delivery:
        """The same delivery with these values of a header in place of those that it has.

        Examples:
            >>> Delivery.of({}).with_header("X-Kombo-Signature").signature is None
            True
        """
        wanted, headers, placed = name.lower(), [], False
        for key, value in self.headers:
            if key.lower() != wanted:
                headers.append((key, value))
            elif not placed:
                headers.extend((name, new) for new in values)
                placed = True
        if not placed:
            headers.extend((name, new) for new in values)
        return replace(self, headers=tuple(headers))

    def noting(self, *what: str) -> Delivery:
        """The same delivery, with something more that was done to it."""
        return replace(self, done=(*self.done, *what))

    # -- sending it

    def send(self, client: Any, url: str = "/") -> Any:
        """Send it by a client: httpx's, requests', or the test client of a framework.

        Args:
            client: ``httpx.Client``, ``starlette.testclient.TestClient``, ``requests.Session``,
                ``django.test.Client``, ``flask.testing.FlaskClient`` or another one of werkzeug.
                What an asynchronous one returns is to be awaited: ``httpx.AsyncClient``,
                ``aiohttp.ClientSession``, ``django.test.AsyncClient``, Quart's test client.
            url: Where the receiver is; for test clients the path is enough.

        Returns:
            What the client answers; redirects aren't followed. Blanks around the value of a header
            aren't sent: they mean nothing (RFC 9110, 5.5), and many clients refuse them. Values
            beyond ASCII are sent as they are, but for Starlette's test client and aiohttp, which
            turn them into UTF-8.

        Raises:
            TypeError: for a client that is none of these. Whatever the client raises goes through.
        """
        if callable(getattr(client, "generic", None)):
            return self._send_by_django(client, url)
        if callable(getattr(client, "open", None)):
            return client.open(url, method=self.method, headers=self._stripped, data=self.body)
        options = _options_of(client, "request")
        if {"method", "content"} <= options:
            return self._send_by_httpx(client, url, options)
        if {"method", "data"} <= options:
            return self._send_by_requests(client, url, options)
        if _is_of("aiohttp", client):
            return self._send_by_aiohttp(client, url)
        raise TypeError(
            f"{type(client).__name__} is no client that deliveries know: it has neither "
            "request(method, url, ...) as httpx and requests, nor open() as werkzeug, nor "
            "generic() as Django; send method, headers and body yourself"
        )

    def _send_by_httpx(self, client: Any, url: str, options: frozenset[str]) -> Any:
        follow = {"follow_redirects": False} if "follow_redirects" in options else {}
        headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in self._stripped]
        return client.request(self.method, url, content=self.body, headers=headers, **follow)

    def _send_by_requests(self, client: Any, url: str, options: frozenset[str]) -> Any:
        follow = {"allow_redirects": False} if "allow_redirects" in options else {}
        # To requests a text can't begin with the byte A0, a blank of Unicode's.
        headers = {
            name: value if value.isascii() else value.encode("latin-1")
            for name, value in _joined(self._stripped)
        }
        return client.request(self.method, url, data=self.body, headers=headers, **follow)

    def _send_by_aiohttp(self, client: Any, url: str) -> Any:
        # What it would add of its own accord.
        added = () if self.header("Content-Type") is not None else ("Content-Type",)
        return client.request(
            self.method,
            url,
            data=io.BytesIO(self.body) if self.body else b"",  # It warns of a MiB of bytes.
            headers=self._stripped,
            allow_redirects=False,
            skip_auto_headers=added,
        )

    def _send_by_django(self, client: Any, url: str) -> Any:
        others = dict(_joined(self._stripped))
        content_type = ""
        for name in [name for name in others if name.lower() == "content-type" and self.body]:
            content_type = others.pop(name)  # Which it passes over where there is no body.
        options: dict[str, Any]
        if "headers" in _options_of(client, "generic"):  # From Django 4.2 on.
            options = {"headers": others}
        else:
            options = {_cgi_name(name): value for name, value in others.items()}
        return client.generic(self.method, url, self.body, content_type=content_type, **options)

    def wsgi_environ(self, url: str = "http://127.0.0.1/") -> dict[str, Any]:
        """The environ for a WSGI application (PEP 3333), new each time.

        Args:
            url: Scheme, host, path and query that the request is to have come by.

        Examples:
            >>> environ = Delivery.of({}).wsgi_environ("http://127.0.0.1/hooks?a=1")
            >>> environ["PATH_INFO"], environ["QUERY_STRING"], environ["CONTENT_LENGTH"]
            ('/hooks', 'a=1', '2')
        """
        at = _split(url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(at.path or "/").decode("latin-1"),
            "QUERY_STRING": quote(at.query, safe=_SAFE),
            "SERVER_NAME": at.hostname or "127.0.0.1",
            "SERVER_PORT": str(at.port or (443 if at.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": _host(at),
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": at.scheme,
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        environ.update((_cgi_name(name), value) for name, value in _joined(self._stripped))
        return environ

    def asgi_scope(self, url: str = "http://127.0.0.1/") -> dict[str, Any]:
        """The scope for an ASGI application (its HTTP specification, 2.3), new each time.

        The body isn't in it: an application receives it, as one message.
        """
        at = _split(url)
        port = at.port or (443 if at.scheme == "https" else 80)
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in self._stripped
        ]
        names = {name for name, _ in headers}
        if b"host" not in names:
            headers.insert(0, (b"host", _host(at).encode("latin-1")))
        if b"content-length" not in names:
            headers.append((b"content-length", str(len(self.body)).encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": at.scheme,
            "path": unquote_to_bytes(at.path or "/").decode("utf-8", "replace"),
            "raw_path": quote(at.path or "/", safe=_SAFE).encode("ascii"),
            "query_string": quote(at.query, safe=_SAFE).encode("ascii"),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": (at.hostname or "127.0.0.1", port),
        }

    @property
    def joined_headers(self) -> Headers:
        """The headers, with one that comes twice as one with a comma (RFC 9110, 5.3)."""
        return _joined(self.headers)

    @property
    def _stripped(self) -> Headers:
        return tuple((name, value.strip(" \t")) for name, value in self.headers)

    def curl(self, url: str, *, body_file: str | None = None, variable: str | None = None) -> str:
        """A command for a POSIX shell that sends the same bytes.

        Args:
            url: Where the receiver is.
            body_file: A file that holds the body, named instead of it; long bodies need one.
            variable: The name of a variable that holds the receiver's secret in the shell: openssl
                signs the body with it anew, where the body can stand in a command or in a file.

        Returns:
            The command. The secret isn't in it, only this body's signature.

        Examples:
            >>> print(Delivery.of({"id": "1"}).curl("http://127.0.0.1:8000/hooks"))
            curl -sS -i -X POST http://127.0.0.1:8000/hooks -H 'Content-Type: application/json' \
-H 'X-Kombo-Signature: DXVda1CXZJEZ8nzhEcMqli2uuHVM9aMVeDctQlEXNWM' --data-binary '{"id":"1"}'
        """
        is_plain = _is_plain(self.body)
        if variable is not None and (is_plain or body_file is not None):
            return self._signed_by_curl(url, body_file, variable)
        parts = self._curl_parts(url, self.headers)
        if body_file is not None:
            return " ".join([*parts, "--data-binary", shlex.quote("@" + body_file)])
        if is_plain:
            return " ".join([*parts, "--data-binary", shlex.quote(self.body.decode())])
        encoded = b64encode(self.body).decode("ascii")
        return f"printf %s {encoded} | base64 -d | {' '.join(parts)} --data-binary @-"

    def _signed_by_curl(self, url: str, body_file: str | None, variable: str) -> str:
        text, file = 'printf %s "$body"', f"cat {shlex.quote(body_file or '')}"
        hmac = f'openssl dgst -sha256 -hmac "${variable}" -binary'
        made = f"{text if body_file is None else file} | {hmac} | base64 | tr '+/' '-_' | tr -d ="
        name, others = SIGNATURE_HEADER, []
        for header in self.headers:
            if header[0].lower() == name.lower():
                name = header[0]
            else:
                others.append(header)
        parts = [*self._curl_parts(url, tuple(others)), "-H", f'"{name}: $({made})"']
        if body_file is not None:
            return " ".join([*parts, "--data-binary", shlex.quote("@" + body_file)])
        body = shlex.quote(self.body.decode())
        return f'body={body}; {" ".join(parts)} --data-binary "$body"'

    def _curl_parts(self, url: str, headers: Headers) -> list[str]:
        parts = ["curl", "-sS", "-i", "-X", shlex.quote(self.method), shlex.quote(url)]
        if set(url) & set("[]{}"):
            parts.insert(1, "-g")  # They would stand for several URLs.
        names = {name.lower() for name, _ in self.headers}
        # What curl adds of its own accord would make it another request.
        lines = [f"{name}: {v}" if v.strip(" \t") else f"{name};" for name, v in headers]
        if "content-type" not in names:
            lines.append("Content-Type:")
        if len(self.body) >= _EXPECTING and "expect" not in names:
            lines.append("Expect:")
        for line in lines:
            parts += ["-H", _shell(line)]
        return parts


def _options_of(client: Any, name: str) -> frozenset[str]:
    """What a method takes, also by way of the ``**kwargs`` that it hands to that of a base."""
    methods = [vars(kind).get(name) for kind in type(client).__mro__]
    found: set[str] = set()
    for method in (getattr(client, name, None), *methods):
        try:
            found.update(inspect.signature(method).parameters)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
    return frozenset(found)


def _is_of(package: str, client: Any) -> bool:
    return any(kind.__module__.partition(".")[0] == package for kind in type(client).__mro__)


def _cgi_name(name: str) -> str:
    # RFC 3875, 4.1.18; the two that HTTP_ isn't put before are older than the rule.
    upper = name.upper().replace("-", "_")
    return upper if upper in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{upper}"


def _joined(headers: Headers) -> Headers:
    joined: dict[str, tuple[str, list[str]]] = {}
    for name, value in headers:
        joined.setdefault(name.lower(), (name, []))[1].append(value)
    return tuple((name, ", ".join(values)) for name, values in joined.values())


def _split(url: str) -> SplitResult:
    is_whole = re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE)
    return urlsplit(url if is_whole else f"http://127.0.0.1/{url.lstrip('/')}")


def _host(at: SplitResult) -> str:
    return at.netloc.rpartition("@")[2]


def _is_plain(body: bytes) -> bool:
    """Whether a body can stand in a command as it is."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    # A leading @ would name a file.
    return len(body) <= _COMMAND_LIMIT and text.isprintable() and not text.startswith("@")


def _shell(line: str) -> str:
    if line.isascii() and line.isprintable():
        return shlex.quote(line)
    octal = "".join(
        chr(b) if 32 <= b < 127 and b not in b"\\%'" else f"\\{b:03o}"
        for b in line.encode("latin-1")
    )
    return f"\"$(printf '{octal}')\""
