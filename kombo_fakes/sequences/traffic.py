"""Traffic: an endless stream of deliveries for load tests.

Valid, faulty and repeated deliveries come in shares that the caller chooses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeVar, cast

from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.faults import faults as faults_of
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.messages import shorten, unknown_name_error, unknown_pattern_error
from kombo_fakes.errors import OverrideError
from kombo_fakes.generation.made import Made
from kombo_fakes.generation.runs import generate
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.expectations import Expectation, Policy
from kombo_fakes.wire.signing import sign

T = TypeVar("T")

# `generate` needs a number, and no load test makes as many.
_ENDLESS = 1 << 62
# The stream has no end, so that it must not remember all deliveries.
_REMEMBERED = 1_000
_POLICIES = ("strict", "tolerant")


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A delivery, and what is expected of a receiver.

    Attributes:
        name: What it is counted as: the event, and the id of the fault or ``(repeated)``.
        delivery: The request.
        expectation: Whether the receiver should accept it, reject it, or do either.
        is_copy: Whether the delivery was sent before.
    """

    name: str
    delivery: Delivery
    expectation: Expectation
    is_copy: bool = False

    def describe_failure(self, status: int) -> str | None:
        """Describe what is wrong with the status of a response; None if nothing is.

        The same failure has the same description, so that failures can be counted.

        Examples:
            >>> planned = next(Traffic(secret="a secret"))
            >>> planned.describe_failure(204), planned.describe_failure(422)
            (None, 'received 422, expected 2xx: rejects a valid delivery')
        """
        if status >= 500:
            return f"received {status}: crashes"
        if self.expectation == "accept" and not 200 <= status < 300:
            return f"received {status}, expected 2xx: rejects a valid delivery"
        # A redirect does not reject anything: it sends the client elsewhere.
        if self.expectation == "reject" and status < 400:
            return f"received {status}, expected 4xx: accepts an invalid payload"
        return None


class Traffic:
    """An endless stream of signed deliveries. No two streams share an id.

    Args:
        events: The events or schemas, each as frequent as the others: what `Schema.load` accepts.
        secret: The webhook secret of the receiver.
        faulty: The share of payloads with a fault, from 0 to 1.
        repeated: The share of copies among the valid ones: byte for byte one of the last 1,000.
        faults: Ids of the faults, each as frequent as the others; ``*`` matches anything.
        policy: ``"strict"``, or ``"tolerant"`` for a receiver that may accept payloads with a
            fault.
        seed: The same seed, stream and options give the same deliveries in the same order.
        stream: Which of a seed's streams; each process that sends needs its own.

    Raises:
        UnknownNameError: if the event, fault or policy does not exist.
        OverrideError: if a share is not a number from 0 to 1, or there is nothing to send.
        SecretError: if the secret is empty.
        SchemaError, DocumentError: as `Schema.load` does.

    Examples:
        >>> traffic = Traffic(secret="a secret", faulty=1, faults=["data.state-enum-cut"])
        >>> planned = next(traffic)
        >>> planned.name.split()[1], planned.expectation
        ('data.state-enum-cut', 'reject')
    """

    def __init__(
        self,
        events: Iterable[SchemaLike] = (DEFAULT_EVENT,),
        *,
        secret: str | bytes,
        faulty: float = 0.0,
        repeated: float = 0.0,
        faults: Iterable[str] = ("*",),
        policy: Policy = "strict",
        seed: int = 0,
        stream: int | str = 0,
    ) -> None:
        sign(b"", secret)  # Raises if the secret is unusable.
        self._secret = secret
        if policy not in _POLICIES:
            raise unknown_name_error("policy", str(policy), _POLICIES)
        self._expectation: Expectation = "reject" if policy == "strict" else "either"
        self._faulty = _check_share("faulty", faulty)
        self._repeated = _check_share("repeated", repeated)
        # The seeds of streams are far apart, so that no id is drawn in two of them.
        own = seed_for("traffic", seed, stream)
        self._choices = SeededChoices(own)
        self._remembered: deque[PlannedDelivery] = deque(maxlen=_REMEMBERED)
        self._ready: deque[PlannedDelivery] = deque()
        schemas = [Schema.load(event) for event in _as_sequence(events)]
        if not schemas:
            raise OverrideError("events: the list is empty; name at least one event")
        self._sources = [
            _Source(schema, seed_for(own, number)) for number, schema in enumerate(schemas)
        ]
        self._broken = self._find_faults(_as_sequence(faults)) if self._faulty else []

    def __iter__(self) -> Iterator[PlannedDelivery]:
        return self

    def __next__(self) -> PlannedDelivery:
        return self._ready.popleft() if self._ready else self._make()

    def prepare(self, count: int) -> None:
        """Make some deliveries now, so that the next calls return at once."""
        self._ready.extend(self._make() for _ in range(count))

    def _make(self) -> PlannedDelivery:
        choices = self._choices
        if choices.chance(self._faulty):
            source = choices.pick(self._broken)
            fault = choices.pick(source.faults)
            done = (f"fault {fault.id}",)
            delivery = Delivery.of(source.break_by(fault).payload, self._secret, done=done)
            return PlannedDelivery(f"{source.name} {fault.id}", delivery, self._expectation)
        if choices.chance(self._repeated) and self._remembered:
            return choices.pick(self._remembered)
        source = choices.pick(self._sources)
        delivery = Delivery.of(next(source.valid).payload, self._secret)
        if self._repeated:
            name = f"{source.name} (repeated)"
            self._remembered.append(PlannedDelivery(name, delivery, "accept", is_copy=True))
        return PlannedDelivery(source.name, delivery, "accept")

    def _find_faults(self, patterns: Sequence[str]) -> list[_Source]:
        # A pattern may match the faults of some events only.
        known = [(source, fault) for source in self._sources for fault in faults_of(source.schema)]
        if not known:
            raise OverrideError(
                f"faulty={shorten(self._faulty)}: the schemas have no faults, because they allow "
                "everything; set it to 0"
            )
        for pattern in patterns:
            if not any(fnmatchcase(fault.id, pattern) for _, fault in known):
                raise unknown_pattern_error("fault", pattern, (fault.id for _, fault in known))
        for source, fault in known:
            if any(fnmatchcase(fault.id, pattern) for pattern in patterns):
                source.faults.append(fault)
        return [source for source in self._sources if source.faults]


class _Source:
    """The payloads of one event: valid ones, and those with a fault."""

    def __init__(self, schema: Schema, seed: int) -> None:
        self.schema, self.name = schema, schema.name
        self.faults: list[Fault] = []
        self.valid = generate(schema, _ENDLESS, seed=seed)
        self._seed = seed
        self._broken: dict[str, Iterator[Made[Any]]] = {}

    def break_by(self, fault: Fault) -> Made[Any]:
        """Make the next payload with a fault."""
        if fault.id not in self._broken:
            self._broken[fault.id] = generate(
                self.schema, _ENDLESS, seed=self._seed, faults=[fault.id]
            )
        return next(self._broken[fault.id])


def _as_sequence(given: Iterable[T]) -> Sequence[T]:
    """The items as a sequence. A string is one item, and not its characters."""
    return cast("Sequence[T]", [given]) if isinstance(given, str) else list(given)


def _check_share(name: str, share: float) -> float:
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
        raise OverrideError(f"{name}={shorten(share)}: a share is a number from 0 to 1")
    return float(share)
