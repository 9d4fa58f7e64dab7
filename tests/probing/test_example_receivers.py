"""The example receivers accept what Kombo may send, reject the rest, and keep the newest state."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import importlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import pytest
from django.test import Client as DjangoClient
from django.test import override_settings
from werkzeug.test import Client

from kombo_fakes import (
    IntegrationStateChangedFactory,
    Transport,
    WireFault,
    changes,
    corners,
    event_payloads,
    events,
    faults,
    invalid_payloads,
    payloads,
    timelines,
    wire_faults,
)

with warnings.catch_warnings():
    # Newer versions of Starlette warn that they prefer another client to httpx.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

RECEIVERS = Path(__file__).parents[2] / "examples" / "receivers"
NAMES = ("fastapi_receiver", "flask_receiver", "django_receiver")
SECRET = "whsec_ß"
HOOK = "/webhooks/kombo"

# Django can be set up only once in a process, so the modules are imported here.
MODULES = {name: importlib.import_module(name) for name in NAMES}
inbox = importlib.import_module("inbox")


class Answer(NamedTuple):
    """The answer of a receiver."""

    status: int
    body: bytes


Headers = Iterable[tuple[str, str]]
Body = bytes | list[bytes]  # A list is sent in chunks.
Send = Callable[[str, str, Body, Headers], Answer]


def signature(body: bytes, secret: str = SECRET) -> str:
    """Compute the signature of a body, without any code under test."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().replace("=", "")


class Receiver:
    """A receiver under test, with its database.

    Args:
        send: Sends a request to it.
        database: The file of its database.
        url: Its URL, if it is behind a socket.
        app: The application, if it is in this process.
    """

    def __init__(self, send: Send, database: Path, *, url: str = "", app: Any = None) -> None:
        self._send = send
        self.database = database
        self.url, self.app = url, app

    def post(self, body: bytes, *headers: tuple[str, str]) -> int:
        """POST a body with these headers and no others; the status."""
        return self._send("POST", HOOK, body, headers).status

    def deliver(self, payload: Any, **style: Any) -> int:
        """Sign and POST a payload; the status."""
        return self.post_signed(json.dumps(payload, **style).encode("utf-8"))

    def post_signed(self, body: bytes) -> int:
        """Sign and POST a body; the status."""
        return self.post(body, ("X-Kombo-Signature", signature(body)))

    def send(self, method: str, path: str, body: Body = b"", headers: Headers = ()) -> Answer:
        """Send any request."""
        return self._send(method, path, body, headers)

    def observe(self, integration_id: str) -> dict[str, Any] | None:
        """Read what it stores of an integration; None for nothing."""
        answer = self._send("GET", "/integrations/" + quote(integration_id, safe=""), b"", ())
        if answer.status == 404:
            return None
        assert answer.status == 200
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def rows(self, table: str = "events") -> list[tuple[Any, ...]]:
        """Read a table of its database."""
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(f"SELECT * FROM {table}").fetchall()

    def execute(self, statement: str) -> None:
        """Execute a statement in its database."""
        with closing(sqlite3.connect(self.database)) as db, db:
            db.execute(statement)


def in_process(name: str, database: Path) -> Receiver:
    """Make a receiver in this process, with a database."""
    app = MODULES[name].create_app(SECRET, database)
    return Receiver(_asgi(app) if name == "fastapi_receiver" else _wsgi(app), database, app=app)


def _wsgi(app: Any) -> Send:
    def send(method: str, path: str, body: bytes, headers: Headers) -> Answer:
        client = Client(app, use_cookies=False)
        with client.open(path, method=method, data=body, headers=list(headers)) as response:
            return Answer(response.status_code, response.get_data())

    return send


def _asgi(app: Any) -> Send:
    async def send(method: str, path: str, body: bytes, headers: Headers) -> Answer:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as client:
            encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
            response = await client.request(method, path, content=body, headers=encoded)
            return Answer(response.status_code, response.content)

    return lambda *request: asyncio.run(send(*request))


@pytest.fixture(params=NAMES)
def receiver(request: pytest.FixtureRequest, memory_path: Path) -> Receiver:
    """Each of the three receivers, with an empty database."""
    return in_process(request.param, memory_path / "inbox.sqlite3")


