"""The command line, run in this process."""

from __future__ import annotations

import pytest
from support.commands import SECRET, Runner


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


@pytest.fixture(autouse=True)
def no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the secret from the environment of the tests."""
    monkeypatch.delenv("KOMBO_WEBHOOK_SECRET", raising=False)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch, no_secret: None) -> None:
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", SECRET)
