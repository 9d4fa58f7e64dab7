"""Which examples of a document can stand in many payloads."""

from __future__ import annotations

import re
from typing import Any

from kombo_fakes.core.pointer import Path

_IDENTIFIER = re.compile(r"(?:.*[_.-])?(?:id|uid|uuid|guid)|.*[a-z0-9](?:Id|ID|Uid|Uuid|UUID|Guid)")
_HOST = re.compile(r"(?:@|://(?:[^/?#@\s]*@)?)(?P<host>[\w.-]*\w)")
# RFC 2606, section 2 and 3, RFC 6761 and RFC 5737.
_RESERVED = re.compile(
    r"(?:.*\.)?(?:example|test|invalid|localhost|example\.(?:com|net|org))"
    r"|127\.[\d.]+|192\.0\.2\.\d+|198\.51\.100\.\d+|203\.0\.113\.\d+",
    re.IGNORECASE,
)


def can_repeat(path: Path, example: Any) -> bool:
    """Return whether a share of all payloads can show an example.

    An identifier has to differ from payload to payload, because receivers skip ids that they have
    seen. An address that is not reserved can be somebody's.

    Args:
        path: The place of the example in a payload.
        example: The example, which can be an object or an array.

    Examples:
        >>> can_repeat(("city",), "Porto"), can_repeat(("order_id",), "7")
        (True, False)
        >>> can_repeat((), {"id": 1})
        False
        >>> can_repeat(("mail",), "a@example.com"), can_repeat(("mail",), "info@kombo.dev")
        (True, False)
    """
    todo: list[tuple[Any, Any]] = [(path[-1] if path else "", example)]
    while todo:
        name, value = todo.pop()
        if isinstance(value, dict):
            todo.extend(value.items())
        elif isinstance(value, list):
            todo.extend((name, item) for item in value)
        elif isinstance(name, str) and _IDENTIFIER.fullmatch(name):
            return False
        if isinstance(value, str) and not _is_harmless(value):
            return False
    return True


def _is_harmless(value: str) -> bool:
    return all(_RESERVED.fullmatch(found["host"]) for found in _HOST.finditer(value))
