"""Cases that a receiver has to reject, or may: faults, wire faults, and changes of the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from kombo_fakes.catalogues.changes import changes
from kombo_fakes.catalogues.faults import faults
from kombo_fakes.errors import FaultError
from kombo_fakes.probing.cases.edge_values import MEDIA_TYPES
from kombo_fakes.probing.cases.payloads import CasePayloads, drop_non_ascii, is_usual_id
from kombo_fakes.probing.model import Case, Expectation, Policy
from kombo_fakes.probing.verdicts.case_causes import (
    CHANGE_CAUSES,
    KEYWORD_CAUSES,
    WIRE_CAUSES,
)
from kombo_fakes.probing.verdicts.causes import (
    KEYWORD_UNCHECKED,
    SIGNATURE_BODY,
    SIGNATURE_BRANCH,
)
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.faults import count_ways, numbered_choices, wire_faults
from kombo_fakes.wire.signing import SIGNATURE_HEADER

LARGE_BODY_TOPIC = "body-megabyte"
"""The id of the wire fault in which nothing is unusual but the length of the body."""

# Wire faults of which receivers may disagree on what is to be applied, if anything.
_OPEN_IN_MEANING = (
    "body-lone-surrogate",
    # RFC 8259, section 4, leaves open which of two equal names counts.
    "body-twin-keys",
    # RFC 8259, section 8.1, lets a parser ignore a byte order mark, or take it for an error.
    "body-bom",
    "body-utf16",
    "http-get",
    "http-put",
)

_WHY_CHANGED = {
    "other-event": "Kombo sends all events to one URL",
    "older-shape": "older releases of Kombo sent it",
}
_WHY_TOMORROW = "the next release of Kombo may send it"


_OTHER_EVENTS = ("new-event", "other-event")


class _Unsigned(NamedTuple):
    """A delivery to be sent without its signature.

    Attributes:
        kind: The end of the id of its case.
        about: What is special about it.
        delivery: The signed delivery.
        topics: The topics of signed cases that are like it.
    """

    kind: str
    about: str
    delivery: Delivery
    topics: tuple[str, ...]


class RejectedCases:
    """Makes cases that a receiver has to reject, or may reject.

    Args:
        payloads: Makes the payloads.
        secret: The webhook secret of the receiver.
        policy: What the receiver is held to.
    """

    def __init__(self, payloads: CasePayloads, secret: str | bytes, policy: Policy) -> None:
        self._payloads, self._secret, self._policy = payloads, secret, policy

    def faults(self) -> Iterator[Case]:
        """Make a case of every example of every fault, correctly signed."""
        for fault in faults(self._payloads.event):
            base = self._payloads.fresh()
            for number, example in enumerate(fault.examples):
                try:
                    # The first one is made of the plain payload, so that nothing but the fault is
                    # unusual in it.
                    payload = fault.apply(base) if number == 0 else self._payloads.fresh(example)
                except FaultError:
                    payload = self._payloads.fresh(example)
                if not fault.is_in(payload):
                    payload = example  # With new ids the fault is gone: it is in one of them.
                integration, _ = self._observable(payload)
                expectation: Expectation = "reject" if self._policy == "strict" else "either"
                yield Case(
                    id=f"fault:{fault.id}" + _suffix(number),
                    group="fault",
                    topic=fault.keyword,
                    about=fault.description,
                    delivery=self._sign(payload, f"fault {fault.id}"),
                    expectation=expectation,
                    why=self._explain("the published schema does not allow it", expectation),
                    cause=KEYWORD_CAUSES.get(fault.keyword, KEYWORD_UNCHECKED),
                    likelihood="schema",
                    pointer=fault.pointer,
                    keyword=fault.keyword,
                    fault_id=fault.id,
                    # The other examples share their integration with other faults.
                    integration=integration if number == 0 else None,
                    event=self._payloads.event,
                    make_nearest=partial(self._nearest, payload, fault.pointer),
                )

    def wire_faults(self, family: str) -> Iterator[Case]:
        """Make a case of every way of every wire fault of a family.

        Args:
            family: ``"signature"``, ``"body"`` or ``"http"``.
        """
        base = self._payloads.base
        for fault in wire_faults(self._payloads.event, secret=self._secret, family=family):
            expectation = fault.expected(self._policy)
            # A receiver that may reject a delivery has to apply it where it accepts it.
            is_applied = expectation == "accept" or (
                expectation == "either" and fault.id not in _OPEN_IN_MEANING
            )
            for number in range(count_ways(fault, base)):
                payload = self._payloads.fresh()
                delivery = fault.apply(payload, numbered_choices(number, self._payloads.seed))
                # Some ways of a fault do not exist for every payload.
                if delivery is None:
                    continue
                integration, expected = self._observable(delivery.payload)
                yield Case(
                    id=f"wire:{fault.id}" + _suffix(number),
                    group="wire",
                    topic=fault.id,
                    about=fault.description,
                    delivery=delivery,
                    expectation=expectation,
                    # Where the policies agree, the reason of the fault says why both are fine.
                    why=fault.why
                    if fault.strict == fault.tolerant
                    else self._explain(fault.why, expectation),
                    cause=WIRE_CAUSES[fault.id],
                    likelihood=WIRE_CAUSES[fault.id].likelihood,
                    family=fault.family,
                    integration=integration,
                    expected_state=expected if is_applied else None,
                    event=self._payloads.event,
                    make_nearest=partial(self._sign, payload),
                )

    def unsigned(self) -> Iterator[Case]:
        """Make cases without a signature, one for each branch of code that could let one in.

        A receiver may verify signatures of the usual deliveries only: not of another event, of
        another content type, of an empty body or of another method.
        """
        for kind, about, delivery, topics in self._signed_of_every_kind():
            integration, _ = self._observable(delivery.payload)
            yield Case(
                id=f"wire:unsigned-{kind}",
                group="wire",
                topic="signature-branch",
                about=f"{about}, without a signature",
                delivery=delivery.with_header(SIGNATURE_HEADER).noting("without a signature"),
                # An answer of 2xx to PUT may come from another route. But no route may apply the
                # payload.
                expectation="either" if kind == "put" else "reject",
                why="another route may answer it, but its payload must not be applied"
                if kind == "put"
                else "anybody can send it without the secret",
                cause=SIGNATURE_BRANCH,
                likelihood=SIGNATURE_BRANCH.likelihood,
                family="signature",
                integration=integration,
                event=self._payloads.event,
                make_nearest=partial(self._if_valid, delivery),
                traceless=True,
                signed_topics=topics,
            )

    def _signed_of_every_kind(self) -> Iterator[_Unsigned]:
        for change in changes(self._payloads.event):
            if change.pointer == "/type":
                payload = drop_non_ascii(change.apply(self._payloads.fresh()))
                is_other = change.kind == "other-event"
                about = f"the event {payload['type']}" if is_other else "an unknown event type"
                yield _Unsigned(change.id, about, self._sign(payload), _OTHER_EVENTS)
        # The check may be a hook of the JSON parser, such as `verify` of express.json() in Node.js.
        # Other content types do not pass through it.
        for kind, about, media_type in MEDIA_TYPES:
            delivery = self._sign(self._payloads.fresh())
            topic = f"http-content-type-{'other' if media_type else 'missing'}"
            delivery = delivery.with_header("Content-Type", *filter(None, [media_type]))
            yield _Unsigned(kind, about, delivery, (topic,))
        # A receiver may take a body without content for a ping, and answer before it verifies.
        for kind, body in (("empty", b""), ("empty-object", b"{}"), ("array", b"[]")):
            about = f"the body {body.decode()}" if body else "an empty body"
            yield _Unsigned(kind, about, Delivery.signed(body, self._secret), (f"body-{kind}",))
        put = replace(self._sign(self._payloads.fresh()), method="PUT")
        yield _Unsigned("put", "sent with PUT", put, ("http-put",))

    def replayed_signature(self, signature: str) -> Case:
        """Make the case of a payload with the signature of another delivery.

        Args:
            signature: That of a delivery that the receiver has accepted.
        """
        payload = self._payloads.fresh()
        integration, _ = self._payloads.expect_state(payload)
        signed = self._sign(payload)
        # A receiver that caches the signatures that it has verified knows this one.
        delivery = signed.with_header(SIGNATURE_HEADER, signature)
        return Case(
            id="wire:signature-replayed",
            group="wire",
            topic="signature-replayed",
            about="the signature of an earlier delivery",
            delivery=delivery.noting("with the signature of an earlier delivery"),
            expectation="reject",
            why="it is not the signature of these bytes",
            cause=SIGNATURE_BODY,
            likelihood=SIGNATURE_BODY.likelihood,
            family="signature",
            integration=integration,
            event=self._payloads.event,
            make_nearest=lambda: signed,
        )

    def changes(self) -> Iterator[Case]:
        """Make a case of every change of the schema: what other releases of Kombo send."""
        is_strict = self._policy == "strict"
        for change in changes(self._payloads.event):
            payload = drop_non_ascii(change.apply(self._payloads.fresh()))
            topic = change.kind
            integration, expected = self._payloads.expect_state(payload)
            # With a property more, the known fields have to be applied as ever.
            is_applied = topic == "new-property"
            # A strict receiver may know all events of Kombo, or only those that it is for.
            expectation: Expectation = "either" if is_strict else "accept"
            yield Case(
                id=f"change:{change.id}",
                group="change",
                topic=topic,
                about=change.description,
                delivery=self._sign(payload, f"change {change.id}"),
                expectation=expectation,
                why=self._explain(_WHY_CHANGED.get(topic, _WHY_TOMORROW), expectation),
                cause=CHANGE_CAUSES[topic],
                likelihood="realistic" if topic == "other-event" else "schema",
                pointer=change.pointer,
                integration=integration if is_applied and not is_strict else None,
                expected_state=expected if is_applied else None,
                event=self._payloads.event,
                # Another event has other fields everywhere, so that a comparison would show
                # nothing.
                make_nearest=None
                if topic == "other-event"
                else partial(self._nearest, payload, change.pointer),
            )

    def _explain(self, why: str, expectation: Expectation) -> str:
        """Say why both answers are fine, where that follows from the policy."""
        if expectation != "either":
            return why
        return f"{why}; a {self._policy} receiver may accept or reject it, but must not crash"

    def _observable(self, payload: Any) -> tuple[str | None, Mapping[str, Any] | None]:
        """The integration that a payload is about, if its id is a usual one, and its state."""
        integration, expected = self._payloads.expect_state(payload)
        return (integration if integration and is_usual_id(integration) else None), expected

    def _sign(self, payload: Any, *done: str) -> Delivery:
        return Delivery.of(payload, self._secret, done=done)

    def _nearest(self, payload: Any, pointer: str) -> Delivery | None:
        return self._payloads.sign_nearest(payload, pointer, self._secret)

    def _if_valid(self, delivery: Delivery) -> Delivery | None:
        return delivery if self._payloads.schema.is_valid(delivery.payload) else None


def _suffix(number: int) -> str:
    return f"/{number + 1}" if number else ""
