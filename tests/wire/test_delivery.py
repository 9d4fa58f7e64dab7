"""Deliveries: they are immutable, and every client and curl sends the same bytes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import aiohttp
import flask
import httpx
import kombo.models
import pytest
import quart
import requests
import urllib3
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from werkzeug.test import Client

from kombo_fakes import (
    SIGNATURE_HEADER,
    TEST_SECRET,
    Delivery,
    Schema,
    SecretError,
    UnknownNameError,
    deliveries,
    event_payloads,
    events,
    payloads,
    sign,
    styles,
    verify,
    wire_faults,
)

with warnings.catch_warnings():
    # Newer versions warn about httpx.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


from support.servers import Peer, Request, Server, answer, answering

SECRET = "a secret"
DELIVERY = Delivery.of({"id": "1", "name": "é/"}, SECRET)
UNUSUAL = [
    b"", b" ", b"\n", b"{}\n", b"\0", b"\xff\xfe", b"'", b'"', b"\"'\\`$(exit 1)`", b"$HOME %s \\n",
    b"@body.json", b"@", b"-", b"--help", b"a=1&b=2", "é\u2028\U0001f600".encode(), b"{\"a\": 'b'}",
    b"\r\n\r\n", b"x" * 3_999, b"x" * 4_001, b"!history !!", b"#no", b"a\tb", b"\x1b[31m",
    bytes(range(256)), b"y" * 200_000, b"z" * 1_100_000,
]  # fmt: skip


# -- the value


def test_a_delivery_of_a_payload_has_two_headers_and_a_signed_body() -> None:
    assert DELIVERY.method == "POST"
    assert DELIVERY.headers == (
        ("Content-Type", "application/json"), (SIGNATURE_HEADER, sign(DELIVERY.body, SECRET))
    )  # fmt: skip
    assert DELIVERY.body == '{"id":"1","name":"é/"}'.encode()
    assert (DELIVERY.payload, DELIVERY.event_id) == ({"id": "1", "name": "é/"}, "1")
    assert verify(DELIVERY.body, DELIVERY.signature, SECRET)
    assert verify(Delivery.of({}).body, Delivery.of({}).signature, TEST_SECRET)
    assert SECRET not in repr(DELIVERY)


def test_a_delivery_is_immutable_and_can_be_copied_with_changes() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DELIVERY.body = b""  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del DELIVERY.body
    DELIVERY.payload["id"] = "2"
    assert DELIVERY.event_id == "1"
    assert dataclasses.replace(DELIVERY, method="PUT").method == "PUT"
    assert {DELIVERY: 1}[Delivery.of({"id": "1", "name": "é/"}, SECRET)] == 1


@pytest.mark.parametrize(
    ("body", "payload", "event_id"),
    [
        (b"", None, None),
        (b"{", None, None),
        (b"\xff", None, None),
        (b"[" * 100_000, None, None),
        (b"NaN", None, None),
        (b"null", None, None),
        (b"[1]", [1], None),
        (b'{"id": 1}', {"id": 1}, None),
        (b'{"id": "x"}', {"id": "x"}, "x"),
    ],
)
def test_any_body_can_be_signed_and_has_no_payload_unless_it_is_json(
    body: bytes, payload: Any, event_id: str | None
) -> None:
    delivery = Delivery.signed(body, SECRET, done=["cut"])
    assert verify(body, delivery.signature, SECRET)
    assert (delivery.payload, delivery.event_id, delivery.done) == (payload, event_id, ("cut",))


def test_headers_have_no_case_keep_their_order_and_can_be_repeated() -> None:
    delivery = DELIVERY.with_header("x-kombo-SIGNATURE", "a", "b")
    assert [name for name, _ in delivery.headers] == ["Content-Type"] + ["x-kombo-SIGNATURE"] * 2
    assert (delivery.signature, delivery.header("X-KOMBO-signature")) == ("a", "a")
    assert delivery.joined_headers[1] == ("x-kombo-SIGNATURE", "a, b")
    assert delivery.with_header(SIGNATURE_HEADER).signature is None
    assert delivery.with_header("X-New", "1").headers[-1] == ("X-New", "1")
    assert delivery.with_header("content-type", "x").headers[0] == ("content-type", "x")
    assert delivery.header("X-None") is None
    assert DELIVERY.noting("once").noting("twice", "again").done == ("once", "twice", "again")


def test_an_unknown_style_is_an_error() -> None:
    with pytest.raises(UnknownNameError) as error:
        Delivery.of({}, SECRET, style="intended")
    assert str(error.value) == snapshot("unknown style 'intended'; did you mean 'indented'?")


def test_an_empty_secret_or_a_body_that_is_not_bytes_is_an_error() -> None:
    with pytest.raises(SecretError):
        Delivery.of({}, "")
    with pytest.raises(TypeError):
        Delivery.signed("{}", SECRET)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("event", [e for e in events() if not e.startswith("ai-apply-")])
def test_the_official_sdk_accepts_every_valid_delivery(event: str, drawn: Any) -> None:
    model = getattr(kombo.models, str(Schema.load(event).effective["title"]))
    found = drawn(deliveries(event, secret=SECRET), 40)
    for values in ("any", "realistic"):
        for payload in drawn(payloads(event, values=values), 20):
            found += [Delivery.of(payload, SECRET, style=each.name) for each in styles()]
    for delivery in found:
        model.model_validate_json(delivery.body)
        assert verify(delivery.body, delivery.signature, SECRET)


# -- clients


class Seen:
    """Records what an application receives from a client."""

    def __init__(self) -> None:
        self.last: tuple[str, bytes, dict[str, str]] = ("", b"", {})

    def wsgi(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Record a request, as a WSGI application."""
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith(("HTTP_", "CONTENT_"))
        }
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.last = (environ["REQUEST_METHOD"], body, headers)
        there = [("Location", "/elsewhere"), ("Content-Type", "text/plain")]
        start_response("302 Found", there)
        return [b""]

    async def starlette(self, request: StarletteRequest) -> Response:
        """Record a request, as a view of Starlette."""
        joined: dict[str, list[str]] = {}
        for name, value in request.headers.items():
            joined.setdefault(name, []).append(value)
        headers = {name: ", ".join(values) for name, values in joined.items()}
        self.last = (request.method, await request.body(), headers)
        return RedirectResponse("/elsewhere", 302)


