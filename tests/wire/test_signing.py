"""Signing and verifying: compared with Node, and with any body, signature and secret."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import shutil
import subprocess
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from kombo_fakes import SIGNATURE_HEADER, TEST_SECRET, KomboFakesError, SecretError, sign, verify

SECRETS = st.binary(min_size=1) | st.text(min_size=1)
NODE = """
const {createHmac} = require('crypto');
const lines = require('fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean);
for (const line of lines) {
  const [secret, body] = line.split(' ').map((part) => Buffer.from(part, 'base64'));
  console.log(createHmac('sha256', secret).update(body).digest('base64url'));
}
"""


def node() -> str:
    """Return the path of Node. Without it the test is skipped, or fails where none may be."""
    found = shutil.which("node")
    if found is None:
        if "KOMBO_FAKES_NO_SKIP" in os.environ:
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    return found


def test_node_computes_the_same_signatures() -> None:
    # Kombo's guide has its example in Node. Bodies and secrets are binary, and of all Unicode.
    choices = random.Random(1)
    pairs = [(b"secret", b""), (b"secret", b"{}"), (b"\0", b"\0" * 100_000)]
    while len(pairs) < 500:
        text = "".join(chr(choices.choice((65, 233, 0x20AC, 0x1F600)) + choices.randrange(9))
                       for _ in range(choices.randrange(200)))  # fmt: skip
        noise = choices.randbytes(choices.randrange(300))
        secret = choices.choice((choices.randbytes(1 + choices.randrange(99)), f"é{text}".encode()))
        pairs.append((secret, choices.choice((text.encode(), noise))))
    lines = "\n".join(" ".join(b64encode(part).decode() for part in pair) for pair in pairs)
    done = subprocess.run(
        [node(), "-e", NODE], input=lines, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [sign(body, secret) for secret, body in pairs]


@given(st.binary(), SECRETS)
def test_a_signature_is_hmac_sha256_in_base64url_without_padding(
    body: bytes, secret: str | bytes
) -> None:
    key = secret.encode() if isinstance(secret, str) else secret
    digest = hmac.new(key, body, hashlib.sha256).digest()
    signature = sign(body, secret)
    assert signature == urlsafe_b64encode(digest).decode().rstrip("=")
    assert urlsafe_b64decode(signature + "=") == digest
    assert len(signature) == 43
    assert sign(bytearray(body), secret) == sign(memoryview(body), secret) == signature


@given(st.binary(), SECRETS)
def test_a_right_signature_is_verified_as_str_and_as_bytes(
    body: bytes, secret: str | bytes
) -> None:
    signature = sign(body, secret)
    assert verify(body, signature, secret)
    assert verify(body, signature.encode(), secret)
    assert verify(bytearray(body), signature, secret)


@given(st.binary(), SECRETS, st.data())
def test_any_change_to_body_signature_or_secret_is_wrong(
    body: bytes, secret: str | bytes, data: st.DataObject
) -> None:
    signature = sign(body, secret)
    at = data.draw(st.integers(0, len(body)))
    assert not verify(body[:at] + b"x" + body[at:], signature, secret)
    assert not (body and verify(body[:-1], signature, secret))
    place = data.draw(st.integers(0, 42))
    character = data.draw(st.characters().filter(lambda c: c != signature[place]))
    assert not verify(body, signature[:place] + character + signature[place + 1 :], secret)
    for changed in (signature[:-1], signature + "=", f" {signature}", f"{signature}\n", ""):
        assert not verify(body, changed, secret)
    # HMAC pads a key with zeros, and replaces a key of more than 64 bytes with its digest.
    key = secret.encode() if isinstance(secret, str) else secret
    assert not verify(body, signature, key + b"x" if len(key) < 64 else b"x" + key)


GARBAGE = (
    st.none()
    | st.text()
    | st.binary()
    | st.integers()
    | st.lists(st.text())
    | st.text(st.characters(categories=["Cs"]))
    | st.sampled_from(["\udcff", "é" * 43, "\0", "A" * 100_000])
)


@given(st.binary() | GARBAGE, GARBAGE, SECRETS | GARBAGE)
def test_verify_returns_false_for_garbage_and_never_raises(
    body: Any, signature: Any, secret: Any
) -> None:
    assert verify(body, signature, secret) is False


@given(st.binary())
def test_without_a_secret_no_signature_is_right(body: bytes) -> None:
    empty = urlsafe_b64encode(hmac.new(b"", body, hashlib.sha256).digest()).decode().rstrip("=")
    nothing: Any
    for nothing in ("", b"", None, 0, [], False):
        assert verify(body, empty, nothing) is False


@pytest.mark.parametrize("secret", ["", b""])
def test_an_empty_secret_is_an_error(secret: Any) -> None:
    with pytest.raises(SecretError) as error:
        sign(b"{}", secret)
    assert str(error.value) == snapshot("the secret is empty: anybody could sign a request")
    assert isinstance(error.value, KomboFakesError)
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    ("body", "secret", "message"),
    [
        ("{}", "x", snapshot("the body to sign must be bytes, not str")),
        (None, "x", snapshot("the body to sign must be bytes, not NoneType")),
        ({}, "x", snapshot("the body to sign must be bytes, not dict")),
        (b"", None, snapshot("the secret must be a str or bytes, not NoneType")),
        (b"", 1, snapshot("the secret must be a str or bytes, not int")),
    ],
)
def test_other_types_cannot_be_signed(body: Any, secret: Any, message: str) -> None:
    with pytest.raises(TypeError) as error:
        sign(body, secret)
    assert str(error.value) == message


def test_the_header_is_kombos_and_the_test_secret_says_what_it_is() -> None:
    assert SIGNATURE_HEADER == "X-Kombo-Signature"
    assert "DO-NOT-USE" in TEST_SECRET
    assert json.dumps(TEST_SECRET).isascii()
