"""Faults and corners of strings: near misses of patterns, lengths and formats, and edges."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kombo_fakes import Schema, corners, faults
from kombo_fakes.schema.formats import CHECKED

SEVERAL: dict[str, dict[str, Any]] = {
    "slug": {"pattern": "^[a-z]+(-[a-z]+)*$", "minLength": 3, "maxLength": 20},
    "date": {"format": "date", "pattern": "^20"},
    "url": {"format": "uri", "maxLength": 40, "minLength": 12},
    "pairs": {"pattern": "^(ab)+$", "minLength": 3, "maxLength": 7},
    "even": {"pattern": "^(..)*$", "maxLength": 5},
    "mail": {"format": "email", "pattern": "@example[.]com$", "maxLength": 30},
    "phone": {"format": "phone", "pattern": r"^[+]\d{6,14}$", "maxLength": 12},
    "large": {"pattern": "^.*a.{14}$", "minLength": 16},
}


def _violated(schema: Schema, payload: Any) -> set[str]:
    return {violation.keyword for violation in schema.violations(payload)}


@pytest.mark.parametrize("name", SEVERAL)
def test_a_fault_of_a_string_violates_its_keyword_alone_where_it_can(name: str) -> None:
    schema = Schema.load({"type": "string", **SEVERAL[name]})
    found = faults(schema)
    assert {fault.keyword for fault in found} - {"type"} == SEVERAL[name].keys() - (
        {"format"} if name == "phone" else set()
    )
    for keyword in SEVERAL[name].keys() - ({"format"} if name == "phone" else set()):
        alone = [
            fault
            for fault in found
            if fault.keyword == keyword and _violated(schema, fault.examples[0]) == {keyword}
        ]
        assert alone, keyword


def test_the_faults_of_a_pattern_begin_with_the_shortest_edits() -> None:
    schema = Schema.load({"type": "string", "pattern": "^[1-9A-HJ-NP-Za-km-z]{24}$"})
    found = [fault for fault in faults(schema) if fault.keyword == "pattern"]
    assert [fault.variant for fault in found[:3]] == ["replaced", "removed", "inserted"]
    replaced, removed, inserted = (fault.apply("1" * 24) for fault in found[:3])
    assert (replaced, removed, inserted) == ("0" + "1" * 23, "1" * 23, "0" + "1" * 24)


def test_a_string_just_too_long_still_matches_the_pattern() -> None:
    schema = Schema.load({"type": "string", "pattern": "^(ab)+$", "minLength": 3, "maxLength": 7})
    found = {fault.id: fault for fault in faults(schema)}
    assert found["root-maxLength-one-over"].apply("abab") == "abababab"
    assert found["root-minLength-one-short"].apply("abab") == "ab"
    far = found["root-maxLength-far-over"].apply("abab")
    assert len(far) > 900
    assert re.fullmatch("(ab)+", far)
    assert all(re.fullmatch("(ab)+", one) for one in found["root-maxLength-other"].examples)


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_every_format_has_near_misses(name: str) -> None:
    found = [f for f in faults({"type": "string", "format": name}) if f.keyword == "format"]
    assert len({fault.variant for fault in found} - {"empty", "prose"}) >= 2


@pytest.mark.parametrize(
    ("keywords", "edges"),
    [
        ({"pattern": "^[a-z]{2,4}(-[_~])?$"},
         {"shortest": "aa", "longest": "aaaa-_", "special": "zzzz-~"}),
        ({"pattern": "^(ab)+$"}, {"shortest": "ab", "long": "ab" * 150, "special": "ab" * 6}),
        ({"pattern": r"^\S+$", "maxLength": 5},
         {"shortest": "0", "longest": "00000", "special": "~~~~~"}),
        ({"pattern": "^3", "format": "date"},
         {"shortest": "3000-01-01", "special": "3999-12-31"}),
    ],
)  # fmt: skip
def test_corners_of_a_pattern(keywords: dict[str, Any], edges: dict[str, str]) -> None:
    schema = Schema.load({"type": "string", **keywords})
    found = {corner.id: corner.payload for corner in corners(schema)}
    assert all(map(schema.is_valid, found.values()))
    assert {
        name.partition("pattern-")[2]: v for name, v in found.items() if "pattern-" in name
    } == edges
