"""Bodies that are not payloads, changes of the schema, and what is special about HTTP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kombo_fakes.probing.model import Category, Cause, Failure
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.probing.verdicts.diagnosis.failures import Failures, both, has_cause, has_family
from kombo_fakes.probing.verdicts.diagnosis.result import (
    SLUGS,
    Details,
    Diagnosis,
    diagnose_if_any,
    list_examples,
    make_diagnosis,
)

_BODIES = (
    causes.BODY_NOT_JSON,
    causes.BODY_ENCODING,
    causes.BODY_EXTENDED,
    causes.BODY_EMPTY_OBJECT,
    causes.BODY_NOT_AN_OBJECT,
    causes.BODY_NUMBERS,
    causes.BODY_DEPTH,
    causes.BODY_SURROGATES,
    causes.BODY_NUL,
    causes.BODY_SIZE,
    causes.BODY_TWIN_KEYS,
)
# A receiver that fails at more kinds of bodies has one bug: it does not handle the errors of its
# parser.
_FEW = 3
_CLEAR = (causes.HTTP_GET, causes.HTTP_PUT, causes.HTTP_HEADER_CASE)
"""The causes whose titles say all that is special about their deliveries."""


def diagnose_bodies(failures: Failures) -> Iterator[Diagnosis]:
    """Bodies that break the receiver, that it accepts, or that it rejects and applies."""
    categories: tuple[Category, ...] = ("crashes", "hangs", "accepts-invalid")
    for category in categories:
        found = failures.take(both(category, has_cause(*_BODIES)))
        by_cause: dict[Cause, list[Failure]] = {}
        for cause in _BODIES:
            if some := [failure for failure in found if failure.case.cause is cause]:
                by_cause[cause] = some
        if category != "accepts-invalid" and causes.BODY_NOT_JSON in by_cause:
            # A receiver that cannot read a body fails at what is nearly JSON, too.
            by_cause[causes.BODY_NOT_JSON] += by_cause.pop(causes.BODY_EXTENDED, [])
        if len(by_cause) > _FEW:
            yield make_diagnosis(
                f"bodies-{SLUGS[category]}", category, causes.BODIES_UNREADABLE, found
            )
            continue
        for cause, some in by_cause.items():
            yield make_diagnosis(f"{cause.id}-{SLUGS[category]}", category, cause, some)
    applied: Category = "rejected-but-applied"
    yield from diagnose_if_any(
        causes.BODY_APPLIED.id,
        applied,
        causes.BODY_APPLIED,
        failures.take(both(applied, has_family("body"))),
        Details(),
    )


def diagnose_changes(failures: Failures) -> Iterator[Diagnosis]:
    """Payloads of other releases of the schema, and events that the receiver does not know."""
    groups: dict[tuple[Category, Cause], list[Failure]] = defaultdict(list)
    for failure in failures.take(lambda failure: failure.case.group == "change"):
        groups[failure.category, failure.case.cause].append(failure)
    for (category, cause), some in groups.items():
        # An answer that blames the signature leads whoever reads it to the wrong code.
        looks_forged = some[0].exchanges[-1].reply.status in (401, 403)
        yield make_diagnosis(
            f"{cause.id}-{SLUGS[category]}",
            category,
            cause,
            some,
            Details(list_examples(some), looks_forged=looks_forged),
        )


def diagnose_rest(failures: Failures) -> Iterator[Diagnosis]:
    """What no other step explains: one diagnosis for each cause."""
    groups: dict[tuple[Category, Cause], list[Failure]] = defaultdict(list)
    for failure in failures.take(lambda failure: True):
        groups[failure.category, failure.case.cause].append(failure)
    for (category, cause), some in groups.items():
        details = Details() if cause in _CLEAR else None
        yield make_diagnosis(f"{cause.id}-{SLUGS[category]}", category, cause, some, details)
