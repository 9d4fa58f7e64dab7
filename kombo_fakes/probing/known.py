"""What is known to be wrong with a receiver, so that it fails no run and no test."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SkipError

GONE = "known, and not found any more: "


class Known:
    """Ids of findings or cases; ``*`` stands for anything.

    Args:
        skip: An id, or several.

    Raises:
        SkipError: if it is neither.

    Examples:
        >>> known = Known(["signature-*", "not-validatd"])
        >>> "signature-absent" in known, "leaks-secret" in known
        (True, False)
        >>> known.notes(["signature-absent"])
        ('known, and not found any more: not-validatd',)
    """

    def __init__(self, skip: str | Iterable[str] = ()) -> None:
        wrong = SkipError(f"skip={shorten(skip)} is neither an id nor a list of them")
        try:
            # A text is iterable, too: by its letters.
            patterns = (skip,) if isinstance(skip, str) else tuple(skip)
        except TypeError:
            raise wrong from None
        if not all(isinstance(pattern, str) for pattern in patterns):
            raise wrong
        self.patterns: tuple[str, ...] = tuple(dict.fromkeys(patterns))
        """What was given, without repetitions."""

    def __contains__(self, name: str) -> bool:
        return any(_fits(name, pattern) for pattern in self.patterns)

    def notes(self, found: Iterable[str]) -> tuple[str, ...]:
        """A note of what is known and wasn't found: it is mended, or its id is misspelt.

        Args:
            found: The ids of all that a whole run has found.
        """
        names = list(found)
        gone = [p for p in self.patterns if not any(_fits(name, p) for name in names)]
        return (GONE + ", ".join(sorted(gone)),) if gone else ()


def _fits(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)
