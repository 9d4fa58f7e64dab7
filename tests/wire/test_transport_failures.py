"""How sending over HTTP fails: without an answer, with a broken one, and over TLS."""

from __future__ import annotations

import re
import socket
import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import trustme
from inline_snapshot import snapshot
from support.servers import (
    Peer,
    Server,
    answer,
    answering,
    closed_port,
    endless,
    polite,
    silent,
    slow_body,
)

from kombo_fakes import (
    Delivery,
    KomboFakesError,
    Transport,
    TransportError,
)

DELIVERY = Delivery.of({"id": "1"}, "a secret")

# Seconds, for servers that never end.
SHORT = 0.7


def failure(handler: Any, delivery: Delivery = DELIVERY, **options: Any) -> tuple[str, str]:
    """Return the reason and the message of a failed delivery to a server, without the URL."""
    with Server(handler) as server:
        return failure_at(server.url, delivery, **options)


def failure_at(url: str, delivery: Delivery = DELIVERY, **options: Any) -> tuple[str, str]:
    """Return the reason and the message of a failed delivery to a URL, without the URL."""
    with Transport(url, **options) as transport, pytest.raises(TransportError) as error:
        transport.post(delivery)
    message = str(error.value)
    assert message.isprintable()
    assert message.startswith(f"{url}: ")
    assert isinstance(error.value, KomboFakesError)
    return error.value.reason, message.removeprefix(f"{url}: ")


@pytest.mark.parametrize(
    ("delivery", "word"),
    [
        (DELIVERY.with_header("X-Odd", "a\nb"), "header value"),
        (DELIVERY.with_header("X Odd:", "a"), "header name"),
        (DELIVERY.with_header("X-Odd", "€"), "latin-1"),
        (Delivery("PO\nST", (), b""), "Method"),
    ],
)
def test_a_request_that_http_cannot_carry_is_an_error(delivery: Delivery, word: str) -> None:
    reason, message = failure(polite, delivery)
    assert reason == "invalid-request"
    assert message.startswith("HTTP cannot carry it: ")
    assert word in message  # The rest depends on the version of Python and urllib3.


def test_a_closed_port_refuses_connections() -> None:
    assert failure_at(f"http://127.0.0.1:{closed_port()}/hooks") == snapshot(
        ("refused", "nothing accepts connections there; is the receiver running?")
    )


def slow_status(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 ")
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
def test_the_time_limit_is_for_the_whole_request(handler: Any, reason: str) -> None:
    found, message = failure(handler, timeout=SHORT)
    assert found == reason
    assert f"within {SHORT:g} s" in message


def test_messages_name_the_time_limit_and_the_bytes_that_came() -> None:
    assert failure(silent, timeout=SHORT) == snapshot(("timeout", "no answer within 0.7 s"))
    assert failure(half_a_body, timeout=SHORT) == snapshot(
        ("endless", "its answer did not end within 0.7 s (41 bytes)")
    )


def test_the_time_limit_holds_if_nobody_accepts_a_large_body() -> None:
    # A server whose threads are all busy lets connections and bodies wait.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        large = Delivery("POST", (), b"x" * (16 << 20))
        assert failure_at(url, large, timeout=SHORT) == snapshot(
            ("timeout", "no answer within 0.7 s")
        )


def test_an_answer_of_more_than_8_mib_is_endless() -> None:
    reason, message = failure(endless)
    assert (reason, re.sub("[0-9,]+", "N", message)) == snapshot(
        ("endless", "its answer did not end after N bytes")
    )


@pytest.mark.parametrize(
    ("begin", "way", "message"),
    [
        (b"", "close", snapshot("closed the connection without an answer")),
        (b"", "reset", None),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            "close",
            snapshot("closed the connection in the middle of its answer"),
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "reset", None),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
            "close",
            snapshot("closed the connection in the middle of its answer"),
        ),
    ],
)
def test_a_connection_that_ends_too_early_is_an_error(
    begin: bytes, way: str, message: str | None
) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.send(begin)
        if way == "reset":
            peer.reset()

    reason, found = failure(handle)
    assert reason == "reset"
    if message is not None:  # A reset may overtake what was sent before it.
        assert found == message


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
)
def test_an_answer_that_is_not_http_is_an_error(data: bytes) -> None:
    reason, message = failure(answering(data))
    assert reason == "garbage"
    assert message.startswith("its answer is not HTTP: ")


