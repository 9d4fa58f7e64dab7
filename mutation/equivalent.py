"""The mutants that no test can notice: they do the same, or differ in what is not promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import tomllib

from mutation.running import Change

_FILE = Path(__file__).with_name("equivalent.toml")


def load_reasons() -> Mapping[Change, str]:
    """Load the changes that have no effect, with the reason of each.

    An entry of the file has the reason, the function, its lines, and the lines of the mutants.
    """
    found: dict[Change, str] = {}
    for entry in tomllib.loads(_FILE.read_text(encoding="utf-8")).get("equivalent", []):
        for after in entry["after"]:
            found[Change(entry["function"], entry["before"], after)] = entry["why"]
    return found


def find_stale(
    known: Collection[Change], seen: Collection[Change], modules: Collection[str]
) -> list[Change]:
    """Find the known changes of some modules that are not among the survivors any more."""
    return [
        change
        for change in known
        if change not in seen
        and any(change.function.startswith(f"{module}.") for module in modules)
    ]
