"""Events over time, and state that is wrong although the answer is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kombo_fakes.probing.model import Category, Cause, Failure
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.probing.verdicts.diagnosis.failures import Failures, is_same
from kombo_fakes.probing.verdicts.diagnosis.result import (
    SLUGS,
    Details,
    Diagnosis,
    list_examples,
    make_diagnosis,
)
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.sequences.ledger import EVENTS
from kombo_fakes.sequences.mismatches import ABSENT, WHOLE

_BY_ANSWER: tuple[Category, ...] = ("rejects-valid", "accepts-invalid", "crashes", "hangs")
_STATE_CAUSES: dict[Category, Cause] = {
    "acknowledged-not-applied": causes.STATE_NOT_APPLIED,
    "corrupts-state": causes.STATE_CORRUPTED,
}
_FAILING = {
    causes.TIMELINE_SAME_MOMENT: causes.TIMELINE_SAME_MOMENT_FAILS,
    causes.TIMELINE_COPIES: causes.TIMELINE_COPIES_FAIL,
}
_COUNTING = {
    causes.TIMELINE_ORDER: causes.TIMELINE_COUNTS_LATE,
    causes.TIMELINE_STATUSES: causes.TIMELINE_COUNTS,
    causes.TIMELINE_UPDATING: causes.TIMELINE_COUNTS,
}
# Of a receiver that mixes up integrations these are still worth a diagnosis.
_BESIDE_MIXED_UP = (
    causes.TIMELINE_INTEGRATIONS,
    causes.TIMELINE_CASE,
    causes.TIMELINE_CASE_OF_EVENTS,
    causes.TIMELINE_ALIKE,
)
# A field that is wrong in more cases is wrong for itself, whatever is special about the cases. With
# more groups, or more failures in all, it is storing that is wrong.
_COMMON = 20
_FEW_GROUPS = 3
_MANY = 60


def list_fields(failure: Failure) -> list[str]:
    """The fields of the state that are not as they were sent."""
    return [one.field for one in failure.mismatches if one.field != WHOLE]


def _list_all_fields(failures: Iterable[Failure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for failure in failures for name in list_fields(failure)))


def _only_lacks_fields(failures: Iterable[Failure]) -> bool:
    """True if the only thing wrong is that fields are not there to be seen."""
    return all(
        list_fields(failure) and all(one.received is ABSENT for one in failure.mismatches)
        for failure in failures
    )


# -- timelines


def diagnose_timelines(evidence: Evidence, failures: Failures) -> Iterator[Diagnosis]:
    """What goes wrong in a sequence of events only."""
    _attribute_to_single_cases(evidence, failures)
    out_of_order = any(
        failure.case.cause is causes.TIMELINE_TIMESTAMPS
        and failure.category == "applies-out-of-order"
        for failure in evidence.failures
    )
    groups: dict[tuple[Category, Cause], list[Failure]] = defaultdict(list)
    for failure in failures.take(lambda failure: failure.case.group == "timeline"):
        cause, category = failure.case.cause, failure.category
        if cause is causes.TIMELINE_TIMESTAMPS and out_of_order and category == "loses-events":
            # Which of both it is depends on which event came first: it is one bug.
            failure = replace(failure, category="applies-out-of-order")
        groups[failure.category, cause].append(failure)
    for (category, topic), some in groups.items():
        cause = _find_timeline_cause(category, topic, some)
        examples = tuple(dict.fromkeys(f.case.difference or f.case.about for f in some))
        lists_fields = cause in (causes.STATE_CORRUPTED, causes.STATE_LACKS_FIELDS)
        fields = _list_all_fields(some) if lists_fields else ()
        yield make_diagnosis(
            f"{topic.id}-{SLUGS[category]}", category, cause, some, Details(examples, fields)
        )


def _attribute_to_single_cases(evidence: Evidence, failures: Failures) -> None:
    """Attribute what fails in a timeline to what fails in single deliveries, too."""
    known = evidence.failures
    styles = [f for f in known if f.case.group == "style"]
    enums = [f for f in known if f.case.topic == "enum" and f.category in _STATE_CAUSES]
    mixed_up = [f for f in known if f.case.cause is causes.TIMELINE_INTEGRATIONS]
    stored = [
        failure
        for failure in known
        if failure.case.group in ("valid", "style")
        and failure.category == "corrupts-state"
        and list_fields(failure)
    ]
    for failure in [f for f in failures.left if f.case.group == "timeline"]:
        cause, category = failure.case.cause, failure.category
        others: list[Failure] = []
        if category == "corrupts-state" and cause is not causes.TIMELINE_FOREIGN:
            fields = set(list_fields(failure))
            if fields and fields <= {name for one in stored for name in list_fields(one)}:
                # What is stored wrongly on its own is wrong in a timeline, too.
                others = [one for one in stored if fields & set(list_fields(one))]
        if mixed_up and cause not in _BESIDE_MIXED_UP:
            # Any wrong state can come from the event of another integration.
            others = mixed_up
        if cause is causes.TIMELINE_STATUSES and enums and category not in _BY_ANSWER:
            others = enums  # A status that is lost on its own is lost in a timeline, too.
        if failure.case.delivery.style not in (None, "compact"):
            # It is not the copy, but how it is written.
            others = [one for one in styles if one.category == category] or others
        failures.attribute(is_same(failure), others)


def _find_timeline_cause(category: Category, topic: Cause, failures: list[Failure]) -> Cause:
    if category in ("crashes", "hangs", "rejects-valid"):
        return _FAILING.get(topic, causes.TIMELINE_FAILS)
    if category == "corrupts-state" and topic is not causes.TIMELINE_FOREIGN:
        return causes.STATE_LACKS_FIELDS if _only_lacks_fields(failures) else causes.STATE_CORRUPTED
    if topic in _COUNTING and all(list_fields(failure) == [EVENTS] for failure in failures):
        return _COUNTING[topic]
    return causes.TIMELINE_FORGED_APPLIED if category == "rejected-but-applied" else topic


# -- the state after single deliveries


def diagnose_state(failures: Failures) -> Iterator[Diagnosis]:
    """Valid deliveries that are accepted, and whose state is not what it should be."""
    found = failures.take(lambda failure: failure.category in _STATE_CAUSES)
    fields = Counter(tuple(list_fields(failure)) for failure in found)
    groups: dict[tuple[Category, str, str], list[Failure]] = defaultdict(list)
    for failure in found:
        names = tuple(list_fields(failure))
        if names and fields[names] > _COMMON:
            topic, where = "fields", ".".join(names)
        elif failure.case.topic == "enum":
            topic, where = "enum", failure.case.pointer.replace("/", ".")
        else:
            topic, where = failure.case.topic, ""
        groups[failure.category, topic, where].append(failure)
    if len(groups) > _FEW_GROUPS or len(found) > _MANY:
        merged: dict[tuple[Category, str, str], list[Failure]] = defaultdict(list)
        for (category, _, _), some in groups.items():
            merged[category, "all", ""].extend(some)
        groups = merged
    for (category, topic, where), some in groups.items():
        cause = causes.STATE_LACKS_FIELDS if _only_lacks_fields(some) else _STATE_CAUSES[category]
        yield make_diagnosis(
            f"state-{SLUGS[category]}-{topic}{where}",
            category,
            cause,
            some,
            Details(list_examples(some), _list_all_fields(some)),
        )
