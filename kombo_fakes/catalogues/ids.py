"""Ids of what the catalogues list: readable, unique, fit for file names and pytest ids."""

from __future__ import annotations

import re

from kombo_fakes.core.pointer import Path

# A file name holds 255 bytes, and a keyword and a variant follow the place.
_LONGEST_PLACE = 150


def path_to_id(path: Path) -> str:
    """Write a path as the first part of an id.

    Examples:
        >>> path_to_id(("data", "a/b")), path_to_id(())
        ('data.a_b', 'root')
    """
    parts = [re.sub(r"[^A-Za-z0-9_]+", "_", str(part)) or "_" for part in path]
    readable = ".".join(parts) or "root"
    if len(readable) <= _LONGEST_PLACE:
        return readable
    # Long paths differ at their ends.
    return "..." + readable[3 - _LONGEST_PLACE :]


def make_unique_id(wanted: str, used: set[str]) -> str:
    """Add a number to an id that is used already, and add the result to the used ids.

    Ids that differ only in case count as the same: some file systems ignore case.

    Args:
        wanted: The id without a number.
        used: The ids that are used, case-folded. The new id is added.

    Examples:
        >>> used = {"a-enum-x"}
        >>> make_unique_id("a-enum-X", used), make_unique_id("a-enum-X", used)
        ('a-enum-X-2', 'a-enum-X-3')
    """
    number, unique = 1, wanted
    while unique.casefold() in used:
        number += 1
        unique = f"{wanted}-{number}"
    used.add(unique.casefold())
    return unique
