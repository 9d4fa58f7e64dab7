"""Factories: overrides, traits, seeds, values that agree, errors."""

from __future__ import annotations

import random
import re

import factory.random
import faker
import pytest
from inline_snapshot import snapshot

import kombo_fakes
from kombo_fakes import OMIT, IntegrationStateChangedFactory, OverrideError, UnknownNameError
from kombo_fakes.generation.factories.by_event import factory_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.hr_tools import TOOLS
from kombo_fakes.webhooks.names import slugify

SCHEMA = Schema.load()
build = IntegrationStateChangedFactory.build


def test_builds_plain_dicts_that_the_schema_allows() -> None:
    for payload in IntegrationStateChangedFactory.build_batch(500):
        SCHEMA.validate(payload)
        assert type(payload) is dict
        assert type(payload["data"]) is dict
        assert type(payload["data"]["state"]) is str


def test_overrides_keep_the_order_of_the_schema() -> None:
    payload = build(data__updated_at="2021-09-01T12:00:00.000Z", data__end_user__origin_id="1")
    assert list(payload) == list(SCHEMA.effective["properties"])
    assert list(payload["data"]) == list(SCHEMA.effective["properties"]["data"]["properties"])


def test_two_calls_differ_and_a_seed_repeats() -> None:
    assert build() != build()
    assert build(kombo_seed=3) == build(kombo_seed=3)
    assert build(kombo_seed=3) != build(kombo_seed=4)


def test_a_seeded_batch_repeats_and_its_payloads_differ() -> None:
    batch = IntegrationStateChangedFactory.build_batch(20, kombo_seed=1)
    assert batch == IntegrationStateChangedFactory.build_batch(20, kombo_seed=1)
    assert len({payload["id"] for payload in batch}) == 20


@pytest.mark.parametrize(
    ("trait", "path", "value"),
    [
        ("active", ("state",), "ACTIVE"),
        ("invalid", ("state",), "INVALID"),
        ("inactive", ("state",), "INACTIVE"),
        ("qa_pending", ("qa_status",), "PENDING"),
        ("qa_passed", ("qa_status",), "PASSED"),
        ("qa_failed", ("qa_status",), "FAILED"),
        ("setup_incomplete", ("setup_status",), "INCOMPLETE"),
        ("final_sync_pending", ("setup_status",), "FINAL_SYNC_PENDING"),
        ("setup_completed", ("setup_status",), "COMPLETED"),
        ("anonymous", ("end_user", "creator_email"), None),
        ("anonymous", ("end_user", "origin_id"), None),
        ("hris", ("integration_category",), "HRIS"),
        ("lms", ("integration_category",), "LMS"),
    ],
)
def test_a_trait_sets_its_field_in_every_payload(
    trait: str, path: tuple[str, ...], value: str | None
) -> None:
    for payload in IntegrationStateChangedFactory.build_batch(30, **{trait: True}):
        found = payload["data"]
        for part in path:
            found = found[part]
        assert found == value


def test_the_trait_identified_leaves_no_field_of_the_end_user_null() -> None:
    for payload in IntegrationStateChangedFactory.build_batch(50, identified=True):
        assert None not in payload["data"]["end_user"].values()


def test_other_fields_agree_with_an_overridden_tool_id_or_category() -> None:
    for tool in ("udemy", "personio", "greenhouse"):
        data = build(data__integration_tool=tool)["data"]
        assert data["integration_id"].startswith(f"{tool}:")
        assert tool in TOOLS[data["integration_category"]]
    for category, tools in TOOLS.items():
        assert build(data__integration_category=category)["data"]["integration_tool"] in tools
    assert build(data__integration_id="hibob:abc")["data"]["integration_tool"] == "hibob"


def test_the_domain_of_the_address_is_made_of_the_name_of_the_organisation() -> None:
    for payload in IntegrationStateChangedFactory.build_batch(50):
        end_user = payload["data"]["end_user"]
        if end_user["creator_email"] is not None:
            domain = end_user["creator_email"].split("@")[1]
            expected = slugify(end_user["organization_name"])[:50].strip("-")
            assert domain == f"{expected}.example"


