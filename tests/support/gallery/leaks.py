"""Bugs that tell a sender more than it should know."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from .planted import LEAKS, Method, bug
from .receiver import Answer, Environ, Receiver, Rejection


def say(kind: str, body: Callable[[Receiver, Rejection], str]) -> Method:
    """Answer rejections of a kind with a body of their own."""

    def answer_rejection(self: Receiver, good: Method, rejection: Rejection) -> Answer:
        if rejection.status != getattr(self, f"status_{kind}"):
            return good(rejection)
        return Answer(rejection.status, body(self, rejection).encode(), "text/html")

    return answer_rejection


def say_expected(sign: Callable[[Receiver, bytes], str]) -> Method:
    """Answer wrong signatures with the right one."""

    def receive(self: Receiver, good: Method, environ: Environ) -> Answer:
        body = self.read_body(environ)
        if not self.is_signed(environ, body):
            return Answer(401, f"expected {sign(self, body)}".encode())
        return self.process(self.parse_or_reject(body))

    return receive


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))


# fmt: off
LEAKING = (
    bug("shows-tracebacks", LEAKS, "traceback|stack",  # After an error that is easy to provoke.
        read_signature=lambda self, good, environ: environ["HTTP_X_KOMBO_SIGNATURE"],
        answer_crash=lambda self, good, error: Answer(500, _trace(error).encode())),
    bug("shows-tracebacks-of-json", LEAKS, "traceback|stack",
        answer_rejection=say("json", lambda self, rejection: _trace(rejection))),
    bug("shows-the-secret", LEAKS, "secret",
        answer_rejection=say("signature", lambda self, rejection: f"I know {self.secret}")),
    bug("shows-the-secret-in-a-header", LEAKS, "secret",
        answer_rejection=lambda self, good, rejection: (
            Answer(rejection.status, headers=(("X-Debug-Key", self.secret),)))),
    bug("shows-its-settings", LEAKS, "secret",  # A debug page.
        answer_rejection=say("invalid", lambda self, rejection: (
            f"<h1>{rejection}</h1><pre>WEBHOOK_SECRET = {self.secret!r}</pre>"))),
    bug("shows-the-right-signature", LEAKS, "signature",
        receive=say_expected(Receiver.sign)),
    bug("shows-the-right-digest", LEAKS, "signature|digest",
        receive=say_expected(lambda self, body: self.digest(body).hex())),
)
# fmt: on
