"""Reading JSON that comes from outside: strictly, and within bounds.

The standard library's parser takes ``NaN`` and turns ``1e999`` into infinity; neither is a
JSON value (RFC 8259, section 6), and neither can be written again.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar, cast

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError

Text = TypeVar("Text", bytes, bytearray)

MAX_BYTES = 256_000_000
"""The largest text that is read: a file, or a line where lines are texts of their own."""

COMPRESSED = (".gz", ".zst")
"""The endings of files that are unpacked as they are read, and packed as they are written."""

MAX_DEPTH = 200
"""Levels of nesting that are read; validators stop at about 255."""


def parse_json(text: str | bytes, name: str = "the text") -> Any:
    """Parse one JSON text.

    Args:
        text: The text, or its bytes in UTF-8; a byte order mark is refused (RFC 8259, 8.1).
        name: What to call it in an error message.

    Raises:
        DocumentError: if it is no JSON, with line and column, or is nested too deeply.

    Examples:
        >>> parse_json('{"a": 1}')
        {'a': 1}
        >>> parse_json("[NaN]", "x.json")
        Traceback (most recent call last):
        kombo_fakes.DocumentError: x.json: NaN is no JSON value
    """
    if isinstance(text, bytes):
        if text.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            raise DocumentError(f"{name}: begins with a byte order mark; JSON is UTF-8 without")
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DocumentError(f"{name}: not UTF-8 at byte {error.start}") from None
    if not text.strip(" \t\r\n"):
        raise DocumentError(f"{name}: empty, where a JSON text was expected")

    def constant(literal: str) -> NoReturn:
        raise DocumentError(f"{name}: {literal} is no JSON value")

    def real(literal: str) -> float:
        value = float(literal)
        if math.isinf(value):
            raise DocumentError(f"{name}: {shorten(literal)} is out of the range of numbers here")
        return value

    try:
        value = json.loads(text, parse_constant=constant, parse_float=real)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(f"{name}: no JSON at {at}: {error.msg}") from None
    except RecursionError:
        raise DocumentError(f"{name}: nested deeper than {MAX_DEPTH} levels") from None
    except DocumentError:
        raise
    except ValueError:
        # Python refuses to convert integers of more digits than this.
        digits = sys.get_int_max_str_digits()
        raise DocumentError(f"{name}: an integer of more than {digits:,} digits") from None
    if is_too_deep(value):
        raise DocumentError(f"{name}: nested deeper than {MAX_DEPTH} levels")
    return value


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a file, unpacked where it ends in .gz or .zst; standard input where the path is ``-``.

    Raises:
        DocumentError: if it can't be read, or has more than `MAX_BYTES` (unpacked), saying so in
            one line.
    """
    with _opened(path) as file, _explained(path):
        return check_size(file.read(MAX_BYTES + 1), path)


def read_lines(path: str | os.PathLike[str]) -> Iterator[bytes]:
    """Read lines, without the newlines, of what `read_bytes` reads; each is unpacked in its turn.

    Raises:
        DocumentError: as `read_bytes` does; so many bytes are allowed in each line.
    """
    with _opened(path) as file:
        while True:
            # Here and not around it all: who reads the lines has errors of its own.
            with _explained(path):
                line = check_size(file.readline(MAX_BYTES + 1), path)
            if not line:
                return
            yield line.removesuffix(b"\n")


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    if os.fspath(path) == "-":
        yield sys.stdin.buffer
        return
    with _explained(path):  # And nothing of what is done with it.
        file = Path(path).open("rb")  # noqa: SIM115
    with file:
        yield _unpacked(file, path)


def _unpacked(file: BinaryIO, path: str | os.PathLike[str]) -> BinaryIO:
    """A file, unpacked piece by piece: how much a small one holds shows only as it is read."""
    ending = Path(path).suffix.lower()
    if ending == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if ending != ".zst":
        return file
    try:
        import zstandard
    except ImportError:
        name = describe_path(path)
        raise DocumentError(
            f"{name}: .zst needs the package zstandard: pip install 'kombo-fakes[zstd]'"
        ) from None
    return cast(BinaryIO, io.BufferedReader(_Unzstd(file, zstandard)))


class _Unzstd(io.RawIOBase):
    """What a .zst file holds. zstandard's own reader takes the end of a piece for that of all."""

    # Of so many bytes come 8 MiB at most.
    _PIECE = 256

    def __init__(self, file: BinaryIO, zstandard: Any) -> None:
        self._file, self._zstandard = file, zstandard
        self._frame: Any = None
        self._packed = b""
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain:
            packed = self._packed or self._file.read(self._PIECE)
            if not packed:
                if self._frame is not None:
                    raise EOFError("it ends before its end")
                return 0
            if self._frame is None:
                self._frame = self._zstandard.ZstdDecompressor().decompressobj()
            try:
                self._plain = memoryview(self._frame.decompress(packed))
            except self._zstandard.ZstdError as error:
                raise zlib.error(str(error)) from None
            self._packed = b""
            if self._frame.eof:  # Several one after the other are one file.
                self._packed, self._frame = self._frame.unused_data, None
        size = min(len(buffer), len(self._plain))
        buffer[:size], self._plain = self._plain[:size], self._plain[size:]
        return size


@contextmanager
def _explained(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise DocumentError(f"{describe_path(path)}: no such file") from None
    except IsADirectoryError:
        raise DocumentError(
            f"{describe_path(path)}: is a directory; name the files in it"
        ) from None
    except DocumentError:
        raise
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DocumentError(f"{describe_path(path)}: can't be unpacked: {error}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DocumentError(f"{describe_path(path)}: can't be read: {reason}") from None


def check_size(data: Text, path: str | os.PathLike[str]) -> Text:
    """What was read, unless it is more than `MAX_BYTES`.

    Raises:
        DocumentError: if it is.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(
            f"{describe_path(path)}: larger than the {MAX_BYTES:,} bytes that are read"
        )
    return data


def describe_path(path: str | os.PathLike[str]) -> str:
    """A path as messages call it."""
    return "standard input" if os.fspath(path) == "-" else os.fspath(path)


def is_too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than `MAX_DEPTH` levels."""
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
