"""Collections of real schemas: what is made of them, and the command that measures it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.sampling import part

from benchmarks.collections.entries import (
    Entry,
    list_entries,
    read_outside,
    read_schema,
    refers_out,
)
from benchmarks.collections.fetching import FetchError, fetch
from benchmarks.collections.report import (
    describe_failures,
    is_constructed,
    make_own_table,
    make_peer_table,
)
from benchmarks.collections.running import (
    OURS_NAME,
    Outcome,
    Stage,
    measure_entries,
)
from benchmarks.collections.sources import COLLECTIONS, Collection, Package
from benchmarks.environments import CACHE, Environments, UnavailableError

ROOT = Path(__file__).parents[2]
WORKERS = ROOT / "benchmarks" / "collections" / "workers"
ENTRY = Entry("some", "/somewhere/a.json", "file", "", None, "/somewhere")
PACKAGE = Package("some", "1", "pypi")

OF_EACH = part(3)
"""How many schemas of each collection a test takes."""
TAKEN = COLLECTIONS[:: len(COLLECTIONS) // part(len(COLLECTIONS))]
"""The collections that a test takes."""
CONSTRUCTED = 0.9
"""The share of them for which everything is made. It only ever rises."""


@pytest.mark.slow
def test_real_schemas_get_payloads_and_faults_that_two_validators_call_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Most collections and one of the validators are packages of npm, which is no part of Python.
    try:
        entries = [
            entry
            for collection in TAKEN
            for entry in list_entries(
                collection, fetch(collection.package, CACHE / "collections"), OF_EACH
            )
        ]
        outcomes = list(
            measure_entries(entries, Environments(), [OURS_NAME], count=8, python=sys.executable)
        )
    except (FetchError, UnavailableError) as error:
        pytest.skip(str(error))
    with capsys.disabled():
        print("", *make_own_table(outcomes), sep="\n")
        print(*(line for outcome in outcomes for line in describe_failures(outcome)), sep="\n")
    stages = [stage for outcome in outcomes for stage in outcome.stages.values()]
    assert [stage.wrong for stage in stages if stage.wrong] == []
    assert [stage.error for stage in stages if stage.status == "crashed"] == []
    assert sum(map(is_constructed, outcomes)) >= CONSTRUCTED * len(outcomes)
    # Hardly any schema is beyond both validators.
    assert sum(any(outcome.judged) for outcome in outcomes) >= 0.95 * len(outcomes)


def serve(worker: str, *tasks: Any) -> list[dict[str, Any]]:
    """Have a worker that is written here carry out tasks."""
    code = f"import sys; sys.path.insert(0, {str(WORKERS)!r}); import serving\n{worker}"
    given = "".join(json.dumps(task) + "\n" for task in tasks)
    done = subprocess.run(
        [sys.executable, "-c", code], input=given, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_child_that_ends_badly_keeps_its_reports_and_the_next_task_is_carried_out() -> None:
    worker = """
import os
serving.SECONDS = 1
def spin():
    while True: pass
ENDS = {
    "fine": lambda: None, "raises": lambda: 1 / 0, "exits": lambda: sys.exit(0),
    "aborts": os.abort, "spins": spin, "hoards": lambda: bytearray(2 ** 31),
}
def handle(task, emit):
    emit(begun=task)
    ENDS[task]()
    emit(done=task)
