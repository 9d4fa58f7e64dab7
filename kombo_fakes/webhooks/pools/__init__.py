"""What realistic values are picked from: pools drawn from Faker once and carried along.

``python -m kombo_fakes.webhooks.pools`` draws them again (see ``__main__.py``, and why there).
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

POOLS_FILE = Path(__file__).with_name("pools.json")

TOOLS: dict[str, tuple[str, ...]] = {
    "HRIS": (
        "personio", "bamboohr", "workday", "hibob", "factorial", "rippling", "gusto", "deel",
        "remotecom", "humaans", "kenjo", "heavenhr", "hrworks", "sagehr", "charliehr",
        "adpworkforcenow", "paylocity", "paychex", "namely", "lucca", "payfit", "zelt",
        "oysterhr", "datev",
    ),
    "ATS": (
        "greenhouse", "lever", "recruitee", "smartrecruiters", "teamtailor", "ashby",
        "workable", "icims", "jobvite", "bullhorn", "breezyhr", "jazzhr", "onlyfy",
        "softgarden", "personio", "workday",
    ),
    "ASSESSMENT": ("greenhouse", "lever", "smartrecruiters"),
    "LMS": ("360learning", "talentlms", "udemy", "linkedinlearning", "moodle"),
}  # fmt: skip
"""Tool slugs by the category of integration that they serve; some serve several."""


@dataclass(frozen=True)
class Pools:
    """Ready values, each pool in a fixed order."""

    organizations: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    jobs: tuple[str, ...]
    places: tuple[tuple[str, str, str | None, str, str], ...]
    sentences: tuple[str, ...]


@cache
def pools() -> Pools:
    """The pools that the package carries, read on first use."""
    raw = json.loads(POOLS_FILE.read_text(encoding="utf-8"))
    return Pools(
        organizations=tuple(raw["organizations"]),
        people=tuple((first, last) for first, last in raw["people"]),
        jobs=tuple(raw["jobs"]),
        places=tuple(tuple(place) for place in raw["places"]),
        sentences=tuple(raw["sentences"]),
    )


_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "å": "a", "ł": "l", "đ": "d", "œ": "oe"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@lru_cache(maxsize=4_096)
def slug(text: str) -> str:
    """A name as it would stand in an address or a host name; empty where nothing is left.

    Examples:
        >>> slug("Müller & Söhne GmbH"), slug("O'Hara"), slug("株式会社")
        ('mueller-soehne-gmbh', 'ohara', '')
    """
    lowered = text.casefold().translate(_LETTERS).translate(_GERMAN).replace("'", "")
    ascii_only = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
