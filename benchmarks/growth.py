"""``python -m benchmarks growth``: what many payloads take, in time and in memory.

Each number of payloads is made by a process of its own; its peak of memory is what the operating
system says of it. The picture is drawn in an environment that has Matplotlib.
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
    """What a number of payloads takes.

    Attributes:
        count: How many payloads.
        seconds: From the start of the process to the last byte.
        mebibytes: The most memory that it had at a time.
    """

    count: int
    seconds: float
    mebibytes: float


def grow(
    environments: Environments,
    *,
    rounds: int,
    share: float,
    tell: Callable[[str], None] = lambda text: None,
) -> list[Point]:
    """The medians of several rounds.

    Args:
        environments: Where it runs.
        rounds: How often each number is made.
        share: The part of each number that is made.
        tell: Is told what comes next.
    """
    points = []
    for count in (max(1, int(count * share)) for count in COUNTS):
        tell(f"growth: {count:,} payloads")
        found = [_measured(environments, count) for _ in range(rounds)]
        seconds = statistics.median(one.seconds for one in found)
        memory = statistics.median(one.mebibytes for one in found)
        points.append(Point(count, seconds, memory))
    return points


def _measured(environments: Environments, count: int) -> Point:
    command = [environments.program("python"), str(SCRIPTS / "growing.py"), str(count)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environments.variables()
    )
    return Point(count, *json.loads(done.stdout))


def growth_table(points: Sequence[Point]) -> Iterator[str]:
    """The table in Markdown, and the picture."""
    yield "| payloads | seconds | per second | peak of memory, MiB |"
    yield "|---:|---:|---:|---:|"
    for point in points:
        rate = point.count / point.seconds
        yield f"| {point.count:,} | {point.seconds:.2f} | {rate:,.0f} | {point.mebibytes:.0f} |"


def draw(points: Sequence[Point], environments: Environments, path: Path = PICTURE) -> None:
    """Draw the picture.

    Raises:
        UnavailableError: if there can't be an environment with Matplotlib.
    """
    command = [environments.program("python", "matplotlib"), str(SCRIPTS / "drawing.py"), str(path)]
    given = json.dumps([asdict(point) for point in points])
    subprocess.run(command, input=given, text=True, check=True, env=environments.variables())
