"""Keeping the webhook secret out of everything that a probe says, whoever has echoed it."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, quote_plus

from kombo_fakes.delivery import Delivery
from kombo_fakes.probing.judging import SHORTEST_SECRET
from kombo_fakes.probing.model import Finding, Reply
from kombo_fakes.probing.receivers import Receiver
from kombo_fakes.signing import SIGNATURE_HEADER, sign

_INSTEAD = "[the webhook secret]"


class Redactor:
    """Blots out a secret, in the spellings in which receivers echo one.

    Args:
        secret: The secret.

    Example:
        >>> Redactor("a&b and more").text("key=a%26b%20and%20more, 'a&b and more'")
        "key=[the webhook secret], '[the webhook secret]'"
    """

    def __init__(self, secret: str | bytes) -> None:
        self._secret = secret
        plain = secret.encode() if isinstance(secret, str) else secret
        forms = {form for form in _spellings(plain) if len(form) >= SHORTEST_SECRET}
        # The longest first: a padded one before the same without its padding.
        self._forms = sorted(forms, key=lambda form: (-len(form), form))

    def text(self, text: str) -> str:
        """A text without the secret."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, _INSTEAD)
        return text

    def reply(self, reply: Reply) -> Reply:
        """A reply without the secret."""
        body = reply.body
        for form in self._forms:
            if (raw := form.encode("utf-8", "surrogateescape")) in body:
                body = body.replace(raw, _INSTEAD.encode())
        headers = tuple((self.text(name), self.text(value)) for name, value in reply.headers)
        if body == reply.body and headers == reply.headers:
            return reply
        return replace(reply, body=body, headers=headers)

    def finding(self, finding: Finding) -> Finding:
        """A finding without the secret, and with a note of whether its delivery is signed."""
        delivery = finding.exchanges[-1].delivery if finding.exchanges else None
        return replace(
            finding,
            title=self.text(finding.title),
            text=self.text(finding.text),
            hint=self.text(finding.hint),
            exchanges=tuple(replace(e, reply=self.reply(e.reply)) for e in finding.exchanges),
            signed=delivery is not None and self._is_signed(delivery),
        )

    def _is_signed(self, delivery: Delivery) -> bool:
        given = [v for name, v in delivery.headers if name.lower() == SIGNATURE_HEADER.lower()]
        return given == [sign(delivery.body, self._secret)]


def _spellings(secret: bytes) -> Iterator[str]:
    plain = secret.decode("utf-8", "surrogateescape")
    yield plain
    yield secret.decode("latin-1")
    yield repr(plain)[1:-1]
    yield json.dumps(plain)[1:-1]
    yield json.dumps(plain, ensure_ascii=False)[1:-1]
    yield html.escape(plain)
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    for encoded in (b64encode(secret), urlsafe_b64encode(secret)):
        yield encoded.decode()
        yield encoded.decode().rstrip("=")
    yield secret.hex()
    yield secret.hex().upper()


class Discreet:
    """A receiver whose answers to a look never show the secret.

    Its answers to deliveries are left as they are: that they show the secret is a finding.
    """

    def __init__(self, receiver: Receiver, redactor: Redactor) -> None:
        self.name = receiver.name
        self._receiver, self._redactor = receiver, redactor

    def deliver(self, delivery: Delivery) -> Reply:
        return self._receiver.deliver(delivery)

    def look(self, url: str) -> Reply:
        return self._redactor.reply(self._receiver.look(url))

    def close(self) -> None:
        self._receiver.close()
