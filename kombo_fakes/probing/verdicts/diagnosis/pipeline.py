"""The steps of a diagnosis, in their order."""

from __future__ import annotations

from kombo_fakes.probing.model import Category, Failure
from kombo_fakes.probing.verdicts.causes import CHANGE_EVENT, VALID_TEXT
from kombo_fakes.probing.verdicts.diagnosis.bodies import (
    diagnose_bodies,
    diagnose_changes,
    diagnose_rest,
)
from kombo_fakes.probing.verdicts.diagnosis.failures import Failures, both, has_cause
from kombo_fakes.probing.verdicts.diagnosis.leaks import diagnose_leaks
from kombo_fakes.probing.verdicts.diagnosis.result import Diagnosis
from kombo_fakes.probing.verdicts.diagnosis.signatures import (
    attribute_unsigned,
    diagnose_rewritten_bodies,
    diagnose_signatures,
)
from kombo_fakes.probing.verdicts.diagnosis.timelines import diagnose_state, diagnose_timelines
from kombo_fakes.probing.verdicts.diagnosis.valid import (
    diagnose_accepts_everything,
    diagnose_broken_by_others,
    diagnose_long_bodies,
    diagnose_valid,
)
from kombo_fakes.probing.verdicts.diagnosis.validation import diagnose_invalid_payloads
from kombo_fakes.probing.verdicts.evidence import Evidence

_ACCENTS = "valid:text-accents"
"""The case that tells whether a receiver can read characters beyond ASCII."""

_BREAKING: tuple[Category, ...] = ("crashes", "hangs")


def diagnose(evidence: Evidence) -> list[Diagnosis]:
    """Find the bugs that the failures of a run show.

    Args:
        evidence: All that the run has seen.

    Returns:
        The diagnoses. Every case that failed is a case of one of them.
    """
    failures = Failures(evidence.failures)
    found: list[Diagnosis] = []
    # It comes first: one crash on accents would look like many bugs to the steps that count.
    _attribute_non_ascii(failures)
    # What fails after a delivery that broke the receiver says nothing about itself.
    found += diagnose_broken_by_others(failures)
    found += diagnose_accepts_everything(evidence, failures)
    # To the receiver, an invalid type is an event that it does not know.
    _attribute_other_types(failures)
    long = list(diagnose_long_bodies(evidence, failures))
    found += long
    if not any(diagnosis.category == "rejects-valid" for diagnosis in long):
        # A receiver that reads a part of the body only rejects long ones like forged ones.
        found += diagnose_rewritten_bodies(evidence, failures)
    # What crashes with a signature and without one is not a bug of signatures.
    attribute_unsigned(failures)
    found += diagnose_signatures(evidence, failures)
    found += diagnose_invalid_payloads(evidence, failures)
    found += diagnose_bodies(failures)
    found += diagnose_changes(failures)
    found += diagnose_timelines(evidence, failures)
    found += diagnose_state(failures)
    found += diagnose_valid(failures)
    found += diagnose_rest(failures)
    found = failures.add_attributed(found)
    # What was attributed to failures without a diagnosis is left again, and must not get lost.
    found += diagnose_rest(failures)
    found += diagnose_leaks(evidence)
    return found


def _attribute_non_ascii(failures: Failures) -> None:
    """Attribute crashes on characters beyond ASCII, wherever they are, to the plainest one."""
    for category in _BREAKING:
        accents = [
            failure
            for failure in failures.left
            if failure.case.id == _ACCENTS and failure.category == category
        ]
        failures.attribute(both(category, _has_other_characters), accents)


def _has_other_characters(failure: Failure) -> bool:
    is_string = failure.case.group == "valid" and failure.case.cause is VALID_TEXT
    return not is_string and not failure.exchanges[-1].delivery.body.isascii()


def _attribute_other_types(failures: Failures) -> None:
    """Attribute crashes on an invalid type to those on events that the receiver does not know."""
    for category in _BREAKING:
        unknown = [f for f in failures.left if both(category, has_cause(CHANGE_EVENT))(f)]
        failures.attribute(both(category, _is_other_type), unknown)


def _is_other_type(failure: Failure) -> bool:
    return failure.case.group == "fault" and failure.case.pointer == "/type"
