"""The differences between a delivery and the valid delivery that is most like it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.probing.model import Case
from kombo_fakes.wire.delivery import Delivery

_ABSENT = "(not there)"
_LONGEST = 200
_MOST_BYTES = 100_000
_MOST_ROWS = 12
# These differ in every two deliveries.
_OWN = {"/id", "/data/id", "/data/integration_id", "/data/updated_at"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A place at which two payloads differ.

    Attributes:
        where: JSON Pointer to the place.
        valid: The value in the valid payload, as JSON text.
        sent: The value in the payload that was sent.
    """

    where: str
    valid: str
    sent: str


def differences_from_valid(case: Case) -> tuple[Difference, ...]:
    """Find where a delivery differs from the valid one that is most like it.

    Differences in ids and in the time are left out unless the case is about them.

    Args:
        case: The case, with the valid delivery that is nearest to it.

    Returns:
        The differences; none if the body is not JSON or is large, or if there is no valid delivery
        to compare it with.
    """
    if len(case.delivery.body) > _MOST_BYTES or (nearest := case.nearest) is None:
        return ()
    valid, sent = _parsed(nearest), _parsed(case.delivery)
    if valid is None or sent is None:
        return ()
    found = [
        difference
        for difference in _differences(valid, sent, ())
        if difference.where not in _OWN or difference.where == case.pointer
    ]
    return tuple(found)[:_MOST_ROWS]


def _parsed(delivery: Delivery) -> Any:
    try:
        # Bodies that are nested too deeply are among the cases.
        value = json.loads(delivery.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def _differences(valid: Any, sent: Any, path: Path) -> list[Difference]:
    if isinstance(valid, dict) and isinstance(sent, dict):
        found = []
        for name in [*valid, *(name for name in sent if name not in valid)]:
            if name not in sent:
                found.append(_difference(path, name, _text(valid[name]), _ABSENT))
            elif name not in valid:
                found.append(_difference(path, name, _ABSENT, _text(sent[name])))
            else:
                found += _differences(valid[name], sent[name], (*path, name))
        return found
    # If the lengths differ, it is unclear which items belong together.
    if isinstance(valid, list) and isinstance(sent, list) and len(valid) == len(sent):
        pairs = enumerate(zip(valid, sent, strict=True))
        return [d for index, (a, b) in pairs for d in _differences(a, b, (*path, index))]
    # In Python 1 equals True and 1.0, but their JSON differs.
    if type(valid) is type(sent) and valid == sent:
        return []
    where = to_pointer(path) or "(the whole)"
    return [Difference(where, _text(valid), _text(sent))]


def _difference(path: Path, name: str, valid: str, sent: str) -> Difference:
    return Difference(to_pointer((*path, name)), valid, sent)


def _text(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(nested too deep to show)"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + f"… ({len(text):,} long)"
