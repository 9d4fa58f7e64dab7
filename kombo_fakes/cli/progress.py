"""Progress bars on standard error, for a person who waits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kombo_fakes.cli.terminal import is_terminal

if TYPE_CHECKING:
    from kombo_fakes.probing.engine.run_events import Subscriber


def is_watched() -> bool:
    """Return True if a person watches standard error."""
    return is_terminal(sys.stderr)


@contextmanager
def show_bar(name: str, total: int, *, least: int = 2) -> Iterator[Callable[[int], None]]:
    """Show a progress bar while the block runs, if a person watches.

    Args:
        name: What is counted, in the plural.
        total: How many there will be.
        least: The least total for which a bar is worth showing.

    Yields:
        A function that moves the bar forward by a number.
    """
    if total < least or not is_watched():
        yield lambda number: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,}"),
        Rate(),
        TimeRemainingColumn(),
    )
    # Standard output belongs to the data.
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(name, total=total)
        # An update costs more than a payload: 200 of them are enough for a bar.
        step = max(1, total // 200)
        waiting = 0

        def advance(number: int) -> None:
            nonlocal waiting
            waiting += number
            if waiting >= step:
                bar.advance(task, waiting)
                waiting = 0

        yield advance


@contextmanager
def show_phases() -> Iterator[list[Subscriber]]:
    """Show the phases of a probe while the block runs, if a person watches.

    Yields:
        The subscribers to the probe that move the bar.
    """
    if not is_watched():
        yield []
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from kombo_fakes.probing.engine.run_events import report_progress_to

    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(phase: str, done: int, of: int) -> None:
            bar.update(task, description=phase, completed=done, total=of)

        yield [report_progress_to(show)]
