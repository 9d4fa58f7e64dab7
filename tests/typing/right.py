"""What users write: type checkers have nothing to say about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from hypothesis import given
from hypothesis.strategies import SearchStrategy
from typing_extensions import assert_type

from kombo_fakes import (
    Delivery,
    Fault,
    IntegrationStateChanged,
    IntegrationStateChangedFactory,
    InvalidPayload,
    Made,
    Report,
    SyncFinished,
    SyncFinishedFactory,
    deliveries,
    faults,
    generate,
    invalid_payloads,
    ndjson,
    payloads,
    probe,
    sign,
    verify,
)


@given(payloads())
def takes_whatever_kombo_may_send(payload: IntegrationStateChanged) -> None:
    assert_type(payload["data"]["state"], Literal["ACTIVE", "INVALID", "INACTIVE"])
    assert_type(payload["data"]["end_user"]["creator_email"], str | None)


@given(deliveries(secret="a secret"), invalid_payloads())
def takes_and_refuses(delivery: Delivery, invalid: InvalidPayload) -> None:
    assert_type(delivery.body, bytes)
    assert_type(invalid.fault, Fault)


def fixtures(
    kombo_payload: IntegrationStateChanged,
    kombo_payload_factory: Callable[..., IntegrationStateChanged],
    kombo_delivery: Delivery,
) -> None:
    made = kombo_payload_factory(invalid=True, data__end_user__creator_email=None)
    assert_type(made["id"], str)
    assert_type(kombo_payload["type"], Literal["integration-state-changed"])
    assert_type(verify(kombo_delivery.body, kombo_delivery.signature, "a secret"), bool)


def factories() -> None:
    assert_type(IntegrationStateChangedFactory.build(inactive=True), IntegrationStateChanged)
    assert_type(SyncFinishedFactory.build_batch(2, kombo_seed=1), list[SyncFinished])


def others() -> None:
    report = probe(lambda delivery: 204, secret="a secret", policy="tolerant")
    assert_type(report, Report)
    assert_type(sign(b"", "a secret"), str)
    assert_type(faults()[0], Fault)
    assert_type(next(iter(ndjson(n=1))), bytes)
    assert_type(next(iter(generate(n=1))), Made)
    assert_type(deliveries(), SearchStrategy[Delivery])
