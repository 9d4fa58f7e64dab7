"""The receiver accepts what Kombo sends, rejects the rest, and keeps the newest state."""

from __future__ import annotations

import io
import json
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from receiver import Receiver, Store, instant

import kombo_fakes
from kombo_fakes import IntegrationStateChanged, IntegrationStateChangedFactory, InvalidPayload


def deliver(store: Store, payload: object) -> tuple[int, dict[str, Any]]:
    """The status and the answer to a payload."""
    return deliver_bytes(store, json.dumps(payload, ensure_ascii=False).encode())


def deliver_bytes(
    store: Store, body: bytes, method: str = "POST", length: str | None = None
) -> tuple[int, dict[str, Any]]:
    """The status and the answer to a request."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "CONTENT_LENGTH": str(len(body)) if length is None else length,
        "wsgi.input": io.BytesIO(body),
    }
    answer = b"".join(Receiver(store)(environ, lambda status, headers: statuses.append(status)))
    return int(statuses[0].split()[0]), json.loads(answer)


# -- example tests: realistic payloads from fixtures


def test_keeps_a_payload(store, kombo_payload):
    """What was delivered can be looked up."""
    assert deliver(store, kombo_payload) == (200, {"applied": True})
    assert store.get(kombo_payload["data"]["integration_id"]) == kombo_payload["data"]


def test_applies_a_copy_once(store, kombo_payload):
    """Kombo delivers at least once. A duplicate gets 200 and changes nothing."""
    deliver(store, kombo_payload)
    assert deliver(store, kombo_payload) == (200, {"applied": False})


def test_keeps_integrations_apart(store, kombo_payload_factory):
    """Each call of the factory gives another integration."""
    made = [kombo_payload_factory() for _ in range(10)]
    for payload in made:
        deliver(store, payload)
    for payload in made:
        assert store.get(payload["data"]["integration_id"]) == payload["data"]


@pytest.mark.parametrize(
    ("trait", "field", "value"),
    [
        ("invalid", "state", "INVALID"),
        ("qa_failed", "qa_status", "FAILED"),
        ("setup_incomplete", "setup_status", "INCOMPLETE"),
        ("lms", "integration_category", "LMS"),
    ],
)
def test_keeps_what_a_trait_sets(store, kombo_payload_factory, trait, field, value):
    """Traits make the situation that a test needs."""
    payload = kombo_payload_factory(**{trait: True})
    deliver(store, payload)
    kept = store.get(payload["data"]["integration_id"])
    assert kept is not None
    assert kept[field] == value


def test_accepts_an_anonymous_end_user(store, kombo_payload_factory):
    """Kombo may not know two fields of the end user, which are null then."""
    payload = kombo_payload_factory(anonymous=True)
    assert deliver(store, payload)[0] == 200
    kept = store.get(payload["data"]["integration_id"])
    assert kept is not None
    assert kept["end_user"]["creator_email"] is None


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00.001Z"),
        ("2024-05-01T12:00:00.999Z", "2024-05-01T10:00:01-02:00"),
        ("2024-05-01T13:59:00+02:00", "2024-05-01T12:00:00Z"),
        ("2024-05-01T12:00:00.1Z", "2024-05-01T12:00:00.10000001Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"),
    ],
)
@pytest.mark.parametrize("in_order", [True, False])
def test_the_newest_moment_wins(store, kombo_payload_factory, older, newer, in_order):
    """Deliveries can arrive in another order. The time of the change counts."""
    payloads = [
        kombo_payload_factory(
            data__integration_id="personio:1",
            data__integration_tool="personio",
            data__updated_at=at,
        )
        for at in (older, newer)
    ]
    for payload in payloads if in_order else reversed(payloads):
        assert deliver(store, payload)[0] == 200
    assert store.get("personio:1") == payloads[1]["data"]


# -- a test for each fault


def test_rejects_every_fault(store, kombo_invalid_payload):
    """The answer is 400 and says where the payload is wrong."""
    payload, fault = kombo_invalid_payload
    status, answer = deliver(store, payload)
    assert status == 400
    assert answer["error"].startswith(_name(fault.pointer))


@pytest.mark.kombo(keywords=["enum"], at="/data/state")
def test_the_error_names_the_states(store, kombo_invalid_payload):
    """The answer to an unknown state lists the known ones."""
    _, answer = deliver(store, kombo_invalid_payload.payload)
    assert answer["error"].endswith("is not one of ACTIVE, INVALID, INACTIVE")


def test_a_rejected_payload_changes_nothing(store, kombo_payload_factory):
    """After a 400 the state is the same, and the corrected event is still new."""
    good = kombo_payload_factory(kombo_seed=7)
    bad = kombo_payload_factory(kombo_seed=7, fault="data.updated_at-format-no-offset")
    assert deliver(store, bad)[0] == 400
    assert store.get(good["data"]["integration_id"]) is None
    assert deliver(store, good) == (200, {"applied": True})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'"\\ud800"', b"null", b"[" * 100_000, b"1" * 10_000],
    ids=["empty", "cut", "latin-1", "surrogate", "null", "deep", "long-number"],
)
def test_rejects_what_is_not_an_event(store, body):
    """The answer is 400 for any bytes that are not an event."""
    assert deliver_bytes(store, body)[0] == 400


def test_rejects_other_methods_and_wrong_lengths(store):
    """The receiver reads the body only of a POST with a valid length."""
    assert deliver_bytes(store, b"", method="GET")[0] == 405
    assert deliver_bytes(store, b"", length="-1")[0] == 413
    assert deliver_bytes(store, b"", length="1000001")[0] == 413


# -- property tests: all that the schema allows, and all that it forbids


@given(payload=kombo_fakes.payloads())
def test_accepts_whatever_the_schema_allows(payload):
    """Every valid payload is accepted and stored as it is."""
    with closing(Store(":memory:")) as store:
        assert deliver(store, payload) == (200, {"applied": True})
        assert store.get(payload["data"]["integration_id"]) == payload["data"]


@given(payload=st.from_type(IntegrationStateChanged))
def test_accepts_the_annotated_type(payload: IntegrationStateChanged):
    """The TypedDict is registered with Hypothesis, so its type alone is enough."""
    with closing(Store(":memory:")) as store:
        assert deliver(store, payload)[0] == 200


@given(invalid=kombo_fakes.invalid_payloads())
def test_rejects_whatever_the_schema_forbids(invalid: InvalidPayload):
    """A payload with a fault is rejected, whatever the rest of it is."""
    with closing(Store(":memory:")) as store:
        status, answer = deliver(store, invalid.payload)
        assert status == 400, invalid.fault
        assert answer["error"].startswith(_name(invalid.fault.pointer))


@given(data=st.data())
def test_agrees_with_the_schema(kombo_schema, kombo_payloads, kombo_invalid_payloads, data):
    """The hand-written checks and Kombo's schema give the same verdict."""
    payload = data.draw(kombo_payloads | kombo_invalid_payloads.map(lambda pair: pair.payload))
    with closing(Store(":memory:")) as store:
        assert (deliver(store, payload)[0] == 200) == kombo_schema.is_valid(payload)


