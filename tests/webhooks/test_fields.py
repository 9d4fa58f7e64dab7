"""Realistic payloads: coherent in themselves, pinned without side effects, the same for ever."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import find, settings

from kombo_fakes import Schema, SchemaError, events, generate, payloads
from kombo_fakes.core.choices import BASE62, SeededChoices, seed_for
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.webhooks.fields import sources_of
from kombo_fakes.webhooks.moments import timestamp
from kombo_fakes.webhooks.names import POOLED, slugify
from kombo_fakes.webhooks.pools.stored import load_pools
from kombo_fakes.webhooks.tools import TOOLS

EVENT = "integration-state-changed"
SCHEMA = Schema.load(EVENT)
PORTRAIT = generator_for(SCHEMA)
SERVES = {
    tool: {c for c, tools in TOOLS.items() if tool in tools}
    for tools in TOOLS.values()
    for tool in tools
}


def generated(count: int, **arguments: Any) -> list[Any]:
    """Some payloads of the default event."""
    return [
        PORTRAIT.generate(SeededChoices(seed_for(EVENT, 0, index)), **arguments)
        for index in range(count)
    ]


def check_coherent(payload: Any) -> None:
    """Fail where one part of a payload contradicts another."""
    data, end_user = payload["data"], payload["data"]["end_user"]
    assert re.fullmatch(f"[{BASE62}]{{24}}", payload["id"])
    tool, token = data["integration_id"].split(":")
    assert tool == data["integration_tool"]
    assert data["integration_category"] in SERVES[tool]
    assert re.fullmatch(f"[{BASE62}]{{24}}", token)
    if end_user["creator_email"] is not None:
        local, domain = end_user["creator_email"].split("@")
        assert re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", local)
        assert domain == slugify(end_user["organization_name"])[:50].strip("-") + ".example"
    assert re.fullmatch(
        r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z", data["updated_at"]
    )
    assert (data["setup_status"] == "COMPLETED") or data["qa_status"] == "PENDING"


def test_painted_payloads_agree_with_themselves(judges: Any) -> None:
    """The id begins with the tool, the tool serves the category, the address fits, and all are
    valid before two judges."""
    judge = judges(SCHEMA.effective)
    for payload in generated(800):
        check_coherent(payload)
        assert judge.accept(payload)


def test_drawn_payloads_agree_with_themselves(drawn: Any) -> None:
    """The same where Hypothesis rolls the choices, after shrinking, too."""
    for payload in drawn(payloads(values="realistic"), 300):
        check_coherent(payload)
    found = find(
        payloads(values="realistic"),
        lambda p: p["data"]["integration_category"] == "ATS",
        settings=settings(database=None, derandomize=True),
    )
    check_coherent(found)


def test_values_spread() -> None:
    """Every tool, category, state and kind of origin occurs, and no id twice."""
    made = generated(4_000)
    data = [payload["data"] for payload in made]
    assert {d["integration_tool"] for d in data} == set(SERVES)
    assert {d["integration_category"] for d in data} == set(TOOLS)
    for name in ("state", "qa_status", "setup_status"):
        options = SCHEMA.effective["properties"]["data"]["properties"][name]["enum"]
        assert {d[name] for d in data} == set(options)
    assert len({d["integration_id"] for d in data}) == len(made)
    assert len({d["updated_at"][:10] for d in data}) > 1_000
    origins = Counter(
        None if d["end_user"]["origin_id"] is None else len(d["end_user"]["origin_id"])
        for d in data
    )
    assert len(origins) > 5
    assert any(not name.isascii() for name in load_pools().organizations)
    assert any(not d["end_user"]["organization_name"].isascii() for d in data)


# -- pins


PINS: dict[str, tuple[str, Any, set[str]]] = {
    "tool": (
        "data.integration_tool", "factorial",
        {"data.integration_tool", "data.integration_id", "data.integration_category"},
    ),
    "category": (
        "data.integration_category", "LMS",
        {"data.integration_tool", "data.integration_id", "data.integration_category"},
    ),
    "id": (
        "data.integration_id", "lever:abc",
        {"data.integration_tool", "data.integration_id", "data.integration_category"},
    ),
    "organisation": (
        "data.end_user.organization_name", "M\u00fcller & S\u00f6hne",
        {
            "data.end_user.organization_name", "data.end_user.creator_email",
            "data.end_user.origin_id",
        },
    ),
    "address": (
        "data.end_user.creator_email", "a@b.example", {"data.end_user.creator_email"},
    ),
    "state": ("data.state", "INACTIVE", {"data.state", "data.qa_status", "data.setup_status"}),
    "setup": (
        "data.setup_status", "INCOMPLETE", {"data.state", "data.qa_status", "data.setup_status"},
    ),
}  # fmt: skip


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every single value by its dotted name."""
    if not isinstance(value, dict):
        return {".".join(path): value}
    return {n: v for key, item in value.items() for n, v in leaves(item, (*path, key)).items()}


