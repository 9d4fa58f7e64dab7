"""Sending over HTTP: byte for byte, to this machine only, and with an end whatever happens."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import trustme
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
    KomboFakesError,
    OverrideError,
    Transport,
    TransportError,
    __version__,
    wire_faults,
)

DELIVERY = Delivery.of({"id": "1"}, "a secret")
SHORT = 0.7
"""Seconds after which a server that never ends is given up."""


def post(handler: Any, delivery: Delivery = DELIVERY, **options: Any) -> Answer:
    """The answer of a server to one delivery."""
    with Server(handler) as server, Transport(server.url, **options) as transport:
        return transport.post(delivery)


def failure(handler: Any, delivery: Delivery = DELIVERY, **options: Any) -> TransportError:
    """How a delivery to a server fails."""
    with pytest.raises(TransportError) as caught:
        post(handler, delivery, **options)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("http://127.0.0.1:")
    return caught.value


def refusal(url: str, **options: Any) -> TransportError:
    """Why a URL isn't used."""
    with pytest.raises(TransportError) as caught:
        Transport(url, **options)
    assert "\n" not in str(caught.value)
    return caught.value


# -- what is sent


def test_a_delivery_is_sent_as_it_is() -> None:
    """Names in their case and order, twice what is there twice, bytes beyond ASCII, any body."""
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


def test_a_delivery_overrides_what_is_added() -> None:
    """Nothing comes twice when a delivery brings its own."""
    own = (("host", "there"), ("user-agent", "mine"), ("accept-encoding", "br"))
    with Server() as server, Transport(server.url) as transport:
        transport.post(Delivery("PUT", (*own, ("content-length", "2")), b"{}"))
    (request,) = server.requests
    assert request.line == b"PUT /hooks HTTP/1.1"
    assert [(k.decode(), v.decode()) for k, v in request.headers] == [
        *own, ("content-length", "2")
    ]  # fmt: skip


def test_every_wire_fault_arrives() -> None:
    """Whatever is odd about a delivery is odd on the other side, too."""
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


