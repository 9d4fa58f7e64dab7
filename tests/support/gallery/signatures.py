"""Bugs in how a signature is verified."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from kombo_fakes import TEST_SECRET

from .planted import (
    ACCEPTS,
    CRASHES,
    HANGS,
    LEAVES_TRACES,
    LOSES,
    REJECTS,
    Method,
    bug,
    crash,
    reject,
)
from .receiver import Answer, Environ, Receiver, encode_digest

# -- replacements of `is_signed` and `digest` that need more than an expression


def second_key(key: bytes | Callable[[Receiver], bytes], algorithm: str = "sha256") -> Method:
    """Accept what another key has signed, too."""

    def is_signed(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
        other = key if isinstance(key, bytes) else key(self)
        signature = encode_digest(hmac.new(other, body, algorithm).digest())
        return good(environ, body) or self.read_signature(environ) == signature

    return is_signed


def sign_other(convert: Callable[[bytes], bytes]) -> Method:
    """Verify the signature of other bytes than those that came."""

    def digest(self: Receiver, good: Method, body: bytes) -> bytes:
        try:
            return good(convert(body))
        except (ValueError, RecursionError):
            return good(body)

    return digest


def _dump(body: bytes, **options: Any) -> bytes:
    options = {"ensure_ascii": False, "separators": (",", ":"), **options}
    return json.dumps(json.loads(body), **options).encode()


def _decode(signature: str) -> bytes:
    return urlsafe_b64decode(signature + "=" * (-len(signature) % 4))


def _remember_good(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
    signature = self.read_signature(environ)
    if signature not in self.memory and good(environ, body):
        self.memory[signature] = True
    return signature in self.memory


def _decode_to_compare(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
    signature = self.read_signature(environ)
    if signature is None or not signature.isascii():
        return False
    found = _decode(signature)
    return good(environ, body) and hmac.compare_digest(self.digest(body), found)


def _decode_32_bytes(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
    signature = self.read_signature(environ)
    if signature is None or not signature.isascii():
        return False
    try:
        return hmac.compare_digest(self.digest(body), _decode(signature)[:32])
    except binascii.Error:
        return False


def _sign_value(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
    signature = self.read_signature(environ)
    try:
        return good(environ, body) or self.compare(self.sign(_dump(body)), signature or "")
    except (ValueError, RecursionError):
        return False


def _remember_forgeries(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
    right = good(environ, body)
    if not right:
        with suppress(ValueError, KeyError, TypeError):
            self.remember(self.parse(body))
    return right


def _block_after_forgery(self: Receiver, good: Method, environ: Environ, body: bytes) -> bool:
    if self.memory.pop("blocked", False):
        return False
    right = good(environ, body)
    if not right:
        self.memory["blocked"] = True
    return right


def _reject_after_work(self: Receiver, good: Method, environ: Environ) -> Answer:
    body = self.read_body(environ)
    answer = self.process(self.parse_or_reject(body))
    return answer if self.is_signed(environ, body) else reject(401)


def _reraise(self: Receiver, good: Method, error: Exception) -> Answer:
    raise error


def _open_envelope(value: Any) -> Any:
    if not isinstance(value, dict) or set(value) != {"X-Kombo-Signature", "body"}:
        reject(400, "no matching schema")
    return value["body"]


class NeverEnds(Receiver):
    """Begins to answer a wrong signature, and does not finish."""

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        started: list[Any] = []
        body = super().__call__(environ, lambda *args: started.append(args))
        start_response(*started[0])
        return self._wait(body) if started[0][0].startswith("401") else body

    def _wait(self, body: Any) -> Iterator[bytes]:
        self.hang()
        yield from body


_MISSING = "missing|without a signature|no signature"
_BYTES = "re-?serial|re-?spel|spel(l|t)|raw bod|bytes|written|dump"
_CHARACTERS = "ASCII|UTF-8|unicode|emoji|characters|encod"

# fmt: off
SIGNATURES = (
    # -- anybody can deliver
    bug("checks-no-signature", ACCEPTS, "signature",
        is_signed=lambda self, good, environ, body: True),
    bug("accepts-missing-signature", ACCEPTS, _MISSING,  # The check runs if there is a header.
        is_signed=lambda self, good, environ, body: (
            self.read_signature(environ) is None or good(environ, body))),
    bug("accepts-empty-signature", ACCEPTS, "empty",  # `if signature and not is_right(signature):`
        is_signed=lambda self, good, environ, body: (
            self.read_signature(environ) == "" or good(environ, body))),
    bug("falls-back-to-empty-key", ACCEPTS, "empty",  # `os.environ.get("OLD_SECRET", "")`
        is_signed=second_key(b"")),
    bug("falls-back-to-undefined", ACCEPTS, "undefined",  # A JavaScript template without its value.
        is_signed=second_key(b"undefined")),
    bug("falls-back-to-none", ACCEPTS, "None",  # `str(os.environ.get("OLD_SECRET"))`
        is_signed=second_key(b"None")),
    bug("falls-back-to-null", ACCEPTS, "null",  # A setting that is null, as a string.
        is_signed=second_key(b"null")),
    bug("falls-back-to-changeme", ACCEPTS, "guess|default|secret",
        is_signed=second_key(b"changeme")),
    bug("accepts-test-secret", ACCEPTS, "test",
        is_signed=second_key(TEST_SECRET.encode())),
    bug("accepts-half-the-key", ACCEPTS, "part|prefix|half",  # An old library cut keys off.
        is_signed=second_key(lambda self: self.key()[:len(self.key()) // 2])),
    bug("accepts-sha-1", ACCEPTS, "algorithm",
        is_signed=second_key(Receiver.key, "sha1")),
    bug("accepts-plain-hash", ACCEPTS, "algorithm|without (a|the) key|key",
        is_signed=lambda self, good, environ, body: good(environ, body) or (
            self.read_signature(environ) == encode_digest(hashlib.sha256(body).digest()))),
    bug("accepts-signature-of-nothing", ACCEPTS, "empty",  # The stream may have been read before.
        is_signed=lambda self, good, environ, body: good(environ, body) or good(environ, b"")),
    bug("remembers-good-signatures", ACCEPTS,
        "signature of an earlier delivery",
        is_signed=_remember_good),
    bug("signs-the-value-alone", ACCEPTS, "other bod|another|changed|blank|byte|not over",
        is_signed=_sign_value),

    # -- compares a part
    bug("compares-eight-letters", ACCEPTS, "short|part|first|letter",
        compare=lambda self, good, expected, received: expected[:8] == received[:8]),
    bug("compares-the-end", ACCEPTS, "letter|changed|character",
        compare=lambda self, good, expected, received: expected[-8:] == received[-8:]),
    bug("compares-the-start", ACCEPTS, "empty|short|part|first",
        compare=lambda self, good, expected, received: expected.startswith(received)),
    bug("compares-by-zip", ACCEPTS, "empty|short|part|first",
        compare=lambda self, good, expected, received: (
            all(a == b for a, b in zip(expected, received, strict=False)))),
    bug("compares-the-rest", ACCEPTS, "long|more characters",
        compare=lambda self, good, expected, received: received.startswith(expected)),
    bug("compares-without-case", ACCEPTS, "case",  # As with hexadecimal digits.
        compare=lambda self, good, expected, received: expected.lower() == received.lower()),
    bug("decodes-the-first-32-bytes", ACCEPTS, "long|more characters|letters",
        is_signed=_decode_32_bytes),

    # -- signs other bytes than those that came
    bug("signs-compact-dump", REJECTS, _BYTES,  # `JSON.stringify(request.body)`
        digest=sign_other(_dump)),
    bug("signs-ascii-dump", REJECTS, _BYTES,  # The same in Python, which escapes non-ASCII.
        digest=sign_other(lambda body: _dump(body, ensure_ascii=True))),
    bug("signs-spaced-dump", REJECTS, _BYTES, accepts_plain=False,  # `json.dumps(request.json)`
        digest=sign_other(lambda body: json.dumps(json.loads(body)).encode())),
    bug("signs-sorted-dump", REJECTS, _BYTES, accepts_plain=False,
        digest=sign_other(lambda body: _dump(body, sort_keys=True))),
    bug("signs-unescaped-slashes", REJECTS, f"{_BYTES}|slash",  # A proxy writes \/ as /.
        digest=sign_other(lambda body: body.replace(b"\\/", b"/"))),
    bug("signs-stripped-body", REJECTS, f"{_BYTES}|newline|line feed|blank",
        digest=sign_other(bytes.strip)),
    bug("signs-unix-lines", REJECTS, f"{_BYTES}|blank|CR|line",  # Reads the body as text.
        digest=sign_other(lambda body: body.replace(b"\r\n", b"\n"))),
    bug("signs-latin-1", REJECTS, _CHARACTERS,
        digest=sign_other(lambda body: body.decode("latin-1").encode())),
    bug("signs-what-ascii-has", REJECTS, _CHARACTERS,
        digest=sign_other(lambda body: body.decode("ascii", "ignore").encode())),
    bug("signs-ascii", CRASHES, _CHARACTERS,
        digest=lambda self, good, body: good(body.decode("ascii").encode())),
    bug("signs-first-bytes", REJECTS, "long|bytes|size|KiB|300|cut",  # One read of the stream.
        digest=sign_other(lambda body: body[:1_000])),

    # -- expects another encoding
    bug("expects-standard-alphabet", REJECTS, "standard alphabet",
        sign=lambda self, good, body: b64encode(self.digest(body)).decode().rstrip("=")),
    bug("expects-padding", REJECTS, "padded with =", accepts_plain=False,
        sign=lambda self, good, body: urlsafe_b64encode(self.digest(body)).decode()),
    bug("expects-common-base-64", REJECTS, "standard alphabet.*padded", accepts_plain=False,
        sign=lambda self, good, body: b64encode(self.digest(body)).decode()),
    bug("expects-hex", REJECTS, "hexadecimal", accepts_plain=False,  # As GitHub sends it.
        sign=lambda self, good, body: self.digest(body).hex()),
    bug("expects-an-envelope", REJECTS, "validateWebhook", accepts_plain=False,  # The SDK's helper.
        is_signed=lambda self, good, environ, body: True,
        parse=lambda self, good, body: _open_envelope(good(body))),
    bug("knows-one-case-of-the-header", REJECTS, "header|case",
        unseen="an environ has lost the case of the names",
        read_signature=lambda self, good, environ: (
            dict(environ["gallery.headers"]).get("X-Kombo-Signature")
            if "gallery.headers" in environ else good(environ))),

    # -- crashes and hangs
    bug("crashes-without-signature", CRASHES, _MISSING,
        read_signature=lambda self, good, environ: environ["HTTP_X_KOMBO_SIGNATURE"]),
    bug("raises-without-signature", CRASHES, f"{_MISSING}|exception|raise",  # To the server.
        read_signature=lambda self, good, environ: environ["HTTP_X_KOMBO_SIGNATURE"],
        answer_crash=_reraise),
    bug("crashes-on-non-ascii-signature", CRASHES, "ASCII|non-ascii|bytes beyond",
        compare=lambda self, good, expected, received: hmac.compare_digest(expected, received)),
    bug("crashes-on-malformed-signature", CRASHES, "malformed|base64|no base64|signature",
        is_signed=_decode_to_compare),
    bug("crashes-on-empty-signature", CRASHES, "empty",  # Looks for a version of the scheme.
        compare=lambda self, good, expected, received: (
            received[0] != "\0" and good(expected, received))),
    bug("crashes-on-two-signatures", CRASHES, "twice|comma|two|malformed",
        compare=lambda self, good, expected, received: (
            "," in received and crash()) or good(expected, received)),
    bug("crashes-on-long-signature", CRASHES, "long|5,000|letters",  # Logs to a varchar(255).
        compare=lambda self, good, expected, received: (
            len(received) > 255 and crash()) or good(expected, received)),
    bug("crashes-on-short-signature", CRASHES, "short|length|malformed|letters",  # timingSafeEqual
        compare=lambda self, good, expected, received: (
            len(received) < len(expected) and crash()) or good(expected, received)),
    bug("crashes-on-wrong-signature", CRASHES, "signature|wrong",
        is_signed=lambda self, good, environ, body: good(environ, body) or crash()),
    bug("says-200-to-wrong-signatures", ACCEPTS, "signature",  # The error is in the body.
        status_signature=200),
    bug("redirects-without-signature", ACCEPTS, "redirect|30[0-9]|signature|neither",
        answer_rejection=lambda self, good, rejection: (
            Answer(302, headers=(("Location", "/login"),))
            if rejection.status == self.status_signature else good(rejection))),
    bug("hangs-without-signature", HANGS, _MISSING,
        read_signature=lambda self, good, environ: (
            self.hang() if good(environ) is None else good(environ))),
    bug("never-ends-its-answer", HANGS, "signature|answer|body", NeverEnds),

    # -- a check that leaves something behind
    bug("applies-before-the-check", LEAVES_TRACES, "signature|appl",
        receive=_reject_after_work),
    bug("applies-unless-missing", LEAVES_TRACES, "empty|key|signature|appl",
        receive=lambda self, good, environ: (
            reject(401) if self.read_signature(environ) is None
            else _reject_after_work(self, good, environ))),
    bug("forged-events-count-as-copies", LOSES, "forge|poison|wrong signature|refused|mark",
        is_signed=_remember_forgeries),
    bug("one-forgery-blocks-the-next", REJECTS, "after|next|forge|wrong signature|later",
        is_signed=_block_after_forgery),
)
# fmt: on
