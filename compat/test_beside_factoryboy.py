"""The fixtures beside factories that pytest-factoryboy turns into fixtures.

The factories of this package are not registered with it: it requires a registered factory for each
nested object, too. A fixture with a payload of your own takes one line.
"""

from __future__ import annotations

from dataclasses import dataclass

import factory
import pytest
from pytest_factoryboy import register

from kombo_fakes import IntegrationStateChanged, IntegrationStateChangedFactory, Schema


@dataclass
class Received:
    """A received webhook in a user's project."""

    number: int
    payload: IntegrationStateChanged


@register
class ReceivedFactory(factory.Factory[Received]):
    class Meta:
        model = Received

    number = factory.Sequence(int)
    payload = factory.LazyFunction(IntegrationStateChangedFactory.build)


@pytest.fixture
def workday_payload(kombo_payload_factory) -> IntegrationStateChanged:
    return kombo_payload_factory(data__integration_tool="workday")


def test_a_payload_in_a_registered_factory(received) -> None:
    assert Schema.load().is_valid(received.payload)


def test_a_payload_beside_a_registered_factory(received, received_factory, kombo_payload) -> None:
    assert received_factory().number == received.number + 1
    assert kombo_payload["id"] != received.payload["id"]


@pytest.mark.parametrize("received__number", [7])
def test_parameters_of_a_registered_factory(received, workday_payload) -> None:
    assert received.number == 7
    assert workday_payload["data"]["integration_tool"] == "workday"
