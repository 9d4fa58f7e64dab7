"""Sending over HTTP: what is sent, what comes back, and which connection is used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.servers import (
    CLOSING,
    NO_CONTENT,
    Peer,
    Server,
    answer,
    answering,
    closed_port,
    polite,
)

from kombo_fakes import (
    Answer,
    Delivery,
    Transport,
    TransportError,
    __version__,
    wire_faults,
)

DELIVERY = Delivery.of({"id": "1"}, "a secret")


def post(handler: Any, delivery: Delivery = DELIVERY, **options: Any) -> Answer:
    """The answer of a server to one delivery."""
    with Server(handler) as server, Transport(server.url, **options) as transport:
        return transport.post(delivery)


def test_a_delivery_is_sent_byte_for_byte() -> None:
    body = bytes(range(256)) + b"\r\n\r\n"
    headers = (("X-First", "1"), ("x-SECOND", "\xe9\xff"), ("x-first", " two  "), ("X-None", ""))
    with Server() as server, Transport(f"{server.url}?a=%20b&c#no") as transport:
        assert transport.post(Delivery("POST", headers, body)).status == 204
    (request,) = server.requests
    assert request.line == b"POST /hooks?a=%20b&c HTTP/1.1"
    assert request.headers == [
        (b"Content-Length", b"260"),
        (b"Host", f"127.0.0.1:{server.port}".encode()),
        (b"User-Agent", f"kombo_fakes/{__version__}".encode()),
        (b"X-First", b"1"),
        (b"x-SECOND", b"\xe9\xff"),
        (b"x-first", b" two  "),
        (b"X-None", b""),
    ]
    assert request.body == body


def test_headers_of_the_delivery_replace_those_that_are_added() -> None:
    own = (("host", "there"), ("user-agent", "mine"), ("accept-encoding", "br"))
    with Server() as server, Transport(server.url) as transport:
        transport.post(Delivery("PUT", (*own, ("content-length", "2")), b"{}"))
    (request,) = server.requests
    assert request.line == b"PUT /hooks HTTP/1.1"
    assert [(k.decode(), v.decode()) for k, v in request.headers] == [
        *own, ("content-length", "2")
    ]  # fmt: skip


def test_every_wire_fault_arrives_as_it_was_made() -> None:
    deliveries = [d for fault in wire_faults(secret="a secret") for d in fault.examples]
    with Server() as server, Transport(server.url) as transport:
        assert {transport.post(delivery).status for delivery in deliveries} == {204}
    for delivery, request in zip(deliveries, server.requests, strict=True):
        assert request.body == delivery.body
        assert request.line.split()[0].decode() == delivery.method
        sent = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers[3:]]
        assert sent == list(delivery.headers)


TOKENS = "!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ"

OWN = ("host", "content-length", "transfer-encoding", "user-agent", "accept-encoding")

NAMES = st.text(TOKENS, min_size=1).filter(lambda name: name.lower() not in OWN)

VALUES = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=40)


@pytest.fixture(scope="module")
def lasting() -> Iterator[Server]:
    """A server for all examples of a test."""
    with Server() as server:
        yield server


@given(st.data())
@settings(deadline=None)
def test_any_headers_and_body_are_sent_byte_for_byte(lasting: Server, data: st.DataObject) -> None:
    headers = data.draw(st.lists(st.tuples(NAMES, VALUES), max_size=5).map(tuple))
    delivery = Delivery("POST", headers, data.draw(st.binary(max_size=300)))
    with Transport(lasting.url) as transport:
        transport.post(delivery)
    request = lasting.requests.pop()
    assert [(k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers[3:]] == list(
        headers
    )
    assert request.body == delivery.body


def test_a_wrong_content_length_ends_the_connection() -> None:
    short = DELIVERY.with_header("Content-Length", "1")
    with Server() as server, Transport(server.url) as transport:
        statuses = [transport.post(d).status for d in (short, DELIVERY)]
    assert statuses == [204, 204]
    assert server.connections == 2
    assert server.requests[1].body == DELIVERY.body


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert post(polite).status == 204


# -- what comes back


def test_an_answer_has_status_headers_in_order_and_body() -> None:
    data = answer(b"caf\xe9", "Set-Cookie: a=1", "X-B: \xe9", "Set-Cookie: b=2", status="418 Tea")
    found = post(answering(data))
    assert found.status == 418
    assert [pair for pair in found.headers if pair[0] == "Set-Cookie"] == [
        ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")
    ]  # fmt: skip
    assert found.header("x-b") == "\xe9"
    assert found.header("x-c") is None
    assert (found.body, found.text, found.truncated) == (b"caf\xe9", "caf\ufffd", False)
    assert found.seconds >= 0


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
         b"abcd"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", b""),
        (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx and more", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", b"x"),
    ],
    ids=["until-closed", "chunked", "204", "more", "encoded", "continue"],
)  # fmt: skip
def test_a_body_ends_where_http_says_and_is_not_decoded(data: bytes, body: bytes) -> None:
    assert post(answering(data)).body == body


def test_the_first_64_kib_of_a_long_body_are_kept() -> None:
    with Server(answering(answer(b"x" * 100_000), NO_CONTENT)) as server:
        with Transport(server.url) as transport:
            found = transport.post(DELIVERY)
            assert transport.post(DELIVERY).status == 204
        assert server.connections == 1
    assert found.body == b"x" * 65_536
    assert found.truncated


def test_redirects_are_not_followed() -> None:
    found = post(answering(answer(b"", "Location: http://127.0.0.1:1/", status="307 Over there")))
    assert (found.status, found.header("Location")) == (307, "http://127.0.0.1:1/")


def test_get_accepts_paths_and_urls_of_this_machine() -> None:
    handler = answering(answer(b"{}"), answer(b"[]"))
    with Server(handler) as server, Server() as other, Transport(server.url) as transport:
        assert transport.get("/state?of=1").body == b"{}"
        assert transport.get("beside").body == b"[]"
        assert transport.get(other.url).status == 204
        with pytest.raises(TransportError, match="another machine"):
            transport.get("http://192.0.2.1/state")
    lines = [request.line for request in (*server.requests, *other.requests)]
    assert lines == [
        b"GET /state?of=1 HTTP/1.1", b"GET /beside HTTP/1.1", b"GET /hooks HTTP/1.1"
    ]  # fmt: skip
    assert server.requests[0].header(b"content-length") == []


@pytest.mark.parametrize("cut", [True, False], ids=["closes", "stays"])
def test_an_answer_is_read_although_the_server_stops_reading_the_body(cut: bool) -> None:

    def handle(peer: Peer) -> None:
        peer.head()
        peer.send(answer(b"too large", "Connection: close", status="413 Content Too Large"))
        if not cut:
            peer.wait()

    found = post(handle, Delivery("POST", (), b"x" * (16 << 20)))
    assert (found.status, found.body) == (413, b"too large")


def test_an_early_answer_without_a_length_is_read() -> None:

    def handle(peer: Peer) -> None:
        peer.head()
        peer.send(b"HTTP/1.1 401 Unauthorized\r\n\r\nno")

    found = post(handle, Delivery("POST", (), b"x" * (16 << 20)))
    assert (found.status, found.body) == (401, b"no")


# -- connections


def test_requests_share_one_connection() -> None:
    with Server() as server, Transport(server.url) as transport:
        for _ in range(20):
            transport.post(DELIVERY)
            transport.get("/state")
    assert len(server.requests) == 40
    assert server.connections == 1


def test_many_threads_can_send() -> None:
    made = [Delivery.of({"id": str(number)}) for number in range(200)]
    with Server() as server, Transport(server.url) as transport, ThreadPoolExecutor(8) as pool:
        assert {found.status for found in pool.map(transport.post, made)} == {204}
    assert sorted(r.body for r in server.requests) == sorted(d.body for d in made)
    # More than a connection for each thread only where the machine is busy, and one had to wait.
    assert server.connections < 200


@pytest.mark.parametrize("threads", [1, 2, 6])
def test_idle_connections_do_not_block_a_server_that_serves_one_at_a_time(threads: int) -> None:
    with Server(serial=True) as server, Transport(server.url) as transport:
        assert transport.post(DELIVERY).status == 204
        with ThreadPoolExecutor(threads) as pool:
            answers = list(pool.map(transport.post, [DELIVERY] * 30))
    assert {found.status for found in answers} == {204}
    assert len(server.requests) == 31


@pytest.mark.parametrize("data", [NO_CONTENT, CLOSING], ids=["silently", "said"])
def test_a_connection_that_was_closed_between_requests_is_not_a_failure(data: bytes) -> None:
    with Server(answering(data)) as server, Transport(server.url) as transport:
        assert {transport.post(DELIVERY).status for _ in range(50)} == {204}
    assert len(server.requests) == 50


@pytest.mark.parametrize("way", ["close", "reset"])
def test_a_request_is_sent_again_once_if_a_used_connection_ends(way: str) -> None:

    def handle(peer: Peer) -> None:
        peer.request()
        peer.send(NO_CONTENT)
        peer.request()
        if peer.number > 1:
            peer.send(NO_CONTENT)
        elif way == "reset":
            peer.reset()

    with Server(handle) as server, Transport(server.url) as transport:
        statuses = [transport.post(Delivery.of({"id": one})).status for one in "abc"]
    assert statuses == [204, 204, 204]
    ids = [request.body for request in server.requests]
    assert ids == [b'{"id":"%c"}' % letter for letter in b"abbc"]


def test_the_second_attempt_is_on_a_new_connection() -> None:
    both = threading.Barrier(2)

    def handle(peer: Peer) -> None:
        peer.request()
        if peer.number < 3:
            both.wait()
        peer.send(NO_CONTENT)
        peer.request()

    with Server(handle) as server, Transport(server.url) as transport:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(transport.post, [DELIVERY] * 2))
        assert transport.post(DELIVERY).status == 204
    assert server.connections == 3
    assert len(server.requests) == 4


def test_a_request_is_not_sent_again_if_a_new_connection_ends() -> None:
    with Server(answering(b"")) as server, Transport(server.url) as transport:
        for _ in range(2):
            with pytest.raises(TransportError) as caught:
                transport.post(DELIVERY)
            assert caught.value.reason == "reset"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("data", "reason"), [(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "reset"),
                         (b"H", "garbage"), (None, "timeout")]
)  # fmt: skip
def test_a_request_is_not_sent_again_after_a_part_of_an_answer_or_silence(
    data: bytes | None, reason: str
) -> None:

    def handle(peer: Peer) -> None:
        peer.request()
        peer.send(NO_CONTENT)
        peer.request()
        if data is None:
            peer.wait()
        else:
            peer.send(data)

    timeout = 0.7 if data is None else 10
    with Server(handle) as server, Transport(server.url, timeout=timeout) as transport:
        transport.post(DELIVERY)
        with pytest.raises(TransportError) as caught:
            transport.post(DELIVERY)
        assert caught.value.reason == reason
    assert len(server.requests) == 2


def test_after_an_informational_answer_the_connection_is_closed() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    with Server(answering(early + answer(b"one"), answer(b"two"))) as server:
        with Transport(server.url) as transport:
            assert [transport.post(DELIVERY).status for _ in range(2)] == [103, 103]
        assert server.connections == 2


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="Linux has it")
def test_answers_are_acknowledged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    real = socket.socket.setsockopt

    def noted(self: socket.socket, *arguments: Any) -> None:
        said.append(arguments)
        real(self, *arguments)

    monkeypatch.setattr(socket.socket, "setsockopt", noted)

    def in_two(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            peer.send(b"ok")

    with Server(in_two) as server, Transport(server.url) as transport:
        for _ in range(3):
            assert transport.post(DELIVERY).body == b"ok"
        assert server.connections == 1
    # Said for each answer, since Linux forgets it.
    assert said.count((socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)) >= 3
