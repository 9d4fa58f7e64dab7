"""Valid deliveries that are rejected, or that break the receiver or the deliveries after them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kombo_fakes.probing.model import Category, Cause, Failure
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.probing.verdicts.diagnosis.failures import (
    Failures,
    both,
    has_cause,
    has_id,
    is_same,
)
from kombo_fakes.probing.verdicts.diagnosis.result import (
    SLUGS,
    Details,
    Diagnosis,
    list_examples,
    make_diagnosis,
)
from kombo_fakes.probing.verdicts.evidence import Evidence

_VALID = ("valid", "style")
_MIXED_TOPICS = ("realistic", "combination")


def diagnose_broken_by_others(failures: Failures) -> Iterator[Diagnosis]:
    """Good deliveries that fail because of what came before."""
    found = failures.take(has_cause(causes.AFTERWARDS))
    if found:
        # The later ones may follow from the first.
        shown = found[0]
        # The earlier delivery itself, where it was not answered well either.
        failures.attribute(has_id({shown.case.id}), found)
        yield make_diagnosis(
            causes.AFTERWARDS.id,
            shown.category,
            causes.AFTERWARDS,
            found,
            Details((shown.case.about,), loss=shown.loss),
            shown=shown,
        )


def diagnose_accepts_everything(evidence: Evidence, failures: Failures) -> Iterator[Diagnosis]:
    """A receiver that answers 2xx to whatever it gets."""
    rejectable = [
        name
        for name, case in evidence.cases.items()
        if case.expectation == "reject" and case.group in ("wire", "fault")
    ]
    wrong = [f for f in evidence.failures if f.category == "accepts-invalid"]
    if not wrong or not all(evidence.replies[name].is_accepted for name in rejectable):
        return
    if not any(evidence.cases[name].family == "body" for name in rejectable):
        return  # The run was stopped too early to tell.
    # An unsigned one is shown, since a signed one would prove less.
    shown = next((f for f in wrong if f.case.topic == "signature-missing"), None)
    accepted = failures.take(lambda failure: failure.category == "accepts-invalid")
    rest: list[Failure] = []
    if any(failure.case.cause is causes.TIMELINE_APPLYING for failure in evidence.failures):
        rest = failures.take(lambda failure: True)  # It does nothing at all but answer.
    yield make_diagnosis(
        causes.ACCEPTS_EVERYTHING.id,
        "accepts-invalid",
        causes.ACCEPTS_EVERYTHING,
        accepted,
        Details(),
        shown=shown,
        more=rest,
    )


def diagnose_long_bodies(evidence: Evidence, failures: Failures) -> Iterator[Diagnosis]:
    """Long valid bodies: every one that fails is longer than every one that does not."""
    valid = {name: case for name, case in evidence.cases.items() if case.group in _VALID}
    categories: tuple[Category, ...] = ("rejects-valid", "crashes", "hangs")
    for category in categories:
        found = [f for f in evidence.failures if f.category == category and f.case.id in valid]
        # Other long bodies have long strings in them. Only this case is unusual in its length
        # alone.
        if not any(failure.case.cause is causes.VALID_SIZE for failure in found):
            continue
        wrong = {failure.case.id for failure in found}
        shortest = min(len(failure.case.delivery.body) for failure in found)
        fine = (len(case.delivery.body) for name, case in valid.items() if name not in wrong)
        # One longer body that is accepted disproves a limit.
        if max(fine, default=0) < shortest:
            looks_forged = found[0].exchanges[-1].reply.status in (401, 403)
            yield make_diagnosis(
                f"{causes.VALID_SIZE.id}-{SLUGS[category]}",
                category,
                causes.VALID_SIZE,
                failures.take(both(category, has_id(wrong))),
                Details(smallest=shortest, looks_forged=looks_forged),
            )


def diagnose_valid(failures: Failures) -> Iterator[Diagnosis]:
    """Valid payloads that the receiver rejects or breaks on."""
    valid = [failure for failure in failures.left if failure.case.group in _VALID]
    # A realistic payload fails by something in it that is a case of its own as well.
    for failure in valid:
        topic = failure.case.topic
        if topic in _MIXED_TOPICS:
            single = [
                other
                for other in valid
                if other.category == failure.category
                and other.case.topic not in ("realistic", topic)
            ]
            failures.attribute(is_same(failure), single)
    groups: dict[tuple[Category, Cause, str], list[Failure]] = defaultdict(list)
    for failure in failures.take(lambda failure: failure.case.group in _VALID):
        cause = failure.case.cause
        # Each enum has a list of its own in the code, so that another one is another bug.
        where = failure.case.pointer if cause in (causes.VALID_ENUM, causes.VALID_SHAPE) else ""
        groups[failure.category, cause, where].append(failure)
    for (category, cause, where), some in groups.items():
        places = dict.fromkeys(f.case.pointer for f in some if f.case.pointer)
        yield make_diagnosis(
            f"{cause.id}{where.replace('/', '.')}-{SLUGS[category]}",
            category,
            cause,
            some,
            Details(list_examples(some), places=tuple(places)),
        )
