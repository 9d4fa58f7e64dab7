"""The settings of a probe, validated in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import ProbeError
from kombo_fakes.probing.known import Known
from kombo_fakes.probing.model import POLICIES, Policy
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, check_event
from kombo_fakes.wire.signing import TEST_SECRET, sign
from kombo_fakes.wire.transport.client import LONGEST
from kombo_fakes.wire.transport.urls import without_secrets

if TYPE_CHECKING:
    from kombo_fakes.probing.receivers.receiver import Observe

_NUMBERS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    (
        "timeout",
        f"a number of seconds, above 0 and at most {LONGEST:,.0f}",
        lambda number: 0 < number <= LONGEST,
    ),
    ("max_seconds", "a number of seconds above 0", lambda number: number > 0),
    ("settle", "a number of seconds, 0 or more", lambda number: number >= 0),
    (
        "max_examples",
        "an integer, 0 or more",
        lambda number: isinstance(number, int) and number >= 0,
    ),
)
"""The names of the settings that are numbers, what they have to be, and whether one is that."""


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
        ProbeError: if a number is out of range or not a number, or if `url` is neither a path nor a
            URL.

    Examples:
        >>> ProbeSettings(policy="tolerant", skip="signature-*").skip
        ('signature-*',)
        >>> ProbeSettings(settle=-1)
        Traceback (most recent call last):
            ...
        kombo_fakes.ProbeError: settle=-1 is not usable: it has to be a number of seconds, 0 or more
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
        # A string is iterable, too: by its characters.
        is_one = isinstance(self.event, (str, bytes)) or not isinstance(self.event, Iterable)
        events: tuple[Any, ...] = (self.event,) if is_one else tuple(self.event)
        for event in events:
            check_event(event)
        for name, right, is_right in _NUMBERS:
            number = getattr(self, name)
            # NaN fails every comparison, so that it is rejected here, too.
            if not isinstance(number, Real) or not is_right(number):
                raise ProbeError(f"{name}={shorten(number)} is not usable: it has to be {right}")
        try:
            # Reports need this URL at the end of a run, which would be late for an error.
            self.shown_url  # noqa: B018
        except (TypeError, ValueError):
            # The query may hold tokens, which an error must not show.
            url = shorten(without_secrets(self.url) if isinstance(self.url, str) else self.url)
            raise ProbeError(f"url={url} is not usable: it has to be a path or a URL") from None
        # An iterator can be read only once, so both are kept as tuples.
        object.__setattr__(self, "event", tuple(dict.fromkeys(events)) or (DEFAULT_EVENT,))
        object.__setattr__(self, "skip", Known(self.skip).patterns)

    @property
    def events(self) -> tuple[str, ...]:
        """The events to send, each once, in the order that was given."""
        return (self.event,) if isinstance(self.event, str) else tuple(self.event)

    @property
    def shown_url(self) -> str:
        """The URL of an application in this process, as reports show it."""
        return urljoin("http://127.0.0.1:8000/", without_secrets(self.url))

    @property
    def known(self) -> Known:
        """The findings that are known."""
        return Known(self.skip)
