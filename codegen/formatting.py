"""Formats source as the rest of the project is formatted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def format_source(source: str, name: str) -> str:
    """Format a module with ruff, its imports sorted.

    Args:
        source: The text of the module.
        name: Its path within the project, by which ruff finds its settings.
    """
    is_sorted = _ruff(
        "check", "--select", "I,RUF022", "--fix-only", "--quiet", name=name, source=source
    )
    return _ruff("format", name=name, source=is_sorted)


def _ruff(*arguments: str, name: str, source: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", name, "-"],
        cwd=ROOT,
        input=source,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