def payload(**overrides: Any) -> Any:
    return IntegrationStateChangedFactory.build(kombo_seed=1, **overrides)


# -- what Kombo may send


@pytest.mark.slow
def test_accepts_and_keeps_every_valid_payload(receiver, drawn) -> None:
    sent = drawn(payloads(values="any"), 300)
    for number, each in enumerate(sent):
        each["id"] += str(number)
        assert receiver.deliver(each, ensure_ascii=bool(number % 2)) == 204, each
    assert [json.loads(text) for _, _, text in receiver.rows()] == sent
    for each in sent:
        if each["data"]["integration_id"] not in (".", ".."):  # Clients resolve those paths.
            assert receiver.observe(each["data"]["integration_id"]) is not None


def test_accepts_corners_and_realistic_payloads(receiver, drawn) -> None:
    for each in [corner.payload for corner in corners()] + drawn(payloads(values="realistic"), 30):
        assert receiver.deliver(each) == 204, each


def test_an_ambiguous_payload_is_accepted_or_rejected_and_never_crashes(receiver, drawn) -> None:
    for each in drawn(payloads(ambiguous=True), 100):
        # The default of json.dumps escapes a lone surrogate, which UTF-8 cannot encode.
        assert receiver.deliver(each) in (204, 400, 422), each


@pytest.mark.parametrize(
    "style",
    [
        {"indent": 2},
        {"ensure_ascii": False},
        {"sort_keys": True},
        {"separators": (",", ":")},
    ],
    ids=str,
)
def test_accepts_any_serialization(receiver, style) -> None:
    event = payload(data__end_user__organization_name="Müller & Söhne 🎉\u2028\x00")
    assert receiver.deliver(event, **style) == 204
    assert json.loads(receiver.rows()[0][2]) == event


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/json; charset=utf-16", "nonsense; charset=\xe9", ""],
)  # fmt: skip
def test_reads_the_body_as_json_whatever_the_content_type(receiver, content_type) -> None:
    body = json.dumps(payload()).encode()
    headers = [] if content_type is None else [("Content-Type", content_type)]
    assert receiver.post(body, ("X-Kombo-Signature", signature(body)), *headers) == 204


def test_accepts_a_string_of_a_mebibyte(receiver) -> None:
    name = "x" * (1 << 20)
    assert receiver.deliver(payload(data__end_user__organization_name=name)) == 204


def test_accepts_other_events_without_changing_an_integration(receiver, drawn) -> None:
    others = [event for event in events() if event != "integration-state-changed"]
    sent = [each for name in others for each in drawn(event_payloads([name]), 3)]
    for number, each in enumerate(sent):
        each["id"] = str(number)
        assert receiver.deliver(each) == 204
    assert {kind for _, kind, _ in receiver.rows()} == set(others)
    assert receiver.rows("integrations") == []


# -- what Kombo never sends


def test_rejects_every_fault_and_keeps_nothing(receiver) -> None:
    for fault in faults():
        for example in fault.examples:
            assert receiver.deliver(example) == 422, fault
    assert receiver.rows() == receiver.rows("integrations") == []


@pytest.mark.slow
def test_rejects_drawn_invalid_payloads(receiver, drawn) -> None:
    for invalid in drawn(invalid_payloads(), 300):
        assert receiver.deliver(invalid.payload) == 422, invalid.fault
    assert receiver.rows() == []


def test_rejects_schema_changes(receiver) -> None:
    for change in changes():
        known = change.pointer == "/type" and change.example["type"] in events()
        assert receiver.deliver(change.example) == (204 if known else 422), change


@pytest.mark.parametrize(
    "envelope", ["unknown type", "no type", "unknown property", "data is not an object"]
)
def test_rejects_a_wrong_envelope_of_another_event(receiver, envelope) -> None:
    event: dict[str, Any] = {"id": "1", "type": "sync-finished", "data": {}}
    wrong: dict[str, dict[str, Any]] = {
        "unknown type": {**event, "type": "integration-renamed"},
        "no type": {"id": "1", "data": {}},
        "unknown property": {**event, "sent_at": ""},
        "data is not an object": {**event, "data": []},
    }
    assert receiver.deliver(wrong[envelope]) == 422
    assert receiver.deliver(event) == 204


