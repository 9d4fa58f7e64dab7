"""What payloads keep to beyond what is asked of them."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes.schema.annotations import narrow

BRANCHES = [{"$ref": "#/a/Cat"}, {"$ref": "#/a/Dog"}]


def says(reference: str, *names: str) -> Any:
    """A branch that is told by its name."""
    told = {"properties": {"kind": {"enum": [*names]}}, "required": ["kind"]}
    return {"allOf": [{"$ref": reference}, told]}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("mapping", "branches"),
    [
        ({}, [says("#/a/Cat", "Cat"), says("#/a/Dog", "Dog")]),
        (
            {"mapping": {"c": "#/a/Cat", "cat": "Cat", "d": "x/y/Dog"}},
            [says("#/a/Cat", "c", "cat"), says("#/a/Dog", "d")],
        ),
        ({"mapping": {"c": "#/a/Cat"}}, [says("#/a/Cat", "c"), says("#/a/Dog", "Dog")]),
        ({"mapping": None}, [says("#/a/Cat", "Cat"), says("#/a/Dog", "Dog")]),
    ],
    ids=["no mapping", "mapping", "part of it", "null"],
)
def test_discriminators(keyword: str, mapping: Any, branches: Any) -> None:
    """Each branch is told by the last part of its reference, or by what is mapped to that."""
    document = {keyword: BRANCHES, "discriminator": {"propertyName": "kind", **mapping}}
    assert narrow(document)[keyword] == branches


@pytest.mark.parametrize("discriminator", ["kind", {}, {"propertyName": 5}, None])
def test_what_is_no_discriminator_changes_nothing(discriminator: Any) -> None:
    """Nor do branches that are written out."""
    document = {"oneOf": BRANCHES, "discriminator": discriminator}
    assert narrow(document) == document
    document = {
        "oneOf": [True, {"type": "string"}, {"$ref": 5}],
        "discriminator": {"propertyName": "kind"},
    }
    assert narrow(document) == document
    assert narrow({"discriminator": {"propertyName": "kind"}}).keys() == {"discriminator"}


def test_bounds() -> None:
    """Beside what is there, and at any depth."""
    document = {"properties": {"n": {"format": "int32", "allOf": [{"minimum": 0}]}}}
    assert narrow(document)["properties"]["n"]["allOf"] == [
        {"minimum": 0},
        {"minimum": -(2**31), "maximum": 2**31 - 1},
    ]
    assert narrow({"format": "int64"})["allOf"] == [{"minimum": -(2**63), "maximum": 2**63 - 1}]
    assert narrow({"format": ["int32"]}) == {"format": ["int32"]}
