"""Finds the files in `kombo_fakes.webhooks.events`, without a list of them."""

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
    """Return the events that have a file, by name."""
    found = (
        import_module(f"{files.__name__}.{module.name}").EVENT
        for module in pkgutil.iter_modules(files.__path__)
    )
    return {event.name: event for event in found}


def event_named(name: str) -> Event:
    """Return what is known of an event.

    Args:
        name: The name of an event, or of any schema.

    Returns:
        The `Event` of its file. Without a file, an `Event` that has only a name.

    Examples:
        >>> event_named("data-changed").fields
        {'data.changed_models.name': 'model'}
    """
    return known_events().get(name) or Event(name=name)


def default_lifecycle() -> Lifecycle:
    """Return the lifecycle of the default event, which sequences follow."""
    lifecycle = event_named(DEFAULT_EVENT).lifecycle
    assert lifecycle is not None
    return lifecycle
