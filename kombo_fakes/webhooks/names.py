"""Names of organisations, people, jobs and places.

They come from the pools that the package carries, or from a Faker of the user's.
"""

from __future__ import annotations

from typing import Protocol

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.pools import pools


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
    """Names from the pools that the package carries: the same whatever Faker is installed."""

    def organization(self, choices: Choices) -> str:
        return choices.pick(pools().organizations)

    def person(self, choices: Choices) -> tuple[str, str]:
        return choices.pick(pools().people)

    def job(self, choices: Choices) -> str:
        return choices.pick(pools().jobs)

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        return choices.pick(pools().places)

    def sentence(self, choices: Choices) -> str:
        return choices.pick(pools().sentences)


POOLED = PooledNames()
