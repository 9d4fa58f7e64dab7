"""References into other documents: given ones, files beside the document, a directory."""

from __future__ import annotations

import json
import os
import pickle
import re
from pathlib import Path
from typing import Any

import pytest

from kombo_fakes import KomboFakesError, Schema, SchemaError, faults, generate
from kombo_fakes.schema.vocabulary import DRAFT_4, DRAFT_7, DRAFT_2019, DRAFT_2020

ID = {"type": "string", "minLength": 3}
COMMON = {"definitions": {"id": ID}}


def write(directory: Path, **files: Any) -> Path:
    """Write JSON files, and return the path of the one called `main`."""
    for name, content in files.items():
        path = directory / (name.replace("__", "/") + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return directory / "main.json"


def refers_to(reference: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["a"], "properties": {"a": {"$ref": reference}}, **more}


def assert_works(schema: Schema, valid: Any, invalid: Any) -> None:
    """The schema tells payloads apart, and payloads and faults are made of it."""
    assert schema.is_valid(valid)
    assert not schema.is_valid(invalid)
    assert schema.is_valid(next(generate(schema)).payload)
    assert schema.is_valid(next(generate(schema, values="any")).payload)
    found = faults(schema)
    assert found
    assert all(not schema.is_valid(example) for fault in found for example in fault.examples)
    again = pickle.loads(pickle.dumps(schema))
    assert (again.effective, again.repairs) == (schema.effective, schema.repairs)


@pytest.mark.parametrize(
    ("uri", "reference", "identifier"),
    [
        ("common.json", "common.json#/definitions/id", None),
        ("common.json", "./common.json#/definitions/id", None),
        ("common.json", "sub/../common.json#/definitions/id", None),
        ("https://a.example/c", "https://a.example/c#/definitions/id", None),
        ("https://a.example/c.json", "c.json#/definitions/id", "https://a.example/main.json"),
        ("https://a.example/c.json", "/c.json#/definitions/id", "https://a.example/x/main.json"),
        ("common.json", "common.json#/definitions/id", "https://a.example/main.json"),
        ("urn:common", "urn:common#/definitions/id", "urn:main"),
        ("common.json", "common.json#/definitions/id", "urn:main"),
        ("my common.json", "my%20common.json#/definitions/id", None),
    ],
)
def test_a_reference_leads_into_a_given_document(
    uri: str, reference: str, identifier: str | None
) -> None:
    document = refers_to(reference, **({"$id": identifier} if identifier else {}))
    assert_works(Schema.load(document, resources={uri: COMMON}), {"a": "abc"}, {"a": "ab"})


def test_a_given_document_is_found_by_its_own_id() -> None:
    reference = "https://a.example/common.json#/definitions/id"
    given = {"whatever": {**COMMON, "$id": "https://a.example/common.json"}}
    assert_works(Schema.load(refers_to(reference), resources=given), {"a": "abc"}, {"a": "ab"})


def test_files_beside_the_document_are_found_and_may_form_a_cycle(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main=refers_to("sub/person.json"),
        sub__person={
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"$ref": "../common.json#/definitions/name"},
                "boss": {"$ref": "person.json"},
                "whole": {"$ref": "../main.json"},
            },
        },
        common={"definitions": {"name": {"$ref": "#/definitions/text"}, "text": ID}},
    )
    schema = Schema.load(main)
    assert_works(schema, {"a": {"name": "abc"}}, {"a": {"name": "ab"}})
    assert not schema.is_valid({"a": {"name": "abc", "boss": {}}})
    assert not schema.is_valid({"a": {"name": "abc", "whole": {}}})
    assert list(schema.effective["$defs"]) == ["person", "name", "text"]
    assert Schema.load(str(main)).effective == schema.effective


def test_a_yaml_file_beside_the_document_is_read(tmp_path: Path) -> None:
    (tmp_path / "main.yaml").write_text("properties: {a: {$ref: 'types.yml#/text'}}\n")
    (tmp_path / "types.yml").write_text("text: {type: string}\n")
    assert not Schema.load(tmp_path / "main.yaml").is_valid({"a": 1})


