"""A delivery: the HTTP request that brings an event, signed over its raw body."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.public import public
from kombo_fakes.errors import DocumentError
from kombo_fakes.wire.clients import send_by_client
from kombo_fakes.wire.curl import make_curl_command
from kombo_fakes.wire.gateways import make_asgi_scope, make_wsgi_environ
from kombo_fakes.wire.headers import (
    CONTENT_TYPE,
    Headers,
    find_header,
    join_repeated,
    replace_header,
)
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signing import SIGNATURE_HEADER, TEST_SECRET, sign


@public
@dataclass(frozen=True, slots=True)
class Delivery:
    r"""One request to a receiver.

    A delivery is immutable; `dataclasses.replace` makes a changed copy.

    Attributes:
        method: The HTTP method: ``POST``, except for a few wire faults.
        headers: Names and values in order. A name can occur twice. Each character of a value
            is one byte (Latin-1, as in PEP 3333), so ``"\xe9"`` is the byte E9.
        body: The bytes of the body.
        done: What was done to the delivery, in a few words each, such as its style or its fault.
        style: The name of the `Style` that the body is written in; None if it is not one.

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
    style: str | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        payload: Any,
        secret: str | bytes = TEST_SECRET,
        *,
        style: str = "compact",
        done: Iterable[str] = (),
    ) -> Delivery:
        """Return the correctly signed delivery of a payload.

        Args:
            payload: A JSON value.
            secret: The webhook secret of the receiver.
            style: How the body is written: the name of a `Style`.
            done: What was done to the payload.

        Raises:
            UnknownNameError: if the style does not exist.
            SecretError: if the secret is empty.
        """
        how = () if style == "compact" else (f"style {style}",)
        delivery = cls.signed(serialize(payload, style), secret, done=(*done, *how))
        return replace(delivery, style=style)

    @classmethod
    def signed(
        cls, body: bytes, secret: str | bytes = TEST_SECRET, *, done: Iterable[str] = ()
    ) -> Delivery:
        """Return the correctly signed delivery of a body, which can be any bytes.

        Raises:
            SecretError: if the secret is empty.
        """
        headers = (("Content-Type", CONTENT_TYPE), (SIGNATURE_HEADER, sign(body, secret)))
        return cls("POST", headers, body, tuple(done))

    @property
    def payload(self) -> Any:
        """The JSON value of the body, a new one each time; None if the body is not JSON."""
        try:
            return parse_json(self.body)
        except DocumentError:
            return None

    @property
    def event_id(self) -> str | None:
        """The ``id`` of the payload; None if it has none, or one that is not a string."""
        payload = self.payload
        found = payload.get("id") if isinstance(payload, dict) else None
        return found if isinstance(found, str) else None

    @property
    def signature(self) -> str | None:
        """The signature as it is sent, right or wrong; None if there is none."""
        return self.header(SIGNATURE_HEADER)

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None if it is absent; case does not matter."""
        return find_header(self.headers, name)

    def with_header(self, name: str, *values: str) -> Delivery:
        """Return a copy in which a header has these values instead of its own; none removes it.

        Examples:
            >>> Delivery.of({}).with_header("X-Kombo-Signature").signature is None
            True
        """
        return replace(self, headers=replace_header(self.headers, name, values))

    def noting(self, *what: str) -> Delivery:
        """Return a copy that notes something more in ``done``."""
        return replace(self, done=(*self.done, *what))

    @property
    def joined_headers(self) -> Headers:
        """The headers, in which a repeated one is a single one with commas (RFC 9110, 5.3)."""
        return join_repeated(self.headers)

    def send(self, client: Any, url: str = "/") -> Any:
        """Send the delivery by a client: httpx's, requests', or the test client of a framework.

        Args:
            client: ``httpx.Client``, ``starlette.testclient.TestClient``, ``requests.Session``,
                ``django.test.Client``, ``flask.testing.FlaskClient`` or another client of werkzeug.
                Of an asynchronous client, await the result: ``httpx.AsyncClient``,
                ``aiohttp.ClientSession``, ``django.test.AsyncClient``, the test client of Quart.
            url: Where the receiver is. For a test client, the path is enough.

        Returns:
            The response of the client. Redirects are not followed. Whitespace around a header's
            value is not sent: it has no meaning (RFC 9110, 5.5), and many clients reject it. Bytes
            beyond ASCII are sent as they are, except by Starlette's test client and aiohttp, which
            encode them as UTF-8.

        Raises:
            TypeError: if the client is not one of these. Errors of the client are not caught.
        """
        return send_by_client(self, client, url)

    def wsgi_environ(self, url: str = "http://127.0.0.1/") -> dict[str, Any]:
        """Return the environ for a WSGI application (PEP 3333), a new one each time.

        Args:
            url: The scheme, host, path and query that the application sees.

        Examples:
            >>> environ = Delivery.of({}).wsgi_environ("http://127.0.0.1/hooks?a=1")
            >>> environ["PATH_INFO"], environ["QUERY_STRING"], environ["CONTENT_LENGTH"]
            ('/hooks', 'a=1', '2')
        """
        return make_wsgi_environ(self, url)

    def asgi_scope(self, url: str = "http://127.0.0.1/") -> dict[str, Any]:
        """Return the scope for an ASGI application (HTTP specification 2.3), a new one each time.

        The body is not in the scope: an ASGI application receives it as a message.

        Args:
            url: The scheme, host, path and query that the application sees.

        Examples:
            >>> scope = Delivery.of({}).asgi_scope("http://127.0.0.1/hooks?a=1")
            >>> scope["path"], scope["query_string"]
            ('/hooks', b'a=1')
        """
        return make_asgi_scope(self, url)

    def curl(self, url: str, *, body_file: str | None = None, variable: str | None = None) -> str:
        """Return a command for a POSIX shell that sends the same bytes.

        Args:
            url: Where the receiver is.
            body_file: A file that contains the body. The command is short, because it names the
                file.
            variable: The shell variable that contains the secret of the receiver. The
                command then signs the body anew with openssl, if the body is in a file or can be
                a part of a command.

        Returns:
            The command. It contains the signature of this body, and never the secret.

        Examples:
            >>> print(Delivery.of({"id": "1"}).curl("http://127.0.0.1:8000/hooks"))
            curl -sS -i -X POST http://127.0.0.1:8000/hooks -H 'Content-Type: application/json' \
-H 'X-Kombo-Signature: DXVda1CXZJEZ8nzhEcMqli2uuHVM9aMVeDctQlEXNWM' --data-binary '{"id":"1"}'
        """
        return make_curl_command(self, url, body_file, variable)
