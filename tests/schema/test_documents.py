"""Documents from users: schemas, OpenAPI descriptions, JSON and YAML, valid and invalid."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.sampling import examples

from kombo_fakes import (
    DocumentError,
    KomboFakesError,
    Schema,
    SchemaError,
    UnknownNameError,
    ValidationError,
    faults,
    payloads,
)
from kombo_fakes.core.instants import is_date_time
from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.yaml_reader import MAX_BYTES, parse_yaml
from kombo_fakes.schema.effective import derive_effective

PUBLISHED = Schema.load().published


# -- the effective schema


def test_the_published_document_gets_three_repairs_and_passes_the_meta_schema() -> None:
    before = json.dumps(PUBLISHED)
    schema = Schema(PUBLISHED)
    assert [repair.keyword for repair in schema.repairs] == ["$id", "nullable", "nullable"]
    assert json.dumps(PUBLISHED) == before
    jsonschema_rs.meta.validate(schema.effective)
    end_user = schema.effective["properties"]["data"]["properties"]["end_user"]["properties"]
    assert end_user["creator_email"] == {
        "type": ["string", "null"],
        "description": "The email address of the user who created the integration.",
        "format": "email",
    }


@pytest.mark.parametrize(
    ("published", "effective"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": ["string"], "nullable": True}, {"type": ["string", "null"]}),
        ({"type": ["null", "string"], "nullable": True}, {"type": ["null", "string"]}),
        (
            {"type": "string", "enum": ["A"], "nullable": True},
            {"type": ["string", "null"], "enum": ["A", None]},
        ),
        (
            {"type": "string", "const": "A", "nullable": True},
            {"type": ["string", "null"], "enum": ["A", None]},
        ),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"nullable": True, "minLength": 1}, {"minLength": 1, "nullable": True}),
        (
            {"properties": {"nullable": {"type": "string"}}},
            {"properties": {"nullable": {"type": "string"}}},
        ),
        ({"enum": [{"nullable": True}]}, {"enum": [{"nullable": True}]}),
        ({"x-anything": {"nullable": 1}}, {"x-anything": {"nullable": 1}}),
    ],
)
def test_nullable_becomes_a_union_with_null_only_where_it_is_a_keyword(
    published: dict[str, Any], effective: dict[str, Any]
) -> None:
    assert derive_effective(published)[0] == effective


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (3, snapshot("mine.json: a schema is a JSON object, not 3")),
        ([], snapshot("mine.json: a schema is a JSON object, not []")),
        (
            {"requried": ["a"]},
            snapshot("mine.json: unknown keyword 'requried' at the root; did you mean 'required'?"),
        ),
        (
            {"properties": {"a": {"minLenght": 1}}},
            snapshot(
                "mine.json: unknown keyword 'minLenght' at /properties/a; did you mean 'minLength'?"
            ),
        ),
        (
            {"type": "strin"},
            snapshot("mine.json: unknown type 'strin' at the root; did you mean 'string'?"),
        ),
        (
            {"properties": {"type": {"type": ["null", "Integer"]}}},
            snapshot(
                "mine.json: unknown type 'Integer' at /properties/type; did you mean 'integer'?"
            ),
        ),
        (
            {"nullable": "yes", "type": "string"},
            snapshot("mine.json: nullable at the root is 'yes'; expected true or false"),
        ),
        ({"$ref": "#/$defs/a"}, snapshot("mine.json: $ref '#/$defs/a' at the root leads nowhere")),
        (
            {"$ref": "other.json"},
            snapshot(
                "mine.json: $ref 'other.json' at the root leads out of the document; copy its target into $defs"
            ),
        ),
        (
            {"pattern": "("},
            snapshot(
                "mine.json: pattern '(' at the root is not an ECMA-262 regular expression that the validator understands"
            ),
        ),
        (
            {"$schema": "https://example.com/mine"},
            snapshot(
                "mine.json: unknown $schema 'https://example.com/mine'; expected draft 4, 6, 7, 2019-09 or 2020-12 (https://json-schema.org/draft/2020-12/schema)"
            ),
        ),
    ],
)
def test_documents_that_are_not_schemas_are_rejected(document: Any, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        Schema(document, source="mine.json")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("document", "pointer"),
    [({"type": 3}, "/type"), ({"properties": {"type": "string"}}, "/properties/type")],
)
def test_errors_of_the_meta_schema_are_reported(document: Any, pointer: str) -> None:
    with pytest.raises(SchemaError, match=f"^mine.json: violates the meta-schema at {pointer}: "):
        Schema(document, source="mine.json")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (False, snapshot("the schema: no value satisfies it; the contradiction is at the root")),
        (
            {"type": "string", "enum": [1]},
            snapshot("the schema: no value satisfies it; the contradiction is at the root"),
        ),
        (
            {
                "$ref": "#/$defs/a",
                "$defs": {"a": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/a"}}},
            },
            snapshot("the schema: no value satisfies it; the contradiction is at the root"),
        ),
    ],
)
def test_schemas_without_payloads_are_rejected(document: Any, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        payloads(Schema(document))
    assert str(caught.value) == message


def test_references_and_dialects_on_the_network_are_rejected_without_a_request(
    server: tuple[str, list[str]],
) -> None:
    url, asked = server
    documents: list[dict[str, Any]] = [
        {"$ref": f"{url}/a.json"},
        {"properties": {"a": {"$ref": f"{url}/a.json#/b"}}},
        {"$schema": f"{url}/dialect"},
        {"$id": f"{url}/root", "$ref": "other"},
    ]
    for document in documents:
        with pytest.raises(SchemaError):
            payloads(Schema(document))
    described = {"openapi": "3.1.0", "components": {"schemas": {"A": documents[0]}}}
    with pytest.raises(SchemaError, match="leads out of the document"):
        Schema.from_openapi(described)["A"]
    assert asked == []


def test_a_schema_is_loaded_from_an_event_a_file_or_a_dict(tmp_path: Path) -> None:
    """An error suggests the nearest name."""
    path = tmp_path / "mine.json"
    path.write_text('{"type": "string"}')
    assert Schema.load(path).name == "mine"
    assert Schema.load(str(path)).is_valid("x")
    schema = Schema.load({"title": "Job", "type": "object"})
    assert Schema.load(schema) is schema
    assert schema.name == "Job"
    assert Schema.load("sync-finished") is Schema.load("sync-finished")
    with pytest.raises(UnknownNameError, match="did you mean 'sync-finished'"):
        Schema.load("sync-finishd")
    with pytest.raises(DocumentError, match="no such file"):
        Schema.load(tmp_path / "none.json")
    with pytest.raises(DocumentError, match="is a directory"):
        Schema.load(tmp_path)


# -- validation


def test_every_violation_is_listed_with_pointer_keyword_and_message() -> None:
    payload = {
        "id": 1,
        "type": "integration-state-change",
        "data": {"end_user": {"creator_email": "x", "extra": 1}, "state": "active"},
    }
    with pytest.raises(ValidationError) as caught:
        Schema.load().validate(payload)
    said = [str(violation) for violation in caught.value.violations]
    assert "/id: type: expected string, got 1" in said
    assert "/data: required: property 'updated_at' is missing" in said
    assert (
        "/data/state: enum: 'active' is not one of ACTIVE, INVALID, INACTIVE; did you mean 'ACTIVE'?"
        in said
    )
    assert "/data/end_user/creator_email: format: 'x' is not a valid email" in said
    assert "/data/end_user: additionalProperties: unknown property 'extra'" in said
    assert len(said) == 13


@pytest.mark.parametrize(
    "value",
    ["x" * 1_000_000, "\x1b[31m\0\u202e" * 50, 10**400, ["x"] * 100_000, {"k" * 9999: 1}, "\ud800"],
)
def test_messages_about_hostile_values_are_short_and_printable(value: Any) -> None:
    (violation,) = Schema.load({"enum": ["A"]}).violations(value)
    assert len(violation.message) < 200
    assert violation.message.isprintable()
    violation.message.encode()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), snapshot("nan is not a JSON number")),
        ({1: 2}, snapshot("the key 1 is not a string")),
        ({"a": {1, 2}}, snapshot("a set is not a JSON value: {1, 2}")),
        ({"\ud800": 1}, snapshot("the key '\\ud800' contains a lone surrogate")),
    ],
)
def test_values_that_are_not_json_are_invalid(value: Any, message: str) -> None:
    schema = Schema.load({"type": ["object", "null"]})
    assert not schema.is_valid(value)
    (violation,) = schema.violations(value)
    assert violation.message == message


def test_a_payload_that_contains_itself_is_too_deep() -> None:
    value: dict[str, Any] = {}
    value["a"] = value
    (violation,) = Schema.load({}).violations(value)
    assert violation.message == "nested deeper than 200 levels"


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("2021-09-01T12:00:00Z", True),
        ("2021-09-01T12:00:00.123456789+23:59", True),
        ("2021-09-01t12:00:00z", True),
        ("2016-12-31T23:59:60Z", True),
        ("2017-01-01T00:59:60+01:00", True),
        ("2017-01-01T00:59:60Z", False),
        ("20.1-09-01T12:00:00Z", False),
        ("2021-09-01T12:00:0+Z", False),
        ("2021-09-01T1-:00:00Z", False),
        ("2021-09-01T12:00:00+0-:00", False),
        ("2021-09-01 12:00:00Z", False),
        ("2021-02-29T12:00:00Z", False),
        ("2021-09-01T24:00:00Z", False),
        ("2021-09-01T12:00:00+24:00", False),
        ("2021-09-01T12:00:00.Z", False),
        ("2021-09-01T12:00:00Z\n", False),
        ("\u0662021-09-01T12:00:00Z", False),
    ],
)
def test_date_times_follow_rfc_3339_where_the_validator_is_lenient(text: str, legal: bool) -> None:
    assert is_date_time(text) is legal
    assert Schema.load({"format": "date-time"}).is_valid(text) is legal


# -- JSON and YAML


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", snapshot("x.json: is empty; expected JSON")),
        (b" \n", snapshot("x.json: is empty; expected JSON")),
        (
            b"{",
            snapshot(
                "x.json: invalid JSON at line 1, column 2: Expecting property name enclosed in double quotes"
            ),
        ),
        (b'{"a": NaN}', snapshot("x.json: NaN is not a JSON value")),
        (b"[1e999]", snapshot("x.json: the number '1e999' is beyond the range of 64-bit floats")),
        (b"\xff", snapshot("x.json: invalid UTF-8 at byte 0")),
        (
            b"\xef\xbb\xbf{}",
            snapshot("x.json: begins with a byte order mark; JSON is UTF-8 without one"),
        ),
        (b"[" * 100_000, snapshot("x.json: nested deeper than 200 levels")),
        (b"[" * 300 + b"]" * 300, snapshot("x.json: nested deeper than 200 levels")),
        (b"9" * 5000, snapshot("x.json: an integer has more than 4,300 digits")),
    ],
)
def test_text_that_is_not_json_is_rejected(text: bytes, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_json(text, "x.json")
    assert str(caught.value) == message


@settings(max_examples=examples(300), derandomize=True, database=None, deadline=None)
@given(st.binary() | st.text(alphabet='{}[]",:0123eE.-+ntf\\').map(str.encode))
def test_reading_any_bytes_gives_a_value_or_a_document_error(data: bytes) -> None:
    for parse in (parse_json, parse_yaml):
        said = ""
        try:
            json.dumps(parse(data, "x"), allow_nan=False)
        except DocumentError as error:
            said = str(error)
        assert "\n" not in said


def test_yaml_is_read_as_json() -> None:
    """There are no dates, `yes` is a string, keys become strings, and aliases are expanded."""
    text = b"""
    when: 2021-09-01
    yes: no
    200: &a {x: 1.5, y: ~, z: true}
    again: *a
    """
    value = {"x": 1.5, "y": None, "z": True}
    assert parse_yaml(text, "x") == {
        "when": "2021-09-01",
        "yes": "no",
        "200": value,
        "again": value,
    }


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (n + 1, n + 1, *[n] * 9)
    for n in range(ord("a"), ord("j"))
)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (BOMB, "more than 2,000,000 values, with each alias counted"),
        (b"a: [", "invalid YAML at line "),
        (
            b"a: !!python/object:os.system x",
            "invalid YAML at line 1, column 4: could not determine",
        ),
        (b"&a [*a]", "nested deeper than 200 levels"),
        (b"? [1]\n: 2", "invalid YAML at line 1, column 3: found un"),
        (b" " * (MAX_BYTES + 1), "has 8,000,001 bytes; at most 8,000,000 bytes of YAML are read"),
    ],
)
def test_yaml_without_a_json_equivalent_is_rejected(text: bytes, start: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_yaml(text, "x.yaml")
    assert str(caught.value).startswith(f"x.yaml: {start}")
    assert str(caught.value).isprintable()


def test_nan_in_yaml_is_a_string() -> None:
    assert parse_yaml(b"a: .nan", "x") == {"a": ".nan"}


# -- OpenAPI


def description(version: str, **schemas: Any) -> dict[str, Any]:
    """Return a small description with some schemas and a webhook that sends the one called Event."""
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}}}
    return {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "webhooks": {"thing-happened": {"post": {"requestBody": body}}},
        "components": {"schemas": schemas},
    }


def test_components_and_webhooks_are_found_by_name() -> None:
    """An error about an unknown name suggests the nearest."""
    event = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    described = Schema.from_openapi(description("3.1.0", Event=event))
    assert list(described) == ["Event", "thing-happened"]
    for schema in described.values():
        assert schema.is_valid({"id": "x"})
        assert not schema.is_valid({})
    with pytest.raises(UnknownNameError, match="did you mean 'Event'"):
        described["Evnt"]


def test_openapi_30_is_read_in_its_own_dialect() -> None:
    described = Schema.from_openapi(
        description(
            "3.0.3",
            Event={"$ref": "#/components/schemas/Number", "description": "ignored", "maximum": 0},
            Number={"type": "number", "minimum": 1, "exclusiveMinimum": True, "nullable": True},
        )
    )
    assert described["Event"].is_valid(1.5)
    assert described["Event"].is_valid(None)
    assert not described["Event"].is_valid(1)
    beside = description(
        "3.1.0",
        Event={"$ref": "#/components/schemas/Number", "maximum": 5},
        Number={"type": "number", "exclusiveMinimum": 1},
    )
    assert not Schema.from_openapi(beside)["Event"].is_valid(6)


def test_payloads_agree_with_their_discriminator_and_faults_ignore_it() -> None:
    described = Schema.from_openapi(
        description(
            "3.0.3",
            Event={
                "oneOf": [
                    {"$ref": "#/components/schemas/Cat"},
                    {"$ref": "#/components/schemas/Dog"},
                ],
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"feline": "#/components/schemas/Cat"},
                },
            },
            Cat={
                "type": "object",
                "required": ["kind", "sender"],
                "properties": {"kind": {"type": "string"}, "sender": {"type": "integer"}},
                "additionalProperties": False,
            },
            Dog={
                "type": "object",
                "required": ["kind", "name"],
                "properties": {"kind": {"type": "string"}, "name": {"type": "string"}},
                "additionalProperties": False,
            },
        )
    )
    schema = described["Event"]
    seen = set()

    @settings(max_examples=examples(60), deadline=None, database=None, derandomize=True)
    @given(payloads(schema))
    def check(payload: Any) -> None:
        schema.validate(payload)
        seen.add((payload["kind"], "sender" in payload))

    check()
    assert seen == {("feline", True), ("Dog", False)}
    assert faults(schema)
    assert all(not schema.is_valid(e) for fault in faults(schema) for e in fault.examples)
    assert not any(fault.single for fault in faults(schema) if fault.keyword == "oneOf")


def test_integer_formats_bound_payloads_but_are_not_enforced() -> None:
    schema = Schema.load({"type": "integer", "format": "int32", "minimum": 2**31 - 3})

    @settings(max_examples=examples(50), deadline=None, database=None, derandomize=True)
    @given(payloads(schema))
    def check(value: Any) -> None:
        assert value < 2**31

    check()
    assert schema.is_valid(2**40)


def test_recursive_schemas_and_references_into_other_schemas() -> None:
    described = Schema.from_openapi(
        description(
            "3.0.3",
            Event={
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"$ref": "#/components/schemas/Person/properties/name"},
                    "boss": {"$ref": "#/components/schemas/Person"},
                },
                "additionalProperties": False,
            },
            Person={
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "boss": {"$ref": "#/components/schemas/Person"},
                },
                "additionalProperties": False,
            },
        )
    )
    schema = described["Event"]

    @settings(max_examples=examples(60), deadline=None, database=None, derandomize=True)
    @given(payloads(schema))
    def check(payload: Any) -> None:
        schema.validate(payload)

    check()
    assert {fault.pointer for fault in faults(schema)} >= {"/name", "/boss/name", "/boss"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"swagger": "1.2"}, "is not an OpenAPI 3 or Swagger 2 description (swagger: '1.2')"),
        ({"openapi": "4.0"}, "is not an OpenAPI 3 or Swagger 2 description (openapi: '4.0')"),
        ({"type": "object"}, "is a JSON Schema, not an OpenAPI or Swagger description"),
        ([], "is not an OpenAPI 3 or Swagger 2 description"),
    ],
)
def test_documents_that_are_not_openapi_3_are_rejected(
    document: Any, message: str, tmp_path: Path
) -> None:
    """Without a name, a description is rejected too, and the error lists the names."""
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document))
    with pytest.raises(SchemaError, match=re.escape(message)):
        Schema.from_openapi(path)
    path.write_text(json.dumps(description("3.0.3", Event={"type": "string"})))
    with pytest.raises(SchemaError, match="choose one of its schemas: Event"):
        Schema.load(path)


def test_an_error_about_a_broken_reference_suggests_the_nearest_schema() -> None:
    """The other schemas stay usable."""
    described = Schema.from_openapi(
        description(
            "3.0.3", Event={"$ref": "#/components/schemas/Persn"}, Person={"type": "object"}
        )
    )
    assert described["Person"].is_valid({})
    with pytest.raises(SchemaError, match=re.escape("leads nowhere; did you mean 'Person'?")):
        described["Event"]


def test_only_the_needed_part_of_a_description_of_20_mb_is_read(tmp_path: Path) -> None:
    schemas = {f"S{n}": {"type": "object", "description": "x" * 2000} for n in range(10_000)}
    path = tmp_path / "large.json"
    path.write_text(json.dumps(description("3.0.3", Event={"type": "boolean"}, **schemas)))
    assert path.stat().st_size > 20_000_000
    described = Schema.from_openapi(path)
    assert len(described) == 10_002
    assert described["Event"].is_valid(True)
    assert len(json.dumps(described["S1"].effective)) < 3000


@settings(max_examples=examples(80), deadline=None, derandomize=True, database=None)
@given(
    st.recursive(
        st.sampled_from(
            [True, {}, {"type": "string"}, {"type": "null"}, {"enum": [1, "a"]}, {"minimum": 2}]
        ),
        lambda inner: st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["object", "array", "string", ["integer", "null"]]),
                "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
                "required": st.lists(st.sampled_from("abc"), unique=True, max_size=2),
                "items": inner,
                "anyOf": st.lists(inner, min_size=1, max_size=2),
                "allOf": st.lists(inner, min_size=1, max_size=2),
                "not": inner,
                "additionalProperties": inner | st.just(False),
                "maxItems": st.integers(0, 3),
                "minProperties": st.integers(0, 2),
            },
        ),
        max_leaves=6,
    ),
    st.data(),
)
def test_any_schema_gives_valid_payloads_and_invalid_faults_or_is_rejected(
    document: Any, data: st.DataObject
) -> None:
    try:
        schema = Schema.load(document if isinstance(document, dict) else {"allOf": [document]})
        strategy = payloads(schema)
        judge = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
        assert judge.is_valid(data.draw(strategy))
        for fault in faults(schema):
            assert not judge.is_valid(fault.examples[0])
    except KomboFakesError:
        pass