@given(st.data())
@settings(deadline=None)
def test_any_delivery_is_sent_as_it_is(lasting: Server, data: st.DataObject) -> None:
    """The same for whatever HTTP can carry."""
    headers = data.draw(st.lists(st.tuples(NAMES, VALUES), max_size=5).map(tuple))
    delivery = Delivery("POST", headers, data.draw(st.binary(max_size=300)))
    with Transport(lasting.url) as transport:
        transport.post(delivery)
    request = lasting.requests.pop()
    assert [(k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers[3:]] == list(
        headers
    )
    assert request.body == delivery.body


@pytest.fixture(scope="module")
def lasting() -> Iterator[Server]:
    """A server for all examples of a test."""
    with Server() as server:
        yield server


@pytest.mark.parametrize(
    ("delivery", "word"),
    [
        (DELIVERY.with_header("X-Odd", "a\nb"), "header value"),
        (DELIVERY.with_header("X Odd:", "a"), "header name"),
        (DELIVERY.with_header("X-Odd", "€"), "latin-1"),
        (Delivery("PO\nST", (), b""), "Method"),
    ],
)
def test_what_http_cannot_carry(delivery: Delivery, word: str) -> None:
    """A request that is none is an error, and not an odd one on the wire."""
    error = failure(polite, delivery)
    assert error.reason == "invalid-request"
    assert word in str(error)


def test_a_body_without_its_true_length_ends_the_connection() -> None:
    """What is left over isn't taken for the next request."""
    short = DELIVERY.with_header("Content-Length", "1")
    with Server() as server, Transport(server.url) as transport:
        statuses = [transport.post(d).status for d in (short, DELIVERY)]
    assert statuses == [204, 204]
    assert server.connections == 2
    assert server.requests[1].body == DELIVERY.body


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliveries to this machine go there and nowhere else."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert post(polite).status == 204


# -- what comes back


def test_an_answer() -> None:
    """Status, headers in order and twice if so, and a body that needn't be text."""
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
def test_the_ends_of_a_body(data: bytes, body: bytes) -> None:
    """A body ends where HTTP says, and is left as it came."""
    assert post(answering(data)).body == body


def test_a_long_body_is_cut() -> None:
    """64 KiB are kept; the rest is read, so that the connection can go on."""
    with Server(answering(answer(b"x" * 100_000), NO_CONTENT)) as server:
        with Transport(server.url) as transport:
            found = transport.post(DELIVERY)
            assert transport.post(DELIVERY).status == 204
        assert server.connections == 1
    assert found.body == b"x" * 65_536
    assert found.truncated


def test_redirects_are_not_followed() -> None:
    """A redirect is an answer like any other."""
    found = post(answering(answer(b"", "Location: http://127.0.0.1:1/", status="307 Over there")))
    assert (found.status, found.header("Location")) == (307, "http://127.0.0.1:1/")


def test_observing() -> None:
    """A path is one on the host of the receiver; a URL may be one on another port of it."""
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
def test_an_answer_that_comes_before_the_whole_body_was_read(cut: bool) -> None:
    """A server that has seen enough of a large body says so, and reads no more of it."""

    def handle(peer: Peer) -> None:
        peer.head()
        peer.send(answer(b"too large", "Connection: close", status="413 Content Too Large"))
        if not cut:
            peer.wait()

    found = post(handle, Delivery("POST", (), b"x" * (16 << 20)))
    assert (found.status, found.body) == (413, b"too large")


def test_an_answer_until_closed_that_comes_before_the_whole_body_was_read() -> None:
    """The same without a length: the reset at its end is none."""

    def handle(peer: Peer) -> None:
        peer.head()
        peer.send(b"HTTP/1.1 401 Unauthorized\r\n\r\nno")

    found = post(handle, Delivery("POST", (), b"x" * (16 << 20)))
    assert (found.status, found.body) == (401, b"no")


# -- connections


def test_a_connection_is_kept() -> None:
    """Requests one after the other go over one connection."""
    with Server() as server, Transport(server.url) as transport:
        for _ in range(20):
            transport.post(DELIVERY)
            transport.get("/state")
    assert len(server.requests) == 40
    assert server.connections == 1


def test_from_many_threads() -> None:
    """Each delivery is answered once, over connections that are used again."""
    made = [Delivery.of({"id": str(number)}) for number in range(200)]
    with Server() as server, Transport(server.url) as transport, ThreadPoolExecutor(8) as pool:
        assert {found.status for found in pool.map(transport.post, made)} == {204}
    assert sorted(r.body for r in server.requests) == sorted(d.body for d in made)
    # More than a connection for each thread only where the machine is busy, and one had to wait.
    assert server.connections < 200


@pytest.mark.parametrize("threads", [1, 2, 6])
def test_a_server_that_serves_one_connection_at_a_time(threads: int) -> None:
    """It waits for idle connections to say more, so that these have to give way to new ones."""
    with Server(serial=True) as server, Transport(server.url) as transport:
        assert transport.post(DELIVERY).status == 204
        with ThreadPoolExecutor(threads) as pool:
            answers = list(pool.map(transport.post, [DELIVERY] * 30))
    assert {found.status for found in answers} == {204}
    assert len(server.requests) == 31


@pytest.mark.parametrize("data", [NO_CONTENT, CLOSING], ids=["silently", "said"])
def test_a_server_that_closes_after_each_answer(data: bytes) -> None:
    """A connection that was closed in between is no failure, whether it was announced or not."""
    with Server(answering(data)) as server, Transport(server.url) as transport:
        assert {transport.post(DELIVERY).status for _ in range(50)} == {204}
    assert len(server.requests) == 50


@pytest.mark.parametrize("way", ["close", "reset"])
def test_a_kept_connection_that_ends_under_a_request(way: str) -> None:
    """It can't be told whether the request was read: it is sent again, once, on a new one."""

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


def test_other_kept_connections_are_not_tried() -> None:
    """After one of them failed each of the others may: the second attempt is on a new one."""
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


def test_a_new_connection_that_ends_is_not_tried_again() -> None:
    """Nothing is sent twice without need."""
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
def test_a_kept_connection_whose_answer_has_begun_is_not_tried_again(
    data: bytes | None, reason: str
) -> None:
    """Nor after silence: the receiver may be at work on it."""

    def handle(peer: Peer) -> None:
        peer.request()
        peer.send(NO_CONTENT)
        peer.request()
        if data is None:
            peer.wait()
        else:
            peer.send(data)

    timeout = SHORT if data is None else 10
    with Server(handle) as server, Transport(server.url, timeout=timeout) as transport:
        transport.post(DELIVERY)
        with pytest.raises(TransportError) as caught:
            transport.post(DELIVERY)
        assert caught.value.reason == reason
    assert len(server.requests) == 2


def test_an_informational_answer_is_not_taken_for_the_next_one() -> None:
    """What follows an answer that isn't the last one doesn't answer the next delivery."""
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    with Server(answering(early + answer(b"one"), answer(b"two"))) as server:
        with Transport(server.url) as transport:
            assert [transport.post(DELIVERY).status for _ in range(2)] == [103, 103]
        assert server.connections == 2


# -- what goes wrong


def test_refused() -> None:
    """Nothing listens."""
    url = f"http://127.0.0.1:{closed_port()}/hooks"
    with Transport(url) as transport, pytest.raises(TransportError) as caught:
        transport.post(DELIVERY)
    assert caught.value.reason == "refused"
    assert str(caught.value) == (
        f"{url}: nothing accepts connections there; is the receiver running?"
    )
    assert isinstance(caught.value, KomboFakesError)


def silent(peer: Peer) -> None:
    peer.request()
    peer.wait()


def slow_status(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 ")
    while peer.send(b"x") and not peer.wait(0.005):
        pass


def slow_body(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while peer.send(b"x") and not peer.wait(0.005):
        pass


def half_a_body(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    peer.wait()


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (silent, "timeout"),
        pytest.param(slow_status, "endless", marks=pytest.mark.slow),
        pytest.param(slow_body, "endless", marks=pytest.mark.slow),
        (half_a_body, "endless"),
    ],
)
def test_there_is_an_end_whatever_the_server_does(handler: Any, reason: str) -> None:
    """The time-out is one for all of the request, however often a byte comes."""
    error = failure(handler, timeout=SHORT)
    assert error.reason == reason
    assert f"within {SHORT:g} s" in str(error)


def test_nobody_accepts_and_the_body_is_large() -> None:
    """A server whose threads are all busy lets connections and bodies wait."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with Transport(url, timeout=SHORT) as transport, pytest.raises(TransportError) as caught:
            transport.post(Delivery("POST", (), b"x" * (16 << 20)))
    assert caught.value.reason == "timeout"


def test_a_stream_without_end() -> None:
    """More than 8 MiB are no answer to a webhook."""

    def handle(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while peer.send(b"x" * 65_536):
            pass

    error = failure(handle)
    assert error.reason == "endless"
    assert "its answer has no end after 8," in str(error)


@pytest.mark.parametrize(
    ("begin", "way", "words"),
    [
        (b"", "close", "without an answer"),
        (b"", "reset", "without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "close", "in the middle"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "reset", "in the middle"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", "close",
         "in the middle"),
    ],
)  # fmt: skip
def test_closed_too_early(begin: bytes, way: str, words: str) -> None:
    """A connection that ends before its answer, told apart by how far that came."""

    def handle(peer: Peer) -> None:
        peer.request()
        peer.send(begin)
        if way == "reset":
            peer.reset()

    error = failure(handle)
    assert error.reason == "reset"
    if way == "close":  # A reset may overtake what was sent before it.
        assert words in str(error)


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\0\0\0\0",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/3.0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    ],
    ids=["hello", "ssh", "nul", "status", "version", "long", "many", "lengths", "chunk"],
)  # fmt: skip
def test_garbage(data: bytes) -> None:
    """What is no HTTP is said to be none, in a line that can be read."""
    error = failure(answering(data))
    assert error.reason == "garbage"
    assert "no HTTP" in str(error)
    assert str(error).isprintable()


# -- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Somebody who signs certificates, and whom nobody trusts."""
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The certificate of this authority."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """What a server needs that calls itself by these names."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


def test_tls(authority: trustme.CA, ca_file: str) -> None:
    """With the file of an authority its certificates are trusted; connections are kept, too."""
    with Server(tls=context(authority, "127.0.0.1", "localhost")) as server:
        with Transport(server.url, ca_file=ca_file) as transport:
            for _ in range(5):
                assert transport.post(DELIVERY).status == 204
        with Transport(server.url.replace("127.0.0.1", "localhost"), ca_file=ca_file) as transport:
            assert transport.post(DELIVERY).status == 204
        # Of TLS 1.3, a ticket for a next session can look like an end of the connection.
        assert server.connections <= 3
    assert [request.body for request in server.requests] == [DELIVERY.body] * 6


def tls_failure(server: Server, url: str = "", **options: Any) -> str:
    target = url or server.url
    with Transport(target, **options) as transport, pytest.raises(TransportError) as caught:
        transport.post(DELIVERY)
    assert caught.value.reason == "tls"
    assert "\n" not in str(caught.value)
    assert server.requests == []
    return str(caught.value)


def test_a_certificate_that_nobody_trusts(authority: trustme.CA) -> None:
    """The reason, and where to say whom to trust."""
    with Server(tls=context(authority, "127.0.0.1")) as server:
        message = tls_failure(server)
    assert "isn't trusted: " in message
    assert "--ca-file" in message


def test_a_certificate_for_another_host(authority: trustme.CA, ca_file: str) -> None:
    """Whoever is trusted still has to be the right one."""
    with Server(tls=context(authority, "receiver.example")) as server:
        message = tls_failure(server, ca_file=ca_file)
        by_name = tls_failure(server, f"https://localhost:{server.port}/", ca_file=ca_file)
    assert message.endswith("its certificate is that of another host than 127.0.0.1")
    assert by_name.endswith("its certificate is that of another host than localhost")


@pytest.mark.parametrize("days", [(-2, -1), (1, 2)], ids=["past", "future"])
def test_a_certificate_of_another_time(
    authority: trustme.CA, ca_file: str, days: tuple[int, int]
) -> None:
    """One that has ended, or not begun."""
    now = datetime.now(timezone.utc)
    begin, end = (now + timedelta(days=number) for number in days)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_before=begin, not_after=end).configure_cert(made)
    with Server(tls=made) as server:
        assert "its certificate isn't valid today: " in tls_failure(server, ca_file=ca_file)


def test_https_where_there_is_no_tls() -> None:
    """The URL that was meant is named."""

    def handle(peer: Peer) -> None:
        peer.socket.recv(10)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.wait()

    with Server(handle) as server:
        message = tls_failure(server, server.url.replace("http:", "https:"))
    assert f"it speaks no TLS; did you mean '{server.url}'?" in message


def test_a_tls_server_that_ends_the_handshake() -> None:
    """Neither a certificate nor an alert."""
    with Server(lambda peer: None) as server:
        tls_failure(server, server.url.replace("http:", "https:"))


def test_a_tls_server_that_says_nothing() -> None:
    """The handshake is within the time-out, too."""
    with Server(silent) as server:
        url = server.url.replace("http:", "https:")
        with Transport(url, timeout=SHORT) as transport, pytest.raises(TransportError) as caught:
            transport.post(DELIVERY)
    assert caught.value.reason == "timeout"


def test_http_where_there_is_tls(authority: trustme.CA) -> None:
    """An alert of TLS is no HTTP."""
    error = failure(answering(b"\x15\x03\x03\x00\x02\x02\x0a"))
    assert error.reason == "garbage"
    assert "it may speak TLS, at 'https://" in str(error)


def test_an_early_answer_over_tls(authority: trustme.CA, ca_file: str) -> None:
    """The answer is read although sending failed."""

    def handle(peer: Peer) -> None:
        peer.head()
        peer.send(answer(b"too large", "Connection: close", status="413 Content Too Large"))

    server = Server(handle, tls=context(authority, "127.0.0.1"))
    with server, Transport(server.url, ca_file=ca_file) as transport:
        found = transport.post(Delivery("POST", (), b"x" * (16 << 20)))
    assert (found.status, found.body) == (413, b"too large")


def test_files_of_certificates_that_are_none(tmp_path: Path) -> None:
    """A missing one, a directory, and one with something else in it."""
    (tmp_path / "text.pem").write_text("no certificate")
    for name, word in (("none.pem", "No such file"), ("text.pem", "no certificates in PEM"),
                       ("", "can't be read")):  # fmt: skip
        error = refusal("https://127.0.0.1/", ca_file=str(tmp_path / name))
        assert error.reason == "tls"
        assert word in str(error) or not name


# -- URLs


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("127.0.0.1:8000/hooks", "did you mean 'http://127.0.0.1:8000/hooks'?"),
        ("localhost", "did you mean 'http://localhost'?"),
        ("//localhost/hooks", "did you mean 'http://localhost/hooks'?"),
        ("http:/localhost", "did you mean 'http://localhost'?"),
        ("http:localhost", "did you mean 'http://localhost'?"),
        ("https//localhost", "did you mean 'https://localhost'?"),
        ("htp://localhost", "did you mean 'http://localhost'?"),
        ("ftp://localhost/", "did you mean 'http://localhost/'?"),
        ("/hooks", "did you mean 'http://127.0.0.1:8000/hooks'?"),
        ("", "did you mean 'http://127.0.0.1:8000/'?"),
        ("http://", "names no host"),
        ("http:///hooks", "names no host"),
        ("http://:8000/", "names no host"),
        ("http://localhost:0/", "no port from 1 to 65535"),
        ("http://localhost:65536/", "no port from 1 to 65535"),
        ("http://localhost:99999999999999999999/", "no port from 1 to 65535"),
        ("http://localhost:port/", "no port from 1 to 65535"),
        ("http://localhost:-1/", "no port from 1 to 65535"),
        ("http://localhost:8²/", "no port from 1 to 65535"),
        ("http://127.0.0.1 :8000/", "has a blank in it"),
        (" http://127.0.0.1/", "did you mean 'http://127.0.0.1/'?"),
        ("http://127.0.0.1/a\nb", "has a blank in it"),
        ("http://127.0.0.1/\x1b[31m", "has a blank in it"),
        ("http://[::1/", "names no possible host"),
        ("http://[::g]/", "names no possible host"),
        ("http://a\\b/", ""),
    ],
)
def test_urls_that_are_none(url: str, words: str) -> None:
    """One line says what is wrong, and what would be right."""
    error = refusal(url)
    assert error.reason in ("invalid-url", "dns")
    assert words in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter2@127.0.0.1/",
        "me:hunter2@127.0.0.1/",
        "http://hunter2@127.0.0.1:99999/",
        "http://me:hunter2@@192.0.2.1/?a",
        "ftp://me:hunter2@127.0.0.1/",
        "http://127.0.0.1:x/?token=hunter2",
        "http://192.0.2.1/?token=hunter2",
    ],
)
def test_no_credentials_are_printed(url: str) -> None:
    """Neither those of a user, nor those that a query may have."""
    assert "hunter2" not in str(refusal(url))


