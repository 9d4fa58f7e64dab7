"""Schemas whose full payloads are too large for one example of Hypothesis."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kombo_fakes import Schema, events, payloads
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import Array, Object, String
from kombo_fakes.strategies.budget import ROOM, Sizes, estimate_count

FIELDS = {
    f"field_{number:03}": kind
    for number in range(900)
    for kind in [
        (
            {"type": "string"},
            {"type": ["string", "null"], "format": "date-time"},
            {"type": "integer", "minimum": 0},
            {"type": "string", "format": "uri"},
        )[number % 4]
    ]
}
NODE: dict[str, Any] = {"type": "object", "required": ["name"], "properties": {
    "name": {"type": "string"},
    **{way: {"$ref": "#/$defs/node"} for way in ("left", "right", "up", "down", "in", "out")},
    "all": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}  # fmt: skip

LARGE = {
    "all required": {"type": "object", "required": [*FIELDS], "properties": FIELDS},
    "all optional": {"type": "object", "properties": FIELDS},
    "arrays of arrays": {"type": "array", "minItems": 1, "items": {"type": "array", "items": {
        "type": "array", "items": {"type": "array", "items": {"type": "object", "properties": dict(
            list(FIELDS.items())[:30])}}}}},
    "maps": {"type": "object", "additionalProperties": {"type": "object",
        "additionalProperties": {"type": "object", "required": [*FIELDS], "properties": FIELDS}}},
    "a shape that holds itself in seven ways": {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
    "the meta-schema": {"$ref": "https://json-schema.org/draft/2020-12/schema"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_large_payloads_are_drawn_at_the_default_settings_of_hypothesis(
    name: str, judges: Any
) -> None:
    schema = Schema.load(LARGE[name])
    strategy = payloads(schema)
    begun: list[Any] = []
    finished: list[Any] = []

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        begun.append(None)
        finished.append(data.draw(strategy))

    draw()
    assert len(finished) > 0.5 * len(begun)
    assert len({json.dumps(payload) for payload in finished}) > 0.5 * len(finished)
    assert all(map(judges(schema.effective).first.is_valid, finished))


@pytest.mark.slow
def test_most_fields_of_a_large_payload_have_unusual_values_in_some_draw(drawn: Any) -> None:
    found = drawn(payloads(Schema.load(LARGE["all required"])), 150)
    strings = [name for number, name in enumerate(FIELDS) if number % 4 == 0]
    unusual = {name for payload in found for name in strings if not payload[name].isascii()}
    assert len(unusual) > 0.7 * len(strings)


def test_the_payloads_of_events_fit_into_the_room() -> None:
    for name in events():
        assert Sizes().of(build_blueprint(Schema.load(name))) < ROOM


def test_sizes_count_strings_half_of_the_optional_properties_and_average_items() -> None:
    blueprint = Object(properties={"a": String(), "b": String()}, required=frozenset({"a"}))
    assert Sizes().of(blueprint) == 1.5
    assert estimate_count(Array(items=String())) == 5
    assert estimate_count(Array(items=String(), min_items=4, max_items=5)) == 4.5
    assert (
        estimate_count(Array(items=String(), min_items=2, prefix=(String(), String()), max_items=2))
        == 0
    )
