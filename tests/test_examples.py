"""The committed examples are what the command line makes today."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from kombo_fakes import Schema, events, faults
from kombo_fakes.cli import main
from kombo_fakes.registry import DEFAULT_EVENT

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


def _recipe() -> list[list[str]]:
    target = re.search(
        r"^examples:.*?\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    assert target is not None
    commands = [shlex.split(line) for line in target[1].splitlines()]
    return [command[1:] for command in commands if command[0].endswith("kombo-fakes")]


def _files(directory: Path) -> dict[str, bytes]:
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.slow
def test_making_them_again_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of `make examples` give the committed files, byte for byte."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples" / "events").mkdir(parents=True)
    for arguments in _recipe():
        assert main(arguments) == 0
    for kind in ("valid", "invalid", "events"):
        assert _files(tmp_path / "examples" / kind) == _files(EXAMPLES / kind), (
            f"examples/{kind} isn't what `make examples` makes; if that is meant, say so in the "
            "changelog and run it"
        )


def test_each_is_what_its_manifest_says() -> None:
    """Valid files are valid, and each invalid one has its fault and no other."""
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
def test_each_event_has_examples(event: str) -> None:
    """The lines of each event are what their labels say, and no fault is missing."""
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
