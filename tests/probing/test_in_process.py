"""Receivers in the process of the probe: exceptions, endless answers, start-up, invalid ones."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

import flask
import pytest
from inline_snapshot import snapshot
from starlette.applications import Starlette
from starlette.routing import Route

from kombo_fakes import Delivery, ProbeError, probe
from kombo_fakes.probing.receivers.asgi import AsgiReceiver
from kombo_fakes.probing.receivers.receiver import Receiver
from kombo_fakes.probing.receivers.resolve import resolve_observer, resolve_receiver

HERE = Path(__file__).name


def resolve(target, url="/hooks", timeout=5.0) -> Receiver:
    return resolve_receiver(target, url=url, timeout=timeout, allow_remote=False)


def deliver(target, **options):
    """Send a delivery to a receiver; its reply."""
    receiver = resolve(target, **options)
    try:
        return receiver.deliver(Delivery.of({"id": "1"}))
    finally:
        receiver.close()


def count_threads() -> int:
    return sum(thread.name == "kombo_fakes probe" for thread in threading.enumerate())


# -- exceptions


async def raise_in_starlette(request):
    raise AttributeError("a bug")


def raise_in_wsgi(environ, start_response):
    raise AttributeError("a bug")


def raise_while_streaming(environ, start_response):
    start_response("200 OK", [])
    yield b"a"
    raise AttributeError("a bug")


async def raise_in_coroutine(delivery):
    raise AttributeError("a bug")


@pytest.mark.parametrize(
    "target",
    [
        Starlette(routes=[Route("/hooks", raise_in_starlette, methods=["POST"])]),
        raise_in_wsgi,
        raise_while_streaming,
        lambda delivery: raise_in_wsgi(delivery, None),
        raise_in_coroutine,
    ],
)
def test_a_reply_names_the_exception_and_its_line(target):
    reply = deliver(target)
    assert reply.status == 500
    where = rf"AttributeError\('a bug'\) at (.*/)?{HERE}:\d+"
    assert re.fullmatch(where, str(reply.raised))


def test_the_report_shows_the_exception_in_place_of_the_answer_of_the_framework():
    app = Starlette(routes=[Route("/hooks", raise_in_starlette, methods=["POST"])])
    with pytest.raises(AssertionError) as caught:
        probe(app, url="/hooks").check()
    assert "AttributeError('a bug') at " in str(caught.value)
    assert "Internal Server Error" not in str(caught.value)


def test_a_secret_in_an_exception_is_redacted():
    secret = "x-secret-" * 40

    def receive(delivery):
        # A shortened message would hold only a part of the secret.
        raise ValueError(f"{'long ' * 20}{secret}")

    with pytest.raises(AssertionError) as caught:
        probe(receive, secret=secret).check()
    assert "x-secret" not in str(caught.value)
    assert f"{HERE}:" in str(caught.value)


def exit_in_wsgi(environ, start_response):
    raise SystemExit(3)


async def exit_in_asgi(scope, receive, send):
    raise SystemExit(3)


@pytest.mark.parametrize(
    "target", [exit_in_wsgi, exit_in_asgi, lambda delivery: exit_in_wsgi(delivery, None)]
)
def test_an_application_that_exits_does_not_end_the_probe(target):
    reply = deliver(target)
    assert (reply.status, reply.raised and reply.raised.error) == (500, "SystemExit(3)")


def test_a_wsgi_body_of_strings_is_an_error_as_with_a_server():
    def application(environ, start_response):
        start_response("200 OK", [])
        return ["a string"]

    reply = deliver(application)
    assert reply.status == 500
    assert "TypeError" in str(reply.raised)


# -- hangs and endless answers


def test_an_asgi_application_that_hangs_is_cancelled():
    cancelled = threading.Event()

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    assert deliver(application, timeout=0.05).trouble == "timeout"
    assert cancelled.wait(10)


def endless_wsgi(environ, start_response):
    start_response("200 OK", [])
    while True:
        yield b"x" * 65_536


async def endless_asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})


@pytest.mark.parametrize("target", [endless_wsgi, endless_asgi])
def test_an_endless_body_is_not_read_to_its_end(target):
    assert deliver(target, timeout=60).trouble == "endless"


def test_the_thread_of_an_endless_body_ends_after_the_timeout():
    ended, pause = threading.Event(), threading.Event()

    def application(environ, start_response):
        start_response("200 OK", [])
        try:
            while True:
                yield b""
                pause.wait(0.01)
        finally:
            ended.set()

    assert deliver(application, timeout=0.05).trouble == "timeout"
    assert ended.wait(10)


# -- starting up


def test_a_start_up_that_hangs_is_an_error_and_leaves_no_thread():
    async def application(scope, receive, send):
        await asyncio.Event().wait()

    before = count_threads()
    with pytest.raises(ProbeError) as caught:
        AsgiReceiver(application, "/", timeout=0.05, start_up=0.05)
    assert str(caught.value) == snapshot(
        "the ASGI application function: start-up failed: it did not end within 0.05 s"
    )
    assert count_threads() <= before  # Threads of other tests can end in the meantime.


def test_a_start_up_that_fails_names_the_exception_and_leaves_no_thread():
    async def application(scope, receive, send):
        await receive()
        message = "Traceback (most recent call last):\n  ...\nRuntimeError: no database\n"
        await send({"type": "lifespan.startup.failed", "message": message})

    before = count_threads()
    with pytest.raises(ProbeError) as caught:
        resolve(application)
    assert str(caught.value) == snapshot(
        "the ASGI application function: start-up failed: RuntimeError: no database"
    )
    assert count_threads() <= before  # Threads of other tests can end in the meantime.


# -- paths


def deliver_and_observe(target, url, template):
    receiver = resolve(target, url=url)
    try:
        receiver.deliver(Delivery.of({}))
        observe = resolve_observer(template, receiver)
        assert observe is not None
        observe("a b")
    finally:
        receiver.close()


@pytest.mark.parametrize(
    ("url", "template", "paths"),
    [
        ("hooks", "/all/{integration_id}", ["/hooks", "/all/a b"]),
        ("/hooks/kombo", "of/{integration_id}", ["/hooks/kombo", "/hooks/of/a b"]),
        ("http://example.test/hooks", "/{integration_id}", ["/hooks", "/a b"]),
    ],
)
def test_a_path_to_observe_is_relative_to_the_url_of_deliveries(url, template, paths):
    seen = []

    def application(environ, start_response):
        seen.append((environ["SERVER_NAME"], environ["PATH_INFO"]))
        start_response("404 No", [])
        return []

    async def async_application(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        seen.append((scope["server"][0], scope["path"]))
        await send({"type": "http.response.start", "status": 404})
        await send({"type": "http.response.body"})

    host = "example.test" if "example" in url else "127.0.0.1"
    for target in (application, async_application):
        deliver_and_observe(target, url, template)
        assert seen == [(host, path) for path in paths]
        seen.clear()


# -- errors


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "[" * 100_000,
            snapshot("the answer of /of?...: nested deeper than 200 levels"),
        ),
        (
            "nonsense",
            snapshot("the answer of /of?...: invalid JSON at line 1, column 1: Expecting value"),
        ),
        (
            '{"a": NaN}',
            snapshot("the answer of /of?...: NaN is not a JSON value"),
        ),
        (
            "",
            snapshot("the answer of /of?...: is empty; expected JSON"),
        ),
        ("[]", snapshot("/of?...: answered an array; expected a JSON object")),
    ],
    ids=["deep", "nonsense", "nan", "empty", "array"],
)
def test_an_observed_answer_has_to_be_a_json_object(body, message):
    def application(environ, start_response):
        start_response("200 OK", [])
        return [body.encode()]

    receiver = resolve(application)
    observe = resolve_observer("/of?token=hush&id={integration_id}", receiver)
    assert observe is not None
    with pytest.raises(ProbeError) as caught:
        observe("a")
    assert str(caught.value) == message
    assert "hush" not in str(caught.value)
    receiver.close()


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (
            None,
            snapshot(
                "the receiver returned None; it has to return a status: an int, or a response that has status_code or status"
            ),
        ),
        (
            "204",
            snapshot(
                "the receiver returned a value of type str; it has to return a status: an int, or a response that has status_code or status"
            ),
        ),
    ],
    ids=["none", "string"],
)
def test_a_callable_has_to_return_a_status(returned, message):
    with pytest.raises(ProbeError) as caught:
        probe(lambda delivery: returned)
    assert str(caught.value) == message


def test_a_coroutine_function_is_a_receiver():
    async def receive(delivery):
        await asyncio.sleep(0)
        return 204

    report = probe(receive, max_examples=0)
    assert report.target.endswith("receive")
    assert report.deliveries > 100


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (
            flask.Flask("x").test_client(),
            {},
            snapshot(
                "FlaskClient is a test client: give the application itself, or a callable such as lambda delivery: delivery.send(client, '/hooks')"
            ),
        ),
        (
            3,
            {},
            snapshot(
                "int is not a receiver: give a URL, a WSGI or ASGI application, or a callable that takes a Delivery and returns a status"
            ),
        ),
        (
            lambda delivery: 204,
            {"observe": 3},
            snapshot(
                "observe=3 is not a URL or path with {integration_id} in it, and not a callable"
            ),
        ),
        (
            lambda delivery: 204,
            {"observe": "/x?token=hush"},
            snapshot(
                "observe='/x?...' has no {integration_id}: put it where the id of the integration belongs"
            ),
        ),
        (
            lambda delivery: 204,
            {"observe": "/{integration_id}"},
            snapshot(
                "a callable cannot be observed by a URL: give observe= a callable that takes the id of an integration"
            ),
        ),
    ],
    ids=["test-client", "int", "observe-int", "observe-no-placeholder", "observe-callable"],
)
def test_the_error_for_a_wrong_receiver_says_what_to_give(target, options, message):
    with pytest.raises(ProbeError) as caught:
        probe(target, **options)
    assert str(caught.value) == message