@given(st.text() | st.text().map("http://".__add__) | st.from_regex(r"https?://\[?[0-9:.a]+\]?"))
@settings(deadline=None)
def test_any_text_is_a_url_or_an_error(text: str) -> None:
    """Nothing but a `TransportError`, and nothing that drives a terminal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", unknown_host)
        with contextlib.suppress(TransportError):
            Transport(text).close()
            return
        assert str(refusal(text)).isprintable()


def unknown_host(*_: Any, **__: Any) -> Any:
    raise socket.gaierror(-2, "Name or service not known")


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let each name have these addresses; returns the names that are looked up."""
    asked: list[str] = []
    genuine = socket.getaddrinfo

    def look_up(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if host in addresses:
            return genuine(host, port, *rest, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.1/", "http://[2001:db8::1]:8000/hooks", "http://[::ffff:192.0.2.1]/",
     "http://[fe80::1%251]/", "http://3221225985/", "http://0xc0.0.2.1/", "http://10.0.0.1/"],
)  # fmt: skip
def test_addresses_of_other_machines(url: str) -> None:
    """They are refused in whatever notation, and nothing is sent."""
    error = refusal(url)
    assert error.reason == "not-loopback"
    assert "is another machine" in str(error)
    assert "--allow-remote" in str(error)
    Transport(url, allow_remote=True).close()


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://127.8.9.10/", "http://[::1]:8000/",
                                 "http://[::ffff:127.0.0.1]/", "http://2130706433/",
                                 "http://localhost/", "http://0.0.0.0:8000/", "http://[::]:8000/",
                                 "HTTP://LOCALHOST:80/"])  # fmt: skip