def test_a_directory_is_searched_by_path_by_id_and_as_a_mirror(tmp_path: Path) -> None:
    write(
        tmp_path,
        by_path=COMMON,
        deep__by_id={**COMMON, "$id": "https://a.example/any/name"},
        b__example__mirrored=COMMON,
        c={"definitions": {"id": {"$ref": "by_path.json#/definitions/id"}}},
    )
    (tmp_path / "b").rename(tmp_path / "b.example")
    (tmp_path / "b.example" / "example").rename(tmp_path / "b.example" / "x")
    (tmp_path / "broken.json").write_text("{")
    for reference in (
        "by_path.json",
        "https://a.example/any/name",
        "https://b.example/x/mirrored.json",
        "https://other.example/by_path.json",
        "c.json",
    ):
        schema = Schema.load(refers_to(reference + "#/definitions/id"), resources=tmp_path)
        assert_works(schema, {"a": "abc"}, {"a": "ab"})


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("none.json", "there is no such file in the document's directory"),
        ("../outside.json", "leads out of the directory"),
        ("sub/../../outside.json", "leads out of the directory"),
        ("%2e%2e/outside.json", "out of the directory"),
        ("/etc/passwd", "leads out of the directory"),
        ("file:///etc/passwd", "leads out of the directory"),
        ("link.json", "'link.json', which is out of the directory"),
        ("folder/outside.json", "which is out of the directory"),
        ("loop.json", "there is no such file"),
        ("pipe.json", "which is not a plain file"),
        ("zero.json", "which is out of the directory"),
        ("sub", "there is no such file"),
        ("a%00b.json", "there is no such file"),
        ("x" * 5000, "there is no such file"),
        ("broken.json", "broken.json: invalid JSON"),
        ("deep.json", "deep.json: nested deeper than 200 levels"),
        ("https://a.example/a.json", "pass its target with resources= (--resources DIR)"),
        ("//a.example/a.json", "leads out of the directory"),
        ("http://[", "pass its target with resources="),
        ("good.json#/nope", "leads nowhere; did you mean"),
        ("good.json#nope", "leads nowhere"),
        ("good.json#/definitions/idd", "leads nowhere; did you mean 'id'?"),
        ("misspelt.json", "unknown keyword 'requred' at /$defs/misspelt"),
        ("old.json", "old.json: $schema names draft 3"),
        ("list.json", "violates the meta-schema at /$defs/list"),
    ],
)
def test_what_must_not_or_cannot_be_read_is_one_line(
    reference: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "outside.json").write_text("{}")
    inside = tmp_path / "inside"
    main = write(
        inside,
        main=refers_to(reference),
        good={**COMMON, "nop": {}},
        misspelt={"requred": ["a"]},
        old={"$schema": "http://json-schema.org/draft-03/schema#"},
        list=[],
        sub__a={},
    )
    (inside / "broken.json").write_text("{")
    (inside / "deep.json").write_text("[" * 1000 + "]" * 1000)
    (inside / "link.json").symlink_to("../outside.json")
    (inside / "folder").symlink_to("..")
    (inside / "loop.json").symlink_to("loop.json")
    (inside / "zero.json").symlink_to("/dev/zero")
    os.mkfifo(inside / "pipe.json")
    with pytest.raises(KomboFakesError, match=re.escape(message)) as caught:
        Schema.load(main)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", [{"a": 1}, {1: {}}, 3, "/no/such/directory", "a\0b"], ids=str)
def test_resources_that_are_none_are_rejected(given: Any) -> None:
    with pytest.raises(SchemaError, match="resources: "):
        Schema.load({"type": "string"}, resources=given)


