"""The deliveries that `send` sends, in their order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any

from kombo_fakes.cli.payload_options import count_payloads

if TYPE_CHECKING:
    from kombo_fakes.generation.made import Made
    from kombo_fakes.generation.settings import GenerationSettings
    from kombo_fakes.wire.delivery import Delivery

_RANDOM = "random"
"""The value of ``--style`` that picks a style for each payload."""


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A delivery, and what the output of `send --json` says about it.

    Attributes:
        name: A name that no other payload of the plan has.
        delivery: The delivery.
        event_id: The id in its payload, or None.
        style: The style of its body, or None if a wire fault sets it.
        fault: The id of the fault of its payload, or None.
        wire_fault: The id of its wire fault, or None.
    """

    name: str
    delivery: Delivery
    event_id: Any
    style: str | None
    fault: str | None = None
    wire_fault: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """The deliveries that the options of `send` ask for.

    Attributes:
        payloads: The payloads to send.
        wire_fault_ids: The ids of wire faults; ``*`` stands for anything. Empty for none.
        style: The name of a style, or ``"random"``.
        repeat: How often each delivery is sent.
        is_shuffled: True if the seed decides the order.
        secret: The secret that signs the deliveries.
    """

    payloads: GenerationSettings
    wire_fault_ids: tuple[str, ...]
    style: str
    repeat: int
    is_shuffled: bool
    secret: bytes = field(repr=False)

    def count_deliveries(self) -> int:
        """Return how many deliveries there are."""
        total = count_payloads(self.payloads) * self.repeat
        return total * len(self._find_wire_faults()) if self.wire_fault_ids else total

    def make_deliveries(self, rate: float | None = None) -> Iterator[PlannedDelivery]:
        """Make the deliveries one by one, in the order of sending.

        Args:
            rate: The highest number of deliveries per second; None for no limit.

        Raises:
            UnknownNameError, OverrideError: before the first delivery, as `generate` and
                `wire_faults` do, and for an unknown style.
        """
        from kombo_fakes.generation.runs import make_payloads
        from kombo_fakes.wire.serializations import serialize

        if self.style != _RANDOM:
            serialize(None, self.style)  # Raises if there is no such style.
        payloads = make_payloads(self.payloads)
        if self.wire_fault_ids:
            deliveries = self._make_with_wire_faults(payloads)
        else:
            deliveries = self._make_signed(payloads)
        return _limit_rate(self._order(deliveries), rate)

    def _make_signed(self, payloads: Iterator[Made[Any]]) -> Iterator[PlannedDelivery]:
        from kombo_fakes.wire.delivery import Delivery

        for number, made in enumerate(payloads):
            style = self._pick_style(number)
            fault = None if made.fault is None else made.fault.id
            done = () if fault is None else (f"fault {fault}",)
            delivery = Delivery.of(made.payload, self.secret, style=style, done=done)
            yield PlannedDelivery(made.stem, delivery, _read_id(made.payload), style, fault)

    def _pick_style(self, number: int) -> str:
        from kombo_fakes.core.choices import SeededChoices, seed_for
        from kombo_fakes.wire.serializations import styles

        if self.style != _RANDOM:
            return self.style
        # This label is an old word, but another one would change the bytes of every seed.
        choices = SeededChoices(seed_for("spelling", self.payloads.seed, number))
        return choices.pick([style.name for style in styles()])

    def _make_with_wire_faults(self, payloads: Iterator[Made[Any]]) -> Iterator[PlannedDelivery]:
        from kombo_fakes.core.choices import seed_for
        from kombo_fakes.wire.faults import numbered_choices

        # Each fault goes through all payloads, and an iterator can be read only once.
        every = list(payloads)
        for fault in self._find_wire_faults():
            for number, made in enumerate(every):
                seed = seed_for(fault.id, self.payloads.seed, number)
                delivery = fault.apply(made.payload, numbered_choices(number, seed))
                if delivery is None:  # This payload cannot have the fault.
                    delivery = fault.examples[number % len(fault.examples)]
                name = fault.id if number == 0 else f"{fault.id}-{number + 1}"
                event_id = _read_id(delivery.payload)
                yield PlannedDelivery(name, delivery, event_id, None, wire_fault=fault.id)

    def _find_wire_faults(self) -> tuple[Any, ...]:
        from kombo_fakes.wire.faults import wire_faults

        schema = self.payloads.schema
        return wire_faults(schema, secret=self.secret, ids=self.wire_fault_ids)

    def _order(self, deliveries: Iterator[PlannedDelivery]) -> Iterator[PlannedDelivery]:
        copies = (copy for planned in deliveries for copy in repeat(planned, self.repeat))
        if not self.is_shuffled:
            return copies
        from kombo_fakes.core.choices import seed_for

        # Positions are sorted by a hash of each, so nothing but the seed decides the order.
        seed = self.payloads.seed
        numbered = sorted(enumerate(copies), key=lambda pair: seed_for("order", seed, pair[0]))
        return (planned for _, planned in numbered)


def _read_id(payload: Any) -> Any:
    return payload.get("id") if isinstance(payload, dict) else None


def _limit_rate(
    deliveries: Iterator[PlannedDelivery], rate: float | None
) -> Iterator[PlannedDelivery]:
    start = time.monotonic()
    for number, planned in enumerate(deliveries):
        if rate is not None:
            # Counted from the start and not from the last delivery, so that the time that a
            # delivery takes does not lower the rate.
            time.sleep(max(0.0, start + number / rate - time.monotonic()))
        yield planned
