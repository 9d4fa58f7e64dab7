"""The pytest plugin: fixtures named ``kombo_...``, the marker ``kombo``, two options.

Every pytest run of everybody who has this package installed imports this module, so whatever
is heavy is imported where it is first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import KomboFakesError, MarkerError
from kombo_fakes.pytest_plugin import fixtures, probe_fixtures, session_settings
from kombo_fakes.pytest_plugin.marker import (
    MARKER,
    MarkerArguments,
    hide_id,
    make_collection_error,
    parametrize,
    read_default_event,
    read_marker,
)
from kombo_fakes.version import __version__

if TYPE_CHECKING:
    from kombo_fakes.catalogues.fault import Fault


# -- options, header, marker


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kombo", "fake payloads of Kombo's webhooks (kombo_fakes)")
    group.addoption(
        "--kombo-seed",
        type=_seed,
        default=0,
        metavar="INT",
        help="Give every test other payloads; the same seed gives the same ones again (default: 0)",
    )
    group.addoption(
        "--kombo-fault",
        action="append",
        default=[],
        metavar="ID",
        help="Of the tests per fault run only those of this fault, and skip tests that are left "
        "with none; '*' stands for anything. Can be given several times",
    )
    parser.addini(
        "kombo_event",
        "The event that kombo_event is by default, and that there is a test per fault, wire fault "
        "and case of (default: integration-state-changed)",
        default="",
    )


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        # argparse would print its usage, and ten lines about other options with it.
        raise pytest.UsageError(f"--kombo-seed: {shorten(text)} is no whole number") from None


def pytest_configure(config: pytest.Config) -> None:
    # Not in pytest_plugins, for which pytest looks through the metadata of all that is installed.
    for module in (fixtures, probe_fixtures, session_settings):
        if not config.pluginmanager.is_registered(module):
            config.pluginmanager.register(module, module.__name__)
    config.addinivalue_line("markers", MARKER)
    event = config.getini("kombo_event")
    if event:
        _check_event_exists(event)
    wanted = config.getoption("--kombo-fault")
    if wanted:
        _check_faults_exist(wanted)


def pytest_report_header(config: pytest.Config) -> str:
    return f"kombo_fakes {__version__}: --kombo-seed={config.getoption('--kombo-seed')}"


def _check_event_exists(event: str) -> None:
    from kombo_fakes.webhooks.shipped import check_event

    try:
        check_event(event)
    except KomboFakesError as error:
        raise pytest.UsageError(f"kombo_event: {error}") from None


def _check_faults_exist(patterns: Sequence[str]) -> None:
    from kombo_fakes.catalogues.faults import faults
    from kombo_fakes.webhooks.shipped import events

    known = [fault.id for event in events() for fault in faults(event)]
    for pattern in patterns:
        if any(fnmatchcase(fault_id, pattern) for fault_id in known):
            continue
        ids = [
            i for event in events() for i in _list_wire_fault_ids(event) if fnmatchcase(i, pattern)
        ]
        if ids:
            raise pytest.UsageError(
                f"--kombo-fault: {shorten(pattern)} is a wire fault; the tests of kombo_wire_fault "
                f"are chosen by their names, as in -k {ids[0]}"
            )
        raise pytest.UsageError(f"--kombo-fault: {unknown_name_error('fault', pattern, known)}")


# -- parametrising

_PER_FAULT = "kombo_invalid_payload"
_OF_FAULTS = "kombo_invalid_payloads"
_PER_WIRE_FAULT = "kombo_wire_fault"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    try:
        marked = read_marker(metafunc.definition)
        if marked == MarkerArguments() and not any(
            n.startswith("kombo_") for n in metafunc.fixturenames
        ):
            return  # Most tests of most projects.
        patterns = tuple(metafunc.config.getoption("--kombo-fault"))
        default = read_default_event(metafunc.config)
        uses_faults = not {_PER_FAULT, _OF_FAULTS}.isdisjoint(metafunc.fixturenames)
        left = (
            _select_faults(marked, patterns, default)
            if uses_faults or marked.has_fault_filter
            else ()
        )
    except KomboFakesError as error:
        raise make_collection_error(metafunc, error) from None
    if marked.event is not None:
        # A parameter, since pytest then makes anew what the session has made of another event.
        parametrize(metafunc, "kombo_event", [marked.event], [hide_id(marked.event)])
    skipped, no_fault = [_make_skipped_parameter(patterns)], [hide_id("no-fault")]
    if marked.has_fault_filter or patterns:
        some = [hide_id("some-faults")]
        parametrize(metafunc, _OF_FAULTS, [left] if left else skipped, some if left else no_fault)
    ids = [fault.id for fault in left]
    parametrize(metafunc, _PER_FAULT, left or skipped, ids or no_fault)
    if _PER_WIRE_FAULT in metafunc.fixturenames:
        parametrize(metafunc, _PER_WIRE_FAULT, *[_list_wire_fault_ids(marked.event or default)] * 2)


@lru_cache(maxsize=256)
def _select_faults(
    marked: MarkerArguments, patterns: tuple[str, ...], default: str
) -> tuple[Fault, ...]:
    """The faults that the markers and the command line leave; none only by the command line.

    Cached, since pytest compares the parameters of a session's fixtures by identity.
    """
    from kombo_fakes.catalogues.faults import faults

    event = default if marked.event is None else marked.event
    found = faults(event, keywords=marked.keywords, at=marked.at, ids=marked.faults)
    if not found:
        raise MarkerError(f"no fault of {event} is all of that: {marked.describe_fault_filter()}")
    return tuple(
        fault
        for fault in found
        if not patterns or any(fnmatchcase(fault.id, pattern) for pattern in patterns)
    )


@lru_cache(maxsize=64)
def _list_wire_fault_ids(event: str) -> tuple[str, ...]:
    from kombo_fakes.wire.faults import wire_faults

    # With a secret that isn't the test secret: to a receiver that has that one, deliveries signed
    # with it have no fault.
    return tuple(fault.id for fault in wire_faults(event, secret=b"not the test secret"))


def _make_skipped_parameter(patterns: Sequence[str]) -> Any:
    options = " ".join(f"--kombo-fault={pattern}" for pattern in patterns)
    return pytest.param(None, marks=pytest.mark.skip(reason=f"{options}: no fault of this test"))
