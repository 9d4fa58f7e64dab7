"""The command line with schemas of one's own: JSON Schema and OpenAPI, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
def test_generate_faults_and_validate(
    name: str, described: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A component and a webhook give payloads and faults, and judge files."""
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
        ("Jab", "unknown schema 'Jab' in {file}; did you mean 'Job'?"),
        ("Endless", "no value satisfies it"),
        ("Lost", "$ref '#/components/schemas/Jobb' at /components/schemas/Lost leads nowhere"),
        ("Pattern", "pattern '(' at the root is no valid ECMA-262 regular expression"),
        ("Odd", "unknown keyword 'requird' at the root; did you mean 'required'?"),
    ],
)
def test_a_name_that_is_no_use(
    name: str, message: str, described: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on standard error, exit status 2."""
    assert main(["generate", "--schema", described, "--name", name]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert message.format(file=described) in said.err


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("api.yaml", DESCRIPTION, "one schema has to be named: Job"),
        ("bomb.yaml", BOMB, "values with all aliases"),
        ("tabs.yml", "a:\n\t- b", "no YAML at line 2"),
        ("list.json", "[]", "a schema is a JSON object, not []"),
        ("deep.json", "[" * 100_000, "nested deeper than 200 levels"),
        ("net.json", '{"$ref": "https://example.com/a.json"}', "leads out of the document"),
        ("twenty.yaml", "a: " + "x" * 20_000_000, "bytes of YAML"),
    ],
)
def test_a_file_that_is_no_use(
    file: str, text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bombs, depth, size and references to the network end in one line, in bounded time."""
    path = tmp_path / file
    path.write_text(text)
    assert main(["generate", "--schema", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert message in said.err
    assert str(path) in said.err


def test_a_name_needs_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """`--name` alone is told where it belongs."""
    assert main(["generate", "--name", "Job"]) == 2
    assert "--name: goes with --schema" in capsys.readouterr().err


def test_a_plain_schema_has_no_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A JSON Schema with `--name` is told to be no OpenAPI description."""
    path = tmp_path / "plain.json"
    path.write_text('{"type": "string"}')
    assert main(["generate", "--schema", str(path), "--name", "A"]) == 2
    assert "no OpenAPI 3.0 or 3.1 description" in capsys.readouterr().err


def test_events_tell_where_they_are_from(capsys: pytest.CaptureFixture[str]) -> None:
    """The published document and those written here are told apart."""
    assert main(["events"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == [
        "integration-state-changed",
        "IntegrationStateChangedWebhookPayload",
        "published",
    ]
    assert len(rows) == 11
    assert {row[2] for row in rows[1:]} == {"written here"}
