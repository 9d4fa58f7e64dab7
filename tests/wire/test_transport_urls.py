"""URLs of receivers: which ones are accepted, and which addresses they lead to."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.servers import (
    CLOSING,
    Server,
    answering,
)

from kombo_fakes import (
    Delivery,
    OverrideError,
    Transport,
    TransportError,
)

DELIVERY = Delivery.of({"id": "1"}, "a secret")


def refusal(url: str, **options: Any) -> TransportError:
    """Return the error for a URL that cannot be used."""
    with pytest.raises(TransportError) as caught:
        Transport(url, **options)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "127.0.0.1:8000/hooks",
            snapshot(
                "'127.0.0.1:8000/hooks': does not begin with http:// or https://; did you mean 'http://127.0.0.1:8000/hooks'?"
            ),
        ),
        (
            "localhost",
            snapshot(
                "'localhost': does not begin with http:// or https://; did you mean 'http://localhost'?"
            ),
        ),
        (
            "//localhost/hooks",
            snapshot(
                "'//localhost/hooks': does not begin with http:// or https://; did you mean 'http://localhost/hooks'?"
            ),
        ),
        (
            "http:/localhost",
            snapshot(
                "'http:/localhost': does not begin with http:// or https://; did you mean 'http://localhost'?"
            ),
        ),
        (
            "http:localhost",
            snapshot(
                "'http:localhost': does not begin with http:// or https://; did you mean 'http://localhost'?"
            ),
        ),
        (
            "https//localhost",
            snapshot(
                "'https//localhost': does not begin with http:// or https://; did you mean 'https://localhost'?"
            ),
        ),
        (
            "htp://localhost",
            snapshot(
                "'htp://localhost': does not begin with http:// or https://; did you mean 'http://localhost'?"
            ),
        ),
        (
            "ftp://localhost/",
            snapshot(
                "'ftp://localhost/': does not begin with http:// or https://; did you mean 'http://localhost/'?"
            ),
        ),
        (
            "/hooks",
            snapshot(
                "'/hooks': does not begin with http:// or https://; did you mean 'http://127.0.0.1:8000/hooks'?"
            ),
        ),
        (
            "",
            snapshot(
                "'': does not begin with http:// or https://; did you mean 'http://127.0.0.1:8000/'?"
            ),
        ),
        ("http://", snapshot("'http://': has no host")),
        ("http:///hooks", snapshot("'http:///hooks': has no host")),
        ("http://:8000/", snapshot("'http://:8000/': has no host")),
        (
            "http://localhost:0/",
            snapshot("'http://localhost:0/': the port must be a number from 1 to 65535"),
        ),
        (
            "http://localhost:65536/",
            snapshot("'http://localhost:65536/': the port must be a number from 1 to 65535"),
        ),
        (
            "http://localhost:99999999999999999999/",
            snapshot(
                "'http://localhost:99999999999999999999/': the port must be a number from 1 to 65535"
            ),
        ),
        (
            "http://localhost:port/",
            snapshot("'http://localhost:port/': the port must be a number from 1 to 65535"),
        ),
        (
            "http://localhost:-1/",
            snapshot("'http://localhost:-1/': the port must be a number from 1 to 65535"),
        ),
        (
            "http://localhost:8²/",
            snapshot("'http://localhost:8²/': the port must be a number from 1 to 65535"),
        ),
        (
            "http://127.0.0.1 :8000/",
            snapshot(
                "'http://127.0.0.1 :8000/': is not a URL: it contains whitespace or control characters"
            ),
        ),
        (
            " http://127.0.0.1/",
            snapshot(
                "' http://127.0.0.1/': does not begin with http:// or https://; did you mean 'http://127.0.0.1/'?"
            ),
        ),
        (
            "http://127.0.0.1/a\nb",
            snapshot(
                "'http://127.0.0.1/a\\nb': is not a URL: it contains whitespace or control characters"
            ),
        ),
        (
            "http://127.0.0.1/\x1b[31m",
            snapshot(
                "'http://127.0.0.1/\\x1b[31m': is not a URL: it contains whitespace or control characters"
            ),
        ),
        ("http://[::1/", snapshot("'http://[::1/': the host is neither a name nor an address")),
        ("http://[::g]/", snapshot("'http://[::g]/': the host is neither a name nor an address")),
    ],
)
def test_an_invalid_url_is_an_error_that_suggests_a_valid_one(url: str, message: str) -> None:
    error = refusal(url)
    assert error.reason == "invalid-url"
    assert str(error) == message


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
def test_credentials_are_in_no_message(url: str) -> None:
    assert "hunter2" not in str(refusal(url))


@given(st.text() | st.text().map("http://".__add__) | st.from_regex(r"https?://\[?[0-9:.a]+\]?"))
@settings(deadline=None)
def test_any_string_is_a_url_or_a_printable_error(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", unknown_host)
        with contextlib.suppress(TransportError):
            Transport(text).close()
            return
        assert str(refusal(text)).isprintable()


def unknown_host(*_: Any, **__: Any) -> Any:
    raise socket.gaierror(-2, "Name or service not known")


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Give every name these addresses, and return the list of names that are looked up."""
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
def test_addresses_of_other_machines_are_rejected(url: str) -> None:
    error = refusal(url)
    assert error.reason == "not-loopback"
    Transport(url, allow_remote=True).close()


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://127.8.9.10/", "http://[::1]:8000/",
                                 "http://[::ffff:127.0.0.1]/", "http://2130706433/",
                                 "http://localhost/", "http://0.0.0.0:8000/", "http://[::]:8000/",
                                 "HTTP://LOCALHOST:80/"])  # fmt: skip
