"""The factories: overrides, traits, seeds, coherence, errors."""

from __future__ import annotations

import random
import re

import factory.random
import faker
import pytest

import kombo_fakes
from kombo_fakes import OMIT, IntegrationStateChangedFactory, OverrideError, UnknownNameError
from kombo_fakes.generation.factories.by_event import factory_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.names import slugify
from kombo_fakes.webhooks.tools import TOOLS

SCHEMA = Schema.load()
build = IntegrationStateChangedFactory.build


def test_builds_plain_dicts_that_the_schema_allows() -> None:
    """Five hundred payloads are valid, and made of plain Python objects."""
    for payload in IntegrationStateChangedFactory.build_batch(500):
        SCHEMA.validate(payload)
        assert type(payload) is dict
        assert type(payload["data"]) is dict
        assert type(payload["data"]["state"]) is str


def test_keeps_the_order_of_the_schema() -> None:
    """Overrides don't move their fields to the front."""
    payload = build(data__updated_at="2021-09-01T12:00:00.000Z", data__end_user__origin_id="1")
    assert list(payload) == list(SCHEMA.effective["properties"])
    assert list(payload["data"]) == list(SCHEMA.effective["properties"]["data"]["properties"])


def test_two_calls_differ_and_a_seed_repeats() -> None:
    """Without a seed each call gives the next payload; with one always the same."""
    assert build() != build()
    assert build(kombo_seed=3) == build(kombo_seed=3)
    assert build(kombo_seed=3) != build(kombo_seed=4)


def test_a_seeded_batch_repeats_and_its_payloads_differ() -> None:
    """A batch with a seed is the same each time, and no two of it are equal."""
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
def test_traits(trait: str, path: tuple[str, ...], value: str | None) -> None:
    """A trait sets what its name says, in every payload."""
    for payload in IntegrationStateChangedFactory.build_batch(30, **{trait: True}):
        found = payload["data"]
        for part in path:
            found = found[part]
        assert found == value


def test_identified_is_never_null() -> None:
    """With the trait `identified` neither field of the end user is null."""
    for payload in IntegrationStateChangedFactory.build_batch(50, identified=True):
        assert None not in payload["data"]["end_user"].values()


def test_what_is_not_overridden_agrees_with_what_is() -> None:
    """Tool, id and category agree, whichever of them is given."""
    for tool in ("udemy", "personio", "greenhouse"):
        data = build(data__integration_tool=tool)["data"]
        assert data["integration_id"].startswith(f"{tool}:")
        assert tool in TOOLS[data["integration_category"]]
    for category, tools in TOOLS.items():
        assert build(data__integration_category=category)["data"]["integration_tool"] in tools
    assert build(data__integration_id="hibob:abc")["data"]["integration_tool"] == "hibob"


def test_the_address_fits_the_organisation() -> None:
    """The domain of the creator's address is the organisation's, as a reserved domain."""
    for payload in IntegrationStateChangedFactory.build_batch(50):
        end_user = payload["data"]["end_user"]
        if end_user["creator_email"] is not None:
            domain = end_user["creator_email"].split("@")[1]
            expected = slugify(end_user["organization_name"])[:50].strip("-")
            assert domain == f"{expected}.example"


def test_an_override_leaves_unrelated_fields_alone() -> None:
    """Changing the state changes neither id nor end user."""
    plain = build(kombo_seed=5)
    changed = build(kombo_seed=5, data__state="INVALID")
    assert changed["id"] == plain["id"]
    assert changed["data"]["end_user"] == plain["data"]["end_user"]
    assert changed["data"]["integration_id"] == plain["data"]["integration_id"]


def test_an_override_equal_to_the_default_is_kept() -> None:
    """What was asked for stays, also where another override makes the rest move."""
    for seed in range(40):
        state = build(kombo_seed=seed)["data"]["state"]
        data = build(kombo_seed=seed, data__state=state, data__qa_status="FAILED")["data"]
        assert (data["state"], data["qa_status"]) == (state, "FAILED")


def test_declarations_of_factory_boy_work_as_overrides() -> None:
    """LazyAttribute, Sequence and Iterator are evaluated, and see the other fields."""
    payload = build(id=factory.LazyAttribute(lambda own: "event-" + own.data["integration_id"]))
    assert payload["id"] == "event-" + payload["data"]["integration_id"]
    states = factory.Iterator(["ACTIVE", "INVALID"])
    batch = IntegrationStateChangedFactory.build_batch(2, data__state=states)
    assert [payload["data"]["state"] for payload in batch] == ["ACTIVE", "INVALID"]


def test_a_subclass_can_set_fields_and_add_traits() -> None:
    """Inheritance works as in any factory."""

    class Broken(IntegrationStateChangedFactory):
        data__state = "INVALID"

        class Params:
            big = factory.Trait(data__end_user__organization_name="Big Corp")

    data = Broken.build(big=True, qa_failed=True)["data"]
    assert (data["state"], data["qa_status"]) == ("INVALID", "FAILED")
    assert data["end_user"]["organization_name"] == "Big Corp"
    assert Broken.build(data__state="ACTIVE")["data"]["state"] == "ACTIVE"


