"""Every shipped event: its payloads, faults, types, factory and changes."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

import jsonschema
import jsonschema_rs
import kombo.models
import pytest
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import EmailValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from rfc3339_validator import validate_rfc3339
from rfc3986_validator import validate_rfc3986
from support.sampling import examples

import kombo_fakes
from kombo_fakes import Schema, events, factory_for, faults, payloads
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.pointer import to_pointer
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.types import PAYLOAD_TYPES
from kombo_fakes.webhooks import events as files
from kombo_fakes.webhooks.registry import default_lifecycle, known_events

EVENTS = events()
WITHOUT_MODEL = {"ai-apply-application-status-updated", "ai-apply-job-posting-status-updated"}


def second_opinion(schema: Schema) -> jsonschema.Draft202012Validator:
    """Return a validator that shares no code with the one that payloads are made with."""
    checker = jsonschema.FormatChecker(formats=())
    for name, check in (("date-time", validate_rfc3339), ("uri", validate_rfc3986)):
        checker.checks(name)(lambda text, check=check: not isinstance(text, str) or check(text))

    @checker.checks("email", raises=DjangoValidationError)
    def is_email(text: object) -> bool:
        if isinstance(text, str):
            EmailValidator()(text)
        return True

    return jsonschema.Draft202012Validator(schema.effective, format_checker=checker)


def model_of(event: str) -> Any:
    """Return the model of an event in the official SDK."""
    title = str(Schema.load(event).effective["title"])
    return getattr(kombo.models, title)


def judge(event: str, payload: Any) -> None:
    """Fail unless two validators and, if there is one, the model of the SDK accept a payload."""
    schema = Schema.load(event)
    plain = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
    assert plain.is_valid(payload), list(plain.iter_errors(payload))
    # Only the structure: its checks of formats reject some extreme strings that are valid.
    jsonschema.Draft202012Validator(schema.effective).validate(payload)
    if event not in WITHOUT_MODEL:
        model_of(event).model_validate_json(json.dumps(payload))


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("event", EVENTS)
def test_drawn_and_realistic_payloads_are_valid_for_two_validators_and_the_sdk(
    event: str, count: int
) -> None:
    @settings(max_examples=examples(count), deadline=None, database=None, derandomize=True)
    @given(payloads(event))
    def check(payload: Any) -> None:
        judge(event, payload)

    check()
    generator = generator_for(Schema.load(event))
    for index in range(count):
        judge(event, generator.generate(SeededChoices(seed_for(event, 0, index))))


@pytest.mark.parametrize("event", EVENTS)
def test_every_fault_breaks_one_place_and_keyword_for_two_validators(event: str) -> None:
    schema = Schema.load(event)
    plain = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
    second = second_opinion(schema)
    found = faults(event)
    for fault in found:
        assert fault.single
        for example in fault.examples:
            errors = {
                (to_pointer(e.instance_path), e.kind.name) for e in plain.iter_errors(example)
            }
            assert {pointer for pointer, _ in errors} == {fault.pointer}, fault.id
            assert fault.keyword in {keyword for _, keyword in errors}, fault.id
            others = {(to_pointer(list(e.path)), e.validator) for e in second.iter_errors(example)}
            assert {pointer for pointer, _ in others} == {fault.pointer}, fault.id
            assert fault.keyword in {keyword for _, keyword in others}, fault.id
    broken = {(fault.site.pointer, fault.keyword, str(fault.site.value)) for fault in found}
    assert {(s.pointer, s.keyword, str(s.value)) for s in schema.sites()} == broken


def as_schema(annotation: Any) -> dict[str, Any]:
    """Convert a type to JSON Schema, without descriptions and formats."""
    if is_typeddict(annotation):
        hints = get_type_hints(annotation)
        return {
            "type": "object",
            "properties": {name: as_schema(hint) for name, hint in hints.items()},
            "required": sorted(annotation.__required_keys__),
        }
    arguments = get_args(annotation)
    if type(None) in arguments:
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return as_schema(inner) | {"nullable": True}
    if get_origin(annotation) is Literal:
        return {"type": "string", "enum": list(arguments)}
    if get_origin(annotation) is list:
        return {"type": "array", "items": as_schema(arguments[0])}
    return {"type": {str: "string", int: "integer"}[annotation]}


def without_annotations(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a published schema that a type can express."""
    kept = {key: schema[key] for key in ("type", "enum", "nullable") if key in schema}
    if "properties" in schema:
        kept["properties"] = {
            name: without_annotations(child) for name, child in schema["properties"].items()
        }
        kept["required"] = sorted(schema.get("required", ()))
    if "items" in schema:
        kept["items"] = without_annotations(schema["items"])
    return kept


@pytest.mark.parametrize("event", EVENTS)
def test_the_type_agrees_with_the_schema(event: str) -> None:
    assert as_schema(PAYLOAD_TYPES[event]) == without_annotations(Schema.load(event).published)


