"""Finds the files in `kombo_fakes.webhooks.events`: there is no list of them to keep."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from kombo_fakes.webhooks import events as files
from kombo_fakes.webhooks.lifecycle import Lifecycle
from kombo_fakes.webhooks.model import Event
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT


@cache
def known_events() -> Mapping[str, Event]:
    """The events that have a file of their own, by name."""
    found = (
        import_module(f"{files.__name__}.{module.name}").EVENT
        for module in pkgutil.iter_modules(files.__path__)
    )
    return {event.name: event for event in found}


def event_named(name: str) -> Event:
    """What is known of an event.

    Args:
        name: The name of an event, or of any schema.

    Returns:
        Where the name has no file, an `Event` of which nothing but its name is known.

    Examples:
        >>> event_named("data-changed").fields
        {'data.changed_models.name': 'model'}
    """
    return known_events().get(name) or Event(name=name)


def default_lifecycle() -> Lifecycle:
    """The lifecycle that sequences of the default event follow."""
    lifecycle = event_named(DEFAULT_EVENT).lifecycle
    assert lifecycle is not None
    return lifecycle