def test_addresses_of_this_machine_are_accepted(url: str) -> None:
    Transport(url).close()


def test_every_address_of_a_name_must_be_one_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, "127.0.0.1", "192.0.2.1")
    error = refusal("http://receiver.test/hooks")
    assert error.reason == "not-loopback"
    assert str(error) == snapshot(
        "http://receiver.test/hooks: receiver.test (192.0.2.1) is another machine than this one; to send there, pass --allow-remote or allow_remote=True"
    )


def test_connections_go_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolving(monkeypatch, "127.0.0.1")
    server = Server()
    with server, Transport(f"http://Receiver.test:{server.port}/hooks") as transport:
        assert transport.post(DELIVERY).status == 204
        assert transport.get("/state").status == 204
        assert transport.post(DELIVERY).status == 204
    assert asked == ["receiver.test"]
    assert server.requests[0].header(b"host") == [f"receiver.test:{server.port}".encode()]


def test_the_next_address_of_a_name_is_used_if_one_does_not_accept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, "127.0.0.2", "127.0.0.1")
    server = Server(answering(CLOSING))
    with server, Transport(f"http://receiver.test:{server.port}/hooks") as transport:
        assert {transport.post(DELIVERY).status for _ in range(3)} == {204}


@pytest.mark.parametrize("name", ["localhost", "api.localhost", "LOCALHOST."])
def test_localhost_is_known_without_a_resolver(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    genuine = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **options: Any) -> Any:
        return (unknown_host if "local" in host else genuine)(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Server() as server, Transport(f"http://{name}:{server.port}/hooks") as transport:
        assert transport.post(DELIVERY).status == 204


def test_an_unknown_host_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", unknown_host)
    error = refusal("http://no-such-host.test/hooks")
    assert error.reason == "dns"
    assert str(error) == snapshot(
        "http://no-such-host.test/hooks: the host 'no-such-host.test' is unknown"
    )
    assert refusal(f"http://{'a' * 64}.test/", allow_remote=True).reason == "dns"
    assert refusal("http://a\\b/").reason == "dns"  # The backslash begins the path.


def test_the_time_limit_includes_looking_up_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: end.wait())
    try:
        error = refusal("http://receiver.test/", timeout=0.7)
    finally:
        end.set()
    assert error.reason == "dns"
    assert str(error) == snapshot(
        "http://receiver.test/: no name server answered for 'receiver.test' within 0.7 s"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "0"])
def test_the_unspecified_address_stands_for_this_machine(host: str) -> None:
    with Server() as server, Transport(f"http://{host}:{server.port}/hooks") as transport:
        assert transport.post(DELIVERY).status == 204


def test_an_ipv6_address_is_in_brackets() -> None:
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
def test_the_target_is_escaped_and_has_a_path(path: str, target: str) -> None:
    with Server() as server, Transport(f"http://127.0.0.1:{server.port}{path}") as transport:
        transport.post(DELIVERY)
    assert server.requests[0].line.split()[1].decode() == target


def test_the_host_header_leaves_out_the_default_port() -> None:
    from urllib3.util import parse_url

    from kombo_fakes.wire.transport.connections import Host

    named = ["http://a/", "http://a:80/", "https://a:443/", "https://a:80/", "http://[::1]:8000/"]
    names = [Host(parse_url(url), 1, [], None).name for url in named]
    assert names == ["a", "a", "a", "a:80", "[::1]:8000"]


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e9])
def test_an_impossible_time_limit_is_an_error(timeout: float) -> None:
    with pytest.raises(OverrideError, match="must be more than 0 and at most 86400 seconds"):
        Transport("http://127.0.0.1/", timeout=timeout)
