"""The client of a run: sends deliveries, observes the receiver, and returns what it saw."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kombo_fakes.errors import ProbeError, TransportError
from kombo_fakes.probing.model import Exchange, Loss, Raised, Reply
from kombo_fakes.probing.reasons import ReceiverLost, StopReason, TimeIsUp
from kombo_fakes.probing.receivers.receiver import Observe, Receiver
from kombo_fakes.probing.secrets.redaction import Redactor
from kombo_fakes.probing.verdicts.judge import leak, shows_secret
from kombo_fakes.wire.delivery import Delivery

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

# How often a run waits for a state that does not become right: seldom if no wait has ever helped.
_MOST_WAITS = 12
_MOST_WAITS_IN_VAIN = 3

# These reasons mean that the receiver is gone. Any other one concerns a single delivery.
_GONE = ("refused", "dns", "tls")


class Stopped(Exception):  # noqa: N818
    """The run ends before its time, with what it has found so far.

    Args:
        reason: Why.
    """

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason: StopReason = reason


class Lost(Stopped):
    """A receiver that has worked cannot be reached or observed any more.

    Args:
        loss: Which of both, and the error.
    """

    def __init__(self, loss: Loss) -> None:
        super().__init__(ReceiverLost(loss))
        self.loss: Loss = loss


@dataclass(frozen=True, slots=True)
class Leak:
    """Something in an answer that should not be there.

    Attributes:
        kind: ``"secret"``, ``"signature"`` or ``"traceback"``.
        exchange: The delivery and the answer, without the secret.
    """

    kind: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client saw of a delivery.

    Attributes:
        exchange: The delivery and the reply, without the secret.
        leak: What the reply gives away; None for nothing.
    """

    exchange: Exchange
    leak: Leak | None


@dataclass(frozen=True, slots=True)
class Observed:
    """What the client saw of an integration.

    Attributes:
        state: What the receiver shows of it, without the secret; None for nothing.
        leak: What it gives away; None for nothing.
    """

    state: Mapping[str, Any] | None
    leak: Leak | None


