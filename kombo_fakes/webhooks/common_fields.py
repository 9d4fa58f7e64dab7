"""Facts for schemas of users: what fields with common names show."""

from __future__ import annotations

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Facts, Group
from kombo_fakes.webhooks.names import Names

_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY")


def _draw_place(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    street, city, _, zip_code, country = names.place(choices)
    facts["any_street"], facts["any_city"] = street, city
    facts["any_zip_code"], facts["any_country"] = zip_code, country


def _draw_names(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["any_company"], facts["any_title"] = names.organization(choices), names.job(choices)


def _draw_strings(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["any_description"] = names.sentence(choices)
    facts["any_url"] = f"https://www.example.com/{choices.token(8)}"
    facts["any_currency"] = choices.pick(_CURRENCIES)


ANY_SCHEMA = Group(
    "any schema",
    {
        _draw_place: ("any_street", "any_city", "any_zip_code", "any_country"),
        _draw_names: ("any_company", "any_title"),
        _draw_strings: ("any_description", "any_url", "any_currency"),
    },
    per_item=True,
)

COMMON = {
    "city": "any_city",
    "street": "any_street",
    "zip_code": "any_zip_code",
    "country": "any_country",
    "company": "any_company",
    "company.name": "any_company",
    "title": "any_title",
    "description": "any_description",
    "url": "any_url",
    "currency": "any_currency",
}
"""The fact that a field shows in a schema of a user, by the end of its dotted name."""