METHODS = ["GET", "POST", "PUT"]


def flask_client(seen: Seen) -> Any:
    """Make the test client of a Flask application."""
    application = flask.Flask("a receiver")

    @application.route("/hooks", methods=METHODS)
    def hooks() -> Any:
        headers = {name.lower(): value for name, value in flask.request.headers.items()}
        seen.last = (flask.request.method, flask.request.get_data(), headers)
        return flask.redirect("/elsewhere")

    return application.test_client()


def starlette_app(seen: Seen) -> Starlette:
    """Make a Starlette application."""
    return Starlette(routes=[Route("/hooks", seen.starlette, methods=METHODS)])


def starlette_client(seen: Seen) -> Any:
    """Make the test client of a Starlette application."""
    return TestClient(starlette_app(seen))


def werkzeug_client(seen: Seen) -> Any:
    """Make the test client of werkzeug, for any WSGI application."""
    return Client(seen.wsgi)


def httpx_client(seen: Seen) -> Any:
    """Make a client of httpx that calls an application."""
    return httpx.Client(transport=httpx.WSGITransport(seen.wsgi), base_url="http://receiver")


IN_PROCESS: list[Callable[[Seen], Any]] = [
    flask_client, starlette_client, werkzeug_client, httpx_client
]  # fmt: skip

EVERYTHING = [d for fault in wire_faults(secret=SECRET) for d in fault.examples]
EVERYTHING += [Delivery.signed(body, SECRET) for body in UNUSUAL]


def expected_headers(delivery: Delivery) -> dict[str, str]:
    """Return the headers that an application should receive."""
    joined: dict[str, list[str]] = {}
    for name, value in delivery.headers:
        joined.setdefault(name.lower(), []).append(value.strip(" \t"))
    return {name: ", ".join(values) for name, values in joined.items()}


@pytest.mark.parametrize("client", IN_PROCESS)
def test_test_clients_send_every_delivery_and_follow_no_redirect(
    client: Callable[[Seen], Any],
) -> None:
    seen = Seen()
    opened = client(seen)
    with opened if hasattr(opened, "__enter__") else contextlib.nullcontext():
        for delivery in EVERYTHING:
            is_ascii = all(value.isascii() for _, value in delivery.headers)
            is_twice = len(delivery.joined_headers) < len(delivery.headers)
            if (client is starlette_client and not is_ascii) or (
                client is httpx_client and (is_twice or not is_ascii)
            ):
                continue  # These clients cannot carry it to an application.
            response = delivery.send(opened, "/hooks")
            assert response.status_code == 302
            method, body, headers = seen.last
            assert (method, body) == (delivery.method, delivery.body)
            found = {name: headers.get(name) for name in expected_headers(delivery)}
            assert found == expected_headers(delivery), delivery.done


