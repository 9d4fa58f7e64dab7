"""The mutants that `mutation/equivalent.toml` lists change lines that still exist."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

ROOT = Path(__file__).parents[2]


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / name).read_text(encoding="utf-8"))
    return found


MUTATED = {
    Path(file).stem: file for file in read("pyproject.toml")["tool"]["mutmut"]["only_mutate"]
}
ENTRIES = read("mutation/equivalent.toml")["equivalent"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["function"])
def test_a_listed_mutant_changes_lines_of_its_function(entry: dict[str, Any]) -> None:
    module, *names = entry["function"].split(".")
    source = (ROOT / MUTATED[module]).read_text(encoding="utf-8")
    scope: Any = ast.parse(source)
    for name in names:
        scope = next(node for node in scope.body if getattr(node, "name", "") == name)
    lines = {line.strip() for line in source.splitlines()[scope.lineno - 1 : scope.end_lineno]}
    assert set(entry["before"].splitlines()) <= lines
