"""Correct code as users write it: every type checker knows all types, and finds no error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from factory.declarations import Trait
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy
from typing_extensions import assert_type

from kombo_fakes import (
    Delivery,
    DeliveryMaker,
    EventName,
    Fault,
    IntegrationStateChanged,
    IntegrationStateChangedFactory,
    InvalidPayload,
    IssueStatusChanged,
    Made,
    Payload,
    PayloadMaker,
    ProbeCase,
    ReceiverProbe,
    Report,
    Schema,
    SyncFinished,
    SyncFinishedFactory,
    WireFault,
    deliveries,
    event_payloads,
    events,
    factory_for,
    faults,
    generate,
    invalid_payloads,
    ndjson,
    payloads,
    probe,
    sign,
    story,
    verify,
)

State = Literal["ACTIVE", "INVALID", "INACTIVE"]


def strategies(data: DataObject) -> None:
    payload = data.draw(payloads())
    assert_type(payload, IntegrationStateChanged)
    assert_type(payload["data"]["state"], State)
    assert_type(payload["data"]["end_user"]["creator_email"], str | None)
    finished = data.draw(payloads("sync-finished", "realistic", nulls=0.5, max_length=20))
    assert_type(finished, SyncFinished)
    assert_type(finished["data"]["sync_duration_seconds"], int)
    assert_type(payloads("issue-status-changed"), SearchStrategy[IssueStatusChanged])
    # The payloads of a schema of the user's own may be anything.
    assert_type(payloads(Schema.load("mine.json")), SearchStrategy[Any])
    assert_type(payloads({"type": "object"}, allow_nul=False), SearchStrategy[Any])
    invalid = data.draw(invalid_payloads("sync-finished"))
    assert_type(invalid, InvalidPayload)
    assert_type(invalid.fault, Fault)


def several_events(data: DataObject) -> None:
    payload = data.draw(event_payloads(["sync-finished", "data-changed"]))
    assert_type(payload, Payload)
    if payload["type"] == "sync-finished":
        assert_type(payload, SyncFinished)
    assert_type(events(), tuple[EventName, ...])
    for event in story(1):
        if event["type"] == "integration-state-changed":
            assert_type(event["data"]["state"], State)
    for name in events():
        data.draw(payloads(name))


@given(payload=payloads(), any_of_them=st.from_type(SyncFinished))
def test_property(payload: IntegrationStateChanged, any_of_them: SyncFinished) -> None:
    assert_type(payload["data"]["setup_status"] == "COMPLETED", bool)


class MineFactory(IntegrationStateChangedFactory):
    class Params:
        ours = Trait(data__state="INVALID")  # type: ignore[no-untyped-call]


def factories() -> None:
    payload = IntegrationStateChangedFactory.build(invalid=True, data__state="INVALID")
    assert_type(payload, IntegrationStateChanged)
    assert_type(payload["data"]["state"], State)
    assert_type(IntegrationStateChangedFactory.create(), IntegrationStateChanged)
    assert_type(SyncFinishedFactory.build_batch(3, kombo_seed=1), list[SyncFinished])
    assert_type(SyncFinishedFactory.create_batch(3)[0]["data"]["sync_id"], str)
    assert_type(MineFactory.build(ours=True), IntegrationStateChanged)
    derived: object = factory_for("sync-finished").build()
    assert derived


def files() -> Iterator[str]:
    for made in generate(n=3, seed=1, overrides={"data.state": "ACTIVE"}):
        assert_type(made, Made[IntegrationStateChanged])
        yield made.payload["data"]["state"]
    for finished in generate("sync-finished", 3, part=(1, 2)):
        yield finished.payload["data"]["sync_state"]
    # An invalid payload may have any shape.
    for wrong in generate("sync-finished", invalid=True):
        assert_type(wrong, Made[Any])
        assert wrong.fault is not None
        yield wrong.fault.id
    yield from (fault.pointer for fault in faults("sync-finished", keywords=["enum"]))


def fixtures(
    kombo_payload: IntegrationStateChanged,
    kombo_payload_factory: PayloadMaker[SyncFinished],
    kombo_payloads: SearchStrategy[IntegrationStateChanged],
    kombo_invalid_payload: InvalidPayload,
    kombo_delivery_factory: DeliveryMaker,
    kombo_wire_fault: WireFault,
    kombo_probe: ReceiverProbe,
    kombo_probe_case: ProbeCase,
    data: DataObject,
) -> None:
    assert_type(kombo_payload["data"]["state"], State)
    payload = kombo_payload_factory(kombo_seed=3, data__sync_state="SUCCEEDED")
    assert_type(payload["data"]["end_user"]["organization_name"], str)
    assert_type(data.draw(kombo_payloads)["id"], str)
    assert_type(kombo_invalid_payload.fault, Fault)
    assert_type(kombo_delivery_factory(invalid=True, style="indented"), Delivery)
    assert_type(kombo_delivery_factory(payload, wire_fault="signature-missing").body, bytes)
    assert_type(kombo_wire_fault.examples[0], Delivery)
    report = kombo_probe(print, url="/webhooks", policy="tolerant", max_examples=5)
    assert_type(report, Report)
    assert_type(report.ok, bool)
    assert_type(kombo_probe_case.delivery, Delivery)


def deliveries_and_probes() -> None:
    assert_type(deliveries(secret="a secret"), SearchStrategy[Delivery])
    delivery = Delivery.of({"id": "1"}, "a secret")
    assert_type(delivery.body, bytes)
    assert_type(sign(delivery.body, "a secret"), str)
    assert_type(verify(delivery.body, delivery.signature, "a secret"), bool)
    assert_type(probe(print, secret="a secret", policy="tolerant"), Report)
    assert_type(next(ndjson(n=1)), bytes)


def written_by_hand() -> SyncFinished:
    return {
        "id": "1",
        "type": "sync-finished",
        "data": {
            "sync_id": "2",
            "sync_state": "SUCCEEDED",
            "sync_started_at": "2024-01-01T00:00:00Z",
            "sync_ended_at": "2024-01-01T00:01:00Z",
            "sync_duration_seconds": 60,
            "integration_id": "workday:1",
            "integration_tool": "workday",
            "integration_category": "HRIS",
            "end_user": {
                "organization_name": "Acme",
                "creator_email": None,
                "origin_id": None,
            },
            "log_url": "https://app.kombo.example/logs",
        },
    }
