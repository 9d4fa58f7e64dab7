"""Corners are valid, named, complete and deterministic."""

from __future__ import annotations

import re

import pytest

from kombo_fakes import Schema
from kombo_fakes.catalogues.corners import corners
from kombo_fakes.core.pointer import get, parse_pointer, to_dotted

OWN = {
    "title": "Own",
    "type": "object",
    "required": ["name", "tags"],
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 10},
        "age": {"type": "integer", "minimum": 1, "maximum": 150},
        "score": {"type": "number"},
        "tags": {"type": "array", "items": {"enum": ["A.B", "A:B", "a:b", ""]}, "minItems": 1},
        "home": {"type": ["object", "null"], "properties": {"street": {"type": "string"}}},
        "day": {"type": "string", "format": "date"},
        "ok": {"type": "boolean"},
        "kids": {"type": "array", "items": {"$ref": "#"}},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.load()


@pytest.fixture(scope="module")
def own() -> Schema:
    return Schema.load(OWN)


@pytest.mark.parametrize("name", ["schema", "own"])
def test_corners_are_valid_and_their_ids_are_safe_file_names(request, name):
    schema = request.getfixturevalue(name)
    found = corners(schema)
    assert all(schema.is_valid(corner.payload) for corner in found)
    assert len({corner.id.casefold() for corner in found}) == len(found)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,220}", corner.id) for corner in found)
    assert all(corner.description for corner in found)


def test_the_same_seed_gives_the_same_corners(schema):
    assert corners(schema) == corners(schema)
    others = corners(schema, seed=1)
    assert [corner.id for corner in others] == [corner.id for corner in corners(schema)]
    assert others != corners(schema)


def test_every_enum_value_has_a_corner(schema):
    found = {corner.id: corner for corner in corners(schema)}
    for site in schema.sites():
        if site.keyword == "enum" and len(site.value) > 1:
            for value in site.value:
                corner = found[f"{to_dotted(parse_pointer(site.pointer))}-enum-{value}"]
                assert get(corner.payload, site.path) == value
                assert corner.pointer == site.pointer


def test_nulls_one_by_one_and_all_at_once(schema):
    found = {corner.id: corner.payload["data"]["end_user"] for corner in corners(schema)}
    assert found["data.end_user.creator_email-null"]["creator_email"] is None
    assert found["data.end_user.origin_id-null"]["origin_id"] is None
    assert found["nulls"]["creator_email"] is found["nulls"]["origin_id"] is None


def test_the_rest_of_a_corner_is_realistic_and_consistent(schema):
    found = {corner.id: corner.payload["data"] for corner in corners(schema)}
    corner = found["data.integration_category-enum-LMS"]
    assert corner["integration_id"].startswith(corner["integration_tool"] + ":")
    named = found["data.integration_tool-text-unicode"]
    assert named["integration_id"].startswith(named["integration_tool"] + ":")


def test_corners_have_unusual_instants_and_addresses_on_reserved_domains(schema):
    found = [corner.payload["data"] for corner in corners(schema)]
    instants = {data["updated_at"] for data in found}
    for part in ("0001-01-01T", "9999-12-31T", "02-29T", "+14:00", "-00:00", "+23:59", ":00Z"):
        assert any(part in instant for instant in instants), part
    addresses = {data["end_user"]["creator_email"] for data in found} - {None}
    assert all(re.search(r"(@|\.)example(\.com)?$", each.lower()) for each in addresses)
    assert any("+" in address for address in addresses)
    assert any(len(address.split("@")[0]) == 64 for address in addresses)


def test_corners_of_any_schema(own):
    found = {corner.id: corner.payload for corner in corners(own)}
    assert len(found["name-text-shortest"]["name"]) == 2
    assert len(found["name-text-longest"]["name"]) == 10
    assert found["age-integer-minimum"]["age"] == 1
    assert found["age-integer-maximum"]["age"] == 150
    assert found["score-number-negative"]["score"] == -1
    assert found["score-number-large"]["score"] == 2**53 - 1
    assert len(found["tags-array-one"]["tags"]) == 1
    assert len(found["tags-array-several"]["tags"]) == 3
    assert found["kids-array-empty"]["kids"] == []
    assert found["home-null"]["home"] is None
    assert found["day-date-leap-day"]["day"] == "2024-02-29"
    assert {found["ok-enum-true"]["ok"], found["ok-enum-false"]["ok"]} == {True, False}
    assert set(found["optional-absent"]) == {"name", "tags"}
    assert set(found["optional-present"]) == set(OWN["properties"])
    assert "tags-array-empty" not in found
    assert {"tags.0-enum-empty", "tags.0-enum-A_B", "tags.0-enum-a_b-2"} <= set(found)


@pytest.mark.parametrize(
    ("schema", "ids"),
    [
        ({"const": 1}, []),
        ({"type": "null"}, []),
        ({"type": "boolean"}, ["root-enum-false", "root-enum-true"]),
        ({"type": ["null", "boolean"]}, ["root-null", "root-enum-false", "root-enum-true"]),
    ],
)
def test_a_schema_of_a_scalar_has_corners_at_the_root(schema, ids):
    assert sorted(corner.id for corner in corners(schema)) == sorted(ids)
