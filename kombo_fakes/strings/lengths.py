"""Look-aheads that only bound the length of a string, taken out of regular expressions."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from kombo_fakes.strings.syntax import Assertion, Character, Group, Look, Node, Repeat, Sequence


class Bounded(NamedTuple):
    """A tree, and the lengths of the strings that its expression allows."""

    root: Node
    least: int
    most: int | None


def take_lengths(root: Node) -> Bounded:
    r"""Take the lengths out of a tree whose expression begins as ``^(?=.{1,255}$)`` does.

    An automaton would have to count the characters beside all else that it does. Of the look-ahead
    remains which characters there may be.

    Examples:
        >>> from kombo_fakes.strings.reader import read_pattern
        >>> bounded = take_lengths(read_pattern(r"^(?=.{3,255}$)[a-z]+(\.[a-z]+)*$").root)
        >>> bounded.least, bounded.most
        (3, 255)
    """
    least, most = 0, None
    parts: list[Node] = []
    given = root.parts if isinstance(root, Sequence) else ()
    if not given or given[0] != Assertion("start"):
        return Bounded(root, 0, None)
    for number, part in enumerate(given):
        repeated = _find_repeated(part)
        if repeated is None:
            if number and not isinstance(part, Look):
                parts += given[number:]
                break
            parts.append(part)
            continue
        least = max(least, repeated.least)
        bounds = [bound for bound in (most, repeated.most) if bound is not None]
        most = min(bounds) if bounds else None
        free = replace(repeated, least=0, most=None)
        parts.append(Look(Sequence((free, Assertion("end"))), ahead=True, negative=False))
    return Bounded(Sequence(tuple(parts)), least, most)


def _find_repeated(node: Node) -> Repeat | None:
    """What a look-ahead repeats, if it is one character up to the end of the string."""
    if not isinstance(node, Look) or not node.ahead or node.negative:
        return None
    part = node.part.part if isinstance(node.part, Group) else node.part
    if not isinstance(part, Sequence) or len(part.parts) != 2:
        return None
    repeated, end = part.parts
    if end != Assertion("end") or not isinstance(repeated, Repeat):
        return None
    return repeated if isinstance(repeated.part, Character) else None
