"""The stored pools, read on first use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

POOLS_FILE = Path(__file__).with_name("pools.json")


@dataclass(frozen=True)
class Pools:
    """Names and sentences, each pool in a fixed order.

    Attributes:
        organizations: Names of organisations.
        people: First and last names.
        jobs: Titles of jobs.
        places: Street and number, city, state or None, postal code, country.
        sentences: Short sentences.
    """

    organizations: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    jobs: tuple[str, ...]
    places: tuple[tuple[str, str, str | None, str, str], ...]
    sentences: tuple[str, ...]


@cache
def load_pools() -> Pools:
    """Load the pools that the package carries."""
    raw = json.loads(POOLS_FILE.read_text(encoding="utf-8"))
    return Pools(
        organizations=tuple(raw["organizations"]),
        people=tuple((first, last) for first, last in raw["people"]),
        jobs=tuple(raw["jobs"]),
        places=tuple(tuple(place) for place in raw["places"]),
        sentences=tuple(raw["sentences"]),
    )
