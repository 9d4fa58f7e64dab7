"""The pytest plugin: fixtures named ``kombo_...``, the marker ``kombo`` and two options.

pytest imports this package in every run of everybody who has kombo_fakes installed. So its modules
import nothing heavy (Hypothesis, Faker, factory_boy, the validator) at the top: the functions that
need it do.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from kombo_fakes.core.messages import shorten, unknown_pattern_error
from kombo_fakes.errors import KomboFakesError, MarkerError
from kombo_fakes.pytest_plugin import (
    captured_output,
    fixtures,
    probe_fixtures,
    session_fixtures,
)
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

_PER_FAULT = "kombo_invalid_payload"
_FAULTS_STRATEGY = "kombo_invalid_payloads"
_PER_WIRE_FAULT = "kombo_wire_fault"


# -- options, header and marker


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kombo", "fake payloads of Kombo's webhooks (kombo_fakes)")
    group.addoption(
        "--kombo-seed",
        type=_parse_seed,
        default=0,
        metavar="INT",
        help="Seed of all payloads. The same seed gives every test the same payloads again "
        "(default: 0)",
    )
    group.addoption(
        "--kombo-fault",
        action="append",
        default=[],
        metavar="ID",
        help="Run the tests of kombo_invalid_payload with this fault only. '*' stands for "
        "anything. Tests without a matching fault are skipped. Can be repeated",
    )
    parser.addini(
        "kombo_event",
        "The event of the kombo_... fixtures, and of the tests per fault, wire fault and case "
        "(default: the first event that `kombo-fakes events` lists)",
        default="",
    )


def _parse_seed(argument: str) -> int:
    try:
        return int(argument)
    except ValueError:
        # A ValueError would make argparse print the usage of all options as well.
        raise pytest.UsageError(f"--kombo-seed: {shorten(argument)} is not an integer") from None


def pytest_configure(config: pytest.Config) -> None:
    # A `pytest_plugins` variable would do the same, but makes pytest search the metadata of all
    # installed packages for entry points.
    for module in (captured_output, fixtures, probe_fixtures, session_fixtures):
        # With -p, pytest may have loaded a module already, and it raises for a second registration.
        if not config.pluginmanager.is_registered(module):
            config.pluginmanager.register(module, module.__name__)
    config.addinivalue_line("markers", MARKER)
    event = config.getini("kombo_event")
    if event:
        _check_event_exists(event)
    patterns = config.getoption("--kombo-fault")
    if patterns:
        _check_faults_exist(patterns)


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

    # Which events the tests use is known only after collection.
    known = [fault.id for event in events() for fault in faults(event)]
    for pattern in patterns:
        if any(fnmatchcase(fault_id, pattern) for fault_id in known):
            continue
        ids = [i for event in events() for i in _list_wire_fault_ids(event)]
        wire_fault = next((i for i in ids if fnmatchcase(i, pattern)), None)
        if wire_fault is not None:
            raise pytest.UsageError(
                f"--kombo-fault: {shorten(pattern)} is a wire fault, not a fault of a payload. "
                f"Select tests of kombo_wire_fault by their names: -k {wire_fault}"
            )
        raise pytest.UsageError(f"--kombo-fault: {unknown_pattern_error('fault', pattern, known)}")


# -- parametrizing


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    try:
        marked = read_marker(metafunc.definition)
        if marked == MarkerArguments() and not any(
            name.startswith("kombo_") for name in metafunc.fixturenames
        ):
            return  # Most tests of most projects.
        patterns = tuple(metafunc.config.getoption("--kombo-fault"))
        default = read_default_event(metafunc.config)
        uses_faults = not {_PER_FAULT, _FAULTS_STRATEGY}.isdisjoint(metafunc.fixturenames)
        # A marker with a mistake is an error even if the test does not use the faults.
        needs_faults = uses_faults or marked.has_fault_filter
        selected = _select_faults(marked, patterns, default) if needs_faults else ()
    except KomboFakesError as error:
        raise make_collection_error(metafunc, error) from None
    if marked.event is not None:
        # As a parameter, since pytest then makes session fixtures of another event again.
        parametrize(metafunc, "kombo_event", [marked.event], [hide_id(marked.event)])
    skipped, no_fault = [_make_skipped_parameter(patterns)], [hide_id("no-fault")]
    if marked.has_fault_filter or patterns:
        some = [hide_id("some-faults")]
        values, ids = ([selected], some) if selected else (skipped, no_fault)
        parametrize(metafunc, _FAULTS_STRATEGY, values, ids)
    fault_ids = [fault.id for fault in selected]
    parametrize(metafunc, _PER_FAULT, selected or skipped, fault_ids or no_fault)
    if _PER_WIRE_FAULT in metafunc.fixturenames:
        wire_fault_ids = _list_wire_fault_ids(marked.event or default)
        parametrize(metafunc, _PER_WIRE_FAULT, wire_fault_ids, wire_fault_ids)


# Cached, because pytest compares the parameters of session fixtures by identity.
@lru_cache(maxsize=256)
def _select_faults(
    marked: MarkerArguments, patterns: tuple[str, ...], default: str
) -> tuple[Fault, ...]:
    """Return the faults that the marker and ``--kombo-fault`` select.

    Returns:
        The faults. The tuple is empty only if ``--kombo-fault`` excludes all faults of the marker.

    Raises:
        MarkerError: if no fault of the event matches the marker.
    """
    from kombo_fakes.catalogues.faults import faults

    event = default if marked.event is None else marked.event
    found = faults(event, keywords=marked.keywords, at=marked.at, ids=marked.faults)
    if not found:
        raise MarkerError(f"no fault of {event} matches {marked.describe_fault_filter()}")
    return tuple(
        fault
        for fault in found
        if not patterns or any(fnmatchcase(fault.id, pattern) for pattern in patterns)
    )


@lru_cache(maxsize=64)
def _list_wire_fault_ids(event: str) -> tuple[str, ...]:
    from kombo_fakes.wire.faults import wire_faults

    # Collection does not know the secret yet. "Signed with the test secret" is a fault for every
    # receiver but those that use the test secret, so it is listed, and skipped for those.
    return tuple(fault.id for fault in wire_faults(event, secret=b"not the test secret"))


def _make_skipped_parameter(patterns: Sequence[str]) -> Any:
    # pytest treats an empty list of parameters as empty_parameter_set_mark says, which can be an
    # error, and its reason would not name the option.
    options = " ".join(f"--kombo-fault={pattern}" for pattern in patterns)
    reason = f"no fault of this test matches {options}"
    return pytest.param(None, marks=pytest.mark.skip(reason=reason))
