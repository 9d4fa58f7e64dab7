"""What the tests of the receiver share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from faker import Faker
from receiver import Store


@pytest.fixture(scope="session")
def kombo_faker() -> Faker:
    """Redefines a setting of kombo-fakes: our customers' names have umlauts."""
    return Faker("de_DE")


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with closing(Store(":memory:")) as opened:
        yield opened
