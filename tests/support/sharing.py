"""What takes long to make, made once for all workers of a run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def shared(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A directory of a name, filled by whoever comes first; the others wait for it."""
    base = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    place, made = base / name, base / f"{name}.made"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            # What was begun and never ended is begun anew, and tells its error to everybody.
            place.mkdir(exist_ok=True)
            make(place)
            made.touch()
    return place