def test_addresses_of_this_machine(url: str) -> None:
    """They can be used, in whatever notation."""
    Transport(url).close()


def test_each_address_of_a_name_has_to_be_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that isn't would be taken when the first one doesn't accept."""
    resolving(monkeypatch, "127.0.0.1", "192.0.2.1")
    error = refusal("http://receiver.test/hooks")
    assert error.reason == "not-loopback"
    assert "receiver.test (192.0.2.1) is another machine" in str(error)


def test_what_was_looked_at_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is looked up once: it can't become another machine's in between."""
    asked = resolving(monkeypatch, "127.0.0.1")
    server = Server()
    with server, Transport(f"http://Receiver.test:{server.port}/hooks") as transport:
        assert transport.post(DELIVERY).status == 204
        assert transport.get("/state").status == 204
        assert transport.post(DELIVERY).status == 204
    assert asked == ["receiver.test"]
    assert server.requests[0].header(b"host") == [f"receiver.test:{server.port}".encode()]


def test_a_name_of_several_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is tried where one doesn't accept, and kept."""
    resolving(monkeypatch, "127.0.0.2", "127.0.0.1")
    server = Server(answering(CLOSING))
    with server, Transport(f"http://receiver.test:{server.port}/hooks") as transport:
        assert {transport.post(DELIVERY).status for _ in range(3)} == {204}


