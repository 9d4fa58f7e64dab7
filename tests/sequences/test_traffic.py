"""Streams of deliveries for load tests."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from inline_snapshot import snapshot

from kombo_fakes import Schema, SecretError, UnknownNameError, faults, verify
from kombo_fakes.errors import OverrideError
from kombo_fakes.sequences.traffic import PlannedDelivery, Traffic

SECRET = "whsec_ß"
EVENT = "integration-state-changed"


def deliveries(count: int, **options) -> list[PlannedDelivery]:
    return list(islice(Traffic(secret=SECRET, **options), count))


def ids(found: list[PlannedDelivery]) -> list[str | None]:
    return [planned.delivery.event_id for planned in found]


@pytest.mark.slow
def test_deliveries_are_signed_and_have_the_fault_that_they_are_named_by() -> None:
    by_id = {fault.id: fault for fault in faults()}
    found = deliveries(600, faulty=0.5, repeated=0.2)
    for planned in found:
        delivery = planned.delivery
        assert verify(delivery.body, delivery.signature, SECRET)
        event, _, what = planned.name.partition(" ")
        assert event == EVENT
        if what in ("", "(repeated)"):
            Schema.load().validate(delivery.payload)
            assert planned.expectation == "accept"
        else:
            assert by_id[what].is_in(delivery.payload)
            assert planned.expectation == "reject"


@pytest.mark.slow
def test_shares_are_as_requested_and_all_faults_occur() -> None:
    found = deliveries(20_000, faulty=0.1, repeated=0.2)
    kinds = Counter(planned.name.removeprefix(EVENT).strip() for planned in found)
    valid, copies = kinds.pop(""), kinds.pop("(repeated)")
    assert kinds.total() == pytest.approx(2_000, rel=0.1)
    assert copies == pytest.approx(3_600, rel=0.1)
    assert valid + copies + kinds.total() == 20_000
    assert set(kinds) == {fault.id for fault in faults()}


def test_a_copy_has_the_bytes_of_an_earlier_delivery_and_only_copies_repeat_ids() -> None:
    seen, originals = set(), []
    for planned in deliveries(3_000, repeated=0.3):
        if planned.is_copy:
            assert planned.delivery in seen
        else:
            originals.append(planned)
        seen.add(planned.delivery)
    assert len(originals) < 2_500
    assert len(set(ids(originals))) == len(originals)


def test_the_same_seed_and_stream_give_the_same_deliveries_in_the_same_order() -> None:
    options = {"faulty": 0.2, "repeated": 0.1, "seed": 5, "stream": 3}
    assert deliveries(300, **options) == deliveries(300, **options)


def test_preparing_deliveries_does_not_change_them() -> None:
    options = {"secret": SECRET, "faulty": 0.2, "repeated": 0.1, "seed": 5}
    traffic = Traffic(**options)
    traffic.prepare(50)
    first = list(islice(traffic, 20))
    traffic.prepare(10)
    assert first + list(islice(traffic, 80)) == deliveries(100, faulty=0.2, repeated=0.1, seed=5)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"stream": 0}, {"stream": 1}),
        ({"seed": 0}, {"seed": 1}),
        ({"stream": "0.Receiver.0"}, {"stream": "0.Receiver.1"}),
        pytest.param(
            {"faulty": 0, "stream": 0}, {"faulty": 0.5, "stream": 1}, marks=pytest.mark.slow
        ),
    ],
    ids=["streams", "seeds", "texts", "shares"],
)
def test_streams_share_no_id(one, other) -> None:
    assert not (set(ids(deliveries(2_000, **one))) & set(ids(deliveries(2_000, **other)))) - {None}


def test_events_come_equally_often_and_an_event_named_twice_has_distinct_ids() -> None:
    events = ("sync-finished", "sync-finished", "assessment:order-received")
    found = deliveries(1_500, events=events)
    names = Counter(planned.name for planned in found)
    assert names["sync-finished"] == pytest.approx(1_000, rel=0.1)
    assert names["assessment:order-received"] == pytest.approx(500, rel=0.15)
    assert len(set(ids(found))) == 1_500


def test_a_pattern_may_match_the_faults_of_some_events_only() -> None:
    found = deliveries(
        50, events=("sync-finished", "data-changed"), faulty=1, faults=["data.sync_state-*"]
    )
    assert {planned.name.split()[0] for planned in found} == {"sync-finished"}
    assert all("sync_state" in planned.name for planned in found)


def test_failures_depend_on_the_policy_and_a_crash_is_always_one() -> None:
    (strict,) = deliveries(1, faulty=1)
    (tolerant,) = deliveries(1, faulty=1, policy="tolerant")
    (valid,) = deliveries(1)
    statuses = (200, 204, 302, 400, 422, 429, 500, 503)
    failing = {
        name: [status for status in statuses if planned.describe_failure(status)]
        for name, planned in (("strict", strict), ("tolerant", tolerant), ("valid", valid))
    }
    assert failing == {
        "strict": [200, 204, 302, 500, 503],
        "tolerant": [500, 503],
        "valid": [302, 400, 422, 429, 500, 503],
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"faulty": 1.5}, snapshot("faulty=1.5: a share is a number from 0 to 1")),
        ({"faulty": float("nan")}, snapshot("faulty=nan: a share is a number from 0 to 1")),
        ({"repeated": -0.1}, snapshot("repeated=-0.1: a share is a number from 0 to 1")),
        ({"repeated": True}, snapshot("repeated=true: a share is a number from 0 to 1")),
        ({"events": ()}, snapshot("events: the list is empty; name at least one event")),
        (
            {"events": ("sync-finsihed",)},
            snapshot("unknown event 'sync-finsihed'; did you mean 'sync-finished'?"),
        ),
        (
            {"faulty": 0.1, "faults": ["data.sate-*"]},
            snapshot("unknown fault 'data.sate-*'; did you mean 'data.state-enum-cut'?"),
        ),
        (
            {"faulty": 0.1, "events": ({},)},
            snapshot(
                "faulty=0.1: the schemas have no faults, because they allow everything; set it to 0"
            ),
        ),
        ({"policy": "lax"}, snapshot("unknown policy 'lax'; expected one of: strict, tolerant")),
    ],
)
def test_wrong_options_are_an_error_before_anything_is_sent(options, message) -> None:
    with pytest.raises((OverrideError, UnknownNameError)) as error:
        Traffic(**{"secret": SECRET, **options})
    assert str(error.value) == message


def test_an_empty_secret_is_an_error() -> None:
    with pytest.raises(SecretError):
        Traffic(secret=b"")
