"""What several test files share: drawing many values, and judges that know nothing of us."""

from __future__ import annotations

import gc
import os
import re
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import email_validator
import jsonschema
import jsonschema_rs
import pytest
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import EmailValidator
from hypothesis import HealthCheck, find, given, settings
from hypothesis.strategies import SearchStrategy, booleans
from rfc3339_validator import validate_rfc3339
from support.sampling import examples

from kombo_fakes.core.pointer import to_pointer

Drawn = Callable[..., list[Any]]

# A machine may stand still for a moment: no test fails for the time that something took.
settings.register_profile(
    "thorough", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# Each property draws a part of its examples, and `make test-thorough` draws all.
settings.register_profile("usual", settings.get_profile("thorough"), max_examples=30)
settings.load_profile("usual")


def pytest_configure() -> None:
    """Let tests be interrupted, and what they start.

    Whatever a shell without job control starts in the background ignores SIGINT, and so would the
    programs that tests start to interrupt them.
    """
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection() -> None:
    """Import the tests without a search for garbage, of which they make none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the garbage collector skip what lives as long as the tests."""
    # The oldest Hypothesis looks for what refers to its source of randomness when it is used for
    # the first time. It does not see frozen objects, and would warn.
    find(booleans(), bool)
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for a socket, a process or a receiver."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def memory_path(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory, where there is one: for databases that needn't outlive anything."""
    memory = Path("/dev/shm")
    where = memory if os.access(memory, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=where, prefix="kombo_fakes-") as place:
        yield Path(place)


@pytest.fixture(scope="session")
def drawn() -> Drawn:
    """Values of a strategy, the same in each run: ``drawn(strategy, 100)``.

    Fewer are drawn without the profile ``thorough``, except with ``exactly=True``: for statements about shares.
    """

    def draw(strategy: SearchStrategy[Any], count: int, exactly: bool = False) -> list[Any]:
        values: list[Any] = []

        @settings(
            max_examples=count if exactly else examples(count),
            deadline=None,
            database=None,
            derandomize=True,
            # Under a loaded machine the clock says nothing about a strategy.
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(strategy)
        def collect(value: Any) -> None:
            values.append(value)

        collect()
        return values

    return draw


class Judges:
    """Two validators of one schema, neither with any option or checker of this package.

    The first is jsonschema-rs with its own formats; the second jsonschema, whose formats are
    decided by rfc3339-validator, and by email-validator and Django together.
    """

    def __init__(self, effective: dict[str, Any]) -> None:
        self.first = jsonschema_rs.validator_for(effective, validate_formats=True)
        kind = jsonschema.validators.validator_for(
            effective, default=jsonschema.Draft202012Validator
        )
        ecma = jsonschema.validators.extend(kind, {"pattern": _pattern})
        self.second = ecma(effective, format_checker=_checker())

    def accept(self, payload: Any) -> bool:
        """Whether both accept a payload."""
        return self.first.is_valid(payload) and self.second.is_valid(payload)

    def refuse(self, payload: Any) -> bool:
        """Whether both refuse a payload."""
        return not self.first.is_valid(payload) and not self.second.is_valid(payload)

    def broken(self, payload: Any) -> list[set[tuple[str, str]]]:
        """The pointer and keyword of each error, by each of the two."""
        return [
            {(to_pointer(e.instance_path), e.kind.name) for e in self.first.iter_errors(payload)},
            {
                (to_pointer(list(e.absolute_path)), str(e.validator))
                for e in self.second.iter_errors(payload)
            },
        ]


@pytest.fixture(scope="session")
def judges() -> Callable[[dict[str, Any]], Judges]:
    """Two independent validators: ``judges(schema.effective).accept(payload)``."""
    return Judges


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    # In Python a `$` matches before a line feed at the end, too.
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def _checker() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())

    @checker.checks("date-time")
    def is_date_time(value: object) -> bool:
        return not isinstance(value, str) or validate_rfc3339(value)

    @checker.checks("date")
    def is_date(value: object) -> bool:
        return not isinstance(value, str) or validate_rfc3339(f"{value}T00:00:00Z")

    @checker.checks(
        "email", raises=(DjangoValidationError, email_validator.EmailNotValidError, ValueError)
    )
    def is_email(value: object) -> bool:
        if isinstance(value, str):
            EmailValidator()(value)
            email_validator.validate_email(value, check_deliverability=False)
        return True

    return checker
