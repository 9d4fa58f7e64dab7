"""Strings from outside may hold lone surrogates, which no encoding has: everything is one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kombo_fakes import Delivery
from kombo_fakes.cli.main import main
from kombo_fakes.core.pointer import replace_at
from kombo_fakes.probing.model import Exchange, Reply
from kombo_fakes.probing.reports.as_json import exchange_data

LONE = "\ud800"
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:a",
    "title": "T",
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": "string", "pattern": "^a", "format": "uri"},
        "b": {"enum": ["x"], "default": "x", "examples": ["x"]},
        "c": {"$ref": "#/$defs/c"},
    },
    "patternProperties": {"^x": {"const": "y"}},
    "dependentRequired": {"a": ["b"]},
    "$defs": {"c": {"$anchor": "c", "not": {"type": "null"}, "$comment": "z"}},
    "unknown": "z",
}
API = {
    "openapi": "3.0.0",
    "webhooks": {"a": {"$ref": "#/components/pathItems/a"}},
    "components": {
        "schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": SCHEMA["properties"]["a"]},
        "pathItems": {
            "a": {
                "post": {
                    "requestBody": {
                        "content": {"application/json": {"schema": {"type": "string"}}}
                    },
                    "callbacks": {"c": {"{url}": {"$ref": "other.json"}}},
                }
            }
        },
    },
}


def corrupt(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield each place of a string and each key, with what it becomes with a lone surrogate."""
    if isinstance(value, str):
        yield path, value + LONE
        yield path, LONE
    elif isinstance(value, list):
        for index, item in enumerate(value[:2]):
            yield from corrupt(item, (*path, index))
    elif isinstance(value, dict):
        for key, child in value.items():
            renamed = {k + LONE if k == key else k: v for k, v in value.items()}
            yield path, renamed
            yield from corrupt(child, (*path, key))


def corrupted(value: Any, every: int) -> list[Any]:
    return [replace_at(value, path, new) for path, new in corrupt(value)][::every]


@pytest.fixture
def check(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: Any) -> Any:
    """Write a document, and check that each command ends in one line at most on standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", "a secret of the surrogates")
    monkeypatch.setenv("KOMBO_FAKES_TRACEBACK", "1")

    def run(document: Any, *commands: list[str]) -> None:
        (tmp_path / "in.json").write_text(json.dumps(document))
        for command in commands:
            status = main(command)
            said = capfd.readouterr()
            assert status in (0, 1, 2), (command, document)
            assert said.err.count("\n") <= 1 or status != 2, said.err
            assert LONE not in said.out + said.err

    return run


def test_schemas(check: Any) -> None:
    schema = ["--schema", "in.json"]
    (Path() / "p.json").write_text('{"a": "\\ud800"}')
    for document in corrupted(SCHEMA, every=1):
        check(
            document,
            ["generate", *schema],
            ["faults", *schema],
            ["validate", *schema, "p.json"],
            ["validate", "in.json"],
        )
    for document in corrupted(API, every=1):
        check(document, *(["generate", *schema, "--name", name] for name in ("A", "a", "c", LONE)))
        check(document, ["generate", *schema])


def test_payloads(check: Any) -> None:
    schema = ["--schema", "schema.json"]
    Path("schema.json").write_text(json.dumps(SCHEMA))
    for payload in corrupted({"a": "a:b", "b": "x", "x1": "y", "c": {"d": ["e"]}}, every=1):
        check(payload, ["validate", *schema, "in.json"], ["sign", "in.json"])
        check(payload, ["verify", "in.json", "--signature", LONE])


def test_reports_and_deliveries(check: Any) -> None:
    exchange = exchange_data(Exchange(Delivery.of({"id": "1"}), Reply(400, trouble="reset")))
    finding = {
        "id": "a",
        "category": "rejects-valid",
        "expected": "accept",
        "exchanges": [exchange],
        "cases": ["a"],
    }
    # Nothing listens there, so a delivery that can be read ends in an error, too.
    replay = ["replay", "in.json", "--url", "http://127.0.0.1:9/", "--timeout", "0.2"]
    for kept in ({"findings": [finding], "target": "x", "known": ["b"]}, finding, exchange):
        check(kept, replay)
        for document in corrupted(kept, every=1):
            check(document, replay)


@pytest.mark.parametrize(
    "command",
    [
        ["generate", "--out", LONE],
        ["generate", "--out", LONE + "/a.json"],
        ["vectors", "--out", LONE],
        ["generate", "--schema", LONE + ".json"],
        ["generate", "--schema", "in.json", "--resources", LONE],
        ["generate", "--set", f"data.state={LONE}"],
        ["generate", "--set", f"{LONE}=1"],
        ["generate", "--fault", LONE],
        ["faults", "--at", LONE],
        ["validate", LONE],
        ["replay", LONE],
        ["verify", "in.json", "--signature", LONE],
        ["verify", "in.json", "--secret-file", LONE],
        ["send", "http://" + LONE],
        ["probe", "http://127.0.0.1:9/", "--skip", LONE],
        [LONE],
    ],
    ids=str,
)
def test_arguments(command: list[str], check: Any) -> None:
    check({"type": "string"}, command)
