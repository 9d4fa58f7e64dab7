"""What import-linter does not check; its contracts are in pyproject.toml."""

from __future__ import annotations

import ast
from pathlib import Path

from kombo_fakes import events

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kombo_fakes"


def test_nothing_imports_a_private_module_or_name_of_a_dependency() -> None:
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


def test_only_the_webhooks_package_names_events() -> None:
    written_by_codegen = {PACKAGE / "types.py", PACKAGE / "__init__.pyi"}
    sources = [
        path
        for path in sorted(PACKAGE.rglob("*.py*"))
        if path.suffix in (".py", ".pyi")
        and PACKAGE / "webhooks" not in path.parents
        and path not in written_by_codegen
    ]
    assert len(sources) > 100
    named = {
        (path.relative_to(PACKAGE).as_posix(), event)
        for path in sources
        for event in events()
        if event in path.read_text(encoding="utf-8")
    }
    assert named == set()
