"""Reads JSON that comes from outside: strictly, and within bounds.

The parser of the standard library accepts ``NaN`` and turns ``1e999`` into infinity. Neither is a
JSON value (RFC 8259, section 6), and neither can be written again.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from kombo_fakes.core.compression import (
    CompressionError,
    decompress_stream,
    decompression_errors,
)
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError

Data = TypeVar("Data", bytes, bytearray)

MAX_BYTES = 256_000_000
"""The most bytes that are read of a file, or of a line where each line is a JSON text."""

MAX_DEPTH = 200
"""The most levels of nesting that are read. Validators stop at about 255."""


def parse_json(text: str | bytes, name: str = "the string") -> Any:
    """Parse one JSON text.

    Args:
        text: The text, or its bytes in UTF-8 without a byte order mark (RFC 8259, section 8.1).
        name: What error messages call it.

    Raises:
        DocumentError: if it is not JSON (the message has line and column), or is nested deeper
            than `MAX_DEPTH` levels.

    Examples:
        >>> parse_json('{"a": 1}')
        {'a': 1}
        >>> parse_json("[NaN]", "x.json")
        Traceback (most recent call last):
        kombo_fakes.DocumentError: x.json: NaN is not a JSON value
    """
    if isinstance(text, bytes):
        if text.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            raise DocumentError(f"{name}: begins with a byte order mark; JSON is UTF-8 without one")
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DocumentError(f"{name}: invalid UTF-8 at byte {error.start}") from None
    # JSON has only these four characters as white space (RFC 8259, section 2).
    if not text.strip(" \t\r\n"):
        raise DocumentError(f"{name}: is empty; expected JSON")

    def reject_constant(literal: str) -> NoReturn:
        raise DocumentError(f"{name}: {literal} is not a JSON value")

    def parse_float(literal: str) -> float:
        value = float(literal)
        if math.isinf(value):
            raise DocumentError(
                f"{name}: the number {shorten(literal)} is beyond the range of 64-bit floats"
            )
        return value

    try:
        value = json.loads(text, parse_constant=reject_constant, parse_float=parse_float)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(f"{name}: invalid JSON at {at}: {error.msg}") from None
    # The parser of the standard library calls itself for each level.
    except RecursionError:
        raise DocumentError(f"{name}: nested deeper than {MAX_DEPTH} levels") from None
    # A DocumentError is a ValueError, which would be caught below.
    except DocumentError:
        raise
    except ValueError:
        # Python does not convert integers of more digits than this.
        digits = sys.get_int_max_str_digits()
        raise DocumentError(f"{name}: an integer has more than {digits:,} digits") from None
    if is_too_deep(value):
        raise DocumentError(f"{name}: nested deeper than {MAX_DEPTH} levels")
    return value


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a file, decompressed if it ends with .gz or .zst; standard input if it is ``-``.

    Raises:
        DocumentError: if it cannot be read or decompressed, or has more than `MAX_BYTES` bytes
            after decompression.
    """
    with _open(path) as file, _document_errors(path):
        # One byte more shows that there is more, without a look at the size of what is compressed.
        return check_size(file.read(MAX_BYTES + 1), path)


def read_lines(path: str | os.PathLike[str]) -> Iterator[bytes]:
    """Read the lines of a file, without their newlines, one at a time.

    Args:
        path: As `read_bytes` accepts it.

    Raises:
        DocumentError: as `read_bytes` does; the bound holds for each line.
    """
    with _open(path) as file:
        while True:
            # Not around the loop: errors of whoever reads the lines are not about the file.
            with _document_errors(path):
                line = check_size(file.readline(MAX_BYTES + 1), path)
            if not line:
                return
            yield line.removesuffix(b"\n")


@contextmanager
def _open(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    if os.fspath(path) == "-":
        # None in a process that was started without it, for example by `<&-` in a shell.
        if sys.stdin is None:
            raise DocumentError(f"{describe_path(path)}: cannot be read: it is closed")
        yield sys.stdin.buffer
        return
    # Not around the yield, for the same reason.
    with _document_errors(path):
        file = Path(path).open("rb")  # noqa: SIM115
    with file:
        with _document_errors(path):
            stream = decompress_stream(file, path)
        yield stream


@contextmanager
def _document_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what goes wrong with a file into a `DocumentError`."""
    name = describe_path(path)
    try:
        yield
    except FileNotFoundError:
        raise DocumentError(f"{name}: no such file") from None
    except IsADirectoryError:
        raise DocumentError(f"{name}: is a directory; expected a file") from None
    # A DocumentError is a ValueError, which would be reported as one of reading.
    except DocumentError:
        raise
    except CompressionError as error:
        raise DocumentError(f"{name}: {error}") from None
    except decompression_errors() as error:
        raise DocumentError(f"{name}: cannot be decompressed: {error}") from None
    except (OSError, ValueError) as error:
        # A path with a NUL raises a ValueError, which has no `strerror`.
        reason = getattr(error, "strerror", None) or error
        raise DocumentError(f"{name}: cannot be read: {reason}") from None


def check_size(data: Data, path: str | os.PathLike[str]) -> Data:
    """Return what was read.

    Raises:
        DocumentError: if it is more than `MAX_BYTES` bytes.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(
            f"{describe_path(path)}: larger than {MAX_BYTES:,} bytes, the most that is read"
        )
    return data


def describe_path(path: str | os.PathLike[str]) -> str:
    """What messages call a path.

    Examples:
        >>> describe_path("-"), describe_path("a.json")
        ('standard input', 'a.json')
    """
    return "standard input" if os.fspath(path) == "-" else os.fspath(path)


def is_too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than `MAX_DEPTH` levels."""
    # A function that calls itself would reach Python's limit in a value that is too deep.
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = [item for item in below if isinstance(item, (dict, list))]
        if not level:
            return False
    return True