@pytest.mark.parametrize("pin", PINS)
def test_what_is_pinned_changes_only_what_has_to_agree(pin: str) -> None:
    """The rest of the payload is what it was without the pin."""
    name, value, related = PINS[pin]
    pinned = generated(200, pins={tuple(name.split(".")): value})
    for before, after in zip(map(leaves, generated(200)), map(leaves, pinned), strict=True):
        assert {n for n in before if before[n] != after[n]} <= related
        assert after[name] == value
        if name not in ("data.end_user.creator_email", "data.integration_id"):
            check_coherent_leaves(after)


def check_coherent_leaves(after: dict[str, Any]) -> None:
    """Fail where the related fields contradict each other."""
    tool = after["data.integration_tool"]
    assert after["data.integration_id"].startswith(f"{tool}:")
    assert after["data.integration_category"] in SERVES[tool]
    mail = after["data.end_user.creator_email"]
    assert mail is None or mail.endswith(
        "@" + slugify(after["data.end_user.organization_name"])[:50].strip("-") + ".example"
    )


@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        ({"integration_id": "lever:abc"}, {"integration_tool": "lever"}),
        ({"integration_id": "no colon"}, {"integration_id": "no colon"}),
        ({"integration_tool": "unheard-of"}, {"integration_tool": "unheard-of"}),
        (
            {"integration_tool": "moodle", "integration_category": "ATS"},
            {"integration_tool": "moodle", "integration_category": "ATS"},
        ),
        ({"integration_tool": 5, "integration_category": None}, {}),
        ({"integration_tool": ["a"], "integration_id": None}, {}),
        ({"state": "nonsense"}, {}),
    ],
)
def test_pins_of_any_kind(pins: dict[str, Any], expected: dict[str, Any]) -> None:
    """A caller's value is believed, and one that makes no sense stops nothing."""
    for payload in generated(40, pins={("data", name): value for name, value in pins.items()}):
        for name, value in expected.items():
            assert payload["data"][name] == value


@pytest.mark.parametrize("organization", ["", "\u682a\u5f0f\u4f1a\u793e", "-" * 80, "a" * 500, 5])
def test_any_organisation_gives_a_good_address(organization: Any) -> None:
    """Also one whose name has no letter that can stand in a host name."""
    for payload in generated(40, pins={("data", "end_user", "organization_name"): organization}):
        address = payload["data"]["end_user"]["creator_email"]
        assert address is None or re.fullmatch(
            r"[a-z0-9.-]{1,64}@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.example", address
        )


# -- determinism


def test_dice_that_rolled_before_do_not_matter() -> None:
    """A payload depends on its own seed only, and on no global state."""
    random.seed(1)
    before = random.getstate()
    forwards = generated(20)
    backwards = [
        PORTRAIT.generate(SeededChoices(seed_for(EVENT, 0, index))) for index in reversed(range(20))
    ]
    assert forwards == backwards[::-1]
    assert random.getstate() == before


@pytest.mark.parametrize("event", events())
def test_painting_is_the_same_for_an_equal_schema(event: str) -> None:
    """A schema that was read anew is generated alike."""
    again = generator_for(Schema(Schema.load(event).published, source=event))
    for seed in range(5):
        assert json.dumps(again.generate(SeededChoices(seed))) == json.dumps(
            generator_for(Schema.load(event)).generate(SeededChoices(seed))
        )


