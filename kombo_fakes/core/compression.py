"""Compresses and decompresses streams of files whose names end with .gz or .zst.

Zstandard is in the standard library from Python 3.14 on. For older Pythons the package
``backports.zstd`` has the same interface; it comes with ``pip install 'kombo-fakes[zstd]'``.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    import os

COMPRESSED = (".gz", ".zst")
"""The endings of compressed files, in lower case."""

ZSTD_MODULE = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"

# Higher levels take much longer and save little.
_GZIP_LEVEL, _ZSTD_LEVEL = 6, 3


class CompressionError(Exception):
    """A file cannot be compressed or decompressed; callers turn it into an error of their own."""


def find_compression(path: str | os.PathLike[str]) -> str:
    """Find the ending that says how a file is compressed, in lower case; empty if it is not.

    Examples:
        >>> find_compression("payloads.ndjson.GZ"), find_compression("payloads.json")
        ('.gz', '')
    """
    ending = Path(path).suffix.lower()
    return ending if ending in COMPRESSED else ""


def strip_compression(path: str | os.PathLike[str]) -> Path:
    """Remove the ending of a compression from a path.

    Examples:
        >>> strip_compression("payloads.ndjson.gz").name
        'payloads.ndjson'
    """
    return Path(path).with_suffix("") if find_compression(path) else Path(path)


def decompress_stream(stream: BinaryIO, path: str | os.PathLike[str]) -> BinaryIO:
    """Put a decompressor before a stream, if the ending of a path asks for one.

    Only what is read is decompressed, so a small file that holds terabytes does not fill memory.

    Args:
        stream: The opened file.
        path: Its path; the ending decides.

    Raises:
        CompressionError: if the package for .zst is not installed.
    """
    match find_compression(path):
        case ".gz":
            return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
        case ".zst":
            return cast("BinaryIO", _import_zstd().ZstdFile(stream))
    return stream


def compressor_for(
    path: str | os.PathLike[str],
) -> Callable[[BinaryIO], AbstractContextManager[BinaryIO]]:
    """Make a function that puts a compressor before a stream, if the ending of a path asks for one.

    The same bytes are always compressed to the same bytes: without a name or a time, in one thread.

    Raises:
        CompressionError: if the package for .zst is not installed.
    """
    match find_compression(path):
        case ".gz":
            return lambda stream: cast(
                "AbstractContextManager[BinaryIO]",
                gzip.GzipFile("", "wb", compresslevel=_GZIP_LEVEL, fileobj=stream, mtime=0),
            )
        case ".zst":
            zstd = _import_zstd()
            options = {
                zstd.CompressionParameter.compression_level: _ZSTD_LEVEL,
                # Gzip always has a checksum. Zstandard has one on request, and damage has to be
                # noticed.
                zstd.CompressionParameter.checksum_flag: 1,
            }
            return lambda stream: cast(
                "AbstractContextManager[BinaryIO]", zstd.ZstdFile(stream, "wb", options=options)
            )
    return nullcontext


def decompression_errors() -> tuple[type[Exception], ...]:
    """List what reading a damaged file raises."""
    # A file that is cut off raises an EOFError, and a damaged one the others.
    errors = (EOFError, zlib.error, gzip.BadGzipFile)
    try:
        return (*errors, _import_zstd().ZstdError)
    except CompressionError:
        return errors


def _import_zstd() -> Any:
    try:
        return import_module(ZSTD_MODULE)
    except ImportError:
        raise CompressionError(
            ".zst files need the package backports.zstd: pip install 'kombo-fakes[zstd]'"
        ) from None
