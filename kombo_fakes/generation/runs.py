"""Payloads one after the other, for files and streams: valid or not, changed as one likes.

Each payload depends on the schema, the seed and its own number only, so that a longer run begins
with the payloads of a shorter one, parts of a run make up the whole, and none has to be held while
the next is made. The first ones are generated one by one; the many after them come from templates.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    TypeAlias,
    TypedDict,
    TypeVar,
    cast,
)

from kombo_fakes.catalogues.corners import Corner, corners
from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.faults import faults as faults_of
from kombo_fakes.catalogues.overrides import add_fault
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.core.pointer import parse_pointer
from kombo_fakes.core.writer import to_compact_json
from kombo_fakes.errors import FaultError, OverrideError, PointerError, SchemaError
from kombo_fakes.generation.edits import Edits
from kombo_fakes.generation.templates import BLOCK, MarkingChoices, Templates, filled, template_of
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.requirements import Requirement, require_values
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.moments import MARKED_INSTANT
from kombo_fakes.webhooks.names import POOLED, Names
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

if TYPE_CHECKING:
    pass

Ring: TypeAlias = Literal["realistic", "any", "corners"]

RINGS: tuple[Ring, ...] = ("realistic", "any", "corners")
"""Which payloads there are to choose from."""

_TRIES = 50
# Of each fault so many payloads are generated one by one, and then so many templates.
_ROUNDS, _TEMPLATES = 4, 8

_Listed: TypeAlias = "list[tuple[Fault, int]]"


P = TypeVar("P", covariant=True)


@dataclass(frozen=True, slots=True)
class Made(Generic[P]):
    """A payload, and what to call it.

    Attributes:
        payload: The payload.
        stem: A name for a file of it, without an ending; different for each one of a run.
        fault: The fault that it has, None if it is valid.
        corner: The corner that it is, None if it is none.
    """

    payload: P
    stem: str
    fault: Fault | None = None
    corner: Corner | None = None


class ValidOptions(TypedDict, total=False):
    """The arguments of `generate` by which its payloads stay valid, for type checkers."""

    seed: int
    values: Ring
    overrides: Mapping[str, Any] | None
    removals: Iterable[str]
    names: Names
    part: tuple[int, int]


class AllOptions(ValidOptions, total=False):
    """The keyword arguments of `generate`, for type checkers."""

    invalid: bool
    faults: Iterable[str]


# What an editor completes: the payload of each event by its name, where it isn't to be a wrong one.
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
    part: tuple[int, int] = (1, 1),
) -> Iterator[Made[Any]]:
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
        part: Which part, of how many: ``(3, 8)`` makes the third eighth of the payloads. All
            parts, one after the other, are the whole.

    Returns:
        An iterator of `Made`. Names and options are checked before it is returned.

    Raises:
        UnknownNameError: if there is no such event, field, fault or kind of values.
        OverrideError: if the options contradict each other; and, from the iterator, if the
            schema refuses an override and no fault was asked for.
        SchemaError, DocumentError: as `Schema.load` does.

    Examples:
        >>> made, = generate(seed=3, overrides={"data.integration_tool": "personio"})
        >>> made.payload["data"]["integration_id"].split(":")[0], made.stem
        ('personio', 'integration-state-changed-0001')
        >>> wrong, = generate(faults=["data.state-enum-cut"])
        >>> wrong.fault.id == wrong.stem
        True
    """
    run = Run.of(
        event_or_schema,
        n,
        seed=seed,
        values=values,
        invalid=invalid,
        faults=faults,
        overrides=overrides,
        removals=removals,
        names=names,
    )
    start, stop = run.part(*part)
    return run.made(start, stop)


def label(schema: Schema) -> str:
    """The name of a schema as a file name holds it: no ``:``, no directories.

    Examples:
        >>> label(Schema({"title": "data-changed:hris"}))
        'data-changed.hris'
    """
    last = re.split(r"[/\\]", schema.name)[-1]
    name = re.sub(r"[^A-Za-z0-9._-]+", ".", last.removesuffix(".json")).strip(".")
    return name[:100] or "payload"


