"""Findings, made of the failures that show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kombo_fakes.probing.model import LIKELIHOODS, Category, Failure, Finding, Likelihood
from kombo_fakes.probing.verdicts.remedies import HINTS
from kombo_fakes.sequences.mismatches import describe_mismatches

AFTER = "after these deliveries:"
"""The line above the deliveries of a history, in the text of a finding."""

REFUSES: Category = "rejects-valid"
TAKES: Category = "accepts-invalid"
CRASHES: Category = "crashes"
HANGS: Category = "hangs"
LEAKS: Category = "leaks"

SLUGS: dict[Category, str] = {
    REFUSES: "refuses",
    TAKES: "takes",
    CRASHES: "crashes",
    HANGS: "hangs",
    "loses-events": "loses",
    "applies-twice": "applies",
    "applies-out-of-order": "misorders",
    "acknowledged-not-applied": "acknowledges",
    "rejected-but-applied": "applied",
    "mixes-up-integrations": "mixes",
    "corrupts-state": "corrupts",
    LEAKS: "leaks",
}
"""What stands for a category in the id of a finding; another word for each."""

VERBS: dict[Category, str] = {
    REFUSES: "refuses",
    TAKES: "takes",
    CRASHES: "crashes on",
    HANGS: "hangs on",
    "loses-events": "loses",
    "applies-twice": "applies twice",
    "applies-out-of-order": "applies out of order",
    "acknowledged-not-applied": "acknowledges and doesn't apply",
    "rejected-but-applied": "refuses and applies all the same",
    "mixes-up-integrations": "mixes up the integrations of",
    "corrupts-state": "corrupts what it stores of",
    LEAKS: "leaks with",
}
"""What a receiver does with a delivery."""


def if_any(
    name: str, category: Category, title: str, failures: Sequence[Failure]
) -> Iterable[Finding]:
    """One finding, or none where nothing failed."""
    if failures:
        yield finding_of(name, category, title, failures)


def finding_of(
    name: str,
    category: Category,
    title: str,
    failures: Sequence[Failure],
    *,
    fix: str = "",
    likelihood: Likelihood | None = None,
    more: Iterable[str] = (),
    cases: tuple[str, ...] = (),
    shown: Failure | None = None,
) -> Finding:
    """A finding, with the plainest of the failures that show it.

    Args:
        name: Its id.
        category: What kind of wrong it is.
        title: What is wrong, in a line.
        failures: All that show it, at least one.
        fix: How it is mended; by default what `HINTS` says.
        likelihood: How likely it is to meet it; by default as likely as the likeliest failure.
        more: Lines to say beside what was sent and came back.
        cases: The ids of the cases that show it; by default those of the failures.
        shown: The failure to tell of; by default the plainest.
    """
    shown = shown or min(failures, key=plainness)
    last = shown.exchanges[-1]
    statuses = {f.exchanges[-1].reply.status or 0 for f in failures}
    if category == TAKES and all(300 <= status < 400 for status in statuses):
        title = f"it answers with a redirect ({last.reply}) where 4xx is owed: {abouts(failures)}"
    owed = {"accept": "2xx", "reject": "4xx", "either": "anything but 5xx or a hang"}[
        shown.case.expectation
    ]
    why = shown.case.why
    if category == LEAKS:
        owed, why = "an answer that gives nothing away", "it goes to whoever asks"
    text = [
        f"Sent: {shown.case.about}.",
        f"Came back: {last.reply}. Owed: {owed}, because {why}.",
        *(line for line in more if line),
    ]
    if not more and (detail := describe_failure(shown)):
        text.append(detail)
    likelihoods = [f.case.likelihood for f in failures] if likelihood is None else [likelihood]
    return Finding(
        id=name,
        category=category,
        title=title,
        text="\n".join(text),
        fix=fix or _hint(name, category),
        likelihood=min(likelihoods, key=LIKELIHOODS.index),
        cases=cases or tuple(dict.fromkeys(f.case.id for f in failures)),
        exchanges=shown.exchanges,
    )


def describe_failure(failure: Failure) -> str:
    """What went wrong, but for the answer, in a line; nothing where the answer says it all."""
    said = []
    if failure.leaked:
        said.append(f"The answer shows {failure.leaked}.")
    if failure.answer is not None:
        last = failure.exchanges[-1].moment
        together = sum(exchange.moment == last for exchange in failure.exchanges) > 1
        said.append(f"{'one of them' if together else 'it'} was answered {failure.answer}")
    if failure.loss is not None:
        said.append(f"{LOSSES[failure.loss.kind]}: {failure.loss.error}")
    if failure.mismatches:
        whose = f"{failure.integration}: " if failure.integration else ""
        said.append(whose + describe_mismatches(failure.mismatches))
    if failure.breaks_others:
        said.append("after it good deliveries fail as well")
    return "; ".join(said)


LOSSES = {
    "unreachable": "the receiver cannot be reached any more",
    "unobservable": "the state of the receiver cannot be observed any more",
}


def plainness(failure: Failure) -> tuple[int, int, int]:
    """By what failures are sorted: the plainest one shows a finding best."""
    return (
        len(failure.exchanges),
        LIKELIHOODS.index(failure.case.likelihood),
        len(failure.exchanges[-1].delivery.body),
    )


def _hint(name: str, category: Category) -> str:
    for start, fix in HINTS:
        if name.startswith(start):
            return fix
    return next((fix for start, fix in HINTS if start == f"category {category}"), "")


def abouts(failures: Iterable[Failure]) -> str:
    """What was special about the deliveries that failed, in a few words each."""
    return enumerated(dict.fromkeys(f.case.about for f in failures))


def enumerated(words: Iterable[str], most: int = 5) -> str:
    """The first words of a list, and how many more there are.

    Examples:
        >>> enumerated("abc", most=2), enumerated(["a, b", "c"])
        ('a, b and 1 more', 'a, b; c')
    """
    listed = list(words)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    between = "; " if any(", " in word for word in listed[:most]) else ", "
    return between.join(listed[:most]) + more


def a_delivery(about: str) -> str:
    """What a delivery is called by what is special about it.

    Examples:
        >>> a_delivery("sent by GET"), a_delivery("an empty body")
        ('a delivery sent by GET', 'a delivery with an empty body')
    """
    return f"a delivery {about}" if about.startswith("sent ") else f"a delivery with {about}"


def after(about: str) -> str:
    """When something went wrong: after a delivery with something special about it."""
    return f"after {a_delivery(about)}"
