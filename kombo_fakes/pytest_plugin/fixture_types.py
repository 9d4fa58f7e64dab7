"""The types of the fixtures that are callables, for annotations in tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from kombo_fakes.core.public import public

if TYPE_CHECKING:
    import faker as faker_module

    from kombo_fakes.probing.engine.run_events import OnExchange, Progress
    from kombo_fakes.probing.model import Policy
    from kombo_fakes.probing.receivers.receiver import Observe
    from kombo_fakes.probing.reports.report import Report
    from kombo_fakes.wire.delivery import Delivery

P = TypeVar("P", covariant=True)


@public
class PayloadMaker(Protocol[P]):
    """The type of `kombo_payload_factory`: the ``build`` method of a factory.

    The parameter is the type of the payloads: ``kombo_payload_factory: PayloadMaker[MyPayload]``.
    """

    def __call__(
        self,
        *,
        kombo_seed: int | None = None,
        fault: str | None = None,
        faker: faker_module.Faker | None = None,
        **overrides: Any,
    ) -> P:
        """Make a payload; see `kombo_fakes.PayloadFactory`."""
        ...


@public
class DeliveryMaker(Protocol):
    """The type of `kombo_delivery_factory`."""

    def __call__(
        self,
        payload: Any = None,
        *,
        style: str | None = None,
        wire_fault: str | None = None,
        **overrides: Any,
    ) -> Delivery:
        """Make a delivery of a payload, or of one that is made from the overrides."""
        ...


@public
class ReceiverProbe(Protocol):
    """The type of `kombo_probe`: `kombo_fakes.probe`, which fails the test if it finds something.

    Arguments that a call leaves out come from the fixtures and the marker.
    """

    def __call__(
        self,
        receiver: Any,
        *,
        subtests: Any = None,
        secret: str | bytes = ...,
        event: str | Iterable[str] = ...,
        policy: Policy = ...,
        observe: str | Observe | None = None,
        url: str = ...,
        seed: int = ...,
        max_examples: int = ...,
        timeout: float = ...,
        max_seconds: float = ...,
        settle: float = ...,
        skip: str | Iterable[str] = (),
        baseline: str | None = None,
        allow_remote: bool = False,
        ca_file: str | None = None,
        progress: Progress | None = None,
        on_exchange: OnExchange | None = None,
    ) -> Report:
        """Probe a receiver; see `kombo_fakes.probe`."""
        ...