def test_an_override_leaves_unrelated_fields_alone() -> None:
    plain = build(kombo_seed=5)
    changed = build(kombo_seed=5, data__state="INVALID")
    assert changed["id"] == plain["id"]
    assert changed["data"]["end_user"] == plain["data"]["end_user"]
    assert changed["data"]["integration_id"] == plain["data"]["integration_id"]


def test_an_override_equal_to_the_default_is_kept() -> None:
    """Another override would change the field if it had its value by default."""
    for seed in range(40):
        state = build(kombo_seed=seed)["data"]["state"]
        data = build(kombo_seed=seed, data__state=state, data__qa_status="FAILED")["data"]
        assert (data["state"], data["qa_status"]) == (state, "FAILED")


def test_declarations_of_factory_boy_work_as_overrides() -> None:
    payload = build(id=factory.LazyAttribute(lambda own: "event-" + own.data["integration_id"]))
    assert payload["id"] == "event-" + payload["data"]["integration_id"]
    states = factory.Iterator(["ACTIVE", "INVALID"])
    batch = IntegrationStateChangedFactory.build_batch(2, data__state=states)
    assert [payload["data"]["state"] for payload in batch] == ["ACTIVE", "INVALID"]


def test_a_subclass_can_set_fields_and_add_traits() -> None:
    class Broken(IntegrationStateChangedFactory):
        data__state = "INVALID"

        class Params:
            big = factory.Trait(data__end_user__organization_name="Big Corp")

    data = Broken.build(big=True, qa_failed=True)["data"]
    assert (data["state"], data["qa_status"]) == ("INVALID", "FAILED")
    assert data["end_user"]["organization_name"] == "Big Corp"
    assert Broken.build(data__state="ACTIVE")["data"]["state"] == "ACTIVE"


def test_works_as_a_sub_factory() -> None:
    class Envelope(factory.DictFactory):
        body = factory.SubFactory(IntegrationStateChangedFactory, data__state="INVALID")

    assert Envelope.build()["body"]["data"]["state"] == "INVALID"
    assert Envelope.build(body__data__state="ACTIVE")["body"]["data"]["state"] == "ACTIVE"


