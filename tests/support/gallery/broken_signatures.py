"""Bugs in the check of the signature."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from kombo_fakes import TEST_SECRET

from .good import Answer, Environ, Receiver, Refused
from .planted import Bed

SIGNATURES = Bed()

_TAKES = "accepts-invalid"
_REFUSES = "rejects-valid"


def _spelt(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode().rstrip("=")


# -- anybody can deliver


@SIGNATURES.plant(_TAKES, "signature")
class ChecksNoSignature(Receiver):
    """Nobody wrote the check."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        return True


@SIGNATURES.plant(_TAKES, "missing|without a signature|no signature")
class TakesMissingSignature(Receiver):
    """The check is made if there is a header."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        return self.given(environ) is None or super().signature_ok(environ, body)


@SIGNATURES.plant(_TAKES, "empty")
class TakesEmptySignature(Receiver):
    """An empty header is false, and so is the reason to check it."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        return self.given(environ) == "" or super().signature_ok(environ, body)


class _SecondKey(Receiver):
    """After a rotation the old secret is right, too; there was no rotation."""

    second: bytes

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        if super().signature_ok(environ, body):
            return True
        other = _spelt(hmac.new(self.second, body, hashlib.sha256).digest())
        given = self.given(environ)
        return given is not None and self.same(other, given)


@SIGNATURES.plant(_TAKES, "empty")
class FallsBackToEmptyKey(_SecondKey):
    """`os.environ.get("OLD_SECRET", "")`."""

    second = b""


@SIGNATURES.plant(_TAKES, "undefined")
class FallsBackToUndefined(_SecondKey):
    """A template of JavaScript with a variable that isn't set."""

    second = b"undefined"


@SIGNATURES.plant(_TAKES, "None")
class FallsBackToNone(_SecondKey):
    """`str(os.environ.get("OLD_SECRET"))`."""

    second = b"None"


@SIGNATURES.plant(_TAKES, "null")
class FallsBackToNull(_SecondKey):
    """A setting that is null, as a text."""

    second = b"null"


@SIGNATURES.plant(_TAKES, "guess|default|secret")
class FallsBackToChangeme(_SecondKey):
    """The default that everybody was to change."""

    second = b"changeme"


@SIGNATURES.plant(_TAKES, "test")
class TakesTestSecret(_SecondKey):
    """The secret of the tests stayed in."""

    second = TEST_SECRET.encode()


@SIGNATURES.plant(_TAKES, "part|prefix|half")
class TakesHalfTheKey(_SecondKey):
    """A library of long ago cut keys off, and what it signed is still taken."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.second = secret.encode()[: len(secret.encode()) // 2]


@SIGNATURES.plant(_TAKES, "algorithm")
class TakesSha1(Receiver):
    """The older algorithm is still taken."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        old = _spelt(hmac.new(self.key(), body, hashlib.sha1).digest())
        return self.given(environ) == old or super().signature_ok(environ, body)


@SIGNATURES.plant(_TAKES, "algorithm|without (a|the) key|key")
class TakesPlainHash(Receiver):
    """A hash of the body is enough."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        plain = _spelt(hashlib.sha256(body).digest())
        return self.given(environ) == plain or super().signature_ok(environ, body)


@SIGNATURES.plant(_TAKES, "empty")
class TakesSignatureOfNothing(Receiver):
    """Somebody may have read the stream before, so the signature of no bytes is right, too."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        return super().signature_ok(environ, body) or super().signature_ok(environ, b"")


@SIGNATURES.plant(_TAKES, "changed|other bod|another|altered|not over|over these", hard=True)
class RemembersGoodSignatures(Receiver):
    """A signature that was right once isn't checked again, whatever comes with it."""

    def __init__(self, secret: str, policy: str = "strict") -> None:
        super().__init__(secret, policy)
        self.right: set[str] = set()

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        given = self.given(environ)
        if given in self.right:
            return True
        found = super().signature_ok(environ, body)
        if found and given is not None:
            self.right.add(given)
        return found


# -- compared in part


@SIGNATURES.plant(_TAKES, "short|part|first|letter")
class ComparesEightLetters(Receiver):
    """The first eight letters decide."""

    def same(self, expected: str, given: str) -> bool:
        return expected[:8] == given[:8]


@SIGNATURES.plant(_TAKES, "empty|short|part|first")
class ComparesTheStart(Receiver):
    """`expected.startswith(given)`."""

    def same(self, expected: str, given: str) -> bool:
        return expected.startswith(given)


@SIGNATURES.plant(_TAKES, "empty|short|part|first")
class ComparesByZip(Receiver):
    """Letter by letter, as far as the shorter one goes."""

    def same(self, expected: str, given: str) -> bool:
        return all(a == b for a, b in zip(expected, given))  # noqa: B905


