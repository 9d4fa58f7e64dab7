"""Realistic payloads: they agree with themselves, and a pinned value changes only what it must."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import find, settings
from inline_snapshot import snapshot

from kombo_fakes import Schema, SchemaError, events, payloads
from kombo_fakes.core.choices import BASE58, SeededChoices, seed_for
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.webhooks.fields import sources_of
from kombo_fakes.webhooks.hr_tools import TOOLS
from kombo_fakes.webhooks.names import slugify
from kombo_fakes.webhooks.pools.stored import load_pools

EVENT = "integration-state-changed"
SCHEMA = Schema.load(EVENT)
GENERATOR = generator_for(SCHEMA)
SERVES = {
    tool: {c for c, tools in TOOLS.items() if tool in tools}
    for tools in TOOLS.values()
    for tool in tools
}


def generated(count: int, **arguments: Any) -> list[Any]:
    """Make some payloads of the default event."""
    return [
        GENERATOR.generate(SeededChoices(seed_for(EVENT, 0, index)), **arguments)
        for index in range(count)
    ]


def check_coherent(payload: Any) -> None:
    """Fail where one part of a payload contradicts another."""
    data, end_user = payload["data"], payload["data"]["end_user"]
    assert re.fullmatch(f"[{BASE58}]{{24}}", payload["id"])
    tool, token = data["integration_id"].split(":")
    assert tool == data["integration_tool"]
    assert data["integration_category"] in SERVES[tool]
    assert re.fullmatch(f"[{BASE58}]{{24}}", token)
    if end_user["creator_email"] is not None:
        local, domain = end_user["creator_email"].split("@")
        assert re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", local)
        assert domain == slugify(end_user["organization_name"])[:50].strip("-") + ".example"
    assert re.fullmatch(
        r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z", data["updated_at"]
    )
    assert (data["setup_status"] == "COMPLETED") or data["qa_status"] == "PENDING"


def test_generated_payloads_agree_with_themselves_and_are_valid_for_two_validators(
    judges: Any,
) -> None:
    judge = judges(SCHEMA.effective)
    for payload in generated(800):
        check_coherent(payload)
        assert judge.accept(payload)


def test_drawn_and_shrunk_payloads_agree_with_themselves(drawn: Any) -> None:
    for payload in drawn(payloads(values="realistic"), 300):
        check_coherent(payload)
    found = find(
        payloads(values="realistic"),
        lambda p: p["data"]["integration_category"] == "ATS",
        settings=settings(database=None, derandomize=True, max_examples=100),
    )
    check_coherent(found)


def test_all_tools_categories_and_statuses_occur_and_ids_are_unique() -> None:
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
def test_a_pinned_value_changes_only_what_has_to_agree_with_it(pin: str) -> None:
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
def test_a_pin_may_be_any_value(pins: dict[str, Any], expected: dict[str, Any]) -> None:
    for payload in generated(40, pins={("data", name): value for name, value in pins.items()}):
        for name, value in expected.items():
            assert payload["data"][name] == value


@pytest.mark.parametrize("organization", ["", "\u682a\u5f0f\u4f1a\u793e", "-" * 80, "a" * 500, 5])
def test_any_organisation_gives_a_valid_address(organization: Any) -> None:
    for payload in generated(40, pins={("data", "end_user", "organization_name"): organization}):
        address = payload["data"]["end_user"]["creator_email"]
        assert address is None or re.fullmatch(
            r"[a-z0-9.-]{1,64}@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.example", address
        )


# -- determinism


def test_a_payload_depends_on_its_seed_only() -> None:
    random.seed(1)
    before = random.getstate()
    forwards = generated(20)
    backwards = [
        GENERATOR.generate(SeededChoices(seed_for(EVENT, 0, index)))
        for index in reversed(range(20))
    ]
    assert forwards == backwards[::-1]
    assert random.getstate() == before


@pytest.mark.parametrize("event", events())
def test_an_equal_schema_gives_the_same_payloads(event: str) -> None:
    again = generator_for(Schema(Schema.load(event).published, source=event))
    for seed in range(5):
        assert json.dumps(again.generate(SeededChoices(seed))) == json.dumps(
            generator_for(Schema.load(event)).generate(SeededChoices(seed))
        )


def test_different_parts_give_different_seeds() -> None:
    seeds = [
        seed_for("a", 1), seed_for("a", "1"), seed_for("a1"), seed_for("a", 11), seed_for("a1", 1),
        seed_for("a", 1, 1), seed_for(), seed_for(""), seed_for("", ""), seed_for("\ud800"),
    ]  # fmt: skip
    assert seed_for("a", 1) == seed_for("a", "1")
    assert len(set(seeds)) == len(seeds) - 2
    assert all(0 <= seed < 2**128 for seed in seeds)


# -- any schema


VOCABULARY: dict[str, Any] = {
    "string": {"type": "string", "minLength": 50, "maxLength": 60},
    "one character": {"type": "string", "maxLength": 1},
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
    "known names of another shape": {"type": "object", "required": ["first_name", "email", "end_user"],
        "properties": {"first_name": {"type": "integer"}, "email": {"type": "string",
        "maxLength": 3}, "end_user": {"type": "object", "required": ["creator_email"],
        "properties": {"creator_email": {"type": "array", "minItems": 1}}}}},
    "known names": {"type": "object", "required": ["first_name", "email", "phone"], "properties": {
        "first_name": {"type": "string"}, "email": {"type": "string", "format": "email"},
        "phone": {"type": ["string", "null"]}}},
    "anything": {},
    "draft 7": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "array",
                "items": [{"type": "boolean"}, {"type": "string", "format": "date"}],
                "minItems": 2, "additionalItems": False},
}  # fmt: skip


@pytest.mark.parametrize("name", VOCABULARY)
def test_realistic_payloads_of_any_schema_are_valid_and_short(
    name: str, judges: Any, drawn: Any
) -> None:
    schema = Schema.load(VOCABULARY[name])
    judge = judges(schema.effective)
    made = [generator_for(schema).generate(SeededChoices(seed)) for seed in range(80)]
    # Hypothesis repeats what it drew, more often than choices do.
    made += drawn(payloads(schema, values="realistic"), 80)
    for payload in made:
        assert judge.first.is_valid(payload), payload
        assert judge.second.is_valid(payload), payload
        assert len(json.dumps(payload)) < 5_000


def test_known_fields_are_realistic_in_any_schema() -> None:
    schema = Schema.load(VOCABULARY["known names"])
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


def test_fields_with_common_names_agree_within_an_object(judges: Any) -> None:
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


def test_the_schema_goes_before_common_names() -> None:
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


def test_common_names_do_not_apply_to_events() -> None:
    for event in events():
        for name in ("city", "title", "description", "url", "currency"):
            assert sources_of(event).of(("data", name, "of", name)) is None
    assert sources_of("mine").of(("data", "city")) is not None


def test_a_string_of_several_patterns_is_made_without_trying() -> None:
    needle = {"type": "string", "minLength": 5, "maxLength": 5, "allOf": [{"pattern": "q"},
        {"pattern": "z"}, {"pattern": "7"}]}  # fmt: skip
    made = generator_for(Schema(needle)).generate(SeededChoices(0))
    assert len(made) == 5
    assert {"q", "z", "7"} <= set(made)


def test_an_unreachable_value_is_an_error_that_names_the_field() -> None:
    needle = {"type": "object", "required": ["a"], "properties": {"a": {
        "type": "string", "format": "date", "pattern": "^0000"}}}  # fmt: skip
    with pytest.raises(SchemaError) as error:
        generator_for(Schema(needle)).generate(SeededChoices(0))
    assert str(error.value) == snapshot(
        "the schema: /a: no realistic string satisfies the schema; use values='any' (on the command line: --values any)"
    )
