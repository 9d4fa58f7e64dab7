"""A delivery as a command for a POSIX shell."""

from __future__ import annotations

import shlex
from base64 import b64encode
from typing import TYPE_CHECKING

from kombo_fakes.wire.headers import Headers
from kombo_fakes.wire.signing import SIGNATURE_HEADER

if TYPE_CHECKING:
    from kombo_fakes.wire.delivery import Delivery

# Longer bodies are encoded, since terminals and shells limit the length of a line.
_COMMAND_LIMIT = 4_000
# curl waits for a "100 Continue" before it sends a body of this size.
_EXPECT_SIZE = 1 << 20


def make_curl_command(
    delivery: Delivery, url: str, body_file: str | None, variable: str | None
) -> str:
    """Make what `Delivery.curl` returns."""
    is_plain = _is_plain(delivery.body)
    if variable is not None and (is_plain or body_file is not None):
        return _make_signing_command(delivery, url, body_file, variable)
    parts = _curl_parts(delivery, url, delivery.headers)
    if body_file is not None:
        # Not --data, which leaves out the line ends of a file.
        return " ".join([*parts, "--data-binary", shlex.quote("@" + body_file)])
    if is_plain:
        return " ".join([*parts, "--data-binary", shlex.quote(delivery.body.decode())])
    encoded = b64encode(delivery.body).decode("ascii")
    return f"printf %s {encoded} | base64 -d | {' '.join(parts)} --data-binary @-"


def _make_signing_command(
    delivery: Delivery, url: str, body_file: str | None, variable: str
) -> str:
    """The command in which openssl signs the body with the secret of a shell variable."""
    # Not echo: it adds a line feed, and some shells let it read backslashes as escapes.
    text, file = 'printf %s "$body"', f"cat {shlex.quote(body_file or '')}"
    hmac = f'openssl dgst -sha256 -hmac "${variable}" -binary'
    # base64url is base64 with two other characters (RFC 4648, 5). openssl has no option for it.
    made = f"{text if body_file is None else file} | {hmac} | base64 | tr '+/' '-_' | tr -d ="
    name, others = SIGNATURE_HEADER, []
    for header in delivery.headers:
        if header[0].lower() == name.lower():
            name = header[0]
        else:
            others.append(header)
    parts = [*_curl_parts(delivery, url, tuple(others)), "-H", f'"{name}: $({made})"']
    if body_file is not None:
        return " ".join([*parts, "--data-binary", shlex.quote("@" + body_file)])
    body = shlex.quote(delivery.body.decode())
    return f'body={body}; {" ".join(parts)} --data-binary "$body"'


def _curl_parts(delivery: Delivery, url: str, headers: Headers) -> list[str]:
    # With a body, curl would send POST whatever the method of the delivery is.
    parts = ["curl", "-sS", "-i", "-X", shlex.quote(delivery.method), shlex.quote(url)]
    if set(url) & set("[]{}"):
        parts.insert(1, "-g")  # Otherwise curl reads them as patterns for several URLs.
    names = {name.lower() for name, _ in delivery.headers}
    # curl drops a header without a value, unless a semicolon ends it.
    lines = [f"{name}: {v}" if v.strip(" \t") else f"{name};" for name, v in headers]
    # An empty header stops curl from adding one of its own, which would be another request.
    if "content-type" not in names:
        lines.append("Content-Type:")
    if len(delivery.body) >= _EXPECT_SIZE and "expect" not in names:
        lines.append("Expect:")
    for line in lines:
        parts += ["-H", _quote_header(line)]
    return parts


def _is_plain(body: bytes) -> bool:
    """Whether a body can be an argument of a command as it is."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    # To curl, a leading @ names a file.
    return len(body) <= _COMMAND_LIMIT and text.isprintable() and not text.startswith("@")


def _quote_header(line: str) -> str:
    if line.isascii() and line.isprintable():
        return shlex.quote(line)
    # In the text of a command, such a character would be sent as UTF-8. printf writes the byte. A
    # backslash and % mean something to printf, and a quote would end its argument.
    octal = "".join(
        chr(b) if 32 <= b < 127 and b not in b"\\%'" else f"\\{b:03o}"
        for b in line.encode("latin-1")
    )
    return f"\"$(printf '{octal}')\""