def test_an_answer_names_the_invalid_field_without_its_value(receiver) -> None:
    event = payload(invalid=True, data__end_user__creator_email="jo@example.com")
    event["data"]["end_user"]["creator_email"] = "jo at example.com"
    body = json.dumps(event).encode()
    answer = receiver.send("POST", HOOK, body, [("X-Kombo-Signature", signature(body))])
    assert answer.status == 422
    assert b"creator_email" in answer.body
    assert b"jo at" not in answer.body


# -- signatures


def right_but(change: Callable[[str], str]) -> Callable[[bytes], Headers]:
    """Make headers with a changed signature."""
    return lambda body: [("X-Kombo-Signature", change(signature(body)))]


FORGED: dict[str, Callable[[bytes], Headers]] = {
    "missing": lambda body: [],
    "empty": right_but(lambda right: ""),
    "of another secret": lambda body: [("X-Kombo-Signature", signature(body, "other"))],
    "of an empty secret": lambda body: [("X-Kombo-Signature", signature(body, ""))],
    "of another body": lambda body: [("X-Kombo-Signature", signature(body + b" "))],
    "not ASCII": right_but(lambda right: "é" + right[1:]),
    "all bytes": right_but(lambda right: "".join(map(chr, range(0xA0, 0x100)))),
    "in the other case": right_but(str.swapcase),
    "cut": right_but(lambda right: right[:-1]),
    "longer": right_but(lambda right: right + "A"),
    "right, then wrong": lambda body: [
        ("X-Kombo-Signature", signature(body)),
        ("X-Kombo-Signature", "wrong"),
    ],
    "wrong, then right": lambda body: [
        ("X-Kombo-Signature", "wrong"),
        ("X-Kombo-Signature", signature(body)),
    ],
    "in another header": lambda body: [("X-Signature", signature(body))],
}


@pytest.mark.parametrize("forged", FORGED)
def test_rejects_a_forged_signature_before_parsing_the_body(receiver, forged) -> None:
    for body in (json.dumps(payload()).encode(), b"{"):
        assert receiver.post(body, *FORGED[forged](body)) == 401
    assert receiver.rows() == []
    body = json.dumps(payload()).encode()
    assert receiver.post(body, ("x-kombo-signature", signature(body))) == 204


@pytest.mark.parametrize("name", NAMES)
def test_create_app_rejects_an_empty_secret(name, tmp_path) -> None:
    with pytest.raises(ValueError, match="KOMBO_WEBHOOK_SECRET"):
        MODULES[name].create_app("", tmp_path / "inbox.sqlite3")
    assert list(tmp_path.iterdir()) == []


FAULTS = wire_faults(secret=SECRET)
ALLOWED = {"reject": range(400, 500), "accept": range(200, 300), "either": range(200, 500)}


def is_handled(fault: WireFault, status: int, receiver: Receiver) -> bool:
    """True if a status is an expected one, and the receiver kept only what it accepted."""
    kept = len(receiver.rows())
    receiver.execute("DELETE FROM events")
    return status in ALLOWED[fault.expected("strict")] and kept == (status < 300)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_handles_wire_faults_as_expected(name, fault, memory_path) -> None:
    receiver = in_process(name, memory_path / "inbox.sqlite3")
    for delivery in fault.examples:
        status = receiver.send(delivery.method, HOOK, delivery.body, delivery.headers).status
        assert is_handled(fault, status, receiver), status


@contextlib.contextmanager
def test_client(name: str, app: Any) -> Iterator[Any]:
    """Make the test client of a framework."""
    if name == "fastapi_receiver":
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client
    elif name == "flask_receiver":
        yield app.test_client()
    else:
        # Django's client reads the URLs of the settings, not those of an application.
        with override_settings(ROOT_URLCONF=app.urls, ALLOWED_HOSTS=["*"]):
            yield DjangoClient(raise_request_exception=False)


