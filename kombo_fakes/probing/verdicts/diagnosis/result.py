"""A diagnosis: a cause, and the failures that show it, as values without sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kombo_fakes.probing.model import (
    LIKELIHOODS,
    Case,
    Category,
    Cause,
    Failure,
    Likelihood,
    Loss,
)
from kombo_fakes.probing.verdicts.causes import REDIRECTS

SLUGS: dict[Category, str] = {
    "rejects-valid": "rejects",
    "accepts-invalid": "accepts",
    "crashes": "crashes",
    "hangs": "hangs",
    "loses-events": "loses",
    "applies-twice": "applies",
    "applies-out-of-order": "misorders",
    "acknowledged-not-applied": "acknowledges",
    "rejected-but-applied": "applied",
    "mixes-up-integrations": "mixes",
    "corrupts-state": "corrupts",
    "leaks": "leaks",
}
"""What stands for a category in the id of a finding; another word for each."""


@dataclass(frozen=True, slots=True)
class Details:
    """What completes the title of a cause, each empty where there is nothing to say.

    Attributes:
        examples: What was special about the deliveries that failed, in a few words each.
        fields: The fields of the state that are wrong or missing.
        places: JSON Pointers of what is wrong in the payload.
        broken: The keywords of the schema that the payloads break.
        keyword: The keyword of the schema that is not checked.
        everywhere: Whether that is so wherever the keyword stands.
        smallest: The bytes of the smallest body that fails.
        other_events: How many other events of Kombo fail in the same way as invalid payloads.
        looks_forged: Whether the receiver answers as if the signature were wrong.
        loss: Why nothing else could be sent or seen.
    """

    examples: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    keyword: str = ""
    everywhere: bool = False
    smallest: int = 0
    other_events: int = 0
    looks_forged: bool = False
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One bug of a receiver.

    Attributes:
        id: A stable name, which becomes that of the finding.
        category: What kind of wrong it is.
        cause: The cause.
        cases: All cases that show it.
        shown: The failure to show; the likeliest one as a rule.
        likelihood: How likely a receiver is to meet what is shown.
        details: What completes the title of the cause.
        fix: What to do about it, where that is not the fix of the cause.
    """

    id: str
    category: Category
    cause: Cause
    cases: tuple[Case, ...]
    shown: Failure
    likelihood: Likelihood
    details: Details
    fix: str = ""


def make_diagnosis(
    name: str,
    category: Category,
    cause: Cause,
    failures: Sequence[Failure],
    details: Details | None = None,
    *,
    shown: Failure | None = None,
    more: Iterable[Failure] = (),
    fix: str = "",
) -> Diagnosis:
    """Make a diagnosis of the failures that show it.

    Args:
        name: Its id.
        category: What kind of wrong it is.
        cause: The cause.
        failures: All that show it, at least one.
        details: What completes the title; by default what was special about each delivery.
        shown: The failure to show; by default the likeliest, and of those the plainest.
        more: Failures that have the same cause, but do not show it.
        fix: What to do about it, where that is not the fix of the cause.

    Returns:
        The diagnosis. A receiver that accepts nothing, but redirects, has a cause of its own.
    """
    details = Details(list_examples(failures)) if details is None else details
    if category == "accepts-invalid" and all(map(_is_redirected, failures)):
        cause, details = REDIRECTS, Details(list_examples(failures))
    cases = {failure.case.id: failure.case for failure in (*failures, *more)}
    shown = shown or min(failures, key=_rank)
    return Diagnosis(
        id=name,
        category=category,
        cause=cause,
        cases=tuple(cases.values()),
        shown=shown,
        # A finding that occurs in normal operation has to show a delivery that does.
        likelihood=shown.case.likelihood,
        details=details,
        fix=fix,
    )


def diagnose_if_any(
    name: str,
    category: Category,
    cause: Cause,
    failures: Sequence[Failure],
    details: Details | None = None,
) -> Iterator[Diagnosis]:
    """Make one diagnosis, or none where nothing failed."""
    if failures:
        yield make_diagnosis(name, category, cause, failures, details)


def list_examples(failures: Iterable[Failure]) -> tuple[str, ...]:
    """What was special about the deliveries that failed, each thing once."""
    return tuple(dict.fromkeys(failure.case.about for failure in failures))


def _rank(failure: Failure) -> tuple[int, int, int]:
    """The key by which failures are sorted: the first of them shows a bug best."""
    return (
        LIKELIHOODS.index(failure.case.likelihood),
        len(failure.exchanges),
        len(failure.exchanges[-1].delivery.body),
    )


def _is_redirected(failure: Failure) -> bool:
    status = failure.exchanges[-1].reply.status
    return status is not None and 300 <= status < 400
