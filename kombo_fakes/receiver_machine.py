"""A state machine that plays Kombo at a receiver, and shrinks what breaks it.

Where a strategy of timelines draws all deliveries at once, Hypothesis here finds the shortest
sequence of steps after which the receiver says something wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from kombo_fakes.delivery import Delivery
from kombo_fakes.instants import NOTATIONS
from kombo_fakes.integration_life import GAPS, USUAL_GAP, USUAL_NOTATION, Lives
from kombo_fakes.ledger import Ledger
from kombo_fakes.signing import TEST_SECRET
from kombo_fakes.spelling import spellings
from kombo_fakes.timeline import (
    ReceiverError,
    Step,
    account,
    check,
    describe,
    status_of,
    together,
)
from kombo_fakes.wire_catalogue import WireFault, wire_faults

_INTEGRATIONS = st.sampled_from(("a", "b", "c"))
_CHOICES = st.integers(0, 2)
_WHICH = st.integers(0, 3)
_GAPS = st.sampled_from(tuple(GAPS))
_NOTATIONS = st.sampled_from(tuple(NOTATIONS))
_SPELLINGS = st.sampled_from([spelling.name for spelling in spellings()])


class ReceiverMachine(RuleBasedStateMachine):
    """Derive from it, say how to deliver and how to observe, and run its ``TestCase``.

    Each run is a new machine: give it a receiver that knows nothing yet, or let `salt` make the
    ids of each run others.

    Attributes:
        secret: The webhook secret of the receiver.
        copies: How many copies come at the same moment; 1 where `deliver` can't be called from
            several threads.

    Example:
        >>> class Machine(ReceiverMachine):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.known = Ledger()  # Your application goes here.
        ...
        ...     def deliver(self, delivery):
        ...         if not verify(delivery.body, delivery.signature, self.secret):
        ...             return 401
        ...         self.known.take(delivery.payload)
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
        self._lives = Lives(secret=self.secret, salt=self.salt())
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

    @rule(
        integration=_INTEGRATIONS,
        choice=_CHOICES,
        gap=_GAPS,
        notation=_NOTATIONS,
        spelling=_SPELLINGS,
    )
    def an_event(
        self, integration: str, choice: int, gap: str, notation: str, spelling: str
    ) -> None:
        self._takes(Step(self._lives.next(integration, choice, gap, notation, spelling)))

    @precondition(lambda self: self._lives.sent)
    @rule(which=_WHICH)
    def a_copy(self, which: int) -> None:
        self._takes(Step(self._lives.again(which)))

    @precondition(lambda self: self._lives.sent)
    @rule(which=_WHICH, spelling=_SPELLINGS)
    def a_copy_written_anew(self, which: int, spelling: str) -> None:
        self._takes(Step(self._lives.again(which, spelling)))

    @precondition(lambda self: self.copies > 1)
    @rule(integration=_INTEGRATIONS, choice=_CHOICES)
    def copies_at_the_same_moment(self, integration: str, choice: int) -> None:
        self._takes(Step(self._lives.next(integration, choice), self.copies))

    @precondition(lambda self: self._lives.sent)
    @rule(integration=_INTEGRATIONS, choice=_CHOICES, gap=_GAPS, notation=_NOTATIONS)
    def an_older_event(self, integration: str, choice: int, gap: str, notation: str) -> None:
        self._takes(Step(self._lives.late(integration, choice, gap, notation)))

    @precondition(lambda self: self._lives.sent)
    @rule(integration=_INTEGRATIONS, choice=_CHOICES)
    def a_newer_event_that_sorts_before(self, integration: str, choice: int) -> None:
        self._takes(Step(self._lives.sorts_wrong(integration, choice)))

    @precondition(lambda self: self._lives.sent)
    @rule(integration=_INTEGRATIONS, choice=_CHOICES, notation=_NOTATIONS)
    def an_event_of_the_same_instant(self, integration: str, choice: int, notation: str) -> None:
        self._takes(Step(self._lives.tie(integration, choice, notation)))

    @precondition(lambda self: self._lives.knows("a") and not self._lives.knows("A"))
    @rule()
    def an_integration_whose_id_differs_in_case_only(self) -> None:
        self._lives.twin("A", "a")
        self._takes(Step(self._lives.next("A", 1, USUAL_GAP, USUAL_NOTATION)))

    @precondition(lambda self: self._lives.sent)
    @rule(which=_WHICH, integration=_INTEGRATIONS)
    def an_event_whose_id_differs_in_case_only(self, which: int, integration: str) -> None:
        self._takes(Step(self._lives.twin_event(which, integration)))

    @rule(integration=_INTEGRATIONS, number=st.integers(0, 63))
    def a_forged_event(self, integration: str, number: int) -> None:
        forgeries = _forgeries(self.secret)
        fault = forgeries[number % len(forgeries)]
        # Never sent by Kombo, so that no later event knows of it.
        forger = Lives(secret=self.secret, salt=("forged", self.salt(), len(self._log)))
        delivery = fault.apply(forger.next(integration).payload)
        if delivery is None:
            return
        self._log.append(f"{describe(delivery)}: {fault.description}")
        status = status_of(self.deliver(delivery))
        if not 400 <= status < 500:
            about = f"a delivery whose signature is wrong ({fault.description}) was answered"
            raise ReceiverError(account(f"{about} {status}, should be 4xx", self._log))
        check(self._ledger, self.observe, self._log)

    def _takes(self, step: Step) -> None:
        self._log.append(str(step))
        for answer in together(self.deliver, step):
            status = status_of(answer)
            if not 200 <= status < 300:
                about = f"a valid delivery was answered {status}, should be 2xx"
                raise ReceiverError(account(about, self._log))
        self._ledger.take(step.delivery.payload)
        check(self._ledger, self.observe, self._log)


@lru_cache(maxsize=16)
def _forgeries(secret: str | bytes) -> tuple[WireFault, ...]:
    found = wire_faults(secret=secret, family="signature")
    return tuple(fault for fault in found if fault.owed() == "refuse")
