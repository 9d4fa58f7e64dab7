"""JSON Pointers (RFC 6901), and dotted names, which are shorter to type.

A path is a tuple of object keys (``str``) and array indices (``int``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import PointerError

Path: TypeAlias = tuple[str | int, ...]

_ABSENT: Any = object()


def to_pointer(path: Sequence[str | int]) -> str:
    """Write a path as a JSON Pointer. The empty path, the whole document, is ``""``.

    Examples:
        >>> to_pointer(("data", "a/b", 0))
        '/data/a~1b/0'
    """
    # The tilde is first, or it would be escaped again in each `~1`.
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def parse_pointer(pointer: str) -> tuple[str, ...]:
    """Read a JSON Pointer (``/data/state``) or a dotted name (``data.state``).

    All parts are strings, since only a value tells whether ``0`` is a key or an index. Only a
    pointer can name a key that has a dot or a slash in it.

    Raises:
        PointerError: if it is not a string, if a ``~`` is not followed by 0 or 1, or if a dotted
            name has an empty part.

    Examples:
        >>> parse_pointer("/data/a~1b"), parse_pointer("data.state"), parse_pointer("")
        (('data', 'a/b'), ('data', 'state'), ())
    """
    if not isinstance(pointer, str):
        raise PointerError(
            f"{shorten(pointer)} is not a string; expected a JSON Pointer or a dotted name"
        )
    if pointer == "":
        return ()
    if not pointer.startswith("/"):
        parts = tuple(pointer.split("."))
        if "" in parts:
            raise PointerError(f"{shorten(pointer)} is neither a JSON Pointer nor a dotted name")
        return parts
    if re.search("~(?![01])", pointer):
        raise PointerError(
            f"{shorten(pointer)}: in a JSON Pointer a '~' must be followed by 0 or 1"
        )
    # RFC 6901, section 4: `~1` is first, so that `~01` stands for `~1` and not for a slash.
    return tuple(p.replace("~1", "/").replace("~0", "~") for p in pointer[1:].split("/"))


def to_dotted(path: Sequence[str | int]) -> str:
    """Write a path as a dotted name if `parse_pointer` can read it back, else as a pointer.

    Examples:
        >>> to_dotted(("data", "end_user")), to_dotted(("a.b",))
        ('data.end_user', '/a.b')
    """
    parts = [str(part) for part in path]
    if parts and all(p and "." not in p and "/" not in p for p in parts):
        return ".".join(parts)
    return to_pointer(path)


def is_index(part: str | int) -> bool:
    """Whether a part of a path can be an array index (RFC 6901, section 4).

    Examples:
        >>> is_index("10"), is_index("01"), is_index("-")
        (True, False, False)
    """
    # 18 digits are enough for any array, and Python converts so many.
    return re.fullmatch("0|[1-9][0-9]{0,17}", str(part)) is not None


def get(document: Any, path: Sequence[str | int]) -> Any:
    """The value at a path.

    Raises:
        PointerError: if the path leads nowhere in this document.

    Examples:
        >>> get({"a": [10, 20]}, ("a", 1))
        20
    """
    value = document
    for depth, part in enumerate(path):
        value = _step(value, part, path[: depth + 1])
    return value


def find(document: Any, path: Sequence[str | int], default: Any = None) -> Any:
    """The value at a path, or a default if the path leads nowhere.

    Examples:
        >>> find({"a": [10]}, ("a", 0)), find({"a": [10]}, ("a", 1)), find({}, ("a",), default=0)
        (10, None, 0)
    """
    try:
        return get(document, path)
    except PointerError:
        return default


def has(document: Any, path: Sequence[str | int]) -> bool:
    """Whether a path leads to a value, null included.

    Examples:
        >>> has({"a": None}, ("a",)), has({"a": None}, ("a", "b"))
        (True, False)
    """
    return find(document, path, default=_ABSENT) is not _ABSENT


def replace_at(document: Any, path: Sequence[str | int], value: Any) -> Any:
    """Copy a document with another value at a path. The original is not changed.

    Only what lies on the path is copied. A key that does not exist yet is added.

    Raises:
        PointerError: if the path leads nowhere, its last key aside.

    Examples:
        >>> replace_at({"a": {"b": 1}}, ("a", "b"), 2)
        {'a': {'b': 2}}
    """
    return _replace(document, path, 0, value)


def _replace(document: Any, path: Sequence[str | int], depth: int, value: Any) -> Any:
    if depth == len(path):
        return value
    head, so_far = path[depth], path[: depth + 1]
    if isinstance(document, dict) and len(so_far) == len(path):
        return {**document, str(head): value}
    key, held = _key(document, head, so_far), _step(document, head, so_far)
    copy = document.copy()
    copy[key] = _replace(held, path, depth + 1, value)
    return copy


def remove_at(document: Any, path: Sequence[str | int]) -> Any:
    """Copy a document without the key or item at a path. The original is not changed.

    Raises:
        PointerError: if the path leads nowhere, or is empty.

    Examples:
        >>> remove_at({"a": 1, "b": 2}, ("a",))
        {'b': 2}
    """
    if not path:
        raise PointerError("the whole document cannot be removed from itself")
    *parents, last = path
    parent = get(document, parents)
    key = _key(parent, last, path)
    # Where there is nothing to remove, this raises the error.
    _step(parent, last, path)
    if isinstance(parent, dict):
        return replace_at(document, parents, {k: v for k, v in parent.items() if k != key})
    return replace_at(document, parents, [v for i, v in enumerate(parent) if i != key])


def _key(value: Any, part: str | int, path: Sequence[str | int]) -> Any:
    if isinstance(value, dict):
        return str(part)
    if isinstance(value, list) and is_index(part):
        return int(part)
    raise PointerError(f"{to_pointer(path)!r} leads into {shorten(value)}, which has no such part")


def _step(value: Any, part: str | int, path: Sequence[str | int]) -> Any:
    key = _key(value, part, path)
    try:
        return value[key]
    except (KeyError, IndexError):
        raise PointerError(f"there is no value at {to_pointer(path)!r}") from None