serving.serve(handle)
"""
    names = ["raises", "exits", "aborts", "spins", "hoards", "fine"]
    found = serve(worker, *names)
    assert [answer["end"] for answer in found] == [
        "failed", "failed", "large", "slow", "large", "done"
    ]  # fmt: skip
    assert [answer["reports"][0] for answer in found] == [{"begun": name} for name in names]
    assert [len(answer["reports"]) for answer in found] == [1, 1, 1, 1, 1, 2]


def test_an_order_by_hashes_makes_smaller_samples_a_part_of_larger_ones(tmp_path: Path) -> None:
    for number in range(9):
        schemas = {name: {} for name in "abc"}
        document = {"components": {"schemas": schemas}, "definitions": schemas}
        (tmp_path / f"{number}.json").write_text(json.dumps(document))
    for layout, each, total in (("file", None, 9), ("definitions", None, 27), ("openapi", 2, 18)):
        collection = Collection("some", PACKAGE, "*.json", layout, each)  # type: ignore[arg-type]
        every = list_entries(collection, tmp_path, None)
        assert len({entry.name for entry in every}) == total
        assert list_entries(collection, tmp_path, 5) == every[:5]
        assert every != sorted(every, key=lambda entry: entry.name)


def test_a_group_of_the_suite_and_a_definition_are_schemas_of_their_own(tmp_path: Path) -> None:
    suite = tmp_path / "suite.json"
    possible = {"schema": {"minimum": 1}, "tests": [{"valid": False}, {"valid": True}]}
    impossible = {"schema": False, "tests": [{"valid": False}]}
    suite.write_text(json.dumps([impossible, possible]))
    collection = Collection("some", PACKAGE, "suite.json", "suite", dialect="urn:draft")
    (entry,) = list_entries(collection, tmp_path, None)
    assert entry.name == "suite.json#1"
    assert read_schema(entry) == {"$schema": "urn:draft", "minimum": 1}

    document = {"$schema": "urn:draft", "oneOf": [], "definitions": {"a/b %é": {"type": "null"}}}
    (tmp_path / "definitions.json").write_text(json.dumps(document))
    collection = Collection("some", PACKAGE, "definitions.json", "definitions")
    (entry,) = list_entries(collection, tmp_path, None)
    assert read_schema(entry) == {
        "$schema": "urn:draft",
        "definitions": document["definitions"],
        "$ref": "#/definitions/a~1b%20%25%C3%A9",
    }


def test_schemas_that_refer_to_documents_outside_of_the_package_are_left_out(
    tmp_path: Path,
) -> None:
    documents = {
        "missing": {"$ref": "gone.json"},
        "missing-by-uri": {"items": {"$ref": "https://x.example/gone#/a"}},
        "through": {"$ref": "missing.json"},
        "own": {"$id": "https://x.example/a", "$defs": {"b": {"$id": "b"}}, "$ref": "b#/type"},
        "beside": {"$ref": "own.json#/a"},
        "outside": {"$ref": "../plain.json"},
        "dialect": {"$ref": "https://json-schema.org/draft/2020-12/schema"},
        "data": {"examples": [{"$ref": "gone.json"}]},
    }
    (tmp_path / "plain.json").write_text("{}")
    (tmp_path / "page.json").write_text("<!doctype html>")
    directory = tmp_path / "schemas"
    directory.mkdir()
    for name, document in documents.items():
        (directory / f"{name}.json").write_text(json.dumps(document))
    found = list_entries(Collection("some", PACKAGE, "**/*.json"), tmp_path, None)
    names = {Path(entry.path).stem: entry for entry in found}
    assert set(names) == {"plain", "own", "beside", "outside", "dialect", "data"}
    assert read_outside(names["outside"]) == {"../plain.json": {}}
    assert read_outside(names["beside"]) == {}
    out = {name for name, entry in names.items() if refers_out(entry)}
    assert out == {"beside", "outside"}


def test_tables_round_shares_down_and_count_how_stages_ended() -> None:
    made = {name: Stage("made", count=1) for name in ("load", "any", "realistic")}
    wrong = {**made, "faults": Stage("made", wrong=["type: 1"]), "invalid": Stage("made")}
    slow = {**made, "faults": Stage("slow"), "invalid": Stage("skipped")}
    refused = dict.fromkeys(("load", "any", "realistic", "faults", "invalid"), Stage("refused"))
    outcomes = [Outcome(ENTRY, OURS_NAME, stages) for stages in (wrong, wrong, slow)]
    outcomes += [Outcome(ENTRY, "jsf", {"any": Stage("made", wrong=["1"])})] * 3
    row = list(make_own_table(outcomes))[2]
    assert row == (
        "| some | 3 | 100 % | 100 % | 66.6 % | 66.6 % | 66.6 % | 0 | 0 | 1 | 0 | 9 | 2 | 0 |"
    )
    assert list(make_peer_table(outcomes, [OURS_NAME, "jsf"]))[2] == "| some | 3 | 100 % | 0 % |"
    assert list(describe_failures(outcomes[1])) == ["wrong: faults: some a.json: type: 1"]
    assert list(describe_failures(outcomes[2])) == ["slow: faults: some a.json: "]
    assert (
        "| 0 % | 0 % | 0 % | 0 % | 0 % | 1 |"
        in list(make_own_table([Outcome(ENTRY, OURS_NAME, refused)]))[2]
    )


def test_a_package_that_was_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    package = Package("@nobody/nothing-of-that-name", "1.0.0", "npm")
    place = tmp_path / "nobody-nothing-of-that-name-1.0.0"
    place.mkdir()
    assert fetch(package, tmp_path) == place


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["schemas"], "unknown collection 'schemas'; expected one of suite-draft4, "),
        (["--sample", "-1"], "--sample has to be at least 0"),
    ],
    ids=["collection", "sample"],
)
def test_wrong_options_of_the_command_are_an_error_before_anything_is_fetched(
    options: list[str], message: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.collections", *options],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr
