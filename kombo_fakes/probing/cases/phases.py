"""The cases of a probe, in the order in which they are sent.

Each case has ids of its own, so that none depends on what the receiver has seen before.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from kombo_fakes.probing.cases.payloads import CasePayloads
from kombo_fakes.probing.cases.rejected import LARGE_BODY_TOPIC, RejectedCases
from kombo_fakes.probing.cases.valid import ValidCases
from kombo_fakes.probing.model import Case, Policy
from kombo_fakes.probing.verdicts.judge import LARGE


class CaseMaker:
    """Makes the cases of one event in one run.

    Args:
        event: The event.
        secret: The webhook secret of the receiver.
        policy: What the receiver is held to.
        seed: What the payloads are generated from.
        run: What makes the ids of this run differ from those of another one.

    Attributes:
        payloads: Makes payloads.
        valid: Makes cases that have to be accepted.
        rejected: Makes cases that have to be rejected, or may.

    Examples:
        >>> from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
        >>> maker = CaseMaker(DEFAULT_EVENT, "a secret", "strict", seed=0, run="a run")
        >>> maker.valid.first().expectation
        'accept'
        >>> [name for name, cases in maker.phases()][:2]
        ['valid payloads', 'styles']
    """

    def __init__(
        self, event: str, secret: str | bytes, policy: Policy, seed: int, run: object
    ) -> None:
        self.payloads: CasePayloads = CasePayloads(event, seed, run)
        self.valid: ValidCases = ValidCases(self.payloads, secret)
        self.rejected: RejectedCases = RejectedCases(self.payloads, secret, policy)
        self.event: str = self.payloads.event
        self.secret: str | bytes = secret
        self.policy: Policy = policy
        self.seed: int = seed

    def phases(self, signature: str = "") -> Iterator[tuple[str, Iterator[Case]]]:
        """Iterate over the phases of a run that send single deliveries.

        Args:
            signature: That of a delivery that the receiver has accepted; by default that of
                another good delivery.

        Yields:
            The name of each phase, and its cases. A case is made when it is asked for.
        """
        # Good deliveries come first. A delivery that breaks the receiver for good ends the run, and
        # more of those are among the others.
        yield "valid payloads", chain(self.valid.realistic(), self.valid.corners())
        yield "styles", self.valid.styles()
        yield "signatures", self._signatures(signature)
        yield "bodies", self._bodies()
        yield "HTTP", self.rejected.wire_faults("http")
        yield "schema changes", self.rejected.changes()
        yield "invalid payloads", self.rejected.faults()

    def _signatures(self, signature: str) -> Iterator[Case]:
        yield from self.rejected.wire_faults("signature")
        signature = signature or str(self.valid.first().delivery.signature)
        yield self.rejected.replayed_signature(signature)
        yield from self.rejected.unsigned()

    def _bodies(self) -> Iterator[Case]:
        # Large bodies come last. The first of them is the one that is unusual in its size only: it
        # tells whether the receiver may hang up on the others.
        def place(case: Case) -> tuple[bool, bool]:
            return len(case.delivery.body) > LARGE, case.topic != LARGE_BODY_TOPIC

        yield from sorted(self.rejected.wire_faults("body"), key=place)
