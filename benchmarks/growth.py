"""``python -m benchmarks growth``: the time and memory that many payloads take.

Each number of payloads is made by a process of its own, whose peak memory the operating system
reports. The picture is drawn in an environment that has Matplotlib.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.catalogue import ROOT, SCRIPTS
from benchmarks.environments import Environments

PICTURE = ROOT / "docs" / "images" / "growth.svg"
COUNTS = tuple(10**power for power in range(3, 8))


@dataclass(frozen=True, slots=True)
class Point:
    """The time and memory that a number of payloads takes.

    Attributes:
        count: How many payloads.
        seconds: From the start of the process to the last byte.
        mebibytes: The peak memory of the process.
    """

    count: int
    seconds: float
    mebibytes: float


def measure_growth(
    environments: Environments,
    *,
    rounds: int,
    share: float,
    log: Callable[[str], None] = lambda text: None,
) -> list[Point]:
    """Measure the time and memory of each number of payloads; the medians of several rounds.

    Args:
        environments: The environments.
        rounds: How often each number is made.
        share: The share of each number that is made.
        log: Is called with a line of progress.
    """
    points = []
    for count in (max(1, int(count * share)) for count in COUNTS):
        log(f"growth: {count:,} payloads")
        found = [_measure(environments, count) for _ in range(rounds)]
        seconds = statistics.median(one.seconds for one in found)
        memory = statistics.median(one.mebibytes for one in found)
        points.append(Point(count, seconds, memory))
    return points


def _measure(environments: Environments, count: int) -> Point:
    command = [environments.program("python"), str(SCRIPTS / "growing.py"), str(count)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environments.variables()
    )
    return Point(count, *json.loads(done.stdout))


def make_growth_table(points: Sequence[Point]) -> Iterator[str]:
    """Make the lines of the table in Markdown."""
    yield "| payloads | seconds | per second | peak memory, MiB |"
    yield "|---:|---:|---:|---:|"
    for point in points:
        rate = point.count / point.seconds
        yield f"| {point.count:,} | {point.seconds:.2f} | {rate:,.0f} | {point.mebibytes:.0f} |"


def draw_growth(points: Sequence[Point], environments: Environments, path: Path = PICTURE) -> None:
    """Draw the picture.

    Raises:
        UnavailableError: if the environment with Matplotlib cannot be made.
    """
    command = [environments.program("python", "matplotlib"), str(SCRIPTS / "drawing.py"), str(path)]
    given = json.dumps([asdict(point) for point in points])
    subprocess.run(command, input=given, text=True, check=True, env=environments.variables())
