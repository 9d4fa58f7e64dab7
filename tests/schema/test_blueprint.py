"""Blueprints interpret every keyword, and errors name the keywords that they cannot interpret."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, SchemaError
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint, build_standalone_blueprint
from kombo_fakes.schema.blueprint.smallest import find_smallest


@pytest.mark.parametrize(
    ("document", "plan"),
    [
        ({}, shapes.Anything()),
        ({"type": "string"}, shapes.String()),
        ({"type": "string", "minLength": 2, "maxLength": 5}, shapes.String(2, 5)),
        ({"type": "string", "format": "email"}, shapes.String(formats=("email",))),
        ({"type": "string", "pattern": "^a"}, shapes.String(patterns=("^a",))),
        ({"type": "string", "not": {"enum": ["a"]}}, shapes.String(excluded=("a",))),
        ({"type": "boolean"}, shapes.Enumeration((False, True))),
        (
            {"enum": ["B", None, "A"]},
            shapes.Union((shapes.Enumeration(("B", "A")), shapes.Enumeration((None,)))),
        ),
        ({"type": "null"}, shapes.Enumeration((None,))),
        ({"enum": ["B", "A"]}, shapes.Enumeration(("B", "A"))),
        ({"const": {"a": [1]}}, shapes.Enumeration(({"a": [1]},))),
        ({"type": "string", "enum": ["A", 1, None]}, shapes.Enumeration(("A",))),
        ({"type": "integer", "minimum": 1, "exclusiveMaximum": 5}, shapes.Numeric(True, 1, 4)),
        (
            {"type": "number", "exclusiveMinimum": 0},
            shapes.Numeric(False, 0, exclusive_minimum=True),
        ),
        ({"type": "integer", "multipleOf": 3}, shapes.Numeric(True, multiple_of=(3,))),
        (
            {"allOf": [{"type": ["string", "null"]}, {"type": ["string", "integer"]}]},
            shapes.String(),
        ),
        (
            {"type": ["null", "string"]},
            shapes.Union((shapes.String(), shapes.Enumeration((None,)))),
        ),
        (
            {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "uniqueItems": True},
            shapes.Array(1, 2, items=shapes.Enumeration((False, True)), distinct=True),
        ),
        (
            {"type": "array", "prefixItems": [{"const": 1}], "items": False},
            shapes.Array(max_items=1, prefix=(shapes.Enumeration((1,)),), items=shapes.Anything()),
        ),
        (
            {
                "type": "object",
                "properties": {"b": {"const": 1}, "a": {"const": 2}},
                "required": ["a"],
                "additionalProperties": False,
            },
            shapes.Object(
                {"b": shapes.Enumeration((1,)), "a": shapes.Enumeration((2,))}, frozenset({"a"})
            ),
        ),
    ],
    ids=str,
)
def test_usual_schemas_become_shapes_without_filters(document: Any, plan: shapes.Blueprint) -> None:
    found = build_blueprint(Schema.load(document))
    if isinstance(found, shapes.Union) and isinstance(plan, shapes.Union):
        assert set(map(str, found.branches)) == set(map(str, plan.branches))
    elif isinstance(plan, shapes.Array) and plan.max_items == 1:
        assert isinstance(found, shapes.Array)
        assert (found.max_items, found.prefix) == (plan.max_items, plan.prefix)
    else:
        assert found == plan


def test_properties_keep_the_order_of_the_document() -> None:
    names = ["zeta", "alpha", "Mid", "0"]
    inner = {"type": "object", "properties": {n: {"type": "null"} for n in names}}
    document = {"type": "object", "properties": {"x": inner, "a": {"allOf": [inner]}}}
    plan = build_blueprint(Schema.load(document))
    assert isinstance(plan, shapes.Object)
    assert list(plan.properties) == ["x", "a"]
    for child in plan.properties.values():
        assert isinstance(child, shapes.Object)
        assert list(child.properties) == names


BARE = {"type": "object", "properties": {"b": {}, "a": True}}


@pytest.mark.parametrize(
    ("document", "way"),
    [
        (BARE, ()),
        ({**BARE, "title": "x", "minProperties": 1}, ()),
        ({**BARE, "type": ["object", "null"]}, ("branch",)),
        ({"allOf": [BARE, {"properties": {"b": {"description": "x"}}}]}, ()),
        ({"type": "object", "anyOf": [{"properties": {"b": {}}}, {"properties": {"a": {}}}]}, ()),
        ({"type": "object", "properties": {"x": BARE, "y": {"type": "object"}}}, ("x",)),
        ({"type": "array", "items": BARE}, ("items",)),
        ({"type": "array", "prefixItems": [BARE], "items": False}, ("prefix",)),
        ({"type": "object", "additionalProperties": BARE}, ("extra",)),
        ({"type": "object", "patternProperties": {"^x": BARE}}, ("extra",)),
        ({"type": "array", "items": {"$ref": "#/$defs/b"}, "$defs": {"b": BARE}}, ("items",)),
        (
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "type": "array",
                "items": [{"$ref": "#/definitions/b"}],
                "definitions": {"b": BARE},
            },
            ("prefix",),
        ),
    ],
    ids=str,
)
def test_properties_that_allow_every_value_keep_their_names(
    document: Any, way: tuple[str, ...]
) -> None:
    """Canonical form drops them if no other property of the object is constrained."""
    plan = build_blueprint(Schema.load(document))
    for step in way:
        if isinstance(plan, shapes.Union):
            plan = next(branch for branch in plan.branches if isinstance(branch, shapes.Object))
        elif isinstance(plan, shapes.Array):
            plan = plan.prefix[0] if step == "prefix" else plan.items
        elif isinstance(plan, shapes.Object):
            plan = plan.extras[0].values if step == "extra" else plan.properties[step]
    if isinstance(plan, shapes.Reference):
        plan = plan.target
    assert isinstance(plan, shapes.Object)
    assert list(plan.properties.items()) == [("b", shapes.Anything()), ("a", shapes.Anything())]
    (rest,) = plan.extras
    assert rest == shapes.Extra(shapes.String(excluded=("a", "b")), shapes.Anything())


def test_objects_without_properties_get_no_names_from_other_objects() -> None:
    document = {"type": "object", "properties": {"x": BARE, "y": {"type": "object"}}}
    plan = build_blueprint(Schema.load(document))
    assert isinstance(plan, shapes.Object)
    assert plan.properties["y"] == shapes.Object(
        {}, extras=(shapes.Extra(shapes.String(), shapes.Anything()),)
    )


def test_open_objects_that_refer_to_each_other_are_shared() -> None:
    # There are 12! ways through them.
    names = [f"n{number}" for number in range(12)]
    everything = {"properties": {name: {"$ref": f"#/$defs/{name}"} for name in names}}
    document = {"$ref": "#/$defs/n0", "$defs": dict.fromkeys(names, everything)}
    plan: Any = build_blueprint(Schema.load(document))
    met: dict[int, Any] = {}
    todo = [plan]
    while todo:
        shape = todo.pop()
        if isinstance(shape, shapes.Reference):
            shape = shape.target
        if id(shape) in met:
            continue
        met[id(shape)] = shape
        if isinstance(shape, shapes.Union):
            todo += shape.branches
        elif isinstance(shape, shapes.Object):
            assert list(shape.properties) in (names, [])
            todo += shape.properties.values()
    assert len(met) < 500


def test_every_level_of_a_recursive_shape_keeps_its_names() -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#"}, "bare": BARE}}
    plan = build_blueprint(Schema.load(tree))
    for _ in range(3):
        assert isinstance(plan, shapes.Object)
        bare = plan.properties["bare"]
        assert isinstance(bare, shapes.Object)
        assert list(bare.properties) == ["b", "a"]
        reference = plan.properties["next"]
        assert isinstance(reference, shapes.Reference)
        plan = reference.target


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"type": "string", "enum": [1]}, "mine: no value satisfies it"),
        ({"properties": {"a": {"minimum": 2, "maximum": 1, "type": "integer"}},
          "required": ["a"], "type": "object"}, "no value satisfies it; the contradiction is at /properties/a"),
        ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}, "no value satisfies"),
        ({"type": "array", "items": False, "minItems": 1}, "no value satisfies it"),
        ({"type": "object", "maxProperties": 1, "required": ["a", "b"]}, "no value satisfies it"),
        ({"allOf": [{"type": "string"}, {"type": "null"}]}, "no value satisfies it"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
         "mine: no value satisfies it"),
    ],
)  # fmt: skip
def test_an_unsatisfiable_schema_is_an_error_that_names_the_place(
    document: Any, message: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        build_blueprint(Schema(document, source="mine"))
    assert message in str(caught.value)


def test_an_unsatisfiable_part_is_not_an_error() -> None:
    assert build_standalone_blueprint({"not": {}}, "x") == shapes.NOTHING
    assert find_smallest(shapes.NOTHING) == shapes.NOTHING


def test_the_smallest_form_of_a_recursive_shape() -> None:
    tree = {
        "type": "object",
        "required": ["value"],
        "properties": {
            "value": {"type": "integer"},
            "children": {"type": "array", "items": {"$ref": "#"}},
        },
        "additionalProperties": False,
    }
    small = find_smallest(build_blueprint(Schema.load(tree)))
    assert isinstance(small, shapes.Object)
    assert small.properties == {"value": shapes.Numeric(integer=True), "children": shapes.NOTHING}
    one_end = {"anyOf": [{"type": "array", "items": {"$ref": "#"}, "minItems": 1}, {"const": 1}]}
    assert shapes.Enumeration((1,)) in getattr(
        find_smallest(build_blueprint(Schema.load(one_end))), "branches", ()
    )


@pytest.mark.parametrize(
    ("plan", "good", "bad"),
    [
        (shapes.String(2, 3), ["ab", "\U0001f600" * 3], ["a", "abcd", 12, None]),
        (shapes.String(patterns=(r"^\d+$",)), ["12"], ["", "a", "\u0661"]),
        (shapes.String(formats=("date-time",)), ["2021-09-01T12:00:00Z"], ["20.1-09-01T12:00:00Z"]),
        (shapes.String(excluded=("a",), excluded_patterns=("^b",)), ["c", ""], ["a", "bc"]),
        (shapes.String(excluded_formats=("email",)), ["x"], ["a@example.com"]),
        (shapes.Numeric(True, 1, 3), [1, 3, 2.0], [0, 4, 1.5, True, "1"]),
        (shapes.Numeric(False, 0, 1, True, True), [0.5], [0, 1]),
        (shapes.Numeric(True, multiple_of=(2, 3)), [6, 0], [2, 3]),
        (shapes.Numeric(True, not_multiple_of=(2,)), [1], [2]),
    ],
    ids=str,
)
def test_shapes_check_values(
    plan: shapes.String | shapes.Numeric, good: list[Any], bad: list[Any]
) -> None:
    check = plan.check()
    assert all(map(check, good))
    assert not any(map(check, bad))


def test_an_error_names_the_keyword_that_cannot_be_constructed() -> None:
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "a": {"$dynamicRef": "#node"},
            "b": {"$dynamicAnchor": "node", "type": "object", "unevaluatedProperties": False},
        },
    }
    try:
        found = build_blueprint(Schema.load(document))
    except SchemaError as error:
        message = str(error)
    else:
        assert not isinstance(found, shapes.Filtered)
        return
    assert "payloads cannot be constructed: " in message
