"""Kombo's signature: HMAC-SHA256 over the raw body, in base64url without padding.

The rule is in Kombo's guide to webhooks; the alphabet is that of RFC 4648, section 5.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

from kombo_fakes.errors import SecretError

SIGNATURE_HEADER = "X-Kombo-Signature"
"""The header that carries the signature."""

TEST_SECRET = "kombo_fakes-test-secret-DO-NOT-USE"  # noqa: S105
"""The secret that deliveries are signed with, unless you pass another one."""

SECRET_VARIABLE = "KOMBO_WEBHOOK_SECRET"  # noqa: S105
"""The environment variable that contains the secret, unless you name another source."""


def sign(body: bytes, secret: str | bytes) -> str:
    """Return the signature that Kombo sends with a body.

    Args:
        body: The bytes of the request body, exactly as they are sent.
        secret: The webhook secret. A str is encoded in UTF-8.

    Returns:
        43 characters of base64url.

    Raises:
        SecretError: if the secret is empty, since anybody can sign with an empty key.
        TypeError: if the body is not bytes. A str has no signature until it is encoded.

    Examples:
        >>> sign(b'{"id":"1"}', "a secret")
        'qh8GICotEes5lhpv_SNMzdPRq3wUWKohu12TNdIUkIY'
    """
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(f"the body to sign must be bytes, not {type(body).__name__}")
    if not isinstance(secret, (str, bytes)):
        raise TypeError(f"the secret must be a str or bytes, not {type(secret).__name__}")
    if not secret:
        raise SecretError("the secret is empty: anybody could sign a request")
    return signature_with(body, key_of(secret))


def verify(body: bytes, signature: str | bytes | None, secret: str | bytes) -> bool:
    r"""Return whether a body has the right signature.

    The function is a reference for receivers, and receivers can use it. It compares in constant
    time, it never raises, and an empty or missing secret makes no signature right.

    Args:
        body: The bytes of the request body, before anything parsed them.
        signature: The value of the header as it came; None if there was none.
        secret: The webhook secret.

    Returns:
        True if the signature is exactly the one that `sign` returns.

    Examples:
        >>> verify(b"{}", sign(b"{}", "a secret"), "a secret")
        True
        >>> verify(b"{}", "\xe9", "a secret"), verify(b"{}", None, "a secret")
        (False, False)
        >>> verify(b"{}", "", "")
        False
    """
    usable = isinstance(secret, (str, bytes)) and isinstance(body, (bytes, bytearray, memoryview))
    if not usable or not secret or not isinstance(signature, (str, bytes)):
        return False
    # compare_digest raises for a str that is not ASCII, so it compares bytes.
    return hmac.compare_digest(signature_with(body, key_of(secret)).encode(), key_of(signature))


def digest(body: bytes, key: bytes) -> bytes:
    """Return the 32 bytes that a signature encodes."""
    return hmac.digest(key, body, "sha256")


def signature_with(body: bytes, key: bytes) -> str:
    """Return the signature with any key, even the empty one."""
    # A receiver knows the length of a digest, so padding may be left out (RFC 4648, 3.2).
    return urlsafe_b64encode(digest(body, key)).rstrip(b"=").decode("ascii")


def key_of(secret: str | bytes) -> bytes:
    r"""Return the bytes of a secret: a str in UTF-8, in which lone surrogates are allowed.

    Examples:
        >>> key_of("a\ud800")
        b'a\xed\xa0\x80'
    """
    return secret if isinstance(secret, bytes) else secret.encode("utf-8", "surrogatepass")
