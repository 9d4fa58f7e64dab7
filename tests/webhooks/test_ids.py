"""Ids as Kombo writes them: 24 characters of base 58, in whatever makes realistic payloads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import faker
import pytest

import kombo_fakes
from kombo_fakes import Schema, events, factory_for, generate, ndjson, payloads, stories

ID = re.compile("[1-9A-HJ-NP-Za-km-z]{24}")
OF_INTEGRATION = re.compile("[a-z0-9]+:[1-9A-HJ-NP-Za-km-z]{24}")
# What these fields show are ids of a customer or of a connected tool.
FOREIGN = {"remote_id", "origin_id", "package_id"}


def ids_in(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every id of Kombo in a payload, with the name of its field."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ids_in(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item, name)
    elif isinstance(value, str) and (name == "id" or name.endswith("_id")) and name not in FOREIGN:
        yield name, value


def check(payload: Any) -> int:
    found = list(ids_in(payload))
    for name, value in found:
        assert ID.fullmatch(value) or OF_INTEGRATION.fullmatch(value), (name, value)
    assert ID.fullmatch(payload["id"])
    return len(found)


@pytest.mark.parametrize("event", events())
def test_ids_of_every_event_are_those_of_kombo(event: str, drawn: Any) -> None:
    made = [one.payload for one in generate(event, 40)]
    made += factory_for(event).build_batch(10)
    made += drawn(payloads(event, values="realistic"), 10)
    assert sum(map(check, made)) >= len(made)


def test_ids_of_many_payloads_are_those_of_kombo_and_unique() -> None:
    made = [json.loads(line) for lines in ndjson(n=5_000) for line in lines.splitlines()]
    assert all(check(payload) == 2 for payload in made)
    assert len({payload["id"] for payload in made}) == len(made) == 5_000
    characters = {character for payload in made for character in payload["id"]}
    assert len(characters) == 58


def test_ids_of_stories_and_timelines_are_those_of_kombo(drawn: Any) -> None:
    for story in drawn(stories(), 10):
        assert all(map(check, story))
    (timeline,) = drawn(kombo_fakes.timelines(secret="s"), 1)
    for delivery in timeline.deliveries:
        check(json.loads(delivery.body))


def test_a_faker_makes_ids_of_kombo() -> None:
    fake = faker.Faker()
    fake.add_provider(kombo_fakes.KomboProvider)
    assert ID.fullmatch(fake.kombo_id())
    assert OF_INTEGRATION.fullmatch(fake.kombo_integration_id())


def test_a_schema_that_knows_ids_shows_them_in_any_number_of_payloads() -> None:
    pattern = "^[a-z0-9]+:[1-9A-HJ-NP-Za-km-z]{24}$"
    document = {
        "type": "object",
        "required": ["integration_id"],
        "properties": {"integration_id": {"type": "string", "pattern": pattern}},
    }
    made = [json.loads(line) for lines in ndjson(document, n=3_000) for line in lines.splitlines()]
    assert all(map(Schema.load(document).is_valid, made))
    assert all(OF_INTEGRATION.fullmatch(payload["integration_id"]) for payload in made)
    assert len({payload["integration_id"] for payload in made}) == 3_000
