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
"""The most bytes that receivers keep of a body: one of this length may be truncated."""


class Redactor:
    """Replaces a secret, in all forms in which receivers echo one.

    Args:
        secret: The secret.

    Examples:
        >>> Redactor("a&b and more").redact_string("key=a%26b%20and%20more, 'a&b and more'")
        "key=[the webhook secret], '[the webhook secret]'"
    """

    def __init__(self, secret: str | bytes) -> None:
        self._secret = secret
        self._forms = secret_forms(secret)
        self.is_too_short: bool = len(key_of(secret)) < SHORTEST
        """True if the secret is too short to be redacted: it could be in any string by chance."""

    def redact_string(self, string: str) -> str:
        """Redact a string."""
        for form in self._forms:
            if form in string:
                string = string.replace(form, _INSTEAD)
        return string

    def redact_value(self, value: Any) -> Any:
        """Redact the strings in a JSON value, however deep they are.

        Redact a string before you shorten it: half a secret has none of the forms.
        """
        if isinstance(value, str):
            return self.redact_string(value)
        if isinstance(value, bytes):
            return self._redact_bytes(value)
        if isinstance(value, Mapping):
            return {self.redact_value(name): self.redact_value(one) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.redact_value(one) for one in value]
        return value

    def redact_reply(self, reply: Reply) -> Reply:
        """Redact a reply."""
        body = self._redact_bytes(reply.body)
        if len(reply.body) >= _KEPT:
            body = self._redact_truncated_end(body)
        headers = tuple(
            (self.redact_string(name), self.redact_string(value)) for name, value in reply.headers
        )
        raised = reply.raised
        if raised is not None:
            raised = Raised(self.redact_string(raised.error), self.redact_string(raised.place))
        if (body, headers, raised) == (reply.body, reply.headers, reply.raised):
            return reply
        return replace(reply, body=body, headers=headers, raised=raised)

    def _redact_bytes(self, data: bytes) -> bytes:
        for form in self._forms:
            if (raw := _encoded(form)) in data:
                data = data.replace(raw, _INSTEAD.encode())
        return data

    def _redact_truncated_end(self, data: bytes) -> bytes:
        """Redact the beginning of the secret at the end of a truncated body."""
        for form in self._forms:
            raw = _encoded(form)
            # A shorter beginning could be at the end of any body by chance.
            for length in range(len(raw) - 1, SHORTEST - 1, -1):
                if data.endswith(raw[:length]):
                    return data[:-length] + _INSTEAD.encode()
        return data

    def redact_finding(self, finding: Finding) -> Finding:
        """Redact a finding, and record whether its delivery is signed correctly."""
        delivery = finding.exchanges[-1].delivery if finding.exchanges else None
        return replace(
            finding,
            headline=self.redact_string(finding.headline),
            shown_by=self.redact_string(finding.shown_by),
            text=self.redact_string(finding.text),
            fix=self.redact_string(finding.fix),
            exchanges=tuple(
                replace(e, reply=self.redact_reply(e.reply)) for e in finding.exchanges
            ),
            signed=delivery is not None and self._is_signed(delivery),
        )

    def _is_signed(self, delivery: Delivery) -> bool:
        given = [v for name, v in delivery.headers if name.lower() == SIGNATURE_HEADER.lower()]
        return given == [sign(delivery.body, self._secret)]


def _encoded(form: str) -> bytes:
    try:
        return form.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # `surrogateescape` encodes U+DC80 to U+DCFF only, and a secret may have another lone
        # surrogate.
        return form.encode("utf-8", "surrogatepass")