def test_seeds_are_far_apart() -> None:
    """Whatever names a thing gives another seed, also where texts run into each other."""
    seeds = [
        seed_for("a", 1), seed_for("a", "1"), seed_for("a1"), seed_for("a", 11), seed_for("a1", 1),
        seed_for("a", 1, 1), seed_for(), seed_for(""), seed_for("", ""), seed_for("\ud800"),
    ]  # fmt: skip
    assert seed_for("a", 1) == seed_for("a", "1")
    assert len(set(seeds)) == len(seeds) - 2
    assert all(0 <= seed < 2**128 for seed in seeds)


# -- any schema


VOCABULARY: dict[str, Any] = {
    "text": {"type": "string", "minLength": 50, "maxLength": 60},
    "one letter": {"type": "string", "maxLength": 1},
    "pattern": {"type": "string", "pattern": r"^[A-Z]{3}-\d{4}(-[a-z]+)?$"},
    "unanchored": {"type": "string", "pattern": "[0-9]", "maxLength": 4},
    "number": {"type": "number", "minimum": 0.5, "maximum": 0.7},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 1},
    "huge": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "negative": {"type": "integer", "maximum": -5},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    "patterns": {"type": "object", "patternProperties": {"^x-[a-z]+$": {"type": "string"}},
                 "additionalProperties": False, "minProperties": 1},
    "distinct": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True,
                 "minItems": 3},
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 100},
                 "minContains": 2},
    "tree": {"type": "object", "required": ["name"], "additionalProperties": False, "properties": {
        "name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}}},
    "any of": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]},
    "one of": {"type": "integer", "oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]},
    "if": {"type": "object", "required": ["k"], "properties": {"k": {"enum": ["a", "b"]}},
           "if": {"properties": {"k": {"const": "a"}}}, "then": {"required": ["x"]}},
    "looks of another shape": {"type": "object", "required": ["first_name", "email", "end_user"],
        "properties": {"first_name": {"type": "integer"}, "email": {"type": "string",
        "maxLength": 3}, "end_user": {"type": "object", "required": ["creator_email"],
        "properties": {"creator_email": {"type": "array", "minItems": 1}}}}},
    "looks": {"type": "object", "required": ["first_name", "email", "phone"], "properties": {
        "first_name": {"type": "string"}, "email": {"type": "string", "format": "email"},
        "phone": {"type": ["string", "null"]}}},
    "anything": {},
    "draft 7": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "array",
                "items": [{"type": "boolean"}, {"type": "string", "format": "date"}],
                "minItems": 2, "additionalItems": False},
}  # fmt: skip


@pytest.mark.parametrize("name", VOCABULARY)
def test_any_schema_can_be_painted(name: str, judges: Any, drawn: Any) -> None:
    """Valid before two judges, seeded or drawn, and short enough to read."""
    schema = Schema.load(VOCABULARY[name])
    judge = judges(schema.effective)
    made = [generator_for(schema).generate(SeededChoices(seed)) for seed in range(80)]
    # Hypothesis repeats what it drew, more often than choices do.
    made += drawn(payloads(schema, values="realistic"), 80)
    for payload in made:
        assert judge.first.is_valid(payload), payload
        assert name == "cents" or judge.second.is_valid(payload), payload
        assert len(json.dumps(payload)) < 5_000


def test_known_fields_look_real_in_any_schema() -> None:
    """A first name is one, in whatever document it stands."""
    schema = Schema.load(VOCABULARY["looks"])
    for seed in range(30):
        payload = generator_for(schema).generate(SeededChoices(seed))
        assert payload["first_name"] in {first for first, _ in load_pools().people}
        assert payload["email"].startswith(slugify(payload["first_name"]))
        assert payload["phone"] is None or payload["phone"].startswith("+1 202 555 01")
    assert sources_of("anything").of(("a", "b")) is None


