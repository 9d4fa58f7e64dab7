"""No fixture made of other settings than the test's.

pytest makes a session's fixture once, even where two directories redefine what it is made of:
the test that comes first would decide what all others get.
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
    """A session's fixture, and the settings that it was made of."""

    value: Any
    settings: dict[str, Any]


_REMEMBERED = pytest.StashKey[dict[str, _SessionFixture]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REMEMBERED] = {}


def remember(config: pytest.Config, fixture: str, value: T, **settings: Any) -> T:
    config.stash[_REMEMBERED][fixture] = _SessionFixture(value, settings)
    return value


@pytest.hookimpl(trylast=True)  # When the test has its fixtures.
def pytest_runtest_setup(item: pytest.Item) -> None:
    values: dict[str, Any] = getattr(item, "funcargs", None) or {}
    if "kombo_event" in values:
        event = read_marker(item).event
        if event not in (None, values["kombo_event"]):
            pytest.fail(
                f"the marker asks for {event!r}, but the redefined kombo_event ignores it; "
                f'let it return getattr(request, "param", {values["kombo_event"]!r})',
                pytrace=False,
            )
    for fixture, made in item.config.stash[_REMEMBERED].items():
        if values.get(fixture) is not made.value:
            continue
        for setting, value in made.settings.items():
            if values.get(setting, value) != value:
                # Of the secret not even how it begins.
                there, here = (
                    ("another one than here", "")
                    if setting == "kombo_webhook_secret"
                    else (shorten(value), f"; here it is {shorten(values[setting])}")
                )
                pytest.fail(
                    f"{fixture} is made once a session, and was made where {setting} is "
                    f"{there}{here}. Redefine {fixture} here, too, or choose an event by "
                    "@pytest.mark.kombo(event=...)",
                    pytrace=False,
                )
