"""The pytest plugin: fixtures named ``kombo_...``, the marker ``kombo``, two options.

Every pytest run of everybody who has this package installed imports this module, so whatever
is heavy is imported where it is first needed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from kombo_fakes import __version__
from kombo_fakes.dice import seed_for
from kombo_fakes.errors import KomboFakesError, shorten, unknown
from kombo_fakes.registry import DEFAULT_EVENT

if TYPE_CHECKING:
    import faker
    from hypothesis.strategies import SearchStrategy

    from kombo_fakes.catalogue import Fault, InvalidPayload
    from kombo_fakes.schema import Schema

PayloadMaker: TypeAlias = Callable[..., dict[str, Any]]
"""What `kombo_payload_factory` is: the ``build`` of a factory, with a seed of its own."""

_MARKER = (
    "kombo(event=None, keywords=None, at=None, faults=None): what the kombo_... fixtures of a test "
    "are about. event: the event, here 'integration-state-changed'. keywords, at, faults: only "
    "the faults of these schema keywords, at this place or below it (a JSON Pointer or a dotted "
    "name), with these ids ('*' stands for anything). Of several markers the nearest one counts, "
    "argument by argument."
)


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


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        # argparse would print its usage, and ten lines about other options with it.
        raise pytest.UsageError(f"--kombo-seed: {shorten(text)} is no whole number") from None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)
    config.stash[_MADE] = {}
    wanted = config.getoption("--kombo-fault")
    if wanted:
        _check_faults_exist(wanted)


def pytest_report_header(config: pytest.Config) -> str:
    return f"kombo_fakes {__version__}: --kombo-seed={config.getoption('--kombo-seed')}"


def _check_faults_exist(patterns: Sequence[str]) -> None:
    from kombo_fakes.catalogue import faults
    from kombo_fakes.registry import events

    known = [fault.id for event in events() for fault in faults(event)]
    for pattern in patterns:
        if not any(fnmatchcase(fault_id, pattern) for fault_id in known):
            raise pytest.UsageError(f"--kombo-fault: {unknown('fault', pattern, known)}")


@dataclass(frozen=True, slots=True)
class _Request:
    """What the markers of one test ask for."""

    event: str | None = None
    keywords: tuple[str, ...] | None = None
    at: str | None = None
    faults: tuple[str, ...] | None = None

    @property
    def narrows(self) -> bool:
        return (self.keywords, self.at, self.faults) != (None, None, None)


def _request_of(node: pytest.Item) -> _Request:
    """What the markers of a test ask for; of each argument the nearest marker's counts.

    Raises:
        UnknownNameError: for an argument that the marker doesn't have.
        _MarkerError: for a value of the wrong type.
    """
    asked: dict[str, Any] = {}
    for marker in node.iter_markers("kombo"):
        if marker.args:
            raise _MarkerError(f"{shorten(marker.args[0])} has no name; write event=, keywords=...")
        for name, value in marker.kwargs.items():
            if name not in _Request.__dataclass_fields__:
                raise unknown("argument", name, _Request.__dataclass_fields__)
            asked.setdefault(name, value)
    for name, value in asked.items():
        if name in ("keywords", "faults") and value is not None:
            names = (value,) if isinstance(value, str) else value
            if not _is_texts(names):
                raise _MarkerError(f"{name}={shorten(value)} is neither a text nor a list of them")
            asked[name] = tuple(names)
        elif value is not None and not isinstance(value, str):
            raise _MarkerError(f"{name}={shorten(value)} is no text")
    return _Request(**asked)


def _is_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) and all(
        isinstance(item, str) for item in value
    )


class _MarkerError(KomboFakesError, ValueError):
    """A marker argument that makes no sense."""


# -- parametrising


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    try:
        asked = _request_of(metafunc.definition)
        chosen = _chosen_faults(asked)
    except KomboFakesError as error:
        # A collection error of one line; anything else would be shown with our own frames.
        test = metafunc.definition.nodeid
        raise pytest.Collector.CollectError(f"{test}: @pytest.mark.kombo: {error}") from None
    if asked.event is not None:
        # By parameter, since pytest then makes the session's fixtures anew that depend on it.
        _parametrize_hidden(metafunc, "kombo_event", asked.event)
    patterns = tuple(metafunc.config.getoption("--kombo-fault"))
    if chosen is not None and "kombo_invalid_payloads" in metafunc.fixturenames:
        _parametrize_hidden(metafunc, "kombo_invalid_payloads", chosen)
    if "kombo_invalid_payload" in metafunc.fixturenames:
        _parametrize_faults(metafunc, asked, patterns)


def _parametrize_hidden(metafunc: pytest.Metafunc, fixture: str, value: Any) -> None:
    if fixture in metafunc.fixturenames and not _is_parametrized(metafunc, fixture):
        # The test's name stays as it is where pytest can do that, from 8.4 on.
        hidden = getattr(pytest, "HIDDEN_PARAM", "kombo")
        metafunc.parametrize(fixture, [value], indirect=True, ids=[hidden])
