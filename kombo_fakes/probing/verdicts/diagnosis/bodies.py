"""Bodies that are not payloads, changes of the schema, and what is special about HTTP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kombo_fakes.probing.model import Category, Cause, Failure
from kombo_fakes.probing.verdicts.causes import (
    BODIES_UNREADABLE,
    BODY_APPLIED,
    BODY_DEPTH,
    BODY_EMPTY_OBJECT,
    BODY_ENCODING,
    BODY_EXTENDED,
    BODY_NOT_AN_OBJECT,
    BODY_NOT_JSON,
    BODY_NUL,
    BODY_NUMBERS,
    BODY_SIZE,
    BODY_SURROGATES,
    BODY_TWIN_KEYS,
    HTTP_GET,
    HTTP_HEADER_CASE,
    HTTP_PUT,
)
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
    BODY_NOT_JSON,
    BODY_ENCODING,
    BODY_EXTENDED,
    BODY_EMPTY_OBJECT,
    BODY_NOT_AN_OBJECT,
    BODY_NUMBERS,
    BODY_DEPTH,
    BODY_SURROGATES,
    BODY_NUL,
    BODY_SIZE,
    BODY_TWIN_KEYS,
)
_FEW = 3
_CLEAR = (HTTP_GET, HTTP_PUT, HTTP_HEADER_CASE)
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
        if category != "accepts-invalid" and BODY_NOT_JSON in by_cause:
            # A receiver that cannot read a body fails at what is nearly JSON, too.
            by_cause[BODY_NOT_JSON] += by_cause.pop(BODY_EXTENDED, [])
        if len(by_cause) > _FEW:
            yield make_diagnosis(f"bodies-{SLUGS[category]}", category, BODIES_UNREADABLE, found)
            continue
        for cause, some in by_cause.items():
            yield make_diagnosis(f"{cause.id}-{SLUGS[category]}", category, cause, some)
    applied: Category = "rejected-but-applied"
    yield from diagnose_if_any(
        BODY_APPLIED.id,
        applied,
        BODY_APPLIED,
        failures.take(both(applied, has_family("body"))),
        Details(),
    )


def diagnose_changes(failures: Failures) -> Iterator[Diagnosis]:
    """Payloads of other releases of the schema, and events that the receiver does not know."""
    groups: dict[tuple[Category, Cause], list[Failure]] = defaultdict(list)
    for failure in failures.take(lambda failure: failure.case.group == "change"):
        groups[failure.category, failure.case.cause].append(failure)
    for (category, cause), some in groups.items():
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