@SIGNATURES.plant(_TAKES, "long|more letters")
class ComparesTheRest(Receiver):
    """`given.startswith(expected)`."""

    def same(self, expected: str, given: str) -> bool:
        return given.startswith(expected)


@SIGNATURES.plant(_TAKES, "case")
class ComparesWithoutCase(Receiver):
    """As with hexadecimal digits."""

    def same(self, expected: str, given: str) -> bool:
        return expected.lower() == given.lower()


@SIGNATURES.plant(_TAKES, "letter|changed|character")
class ComparesTheEnd(Receiver):
    """The last eight letters decide."""

    def same(self, expected: str, given: str) -> bool:
        return expected[-8:] == given[-8:]


# -- over other bytes than those that came


class _OverOtherBytes(Receiver):
    def bytes_of(self, body: bytes) -> bytes:
        raise NotImplementedError

    def digest(self, body: bytes) -> bytes:
        try:
            return super().digest(self.bytes_of(body))
        except (ValueError, RecursionError):
            return super().digest(body)


_BYTES = "re-?serial|re-?spel|spel(l|t)|raw bod|bytes|written|dump"


@SIGNATURES.plant(_REFUSES, _BYTES)
class SignsCompactDump(_OverOtherBytes):
    """`JSON.stringify(request.body)`."""

    def bytes_of(self, body: bytes) -> bytes:
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()


@SIGNATURES.plant(_REFUSES, _BYTES)
class SignsAsciiDump(_OverOtherBytes):
    """The same in Python, where letters beyond ASCII are escaped."""

    def bytes_of(self, body: bytes) -> bytes:
        return json.dumps(json.loads(body), separators=(",", ":")).encode()


@SIGNATURES.plant(_REFUSES, _BYTES, takes_plain=False)
class SignsSpacedDump(_OverOtherBytes):
    """`json.dumps(request.json)`."""

    def bytes_of(self, body: bytes) -> bytes:
        return json.dumps(json.loads(body)).encode()


@SIGNATURES.plant(_REFUSES, _BYTES, takes_plain=False)
class SignsSortedDump(_OverOtherBytes):
    """Some signature is one over sorted keys; this one isn't."""

    def bytes_of(self, body: bytes) -> bytes:
        value = json.loads(body)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return text.encode()


@SIGNATURES.plant(_REFUSES, f"{_BYTES}|slash")
class SignsUnescapedSlashes(_OverOtherBytes):
    """A proxy that writes \\/ as / before it hands the body on."""

    def bytes_of(self, body: bytes) -> bytes:
        return body.replace(b"\\/", b"/")


@SIGNATURES.plant(_REFUSES, f"{_BYTES}|newline|line feed|blank")
class SignsStrippedBody(_OverOtherBytes):
    """`body.strip()`."""

    def bytes_of(self, body: bytes) -> bytes:
        return body.strip()


@SIGNATURES.plant(_REFUSES, f"{_BYTES}|blank|CR|line")
class SignsUnixLines(_OverOtherBytes):
    """Read as text, with line ends made one."""

    def bytes_of(self, body: bytes) -> bytes:
        return body.replace(b"\r\n", b"\n")


@SIGNATURES.plant(_REFUSES, "ASCII|UTF-8|unicode|emoji|letters beyond|characters|encod")
class SignsLatin1(_OverOtherBytes):
    """Decoded as Latin-1 and encoded as UTF-8 again."""

    def bytes_of(self, body: bytes) -> bytes:
        return body.decode("latin-1").encode()


@SIGNATURES.plant(_REFUSES, "ASCII|UTF-8|unicode|emoji|letters beyond|characters|encod")
class SignsWhatAsciiHas(_OverOtherBytes):
    """Decoded as ASCII, with errors passed over."""

    def bytes_of(self, body: bytes) -> bytes:
        return body.decode("ascii", "ignore").encode()


@SIGNATURES.plant("crashes", "ASCII|UTF-8|unicode|emoji|letters beyond|characters|encod")
class SignsAscii(Receiver):
    """Decoded as ASCII, and what isn't ASCII is an error."""

    def digest(self, body: bytes) -> bytes:
        return super().digest(body.decode("ascii").encode())


@SIGNATURES.plant(_REFUSES, "long|bytes|size|KiB|300|cut")
class SignsFirstBytes(_OverOtherBytes):
    """One read of the stream, and no other."""

    def bytes_of(self, body: bytes) -> bytes:
        return body[:1_000]


