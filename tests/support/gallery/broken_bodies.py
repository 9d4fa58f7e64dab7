"""Bugs in how a request is read: bytes, JSON, HTTP."""

from __future__ import annotations

import json
import re
from typing import Any

from .good import Answer, Environ, Receiver, Refused, check_value
from .planted import Bed

BODIES = Bed()

_TAKES = "accepts-invalid"
_REFUSES = "rejects-valid"
_SPELT = "spel(l|t)|written"


def texts(value: Any) -> list[str]:
    """All texts of a JSON value, names included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in texts(item)]
    return [text for item in value for text in texts(item)] if isinstance(value, list) else []


# -- what isn't JSON


@BODIES.plant(_TAKES, "JSON|empty|cut")
class CatchesEverything(Receiver):
    """`except Exception: return 200`, around the parser."""

    def webhook(self, environ: Environ) -> Answer:
        try:
            return super().webhook(environ)
        except Refused as refused:
            if refused.status != self.status_json:
                raise
            return self.taken()


@BODIES.plant(_TAKES, "empty|no bytes")
class TakesEmptyBodies(Receiver):
    """Takes a body without bytes for a ping."""

    def webhook(self, environ: Environ) -> Answer:
        if environ.get("CONTENT_LENGTH") == "0":
            return self.taken()
        return super().webhook(environ)


@BODIES.plant(_TAKES, "behind|trailing|garbage|JSON")
class ReadsTheFirstValue(Receiver):
    """Reads one JSON value and doesn't look at what comes behind it."""

    def loads(self, body: bytes | str) -> Any:
        text = body if isinstance(body, str) else body.decode()
        start = len(text) - len(text.lstrip())
        _, end = json.JSONDecoder().raw_decode(text, start)
        return super().loads(text[start:end])


@BODIES.plant(_TAKES, "cut|truncat|JSON")
class MendsBodies(Receiver):
    """Closes the braces that are missing at the end."""

    def loads(self, body: bytes | str) -> Any:
        try:
            return super().loads(body)
        except json.JSONDecodeError:
            for ending in ('"}}', "}", "}}"):
                try:
                    return super().loads(bytes(body) + ending.encode())  # type: ignore[arg-type]
                except json.JSONDecodeError:
                    continue
            raise


@BODIES.plant(_TAKES, "UTF-8|byte|Latin")
class ReplacesWrongBytes(Receiver):
    """`body.decode(errors="replace")`."""

    def loads(self, body: bytes | str) -> Any:
        return super().loads(body if isinstance(body, str) else body.decode(errors="replace"))


@BODIES.plant("crashes", "JSON|cut|empty|another format")
class CrashesOnWhatIsNoJson(Receiver):
    """Nobody catches what the parser raises."""

    def parse(self, body: bytes) -> Any:
        try:
            return super().parse(body)
        except json.JSONDecodeError as error:
            raise RuntimeError("no JSON") from error


@BODIES.plant("crashes", "empty|no bytes")
class CrashesOnEmptyBodies(Receiver):
    """Looks at the first byte."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if body.strip()[0] == 0:
            raise Refused(400, "binary")


# -- JSON that is no payload


class _AfterParsing(Receiver):
    """Crashes on some values."""

    def parse(self, body: bytes) -> Any:
        value = super().parse(body)
        self.use(value)
        return value

    def use(self, value: Any) -> None:
        raise NotImplementedError


@BODIES.plant("crashes", "array|string|number|null|boolean|object")
class CrashesOnWhatIsNoObject(_AfterParsing):
    """`payload.get("type")`."""

    def use(self, value: Any) -> None:
        value.get("type")


@BODIES.plant("crashes", "array|string|number|null|boolean|object", policy="tolerant")
class CrashesOnWhatIsNoObjectThoughTolerant(CrashesOnWhatIsNoObject):
    """The same in a tolerant reader."""


@BODIES.plant("crashes", "null|number|boolean")
class CrashesOnNull(_AfterParsing):
    """`"type" in payload`, which is all right with texts and arrays."""

    def use(self, value: Any) -> None:
        "type" in value  # noqa: B015


@BODIES.plant("crashes", "array")
class CrashesOnArrays(_AfterParsing):
    """Takes an array for a batch, and what is in it for events."""

    def use(self, value: Any) -> None:
        if isinstance(value, list):
            value[0]["batch"]


@BODIES.plant("crashes", "UTF-8|byte|Latin")
class CrashesOnWrongBytes(Receiver):
    """Decodes before it tries to parse."""

    def parse(self, body: bytes) -> Any:
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise RuntimeError("can't decode") from error
        return super().parse(text.encode())


@BODIES.plant("crashes", "deep|nest|level")
class CrashesOnDepth(Receiver):
    """A RecursionError is no ValueError."""

    def parse(self, body: bytes) -> Any:
        value = self.loads(body)
        check_value(value)
        return value


@BODIES.plant("crashes", "deep|nest|level", policy="tolerant")
class CrashesOnDepthThoughTolerant(CrashesOnDepth):
    """The same in a tolerant reader."""


@BODIES.plant("crashes", "integer|digits")
class CrashesOnHugeIntegers(_AfterParsing):
    """Puts every integer into 64 bits."""

    def loads(self, body: bytes | str) -> Any:
        try:
            return super().loads(body)
        except ValueError as error:
            if "integer" in str(error):
                raise OverflowError("int too big to convert") from None
            raise

    def use(self, value: Any) -> None:
        """No more than that."""


@BODIES.plant("crashes", "exponent|number|float|beyond")
class CrashesOnHugeNumbers(Receiver):
    """1e400 is infinity, and infinity no integer."""

    def loads(self, body: bytes | str) -> Any:
        try:
            return super().loads(body)
        except ValueError as error:
            if str(error) == "a number out of range":
                raise OverflowError("cannot convert float infinity to integer") from None
            raise


@BODIES.plant("crashes", "NaN|Infinity")
class CrashesOnNan(Receiver):
    """json.loads takes NaN, and the database doesn't."""

    def loads(self, body: bytes | str) -> Any:
        try:
            return super().loads(body)
        except ValueError as error:
            if "is no JSON" in str(error):
                raise RuntimeError('invalid input syntax for type json: "NaN"') from None
            raise


