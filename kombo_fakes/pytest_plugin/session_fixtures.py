"""Session fixtures are only used by tests with the settings that they were made with.

pytest makes a session fixture once, even if two directories redefine a fixture that it is made
with. The test that runs first would decide which values all other tests get.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from kombo_fakes.core.messages import shorten
from kombo_fakes.pytest_plugin.marker import read_marker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _SessionFixture:
    """The value of a session fixture, and the values of the fixtures that it was made with."""

    value: Any
    settings: dict[str, Any]


_REMEMBERED = pytest.StashKey[dict[str, _SessionFixture]]()


def remember(config: pytest.Config, fixture: str, value: T, **settings: Any) -> T:
    """Remember the settings that a session fixture is made with, and return its value."""
    config.stash[_REMEMBERED][fixture] = _SessionFixture(value, settings)
    return value


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REMEMBERED] = {}


@pytest.hookimpl(trylast=True)  # The fixtures of the test have their values then.
def pytest_runtest_setup(item: pytest.Item) -> None:
    values: dict[str, Any] = getattr(item, "funcargs", None) or {}
    if "kombo_event" in values:
        event = read_marker(item).event
        if event not in (None, values["kombo_event"]):
            pytest.fail(
                f"@pytest.mark.kombo asks for {event!r}, but the redefined kombo_event returns "
                f"{values['kombo_event']!r}. Let it return "
                f'getattr(request, "param", {values["kombo_event"]!r})',
                pytrace=False,
            )
    for fixture, remembered in item.config.stash[_REMEMBERED].items():
        # A project may redefine a fixture of a session, and its value is then not the one of this
        # plugin.
        if values.get(fixture) is not remembered.value:
            continue
        for setting, value in remembered.settings.items():
            if values.get(setting, value) != value:
                _fail(fixture, setting, value, values[setting])


def _fail(fixture: str, setting: str, used: Any, wanted: Any) -> None:
    # No part of a secret may appear in a message.
    details = (
        ""
        if setting == "kombo_webhook_secret"
        else f" ({shorten(used)} instead of {shorten(wanted)})"
    )
    pytest.fail(
        f"{fixture} is a session fixture, and it was made with another {setting} than this test "
        f"has{details}. Redefine {fixture} beside {setting}, or choose an event with "
        "@pytest.mark.kombo(event=...)",
        pytrace=False,
    )