class Run:
    """All that a call of `generate` makes, by number: any stretch of it can be had alone.

    Attributes:
        count: How many payloads there are.
    """

    def __init__(
        self,
        maker: _Maker,
        values: Ring,
        chosen: Sequence[Fault] | None,
        count: int,
        *,
        in_rounds: bool,
    ) -> None:
        self._maker, self._values, self._chosen = maker, values, chosen
        self._in_rounds = in_rounds
        self._each = count
        self._corners = tuple(maker.corners()) if values == "corners" else ()
        if values == "corners":
            whole = min(len(self._corners), count) if count else len(self._corners)
        else:
            whole = count if chosen is None or in_rounds else count * len(chosen)
        self.count: int = whole

    @classmethod
    def of(
        cls,
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
    ) -> Run:
        """What the arguments of `generate` ask for, checked as it checks them."""
        if values not in RINGS:
            raise unknown_name_error("kind of values", str(values), RINGS)
        if n is not None and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
            raise OverrideError(f"n={shorten(n)}: the number of payloads is an integer, 1 or more")
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise OverrideError(f"seed={shorten(seed)}: a seed is an integer")
        schema = Schema.load(event_or_schema)
        wanted = (faults,) if isinstance(faults, str) else tuple(faults)
        if wanted and invalid:
            raise OverrideError("all faults and chosen ones: ask for one or the other")
        if values == "corners" and (wanted or invalid):
            raise OverrideError("corners are valid payloads: for faults take realistic or any")
        changes = Edits.of(schema, overrides, removals)
        maker = _Maker(schema, seed, changes, names, drawn=values == "any")
        chosen = faults_of(schema, ids=wanted) if wanted else faults_of(schema) if invalid else None
        if invalid and not chosen:
            raise SchemaError(f"{schema.name}: has no faults: it allows everything")
        count = (0 if values == "corners" else 1) if n is None else n
        return cls(maker, values, chosen, count, in_rounds=invalid)

    def part(self, number: int, parts: int) -> tuple[int, int]:
        """The stretch that is a part, of several that are equally long but for one payload.

        Raises:
            OverrideError: if there is no such part.
        """
        if not 1 <= number <= parts:
            raise OverrideError(f"part {number}/{parts}: parts are numbered from 1 to {parts}")
        return self.count * (number - 1) // parts, self.count * number // parts

    def made(self, start: int, stop: int) -> Iterator[Made[Any]]:
        """The payloads from one number up to another."""
        if self._values == "corners":
            return iter(self._corners[start:stop])
        if self._chosen is None:
            return self._valid(start, stop)
        return self._broken(start, stop)

    def lines(self, start: int, stop: int) -> Iterator[bytes]:
        """The payloads from one number up to another as lines of JSON, some at a time."""
        if self._values != "realistic" or not self.is_filled:
            for made in self.made(start, stop):
                yield to_compact_json(line_of(made)) + b"\n"
        elif self._chosen is None:
            for texts in self._valid_texts(start, stop):
                texts.append(b"")
                yield b"\n".join(texts)
        else:
            for listed, texts in self._broken_texts(start, stop):
                yield b"".join(map(_wrapped, (fault for fault, _ in listed), texts))

    @cached_property
    def is_filled(self) -> bool:
        """Whether there are so many that all but the first are filled in, and not generated."""
        if self._chosen is None:
            many = self.count > BLOCK
        else:
            many = self.count > _ROUNDS * len(self._chosen)
        return many and self._maker.has_templates

    # -- valid ones

    def _valid(self, start: int, stop: int) -> Iterator[Made[Any]]:
        stem = label(self._maker.schema) + ("-any" if self._values == "any" else "")
        width = max(4, len(str(self.count)))
        generated = min(stop, BLOCK) if self.is_filled else stop
        for number in range(start, generated):
            yield Made(self._maker.valid(number), f"{stem}-{number + 1:0{width}}")
        number = max(start, generated)
        for texts in self._valid_texts(number, stop):
            for text in texts:
                number += 1
                yield Made(json.loads(text), f"{stem}-{number:0{width}}")

    def _valid_texts(self, start: int, stop: int) -> Iterator[list[bytes]]:
        for first, last in _blocks(start, stop, BLOCK):
            block, begin = divmod(first, BLOCK)
            if block == 0:
                yield [to_compact_json(self._maker.valid(n)) for n in range(first, last)]
            else:
                yield self._maker.block(block)[begin : begin + last - first]

    # -- wrong ones: each has a fault, and is the so-and-so-many-th that has it

    def _broken(self, start: int, stop: int) -> Iterator[Made[Any]]:
        stems = _Stems(self._maker.schema)
        if self.is_filled:
            for listed, texts in self._broken_texts(start, stop):
                for (fault, turn), text in zip(listed, texts, strict=True):
                    yield Made(json.loads(text), stems.of(fault, turn), fault)
            return
        for first, last in _blocks(start, stop, self._size):
            for fault, turn in self._listed(first, last):
                yield Made(self._maker.broken(fault, turn), stems.of(fault, turn), fault)

    def _broken_texts(self, start: int, stop: int) -> Iterator[tuple[_Listed, list[bytes]]]:
        for first, last in _blocks(start, stop, self._size):
            # All of a block, even if it is a part of it that is wanted: it is filled as a whole.
            block = first // self._size
            begin = block * self._size
            listed = self._listed(begin, min(begin + self._size, self._all))
            wanted = slice(first - begin, last - begin)
            yield listed[wanted], self._maker.broken_texts(listed, block)[wanted]

    @property
    def _size(self) -> int:
        return len(self._chosen or ()) if self._in_rounds else BLOCK

    @property
    def _all(self) -> int:
        # The last round is a whole one, too.
        return self.count + self._size if self._in_rounds else self.count

    def _listed(self, first: int, last: int) -> _Listed:
        """Faults, and how often there was each of them before, from a number up to another."""
        faults = self._chosen or ()
        if self._in_rounds:
            turn, begin = divmod(first, len(faults))
            order = self._maker.shuffled(faults, turn)
            return [(fault, turn) for fault in order[begin : begin + last - first]]
        places = (divmod(number, self._each) for number in range(first, last))
        return [(faults[place], turn) for place, turn in places]


