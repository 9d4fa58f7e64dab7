"""Redaction: keeps the webhook secret out of reports, even where the receiver echoes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kombo_fakes.probing.model import Finding, Raised, Reply
from kombo_fakes.probing.secrets.encodings import SHORTEST, secret_forms
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.signing import SIGNATURE_HEADER, key_of, sign

_INSTEAD = "[the webhook secret]"
_KEPT = 1 << 16
"""How many bytes receivers keep of the body of a reply at most."""


class Redactor:
    """Replaces a secret, in all forms in which receivers echo one.

    Args:
        secret: The secret.

    Examples:
        >>> Redactor("a&b and more").text("key=a%26b%20and%20more, 'a&b and more'")
        "key=[the webhook secret], '[the webhook secret]'"
    """

    def __init__(self, secret: str | bytes) -> None:
        self._secret = secret
        self._forms = secret_forms(secret)
        self.is_too_short: bool = len(key_of(secret)) < SHORTEST
        """True if the secret is too short to be redacted: it could be in any string by chance."""

    def text(self, text: str) -> str:
        """Redact a string."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, _INSTEAD)
        return text

    def value(self, value: Any) -> Any:
        """Redact the strings in a JSON value, however deep they are.

        Redact before you cut anything short: half a secret has none of the forms any more.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self._raw(value)
        if isinstance(value, Mapping):
            return {self.value(name): self.value(one) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(one) for one in value]
        return value

    def reply(self, reply: Reply) -> Reply:
        """Redact a reply."""
        body = self._raw(reply.body)
        if len(reply.body) >= _KEPT:
            body = self._without_half_of_it(body)
        headers = tuple((self.text(name), self.text(value)) for name, value in reply.headers)
        raised = reply.raised
        if raised is not None:
            raised = Raised(self.text(raised.error), self.text(raised.place))
        if (body, headers, raised) == (reply.body, reply.headers, reply.raised):
            return reply
        return replace(reply, body=body, headers=headers, raised=raised)

    def _raw(self, data: bytes) -> bytes:
        for form in self._forms:
            if (raw := _encoded(form)) in data:
                data = data.replace(raw, _INSTEAD.encode())
        return data

    def _without_half_of_it(self, data: bytes) -> bytes:
        """Redact the beginning of the secret at the end of data that was cut short."""
        for form in self._forms:
            raw = _encoded(form)
            for length in range(len(raw) - 1, SHORTEST - 1, -1):
                if data.endswith(raw[:length]):
                    return data[:-length] + _INSTEAD.encode()
        return data

    def finding(self, finding: Finding) -> Finding:
        """Redact a finding, and note whether its delivery is signed correctly."""
        delivery = finding.exchanges[-1].delivery if finding.exchanges else None
        return replace(
            finding,
            headline=self.text(finding.headline),
            shown_by=self.text(finding.shown_by),
            text=self.text(finding.text),
            fix=self.text(finding.fix),
            exchanges=tuple(replace(e, reply=self.reply(e.reply)) for e in finding.exchanges),
            signed=delivery is not None and self._is_signed(delivery),
        )

    def _is_signed(self, delivery: Delivery) -> bool:
        given = [v for name, v in delivery.headers if name.lower() == SIGNATURE_HEADER.lower()]
        return given == [sign(delivery.body, self._secret)]


def _encoded(form: str) -> bytes:
    try:
        return form.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return form.encode("utf-8", "surrogatepass")