def test_each_document_is_read_in_its_own_dialect(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        main={
            "$schema": DRAFT_2020,
            "type": "object",
            "properties": {
                name: {"$ref": f"{name}.json"} for name in ("four", "seven", "nineteen", "guess")
            },
        },
        four={
            "$schema": DRAFT_4 + "#",
            "id": "http://a.example/four",
            "type": "integer",
            "minimum": 3,
            "exclusiveMinimum": True,
            "const": 5,
        },
        seven={
            "$schema": DRAFT_7 + "#",
            "items": [{"type": "string"}, {"$ref": "#/definitions/b", "minLength": 9}],
            "additionalItems": False,
            "definitions": {"b": {"type": "string", "format": "uuid"}},
        },
        nineteen={"$schema": DRAFT_2019, "items": [{"$recursiveRef": "#"}], "type": "array"},
        guess={"type": "number", "maximum": 5, "exclusiveMaximum": True},
    )
    schema = Schema.load(main)
    for valid, invalid in (
        ({"four": 4}, {"four": 3}),
        ({"seven": ["a", "b"]}, {"seven": ["a", 1]}),
        ({"seven": ["a"]}, {"seven": ["a", "b", "c"]}),
        ({"nineteen": [[[]]]}, {"nineteen": [[1]]}),
        ({"guess": 4}, {"guess": 5}),
    ):
        assert_works(schema, valid, invalid)
    assert [(r.pointer, r.keyword, r.is_unknown) for r in schema.repairs] == [
        ("/$defs/four", "const", True),
        ("/$defs/seven/prefixItems/1", "$ref", False),
        ("/$defs/b", "format", False),
    ]
    with pytest.raises(SchemaError, match=r"four.json: const at the root: .* does not have const"):
        Schema.load(main, strict=True)


def test_a_main_document_of_draft_7_refers_to_a_newer_one() -> None:
    main = {
        "$schema": DRAFT_7,
        "type": "array",
        "items": [{"$ref": "new.json"}, {"$ref": "#/items/2"}, {"type": "null"}],
    }
    new = {"$schema": DRAFT_2020, "prefixItems": [{"type": "string"}], "type": "array"}
    schema = Schema.load(main, resources={"new.json": new})
    assert_works(schema, [["a"], None], [[1], None])
    assert not schema.is_valid([["a"], 1])


def test_a_schema_names_a_dialect_of_its_own_that_is_among_the_resources(tmp_path: Path) -> None:
    """A relative `$schema` is resolved like a reference."""
    seven = {"$schema": "meta/own.json", "items": [{"type": "null"}]}
    main = write(tmp_path, main=seven, meta__own={"$schema": DRAFT_7, "$id": "urn:own"})
    assert not Schema.load(main).is_valid([1])
    other = write(tmp_path, main=refers_to("seven.json"), seven=seven)
    assert not Schema.load(other).is_valid({"a": [1]})
    with pytest.raises(SchemaError, match=r"unknown \$schema 'meta/none.json'"):
        Schema.load(write(tmp_path, main={"$schema": "meta/none.json"}))


def test_names_of_copies_never_collide() -> None:
    given = {
        f"{name}/types.json": {"definitions": {"id": {"const": name}}, "$defs": {"id": {}}}
        for name in "ab"
    }
    references = {
        "main": "#/definitions/id",
        "a": "a/types.json#/definitions/id",
        "b": "b/types.json#/definitions/id",
        "c": "b/types.json#/$defs/id",
    }
    document = {
        "type": "object",
        "properties": {name: {"$ref": reference} for name, reference in references.items()},
        "definitions": {"id": {"const": "main"}},
    }
    schema = Schema.load(document, resources=given)
    for name in ("main", "a", "b"):
        assert schema.is_valid({name: name})
        assert not schema.is_valid({name: "x"})
    assert schema.is_valid({"c": "x"})
    assert list(schema.effective["$defs"])[:2] == ["id", "types.id"]


