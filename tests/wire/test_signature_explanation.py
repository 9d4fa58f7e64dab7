"""What was done instead, where a signature is wrong."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from kombo_fakes import (
    SecretError,
    explain_signature,
    generate,
    serialize,
    sign,
    styles,
    verify,
)

SECRET = "a secret of some length"
BODY = '{"id": "1", "name": "Müller"}\n'.encode()
RIGHT = sign(BODY, SECRET)
HEX = urlsafe_b64decode(RIGHT + "=").hex()


def signed(body: bytes) -> str:
    return sign(body, SECRET)


@pytest.mark.parametrize(
    ("signature", "text"),
    [
        (RIGHT + "=", snapshot("the right digest, but padded with =")),
        (HEX, snapshot("the right digest, but in hexadecimal")),
        (HEX.upper(), snapshot("the right digest, but in hexadecimal")),
        (
            b64encode(HEX.encode()).decode(),
            snapshot("the right digest, but in hexadecimal, and that in base64"),
        ),
        (f"sha256={RIGHT}", snapshot("the right digest, but with sha256= before it")),
        (
            f"sha256={HEX}",
            snapshot("the right digest, but in hexadecimal, with sha256= before it"),
        ),
        (f" {RIGHT}\n", snapshot("the right digest, but with whitespace around it")),
        (f'"{RIGHT}"', snapshot("the right digest, but with quotes around it")),
        (
            f"x-kombo-signature: {RIGHT}=",
            snapshot("the right digest, but padded with =, with the name of the header before it"),
        ),
        (RIGHT.swapcase(), snapshot("the right digest, but with characters in another case")),
        (
            RIGHT[:3].swapcase() + RIGHT[3:],
            snapshot("the right digest, but with characters in another case"),
        ),
        (RIGHT[:20], snapshot("only the first 20 characters of the right one, which has 43")),
        (f"{RIGHT}{RIGHT}", snapshot("the right one, followed by 43 more characters")),
        (signed(BODY.strip()), snapshot("made for the body without the line end after it")),
        (signed(BODY + b"\n"), snapshot("made for the body with a line end after it")),
        (signed(b""), snapshot("made for an empty body")),
        (
            signed(b'{"id":"1","name":"M\xc3\xbcller"}'),
            snapshot("made for the same JSON written again (without whitespace)"),
        ),
        (
            signed(rb'{"id": "1", "name": "M\u00fcller"}'),
            snapshot("made for the same JSON written again (with characters beyond ASCII escaped)"),
        ),
        (
            signed(b'{"id":"1","name":"M\xc3\xbcller"}') + "=",
            snapshot("made for the same JSON written again (without whitespace), padded with ="),
        ),
        (
            signed(BODY.decode("latin-1").encode()),
            snapshot("made for the body read as Latin-1 and written as UTF-8"),
        ),
        (signed(b64encode(BODY)), snapshot("made for the body encoded in base64")),
        (
            signed(json.dumps(BODY.decode()).encode()),
            snapshot("made for the body written as a JSON string"),
        ),
        (sign(BODY, f"{SECRET}\n"), snapshot("made with the secret and a line feed after it")),
        (sign(BODY, f'"{SECRET}"'), snapshot("made with the secret in quotes")),
        (
            sign(BODY, "undefined"),
            snapshot("made with the key undefined, as if no secret were configured"),
        ),
        (None, snapshot("there is no signature")),
        ("", snapshot("the signature is empty")),
        ("sha256=", snapshot("the signature is empty")),
        ("abc", snapshot("a signature is 43 characters of A-Z, a-z, 0-9, - and _, not 3")),
        ("-" * 44, snapshot("a signature is 43 characters of A-Z, a-z, 0-9, - and _, not 44")),
        ("-" * 43, snapshot("made with another secret, or over other bytes")),
        (
            "!" * 43,
            snapshot(
                "a signature is 43 characters of A-Z, a-z, 0-9, - and _, and '!' is not one of them"
            ),
        ),
        (
            "\xe9" * 43,
            snapshot(
                "a signature is 43 characters of A-Z, a-z, 0-9, - and _, and 'é' is not one of them"
            ),
        ),
        (
            RIGHT[:-1] + chr(ord(RIGHT[-1]) + 1),
            snapshot(
                "the right digest, but with other spare bits in the last character (RFC 4648, 3.5)"
            ),
        ),
    ],
)
def test_says_what_was_done_instead(signature: str | None, text: str) -> None:
    assert str(explain_signature(BODY, signature, SECRET)) == text


def test_names_the_standard_alphabet() -> None:
    body = next(b"%d" % n for n in range(99) if {"-", "_"} & set(signed(b"%d" % n)))
    standard = b64encode(urlsafe_b64decode(signed(body) + "=")).decode()
    assert str(explain_signature(body, standard, SECRET)) == snapshot(
        "the right digest, but in the standard alphabet of base64 (+ and /), padded with ="
    )


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (hmac.new(b"key", b"{}", "sha1"), "HMAC-SHA1"),
        (hmac.new(b"key", b"{}", "sha512"), "HMAC-SHA512"),
        (hmac.new(b"{}", b"key", "sha256"), "the body as the key of the HMAC"),
        (hashlib.sha256(b"{}"), "SHA-256 of the body, without the secret"),
        (hashlib.sha256(b"key{}"), "SHA-256 of the secret followed by the body"),
    ],
)
def test_names_another_algorithm(made: hmac.HMAC, name: str) -> None:
    base64 = urlsafe_b64encode(made.digest()).decode()
    prefixed = "sha1=" + made.hexdigest()
    for text in (made.hexdigest(), made.hexdigest().upper(), base64, base64.rstrip("="), prefixed):
        assert name in str(explain_signature(b"{}", text, b"key"))


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_recognises_every_style_of_the_same_json(end: str) -> None:
    payload = next(generate("sync-finished")).payload
    received = serialize(payload, "all-escaped") + end.encode()
    for style in styles():
        signature = sign(style.write(payload), SECRET)
        if not verify(received, signature, SECRET):
            explanation = explain_signature(received, signature, SECRET)
            assert explanation is not None
            assert explanation.mistakes, style.name


@given(body=st.binary(), secret=st.text(min_size=1) | st.binary(min_size=1))
@settings(deadline=None)
def test_explains_nothing_where_the_signature_is_right(body: bytes, secret: str | bytes) -> None:
    assert explain_signature(body, sign(body, secret), secret) is None


@given(
    st.binary() | st.sampled_from([BODY, b"[" * 500, b"9" * 5000, b"[NaN]", b'"\\ud800"', b"\xff"]),
    st.text() | st.text("ABCab01-_+/=", min_size=40, max_size=66) | st.just("0" * 64),
    st.binary(min_size=1),
)
@settings(deadline=None)
def test_explains_garbage_in_one_line(body: bytes, signature: str, secret: bytes) -> None:
    explanation = explain_signature(body, signature, secret)
    assert explanation is not None
    assert explanation.text
    assert explanation.mistakes == ()
    assert "\n" not in f"{explanation.text} {explanation.fix}"


def test_rejects_what_cannot_be_explained() -> None:
    with pytest.raises(SecretError):
        explain_signature(b"", "x", "")
    with pytest.raises(TypeError):
        explain_signature("a string", "x", "a secret")  # type: ignore[arg-type]
