"""The findings that are known, so that they fail no run and no test."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SkipError


class Known:
    """The ids of findings or cases that are known; ``*`` stands for anything.

    Args:
        skip: An id, or several.

    Attributes:
        patterns: The ids, each once.

    Raises:
        SkipError: if it is neither.

    Examples:
        >>> known = Known(["signature-*", "not-validatd"])
        >>> "signature-absent" in known, "leaks-secret" in known
        (True, False)
        >>> known.not_among(["signature-absent"])
        ('not-validatd',)
    """

    def __init__(self, skip: str | Iterable[str] = ()) -> None:
        error = SkipError(
            f"skip={shorten(skip)} is not usable: give the id of a finding, or a list of ids"
        )
        try:
            # A string is iterable, too: by its characters.
            patterns = (skip,) if isinstance(skip, str) else tuple(skip)
        except TypeError:
            raise error from None
        if not all(isinstance(pattern, str) for pattern in patterns):
            raise error
        self.patterns: tuple[str, ...] = tuple(dict.fromkeys(patterns))

    def __contains__(self, name: str) -> bool:
        return any(_matches(name, pattern) for pattern in self.patterns)

    def not_among(self, found: Iterable[str]) -> tuple[str, ...]:
        """List the ids that fit nothing that was found: the bug is fixed, or the id is misspelt.

        Args:
            found: The ids of all that a whole run has found.
        """
        names = list(found)
        return tuple(p for p in self.patterns if not any(_matches(name, p) for name in names))


def _matches(name: str, pattern: str) -> bool:
    # An id with brackets in it does not match itself as a pattern.
    return name == pattern or fnmatchcase(name, pattern)
