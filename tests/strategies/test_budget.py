"""Schemas so large that a payload with everything in it couldn't be drawn."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kombo_fakes import Schema, payloads
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import Array, Object, String
from kombo_fakes.strategies.budget import ROOM, Sizes, usual_count

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
def test_large_payloads_are_drawn(name: str, judges: Any) -> None:
    """At Hypothesis's own settings, without a complaint, and most are finished."""
    schema = Schema.load(LARGE[name])
    strategy = payloads(schema)
    begun: list[Any] = []
    finished: list[Any] = []

    @settings(
        max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        begun.append(None)
        finished.append(data.draw(strategy))

    draw()
    assert len(finished) > 0.5 * len(begun)
    assert len({json.dumps(payload) for payload in finished}) > 20
    assert all(map(judges(schema.effective).first.is_valid, finished))


@pytest.mark.slow
def test_each_field_has_its_turn(drawn: Any) -> None:
    """Of many fields most are usual in one payload, and none of them is in all payloads."""
    found = drawn(payloads(Schema.load(LARGE["all required"])), 150)
    texts = [name for number, name in enumerate(FIELDS) if number % 4 == 0]
    odd = {
        name for payload in found for name in texts if not payload[name].replace(" ", "").isascii()
    }
    assert len(odd) > 0.7 * len(texts)


def test_what_is_not_large_is_drawn_as_before() -> None:
    """Every shipped event has room enough."""
    for name in ("integration-state-changed", "sync-finished", "assessment:order-received"):
        assert Sizes().of(build_blueprint(Schema.load(name))) < ROOM


def test_sizes() -> None:
    """A text is one, half of the optional properties are there, arrays as in Hypothesis."""
    plan = Object(properties={"a": String(), "b": String()}, required=frozenset({"a"}))
    assert Sizes().of(plan) == 1.5
    assert usual_count(Array(items=String())) == 5
    assert usual_count(Array(items=String(), min_items=4, max_items=5)) == 4.5
    assert (
        usual_count(Array(items=String(), min_items=2, prefix=(String(), String()), max_items=2))
        == 0
    )
