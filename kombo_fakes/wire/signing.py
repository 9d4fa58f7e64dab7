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
"""What deliveries are signed with where no other secret is given."""

SECRET_VARIABLE = "KOMBO_WEBHOOK_SECRET"  # noqa: S105
"""The variable of the environment that holds the secret, where no other place was named."""


def sign(body: bytes, secret: str | bytes) -> str:
    """The signature that Kombo sends with a body.

    Args:
        body: The bytes of the request, exactly as they cross the wire.
        secret: The webhook secret; a text is taken in UTF-8.

    Returns:
        43 letters of base64url.

    Raises:
        SecretError: if the secret is empty: everybody can sign with that.
        TypeError: if the body isn't bytes. A text has no signature before it is encoded.

    Examples:
        >>> sign(b'{"id":"1"}', "a secret")
        'qh8GICotEes5lhpv_SNMzdPRq3wUWKohu12TNdIUkIY'
    """
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(f"the body to sign is bytes, not {type(body).__name__}")
    if not isinstance(secret, (str, bytes)):
        raise TypeError(f"the secret is a str or bytes, not {type(secret).__name__}")
    if not secret:
        raise SecretError("the secret is empty: whoever sends a request could sign it")
    return signature_with(body, key_of(secret))


def verify(body: bytes, signature: str | bytes | None, secret: str | bytes) -> bool:
    r"""Whether a body bears the right signature.

    Fit to be read as a reference for a receiver, and to be used in one: the time it takes doesn't
    depend on where a signature is wrong, no signature makes it raise, and with an empty secret
    or none nothing is right.

    Args:
        body: The bytes of the request, before anything parsed them.
        signature: The header as it came; None if there was none.
        secret: The webhook secret.

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
    # Of two str, compare_digest takes ASCII only.
    return hmac.compare_digest(signature_with(body, key_of(secret)).encode(), key_of(signature))


def digest(body: bytes, key: bytes) -> bytes:
    """The 32 bytes that a signature spells."""
    return hmac.digest(key, body, "sha256")


def signature_with(body: bytes, key: bytes) -> str:
    """The signature with any key at all, the empty one included."""
    return urlsafe_b64encode(digest(body, key)).rstrip(b"=").decode("ascii")


def key_of(text: str | bytes) -> bytes:
    r"""The bytes of a secret; a text is taken in UTF-8, also where it holds lone surrogates.

    Examples:
        >>> key_of("a\ud800")
        b'a\xed\xa0\x80'
    """
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
