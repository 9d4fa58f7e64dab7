"""What receivers in this process share: the body of an answer, its status, and exceptions.

They are called as a server would call them: with a time limit, and an uncaught exception is a 500.
An endless answer is not read to its end.
"""

from __future__ import annotations

import json
import traceback
from functools import lru_cache
from pathlib import Path
from sysconfig import get_paths
from typing import Any

from kombo_fakes.errors import ProbeError
from kombo_fakes.probing.model import Raised
from kombo_fakes.sequences.timeline import status_of

BASE_URL = "http://127.0.0.1/"
"""The URL at which an application in this process is assumed to be served."""

# These are the limits of the HTTP transport, too. So a receiver in this process is judged like a
# remote one.
_KEPT_BYTES = 1 << 16
_MOST_BYTES = 8 << 20


class ResponseBody:
    """The body of an answer. Only its beginning is kept.

    Examples:
        >>> body = ResponseBody()
        >>> body.add(b"ab")
        >>> body.kept, body.is_endless
        (b'ab', False)
    """

    def __init__(self) -> None:
        self._begin, self._length = bytearray(), 0

    @property
    def kept(self) -> bytes:
        """The first 64 KiB."""
        return bytes(self._begin)

    @property
    def is_endless(self) -> bool:
        """True once the body has more than 8 MiB, so that nobody should read on."""
        return self._length > _MOST_BYTES

    def add(self, part: bytes) -> None:
        """Add the next part of the body."""
        self._length += len(part)
        self._begin += part[: max(0, _KEPT_BYTES - len(self._begin))]


def read_status(answer: Any) -> int:
    """Read the HTTP status from the value that a callable has returned.

    Args:
        answer: An int, or a response that has ``status_code`` or ``status``.

    Raises:
        ProbeError: if there is no status in it.
    """
    try:
        return status_of(answer)
    except TypeError:
        what = "None" if answer is None else f"a value of type {type(answer).__name__}"
        raise ProbeError(
            f"the receiver returned {what}; it has to return a status: an int, or a response that "
            "has status_code or status"
        ) from None


def no_url_to_observe() -> ProbeError:
    """Make the error for a callable that should be observed by a URL."""
    return ProbeError(
        "a callable cannot be observed by a URL: give observe= a callable that takes the id of an "
        "integration"
    )


def locate_exception(error: BaseException) -> Raised:
    """Find the line of the application that raised an exception.

    Args:
        error: The exception, with its traceback.

    Returns:
        What was raised, and where: ``KeyError('id')`` and ``app.py:12``.
    """
    inner: tuple[BaseException, ...]
    while len(inner := getattr(error, "exceptions", ())) == 1:  # An exception group of one.
        (error,) = inner
    try:
        what = repr(error)[:_KEPT_BYTES]
    except Exception:
        # The __repr__ of the application's own exception may raise, too.
        what = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return Raised(what)
    # The bug is most likely in the innermost frame that is not in a library.
    own = [frame for frame in frames if not _is_library(frame.filename)]
    frame = (own or frames)[-1]
    return Raised(what, f"{_shorten_path(frame.filename)}:{frame.lineno}")


def _is_library(file: str) -> bool:
    path = Path(file)
    return (
        not {"site-packages", "dist-packages"}.isdisjoint(path.parts)
        or file.startswith("<frozen ")
        or any(path.is_relative_to(folder) for folder in _library_folders())
    )


@lru_cache(maxsize=1)
def _library_folders() -> tuple[Path, ...]:
    # The frames of the probe are in every traceback, and are never where the bug is.
    kombo_fakes = Path(__file__).parents[2]
    # If the standard library is in a zip file or a virtual environment, `json` is found there.
    places = (get_paths()["stdlib"], get_paths()["platstdlib"], Path(json.__file__).parents[1])
    return (kombo_fakes, *(Path(place) for place in places))


def _shorten_path(file: str) -> str:
    """Shorten the path of a file to one relative to the working directory, if it is below it."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file
