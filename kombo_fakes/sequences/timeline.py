"""Timelines: what a receiver sees of some integrations over days, and the state that it owes.

A sender that delivers at least once repeats events, also at the same moment, and their order isn't
that of their instants. A timeline carries its oracle: whatever happens on the way, a correct
receiver ends in one state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.core.instants import NOTATIONS
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import OverrideError, ReceiverError
from kombo_fakes.sequences.ledger import Ledger, Record
from kombo_fakes.sequences.mismatches import describe_mismatches
from kombo_fakes.sequences.sender import GAPS, Sender
from kombo_fakes.webhooks.registry import default_lifecycle
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.serializations import styles
from kombo_fakes.wire.signing import TEST_SECRET

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

Deliver: TypeAlias = Callable[[Delivery], Any]
"""Hands a delivery to a receiver and returns the status, or an answer that has one."""

Observe: TypeAlias = Callable[[str], "Mapping[str, Any] | None"]
"""Returns what a receiver knows of an integration id, None if nothing."""

_REDELIVERIES = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a timeline.

    Attributes:
        delivery: What is sent.
        copies: How many of it, all at the same moment.
    """

    delivery: Delivery
    copies: int = 1

    def __str__(self) -> str:
        return describe(self.delivery) + (
            f", {self.copies} copies at the same moment" if self.copies > 1 else ""
        )


@dataclass(frozen=True, slots=True)
class Timeline:
    """Deliveries in the order in which they are sent, and what is owed after them.

    Attributes:
        steps: The moments, in order.

    Examples:
        >>> lived = Timeline.from_seed(3)
        >>> sum(len(records) == 1 for records in lived.expected.values()) >= 1
        True
    """

    steps: tuple[Step, ...]

    @classmethod
    def from_seed(
        cls,
        seed: int = 0,
        *,
        secret: str | bytes = TEST_SECRET,
        integrations: int = 3,
        length: int = 12,
    ) -> Timeline:
        """One timeline; the same for the same arguments.

        Args:
            seed: Another seed, another timeline, with other ids.
            secret: The webhook secret of the receiver.
            integrations: The most integrations that occur, from 1 to 8.
            length: The most steps; at least half of them are made.

        Raises:
            OverrideError: for a number that is out of range.

        Examples:
            >>> Timeline.from_seed(1).steps == Timeline.from_seed(1).steps
            True
        """
        _check_range(integrations, length)
        choices = SeededChoices(seed_for("timeline", seed))
        author = _Author(choices, secret, seed, integrations)
        steps = choices.integer(max(1, length // 2), length)
        return cls(tuple(author.step(choices.pick(_KINDS)) for _ in range(steps)))

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """All of them one after the other, copies as often as they are sent."""
        return tuple(step.delivery for step in self.steps for _ in range(step.copies))

    @property
    def expected(self) -> dict[str, tuple[Record, ...]]:
        """What a receiver may know at the end, by integration id.

        There is more than one record only where two events bear the same instant.
        """
        ledger = self._ledger()
        return {name: ledger.of(name) for name in ledger.integrations}

    @property
    def events(self) -> int:
        """How many distinct events there are."""
        return self._ledger().events

    def play(self, deliver: Deliver, observe: Observe | None = None) -> None:
        """Send all of it, and look at what the receiver knows after each step.

        An answer of 5xx and a connection that breaks are followed by the same delivery again, as a
        sender does it.

        Args:
            deliver: Sends a delivery; the answer is a status, or an object with ``status_code``
                or ``status``. Called from several threads where copies come at the same moment.
            observe: What the receiver knows of an integration id: a mapping with ``state``,
                ``qa_status``, ``setup_status``, ``updated_at`` and, if it counts them,
                ``events``; None if it knows no such integration. Without it only answers count.

        Raises:
            ReceiverError: at the first thing that is wrong.
        """
        ledger, log = Ledger(), list[str]()
        for step in self.steps:
            log.append(str(step))
            answers = [status_of(answer) for answer in together(deliver, step)]
            wrong = [status for status in answers if not 200 <= status < 300]
            if wrong:
                raise ReceiverError(account(f"a valid delivery was answered {wrong[0]}", log))
            ledger.apply(step.delivery.payload)
            check(ledger, observe, log)

    def _ledger(self) -> Ledger:
        ledger = Ledger()
        for step in self.steps:
            ledger.apply(step.delivery.payload)
        return ledger

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))


def timelines(
    *, secret: str | bytes = TEST_SECRET, integrations: int = 3, length: int = 12
) -> SearchStrategy[Timeline]:
    """A Hypothesis strategy of timelines; it shrinks towards few deliveries of one integration.

    Args:
        secret: The webhook secret of the receiver.
        integrations: The most integrations that occur, from 1 to 8.
        length: The most steps.

    Raises:
        OverrideError: for a number that is out of range.

    Examples:
        >>> from hypothesis import find
        >>> shortest = find(timelines(), lambda lived: lived.events < len(lived.steps))
        >>> [step.delivery.done for step in shortest.steps]
        [('the first',), ('the first', 'again')]
    """
    _check_range(integrations, length)
    from hypothesis import strategies as st

    from kombo_fakes.strategies.realistic import DrawnChoices

    @st.composite
    def lived(draw: DrawFn) -> Timeline:
        choices = DrawnChoices(draw, None)
        salt = draw(st.integers(0, 2**32 - 1))
        author = _Author(choices, secret, salt, integrations)
        return Timeline(tuple(author.step(kind) for kind in draw(kinds)))

    # A list that can lose any of its members shrinks better than a number of rounds.
    kinds = st.lists(st.sampled_from(_KINDS), min_size=1, max_size=length)

    return lived()


