"""A Hypothesis state machine that plays Kombo, and shrinks what breaks a receiver.

A strategy of timelines draws all deliveries at once. Here, Hypothesis searches for the shortest
sequence of steps after which the receiver is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import Any, ClassVar, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from kombo_fakes.core.instants import NOTATIONS
from kombo_fakes.core.public import public
from kombo_fakes.errors import ReceiverError
from kombo_fakes.sequences.ledger import Ledger
from kombo_fakes.sequences.mismatches import describe_mismatches
from kombo_fakes.sequences.sender import GAPS, Sender
from kombo_fakes.sequences.timeline import (
    Step,
    check_state,
    describe_delivery,
    describe_status,
    join_log,
    send_at_once,
    status_of,
)
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.faults import WireFault, wire_faults
from kombo_fakes.wire.serializations import styles
from kombo_fakes.wire.signing import TEST_SECRET

# Moves shrink to the first one.
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
    """What happens in one step."""

    kind: str
    style: str
    notation: str
    gap: str
    choice: int
    integration: str


def _decode_move(number: int) -> Move:
    parts: list[Any] = []
    for radix in reversed(_RADICES):
        number, index = divmod(number, len(radix))
        parts.append(radix[index])
    return Move(*reversed(parts))


# A step draws two numbers and not seven: Hypothesis shrinks by leaving out a few draws in a row,
# and so leaves out a step. The kind is the most significant part of the number, so that smaller
# numbers are simpler moves. Which event is repeated is a separate number, which shrinks to 0
# for every move: otherwise it would be another event as soon as an earlier step is left out.
_MOVES = st.integers(0, prod(map(len, _RADICES)) - 1).map(_decode_move)
# Hypothesis plays 50 steps by default, so that 63 reaches back to the first event.
_WHICH = st.integers(0, 63)


@public
class ReceiverMachine(RuleBasedStateMachine):
    """Derive a class from it, define `deliver` and `observe`, and run its ``TestCase``.

    Each run is a new machine. Give it a receiver that knows nothing yet, or let `salt` make the
    ids of each run different.

    Attributes:
        secret: The webhook secret of the receiver.
        copies: How many copies are sent at the same moment; 1 if `deliver` cannot be called from
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
        self._salt = self.salt()  # Called once, since it may return another one each time.
        self._sender = Sender(secret=self.secret, salt=self._salt)
        self._ledger = Ledger()
        self._log: list[str] = []

    # -- what a derived class defines

    def deliver(self, delivery: Delivery) -> Any:
        """Hand a delivery to the receiver, and return the status, or a response that has one."""
        raise NotImplementedError(f"{type(self).__name__} does not define deliver()")

    def observe(self, integration_id: str) -> Mapping[str, Any] | None:
        """Return what the receiver knows of an integration.

        Returns:
            A mapping with ``state``, ``qa_status``, ``setup_status``, ``updated_at`` and, if the
            receiver counts them, ``events``: how many events it applied. None if it does not know
            the integration.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define observe()")

    def salt(self) -> object:
        """Return what makes the ids of this run different from those of other runs."""
        return ""

    # -- what Kombo does
    #
    # There is one rule with a kind of step, and not a rule for each kind: Hypothesis switches rules
    # on and off for a whole run, and could then not leave out a step without changing the others.

    @rule(move=_MOVES, which=_WHICH)
    def step(self, move: Move, which: int) -> None:
        """Do one thing that Kombo does, or somebody who forges its deliveries."""
        sender = self._sender
        kind, style, notation, gap, choice, integration = move
        if kind == "copies at the same moment" and self.copies > 1:
            self._expect_accepted(Step(sender.next(integration, choice, gap), self.copies))
        elif kind == "an event" or not sender.sent:
            self._expect_accepted(Step(sender.next(integration, choice, gap, notation, style)))
        elif kind == "a copy":
            self._expect_accepted(Step(sender.again(which)))
        elif kind == "a copy written anew":
            self._expect_accepted(Step(sender.again(which, style)))
        elif kind == "an older event":
            self._expect_accepted(Step(sender.late(integration, choice, gap, notation)))
        elif kind == "a newer event that sorts before":
            self._expect_accepted(Step(sender.sorts_wrong(integration, choice)))
        elif kind == "an event of the same instant":
            self._expect_accepted(Step(sender.tie(integration, choice, notation)))
        elif kind == "an event whose id differs in case only":
            self._expect_accepted(Step(sender.twin_event(which, integration, choice)))
        elif kind == "an integration whose id differs in case only":
            if sender.knows(integration) and not sender.knows(f"twin of {integration}"):
                sender.twin(f"twin of {integration}", integration)
            name = f"twin of {integration}" if sender.knows(integration) else integration
            self._expect_accepted(Step(sender.next(name, choice, gap)))
        else:
            self._expect_rejected(_forgeries(self.secret), which, integration, choice)

    def _expect_rejected(
        self, forgeries: tuple[WireFault, ...], number: int, integration: str, choice: int
    ) -> None:
        fault = forgeries[number % len(forgeries)]
        # The forged event is about an integration that the receiver knows, or about a new one.
        forger = self._sender
        if not forger.knows(integration):
            forger = Sender(secret=self.secret, salt=("forged", self._salt))
        payload = forger.never_sent(integration, choice)
        delivery = fault.apply(payload)
        if delivery is None:
            return
        self._log.append(f"{describe_delivery(delivery)}: {fault.description}")
        status = status_of(self.deliver(delivery))
        if not 400 <= status < 500:
            about = f"a delivery with a wrong signature ({fault.description}) was not rejected"
            said = f"{about}: received {status}, expected 4xx"
            raise ReceiverError(join_log(said, self._log))
        # The ledger does not know this integration, so that check_state would not look at it.
        if forger is not self._sender:
            forged = forger.id_of(integration)
            mismatches = self._ledger.mismatches(forged, self.observe(forged))
            if mismatches:
                said = f"{forged}: {describe_mismatches(mismatches)}"
                raise ReceiverError(join_log(said, self._log))
        check_state(self._ledger, self.observe, self._log)

    def _expect_accepted(self, step: Step) -> None:
        self._log.append(str(step))
        for response in send_at_once(self.deliver, step):
            status = status_of(response)
            if not 200 <= status < 300:
                raise ReceiverError(join_log(describe_status(status), self._log))
        self._ledger.apply(step.delivery.payload)
        check_state(self._ledger, self.observe, self._log)


@lru_cache(maxsize=16)
def _forgeries(secret: str | bytes) -> tuple[WireFault, ...]:
    found = wire_faults(secret=secret, family="signature")
    return tuple(fault for fault in found if fault.expected() == "reject")
