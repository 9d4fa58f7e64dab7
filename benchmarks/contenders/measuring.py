"""What the contenders in Python share: making payloads, and reporting how many per second.

The environments of the scripts have only the standard library in common, so Hypothesis is imported
only for contenders that are strategies.
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
"""How many payloads are judged."""

Run = Callable[[int], Iterable[Any]]


def load_schema() -> dict[str, Any]:
    """Load the schema as Kombo publishes it."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def load_repaired_schema() -> dict[str, Any]:
    """Load the schema without ``$id``, and with types for ``nullable``, as users repair it."""
    return _repair({k: v for k, v in load_schema().items() if k != "$id"})


def _repair(node: Any) -> Any:
    if isinstance(node, list):
        return [_repair(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _repair(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable"):
        found["type"] = [found["type"], "null"]
    return found


def call_each(make: Callable[[], Any]) -> Run:
    """Make one payload with each call."""

    def run(count: int) -> list[Any]:
        return [make() for _ in repeat(None, count)]

    return run


def write_each(line: Callable[[], bytes]) -> Run:
    """Write one line of ndjson with each call, to the null device."""

    def run(count: int) -> list[Any]:
        with Path(os.devnull).open("wb") as sink:
            sink.writelines(line() for _ in repeat(None, count))
        return []

    return run


def draw_examples(strategy: Any, value: Callable[[Any], Any] = lambda example: example) -> Run:
    """Draw examples as a property test does, without shrinking and the database."""
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


def report_rate(run: Run, *distributions: str, line: Callable[[], bytes] | None = None) -> None:
    """Measure payloads per second, and print them as JSON with some of the payloads.

    Args:
        run: Makes a number of payloads.
        distributions: The packages whose versions are reported.
        line: Makes one line, if `run` only writes and returns no payloads.
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
