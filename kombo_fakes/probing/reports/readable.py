"""Deliveries and replies as text that a person can read, whatever bytes they are of."""

from __future__ import annotations

import json
import re
from typing import Any

from kombo_fakes.probing.model import Reply
from kombo_fakes.wire.delivery import Delivery

LONGEST = 6_000
"""How many characters of a body are shown."""

# Controls but for tab and line feed, what is invisible or turns text around (Unicode categories Cc
# and Cf, and the separators of lines), and halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""Replace characters that are invisible, or reverse the text, by their code points.

    Examples:
        >>> print(visible("a\u202eb\0"))
        a⟨U+202E⟩b⟨U+0000⟩
    """
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def body_text(body: bytes, longest: int = LONGEST) -> str:
    r"""Make a body readable: JSON is indented, and bytes that are not UTF-8 are numbers.

    Examples:
        >>> print(body_text(b'{"a":[]}'))
        {
          "a": []
        }
        >>> print(body_text(b"caf\xe9"))
        caf⟨byte E9⟩
    """
    if not body:
        return "(empty)"
    # A character of UTF-8 has at most four bytes, so that these bytes hold enough characters.
    text = body[: longest * 4].decode("utf-8", "surrogateescape")
    if len(body) <= longest:
        text = _indented(text)
    cut = f"\n… {len(body):,} bytes in all" if len(body) > longest else ""
    # `surrogateescape` makes U+DC80 to U+DCFF of bytes that are not UTF-8.
    shown = re.sub("[\udc80-\udcff]", lambda found: f"⟨byte {ord(found[0]) - 0xDC00:02X}⟩", text)
    return visible(shown[:longest]) + cut


def _indented(text: str) -> str:
    try:
        value: Any = json.loads(text)
        if not isinstance(value, (dict, list)):
            return text
        again = json.dumps(value, ensure_ascii=False, indent=2)
        # Indent it only where that loses nothing: not the notation of a number, not a twin key.
        same = json.dumps(value, ensure_ascii=False, separators=(",", ":")) == text
    except (ValueError, RecursionError):
        return text
    return again if same else text


def request_head(delivery: Delivery) -> str:
    """Show the method and the headers of a delivery."""
    lines = [delivery.method, *(f"{name}: {value}" for name, value in delivery.headers)]
    return "\n".join(visible(line) for line in lines)


def reply_text(reply: Reply) -> str:
    """Show the headers of a reply and the beginning of its body."""
    if reply.status is None:
        return f"({reply})"
    lines = [visible(f"{name}: {value}") for name, value in reply.headers]
    raised = f"(The receiver raised {visible(str(reply.raised))})" if reply.raised else ""
    return "\n".join([*lines, "", body_text(reply.body, 1_500), raised]).strip()
