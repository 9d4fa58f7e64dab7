"""Schemas in unusual forms. Each of them once gave a wrong result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.sampling import some_fast

from kombo_fakes import (
    KomboFakesError,
    OverrideError,
    Schema,
    SchemaError,
    UnknownNameError,
    changes,
    corners,
    faults,
    generate,
    payloads,
)
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import RealisticGenerator, generator_for
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.document import DocumentOrder
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.sites import MAX_PLACES
from kombo_fakes.schema.vocabulary import DRAFT_7, DRAFT_2019, map_subschemas


@pytest.mark.parametrize("name", ["password", "binary", "byte", "decimal", "phone"])
def test_an_unchecked_format_does_not_constrain(name: str, drawn: Any) -> None:
    schema = Schema.load({"type": "string", "format": name})
    plain = Schema.load({"type": "string"})
    assert drawn(payloads(schema), 30) == drawn(payloads(plain), 30)
    assert [corner.id for corner in corners(schema)] == [corner.id for corner in corners(plain)]


def test_a_format_of_another_dialect_is_not_checked(drawn: Any) -> None:
    schema = Schema.load({"$schema": DRAFT_7, "type": "string", "format": "uuid"})
    assert "" in drawn(payloads(schema), 100)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "string", "not": {"format": "password"}},
        {"type": "object", "required": ["a"], "properties": {"a": {"not": {"format": "byte"}}}},
    ],
)
def test_excluding_an_unchecked_format_leaves_no_string(document: dict[str, Any]) -> None:
    with pytest.raises(SchemaError, match=r"no value satisfies it$"):
        payloads(document)


def test_an_unsatisfiable_string_may_be_optional(drawn: Any) -> None:
    schema = {"type": ["string", "integer"], "not": {"type": "string", "format": "password"}}
    assert {type(value) for value in drawn(payloads(schema), 30)} == {int}


PATTERNS = [
    r"^\P{L}+$",
    r"^[^\p{L}]+$",
    r"^[\P{L}]{3}$",
    r"^\S+$",
    r"^[^\P{L}]{3}$",
    r"^[(?<x]+$",
    r"\bfoo\b",
    r"^[^\s]{2,}$",
    r"^[^\S]{2}$",
    "^.{2}$",
]


@pytest.mark.parametrize("pattern", some_fast(PATTERNS, 3))
def test_strings_made_from_a_pattern_match_it(pattern: str, drawn: Any) -> None:
    schema = Schema.load({"type": "string", "pattern": pattern})
    texts = drawn(payloads(schema), 200)
    assert len(set(texts)) > 3
    assert [text for text in texts if not schema.is_valid(text)] == []


def test_property_names_match_their_pattern(drawn: Any) -> None:
    schema = Schema.load(
        {"type": "object", "propertyNames": {"pattern": r"^\S+$"}, "minProperties": 1}
    )
    assert all(map(schema.is_valid, drawn(payloads(schema), 200)))


@pytest.mark.parametrize("step", [0.01, 1.1, 1e-8, 0.3])
def test_multiples_of_a_fraction_are_exact(step: float, drawn: Any) -> None:
    schema = Schema.load({"type": "number", "multipleOf": step})
    assert all(map(schema.is_valid, drawn(payloads(schema), 300)))


@pytest.mark.parametrize("referred", [False, True])
def test_a_name_that_several_patterns_match_satisfies_all_their_schemas(
    referred: bool, drawn: Any
) -> None:
    low, high = {"type": "integer", "minimum": 5000}, {"type": "integer", "maximum": 6000}
    document: dict[str, Any] = {
        "type": "object",
        "required": ["ab"],
        "patternProperties": {"^a": low, "b$": high},
    }
    if referred:
        document["patternProperties"] = {"^a": {"$ref": "#/$defs/a"}, "b$": {"$ref": "#/$defs/b"}}
        document["$defs"] = {"a": low, "b": high}
    schema = Schema.load(document)
    values = {payload["ab"] for payload in drawn(payloads(schema), 50)}
    values |= {payload["ab"] for payload in drawn(payloads(schema, "realistic"), 50)}
    assert all(5000 <= value <= 6000 for value in values)


def described(needed: str) -> dict[str, Any]:
    """Return a recursive shape and one that inherits from it, as OpenAPI descriptions have them."""
    unit, team = ({"$ref": f"#/components/schemas/{name}"} for name in ("Unit", "Team"))
    units, teams = ({"type": "array", "items": one} for one in (unit, team))
    base = {"name": {"type": "string"}, "parent": unit, "under": units}
    own = {"boss": {"type": "string"}, "under": teams, "parent": team}
    schemas = {
        "Unit": {"type": "object", "required": [needed], "properties": base},
        "Team": {"allOf": [unit, {"type": "object", "properties": own}]},
    }
    return {"openapi": "3.0.3", "components": {"schemas": schemas}}


def test_a_shape_inherits_from_a_recursive_one(drawn: Any) -> None:
    schema = Schema.from_openapi(described("name"))["Team"]
    made = [*drawn(payloads(schema), 100), *drawn(payloads(schema, "realistic"), 100)]
    assert all(map(schema.is_valid, made))
    parents = [payload["parent"] for payload in made if "parent" in payload]
    assert all("name" in parent for parent in parents)
    assert any("boss" in parent and "parent" in parent for parent in parents)
    assert {"name-type-null", "parent.name-required-absent"} <= {f.id for f in faults(schema)}
    assert corners(schema)


def test_a_shape_that_requires_an_infinite_value_is_rejected() -> None:
    with pytest.raises(SchemaError, match="no value satisfies it"):
        payloads(Schema.from_openapi(described("parent"))["Team"])


def test_shapes_that_refer_to_each_other_in_a_cycle() -> None:
    unit, team = {"$ref": "#/$defs/unit"}, {"$ref": "#/$defs/team"}
    schema = Schema.load(
        {
            "$ref": "#/$defs/team",
            "$defs": {
                "unit": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "children": {"type": "array", "items": unit},
                    },
                },
                "team": {
                    "allOf": [unit, {"properties": {"children": {"type": "array", "items": team}}}]
                },
            },
        }
    )
    assert "children.0.name-text-empty" in {corner.id for corner in corners(schema)}


def test_a_field_that_cannot_show_its_fact_holds_fields_that_can() -> None:
    within = {"type": "object", "required": ["phone"], "properties": {"phone": {"type": "string"}}}
    city = {"anyOf": [{"type": "string", "maxLength": 3}, within]}
    schema = Schema.load({"type": "object", "required": ["city"], "properties": {"city": city}})
    made = [generator_for(schema).generate(SeededChoices(seed))["city"] for seed in range(30)]
    assert any(isinstance(value, dict) and value["phone"].startswith("+1") for value in made)


@pytest.mark.parametrize("dialect", [DRAFT_7, DRAFT_2019, "the default"])
def test_a_required_item_comes_from_the_branch_that_has_it(dialect: str) -> None:
    branches = [
        {
            "type": "object",
            "required": ["kind", f"text_{number}"],
            "additionalProperties": False,
            "properties": {"kind": {"const": number}, f"text_{number}": {"type": "string"}},
        }
        for number in range(80)
    ]
    document: dict[str, Any] = {
        "type": "object",
        "required": ["list"],
        "properties": {"list": {"type": "array", "maxItems": 1, "items": {"anyOf": branches}}},
    }
    if dialect != "the default":
        document["$schema"] = dialect
    made = next(generate(document, overrides={"/list/0/text_77": "abc"}))
    assert made.payload == {"list": [{"kind": 77, "text_77": "abc"}]}


def entangled(count: int) -> dict[str, Any]:
    """Return types that each have a property of every other: there are count! paths through them."""
    references = {f"p{number}": {"$ref": f"#/$defs/d{number}"} for number in range(count)}
    one = {"type": "object", "properties": references, "additionalProperties": False}
    return {"$ref": "#/$defs/d0", "$defs": {f"d{number}": one for number in range(count)}}


def layered(count: int) -> dict[str, Any]:
    """Return unions of two of the next layer each: there are 2 ** count paths through them."""
    layers: dict[str, Any] = {
        f"{side}{number}": {"anyOf": [{"$ref": f"#/$defs/{next_}{number + 1}"} for next_ in "lr"]}
        for number in range(count)
        for side in "lr"
    }
    ends = {f"l{count}": {"type": "string"}, f"r{count}": {"type": "object"}}
    return {"$ref": "#/$defs/l0", "$defs": layers | ends}


def test_types_that_contain_each_other_have_few_sites() -> None:
    assert 9 < len(Schema.load(entangled(9)).sites()) <= 2 * 9 * MAX_PLACES


def test_the_smallest_form_of_each_layer_is_found_once() -> None:
    asked: list[str] = []

    def layer(number: int) -> shapes.Reference:
        def target() -> shapes.Blueprint:
            asked.append(str(number))
            return (
                shapes.String()
                if number == 40
                else shapes.Array(1, prefix=(layer(number + 1),) * 2)
            )

        return shapes.Reference(str(number), target)

    small = find_smallest(layer(0))
    assert isinstance(small, shapes.Array)
    assert len(asked) == 41


def test_shapes_on_many_paths_can_be_drawn() -> None:
    assert build_blueprint(Schema.load(layered(40)))


def test_types_that_contain_each_other_have_few_shapes() -> None:
    assert (
        9 < len(list(shapes.walk(build_blueprint(Schema.load(entangled(9)))))) <= 9 * 9 * MAX_PLACES
    )


@pytest.mark.slow
def test_types_that_contain_each_other_have_corners() -> None:
    schema = Schema.load(entangled(7))
    assert {"optional-absent", "optional-present"} <= {corner.id for corner in corners(schema)}


def test_a_misspelt_field_of_types_that_contain_each_other_is_found() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'p1\.p2'"):
        next(generate(entangled(9), overrides={"p1.q2": {}}))


HUGE = 2**31 - 1


@pytest.mark.parametrize(
    "document",
    [
        {"type": "string", "maxLength": HUGE},
        {"type": "array", "items": {"type": "string"}, "maxItems": HUGE},
        {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": HUGE},
        {"type": "array", "contains": {"const": 1}, "maxContains": HUGE},
    ],
)
def test_huge_maximums_have_no_faults_and_no_huge_payloads(
    document: dict[str, Any], drawn: Any
) -> None:
    (bound,) = (keyword for keyword in document if keyword.startswith("max"))
    assert bound not in {fault.keyword for fault in faults(document)}
    assert all(len(corner.payload) < 1_000 for corner in corners(document) if corner.pointer == "")
    assert all(
        len(value) <= shapes.LARGEST for value in drawn(payloads(document), 100, exactly=True)
    )


@pytest.mark.parametrize("keyword", ["minLength", "minItems", "minProperties", "minContains"])
def test_huge_minimums_are_an_error_at_once(keyword: str) -> None:
    inner = {keyword: HUGE, "type": ["string", "array", "object"], "contains": {"const": 1}}
    document = {"type": "object", "properties": {"a": inner}, "required": ["a"]}
    if keyword == "minContains":
        inner["type"] = "array"
    for make in (payloads, corners, faults):
        with pytest.raises(SchemaError, match=f"{keyword} at /properties/a is 2,147,483,647"):
            make(document)


def test_long_strings_are_drawn_and_many_items_are_not(drawn: Any) -> None:
    assert all(
        len(text) == 9_000 for text in drawn(payloads({"type": "string", "minLength": 9_000}), 5)
    )
    with pytest.raises(SchemaError, match="minItems is 9,000"):
        payloads({"type": "array", "minItems": 9_000})
    with pytest.raises(SchemaError, match="minProperties is 9,000"):
        payloads({"type": "object", "minProperties": 9_000})


@pytest.mark.parametrize(
    "pattern",
    ["^[a-f0-9]{128}$", "^(ab|c){101,}$", "^(?:[0-9]{150}-){2}$", "^[{101}]$", "^a{100}$"],
)
def test_patterns_with_a_hundred_repetitions_and_more(pattern: str) -> None:
    schema = Schema.load({"type": "string", "pattern": pattern})
    assert schema.is_valid(generator_for(schema).generate(SeededChoices(0)))


def test_a_pattern_with_too_many_repetitions_is_rejected() -> None:
    with pytest.raises(SchemaError, match="cannot be constructed: too many repetitions"):
        next(generate({"type": "string", "pattern": "^a{70000}$"}))


@pytest.mark.parametrize("index", ["00", "9" * 5_000, "\u0663", "-"])
def test_strings_that_are_not_an_index_are_rejected(index: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown field .*/data/changed_models/0/name"):
        next(generate("data-changed", overrides={f"/data/changed_models/{index}/name": "x"}))


def test_an_index_that_is_too_large_is_rejected() -> None:
    with pytest.raises(OverrideError, match="arrays are made with at most 100,000 items"):
        next(generate("data-changed", overrides={"/data/changed_models/999999999999/name": "x"}))


class CountedDict(dict[str, Any]):
    """A dict that counts how often it is copied."""

    copies = 0

    def copy(self) -> CountedDict:
        self.copies += 1
        return CountedDict(self)


def test_an_object_of_many_schemas_is_copied_once() -> None:
    many = CountedDict({str(number): {} for number in range(100)})
    assert (
        map_subschemas({"properties": many}, lambda where, child: True)["properties"]["99"] is True
    )
    assert many.copies == 1
    assert many["99"] == {}


def test_ids_of_changes_are_unique() -> None:
    document = {
        "type": "object",
        "required": ["a/b", "a_b", "A_B"],
        "properties": {"a/b": {"enum": ["x"]}, "a_b": {"enum": ["y"]}, "A_B": {"enum": ["z"]}},
    }
    ids = [change.id for change in changes(document)]
    assert ids == ["a_b-new-value", "a_b-new-value-2", "A_B-new-value-3"]


ONE_NAME = shapes.String(patterns=("^z$",))


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        (shapes.Numeric(True, multiple_of=(7,), not_multiple_of=(7,)), "/a"),
        (
            shapes.Object({}, extras=(shapes.Extra(ONE_NAME, shapes.String()),), min_properties=3),
            "the properties of /a",
        ),
        (shapes.Filtered(shapes.String(), lambda value: False, "not"), "/a: not"),
    ],
)
def test_a_required_field_without_any_value_is_an_error_that_names_it(
    plan: shapes.Blueprint, place: str
) -> None:
    generator = RealisticGenerator(shapes.Object({"a": plan}, frozenset({"a"})), "name")
    with pytest.raises(SchemaError, match=f"^name: {place}: found no (number|value) that"):
        generator.generate(SeededChoices(0))


@pytest.mark.parametrize("pattern", [r"(?<n>a)\k<n>", r"[\b]", r"\0", "[^]", "("])
def test_a_pattern_may_be_valid_but_not_supported(pattern: str) -> None:
    with pytest.raises(SchemaError, match="that the validator understands"):
        Schema.load({"pattern": pattern})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{{"enum": [{}]}}'.format(",".join(["[[]]"] * 2_500_000)), "more than 6,000,000 commas"),
        ('{{"enum": [{}]}}'.format(",".join(["1"] * 1_200_000)), "has more than 1,000,000 values"),
        (
            '{{"$defs": {{{}}}}}'.format(",".join(f'"{n}":{{}}' for n in range(150_000))),
            "100,000 schemas",
        ),
        ('{"pattern": "%s"}' % ("ab|" * 1_000_000), "a pattern at the root has 3,000,000"),
    ],
    ids=["brackets", "values", "schemas", "pattern"],
)
def test_a_document_that_is_too_large_is_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(text)
    with pytest.raises(KomboFakesError, match=message) as caught:
        Schema.load(path)
    assert "\n" not in str(caught.value)


def test_a_large_enum_keeps_its_order() -> None:
    values = [f"value {n * 7919 % 50_000}" for n in range(50_000)]
    assert next(generate({"enum": values})).payload in values
    assert DocumentOrder({"enum": values}).sort_values(sorted(values)) == tuple(values)


def test_tries_at_several_depths_have_one_bound() -> None:
    one_of = [{"required": [name]} for name in "abcdep"]
    inner = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/s"}}
    properties = {**{name: {"type": "string"} for name in "abcde"}, "p": inner}
    step = {"type": "object", "properties": properties, "oneOf": one_of}
    schema = Schema.load({"$ref": "#/$defs/s", "$defs": {"s": step}})
    for seed in range(20):
        assert schema.is_valid(generator_for(schema).generate(SeededChoices(seed)))