# -- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority for certificates that the system does not trust."""
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file with the certificate of the authority."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """Return the context of a server with a certificate for these names."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


def test_certificates_of_the_ca_file_are_trusted(authority: trustme.CA, ca_file: str) -> None:
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
    """Return the message of a delivery for which there is no secure connection."""
    reason, message = failure_at(url or server.url, **options)
    assert reason == "tls"
    assert server.requests == []
    return message


def test_an_untrusted_certificate_is_an_error(authority: trustme.CA) -> None:
    with Server(tls=context(authority, "127.0.0.1")) as server:
        message = tls_failure(server)
    # The reason in the middle is one of OpenSSL's.
    assert re.sub(r"(?<=trusted: )[^;]+", "...", message) == snapshot(
        "no secure connection: its certificate is not trusted: ...; pass the certificates to trust as --ca-file or ca_file="
    )


def test_a_certificate_of_another_host_is_an_error(authority: trustme.CA, ca_file: str) -> None:
    with Server(tls=context(authority, "receiver.example")) as server:
        assert tls_failure(server, ca_file=ca_file) == snapshot(
            "no secure connection: its certificate is that of another host than 127.0.0.1"
        )
        by_name = tls_failure(server, f"https://localhost:{server.port}/", ca_file=ca_file)
    assert by_name.endswith("than localhost")


@pytest.mark.parametrize("days", [(-2, -1), (1, 2)], ids=["past", "future"])
def test_a_certificate_that_is_not_valid_today_is_an_error(
    authority: trustme.CA, ca_file: str, days: tuple[int, int]
) -> None:
    now = datetime.now(timezone.utc)
    begin, end = (now + timedelta(days=number) for number in days)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", not_before=begin, not_after=end).configure_cert(made)
    with Server(tls=made) as server:
        assert "its certificate is not valid today: " in tls_failure(server, ca_file=ca_file)


def test_https_to_a_server_without_tls_suggests_http() -> None:
    def handle(peer: Peer) -> None:
        peer.socket.recv(10)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.wait()

    with Server(handle) as server:
        message = tls_failure(server, server.url.replace("http:", "https:"))
    assert message.replace(server.url, "URL") == snapshot(
        "no secure connection: it does not speak TLS; did you mean 'URL'?"
    )


def test_the_end_of_a_handshake_is_an_error() -> None:
    with Server(lambda peer: None) as server:
        tls_failure(server, server.url.replace("http:", "https:"))


def test_the_time_limit_includes_the_handshake() -> None:
    with Server(silent) as server:
        url = server.url.replace("http:", "https:")
        assert failure_at(url, timeout=SHORT) == snapshot(("timeout", "no connection within 0.7 s"))


def test_http_to_a_server_with_tls_suggests_https() -> None:
    alert = b"\x15\x03\x03\x00\x02\x02\x0a"
    reason, message = failure(answering(alert))
    assert (reason, re.sub(r":\d+", ":PORT", message)) == snapshot(
        (
            "garbage",
            "its answer is not HTTP: '\\x15\\x03\\x03\\x00\\x02\\x02'; it may speak TLS, at 'https://127.0.0.1:PORT/hooks'",
        )
    )


def test_an_early_answer_is_read_over_tls(authority: trustme.CA, ca_file: str) -> None:

    def handle(peer: Peer) -> None:
        peer.head()
        peer.send(answer(b"too large", "Connection: close", status="413 Content Too Large"))

    server = Server(handle, tls=context(authority, "127.0.0.1"))
    with server, Transport(server.url, ca_file=ca_file) as transport:
        found = transport.post(Delivery("POST", (), b"x" * (16 << 20)))
    assert (found.status, found.body) == (413, b"too large")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "none.pem",
            snapshot(
                "https://127.0.0.1/: the certificate file 'none.pem' cannot be read: No such file or directory"
            ),
        ),
        (
            "string.pem",
            snapshot(
                "https://127.0.0.1/: the certificate file 'string.pem' contains no certificates in PEM"
            ),
        ),
    ],
)
def test_an_unusable_certificate_file_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("string.pem").write_text("not a certificate")
    with pytest.raises(TransportError) as error:
        Transport("https://127.0.0.1/", ca_file=name)
    assert error.value.reason == "tls"
    assert str(error.value) == message


def test_a_directory_of_certificates_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TransportError) as error:
        Transport("https://127.0.0.1/", ca_file=str(tmp_path))
    assert error.value.reason == "tls"