DJANGO = """
import asyncio, json, sys
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x",
                   DATA_UPLOAD_MAX_MEMORY_SIZE=None)
import django
django.setup()
from django.http import HttpResponseRedirect
from django.test import AsyncClient, Client
from django.urls import path
from kombo_fakes import Delivery

def hooks(request):
    seen.append([request.method, request.body.hex(), dict(request.headers)])
    return HttpResponseRedirect("/elsewhere")

seen, urlpatterns = [], [path("hooks", hooks)]
for method, headers, body in json.load(sys.stdin):
    delivery = Delivery(method, tuple(map(tuple, headers)), bytes.fromhex(body))
    assert delivery.send(Client(), "/hooks").status_code == 302
    assert asyncio.run(delivery.send(AsyncClient(), "/hooks")).status_code == 302
print(json.dumps(seen))
"""


def test_the_clients_of_django_send_every_delivery() -> None:
    # Django has one configuration for each process.
    given = json.dumps([[d.method, d.headers, d.body.hex()] for d in EVERYTHING])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DJANGO], input=given, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert len(seen) == 2 * len(EVERYTHING)
    for number, (method, body, headers) in enumerate(seen):
        delivery = EVERYTHING[number // 2]
        assert (method, body) == (delivery.method, delivery.body.hex())
        found = {name.lower(): value for name, value in headers.items()}
        assert {name: found.get(name) for name in expected_headers(delivery)} == expected_headers(
            delivery
        )


def received_headers(request: Request) -> dict[str, str]:
    """Return the headers of a request, with repeated ones joined."""
    joined: dict[str, list[str]] = {}
    for name, value in request.headers:
        joined.setdefault(name.decode().lower(), []).append(value.decode("latin-1").strip(" \t"))
    return {name: ", ".join(values) for name, values in joined.items()}


def compare(delivery: Delivery, request: Request) -> None:
    """Fail unless a request is that of a delivery. The client may have added headers."""
    assert request.line.split()[0].decode() == delivery.method
    assert request.body == delivery.body
    found = received_headers(request)
    assert {name: found.get(name) for name in expected_headers(delivery)} == expected_headers(
        delivery
    )
    if delivery.header("Content-Type") is None:
        assert "content-type" not in found


@pytest.mark.parametrize("make", [httpx.Client, requests.Session])
def test_httpx_and_requests_send_every_delivery_over_a_connection(make: Callable[[], Any]) -> None:
    with Server() as server, make() as client:
        for delivery in EVERYTHING:
            assert delivery.send(client, server.url).status_code == 204
    for delivery, request in zip(EVERYTHING, server.requests, strict=True):
        compare(delivery, request)


@pytest.mark.parametrize("make", [httpx.Client, requests.Session])
def test_httpx_and_requests_follow_no_redirect(make: Callable[[], Any]) -> None:
    handler = answering(answer(b"", "Location: /elsewhere", status="307 There"))
    with Server(handler) as server, make() as client:
        assert DELIVERY.send(client, server.url).status_code == 307
    assert len(server.requests) == 1


def test_the_result_of_an_asynchronous_client_is_awaited() -> None:
    seen = Seen()

    async def check() -> None:
        transport = httpx.ASGITransport(starlette_app(seen))
        async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as client:
            for delivery in EVERYTHING:
                assert (await delivery.send(client, "/hooks")).status_code == 302
                assert seen.last[:2] == (delivery.method, delivery.body)
                found = {name: seen.last[2].get(name) for name in expected_headers(delivery)}
                assert found == expected_headers(delivery)

    asyncio.run(check())


def test_aiohttp_adds_no_content_type_and_follows_no_redirect() -> None:

    async def check() -> None:
        async with aiohttp.ClientSession() as session:
            for delivery in EVERYTHING:
                if all(
                    value.isascii() for _, value in delivery.headers
                ):  # It sends others as UTF-8.
                    assert (await delivery.send(session, server.url)).status == 307
                    compare(delivery, server.requests.pop())

    with Server(redirecting) as server:
        asyncio.run(check())
        assert server.requests == []


def redirecting(peer: Peer) -> None:
    """Answer each request with a redirect."""
    while peer.request() is not None:
        peer.send(answer(b"", "Location: /elsewhere", status="307 There"))


def test_the_test_client_of_quart_sends_every_delivery() -> None:
    seen = Seen()
    application = quart.Quart("a receiver")
    application.config["MAX_CONTENT_LENGTH"] = None

    @application.route("/hooks", methods=METHODS)
    async def hooks() -> Any:
        headers = {name.lower(): value for name, value in quart.request.headers.items()}
        seen.last = (quart.request.method, await quart.request.get_data(), headers)
        return quart.redirect("/elsewhere")

    async def check() -> None:
        client = application.test_client()
        for delivery in EVERYTHING:
            assert (await delivery.send(client, "/hooks")).status_code == 302
            assert seen.last[:2] == (delivery.method, delivery.body)

    asyncio.run(check())


def test_a_subclass_that_passes_its_arguments_on_follows_no_redirect() -> None:

    class PassingOn(requests.Session):
        def request(self, *arguments: Any, **options: Any) -> Any:
            return super().request(*arguments, **options)

    with Server(redirecting) as server, PassingOn() as client:
        assert DELIVERY.send(client, server.url).status_code == 307
    assert len(server.requests) == 1


def test_a_client_like_requests_without_a_redirect_option_is_called_without_it() -> None:
    calls: list[dict[str, Any]] = []

    class Plain:
        def request(self, method: str, url: str, data: bytes, headers: Any) -> None:
            calls.append({"method": method, "url": url, "data": data, "headers": headers})

    DELIVERY.send(Plain())
    assert calls == [
        {"method": "POST", "url": "/", "data": DELIVERY.body, "headers": dict(DELIVERY.headers)}
    ]


class Strange:
    """Has a request() with other parameters, as WebTest does."""

    def request(self, url_or_request: Any, **options: Any) -> None:
        raise AssertionError("not to be called")


@pytest.mark.parametrize(
    "client",
    [None, object(), "http://127.0.0.1/", 1, Strange(), urllib3.PoolManager()],
    ids=lambda client: type(client).__name__,
)
def test_an_unknown_client_is_an_error(client: Any) -> None:
    with pytest.raises(TypeError, match="is not a client"):
        DELIVERY.send(client)


# -- without a client


URLS = ["/hooks", "hooks", "http://127.0.0.1/hooks", "https://receiver.example:8443/a%20b/é?x=%41&ü",
        "/hooks?next=http://elsewhere/", "http://u:p@[::1]:8000", "/%ff"]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_wsgi_environ_passes_the_checker_and_is_a_new_one_each_time(url: str) -> None:
    for delivery in (DELIVERY, *EVERYTHING[:60]):
        seen = Seen()
        environ = delivery.wsgi_environ(url)
        answered = validator(seen.wsgi)(environ, lambda *_: None)
        list(answered)
        answered.close()
        assert seen.last[1] == delivery.body
        assert delivery.wsgi_environ(url)["wsgi.input"].read() == delivery.body


def test_a_wsgi_environ_has_the_parts_of_the_url() -> None:
    environ = DELIVERY.wsgi_environ(URLS[3])
    names = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "QUERY_STRING")
    assert [environ[name] for name in names] == [
        "https", "receiver.example:8443", "receiver.example", "8443", "x=%41&%C3%BC"
    ]  # fmt: skip
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a b/é"
    assert DELIVERY.wsgi_environ(URLS[4])["QUERY_STRING"] == "next=http://elsewhere/"
    assert DELIVERY.wsgi_environ(URLS[5])["HTTP_HOST"] == "[::1]:8000"
    assert DELIVERY.wsgi_environ(URLS[5])["PATH_INFO"] == "/"
    assert DELIVERY.with_header("Host", "x").wsgi_environ()["HTTP_HOST"] == "x"


