"""Bugs in how a request is read: HTTP, bytes, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .planted import (
    ACCEPTS,
    CRASHES,
    HANGS,
    LEAVES_TRACES,
    REJECTS,
    Method,
    after,
    bug,
    crash,
    reject,
)
from .receiver import Answer, Environ, Receiver, Rejection, check_value


def strings(value: Any) -> list[str]:
    """Return all strings of a JSON value, property names included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [string for pair in value.items() for item in pair for string in strings(item)]
    return [string for item in value for string in strings(item)] if isinstance(value, list) else []


def has_nul(value: Any) -> bool:
    """Return whether a JSON value contains U+0000."""
    return any("\0" in string for string in strings(value))


def content_type(environ: Environ) -> str:
    """Return the Content-Type of a request, or an empty string."""
    return str(environ.get("CONTENT_TYPE", ""))


def respond_with(status: int, location: str = "", read: bool = True) -> Method:
    """Answer every delivery with one status."""

    def receive(self: Receiver, good: Method, environ: Environ) -> Answer:
        if read:
            self.read_body(environ)
        place = location.format(path=environ["PATH_INFO"])
        return Answer(status, headers=(("Location", place),) if place else ())

    return receive


def crash_at(error: type[Exception], words: str = "") -> Method:
    """Let an exception through that the receiver would answer with 400."""

    def method(self: Receiver, good: Method, body: bytes) -> Any:
        try:
            return good(body)
        except error as raised:
            if words not in str(raised):
                raise
            raise RuntimeError("nobody catches this") from raised

    return method


def _acknowledge_bad_json(self: Receiver, good: Method, environ: Environ) -> Answer:
    try:
        return good(environ)
    except Rejection as rejection:
        if rejection.status != self.status_json:
            raise
        return self.answer_success()


def _load_first_value(self: Receiver, good: Method, body: bytes) -> Any:
    text = body.decode()
    start = len(text) - len(text.lstrip())
    return good(text[start : json.JSONDecoder().raw_decode(text, start)[1]])


def _close_braces(self: Receiver, good: Method, body: bytes) -> Any:
    for ending in (b"", b'"}}', b"}", b"}}"):
        try:
            return good(body + ending)
        except json.JSONDecodeError as error:
            problem = error
    raise problem


def _crash_on_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs) if len(dict(pairs)) == len(pairs) else crash()


def _parse_without_limit(self: Receiver, good: Method, body: bytes) -> Any:
    value = self.load_json(body)
    check_value(value)
    return value


def _search_raw_body(self: Receiver, good: Method, body: bytes) -> Any:
    value = good(body)
    if self.is_known_event(value) and self.validate(value) is None:
        re.search(rb'"id"\s*:\s*"', body).start()  # type: ignore[union-attr]
    return value


def _reject_after_work(self: Receiver, good: Method, environ: Environ) -> Answer:
    answer = good(environ)
    return answer if content_type(environ).lower().startswith("application/json") else reject(415)


def _is_deep(body: bytes) -> bool:
    return body.count(b"[") + body.count(b"{") > 5_000


def _lose_worker(self: Receiver, good: Method, environ: Environ) -> Answer:
    if "lost" in self.memory:
        self.hang()
    return good(environ)


class CutsItsAnswer(Receiver):
    """Begins to answer, and crashes before the end."""

    def process(self, payload: Any) -> Answer:
        answer = super().process(payload)
        if not has_nul(payload):
            return answer
        self.memory["cut"] = True
        return Answer(200, b"accepted, as far as I can tell")

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        body = super().__call__(environ, start_response)
        return self._cut() if self.memory.pop("cut", False) else body

    def _cut(self) -> Any:
        yield b"accepted"
        crash()


class Poisoned(Receiver):
    """Stores U+0000, and every transaction after that is aborted."""

    def process(self, payload: Any) -> Answer:
        if "poisoned" in self.memory:
            crash("the transaction is aborted")
        if has_nul(payload):
            self.memory["poisoned"] = True
        return super().process(payload)


class PoisonedTable(Receiver):
    """Stores a row that cannot be read, and every GET reads all rows."""

    def process(self, payload: Any) -> Answer:
        answer = super().process(payload)
        if has_nul(payload):
            self.memory["poisoned"] = True
        return answer

    def get(self, environ: Environ) -> Answer:
        return crash() if "poisoned" in self.memory else super().get(environ)


_NUL = r"U\+0000|NUL|null character"
_DEPTH = "deep|nest|level"
_STYLE = "spel(l|t)|written"
_TYPES = "array|string|number|null|boolean|object"

