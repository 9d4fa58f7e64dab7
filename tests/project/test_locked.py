"""What tests, docs, mutants and fuzzing are installed from: all that is asked for, with hashes."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(group: str) -> dict[str, list[str]]:
    """The versions of each package; more than one where that depends on the Python."""
    text = (ROOT / "locked" / f"{group}.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        pinned, *hashes = entry.split("\\\n")
        name, version = re.fullmatch(r"([\w.-]+)==([^ ]+)(?: ;.*)? ?", pinned).groups()  # type: ignore[union-attr]
        assert hashes, name
        assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64} ?", one) for one in hashes), name
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def asked_for(group: str) -> list[str]:
    """The requirements of a dependency group, and of the groups that it includes (PEP 735)."""
    found: list[str] = []
    for line in PROJECT["dependency-groups"][group]:
        found += [line] if isinstance(line, str) else asked_for(line["include-group"])
    return found


@pytest.mark.parametrize("group", ["test", "docs", "mutation", "fuzz"])
def test_all_that_is_asked_for_is_locked(group: str) -> None:
    """In versions that pyproject.toml allows; `make lock` mends it."""
    versions = locked(group)
    wanted: dict[str, list[Requirement]] = {}
    for line in (*PROJECT["project"]["dependencies"], *asked_for("build"), *asked_for(group)):
        requirement = Requirement(line)
        wanted.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    for name, requirements in wanted.items():
        assert versions.get(name), f"{name} is not locked"
        for version in versions[name]:
            # Of several one is enough: which one holds depends on the Python.
            allowed = [r.specifier.contains(version, prereleases=True) for r in requirements]
            assert any(allowed), (name, version)