@pytest.mark.parametrize(
    ("document", "valid", "invalid"),
    [
        ({"$id": "urn:a:b", "properties": {"a": {"$ref": "item.json"}},
          "$defs": {"i": {"$id": "item.json", "const": 1}}}, {"a": 1}, {"a": 2}),
        ({"properties": {"a": {"$ref": "./item.json"}},
          "$defs": {"i": {"$id": "item.json", "const": 1}}}, {"a": 1}, {"a": 2}),
        ({"$id": "http://a.example/root.json", "properties": {"a": {"$ref": "sub/item.json#/$defs/x"}},
          "$defs": {"i": {"$id": "sub/item.json", "$defs": {"x": {"$ref": "other.json"}}},
                    "o": {"$id": "http://a.example/sub/other.json", "const": 1}}},
         {"a": 1}, {"a": 2}),
        # Draft 4 and 7 documents have ids for decoration, below which no pointer leads anywhere.
        ({"$schema": DRAFT_7, "$id": "http://a.example/root", "type": "object",
          "properties": {"a": {"$id": "/properties/a", "items": {"$ref": "#/definitions/s"}}},
          "definitions": {"s": {"const": 1}}}, {"a": [1]}, {"a": [2]}),
        ({"$schema": DRAFT_4, "id": "http://a.example/root", "type": "object",
          "properties": {"a": {"id": "/properties/a", "items": {"$ref": "#/definitions/s"}},
                         "id": {"type": "string"}},
          "definitions": {"s": {"enum": [1]}}}, {"a": [1], "id": ""}, {"a": [2]}),
        ({"$schema": DRAFT_7, "properties": {"a": {"$ref": "urn:x#foo"}},
          "definitions": {"s": {"$id": "urn:x", "definitions": {"f": {"$id": "#foo", "const": 1}}}}},
         {"a": 1}, {"a": 2}),
    ],
    ids=str,
)  # fmt: skip
def test_relative_ids_inside_of_a_document_are_resolved(
    document: Any, valid: Any, invalid: Any
) -> None:
    assert_works(Schema.load(document), valid, invalid)


def test_dynamic_references_between_documents_are_rejected_where_their_target_is_open() -> None:
    tree = {
        "$schema": DRAFT_2020,
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"next": {"$dynamicRef": "#node"}},
    }
    schema = Schema.load(refers_to("tree.json"), resources={"tree.json": tree})
    assert_works(schema, {"a": {"next": {}}}, {"a": {"next": 1}})
    strict = {"$dynamicAnchor": "node", "$ref": "tree.json", "unevaluatedProperties": False}
    with pytest.raises(SchemaError, match=r"tree.json: \$dynamicRef at /properties/next"):
        Schema.load({"$id": "urn:s", **strict}, resources={"tree.json": tree})


def test_openapi_descriptions_and_schemas_refer_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.0.3\n"
        "webhooks: {job: {$ref: 'hooks.yaml#/job'}}\n"
        "components: {schemas: {Job: {$ref: 'schemas/Job.yaml'}, Text: {type: string}}}\n"
    )
    (tmp_path / "hooks.yaml").write_text(
        "job: {post: {requestBody: {content: {application/json: {schema: "
        "{$ref: 'api.yaml#/components/schemas/Job'}}}}}}\n"
    )
    (tmp_path / "schemas" / "Job.yaml").write_text(
        "type: object\nproperties:\n"
        "  n: {type: integer, minimum: 0, exclusiveMinimum: true, nullable: true}\n"
        "  t: {$ref: '../api.yaml#/components/schemas/Text'}\n"
    )
    described = Schema.from_openapi(tmp_path / "api.yaml")
    assert list(described) == ["Job", "Text", "job"]
    for name in ("Job", "job"):
        assert_works(described[name], {"n": None, "t": "x"}, {"n": 0})
        assert not described[name].is_valid({"t": 1})
    (tmp_path / "main.json").write_text('{"$ref": "api.yaml#/components/schemas/Job"}')
    assert_works(Schema.load(tmp_path / "main.json"), {"n": None}, {"n": 0})


def test_a_document_of_20_mb_is_only_read_in_part_or_rejected_in_one_line(tmp_path: Path) -> None:
    parts = {f"p{n}": {"type": "object", "properties": {"a": ID}} for n in range(250_000)}
    main = write(tmp_path, main=refers_to("large.json#/$defs/p7"), large={"$defs": parts})
    assert (tmp_path / "large.json").stat().st_size > 20_000_000
    assert_works(Schema.load(main), {"a": {"a": "abc"}}, {"a": {"a": "ab"}})


def test_nested_targets_cannot_multiply_without_bound() -> None:
    inner: dict[str, Any] = {f"p{n}": {} for n in range(1_500)}
    for _ in range(90):
        inner = {"x": {"properties": inner}}
    pointers = ["big.json#" + "/x/properties" * depth + "/x" for depth in range(90)]
    references = {"anyOf": [{"$ref": pointer} for pointer in pointers]}
    with pytest.raises(SchemaError, match=r"refers to more than 100,000 schemas"):
        Schema.load(references, resources={"big.json": {**inner, "y": {}}})