@SIGNATURES.plant(_REFUSES, "standard alphabet", hard=True)
class ExpectsStandardAlphabet(Receiver):
    """Base64, but not that of URLs: three of four signatures have a letter of those."""

    def expected(self, body: bytes) -> str:
        return b64encode(self.digest(body)).decode().rstrip("=")


@SIGNATURES.plant(_REFUSES, "taken padded", takes_plain=False)
class ExpectsPadding(Receiver):
    """Base64 with its = at the end."""

    def expected(self, body: bytes) -> str:
        return urlsafe_b64encode(self.digest(body)).decode()


@SIGNATURES.plant(_REFUSES, "standard alphabet.*padded", takes_plain=False)
class ExpectsCommonBase64(Receiver):
    """`base64.b64encode`, which is what comes to mind first."""

    def expected(self, body: bytes) -> str:
        return b64encode(self.digest(body)).decode()


@SIGNATURES.plant(_REFUSES, "hexadecimal", takes_plain=False)
class ExpectsHex(Receiver):
    """As GitHub has it."""

    def expected(self, body: bytes) -> str:
        return self.digest(body).hex()


@SIGNATURES.plant(_REFUSES, "validateWebhook", takes_plain=False)
class ExpectsAnEnvelope(Receiver):
    """What the SDK's own helper wants: the signature inside the JSON, and it isn't checked."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        return True

    def parse(self, body: bytes) -> Any:
        value = super().parse(body)
        if not isinstance(value, dict) or set(value) != {"X-Kombo-Signature", "body"}:
            raise Refused(400, "no matching schema")
        return value["body"]


@SIGNATURES.plant(_REFUSES, "header|case", served=True)
class KnowsOneCaseOfTheHeader(Receiver):
    """Looks for X-Kombo-Signature to the letter."""

    def given(self, environ: Environ) -> str | None:
        headers = environ.get("gallery.headers")
        if headers is None:
            return super().given(environ)
        return dict(headers).get("X-Kombo-Signature")


# -- crashes


@SIGNATURES.plant("crashes", "missing|without a signature|no signature")
class CrashesWithoutSignature(Receiver):
    """`headers["X-Kombo-Signature"]`."""

    def given(self, environ: Environ) -> str | None:
        return str(environ["HTTP_X_KOMBO_SIGNATURE"])


@SIGNATURES.plant("crashes", "missing|without a signature|no signature|exception|raise")
class RaisesWithoutSignature(CrashesWithoutSignature):
    """The same, and nothing around it makes a 500 of the exception."""

    def crashed(self, error: Exception) -> Answer:
        raise error


@SIGNATURES.plant("crashes", "ASCII|non-ascii|bytes beyond")
class CrashesOnNonAsciiSignature(Receiver):
    """Of two str compare_digest takes ASCII only."""

    def same(self, expected: str, given: str) -> bool:
        return hmac.compare_digest(expected, given)


@SIGNATURES.plant("crashes", "malformed|base64|no base64|signature")
class CrashesOnMalformedSignature(Receiver):
    """Decodes the signature to compare digests, and what can't be decoded is an error."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        given = self.given(environ)
        if given is None:
            return False
        if not given.isascii():
            return False
        found = urlsafe_b64decode(given + "=" * (-len(given) % 4))
        return super().signature_ok(environ, body) and hmac.compare_digest(self.digest(body), found)


@SIGNATURES.plant("crashes", "empty")
class CrashesOnEmptySignature(Receiver):
    """Looks at the first letter, for a version of the scheme."""

    def same(self, expected: str, given: str) -> bool:
        return given[0] != "\0" and super().same(expected, given)


@SIGNATURES.plant("crashes", "twice|comma|two|malformed")
class CrashesOnTwoSignatures(Receiver):
    """Expects one value."""

    def same(self, expected: str, given: str) -> bool:
        (only,) = given.split(",")
        return super().same(expected, only)


@SIGNATURES.plant("crashes", "long|5,000|letters")
class CrashesOnLongSignature(Receiver):
    """Writes refused signatures into a column of 255 letters."""

    def same(self, expected: str, given: str) -> bool:
        if len(given) > 255:
            raise OverflowError("value too long for type character varying(255)")
        return super().same(expected, given)


@SIGNATURES.plant("crashes", "short|length|malformed|letters")
class CrashesOnShortSignature(Receiver):
    """As timingSafeEqual of Node, which wants two of one length."""

    def same(self, expected: str, given: str) -> bool:
        if len(given) < len(expected):
            raise IndexError("input buffers must have the same byte length")
        return super().same(expected, given)


