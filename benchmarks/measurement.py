"""Measures every contender once in each round, so that a slow minute affects all of them."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.catalogue import NPM, SCRIPTS, Contender, Start
from benchmarks.environments import Environments, UnavailableError

# Prints the schema that was repaired by hand, for a script that is not Python.
_REPAIR = "import json, measuring; print(json.dumps(measuring.load_repaired_schema()))"


@dataclass(slots=True)
class Score:
    """The measurements of a contender.

    Attributes:
        rates: Payloads per second, by round.
        versions: The versions of its packages.
        valid: The share of payloads that the schema allows.
        single: The share of payloads that are invalid in one place only.
    """

    rates: list[float] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    valid: float = 0.0
    single: float = 0.0

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


class MeasurementError(Exception):
    """A contender failed; the message is its command and what it printed."""


def measure(
    contenders: Sequence[Contender],
    environments: Environments,
    *,
    rounds: int,
    share: float = 1.0,
    log: Callable[[str], None] = lambda text: None,
) -> tuple[dict[Contender, Score], dict[Contender, str]]:
    """Measure contenders.

    Args:
        contenders: The contenders.
        environments: Their environments.
        rounds: How often each one is measured.
        share: The share of its count that each one makes: less is faster and less exact.
        log: Is called with a line of progress.

    Returns:
        The scores of contenders, and the reasons why others could not be measured.

    Raises:
        MeasurementError: if a contender fails.
    """
    scores: dict[Contender, Score] = {}
    missing: dict[Contender, str] = {}
    for contender in contenders:
        try:
            environments.directory(contender.environment)
            scores[contender] = Score()
        except UnavailableError as error:
            missing[contender] = str(error)
    shown: dict[Contender, dict[str, Any]] = {}
    for number in range(rounds):
        log(f"round {number + 1} of {rounds}")
        for contender in _rotate(list(scores), number):
            count = max(2, int(contender.count * share))
            found = json.loads(_run(_command(contender, environments, count), environments))
            scores[contender].rates.append(found["rate"])
            scores[contender].versions = found["versions"]
            shown[contender] = {"count": found["count"], "payloads": found["payloads"]}
    if scores:
        judge = [environments.program("python"), str(SCRIPTS / "judge.py")]
        given = json.dumps([shown[contender] for contender in scores])
        judged = json.loads(_run(judge, environments, given))
        for score, found in zip(scores.values(), judged, strict=True):
            score.valid, score.single = found["valid"], found["single"]
    return scores, missing


def _command(contender: Contender, environments: Environments, count: int) -> list[str]:
    script = SCRIPTS / contender.script
    if contender.environment != NPM:
        python = environments.program("python", contender.environment)
        return [python, str(script), *contender.arguments, str(count)]
    # Node looks for packages from where a script is.
    place = environments.directory(NPM)
    shutil.copy(script, place)
    schema = place / "schema.json"
    repair = [environments.program("python"), "-c", _REPAIR]
    schema.write_text(_run(repair, environments, cwd=SCRIPTS))
    return ["node", str(place / script.name), str(schema), *contender.arguments, str(count)]


def _run(
    command: Sequence[str], environments: Environments, given: str = "", cwd: Path | None = None
) -> str:
    place = cwd or (Path(command[1]).parent if command[0] == "node" else None)
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, cwd=place,
        env=environments.variables(),
    )  # fmt: skip
    if done.returncode:
        raise MeasurementError(f"{' '.join(command)}\n{done.stderr.strip()}")
    return done.stdout


def _rotate(items: list[Any], number: int) -> list[Any]:
    """Return items in another order for each round, so that predecessors change."""
    start = number % len(items) if items else 0
    rotated = items[start:] + items[:start]
    return rotated[::-1] if number % 2 else rotated


# -- start-up


def measure_starts(
    starts: Iterable[Start],
    environments: Environments,
    *,
    rounds: int,
    log: Callable[[str], None] = lambda text: None,
) -> dict[Start, float]:
    """Measure processes: the median of the milliseconds of each, minus those of its `beyond`.

    Raises:
        MeasurementError: if a process fails.
    """
    wanted = list(starts)
    by_name = {start.name: start for start in wanted}
    times: dict[Start, list[float]] = {start: [] for start in wanted}
    with tempfile.TemporaryDirectory() as place:
        test = Path(place) / "test_nothing.py"
        test.write_text("def test_nothing() -> None:\n    pass\n")
        for number in range(rounds + 1):  # The first round fills caches.
            if number % 10 == 1:
                log(f"starts, round {number} of {rounds}")
            for start in _rotate(wanted, number):
                command = [_fill(part, environments, test) for part in start.command]
                begun = time.perf_counter()
                _run(command, environments, cwd=Path(place))
                if number:
                    times[start].append((time.perf_counter() - begun) * 1_000)
    found = {}
    for start, own in times.items():
        # The differences are taken within a round: what slows one process slows the other.
        less = times[by_name[start.beyond]] if start.beyond else [0.0] * rounds
        found[start] = statistics.median(a - b for a, b in zip(own, less, strict=True))
    return found


def _fill(part: str, environments: Environments, test: Path) -> str:
    return {
        "{python}": environments.program("python"),
        "{kombo-fakes}": environments.program("kombo-fakes"),
        "{test}": str(test),
    }.get(part, part)
