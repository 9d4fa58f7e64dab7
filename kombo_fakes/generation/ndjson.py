"""Payloads by the million, as lines of newline-delimited JSON: by one process or by several.

Whoever makes them, they are the same bytes: a payload depends on the schema, the seed and its own
number only, and stretches of numbers are put together in their order.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from pickle import PicklingError
from tempfile import TemporaryDirectory
from typing import Any

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import OutputError, OverrideError
from kombo_fakes.generation.runs import Ring, Run
from kombo_fakes.generation.templates import BLOCK
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.names import POOLED, Names
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

# How many payloads a process makes at a time: some hundredths of a second of work.
_FILLED, _PAINTED = 16 * BLOCK, 256
_MOST_JOBS = 256


def ndjson(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    n: int | None = None,
    *,
    seed: int = 0,
    values: Ring = "realistic",
    invalid: bool = False,
    faults: Iterable[str] = (),
    overrides: Mapping[str, Any] | None = None,
    removals: Iterable[str] = (),
    names: Names = POOLED,
    part: tuple[int, int] = (1, 1),
    jobs: int = 1,
) -> Iterator[bytes]:
    r"""Make payloads as lines of JSON, the same ones as `generate` makes with these arguments.

    Args:
        event_or_schema: As in `generate`, and so are those that aren't told of here.
        n: How many; of each fault, where faults are named. One if not given, all corners.
        seed: The same seed gives the same bytes.
        values: ``"realistic"``, ``"any"`` or ``"corners"``.
        invalid: Go through the whole catalogue of faults, round after round.
        faults: Ids of the faults to have.
        overrides: Values by the JSON Pointer or dotted name of their field.
        removals: The fields to leave out.
        names: Who makes the names.
        part: Which part, of how many.
        jobs: How many processes to use. Each is a Python of its own, so it pays for millions; a
            script that asks for several guards its own start by ``if __name__ == "__main__"``.

    Returns:
        An iterator of bytes, each some whole lines in UTF-8. A line is a payload, or, where it is
        wrong, an object of ``fault``, ``pointer``, ``keyword`` and ``payload``.

    Raises:
        OverrideError: also if there can't be so many jobs.
        OutputError: from the iterator, if there is no room for temporary files of several jobs.
        KomboFakesError: as `generate` does.

    Examples:
        >>> lines = b"".join(ndjson(n=3)).splitlines()
        >>> len(lines), lines[0][:7]
        (3, b'{"id":"')
        >>> b"".join(ndjson(n=3, part=(3, 3))) == lines[2] + b"\n"
        True
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= _MOST_JOBS:
        raise OverrideError(
            f"jobs={shorten(jobs)}: the number of processes is an integer from 1 to {_MOST_JOBS}"
        )
    asked: dict[str, Any] = {
        "event_or_schema": Schema.load(event_or_schema),
        "n": n,
        "seed": seed,
        "values": values,
        "invalid": invalid,
        "faults": (faults,) if isinstance(faults, str) else tuple(faults),
        "overrides": dict(overrides or {}),
        "removals": (removals,) if isinstance(removals, str) else tuple(removals),
        "names": names,
    }
    run = Run.of(**asked)
    start, stop = run.part(*part)
    step = _FILLED if run.is_filled else _PAINTED
    if jobs == 1 or stop - start <= step:
        return run.lines(start, stop)
    stretches = ((first, min(stop, first + step)) for first in range(start, stop, step))
    return _by_several(asked, stretches, jobs)


def _by_several(
    asked: dict[str, Any], stretches: Iterable[tuple[int, int]], jobs: int
) -> Iterator[bytes]:
    # By files, since what goes through a pipe between processes takes longer than to make it.
    with TemporaryDirectory(prefix="kombo-fakes-") as place:
        # A new Python and no fork: the caller's threads and locks stay its own.
        pool = ProcessPoolExecutor(
            jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(asked, place)
        )
        begun: deque[Future[str]] = deque()
        try:
            for first, last in stretches:
                begun.append(_submitted(pool, first, last, jobs))
                # Not all at once: what nobody has taken yet takes up room.
                if len(begun) > 2 * jobs:
                    yield _taken(begun.popleft())
            while begun:
                yield _taken(begun.popleft())
        except BrokenProcessPool:
            raise OverrideError(
                f"jobs={jobs}: a process has ended before its time. Was it short of memory? Each "
                "one runs the script that began it, too: guard its start by "
                "if __name__ == '__main__'"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, first: int, last: int, jobs: int) -> Future[str]:
    try:
        return pool.submit(_stretch, first, last)
    except (PicklingError, TypeError, AttributeError) as error:
        raise OverrideError(
            f"jobs={jobs}: what was asked for can't be passed to other processes: {error}"
        ) from None


def _taken(stretch: Future[str]) -> bytes:
    file = Path(stretch.result())
    text = file.read_bytes()
    file.unlink()
    return text


# -- in the other processes

_run: Run
_place: Path


def _begin(asked: dict[str, Any], place: str) -> None:
    global _run, _place
    # Whoever is interrupted is the process that has asked for all this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _run, _place = Run.of(**asked), Path(place)


def _stretch(first: int, last: int) -> str:
    file = _place / str(first)
    try:
        with file.open("wb") as stream:
            stream.writelines(_run.lines(first, last))
    except OSError as error:
        raise OutputError(f"{file}: can't be written: {error.strerror}") from None
    return str(file)
