"""Runs mutmut, and reads the result of each mutant."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import tomllib

ROOT = Path(__file__).parents[1]
# A mutant that makes a test hang is noticed, too.
_NOTICED = {"killed", "timeout", "segfault", "suspicious", "caught by type check"}
_RESULT = re.compile(r"^\s+(\S+): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A copy of the code with one change.

    Attributes:
        name: Its name in mutmut. The number in it changes with the code.
        module: The last name of its module: ``pointer``.
        noticed: True if a test failed or hung.
    """

    name: str
    module: str
    noticed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a mutant: the function, and its lines before and after."""

    function: str
    before: str
    after: str


def core_modules() -> tuple[str, ...]:
    """Return the modules that pyproject.toml names for mutation, each by its last name."""
    return tuple(_paths())


def _paths() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    files = settings["tool"]["mutmut"]["only_mutate"]
    return {Path(file).stem: file.removesuffix(".py").replace("/", ".") for file in files}


def run(modules: Sequence[str]) -> list[Mutant]:
    """Test every mutant of some modules. The output of mutmut goes to ``mutants/log.txt``."""
    patterns = [f"{path}.x*" for name, path in _paths().items() if name in modules]
    (ROOT / "mutants").mkdir(exist_ok=True)
    with (ROOT / "mutants" / "log.txt").open("w", encoding="utf-8") as log:
        command = [*_mutmut("run"), "--max-children", str(os.cpu_count() or 1), *patterns]
        ended = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"mutmut ended with status {ended.returncode}; see mutants/log.txt")
    listed = subprocess.run(
        [*_mutmut("results"), "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = []
    for name, status in _RESULT.findall(listed.stdout):
        module = name.split(".")[-2]
        if module in modules:
            if status == "not checked":
                raise SystemExit(f"{name} was not tested; see mutants/log.txt")
            found.append(Mutant(name, module, status in _NOTICED))
    return found


def find_changes(mutants: Iterable[Mutant]) -> dict[Mutant, Change]:
    """Find the change of each mutant."""
    wanted = list(mutants)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(wanted, pool.map(_find_change, wanted), strict=True))


def _find_change(mutant: Mutant) -> Change:
    shown = subprocess.run(
        [*_mutmut("show"), mutant.name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = shown.stdout.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("@@"))
    removed, added = (
        "\n".join(line[1:].strip() for line in lines[first:] if line.startswith(sign))
        for sign in "-+"
    )
    function = re.sub(r"\.xǁ(\w+)ǁ", r".\1.", mutant.name.partition("__mutmut_")[0])
    # The package is left out, so that an entry stays valid when its module moves.
    _, _, function = re.sub(r"\.x_", ".", function).partition(f".{mutant.module}.")
    return Change(f"{mutant.module}.{function}", removed, added)


def _mutmut(command: str) -> list[str]:
    return [sys.executable, "-m", "mutmut", command]
