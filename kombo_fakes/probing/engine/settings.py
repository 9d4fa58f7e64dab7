"""The settings of a probe, validated in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.errors import ProbeError
from kombo_fakes.probing.known import Known
from kombo_fakes.probing.model import POLICIES, Policy
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, check_event
from kombo_fakes.wire.signing import TEST_SECRET, sign

if TYPE_CHECKING:
    from kombo_fakes.probing.receivers.receiver import Observe


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """What a probe sends, what it expects of a receiver, and when it stops.

    `kombo_fakes.probe`, the command ``kombo-fakes probe`` and the fixture ``kombo_probe`` all build
    one, so that they have the same defaults and reject the same values.
    The attributes are the arguments of `kombo_fakes.probe`.

    Raises:
        UnknownNameError: if an event or the policy does not exist.
        SecretError: if the secret is empty.
        SkipError: if `skip` is neither an id nor a collection of ids.
        ProbeError: if a number is out of range.

    Examples:
        >>> ProbeSettings(policy="tolerant", skip="signature-*").skip
        ('signature-*',)
        >>> ProbeSettings(timeout=0)
        Traceback (most recent call last):
            ...
        kombo_fakes.ProbeError: timeout=0 is out of range: it has to be above 0 seconds
    """

    secret: str | bytes = field(default=TEST_SECRET, repr=False)
    event: str | Iterable[str] = DEFAULT_EVENT
    policy: Policy = "strict"
    observe: str | Observe | None = None
    url: str = "http://127.0.0.1/"
    seed: int = 0
    max_examples: int = 100
    timeout: float = 5.0
    max_seconds: float = 300.0
    settle: float = 0.75
    skip: str | Iterable[str] = ()
    allow_remote: bool = False
    ca_file: str | None = None

    def __post_init__(self) -> None:
        sign(b"", self.secret)  # Raises for an empty secret.
        if self.policy not in POLICIES:
            raise unknown_name_error("policy", str(self.policy), POLICIES)
        events = (self.event,) if isinstance(self.event, str) else tuple(dict.fromkeys(self.event))
        for event in events:
            check_event(event)
        for name, seconds in (("timeout", self.timeout), ("max_seconds", self.max_seconds)):
            if not seconds > 0:
                raise ProbeError(f"{name}={seconds} is out of range: it has to be above 0 seconds")
        for name, number in (("settle", self.settle), ("max_examples", self.max_examples)):
            if not number >= 0:
                raise ProbeError(f"{name}={number} is out of range: it cannot be negative")
        # An iterator can be read only once, so both are kept as tuples.
        object.__setattr__(self, "event", events or (DEFAULT_EVENT,))
        object.__setattr__(self, "skip", Known(self.skip).patterns)

    @property
    def events(self) -> tuple[str, ...]:
        """The events to send, each once, in the order that was given."""
        return (self.event,) if isinstance(self.event, str) else tuple(self.event)

    @property
    def known(self) -> Known:
        """The findings that are known."""
        return Known(self.skip)
