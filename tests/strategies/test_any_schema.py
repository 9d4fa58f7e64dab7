"""Drawn schemas, judged by two validators; and strategies in the tests of users."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.sampling import examples

from kombo_fakes import KomboFakesError, Schema, SchemaError, faults, invalid_payloads, payloads
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import generator_for

NAMES = st.sampled_from(["a", "b", "name", "0", "x-y"])
SMALL = st.integers(0, 3)


def bounds(low: str, high: str) -> st.SearchStrategy[dict[str, Any]]:
    """A lower and an upper bound that leave something between them, or one of them, or none."""
    pairs = st.tuples(SMALL, SMALL).map(sorted)
    return st.one_of(
        st.just({}),
        SMALL.map(lambda n: {low: n}),
        SMALL.map(lambda n: {high: n}),
        pairs.map(lambda pair: {low: pair[0], high: pair[1]}),
    )


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """The keywords of all parts together."""
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def maybe(keyword: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The keyword in a third of all draws."""
    return st.sampled_from([0, 0, 1]).flatmap(
        lambda there: values.map(lambda value: {keyword: value}) if there else st.just({})
    )


strings = merged(
    st.just({"type": "string"}),
    st.one_of(
        bounds("minLength", "maxLength"),
        st.sampled_from(
            [
                {"pattern": "^[a-f]{1,3}$"}, {"pattern": r"\d"}, {"format": "date-time"},
                {"format": "email"}, {"format": "date"}, {"enum": ["A", "B"]}, {"const": "A"},
                {"enum": ["A", None, 3]}, {"not": {"const": ""}},
            ]
        ),
    ),
)  # fmt: skip
numbers = merged(
    st.sampled_from([{"type": "integer"}, {"type": "number"}, {"type": ["integer", "null"]}]),
    st.one_of(
        bounds("minimum", "maximum"),
        st.sampled_from(
            [
                {"multipleOf": 3}, {"exclusiveMinimum": 0}, {"exclusiveMaximum": 10},
                {"enum": [1, 2]}, {"not": {"multipleOf": 2}},
            ]
        ),
    ),
)  # fmt: skip
others = st.sampled_from([{"type": "null"}, {"type": "boolean"}, {}, {"enum": [1, "a", [], None]}])
scalars = strings | numbers | others


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of arrays."""
    return merged(
        st.just({"type": "array"}),
        maybe("items", inner),
        maybe("prefixItems", st.lists(inner, min_size=1, max_size=2)),
        bounds("minItems", "maxItems"),
        maybe("uniqueItems", st.booleans()),
        maybe("contains", st.sampled_from([{"type": "string"}, {"minimum": 2}, {"const": None}])),
    )


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of objects."""
    return merged(
        st.just({"type": "object"}),
        maybe("properties", st.dictionaries(NAMES, inner, min_size=1, max_size=3)),
        maybe("required", st.lists(NAMES, unique=True, max_size=2)),
        maybe("additionalProperties", inner | st.just(False)),
        maybe("patternProperties", st.dictionaries(st.sampled_from(["^x-", "^[a-z]+$"]), inner)),
        maybe("propertyNames", st.sampled_from([{"pattern": "^[a-z0-9-]+$"}, {"maxLength": 4}])),
        bounds("minProperties", "maxProperties"),
        maybe("dependentRequired", st.just({"a": ["b"]})),
    )


