"""Type checkers see what users see: right code passes, and each mistake is told where it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).with_name("typing")
ROOT = HERE.parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has a wheel of this tree with all of its extras."""
    place = tmp_path_factory.mktemp("typed")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(place / "dist"), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    venv.create(place / "venv", with_pip=True)
    (wheel,) = (place / "dist").iterdir()
    python = place / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", f"{wheel}[locust,zstd]"]
    subprocess.run(install, check=True, capture_output=True)
    return python


def complaints(checker: str, path: Path, python: Path) -> tuple[set[int], str]:
    """The numbers of the lines with errors, and all that was said."""
    command = {
        "mypy": [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--config-file",
                 "/dev/null", "--python-executable", str(python)],
        "pyright": [sys.executable, "-m", "pyright", "--pythonpath", str(python)],
    }[checker]  # fmt: skip
    done = subprocess.run(
        [*command, str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=python.parents[2],
    )
    said = done.stdout + done.stderr
    assert done.returncode in (0, 1), said
    return {int(line) for line in re.findall(r"\.py:(\d+):.*error", said)}, said


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_right_code_passes(checker: str, python: Path) -> None:
    """Types are exact: ``assert_type`` fails for Any, too."""
    lines, said = complaints(checker, HERE / "right.py", python)
    assert lines == set(), said


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_wrong_code_is_told(checker: str, python: Path) -> None:
    """On each line that says so, and on no other."""
    path = HERE / "wrong.py"
    numbered = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    wrong = {number for number, line in numbered if line.endswith("# wrong")}
    lines, said = complaints(checker, path, python)
    assert lines == wrong, said


def test_every_public_name_has_a_known_type(python: Path) -> None:
    """`pyright --verifytypes`, as users of a typed library would see it."""
    # Of an environment it asks the first Python on the path, whatever else it is told.
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--ignoreexternal", "--verifytypes", "kombo_fakes"],
        capture_output=True,
        text=True,
        check=False,
        cwd=python.parents[2],
        env={**os.environ, "PATH": path},
    )
    assert "Type completeness score: 100%" in done.stdout, done.stdout[-3000:]
