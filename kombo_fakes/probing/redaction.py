"""Keeping the webhook secret out of everything that a probe says, whoever has echoed it."""

from __future__ import annotations

from dataclasses import replace

from kombo_fakes.delivery import Delivery
from kombo_fakes.probing.model import Finding, Reply
from kombo_fakes.probing.secret_forms import secret_forms
from kombo_fakes.signing import SIGNATURE_HEADER, sign

_INSTEAD = "[the webhook secret]"


class Redactor:
    """Blots out a secret, in the spellings in which receivers echo one.

    Args:
        secret: The secret.

    Examples:
        >>> Redactor("a&b and more").text("key=a%26b%20and%20more, 'a&b and more'")
        "key=[the webhook secret], '[the webhook secret]'"
    """

    def __init__(self, secret: str | bytes) -> None:
        self._secret = secret
        self._forms = secret_forms(secret)

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
