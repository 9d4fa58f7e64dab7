"""What every contender in Python does: make payloads, and say how many in a second.

The scripts beside this one run in environments that have nothing else in common, so that this is
the standard library, and Hypothesis only where a contender is a strategy.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from typing import Any

SCHEMA = (
    Path(__file__).parents[2]
    / "schemas"
    / "kombo-integrationstatechangedwebhookpayload-schema.json"
)

SHOWN = 300
"""How many payloads are looked at."""

Run = Callable[[int], Iterable[Any]]


def published() -> dict[str, Any]:
    """The schema as Kombo publishes it."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def repaired() -> dict[str, Any]:
    """The schema as its users repair it by hand: no ``$id``, and types in place of ``nullable``."""
    return _repaired({k: v for k, v in published().items() if k != "$id"})


def _repaired(node: Any) -> Any:
    if isinstance(node, list):
        return [_repaired(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _repaired(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable"):
        found["type"] = [found["type"], "null"]
    return found


def called(make: Callable[[], Any]) -> Run:
    """One payload for each call."""

    def run(count: int) -> list[Any]:
        return [make() for _ in repeat(None, count)]

    return run


def written(line: Callable[[], bytes]) -> Run:
    """One line of ndjson for each call, written to where nothing is kept."""

    def run(count: int) -> list[Any]:
        with Path(os.devnull).open("wb") as sink:
            sink.writelines(line() for _ in repeat(None, count))
        return []

    return run


def drawn(strategy: Any, value: Callable[[Any], Any] = lambda example: example) -> Run:
    """The examples that a property test sees; shrinking and the database have no part in it."""
    from hypothesis import HealthCheck, Phase, given, settings

    def run(count: int) -> list[Any]:
        values: list[Any] = []

        @settings(
            max_examples=count,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def collect(example: Any) -> None:
            values.append(value(example))

        collect()
        return values

    return run


def report(run: Run, *distributions: str, line: Callable[[], bytes] | None = None) -> None:
    """Measure, and print as JSON what came of it, with some of the payloads.

    Args:
        run: Makes so many payloads.
        distributions: The packages whose versions matter.
        line: What a line of a file is, where `run` only writes.
    """
    count = int(sys.argv[1])
    run(max(1, count // 10))
    begun = time.perf_counter()
    made = list(run(count))
    seconds = time.perf_counter() - begun
    if line is None:
        count, shown = len(made), made[:SHOWN]
    else:
        shown = [json.loads(line()) for _ in range(min(count, SHOWN))]
    found = {
        "rate": count / seconds,
        "versions": {name: version(name) for name in distributions},
        "count": len(shown),
        "payloads": [payload for payload in shown if _is_json(payload)],
    }
    print(json.dumps(found))


def _is_json(payload: Any) -> bool:
    try:
        json.dumps(payload)
    except (TypeError, ValueError):
        return False
    return True