# An ordinary event comes first, and oftener than any trouble.
_KINDS = (
    *("next",) * 4, "again", "rewritten", "late", "copies", "tie", "sorts wrong", "twin",
    "twin event", "late",
)  # fmt: skip

_NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
_NOTATIONS, _GAPS = tuple(NOTATIONS), tuple(GAPS)
_STYLES = tuple(style.name for style in styles())


def _check_range(integrations: int, length: int) -> None:
    if not 1 <= integrations <= len(_NAMES):
        raise OverrideError(
            f"integrations={shorten(integrations)}: a timeline has from 1 to {len(_NAMES)}"
        )
    if length < 1:
        raise OverrideError(f"length={shorten(length)}: a timeline has 1 step at least")


class _Author:
    """Makes steps of the kinds that it is asked for, and rolls whatever else is open."""

    def __init__(
        self, choices: Choices, secret: str | bytes, salt: object, integrations: int
    ) -> None:
        self._choices = choices
        self._lives = Sender(secret=secret, salt=salt)
        self._names = _NAMES[:integrations]

    def step(self, kind: str) -> Step:
        choices, sender = self._choices, self._lives
        if not sender.sent and kind != "copies":
            kind = "next"
        if kind == "again":
            return Step(sender.again(choices.integer(0, 3)))
        if kind == "rewritten":
            return Step(sender.again(choices.integer(0, 3), choices.pick(_STYLES)))
        name, choice = choices.pick(self._names), choices.integer(0, 2)
        if kind == "late":
            return Step(sender.late(name, choice, choices.pick(_GAPS), choices.pick(_NOTATIONS)))
        if kind == "tie":
            return Step(sender.tie(name, choice, choices.pick(_NOTATIONS)))
        if kind == "sorts wrong":
            return Step(sender.sorts_wrong(name, choice))
        if kind == "twin event":
            return Step(sender.twin_event(choices.integer(0, 3), name, choice))
        if kind == "twin":
            other = next((n for n in self._names if sender.knows(n) and n != name), None)
            if other is not None and not sender.knows(name):
                sender.twin(name, other)
        gap, notation = choices.pick(_GAPS), choices.pick(_NOTATIONS)
        delivery = sender.next(name, choice, gap, notation, choices.pick(_STYLES))
        return Step(delivery, choices.integer(2, 5) if kind == "copies" else 1)


# -- playing


def together(deliver: Deliver, step: Step) -> Sequence[Any]:
    """Send all copies of a step at the same moment; each again after a 5xx or a cut."""
    if step.copies == 1:
        return [_persistently(deliver, step.delivery)]
    with ThreadPoolExecutor(step.copies) as pool:
        sent = [pool.submit(_persistently, deliver, step.delivery) for _ in range(step.copies)]
        return [each.result() for each in sent]


def _persistently(deliver: Deliver, delivery: Delivery) -> Any:
    for left in range(_REDELIVERIES, -1, -1):
        try:
            answer = deliver(delivery)
        except ConnectionError:
            if not left:
                raise
            continue
        if status_of(answer) < 500 or not left:
            return answer
    raise AssertionError  # The last round returns or raises.


def status_of(answer: Any) -> int:
    """The status of whatever ``deliver`` returned.

    Raises:
        TypeError: if it has none.
    """
    for name in ("status_code", "status"):
        found = getattr(answer, name, None)
        if isinstance(found, int):
            return found
    if isinstance(answer, int) and not isinstance(answer, bool):
        return answer
    raise TypeError(
        f"deliver() returned {type(answer).__name__}, not a status: an int, or an answer that "
        "has status_code or status"
    )


def check(ledger: Ledger, observe: Observe | None, log: Sequence[str]) -> None:
    """Compare what a receiver knows with what it should know.

    Raises:
        ReceiverError: if it says otherwise.
    """
    if observe is None:
        return
    for name in ledger.integrations:
        mismatches = ledger.mismatches(name, observe(name))
        if mismatches:
            raise ReceiverError(account(f"{name}: {describe_mismatches(mismatches)}", log))


def account(what: str, log: Sequence[str]) -> str:
    """What was wrong, and the deliveries that led to it."""
    lines = [f"  {number}. {line}" for number, line in enumerate(log, 1)]
    return "\n".join([what, "after these deliveries:", *lines])


def describe(delivery: Delivery) -> str:
    """A delivery of a timeline in one line."""
    lifecycle, payload = default_lifecycle(), delivery.payload
    data = payload.get("data", {}) if isinstance(payload, dict) else {}
    status = "/".join(str(data.get(name)) for name in lifecycle.fields)
    about = f"{data.get(lifecycle.subject)} {status} of {data.get(lifecycle.instant)}"
    return f"event {delivery.event_id}: {about} ({', '.join(delivery.done)})"
