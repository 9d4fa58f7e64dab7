"""The fixtures and `@given` in coroutines that pytest-asyncio runs."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings

from kombo_fakes import deliveries, payloads, verify

SECRET = "a secret"


@pytest.mark.asyncio
async def test_fixtures(kombo_payload, kombo_payload_factory, kombo_delivery) -> None:
    await asyncio.sleep(0)
    assert kombo_payload["type"] == kombo_payload_factory()["type"]
    assert kombo_delivery.payload["id"] != kombo_payload["id"]


@pytest.mark.asyncio
@pytest.mark.kombo(faults=["data.state-enum-lowercase"])
async def test_one_test_per_fault(kombo_invalid_payload) -> None:
    assert kombo_invalid_payload.fault.id == "data.state-enum-lowercase"


@pytest.mark.asyncio
@settings(max_examples=5)
@given(payload=payloads())
async def test_strategies(payload) -> None:
    await asyncio.sleep(0)
    assert payload["type"] == "integration-state-changed"


@pytest.mark.asyncio
@settings(max_examples=5)
@given(delivery=deliveries(secret=SECRET))
async def test_deliveries(delivery) -> None:
    await asyncio.sleep(0)
    assert verify(delivery.body, delivery.signature, SECRET)


@pytest.mark.asyncio
async def test_the_probe_in_a_thread_beside_a_running_loop(kombo_probe) -> None:
    async def application(scope, receive, send) -> None:
        assert scope["type"] in ("http", "lifespan")
        if scope["type"] == "lifespan":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        given = dict(scope["headers"]).get(b"x-kombo-signature", b"").decode("latin-1")
        status = 204 if verify(body, given, SECRET) else 401
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with pytest.raises(AssertionError) as found:
        await asyncio.to_thread(
            kombo_probe, application, secret=SECRET, policy="tolerant", max_examples=0
        )
    assert "body-not-json" in str(found.value)
