"""The courier of a run: brings deliveries to a receiver, looks at what it knows, and counts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kombo_fakes.delivery import Delivery
from kombo_fakes.probing.evidence import Evidence
from kombo_fakes.probing.judging import leak, shows_secret
from kombo_fakes.probing.model import Exchange, Reply
from kombo_fakes.probing.receivers import Observe, ProbeError, Receiver
from kombo_fakes.probing.redaction import Redactor

Told = Callable[[str, Delivery, Reply], None]

# A receiver may store first and think later. Where one never does, there is no use in waiting.
_SETTLING = (0.02, 0.05, 0.1, 0.2, 0.4)
_WAITS = 12
_WAITS_IN_VAIN = 3


class Stopped(Exception):  # noqa: N818
    """The run ends before its time, with what was found so far."""


class Courier:
    """Brings deliveries, within the time of a run.

    Args:
        target: The receiver.
        secret: Its secret, which no answer should hold.
        observe: How to see what it knows; None for not at all.
        evidence: Where leaks go.
        end: The moment of the monotonic clock at which the run ends.
        on_exchange: Is told of each delivery.
        redactor: Keeps the secret out of what is told and kept.
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
    ) -> None:
        self.deliveries: int = 0
        self.observes: bool = observe is not None
        self._target, self._secret, self._observe = target, secret, observe
        self._evidence, self._end, self._told = evidence, end, on_exchange
        self._redactor = redactor
        self._in_vain, self._late = 0, False
        self._lock = threading.Lock()

    def bring(self, name: str, delivery: Delivery) -> Reply:
        """The reply to a delivery.

        Args:
            name: The id of its case.
            delivery: The delivery.

        Raises:
            Stopped: if the time for the run is over.
        """
        if time.monotonic() > self._end:
            raise Stopped("the time for the run is over")
        with self._lock:
            self.deliveries += 1
        answer = self._target.deliver(delivery)
        reply = self._redactor.reply(answer)
        if self._told is not None:
            self._told(name, delivery, reply)
        told = leak(delivery, answer, self._secret)
        if told is not None:
            self._evidence.leaked(told, name, Exchange(delivery, reply))
        return reply

    def bring_together(self, name: str, deliveries: Sequence[Delivery]) -> list[Reply]:
        """The replies to deliveries that are made at the same moment, as nearly as threads can."""
        if len(deliveries) == 1:
            return [self.bring(name, deliveries[0])]
        from concurrent.futures import ThreadPoolExecutor

        start = threading.Barrier(len(deliveries))

        def bring(delivery: Delivery) -> Reply:
            start.wait()
            return self.bring(name, delivery)

        with ThreadPoolExecutor(len(deliveries)) as pool:
            return [each.result() for each in [pool.submit(bring, one) for one in deliveries]]

    def look(self, integration: str) -> Mapping[str, Any] | None:
        """What the receiver knows of an integration; None for nothing.

        Raises:
            ProbeError: if it can't be seen.
        """
        assert self._observe is not None
        try:
            seen = self._observe(integration)
        except ProbeError as error:
            raise ProbeError(self._redactor.text(str(error))) from None
        if seen is None:
            return None
        written = json.dumps(seen, default=str)
        if shows_secret(written, self._secret):
            reply = self._redactor.reply(Reply(200, (), written.encode()))
            told = ("secret", "the webhook secret itself, where it is observed")
            self._evidence.leaked(told, "observed", Exchange(Delivery("GET", (), b""), reply))
        return seen

    def settled(
        self, integration: str, right: Callable[[Mapping[str, Any] | None], bool]
    ) -> Mapping[str, Any] | None:
        """What is known of an integration once it is right, or can't be expected to become so."""
        seen = self.look(integration)
        if right(seen) or self._in_vain >= (_WAITS if self._late else _WAITS_IN_VAIN):
            return seen
        for seconds in _SETTLING:
            time.sleep(seconds)
            seen = self.look(integration)
            if right(seen):
                self._late = True
                return seen
        self._in_vain += 1
        return seen
