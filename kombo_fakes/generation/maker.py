"""Makes single payloads by number, and many of them from templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

from kombo_fakes.catalogues.corners import Corner, corners
from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.override_faults import add_fault
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.pointer import parse_pointer
from kombo_fakes.errors import FaultError, OverrideError, PointerError, SchemaError
from kombo_fakes.generation.drawing import build_drawer
from kombo_fakes.generation.edits import Edits
from kombo_fakes.generation.templates import (
    MarkingChoices,
    Templates,
    build_template,
    fill_templates,
)
from kombo_fakes.realistic.generator import Examples, generator_for
from kombo_fakes.schema.requirements import Requirement, require_values
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.moments import MARKED_INSTANT
from kombo_fakes.webhooks.names import Names

ROUNDS = 4
"""The number of payloads with each fault that are generated before templates are used."""

# Templates of each fault. They differ in all values, and filling them changes the ids.
_TEMPLATES_PER_FAULT = 8
_TRIES = 50


class FaultTurn(NamedTuple):
    """A fault, and the number of payloads with it that came before."""

    fault: Fault
    turn: int


class Maker:
    """Makes the payloads of a seed. The key of a payload, such as its number, decides its bytes.

    The strings in keys are part of what a seed gives: a new one changes the bytes.

    Args:
        schema: The schema of the payloads.
        seed: The seed.
        edits: The changes to make to each payload.
        names: The source of names.
        is_drawn: True for payloads that Hypothesis draws, False for realistic ones.
        has_marks: True to put marks where a template has its holes.
        examples: Whether realistic payloads show the examples of the schema's document.
    """

    def __init__(
        self,
        schema: Schema,
        seed: int,
        edits: Edits,
        names: Names,
        *,
        is_drawn: bool,
        has_marks: bool = False,
        examples: Examples = "some",
    ) -> None:
        self.schema = schema
        self._seed = seed
        self._edits = edits
        self._names = names
        self._is_drawn = is_drawn
        self._has_marks = has_marks
        self._examples = examples
        self._drawers: dict[str | None, Callable[[int], Any]] = {}
        self._templates_by_fault: dict[str, Templates] = {}

    def make_corners(self) -> Iterator[tuple[Any, Corner]]:
        """The corners that the edits leave what they are, each with its payload.

        Raises:
            OverrideError: if the schema rejects the edits.
        """
        edits = self._edits
        if edits:
            self.make_valid(0)  # Raises the error, if there is one.
        found = corners(self.schema, seed=self._seed, names=self._names, pins=edits.pins)
        for corner in found:
            payload = corner.payload
            if edits:
                if edits.touch(parse_pointer(corner.pointer)):
                    continue
                payload = edits.apply(payload)
                if not self.schema.is_valid(payload):
                    continue
            yield payload, corner

    def shuffle(self, faults: Sequence[Fault], turn: int) -> list[Fault]:
        """The faults in the order of one turn."""
        choices = SeededChoices(seed_for(self.schema.name, "order", self._seed, turn))
        # Fisher and Yates. Python does not promise that its own shuffle stays the same.
        order = list(faults)
        for last in range(len(order) - 1, 0, -1):
            other = choices.integer(0, last)
            order[last], order[other] = order[other], order[last]
        return order

    # -- many payloads

    @cached_property
    def has_templates(self) -> bool:
        """True if payloads can be made from templates: realistic ones that have ids."""
        return not self._is_drawn and self._templates.are_usable

    @cached_property
    def _templates(self) -> Templates:
        def generate(number: int, has_marks: bool) -> Any:
            return (self._marking if has_marks else self).make_valid("stencil", number)

        return Templates(generate, self.schema.is_valid, self.schema.name, self._seed, "stencils")

    @cached_property
    def _marking(self) -> Maker:
        return Maker(
            self.schema,
            self._seed,
            self._edits,
            self._names,
            is_drawn=False,
            has_marks=True,
            examples=self._examples,
        )

    def make_block(self, number: int) -> list[bytes]:
        """The JSON texts of a block of valid payloads."""
        return self._templates.fill_block(number)

    def make_invalid_block(self, turns: Sequence[FaultTurn], number: int) -> list[bytes]:
        """The JSON texts of a block of payloads with faults, one for each turn."""
        templates = [
            build_template(self.make_invalid(fault, turn), has_marks=False)
            if turn < ROUNDS
            else self._build_templates(fault)[turn % _TEMPLATES_PER_FAULT]
            for fault, turn in turns
        ]
        return fill_templates(templates, self.schema.name, self._seed, "faults", number)

    def _build_templates(self, fault: Fault) -> Templates:
        if fault.id not in self._templates_by_fault:

            def generate(number: int, has_marks: bool) -> Any:
                maker = self._marking if has_marks else self
                return maker.make_invalid(fault, "stencil", number)

            self._templates_by_fault[fault.id] = Templates(
                generate, fault.is_in, fault.id, self._seed
            )
        return self._templates_by_fault[fault.id]

    # -- one payload

    def make_valid(self, *key: object) -> Any:
        """The valid payload of a key.

        Raises:
            OverrideError: if the schema rejects the edits.
            SchemaError: if no valid payload is found.
        """
        rejection: Exception | None = None
        for attempt in range(_TRIES):
            attempt_key = (*key, *_repeat(attempt))
            try:
                payload = self._make_edited(None, *attempt_key)
            except PointerError as error:
                rejection = OverrideError(str(error))
                continue
            # Payloads are valid as they are generated. Only edits can make one invalid.
            if not self._edits or self.schema.is_valid(payload):
                return payload
            if rejection is None:
                unedited = self._make_unedited(None, *attempt_key)
                rejection = self._edits.find_rejection(self.schema, payload, unedited)
        raise rejection or SchemaError(f"{self.schema.name}: found no payload in {_TRIES} tries")

    def make_invalid(self, fault: Fault, *key: object) -> Any:
        """The payload with a fault of a key, the last part of which is a number.

        Raises:
            OverrideError: if the edits leave no room for the fault, or the schema rejects them.
        """
        if self._is_drawn and not self._edits:
            return self._draw(fault.id, fault.id, *key).payload
        problem = ""
        for attempt in range(_TRIES):
            attempt_key = (fault.id, *key, *_repeat(attempt))
            try:
                payload = self._make_edited(fault, *attempt_key)
                if not self._edits:
                    return fault.apply(payload)
                # An override can be the invalid value that the fault would put there.
                return add_fault(fault, payload, self._make_unedited(fault, *attempt_key))
            except (FaultError, PointerError) as error:
                problem = str(error)
        if not self._edits:
            # The catalogue has checked its examples, so they are left where no payload takes the
            # fault.
            return fault.examples[cast(int, key[-1]) % len(fault.examples)]
        payload = self._make_edited(fault, fault.id, *key)
        rejection = self._edits.find_rejection(self.schema, payload)
        reason = f"; the schema rejects {rejection}" if rejection else ""
        raise OverrideError(f"{problem} once the overrides and removals are applied{reason}")

    def _make_unedited(self, fault: Fault | None, *key: object) -> Any:
        """The realistic payload of a key without the edits."""
        maker = Maker(
            self.schema, self._seed, Edits(), self._names, is_drawn=False, examples=self._examples
        )
        return maker._make_edited(fault, *key)

    def _make_edited(self, fault: Fault | None, *key: object) -> Any:
        """A payload with the edits that has the site of a fault. It is not checked yet."""
        if self._is_drawn:
            return self._edits.apply(self._draw(None, *key))
        requirement = None if fault is None else fault.requirement
        payload = self._generate(requirement, *key)
        missing = self._edits.find_missing(payload)
        # Where an override has nothing to go into, or a null, generate a payload that has it:
        # the field itself if possible, otherwise the object around it.
        for wanted in (missing, [path[:-1] for path in missing]) if missing else ():
            room = require_values(wanted)
            both = room if requirement is None else requirement & room
            try:
                return self._edits.apply(self._generate(both, *key))
            except (SchemaError, PointerError):
                continue
        return self._edits.apply(payload)

    def _generate(self, requirement: Requirement | None, *key: object) -> Any:
        seed = seed_for(self.schema.name, self._seed, *key)
        choices = MarkingChoices(seed) if self._has_marks else SeededChoices(seed)
        # A fault can change the instant itself, so only valid payloads have a mark there.
        known = {"instant": MARKED_INSTANT} if self._has_marks and requirement is None else None
        generator = generator_for(self.schema, requirement, self._examples)
        return generator.generate(choices, names=self._names, pins=self._edits.pins, known=known)

    def _draw(self, fault_id: str | None, *key: object) -> Any:
        if fault_id not in self._drawers:
            self._drawers[fault_id] = build_drawer(self.schema, fault_id)
        return self._drawers[fault_id](seed_for(self.schema.name, self._seed, "any", *key))


def _repeat(attempt: int) -> tuple[object, ...]:
    return () if attempt == 0 else ("again", attempt)
