"""Deriving the effective schema from the published one: what is repaired, kept and rejected."""

from __future__ import annotations

import contextlib
import copy
import json
import math
import re
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.sampling import examples

from kombo_fakes import Schema, SchemaError, events, payloads
from kombo_fakes.core.pointer import Path
from kombo_fakes.schema.effective import derive_effective
from kombo_fakes.schema.vocabulary import KNOWN, map_subschemas, subschemas
from kombo_fakes.webhooks.shipped import event_document, schema_directory

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"


@pytest.mark.parametrize("event", events())
def test_each_published_document_is_repaired_and_otherwise_kept(event: str) -> None:
    """The effective schema passes its meta-schema by two validators."""
    published = event_document(event)
    schema = Schema.load(event)
    jsonschema_rs.meta.validate(schema.effective)
    jsonschema.Draft202012Validator.check_schema(schema.effective)
    assert schema.published == published
    assert any(
        json.loads(path.read_bytes()) == published for path in schema_directory().glob("*.json")
    )
    assert descriptions(schema.effective) == descriptions(published)
    assert "nullable" not in json.dumps(schema.effective)
    nullable = json.dumps(published).count('"nullable": true')
    assert sum(repair.keyword == "nullable" for repair in schema.repairs) == nullable


def descriptions(schema: Any) -> list[str]:
    """Return every description in a schema, in order."""
    if isinstance(schema, dict):
        own = [schema["description"]] if isinstance(schema.get("description"), str) else []
        return own + [text for value in schema.values() for text in descriptions(value)]
    return [t for item in schema for t in descriptions(item)] if isinstance(schema, list) else []


def test_every_repair_has_a_pointer_a_keyword_and_a_sentence() -> None:
    said = [str(repair) for repair in Schema.load().repairs]
    end_user = "/properties/data/properties/end_user/properties"
    assert said[1:] == [
        f"{end_user}/creator_email: `nullable: true` became a union with null",
        f"{end_user}/origin_id: `nullable: true` became a union with null",
    ]
    assert said[0].startswith("(root): '#/")
    assert "became 'urn:kombo-fakes:schema:" in said[0]


@pytest.mark.parametrize(
    ("published", "effective", "keywords"),
    [
        ({"type": ["null"], "nullable": True}, {"type": ["null"]}, ["nullable"]),
        (
            {"type": "string", "enum": [None, "A"], "nullable": True},
            {"type": ["string", "null"], "enum": [None, "A"]},
            ["nullable"],
        ),
        (
            {"type": "null", "const": None, "nullable": True},
            {"type": ["null"], "const": None},
            ["nullable"],
        ),
        ({"enum": ["A"], "nullable": True}, {"enum": ["A"], "nullable": True}, ["nullable"]),
        (
            {"type": "string", "enum": ["A"], "nullable": True},
            {"type": ["string", "null"], "enum": ["A", None]},
            ["nullable"],
        ),
        (
            {"type": "string", "const": "A", "nullable": True},
            {"type": ["string", "null"], "enum": ["A", None]},
            ["nullable"],
        ),
        (
            {"$schema": DRAFT_7, "$ref": "#", "minLength": 1, "title": "T"},
            {"$schema": DRAFT_7, "$ref": "#", "title": "T"},
            ["$ref"],
        ),
        (
            {"$schema": DRAFT_7, "contentEncoding": "base64", "contentMediaType": "x/y"},
            {"$schema": DRAFT_7},
            ["contentEncoding", "contentMediaType"],
        ),
        ({"contentEncoding": "base64"}, {"contentEncoding": "base64"}, []),
        (
            {"$schema": DRAFT_7, "items": {"$id": "#X"}},
            {"$schema": DRAFT_7, "items": {"$id": "#X"}},
            [],
        ),
        ({"nullable": False}, {}, ["nullable"]),
        (
            {"items": {"anyOf": [{"type": "string", "nullable": True}]}},
            {"items": {"anyOf": [{"type": ["string", "null"]}]}},
            ["nullable"],
        ),
        (
            {"properties": {"properties": {"type": "object", "nullable": True}}},
            {"properties": {"properties": {"type": ["object", "null"]}}},
            ["nullable"],
        ),
        ({"$id": "#"}, {"$id": "urn:kombo-fakes:schema:root"}, ["$id"]),
        ({"$id": "#/a b/\u00e9"}, {"$id": "urn:kombo-fakes:schema:-"}, ["$id"]),
        ({"$id": "https://x.example/a"}, {"$id": "https://x.example/a"}, []),
        ({"items": {"$id": "#/x"}}, {"items": {}}, ["$id"]),
        (
            {"items": {"$id": "#x"}, "contains": {"$ref": "#x"}},
            {"items": {"$anchor": "x"}, "contains": {"$ref": "#x"}},
            ["$id"],
        ),
        (
            {"$schema": DRAFT_7, "items": {"$id": "#x"}, "contains": {"$ref": "#x"}},
            {"$schema": DRAFT_7, "items": {"$id": "#x"}, "contains": {"$ref": "#x"}},
            [],
        ),
        ({"type": "string", "format": "money"}, {"type": "string", "format": "money"}, ["format"]),
        (True, {}, []),
        (False, {"not": {}}, []),
    ],
)
def test_only_unusable_keywords_are_repaired_and_each_repair_is_listed(
    published: Any, effective: Any, keywords: list[str]
) -> None:
    before = copy.deepcopy(published)
    found, repairs = derive_effective(published)
    assert found == effective
    assert [repair.keyword for repair in repairs] == keywords
    assert published == before


