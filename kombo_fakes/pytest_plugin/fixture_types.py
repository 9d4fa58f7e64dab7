"""The types of the fixtures that are callables, to annotate the arguments of tests with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from kombo_fakes.core.public import public

if TYPE_CHECKING:
    import faker as faker_module

    from kombo_fakes.probing.model import Policy
    from kombo_fakes.probing.receivers.receiver import Observe
    from kombo_fakes.probing.reports.report import Report
    from kombo_fakes.probing.run_events import OnExchange, Progress
    from kombo_fakes.wire.delivery import Delivery

P = TypeVar("P", covariant=True)


@public
class PayloadMaker(Protocol[P]):
    """What `kombo_payload_factory` is: the ``build`` of a factory, with seeds of its own.

    Name the payload that it makes: ``kombo_payload_factory: PayloadMaker[SyncFinished]``.
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
    """What `kombo_delivery_factory` is: from a payload, or what it is to be like, to a delivery."""

    def __call__(
        self,
        payload: Any = None,
        *,
        style: str | None = None,
        wire_fault: str | None = None,
        **overrides: Any,
    ) -> Delivery:
        """Make a delivery of a payload that is given, or of one with overrides."""
        ...


@public
class ReceiverProbe(Protocol):
    """What `kombo_probe` is: `kombo_fakes.probe`, which fails the test with what it finds.

    An argument that isn't given is what the fixtures and the marker say.
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
        """Play deliveries at a receiver; see `kombo_fakes.probe`."""
        ...
