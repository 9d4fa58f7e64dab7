"""The committed examples are what the commands make today."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kombo_fakes import Schema, events, faults
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def _files(directory: Path) -> dict[str, bytes]:
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


def _make_examples(directory: Path, programs: Path) -> int:
    command = ["make", "-s", "-f", ROOT / "Makefile", "examples", f"BIN={programs}", "READY="]
    return subprocess.run(command, cwd=directory, check=False).returncode


@pytest.mark.slow
def test_make_examples_makes_the_committed_files(tmp_path: Path) -> None:
    assert _make_examples(tmp_path, Path(sys.executable).parent) == 0
    for kind in ("valid", "invalid", "events"):
        assert _files(tmp_path / "examples" / kind) == _files(EXAMPLES / kind), (
            f"examples/{kind} differs from what `make examples` makes: if the change is intended, "
            "run it, and describe the change in the changelog"
        )


def test_make_examples_keeps_the_old_files_if_a_command_fails(tmp_path: Path) -> None:
    for name in ("valid/0001.json", "events/x.ndjson", "receivers/inbox.py"):
        (tmp_path / "examples" / name).parent.mkdir(parents=True)
        (tmp_path / "examples" / name).touch()
    before = _files(tmp_path / "examples")
    assert _make_examples(tmp_path, tmp_path / "nowhere") != 0
    assert _files(tmp_path / "examples") == before


def test_examples_are_valid_or_have_the_fault_that_the_manifest_names() -> None:
    schema = Schema.load()
    by_id = {fault.id: fault for fault in faults()}
    for kind in ("valid", "invalid"):
        manifest = json.loads((EXAMPLES / kind / "manifest.json").read_bytes())
        names = {entry["file"] for entry in manifest["files"]}
        assert names == {path.name for path in (EXAMPLES / kind).iterdir()} - {"manifest.json"}
        for entry in manifest["files"]:
            payload = json.loads((EXAMPLES / kind / entry["file"]).read_bytes())
            if kind == "valid":
                schema.validate(payload)
            else:
                assert by_id.pop(entry["fault"]).is_in(payload)
    assert not by_id, "there are faults without an example"


@pytest.mark.parametrize("event", events())
def test_each_event_has_valid_examples_and_one_of_each_fault(event: str) -> None:
    if event == DEFAULT_EVENT:
        return
    schema, stem = Schema.load(event), event.replace(":", ".")
    for line in (EXAMPLES / "events" / f"{stem}-valid.ndjson").read_bytes().splitlines():
        schema.validate(json.loads(line))
    by_id = {fault.id: fault for fault in faults(event)}
    for line in (EXAMPLES / "events" / f"{stem}-invalid.ndjson").read_bytes().splitlines():
        labelled = json.loads(line)
        assert by_id.pop(labelled["fault"]).is_in(labelled["payload"])
    assert not by_id, "there are faults without an example"
