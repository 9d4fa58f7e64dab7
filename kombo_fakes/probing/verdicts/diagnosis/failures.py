"""The failures of a run that have no diagnosis yet, and the tests that choose among them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TypeAlias

from kombo_fakes.probing.model import Category, Cause, Failure
from kombo_fakes.probing.verdicts.diagnosis.result import Diagnosis

Test: TypeAlias = Callable[[Failure], bool]


class Failures:
    """The failures of which there is no diagnosis yet.

    Each step of the diagnosis takes those that it explains, and attributes to other failures those
    that are not bugs of their own.

    Args:
        failures: All failures of a run.
    """

    def __init__(self, failures: Iterable[Failure]) -> None:
        self.left: list[Failure] = list(failures)
        self._attributed: list[tuple[Failure, frozenset[str]]] = []

    def take(self, wanted: Test) -> list[Failure]:
        """Remove and return those that a diagnosis is made of."""
        taken = [failure for failure in self.left if wanted(failure)]
        self.left = [failure for failure in self.left if not wanted(failure)]
        return taken

    def attribute(self, wanted: Test, to: Iterable[Failure]) -> None:
        """Attribute some to the cause of others, whose diagnosis will have them as cases, too.

        Args:
            wanted: Those that are not bugs of their own.
            to: The others; if there are none, nothing changes.
        """
        # Failures are told apart by identity, since two of them may have equal values.
        chosen = {id(failure) for failure in self.left if wanted(failure)}
        # A failure does not explain itself.
        names = frozenset(failure.case.id for failure in to if id(failure) not in chosen)
        if names:
            self._attributed += [(failure, names) for failure in self.take(wanted)]

    def add_attributed(self, found: list[Diagnosis]) -> list[Diagnosis]:
        """Add to diagnoses the cases that were attributed to theirs.

        What was attributed to failures that are in no diagnosis is left again.
        """
        waiting, before = self._attributed, -1
        # One that is added may be what another one was attributed to.
        while len(waiting) != before:
            before, still = len(waiting), []
            for failure, names in waiting:
                at = next((n for n, one in enumerate(found) if names & _ids(one)), None)
                if at is None:
                    still.append((failure, names))
                elif failure.case.id not in _ids(found[at]):
                    found[at] = replace(found[at], cases=(*found[at].cases, failure.case))
            waiting = still
        self._attributed = []
        self.left += [failure for failure, _ in waiting]
        return found


def _ids(diagnosis: Diagnosis) -> set[str]:
    return {case.id for case in diagnosis.cases}


def both(category: Category, test: Test) -> Test:
    """The test for failures of a category that another test holds for."""
    return lambda failure: failure.category == category and test(failure)


def is_same(failure: Failure) -> Test:
    """The test for one failure alone."""
    return lambda other: other is failure


def has_topic(topics: Collection[str]) -> Test:
    """The test for failures whose cases have one of these topics."""
    return lambda failure: failure.case.topic in topics


def has_cause(*causes: Cause) -> Test:
    """The test for failures whose cases have one of these causes."""
    return lambda failure: failure.case.cause in causes


def has_family(family: str) -> Test:
    """The test for failures of the wire faults of a family."""
    return lambda failure: failure.case.family == family


def has_id(ids: Collection[str]) -> Test:
    """The test for failures of these cases."""
    return lambda failure: failure.case.id in ids
