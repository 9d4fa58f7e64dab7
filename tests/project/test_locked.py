"""The locks of tests, docs, mutation testing and fuzzing: they are complete, and have hashes."""

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
    """Return the versions of each package: several if they depend on the version of Python."""
    text = (ROOT / "locked" / f"{group}.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        pinned, *hashes = entry.split("\\\n")
        name, version = re.fullmatch(r"([\w.-]+)==([^ ]+)(?: ;.*)? ?", pinned).groups()  # type: ignore[union-attr]
        assert hashes, name
        assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64} ?", one) for one in hashes), name
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def required_by(group: str) -> list[str]:
    """Return the requirements of a dependency group and of those that it includes (PEP 735)."""
    found: list[str] = []
    for line in PROJECT["dependency-groups"][group]:
        found += [line] if isinstance(line, str) else required_by(line["include-group"])
    return found


@pytest.mark.parametrize("group", ["test", "docs", "mutation", "fuzz"])
def test_every_requirement_is_locked_in_an_allowed_version(group: str) -> None:
    versions = locked(group)
    wanted: dict[str, list[Requirement]] = {}
    for line in (*PROJECT["project"]["dependencies"], *required_by("build"), *required_by(group)):
        requirement = Requirement(line)
        wanted.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    for name, requirements in wanted.items():
        assert versions.get(name), f"{name} is not locked; run `make lock`"
        for version in versions[name]:
            # One of several requirements is enough, since the version of Python decides which applies.
            allowed = [r.specifier.contains(version, prereleases=True) for r in requirements]
            assert any(allowed), (name, version)


def test_the_locks_agree_because_one_environment_holds_them_all() -> None:
    versions: dict[str, list[str]] = {}
    for group in ("test", "docs", "mutation", "fuzz", "package"):
        for name, found in locked(group).items():
            # The versions for older Pythons may differ, which these tools do not run on.
            assert versions.setdefault(name, found)[-1] == found[-1], f"{name} in {group}"