def compositions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas that combine others."""
    several = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        several.map(lambda schemas: {"anyOf": schemas}),
        several.map(lambda schemas: {"oneOf": schemas}),
        several.map(lambda schemas: {"allOf": schemas}),
        inner.map(lambda one: {"$ref": "#/$defs/one", "$defs": {"one": one}}),
        st.tuples(inner, inner).map(
            lambda two: {"if": two[0], "then": two[1], "else": {"type": ["object", "string"]}}
        ),
    )


nested = st.recursive(
    scalars, lambda inner: arrays(inner) | objects(inner) | compositions(inner), max_leaves=4
)
# References are resolved at the root, so a schema with a definition stays at the root.
schemas = nested.filter(lambda document: '"$ref"' not in json.dumps(document)[1:]) | nested.map(
    lambda document: document if "$defs" in document else {"allOf": [document]}
).filter(lambda document: json.dumps(document).count('"$ref"') <= (1 if "$ref" in document else 0))


def check(document: dict[str, Any], data: st.DataObject, judges: Any, seen: Counter[str]) -> None:
    """Draw and generate payloads of a schema, and judge them and its faults."""
    try:
        schema = Schema.load(document)
        strategy = payloads(schema)
    except KomboFakesError:
        seen["rejected"] += 1
        return
    seen["drawn"] += 1
    judge = judges(schema.effective)
    payload = data.draw(strategy)
    assert judge.accept(payload), payload
    try:
        payload = generator_for(schema).generate(SeededChoices(1))
    except KomboFakesError:
        seen["not generated"] += 1
    else:
        assert judge.accept(payload), payload
    try:
        found = faults(schema)
    except KomboFakesError:
        # A schema without realistic payloads has no catalogue of faults.
        seen["no catalogue"] += 1
        return
    for fault in found:
        seen["single" if fault.single else "not single"] += 1
        for example in fault.examples:
            assert judge.refuse(example), (fault.id, example)
            if fault.single:
                pointers = {pointer for pointer, _ in judge.broken(example)[0]}
                assert pointers == {fault.pointer}, (fault.id, example)
    covered = {(fault.site.pointer, fault.keyword) for fault in found}
    seen["sites"] += len(schema.sites())
    seen["without"] += len({(s.pointer, s.keyword) for s in schema.sites()} - covered)


@pytest.mark.parametrize("count", [60, pytest.param(800, marks=pytest.mark.slow)])
def test_two_validators_accept_the_payloads_and_reject_the_faults_of_drawn_schemas(
    count: int, judges: Any
) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples(count),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(schemas, st.data())
    def run(document: dict[str, Any], data: st.DataObject) -> None:
        check(document, data, judges, seen)

    run()
    assert seen["drawn"] > 0.6 * examples(count)
    assert seen["without"] < 0.25 * seen["sites"]


# -- in the tests of users


def test_strategies_can_be_built_inside_a_draw_and_from_drawn_values() -> None:
    @settings(max_examples=20, derandomize=True, database=None)
    @given(st.data())
    def check_payloads(data: st.DataObject) -> None:
        longest = data.draw(st.integers(40, 60))
        payload = data.draw(payloads(max_length=longest))
        assert Schema.load().is_valid(payload)
        assert len(payload["id"]) <= longest
        document = data.draw(st.sampled_from([{"type": "null"}, {"type": "boolean"}]))
        assert data.draw(st.just(document).flatmap(payloads)) in (None, True, False)

    check_payloads()


@pytest.mark.parametrize("values", ["any", "realistic"])
def test_rules_of_a_state_machine_take_valid_and_invalid_payloads(values: Any) -> None:
    class Receiver(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.accepted: list[Any] = []
            self.rejected = 0

        @rule(payload=payloads(values=values))
        def deliver(self, payload: Any) -> None:
            assert Schema.load().is_valid(payload)
            self.accepted.append(payload)

        @rule(invalid=invalid_payloads(keywords=["enum"]))
        def deliver_invalid(self, invalid: Any) -> None:
            assert not Schema.load().is_valid(invalid.payload)
            self.rejected += 1

        @invariant()
        def all_are_of_the_event(self) -> None:
            assert {p["type"] for p in self.accepted} <= {"integration-state-changed"}

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Receiver, settings=settings(max_examples=4, derandomize=True, database=None)
    )


def test_a_new_strategy_for_an_equal_schema_draws_the_same(drawn: Any) -> None:
    first = drawn(payloads(Schema(Schema.load().published)), 30)
    assert drawn(payloads(Schema(Schema.load().published)), 30) == first


def test_the_same_schema_and_options_give_the_same_strategy_object() -> None:
    assert payloads() is payloads("integration-state-changed")
    assert payloads(max_length=50) is payloads(max_length=50)
    assert payloads() is not payloads(nulls=0.5)


# -- which faults


@pytest.mark.slow
@pytest.mark.parametrize("values", ["any", "realistic"])
def test_faults_are_drawn_evenly(values: Any, drawn: Any) -> None:
    made = drawn(invalid_payloads(values=values), 2_000, exactly=True)
    often = Counter(fault.id for _, fault in made)
    assert len(often) > 0.9 * len(faults())
    assert max(often.values()) < 60


def test_the_repr_of_a_strategy_is_short() -> None:
    """Hypothesis shows strategies in its messages."""
    assert len(repr(invalid_payloads())) < 100
    assert len(repr(payloads(values="realistic"))) < 100


HARD_TO_GENERATE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "unlikely": {"type": "string", "format": "date", "pattern": "^0001"},
    },
}


def test_faults_need_no_realistic_value_for_an_optional_field(judges: Any) -> None:
    schema = Schema.load(HARD_TO_GENERATE)
    made = [generator_for(schema).generate(SeededChoices(seed)) for seed in range(20)]
    assert all(judges(schema.effective).accept(payload) for payload in made)
    found = faults(schema)
    assert {"id-required-absent", "id-type-as-text"} <= {fault.id for fault in found}
    assert all(judges(schema.effective).refuse(e) for fault in found for e in fault.examples)


@pytest.mark.parametrize("least", [None, -1.7976931348623157e308])
def test_a_bound_may_be_the_largest_float(least: float | None, drawn: Any) -> None:
    document: dict[str, Any] = {"type": "number", "maximum": 1.7976931348623157e308}
    schema = Schema.load(document if least is None else {**document, "minimum": least})
    assert [pair for pair in drawn(invalid_payloads(schema), 40) if schema.is_valid(pair[0])] == []


def test_no_number_is_beyond_the_largest_float() -> None:
    with pytest.raises(SchemaError, match=r"no value satisfies it$"):
        payloads({"type": "number", "exclusiveMinimum": 1.7976931348623157e308})


FRACTIONS: dict[str, Any] = {
    "cents": {"type": "number", "multipleOf": 0.01},
    "tenths": {"type": "number", "multipleOf": 0.1, "minimum": 0.2, "maximum": 7},
    "thousandths above a bound": {"type": "number", "multipleOf": 0.001, "exclusiveMinimum": 1000},
    "two steps": {"type": "number", "allOf": [{"multipleOf": 0.25}, {"multipleOf": 0.1}]},
    "whole numbers by a fraction": {"type": "integer", "multipleOf": 0.5},
    "even numbers above a bound": {"type": "number", "multipleOf": 2, "exclusiveMinimum": 2},
}


@pytest.mark.parametrize("name", FRACTIONS)
def test_validators_agree_on_multiples_of_fractions(name: str, judges: Any, drawn: Any) -> None:
    schema = Schema.load(FRACTIONS[name])
    judge = judges(schema.effective)
    made = drawn(payloads(schema), 100)
    made += [generator_for(schema).generate(SeededChoices(seed)) for seed in range(50)]
    for number in made:
        assert judge.accept(number), number
    assert len(set(made)) > 20
    for fault in faults(schema):
        assert all(judge.refuse(example) for example in fault.examples), fault.id


def test_multiples_on_which_validators_disagree_are_drawn_when_asked_for(drawn: Any) -> None:
    schema = Schema.load(FRACTIONS["cents"])
    made = drawn(payloads(schema, ambiguous=True), 300)
    assert all(map(schema.is_valid, made))
    assert any(not (number / 0.01).is_integer() for number in made)


def test_a_range_without_a_multiple_on_which_validators_agree_is_drawn_all_the_same(
    drawn: Any,
) -> None:
    schema = Schema.load({"type": "number", "multipleOf": 0.01, "minimum": 0.57, "maximum": 0.58})
    assert set(drawn(payloads(schema), 20)) <= {0.57, 0.58}
    assert generator_for(schema).generate(SeededChoices(0)) in (0.57, 0.58)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "string", "format": "uri", "maxLength": 5},
        {"type": "string", "format": "idn-hostname", "maxLength": 6},
        {"type": "string", "minLength": 3_000},
        {"type": "array", "items": {"type": "string", "minLength": 600}, "minItems": 3},
    ],
)
def test_short_formats_and_long_strings_are_drawn(document: Any, judges: Any, drawn: Any) -> None:
    made = drawn(payloads(document), 30)
    assert all(judges(document).first.is_valid(payload) for payload in made)
    assert len({str(payload) for payload in made}) > 5
