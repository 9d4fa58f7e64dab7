"""A blueprint with a requirement has exactly the values that have what is required."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kombo_fakes import Schema, SchemaError
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.narrowing import narrow_to
from kombo_fakes.schema.blueprint.shapes import NOTHING
from kombo_fakes.schema.requirements import Need, Requirement, has_need, require_values
from kombo_fakes.schema.vocabulary import DRAFT_7
from kombo_fakes.strategies.builder import build_strategy
from kombo_fakes.strategies.options import StrategySettings

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": ["string", "null"]},
        "tags": {"type": "array", "items": {"enum": ["a", "b", None]}},
        "boss": {"$ref": "#/$defs/person"},
    },
}
DEFS = {"$defs": {"person": PERSON}}
PEOPLE: dict[str, Any] = {"$ref": "#/$defs/person", **DEFS}
EVENTS: dict[str, Any] = {
    "oneOf": [{"$ref": f"#/$defs/{name}"} for name in "abc"],
    "$defs": {
        name: {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"const": name}, name: {"type": ["integer", "string"]}},
        }
        for name in "abc"
    },
}
LIST: dict[str, Any] = {
    "type": "array", "prefixItems": [{"const": 1}], "items": PERSON, **DEFS,
}  # fmt: skip

CASES: list[tuple[Any, Need]] = [
    (PEOPLE, Need(("name",))),
    (PEOPLE, Need(("name",), "string")),
    (PEOPLE, Need(("tags",), min_items=3)),
    (PEOPLE, Need(("tags", 2), nullable=False)),
    (PEOPLE, Need(("boss", "boss", "boss", "tags", 0), "string")),
    (PEOPLE, Need(("boss", "other", "x", 1))),
    (PEOPLE, Need((), properties=("name", "other"))),
    (EVENTS, Need(("b",))),
    (EVENTS, Need(("c",), "number")),
    ({"oneOf": [EVENTS["$defs"]["a"], EVENTS["$defs"]["b"]]}, Need(("a",), "string")),
    (LIST, Need((3, "name"), nullable=False)),
    (LIST, Need((), min_items=2)),
    ({**LIST, "contains": {"required": ["boss"]}}, Need((1, "name"))),
    ({"type": "array", "contains": {"type": "null"}, "items": {}}, Need((0,), "number")),
    ({"enum": [1, None, {"a": None}, {"a": "x"}, [[]]]}, Need(("a",), "string")),
    ({"enum": [1, None, {"a": None}, {"a": "x"}, [[]]]}, Need((0,), "array")),
    ({}, Need((), "array", min_items=2)),
    ({}, Need(("a", 2, "b"), "object")),
    ({"not": {"type": "string"}}, Need((), nullable=False)),
    ({"patternProperties": {"^x": {"type": "integer"}}}, Need(("xy",), "number")),
    ({"patternProperties": {"^x": {"type": "integer"}}}, Need(("y", "z"))),
    ({"type": "object", "additionalProperties": {"type": "boolean"}}, Need(("a b",))),
    ({"properties": {"a": {"$ref": "#"}}, "minProperties": 2}, Need(("a", "a"), "object")),
    (
        {"$schema": DRAFT_7, "properties": {"a": {"$ref": "#"}}, "items": [{"type": "string"}]},
        Need(("a", "a", 1), nullable=False),
    ),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, Need((), properties=("a",))),
]


@pytest.mark.parametrize(("document", "need"), CASES, ids=str)
def test_what_is_generated_has_what_is_required(document: Any, need: Need, drawn: Any) -> None:
    schema, requirement = Schema.load(document), Requirement((need,))
    generator = generator_for(schema, requirement)
    made = [generator.generate(SeededChoices(seed)) for seed in range(10)]
    made += drawn(build_strategy(build_blueprint(schema, requirement), StrategySettings(), ""), 30)
    assert [value for value in made if not (schema.is_valid(value) and has_need(value, need))] == []


@pytest.mark.parametrize(
    ("document", "need"),
    [
        (PEOPLE, Need((0,))),
        (PEOPLE, Need(("name", "first"))),
        (PEOPLE, Need(("tags",), "object")),
        (PEOPLE, Need(("name",), properties=("a",))),
        (PEOPLE, Need(("name",), min_items=1)),
        ({**PERSON, **DEFS, "additionalProperties": False}, Need(("other",))),
        ({**PERSON, **DEFS, "maxProperties": 1}, Need((), properties=("name", "tags"))),
        ({"type": "array", "maxItems": 2}, Need((2,))),
        ({"type": "array", "maxItems": 2}, Need((), min_items=3)),
        ({"type": "array", "prefixItems": [{}], "items": False}, Need((1,))),
        ({"type": "array", "prefixItems": [{}], "items": False}, Need((), min_items=2)),
        ({"enum": [1, None]}, Need(("a",))),
        ({"enum": [None]}, Need((), nullable=False)),
        ({"patternProperties": {"^x": False}, "type": "object"}, Need(("xy",))),
        ({"propertyNames": {"maxLength": 1}, "type": "object"}, Need(("xy",))),
        (
            # A parent would need another one, without end.
            {
                "properties": {"parent": {"$ref": "#/$defs/node"}},
                "$defs": {
                    "node": {
                        "type": "object",
                        "required": ["parent"],
                        "properties": {"parent": {"$ref": "#/$defs/node"}},
                    }
                },
            },
            Need(("parent",)),
        ),
        # A union that is a branch of itself adds nothing to its other branches.
        (
            {"$ref": "#/$defs/u", "$defs": {"u": {"anyOf": [{"$ref": "#/$defs/u"}, {"const": 1}]}}},
            Need(("a",)),
        ),
    ],
    ids=str,
)
def test_what_no_value_has_is_an_error(document: Any, need: Need) -> None:
    with pytest.raises(SchemaError, match=r"no value satisfies it and has what is required$"):
        build_blueprint(Schema.load(document), Requirement((need,)))


def _list_shapes(plan: Any) -> Iterator[int]:
    yield id(plan)
    if isinstance(plan, shapes.Object):
        for child in plan.properties.values():
            yield from _list_shapes(child)


def test_what_is_not_on_the_path_is_shared() -> None:
    level: dict[str, Any] = {"type": "string"}
    for _ in range(5):
        level = {"type": "object", "properties": {"a": level, "b": level}}
    plan = build_blueprint(Schema.load(level))
    narrowed = narrow_to(plan, require_values([("a", "b", "a")]))
    own = set(_list_shapes(narrowed)) - set(_list_shapes(plan))
    assert len(own) == 3  # The objects around the value.


def test_a_requirement_that_all_values_meet_changes_nothing() -> None:
    plan = build_blueprint(Schema.load())
    assert narrow_to(plan, require_values([("data", "state"), ("id",)])) is plan
    assert narrow_to(NOTHING, require_values([("id",)])) == NOTHING
