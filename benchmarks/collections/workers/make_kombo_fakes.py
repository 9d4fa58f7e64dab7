"""Makes payloads of every kind with this project."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from serving import Emit, draw, serve

import kombo_fakes
from benchmarks.collections.entries import (
    Entry,
    read_json,
    read_outside,
    read_resources,
    read_schema,
)  # fmt: skip
from kombo_fakes import KomboFakesError, Schema

# Everything that is loaded lazily is loaded before the first fork.
list(kombo_fakes.generate({"type": "string", "pattern": "^a+$"}, n=1, values="any"))
len(kombo_fakes.faults())
draw(kombo_fakes.invalid_payloads({"type": "string", "format": "date-time"}), 2, strict=True)

MOST_FAULTS = 100
"""How many faults of a catalogue are judged: every one of a short catalogue."""


def prepare(task: Any) -> None:
    read_json(task["entry"]["path"])
    read_resources(task["entry"]["collection"], task["entry"]["root"])


def handle(task: Any, emit: Emit) -> None:
    entry = Entry(**task["entry"])
    count = task["count"]

    @lru_cache(maxsize=1)
    def schema() -> Schema:
        return _load(entry)

    def effective() -> list[Any]:
        emit(effective=schema().effective)
        return []

    def any_value() -> list[Any]:
        return draw(kombo_fakes.payloads(schema()), count, strict=True)

    def realistic() -> list[Any]:
        made = kombo_fakes.generate(schema(), n=count)
        drawn = draw(kombo_fakes.payloads(schema(), values="realistic"), count // 4, strict=True)
        return [one.payload for one in made] + drawn

    def faults() -> list[Any]:
        catalogue = kombo_fakes.faults(schema())
        step = max(1, len(catalogue) // MOST_FAULTS)
        chosen = islice(catalogue, 0, None, step)
        emit(faults=len(catalogue))
        return [{"id": fault.id, "value": fault.examples[0]} for fault in chosen]

    def invalid() -> list[Any]:
        if not kombo_fakes.faults(schema()):
            return []  # Such a schema allows everything.
        drawn = draw(kombo_fakes.invalid_payloads(schema()), count, strict=True)
        return [{"id": one.fault.id, "value": one.payload} for one in drawn]

    _stage("load", effective, emit)
    stages = {"any": any_value, "realistic": realistic, "faults": faults, "invalid": invalid}
    for name, make in stages.items():
        _stage(name, make, emit)


def _load(entry: Entry) -> Schema:
    if entry.layout == "openapi":
        return Schema.from_openapi(read_json(entry.path))[entry.pick]
    resources = read_resources(entry.collection, entry.root)
    if entry.layout == "file":
        # What is beside the file is found by its place.
        given = {**resources, **read_outside(entry)}
        return Schema.load(Path(entry.path), resources=given)
    return Schema.load(read_schema(entry), resources=resources)


def _stage(name: str, make: Callable[[], list[Any]], emit: Emit) -> None:
    begun = time.process_time()
    emit(stage=name, status="begun")
    values: list[Any] = []
    error = ""
    try:
        values = make()
        status = "made"
    except KomboFakesError as refusal:
        status, error = "refused", str(refusal)
    except MemoryError:
        status = "large"
    except BaseException as crash:
        # Hypothesis's own errors count as crashes: the users of a strategy get them.
        status, error = "crashed", f"{type(crash).__name__}: {crash}"
    seconds = time.process_time() - begun
    emit(stage=name, status=status, error=error[:600], seconds=seconds, values=values)


if __name__ == "__main__":
    serve(handle, prepare)