def _blocks(start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    while start < stop:
        end = min(stop, (start // size + 1) * size)
        yield start, end
        start = end


def line_of(made: Made[Any]) -> Any:
    """What a line of ndjson holds: the payload, and where that is wrong what is wrong with it."""
    if made.fault is None:
        return made.payload
    fault = made.fault
    return {
        "fault": fault.id,
        "pointer": fault.pointer,
        "keyword": fault.keyword,
        "payload": made.payload,
    }


def _wrapped(fault: Fault, text: bytes) -> bytes:
    head = to_compact_json({"fault": fault.id, "pointer": fault.pointer, "keyword": fault.keyword})
    return head[:-1] + b',"payload":' + text + b"}\n"


class _Maker:
    def __init__(
        self,
        schema: Schema,
        seed: int,
        changes: Edits,
        names: Names,
        *,
        drawn: bool,
        marks: bool = False,
    ) -> None:
        self.schema = schema
        self.seed = seed
        self.changes = changes
        self.names = names
        self.drawn = drawn
        self.marks = marks
        self._drawers: dict[str | None, Callable[[int], Any]] = {}
        self._of_faults: dict[str, Templates] = {}

    def corners(self) -> Iterator[Made[Any]]:
        changes = self.changes
        if changes:
            self.valid(0)  # Raises where the schema refuses the changes.
        for corner in corners(self.schema, seed=self.seed, names=self.names, pins=changes.pins):
            payload = corner.payload
            if changes:
                path = parse_pointer(corner.pointer)
                if changes.touches(path):
                    continue
                payload = changes.put_into(payload)
                if not self.schema.is_valid(payload):
                    continue
            yield Made(payload, corner.id, corner=corner)

    def shuffled(self, faults: Sequence[Fault], turn: int) -> list[Fault]:
        """All faults in an order of their own."""
        choices = SeededChoices(seed_for(self.schema.name, "order", self.seed, turn))
        return _shuffled(faults, choices)

    # -- many payloads

    @cached_property
    def has_templates(self) -> bool:
        """Whether payloads can be made from templates: where they are generated, and have ids."""
        return not self.drawn and self._templates.usable

    @cached_property
    def _templates(self) -> Templates:
        def generate(number: int, marked: bool) -> Any:
            return (self._marking if marked else self).valid("stencil", number)

        return Templates(generate, self.schema.is_valid, self.schema.name, self.seed, "stencils")

    @cached_property
    def _marking(self) -> _Maker:
        return _Maker(self.schema, self.seed, self.changes, self.names, drawn=False, marks=True)

    def block(self, number: int) -> list[bytes]:
        """The JSON texts of a block of valid payloads."""
        return self._templates.block(number)

    def broken_texts(self, listed: _Listed, block: int) -> list[bytes]:
        """JSON texts of payloads with faults: some generated, the others from templates."""
        templates = [
            template_of(self.broken(fault, turn), marked=False)
            if turn < _ROUNDS
            else self._templates_of(fault)[turn % _TEMPLATES]
            for fault, turn in listed
        ]
        return filled(templates, self.schema.name, self.seed, "faults", block)

    def _templates_of(self, fault: Fault) -> Templates:
        if fault.id not in self._of_faults:

            def generate(number: int, marked: bool) -> Any:
                return (self._marking if marked else self).broken(fault, "stencil", number)

            self._of_faults[fault.id] = Templates(generate, fault.is_in, fault.id, self.seed)
        return self._of_faults[fault.id]

    # -- one payload

    def valid(self, *key: object) -> Any:
        refusal: Exception | None = None
        for attempt in range(_TRIES):
            try:
                payload = self._changed(None, *key, *_again(attempt))
            except PointerError as error:
                refusal = OverrideError(str(error))
                continue
            if not self.changes or self.schema.is_valid(payload):
                return payload
            if refusal is None:
                usual = self._usual(None, *key, *_again(attempt))
                refusal = self.changes.refused(self.schema, payload, usual)
        raise refusal or SchemaError(f"{self.schema.name}: found no payload in {_TRIES} tries")

    def broken(self, fault: Fault, *key: object) -> Any:
        if self.drawn and not self.changes:
            return self._drawn(fault.id, fault.id, *key).payload
        problem = ""
        for attempt in range(_TRIES):
            try:
                again = (fault.id, *key, *_again(attempt))
                payload = self._changed(fault, *again)
                if not self.changes:
                    return fault.apply(payload)
                # The caller's own wrong value may be the very fault.
                return add_fault(fault, payload, self._usual(fault, *again))
            except (FaultError, PointerError) as error:
                problem = str(error)
        if not self.changes:
            return fault.examples[cast(int, key[-1]) % len(fault.examples)]
        payload = self._changed(fault, fault.id, *key)
        refused = self.changes.refused(self.schema, payload)
        also = f"; the schema refuses {refused}" if refused else ""
        raise OverrideError(f"{problem} with the values that were asked for{also}")

    def _usual(self, fault: Fault | None, *key: object) -> Any:
        """The payload as it would be without changes."""
        return _Maker(self.schema, self.seed, Edits(), self.names, drawn=False)._changed(
            fault, *key
        )

    def _changed(self, fault: Fault | None, *key: object) -> Any:
        """A payload with the changes, not yet checked, that has the site of a fault."""
        if self.drawn:
            return self.changes.put_into(self._drawn(None, *key))
        requirement = None if fault is None else fault.requirement
        payload = self._generated(requirement, *key)
        missing = self.changes.missing_in(payload)
        # Where an override has no home yet, or only a null, a payload that has it.
        for wanted in (missing, [path[:-1] for path in missing]) if missing else ():
            home = require_values(wanted, self.schema)
            both = home if requirement is None else _both(requirement, home)
            try:
                return self.changes.put_into(self._generated(both, *key))
            except (SchemaError, PointerError):
                continue
        return self.changes.put_into(payload)

    def _generated(self, requirement: Requirement | None, *key: object) -> Any:
        choices = (MarkingChoices if self.marks else SeededChoices)(
            seed_for(self.schema.name, self.seed, *key)
        )
        # What a fault does to an instant may be about that very instant.
        known = {"instant": MARKED_INSTANT} if self.marks and requirement is None else None
        generator = generator_for(self.schema, requirement)
        return generator.generate(choices, names=self.names, pins=self.changes.pins, known=known)

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


def _shuffled(faults: Sequence[Fault], choices: SeededChoices) -> list[Fault]:
    # Fisher and Yates; Python's own shuffle needn't stay what it is.
    order = list(faults)
    for last in range(len(order) - 1, 0, -1):
        other = choices.integer(0, last)
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

    from kombo_fakes.strategies.invalid import invalid_payloads
    from kombo_fakes.strategies.payloads import payloads

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
