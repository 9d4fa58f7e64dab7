"""Payloads one after the other, for files and streams: valid or not, changed as one likes.

Each payload depends on the schema, the seed and its own number only, so that a longer run begins
with the payloads of a shorter one, and none has to be held while the next is made.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias, cast

from kombo_fakes.catalogue import Fault, FaultError
from kombo_fakes.catalogue import faults as faults_of
from kombo_fakes.corner_cases import Corner, corners
from kombo_fakes.dice import SeededDice, seed_for
from kombo_fakes.edits import Edits
from kombo_fakes.errors import OverrideError, SchemaError, shorten, unknown
from kombo_fakes.pointer import PointerError, parse_pointer
from kombo_fakes.portrait import portrait_for
from kombo_fakes.presence import Requirement, present
from kombo_fakes.realism import POOLED, Names
from kombo_fakes.registry import DEFAULT_EVENT
from kombo_fakes.schema import Schema, SchemaLike

Ring: TypeAlias = Literal["realistic", "any", "corners"]

RINGS: tuple[Ring, ...] = ("realistic", "any", "corners")
"""Which payloads there are to choose from."""

_TRIES = 50


@dataclass(frozen=True, slots=True)
class Made:
    """A payload, and what to call it.

    Attributes:
        payload: The payload.
        stem: A name for a file of it, without an ending; different for each one of a run.
        fault: The fault that it has, None if it is valid.
        corner: The corner that it is, None if it is none.
    """

    payload: Any
    stem: str
    fault: Fault | None = None
    corner: Corner | None = None


def generate(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    n: int | None = None,
    *,
    seed: int = 0,
    values: Ring = "realistic",
    invalid: bool = False,
    faults: Iterable[str] = (),
    overrides: Mapping[str, Any] | None = None,
    removals: Iterable[str] = (),
    names: Names = POOLED,
) -> Iterator[Made]:
    """Make payloads, one after the other.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        n: How many; of each fault, where faults are named. One if not given, all corners.
        seed: The same seed gives the same payloads.
        values: ``"realistic"``, ``"any"`` (drawn by Hypothesis), or ``"corners"``.
        invalid: Go through the whole catalogue of faults in an order that the seed shuffles,
            round after round.
        faults: Ids of the faults to have; ``*`` stands for anything.
        overrides: Values by the JSON Pointer or dotted name of their field. What has to agree
            with them does.
        removals: The fields to leave out.
        names: Who makes the names in realistic values.

    Returns:
        An iterator of `Made`. Names and options are checked before it is returned.

    Raises:
        UnknownNameError: if there is no such event, field, fault or kind of values.
        OverrideError: if the options contradict each other; and, from the iterator, if the
            schema refuses an override and no fault was asked for.
        SchemaError, DocumentError: as `Schema.load` does.

    Example:
        >>> made, = generate(seed=3, overrides={"data.integration_tool": "personio"})
        >>> made.payload["data"]["integration_id"].split(":")[0], made.stem
        ('personio', 'integration-state-changed-0001')
        >>> wrong, = generate(faults=["data.state-enum-cut"])
        >>> wrong.fault.id == wrong.stem
        True
    """
    if values not in RINGS:
        raise unknown("kind of values", str(values), RINGS)
    if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        raise OverrideError(f"n={shorten(n)}: the number of payloads is an integer, 1 or more")
    schema = Schema.load(event_or_schema)
    wanted = (faults,) if isinstance(faults, str) else tuple(faults)
    if wanted and invalid:
        raise OverrideError("all faults and chosen ones: ask for one or the other")
    changes = Edits.of(schema, overrides, removals)
    maker = _Maker(schema, seed, changes, names, drawn=values == "any")
    if values == "corners":
        if wanted or invalid:
            raise OverrideError("corners are valid payloads: for faults take realistic or any")
        return maker.corners(n)
    count = 1 if n is None else n
    if invalid:
        return maker.rounds(faults_of(schema), count)
    if wanted:
        return maker.each(faults_of(schema, ids=wanted), count)
    stem = label(schema) + ("-any" if values == "any" else "")
    return maker.valid(stem, count)


def label(schema: Schema) -> str:
    """The name of a schema as a file name holds it: no ``:``, no directories.

    Example:
        >>> label(Schema({"title": "data-changed:hris"}))
        'data-changed.hris'
    """
    last = re.split(r"[/\\]", schema.name)[-1]
    name = re.sub(r"[^A-Za-z0-9._-]+", ".", last.removesuffix(".json")).strip(".")
    return name[:100] or "payload"


class _Maker:
    def __init__(
        self, schema: Schema, seed: int, changes: Edits, names: Names, *, drawn: bool
    ) -> None:
        self.schema = schema
        self.seed = seed
        self.changes = changes
        self.names = names
        self.drawn = drawn
        self._drawers: dict[str | None, Callable[[int], Any]] = {}

    # -- what to make, in which order

    def valid(self, stem: str, count: int) -> Iterator[Made]:
        width = max(4, len(str(count)))
        for number in range(count):
            yield Made(self._valid(number), f"{stem}-{number + 1:0{width}}")

    def each(self, faults: Sequence[Fault], count: int) -> Iterator[Made]:
        stems = _Stems(self.schema)
        for fault in faults:
            for number in range(count):
                yield Made(self._broken(fault, number), stems.of(fault, number), fault)

    def rounds(self, faults: Sequence[Fault], count: int) -> Iterator[Made]:
        stems = _Stems(self.schema)
        if not faults:
            raise SchemaError(f"{self.schema.name}: has no faults: it allows everything")
        for start in range(0, count, len(faults)):
            number = start // len(faults)
            dice = SeededDice(seed_for(self.schema.name, "order", self.seed, number))
            for fault in _shuffled(faults, dice)[: count - start]:
                yield Made(self._broken(fault, number), stems.of(fault, number), fault)

    def corners(self, count: int | None) -> Iterator[Made]:
        changes = self.changes
        if changes:
            self._valid(0)  # Raises where the schema refuses the changes.
        number = 0
        for corner in corners(self.schema, seed=self.seed, names=self.names, pins=changes.pins):
            payload = corner.payload
            if changes:
                path = parse_pointer(corner.pointer)
                if changes.touches(path):
                    continue
                payload = changes.put_into(payload)
                if not self.schema.is_valid(payload):
                    continue
            if number == count:
                return
            number += 1
            yield Made(payload, corner.id, corner=corner)

    # -- one payload

    def _valid(self, *key: object) -> Any:
        refusal: Exception | None = None
        for attempt in range(_TRIES):
            try:
                payload = self._changed(None, *key, *_again(attempt))
            except PointerError as error:
                refusal = OverrideError(str(error))
                continue
            if not self.changes or self.schema.is_valid(payload):
                return payload
            refusal = refusal or self.changes.refused(self.schema, payload)
        raise refusal or SchemaError(f"{self.schema.name}: found no payload in {_TRIES} tries")

    def _broken(self, fault: Fault, number: int) -> Any:
        if self.drawn and not self.changes:
            return self._drawn(fault.id, fault.id, number).payload
        problem = ""
        for attempt in range(_TRIES):
            try:
                payload = self._changed(fault, fault.id, number, *_again(attempt))
                # The caller's own wrong value may be the very fault.
                if self.changes and self._is_in(fault, payload):
                    return payload
                return fault.apply(payload)
            except (FaultError, PointerError) as error:
                problem = str(error)
        if not self.changes:
            return fault.examples[number % len(fault.examples)]
        payload = self._changed(fault, fault.id, number)
        refused = self.changes.refused(self.schema, payload)
        also = f"; the schema refuses {refused}" if refused else ""
        raise OverrideError(f"{problem} with the values that were asked for{also}")

    def _is_in(self, fault: Fault, payload: Any) -> bool:
        # A value from the caller may be no JSON at all.
        return not any(v.keyword == "json" for v in self.schema.violations(payload)) and (
            fault.is_in(payload)
        )

    def _changed(self, fault: Fault | None, *key: object) -> Any:
        """A payload with the changes, not yet checked, that has the site of a fault."""
        if self.drawn:
            return self.changes.put_into(self._drawn(None, *key))
        requirement = None if fault is None else fault.requirement
        payload = self._painted(requirement, *key)
        missing = self.changes.missing_in(payload)
        # Where an override has no home yet, or only a null, a payload that has it.
        for wanted in (missing, [path[:-1] for path in missing]) if missing else ():
            home = present(wanted, self.schema)
            both = home if requirement is None else _both(requirement, home)
            try:
                return self.changes.put_into(self._painted(both, *key))
            except (SchemaError, PointerError):
                continue
        return self.changes.put_into(payload)

    def _painted(self, requirement: Requirement | None, *key: object) -> Any:
        dice = SeededDice(seed_for(self.schema.name, self.seed, *key))
        portrait = portrait_for(self.schema, requirement)
        return portrait.paint(dice, names=self.names, pins=self.changes.pins)

    def _drawn(self, fault_id: str | None, *key: object) -> Any:
        if fault_id not in self._drawers:
            self._drawers[fault_id] = _drawer(self.schema, fault_id)
        return self._drawers[fault_id](seed_for(self.schema.name, self.seed, "any", *key))


class _Stems:
    """File names of faults: the id, and a number from the second on."""

    def __init__(self, schema: Schema) -> None:
        self._ids = {fault.id for fault in faults_of(schema)}

    def of(self, fault: Fault, number: int) -> str:
        if number == 0:
            return fault.id
        stem = f"{fault.id}-{number + 1}"
        # An id can end with a number itself.
        return f"{fault.id}.{number + 1}" if stem in self._ids else stem


def _again(attempt: int) -> tuple[object, ...]:
    return () if attempt == 0 else ("again", attempt)


def _both(one: Requirement, other: Requirement) -> Requirement:
    return Requirement(f'{{"allOf": [{one.text}, {other.text}]}}')


def _shuffled(faults: Sequence[Fault], dice: SeededDice) -> list[Fault]:
    # Fisher and Yates; Python's own shuffle needn't stay what it is.
    order = list(faults)
    for last in range(len(order) - 1, 0, -1):
        other = dice.whole(0, last)
        order[last], order[other] = order[other], order[last]
    return order


# -- drawing by Hypothesis

_BYTES = 8 * 1024
# How many of the byte values become zero. The fewer there are left, the plainer the letters and the
# shorter the texts: left alone, nearly every letter is one from the far planes of Unicode.
_THINNED = [bytes(0 if byte < low else byte for byte in range(256)) for low in (0, 32, 64, 128)]


def _drawer(schema: Schema, fault_id: str | None) -> Callable[[int], Any]:
    """What draws a payload for a seed, from Hypothesis and by its public interface for fuzzers.

    A test run by `given` would do, were it not that Hypothesis picks constants from whatever
    other code happens to be imported: the same seed would give other payloads elsewhere.
    """
    from hypothesis import given, settings

    from kombo_fakes.invalid_strategy import invalid_payloads
    from kombo_fakes.strategies import payloads

    drawn: list[Any] = []

    @settings(database=None, deadline=None)
    @given(payloads(schema) if fault_id is None else invalid_payloads(schema, ids=[fault_id]))
    def collect(payload: Any) -> None:
        drawn.append(payload)

    feed = cast(Any, collect).hypothesis.fuzz_one_input
    return partial(_draw, feed, drawn, schema.name)


def _draw(feed: Callable[[bytes], Any], drawn: list[Any], name: str, seed: int) -> Any:
    for attempt in range(_TRIES):
        noise = hashlib.shake_256(f"{seed}.{attempt}".encode()).digest(_BYTES)
        drawn.clear()
        feed(noise.translate(_THINNED[(seed + attempt) % len(_THINNED)]))
        if drawn:
            return drawn.pop()
    raise SchemaError(f"{name}: found no payload in {_TRIES} draws")