def test_works_as_a_sub_factory() -> None:
    """A payload can be a field of somebody else's factory."""

    class Envelope(factory.DictFactory):
        body = factory.SubFactory(IntegrationStateChangedFactory, data__state="INVALID")

    assert Envelope.build()["body"]["data"]["state"] == "INVALID"
    assert Envelope.build(body__data__state="ACTIVE")["body"]["data"]["state"] == "ACTIVE"


def test_a_whole_object_can_be_given() -> None:
    """A dict replaces the object, and is taken as it is."""
    end_user = {"organization_name": "X", "creator_email": None, "origin_id": None}
    assert build(data__end_user=end_user)["data"]["end_user"] == end_user


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        ({"data__stat": "X"}, "did you mean 'data__state'?"),
        ({"dta": 1}, "did you mean 'data'?"),
        ({"actve": True}, "did you mean 'active'?"),
        ({"data__end_usr__origin_id": "1"}, "did you mean 'data__end_user__origin_id'?"),
        ({"data__state__x": "1"}, "unknown field or trait 'data__state__x'"),
        ({"kombo_sed": 1}, "did you mean 'kombo_seed'?"),
        ({"fault": "data.state-enum-lowercas"}, "did you mean 'data.state-enum-lowercase'?"),
    ],
)
def test_a_misspelt_name_is_an_error(overrides: dict[str, object], hint: str) -> None:
    """A name that doesn't exist is refused, with the nearest that does."""
    with pytest.raises(UnknownNameError, match=re.escape(hint)):
        build(**overrides)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"data__state": "active"}, "/data/state: enum: 'active' is none of"),
        ({"id": 3}, "/id: type: expected string, got 3"),
        ({"data": {}}, "/data: required: property 'integration_tool' is missing"),
        ({"data__state": OMIT}, "/data: required: property 'state' is missing"),
        (
            {"data__updated_at": "2021-09-01"},
            "/data/updated_at: format: '2021-09-01' is no date-time",
        ),
    ],
)
def test_a_value_that_the_schema_refuses_is_an_error(
    overrides: dict[str, object], message: str
) -> None:
    """A wrong value is refused with its place, never a silently wrong payload."""
    with pytest.raises(OverrideError, match=re.escape(message)):
        build(**overrides)


def test_wrong_on_purpose_by_fault_id() -> None:
    """Every fault of the catalogue can be asked for, whatever else the payload is like."""
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
def test_ones_own_wrong_value_can_be_the_fault(overrides: dict[str, object], fault: str) -> None:
    """The error names the fault that it is, and asked for, that one has it: as `generate` does."""
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


def test_a_live_faker_makes_the_names_and_is_left_as_it_was() -> None:
    """Names come from the given locale; the Faker's own sequence goes on undisturbed."""
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


def test_several_locales_at_once() -> None:
    """A Faker of several locales gives names of each."""
    fake = faker.Faker(["ja_JP", "en_US"])
    batch = IntegrationStateChangedFactory.build_batch(40, faker=fake, kombo_seed=1)
    ascii_only = {p["data"]["end_user"]["organization_name"].isascii() for p in batch}
    assert ascii_only == {True, False}


def test_the_provider_works_in_anybodys_faker() -> None:
    """The provider follows the seed and the locale of the Faker that it is added to."""
    fake = faker.Faker("de_DE")
    fake.add_provider(kombo_fakes.KomboProvider)
    fake.seed_instance(7)
    first = fake.kombo_payload()
    fake.seed_instance(7)
    assert fake.kombo_payload() == first
    SCHEMA.validate(first)
    assert fake.kombo_tool("LMS") in TOOLS["LMS"]
    assert fake.kombo_integration_id("personio").startswith("personio:")
    with pytest.raises(UnknownNameError, match="did you mean 'HRIS'"):
        fake.kombo_tools("HRSI")


def test_global_random_state_is_neither_read_nor_changed() -> None:
    """Building changes nothing for others, and others change nothing for it."""
    random.seed(1)
    before = random.getstate()
    factory_state = factory.random.get_random_state()
    first = build(kombo_seed=1)
    assert random.getstate() == before
    assert factory.random.get_random_state() == factory_state
    random.seed(2)
    assert build(kombo_seed=1) == first


def test_factory_for_another_schema() -> None:
    """A factory is derived from any schema of objects, optional and nullable parts included."""
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


def test_factory_for_the_event_is_the_hand_made_one() -> None:
    """The event that has a factory of its own gets that one."""
    assert factory_for("integration-state-changed") is IntegrationStateChangedFactory


def test_a_schema_without_objects_has_no_factory() -> None:
    """A schema of strings is told to have none."""
    with pytest.raises(OverrideError, match="a factory builds objects"):
        factory_for({"type": "string"})
