"""What error messages and notes say of the way out, on the command line and in Python."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from faker import Faker
from inline_snapshot import snapshot

import kombo_fakes
from kombo_fakes import (
    DocumentError,
    IntegrationStateChangedFactory,
    KomboFakesError,
    OverrideError,
    Schema,
    SchemaError,
    deliveries,
    event_payloads,
    generate,
)
from kombo_fakes.cli.main import main
from kombo_fakes.generation.edits import UnnamedField, find_unnamed_field

build = IntegrationStateChangedFactory.build
OPEN = {
    "type": "object",
    "properties": {
        "lines": {"type": "integer"},
        "a.b": {"type": "string"},
        "in": {"type": "object", "properties": {"state": {"type": "string"}}},
        "map": {"type": "object", "additionalProperties": {"type": "string"}},
        "list": {"type": "array", "items": {"type": "object", "properties": {"id": {}}}},
    },
    "patternProperties": {"^x-": {"type": "string"}},
    "required": ["lines"],
}
CLOSED = {"type": "object", "properties": {"a.b": {}}, "additionalProperties": False}


@pytest.fixture
def told(tmp_path, monkeypatch, capsys) -> Any:
    """Run the command line beside some files; the status and what it says on standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, **files: Any) -> tuple[int, str]:
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            Path(name.replace("__", ".")).write_text(text, encoding="utf-8")
        status = main(list(arguments))
        captured = capsys.readouterr()
        shown = captured.err or captured.out
        assert captured.err.count("\n") <= 1
        return status, shown.removesuffix("\n")

    return call


# -- events and types


def test_an_event_that_is_none(told):
    """Its nearest one is named, and the rest is held against that one."""
    payload = next(generate("sync-finished")).payload
    status, said = told("validate", "a.json", a__json=payload | {"type": "sync-finishd"})
    assert status == 1
    assert (
        said == "a.json: /type: enum: unknown event 'sync-finishd'; did you mean 'sync-finished'?"
    )
    status, said = told("validate", "a.json", a__json=payload | {"type": "zzz"})
    assert status == 1
    assert "a.json: /type: enum: unknown event 'zzz'; expected one of: " in said
    given = ["validate", "--event", "sync-finished", "a.json"]
    _, said = told(*given, a__json=payload | {"type": "zzz"})
    assert said == "a.json: /type: enum: 'zzz' is not one of sync-finished"


def test_another_event_is_no_value_of_type(told):
    """It is an option."""
    status, said = told("generate", "--set", "type=sync-finished")
    assert status == 2
    assert said == snapshot(
        "kombo-fakes: error: type: enum: 'sync-finished' is not one of integration-state-changed; use --event sync-finished"
    )


def test_event_payloads_take_one_name():
    """As well as several."""
    assert str(event_payloads("sync-finished")) == str(event_payloads(["sync-finished"]))
    with pytest.raises(KomboFakesError, match=r"unknown event 'sync-finishd'; did you mean"):
        event_payloads("sync-finishd")


def test_a_type_that_is_none(told):
    """The nearest one is named, and the place."""
    given = {"properties": {"a": {"type": "strng"}}}
    status, said = told("generate", "--schema", "a.json", a__json=given)
    assert status == 2
    assert said == (
        "kombo-fakes: error: a.json: unknown type 'strng' at /properties/a; did you mean 'string'?"
    )


# -- documents


def described(*names: str) -> dict[str, Any]:
    return {"openapi": "3.0.3", "components": {"schemas": {n: {"type": "string"} for n in names}}}


def test_an_openapi_description_wants_a_name(told):
    """How to name one is said, all are listed where they are few, and none where there is none."""
    way = "(--name A on the command line, Schema.from_openapi('api.json')['A'] in Python)"
    for names, listed in (("ABC", "A, B, C"), ("ABCDE", "A, B, C, D, E")):
        _, said = told("generate", "--schema", "api.json", api__json=described(*names))
        assert said.endswith(f"choose one of its schemas: {listed} {way}")
    _, said = told("generate", "--schema", "api.json", api__json=described(*"ABCDEF"))
    assert said.endswith(f"choose one of its schemas: A, B, C, D, E, ... {way}")
    _, said = told("generate", "--schema", "api.json", api__json=described())
    assert (
        said
        == "kombo-fakes: error: api.json: is an OpenAPI description without schemas; expected at least one in components.schemas, definitions or webhooks"
    )


def test_a_json_schema_wants_none(told):
    """That it is one is said, not what it isn't."""
    status, said = told("generate", "--schema", "a.json", "--name", "A", a__json=OPEN)
    assert status == 2
    assert "a.json: is a JSON Schema, not an OpenAPI or Swagger description; omit" in said
    assert "omit --name" in said
    with pytest.raises(SchemaError, match=r"use Schema\.load"):
        Schema.from_openapi(OPEN)


@pytest.mark.parametrize("url", ["https://example.com/x.json", "http://example.com/api.yaml"])
def test_nothing_is_fetched(told, url):
    """Not even where a file is meant to be."""
    status, said = told("generate", "--schema", url)
    assert status == 2
    assert said == f"kombo-fakes: error: {url}: URLs are not fetched; download it and name the file"
    with pytest.raises(DocumentError, match=re.escape(f"{url}: URLs are not fetched")):
        Schema.load(url)
    with pytest.raises(DocumentError, match=re.escape(f"{url}: URLs are not fetched")):
        Schema.from_openapi(url)


