"""Traffic: deliveries without end, for load. Valid, faulty and repeated ones in given shares."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeVar, cast

from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.faults import faults as faults_of
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import OverrideError
from kombo_fakes.generation.runs import Made, generate
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.expectations import Expectation, Policy
from kombo_fakes.wire.signing import sign

T = TypeVar("T")

_ENDLESS = 1 << 62
_REMEMBERED = 1_000
_POLICIES = ("strict", "tolerant")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery, and what is known of it.

    Attributes:
        name: What it is counted under: the event, and the id of the fault or ``(repeated)``.
        delivery: The request.
        owed: What a receiver has to do with it.
    """

    name: str
    delivery: Delivery
    owed: Expectation

    def complaint(self, status: int) -> str | None:
        """What is wrong with an answer, None if nothing; the same text for the same wrong.

        Examples:
            >>> parcel = next(Traffic(secret="a secret"))
            >>> parcel.complaint(204), parcel.complaint(422)
            (None, 'refuses what it must take: answered 422')
        """
        if status >= 500:
            return f"crashes: answered {status}"
        if self.owed == "accept" and not 200 <= status < 300:
            return f"refuses what it must take: answered {status}"
        # A redirect refuses nothing: it sends whoever follows it elsewhere.
        if self.owed == "reject" and status < 400:
            return f"takes what it must refuse: answered {status}"
        return None


class Traffic:
    """An endless stream of signed deliveries; what is in one stream is in no other.

    Args:
        events: What they tell of, each as often as the others: what `Schema.load` takes.
        secret: The webhook secret of the receiver.
        faulty: The share of payloads with a fault, from 0 to 1.
        repeated: The share of copies among the valid ones: byte for byte one of the last 1,000.
        faults: Ids of the faults to have, each as often as the others; ``*`` stands for anything.
        policy: What the receiver is held to; a tolerant one may take payloads with a fault.
        seed: The same seed, stream and options give the same deliveries in the same order.
        stream: Which of a seed's streams: one for each process that sends.

    Raises:
        UnknownNameError: if there is no such event, fault or policy.
        OverrideError: if a share is none, or there is nothing to send.
        SecretError: if the secret is empty.
        SchemaError, DocumentError: as `Schema.load` does.

    Examples:
        >>> traffic = Traffic(secret="a secret", faulty=1, faults=["data.state-enum-cut"])
        >>> parcel = next(traffic)
        >>> parcel.name, parcel.owed
        ('integration-state-changed data.state-enum-cut', 'reject')
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
        sign(b"", secret)  # Raises for a secret that is none.
        self._secret = secret
        if policy not in _POLICIES:
            raise unknown_name_error("policy", str(policy), _POLICIES)
        self._owed: Expectation = "reject" if policy == "strict" else "either"
        self._faulty, self._repeated = _share("faulty", faulty), _share("repeated", repeated)
        # Seeds of streams are far apart, so that no id is rolled in two of them.
        own = seed_for("traffic", seed, stream)
        self._choices = SeededChoices(own)
        self._remembered: deque[Parcel] = deque(maxlen=_REMEMBERED)
        self._ready: deque[Parcel] = deque()
        schemas = [Schema.load(event) for event in _several(events)]
        if not schemas:
            raise OverrideError("events: there is none to send; name one")
        self._sources = [
            _Source(schema, seed_for(own, number)) for number, schema in enumerate(schemas)
        ]
        self._broken = self._with_faults(_several(faults)) if self._faulty else []

    def __iter__(self) -> Iterator[Parcel]:
        return self

    def __next__(self) -> Parcel:
        return self._ready.popleft() if self._ready else self._made()

    def prepare(self, count: int) -> None:
        """Make so many deliveries now, so that handing them out takes no time."""
        self._ready.extend(self._made() for _ in range(count))

    def _made(self) -> Parcel:
        choices = self._choices
        if choices.chance(self._faulty):
            source = choices.pick(self._broken)
            fault = choices.pick(source.faults)
            done = (f"fault {fault.id}",)
            delivery = Delivery.of(source.broken(fault).payload, self._secret, done=done)
            return Parcel(f"{source.name} {fault.id}", delivery, self._owed)
        if choices.chance(self._repeated) and self._remembered:
            return choices.pick(self._remembered)
        source = choices.pick(self._sources)
        delivery = Delivery.of(next(source.valid).payload, self._secret)
        if self._repeated:
            self._remembered.append(Parcel(f"{source.name} (repeated)", delivery, "accept"))
        return Parcel(source.name, delivery, "accept")

    def _with_faults(self, patterns: Sequence[str]) -> list[_Source]:
        # A pattern may mean the faults of some events only.
        known = [(s, fault) for s in self._sources for fault in faults_of(s.schema)]
        if not known:
            raise OverrideError("faulty: these events have no faults, they allow everything")
        for pattern in patterns:
            if not any(fnmatchcase(fault.id, pattern) for _, fault in known):
                raise unknown_name_error("fault", pattern, (fault.id for _, fault in known))
        for source, fault in known:
            if any(fnmatchcase(fault.id, pattern) for pattern in patterns):
                source.faults.append(fault)
        return [source for source in self._sources if source.faults]


class _Source:
    """The payloads of one event: valid ones, and of each fault."""

    def __init__(self, schema: Schema, seed: int) -> None:
        self.schema, self.name = schema, schema.name
        self.faults: list[Fault] = []
        self.valid = generate(schema, _ENDLESS, seed=seed)
        self._seed = seed
        self._broken: dict[str, Iterator[Made[Any]]] = {}

    def broken(self, fault: Fault) -> Made[Any]:
        """The next payload with a fault."""
        if fault.id not in self._broken:
            self._broken[fault.id] = generate(
                self.schema, _ENDLESS, seed=self._seed, faults=[fault.id]
            )
        return next(self._broken[fault.id])


def _several(given: Iterable[T]) -> Sequence[T]:
    """What was given; a text by itself is one, and not its letters."""
    return cast("Sequence[T]", [given]) if isinstance(given, str) else list(given)


def _share(name: str, share: float) -> float:
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
        raise OverrideError(f"{name}={shorten(share)}: a share is a number from 0 to 1")
    return float(share)