test_client.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_handles_wire_faults_that_the_test_client_of_its_framework_sends(name, memory_path) -> None:
    receiver = in_process(name, memory_path / "inbox.sqlite3")
    with test_client(name, receiver.app) as client:
        for fault in FAULTS:
            for delivery in fault.examples:
                status = delivery.send(client, HOOK).status_code
                assert is_handled(fault, status, receiver), (fault, status)


# -- bodies


def within(text: str) -> bytes:
    """Serialize a payload, with some JSON text in place of a string."""
    return json.dumps(payload(data__end_user__origin_id="HERE")).replace('"HERE"', text).encode()


NOT_JSON = {
    "empty": b"",
    "space": b" ",
    "truncated": json.dumps(payload()).encode()[:-1],
    "trailing data": json.dumps(payload()).encode() + b"{}",
    "form": b"payload=%7B%7D",
    "BOM": b"\xef\xbb\xbf" + json.dumps(payload()).encode(),
    "UTF-16": json.dumps(payload()).encode("utf-16"),
    "UTF-16 without BOM": json.dumps(payload()).encode("utf-16-be"),
    "UTF-32": json.dumps(payload()).encode("utf-32"),
    "Latin-1": within('"\u00e9"').decode().encode("latin-1"),
    "surrogate in UTF-8": within('"?"').replace(b"?", b"\xed\xa0\x80"),
    "overlong": within('"?"').replace(b"?", b"\xc0\x80"),
    "NUL as it is": within('"\x00"'),
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep, in objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep, never closed": b"[" * 1_000_000,
    "NaN": within("NaN"),
    "Infinity": within("-Infinity"),
    "1e999": within("1e999"),
    "huge integer": within("9" * 5_000),
    "lone high surrogate": within(r'"\ud800"'),
    "lone low surrogate": within(r'"\udc00x"'),
    "lone surrogate in a name": within(r'{"\ud800": 1}'),
    "duplicate name": json.dumps(payload()).replace('"id"', '"id": "other", "id"', 1).encode(),
    "duplicate name by an escape": json.dumps(payload())
    .replace('"id"', r'"\u0069d": "", "id"', 1)
    .encode(),
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_rejects_a_signed_body_that_is_not_unambiguous_json(receiver, body) -> None:
    assert receiver.post_signed(body) == 400
    assert receiver.rows() == []


@pytest.mark.parametrize("levels", [10, 45, 60, 100, 300, 700, *range(900, 1_000, 10), 5_000])
def test_rejects_deep_json(receiver, levels) -> None:
    assert receiver.post_signed(within("[" * levels + "]" * levels)) in (400, 422)
    other = {"id": "1", "type": "data-changed", "data": {"deep": "HERE"}}
    body = json.dumps(other).replace('"HERE"', "[" * levels + "]" * levels)
    assert receiver.post_signed(body.encode()) == (204 if levels < 48 else 400)


@pytest.mark.parametrize("value", ["null", "[]", "1", "true", '"{}"', "{}", "[[]]", "1.5"])
def test_rejects_json_that_is_not_an_event(receiver, value) -> None:
    assert receiver.post_signed(value.encode()) == 422


def test_ids_that_differ_after_a_nul_are_different(receiver) -> None:
    for name in ("a\x00b", "a\x00c", "a", "\x00", ""):
        assert receiver.deliver(payload(id=f"e{name}", data__integration_id=name)) == 204
    for name in ("a\x00b", "a\x00c", "a", "\x00", ""):
        found = receiver.observe(name)
        assert found is not None
        assert found["events"] == 1
    assert receiver.observe("a\x00") is None


def test_rejects_a_body_of_more_than_5_mib(receiver) -> None:
    body = b" " * (5 << 20)
    assert receiver.post_signed(body) == 400
    assert receiver.post_signed(body + b" ") == 413
    assert receiver.post(body + b" ") == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_rejects_other_methods_and_paths(receiver, method) -> None:
    body = json.dumps(payload()).encode()
    headers = [("X-Kombo-Signature", signature(body))]
    assert receiver.send(method, HOOK, body, headers).status == 405
    assert receiver.send("POST", "/integrations/a", body, headers).status == 405
    assert receiver.send("POST", "/", body, headers).status == 404
    assert receiver.rows() == []


# -- state


def test_shows_an_integration_with_the_timestamp_as_it_was_sent(receiver) -> None:
    updated_at = "2024-05-01T02:00:00.120000000+02:00"
    event = payload(inactive=True, data__updated_at=updated_at)
    assert receiver.deliver(event) == 204
    assert receiver.observe(event["data"]["integration_id"]) == {
        "state": "INACTIVE",
        "qa_status": event["data"]["qa_status"],
        "setup_status": event["data"]["setup_status"],
        "updated_at": updated_at,
        "events": 1,
    }
    assert receiver.observe("personio:unknown") is None


@pytest.mark.parametrize(
    "integration_id",
    ["", "/", "//", "a//b", "a/", "/a", "a/../b", "a\n", "\n", "\r\n", " ", "%", "%2F", "a?b#c",
     "a+b", "ü", "🎉", "\x00", "\x7f", "\u2028", "\ufffd", "x" * 2_000],
    ids=ascii,
)  # fmt: skip
def test_finds_any_id_in_the_path(receiver, integration_id) -> None:
    assert receiver.observe(integration_id) is None
    assert receiver.deliver(payload(data__integration_id=integration_id)) == 204
    assert receiver.observe(integration_id) is not None
    assert receiver.observe(integration_id + "/") is None


@pytest.mark.parametrize("path", ["%FF", "%ED%A0%80", "%C0%80", "%", "%zz"])
def test_answers_404_for_a_path_that_is_not_utf_8(receiver, path) -> None:
    assert receiver.send("GET", f"/integrations/{path}").status == 404


def test_accepts_copies_in_any_style_and_applies_one(receiver) -> None:
    event = payload(active=True)
    for style in ({}, {}, {"indent": 1}, {"sort_keys": True}):
        assert receiver.deliver(event, **style) == 204
    other = payload(inactive=True, data__updated_at="9999-12-31T23:59:59Z")
    assert receiver.deliver({**other, "id": event["id"]}) == 204
    found = receiver.observe(event["data"]["integration_id"])
    assert found is not None
    assert (found["events"], found["state"]) == (1, "ACTIVE")


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00.001Z"),
        ("2024-05-01T12:00:00.999Z", "2024-05-01T10:00:01-02:00"),
        ("2024-05-01T13:59:00+02:00", "2024-05-01T12:00:00Z"),
        ("2024-05-01T12:00:00.1Z", "2024-05-01T12:00:00.10000001Z"),
        ("2024-05-01T12:00:00.123456788Z", "2024-05-01T12:00:00.123456789Z"),
        ("2024-05-01T12:00:00.9Z", "2024-05-01T12:00:01Z"),
        ("2024-05-01T12:00:00.09Z", "2024-05-01T12:00:00.1Z"),
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+14:00"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-23:59"),
        ("2016-12-31T23:59:59.999999999Z", "2016-12-31T23:59:60Z"),
        ("2017-01-01T00:59:60.9+01:00", "2017-01-01T00:00:00Z"),
    ],
)
@pytest.mark.parametrize("in_order", [True, False])
def test_the_newest_instant_wins(receiver, older, newer, in_order) -> None:
    first = payload(id="1", active=True, data__updated_at=older)
    second = payload(id="2", inactive=True, data__updated_at=newer)
    second["data"]["integration_id"] = first["data"]["integration_id"]
    for event in (first, second) if in_order else (second, first):
        assert receiver.deliver(event) == 204
    found = receiver.observe(first["data"]["integration_id"])
    assert found is not None
    assert (found["state"], found["updated_at"]) == ("INACTIVE", newer)
    assert found["events"] == (2 if in_order else 1)


