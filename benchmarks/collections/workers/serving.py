"""What the workers in Python share: each task is carried out by a process of its own.

A worker imports what it needs once. Then it reads tasks from standard input, one JSON value a line,
forks for each of them, and writes one line of JSON: what the child reported, and how it ended. The
child may use a limited amount of memory beyond what the worker has, and a limited processor time,
so that other programs on the machine do not matter.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY = 2**30
"""The bytes that a child may take."""
SECONDS = 20
"""The processor time that a child may take."""
PATIENCE = 90
"""The seconds after which a child is ended in any case."""

Emit = Callable[..., None]


def serve(
    handle: Callable[[Any, Emit], None], prepare: Callable[[Any], None] | None = None
) -> None:
    """Carry out tasks until standard input ends.

    Args:
        handle: Carries out a task in a child; its second argument reports something as JSON.
        prepare: Is called in the worker before, to read what several tasks need.
    """
    for line in sys.stdin:
        task = json.loads(line)
        if prepare is not None:
            prepare(task)
        reports, end = _carry_out(handle, task)
        sys.stdout.write(json.dumps({"reports": reports, "end": end}) + "\n")
        sys.stdout.flush()


def _carry_out(handle: Callable[[Any, Emit], None], task: Any) -> tuple[list[Any], str]:
    gc.freeze()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run_child(handle, task, writer)
    os.close(writer)
    written = _read_all(reader, child)
    _, status = os.waitpid(child, 0)
    reports = []
    for line in written.splitlines():
        try:
            reports.append(json.loads(line))
        except ValueError:
            break  # The child was ended while it wrote this line.
    return reports, _name_end(status)


def _run_child(handle: Callable[[Any, Emit], None], task: Any, writer: int) -> None:
    status = 1
    try:
        own = Path("/proc/self/statm").read_text().split()
        limit = int(own[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)  # A Rust abort prints a backtrace.

        def emit(**report: Any) -> None:
            data = (json.dumps(report) + "\n").encode()
            while data:
                data = data[os.write(writer, data) :]

        handle(task, emit)
        status = 0
    except MemoryError:
        status = 3
    except BaseException:
        status = 4
    finally:
        os._exit(status)


def _read_all(reader: int, child: int) -> bytes:
    parts = []
    deadline = time.monotonic() + PATIENCE
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        while True:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                os.kill(child, signal.SIGKILL)
                break
            part = pipe.read(2**16)
            if not part:
                break
            parts.append(part)
    return b"".join(parts)


def _name_end(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return "slow"
        # jsonschema-rs aborts where an allocation fails.
        return "large" if number == signal.SIGABRT else f"signal {number}"
    return {0: "done", 3: "large"}.get(os.WEXITSTATUS(status), "failed")


def draw(strategy: Any, count: int, *, strict: bool) -> list[Any]:
    """Draw values as a property test does; the same in each run.

    Args:
        strategy: A Hypothesis strategy.
        count: How many.
        strict: True to fail as a property test would where too much is filtered, or values are too
            large; only the health check for slow data is off, which depends on the machine.
    """
    from hypothesis import HealthCheck, Phase, given, seed, settings

    values: list[Any] = []
    off = [HealthCheck.too_slow] if strict else list(HealthCheck)

    @seed(1)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=off,
    )
    @given(strategy)
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    return values
