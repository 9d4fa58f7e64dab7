"""Test vectors: bodies and signatures for receivers in other languages to be checked against.

One JSON document that needs no library to be read: each vector holds a body in base64, the
signature header, and whether a receiver with the document's secret has to let it pass.
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

# Bytes that whoever decodes a body before checking it gets wrong.
_BODIES: tuple[tuple[str, bytes, str], ...] = (
    ("empty", b"", "no bytes at all"),
    ("ascii", b'{"id":"1"}', "letters of ASCII only"),
    ("emoji", '{"name":"\U0001f600 M\u00fcller \u2028"}'.encode(), "UTF-8 of one to four bytes"),
    ("latin-1", b'{"name":"M\xfcller"}', "no UTF-8: a signature is over bytes, not over letters"),
    ("bom", b"\xef\xbb\xbf{}", "a byte order mark belongs to the body"),
    ("nul", b'{"name":"a\x00b"}', "a NUL, where a C string would end"),
    ("crlf", b'{\r\n "id": "1"\r\n}\r\n', "line ends of Windows stay what they are"),
    ("all-bytes", bytes(range(256)), "each byte once"),
    ("long", b" " * 10_000, "10,000 bytes"),
)  # fmt: skip


def vectors() -> dict[str, Any]:
    """The document, always the same one of a release.

    Returns:
        A JSON object with ``secret``, ``header`` and ``vectors``: a list of objects with ``id``,
        ``body`` (base64), ``signature`` (null for no header; each character one byte), ``verdict``
        and ``why``. The verdict is ``valid``, ``invalid``, or ``either`` for a right digest in
        another style.

    Examples:
        >>> document = vectors()
        >>> document["secret"], document["vectors"][0]["id"]
        ('kombo_fakes-test-secret-DO-NOT-USE', 'body-empty')
    """
    return {
        "about": "Signatures of Kombo's webhooks: base64url, without padding, of HMAC-SHA256 over "
        "the raw body. The secret is for tests; refuse to start with it in production.",
        "made_by": f"kombo_fakes {__version__}",
        "header": SIGNATURE_HEADER,
        "secret": TEST_SECRET,
        "vectors": [*_right(), *_wrong()],
    }


def _right() -> Iterator[dict[str, Any]]:
    for name, body, why in _BODIES:
        yield _vector(f"body-{name}", Delivery.signed(body), "valid", why)
    payload = generator_for(Schema.load(DEFAULT_EVENT)).generate(SeededChoices(0))
    payload["data"]["end_user"]["organization_name"] = "Mu\u0308ller & S\u00f6hne / \U0001f600"
    for style in styles():
        delivery = Delivery.of(payload, style=style.name)
        yield _vector(f"style-{style}", delivery, "valid", style.description)


def _wrong() -> Iterator[dict[str, Any]]:
    for fault in wire_faults(family="signature"):
        for number, delivery in enumerate(fault.examples, 1):
            if sum(name == SIGNATURE_HEADER for name, _ in delivery.headers) > 1:
                continue  # Two headers are a matter of HTTP, not of the signature.
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
