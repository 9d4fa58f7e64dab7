"""Mistakes: every type checker finds an error in each marked line, and in no other."""

from __future__ import annotations

from hypothesis.strategies import DataObject, SearchStrategy

from kombo_fakes import (
    Delivery,
    DeliveryMaker,
    EventName,
    IntegrationStateChanged,
    IntegrationStateChangedFactory,
    PayloadMaker,
    ReceiverProbe,
    SyncFinished,
    SyncFinishedFactory,
    event_payloads,
    generate,
    payloads,
    probe,
    story,
)


def keys(data: DataObject) -> None:
    payload = data.draw(payloads())
    print(payload["data"]["stat"])  # wrong: state
    print(payload["date"])  # wrong: data
    print(payload["data"]["end_user"]["creator_mail"])  # wrong: creator_email
    print(IntegrationStateChangedFactory.build()["data"]["updatedAt"])  # wrong: updated_at
    print(SyncFinishedFactory.build_batch(2)[0]["data"]["state"])  # wrong: sync_state
    for made in generate("sync-finished"):
        print(made.payload["data"]["sync_id2"])  # wrong: sync_id
    for event in story():
        print(event["data"]["state"])  # wrong: not all events have it


def values(data: DataObject) -> None:
    payload = data.draw(payloads())
    payload["data"]["state"] = "active"  # wrong: ACTIVE
    payload["data"]["integration_id"] = None  # wrong: never null
    payload["data"]["end_user"]["creator_email"].lower()  # wrong: may be null
    del payload["data"]  # wrong: always there
    if payload["data"]["state"] == "active":  # wrong: ACTIVE
        return


def events_and_options() -> None:
    event_payloads(["sync-finishd"])  # wrong: sync-finished
    name: EventName = "sync_finished"  # wrong: sync-finished
    payloads(name, "realistc")  # wrong: realistic
    payloads("sync-finished", allow_null=False)  # wrong: allow_nul
    generate(valeus="any")  # wrong: values
    generate(values="anything")  # wrong: any
    strategy: SearchStrategy[SyncFinished] = payloads()  # wrong: of another event
    print(strategy)


def deliveries(delivery: Delivery) -> None:
    print(delivery.payloads)  # wrong: body
    delivery.body = b""  # wrong: frozen
    probe(delivery, policy="lenient")  # wrong: tolerant


def fixtures(
    kombo_payload_factory: PayloadMaker[IntegrationStateChanged],
    kombo_delivery_factory: DeliveryMaker,
    kombo_probe: ReceiverProbe,
) -> None:
    kombo_payload_factory(kombo_seed="3")  # wrong: a whole number
    print(kombo_payload_factory()["data"]["stat"])  # wrong: state
    kombo_delivery_factory(style=1)  # wrong: a name
    kombo_probe(print, polcy="tolerant")  # wrong: policy
    kombo_probe(print, policy="lax")  # wrong: strict or tolerant