SAME = ("2024-05-01T00:00:00Z", "2024-05-01T00:00:00.000Z", "2024-05-01T02:00:00+02:00",
        "2024-04-30T23:59:00.000000000-00:01", "2024-05-01T00:00:00-00:00")  # fmt: skip


@pytest.mark.parametrize("first", SAME)
def test_the_first_of_equal_instants_stays(receiver, first) -> None:
    assert receiver.deliver(payload(id="0", active=True, data__updated_at=first)) == 204
    name = payload()["data"]["integration_id"]
    before = receiver.observe(name)
    for number, updated_at in enumerate(SAME, 1):
        assert (
            receiver.deliver(payload(id=str(number), inactive=True, data__updated_at=updated_at))
            == 204
        )
    assert receiver.observe(name) == before


def test_ids_that_differ_in_case_are_different(receiver) -> None:
    for number, name in enumerate(("personio:a", "personio:A", "PERSONIO:a")):
        event = payload(id="abc"[number], data__integration_id=name)
        assert receiver.deliver(event) == 204
        assert receiver.deliver({**event, "id": event["id"].upper()}) == 204
    assert len(receiver.rows()) == 6
    assert len(receiver.rows("integrations")) == 3


def test_applies_one_of_concurrent_copies_and_the_newest_of_concurrent_events(receiver) -> None:
    copies = [payload(id="copy", data__updated_at="2000-01-01T00:00:00Z")] * 20
    distinct = [payload(id=str(n), data__updated_at=f"2024-05-01T00:00:{n:02}Z") for n in range(20)]
    name = payload()["data"]["integration_id"]
    with ThreadPoolExecutor(20) as pool:
        for batch in (copies, distinct):
            start = threading.Barrier(len(batch))
            answers = list(pool.map(lambda e: (start.wait(), receiver.deliver(e))[1], batch))  # noqa: B023
            assert answers == [204] * len(batch)
            found = receiver.observe(name)
            assert found is not None
            if batch is copies:
                assert found["events"] == 1
    assert found["updated_at"] == distinct[-1]["data"]["updated_at"]
    assert len(receiver.rows()) == 21


