"""Invalid payloads that are accepted, that break the receiver, or that it rejects and applies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kombo_fakes.probing.model import Case, Category, Cause, Failure
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.probing.verdicts.case_causes import KEYWORD_CAUSES
from kombo_fakes.probing.verdicts.diagnosis.failures import Failures, both, has_id, has_topic
from kombo_fakes.probing.verdicts.diagnosis.result import (
    Details,
    Diagnosis,
    diagnose_if_any,
    make_diagnosis,
)
from kombo_fakes.probing.verdicts.evidence import Evidence

# A receiver without validation still rejects what its code cannot work with.
_MOST = 0.6
# Other code may reject a few faults of a keyword or a place that is not validated.
_NEARLY_ALL = 0.9
_NOT_OBJECTS = {"body-array", "body-string", "body-number", "body-null", "body-boolean"}
_SAME_AS_A_FAULT = _NOT_OBJECTS | {
    "new-property",
    "new-value",
    "older-shape",
    "body-huge-integer",
    "body-huge-exponent",
    "body-nan",
    "body-empty-object",
}
"""Topics of deliveries that are invalid payloads, too, though they were made for something else."""


class _Reason(NamedTuple):
    """One explanation for faults that are accepted.

    Attributes:
        name: What it is called in the id of a finding.
        cause: The cause.
        details: What completes its title.
        explained: The ids of the faults that it explains, accepted or not.
    """

    name: str
    cause: Cause
    details: Details
    explained: set[str]


def diagnose_invalid_payloads(evidence: Evidence, failures: Failures) -> Iterator[Diagnosis]:
    """Faults that the receiver does not see, or cannot cope with."""
    faults = {name: case for name, case in evidence.cases.items() if case.group == "fault"}
    accepted = {f.case.id: f for f in evidence.failures if _is_accepted_fault(f)}
    if accepted:
        _attribute_bodies(accepted, failures)
        if len(accepted) > _MOST * len(faults):
            yield from diagnose_if_any(
                causes.NOT_VALIDATED.id,
                "accepts-invalid",
                causes.NOT_VALIDATED,
                failures.take(_is_accepted_fault),
                Details(),
            )
        else:
            yield from _explain(set(accepted), faults, failures)
    categories: tuple[Category, ...] = ("crashes", "hangs")
    for category in categories:
        yield from _diagnose_breaking(category, failures)
    applied: Category = "rejected-but-applied"
    if any(f.case.group == "fault" and f.category == applied for f in evidence.failures):
        yield from diagnose_if_any(
            causes.FAULTS_APPLIED.id,
            applied,
            causes.FAULTS_APPLIED,
            failures.take(lambda failure: failure.category == applied),
            Details(),
        )


def _is_accepted_fault(failure: Failure) -> bool:
    return failure.case.group == "fault" and failure.category == "accepts-invalid"


def _attribute_bodies(accepted: Mapping[str, Failure], failures: Failures) -> None:
    """Attribute bodies that are accepted for the same reason as faults to those."""
    bodies = {*_NOT_OBJECTS, "body-huge-integer", "body-huge-exponent", "body-nan", "body-deep"}
    about_objects = [f for f in accepted.values() if f.case.keyword in ("type", "required")]
    if any(f.case.keyword == "required" and f.case.pointer == "" for f in about_objects):
        bodies.add("body-empty-object")
    failures.attribute(both("accepts-invalid", has_topic(bodies)), about_objects)


def _diagnose_breaking(category: Category, failures: Failures) -> Iterator[Diagnosis]:
    faults = failures.take(both(category, lambda failure: failure.case.group == "fault"))
    if not faults:
        return
    others: list[Failure] = []
    keywords = sorted({failure.case.keyword for failure in faults})
    if len(keywords) > 2:
        # It breaks on whatever is invalid, so that other invalid payloads are no other bug.
        others += failures.take(both(category, has_topic(_SAME_AS_A_FAULT)))
    sites = {(failure.case.keyword, failure.case.pointer) for failure in faults}
    others += failures.take(both(category, lambda failure: _is_fault_at(failure, sites)))
    places = dict.fromkeys(failure.case.pointer for failure in faults)
    other_events = {failure.case.id for failure in others if failure.case.topic == "other-event"}
    yield make_diagnosis(
        f"faults-{category}",
        category,
        causes.FAULTS_FAIL,
        [*faults, *others],
        Details(places=tuple(places), broken=tuple(keywords), other_events=len(other_events)),
        # Another event is valid in itself, so that 400 or 422 is no answer to it.
        fix=causes.FAULTS_AND_EVENTS_FIX if other_events else "",
    )


def _is_fault_at(failure: Failure, sites: set[tuple[str, str]]) -> bool:
    """Whether a change, or a body that is not an object, breaks one of these sites as well."""
    topic, pointer = failure.case.topic, failure.case.pointer
    if topic == "other-event":
        # Its data lack what others have, and have what others lack.
        return bool({("required", "/data"), ("additionalProperties", "/data")} & sites)
    if topic in _NOT_OBJECTS:
        return ("type", "") in sites
    if topic == "body-empty-object":
        return bool({("type", ""), ("required", "")} & sites)
    if topic == "older-shape":
        return ("required", pointer.rpartition("/")[0]) in sites
    keyword = {"new-property": "additionalProperties", "new-value": "enum"}.get(topic, "")
    return (keyword, pointer) in sites


def _explain(left: set[str], faults: dict[str, Case], failures: Failures) -> Iterator[Diagnosis]:
    """Find the fewest reasons for the faults that are accepted: a keyword, a place, or both."""
    while left:
        # The name decides between equals, so that the same receiver has the same findings each
        # time.
        best = max(_reasons(left, faults), key=lambda r: (len(r.explained & left), r.name))
        chosen = best.explained & left
        yield make_diagnosis(
            f"accepts-{best.name}",
            "accepts-invalid",
            best.cause,
            failures.take(both("accepts-invalid", has_id(chosen))),
            best.details,
        )
        left = left - chosen


def _reasons(left: set[str], faults: dict[str, Case]) -> Iterator[_Reason]:
    yield from _keyword_reasons(left, faults)
    yield from _place_reasons(left, faults)


def _keyword_reasons(left: set[str], faults: dict[str, Case]) -> Iterator[_Reason]:
    by_keyword: dict[str, set[str]] = defaultdict(set)
    for name, case in faults.items():
        by_keyword[case.keyword].add(name)
    for keyword, names in by_keyword.items():
        cause = KEYWORD_CAUSES.get(keyword, causes.KEYWORD_UNCHECKED)
        hit = names & left
        if len(hit) >= _NEARLY_ALL * len(names):
            yield _Reason(keyword, cause, Details(keyword=keyword, everywhere=True), names)
        elif hit:
            # A weaker reason than a whole place: it explains only what is accepted.
            abouts = dict.fromkeys(faults[name].about for name in sorted(hit))
            yield _Reason(f"{keyword}-some", cause, Details(tuple(abouts), keyword=keyword), hit)


def _place_reasons(left: set[str], faults: dict[str, Case]) -> Iterator[_Reason]:
    at: dict[str, set[str]] = defaultdict(set)
    inside: dict[str, set[str]] = defaultdict(set)
    for name, case in faults.items():
        pointer = case.pointer
        while pointer:
            at[pointer].add(name)
            if pointer != case.pointer or case.keyword != "type":
                inside[pointer].add(name)
            pointer = pointer.rpartition("/")[0]
    for pointer, names in at.items():
        # With one keyword only, that keyword is the better reason.
        several = len({faults[name].keyword for name in names}) > 1
        if several and len(names & left) >= _NEARLY_ALL * len(names):
            yield _Reason(
                _dotted(pointer), causes.PLACE_UNCHECKED, Details(places=(pointer,)), names
            )
    for pointer, names in inside.items():
        # With one place only, that place is the better reason.
        several = len({faults[name].pointer for name in names}) > 1
        if several and len(names & left) >= _NEARLY_ALL * len(names):
            name = f"{_dotted(pointer)}-inside"
            yield _Reason(name, causes.INSIDE_UNCHECKED, Details(places=(pointer,)), names)


def _dotted(pointer: str) -> str:
    return pointer[1:].replace("/", ".")
