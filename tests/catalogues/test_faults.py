"""The catalogue of faults is complete, single and stable, also after shrinking."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.sampling import examples

from kombo_fakes import InvalidPayload, Schema, UnknownNameError, faults, invalid_payloads, payloads
from kombo_fakes.catalogues.faults import get_fault
from kombo_fakes.core.pointer import get, to_pointer
from kombo_fakes.errors import FaultError

SCHEMA = Schema.load()
PLAIN = jsonschema_rs.validator_for(SCHEMA.effective, validate_formats=True)


def places(payload: Any) -> set[str]:
    """Return the places where a validator with its own formats reports errors."""
    return {to_pointer(error.instance_path) for error in PLAIN.iter_errors(payload)}


def test_the_event_has_39_sites() -> None:
    """There are 39 sites: 15 type, 5 enum, 2 format, 14 required, 3 additionalProperties."""
    keywords = [site.keyword for site in SCHEMA.sites()]
    counts = {keyword: keywords.count(keyword) for keyword in set(keywords)}
    assert counts == {
        "type": 15,
        "enum": 5,
        "format": 2,
        "required": 14,
        "additionalProperties": 3,
    }


def test_every_site_has_several_faults_unless_a_property_is_missing() -> None:
    found: dict[tuple[str, str, str], int] = {}
    for fault in faults():
        key = (fault.site.pointer, fault.keyword, str(fault.site.value))
        found[key] = found.get(key, 0) + 1
    assert set(found) == {(s.pointer, s.keyword, str(s.value)) for s in SCHEMA.sites()}
    assert min(found.values()) >= 2


def test_ids_are_unique_file_names_whatever_the_case() -> None:
    ids = [fault.id for fault in faults()]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", fault_id) for fault_id in ids)
    assert len({fault_id.casefold() for fault_id in ids}) == len(ids)


def test_the_catalogue_has_near_misses() -> None:
    ids = {fault.id for fault in faults()}
    assert ids >= {
        "data.state-enum-lowercase",
        "data.state-enum-trailing-blank",
        "data.state-enum-neighbour",
        "data.updated_at-format-date-only",
        "data.updated_at-format-no-offset",
        "data.updated_at-required-absent",
        "data.updated_at-required-camel-case",
        "data.end_user-additionalProperties-unknown",
        "data.end_user.creator_email-format-two-dots",
        "data-type-null",
        "data-type-as-text",
    }


def test_null_is_a_fault_only_where_it_is_not_allowed() -> None:
    nulls = {fault.pointer for fault in faults() if fault.variant == "null"}
    assert "/data/end_user/creator_email" not in nulls
    assert "/data/end_user/origin_id" not in nulls
    assert "/data/end_user/organization_name" in nulls
    assert len(nulls) == 13


def test_examples_and_applied_faults_break_one_place_only() -> None:
    for fault in faults():
        assert 1 <= len(fault.examples) <= 3
        for example in fault.examples:
            assert places(example) == {fault.pointer}, fault.id
        usual = get_fault("id-type-null").examples[0] | {"id": "x"}
        assert places(fault.apply(usual)) == {fault.pointer}, fault.id


def test_faults_are_selected_by_keyword_place_and_id() -> None:
    assert {fault.keyword for fault in faults(keywords=["enum", "format"])} == {"enum", "format"}
    assert {fault.pointer for fault in faults(at="data.state")} == {"/data/state"}
    assert {fault.pointer for fault in faults(at="/data/end_user")} == {
        "/data/end_user",
        "/data/end_user/creator_email",
        "/data/end_user/organization_name",
        "/data/end_user/origin_id",
    }
    assert [fault.id for fault in faults(ids="*state-enum-cut")] == ["data.state-enum-cut"]
    for arguments, hint in (
        ({"keywords": ["enumm"]}, "did you mean 'enum'?"),
        ({"at": "/data/stat"}, "did you mean '/data/state'?"),
        ({"at": "data.stat"}, "did you mean 'data.state'?"),
        ({"ids": ["data.state-enum-lowercas"]}, "did you mean 'data.state-enum-lowercase'?"),
    ):
        with pytest.raises(UnknownNameError, match=re.escape(hint)):
            faults(**arguments)  # type: ignore[arg-type]


def test_an_error_says_why_a_fault_cannot_be_applied() -> None:
    fault = get_fault("data.state-enum-lowercase")
    with pytest.raises(FaultError) as absent:
        fault.apply({"data": {}})
    assert str(absent.value) == snapshot(
        "data.state-enum-lowercase: the payload has no value at /data/state"
    )
    with pytest.raises(FaultError) as other:
        fault.apply({"data": {"state": 1}})
    assert str(other.value) == snapshot(
        "data.state-enum-lowercase: the value at /data/state cannot have this fault"
    )


@settings(max_examples=examples(300), deadline=None, derandomize=True, database=None)
@given(invalid_payloads())
def test_a_drawn_payload_has_its_fault_and_no_other(invalid: InvalidPayload) -> None:
    payload, fault = invalid
    assert places(payload) == {fault.pointer}
    assert fault.keyword in {error.kind.name for error in PLAIN.iter_errors(payload)}


@pytest.mark.slow
@settings(max_examples=examples(2000), deadline=None, derandomize=True, database=None)
@given(invalid_payloads())
def test_two_thousand_drawn_payloads_have_their_fault_and_no_other(invalid: InvalidPayload) -> None:
    assert places(invalid.payload) == {invalid.fault.pointer}
    assert not SCHEMA.is_valid(invalid.payload)


def test_the_rest_of_an_invalid_payload_can_be_realistic() -> None:
    @settings(max_examples=examples(60), deadline=None, derandomize=True, database=None)
    @given(invalid_payloads(values="realistic", at="/data/state"))
    def check(invalid: InvalidPayload) -> None:
        assert ":" in invalid.payload["data"]["integration_id"]
        assert places(invalid.payload) == {"/data/state"}

    check()


@pytest.mark.parametrize(
    "fault_id",
    [
        "data.state-enum-lowercase",
        pytest.param("data.updated_at-format-no-offset", marks=pytest.mark.slow),
        "data-type-null",
        pytest.param("id-type-number", marks=pytest.mark.slow),
    ],
)
def test_shrinking_keeps_the_fault_and_shortens_the_rest(fault_id: str) -> None:
    found: list[InvalidPayload] = []

    @settings(max_examples=examples(50), deadline=None, derandomize=True, database=None)
    @given(invalid_payloads(ids=[fault_id]))
    def fails(invalid: InvalidPayload) -> None:
        found.append(invalid)
        raise AssertionError

    with pytest.raises(AssertionError):
        fails()
    assert all(places(invalid.payload) == {invalid.fault.pointer} for invalid in found)
    assert len(str(found[-1].payload)) < 420


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_any_fault_applies_to_any_drawn_payload_that_has_its_place(data: st.DataObject) -> None:
    fault = data.draw(st.sampled_from(faults()))
    broken = fault.apply(data.draw(payloads(nulls=0)))
    assert fault.is_in(broken)
    assert get(broken, ()) is broken
