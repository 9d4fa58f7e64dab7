"""Wire faults: what can be wrong with a delivery rather than with the payload in it.

The tables in `fault_families` say what a receiver is expected to do with each of them: to reject
the delivery, to accept it, or either. Either is right if standards leave it to the receiver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.core.public import public
from kombo_fakes.errors import DocumentError
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.expectations import Expectation, Policy
from kombo_fakes.wire.fault_families.body import BODY_FAULTS
from kombo_fakes.wire.fault_families.http import HTTP_FAULTS
from kombo_fakes.wire.fault_families.signature import SIGNATURE_FAULTS
from kombo_fakes.wire.fault_row import FaultCase, FaultRow, Maker
from kombo_fakes.wire.signing import TEST_SECRET, key_of, sign, verify

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")

Family: TypeAlias = Literal["signature", "body", "http"]

_TABLE: dict[Family, tuple[FaultRow, ...]] = {
    "signature": SIGNATURE_FAULTS,
    "body": BODY_FAULTS,
    "http": HTTP_FAULTS,
}


@public
@dataclass(frozen=True, slots=True, eq=False)
class WireFault:
    """One thing that can be wrong with a delivery.

    Attributes:
        id: A stable name that is safe in file names and as a pytest id: ``signature-missing``.
        family: ``"signature"``, ``"body"`` (correctly signed) or ``"http"``.
        description: What is wrong, as a phrase.
        strict: What a receiver that enforces the schema is expected to do.
        tolerant: What a tolerant receiver is expected to do.
        why: The reason for that.
        secret: The webhook secret of the receiver.
        schema: The schema of the payloads.
    """

    id: str
    family: Family
    description: str
    strict: Expectation
    tolerant: Expectation
    why: str
    secret: str | bytes = field(repr=False)
    schema: Schema = field(repr=False)
    _make: Maker = field(repr=False)

    def expected(self, policy: Policy = "strict") -> Expectation:
        """Return what a receiver is expected to do with such a delivery.

        Args:
            policy: ``"strict"`` for a receiver that enforces the schema, or ``"tolerant"``.

        Returns:
            ``"reject"`` (an answer of 4xx), ``"accept"`` (2xx) or ``"either"``.

        Raises:
            UnknownNameError: if the policy is neither ``"strict"`` nor ``"tolerant"``.
        """
        if policy not in ("strict", "tolerant"):
            raise unknown_name_error("policy", str(policy), ("strict", "tolerant"))
        return self.strict if policy == "strict" else self.tolerant

    @property
    def examples(self) -> tuple[Delivery, ...]:
        """Deliveries with the fault, one for each way to do it; always the same ones."""
        # Several ways can make the same delivery, for example if the payload has no string to
        # change.
        return tuple(dict.fromkeys(self._make_examples()))

    def _make_examples(self) -> Iterator[Delivery]:
        # Not the same seed for all faults, so that their examples have different payloads.
        seed = seed_for(self.schema.name, self.id)
        payload = generator_for(self.schema).generate(SeededChoices(seed))
        # How many ways there are is known after the first pick.
        number, ways = 0, 1
        while number < ways:
            choices = _NumberedChoices(number, seed)
            made = self.apply(payload, choices)
            if made is not None:
                yield made
            number, ways = number + 1, choices.ways

    def apply(self, payload: Any, choices: Choices | None = None) -> Delivery | None:
        """Return the delivery of a valid payload, with this fault.

        Args:
            payload: A valid payload. It is not changed.
            choices: What picks one of several ways to do it; the first way by default.

        Returns:
            The delivery. None if this payload cannot have the fault, or not in the way that was
            picked: a payload without strings has none to make too long, and what the schema
            allows is not a fault.
        """
        secret = key_of(self.secret)
        picking = _NumberedChoices(0, 0) if choices is None else choices
        made = self._make(FaultCase(payload, secret, picking, self.schema))
        if made is None or self._is_harmless(made):
            return None
        return replace(made, done=(f"wire fault {self.id}",))

    def _is_harmless(self, made: Delivery) -> bool:
        """Whether nothing is wrong with a delivery that a receiver would have to reject."""
        if self.strict != "reject":
            return False
        if self.family == "signature":
            # Comparing keys is not enough: HMAC pads them with zeros, so that several are equal.
            return verify(made.body, made.signature, self.secret)
        try:
            value = parse_json(made.body)
        except DocumentError:
            return False
        # Every receiver rejects what is not JSON; a strict one also what is not a payload.
        return self.tolerant == "reject" or self.schema.is_valid(value)

    def strategy(self) -> SearchStrategy[Delivery]:
        """Return a Hypothesis strategy of realistic payloads, delivered with this fault."""
        # Hypothesis takes long to import, and nothing else here needs it.
        from hypothesis import reject
        from hypothesis import strategies as st

        from kombo_fakes.strategies.drawn_choices import DrawnChoices
        from kombo_fakes.strategies.payloads import payloads

        valid = payloads(self.schema, "realistic")

        @st.composite
        def faulty(draw: DrawFn) -> Delivery:
            delivery = self.apply(draw(valid), DrawnChoices(draw, None))
            if delivery is None:
                reject()
            return delivery

        return faulty()

    def __str__(self) -> str:
        return self.id


def wire_faults(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    *,
    secret: str | bytes = TEST_SECRET,
    family: str | None = None,
    ids: Iterable[str] | None = None,
) -> tuple[WireFault, ...]:
    """Return the catalogue of wire faults.

    Args:
        event_or_schema: The schema of the payloads: what `Schema.load` accepts.
        secret: The webhook secret of the receiver.
        family: Only those of this family: ``"signature"``, ``"body"`` or ``"http"``.
        ids: Only those with one of these ids; ``*`` matches any characters.

    Returns:
        The wire faults that payloads of this schema can have, in a stable order.

    Raises:
        UnknownNameError: if a family or id does not exist; the message names the nearest one.
        SecretError: if the secret is empty.

    Examples:
        >>> fault = wire_faults(ids=["signature-key-empty"])[0]
        >>> fault.expected("tolerant"), fault.examples[0].done
        ('reject', ('wire fault signature-key-empty',))
    """
    sign(b"", secret)  # Raises if the secret cannot be used.
    schema = Schema.load(event_or_schema)
    if family is not None and family not in _TABLE:
        raise unknown_name_error("family of wire faults", family, _TABLE)
    rows = [(name, row) for name, rows in _TABLE.items() for row in rows if family in (None, name)]
    if ids is None:
        return _possible(rows, secret, schema)
    # A str is iterable, too, but its characters are no ids.
    wanted = (ids,) if isinstance(ids, str) else tuple(ids)
    chosen = [
        (name, row) for name, row in rows if any(fnmatchcase(row.id, pattern) for pattern in wanted)
    ]
    found = _possible(chosen, secret, schema)
    for pattern in wanted:
        if not any(fnmatchcase(fault.id, pattern) for fault in found):
            # To find out which faults are possible takes examples of all, so only an error does it.
            every = _possible(rows, secret, schema)
            raise unknown_name_error("wire fault", pattern, (fault.id for fault in every))
    return found


def _possible(
    rows: Iterable[tuple[Family, FaultRow]], secret: str | bytes, schema: Schema
) -> tuple[WireFault, ...]:
    """Return the wire faults that payloads of a schema can have."""
    made = (
        WireFault(row.id, name, row.description, *row.expected, row.why, secret, schema, row.make)
        for name, row in rows
    )
    # One example shows that the fault is possible. The others are made on demand.
    return tuple(fault for fault in made if next(fault._make_examples(), None) is not None)


def count_ways(fault: WireFault, payload: Any) -> int:
    """Return in how many ways a payload can have a wire fault; 0 if it cannot."""
    number, ways = 0, 1
    while number < ways:
        choices = _NumberedChoices(number, 0)
        if fault.apply(payload, choices) is not None:
            return choices.ways
        number, ways = number + 1, choices.ways
    return 0


def numbered_choices(number: int, seed: int) -> Choices:
    """Return choices that pick the way of this number in `WireFault.apply`."""
    return _NumberedChoices(number, seed)


class _NumberedChoices(SeededChoices):
    """Seeded choices whose first pick is fixed, so that examples go through all ways.

    Attributes:
        ways: The number of elements that there were to pick from; 1 before the first pick.
    """

    __slots__ = ("_first", "ways")

    def __init__(self, number: int, seed: int) -> None:
        super().__init__(seed)
        self._first: int | None = number
        self.ways = 1

    def pick(self, pool: Sequence[T]) -> T:
        if self._first is None:
            return super().pick(pool)
        number, self._first, self.ways = self._first, None, len(pool)
        # The command line counts payloads with these numbers, so they can exceed the number of
        # ways.
        return pool[number % len(pool)]