@SIGNATURES.plant("crashes", "signature|wrong")
class CrashesOnWrongSignature(Receiver):
    """Raises an error that nobody catches."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        if not super().signature_ok(environ, body):
            raise PermissionError("the signature is wrong")
        return True


@SIGNATURES.plant(_TAKES, "signature")
class Says200ToWrongSignatures(Receiver):
    """The error stands in the body; the status says that all is well."""

    def refused(self, refused: Refused) -> Answer:
        if refused.status == self.status_signature:
            return Answer(200, b'{"error": "invalid signature"}', "application/json")
        return super().refused(refused)


@SIGNATURES.plant(_TAKES, "redirect|30[0-9]|signature|neither")
class RedirectsWithoutSignature(Receiver):
    """Sends whoever isn't known to the page where one logs in."""

    def refused(self, refused: Refused) -> Answer:
        if refused.status == self.status_signature:
            return Answer(302, headers=(("Location", "/login"),))
        return super().refused(refused)


@SIGNATURES.plant("hangs", "missing|without a signature|no signature")
class HangsWithoutSignature(Receiver):
    """Waits for a header that doesn't come."""

    def given(self, environ: Environ) -> str | None:
        if "HTTP_X_KOMBO_SIGNATURE" not in environ:
            self.released.wait(self.patience)
        return super().given(environ)


@SIGNATURES.plant("hangs", "signature|answer|body")
class NeverEndsItsAnswer(Receiver):
    """Begins to answer a wrong signature, and never gets to the end."""

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        started: list[Any] = []
        body = super().__call__(environ, lambda *args: started.append(args))
        start_response(*started[0])
        return self._slowly(body) if started[0][0].startswith("401") else body

    def _slowly(self, body: Any) -> Iterator[bytes]:
        self.released.wait(self.patience)
        yield from body


# -- a check that leaves something behind


@SIGNATURES.plant("rejected-but-applied", "signature|appl", looks=True)
class AppliesBeforeTheCheck(Receiver):
    """The signature is checked, after all is done."""

    def webhook(self, environ: Environ) -> Answer:
        body = self.read(environ)
        answer = self.process(self._parsed(body))
        if not self.signature_ok(environ, body):
            raise Refused(401, "the signature is wrong")
        return answer

    def _parsed(self, body: bytes) -> Any:
        try:
            return self.parse(body)
        except ValueError:
            raise Refused(400, "no JSON") from None


@SIGNATURES.plant("rejected-but-applied", "empty|key|signature|appl", looks=True)
class AppliesUnlessMissing(Receiver):
    """Checks, works, and only then says what the check has found."""

    def webhook(self, environ: Environ) -> Answer:
        body = self.read(environ)
        right = self.signature_ok(environ, body)
        if not right and self.given(environ) is None:
            raise Refused(401, "no signature")
        try:
            payload = self.parse(body)
        except ValueError:
            raise Refused(400, "no JSON") from None
        answer = self.process(payload)
        if not right:
            raise Refused(401, "the signature is wrong")
        return answer


@SIGNATURES.plant("loses-events", "forge|poison|wrong signature|refused|mark", looks=True)
class ForgedEventsCountAsSeen(Receiver):
    """The id is marked before the signature is checked: a forgery keeps the true one out."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        found = super().signature_ok(environ, body)
        if not found:
            with suppress(ValueError, KeyError, TypeError):
                self.mark(self.parse(body))
        return found


@SIGNATURES.plant(_REFUSES, "after|next|forge|wrong signature|later", hard=True)
class OneForgeryBlocksTheNext(Receiver):
    """A flag that a wrong signature sets, and that only the next delivery takes away."""

    blocked = False

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        if self.blocked:
            self.blocked = False
            return False
        found = super().signature_ok(environ, body)
        self.blocked = not found
        return found


@SIGNATURES.plant(_TAKES, "other bod|another|changed|blank|byte|not over")
class SignsTheValueAlone(Receiver):
    """Any style of what was signed will do: signature over bytes, or over a canonical form."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        if super().signature_ok(environ, body):
            return True
        given = self.given(environ)
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return False
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        try:
            canonical = text.encode()
        except UnicodeEncodeError:
            return False
        return given is not None and self.same(self.expected(canonical), given)


@SIGNATURES.plant(_TAKES, "long|more letters|letters")
class DecodesTheFirst32Bytes(Receiver):
    """Copies the decoded signature into 32 bytes, whatever comes behind."""

    def signature_ok(self, environ: Environ, body: bytes) -> bool:
        given = self.given(environ)
        if given is None or not given.isascii():
            return False
        try:
            found = urlsafe_b64decode(given + "=" * (-len(given) % 4))
        except binascii.Error:
            return False
        return hmac.compare_digest(self.digest(body), found[:32])