UNTOUCHED: dict[str, Any] = {
    "names like keywords": {
        "type": "object",
        "properties": {
            name: {"type": "string"} for name in ("nullable", "$ref", "format", "$id", "required")
        },
        "required": ["nullable", "$ref"],
    },
    "values like schemas": {
        "const": {"nullable": True, "$ref": "#/nowhere", "format": "x", "unknwon": 1}
    },
    "enumerated values like schemas": {"enum": [{"nullable": True, "$id": "#x"}, "nullable"]},
    "defaults and examples": {"default": {"nullable": 1}, "examples": [{"$ref": "http://x/"}]},
    "extensions": {"x-nullable": True, "x-ref": {"$ref": "#/nowhere", "nullable": 3}},
    "definitions": {"$defs": {"nullable": {"type": "string"}, "$ref": True}},
    "dependencies": {"dependentRequired": {"nullable": ["$ref"]}},
    "patterns": {"patternProperties": {"nullable": {"type": "string"}}},
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_properties_values_and_definitions_with_names_of_keywords_are_kept(name: str) -> None:
    effective, repairs = derive_effective(UNTOUCHED[name])
    assert effective == UNTOUCHED[name]
    assert repairs == ()


def test_payloads_have_a_property_called_nullable() -> None:
    schema = Schema.load(UNTOUCHED["names like keywords"])
    assert schema.is_valid({"nullable": "x", "$ref": "y"})
    assert not schema.is_valid({"nullable": None, "$ref": "y"})


def beside(wrong: Any, right: Any) -> dict[str, Any]:
    """Return a document in which an invalid part is between two valid ones."""
    return {"properties": {"a": right, "m": wrong, "z": right}}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "a schema is a JSON object, not null"),
        ("x" * 1000, "a schema is a JSON object, not 'xxx"),
        ({"foo": 1}, "unknown keyword 'foo' at the root"),
        ({"Type": "string"}, "unknown keyword 'Type' at the root; did you mean 'type'?"),
        ({"additionalProperty": 1}, "did you mean 'additionalProperties'?"),
        ({"items": {"allOf": [{}, {"max": 1}]}}, "unknown keyword 'max' at /items/allOf/1"),
        ({"$defs": {"a/b": {"propertys": {}}}}, "at /$defs/a~1b; did you mean 'properties'?"),
        ({"nullable": 1, "type": "string"}, "nullable at the root is 1; expected true or"),
        ({"items": {"nullable": None}}, "nullable at /items is null; expected true or false"),
        ({"nullable": "true", "type": "string"}, "nullable at the root is 'true'"),
        ({"type": 5, "nullable": True}, "violates the meta-schema at /type"),
        ({"type": {}, "nullable": True}, "violates the meta-schema at /type"),
        ({"required": ["a", "a"]}, "violates the meta-schema at /required"),
        ({"properties": []}, "violates the meta-schema at /properties"),
        ({"properties": {"a": 1}}, "violates the meta-schema at /properties/a"),
        ({"minLength": -1}, "violates the meta-schema at /minLength"),
        ({"multipleOf": 0}, "violates the meta-schema at /multipleOf"),
        ({"allOf": []}, "violates the meta-schema at /allOf"),
        ({"items": 5}, "violates the meta-schema at /items"),
        ({"$id": 5}, "violates the meta-schema at /$id"),
        ({"$ref": "#/$defs/none"}, "$ref '#/$defs/none' at the root leads nowhere"),
        ({"items": {"$ref": "#none"}}, "$ref '#none' at /items leads nowhere"),
        ({"$ref": "file:///dev/null"}, "leads out of the document; copy its target into $defs"),
        ({"$ref": "other.json#/a"}, "$ref 'other.json#/a' at the root leads out of the document"),
        ({"$dynamicRef": "http://x.example/a"}, "a reference leads to 'http://x.example/a', out"),
        ({"$id": "http://x.example/a", "$ref": "b"}, "leads to 'http://x.example/b', out of the"),
        # Similar text before or after the mistake is not reported instead of it.
        (beside({"$ref": "#/nowhere"}, True), "$ref '#/nowhere' at /properties/m leads nowhere"),
        (beside({"$ref": "#/nowhere"}, {"$ref": "#"}), "$ref '#/nowhere' at /properties/m leads"),
        (beside({"$ref": "#/nowhere"}, {"pattern": "x"}), "$ref '#/nowhere' at /properties/m"),
        (beside({"$ref": '#/"x"'}, {"pattern": "x"}), "$ref '#/\"x\"' at /properties/m leads"),
        (beside({"pattern": "["}, {"pattern": "x"}), "pattern '[' at /properties/m is not an ECMA"),
        ({"pattern": "["}, "pattern '[' at the root is not an ECMA-262 regular expression"),
        ({"items": {"pattern": "a{2,1}"}}, "pattern 'a{2,1}' at /items is not an ECMA"),
        ({"items": {"patternProperties": {"(": {}}}}, "pattern '(' at /items is not an ECMA"),
        ({1: 2}, "is not JSON at the root: the key 1 is not a string"),
        ({"items": {"properties": {1: {}}}}, "is not JSON at /items/properties: the key 1 is not"),
        ({"enum": [math.nan]}, "is not JSON at /enum/0: nan is not a JSON number"),
        ({"const": "x", "x-a": {1}}, "is not JSON at /x-a: a set is not a JSON value: {1}"),
        ({"$schema": 5}, "unknown $schema 5; expected draft 4, 6, 7, 2019-09 or 2020-12"),
        (
            {"$schema": "http://json-schema.org/draft-03/schema#"},
            "$schema names draft 3, which is not supported; expected draft 4, 6, 7, 2019-09 or 2020-12",
        ),
    ],
)
def test_a_rejected_document_is_explained_in_one_line(document: Any, message: str) -> None:
    """The line begins with the file and names what is wrong and where."""
    with pytest.raises(SchemaError) as caught:
        derive_effective(document, "mine.json", strict=True)
    assert message in str(caught.value)
    assert str(caught.value).startswith("mine.json: ")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_a_schema_that_is_too_deep_or_contains_itself_is_rejected() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"not": deep}
    circular: dict[str, Any] = {}
    circular["not"] = circular
    for document in (deep, circular):
        with pytest.raises(SchemaError, match=r"^the schema: nested deeper than 200 levels$"):
            Schema(document)


