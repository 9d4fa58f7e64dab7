"""What the tests of the receiver share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from faker import Faker
from hypothesis.strategies import SearchStrategy
from receiver import Store

from kombo_fakes import IntegrationStateChanged, payloads

SHORT_PAYLOADS = payloads(max_length=100, allow_nul=False)


@pytest.fixture(scope="session")
def kombo_faker() -> Faker:
    """Redefines a setting of kombo-fakes: our customers' names have umlauts."""
    return Faker("de_DE")


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with closing(Store(":memory:")) as opened:
        yield opened


@pytest.fixture(scope="session")
def short_payloads() -> SearchStrategy[IntegrationStateChanged]:
    """Payloads without anything that an old client of ours cannot show."""
    return SHORT_PAYLOADS