@pytest.mark.parametrize("event", EVENTS)
def test_hypothesis_draws_valid_payloads_for_the_type(event: str) -> None:
    schema = Schema.load(event)

    @settings(max_examples=10, deadline=None, database=None, derandomize=True)
    @given(st.from_type(PAYLOAD_TYPES[event]))
    def check(payload: Any) -> None:
        schema.validate(payload)

    check()


@pytest.mark.parametrize("event", EVENTS)
def test_the_factory_is_importable_by_the_name_of_the_type(event: str) -> None:
    name = PAYLOAD_TYPES[event].__name__ + "Factory"
    made = getattr(kombo_fakes, name)
    assert made is factory_for(event)
    assert made.__name__ == name
    assert name in kombo_fakes.__all__
    for payload in made.build_batch(20, kombo_seed=1):
        Schema.load(event).validate(payload)


def test_durations_models_issues_and_postings_agree_with_themselves() -> None:
    for payload in kombo_fakes.SyncFinishedFactory.build_batch(50, kombo_seed=1):
        data = payload["data"]
        start, end = (
            datetime.fromisoformat(data[name].replace("Z", "+00:00"))
            for name in ("sync_started_at", "sync_ended_at")
        )
        assert int((end - start).total_seconds()) == data["sync_duration_seconds"]
        assert data["log_url"].split("/")[2].endswith(".example")
    for payload in kombo_fakes.DataChangedFactory.build_batch(50, kombo_seed=1):
        prefix = {"HRIS": "hris_", "LMS": "lms_"}.get(
            payload["data"]["integration_category"], "ats_"
        )
        assert all(m["name"].startswith(prefix) for m in payload["data"]["changed_models"])
    for payload in kombo_fakes.IssueStatusChangedFactory.build_batch(50, kombo_seed=1):
        issue = payload["data"]["issue"]
        assert (payload["data"]["change"] == "resolved") == (issue["status"] == "RESOLVED")
        assert (issue["resolved_at"] is not None) == (issue["status"] == "RESOLVED")
    postings = kombo_fakes.AiApplyJobPostingStatusUpdatedFactory.build_batch(80, kombo_seed=1)
    for payload in postings:
        archived = payload["data"]["availability"] == "ARCHIVED"
        assert (payload["data"]["archived_at"] is not None) == archived
        assert (payload["data"]["archived_reason"] is not None) == archived
    assert {payload["data"]["availability"] for payload in postings} > {"APPLYABLE", "ARCHIVED"}


def test_an_override_in_a_nullable_object_adds_the_object() -> None:
    for seed in range(40):
        payload = kombo_fakes.AssessmentOrderReceivedFactory.build(
            kombo_seed=seed, data__job__location__city="Bonn"
        )
        assert payload["data"]["job"]["location"]["city"] == "Bonn"


def test_schemas_that_were_not_published_say_so() -> None:
    written = {e for e in EVENTS if "$comment" in Schema.load(e).published}
    assert written == set(EVENTS) - {"integration-state-changed"}


@pytest.mark.slow
def test_event_payloads_draws_from_all_events_or_the_named_ones() -> None:
    seen = set()

    @settings(max_examples=600, deadline=None, database=None, derandomize=True)
    @given(kombo_fakes.event_payloads())
    def check(payload: Any) -> None:
        seen.add(payload["type"])
        Schema.load(payload["type"]).validate(payload)

    check()
    assert seen == set(EVENTS)
    with pytest.raises(kombo_fakes.UnknownNameError) as error:
        kombo_fakes.event_payloads(["sync-finishd"])
    assert str(error.value) == snapshot(
        "unknown event 'sync-finishd'; did you mean 'sync-finished'?"
    )


def test_changes_are_rejected_today_and_seen_ones_name_their_source() -> None:
    seen = {}
    for event in EVENTS:
        found = kombo_fakes.changes(event)
        assert len({change.id for change in found}) == len(found)
        for change in found:
            assert not Schema.load(event).is_valid(change.example), change.id
            if change.source:
                seen.setdefault(event, change)
    assert "setup_status" not in seen["integration-state-changed"].example["data"]
    assert seen["sync-finished"].example["data"]["sync_duration_seconds"] == 14.509
    assert "data-changed" in seen


def test_each_file_of_an_event_has_a_schema_and_is_named_after_the_event() -> None:
    for name, event in known_events().items():
        assert name in EVENTS
        module = re.sub(r"\W", "_", name)
        assert (Path(files.__file__).parent / f"{module}.py").is_file()
        fields = Schema.load(name).effective["properties"]["data"]["properties"]
        named = {place.split(".")[1].removesuffix("[]") for place in (*event.fields, *event.types)
                 if place.startswith("data.")}  # fmt: skip
        assert named <= set(fields)


def test_statuses_are_valid_and_follow_only_known_ones() -> None:
    lifecycle = default_lifecycle()
    data = Schema.load(lifecycle.event).effective["properties"]["data"]["properties"]
    for status in lifecycle.statuses.values():
        assert set(status.then) <= lifecycle.statuses.keys()
        for name, value in zip(lifecycle.fields, status.values, strict=True):
            assert value in data[name]["enum"]
    assert set(lifecycle.begins) <= lifecycle.statuses.keys()
