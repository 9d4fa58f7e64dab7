"""The committed examples are what the command line makes today."""

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


@pytest.mark.slow
def test_making_them_again_makes_no_difference(tmp_path: Path) -> None:
    """`make examples` gives the committed files, byte for byte."""
    programs = Path(sys.executable).parent
    subprocess.run(
        # What is installed here is what makes them.
        ["make", "-s", "-f", ROOT / "Makefile", "examples", f"BIN={programs}", "READY="],
        cwd=tmp_path,
        check=True,
    )
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