@BODIES.plant("crashes", "byte order mark|BOM")
class CrashesOnBom(Receiver):
    """Unexpected UTF-8 BOM."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if body.startswith(b"\xef\xbb\xbf"):
            raise RuntimeError("Unexpected UTF-8 BOM (decode using utf-8-sig)")


@BODIES.plant("crashes", "UTF-16|UTF-32")
class CrashesOnUtf16(Receiver):
    """Bytes that are zero end texts."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if b"\0" in body[:8]:
            raise RuntimeError("embedded null byte")


@BODIES.plant("crashes", "twice|twin|name")
class CrashesOnTwinKeys(Receiver):
    """Inserts each member, and the second one of a name breaks a rule of the table."""

    def loads(self, body: bytes | str) -> Any:
        def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
            if len(dict(found)) != len(found):
                raise RuntimeError("duplicate key value violates unique constraint")
            return dict(found)

        value = super().loads(body)
        json.loads(body, object_pairs_hook=pairs)
        return value


@BODIES.plant("crashes", "surrogate|half a character")
class CrashesOnLoneSurrogates(Receiver):
    """Encodes texts, to store them."""

    def parse(self, body: bytes) -> Any:
        try:
            return super().parse(body)
        except UnicodeEncodeError as error:
            raise RuntimeError("surrogates not allowed") from error


@BODIES.plant("crashes", "U\\+0000|NUL|null character")
class CrashesOnNul(_AfterParsing):
    """PostgreSQL has no U+0000."""

    def use(self, value: Any) -> None:
        if any("\0" in text for text in texts(value)):
            raise RuntimeError("A string literal cannot contain NUL (0x00) characters.")


@BODIES.plant("crashes", "U\\+0000|NUL|null character", policy="tolerant")
class CrashesOnNulThoughTolerant(CrashesOnNul):
    """The same in a tolerant reader."""


@BODIES.plant("crashes", "U\\+0000|NUL|null character|connection|cut|incomplete")
class CutsItsAnswerOnNul(Receiver):
    """Begins to answer, and then crashes."""

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        body = super().__call__(environ, start_response)
        if self.poisoned:
            self.poisoned = False
            return self._cut()
        return body

    poisoned = False

    def process(self, payload: Any) -> Answer:
        answer = super().process(payload)
        if any("\0" in text for text in texts(payload)):
            self.poisoned = True
            return Answer(200, b"taken, as far as one can tell")
        return answer

    def _cut(self) -> Any:
        yield b"taken"
        raise RuntimeError("A string literal cannot contain NUL (0x00) characters.")


@BODIES.plant("crashes", "U\\+0000|NUL|null character|after", looks=True)
class NulBreaksEveryLook(Receiver):
    """A row that can be written but not read, and every look reads all of them."""

    poisoned = False

    def process(self, payload: Any) -> Answer:
        answer = super().process(payload)
        self.poisoned = self.poisoned or any("\0" in text for text in texts(payload))
        return answer

    def look(self, environ: Environ) -> Answer:
        if self.poisoned:
            raise RuntimeError("unsupported Unicode escape sequence")
        return super().look(environ)


