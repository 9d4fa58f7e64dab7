"""The benchmarks run. Their speed depends on the machine, so that no test checks it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "benchmarks" / "contenders"

from benchmarks.catalogue import (  # noqa: E402
    CONTENDERS,
    ENVIRONMENTS,
    NPM,
    OURS,
    STARTS,
    TARGETS,
)
from benchmarks.growth import COUNTS  # noqa: E402
from benchmarks.measurement import Score  # noqa: E402
from benchmarks.report import BEGIN, END, TITLES, make_tables, write_tables  # noqa: E402


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_contenders_that_need_no_environment_are_measured() -> None:
    done = run("--here", "--rounds", "1", "--share", "0.002")
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    found = {row[0].removeprefix("| "): row[1:] for row in rows}
    for contender in CONTENDERS:
        if contender.environment == OURS:
            assert re.match(r"[0-9,]+ \([0-9,]+ to [0-9,]+\)", found[contender.name][0])
        else:
            assert found[contender.name][2] == "not measured"
    for start in STARTS:
        assert re.match(r"\+?-?[0-9]+", found[start.name][0])
    assert found["kombo_fakes"][2].startswith("100%")


@pytest.mark.slow
def test_growth_has_a_row_for_each_number_of_payloads() -> None:
    done = run("growth", "--here", "--rounds", "1", "--share", "0.0005")
    assert done.returncode == 0, done.stderr
    row = r"^\| ([0-9,]+) \| [0-9]+\.[0-9]+ \| [0-9,]+ \| [1-9][0-9]* \|$"
    counts = [int(found.replace(",", "")) for found in re.findall(row, done.stdout, re.MULTILINE)]
    assert counts == [max(1, int(count * 0.0005)) for count in COUNTS]


def test_contenders_have_scripts_and_environments_and_targets_name_contenders() -> None:
    for contender in CONTENDERS:
        assert (SCRIPTS / contender.script).is_file()
        assert contender.environment in {*ENVIRONMENTS, NPM}
        assert contender.kind in TITLES
    for kind in TITLES:
        assert next(c for c in CONTENDERS if c.kind == kind).name == "kombo_fakes"
    for target in TARGETS:
        known = {c.name for c in CONTENDERS if c.kind == target.kind}
        assert target.other is None or target.other in known
    names = [start.name for start in STARTS]
    assert all(start.beyond in (None, *names) for start in STARTS)


def test_the_schema_for_other_libraries_has_no_nullable() -> None:
    code = "import json, measuring; print(json.dumps(measuring.load_repaired_schema()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SCRIPTS, capture_output=True, check=True
    )
    repaired = json.loads(done.stdout)
    end_user = repaired["properties"]["data"]["properties"]["end_user"]["properties"]
    assert "$id" not in repaired
    assert end_user["creator_email"]["type"] == ["string", "null"]
    assert end_user["organization_name"]["type"] == "string"
    assert "nullable" not in done.stdout.decode()


def test_tables_compare_medians_and_show_missed_targets_and_reasons() -> None:
    ours, other = (c for c in CONTENDERS if c.kind == "invalid")
    scores = {
        ours: Score([900.0, 1_000.0, 100.0], {"kombo-fakes": "1"}, 0.0, 1.0),
        other: Score([300.0], {}, 0.0, 0.5),
    }
    text = make_tables(scores, {}, {}, rounds=3)
    assert "| kombo_fakes | 900 (100 to 1,000) |  | 100% invalid, 100% in one place only |" in text
    assert "| 3.0x | 100% invalid, 50% in one place only |" in text
    assert "* 4x Schemathesis, negative: **missed**" in text
    scores[other].rates = [225.0]
    assert "* 4x Schemathesis, negative: met" in make_tables(scores, {}, {}, rounds=3)
    del scores[other]
    assert "| - | - | npm is not installed |" in make_tables(
        scores, {other: "npm is not installed"}, {}, rounds=3
    )


def test_times_beyond_their_limit_are_missed() -> None:
    text = make_tables({}, {}, {STARTS[0]: 9.4, STARTS[1]: 10.6, STARTS[2]: 99.0}, rounds=1)
    assert f"| {STARTS[1].name} | +11 | 10, **missed** |" in text
    assert f"| {STARTS[2].name} | 99 | 150 |" in text


def test_writing_the_tables_keeps_the_rest_of_the_document(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_tables(document, "new\n")
    assert document.read_text() == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"


def test_the_document_names_the_machine_and_every_contender() -> None:
    document = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    measured = document.partition(BEGIN)[2].partition(END)[0]
    assert re.search(
        r"Measured on \d{4}-\d\d-\d\d with Python 3\.\d+\.\d+ on .+, \d+ cores", measured
    )
    for contender in CONTENDERS:
        assert f"| {contender.name} |" in measured
    for start in STARTS:
        assert f"| {start.name} |" in measured


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["speed"], "unknown kind 'speed'; expected one of valid, invalid, factory, bulk, start"),
        (["--rounds", "0"], "--rounds has to be at least 1"),
    ],
    ids=["kind", "rounds"],
)
def test_wrong_options_are_an_error_before_anything_is_measured(
    options: list[str], message: str
) -> None:
    done = run(*options)
    assert done.returncode == 2
    assert message in done.stderr
