"""Makes the tables of measurements and targets, in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from benchmarks.catalogue import CONTENDERS, TARGETS, Contender, Kind, Start
from benchmarks.growth import Point, make_growth_table
from benchmarks.measurement import Score

TITLES: dict[Kind, str] = {
    "valid": "Strategies of valid payloads",
    "invalid": "Strategies of invalid payloads",
    "factory": "Factories",
    "bulk": "Lines of ndjson",
}
_GROWTH = "![Time and memory by the number of payloads](images/growth.svg)"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def make_tables(
    scores: Mapping[Contender, Score],
    missing: Mapping[Contender, str],
    times: Mapping[Start, float],
    points: Sequence[Point] = (),
    *,
    rounds: int,
) -> str:
    """Make all tables."""
    parts = [_machine(rounds)] if scores else []
    for kind, title in TITLES.items():
        lines = list(_table(kind, scores, missing))
        if lines:
            parts += [f"## {title}", "\n".join(lines), "\n".join(_check_targets(kind, scores))]
    if times:
        parts += ["## Start-up", "\n".join(_start_table(times))]
    if points:
        parts += ["## Growth", "\n".join(make_growth_table(points)), _GROWTH]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_tables(path: Path, text: str, begin: str = BEGIN, end: str = END) -> None:
    """Write tables into a document, between two comments."""
    document = path.read_text(encoding="utf-8")
    head, _, rest = document.partition(begin)
    _, _, tail = rest.partition(end)
    path.write_text(f"{head}{begin}\n\n{text}\n{end}{tail}", encoding="utf-8")


def describe_machine() -> str:
    """Return a sentence that names the day and the machine."""
    return (
        f"Measured on {date.today().isoformat()} with Python {platform.python_version()} on "
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}."
    )


def _machine(rounds: int) -> str:
    return (
        f"{describe_machine()} Each number is the median of {rounds} rounds; in brackets the "
        "lowest and the highest."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _table(
    kind: Kind, scores: Mapping[Contender, Score], missing: Mapping[Contender, str]
) -> Iterator[str]:
    contenders = [c for c in CONTENDERS if c.kind == kind and (c in scores or c in missing)]
    if not contenders:
        return
    ours = _ours(kind, scores)
    yield "| | per second | kombo_fakes relative to it | validity | versions |"
    yield "|---|---:|---:|---|---|"
    for contender in contenders:
        if contender in missing:
            yield f"| {contender.name} | - | - | {missing[contender]} | |"
            continue
        score = scores[contender]
        ratio = "" if ours is None or score is ours else _times(ours.rate / score.rate)
        quality = "" if contender.floor else _quality(kind, score)
        versions = ", ".join(f"{name} {text}" for name, text in score.versions.items())
        rate = f"{score.rate:,.0f} ({min(score.rates):,.0f} to {max(score.rates):,.0f})"
        yield f"| {contender.name} | {rate} | {ratio} | {quality} | {versions} |"


def _ours(kind: Kind, scores: Mapping[Contender, Score]) -> Score | None:
    first = next(c for c in CONTENDERS if c.kind == kind)
    return scores.get(first)


def _times(ratio: float) -> str:
    return f"{ratio:,.{0 if ratio >= 10 else 1 if ratio >= 1 else 2}f}x"


def _quality(kind: Kind, score: Score) -> str:
    if kind == "invalid":
        return f"{1 - score.valid:.0%} invalid, {score.single:.0%} in one place only"
    return f"{score.valid:.0%} valid"


def _check_targets(kind: Kind, scores: Mapping[Contender, Score]) -> Iterator[str]:
    ours = _ours(kind, scores)
    by_name = {c.name: score for c, score in scores.items() if c.kind == kind}
    for target in TARGETS:
        if target.kind != kind or ours is None:
            continue
        if target.other is None:
            is_met, text = ours.rate >= target.least, f"{target.least:,.0f} a second"
        elif target.other in by_name:
            is_met = ours.rate / by_name[target.other].rate >= target.least
            text = f"{target.least:g}x {target.other}"
        else:
            continue
        yield f"* {text}: {'met' if is_met else '**missed**'}"


def _start_table(times: Mapping[Start, float]) -> Iterator[str]:
    yield "| | milliseconds | at most |"
    yield "|---|---:|---:|"
    for start, found in times.items():
        sign = "+" if start.beyond else ""
        limit = "" if start.most is None else f"{start.most:g}"
        if start.most is not None and found > start.most:
            limit += ", **missed**"
        yield f"| {start.name} | {sign}{found:.0f} | {limit} |"
