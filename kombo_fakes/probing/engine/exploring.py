"""Exploring: Hypothesis draws whatever the schema allows; what fails is made small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, get, replace_at, to_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.probing.cases.payloads import iter_leaves
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.model import Case, Category
from kombo_fakes.strategies.payloads import payloads

_MOST = 300
"""Deliveries for making failures small, at most."""

Attempt = Callable[[Case], "Category | None"]
Explains = Callable[[Category, str, str], bool]


def explored(
    maker: CaseMaker,
    max_examples: int,
    attempt: Attempt,
    record: Attempt,
    explains: Explains,
) -> None:
    """Draw payloads and deliver them.

    A failure that one field alone brings about is put down to that field, and isn't recorded where
    another case has shown the same.

    Args:
        maker: Makes the cases.
        max_examples: How many payloads are drawn.
        attempt: Delivers a case and says what went wrong, without keeping it.
        record: The same, and keeps it.
        explains: Whether a failure of this topic at this pointer is known.

    Raises:
        Exception: whatever ended it in a delivery.
    """
    small = Small(maker, attempt)

    ended: list[Exception] = []

    # Nothing is raised in it, so that Hypothesis only draws: what is known about a failure after
    # the first one would make the shrinking of the next one flaky. Neither what ends the run:
    # Hypothesis would play it again, and call it flaky where the second time is another one.
    @seeded(maker.seed)
    @settings(
        max_examples=max_examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(payloads(maker.payloads.schema, allow_nul=False))
    def explore(payload: Any) -> None:
        if ended:
            return
        try:
            source_of(payload)
        except Exception as error:
            ended.append(error)

    def source_of(payload: Any) -> None:
        wrong = small.fails(payload)
        if wrong is None or small.spent > max_examples + _MOST:
            return
        case = small.case(payload, wrong, explains, "explored")
        if case is not None:
            record(case)

    explore()
    if ended:
        raise ended[0]


class Small:
    """Makes a failing payload small: by one field, by the nearest to a plain one, by length."""

    def __init__(self, maker: CaseMaker, attempt: Attempt) -> None:
        self._maker, self._attempt = maker, attempt
        self.spent: int = 0

    def fails(self, payload: Any) -> Category | None:
        self.spent += 1
        case = self._maker.valid.make(
            f"explored:{self.spent}",
            "combination",
            "a payload that the schema allows",
            self._maker.payloads.fresh(payload),
        )
        return self._attempt(case)

    def case(self, payload: Any, wrong: Category, explains: Explains, name: str) -> Case | None:
        """The smallest case that fails like a payload; None where a known one explains it.

        Args:
            payload: What fails.
            wrong: How it fails.
            explains: Whether a failure of this topic at this pointer is known.
            name: What its id begins with.
        """
        maker, path = self._maker, self.blamed(payload, wrong)
        if path is None:
            topic, about, pointer = "combination", "several fields together", ""
            if explains(wrong, topic, pointer):
                return None
            least = self.nearest(payload, wrong)
        else:
            value = get(payload, path)
            pointer = to_pointer(path)
            topic = maker.payloads.topic_at(pointer, value)
            if explains(wrong, topic, pointer):
                return None
            value = self.shortest(path, value, wrong)
            about = f"{'.'.join(map(str, path))} = {shorten(value)}"
            least = replace_at(maker.payloads.fresh(), path, value)
        return maker.valid.make(
            f"{name}:{topic}:{pointer}", topic, about, maker.payloads.fresh(least), pointer=pointer
        )

    def blamed(self, payload: Any, wrong: Category) -> Path | None:
        """The field whose value fails in a payload that is plain otherwise."""
        plain = self._maker.payloads.fresh()
        for path, value in iter_leaves(payload):
            try:
                candidate = replace_at(plain, path, value)
            except PointerError:
                continue
            if candidate == plain or not self._maker.payloads.schema.is_valid(candidate):
                continue
            if self.fails(candidate) == wrong:
                return path
        return None

    def nearest(self, payload: Any, wrong: Category) -> Any:
        """The payload with as many fields as possible as they are in a plain one."""
        if wrong == "hangs":
            return payload  # Each try would take as long as a receiver may.
        plain = self._maker.payloads.fresh()
        for path, _ in list(iter_leaves(payload)):
            try:
                candidate = replace_at(payload, path, get(plain, path))
            except PointerError:
                continue
            if self._maker.payloads.schema.is_valid(candidate) and self.fails(candidate) == wrong:
                payload = candidate
        return payload

    def shortest(self, path: Path, value: Any, wrong: Category) -> Any:
        """A text that still fails, without the parts that aren't needed for it."""
        if not isinstance(value, str) or wrong == "hangs":
            return value
        size = max(1, len(value) // 2)
        while size:
            at = 0
            while at < len(value):
                shorter = value[:at] + value[at + size :]
                candidate = replace_at(self._maker.payloads.fresh(), path, shorter)
                if (
                    self._maker.payloads.schema.is_valid(candidate)
                    and self.fails(candidate) == wrong
                ):
                    value = shorter
                else:
                    at += size
            size //= 2
        return value
