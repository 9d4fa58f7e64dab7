"""What users get wrong: type checkers say so, on each line that ends in ``# wrong``."""

from __future__ import annotations

from kombo_fakes import Delivery, IntegrationStateChanged, IntegrationStateChangedFactory, probe


def misspelt(payload: IntegrationStateChanged) -> None:
    print(payload["data"]["stat"])  # wrong
    payload["data"]["state"] = "active"  # wrong
    payload["data"]["end_user"]["creator_email"].lower()  # wrong


def unknown(delivery: Delivery) -> None:
    print(delivery.payloads)  # wrong
    delivery.body = b""  # wrong
    probe(delivery, policy="lenient")  # wrong


def built() -> None:
    IntegrationStateChangedFactory.build()["date"]  # wrong
