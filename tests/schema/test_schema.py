"""Schemas are loaded and validate payloads, from any number of threads."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.sampling import examples

from kombo_fakes import Schema, SchemaError, UnknownNameError, events, faults, payloads
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, event_document

SCHEMA = Schema.load()


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (3, SchemaError, snapshot("a schema is a path, an event name or a dict, not 3")),
        (None, SchemaError, snapshot("a schema is a path, an event name or a dict, not null")),
        (["x"], SchemaError, snapshot("a schema is a path, an event name or a dict, not ['x']")),
        (
            "integration-state-chnaged",
            UnknownNameError,
            snapshot(
                "unknown event 'integration-state-chnaged'; did you mean 'integration-state-changed'?"
            ),
        ),
        (
            "Integration-State-Changed",
            UnknownNameError,
            snapshot(
                "unknown event 'Integration-State-Changed'; did you mean 'integration-state-changed'?"
            ),
        ),
        (
            "",
            UnknownNameError,
            snapshot(
                "unknown event ''; expected one of: ai-apply-application-status-updated, ai-apply-job-posting-status-updated, assessment:order-received, connection-flow-failed, data-changed, inline-assessment:order-received, integration-created, integration-deleted, integration-state-changed, issue-status-changed, sync-finished"
            ),
        ),
        (
            "x" * 10_000,
            UnknownNameError,
            snapshot(
                "unknown event 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' (10,000 characters); expected one of: ai-apply-application-status-updated, ai-apply-job-posting-status-updated, assessment:order-received, connection-flow-failed, data-changed, inline-assessment:order-received, integration-created, integration-deleted, integration-state-changed, issue-status-changed, sync-finished"
            ),
        ),
        (
            "\n",
            UnknownNameError,
            snapshot(
                "unknown event '\\n'; expected one of: ai-apply-application-status-updated, ai-apply-job-posting-status-updated, assessment:order-received, connection-flow-failed, data-changed, inline-assessment:order-received, integration-created, integration-deleted, integration-state-changed, issue-status-changed, sync-finished"
            ),
        ),
    ],
)
def test_sources_that_are_not_schemas_are_rejected(
    source: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        Schema.load(source)
    assert str(caught.value) == message


def test_changing_a_loaded_document_does_not_affect_other_callers() -> None:
    first = event_document(DEFAULT_EVENT)
    first["properties"].clear()
    assert event_document(DEFAULT_EVENT) == SCHEMA.published
    assert events()[0] == DEFAULT_EVENT
    assert list(events()[1:]) == sorted(events()[1:])


def test_a_name_of_an_event_and_a_file_means_the_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a directory in front it means the file."""
    (tmp_path / "sync-finished").write_text('{"type": "null"}')
    (tmp_path / "other").write_text('{"type": "null"}')
    monkeypatch.chdir(tmp_path)
    assert not Schema.load("sync-finished").is_valid(None)
    assert Schema.load("./sync-finished").is_valid(None)
    assert Schema.load("other").is_valid(None)
    assert Schema.load(Path("other")).is_valid(None)


@pytest.mark.parametrize("event", events())
def test_all_ways_to_validate_agree_on_the_examples_of_faults(event: str) -> None:
    schema = Schema.load(event)
    for fault in faults(schema):
        for example in fault.examples:
            assert not schema.is_valid(example)
            assert not schema.allows(example)
            found = schema.violations(example)
            assert (fault.pointer, fault.keyword) in {(v.pointer, v.keyword) for v in found}


@settings(max_examples=examples(150), derandomize=True, database=None, deadline=None)
@given(payloads(ambiguous=True), st.data())
def test_validation_does_not_change_after_a_round_trip_through_json(
    payload: Any, data: st.DataObject
) -> None:
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(payload["data"])))
        payload["data"][name] = data.draw(st.none() | st.text() | st.integers() | st.floats())
    written = json.dumps(payload)
    if "NaN" in written or "Infinity" in written:
        return
    assert SCHEMA.is_valid(payload) is SCHEMA.is_valid(json.loads(written))
    assert SCHEMA.is_valid(payload) is not bool(SCHEMA.violations(payload))


def test_validation_is_never_more_lenient_than_jsonschema_rs() -> None:
    plain = jsonschema_rs.validator_for(SCHEMA.effective, validate_formats=True)
    payload = next(iter(faults(ids="id-type-null"))).examples[0] | {"id": "x"}
    for text in ("2021-09-01T12:00:00Z", "20.1-09-01T12:00:00Z", "2021-09-01T12:00:0+Z", "x"):
        payload["data"]["updated_at"] = text
        assert plain.is_valid(payload) or not SCHEMA.is_valid(payload)
    payload["data"]["updated_at"] = "20.1-09-01T12:00:00Z"  # jsonschema-rs 0.60 allows it
    assert not SCHEMA.is_valid(payload)


def test_many_threads_can_share_a_schema() -> None:
    schema = Schema(SCHEMA.published)
    verdicts: list[tuple[int, bool, int]] = []
    barrier = threading.Barrier(8)

    def judge() -> None:
        barrier.wait()
        verdicts.append((len(schema.sites()), schema.is_valid({}), len(schema.violations({}))))

    threads = [threading.Thread(target=judge) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(verdicts) == {(39, False, 3)}