def test_what_is_not_realistic_can_be_drawn(told):
    """The option of the command line is named, too."""
    given = {"type": "string", "pattern": "^([a-z]{9})\\1\\1$", "minLength": 28}
    status, said = told("generate", "--schema", "a.json", a__json=given)
    assert status == 2
    assert said.endswith("use values='any' (on the command line: --values any)")


def test_a_format_that_is_nearly_known_is_told(told):
    """Nothing of it is checked. Formats that are another matter aren't told of."""
    given = {"properties": {"at": {"format": "datetime"}, "b": {"format": "e-mail"}}}
    status, said = told("faults", "--schema", "a.json", a__json={**given, "type": "object"})
    assert status == 0
    assert said == (
        "kombo-fakes: note: a.json: /properties/at: format 'datetime' is not checked; "
        "did you mean 'date-time'? (and 1 more)"
    )
    given = {"type": "integer", "format": "int32"}
    assert "note" not in told("generate", "--schema", "b.json", b__json=given)[1]


# -- fields


@pytest.mark.parametrize(
    ("name", "note"),
    [
        (
            "lnes",
            snapshot(
                "kombo-fakes: note: --set 'lnes': the schema does not name this property; did you mean 'lines'?"
            ),
        ),
        (
            "/lnes",
            snapshot(
                "kombo-fakes: note: --set '/lnes': the schema does not name this property; did you mean '/lines'?"
            ),
        ),
        ("zzz", snapshot("kombo-fakes: note: --set 'zzz': the schema does not name this property")),
        (
            "a.b",
            snapshot(
                "kombo-fakes: note: --set 'a.b': the schema does not name this property; did you mean '/a.b'?"
            ),
        ),
        (
            "in.stat",
            snapshot(
                "kombo-fakes: note: --set 'in.stat': the schema does not name this property; did you mean 'in.state'?"
            ),
        ),
    ],
)
def test_a_name_that_the_schema_does_not_list_is_noted_and_written(told, name, note):
    status, said = told("generate", "--schema", "a.json", "--set", f"{name}=x", a__json=OPEN)
    assert status == 0
    assert said == note


@pytest.mark.parametrize("name", ["in.state", "map.anything", "/a.b", "x-a", "list.0.id"])
def test_a_name_that_is_the_schemas_own_is_not(name):
    """Neither is a key of a map, or one that a pattern is for."""
    assert find_unnamed_field(Schema(OPEN), name) is None


def test_a_name_in_a_list_is_any_items():
    """Whatever its number is."""
    assert find_unnamed_field(Schema(OPEN), "list.3.ip") == UnnamedField("list.0.id")


def test_a_name_with_a_dot_is_a_pointer(told):
    """Where nothing else is allowed, that is the error's hint."""
    status, said = told("generate", "--schema", "a.json", "--set", "a.b=x", a__json=CLOSED)
    assert status == 2
    assert "did you mean '/a.b'?" in said


@pytest.mark.parametrize("value", [datetime(2021, 9, 1), date(2021, 9, 1), [date(2021, 9, 1)]])
def test_a_date_is_a_text_in_json(value):
    """The field is named, and what makes a text of it."""
    where = "/data/updated_at/0" if isinstance(value, list) else "/data/updated_at"
    wanted = re.escape(f"{where}: ") + r".*not a JSON value.*; use its \.isoformat\(\)"
    with pytest.raises(OverrideError, match=wanted):
        build(data__updated_at=value)
    with pytest.raises(OverrideError, match=r"not a JSON value.*; use its \.isoformat\(\)"):
        list(generate(overrides={"data.updated_at": value}))


# -- arguments


def test_a_locale_is_no_faker():
    """What makes a Faker of it is said."""
    with pytest.raises(
        OverrideError, match=re.escape("'de_DE' is not a Faker: pass Faker(\"de_DE\")")
    ):
        build(faker="de_DE")
    with pytest.raises(OverrideError, match=r"3 is not a Faker: pass Faker\(\)"):
        build(faker=3)
    assert build(faker=Faker("de_DE"))


def test_what_is_no_argument_is_none_of_the_function_that_was_called():
    """Python's own message would name another one."""
    wrong: Any = {"event": "sync-finished"}
    with pytest.raises(TypeError, match=r"^deliveries\(\) got an unexpected keyword .*'event'"):
        deliveries(**wrong)
    with pytest.raises(TypeError, match=r"^event_payloads\(\) got an unexpected .*'events'"):
        event_payloads(events=["sync-finished"])
    with pytest.raises(TypeError, match=r"'null'. Did you mean 'nulls'\?"):
        deliveries(null=0.5)


@pytest.mark.parametrize("seed", ["x", 1.5, None, True])
def test_a_seed_is_an_integer(seed):
    """Anything else would be taken by what it looks like."""
    with pytest.raises(OverrideError, match="a seed is an integer"):
        generate(seed=seed)
    with pytest.raises(OverrideError, match="a seed is an integer"):
        kombo_fakes.ndjson(seed=seed)


def test_lines_in_a_file_that_is_not_named_so(told):
    """Only where the first line is a payload by itself."""
    status, said = told("validate", "two.txt", two__txt='{"a": 1}\n{"a": 2}\n')
    assert status == 2
    assert said == snapshot(
        "kombo-fakes: error: two.txt: invalid JSON at line 2, column 1: Extra data; a file with one payload per line has to end in .ndjson"
    )
    status, said = told("validate", "two.txt", two__txt='{"a":\n1} {"a": 2}\n')
    assert (status, said.endswith("Extra data")) == (2, True)
