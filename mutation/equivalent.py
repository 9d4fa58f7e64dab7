"""The mutants that no test can notice, and why: they do the same, or what differs is no promise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import tomllib

from mutation.running import Change

_FILE = Path(__file__).with_name("equivalent.toml")


def reasons() -> Mapping[Change, str]:
    """The reason of each change that is known to be none.

    In the file an entry is a reason, a function, its line, and what it may become.
    """
    found: dict[Change, str] = {}
    for entry in tomllib.loads(_FILE.read_text(encoding="utf-8")).get("equivalent", []):
        for after in entry["after"]:
            found[Change(entry["function"], entry["before"], after)] = entry["why"]
    return found


def stale(
    known: Collection[Change], seen: Collection[Change], modules: Collection[str]
) -> list[Change]:
    """The entries of some modules that no survivor is, so that they can go."""
    return [
        change
        for change in known
        if change not in seen
        and any(change.function.startswith(f"{module}.") for module in modules)
    ]
