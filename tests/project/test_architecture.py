"""The house: modules import from floors below theirs only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kombo_fakes"

# The floors as ARCHITECTURE.md draws them, the lowest first.
FLOORS = ("ground", "making", "wire", "probing", "doors")


def _floors() -> dict[str, str]:
    drawing = re.search(r"```\n(doors.*?)```", (ROOT / "ARCHITECTURE.md").read_text(), re.DOTALL)
    assert drawing is not None
    floor, found = "", {}
    for line in drawing[1].splitlines():
        first, *rest = line.split()
        if first in FLOORS:
            floor, names = first, rest
        else:
            names = [first, *rest]
        for name in names:
            found[name.rstrip("/").removesuffix(".py")] = floor
    return found


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kombo_fakes."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {n.name.split(".")[1] for n in node.names if n.name.startswith("kombo_fakes.")}
    return found


def _imported_inside(path: Path, package: str) -> set[str]:
    """The modules of a package that one of them imports when it is loaded, or later."""
    start, found = f"kombo_fakes.{package}", set()
    for node in ast.walk(_without_types(ast.parse(path.read_text()))):
        if isinstance(node, ast.ImportFrom) and node.module == start:
            # Of the package itself, what isn't a module stands in its `__init__`.
            found |= {
                alias.name if (PACKAGE / package / f"{alias.name}.py").exists() else "__init__"
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{start}."):
            found.add(str(node.module).split(".")[2])
    return found


def _without_types(tree: ast.Module) -> ast.Module:
    """A module without what is imported for its annotations only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return tree


def _modules() -> dict[str, list[Path]]:
    modules: dict[str, list[Path]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name not in ("__init__", "__main__"):
            modules.setdefault(name, []).append(path)
    return modules


def test_every_module_is_on_a_floor() -> None:
    """The drawing names each module, and none that isn't there."""
    assert set(_floors()) == set(_modules())


def test_imports_go_down_only() -> None:
    """No module imports from a floor above its own."""
    floors = _floors()
    upwards = [
        f"{name} ({floors[name]}) imports {other} ({floors[other]})"
        for name, paths in _modules().items()
        for path in paths
        for other in _imported(path) - {name}
        if FLOORS.index(floors[other]) > FLOORS.index(floors[name])
    ]
    assert upwards == []


def test_no_cycles() -> None:
    """No two modules need each other, not even by way of others."""
    _assert_no_cycle(
        {name: set().union(*map(_imported, paths)) - {name} for name, paths in _modules().items()}
    )


@pytest.mark.parametrize("package", ["probing", "cli"])
def test_no_cycles_inside_a_package(package: str) -> None:
    """Nor do two modules of a package; an import within a function is one as well."""
    _assert_no_cycle(
        {
            path.stem: _imported_inside(path, package) - {path.stem}
            for path in sorted((PACKAGE / package).glob("*.py"))
        }
    )


def _assert_no_cycle(needs: dict[str, set[str]]) -> None:
    while needs:
        free = {name for name, others in needs.items() if not others & needs.keys()}
        assert free, f"a cycle among {sorted(needs)}"
        needs = {name: others for name, others in needs.items() if name not in free}


def test_no_private_api_of_dependencies() -> None:
    """Nothing is imported from a module of somebody else's that begins with an underscore."""
    private = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [*str(node.module).split("."), *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [part for alias in node.names for part in alias.name.split(".")]
            internal = isinstance(node, ast.ImportFrom) and "internal" in names
            if internal or any(n.startswith("_") and not n.startswith("__") for n in names):
                private.append(f"{path.name}: {ast.unparse(node)}")
    assert private == []
