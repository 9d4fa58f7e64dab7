"""The signature: what Node computes, and nothing that a header can hold makes `verify` fail."""

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
    """The program, where it is installed; a run that may skip nothing fails without it."""
    found = shutil.which("node")
    if found is None:
        if "KOMBO_FAKES_NO_SKIP" in os.environ:
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    return found


def test_node_computes_the_same() -> None:
    """Kombo's guide has an example in Node: 500 bodies and secrets, binary and of all Unicode."""
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
def test_the_rule(body: bytes, secret: str | bytes) -> None:
    """HMAC-SHA256 over the bytes, base64url, without padding."""
    key = secret.encode() if isinstance(secret, str) else secret
    digest = hmac.new(key, body, hashlib.sha256).digest()
    signature = sign(body, secret)
    assert signature == urlsafe_b64encode(digest).decode().rstrip("=")
    assert urlsafe_b64decode(signature + "=") == digest
    assert len(signature) == 43
    assert sign(bytearray(body), secret) == sign(memoryview(body), secret) == signature


@given(st.binary(), SECRETS)
def test_what_is_signed_is_right(body: bytes, secret: str | bytes) -> None:
    """As text and as bytes, as servers give headers."""
    signature = sign(body, secret)
    assert verify(body, signature, secret)
    assert verify(body, signature.encode(), secret)
    assert verify(bytearray(body), signature, secret)


@given(st.binary(), SECRETS, st.data())
def test_any_change_is_wrong(body: bytes, secret: str | bytes, data: st.DataObject) -> None:
    """One byte of the body, one letter of the signature, a letter more or less, another secret."""
    signature = sign(body, secret)
    at = data.draw(st.integers(0, len(body)))
    assert not verify(body[:at] + b"x" + body[at:], signature, secret)
    assert not (body and verify(body[:-1], signature, secret))
    place = data.draw(st.integers(0, 42))
    letter = data.draw(st.characters().filter(lambda c: c != signature[place]))
    assert not verify(body, signature[:place] + letter + signature[place + 1 :], secret)
    for spelt in (signature[:-1], signature + "=", f" {signature}", f"{signature}\n", ""):
        assert not verify(body, spelt, secret)
    # HMAC fills a key up with zeros, and takes the digest of one that is longer than 64 bytes.
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
def test_verify_never_fails(body: Any, signature: Any, secret: Any) -> None:
    """Whatever comes is right or wrong, and in that case wrong."""
    assert verify(body, signature, secret) is False


@given(st.binary())
def test_no_secret_makes_anything_right(body: bytes) -> None:
    """A receiver that isn't configured refuses, even what was signed with its empty key."""
    empty = urlsafe_b64encode(hmac.new(b"", body, hashlib.sha256).digest()).decode().rstrip("=")
    nothing: Any
    for nothing in ("", b"", None, 0, [], False):
        assert verify(body, empty, nothing) is False


@pytest.mark.parametrize("secret", ["", b""])
def test_an_empty_secret_signs_nothing(secret: Any) -> None:
    """Whoever sends a request could sign it."""
    with pytest.raises(SecretError, match="the secret is empty") as caught:
        sign(b"{}", secret)
    assert str(caught.value) == "the secret is empty: whoever sends a request could sign it"
    assert isinstance(caught.value, KomboFakesError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("body", "secret", "message"),
    [
        ("{}", "x", "the body to sign is bytes, not str"),
        (None, "x", "the body to sign is bytes, not NoneType"),
        ({}, "x", "the body to sign is bytes, not dict"),
        (b"", None, "the secret is a str or bytes, not NoneType"),
        (b"", 1, "the secret is a str or bytes, not int"),
    ],
)
def test_wrong_types(body: Any, secret: Any, message: str) -> None:
    """A text has no signature: it depends on how it is encoded."""
    with pytest.raises(TypeError) as caught:
        sign(body, secret)
    assert str(caught.value) == message


def test_names() -> None:
    """The header as Kombo calls it, and a secret that nobody takes for a real one."""
    assert SIGNATURE_HEADER == "X-Kombo-Signature"
    assert "DO-NOT-USE" in TEST_SECRET
    assert json.dumps(TEST_SECRET).isascii()
