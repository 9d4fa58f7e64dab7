"""Parts of error messages: suggestions of names, and values as short, printable lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from kombo_fakes.errors import UnknownNameError

_LISTED = 20
"""The most known names that a message lists."""

_COMMANDS = {
    "event": "kombo-fakes events",
    "fault": "kombo-fakes faults",
    "wire fault": "kombo-fakes faults --wire",
}
"""The commands that list all names of a kind."""


def unknown_name_error(
    kind: str, name: str, known: Iterable[str], *, where: str = ""
) -> UnknownNameError:
    """Make the error for a name that does not exist; it suggests the nearest one that does.

    Args:
        kind: What the name should have been: ``"event"``, ``"fault"``, ...
        name: What was given.
        known: The names that exist.
        where: An addition such as ``" in /data"``, put after the name.

    Examples:
        >>> print(unknown_name_error("colour", "gren", ["red", "green"]))
        unknown colour 'gren'; did you mean 'green'?
        >>> print(unknown_name_error("colour", "x", ["red", "green"], where=" in the table"))
        unknown colour 'x' in the table; expected one of: green, red
    """
    name, known = str(name), set(known)  # Callers may give anything.
    message = f"unknown {kind} {shorten(name)}{where}; {suggest(name, known)}"
    if kind in _COMMANDS and len(known) > _LISTED and find_nearest(name, sorted(known)) is None:
        message += f"; `{_COMMANDS[kind]}` lists them all"
    return UnknownNameError(message)


def unknown_pattern_error(
    kind: str, pattern: str, known: Iterable[str], *, where: str = ""
) -> UnknownNameError:
    """Make the error for a pattern that matches no name; see `unknown_name_error`.

    Examples:
        >>> print(unknown_pattern_error("fault", "id-type", ["id-type-null", "id-type-number"]))
        unknown fault 'id-type'; did you mean 'id-type-*'?
    """
    names = sorted(set(known))
    if pattern and any(name.startswith(f"{pattern}-") for name in names):
        names = [f"{pattern}-*"]
    return unknown_name_error(kind, pattern, names, where=where)


def suggest(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name, or list the known names.

    Examples:
        >>> suggest("gren", ["red", "green"])
        "did you mean 'green'?"
    """
    names = sorted(set(known))
    near = find_nearest(name, names)
    if near is not None:
        return f"did you mean {near!r}?"
    if not names:
        return "none is defined"
    shown = [name or "'' (the root)" for name in names]
    if len(names) <= _LISTED:
        return "expected one of: " + ", ".join(shown)
    return f"there are {len(names)}, for example {', '.join(shown[:3])}"


def pluralize(number: int, one: str, many: str = "") -> str:
    """Join a number and the word for what is counted.

    Examples:
        >>> pluralize(1, "case"), pluralize(1_200, "case")
        ('1 case', '1,200 cases')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the known name that a misspelt one most likely means; None if there is none.

    Examples:
        >>> find_nearest("data.stat", ["data.state", "data.qa_status"])
        'data.state'
    """
    candidates = list(known)
    # difflib takes letters that differ in case for different ones.
    folded = {candidate.casefold(): candidate for candidate in candidates}
    if name.casefold() in folded:
        return folded[name.casefold()]
    # No name is longer than this, and difflib takes quadratic time.
    matches = difflib.get_close_matches(name[:200], candidates, n=1, cutoff=0.6)
    if matches:
        return matches[0]
    # The last part of a name is often all that is given. With two such names it would be a guess.
    endings = [c for c in candidates if name and c.endswith((f".{name}", f"/{name}"))]
    return endings[0] if len(endings) == 1 else None


def shorten(value: object, limit: int = 60) -> str:
    """Write a value as one short, printable line, however large or hostile it is.

    Examples:
        >>> shorten("a" * 1000, limit=12)
        "'aaaaa...' (1,000 characters)"
        >>> shorten({"a": [1, 2]})
        "{'a': [1, 2]}"
        >>> shorten(["x"] * 1000)
        'an array of 1,000 items'
    """
    if isinstance(value, str):
        return _shorten_string(value, limit)
    if isinstance(value, (list, tuple)):
        text = _repr(value) if len(value) <= 8 and _is_flat(value) else ""
        return text if 0 < len(text) <= limit else f"an array of {pluralize(len(value), 'item')}"
    if isinstance(value, dict):
        text = _repr(value) if len(value) <= 4 and _is_small(value) else ""
        if 0 < len(text) <= limit:
            return text
        return f"an object of {pluralize(len(value), 'property', 'properties')}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    # Python writes no integer of more than 4,300 digits, and nobody reads one of sixty.
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length():,} bits"
    text = _repr(value) or f"a {type(value).__name__}"
    return text if len(text) <= limit else text[:limit] + "..."


def _shorten_string(text: str, limit: int) -> str:
    # An escape can be ten times as long as its character.
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
    """The value as one printable line; empty if it has no working `repr`."""
    try:
        text = repr(value)
    except Exception:
        # It is of a class of the caller's, or an integer of more digits than Python converts.
        return ""
    # The `repr` of a foreign class can hold newlines or escape sequences of terminals.
    return text if text.isprintable() else repr(text)[1:-1]
