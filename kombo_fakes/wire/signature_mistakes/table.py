"""How signatures go wrong: one table of the mistakes that implementations make.

Three parts of the library read it. The wire faults make wrong signatures, the probe tries whether a
receiver that rejects its first delivery expects one of them, and `explain_signature` recognises
them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable

from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.errors import DocumentError
from kombo_fakes.wire.serializations import Style, styles
from kombo_fakes.wire.signature_mistakes.mistake import SignatureMistake, encode_digest
from kombo_fakes.wire.signing import SIGNATURE_HEADER, TEST_SECRET

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_BOM = b"\xef\xbb\xbf"


# -- the key


def _decode_base64(secret: bytes) -> Iterable[bytes]:
    # Secrets are written in either alphabet of base64, with padding and without.
    text = secret.rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_"))
    try:
        # Without validate, Python skips characters of another alphabet, and decodes nearly any
        # secret.
        return (b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True),)
    except ValueError:
        return ()


def _decode_hexadecimal(secret: bytes) -> Iterable[bytes]:
    try:
        return (bytes.fromhex(secret.decode("latin-1")),)
    except ValueError:
        return ()


_AS_IT_IS = "use the secret as it is, without anything before or after it"
_CONFIGURE = "configure the secret, and do not start without one"

_KEYS = (
    # Editors and echo end a file with a line feed, and code that reads the file keeps it.
    SignatureMistake("key-line-feed", "key", "made with the secret and a line feed after it",
                     _AS_IT_IS, lambda secret: (secret + b"\n",)),
    SignatureMistake("key-crlf", "key", "made with the secret and CR LF after it",
                     _AS_IT_IS, lambda secret: (secret + b"\r\n",)),
    SignatureMistake("key-space", "key", "made with the secret and a space after it",
                     _AS_IT_IS, lambda secret: (secret + b" ",)),
    SignatureMistake("key-stripped", "key", "made with the secret without the whitespace around it",
                     _AS_IT_IS, lambda secret: (secret.strip(),)),
    # Some tools that read .env files remove the quotes around a value, and others keep them.
    SignatureMistake("key-quoted", "key", "made with the secret in quotes",
                     _AS_IT_IS, lambda secret: (b'"' + secret + b'"', b"'" + secret + b"'")),
    SignatureMistake("key-unquoted", "key", "made with the secret without the quotes around it",
                     _AS_IT_IS, lambda secret: (secret.strip(b"\"'"),)),
    SignatureMistake("key-empty", "key", "made with an empty key, as if no secret were configured",
                     _CONFIGURE, lambda secret: (b"",)),
    # Languages write a missing value as one of these words when they make a string of it.
    SignatureMistake("key-null", "key", "made with the key null, as if no secret were configured",
                     _CONFIGURE, lambda secret: (b"null",)),
    SignatureMistake("key-undefined", "key",
                     "made with the key undefined, as if no secret were configured",
                     _CONFIGURE, lambda secret: (b"undefined",)),
    SignatureMistake("key-none", "key", "made with the key None, as if no secret were configured",
                     _CONFIGURE, lambda secret: (b"None",)),
    SignatureMistake("key-test", "key", "made with the secret of the test vectors",
                     _CONFIGURE, lambda secret: (TEST_SECRET.encode(),)),
    SignatureMistake("key-decoded-base64", "key", "made with the secret decoded from base64",
                     "use the bytes of the secret as it is written; do not decode it",
                     _decode_base64),
    SignatureMistake("key-decoded-hexadecimal", "key",
                     "made with the secret decoded from hexadecimal",
                     "use the bytes of the secret as it is written; do not decode it",
                     _decode_hexadecimal),
)  # fmt: skip


# -- the body


def _strip_line_end(body: bytes) -> Iterable[bytes]:
    return (body.removesuffix(b"\r\n"), body.removesuffix(b"\n"))


def _replace_bytes(body: bytes) -> Iterable[bytes]:
    return (body.decode("utf-8", errors).encode() for errors in ("replace", "ignore"))


def _quote(body: bytes) -> Iterable[bytes]:
    text = body.decode("utf-8", "replace")
    return (json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode())


def _re_serialise(style: Style) -> Callable[[bytes], Iterable[bytes]]:
    def change(body: bytes) -> Iterable[bytes]:
        try:
            return (style.write(parse_json(body.removeprefix(_BOM))),)
        except DocumentError:
            return ()

    return change


_RAW_BODY = "compute the signature over the raw bytes of the body, before anything parses them"

_BODIES = (
    SignatureMistake("body-no-line-end", "body", "made for the body without the line end after it",
                     _RAW_BODY, _strip_line_end),
    SignatureMistake("body-line-end", "body", "made for the body with a line end after it",
                     _RAW_BODY, lambda body: (body + b"\n", body + b"\r\n")),
    SignatureMistake("body-stripped", "body", "made for the body without the whitespace around it",
                     _RAW_BODY, lambda body: (body.strip(),)),
    SignatureMistake("body-empty", "body", "made for an empty body",
                     "read the body once and keep its bytes: a stream that was read is empty",
                     lambda body: (b"",)),
    SignatureMistake("body-lf", "body", "made for the body with LF for each CR LF",
                     _RAW_BODY, lambda body: (body.replace(b"\r\n", b"\n"),)),
    SignatureMistake("body-crlf", "body", "made for the body with CR LF for each LF",
                     _RAW_BODY, lambda body: (body.replace(b"\n", b"\r\n"),)),
    SignatureMistake("body-no-bom", "body", "made for the body without its byte order mark",
                     _RAW_BODY, lambda body: (body.removeprefix(_BOM),)),
    SignatureMistake("body-replaced", "body", "made for the body without the bytes that are not "
                     "UTF-8", _RAW_BODY, _replace_bytes),
    SignatureMistake("body-latin-1", "body", "made for the body read as Latin-1 and written as "
                     "UTF-8", _RAW_BODY, lambda body: (body.decode("latin-1").encode(),)),
    SignatureMistake("body-python-repr", "body", "made for Python's str() of the bytes of the body",
                     _RAW_BODY, lambda body: (str(bytes(body)).encode(),)),
    # Some gateways hand over bodies in base64: AWS Lambda says so in isBase64Encoded.
    SignatureMistake("body-base64", "body", "made for the body encoded in base64",
                     "decode the body from base64 before you check its signature",
                     lambda body: (b64encode(body),)),
    SignatureMistake("body-quoted", "body", "made for the body written as a JSON string",
                     _RAW_BODY, _quote),
    *(
        SignatureMistake(f"re-serialised-{style}", "body",
                         f"made for the same JSON written again ({style.description})",
                         _RAW_BODY, _re_serialise(style))
        for style in styles(ambiguous=True)
    ),
)  # fmt: skip


# -- the algorithm


def _hmac_of(name: str) -> Callable[[bytes, bytes], Iterable[bytes]]:
    def change(key: bytes, body: bytes) -> Iterable[bytes]:
        try:
            return (hmac.digest(key, body, name),)
        except ValueError:  # Some systems are set up without the older algorithms.
            return ()

    return change


_HMAC_SHA256 = "compute HMAC-SHA256 of the body, with the secret as the key"

_ALGORITHMS = (
    SignatureMistake("hmac-sha1", "algorithm", "made with HMAC-SHA1",
                     _HMAC_SHA256, _hmac_of("sha1")),
    SignatureMistake("hmac-sha384", "algorithm", "made with HMAC-SHA384",
                     _HMAC_SHA256, _hmac_of("sha384")),
    SignatureMistake("hmac-sha512", "algorithm", "made with HMAC-SHA512",
                     _HMAC_SHA256, _hmac_of("sha512")),
    SignatureMistake("hmac-md5", "algorithm", "made with HMAC-MD5",
                     _HMAC_SHA256, _hmac_of("md5")),
    SignatureMistake("hmac-swapped", "algorithm", "made with the body as the key of the HMAC",
                     _HMAC_SHA256, lambda key, body: (hmac.digest(body, key, "sha256"),)),
    SignatureMistake("sha256", "algorithm", "made with SHA-256 of the body, without the secret",
                     _HMAC_SHA256, lambda key, body: (hashlib.sha256(body).digest(),)),
    SignatureMistake("sha256-secret-first", "algorithm",
                     "made with SHA-256 of the secret followed by the body",
                     _HMAC_SHA256, lambda key, body: (hashlib.sha256(key + body).digest(),)),
    SignatureMistake("sha256-secret-last", "algorithm",
                     "made with SHA-256 of the body followed by the secret",
                     _HMAC_SHA256, lambda key, body: (hashlib.sha256(body + key).digest(),)),
    SignatureMistake("sha1", "algorithm", "made with SHA-1 of the body, without the secret",
                     _HMAC_SHA256,
                     # Systems in FIPS mode may refuse SHA-1 unless it is said to secure nothing.
                     lambda key, body: (hashlib.sha1(body, usedforsecurity=False).digest(),)),
)  # fmt: skip


# -- the encoding


def _set_spare_bits(found: bytes) -> Iterable[str]:
    text = encode_digest(found)
    # Of the 6 bits of the last character 2 carry nothing (RFC 4648, 3.5).
    last = _ALPHABET.index(text[-1])
    return (text[:-1] + _ALPHABET[last | spare] for spare in (1, 2, 3))


def _encode_hexadecimal_again(found: bytes) -> Iterable[str]:
    text = b64encode(found.hex().encode()).decode("ascii")
    return (text, text.rstrip("="))


def _change_case(found: bytes) -> Iterable[str]:
    text = encode_digest(found)
    return (text.lower(), text.upper(), text.swapcase())


_BASE64URL = "encode the digest in base64url (RFC 4648, 5), without = at the end"

_ENCODINGS = (
    SignatureMistake("padded", "encoding", "padded with =", _BASE64URL,
                     lambda found: (urlsafe_b64encode(found).decode("ascii"),)),
    SignatureMistake("standard-alphabet", "encoding",
                     "in the standard alphabet of base64 (+ and /)", _BASE64URL,
                     lambda found: (b64encode(found).decode("ascii").rstrip("="),)),
    SignatureMistake("standard-alphabet-padded", "encoding",
                     "in the standard alphabet of base64 (+ and /), padded with =", _BASE64URL,
                     lambda found: (b64encode(found).decode("ascii"),)),
    SignatureMistake("spare-bits", "encoding",
                     "with other spare bits in the last character (RFC 4648, 3.5)", _BASE64URL,
                     _set_spare_bits),
    SignatureMistake("hexadecimal", "encoding", "in hexadecimal", _BASE64URL,
                     lambda found: (found.hex(), found.hex().upper())),
    SignatureMistake("hexadecimal-in-base64", "encoding", "in hexadecimal, and that in base64",
                     "encode the bytes of the digest in base64url, not its hexadecimal digits",
                     _encode_hexadecimal_again),
    SignatureMistake("case-changed", "encoding", "with characters in another case",
                     "compare and store signatures as they are: base64 is case-sensitive",
                     _change_case),
)  # fmt: skip


# -- the header


def _add_prefix(mistake_id: str, prefix: str) -> SignatureMistake:
    def undo(header: str) -> str:
        is_there = header.lower().startswith(prefix.lower())
        return header[len(prefix) :] if is_there else header

    what = f"with {prefix.strip()} before it"
    return SignatureMistake(mistake_id, "header", what, _BARE, lambda text: (prefix + text,), undo)


def _remove_quotes(header: str) -> str:
    is_quoted = len(header) > 1 and header[0] == header[-1] and header[0] in "\"'"
    return header[1:-1] if is_quoted else header


def _remove_name(header: str) -> str:
    name, colon, value = header.partition(":")
    is_there = bool(colon) and name.strip().lower() == SIGNATURE_HEADER.lower()
    return value.strip() if is_there else header


_BARE = f"put the signature alone in the header {SIGNATURE_HEADER}"

_HEADERS = (
    SignatureMistake("header-name", "header", "with the name of the header before it", _BARE,
                     lambda text: (f"{SIGNATURE_HEADER}: {text}",), _remove_name),
    SignatureMistake("whitespace", "header", "with whitespace around it", _BARE,
                     lambda text: (f" {text} ", f"\t{text}", f"{text}  "), str.strip),
    SignatureMistake("quotes", "header", "with quotes around it", _BARE,
                     lambda text: (f'"{text}"', f"'{text}'"), _remove_quotes),
    # Other senders write a prefix: GitHub sha256= and sha1=, Standard Webhooks v1, and Stripe v1=.
    _add_prefix("prefix-sha256", "sha256="),
    _add_prefix("prefix-v1-comma", "v1,"),
    _add_prefix("prefix-bearer", "Bearer "),
    _add_prefix("prefix-sha1", "sha1="),
    _add_prefix("prefix-sha512", "sha512="),
    _add_prefix("prefix-hmac-sha256", "hmac-sha256="),
    _add_prefix("prefix-v1", "v1="),
)  # fmt: skip


SIGNATURE_MISTAKES: tuple[SignatureMistake, ...] = (
    *_ENCODINGS, *_HEADERS, *_BODIES, *_KEYS, *_ALGORITHMS
)  # fmt: skip
"""The table. Where two mistakes make the same signature, the more usual one comes first."""

MISTAKES = {mistake.id: mistake for mistake in SIGNATURE_MISTAKES}
"""The rows by their ids."""

# Each combination costs the probe a delivery, so these are not all that are possible.
COMMON_COMBINATIONS: tuple[tuple[SignatureMistake, ...], ...] = tuple(
    tuple(MISTAKES[name] for name in names)
    for names in (
        ("standard-alphabet",),
        ("standard-alphabet-padded",),
        ("padded",),
        ("hexadecimal",),
        ("hexadecimal", "prefix-sha256"),
        ("prefix-sha256",),
        ("hmac-sha1",),
        ("re-serialised-spaced",),
        ("re-serialised-indented",),
        ("re-serialised-keys-sorted",),
        ("re-serialised-keys-reversed",),
        ("re-serialised-trailing-newline",),
    )
)
"""What receivers that reject a right signature are most likely to expect instead."""
