"""The receivers that the probe is tried on: whether they are right, or wrong in one way only."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable
from concurrent import futures
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from support.gallery.broken import BROKEN, get_planted
from support.gallery.good import GOOD, AppliesLater
from support.gallery.planted import Planted
from support.gallery.receiver import instant
from support.gallery.serving import serving
from support.sampling import some_fast

import kombo_fakes
from kombo_fakes import Delivery, Timeline, wire_faults
from kombo_fakes.sequences.sender import Sender

SECRET = "s3cret of the gallery"


class Client:
    """Sends deliveries to a WSGI application, in this process."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application

    def deliver(self, delivery: Delivery) -> int:
        """The status of the answer."""
        return self._send(delivery.wsgi_environ("http://127.0.0.1/hooks/kombo"))[0]

    def observe(self, integration_id: str) -> dict[str, Any] | None:
        """What is known of an integration."""
        url = f"http://127.0.0.1/integrations/{quote(integration_id, safe='')}"
        status, body = self._send(Delivery("GET", (), b"").wsgi_environ(url))
        if status == 404:
            return None
        assert status == 200
        found = json.loads(body)
        assert isinstance(found, dict)
        return found

    def _send(self, environ: dict[str, Any]) -> tuple[int, bytes]:
        started = []
        body = b"".join(self._application(environ, lambda *args: started.append(args)))
        ((status, headers),) = started
        assert dict(headers)["Content-Length"] == str(len(body))
        return int(status[:3]), body


def over_http(url: str, delivery: Delivery) -> int:
    """The status of the answer to a delivery that crosses a wire."""
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=10)
    connection.putrequest(delivery.method, "/", skip_accept_encoding=True)
    for name, value in delivery.headers:
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(delivery.body)))
    connection.endheaders(delivery.body)
    status = connection.getresponse().status
    connection.close()
    return status


good = pytest.mark.parametrize("planted", some_fast(GOOD, 7), ids=str)


@good
def test_good_receivers_end_timelines_in_the_expected_state(planted: Planted):
    for seed in range(30):
        client = Client(planted.receiver_factory(SECRET))
        Timeline.from_seed(seed, secret=SECRET).play(client.deliver, client.observe)


@good
def test_good_receivers_accept_every_corner_in_every_style(planted: Planted):
    client = Client(planted.receiver_factory(SECRET))
    for corner in kombo_fakes.corners():
        for style in kombo_fakes.styles():
            delivery = Delivery.of(corner.payload, SECRET, style=style.name)
            assert 200 <= client.deliver(delivery) < 300, (corner.id, style.name)


@good
def test_good_receivers_answer_every_case_as_their_policy_wants(planted: Planted):
    client = Client(planted.receiver_factory(SECRET))
    strict = planted.policy == "strict"
    for fault in kombo_fakes.faults():
        for payload in fault.examples:
            status = client.deliver(Delivery.of(payload, SECRET))
            assert 400 <= status < 500 if strict else status < 500, fault.id
    for change in kombo_fakes.changes():
        status = client.deliver(Delivery.of(change.example, SECRET))
        other = change.id.startswith("event-")
        assert 200 <= status < 300 if not strict else status < 500, change.id
        assert not strict or other or 400 <= status < 500, change.id
    for wire in wire_faults(secret=SECRET):
        for delivery in wire.examples:
            status = client.deliver(delivery)
            owed = wire.expected("strict" if strict else "tolerant")
            right = {"accept": (2,), "reject": (4,), "either": (2, 4)}[owed]
            assert status // 100 in right, (wire.id, status)


@good
def test_good_receivers_apply_no_forgeries(planted: Planted):
    client = Client(planted.receiver_factory(SECRET))
    for wire in wire_faults(secret=SECRET, family="signature"):
        if wire.expected() != "reject":
            continue
        delivery = wire.examples[0]
        name = delivery.payload["data"]["integration_id"]
        known = client.observe(name)
        assert 400 <= client.deliver(delivery) < 500
        assert client.observe(name) == known
        assert 200 <= client.deliver(Delivery.of(delivery.payload, SECRET)) < 300
        assert client.observe(name) is not None


def test_server_passes_on_what_was_sent_and_ends_with_the_block():
    receiver = GOOD[0].receiver_factory(SECRET)
    with serving(receiver) as url:
        lived = Timeline.from_seed(1, secret=SECRET)
        lived.play(lambda delivery: over_http(url, delivery), Client(receiver).observe)
        for wire in wire_faults(secret=SECRET):
            owed = wire.expected()
            statuses = {over_http(url, d) // 100 for d in wire.examples if d.method != "GET"}
            assert statuses <= {"accept": {2}, "reject": {4}, "either": {2, 4}}[owed], wire.id
    assert receiver.released.is_set()
    with pytest.raises(ConnectionError):
        over_http(url, lived.steps[0].delivery)


def test_receiver_that_applies_later_ends_in_the_expected_state():
    client = Client(AppliesLater(SECRET, "tolerant"))
    lived = Timeline.from_seed(2, secret=SECRET)
    lived.play(client.deliver)
    for name, records in lived.expected.items():
        time.sleep(0.3)
        state = client.observe(name)
        assert state is not None
        assert state["updated_at"] in {record.updated_at for record in records}


@pytest.mark.parametrize(
    "timestamps",
    [
        "2021-09-01T12:00:00Z 2021-09-01T14:00:00.000+02:00 2021-09-01t12:00:00.0z",
        "0001-01-01T00:00:00+00:01 0000-12-31T23:59:00Z",
        "0000-02-29T23:59:60Z 0000-03-01T00:00:00Z",
    ],
)
def test_timestamps_of_one_instant_are_equal(timestamps: str):
    assert len({instant(timestamp) for timestamp in timestamps.split()}) == 1


def test_days_that_do_not_exist_have_no_instant():
    with pytest.raises(ValueError, match="day"):
        instant("2021-02-29T00:00:00Z")


@pytest.mark.parametrize("planted", [each for each in BROKEN if each.accepts_plain], ids=str)
def test_broken_receivers_accept_plain_deliveries(planted: Planted):
    client, sender = Client(planted.receiver_factory(SECRET)), Sender(secret=SECRET)
    assert any(200 <= client.deliver(sender.next(name)) < 300 for name in "abcdefgh")


def test_what_hangs_ends_with_the_server():
    planted = get_planted("hangs-always")
    with futures.ThreadPoolExecutor(1) as pool:
        with serving(planted.receiver_factory(SECRET)) as url:
            sent = pool.submit(over_http, url, Sender(secret=SECRET).next())
            with pytest.raises(futures.TimeoutError):
                sent.result(0.2)
        assert sent.result(10) == 200


def test_each_bug_has_a_name_of_its_own():
    names = [planted.name for planted in (*GOOD, *BROKEN)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)


def test_no_bug_is_lost():
    assert len(BROKEN) == 316
    assert len(GOOD) == 31
