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