@pytest.mark.parametrize("dialect", [DRAFT_7, DRAFT_7.rstrip("#"), DRAFT_2019, DRAFT_2019 + "#"])
def test_drafts_7_2019_09_and_2020_12_are_supported(dialect: str) -> None:
    """The identifier may end with an empty fragment."""
    items: Any = {"type": "integer"}
    schema = Schema({"$schema": dialect, "type": "array", "items": [items]})
    assert schema.is_valid([1, "x"])
    assert not schema.is_valid(["x"])


@pytest.mark.parametrize(
    "document",
    [
        {"$id": "#/components/schemas/A", "$defs": {"n": {"type": "null"}}, "$ref": "#/$defs/n"},
        {"$defs": {"n": {"$id": "#n", "type": "null"}}, "$ref": "#n"},
        {"$defs": {"n": {"$anchor": "n", "type": "null"}}, "$ref": "#n"},
        {"$defs": {"n": {"$id": "https://x.example/n", "type": "null"}}, "$ref": "https://x.example/n"},
        {"$id": "https://x.example/a", "$defs": {"n": {"$id": "n", "type": "null"}}, "$ref": "n"},
        {"$schema": DRAFT_7, "definitions": {"n": {"$id": "#n", "type": "null"}}, "$ref": "#n"},
        {"$defs": {"a/b~ %": {"type": "null"}}, "$ref": "#/$defs/a~1b~0%20%25"},
    ],
    ids=["fragment", "fragment id", "anchor", "absolute", "relative", "draft 7", "escaped"],
)  # fmt: skip
def test_references_keep_their_targets_after_repairs(document: dict[str, Any], drawn: Any) -> None:
    schema = Schema(document)
    assert schema.is_valid(None)
    assert not schema.is_valid(1)
    assert set(drawn(payloads(schema), 3)) == {None}
    assert [(site.keyword, site.pointer) for site in schema.sites()] == [("type", "")]


