"""OpenAPI descriptions in unusual but valid forms."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import Schema, SchemaError, generate


def body(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def described(webhooks: dict[str, Any], **components: Any) -> Any:
    document = {"openapi": "3.1.0", "webhooks": webhooks, "components": components or None}
    return Schema.from_openapi(document)


def test_an_unreadable_webhook_does_not_affect_others() -> None:
    lost = {"$ref": "#/components/requestBodies/Nope"}
    schemas = described(
        {"a": {"post": {"requestBody": lost}}, "b": {"post": {"requestBody": body({"const": 1})}}},
        schemas={"Good": {"type": "string"}},
    )
    assert list(schemas) == ["Good", "a", "b"]
    assert schemas["Good"].is_valid("x")
    assert schemas["b"].is_valid(1)
    for _ in range(2):
        with pytest.raises(
            SchemaError, match=r"'#/components/requestBodies/Nope' .* leads nowhere"
        ):
            schemas["a"]


def test_webhooks_and_bodies_behind_references() -> None:
    """A path item is among the components (OpenAPI 3.1), and a reference leads to a body."""
    schemas = described(
        {"a": {"$ref": "#/components/pathItems/P"}},
        pathItems={"P": {"post": {"requestBody": {"$ref": "#/components/requestBodies/A"}}}},
        requestBodies={
            "A": {"$ref": "#/components/requestBodies/B"},
            "B": body({"type": "string", "minLength": 2}),
        },
    )
    assert list(schemas) == ["a"]
    assert schemas["a"].is_valid("ab")
    assert not schemas["a"].is_valid("a")


def test_references_in_a_cycle_are_rejected() -> None:
    schemas = described(
        {"a": {"post": {"requestBody": {"$ref": "#/components/requestBodies/A"}}}},
        requestBodies={"A": {"$ref": "#/components/requestBodies/A"}},
    )
    with pytest.raises(SchemaError, match="refers to itself"):
        schemas["a"]


def test_a_reference_to_missing_components_is_rejected() -> None:
    lost = body({"$ref": "#/components/schemas/X"})
    with pytest.raises(
        SchemaError, match=r"'#/components/schemas/X' .* leads nowhere; none is defined"
    ):
        described({"a": {"post": {"requestBody": lost}}})["a"]


@pytest.mark.parametrize("mapping", [["a"], None, "a", {}, {"x": 3}])
def test_an_invalid_mapping_of_a_discriminator_is_ignored(mapping: Any) -> None:
    schema = {
        "oneOf": [{"$ref": "#/$defs/a"}],
        "$defs": {"a": {"type": "object", "properties": {"x": {"type": "string"}}}},
        "discriminator": {"propertyName": "x", "mapping": mapping},
    }
    assert next(generate(schema)).payload["x"] == "a"


# -- where schemas are


TEXT = {"type": "string", "minLength": 2}


def assert_found(described: Any, *names: str) -> None:
    assert list(described) == list(names)
    for name in names:
        assert described[name].is_valid("ab")
        assert not described[name].is_valid("a")
        assert not described[name].is_valid(None)
        assert described[name].is_valid(next(generate(described[name])).payload)


def test_swagger_2_has_definitions_and_bodies_among_parameters() -> None:
    hook = {"post": {"parameters": [{"$ref": "#/parameters/head"}, {"$ref": "#/parameters/job"}]}}
    document = {
        "swagger": "2.0",
        "definitions": {"Text": TEXT, "Alias": {"$ref": "#/definitions/Text", "maxLength": 1}},
        "parameters": {
            "head": {"in": "header", "name": "X-A", "type": "string"},
            "job": {"in": "body", "name": "body", "schema": {"$ref": "#/definitions/Text"}},
        },
        "x-webhooks": {"job": hook, "none": {"post": {"parameters": []}}},
    }
    assert_found(Schema.from_openapi(document), "Text", "Alias", "job")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/vnd.a+json; charset=utf-8",
        "*/*",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    ],
)
def test_a_body_of_any_media_type_is_found(version: str, media_type: str) -> None:
    hooks = {"a": {"post": {"requestBody": {"content": {media_type: {"schema": TEXT}}}}}}
    for keyword in ("webhooks", "x-webhooks"):
        assert_found(Schema.from_openapi({"openapi": version, keyword: hooks}), "a")


def test_json_goes_before_other_media_types() -> None:
    content = {
        "text/plain": {"schema": {}},
        "*/*": {"schema": {}},
        "application/json": {"schema": TEXT},
    }
    assert_found(described({"a": {"post": {"requestBody": {"content": content}}}}), "a")


def test_openapi_32_has_streams_and_media_types_by_reference() -> None:
    content = {"application/jsonl": {"$ref": "#/components/mediaTypes/M"}}
    document = {
        "openapi": "3.2.0",
        "webhooks": {"a": {"query": {"requestBody": {"content": content}}}},
        "components": {"mediaTypes": {"M": {"itemSchema": TEXT}}},
    }
    assert_found(Schema.from_openapi(document), "a")


def test_callbacks_are_found_in_operations_and_components() -> None:
    """Names stay as they are written unless they collide."""
    item = {"{$request.body#/url}": {"post": {"requestBody": body(TEXT)}}}
    document = {
        "openapi": "3.0.3",
        "paths": {
            "/a": {"post": {"callbacks": {"done": item, "Text": item}}},
            "/b": {"put": {"callbacks": {"done": item, "lost": {"$ref": "#/nowhere"}}}},
            "/c": {"post": {"callbacks": {"done": {"$ref": "#/components/callbacks/other"}}}},
            "/d": {"$ref": "none.json"},
        },
        "components": {"schemas": {"Text": TEXT}, "callbacks": {"other": item}},
    }
    assert_found(
        Schema.from_openapi(document),
        "Text",
        "other",
        "done",
        "callbacks/Text",
        "callbacks/done",
        "callbacks/POST /c/done",
    )


def test_each_operation_of_a_webhook_has_a_name() -> None:
    operation = {"requestBody": body(TEXT)}
    hooks = {"a": {"put": operation, "post": operation}, "b": {"post": {}}}
    names = ["a/put", "a", "webhooks/a/put"]
    assert_found(described(hooks, schemas={"a/put": TEXT}), *names)


def test_any_other_schema_is_found_by_its_pointer() -> None:
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"post": {"requestBody": body(TEXT)}}},
    }
    schemas = Schema.from_openapi(document)
    assert not list(schemas)
    schema = schemas["#/paths/~1a/post/requestBody/content/application~1json/schema"]
    assert (schema.is_valid("ab"), schema.is_valid("a")) == (True, False)
    with pytest.raises(SchemaError, match="leads nowhere"):
        schemas["#/paths/~1a/get"]


def test_schemas_name_their_dialect() -> None:
    """By `jsonSchemaDialect` for all of them, and by `$schema` for one."""
    seven = "http://json-schema.org/draft-07/schema#"
    tuples = {"type": "array", "items": [{"const": 1}, {"$ref": "#/components/schemas/B"}]}
    schemas = {"A": tuples, "B": {"const": 2}}
    document = {"openapi": "3.1.0", "jsonSchemaDialect": seven, "components": {"schemas": schemas}}
    assert [Schema.from_openapi(document)["A"].is_valid([1, n]) for n in (2, 3)] == [True, False]
    own = {"A": {**tuples, "$schema": seven}, "B": {"const": 2}}
    document = {"openapi": "3.1.0", "components": {"schemas": own}}
    assert [Schema.from_openapi(document)["A"].is_valid([1, n]) for n in (2, 3)] == [True, False]
    document = {"openapi": "3.1.0", "jsonSchemaDialect": "urn:x", "components": {"schemas": own}}
    with pytest.raises(SchemaError, match=r"unknown \$schema 'urn:x'"):
        Schema.from_openapi(document)["A"]


@pytest.mark.parametrize(
    "document",
    [
        {"openapi": "3.1.0", "webhooks": []},
        {"openapi": "3.1.0", "webhooks": {"a": None, "b": {"post": 1}, "c": {"post": {}}}},
        {"openapi": "3.1.0", "webhooks": {"a": {"post": {"requestBody": []}}}},
        {"openapi": "3.1.0", "webhooks": {"a": {"post": {"requestBody": {"content": {"x": 1}}}}}},
        {"openapi": "3.1.0", "paths": {"/a": {"post": {"callbacks": {"a": None, "b": {"x": 1}}}}}},
        {"swagger": "2.0", "definitions": None, "x-webhooks": {"a": {"post": {"parameters": 3}}}},
        {"swagger": 2.0, "x-webhooks": {"a": {"post": {"parameters": [1, {"in": "body"}]}}}},
        {"openapi": "3.1.0", "components": {"callbacks": {"a": {"$ref": "#/components/callbacks/a"}}}},
    ],
    ids=str,
)  # fmt: skip
def test_descriptions_of_the_wrong_form_have_no_schemas(document: Any) -> None:
    assert list(Schema.from_openapi(document)) == []