def test_accepts_a_retry_after_a_failure_that_left_nothing(receiver) -> None:
    receiver.execute("ALTER TABLE integrations RENAME TO elsewhere")
    assert receiver.deliver(payload()) == 500
    receiver.execute("ALTER TABLE elsewhere RENAME TO integrations")
    assert receiver.rows() == receiver.rows("integrations") == []
    assert receiver.deliver(payload()) == 204
    assert len(receiver.rows()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_two_applications_in_one_process_have_databases_of_their_own(name, tmp_path) -> None:
    first, second = (in_process(name, tmp_path / f"{n}.sqlite3") for n in "ab")
    assert first.deliver(payload()) == 204
    integration_id = payload()["data"]["integration_id"]
    assert second.observe(integration_id) is None
    again = in_process(name, tmp_path / "a.sqlite3")
    assert again.deliver(payload()) == 204
    assert again.observe(integration_id) == first.observe(integration_id)
    assert len(again.rows()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_ends_timelines_in_the_right_state(name, memory_path, drawn) -> None:
    for number, timeline in enumerate(drawn(timelines(secret=SECRET), 5)):
        receiver = in_process(name, memory_path / f"{number}.sqlite3")

        def deliver(delivery: Any, receiver: Receiver = receiver) -> int:
            return receiver.post(delivery.body, *delivery.headers)

        timeline.play(deliver, receiver.observe)


# -- the parts of the inbox


@pytest.mark.parametrize(
    "text",
    ["", "2024-05-01", "2024-05-01T12:00:00", "2024-05-01T12:00Z", "2024-05-01 12:00:00Z",
     "2024-05-01T12:00:00.Z", "2024-05-01T12:00:00,1Z", "2024-05-01T24:00:00Z",
     "2024-05-01T12:60:00Z", "2024-05-01T12:00:61Z", "2024-05-01T12:00:60Z",
     "2016-12-31T23:59:60+01:00", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
     "0000-01-01T00:00:00Z", "2024-05-01T12:00:00+24:00", "2024-05-01T12:00:00+00:60",
     "2024-05-01T12:00:00+0200", "2024-05-01T12:00:00Z\n", " 2024-05-01T12:00:00Z",
     "２０２４-05-01T12:00:00Z", "2024-05-01T12:00:00.١Z", "+2024-05-01T12:00:00Z",
     "1714564800", "20240501T120000Z", "2024-W18-3T12:00:00Z"],
)  # fmt: skip
def test_rejects_what_is_not_a_date_time_of_rfc_3339(text) -> None:
    with pytest.raises(ValueError):
        inbox.instant(text)


@pytest.mark.parametrize("path", sorted(RECEIVERS.glob("*.py")), ids=lambda path: path.name)
def test_example_receivers_do_not_import_this_package(path) -> None:
    assert "kombo_fakes" not in path.read_text()


# -- over a socket


@pytest.fixture(params=NAMES)
def served(request: pytest.FixtureRequest, tmp_path: Path, memory_path: Path) -> Iterator[Receiver]:
    """Each of the three receivers, behind its own server in a process of its own."""
    command = [sys.executable, str(RECEIVERS / f"{request.param}.py")]
    database = memory_path / "inbox.sqlite3"
    settings = {"KOMBO_WEBHOOK_SECRET": SECRET, "DATABASE": str(database), "PORT": "0"}
    with subprocess.Popen(
        command,
        env={**os.environ, **settings, "PYTHONUNBUFFERED": "1"},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        try:
            assert process.stderr is not None
            output = ""
            # The servers print their URL as soon as they listen.
            while (match := re.search(r"http://127\.0\.0\.1:([0-9]+)", output)) is None:
                line = process.stderr.readline()
                assert line, f"the server ended: {output}"
                output += line
            with httpx.Client(base_url=match[0], timeout=60) as client:

                def send(method: str, path: str, body: Body, headers: Headers) -> Answer:
                    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
                    answer = client.request(method, path, content=body, headers=encoded)
                    return Answer(answer.status_code, answer.content)

                yield Receiver(send, database, url=match[0])
        finally:
            watchdog.cancel()
            process.terminate()


@pytest.mark.slow
def test_accepts_and_rejects_over_a_socket(served, drawn) -> None:
    for number, each in enumerate(drawn(payloads(), 30)):
        each["id"] += str(number)
        assert served.deliver(each) == 204
        if each["data"]["integration_id"] not in (".", ".."):
            assert served.observe(each["data"]["integration_id"]) is not None
    accepted = len(served.rows())
    for fault in faults()[::10]:
        assert served.deliver(fault.examples[0]) == 422
    body = json.dumps(payload(id="forged")).encode()
    for forged in FORGED.values():
        assert served.post(body, *forged(body)) == 401
    for not_json in NOT_JSON.values():
        assert served.post_signed(not_json) == 400
    assert served.post_signed(b" " * (5 << 20)) == 400
    assert served.send("PUT", HOOK).status == 405
    assert len(served.rows()) == accepted
    with ThreadPoolExecutor(50) as pool:
        copies = list(pool.map(served.deliver, [payload(id="copy")] * 50))
    assert copies == [204] * 50
    assert len(served.rows()) == accepted + 1


@pytest.mark.slow
def test_handles_wire_faults_over_a_socket(served) -> None:
    with Transport(served.url + HOOK, timeout=60) as transport:
        for fault in FAULTS:
            for delivery in fault.examples:
                status = transport.post(delivery).status
                assert is_handled(fault, status, served), (fault, status)


@pytest.mark.slow
def test_accepts_chunks_up_to_the_same_limit(served) -> None:
    body = json.dumps(payload()).encode()
    headers = [("X-Kombo-Signature", signature(body))]
    chunks = [body[at : at + 50] for at in range(0, len(body), 50)]
    assert served.send("POST", HOOK, chunks, headers).status == 204
    assert len(served.rows()) == 1
    # A server may close the connection while the client still sends.
    with contextlib.suppress(httpx.TransportError):
        assert served.send("POST", HOOK, [b" " * (1 << 20)] * 6).status == 413
    assert len(served.rows()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("secret", [None, ""])
def test_the_server_does_not_start_without_a_secret(name, secret, tmp_path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "KOMBO_WEBHOOK_SECRET"}
    if secret is not None:
        environment["KOMBO_WEBHOOK_SECRET"] = secret
    done = subprocess.run(
        [sys.executable, str(RECEIVERS / f"{name}.py")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "KOMBO_WEBHOOK_SECRET" in done.stderr
    assert list(tmp_path.iterdir()) == []
