"""Every shipped event: payloads, faults, types, factories, and how one more is added."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

import jsonschema
import jsonschema_rs
import kombo.models
import pytest
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import EmailValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3339_validator import validate_rfc3339
from rfc3986_validator import validate_rfc3986

import kombo_fakes
from kombo_fakes import Schema, events, factory_for, faults, payloads
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.pointer import to_pointer
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.types import PAYLOAD_TYPES

EVENTS = events()
WITHOUT_MODEL = {"ai-apply-application-status-updated", "ai-apply-job-posting-status-updated"}


def second_opinion(schema: Schema) -> jsonschema.Draft202012Validator:
    """A validator that shares no code with the one that payloads are made with."""
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
    """The official SDK's model of an event."""
    title = str(Schema.load(event).effective["title"])
    return getattr(kombo.models, title)


def judge(event: str, payload: Any) -> None:
    """Fail unless two validators and, where there is one, the SDK take a payload."""
    schema = Schema.load(event)
    plain = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
    assert plain.is_valid(payload), list(plain.iter_errors(payload))
    # Its check of formats is narrower than the schema at the far ends, so structure alone.
    jsonschema.Draft202012Validator(schema.effective).validate(payload)
    if event not in WITHOUT_MODEL:
        model_of(event).model_validate_json(json.dumps(payload))


@pytest.mark.parametrize("event", EVENTS)
def test_any_payloads_are_valid(event: str) -> None:
    """Drawn payloads are taken by two validators and the official SDK."""

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(payloads(event))
    def check(payload: Any) -> None:
        judge(event, payload)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("event", EVENTS)
def test_many_payloads_are_valid(event: str) -> None:
    """Five hundred drawn and five hundred realistic payloads are valid."""

    @settings(max_examples=500, deadline=None, database=None, derandomize=True)
    @given(payloads(event))
    def check(payload: Any) -> None:
        judge(event, payload)

    check()
    generator = generator_for(Schema.load(event))
    for index in range(500):
        judge(event, generator.generate(SeededChoices(seed_for(event, 0, index))))


@pytest.mark.parametrize("event", EVENTS)
def test_every_fault_is_single_by_two_validators(event: str) -> None:
    """Each example of each fault breaks its place only, with the named keyword, by both."""
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
    """What a type says, in terms of JSON Schema, descriptions and formats left out."""
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


def told(schema: dict[str, Any]) -> dict[str, Any]:
    """The part of a published schema that a type can tell."""
    kept = {key: schema[key] for key in ("type", "enum", "nullable") if key in schema}
    if "properties" in schema:
        kept["properties"] = {name: told(child) for name, child in schema["properties"].items()}
        kept["required"] = sorted(schema.get("required", ()))
    if "items" in schema:
        kept["items"] = told(schema["items"])
    return kept


@pytest.mark.parametrize("event", EVENTS)
def test_the_type_says_what_the_schema_says(event: str) -> None:
    """Each TypedDict has the fields, nulls, literals and required keys of its schema."""
    assert as_schema(PAYLOAD_TYPES[event]) == told(Schema.load(event).published)


@pytest.mark.parametrize("event", EVENTS)
def test_the_type_is_known_to_hypothesis(event: str) -> None:
    """`from_type` draws valid payloads of the event."""
    schema = Schema.load(event)

    @settings(max_examples=10, deadline=None, database=None, derandomize=True)
    @given(st.from_type(PAYLOAD_TYPES[event]))
    def check(payload: Any) -> None:
        schema.validate(payload)

    check()


@pytest.mark.parametrize("event", EVENTS)
def test_there_is_a_factory_by_name(event: str) -> None:
    """Each event has a factory that is importable by the name of its type."""
    name = PAYLOAD_TYPES[event].__name__ + "Factory"
    made = getattr(kombo_fakes, name)
    assert made is factory_for(event)
    assert made.__name__ == name
    assert name in kombo_fakes.__all__
    for payload in made.build_batch(20, kombo_seed=1):
        Schema.load(event).validate(payload)


def test_values_of_other_events_agree() -> None:
    """Durations fit start and end, models their category, and resolved issues are resolved."""
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


def test_an_override_in_a_nullable_object_brings_the_object() -> None:
    """A city can be set although the location is null now and then."""
    for seed in range(40):
        payload = kombo_fakes.AssessmentOrderReceivedFactory.build(
            kombo_seed=seed, data__job__location__city="Bonn"
        )
        assert payload["data"]["job"]["location"]["city"] == "Bonn"


def test_published_and_written_here_are_told_apart() -> None:
    """All events but the default one say that they were not published as a document."""
    written = {e for e in EVENTS if "$comment" in Schema.load(e).published}
    assert written == set(EVENTS) - {"integration-state-changed"}


@pytest.mark.slow
def test_any_event() -> None:
    """A strategy draws from all events, and from those that are named."""
    seen = set()

    @settings(max_examples=600, deadline=None, database=None, derandomize=True)
    @given(kombo_fakes.event_payloads())
    def check(payload: Any) -> None:
        seen.add(payload["type"])
        Schema.load(payload["type"]).validate(payload)

    check()
    assert seen == set(EVENTS)
    with pytest.raises(kombo_fakes.UnknownNameError, match="did you mean 'sync-finished'"):
        kombo_fakes.event_payloads(["sync-finishd"])


def integration_of(payload: Any) -> str:
    """The id of the integration that an event is about."""
    data = payload["data"]
    if payload["type"] in ("integration-created", "integration-deleted"):
        return str(data["id"])
    return str(data["integration"]["id"] if "integration" in data else data["integration_id"])


def test_stories_are_of_one_integration_and_go_forward() -> None:
    """Each event of a story is valid, of the same integration, and not before the one before."""
    types = set()
    for index in range(60):
        told = kombo_fakes.story(3, index=index)
        assert told[0]["type"] == "integration-created"
        assert len({integration_of(payload) for payload in told}) == 1
        assert len({payload["id"] for payload in told}) == len(told)
        moments = []
        for payload in told:
            types.add(payload["type"])
            Schema.load(payload["type"]).validate(payload)
            data = payload["data"]
            moments += [
                data[n] for n in ("updated_at", "sync_started_at", "deleted_at") if n in data
            ]
            if "end_user" in data:
                assert data["end_user"] == told[0]["data"]["end_user"]
        assert moments == sorted(moments)
    assert types == {
        "integration-created",
        "integration-state-changed",
        "sync-finished",
        "data-changed",
        "issue-status-changed",
        "integration-deleted",
    }
    assert kombo_fakes.story(3) == kombo_fakes.story(3) != kombo_fakes.story(4)


@settings(max_examples=20, deadline=None, database=None, derandomize=True)
@given(kombo_fakes.stories())
def test_drawn_stories_are_valid(told: list[Any]) -> None:
    """The strategy for stories draws valid ones."""
    for payload in told:
        Schema.load(payload["type"]).validate(payload)


def test_changes_are_refused_today_and_named() -> None:
    """Each change is refused by today's schema; those that have been seen say where."""
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