@pytest.mark.parametrize("url", URLS)
def test_starlette_reads_an_asgi_scope(url: str) -> None:
    for delivery in (DELIVERY, *EVERYTHING[:60]):
        scope = delivery.asgi_scope(url)
        request = StarletteRequest(scope)
        found: dict[str, list[str]] = {}
        for name, value in request.headers.items():
            found.setdefault(name, []).append(value)
        for name, value in expected_headers(delivery).items():
            assert ", ".join(found[name]) == value
        assert found["content-length"] == [str(len(delivery.body))]
        assert len(found["host"]) == 1
        assert request.url.path
        assert scope["raw_path"].decode("ascii").startswith("/")
    assert DELIVERY.with_header("Host", "x").asgi_scope()["headers"][-2][1] == b"x"


def test_an_asgi_scope_has_the_path_decoded_and_raw() -> None:
    scope = DELIVERY.asgi_scope(URLS[3])
    assert (scope["path"], scope["raw_path"]) == ("/a b/é", b"/a%20b/%C3%A9")
    assert (scope["query_string"], scope["scheme"]) == (b"x=%41&%C3%BC", "https")
    assert scope["server"] == ("receiver.example", 8443)


# -- curl


@pytest.fixture(scope="module")
def curl() -> None:
    """Skip the test without curl and bash, or fail where nothing may be skipped."""
    if not (shutil.which("curl") and shutil.which("bash")):
        if "KOMBO_FAKES_NO_SKIP" in os.environ:
            pytest.fail("bash or curl is not installed")
        pytest.skip("bash or curl is not installed")


