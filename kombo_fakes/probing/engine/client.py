"""The client of a run: brings deliveries to a receiver, looks at what it knows, and counts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kombo_fakes.errors import ProbeError, TransportError
from kombo_fakes.probing.model import Exchange, Loss, Reply
from kombo_fakes.probing.receivers.receiver import Observe, Receiver
from kombo_fakes.probing.secrets.redaction import Redactor
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.judge import leak, shows_secret
from kombo_fakes.wire.delivery import Delivery

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Told = Callable[[str, Delivery, Reply], None]

# Where one never does, there is no use in waiting.
_WAITS = 12
_WAITS_IN_VAIN = 3
# Why a receiver that was there can't be reached; all else is a matter of a single delivery.
_GONE = ("refused", "dns", "tls")


# So many answers of 429 one after another, and the rest would be no others.
_BUSY = 100


class Stopped(Exception):  # noqa: N818
    """The run ends before its time, with what was found so far."""


class Lost(Exception):  # noqa: N818
    """A receiver that has worked can't be reached any more, or what it knows not be seen."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.error)
        self.loss: Loss = loss


class Client:
    """Brings deliveries, within the time of a run.

    Args:
        target: The receiver.
        secret: Its secret, which no answer should hold.
        observe: How to see what it knows; None for not at all.
        evidence: Where leaks go; that of another event may take its place.
        end: The moment of the monotonic clock at which the run ends.
        on_exchange: Is told of each delivery.
        redactor: Keeps the secret out of what is told and kept.
        settle: Seconds that what the receiver knows may take to become right.

    Attributes:
        deliveries: How many were made.
        busy: How many of them were answered 429, too many requests.
        missed: What was said where what the receiver knows could not be seen at first, and could
            be a moment later.
        observes: Whether it can be seen what the receiver knows.
        works: Whether the receiver has taken a good delivery, and could be looked at: what breaks
            from then on is broken by what was delivered.
        last: The id of the case that was answered last, and the exchange.
        event: What ids of cases begin with where they are told.
    """

    def __init__(
        self,
        target: Receiver,
        secret: str | bytes,
        observe: Observe | None,
        evidence: Evidence,
        end: float,
        on_exchange: Told | None,
        redactor: Redactor,
        settle: float,
    ) -> None:
        self.deliveries: int = 0
        self.busy: int = 0
        self.missed: list[str] = []
        self.observes: bool = observe is not None
        self.works: bool = False
        self.last: tuple[str, Exchange] | None = None
        self.evidence: Evidence = evidence
        self.event: str = ""
        self._target, self._secret, self._observe = target, secret, observe
        self._end, self._told, self._redactor = end, on_exchange, redactor
        self._in_a_row = 0
        self._settle, self._in_vain, self._late = settle, 0, False
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._threads = 0

    def bring(self, name: str, delivery: Delivery) -> Reply:
        """The reply to a delivery.

        Args:
            name: The id of its case.
            delivery: The delivery.

        Raises:
            Stopped: if the time for the run is over, or the receiver takes no more requests.
            Lost: if the receiver can't be reached any more.
            TransportError, ProbeError: if it never could, or never gave an answer that is one.
        """
        if time.monotonic() > self._end:
            raise Stopped("the time for the run is over")
        with self._lock:
            self.deliveries += 1
        try:
            answer = self._target.deliver(delivery)
        except TransportError as error:
            if not self.works or error.reason not in _GONE:
                raise
            raise Lost(Loss("unreachable", str(error))) from None
        except ProbeError as error:
            if not self.works:
                raise
            # A callable that returns no status for this one.
            answer = Reply(None, trouble="garbage", raised=str(error))
        reply = self._redactor.reply(answer)
        exchange = Exchange(delivery, reply)
        with self._lock:
            self.last = name, exchange
            self.busy += reply.is_rate_limited
            self._in_a_row = self._in_a_row + 1 if reply.is_rate_limited else 0
        if self._told is not None:
            self._told(self.event + name, delivery, reply)
        told = leak(delivery, answer, self._secret)
        if told is not None:
            self.evidence.leaked(told[0], name, exchange)
        if self._in_a_row >= _BUSY:
            raise Stopped(
                f"{_BUSY} deliveries in a row were answered 429, too many requests: lift the limit "
                "of requests for the time of the probe"
            )
        return reply

    def bring_together(self, name: str, deliveries: Sequence[Delivery]) -> list[Reply]:
        """The replies to deliveries that are made at the same moment, as nearly as threads can."""
        if len(deliveries) == 1:
            return [self.bring(name, deliveries[0])]
        from concurrent.futures import wait

        begins = threading.Event()
        start = threading.Barrier(len(deliveries), action=begins.set)

        def bring(delivery: Delivery) -> Reply:
            start.wait()
            return self.bring(name, delivery)

        pool = self._pool_of(len(deliveries))
        begun: list[Future[Reply]] = []
        try:
            for delivery in deliveries:
                begun.append(pool.submit(bring, delivery))
            return [each.result() for each in begun]
        except BaseException:
            # Interrupted: those that wait at the start have nobody to wait for. Where one of them
            # broke, all have begun, though some may not have left the start.
            if not begins.is_set():
                start.abort()
            raise
        finally:
            wait(begun)

    def _pool_of(self, threads: int) -> ThreadPoolExecutor:
        """A pool of so many threads at least: fewer would wait for one another at the start."""
        from concurrent.futures import ThreadPoolExecutor

        if self._pool is None or threads > self._threads:
            self.close()
            self._pool, self._threads = ThreadPoolExecutor(threads), threads
        return self._pool

    def close(self) -> None:
        """Wait for what is on its way, and end."""
        if self._pool is not None:
            self._pool.shutdown()
        self._pool = None

    def look(self, integration: str) -> Mapping[str, Any] | None:
        """What the receiver knows of an integration; None for nothing.

        Where it could be seen before, a look that fails is made once more: a machine that stands
        still for a moment should not end a run.

        Raises:
            Lost: if it can't be seen any more.
            ProbeError, TransportError: if it never could.
        """
        try:
            kept, written = self._seen(integration)
        except (ProbeError, TransportError) as error:
            if not self.works:
                raise
            kept, written = self._seen_after_all(integration, str(error))
        if shows_secret(written, self._secret):
            reply = self._redactor.reply(Reply(200, (), written.encode()))
            self.evidence.leaked("secret", "observed", Exchange(Delivery("GET", (), b""), reply))
        return kept

    def _seen_after_all(
        self, integration: str, missed: str
    ) -> tuple[Mapping[str, Any] | None, str]:
        try:
            seen = self._seen(integration)
        except (ProbeError, TransportError) as error:
            raise Lost(Loss("unobservable", str(error))) from None
        self.missed.append(missed)
        return seen

    def _seen(self, integration: str) -> tuple[Mapping[str, Any] | None, str]:
        """What is observed, without the secret, and all of it as text, whatever observing does."""
        assert self._observe is not None
        try:
            seen: Any = self._observe(integration)
            if seen is None:
                return None, ""
            if not isinstance(seen, Mapping):
                kind = type(seen).__name__  # Not what: the secret could be in it.
                raise ProbeError(f"observe gave a {kind}, where a mapping or None was expected")
            kept: Mapping[str, Any] = self._redactor.value(seen)
            return kept, json.dumps(dict(seen), default=str)
        except ProbeError as error:
            raise ProbeError(self._redactor.text(str(error))) from None
        except TransportError:
            raise
        except RecursionError:
            raise ProbeError("what is observed is nested too deeply") from None
        except Exception as error:
            said = self._redactor.text(f"{type(error).__name__}: {error}")
            raise ProbeError(f"observe raised {said}") from error

    def settled(
        self, integration: str, right: Callable[[Mapping[str, Any] | None], bool]
    ) -> Mapping[str, Any] | None:
        """What is known of an integration once it is right, or can't be expected to become so."""
        seen = self.look(integration)
        if right(seen) or self._in_vain >= (_WAITS if self._late else _WAITS_IN_VAIN):
            return seen
        for seconds in _waits(self._settle):
            time.sleep(seconds)
            seen = self.look(integration)
            if right(seen):
                self._late = True
                return seen
        self._in_vain += 1
        return seen


def _waits(seconds: float) -> Iterator[float]:
    """Pauses that add up to so many seconds: short ones first, and none of more than a second."""
    pause = 0.02
    while seconds > 0:
        yield min(pause, seconds)
        seconds -= min(pause, seconds)
        pause = min(2 * pause, 1.0)
