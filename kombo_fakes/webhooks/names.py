"""Names of organisations, people, jobs and places.

They come from the pools of the package, or from a Faker that the user passes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Protocol

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.pools.stored import load_pools


class Names(Protocol):
    """A source of names."""

    def organization(self, choices: Choices) -> str:
        """The name of an organisation."""

    def person(self, choices: Choices) -> tuple[str, str]:
        """The first and the last name of a person."""

    def job(self, choices: Choices) -> str:
        """The title of a job."""

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        """Street and number, city, state or None, postal code, country."""

    def sentence(self, choices: Choices) -> str:
        """A short sentence."""


class PooledNames:
    """Names from the pools of the package. They do not depend on the version of Faker."""

    def organization(self, choices: Choices) -> str:
        return choices.pick(load_pools().organizations)

    def person(self, choices: Choices) -> tuple[str, str]:
        return choices.pick(load_pools().people)

    def job(self, choices: Choices) -> str:
        return choices.pick(load_pools().jobs)

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        return choices.pick(load_pools().places)

    def sentence(self, choices: Choices) -> str:
        return choices.pick(load_pools().sentences)


POOLED = PooledNames()

# NFKD does not take most of these letters apart, so ASCII would lose them. Those of the second
# table it would write as a, o and u, which is not how German names are written.
_LATIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "å": "a", "ł": "l", "đ": "d", "œ": "oe"})
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@lru_cache(maxsize=4_096)
def slugify(name: str) -> str:
    """Write a name so that it can be a part of an email address or a host name.

    Returns:
        Lower-case ASCII letters, digits and single hyphens. The string is empty if the name has no
        letters or digits that can be written in ASCII.

    Examples:
        >>> slugify("Müller & Söhne GmbH"), slugify("O'Hara"), slugify("株式会社")
        ('mueller-soehne-gmbh', 'ohara', '')
    """
    lowered = name.casefold().translate(_LATIN).translate(_GERMAN).replace("'", "")
    ascii_only = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
