"""Test vectors: bodies and signatures, for tests of receivers in any language.

The vectors are one JSON document. Each of them holds a body in base64, a signature header, and
whether the signature is valid with the secret of the document.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.version import __version__
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.faults import wire_faults
from kombo_fakes.wire.serializations import styles
from kombo_fakes.wire.signing import SIGNATURE_HEADER, TEST_SECRET

_VERDICTS = {"accept": "valid", "reject": "invalid", "either": "either"}

# Code that decodes a body before it checks the signature gets many of these wrong.
_BODIES: tuple[tuple[str, bytes, str], ...] = (
    ("empty", b"", "an empty body"),
    ("ascii", b'{"id":"1"}', "only ASCII characters"),
    ("emoji", '{"name":"\U0001f600 M\u00fcller \u2028"}'.encode(), "UTF-8 of one to four bytes"),
    ("latin-1", b'{"name":"M\xfcller"}', "not UTF-8: the signature is over bytes, not characters"),
    ("bom", b"\xef\xbb\xbf{}", "the byte order mark is a part of the body"),
    ("nul", b'{"name":"a\x00b"}', "NUL, which ends a string in C"),
    ("crlf", b'{\r\n "id": "1"\r\n}\r\n', "CR LF stays CR LF"),
    ("all-bytes", bytes(range(256)), "every byte value once"),
    ("long", b" " * 10_000, "10,000 spaces"),
)  # fmt: skip


def vectors() -> dict[str, Any]:
    """Return the document of test vectors. It is always the same in a release.

    Returns:
        A JSON object with ``secret``, ``header`` and ``vectors``: a list of objects with ``id``,
        ``body`` (base64), ``signature`` (each character is one byte; null if there is no header),
        ``verdict`` and ``why``. The verdict is ``valid``, ``invalid``, or ``either`` for a right
        digest in another encoding.

    Examples:
        >>> document = vectors()
        >>> document["secret"], document["vectors"][0]["id"]
        ('kombo_fakes-test-secret-DO-NOT-USE', 'body-empty')
    """
    return {
        "about": "Signatures of Kombo's webhooks: base64url, without padding, of HMAC-SHA256 over "
        "the raw body. The secret is for tests: do not use it in production.",
        "made_by": f"kombo_fakes {__version__}",
        "header": SIGNATURE_HEADER,
        "secret": TEST_SECRET,
        "vectors": [*_right(), *_wrong()],
    }


def _right() -> Iterator[dict[str, Any]]:
    for name, body, why in _BODIES:
        yield _vector(f"body-{name}", Delivery.signed(body), "valid", why)
    payload = generator_for(Schema.load(DEFAULT_EVENT)).generate(SeededChoices(0))
    # Styles differ in how they write characters beyond ASCII, slashes, and what is beyond U+FFFF.
    # Code that normalizes Unicode would change the u and its combining dots.
    payload["data"]["end_user"]["organization_name"] = "Mu\u0308ller & S\u00f6hne / \U0001f600"
    for style in styles():
        delivery = Delivery.of(payload, style=style.name)
        yield _vector(f"style-{style}", delivery, "valid", style.description)


def _wrong() -> Iterator[dict[str, Any]]:
    for fault in wire_faults(family="signature"):
        for number, delivery in enumerate(fault.examples, 1):
            if sum(name == SIGNATURE_HEADER for name, _ in delivery.headers) > 1:
                continue  # A vector has one header; two of them are a matter of HTTP.
            why = f"{fault.description}: {fault.why}"
            yield _vector(f"{fault.id}-{number}", delivery, _VERDICTS[fault.expected()], why)


def _vector(name: str, delivery: Delivery, verdict: str, why: str) -> dict[str, Any]:
    return {
        "id": name,
        "body": b64encode(delivery.body).decode("ascii"),
        "signature": delivery.signature,
        "verdict": verdict,
        "why": why,
    }
