"""Findings, made of the failures that show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kombo_fakes.probing.model import RANKS, Category, Failure, Finding, Rank
from kombo_fakes.probing.verdicts.remedies import HINTS

AFTER = "after these deliveries:"
"""The line above the deliveries of a history, in the text of a finding."""

REFUSES: Category = "refuses what it must take"
TAKES: Category = "takes what it must refuse"
CRASHES: Category = "crashes"
HANGS: Category = "hangs"
LEAKS: Category = "leaks"

SLUGS: dict[Category, str] = {
    REFUSES: "refuses",
    TAKES: "takes",
    CRASHES: "crashes",
    HANGS: "hangs",
    "loses": "loses",
    "applies twice": "applies",
    "applies out of order": "misorders",
    "acknowledges and doesn't apply": "acknowledges",
    "refuses and applies all the same": "applied",
    "mixes up integrations": "mixes",
    "corrupts what it stores": "corrupts",
    LEAKS: "leaks",
}
"""What stands for a category in the id of a finding; another word for each."""

VERBS: dict[Category, str] = {
    REFUSES: "refuses",
    TAKES: "takes",
    CRASHES: "crashes on",
    HANGS: "hangs on",
}


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
    hint: str = "",
    rank: Rank | None = None,
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
        hint: How it is mended; by default what `HINTS` says.
        rank: How likely it is to meet it; by default as likely as the likeliest failure.
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
        shown.case.owed
    ]
    why = shown.case.why
    if category == LEAKS:
        owed, why = "an answer that gives nothing away", "it goes to whoever asks"
    text = [
        f"Sent: {shown.case.about}.",
        f"Came back: {last.reply}. Owed: {owed}, because {why}.",
        *(line for line in more if line),
    ]
    if not more and shown.detail:
        text.append(shown.detail)
    ranks = [f.case.rank for f in failures] if rank is None else [rank]
    return Finding(
        id=name,
        category=category,
        title=title,
        text="\n".join(text),
        hint=hint or _hint(name, category),
        rank=min(ranks, key=RANKS.index),
        cases=cases or tuple(dict.fromkeys(f.case.id for f in failures)),
        exchanges=shown.exchanges,
    )


def plainness(failure: Failure) -> tuple[int, int, int]:
    """By what failures are sorted: the plainest one shows a finding best."""
    return (
        len(failure.exchanges),
        RANKS.index(failure.case.rank),
        len(failure.exchanges[-1].delivery.body),
    )


def _hint(name: str, category: Category) -> str:
    for start, hint in HINTS:
        if name.startswith(start):
            return hint
    return next((hint for start, hint in HINTS if start == f"category {category}"), "")


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
        >>> a_delivery("by GET"), a_delivery("an empty body")
        ('a delivery by GET', 'a delivery with an empty body')
    """
    return f"a delivery {about}" if about.startswith("by ") else f"a delivery with {about}"


def after(about: str) -> str:
    """When something went wrong: after a delivery with something special about it."""
    return f"after {a_delivery(about)}"
