"""The marker ``kombo``: its arguments, and how tests are parametrized by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import KomboFakesError, MarkerError

MARKER = (
    "kombo(event=None, keywords=None, at=None, faults=None, policy=None, cases=None, skip=None, "
    "baseline=None): settings of the kombo_... fixtures for a test, class or module. "
    "event: the event to use instead of the default one. "
    "keywords, at, faults: select faults by schema keyword, by place (a JSON Pointer or a dotted "
    "name; everything below it is included), or by id ('*' stands for anything). "
    "policy: 'strict' or 'tolerant', what kombo_probe and kombo_probe_case expect of a receiver. "
    "cases: select cases of kombo_probe_case by id. "
    "skip: ids of findings or cases that are known. "
    "baseline: a report of `kombo-fakes probe --json` whose findings are known; the path is "
    "relative to the test's file. "
    "If several markers give an argument, the nearest marker wins."
)

_LISTS = ("keywords", "faults", "cases", "skip")
_POLICIES = ("strict", "tolerant")


@dataclass(frozen=True, slots=True)
class MarkerArguments:
    """The arguments of all ``kombo`` markers of one test. None means that no marker gives one."""

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
        """True if the arguments select some of the faults."""
        return (self.keywords, self.at, self.faults) != (None, None, None)

    def describe_fault_filter(self) -> str:
        """Return the arguments that select faults, as a marker writes them."""
        given = (("keywords", self.keywords), ("at", self.at), ("faults", self.faults))
        return ", ".join(f"{name}={shorten(value)}" for name, value in given if value is not None)


def read_marker(node: pytest.Item) -> MarkerArguments:
    """Read the arguments of all ``kombo`` markers of a test; the nearest marker wins.

    Raises:
        UnknownNameError: if the marker has no such argument, or there is no such event or policy.
        MarkerError: if a value has the wrong type.
    """
    arguments: dict[str, Any] = {}
    for marker in node.iter_markers("kombo"):
        # iter_markers begins with the nearest marker, so the first value of an argument counts.
        if marker.args:
            raise MarkerError(
                f"{shorten(marker.args[0])} has no argument name; "
                "write event=..., keywords=... or another name"
            )
        for name, value in marker.kwargs.items():
            if name not in MarkerArguments.__dataclass_fields__:
                raise unknown_name_error("argument", name, MarkerArguments.__dataclass_fields__)
            arguments.setdefault(name, value)
    for name, value in arguments.items():
        if name in _LISTS and value is not None:
            names = (value,) if isinstance(value, str) else value
            if not _is_string_collection(names):
                raise MarkerError(f"{name}={shorten(value)} is neither a string nor a list of them")
            arguments[name] = tuple(names)
        elif value is not None and not isinstance(value, str):
            raise MarkerError(f"{name}={shorten(value)} is not a string")
    if arguments.get("event") is not None:
        from kombo_fakes.webhooks.shipped import check_event

        check_event(arguments["event"])
    if arguments.get("policy") not in (None, *_POLICIES):
        raise unknown_name_error("policy", arguments["policy"], _POLICIES)
    return MarkerArguments(**arguments)


def read_default_event(config: pytest.Config) -> str:
    """Return the event of tests without a marker: that of the ini option ``kombo_event``.

    Collection has to know it, and no fixture has a value at that time.
    """
    from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

    return str(config.getini("kombo_event")) or DEFAULT_EVENT


def _is_string_collection(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) and all(
        isinstance(item, str) for item in value
    )


def make_collection_error(
    metafunc: pytest.Metafunc, error: KomboFakesError
) -> pytest.Collector.CollectError:
    """Return an error that pytest shows as one line. It shows others with a traceback."""
    test = metafunc.definition.nodeid
    return pytest.Collector.CollectError(f"{test}: @pytest.mark.kombo: {error}")


def hide_id(name: str) -> Any:
    """Return an id that stays out of the names of tests; pytest before 8.4 shows the name."""
    return getattr(pytest, "HIDDEN_PARAM", name)


def parametrize(
    metafunc: pytest.Metafunc,
    fixture: str,
    values: Sequence[Any],
    ids: Sequence[Any] | None = None,
) -> None:
    """Make a test for each value of a fixture that the test uses.

    A test whose author has parametrized the fixture stays as it is.
    """
    # pytest raises if a fixture is parametrized twice.
    if fixture in metafunc.fixturenames and not _is_parametrized(metafunc, fixture):
        metafunc.parametrize(fixture, values, indirect=True, ids=ids)


def _is_parametrized(metafunc: pytest.Metafunc, fixture: str) -> bool:
    for marker in metafunc.definition.iter_markers("parametrize"):
        # pytest accepts the names as a string with commas, and as a list or tuple.
        names = marker.args[0] if marker.args else marker.kwargs.get("argnames", ())
        if fixture in (names.replace(",", " ").split() if isinstance(names, str) else names):
            return True
    return False


def explain_event_mismatch(event: str) -> str:
    """Return the message for a test that was collected for another event than it has."""
    return (
        f"kombo_event is {event!r} here, but the test was collected for another event. "
        "Collection cannot see a redefined fixture. Set the event with the ini option "
        f"kombo_event = {event}, or with @pytest.mark.kombo(event={event!r})"
    )


def explain_missing_parameter(fixture: str) -> str:
    """Return the message for a test that requests a parametrized fixture too late."""
    return (
        f"{fixture} makes several tests, so pytest has to see it at collection. "
        "Make it an argument of the test, or of a fixture that the test uses"
    )
