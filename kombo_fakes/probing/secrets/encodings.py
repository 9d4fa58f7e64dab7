"""The forms in which receivers echo a secret: as it is, quoted, escaped and encoded."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from urllib.parse import quote, quote_plus

from kombo_fakes.wire.signing import key_of

SHORTEST = 6
"""A shorter form would be found in any text."""


@lru_cache(maxsize=8)
def secret_forms(secret: str | bytes) -> tuple[str, ...]:
    """The forms of a secret, the longest first: a padded one before the same without padding.

    Args:
        secret: The secret.

    Returns:
        The forms; those of less than six letters are left out.

    Examples:
        >>> secret_forms("a&b")
        ('a&amp;b', '612662')
    """
    raw = key_of(secret)
    plain = raw.decode("utf-8", "surrogateescape")
    forms = {
        plain,
        raw.decode("utf-8", "replace"),
        raw.decode("latin-1"),
        repr(plain)[1:-1],
        json.dumps(plain)[1:-1],
        json.dumps(plain, ensure_ascii=False)[1:-1],
        html.escape(plain),
        quote(raw),
        quote(raw, safe=""),
        quote_plus(raw),
        raw.hex(),
        raw.hex().upper(),
    }
    if isinstance(secret, str):
        # Otherwise than read from its bytes, where it holds lone surrogates.
        forms |= {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    for encoded in (b64encode(raw), urlsafe_b64encode(raw)):
        forms |= {encoded.decode(), encoded.decode().rstrip("=")}
    long = {form for form in forms if len(form) >= SHORTEST}
    return tuple(sorted(long, key=lambda form: (-len(form), form)))