def test_a_dict_replaces_a_whole_object_as_it_is() -> None:
    end_user = {"organization_name": "X", "creator_email": None, "origin_id": None}
    assert build(data__end_user=end_user)["data"]["end_user"] == end_user


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"data__stat": "X"},
            snapshot(
                "unknown field or trait 'data__stat' of IntegrationStateChangedFactory; did you mean 'data__state'?"
            ),
        ),
        (
            {"dta": 1},
            snapshot(
                "unknown field or trait 'dta' of IntegrationStateChangedFactory; did you mean 'data'?"
            ),
        ),
        (
            {"actve": True},
            snapshot(
                "unknown field or trait 'actve' of IntegrationStateChangedFactory; did you mean 'active'?"
            ),
        ),
        (
            {"data__end_usr__origin_id": "1"},
            snapshot(
                "unknown field or trait 'data__end_usr__origin_id' of IntegrationStateChangedFactory; did you mean 'data__end_user__origin_id'?"
            ),
        ),
        (
            {"data__state__x": "1"},
            snapshot(
                "unknown field or trait 'data__state__x' of IntegrationStateChangedFactory; did you mean 'data__state'?"
            ),
        ),
        (
            {"kombo_sed": 1},
            snapshot(
                "unknown field or trait 'kombo_sed' of IntegrationStateChangedFactory; did you mean 'kombo_seed'?"
            ),
        ),
        (
            {"fault": "data.state-enum-lowercas"},
            snapshot(
                "unknown fault 'data.state-enum-lowercas'; did you mean 'data.state-enum-lowercase'?"
            ),
        ),
    ],
)
def test_a_misspelt_name_is_an_error_that_names_the_nearest(
    overrides: dict[str, object], message: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        build(**overrides)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"data__state": "active"},
            snapshot(
                "IntegrationStateChangedFactory: the schema rejects the overrides: /data/state: enum: 'active' is not one of ACTIVE, INVALID, INACTIVE; did you mean 'ACTIVE'? (to build an invalid payload, pass fault='data.state-enum-lowercase')"
            ),
        ),
        (
            {"id": 3},
            snapshot(
                "IntegrationStateChangedFactory: the schema rejects the overrides: /id: type: expected string, got 3 (to build an invalid payload, pass fault='id-type-number')"
            ),
        ),
        (
            {"data": {}},
            snapshot(
                "IntegrationStateChangedFactory: the schema rejects the overrides: /data: required: property 'integration_tool' is missing; /data: required: property 'integration_id' is missing; /data: required: property 'integration_category' is missing; /data: required: property 'end_user' is missing; /data: required: property 'qa_status' is missing (to build an invalid payload, pass fault='data.integration_tool-required-absent')"
            ),
        ),
        (
            {"data__state": OMIT},
            snapshot(
                "IntegrationStateChangedFactory: the schema rejects the overrides: /data: required: property 'state' is missing (to build an invalid payload, pass fault='data.state-required-absent')"
            ),
        ),
        (
            {"data__updated_at": "2021-09-01"},
            snapshot(
                "IntegrationStateChangedFactory: the schema rejects the overrides: /data/updated_at: format: '2021-09-01' is not a valid date-time (to build an invalid payload, pass fault='data.updated_at-format-prose')"
            ),
        ),
        (
            {"data__state": float("nan")},
            snapshot("IntegrationStateChangedFactory: /data/state: nan is not a JSON number"),
        ),
    ],
)
def test_a_value_that_the_schema_rejects_is_an_error_that_names_the_fault(
    overrides: dict[str, object], message: str
) -> None:
    with pytest.raises(OverrideError) as caught:
        build(**overrides)
    assert str(caught.value) == message


def test_payloads_can_have_every_fault_of_the_catalogue() -> None:
    for number, fault in enumerate(kombo_fakes.faults()):
        assert fault.is_in(build(fault=fault.id, kombo_seed=number)), fault.id


@pytest.mark.parametrize(
    ("overrides", "fault"),
    [
        ({"data__state": "INVALD"}, "data.state-enum-other"),
        ({"data__state": "active"}, "data.state-enum-lowercase"),
        ({"data__updated_at": "2021-09-01"}, "data.updated_at-format-prose"),
        ({"data__state": OMIT}, "data.state-required-absent"),
        ({"id": None}, "id-type-null"),
    ],
)
def test_an_invalid_override_can_be_the_value_of_a_fault(
    overrides: dict[str, object], fault: str
) -> None:
    """Factories and `generate` agree on that. Any other fault is an error."""
    with pytest.raises(OverrideError, match=re.escape(f"pass fault='{fault}')")):
        build(**overrides)
    wrong = build(**overrides, fault=fault, kombo_seed=1)
    paths = {name.replace("__", "."): value for name, value in overrides.items()}
    removals = [name for name, value in paths.items() if value is OMIT]
    rest = {name: value for name, value in paths.items() if value is not OMIT}
    (made,) = kombo_fakes.generate(faults=[fault], overrides=rest, removals=removals)
    for name in rest:
        parent, _, last = name.rpartition(".")
        for payload in (wrong, made.payload):
            assert (payload[parent] if parent else payload)[last] == rest[name]
    assert not any("state" in payload["data"] for payload in (wrong, made.payload) if removals)
    other = "data.state-enum-homoglyph"
    with pytest.raises(OverrideError, match=re.escape(f"{other}: ")):
        build(**overrides, fault=other)