# fmt: off
BODIES = (
    # -- bodies that are not JSON
    bug("catches-everything", ACCEPTS, "JSON|empty|cut",  # `except Exception: return 200`
        receive=_acknowledge_bad_json),
    bug("accepts-empty-bodies", ACCEPTS, "empty|no bytes",  # Takes them for a ping.
        receive=lambda self, good, environ: (
            self.answer_success() if environ.get("CONTENT_LENGTH") == "0" else good(environ))),
    bug("reads-the-first-value", ACCEPTS, "behind|trailing|garbage|JSON",
        load_json=_load_first_value),
    bug("closes-braces", ACCEPTS, "cut|truncat|JSON",
        load_json=_close_braces),
    bug("replaces-wrong-bytes", ACCEPTS, "UTF-8|byte|Latin",
        load_json=lambda self, good, body: good(body.decode(errors="replace"))),
    bug("crashes-on-what-is-not-json", CRASHES, "JSON|cut|empty|another format",
        parse=crash_at(json.JSONDecodeError)),
    bug("crashes-on-empty-bodies", CRASHES, "empty|no bytes",  # Checks the first byte.
        check_request=lambda self, good, environ, body: body.strip()[0]),

    # -- JSON that is not a payload
    bug("crashes-on-what-is-not-an-object", CRASHES, _TYPES,  # `payload.get("type")`
        parse=after(lambda value: value.get("type"))),
    bug("crashes-on-what-is-not-an-object-though-tolerant", CRASHES, _TYPES, policy="tolerant",
        parse=after(lambda value: value.get("type"))),
    bug("crashes-on-null", CRASHES, "null|number|boolean",  # Works with strings and arrays.
        parse=after(lambda value: "type" in value)),
    bug("crashes-on-arrays", CRASHES, "array",  # Takes an array for a batch.
        parse=after(lambda value: isinstance(value, list) and value[0]["batch"])),
    bug("crashes-on-wrong-bytes", CRASHES, "UTF-8|byte|Latin",
        parse=crash_at(UnicodeDecodeError)),
    bug("crashes-on-depth", CRASHES, _DEPTH,  # A RecursionError is not a ValueError.
        parse=_parse_without_limit),
    bug("crashes-on-depth-though-tolerant", CRASHES, _DEPTH, policy="tolerant",
        parse=_parse_without_limit),
    bug("crashes-on-huge-integers", CRASHES, "integer|digits",  # OverflowError
        load_json=crash_at(ValueError, "an integer")),
    bug("crashes-on-huge-numbers", CRASHES, "exponent|number|float|beyond",  # 1e400 is infinity.
        load_json=crash_at(ValueError, "a number")),
    bug("crashes-on-nan", CRASHES, "NaN|Infinity",  # json.loads accepts it, and the database not.
        load_json=crash_at(ValueError, "is not JSON")),
    bug("crashes-on-bom", CRASHES, "byte order mark|BOM",
        check_request=lambda self, good, environ, body: (
            body.startswith(b"\xef\xbb\xbf") and crash("Unexpected UTF-8 BOM"))),
    bug("crashes-on-utf-16", CRASHES, "UTF-16|UTF-32",
        check_request=lambda self, good, environ, body: (
            b"\0" in body[:8] and crash("embedded null byte"))),
    bug("crashes-on-twin-keys", CRASHES, "duplicate key",  # A unique column for each name.
        load_json=lambda self, good, body: (
            good(body), json.loads(body, object_pairs_hook=_crash_on_twins))[1]),
    bug("crashes-on-lone-surrogates", CRASHES, "surrogate|half a character",
        parse=crash_at(UnicodeEncodeError)),
    bug("crashes-on-nul", CRASHES, _NUL,  # PostgreSQL cannot store it.
        parse=after(lambda value: has_nul(value) and crash())),
    bug("crashes-on-nul-though-tolerant", CRASHES, _NUL, policy="tolerant",
        parse=after(lambda value: has_nul(value) and crash())),
    bug("cuts-its-answer-on-nul", CRASHES, f"{_NUL}|connection|cut|incomplete", CutsItsAnswer),
    bug("nul-breaks-every-get", CRASHES, f"{_NUL}|after", PoisonedTable),
    bug("nul-breaks-every-delivery", CRASHES, f"{_NUL}|after", Poisoned),
    bug("crashes-on-emoji", CRASHES, "emoji|4.byte|unicode|characters|beyond",  # utf8 in MySQL
        parse=after(lambda value: max("".join(strings(value)), default="") > "\uffff" and crash())),

    # -- size and time
    bug("accepts-one-kibibyte", REJECTS, "long|KiB|bytes|size|413|spel",
        check_request=lambda self, good, environ, body: len(body) > 1_024 and reject(413)),
    bug("crashes-on-megabytes", CRASHES, "MiB|megabyte|long",
        check_request=lambda self, good, environ, body: len(body) > 1_000_000 and crash()),
    bug("hangs-on-megabytes", HANGS, "MiB|megabyte|long",  # Works in quadratic time.
        check_request=lambda self, good, environ, body: len(body) > 1_000_000 and self.hang()),
    bug("hangs-on-depth", HANGS, _DEPTH,
        check_request=lambda self, good, environ, body: _is_deep(body) and self.hang()),
    bug("hangs-after-depth", HANGS, "other|open|connection|blocks|after|MiB|long|deep",
        receive=_lose_worker,  # The only worker there was.
        check_request=lambda self, good, environ, body: (
            _is_deep(body) and self.memory.update(lost=True))),
    bug("hangs-on-what-is-cut-off", HANGS, "cut|truncat|JSON|empty|number|another format",
        check_request=lambda self, good, environ, body: (
            body.rstrip().endswith((b"}", b"]")) or self.hang())),
    bug("hangs-always", HANGS, "plain|hang|answer|time", accepts_plain=False,
        receive=lambda self, good, environ: (self.hang(), good(environ))[1]),

    # -- styles
    bug("reads-one-line", REJECTS, f"{_STYLE}|line|indent",  # One event a line, as in a log.
        load_json=lambda self, good, body: good(body.splitlines()[0])),
    bug("wants-a-brace-at-the-end", REJECTS, f"{_STYLE}|line feed|newline|blank",
        check_request=lambda self, good, environ, body: (
            body.endswith((b"}", b"]", b'"', b"l", b"e")) or not body or reject(400))),
    bug("wants-the-id-first", REJECTS, f"{_STYLE}|order|reverse|blank|keys",
        check_request=lambda self, good, environ, body: (
            re.match(rb'\s*\{\s*"(i|\\u0069)', body) or reject(400))),
    bug("rejects-escaped-slashes", REJECTS, f"{_STYLE}|slash|escape",  # A filter against paths.
        check_request=lambda self, good, environ, body: b"\\/" in body and reject(403)),
    bug("searches-the-raw-body", CRASHES, f"{_STYLE}|escape",  # For the id.
        parse=_search_raw_body),
    bug("wants-no-spaces", REJECTS, f"{_STYLE}|blank|indent",
        check_request=lambda self, good, environ, body: (
            (b'": ' in body or b'" :' in body) and reject(400))),
    bug("rejects-markup", REJECTS, "quotes|template|<b>|html",  # A web application firewall.
        check_request=lambda self, good, environ, body: b"<b>" in body and reject(403)),

    # -- HTTP
    bug("rejects-charset", REJECTS, "charset|content.type",
        check_request=lambda self, good, environ, body: (
            ";" in content_type(environ) and reject(415))),
    bug("rejects-capitals", REJECTS, "content.type|capital|case",
        check_request=lambda self, good, environ, body: (
            content_type(environ).startswith("application/json") or reject(415))),
    bug("crashes-without-content-type", CRASHES, "content.type",
        check_request=lambda self, good, environ, body: (
            content_type(environ).replace("text/plain", "") or crash())),
    bug("crashes-on-other-content-types", CRASHES, "content.type",
        check_request=lambda self, good, environ, body: (
            content_type(environ).partition(";")[0].lower() in ("application/json", "")
            or crash())),
    bug("applies-what-has-another-type", LEAVES_TRACES, "content.type|appl",
        receive=_reject_after_work),
    bug("crashes-on-get", CRASHES, "GET",
        get_other=lambda self, good, environ: crash()),
    bug("hangs-on-get", HANGS, "GET",  # Waits for a body.
        get_other=lambda self, good, environ: (self.hang(), good(environ))[1]),
    bug("crashes-on-put", CRASHES, "PUT",
        route=lambda self, good, environ: (
            crash() if environ["REQUEST_METHOD"] == "PUT" else good(environ))),
    bug("applies-put", LEAVES_TRACES, "PUT|appl",
        route=lambda self, good, environ: (
            environ["REQUEST_METHOD"] == "PUT" and self.receive(environ), good(environ))[1]),
    bug("redirects-to-the-slash", REJECTS, "redirect|30[0-9]", accepts_plain=False,
        receive=respond_with(301, "{path}/", read=False)),
    bug("redirects-to-login", REJECTS, "redirect|30[0-9]", accepts_plain=False,
        receive=respond_with(302, "/login", read=False)),
    bug("says-200-to-everything", ACCEPTS, "signature|everything|anything",
        receive=respond_with(200)),
    bug("says-401-to-everything", REJECTS, "401|secret|signature", accepts_plain=False,
        receive=respond_with(401)),
    bug("says-404-to-everything", REJECTS, "404|path|URL|route", accepts_plain=False,
        receive=respond_with(404)),
    bug("says-405-to-everything", REJECTS, "405|method|path|URL", accepts_plain=False,
        receive=respond_with(405)),
    bug("says-500-to-everything", CRASHES, "500|everything|plain|valid", accepts_plain=False,
        receive=respond_with(500)),
    bug("says-503-to-everything", CRASHES, "503|5xx|everything|plain|valid", accepts_plain=False,
        receive=respond_with(503)),
    bug("raises-always", CRASHES, "exception|raise|500|plain|valid", accepts_plain=False,
        __call__=lambda self, good, environ, start_response: crash("no database")),
)
# fmt: on
