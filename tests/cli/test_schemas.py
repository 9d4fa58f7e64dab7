"""The command line with your own schemas: JSON Schema and OpenAPI, usable and unusable ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from support.commands import Runner

from kombo_fakes import events
from kombo_fakes.cli.main import main

DESCRIPTION = """
openapi: 3.0.3
info: {title: Jobs, version: 2021-09-01}
paths: {}
webhooks:
  job-closed:
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Job"}
components:
  schemas:
    Job:
      type: object
      required: [id, state]
      properties:
        id: {type: integer, format: int64, minimum: 0, exclusiveMinimum: true}
        state: {type: string, nullable: true, enum: [OPEN, CLOSED]}
    Endless:
      type: object
      required: [next]
      properties: {next: {$ref: "#/components/schemas/Endless"}}
    Lost: {$ref: "#/components/schemas/Jobb"}
    Pattern: {type: string, pattern: "("}
    Odd: {type: string, requird: [a]}
"""


@pytest.fixture
def described(tmp_path: Path) -> str:
    """A file with a small OpenAPI description in YAML."""
    path = tmp_path / "api.yaml"
    path.write_text(DESCRIPTION)
    return str(path)


@pytest.mark.parametrize("name", ["Job", "job-closed"])
def test_generate_faults_and_validate_work_with_a_component_and_a_webhook(
    name: str, described: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    which = ["--schema", described, "--name", name]
    assert main(["generate", *which, "-n", "60", "--format", "ndjson"]) == 0
    made = capsys.readouterr().out
    assert {json.loads(line)["state"] for line in made.splitlines()} == {"OPEN", "CLOSED", None}
    (tmp_path / "made.ndjson").write_text(made)
    assert main(["validate", *which, str(tmp_path / "made.ndjson")]) == 0
    assert main(["faults", *which, "--json"]) == 0
    assert "id-exclusiveMinimum-at-it" in capsys.readouterr().out
    assert main(["generate", *which, "--fault", "id-exclusiveMinimum-at-it"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == 0
    (tmp_path / "bad.json").write_text('{"id": 0, "state": null}')
    assert main(["validate", *which, str(tmp_path / "bad.json")]) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Jab", snapshot("unknown schema 'Jab' in api.yaml; did you mean 'Job'?")),
        (
            "Endless",
            snapshot("api.yaml: Endless: no value satisfies it; the contradiction is at the root"),
        ),
        (
            "Lost",
            snapshot(
                "api.yaml: $ref '#/components/schemas/Jobb' at /components/schemas/Lost leads nowhere; did you mean 'Job'?"
            ),
        ),
        (
            "Pattern",
            snapshot(
                "api.yaml: Pattern: pattern '(' at the root is not an ECMA-262 regular expression that the validator understands"
            ),
        ),
        (
            "Odd",
            snapshot(
                "api.yaml: Odd: unknown keyword 'requird' at the root; did you mean 'required'?"
            ),
        ),
    ],
)
def test_an_unusable_name_is_one_line(name: str, message: str, described: str, run: Runner) -> None:
    error = run("generate", "--schema", described, "--name", name).error
    assert error.replace(described, "api.yaml") == message


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "api.yaml",
            DESCRIPTION,
            snapshot(
                "api.yaml: is an OpenAPI description; choose one of its schemas: Job, Endless, Lost, Pattern, Odd, ... (--name Job on the command line, Schema.from_openapi('api.yaml')['Job'] in Python)"
            ),
        ),
        (
            "bomb.yaml",
            BOMB,
            snapshot("bomb.yaml: more than 2,000,000 values, with each alias counted"),
        ),
        (
            "tabs.yml",
            "a:\n\t- b",
            snapshot(
                "tabs.yml: invalid YAML at line 2, column 1: found character that cannot start any token"
            ),
        ),
        ("list.json", "[]", snapshot("list.json: a schema is a JSON object, not []")),
        ("deep.json", "[" * 100_000, snapshot("deep.json: nested deeper than 200 levels")),
        (
            "net.json",
            '{"$ref": "https://example.com/a.json"}',
            snapshot(
                "net.json: $ref 'https://example.com/a.json' at the root leads out of the document; pass its target with resources= (--resources DIR), or copy it into $defs"
            ),
        ),
        (
            "twenty.yaml",
            "a: " + "x" * 20_000_000,
            snapshot(
                "twenty.yaml: has 20,000,003 bytes; at most 8,000,000 bytes of YAML are read. Convert it to JSON, of which much more is read"
            ),
        ),
    ],
)
def test_an_unusable_file_is_one_line_in_bounded_time(
    file: str, text: str, message: str, tmp_path: Path, run: Runner
) -> None:
    """Among them are bombs, deep nesting, large files and references to the network."""
    path = tmp_path / file
    path.write_text(text)
    error = run("generate", "--schema", str(path)).error
    assert error.replace(str(path), file) == message


def test_a_name_needs_a_file(run: Runner) -> None:
    assert run("generate", "--name", "Job").error == snapshot(
        "--name: needs --schema FILE; for an event of Kombo use --event NAME"
    )


def test_a_plain_schema_has_no_names(tmp_path: Path, run: Runner) -> None:
    path = tmp_path / "plain.json"
    path.write_text('{"type": "string"}')
    error = run("generate", "--schema", str(path), "--name", "A").error
    assert error.replace(str(path), "plain.json") == snapshot(
        "plain.json: is a JSON Schema, not an OpenAPI or Swagger description; omit --name, or use Schema.load in Python"
    )


def test_events_show_the_origin_of_their_schemas(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == [
        "integration-state-changed",
        "IntegrationStateChangedWebhookPayload",
        "published",
    ]
    assert len(rows) == len(events())
    assert {row[2] for row in rows[1:]} == {"written here"}


def test_references_lead_into_the_directory_of_resources(tmp_path: Path, run: Runner) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "common.json").write_text(
        '{"$id": "https://a.example/c", "const": 7}'
    )
    (tmp_path / "plain.json").write_text('{"$ref": "https://a.example/c"}')
    schema = ["--schema", str(tmp_path / "plain.json")]
    resources = ["--resources", str(tmp_path / "elsewhere")]
    assert run("generate", *schema, *resources).out.strip() == "7"
    error = run("generate", *schema).error
    assert error.replace(str(tmp_path), "") == snapshot(
        "/plain.json: $ref 'https://a.example/c' at the root leads out of the document; pass its target with resources= (--resources DIR), or copy it into $defs"
    )
    assert run("generate", *schema, "--resources", "none").error == snapshot(
        "resources: 'none' is not a directory"
    )
    assert run("generate", *resources).error == snapshot("--resources: needs --schema FILE")
