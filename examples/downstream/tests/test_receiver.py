"""The receiver takes what Kombo sends, refuses what it doesn't, and keeps the newest state."""

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
    """Kombo delivers at least once; a copy is answered with 200 and changes nothing."""
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
    """Traits make the situations that a test is about."""
    payload = kombo_payload_factory(**{trait: True})
    deliver(store, payload)
    kept = store.get(payload["data"]["integration_id"])
    assert kept is not None
    assert kept[field] == value


def test_takes_an_anonymous_end_user(store, kombo_payload_factory):
    """Both fields of the end user that Kombo may not know can be null."""
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
    """Deliveries overtake each other; what counts is when the state changed."""
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


# -- a test for each of the many ways in which a payload can be wrong


def test_refuses_every_fault(store, kombo_invalid_payload):
    """What the schema forbids is answered with 400, and with where it is wrong."""
    payload, fault = kombo_invalid_payload
    status, answer = deliver(store, payload)
    assert status == 400
    assert answer["error"].startswith(_name(fault.pointer))


@pytest.mark.kombo(keywords=["enum"], at="/data/state")
def test_names_the_states_that_there_are(store, kombo_invalid_payload):
    """Whoever sends a state that there isn't is told which there are."""
    _, answer = deliver(store, kombo_invalid_payload.payload)
    assert answer["error"].endswith("is none of ACTIVE, INVALID, INACTIVE")


def test_a_refused_payload_changes_nothing(store, kombo_payload_factory):
    """After a 400 the state is what it was, and the corrected event is still new."""
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
def test_refuses_what_is_no_event(store, body):
    """Bytes that hold no event are refused, however they are wrong."""
    assert deliver_bytes(store, body)[0] == 400


def test_refuses_other_methods_and_lengths(store):
    """Only POST with an honest length gets as far as the body."""
    assert deliver_bytes(store, b"", method="GET")[0] == 405
    assert deliver_bytes(store, b"", length="-1")[0] == 413
    assert deliver_bytes(store, b"", length="1000001")[0] == 413


# -- property tests: everything that the schema allows, and all that it doesn't


@given(payload=kombo_fakes.payloads())
def test_takes_whatever_the_schema_allows(payload):
    """No valid payload is refused, however strange it is, and all of it is kept."""
    with closing(Store(":memory:")) as store:
        assert deliver(store, payload) == (200, {"applied": True})
        assert store.get(payload["data"]["integration_id"]) == payload["data"]


@given(payload=st.from_type(IntegrationStateChanged))
def test_takes_the_annotated_type(payload: IntegrationStateChanged):
    """The TypedDict is registered with Hypothesis, so its type alone is enough."""
    with closing(Store(":memory:")) as store:
        assert deliver(store, payload)[0] == 200


@given(invalid=kombo_fakes.invalid_payloads())
def test_refuses_whatever_the_schema_forbids(invalid: InvalidPayload):
    """Nothing with a fault gets through, whatever the rest of it is like."""
    with closing(Store(":memory:")) as store:
        status, answer = deliver(store, invalid.payload)
        assert status == 400, invalid.fault
        assert answer["error"].startswith(_name(invalid.fault.pointer))


@given(data=st.data())
def test_agrees_with_the_schema(kombo_schema, kombo_payloads, kombo_invalid_payloads, data):
    """The hand-written checks and Kombo's schema are of one opinion."""
    payload = data.draw(kombo_payloads | kombo_invalid_payloads.map(lambda pair: pair.payload))
    with closing(Store(":memory:")) as store:
        assert (deliver(store, payload)[0] == 200) == kombo_schema.is_valid(payload)


@given(data=st.data())
def test_takes_short_ones(short_payloads, data):
    """A strategy of the project's own, which its conftest makes."""
    payload = data.draw(short_payloads)
    with closing(Store(":memory:")) as store:
        assert deliver(store, payload)[0] == 200


# -- the factory, which needs no pytest


def test_keeps_a_thousand():
    """The factory itself makes any number of payloads, the same ones for the same seed."""
    batch = IntegrationStateChangedFactory.build_batch(1000, kombo_seed=1)
    with closing(Store(":memory:")) as store:
        for payload in batch:
            deliver(store, payload)
        kept = [store.get(payload["data"]["integration_id"]) for payload in batch]
    assert kept == [payload["data"] for payload in batch]


# -- a state machine: any deliveries, in any order, any number of times


class Deliveries(RuleBasedStateMachine):
    """Whatever comes in, the store shows the newest state of each integration."""

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
        """One of the events that were delivered already."""
        if self.sent:
            copy = data.draw(st.sampled_from(self.sent))
            assert deliver(self.store, copy) == (200, {"applied": False})

    @rule(invalid=kombo_fakes.invalid_payloads(values="realistic"))
    def deliver_a_fault(self, invalid: InvalidPayload) -> None:
        """An event that the schema forbids."""
        assert deliver(self.store, invalid.payload)[0] == 400

    @invariant()
    def the_newest_is_kept(self) -> None:
        """Both integrations are as the newest event of each has it."""
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
    """The receiver's own reckoning agrees with Python's."""
    batch = IntegrationStateChangedFactory.build_batch(50, kombo_seed=2)
    data = [payload["data"] for payload in batch]
    assert sorted(data, key=_moment) == sorted(data, key=lambda d: instant(d["updated_at"]))
