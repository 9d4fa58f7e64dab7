"""The forms in which receivers echo a secret: as it is, quoted, escaped and encoded."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from urllib.parse import quote, quote_plus

from kombo_fakes.wire.signing import key_of

SHORTEST = 6
"""The fewest characters of a form: a shorter one could be in any string by chance."""


# Every reply is searched for the forms of the same secret.
@lru_cache(maxsize=8)
def secret_forms(secret: str | bytes) -> tuple[str, ...]:
    """List the forms of a secret, the longest first.

    Args:
        secret: The secret.

    Returns:
        The forms that have at least six characters. A padded form comes before the same form
        without padding, because it is longer.

    Examples:
        >>> secret_forms("a&b")
        ('a&amp;b', '612662')
    """
    raw = key_of(secret)
    plain = raw.decode("utf-8", "surrogateescape")
    forms = {
        plain,
        raw.decode("utf-8", "replace"),
        # Servers decode headers as Latin-1, so that an echo may look like this.
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
        # With lone surrogates, the string differs from what is decoded from its bytes.
        forms |= {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    for encoded in (b64encode(raw), urlsafe_b64encode(raw)):
        forms |= {encoded.decode(), encoded.decode().rstrip("=")}
    long = {form for form in forms if len(form) >= SHORTEST}
    # If a shorter form were replaced first, the rest of a longer one would stay.
    return tuple(sorted(long, key=lambda form: (-len(form), form)))
