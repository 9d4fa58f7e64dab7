"""The session of one event: sends its deliveries, publishes them, and keeps what answers leak."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kombo_fakes.probing.engine.client import Answer, Client, Leak, Observed, Stopped
from kombo_fakes.probing.engine.run_events import DeliveryAnswered, Subscriber
from kombo_fakes.probing.model import Case, Exchange, Reply
from kombo_fakes.probing.reasons import TooManyRateLimited
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.wire.delivery import Delivery

# After this many 429 in a row, the other deliveries are likely to be answered 429, too.
_MOST_RATE_LIMITED = 100


@dataclass(frozen=True, slots=True)
class Sent:
    """The last delivery that was answered.

    Attributes:
        case_id: The id of its case.
        exchange: The delivery and the reply.
        blamed: The case to blame if the receiver is gone after it; None for a part of a timeline.
    """

    case_id: str
    exchange: Exchange
    blamed: Case | None


class Session:
    """Sends the deliveries of one event.

    Args:
        client: Sends deliveries and observes the receiver.
        evidence: Keeps what answers leak.
        publish: Is called with each delivery that was answered.

    Attributes:
        last: The last delivery that was answered; None before the first.
    """

    def __init__(self, client: Client, evidence: Evidence, publish: Subscriber) -> None:
        self.last: Sent | None = None
        self._client, self._evidence, self._publish = client, evidence, publish

    @property
    def can_observe(self) -> bool:
        """True if the receiver can be observed."""
        return self._client.can_observe

    @property
    def deliveries(self) -> int:
        """How many deliveries the whole run has sent so far."""
        return self._client.deliveries

    def send(self, case_id: str, delivery: Delivery, *, blamed: Case | None = None) -> Reply:
        """Send a delivery.

        Args:
            case_id: The id of its case.
            delivery: The delivery.
            blamed: The case to blame if the receiver is gone after it.

        Raises:
            Stopped: if the time of the run is over, or the receiver accepts no more requests.
            Lost, TransportError, ProbeError: as `Client.send` does.
        """
        answer = self._client.send(delivery)
        self._keep(case_id, answer, blamed)
        self._check_rate_limit()
        return answer.exchange.reply

    def send_together(self, case_id: str, deliveries: Sequence[Delivery]) -> list[Reply]:
        """Send deliveries at the same moment; the replies, in the same order.

        Raises:
            Stopped, Lost, TransportError, ProbeError: as `send` does, after all were answered.
        """
        if len(deliveries) == 1:
            return [self.send(case_id, deliveries[0])]
        answers = self._client.send_together(deliveries)
        # All answers are kept before an error is raised, since each of them may be evidence.
        for answer in answers:
            if isinstance(answer, Answer):
                self._keep(case_id, answer, None)
        replies = []
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            replies.append(answer.exchange.reply)
        self._check_rate_limit()
        return replies

    def _keep(self, case_id: str, answer: Answer, blamed: Case | None) -> None:
        self.last = Sent(case_id, answer.exchange, blamed)
        self._publish(DeliveryAnswered(case_id, answer.exchange))
        self._keep_leak(case_id, answer.leak)

    def _keep_leak(self, case_id: str, leak: Leak | None) -> None:
        if leak is not None:
            self._evidence.add_leak(leak.kind, case_id, leak.exchange)

    def _check_rate_limit(self) -> None:
        if self._client.rate_limited_in_a_row >= _MOST_RATE_LIMITED:
            raise Stopped(TooManyRateLimited(_MOST_RATE_LIMITED))

    def observe(self, integration: str) -> Mapping[str, Any] | None:
        """Observe what the receiver stores of an integration; None for nothing.

        Raises:
            Lost, TransportError, ProbeError: as `Client.observe` does.
        """
        return self._read(self._client.observe(integration))

    def observe_until(
        self, integration: str, is_right: Callable[[Mapping[str, Any] | None], bool]
    ) -> Mapping[str, Any] | None:
        """Observe an integration until its state is right, or need not be waited for any longer.

        Args:
            integration: The id of the integration.
            is_right: Tells whether a state is right.
        """
        return self._read(self._client.observe_until(integration, is_right))

    def _read(self, observed: Observed) -> Mapping[str, Any] | None:
        self._keep_leak("observed", observed.leak)
        return observed.state