ADDRESSES = {"type": "object", "required": ["shops"], "properties": {"shops": {
    "type": "array", "minItems": 3, "items": {
        "type": "object",
        "required": ["city", "street", "zip_code", "country", "url", "title", "description",
                     "currency", "company"],
        "properties": {
            "city": {"type": "string"}, "street": {"type": "string"},
            "zip_code": {"type": "string"},
            "country": {"type": ["string", "null"]}, "url": {"type": "string", "format": "uri"},
            "title": {"type": "string", "minLength": 1}, "description": {"type": "string"},
            "currency": {"enum": ["USD", "EUR", "none"]},
            "company": {"type": "object", "required": ["name"],
                        "properties": {"name": {"type": "string"}}}}}}}}  # fmt: skip


def test_fields_of_common_names_look_real_in_any_schema(judges: Any) -> None:
    """From the pools, those of one object together, and each object its own."""
    schema = Schema.load(ADDRESSES)
    cities, currencies = set(), set()
    for seed in range(30):
        payload = generator_for(schema).generate(SeededChoices(seed))
        assert judges(schema.effective).accept(payload)
        for shop in payload["shops"]:
            places = [p for p in load_pools().places if p[:2] == (shop["street"], shop["city"])]
            assert shop["zip_code"] in {place[3] for place in places}
            assert shop["country"] in {None, *(place[4] for place in places)}
            assert shop["url"].startswith("https://www.example.com/")
            assert shop["title"] in load_pools().jobs
            assert shop["description"] in load_pools().sentences
            assert shop["company"]["name"] in load_pools().organizations
            currencies.add(shop["currency"])
            cities.add(shop["city"])
    assert len(cities) > 20
    assert currencies >= {"USD", "EUR"}


def test_what_the_schema_says_goes_before_common_names() -> None:
    """A name alone decides only where a value of it fits."""
    document = {
        "type": "object",
        "required": ["city", "country", "title", "currency"],
        "properties": {
            "city": {"type": "integer"},
            "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
            "title": {"enum": ["MR", "MS"]},
            "currency": {"type": "string", "format": "uuid"},
        },
    }
    for seed in range(20):
        payload = generator_for(Schema.load(document)).generate(SeededChoices(seed))
        assert Schema.load(document).is_valid(payload)


def test_common_names_change_nothing_of_what_kombo_sends() -> None:
    """An event says itself what its fields look like."""
    for event in events():
        for name in ("city", "title", "description", "url", "currency"):
            assert sources_of(event).of(("data", name, "of", name)) is None
    assert sources_of("mine").of(("data", "city")) is not None


def test_what_cannot_be_painted_says_so() -> None:
    """After some tries, with the field and another way to get one."""
    needle = {"type": "object", "required": ["a"], "properties": {"a": {
        "type": "string", "minLength": 5, "maxLength": 5, "allOf": [{"pattern": "q"},
        {"pattern": "z"}, {"pattern": "7"}]}}}  # fmt: skip
    with pytest.raises(SchemaError, match="found no realistic value in 60 tries"):
        generator_for(Schema(needle)).generate(SeededChoices(0))


def test_every_group_of_facts_rolls_as_often_whatever_is_pinned() -> None:
    """So that a pin changes nothing that comes after it."""
    known = [
        {"tool": "lever"}, {"category": "LMS"}, {"organization": "X"}, {"state": "ACTIVE"},
        {"integration_id": "a:b"}, {"first_name": "Jo"}, {"job": "Cook"}, {"availability": "x"},
        {"issue_status": "RESOLVED"}, {"sync_seconds": 1e300}, {"creator_email": None},
    ]  # fmt: skip
    groups = {group for event in events() for group in sources_of(event).groups}
    for pins in known:
        for group in groups:
            free, bound = SeededChoices(5), SeededChoices(5)
            facts: dict[str, Any] = {}
            group.draw(free, POOLED, facts, {})
            group.draw(bound, POOLED, {}, dict(pins))
            assert free.token(8) == bound.token(8), (group.name, pins)
            assert set(facts) == set(group.facts), group.name


