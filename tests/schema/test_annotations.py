"""Payloads follow annotations that a validator does not enforce."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes.schema.annotations import narrow

BRANCHES = [{"$ref": "#/a/Cat"}, {"$ref": "#/a/Dog"}]


def fix_branch(reference: str, *names: str) -> Any:
    """Return a branch whose discriminator property has one of these values."""
    fixed = {"properties": {"kind": {"enum": [*names]}}, "required": ["kind"]}
    return {"allOf": [{"$ref": reference}, fixed]}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("mapping", "branches"),
    [
        ({}, [fix_branch("#/a/Cat", "Cat"), fix_branch("#/a/Dog", "Dog")]),
        (
            {"mapping": {"c": "#/a/Cat", "cat": "Cat", "d": "x/y/Dog"}},
            [fix_branch("#/a/Cat", "c", "cat"), fix_branch("#/a/Dog", "d")],
        ),
        ({"mapping": {"c": "#/a/Cat"}}, [fix_branch("#/a/Cat", "c"), fix_branch("#/a/Dog", "Dog")]),
        ({"mapping": None}, [fix_branch("#/a/Cat", "Cat"), fix_branch("#/a/Dog", "Dog")]),
    ],
    ids=["no mapping", "mapping", "part of it", "null"],
)
def test_a_discriminator_fixes_its_property_in_each_branch(
    keyword: str, mapping: Any, branches: Any
) -> None:
    """The value is the last part of the reference, or what the mapping names."""
    document = {keyword: BRANCHES, "discriminator": {"propertyName": "kind", **mapping}}
    assert narrow(document)[keyword] == branches


@pytest.mark.parametrize("discriminator", ["kind", {}, {"propertyName": 5}, None])
def test_an_invalid_discriminator_and_inline_branches_change_nothing(discriminator: Any) -> None:
    document = {"oneOf": BRANCHES, "discriminator": discriminator}
    assert narrow(document) == document
    document = {
        "oneOf": [True, {"type": "string"}, {"$ref": 5}],
        "discriminator": {"propertyName": "kind"},
    }
    assert narrow(document) == document
    assert narrow({"discriminator": {"propertyName": "kind"}}).keys() == {"discriminator"}


def test_integer_formats_add_bounds_at_any_depth() -> None:
    document = {"properties": {"n": {"format": "int32", "allOf": [{"minimum": 0}]}}}
    assert narrow(document)["properties"]["n"]["allOf"] == [
        {"minimum": 0},
        {"minimum": -(2**31), "maximum": 2**31 - 1},
    ]
    assert narrow({"format": "int64"})["allOf"] == [{"minimum": -(2**63), "maximum": 2**63 - 1}]
    assert narrow({"format": ["int32"]}) == {"format": ["int32"]}
