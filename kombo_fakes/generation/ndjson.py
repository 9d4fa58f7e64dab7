"""Payloads by the million as lines of JSON, made by one process or by several.

The bytes are the same however many processes make them: a payload depends on the schema, the seed
and its own number only, and the processes make ranges of numbers that are put together in order.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from pickle import PicklingError
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import OutputError, OverrideError
from kombo_fakes.generation.runs import Run
from kombo_fakes.generation.settings import AllOptions, GenerationSettings
from kombo_fakes.generation.templates import BLOCK
from kombo_fakes.schema.schema import SchemaLike
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

if TYPE_CHECKING:
    from typing_extensions import Unpack

# The number of payloads that a process makes at a time takes some hundredths of a second.
_FILLED, _GENERATED = 16 * BLOCK, 256
_MOST_JOBS = 256


def ndjson(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    n: int | None = None,
    *,
    jobs: int = 1,
    **options: Unpack[AllOptions],
) -> Iterator[bytes]:
    r"""Make payloads as lines of JSON, the same ones that `generate` makes.

    Args:
        event_or_schema: As in `generate`.
        n: As in `generate`.
        jobs: The number of processes. Each is a Python of its own, so more than one pays for
            millions of payloads. A script that uses several has to guard its own start by
            ``if __name__ == "__main__"``.
        **options: The other arguments of `generate`.

    Returns:
        An iterator of bytes, each some whole lines in UTF-8. A line is a payload. With a fault, it
        is an object with ``fault``, ``pointer``, ``keyword`` and ``payload``.

    Raises:
        OverrideError: if there cannot be so many jobs.
        OutputError: from the iterator, if the temporary files of several jobs cannot be written.
        KomboFakesError: as `generate` does.

    Examples:
        >>> lines = b"".join(ndjson(n=3)).splitlines()
        >>> len(lines), lines[0][:7]
        (3, b'{"id":"')
        >>> b"".join(ndjson(n=3, part=(3, 3))) == lines[2] + b"\n"
        True
    """
    settings = GenerationSettings.from_arguments("ndjson", event_or_schema, n, options)
    return make_lines(settings, jobs)


def make_lines(settings: GenerationSettings, jobs: int = 1) -> Iterator[bytes]:
    """Make the payloads of settings as lines of JSON; see `ndjson`."""
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= _MOST_JOBS:
        raise OverrideError(
            f"jobs={shorten(jobs)}: the number of processes is an integer from 1 to {_MOST_JOBS}"
        )
    run = Run(settings)
    step = _FILLED if run.is_filled else _GENERATED
    # A single range would keep one process busy and let the others start for nothing.
    if jobs == 1 or run.stop - run.start <= step:
        return run.make_lines(run.start, run.stop)
    ranges = ((first, min(run.stop, first + step)) for first in range(run.start, run.stop, step))
    return _make_in_processes(settings, ranges, jobs)


def _make_in_processes(
    settings: GenerationSettings, ranges: Iterable[tuple[int, int]], jobs: int
) -> Iterator[bytes]:
    # Through files: a pipe between processes takes longer than making the lines.
    with TemporaryDirectory(prefix="kombo-fakes-") as directory:
        # A new Python instead of a fork, because a fork would copy the caller's locks as they are.
        pool = ProcessPoolExecutor(
            jobs,
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=(settings, directory),
        )
        pending: deque[Future[str]] = deque()
        try:
            for first, last in ranges:
                pending.append(_submit(pool, first, last, jobs))
                # Not all at once: files that nobody has read yet take up space.
                if len(pending) > 2 * jobs:
                    yield _collect(pending.popleft())
            while pending:
                yield _collect(pending.popleft())
        except BrokenProcessPool:
            raise OverrideError(
                f"jobs={jobs}: a process ended unexpectedly. It may have run out of memory. Each "
                "process also runs the script that started it, so the script has to guard its "
                "start by if __name__ == '__main__'"
            ) from None
        finally:
            # The caller can stop before the end, and then nobody needs what is pending.
            pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, first: int, last: int, jobs: int) -> Future[str]:
    try:
        return pool.submit(_write_range, first, last)
    except (PicklingError, TypeError, AttributeError) as error:
        raise OverrideError(
            f"jobs={jobs}: an argument cannot be passed to other processes: {error}"
        ) from None


def _collect(written: Future[str]) -> bytes:
    file = Path(written.result())
    lines = file.read_bytes()
    file.unlink()
    return lines


# -- in the other processes

_run: Run
_directory: Path


def _start_worker(settings: GenerationSettings, directory: str) -> None:
    global _run, _directory
    # Ctrl-C interrupts the process that the user started, and that one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _run, _directory = Run(settings), Path(directory)


def _write_range(first: int, last: int) -> str:
    file = _directory / str(first)
    try:
        with file.open("wb") as stream:
            stream.writelines(_run.make_lines(first, last))
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror}") from None
    return str(file)
