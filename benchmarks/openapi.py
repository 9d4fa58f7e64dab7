"""Measures what each schema of an OpenAPI description takes.

    python -m benchmarks.openapi PATH [NAME ...]

For each schema 20 payloads, all faults and 20 invalid payloads are made, in one process. The
slowest schemas are printed, then the total. The exit status is 1 if a schema cannot be used.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from kombo_fakes import KomboFakesError, Schema, faults, invalid_payloads, payloads

_DRAWS = 20
_SHOWN = 5


def draw(strategy: SearchStrategy[Any]) -> int:
    """Draw values of a strategy, and return how many."""
    count = 0

    @settings(
        max_examples=_DRAWS,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        nonlocal count
        count += 1

    collect()
    return count


STEPS: dict[str, Callable[[Schema], int]] = {
    "valid": lambda schema: draw(payloads(schema)),
    "faults": lambda schema: len(faults(schema)),
    "invalid": lambda schema: draw(invalid_payloads(schema)),
}


def main(arguments: list[str]) -> int:
    """Measure the schemas of a description, or those that are named."""
    path, *names = arguments
    schemas = Schema.from_openapi(path)
    taken: dict[str, dict[str, float]] = {}
    failed = 0
    for name in names or schemas:
        taken[name] = {}
        for step, run in STEPS.items():
            begun = time.process_time()
            try:
                run(schemas[name])
            except KomboFakesError as error:
                failed += 1
                print(f"{name}: {step}: {error}")
            taken[name][step] = time.process_time() - begun
    for step in STEPS:
        slowest = sorted(taken, key=lambda name: -taken[name][step])[:_SHOWN]
        shown = ", ".join(f"{name} {taken[name][step]:.2f} s" for name in slowest)
        print(f"{step}: {sum(times[step] for times in taken.values()):.1f} s; slowest: {shown}")
    whole = sum(sum(times.values()) for times in taken.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(taken)} schemas in {whole:.1f} s of one core, {memory:.0f} MiB at most")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
