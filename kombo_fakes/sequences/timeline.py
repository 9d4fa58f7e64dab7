"""Timelines: what a receiver sees of some integrations over days, and what it should know then.

A sender that delivers at least once repeats events, even at the same moment, and does not send
them in the order of their instants. A timeline knows the state that a correct receiver ends in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.core.instants import NOTATIONS
from kombo_fakes.core.messages import shorten
from kombo_fakes.core.public import public
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
"""Hands a delivery to a receiver. It returns the status, or a response that has one."""

Observe: TypeAlias = Callable[[str], "Mapping[str, Any] | None"]
"""Returns what a receiver knows of an integration, by its id; None if nothing."""

# A sender repeats a delivery that failed, so that one failure is not yet a lost event.
_REDELIVERIES = 2


@public
@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a timeline.

    Attributes:
        delivery: The delivery that is sent.
        copies: How many copies of it are sent at the same moment.
    """

    delivery: Delivery
    copies: int = 1

    def __str__(self) -> str:
        return describe_delivery(self.delivery) + (
            f", sent {self.copies} times concurrently" if self.copies > 1 else ""
        )


@public
@dataclass(frozen=True, slots=True)
class Timeline:
    """Deliveries in the order in which they are sent, and the state that they lead to.

    Attributes:
        steps: The moments, in order.

    Examples:
        >>> timeline = Timeline.from_seed(3)
        >>> sum(len(records) == 1 for records in timeline.expected.values()) >= 1
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
        """Make one timeline; the same for the same arguments.

        Args:
            seed: Another seed gives another timeline, with other ids.
            secret: The webhook secret of the receiver.
            integrations: The maximum number of integrations, from 1 to 8.
            length: The maximum number of steps; at least half as many are made.

        Raises:
            OverrideError: if a number is out of range.

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
        """All deliveries one after the other, each copy included."""
        return tuple(step.delivery for step in self.steps for _ in range(step.copies))

    @property
    def expected(self) -> dict[str, tuple[Record, ...]]:
        """What a receiver should know at the end, by the id of the integration.

        There is more than one right record only where two events have the same instant.
        """
        ledger = self._ledger()
        return {name: ledger.of(name) for name in ledger.integrations}

    @property
    def events(self) -> int:
        """How many distinct events there are."""
        return self._ledger().events

    def play(self, deliver: Deliver, observe: Observe | None = None) -> None:
        """Send all deliveries, and compare what the receiver knows after each step.

        After a 5xx or a broken connection the same delivery is sent again, as a real sender does.

        Args:
            deliver: Sends a delivery, and returns a status, or an object with ``status_code`` or
                ``status``. Several threads call it where copies are sent at the same moment.
            observe: Returns what the receiver knows of an integration, by its id: a mapping with
                ``state``, ``qa_status``, ``setup_status``, ``updated_at`` and, if it counts them,
                ``events``; None if it does not know the integration. Without ``observe`` only the
                statuses are checked.

        Raises:
            ReceiverError: at the first step after which something is wrong.
        """
        ledger, log = Ledger(), list[str]()
        for step in self.steps:
            log.append(str(step))
            statuses = [status_of(response) for response in send_at_once(deliver, step)]
            wrong = [status for status in statuses if not 200 <= status < 300]
            if wrong:
                raise ReceiverError(join_log(describe_status(wrong[0]), log))
            ledger.apply(step.delivery.payload)
            check_state(ledger, observe, log)

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
    """Return a Hypothesis strategy for timelines.

    It shrinks towards few deliveries of one integration.

    Args:
        secret: The webhook secret of the receiver.
        integrations: The maximum number of integrations, from 1 to 8.
        length: The maximum number of steps.

    Raises:
        OverrideError: if a number is out of range.

    Examples:
        >>> from hypothesis import find
        >>> shortest = find(timelines(), lambda timeline: timeline.events < len(timeline.steps))
        >>> [step.delivery.done for step in shortest.steps]
        [('the first event',), ('the first event', 'sent again')]
    """
    _check_range(integrations, length)
    from hypothesis import strategies as st

    from kombo_fakes.strategies.drawn_choices import DrawnChoices

    @st.composite
    def drawn(draw: DrawFn) -> Timeline:
        choices = DrawnChoices(draw, None)
        # Another salt gives other ids, so that a receiver may keep what earlier examples sent.
        salt = draw(st.integers(0, 2**32 - 1))
        author = _Author(choices, secret, salt, integrations)
        return Timeline(tuple(author.step(kind) for kind in draw(kinds)))

    # A list that can lose any of its items shrinks better than a number of rounds.
    kinds = st.lists(st.sampled_from(_KINDS), min_size=1, max_size=length)

    return drawn()