needs_curl = pytest.mark.usefixtures("curl")


def by_curl(delivery: Delivery, server: Server, command: str, **options: Any) -> None:
    """Run a command, and compare the request with the delivery."""
    # The length of an argument is limited.
    done = subprocess.run(["bash"], input=command.encode(), capture_output=True, **options)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"HTTP/1.1 204 No Content")
    request = server.requests.pop()
    assert server.requests == []
    compare(delivery, request)
    own = {"host", "user-agent", "accept", "content-length"}
    assert set(received_headers(request)) == own | set(expected_headers(delivery))


@pytest.mark.slow
@needs_curl
def test_curl_sends_every_unusual_body(tmp_path: Path) -> None:
    with Server() as server:
        for body in UNUSUAL:
            delivery = Delivery.signed(body, SECRET)
            by_curl(delivery, server, delivery.curl(server.url))
            (tmp_path / "a body's").write_bytes(body)
            command = delivery.curl(server.url, body_file="a body's")
            assert len(command) < 500
            by_curl(delivery, server, command, cwd=tmp_path)


@pytest.mark.slow
@needs_curl
def test_curl_sends_every_wire_fault() -> None:
    with Server() as server:
        for delivery in EVERYTHING:
            if delivery.body not in UNUSUAL:
                by_curl(delivery, server, delivery.curl(server.url))


@needs_curl
def test_curl_signs_the_body_with_the_secret_of_a_variable(tmp_path: Path) -> None:
    # A body that a command cannot contain keeps its signature.
    if shutil.which("openssl") is None and "KOMBO_FAKES_NO_SKIP" not in os.environ:
        pytest.skip("openssl is not installed")
    environment = {**os.environ, "A_SECRET": "two words & a 'quote'"}
    texts = [b"", b'{"a":"it\'s $HOME `x`"}', "ä".encode(), b"-n", b"\x00\xff"]
    with Server() as server:
        for body in texts:
            first = Delivery.signed(body, "another").with_header("x-odd", "1")
            anew = Delivery.signed(body, environment["A_SECRET"]).with_header("x-odd", "1")
            command = first.curl(server.url, variable="A_SECRET")
            by_curl(first if b"\0" in body else anew, server, command, env=environment)
            (tmp_path / "a body's").write_bytes(body)
            command = first.curl(server.url, body_file="a body's", variable="A_SECRET")
            by_curl(anew, server, command, cwd=tmp_path, env=environment)
            assert "quote" not in command


VALUES = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30)


@needs_curl
@given(body=st.binary(max_size=50) | st.text(max_size=50).map(str.encode), value=VALUES)
@settings(max_examples=40, deadline=None)
def test_curl_sends_any_body_and_any_header_value(
    receiver: Server, body: bytes, value: str
) -> None:
    delivery = Delivery.signed(body, SECRET).with_header("X-Odd", value, value)
    by_curl(delivery, receiver, delivery.curl(receiver.url))


@pytest.fixture(scope="module")
def receiver() -> Any:
    """Run a server for all examples of a test."""
    with Server() as server:
        yield server


@needs_curl
@pytest.mark.parametrize("path", ["?a={b,c}&d=[1-3]", "?a='b'&c=\"$d\"", "?a=%20;exit"])
def test_neither_the_shell_nor_curl_expands_the_url(path: str) -> None:
    with Server() as server:
        by_curl(DELIVERY, server, DELIVERY.curl(server.url + path))


def test_a_command_contains_the_signature_and_not_the_secret() -> None:
    command = Delivery.of({"id": "1"}, "hunter2").curl("http://127.0.0.1/")
    assert "hunter2" not in command
    assert sign(b'{"id":"1"}', "hunter2") in command


@given(deliveries(of=event_payloads(), secret=SECRET))
@settings(deadline=None)
def test_a_command_is_one_printable_line(delivery: Delivery) -> None:
    assert delivery.curl("http://127.0.0.1/").isprintable()
    assert delivery.event_id == delivery.payload["id"]
