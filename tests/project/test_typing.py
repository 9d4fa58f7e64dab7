"""The types of the public names, as strict mypy and strict pyright see them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from inspect import signature
from pathlib import Path
from typing import get_args

import pytest

import kombo_fakes
from kombo_fakes.pytest_plugin.fixture_types import ReceiverProbe
from kombo_fakes.types import PAYLOAD_TYPES, EventName, Payload

ROOT = Path(__file__).parents[2]
USES = Path(__file__).with_name("typing")
EVENTS = kombo_fakes.events()

Errors = dict[str, set[int]]
"""The lines with errors, by the name of the file."""


def _checked(command: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    scripts = sysconfig.get_path("scripts")
    return subprocess.run(
        command,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            # Pyright finds Python by the first, mypy and Python find the package by the others.
            "PATH": os.pathsep.join((scripts, os.environ.get("PATH", ""))),
            "PYTHONPATH": str(ROOT),
            "MYPYPATH": str(ROOT),
            # Otherwise it asks whether there is a newer version.
            "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
        },
    )


def _by_mypy(directory: Path) -> Errors:
    said = _checked(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-pretty", "."], directory
    )
    assert said.returncode in (0, 1), said.stdout + said.stderr
    found: Errors = {}
    for name, line in re.findall(r"^(\w+\.py):(\d+): error:", said.stdout, re.MULTILINE):
        found.setdefault(name, set()).add(int(line))
    return found


def _by_pyright(directory: Path) -> Errors:
    (directory / "pyrightconfig.json").write_text('{"strict": ["."]}')
    said = _checked([sys.executable, "-m", "pyright", "--outputjson"], directory)
    assert said.returncode in (0, 1), said.stdout + said.stderr
    report = json.loads(said.stdout)
    assert report["summary"]["filesAnalyzed"] == len(list(directory.glob("*.py")))
    found: Errors = {}
    for found_error in report["generalDiagnostics"]:
        if found_error["severity"] == "error":
            line = found_error["range"]["start"]["line"] + 1
            found.setdefault(Path(found_error["file"]).name, set()).add(line)
    return found


@pytest.fixture
def uses(tmp_path: Path) -> Path:
    """A directory with code as users write it, which uses every event."""
    for path in USES.glob("*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "every_event.py").write_text(_every_event())
    return tmp_path


def _every_event() -> str:
    types = {event: PAYLOAD_TYPES[event].__name__ for event in EVENTS}
    lines = [
        "from hypothesis.strategies import SearchStrategy",
        "from typing_extensions import assert_type",
        "import kombo_fakes as k",
    ]
    for event, name in types.items():
        lines += [
            f"assert_type(k.payloads({event!r}), SearchStrategy[k.{name}])",
            f"assert_type(next(k.generate({event!r})).payload, k.{name})",
            f"assert_type(k.{name}Factory.build(), k.{name})",
        ]
    return "\n".join(lines) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("checker", [_by_mypy, _by_pyright], ids=["mypy", "pyright"])
def test_each_marked_line_has_an_error_and_no_other_line_has(checker, uses: Path) -> None:
    lines = (USES / "wrong.py").read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# wrong: " in line}
    assert checker(uses) == {"wrong.py": marked}


def test_the_types_name_every_event() -> None:
    assert set(get_args(EventName)) == set(EVENTS) == set(PAYLOAD_TYPES)
    assert set(get_args(Payload)) == set(PAYLOAD_TYPES.values())


def test_the_fixture_has_the_arguments_of_the_probe() -> None:
    own = {"self", "subtests", "baseline"}
    of_fixture = {name for name in signature(ReceiverProbe.__call__).parameters if name not in own}
    assert of_fixture == set(signature(kombo_fakes.probe).parameters)
