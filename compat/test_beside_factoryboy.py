"""Beside factories that pytest-factoryboy makes fixtures of.

Ours aren't registered with it: it wants a factory registered for each nested object as well. They
have a fixture already, and a fixture of one's own takes a line.
"""

from __future__ import annotations

from dataclasses import dataclass

import factory
import pytest
from pytest_factoryboy import register

from kombo_fakes import IntegrationStateChanged, IntegrationStateChangedFactory, Schema


@dataclass
class Received:
    """What a project keeps of a webhook."""

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


def test_a_payload_in_a_factory_of_theirs(received) -> None:
    assert Schema.load().is_valid(received.payload)


def test_ours_beside_theirs(received, received_factory, kombo_payload) -> None:
    assert received_factory().number == received.number + 1
    assert kombo_payload["id"] != received.payload["id"]


@pytest.mark.parametrize("received__number", [7])
def test_parameters_of_theirs(received, workday_payload) -> None:
    assert received.number == 7
    assert workday_payload["data"]["integration_tool"] == "workday"
