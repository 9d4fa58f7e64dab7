"""Parts of error messages: the nearest known name, and values as short, printable lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from kombo_fakes.errors import UnknownNameError


def unknown_name_error(
    kind: str, name: str, known: Iterable[str], *, where: str = ""
) -> UnknownNameError:
    """Make the error for a name that doesn't exist, with the nearest one that does.

    Args:
        kind: What the name should have been: ``"event"``, ``"fault"``, ...
        name: What was given.
        known: The names that exist.
        where: An addition such as ``" in /data"``, put behind the name.

    Examples:
        >>> print(unknown_name_error("style", "intended", ["indented", "compact"]))
        unknown style 'intended'; did you mean 'indented'?
        >>> print(unknown_name_error("style", "x", ["indented", "compact"]))
        unknown style 'x'; there are: compact, indented
    """
    names = sorted(set(known))
    name = str(name)  # What callers give may be anything.
    near = find_nearest(name, names)
    if near is not None:
        hint = f"did you mean {near!r}?"
    elif not names:
        hint = "there is none"
    elif len(names) <= 12:
        hint = "there are: " + ", ".join(names)
    else:
        hint = f"there are {len(names)}, such as {', '.join(names[:3])}"
    return UnknownNameError(f"unknown {kind} {shorten(name)}{where}; {hint}")


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one most likely means, or None.

    Examples:
        >>> find_nearest("data.stat", ["data.state", "data.qa_status"])
        'data.state'
    """
    candidates = list(known)
    folded = {candidate.casefold(): candidate for candidate in candidates}
    if name.casefold() in folded:
        return folded[name.casefold()]
    # Long input would make difflib quadratic for nothing: no name here is that long.
    matches = difflib.get_close_matches(name[:200], candidates, n=1, cutoff=0.6)
    if matches:
        return matches[0]
    endings = [c for c in candidates if name and c.endswith((f".{name}", f"/{name}"))]
    return endings[0] if len(endings) == 1 else None


def shorten(value: object, limit: int = 60) -> str:
    """A value as one short, printable line, however large or hostile it is.

    Examples:
        >>> shorten("a" * 1000, limit=12)
        "'aaaaa...' (1,000 characters)"
        >>> shorten({"a": [1, 2]})
        "{'a': [1, 2]}"
        >>> shorten(["x"] * 1000)
        'an array of 1,000 items'
    """
    if isinstance(value, str):
        return _shortened_text(value, limit)
    if isinstance(value, (list, tuple)):
        text = _repr(value) if len(value) <= 8 and _is_flat(value) else ""
        return text if 0 < len(text) <= limit else f"an array of {len(value):,} items"
    if isinstance(value, dict):
        text = _repr(value) if len(value) <= 4 and _is_small(value) else ""
        return text if 0 < len(text) <= limit else f"an object of {len(value):,} properties"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length():,} bits"
    text = _repr(value) or f"a {type(value).__name__}"
    return text if len(text) <= limit else text[:limit] + "..."


def _shortened_text(text: str, limit: int) -> str:
    # Escapes can make a letter ten times as long.
    whole = _repr(text) if len(text) <= limit else ""
    if 0 < len(whole) <= 2 * limit:
        return whole
    start = text[: limit - 7]
    while len(_repr(start)) > 2 * limit:
        start = start[: len(start) // 2]
    return f"{_repr(start + '...')} ({len(text):,} characters)"


def _is_flat(value: list[object] | tuple[object, ...]) -> bool:
    return all(not isinstance(v, (list, dict)) and 0 < len(_repr(v)) < 60 for v in value)


def _is_small(value: dict[object, object]) -> bool:
    return all(
        isinstance(key, str)
        and len(key) < 40
        and (not isinstance(v, dict) and (not isinstance(v, list) or (len(v) < 5 and _is_flat(v))))
        for key, v in value.items()
    )


def _repr(value: object) -> str:
    """The value as one printable line; empty where it can't say what it is."""
    try:
        text = repr(value)
    except Exception:
        # A class of the caller's, or an integer of more digits than Python converts.
        return ""
    return text if text.isprintable() else repr(text)[1:-1]