# An ordinary event comes first, because draws shrink to it, and more often than any trouble.
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
            f"integrations={shorten(integrations)}: a timeline has 1 to {len(_NAMES)} integrations"
        )
    if length < 1:
        raise OverrideError(f"length={shorten(length)}: a timeline has at least 1 step")


class _Author:
    """Makes steps of a given kind, and draws everything else about them."""

    def __init__(
        self, choices: Choices, secret: str | bytes, salt: object, integrations: int
    ) -> None:
        self._choices = choices
        self._sender = Sender(secret=secret, salt=salt)
        self._names = _NAMES[:integrations]

    def step(self, kind: str) -> Step:
        choices, sender = self._choices, self._sender
        if not sender.sent and kind != "copies":
            # All other kinds refer to an event that was sent before.
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


# -- sending and checking


def send_at_once(deliver: Deliver, step: Step) -> Sequence[Any]:
    """Send all copies of a step at the same moment, and return the responses."""
    if step.copies == 1:
        return [_send_with_retries(deliver, step.delivery)]
    # With fewer threads than copies, some copies would wait for others.
    with ThreadPoolExecutor(step.copies) as pool:
        sent = [pool.submit(_send_with_retries, deliver, step.delivery) for _ in range(step.copies)]
        return [each.result() for each in sent]


def _send_with_retries(deliver: Deliver, delivery: Delivery) -> Any:
    for left in range(_REDELIVERIES, -1, -1):
        try:
            response = deliver(delivery)
        except ConnectionError:
            if not left:
                raise
            continue
        if status_of(response) < 500 or not left:
            return response
    raise AssertionError  # The last round returns or raises.


def status_of(response: Any) -> int:
    """Return the status of a response of any class.

    Raises:
        TypeError: if it has no status.
    """
    for name in ("status_code", "status"):
        found = getattr(response, name, None)
        if isinstance(found, int):
            return found
    # In Python True is an int, but it is not a status.
    if isinstance(response, int) and not isinstance(response, bool):
        return response
    raise TypeError(
        f"deliver() returned {type(response).__name__}; return the status as an int, or a response "
        "that has status_code or status"
    )


def check_state(ledger: Ledger, observe: Observe | None, log: Sequence[str]) -> None:
    """Compare what a receiver knows with what it should know.

    Raises:
        ReceiverError: if the two differ.
    """
    if observe is None:
        return
    # A step may damage any integration, and not only its own.
    for name in ledger.integrations:
        mismatches = ledger.mismatches(name, observe(name))
        if mismatches:
            raise ReceiverError(join_log(f"{name}: {describe_mismatches(mismatches)}", log))


def describe_status(status: int) -> str:
    """Describe the rejection of a valid delivery."""
    return f"a valid delivery was rejected: received {status}, expected 2xx"


def join_log(what: str, log: Sequence[str]) -> str:
    """Join what is wrong with the deliveries that led to it."""
    lines = [f"  {number}. {line}" for number, line in enumerate(log, 1)]
    return "\n".join([what, "after these deliveries:", *lines])


def describe_delivery(delivery: Delivery) -> str:
    """Describe a delivery of a timeline in one line."""
    lifecycle, payload = default_lifecycle(), delivery.payload
    data = payload.get("data", {}) if isinstance(payload, dict) else {}
    status = "/".join(str(data.get(name)) for name in lifecycle.fields)
    about = f"{data.get(lifecycle.subject)} {status} at {data.get(lifecycle.instant)}"
    return f"event {delivery.event_id}: {about} ({', '.join(delivery.done)})"