def test_references_dialects_and_identifiers_never_cause_a_request(
    server: tuple[str, list[str]],
) -> None:
    url, asked = server
    documents: list[dict[str, Any]] = [
        {"$ref": f"{url}/ref"},
        {"$dynamicRef": f"{url}/dynamic"},
        {"$schema": f"{url}/dialect"},
        {"$id": f"{url}/id", "$ref": "relative"},
        {"$id": f"{url}/id", "allOf": [{"$ref": "#/nowhere"}]},
        {"$defs": {"a": {"$id": f"{url}/a", "$schema": f"{url}/nested"}}, "$ref": f"{url}/b"},
        {"anyOf": [{"properties": {"a": {"not": {"$ref": f"{url}/deep"}}}}]},
    ]
    for document in documents:
        with pytest.raises(SchemaError):
            Schema(document)
    for harmless in (
        {"$id": f"{url}/id", "type": "null"},
        {"properties": {"a": {"$schema": f"{url}/nested"}}},
        {"$comment": f"{url}/comment", "examples": [{"$ref": f"{url}/example"}]},
    ):
        schema = Schema(harmless)
        assert schema.is_valid(None)
        schema.sites()
        with contextlib.suppress(SchemaError):
            payloads(schema)
    assert asked == []


# -- properties


keywords = st.sampled_from(sorted(KNOWN | {"nullable", "x-a", "unknown"}))
anything = st.recursive(
    st.sampled_from([None, True, False, 0, -1, 1.5, "", "a", "#", "#a", "string", "null", "("]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keywords, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=examples(400), derandomize=True, database=None, deadline=None)
@given(anything)
def test_any_document_is_read_or_rejected_and_never_changed(document: Any) -> None:
    before = copy.deepcopy(document)
    said = ""
    try:
        effective, _ = derive_effective(document, "x")
    except SchemaError as error:
        said = str(error)
    else:
        jsonschema_rs.meta.validate(effective)
        assert derive_effective(effective)[0] == effective
    assert said == "" or said.isprintable()
    assert document == before


def test_map_subschemas_replaces_what_subschemas_yields_in_a_copy() -> None:
    schema: dict[str, Any] = {
        "properties": {"a": {"type": "string"}},
        "items": {"minimum": 1},
        "prefixItems": [True, {}],
        "anyOf": [{"const": 1}],
        "dependencies": {"a": ["b"], "c": {"type": "null"}},
        "additionalProperties": False,
    }
    before = copy.deepcopy(schema)
    found = dict(subschemas(schema))
    assert set(found) == {
        ("properties", "a"), ("items",), ("prefixItems", 0), ("prefixItems", 1), ("anyOf", 0),
        ("dependencies", "c"), ("additionalProperties",),
    }  # fmt: skip
    seen: list[Path] = []

    def changed(where: Path, child: Any) -> dict[str, Any]:
        seen.append(where)
        return {"title": "x"}

    result = map_subschemas(schema, changed)
    assert seen == list(found)
    assert all(child == {"title": "x"} for _, child in subschemas(result))
    assert schema == before


def test_the_name_of_a_schema_is_its_event_its_title_or_its_file() -> None:
    event = {"properties": {"type": {"enum": ["it-happened"]}}, "title": "T"}
    assert Schema(event, source="a/b.json").name == "it-happened"
    assert Schema({"title": "T"}, source="a/b.json").name == "T"
    assert Schema({}, source="a/b.json").name == "b"
    assert Schema({}).name == "the schema"
    assert re.fullmatch("<Schema T>", repr(Schema({"title": "T"})))


@pytest.mark.parametrize(
    ("document", "notes"),
    [
        ({"nullable": False}, ["(root): `nullable: false` has no effect, so it was removed"]),
        (
            {"items": {"nullable": True}},
            ["/items: `nullable: true` without a type has no effect (OAS 3.0)"],
        ),
        (
            {"type": "string", "enum": ["A"], "nullable": True},
            ["(root): `nullable: true` became a union with null, in the enum too"],
        ),
        (
            {"type": "string", "const": "A", "nullable": True},
            ["(root): `nullable: true` became a union with null, beside the constant"],
        ),
        ({"$id": "#/a/b"}, ["(root): '#/a/b' became 'urn:kombo-fakes:schema:b'"]),
        ({"$id": "#Main"}, ["(root): '#Main' became 'urn:kombo-fakes:schema:Main'"]),
        ({"$id": "#x/"}, ["(root): '#x/' became 'urn:kombo-fakes:schema:root'"]),
        ({"$id": "#/X#"}, ["(root): '#/X#' became 'urn:kombo-fakes:schema:X-'"]),
        ({"items": {"$id": "#x"}}, ["/items: the bare fragment '#x' was removed"]),
        (
            {"items": {"$id": "#x"}, "contains": {"$ref": "#x"}},
            ["/items: the bare fragment '#x' became the anchor 'x'"],
        ),
        (
            {"items": {"$id": "#X"}, "contains": {"$ref": "#X"}},
            ["/items: the bare fragment '#X' became the anchor 'X'"],
        ),
        ({"format": "money"}, ["(root): format 'money' is not checked"]),
        (
            {"$schema": DRAFT_7, "items": {"contentEncoding": "base64", "contentMediaType": "x"}},
            [
                "/items: contentEncoding is not checked, so it was removed",
                "/items: contentMediaType is not checked, so it was removed",
            ],
        ),
        (
            {
                "$schema": DRAFT_7,
                "$id": "http://x.example/a",
                "$ref": "#/definitions/a",
                "minLength": 1,
                "not": {},
                "nullable": True,
                "title": "T",
                "definitions": {"a": {}},
            },
            [
                "(root): draft 7 ignores keywords beside $ref, so minLength, not was removed",
                "(root): `nullable: true` without a type has no effect (OAS 3.0)",
            ],
        ),
        (
            {
                "$schema": DRAFT_7,
                "definitions": {"a": {}},
                "items": {"$id": "http://x.example/a", "$ref": "#/definitions/a"},
            },
            ["/items: draft 7 ignores keywords beside $ref, so $id was removed"],
        ),
    ],
)
def test_repairs_are_described_in_a_sentence(document: Any, notes: list[str]) -> None:
    assert [str(repair) for repair in Schema.load(document).repairs] == notes


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (5, "the schema: a schema is a JSON object, not 5"),
        ({"qqqqqq": 1}, "the schema: unknown keyword 'qqqqqq' at the root"),
        (
            {"items": {"minlength": 1}},
            "the schema: unknown keyword 'minlength' at /items; did you mean 'minLength'?",
        ),
        (
            {"$schema": "https://json-schema.org/draft/2020-12/schemaX"},
            "the schema: unknown $schema 'https://json-schema.org/draft/2020-12/schemaX'; "
            "expected draft 4, 6, 7, 2019-09 or 2020-12 (https://json-schema.org/draft/2020-12/schema)",
        ),
        (
            {"items": {"minLength": "1"}},
            'the schema: violates the meta-schema at /items/minLength: "1" is not of type "integer"',
        ),
        (
            {"$dynamicRef": "http://x.example/a"},
            "the schema: a reference leads to 'http://x.example/a', out of the document; copy its "
            "target into $defs",
        ),
        *(
            (
                {"minLength": "m" * length},
                f"the schema: violates the meta-schema at /minLength: {said}",
            )
            # The line has 200 characters, then 201.
            for length, said in (
                (173, f'"{"m" * 173}" is not of type "integer"'),
                (174, f'"{"m" * 174}" is not of type "integer...'),
            )
        ),
        (
            {"$schema": DRAFT_7, "unevaluatedProperties": False},
            f"the schema: unevaluatedProperties at the root: {DRAFT_7.rstrip('#')} does not "
            "have it; set $schema to https://json-schema.org/draft/2020-12/schema",
        ),
        (
            {"type": ["strng"]},
            "the schema: unknown type 'strng' at the root; did you mean 'string'?",
        ),
        (
            {"properties": {"a": True, "b": {"type": "strng"}}},
            "the schema: unknown type 'strng' at /properties/b; did you mean 'string'?",
        ),
    ],
)
def test_errors_say_what_is_wrong_where_and_what_would_be_right(
    document: Any, message: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        derive_effective(document, strict=True)
    assert str(caught.value) == message