class Client:
    """Sends deliveries to one receiver, within the time of a run, from any thread.

    Args:
        target: The receiver.
        secret: Its secret, which no answer should hold.
        observe: How to observe it; None for not at all.
        deadline: The moment of the monotonic clock at which the run ends.
        redactor: Removes the secret from replies, states and messages.
        settle: Seconds that the receiver may take to store what it has accepted.

    Attributes:
        deliveries: How many were sent.
        rate_limited: How many of them were answered 429.
        rate_limited_in_a_row: How many of the last ones were.
        failed_observations: The errors of observations that succeeded when they were repeated.
        can_observe: True if the receiver can be observed.
    """

    def __init__(
        self,
        target: Receiver,
        secret: str | bytes,
        observe: Observe | None,
        deadline: float,
        redactor: Redactor,
        settle: float,
    ) -> None:
        self.deliveries: int = 0
        self.rate_limited: int = 0
        self.rate_limited_in_a_row: int = 0
        self.failed_observations: list[str] = []
        self.can_observe: bool = observe is not None
        self._target, self._secret, self._observe = target, secret, observe
        self._deadline, self._redactor = deadline, redactor
        self._is_trusted = False
        self._settle, self._waits_in_vain, self._has_waited_well = settle, 0, False
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._threads = 0

    def trust_receiver(self) -> None:
        """Note that the receiver has worked: from now on a delivery causes whatever breaks.

        Until then, a receiver that cannot be reached or observed is an error of the set-up.
        """
        self._is_trusted = True

    def send(self, delivery: Delivery) -> Answer:
        """Send a delivery.

        Raises:
            Stopped: if the time of the run is over.
            Lost: if the receiver was trusted and cannot be reached any more.
            TransportError, ProbeError: if it was not trusted, and cannot be reached, or returns
                no status.
        """
        if time.monotonic() > self._deadline:
            raise Stopped(TimeIsUp())
        with self._lock:
            # Threads send deliveries at the same moment, and an addition is not atomic.
            self.deliveries += 1
        try:
            reply = self._target.deliver(delivery)
        except TransportError as error:
            if not self._is_trusted or error.reason not in _GONE:
                raise
            raise Lost(Loss("unreachable", str(error))) from None
        except ProbeError as error:
            if not self._is_trusted:
                raise
            # A callable that returns a status for other deliveries, and none for this one.
            reply = Reply(None, trouble="garbage", raised=Raised(str(error)))
        # A leaked secret can be found only before it is redacted.
        leaked = leak(delivery, reply, self._secret)
        exchange = Exchange(delivery, self._redactor.redact_reply(reply))
        with self._lock:
            self.rate_limited += reply.is_rate_limited
            in_a_row = self.rate_limited_in_a_row + 1
            self.rate_limited_in_a_row = in_a_row if reply.is_rate_limited else 0
        return Answer(exchange, None if leaked is None else Leak(leaked[0], exchange))

    def send_together(self, deliveries: Sequence[Delivery]) -> list[Answer | BaseException]:
        """Send deliveries at the same moment, as nearly as threads can, and wait for all answers.

        Returns:
            For each delivery the answer, or what `send` has raised.
        """
        from concurrent.futures import wait

        # Once all have arrived, the barrier must not be aborted: a thread that has not left it yet
        # would not send its delivery.
        has_begun = threading.Event()
        start = threading.Barrier(len(deliveries), action=has_begun.set)

        def send(delivery: Delivery) -> Answer:
            start.wait()
            return self.send(delivery)

        pool = self._pool_of(len(deliveries))
        sending: list[Future[Answer]] = []
        try:
            sending.extend(pool.submit(send, delivery) for delivery in deliveries)
            # An error of one must not hide the answers to the others, which were sent as well.
            return [each.exception() or each.result() for each in sending]
        except BaseException:
            # Interrupted. The threads that wait at the barrier would wait for ever.
            if not has_begun.is_set():
                start.abort()
            raise
        finally:
            # A delivery on its way may still change the receiver, and its answer is a part of this
            # step.
            wait(sending)

    def _pool_of(self, threads: int) -> ThreadPoolExecutor:
        """Return a pool of enough threads: with fewer, all would wait at the barrier for ever."""
        from concurrent.futures import ThreadPoolExecutor

        if self._pool is None or threads > self._threads:
            self.close()
            self._pool, self._threads = ThreadPoolExecutor(threads), threads
        return self._pool

    def close(self) -> None:
        """Wait for the deliveries that are on their way, and end the threads."""
        if self._pool is not None:
            self._pool.shutdown()
        self._pool = None

    def observe(self, integration: str) -> Observed:
        """Observe what the receiver stores of an integration.

        An observation of a trusted receiver that fails is repeated once: a machine that stands
        still for a moment should not end a run.

        Raises:
            Lost: if the receiver was trusted and cannot be observed any more.
            ProbeError, TransportError: if it was not trusted, and cannot be observed.
        """
        try:
            state, text = self._observe_once(integration)
        except (ProbeError, TransportError) as error:
            if not self._is_trusted:
                raise
            state, text = self._observe_again(integration, str(error))
        if not shows_secret(text, self._secret):
            return Observed(state, None)
        reply = self._redactor.redact_reply(Reply(200, (), text.encode()))
        return Observed(state, Leak("secret", Exchange(Delivery("GET", (), b""), reply)))

    def _observe_again(self, integration: str, error: str) -> tuple[Mapping[str, Any] | None, str]:
        try:
            seen = self._observe_once(integration)
        except (ProbeError, TransportError) as again:
            raise Lost(Loss("unobservable", str(again))) from None
        self.failed_observations.append(error)
        return seen

    def _observe_once(self, integration: str) -> tuple[Mapping[str, Any] | None, str]:
        """Return the state without the secret, and all of it as a string with the secret."""
        assert self._observe is not None
        try:
            seen: Any = self._observe(integration)
            if seen is None:
                return None, ""
            if not isinstance(seen, Mapping):
                kind = type(seen).__name__  # Not the value: the secret could be in it.
                raise ProbeError(f"observe= returned a {kind}; it has to return a mapping or None")
            state: Mapping[str, Any] = self._redactor.redact_value(seen)
            # The secret is looked for in a string, whatever types an observer returns.
            return state, json.dumps(dict(seen), default=str)
        except ProbeError as error:
            # A chained exception would show the message with the secret.
            raise ProbeError(self._redactor.redact_string(str(error))) from None
        except TransportError:
            raise
        except RecursionError:
            raise ProbeError("the observed state is nested too deeply") from None
        except Exception as error:
            text = self._redactor.redact_string(f"{type(error).__name__}: {error}")
            raise ProbeError(f"observe= raised {text}") from error

    def observe_until(
        self, integration: str, is_right: Callable[[Mapping[str, Any] | None], bool]
    ) -> Observed:
        """Observe an integration until its state is right, or need not be waited for any longer.

        Args:
            integration: The id of the integration.
            is_right: Tells whether a state is right.
        """
        observed = self.observe(integration)
        most = _MOST_WAITS if self._has_waited_well else _MOST_WAITS_IN_VAIN
        if is_right(observed.state) or self._waits_in_vain >= most:
            return observed
        for seconds in _pauses(self._settle):
            time.sleep(seconds)
            again = self.observe(integration)
            # What an early observation gives away stays a leak, even if a later one does not.
            observed = Observed(again.state, observed.leak or again.leak)
            if is_right(observed.state):
                self._has_waited_well = True
                return observed
        self._waits_in_vain += 1
        return observed


def _pauses(seconds: float) -> Iterator[float]:
    """Iterate over pauses with a total of some seconds: short ones first, at most one second."""
    pause = 0.02
    while seconds > 0:
        yield min(pause, seconds)
        seconds -= min(pause, seconds)
        pause = min(2 * pause, 1.0)