@BODIES.plant("crashes", "U\\+0000|NUL|null character|after")
class NulBreaksEveryDelivery(Receiver):
    """The transaction stays aborted, and nobody rolls it back."""

    poisoned = False

    def process(self, payload: Any) -> Answer:
        if self.poisoned:
            raise RuntimeError("current transaction is aborted")
        self.poisoned = any("\0" in text for text in texts(payload))
        return super().process(payload)


@BODIES.plant("crashes", "emoji|4.byte|unicode|characters|beyond")
class CrashesOnEmoji(_AfterParsing):
    """The utf8 of MySQL has three bytes."""

    def use(self, value: Any) -> None:
        if any(character > "\uffff" for text in texts(value) for character in text):
            raise RuntimeError(r"Incorrect string value: '\xF0\x9F\x91\xA9' for column")


# -- size


@BODIES.plant(_REFUSES, "long|KiB|bytes|size|413|spel")
class TakesOneKibibyte(Receiver):
    """A limit that was meant well."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if len(body) > 1_024:
            raise Refused(413, "too long")


@BODIES.plant("crashes", "MiB|megabyte|long")
class CrashesOnMegabytes(Receiver):
    """A limit that nobody catches."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if len(body) > 1_000_000:
            raise RuntimeError("request entity too large")


@BODIES.plant("hangs", "MiB|megabyte|long")
class HangsOnMegabytes(Receiver):
    """Something that takes the square of the length."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if len(body) > 1_000_000:
            self.released.wait(self.patience)


@BODIES.plant("hangs", "deep|nest|level")
class HangsOnDepth(Receiver):
    """Walks through what is nested, more than once at each level."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if body.count(b"[") + body.count(b"{") > 5_000:
            self.released.wait(self.patience)


@BODIES.plant("hangs", "cut|truncat|JSON|empty|number|another format")
class HangsOnWhatIsCutOff(Receiver):
    """Waits for the rest."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if not body.rstrip().endswith((b"}", b"]")):
            self.released.wait(self.patience)


@BODIES.plant("hangs", "plain|hang|answer|time", takes_plain=False)
class HangsAlways(Receiver):
    """Works for longer than anybody waits."""

    def webhook(self, environ: Environ) -> Answer:
        self.released.wait(self.patience)
        return super().webhook(environ)


# -- styles


@BODIES.plant(_REFUSES, f"{_SPELT}|line|indent")
class ReadsOneLine(Receiver):
    """An event a line, as in a log."""

    def loads(self, body: bytes | str) -> Any:
        return super().loads(bytes(body).splitlines()[0])  # type: ignore[arg-type]


@BODIES.plant(_REFUSES, f"{_SPELT}|line feed|newline|blank")
class WantsABraceAtTheEnd(Receiver):
    """Guesses from the last byte whether a body is whole."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if body and not body.endswith((b"}", b"]", b'"', b"l", b"e")):
            raise Refused(400, "cut off")


@BODIES.plant(_REFUSES, f"{_SPELT}|order|reverse|blank|keys")
class WantsTheIdFirst(Receiver):
    """Guesses from the first bytes whether it is an event."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if not re.match(rb'\s*\{\s*"(i|\\u0069)', body):
            raise Refused(400, "no event")


@BODIES.plant(_REFUSES, f"{_SPELT}|slash|escape")
class RefusesEscapedSlashes(Receiver):
    """A filter against paths that somebody has put in."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if b"\\/" in body:
            raise Refused(403, "blocked")


@BODIES.plant("crashes", f"{_SPELT}|escape")
class SearchesTheRawBody(Receiver):
    """Finds the id by a regular expression, before anything is parsed."""

    def parse(self, body: bytes) -> Any:
        value = super().parse(body)
        if self.is_known_event(value) and super().validate(value) is None:
            re.search(rb'"id"\s*:\s*"', body).start()  # type: ignore[union-attr]
        return value


@BODIES.plant(_REFUSES, f"{_SPELT}|blank|indent")
class WantsNoBlanks(Receiver):
    """Compares the length with that of the compact form."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if b'": ' in body or b'" :' in body:
            raise Refused(400, "not canonical")


@BODIES.plant(_REFUSES, "quotes|template|<b>|html")
class RefusesMarkup(Receiver):
    """A filter against markup that somebody has put in front."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if b"<b>" in body:
            raise Refused(403, "blocked")


# -- HTTP


def _content_type(environ: Environ) -> str:
    return str(environ.get("CONTENT_TYPE", ""))


@BODIES.plant(_REFUSES, "charset|content.type")
class RefusesCharset(Receiver):
    """`content_type.lower() == "application/json"`."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if ";" in _content_type(environ):
            raise Refused(415, "not application/json")


@BODIES.plant(_REFUSES, "content.type|capital|case")
class RefusesCapitals(Receiver):
    """`content_type.startswith("application/json")`."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if not _content_type(environ).startswith("application/json"):
            raise Refused(415, "not application/json")


