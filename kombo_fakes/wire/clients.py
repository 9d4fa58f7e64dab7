"""Sending a delivery by the HTTP client, or the test client, that a project already has."""

from __future__ import annotations

import inspect
import io
from typing import TYPE_CHECKING, Any

from kombo_fakes.wire.headers import cgi_name, join_repeated, strip_values

if TYPE_CHECKING:
    from kombo_fakes.wire.delivery import Delivery


def send_by_client(delivery: Delivery, client: Any, url: str) -> Any:
    """Send a delivery by a client, as `Delivery.send` describes it.

    The methods and parameters of a client decide how it is called, and not its class. So subclasses
    and similar clients work, and none of the packages has to be installed.

    Raises:
        TypeError: if the client is not one of those that `Delivery.send` lists.
    """
    # Django comes first: its test client has a method request, too, which takes an environ.
    if callable(getattr(client, "generic", None)):
        return _send_by_django(delivery, client, url)
    headers = strip_values(delivery.headers)
    if callable(getattr(client, "open", None)):
        return client.open(url, method=delivery.method, headers=headers, data=delivery.body)
    options = _parameters(client, "request")
    if {"method", "content"} <= options:
        return _send_by_httpx(delivery, client, url, options)
    if {"method", "data"} <= options:
        return _send_by_requests(delivery, client, url, options)
    # The request method of aiohttp has **kwargs only, so its parameters say nothing.
    if _is_of("aiohttp", client):
        return _send_by_aiohttp(delivery, client, url)
    raise TypeError(
        f"{type(client).__name__} is not a client that a delivery can be sent by: it has neither "
        "request(method, url, ...) like httpx and requests, nor open() like werkzeug, nor "
        "generic() like Django; send the method, headers and body of the delivery yourself"
    )


def _send_by_httpx(delivery: Delivery, client: Any, url: str, options: frozenset[str]) -> Any:
    # Starlette's test client follows redirects by default, and a redirect may change POST to GET.
    follow = {"follow_redirects": False} if "follow_redirects" in options else {}
    # httpx encodes a str as ASCII, and would raise for the other bytes of a wire fault.
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in strip_values(delivery.headers)
    ]
    return client.request(delivery.method, url, content=delivery.body, headers=headers, **follow)


def _send_by_requests(delivery: Delivery, client: Any, url: str, options: frozenset[str]) -> Any:
    follow = {"allow_redirects": False} if "allow_redirects" in options else {}
    # requests rejects a str that begins with the character U+00A0, which is whitespace in Unicode.
    # requests takes a mapping, in which a name cannot occur twice.
    headers = {
        name: value if value.isascii() else value.encode("latin-1")
        for name, value in join_repeated(strip_values(delivery.headers))
    }
    return client.request(delivery.method, url, data=delivery.body, headers=headers, **follow)


def _send_by_aiohttp(delivery: Delivery, client: Any, url: str) -> Any:
    # aiohttp would add a content type of its own where the delivery has none.
    added = () if delivery.header("Content-Type") is not None else ("Content-Type",)
    return client.request(
        delivery.method,
        url,
        # It warns about bytes of more than a mebibyte.
        data=io.BytesIO(delivery.body) if delivery.body else b"",
        headers=strip_values(delivery.headers),
        allow_redirects=False,
        skip_auto_headers=added,
    )


def _send_by_django(delivery: Delivery, client: Any, url: str) -> Any:
    others = dict(join_repeated(strip_values(delivery.headers)))
    # Otherwise generic() would send application/octet-stream.
    content_type = ""
    # Django ignores its content_type argument without a body.
    for name in [name for name in others if name.lower() == "content-type" and delivery.body]:
        content_type = others.pop(name)
    options: dict[str, Any]
    if "headers" in _parameters(client, "generic"):  # From Django 4.2 on.
        options = {"headers": others}
    else:
        options = {cgi_name(name): value for name, value in others.items()}
    return client.generic(delivery.method, url, delivery.body, content_type=content_type, **options)


def _parameters(client: Any, method_name: str) -> frozenset[str]:
    """Return the parameters of a method and of the methods that it overrides."""
    # A subclass may take *args and **kwargs and pass them on. The class above then says which
    # parameters there are.
    methods = [vars(kind).get(method_name) for kind in type(client).__mro__]
    found: set[str] = set()
    for method in (getattr(client, method_name, None), *methods):
        try:
            found.update(inspect.signature(method).parameters)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
    return frozenset(found)


def _is_of(package: str, client: Any) -> bool:
    return any(kind.__module__.partition(".")[0] == package for kind in type(client).__mro__)
