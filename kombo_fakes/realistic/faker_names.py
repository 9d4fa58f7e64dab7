"""Names from a Faker instead of the pools, and a provider for Faker.

Faker promises the same output for one of its versions only. What is made with it is therefore the
same for the same seed and the same version of Faker.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

import faker
from faker import Generator
from faker.providers import BaseProvider

from kombo_fakes.core.choices import Choices, SeededChoices
from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.core.public import public
from kombo_fakes.errors import OverrideError
from kombo_fakes.webhooks.hr_tools import TOOLS
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

T = TypeVar("T")


class FakerNames:
    """A source of names that asks a Faker.

    While the Faker makes a name, its generators have another random state. Then they get their own
    back, so that the values that the caller gets from them do not change.

    Args:
        source: A Faker, of one locale or of several, with any providers.

    Raises:
        OverrideError: if it is not a Faker but, for example, the name of a locale.

    Examples:
        >>> names = FakerNames(faker.Faker("de_DE"))
        >>> names.person(SeededChoices(1)) == names.person(SeededChoices(1))
        True
    """

    def __init__(self, source: faker.Faker) -> None:
        given: Any = source
        factories = getattr(given, "factories", None)
        if factories is None:
            hint = f'Faker("{given}")' if isinstance(given, str) and given else "Faker()"
            raise OverrideError(f"{shorten(given)} is not a Faker: pass {hint}")
        # The methods come from providers, so their types are not known.
        self._generators: tuple[Any, ...] = tuple(factories)

    @classmethod
    def for_locale(cls, locale: str) -> FakerNames:
        """Make names of one of Faker's locales.

        Raises:
            UnknownNameError: if Faker does not have the locale; the message names the nearest one.
        """
        try:
            return cls(faker.Faker(locale))
        except AttributeError:
            # Faker raises an AttributeError for a locale that it does not have.
            from faker.config import AVAILABLE_LOCALES

            raise unknown_name_error("Faker locale", locale, AVAILABLE_LOCALES) from None

    def organization(self, choices: Choices) -> str:
        return self._make(choices, lambda generator: str(generator.company()))

    def person(self, choices: Choices) -> tuple[str, str]:
        return self._make(choices, lambda g: (str(g.first_name()), str(g.last_name())))

    def job(self, choices: Choices) -> str:
        return self._make(choices, lambda generator: str(generator.job()))

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        return self._make(choices, _place)

    def sentence(self, choices: Choices) -> str:
        return self._make(choices, lambda generator: str(generator.sentence(nb_words=4)))

    def _make(self, choices: Choices, make: Callable[[Any], T]) -> T:
        generator = choices.pick(self._generators)
        # The Faker is the caller's, and its own values must not depend on how many names are made.
        own = generator.random
        generator.random = Random(choices.integer(0, 2**32 - 1))
        try:
            return make(generator)
        finally:
            generator.random = own


def _place(generator: Any) -> tuple[str, str, str | None, str, str]:
    # Some locales of Faker lack a part of an address.
    country = getattr(generator, "current_country", generator.country)
    state = getattr(generator, "administrative_unit", None)
    return (
        # Faker writes some street addresses in two lines.
        str(generator.street_address()).replace("\n", ", "),
        str(generator.city()),
        None if state is None else str(state()),
        str(generator.postcode()),
        str(country()),
    )


class _GeneratorChoices(SeededChoices):
    """Choices drawn from the random state of a Faker generator, which its owner seeds."""

    __slots__ = ()

    def __init__(self, generator: Generator) -> None:
        self._random = generator.random.random


@public
class KomboProvider(BaseProvider):
    """A Faker provider of what Kombo sends: ``fake.add_provider(KomboProvider)``.

    It uses the seed, the locale and the names of the Faker that it is added to.

    Examples:
        >>> fake = faker.Faker()
        >>> fake.add_provider(KomboProvider)
        >>> fake.seed_instance(1)
        >>> fake.kombo_integration_id().split(":")[0] in fake.kombo_tools()
        True
        >>> sorted(fake.kombo_payload())
        ['data', 'id', 'type']
    """

    def kombo_tools(self, category: str | None = None) -> tuple[str, ...]:
        """The slugs of the tools that Kombo connects to.

        Args:
            category: ``"HRIS"``, ``"ATS"``, ``"ASSESSMENT"`` or ``"LMS"``; all if not given.

        Raises:
            UnknownNameError: if the category does not exist.
        """
        if category is None:
            # A tool can serve several categories.
            return tuple(dict.fromkeys(tool for tools in TOOLS.values() for tool in tools))
        if category not in TOOLS:
            raise unknown_name_error("category", category, TOOLS)
        return TOOLS[category]

    def kombo_tool(self, category: str | None = None) -> str:
        """The slug of a tool, such as ``personio``."""
        return _GeneratorChoices(self.generator).pick(self.kombo_tools(category))

    def kombo_category(self) -> str:
        """A category of integrations, such as ``HRIS``."""
        return _GeneratorChoices(self.generator).pick(tuple(TOOLS))

    def kombo_id(self) -> str:
        """The id of an event: 24 characters of base 58."""
        return _GeneratorChoices(self.generator).token(24)

    def kombo_integration_id(self, tool: str | None = None) -> str:
        """The id of an integration, such as ``personio:CBNMt7dSNCzBdnRTx87dev4E``."""
        return f"{tool or self.kombo_tool()}:{self.kombo_id()}"

    def kombo_payload(self, event: str = DEFAULT_EVENT) -> Any:
        """A realistic payload of an event, with names of this Faker's locale."""
        from kombo_fakes.realistic.generator import generator_for
        from kombo_fakes.schema.schema import Schema

        names = _ProviderNames(self.generator)
        choices = _GeneratorChoices(self.generator)
        return generator_for(Schema.load(event)).generate(choices, names=names)


class _ProviderNames(FakerNames):
    """Names straight from the generator that a provider is added to."""

    def __init__(self, generator: Generator) -> None:
        self._generators = (generator,)

    def _make(self, choices: Choices, make: Callable[[Any], T]) -> T:
        return make(self._generators[0])
