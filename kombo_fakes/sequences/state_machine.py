"""A state machine that plays Kombo at a receiver, and shrinks what breaks it.

Where a strategy of timelines draws all deliveries at once, Hypothesis here finds the shortest
sequence of steps after which the receiver says something wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import Any, ClassVar, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from kombo_fakes.core.instants import NOTATIONS
from kombo_fakes.errors import ReceiverError
from kombo_fakes.sequences.ledger import Ledger
from kombo_fakes.sequences.mismatches import describe_mismatches
from kombo_fakes.sequences.sender import GAPS, Sender
from kombo_fakes.sequences.timeline import Step, account, check, describe, status_of, together
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.faults import WireFault, wire_faults
from kombo_fakes.wire.serializations import styles
from kombo_fakes.wire.signing import TEST_SECRET

# What it shrinks to comes first.
_KINDS = (
    "an event",
    "a copy",
    "an older event",
    "a newer event that sorts before",
    "a copy written anew",
    "an event of the same instant",
    "copies at the same moment",
    "an event whose id differs in case only",
    "an integration whose id differs in case only",
    "a forged event",
)
_INTEGRATIONS = ("a", "b", "c")
_STYLES = tuple(style.name for style in styles())
_RADICES = (_KINDS, _STYLES, tuple(NOTATIONS), tuple(GAPS), range(3), _INTEGRATIONS)


class Move(NamedTuple):
    """What comes next."""

    kind: str
    style: str
    notation: str
    gap: str
    choice: int
    integration: str


def _moved(number: int) -> Move:
    parts: list[Any] = []
    for radix in reversed(_RADICES):
        number, index = divmod(number, len(radix))
        parts.append(radix[index])
    return Move(*reversed(parts))


# Two choices and not seven, since Hypothesis leaves out a few choices in a row, and so a step. The
# kind is the most significant part of the number, so that smaller numbers are simpler moves. Which
# event is repeated isn't in it: that one has to become 0 whatever else the move is, or it would be
# another event as soon as a step before is left out.
_MOVES = st.integers(0, prod(map(len, _RADICES)) - 1).map(_moved)
_WHICH = st.integers(0, 63)


class ReceiverMachine(RuleBasedStateMachine):
    """Derive from it, say how to deliver and how to observe, and run its ``TestCase``.

    Each run is a new machine: give it a receiver that knows nothing yet, or let `salt` make the
    ids of each run others.

    Attributes:
        secret: The webhook secret of the receiver.
        copies: How many copies come at the same moment; 1 where `deliver` can't be called from
            several threads.

    Examples:
        >>> class Machine(ReceiverMachine):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.known = Ledger()  # Your application goes here.
        ...
        ...     def deliver(self, delivery):
        ...         if not verify(delivery.body, delivery.signature, self.secret):
        ...             return 401
        ...         self.known.apply(delivery.payload)
        ...         return 204
        ...
        ...     def observe(self, integration_id):
        ...         found = self.known.of(integration_id)
        ...         return found and {"updated_at": found[0].updated_at, **dict(zip(
        ...             ("state", "qa_status", "setup_status"), found[0].status))} or None
        >>> from kombo_fakes import verify
        >>> TestMachine = Machine.TestCase  # For pytest to find.
    """

    secret: ClassVar[str | bytes] = TEST_SECRET
    copies: ClassVar[int] = 4

    def __init__(self) -> None:
        super().__init__()
        self._salt = self.salt()  # Once: it may be another one each time.
        self._lives = Sender(secret=self.secret, salt=self._salt)
        self._ledger = Ledger()
        self._log: list[str] = []

    # -- to be said by the class derived from it

    def deliver(self, delivery: Delivery) -> Any:
        """Hand a delivery to the receiver; return the status, or an answer that has one."""
        raise NotImplementedError(f"{type(self).__name__} doesn't say how to deliver")

    def observe(self, integration_id: str) -> Mapping[str, Any] | None:
        """What the receiver knows of an integration; None if it knows no such one.

        A mapping with ``state``, ``qa_status``, ``setup_status``, ``updated_at`` and, if the
        receiver counts them, ``events``: how many events it applied.
        """
        raise NotImplementedError(f"{type(self).__name__} doesn't say how to observe")

    def salt(self) -> object:
        """What makes the ids of this run others than those of another one; none by default."""
        return ""

    # -- what Kombo does
    #
    # One rule with a kind of step, and not a rule for each: Hypothesis switches rules off and on
    # for a whole run, and then can't leave out a step without changing what the others are.

    @rule(move=_MOVES, which=_WHICH)
    def step(self, move: Move, which: int) -> None:
        """One thing that Kombo does, or somebody who forges its deliveries."""
        sender = self._lives
        kind, style, notation, gap, choice, integration = move
        if kind == "copies at the same moment" and self.copies > 1:
            self._takes(Step(sender.next(integration, choice, gap), self.copies))
        elif kind == "an event" or not sender.sent:
            self._takes(Step(sender.next(integration, choice, gap, notation, style)))
        elif kind == "a copy":
            self._takes(Step(sender.again(which)))
        elif kind == "a copy written anew":
            self._takes(Step(sender.again(which, style)))
        elif kind == "an older event":
            self._takes(Step(sender.late(integration, choice, gap, notation)))
        elif kind == "a newer event that sorts before":
            self._takes(Step(sender.sorts_wrong(integration, choice)))
        elif kind == "an event of the same instant":
            self._takes(Step(sender.tie(integration, choice, notation)))
        elif kind == "an event whose id differs in case only":
            self._takes(Step(sender.twin_event(which, integration, choice)))
        elif kind == "an integration whose id differs in case only":
            if sender.knows(integration) and not sender.knows(f"twin of {integration}"):
                sender.twin(f"twin of {integration}", integration)
            name = f"twin of {integration}" if sender.knows(integration) else integration
            self._takes(Step(sender.next(name, choice, gap)))
        else:
            self._refuses(_forgeries(self.secret), which, integration, choice)

    def _refuses(
        self, forgeries: tuple[WireFault, ...], number: int, integration: str, choice: int
    ) -> None:
        fault = forgeries[number % len(forgeries)]
        # Of an integration that is known or of one that isn't, as it comes.
        forger = self._lives
        if not forger.knows(integration):
            forger = Sender(secret=self.secret, salt=("forged", self._salt))
        payload = forger.never_sent(integration, choice)
        delivery = fault.apply(payload)
        if delivery is None:
            return
        self._log.append(f"{describe(delivery)}: {fault.description}")
        status = status_of(self.deliver(delivery))
        if not 400 <= status < 500:
            about = f"a delivery whose signature is wrong ({fault.description}) was answered"
            raise ReceiverError(account(f"{about} {status}, expected 4xx", self._log))
        if forger is not self._lives:
            forged = forger.id_of(integration)
            mismatches = self._ledger.mismatches(forged, self.observe(forged))
            if mismatches:
                said = f"{forged}: {describe_mismatches(mismatches)}"
                raise ReceiverError(account(said, self._log))
        check(self._ledger, self.observe, self._log)

    def _takes(self, step: Step) -> None:
        self._log.append(str(step))
        for answer in together(self.deliver, step):
            status = status_of(answer)
            if not 200 <= status < 300:
                about = f"a valid delivery was answered {status}, expected 2xx"
                raise ReceiverError(account(about, self._log))
        self._ledger.apply(step.delivery.payload)
        check(self._ledger, self.observe, self._log)


@lru_cache(maxsize=16)
def _forgeries(secret: str | bytes) -> tuple[WireFault, ...]:
    found = wire_faults(secret=secret, family="signature")
    return tuple(fault for fault in found if fault.expected() == "reject")
