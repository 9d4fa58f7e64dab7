"""Receivers in the process of the probe: what they raise, what has no end, what they are not."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

import flask
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from kombo_fakes import Delivery, ProbeError, probe
from kombo_fakes.probing.receivers.in_process import Asgi
from kombo_fakes.probing.receivers.resolve import Receiver, observer, receiver_for

HERE = Path(__file__).name


def receiver(target, url="/hooks", timeout=5.0) -> Receiver:
    return receiver_for(target, url=url, timeout=timeout, allow_remote=False)


def delivered(target, **options):
    """What comes back for a delivery."""
    made = receiver(target, **options)
    try:
        return made.deliver(Delivery.of({"id": "1"}))
    finally:
        made.close()


def threads() -> int:
    return sum(thread.name == "kombo_fakes probe" for thread in threading.enumerate())


# -- exceptions


async def fails_async(request):
    raise AttributeError("no such thing")


def fails(environ, start_response):
    raise AttributeError("no such thing")


def fails_late(environ, start_response):
    start_response("200 OK", [])
    yield b"a"
    raise AttributeError("no such thing")


async def refuses_to_work(delivery):
    raise AttributeError("no such thing")


@pytest.mark.parametrize(
    "target",
    [
        Starlette(routes=[Route("/hooks", fails_async, methods=["POST"])]),
        fails,
        fails_late,
        lambda delivery: fails(delivery, None),
        refuses_to_work,
    ],
)
def test_what_is_raised_is_told(target):
    """The exception and the line of the application, also where a framework has answered for it."""
    reply = delivered(target)
    assert reply.status == 500
    where = rf"AttributeError\('no such thing'\) at (.*/)?{HERE}:\d+"
    assert re.fullmatch(where, reply.raised)


def test_what_is_raised_is_in_the_report():
    """In place of the words of a framework, which say nothing."""
    app = Starlette(routes=[Route("/hooks", fails_async, methods=["POST"])])
    with pytest.raises(AssertionError) as caught:
        probe(app, url="/hooks").check()
    assert "It raised: AttributeError('no such thing') at " in str(caught.value)
    assert "It said" not in str(caught.value)


def test_a_secret_that_is_raised_is_blotted_out():
    """However long the message is."""
    secret = "x-secret-" * 40

    def receive(delivery):
        raise ValueError(f"{'long ' * 20}{secret}")

    with pytest.raises(AssertionError) as caught:
        probe(receive, secret=secret).check()
    assert "x-secret" not in str(caught.value)
    assert f"{HERE}:" in str(caught.value)


def leaves(environ, start_response):
    raise SystemExit(3)


async def leaves_async(scope, receive, send):
    raise SystemExit(3)


@pytest.mark.parametrize("target", [leaves, leaves_async, lambda delivery: leaves(delivery, None)])
def test_an_application_that_exits(target):
    """It ends a worker of a server, not the probe."""
    reply = delivered(target)
    assert (reply.status, reply.raised.partition(" at ")[0]) == (500, "SystemExit(3)")


def test_a_worker_that_answers_with_texts():
    """A server fails on what is no bytes."""

    def application(environ, start_response):
        start_response("200 OK", [])
        return ["a text"]

    reply = delivered(application)
    assert reply.status == 500
    assert "TypeError" in reply.raised


# -- what has no end


def test_an_asgi_application_that_hangs():
    """No answer in time; the task is cancelled."""
    cancelled = threading.Event()

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    assert delivered(application, timeout=0.05).trouble == "timeout"
    assert cancelled.wait(10)


def endless(environ, start_response):
    start_response("200 OK", [])
    while True:
        yield b"x" * 65_536


async def endless_async(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})


@pytest.mark.parametrize("target", [endless, endless_async])
def test_a_body_without_an_end(target):
    """It is given up, as over HTTP."""
    assert delivered(target, timeout=60).trouble == "endless"


def test_a_body_without_an_end_that_nobody_waits_for():
    """The thread that nobody waits for any more ends."""
    ended, asked = threading.Event(), threading.Event()

    def application(environ, start_response):
        start_response("200 OK", [])
        try:
            while True:
                yield b""
                asked.wait(0.01)
        finally:
            ended.set()

    assert delivered(application, timeout=0.05).trouble == "timeout"
    assert ended.wait(10)


# -- starting up


def test_a_start_up_without_an_end():
    """It is an error that says so, and leaves no thread."""

    async def application(scope, receive, send):
        await asyncio.Event().wait()

    before = threads()
    with pytest.raises(ProbeError, match=r"start-up failed: it had no end in 0\.05 s"):
        Asgi(application, "/", timeout=0.05, start_up=0.05)
    assert threads() <= before  # Those of other tests may end in the meantime.


def test_a_start_up_that_fails():
    """The last line of what it says, and no thread is left."""

    async def application(scope, receive, send):
        await receive()
        message = "Traceback (most recent call last):\n  ...\nRuntimeError: no database\n"
        await send({"type": "lifespan.startup.failed", "message": message})

    before = threads()
    with pytest.raises(ProbeError, match=r"start-up failed: RuntimeError: no database$"):
        receiver(application)
    assert threads() <= before  # Those of other tests may end in the meantime.


# -- paths


def paths_of(target, url, template):
    """Where a delivery and a look of an application go."""
    made = receiver(target, url=url)
    try:
        made.deliver(Delivery.of({}))
        look = observer(template, made)
        assert look is not None
        look("a b")
    finally:
        made.close()


@pytest.mark.parametrize(
    ("url", "template", "paths"),
    [
        ("hooks", "/all/{integration_id}", ["/hooks", "/all/a b"]),
        ("/hooks/kombo", "of/{integration_id}", ["/hooks/kombo", "/hooks/of/a b"]),
        ("http://example.test/hooks", "/{integration_id}", ["/hooks", "/a b"]),
    ],
)
def test_paths(url, template, paths):
    """A path is one beside the URL of the deliveries, as a browser takes it; remotely, too."""
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
        paths_of(target, url, template)
        assert seen == [(host, path) for path in paths]
        seen.clear()


# -- errors


@pytest.mark.parametrize("body", ["[" * 100_000, "nonsense", '{"a": NaN}', ""])
def test_what_is_observed_is_no_json(body):
    """An error of one line."""

    def application(environ, start_response):
        start_response("200 OK", [])
        return [body.encode()]

    made = receiver(application)
    look = observer("/of?token=hush&id={integration_id}", made)
    assert look is not None
    with pytest.raises(ProbeError, match="answered something that is no JSON: ") as caught:
        look("a")
    assert "hush" not in str(caught.value)
    made.close()


def test_what_a_callable_has_to_return():
    """Nothing, a text and a coroutine are no status."""
    for nothing in (None, "204"):
        with pytest.raises(ProbeError, match="where a status was expected") as caught:
            probe(lambda delivery, nothing=nothing: nothing)
        assert ("returned None" in str(caught.value)) == (nothing is None)


def test_a_coroutine_function_is_a_receiver():
    """It is awaited; that of an application takes three arguments."""

    async def receive(delivery):
        await asyncio.sleep(0)
        return 204

    report = probe(receive, max_examples=0)
    assert report.target.endswith("receive")
    assert report.deliveries > 100


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (flask.Flask("x").test_client(), {}, "give the application, not its test client"),
        (3, {}, "int is no receiver"),
        (lambda delivery: 204, {"observe": 3}, "observe=3 is neither a URL or path"),
        (lambda delivery: 204, {"observe": "/x?token=hush"}, r"template '/x\?...' has no"),
        (lambda delivery: 204, {"observe": "/{integration_id}"}, "observed by a callable"),
    ],
)
def test_what_is_no_receiver(target, options, message):
    """What would be right is said."""
    with pytest.raises(ProbeError, match=message):
        probe(target, **options)
