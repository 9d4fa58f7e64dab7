"""What import-linter does not check; its contracts are in pyproject.toml."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kombo_fakes"


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
