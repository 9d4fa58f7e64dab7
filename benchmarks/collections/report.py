"""The tables of outcomes in Markdown, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.collections.running import OURS_NAME, Outcome

MADE = ("any", "realistic", "faults", "invalid")
ENDS = ("refused", "crashed", "slow", "large")


def is_constructed(outcome: Outcome) -> bool:
    """Whether everything that the tool offers was made."""
    return all(stage.status == "made" for stage in outcome.stages.values())


def is_correct(outcome: Outcome) -> bool:
    """Whether valid payloads were made, and no judge that could read the schema objects."""
    stage = outcome.stages["any"]
    return stage.status == "made" and not stage.wrong


def end_of(outcome: Outcome) -> str:
    """Return how the first stage ended that made nothing: an item of `ENDS`."""
    found = [stage.status for stage in outcome.stages.values() if stage.status != "made"]
    return next((status for status in found if status in ENDS), "crashed") if found else "made"


def make_own_table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Make the lines of the table of this project."""
    own = [outcome for outcome in outcomes if outcome.tool == OURS_NAME]
    yield (
        "| collection | schemas | valid | realistic | faults | invalid | all four | refused "
        "| crashed | over 20 s | over 1 GB | payloads | wrong | disputed |"
    )
    yield "|---|" + "---:|" * 13
    for name, group in _group(own):
        total = len(group)
        made = [
            _share(sum(o.stages[stage].status == "made" for o in group), total) for stage in MADE
        ]
        ends = Counter(map(end_of, group))
        stages = [stage for outcome in group for stage in outcome.stages.values()]
        row = [
            name, f"{total:,}", *made, _share(sum(map(is_constructed, group)), total),
            *(str(ends[end]) for end in ENDS), f"{sum(stage.count for stage in stages):,}",
            str(sum(len(stage.wrong) for stage in stages)),
            str(sum(len(stage.disputed) for stage in stages)),
        ]  # fmt: skip
        yield f"| {' | '.join(row)} |"


def make_peer_table(outcomes: Sequence[Outcome], tools: Sequence[str]) -> Iterator[str]:
    """Make the lines of the table that compares tools by their valid payloads."""
    yield f"| collection | schemas | {' | '.join(tools)} |"
    yield "|---|" + "---:|" * (1 + len(tools))
    for name, group in _group(outcomes):
        found = Counter(outcome.tool for outcome in group if is_correct(outcome))
        total = max(Counter(outcome.tool for outcome in group).values())
        shares = " | ".join(_share(found[tool], total) for tool in tools)
        yield f"| {name} | {total:,} | {shares} |"


def describe_failures(outcome: Outcome, *, disputed: bool = False) -> Iterator[str]:
    """Yield a line for each way in which stages of a schema failed, and for each wrong payload.

    Args:
        outcome: The outcome.
        disputed: True for what one of the judges calls wrong, as well.
    """
    place = f"{outcome.entry.collection} {outcome.entry.name}"
    failures: dict[tuple[str, str], list[str]] = {}
    for name, stage in outcome.stages.items():
        if stage.status not in ("made", "skipped"):
            failures.setdefault((stage.status, _one_line(stage.error)), []).append(name)
    for (status, error), names in failures.items():
        yield f"{status}: {' '.join(names)}: {place}: {error}"
    for name, stage in outcome.stages.items():
        yield from (f"wrong: {name}: {place}: {text}" for text in stage.wrong)
        if disputed:
            yield from (f"disputed: {name}: {place}: {text}" for text in stage.disputed)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _group(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    names = dict.fromkeys(outcome.entry.collection for outcome in outcomes)
    for name in names:
        yield name, [outcome for outcome in outcomes if outcome.entry.collection == name]
    if len(names) > 1:
        yield "all", list(outcomes)


def _share(count: int, total: int) -> str:
    # A share is rounded down, so that 100 % means all.
    return f"{int(1000 * count / total) / 10:g} %" if total else "-"