@pytest.mark.parametrize("name", ["localhost", "api.localhost", "LOCALHOST."])
def test_localhost_needs_no_resolver(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Many don't know the names below it (RFC 6761, 6.3)."""
    genuine = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **options: Any) -> Any:
        return (unknown_host if "local" in host else genuine)(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Server() as server, Transport(f"http://{name}:{server.port}/hooks") as transport:
        assert transport.post(DELIVERY).status == 204


def test_a_host_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver knows no such name."""
    monkeypatch.setattr(socket, "getaddrinfo", unknown_host)
    error = refusal("http://no-such-host.test/hooks")
    assert error.reason == "dns"
    assert "there is no host 'no-such-host.test'" in str(error)
    assert refusal(f"http://{'a' * 64}.test/", allow_remote=True).reason == "dns"


def test_a_resolver_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking up a name is within the time-out, too."""
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: end.wait())
    try:
        error = refusal("http://receiver.test/", timeout=SHORT)
    finally:
        end.set()
    assert error.reason == "dns"
    assert "no name server" in str(error)


@pytest.mark.parametrize("host", ["0.0.0.0", "0"])
def test_where_servers_say_that_they_listen(host: str) -> None:
    """0.0.0.0 is every address of this machine to a server, and this machine to a client."""
    with Server() as server, Transport(f"http://{host}:{server.port}/hooks") as transport:
        assert transport.post(DELIVERY).status == 204


