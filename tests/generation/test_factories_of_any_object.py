"""Factories of schemas that describe an object in any way, and fields of any name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import factory
import pytest
from inline_snapshot import snapshot

from kombo_fakes import (
    OMIT,
    IntegrationStateChangedFactory,
    KomboFakesError,
    OverrideError,
    PayloadFactory,
    Schema,
    UnknownNameError,
    factory_for,
    faults,
)

TEXT = {"type": "string"}
A = {
    "type": "object",
    "required": ["kind", "a"],
    "properties": {"kind": {"const": "a"}, "a": TEXT, "same": {"type": "integer"}},
}
B = {
    "type": "object",
    "required": ["kind", "b"],
    "properties": {"kind": {"const": "b"}, "b": {"type": "integer"}, "same": TEXT},
}
ORDER = {"type": "object", "required": ["x"], "properties": {"x": TEXT}}
TREE = {"type": "object", "required": ["x"], "properties": {"x": TEXT, "a": {"$ref": "#/$defs/T"}}}

SCHEMAS: dict[str, dict[str, Any]] = {
    "root $ref": {"$ref": "#/$defs/O", "$defs": {"O": ORDER}},
    "root $ref to a $ref": {"$ref": "#/$defs/P", "$defs": {"P": {"$ref": "#/$defs/O"}, "O": ORDER}},
    "root $ref of draft 7": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/O",
        "definitions": {"O": ORDER},
    },
    "recursive": {"$ref": "#/$defs/T", "$defs": {"T": TREE}},
    "oneOf": {"oneOf": [A, B]},
    "anyOf of $refs": {
        "anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
        "$defs": {"A": A, "B": B},
    },
    "overlapping oneOf": {
        "oneOf": [
            {"type": "object", "properties": {"a": TEXT, "n": {"$ref": "#"}}, "required": ["a"]},
            {"type": "object", "properties": {"b": TEXT, "n": {"$ref": "#"}}, "required": ["b"]},
        ]
    },
    "if/then/else": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["a", "b"]}, "x": {"type": "integer"}, "y": TEXT},
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["x"]},
        "else": {"required": ["y"]},
    },
    "dependentRequired": {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
        "dependentRequired": {"a": ["b"]},
    },
    "anyOf of required": {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "untyped": {
        "properties": {"a": TEXT, "b": {"properties": {"c": {"type": "integer"}}}},
        "required": ["a"],
    },
    "nullable": {"type": ["object", "null"], "properties": {"a": TEXT}, "required": ["a"]},
    "nullable of OpenAPI": {"type": "object", "nullable": True, "properties": {"a": TEXT}},
    "object or text": {"oneOf": [TEXT, ORDER]},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "const": {"enum": [{"a": 1}, {"b": [2]}, 3]},
}


def every(name: str, **overrides: Any) -> list[Any]:
    """Payloads with the same overrides, all of them valid."""
    schema = Schema.load(SCHEMAS[name])
    batch: list[Any] = factory_for(schema).build_batch(30, kombo_seed=1, **overrides)
    for payload in batch:
        schema.validate(payload)
    return batch


def texts(payloads: Iterable[Any]) -> set[str]:
    return {json.dumps(payload) for payload in payloads}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_factory_of_any_schema_of_objects_builds_valid_objects_only(name: str) -> None:
    batch = every(name)
    assert {type(payload) for payload in batch} == {dict}
    assert batch == every(name)
    assert len(texts(batch)) > 1


@pytest.mark.parametrize("name", ["oneOf", "anyOf of $refs"])
def test_a_union_of_objects_draws_each_branch_and_follows_the_overrides(name: str) -> None:
    assert {payload["kind"] for payload in every(name)} == {"a", "b"}
    assert {payload["kind"] for payload in every(name, kind="b")} == {"b"}
    assert {payload["kind"] for payload in every(name, a="x")} == {"a"}
    assert {payload["kind"] for payload in every(name, same=3)} == {"a"}
    assert {payload["kind"] for payload in every(name, same="x")} == {"b"}
    assert {payload["kind"] for payload in every(name, overrides={"/b": 7})} == {"b"}


def test_overrides_decide_what_else_has_to_be_there() -> None:
    assert all("x" in payload for payload in every("if/then/else", kind="a"))
    assert all("y" in payload for payload in every("if/then/else", kind="b"))
    assert {payload["kind"] for payload in every("if/then/else", x=OMIT)} == {"b"}
    assert all("b" in payload for payload in every("dependentRequired", a="1"))
    assert not any("a" in payload for payload in every("dependentRequired", b=OMIT))
    assert all("b" in payload for payload in every("anyOf of required", a=OMIT))
    assert all("a" not in payload for payload in every("overlapping oneOf", b="1"))


def test_a_field_in_a_shape_that_contains_itself_can_be_set_at_any_depth() -> None:
    for payload in every("recursive", a__a__a__x="deep"):
        assert payload["a"]["a"]["a"]["x"] == "deep"
    for payload in every("overlapping oneOf", n__n__b="deep"):
        assert payload["n"]["n"]["b"] == "deep"


def test_an_untyped_object_inside_of_another_takes_fields() -> None:
    assert all(payload["b"]["c"] == 5 for payload in every("untyped", b__c=5))


def test_a_map_takes_any_name_that_its_schema_allows() -> None:
    assert all(payload["x"] == 1 for payload in every("map", x=1))
    schema = Schema.load(
        {
            "title": "Labelled",
            "type": "object",
            "properties": {
                "labels": {"type": "object", "additionalProperties": {"type": "integer"}},
                "codes": {"type": "object", "patternProperties": {"^c[0-9]$": TEXT},
                          "additionalProperties": False},
            },
        }
    )  # fmt: skip
    made = factory_for(schema)
    for payload in made.build_batch(20, kombo_seed=1, labels__x=1, codes__c1="z"):
        schema.validate(payload)
        assert payload["labels"]["x"] == 1
        assert payload["codes"]["c1"] == "z"
    assert made.build(labels__x=factory.LazyFunction(lambda: 7))["labels"]["x"] == 7
    with pytest.raises(UnknownNameError) as caught:
        made.build(codes__d1="z")
    assert str(caught.value) == snapshot(
        "unknown field or trait 'codes__d1' of LabelledFactory; did you mean 'codes'?"
    )
    with pytest.raises(OverrideError):
        made.build(labels__x="one")

    class Tagged(made):  # type: ignore[valid-type,misc]
        labels__env = 1

        class Params:
            big = factory.Trait(labels__size=9)

    assert (
        Tagged.build(big=True, kombo_seed=1)["labels"] | {"env": 1, "size": 9}
        == (Tagged.build(big=True, kombo_seed=1)["labels"])
    )
    assert "size" not in Tagged.build(kombo_seed=1)["labels"]


NAMES = (
    "_id", "__typename", "create", "build", "fault", "faker", "kombo_seed", "kombo_index", "a__b",
    "class", "Meta", "Params", "overrides", "kombo_schema", "kombo_draft", "kombo_number", "stub",
    "_meta", "first-name", "a.b", "",
)  # fmt: skip
NAMED = Schema.load(
    {
        "title": "Named",
        "type": "object",
        "required": [*NAMES, "inner"],
        "properties": {
            **dict.fromkeys(NAMES, TEXT),
            "inner": {
                "type": "object",
                "required": list(NAMES),
                "properties": dict.fromkeys(NAMES, TEXT),
            },
        },
    }
)
# A pointer names each of them. Only a dotted name cannot have a dot or be empty.


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("start", ["", "/inner"])
def test_overrides_set_a_property_of_any_name(name: str, start: str) -> None:
    payload = factory_for(NAMED).build(kombo_seed=1, overrides={f"{start}/{name}": "x"})
    NAMED.validate(payload)
    assert (payload["inner"] if start else payload)[name] == "x"
    plain = factory_for(NAMED).build(kombo_seed=1)
    (payload["inner"] if start else payload)[name] = (plain["inner"] if start else plain)[name]
    assert payload == plain


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("class", "first-name", "a.b", "")])
def test_a_reserved_name_is_an_error_that_names_overrides(name: str) -> None:
    options = ("fault", "faker", "kombo_seed", "kombo_index", "overrides")
    if name not in options:
        with pytest.raises(OverrideError) as caught:
            factory_for(NAMED).build(**{name: "x"})
        assert str(caught.value) == (
            f"NamedFactory: {name} cannot be a keyword argument, because factories use names like "
            f"it; pass overrides={{'/{name}': ...}}"
        )
    if not hasattr(factory.Factory, name) and name != "kombo_draft":
        inner = factory_for(NAMED)
        if name.startswith("_") or "__" in name or name in ("Meta", "Params"):
            with pytest.raises(OverrideError, match=f"overrides={{'/inner/{name}': ...}}"):
                inner.build(**{f"inner__{name}": "x"})


@pytest.mark.parametrize("name", ["_id", "create", "build", "kombo_number", "__typename"])
def test_a_reserved_name_in_a_class_body_is_an_error_that_names_overrides(name: str) -> None:
    with pytest.raises(OverrideError, match=rf"overrides={{'/{name}': ...}} into class Params"):
        type("Mine", (factory_for(NAMED),), {name: "x"})


@pytest.mark.parametrize("name", ["overrides", "fault", "kombo_seed"])
def test_an_option_in_a_class_body_is_an_error_that_names_the_right_place(name: str) -> None:
    with pytest.raises(OverrideError, match=f"Mine: {name} is an option .* into class Params"):
        type("Mine", (factory_for(NAMED),), {name: 3})


def test_the_overrides_of_a_call_replace_those_of_the_class() -> None:
    class Mine(factory_for(NAMED)):  # type: ignore[misc]
        class Params:
            overrides = {"/_id": "body"}  # noqa: RUF012

    assert Mine.build()["_id"] == "body"
    assert Mine.build(overrides={"/_id": "call"})["_id"] == "call"


def test_overrides_reach_into_arrays_and_take_dotted_names_and_omit() -> None:
    item = {"type": "object", "required": ["sku"], "properties": {"sku": TEXT, "n": TEXT}}
    schema = Schema.load(
        {
            "type": "object",
            "required": ["lines"],
            "properties": {"lines": {"type": "array", "items": item}, "note": TEXT},
        }
    )
    made = factory_for(schema)
    for payload in made.build_batch(
        20, kombo_seed=1, overrides={"lines.2.sku": "abc", "/note": OMIT}
    ):
        schema.validate(payload)
        assert payload["lines"][2]["sku"] == "abc"
        assert len(payload["lines"]) >= 3
        assert "note" not in payload


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"overrides": {"/_idd": "x"}},
            snapshot("unknown field '/_idd' of integration-state-changed; did you mean '/id'?"),
        ),
        ({"overrides": {"/data/stat": "x"}}, snapshot("unknown field '/data/stat' of integration-state-changed; did you mean '/data/state'?")),
        ({"overrides": {"": {}}}, snapshot("'' names the whole payload; name a field in it")),
        ({"overrides": 3}, snapshot('overrides is 3; expected a mapping from JSON Pointers or dotted names to values')),
        ({"overrides": {3: 3}}, snapshot('3 is not a string; expected a JSON Pointer or a dotted name')),
        ({"overrides": {"/data/~2": 3}}, snapshot("'/data/~2': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ({"overrides": {"/data/state": {1, 2}}}, snapshot('IntegrationStateChangedFactory: /data/state: a set is not a JSON value: {1, 2}')),
        ({"overrides": {"/data/state": "INVALD"}}, snapshot("IntegrationStateChangedFactory: the schema rejects the overrides: /data/state: enum: 'INVALD' is not one of ACTIVE, INVALID, INACTIVE; did you mean 'INVALID'? (to build an invalid payload, pass fault='data.state-enum-other')")),
        ({"overrides": {"/data/state": "INVALID"}, "data__state": "ACTIVE"}, snapshot('IntegrationStateChangedFactory: /data/state is overridden twice: by overrides= and by a keyword argument')),
    ],
)  # fmt: skip
def test_overrides_that_cannot_be_are_errors_in_one_line(
    overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(KomboFakesError) as caught:
        IntegrationStateChangedFactory.build(**overrides)
    assert str(caught.value) == message
    with pytest.raises(KomboFakesError) as lazy:
        IntegrationStateChangedFactory.build(
            **overrides, data__qa_status=factory.LazyFunction(lambda: "PASSED")
        )
    assert str(lazy.value) == message


def test_a_parameter_of_a_subclass_can_be_passed() -> None:
    class Tenant(IntegrationStateChangedFactory):
        class Params:
            tenant = "acme"

        data__end_user__origin_id = factory.LazyAttribute(
            lambda own: f"{own.factory_parent.factory_parent.tenant}-1"
        )

    assert Tenant.build()["data"]["end_user"]["origin_id"] == "acme-1"
    assert Tenant.build(tenant="zeta")["data"]["end_user"]["origin_id"] == "zeta-1"
    with pytest.raises(UnknownNameError, match="did you mean 'tenant'"):
        Tenant.build(tenan="x")


END_USER = {"organization_name": "X", "creator_email": "x@example.com", "origin_id": "1"}


@pytest.mark.parametrize("kind", ["Dict", "SubFactory"])
def test_a_dict_of_factory_boy_keeps_the_keys_that_traits_mention(kind: str) -> None:
    class EndUser(factory.DictFactory):
        organization_name = "X"
        creator_email = "x@example.com"
        origin_id = "1"

    given = factory.Dict(END_USER) if kind == "Dict" else factory.SubFactory(EndUser)
    build = IntegrationStateChangedFactory.build
    assert build(data__end_user=given)["data"]["end_user"] == END_USER
    assert build(data__end_user=given, identified=False)["data"]["end_user"] == END_USER
    anonymous = build(data__end_user=given, anonymous=True)["data"]["end_user"]
    assert anonymous == {**END_USER, "creator_email": None, "origin_id": None}
    renamed = build(data__end_user=given, data__end_user__organization_name="Y")
    assert renamed["data"]["end_user"] == {**END_USER, "organization_name": "Y"}

    class Mine(IntegrationStateChangedFactory):
        data__end_user = given

    assert Mine.build()["data"]["end_user"] == END_USER
    assert Mine.build(anonymous=True)["data"]["end_user"] == anonymous


def test_a_declaration_sees_the_entries_of_a_map_and_null_for_a_null_object() -> None:
    schema = Schema.load(
        {
            "type": "object",
            "required": ["labels", "place", "note"],
            "properties": {
                "labels": {"type": "object", "additionalProperties": TEXT, "minProperties": 1},
                "place": {"type": ["object", "null"], "properties": {"city": TEXT}},
                "note": TEXT,
            },
        }
    )

    def describe(own: Any) -> str:
        return json.dumps([sorted(own.labels), own.place is None])

    note = factory.LazyAttribute(describe)
    for payload in factory_for(schema).build_batch(20, kombo_seed=1, note=note):
        assert json.loads(payload["note"]) == [
            sorted(payload["labels"]),
            payload["place"] is None,
        ]


def test_payloads_with_a_fault_can_be_built_of_every_kind_of_schema() -> None:
    for name, document in SCHEMAS.items():
        schema = Schema.load(document)
        made: type[PayloadFactory[Any]] = factory_for(schema)
        for fault in faults(schema):
            assert not schema.is_valid(made.build(fault=fault.id, kombo_seed=1)), (name, fault.id)


def test_a_schema_that_describes_no_object_has_no_factory() -> None:
    for document in ({"type": "array"}, {"enum": [1, None]}, {"type": ["string", "null"]}, True):
        with pytest.raises(OverrideError) as caught:
            factory_for(Schema.load(document))  # type: ignore[arg-type]
        assert str(caught.value) == snapshot(
            "the schema: a factory builds objects, and this schema does not describe one"
        )
