"""Print data without control characters, and messages in one line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO, TextIO, cast

from kombo_fakes.errors import KomboFakesError

_LONGEST = 2_000


def escape(text: str) -> str:
    r"""Replace characters that are not printable by escapes.

    So hostile input cannot move the cursor, set colours or reverse the text that follows.

    Examples:
        >>> escape("a\x1b[31mb\n")
        'a\\x1b[31mb\\n'
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def print_line(text: str) -> None:
    """Print one line of data to standard output."""
    _write_line(escape(text), _standard_output())


def print_message(text: str) -> None:
    """Print one line to standard error that begins with the name of the program."""
    if len(text) > _LONGEST:
        # A message may quote a file or a receiver, whose text can have any length.
        text = text[:_LONGEST] + "..."
    # Scripts and logs read errors line by line, and an error is one line.
    text = "; ".join(line for line in text.splitlines() if line.strip())
    if sys.stderr is None:
        return
    try:
        _write_line(f"kombo-fakes: {escape(text)}", sys.stderr)
        sys.stderr.flush()
    except OSError:
        pass  # Nobody can read the message.


def get_binary_output() -> BinaryIO:
    """Return standard output as a stream of bytes, because JSON is UTF-8 in every locale.

    Raises:
        KomboFakesError: if standard output is closed.
    """
    stream = _standard_output()
    # Text that was printed earlier has to come before the bytes, which go around its buffer.
    stream.flush()
    buffer: BinaryIO | None = getattr(stream, "buffer", None)
    # A stream that replaces standard output, such as io.StringIO, has no stream of bytes below it.
    return cast(BinaryIO, _Transcoded(stream)) if buffer is None else buffer


def open_output(name: str) -> AbstractContextManager[BinaryIO]:
    """Open a file for writing, or standard output if the name is ``-``.

    Raises:
        OutputError: if the file cannot be written.
    """
    from kombo_fakes.core.writer import open_for_writing
    from kombo_fakes.errors import OutputError

    if not name:
        raise OutputError("'': expected the name of a file, or - for standard output")
    return nullcontext(get_binary_output()) if name == "-" else open_for_writing(name)


def is_terminal(stream: TextIO | None) -> bool:
    """Return True if a person reads the stream."""
    return stream is not None and stream.isatty()


def is_terminal_narrow() -> bool:
    """Return True if the terminal has fewer than 100 columns, so tables need fewer columns."""
    return shutil.get_terminal_size().columns < 100


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> None:
    """Print rows as a table on a terminal, or else as lines with tabs between the cells.

    Args:
        columns: The titles of the columns. Only a terminal shows them.
        rows: The cells of each row.
        note: A line below the table. Only a terminal shows it.
    """
    stream = _standard_output()
    if not is_terminal(stream):
        for row in rows:
            _write_line("\t".join(map(escape, row)), stream)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    # Cells come from schemas of users, in which brackets are not the markup of Rich.
    console = Console(file=stream, highlight=False, markup=False)
    first_width = max((len(escape(row[0])) for row in rows), default=0)
    for number, column in enumerate(columns):
        # People copy ids from the first column, so it is not wrapped if there is room for it.
        is_whole = number == 0 and first_width <= console.width - 8 * (len(columns) - 1)
        grid.add_column(column, no_wrap=is_whole)
    for row in rows:
        # By default, Rich cuts a word that is too long, and an id that was cut cannot be copied.
        first, *rest = (Text(escape(cell), overflow="fold") for cell in row)
        first.stylize("cyan")
        grid.add_row(first, *rest)
    console.print(grid)
    if note:
        console.print(Text(note, style="dim"))


def _standard_output() -> TextIO:
    if sys.stdout is None:
        raise KomboFakesError("standard output: cannot be written: it is closed")
    return sys.stdout


def _write_line(line: str, stream: TextIO) -> None:
    # A character that the locale cannot encode becomes an escape.
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


class _Transcoded:
    """A stream of UTF-8 bytes on top of a stream that accepts strings only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        return self._stream.write(data.decode())

    def writelines(self, lines: Iterable[bytes]) -> None:
        self._stream.writelines(line.decode() for line in lines)

    def flush(self) -> None:
        self._stream.flush()