def test_timestamps_cut_what_is_below_a_millisecond() -> None:
    """UTC, three digits, and a Z."""
    from datetime import datetime, timezone

    assert timestamp(datetime(2021, 9, 1, 12, 0, 0, 999_999, timezone.utc)).endswith("00.999Z")


def agreeing(event: str, pins: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of some payloads in which fields are pinned."""
    overrides = {f"data.{name}": value for name, value in pins.items()}
    return [
        next(generate(event, overrides=overrides, seed=seed)).payload["data"] for seed in range(12)
    ]


POSTING = "ai-apply-job-posting-status-updated"


def test_instants_follow_one_that_is_pinned() -> None:
    """What comes later does, and what came before as well."""
    for data in agreeing(POSTING, {"created_at": "2030-01-01T00:00:00.000Z"}):
        assert "2030-01-01" < data["updated_at"] < "2030-05"
        assert data["archived_at"] in (None, data["updated_at"])
    for data in agreeing(POSTING, {"updated_at": "2019-06-01T00:00:00+02:00"}):
        assert "2019-02" < data["created_at"] < "2019-05-31T22:00:00.000Z"
        assert data["archived_at"] in (None, "2019-05-31T22:00:00.000Z")
    for data in agreeing("sync-finished", {"sync_started_at": "2030-01-01T00:00:00.250Z"}):
        assert "2030-01-01T00:00:00.250Z" <= data["sync_ended_at"] < "2030-01-01T02"
    for data in agreeing("sync-finished", {"sync_ended_at": "2019-06-01T02:00:00Z"}):
        assert "2019-06-01T00:2" < data["sync_started_at"] < "2019-06-01T02:00:00Z"
    both = {"sync_started_at": "2030-01-01T00:00:00-01:00", "sync_ended_at": "2030-01-01T01:01:30Z"}
    assert {data["sync_duration_seconds"] for data in agreeing("sync-finished", both)} == {90}


@pytest.mark.parametrize(
    "instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"]
)
def test_there_is_nothing_before_the_first_instant_and_after_the_last(instant: str) -> None:
    """Nor is anything known of the year 0, which is one of RFC 3339."""
    for event, name in (
        ("sync-finished", "sync_started_at"), ("sync-finished", "sync_ended_at"),
        (POSTING, "created_at"), (POSTING, "updated_at"), (POSTING, "archived_at"),
        ("issue-status-changed", "issue.first_observed_at"),
        ("issue-status-changed", "issue.resolved_at"),
    ):  # fmt: skip
        assert agreeing(event, {name: instant})


@pytest.mark.parametrize(
    ("pins", "availabilities"),
    [
        ({"archived_at": "2024-01-01T00:00:00.000Z"}, {"ARCHIVED"}),
        ({"archived_reason": "MANUAL_ARCHIVE"}, {"ARCHIVED"}),
        ({"archived_at": None}, {"APPLYABLE", "PENDING", "UNAVAILABLE"}),
        ({"availability": "ARCHIVED"}, {"ARCHIVED"}),
    ],
)
def test_what_is_archived_is_so_in_all_fields(pins: Any, availabilities: set[str]) -> None:
    for data in agreeing(POSTING, pins):
        assert data["availability"] in availabilities
        archived = data["availability"] == "ARCHIVED"
        assert (data["archived_at"] is not None) == archived
        assert (data["archived_reason"] is not None) == archived
        assert data["archived_at"] in (None, data["updated_at"])


def test_an_issue_is_resolved_in_all_fields() -> None:
    event = "issue-status-changed"
    for data in agreeing(event, {"issue.resolved_at": None}):
        assert (data["change"], data["issue"]["status"]) == ("raised", "OPEN")
    for data in agreeing(event, {"issue.resolved_at": "2030-06-01T00:00:00.000Z"}):
        assert (data["change"], data["issue"]["status"]) == ("resolved", "RESOLVED")
        assert "2030-05" < data["issue"]["first_observed_at"] < "2030-06"
    for data in agreeing(event, {"issue.first_observed_at": "2030-06-01T00:00:00.000Z"}):
        assert data["issue"]["resolved_at"] is None or data["issue"]["resolved_at"] > "2030-06-01"
