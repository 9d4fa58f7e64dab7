"""The strings of a shape: patterns, lengths, formats and excluded values together."""

from __future__ import annotations

from typing import Any

import pytest

from kombo_fakes import SchemaError, generate, payloads
from kombo_fakes.schema.blueprint.shapes import String
from kombo_fakes.schema.blueprint.string_words import find_words

NARROW: dict[str, tuple[dict[str, Any], str]] = {
    # For each the shortest string of the plainest characters.
    "years after 2999": ({"format": "date-time", "pattern": "^3"}, "3000-01-01T00:00:00Z"),
    "early years": ({"format": "date", "pattern": "^0"}, "0001-01-01"),
    "leap days": ({"format": "date", "pattern": "-02-29$"}, "0004-02-29"),
    "31st": ({"format": "date-time", "pattern": "-31T"}, "0001-01-31T00:00:00Z"),
    "far offset": ({"format": "time", "pattern": "-1[4-9]:"}, "00:00:00-14:00"),
    "picoseconds": ({"format": "time", "pattern": r"\.\d{12}Z$"}, "00:00:00.000000000000Z"),
    "uuid of version 1": ({"format": "uuid", "pattern": "^.{14}1.{4}A"},
                          "00000000-0000-1000-A000-000000000000"),
    "private network": ({"format": "ipv4", "pattern": r"^10\."}, "10.0.0.0"),
    "short ipv6": ({"format": "ipv6", "maxLength": 4, "pattern": "^f"}, "f::"),
    "years": ({"format": "duration", "pattern": "^P[0-9]+Y$"}, "P0Y"),
    "seconds": ({"format": "duration", "pattern": "S$"}, "PT0S"),
    "ftp": ({"format": "uri", "pattern": "^ftp://.*[?]x=%20$"}, "ftp://a.example?x=%20"),
    "absolute path": ({"format": "uri-reference", "pattern": "^/[a-z]+$"}, "/a"),
    "relative path": ({"format": "uri-reference", "pattern": r"^\.\./"}, "../"),
    "template": ({"format": "uri-template", "pattern": r"^/users/\{id\}$"}, "/users/{id}"),
    "company": ({"format": "email", "pattern": "@acme-corp[.]io$"}, "0@acme-corp.io"),
    "tag": ({"format": "email", "pattern": "[+]tag@"}, "0+tag@0.example"),
    "escaped pointer": ({"format": "json-pointer", "pattern": "~1"}, "/~1"),
    "anchored regex": ({"format": "regex", "pattern": r"^\^.+\$$"}, "^0$"),
    "bounded host": ({"pattern": r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"},
                     "0.aa"),
}  # fmt: skip


@pytest.mark.parametrize("name", NARROW)
def test_formats_have_their_strings_beside_a_pattern(name: str, drawn: Any) -> None:
    keywords, shortest = NARROW[name]
    document = {"type": "string", **keywords}
    strings = drawn(payloads(document), 30)
    assert strings
    shape = String(
        max_length=keywords.get("maxLength"),
        patterns=(keywords["pattern"],),
        formats=(keywords["format"],) if "format" in keywords else (),
    )
    words = find_words(shape, usual=False)
    assert shape.check()(words.shortest)
    assert len(words.shortest) <= len(shortest)
    if name not in ("ftp", "tag"):
        assert words.shortest == shortest
    assert next(generate(document, seed=1)).payload


@pytest.mark.parametrize(
    ("keywords", "named"),
    [
        ({"pattern": "^a$", "minLength": 5}, "no string has pattern '^a$' and minLength 5"),
        ({"pattern": r"^\d+$", "maxLength": 0}, ""),
        ({"pattern": r"x\by"}, r"no string has pattern 'x\\by'"),
        ({"allOf": [{"pattern": "^a$"}, {"pattern": "^b$"}]},
         "no string has pattern '^a$' and pattern '^b$'"),
        ({"pattern": "^[ab]$", "not": {"enum": ["a", "b"]}},
         "no string has pattern '^[ab]$' and not 'a' and not 'b'"),
        ({"pattern": r"^(.+)x\1$", "minLength": 99},
         r"no string was found with pattern '^(.+)x\\1$' and minLength 99"),
        ({"format": "uuid", "pattern": "^g"},
         "no string was found with pattern '^g' and format 'uuid'"),
    ],
)  # fmt: skip
def test_keywords_that_leave_no_string_are_named(keywords: dict[str, Any], named: str) -> None:
    document = {"required": ["a"], "properties": {"a": {"type": "string", **keywords}},
                "type": "object"}  # fmt: skip
    with pytest.raises(SchemaError) as error:
        payloads(document)
    assert named in str(error.value)
    assert "no value satisfies it" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_string_without_words_may_be_optional(drawn: Any) -> None:
    document = {"properties": {"a": {"type": "string", "pattern": "^a$", "minLength": 5}},
                "type": "object", "additionalProperties": False}  # fmt: skip
    assert {tuple(value) for value in drawn(payloads(document), 20)} == {()}


def test_a_newline_at_the_end_of_an_excluded_pattern_is_ambiguous() -> None:
    words = find_words(String(max_length=2, excluded_patterns=("^[^\n]$", "^$")))
    made = {words.make(length, lambda count: count - 1) for length in words.lengths}
    assert not any("\n" in word for word in made)
