"""Where `generate` writes its payloads: standard output, a file, or a directory of files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import rich_click as click

from kombo_fakes.cli.payload_options import count_payloads
from kombo_fakes.cli.progress import is_watched, show_bar
from kombo_fakes.cli.terminal import get_binary_output, is_terminal, print_message

if TYPE_CHECKING:
    from kombo_fakes.core.writer import Format
    from kombo_fakes.generation.made import Made
    from kombo_fakes.generation.settings import GenerationSettings

_MANY = 2_000
"""The least number of payloads that takes long enough for a progress bar."""


def write_payloads(
    settings: GenerationSettings, jobs: int, format_: Format | None, out: str | None
) -> None:
    """Make payloads and write them.

    Args:
        settings: What payloads to make.
        jobs: How many processes make them.
        format_: What ``--format`` says; None if the command line does not say.
        out: What ``--out`` says.

    Raises:
        UsageError: if the format, the output and the other options do not go together.
        OutputError: if the output cannot be written.
        KomboFakesError: as `generate` does.
    """
    from kombo_fakes.core.writer import choose_format, is_directory, open_for_writing

    part = settings.part
    if out is None or out == "-":
        chosen = format_ or "json"
        _check_lines(jobs, part, chosen)
        # On a terminal the payloads themselves show the progress.
        is_bar_shown = not is_terminal(sys.stdout)
        _write_stream(get_binary_output(), settings, jobs, chosen, is_bar_shown=is_bar_shown)
        return
    # A variable of a shell that is not set gives an empty name.
    if not out:
        raise click.UsageError("--out '': expected the name of a file or a directory")
    if is_directory(out):
        _check_lines(jobs, (1, 1), "json")
        if format_ == "ndjson":
            raise click.UsageError(
                f"--out {out}: a directory holds .json files; for ndjson write a file, such as "
                f"{out.rstrip('/')}.ndjson"
            )
        _write_files(out, settings)
        return
    chosen = choose_format(out, format_)
    _check_lines(jobs, part, chosen)
    with open_for_writing(out) as stream:
        _write_stream(stream, settings, jobs, chosen, is_bar_shown=True)


def _check_lines(jobs: int, part: tuple[int, int], chosen: Format) -> None:
    """Raise if an option needs one payload per line, but the format is another."""
    if part != (1, 1) and chosen != "ndjson":
        number, parts = part
        raise click.UsageError(
            f"--part {number}/{parts}: parts of an array cannot be joined; add --format ndjson"
        )
    if jobs > 1 and chosen != "ndjson":
        raise click.UsageError(
            f"--jobs {jobs}: several processes can only make lines; add --format ndjson"
        )


def _write_files(directory: str, settings: GenerationSettings) -> None:
    from kombo_fakes.core.writer import find_earlier_files, write_directory
    from kombo_fakes.generation.made import make_file_label
    from kombo_fakes.generation.runs import make_payloads

    names: list[str] = []
    with show_bar("payloads", count_payloads(settings), least=_MANY) as advance:

        def files() -> Iterator[tuple[str, Any, dict[str, Any]]]:
            for made in _watch(make_payloads(settings), advance):
                names.append(f"{made.stem}.json")
                yield names[-1], made.payload, _describe(made, settings)

        number = write_directory(directory, make_file_label(settings.schema), files())
    if is_watched():
        print_message(f"wrote {number:,} payloads into {directory}")
    # Without the whole, files of the other parts would look like those of an earlier call.
    earlier = find_earlier_files(directory, names) if settings.part == (1, 1) else []
    if earlier:
        listed = ", ".join(earlier[:3]) + (", ..." if len(earlier) > 3 else "")
        count = "a file" if len(earlier) == 1 else f"{len(earlier):,} files"
        print_message(f"note: {directory}: still has {count} of an earlier call: {listed}")


def _write_stream(
    stream: BinaryIO, settings: GenerationSettings, jobs: int, chosen: Format, *, is_bar_shown: bool
) -> None:
    from kombo_fakes.core.writer import write_json
    from kombo_fakes.generation.ndjson import make_lines
    from kombo_fakes.generation.runs import make_payloads

    total = count_payloads(settings) if is_bar_shown else 0
    with show_bar("payloads", total, least=_MANY) as advance:
        if chosen == "json":
            made = _watch(make_payloads(settings), advance)
            write_json(stream, (one.payload for one in made))
            return
        for lines in make_lines(settings, jobs):
            stream.write(lines)
            advance(lines.count(b"\n"))


def _watch(payloads: Iterator[Made[Any]], advance: Callable[[int], None]) -> Iterator[Made[Any]]:
    for made in payloads:
        yield made
        advance(1)


def _describe(made: Made[Any], settings: GenerationSettings) -> dict[str, Any]:
    """Return the entry of a file in the manifest, without its name."""
    entry: dict[str, Any] = {"values": settings.values, "seed": settings.seed}
    if made.fault is not None:
        entry["fault"] = made.fault.id
        entry["pointer"] = made.fault.pointer
        entry["keyword"] = made.fault.keyword
        entry["description"] = made.fault.description
    elif made.corner is not None:
        entry["description"] = made.corner.description
    return entry
