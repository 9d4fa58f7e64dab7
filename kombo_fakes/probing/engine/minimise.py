"""Minimises a failing payload, so that a finding shows only what causes the failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, get, replace_at, to_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.probing.cases.payloads import iter_leaves
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.model import Case, Category

Attempt: TypeAlias = Callable[[Case], "Category | None"]
"""Runs a case without keeping what was seen, and returns what went wrong."""

Explains: TypeAlias = Callable[[Category, str, str], bool]
"""Tells whether a failure of a category, a topic and at a JSON Pointer is known already."""


def explain_nothing(category: Category, topic: str, pointer: str) -> bool:
    """Return False: no failure is known."""
    return False


class Minimiser:
    """Reduces a failing payload to one field or a nearly plain payload, and shortens strings.

    Args:
        maker: Makes the cases.
        attempt: Runs them.

    Attributes:
        attempts: How many payloads were tried.
    """

    def __init__(self, maker: CaseMaker, attempt: Attempt) -> None:
        self.attempts: int = 0
        self._maker, self._attempt = maker, attempt

    def find_failure(self, payload: Any) -> Category | None:
        """Send a payload with new ids; what went wrong, or None."""
        self.attempts += 1
        case = self._maker.valid.make(
            f"explored:{self.attempts}",
            "combination",
            "a payload that the schema allows",
            self._maker.payloads.fresh(payload),
        )
        return self._attempt(case)

    def minimise(
        self, payload: Any, category: Category, explains: Explains, prefix: str
    ) -> Case | None:
        """Find the smallest case that fails in the same way as a payload.

        Args:
            payload: What fails.
            category: How it fails.
            explains: Tells whether a failure is known already.
            prefix: What the id of the case begins with.

        Returns:
            The case; None if the failure is known already.
        """
        payloads = self._maker.payloads
        path = self._find_field(payload, category)
        if path is None:
            topic, about, pointer = "combination", "several fields together", ""
            if explains(category, topic, pointer):
                return None
            smallest = self._approach_plain(payload, category)
        else:
            value = get(payload, path)
            pointer = to_pointer(path)
            topic = payloads.topic_at(pointer, value)
            if explains(category, topic, pointer):
                return None
            value = self._shorten(path, value, category)
            about = f"{'.'.join(map(str, path))} = {shorten(value)}"
            smallest = replace_at(payloads.fresh(), path, value)
        return self._maker.valid.make(
            f"{prefix}:{topic}:{pointer}", topic, about, payloads.fresh(smallest), pointer=pointer
        )

    def _find_field(self, payload: Any, category: Category) -> Path | None:
        """Find the field whose value fails in a payload that is plain otherwise."""
        plain = self._maker.payloads.fresh()
        for path, value in iter_leaves(payload):
            try:
                candidate = replace_at(plain, path, value)
            except PointerError:
                continue
            if candidate != plain and self._fails(candidate, category):
                return path
        return None

    def _approach_plain(self, payload: Any, category: Category) -> Any:
        """Give as many fields as possible the value that they have in a plain payload."""
        if category == "hangs":
            return payload  # Each attempt would take a whole time-out.
        plain = self._maker.payloads.fresh()
        for path, _ in list(iter_leaves(payload)):
            try:
                candidate = replace_at(payload, path, get(plain, path))
            except PointerError:
                continue
            if self._fails(candidate, category):
                payload = candidate
        return payload

    def _shorten(self, path: Path, value: Any, category: Category) -> Any:
        """Remove the parts of a string that are not needed for the failure, long ones first."""
        if not isinstance(value, str) or category == "hangs":
            return value
        # Each attempt is a delivery. Halves go before characters, so that a long string takes few.
        size = max(1, len(value) // 2)
        while size:
            at = 0
            while at < len(value):
                shorter = value[:at] + value[at + size :]
                candidate = replace_at(self._maker.payloads.fresh(), path, shorter)
                if self._fails(candidate, category):
                    value = shorter
                else:
                    at += size
            size //= 2
        return value

    def _fails(self, payload: Any, category: Category) -> bool:
        # A receiver may reject an invalid payload, so that it would show nothing.
        is_valid = self._maker.payloads.schema.is_valid(payload)
        return is_valid and self.find_failure(payload) == category