def test_a_live_faker_makes_the_names_and_keeps_its_own_sequence() -> None:
    fake = faker.Faker("ja_JP")
    fake.seed_instance(1)
    expected = [fake.name() for _ in range(3)]
    fake.seed_instance(1)
    found = [fake.name()]
    payload = build(faker=fake, kombo_seed=1)
    found += [fake.name(), fake.name()]
    assert found == expected
    assert not payload["data"]["end_user"]["organization_name"].isascii()
    assert build(faker=fake, kombo_seed=1) == payload
    SCHEMA.validate(payload)


def test_a_faker_of_several_locales_gives_names_of_each() -> None:
    fake = faker.Faker(["ja_JP", "en_US"])
    batch = IntegrationStateChangedFactory.build_batch(40, faker=fake, kombo_seed=1)
    ascii_only = {p["data"]["end_user"]["organization_name"].isascii() for p in batch}
    assert ascii_only == {True, False}


def test_the_provider_follows_the_seed_and_the_locale_of_its_faker() -> None:
    fake = faker.Faker("de_DE")
    fake.add_provider(kombo_fakes.KomboProvider)
    fake.seed_instance(7)
    first = fake.kombo_payload()
    fake.seed_instance(7)
    assert fake.kombo_payload() == first
    SCHEMA.validate(first)
    assert fake.kombo_tool("LMS") in TOOLS["LMS"]
    assert fake.kombo_integration_id("personio").startswith("personio:")
    with pytest.raises(UnknownNameError) as caught:
        fake.kombo_tools("HRSI")
    assert str(caught.value) == snapshot("unknown category 'HRSI'; did you mean 'HRIS'?")


def test_building_neither_reads_nor_changes_the_global_random_state() -> None:
    random.seed(1)
    before = random.getstate()
    factory_state = factory.random.get_random_state()
    first = build(kombo_seed=1)
    assert random.getstate() == before
    assert factory.random.get_random_state() == factory_state
    random.seed(2)
    assert build(kombo_seed=1) == first


def test_a_factory_of_any_schema_builds_optional_and_nullable_parts() -> None:
    schema = Schema.load(
        {
            "title": "Job",
            "type": "object",
            "required": ["name", "location"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "note": {"type": "string"},
                "location": {
                    "type": "object",
                    "nullable": True,
                    "required": ["city"],
                    "properties": {"city": {"type": "string"}, "zip": {"type": "string"}},
                    "additionalProperties": False,
                },
            },
        }
    )
    jobs = factory_for(schema)
    batch = jobs.build_batch(60, kombo_seed=1)
    for job in batch:
        schema.validate(job)
    assert {job["location"] is None for job in batch} == {True, False}
    assert {"note" in job for job in batch} == {True, False}
    for seed in range(20):
        assert jobs.build(location__city="Bonn", kombo_seed=seed)["location"]["city"] == "Bonn"
        assert "note" not in jobs.build(note=OMIT, kombo_seed=seed)
        assert jobs.build(note="x", kombo_seed=seed)["note"] == "x"


def test_an_object_that_replaces_another_by_mistake_is_an_error_with_a_hint() -> None:
    with pytest.raises(OverrideError) as caught:
        IntegrationStateChangedFactory.build(data__end_user={"origin_id": "1"})
    assert str(caught.value) == snapshot(
        "IntegrationStateChangedFactory: the schema rejects the overrides: /data/end_user: required: property 'organization_name' is missing; /data/end_user: required: property 'creator_email' is missing (data__end_user= replaces the whole object; to set only a field in it, pass data__end_user__origin_id=)"
    )


def test_factory_for_an_event_is_the_public_class() -> None:
    assert factory_for("integration-state-changed") is IntegrationStateChangedFactory


def test_a_schema_without_objects_has_no_factory() -> None:
    with pytest.raises(OverrideError) as caught:
        factory_for({"type": "string"})
    assert str(caught.value) == snapshot(
        "the schema: a factory builds objects, and this schema does not describe one"
    )
