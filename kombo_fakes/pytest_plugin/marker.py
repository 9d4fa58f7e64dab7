"""The marker ``kombo``: what it says of a test, and how tests are parametrised by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import KomboFakesError, MarkerError

MARKER = (
    "kombo(event=None, keywords=None, at=None, faults=None, policy=None, cases=None, skip=None, "
    "baseline=None): what the kombo_... fixtures of a test are about. event: the event, by default "
    "that of kombo_event. keywords, at, faults: only the faults of these schema keywords, at this "
    "place or below it (a JSON Pointer or a dotted name), with these ids ('*' stands for "
    "anything). policy: 'strict' or 'tolerant', what kombo_probe and kombo_probe_case hold a "
    "receiver to. cases: only the cases of kombo_probe_case with these ids. skip, baseline: what "
    "is known to be wrong, as ids, and as a report of `kombo-fakes probe --json` whose path is "
    "relative to the test's file. Of several markers the nearest one counts, argument by argument."
)

_LISTS = ("keywords", "faults", "cases", "skip")
_POLICIES = ("strict", "tolerant")


@dataclass(frozen=True, slots=True)
class MarkerArguments:
    """What the markers of one test ask for."""

    event: str | None = None
    keywords: tuple[str, ...] | None = None
    at: str | None = None
    faults: tuple[str, ...] | None = None
    policy: str | None = None
    cases: tuple[str, ...] | None = None
    skip: tuple[str, ...] | None = None
    baseline: str | None = None

    @property
    def has_fault_filter(self) -> bool:
        """Whether it is about some of the faults only."""
        return (self.keywords, self.at, self.faults) != (None, None, None)

    def describe_fault_filter(self) -> str:
        """The arguments that narrow, as they stand in the marker."""
        given = (("keywords", self.keywords), ("at", self.at), ("faults", self.faults))
        return ", ".join(f"{name}={shorten(value)}" for name, value in given if value is not None)


def read_marker(node: pytest.Item) -> MarkerArguments:
    """What the markers of a test ask for; of each argument the nearest marker's counts.

    Raises:
        UnknownNameError: for an argument that the marker doesn't have, or an unknown event or
            policy.
        MarkerError: for a value of the wrong type.
    """
    marked: dict[str, Any] = {}
    for marker in node.iter_markers("kombo"):
        if marker.args:
            raise MarkerError(f"{shorten(marker.args[0])} has no name; write event=, keywords=...")
        for name, value in marker.kwargs.items():
            if name not in MarkerArguments.__dataclass_fields__:
                raise unknown_name_error("argument", name, MarkerArguments.__dataclass_fields__)
            marked.setdefault(name, value)
    for name, value in marked.items():
        if name in _LISTS and value is not None:
            names = (value,) if isinstance(value, str) else value
            if not _is_string_list(names):
                raise MarkerError(f"{name}={shorten(value)} is neither a text nor a list of them")
            marked[name] = tuple(names)
        elif value is not None and not isinstance(value, str):
            raise MarkerError(f"{name}={shorten(value)} is no text")
    if marked.get("event") is not None:
        from kombo_fakes.webhooks.shipped import check_event

        check_event(marked["event"])
    if marked.get("policy") not in (None, *_POLICIES):
        raise unknown_name_error("policy", marked["policy"], _POLICIES)
    return MarkerArguments(**marked)


def read_default_event(config: pytest.Config) -> str:
    """The event where nothing else is said: that of the ini option.

    Known at collection, when no fixture has a value yet, and so to the tests per something.
    """
    from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

    return str(config.getini("kombo_event")) or DEFAULT_EVENT


def _is_string_list(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) and all(
        isinstance(item, str) for item in value
    )


def make_collection_error(
    metafunc: pytest.Metafunc, error: KomboFakesError
) -> pytest.Collector.CollectError:
    """A collection error of one line; others are shown with a traceback through the plugin."""
    test = metafunc.definition.nodeid
    return pytest.Collector.CollectError(f"{test}: @pytest.mark.kombo: {error}")


def hide_id(name: str) -> Any:
    """The id of a parameter that has no place in the test's name; pytest hides one from 8.4 on."""
    return getattr(pytest, "HIDDEN_PARAM", name)


def parametrize(
    metafunc: pytest.Metafunc,
    fixture: str,
    values: Sequence[Any],
    ids: Sequence[Any] | None = None,
) -> None:
    """Make a test for each value of a fixture, if the test uses it and its author didn't decide."""
    if fixture in metafunc.fixturenames and not _is_parametrized(metafunc, fixture):
        metafunc.parametrize(fixture, values, indirect=True, ids=ids)


def _is_parametrized(metafunc: pytest.Metafunc, fixture: str) -> bool:
    """Whether the test's author has parametrised a fixture of ours, and so decided."""
    for marker in metafunc.definition.iter_markers("parametrize"):
        names = marker.args[0] if marker.args else marker.kwargs.get("argnames", ())
        if fixture in (names.replace(",", " ").split() if isinstance(names, str) else names):
            return True
    return False


def explain_event_mismatch(event: str) -> str:
    """What is said where a test per something was made for another event than it has."""
    return (
        f"kombo_event is {event!r} here, but which faults there are has to be known at "
        "collection, when no fixture has a value yet: say so once with the ini option, "
        f"kombo_event = {event}, or with @pytest.mark.kombo(event={event!r})"
    )
