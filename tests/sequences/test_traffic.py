"""Streams of deliveries for load: in the shares that were asked for, and no id in two streams."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from kombo_fakes import Schema, SecretError, UnknownNameError, faults, verify
from kombo_fakes.errors import KomboFakesError, OverrideError
from kombo_fakes.sequences.traffic import Parcel, Traffic

SECRET = "whsec_ß"
EVENT = "integration-state-changed"


def parcels(count: int, **options) -> list[Parcel]:
    return list(islice(Traffic(secret=SECRET, **options), count))


def ids(found: list[Parcel]) -> list[str | None]:
    return [parcel.delivery.event_id for parcel in found]


@pytest.mark.slow
def test_each_is_signed_and_what_its_name_says() -> None:
    """Valid payloads are valid, faulty ones have the fault that they are named by."""
    by_id = {fault.id: fault for fault in faults()}
    found = parcels(600, faulty=0.5, repeated=0.2)
    for parcel in found:
        delivery = parcel.delivery
        assert verify(delivery.body, delivery.signature, SECRET)
        event, _, what = parcel.name.partition(" ")
        assert event == EVENT
        if what in ("", "(repeated)"):
            Schema.load().validate(delivery.payload)
            assert parcel.owed == "accept"
        else:
            assert by_id[what].is_in(delivery.payload)
            assert parcel.owed == "reject"


@pytest.mark.slow
def test_the_shares_are_those_that_were_asked_for() -> None:
    """A tenth with a fault, a fifth of the rest copies; and all faults come."""
    found = parcels(20_000, faulty=0.1, repeated=0.2)
    kinds = Counter(parcel.name.removeprefix(EVENT).strip() for parcel in found)
    valid, copies = kinds.pop(""), kinds.pop("(repeated)")
    assert kinds.total() == pytest.approx(2_000, rel=0.1)
    assert copies == pytest.approx(3_600, rel=0.1)
    assert valid + copies + kinds.total() == 20_000
    assert set(kinds) == {fault.id for fault in faults()}


def test_a_copy_is_one_of_a_delivery_that_went_out() -> None:
    """Byte for byte; and but for copies no id comes twice."""
    seen, originals = set(), []
    for parcel in parcels(3_000, repeated=0.3):
        if parcel.name.endswith("(repeated)"):
            assert parcel.delivery in seen
        else:
            originals.append(parcel)
        seen.add(parcel.delivery)
    assert len(originals) < 2_500
    assert len(set(ids(originals))) == len(originals)


def test_the_same_seed_and_stream_the_same_deliveries() -> None:
    """All of them, in the same order."""
    options = {"faulty": 0.2, "repeated": 0.1, "seed": 5, "stream": 3}
    assert parcels(300, **options) == parcels(300, **options)


def test_what_is_made_beforehand_is_the_same() -> None:
    """In the same order, however many were made before the first one was wanted."""
    options = {"secret": SECRET, "faulty": 0.2, "repeated": 0.1, "seed": 5}
    traffic = Traffic(**options)
    traffic.prepare(50)
    first = list(islice(traffic, 20))
    traffic.prepare(10)
    assert first + list(islice(traffic, 80)) == parcels(100, faulty=0.2, repeated=0.1, seed=5)


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
    """So that processes can send side by side."""
    assert not (set(ids(parcels(2_000, **one))) & set(ids(parcels(2_000, **other)))) - {None}


def test_several_events_come_equally_often() -> None:
    """And the ids of the same event named twice differ."""
    events = ("sync-finished", "sync-finished", "assessment:order-received")
    found = parcels(1_500, events=events)
    names = Counter(parcel.name for parcel in found)
    assert names["sync-finished"] == pytest.approx(1_000, rel=0.1)
    assert names["assessment:order-received"] == pytest.approx(500, rel=0.15)
    assert len(set(ids(found))) == 1_500


def test_faults_of_some_events_only() -> None:
    """A pattern is looked up among the faults of all events, and only those who have it break."""
    found = parcels(
        50, events=("sync-finished", "data-changed"), faulty=1, faults=["data.sync_state-*"]
    )
    assert {parcel.name.split()[0] for parcel in found} == {"sync-finished"}
    assert all("sync_state" in parcel.name for parcel in found)


def test_what_each_owes() -> None:
    """By policy: a tolerant receiver may take a fault, and none may crash."""
    (strict,) = parcels(1, faulty=1)
    (tolerant,) = parcels(1, faulty=1, policy="tolerant")
    (valid,) = parcels(1)
    statuses = (200, 204, 302, 400, 422, 429, 500, 503)
    told = {
        name: [status for status in statuses if parcel.complaint(status)]
        for name, parcel in (("strict", strict), ("tolerant", tolerant), ("valid", valid))
    }
    assert told == {
        "strict": [200, 204, 302, 500, 503],
        "tolerant": [500, 503],
        "valid": [302, 400, 422, 429, 500, 503],
    }


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"faulty": 1.5}, OverrideError, "faulty=1.5: a share is a number from 0 to 1"),
        ({"faulty": float("nan")}, OverrideError, "faulty=nan: a share"),
        ({"repeated": -0.1}, OverrideError, "repeated=-0.1: a share"),
        ({"repeated": True}, OverrideError, "repeated=true: a share"),
        ({"events": ()}, OverrideError, "none to send"),
        ({"events": ("sync-finsihed",)}, UnknownNameError, "did you mean 'sync-finished'"),
        ({"faulty": 0.1, "faults": ["data.sate-*"]}, UnknownNameError, "unknown fault"),
        ({"faulty": 0.1, "events": ({},)}, OverrideError, "no faults"),
        ({"policy": "lax"}, UnknownNameError, "strict, tolerant"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_said_before_anything_is_sent(options, error, said) -> None:
    """Where the stream is made, by an error that names it."""
    with pytest.raises(error, match=said.replace("(", r"\(")) as caught:
        Traffic(**{"secret": SECRET, **options})
    assert isinstance(caught.value, KomboFakesError)


def test_without_a_secret_there_is_no_stream() -> None:
    """An empty one is none."""
    with pytest.raises(SecretError):
        Traffic(secret=b"")