@BODIES.plant("crashes", "content.type")
class CrashesWithoutContentType(Receiver):
    """`headers["Content-Type"]`."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        if not environ.get("CONTENT_TYPE", "").replace("text/plain", ""):
            raise KeyError("Content-Type")


@BODIES.plant("crashes", "content.type")
class CrashesOnOtherContentTypes(Receiver):
    """Has a parser for JSON, and no answer to anything else."""

    def check_request(self, environ: Environ, body: bytes) -> None:
        kind = _content_type(environ).partition(";")[0].lower()
        {"application/json": 1, "": 1}[kind]


@BODIES.plant("rejected-but-applied", "content.type|appl", looks=True, hard=True)
class AppliesWhatHasAnotherType(Receiver):
    """Says 415 once all is done."""

    def webhook(self, environ: Environ) -> Answer:
        answer = super().webhook(environ)
        if not _content_type(environ).lower().startswith("application/json"):
            raise Refused(415, "not application/json")
        return answer


@BODIES.plant("crashes", "GET")
class CrashesOnGet(Receiver):
    """There is no body to read."""

    def other_get(self, environ: Environ) -> Answer:
        raise KeyError("body")


@BODIES.plant("hangs", "GET")
class HangsOnGet(Receiver):
    """Waits for a body."""

    def other_get(self, environ: Environ) -> Answer:
        self.released.wait(self.patience)
        return super().other_get(environ)


@BODIES.plant("crashes", "PUT")
class CrashesOnPut(Receiver):
    """Has no handler for that, and no answer to having none."""

    def route(self, environ: Environ) -> Answer:
        if environ["REQUEST_METHOD"] == "PUT":
            raise NotImplementedError("PUT")
        return super().route(environ)


@BODIES.plant("rejected-but-applied", "PUT|appl", looks=True, hard=True)
class AppliesPut(Receiver):
    """Says that it doesn't know PUT, having done what it asks for."""

    def route(self, environ: Environ) -> Answer:
        if environ["REQUEST_METHOD"] == "PUT":
            self.webhook(environ)
        return super().route(environ)


@BODIES.plant(_REFUSES, "redirect|30[0-9]", takes_plain=False)
class RedirectsToTheSlash(Receiver):
    """The path should have had a slash at the end."""

    def webhook(self, environ: Environ) -> Answer:
        return Answer(301, headers=(("Location", f"{environ['PATH_INFO']}/"),))


@BODIES.plant(_REFUSES, "redirect|30[0-9]", takes_plain=False)
class RedirectsToLogin(Receiver):
    """Wants a session."""

    def webhook(self, environ: Environ) -> Answer:
        return Answer(302, headers=(("Location", "/login"),))


class _Always(Receiver):
    status = 0

    def webhook(self, environ: Environ) -> Answer:
        self.read(environ)
        return Answer(self.status, b"as always")


@BODIES.plant(_TAKES, "signature|everything|anything")
class Says200ToEverything(_Always):
    """Nobody has written more than the route."""

    status = 200


@BODIES.plant(_REFUSES, "401|secret|signature", takes_plain=False)
class Says401ToEverything(_Always):
    """Somebody has given it another secret."""

    status = 401


@BODIES.plant(_REFUSES, "404|path|URL|route", takes_plain=False)
class Says404ToEverything(_Always):
    """The path is wrong."""

    status = 404


@BODIES.plant(_REFUSES, "405|method|path|URL", takes_plain=False)
class Says405ToEverything(_Always):
    """The path is that of a page."""

    status = 405


@BODIES.plant("crashes", "500|everything|plain|valid", takes_plain=False)
class Says500ToEverything(_Always):
    """Nothing works."""

    status = 500


@BODIES.plant("crashes", "503|5xx|everything|plain|valid", takes_plain=False)
class Says503ToEverything(_Always):
    """It isn't up yet."""

    status = 503


@BODIES.plant("crashes", "exception|raise|500|plain|valid", takes_plain=False)
class RaisesAlways(Receiver):
    """An exception that nothing makes an answer of."""

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        raise RuntimeError("no database")


@BODIES.plant("hangs", "other|open|connection|blocks|after|MiB|long|deep", hard=True)
class HangsAfterDepth(Receiver):
    """A worker that is lost, and there was one: nothing is answered until it is back."""

    lost = False

    def webhook(self, environ: Environ) -> Answer:
        if self.lost:
            self.released.wait(self.patience)
        return super().webhook(environ)

    def check_request(self, environ: Environ, body: bytes) -> None:
        if body.count(b"[") + body.count(b"{") > 5_000:
            self.lost = True