def test_ipv6() -> None:
    """The address is in brackets, in the header as well."""
    try:
        server = Server(host="::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        for url in (server.url, server.url.replace("::1", "::")):
            with Transport(url) as transport:
                assert transport.post(DELIVERY).status == 204
    assert server.requests[0].header(b"host") == [f"[::1]:{server.port}".encode()]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "/"),
        ("?a=1", "/?a=1"),
        ("/a/../b", "/b"),
        ("/ä?ü", "/%C3%A4?%C3%BC"),
        ("/%zz", "/%25zz"),
    ],
)
def test_targets(path: str, target: str) -> None:
    """What a URL can't have is escaped, and there is always a path."""
    with Server() as server, Transport(f"http://127.0.0.1:{server.port}{path}") as transport:
        transport.post(DELIVERY)
    assert server.requests[0].line.split()[1].decode() == target


def test_the_port_of_the_scheme_is_not_in_the_host_header() -> None:
    """As everybody writes it (RFC 9110, 7.2)."""
    from urllib3.util import parse_url

    from kombo_fakes.wire.transport.connections import Host

    named = ["http://a/", "http://a:80/", "https://a:443/", "https://a:80/", "http://[::1]:8000/"]
    names = [Host(parse_url(url), 1, [], None).name for url in named]
    assert names == ["a", "a", "a", "a:80", "[::1]:8000"]


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e9])
def test_time_outs_that_are_none(timeout: float) -> None:
    """Each would wait for ever, or not at all."""
    with pytest.raises(OverrideError, match="it is seconds, more than 0 and at most 86400"):
        Transport("http://127.0.0.1/", timeout=timeout)


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="Linux has it")
def test_answers_are_acknowledged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends head and body apart would wait 40 ms with the body, each time."""
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