@given(data=st.data())
def test_accepts_short_payloads(short_payloads, data):
    """The strategy is the project's own, from its conftest."""
    payload = data.draw(short_payloads)
    with closing(Store(":memory:")) as store:
        assert deliver(store, payload)[0] == 200


# -- the factory, which needs no pytest


def test_keeps_a_thousand():
    """The factory makes any number of payloads. The same seed makes the same ones."""
    batch = IntegrationStateChangedFactory.build_batch(1000, kombo_seed=1)
    with closing(Store(":memory:")) as store:
        for payload in batch:
            deliver(store, payload)
        kept = [store.get(payload["data"]["integration_id"]) for payload in batch]
    assert kept == [payload["data"] for payload in batch]


# -- a state machine: any deliveries, in any order, any number of times


class Deliveries(RuleBasedStateMachine):
    """After any deliveries the store has the newest state of each integration."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(":memory:")
        self.sent: list[Any] = []
        self.newest: dict[str, Any] = {}

    @rule(
        payload=kombo_fakes.payloads(values="realistic"),
        integration=st.sampled_from(["personio:a", "personio:A"]),
    )
    def deliver_an_event(self, payload: Any, integration: str) -> None:
        """A new event of one of two integrations, whose ids differ in case only."""
        payload["id"] = str(len(self.sent))
        payload["data"]["integration_id"] = integration
        self.sent.append(payload)
        newest = self.newest.get(integration)
        newer = newest is None or _moment(payload["data"]) > _moment(newest)
        assert deliver(self.store, payload) == (200, {"applied": newer})
        if newer:
            self.newest[integration] = payload["data"]

    @rule(data=st.data())
    def deliver_a_copy(self, data: st.DataObject) -> None:
        """Deliver one of the earlier events again."""
        if self.sent:
            copy = data.draw(st.sampled_from(self.sent))
            assert deliver(self.store, copy) == (200, {"applied": False})

    @rule(invalid=kombo_fakes.invalid_payloads(values="realistic"))
    def deliver_a_fault(self, invalid: InvalidPayload) -> None:
        """An event that the schema forbids."""
        assert deliver(self.store, invalid.payload)[0] == 400

    @invariant()
    def the_newest_is_kept(self) -> None:
        """Both integrations have the state of their newest event."""
        for integration in ("personio:a", "personio:A"):
            assert self.store.get(integration) == self.newest.get(integration)

    def teardown(self) -> None:
        """Close the store."""
        self.store.close()


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=30, stateful_step_count=15)


# -- helpers


def _name(pointer: str) -> str:
    return pointer[1:].replace("/", ".") or "the payload"


def _moment(data: dict[str, Any]) -> datetime:
    # Realistic timestamps are within what datetime can hold.
    return datetime.fromisoformat(data["updated_at"].replace("Z", "+00:00"))


def test_moments_compare_as_datetimes_do():
    """The receiver compares moments as Python does."""
    batch = IntegrationStateChangedFactory.build_batch(50, kombo_seed=2)
    data = [payload["data"] for payload in batch]
    assert sorted(data, key=_moment) == sorted(data, key=lambda d: instant(d["updated_at"]))
