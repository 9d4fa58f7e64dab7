"""Automata for a part of the strings that match, where all of them are too many."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial, reduce
from itertools import islice, product
from operator import or_

from kombo_fakes.strings.automaton import NOTHING, Automaton, TooComplexError
from kombo_fakes.strings.characters import Characters
from kombo_fakes.strings.compiler import compile_tree
from kombo_fakes.strings.reader import read_pattern
from kombo_fakes.strings.syntax import (
    Assertion,
    Character,
    Choice,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
    Sequence,
    walk,
)
from kombo_fakes.strings.words import Words

_WORDS = 6
"""How many strings of a group are tried for a back-reference."""
_COMBINATIONS = 24
_OPTIONAL = (64, 4)
"""How often a part is repeated at most beyond the number of times that it has to be."""


def approximate_pattern(source: str) -> Automaton:
    r"""An automaton for some of the strings in which a regular expression finds a match.

    Where a back-reference follows a group, the group has one of a few strings. Long repetitions
    end earlier.

    Raises:
        SchemaError: if it is not a regular expression.
        TooComplexError: if even this is too large.

    Examples:
        >>> quoted = approximate_pattern(r"^(['|]).*\1$")
        >>> quoted.accepts("|a|"), quoted.accepts("|a'")
        (True, False)
    """
    found = _try_to_approximate(source)
    if isinstance(found, TooComplexError):
        raise found.with_traceback(None)
    return found


@lru_cache(maxsize=256)
def _try_to_approximate(source: str) -> Automaton | TooComplexError:
    root = read_pattern(source).root
    referenced = {node.number for node in walk(root) if isinstance(node, Reference)}
    groups = {
        node.number: node
        for node in walk(root)
        if isinstance(node, Group) and node.number in referenced
    }
    if any(isinstance(inner, Reference) for node in groups.values() for inner in walk(node.part)):
        return TooComplexError("a back-reference within a group that is referred to")
    choices = [[(number, word) for word in _list_words(node)] for number, node in groups.items()]
    for most in _OPTIONAL:
        combinations = islice(product(*choices), _COMBINATIONS)
        trees = [_shorten(_replace(root, dict(words)), most) for words in combinations]
        with suppress(TooComplexError):
            return reduce(or_, map(compile_tree, trees), NOTHING)
    return TooComplexError("too many repetitions, or too many ways to match")


def _list_words(group: Group) -> list[str]:
    """Some short strings of a group."""
    anchored = compile_tree(Sequence((Assertion("start"), group.part, Assertion("end"))))
    words = Words(anchored, most=100)
    made = []
    for length in words.lengths[:3]:
        for index in range(_WORDS):
            made.append(words.make(length, partial(_choose, index)))
    return list(dict.fromkeys(made))[:_WORDS]


def _choose(index: int, count: int) -> int:
    return min(index, count - 1)


def _replace(node: Node, words: dict[int, str]) -> Node:
    """The tree with a fixed string for each group that is referred to, and for its references."""
    if isinstance(node, (Group, Reference)) and node.number in words:
        return Sequence(tuple(Character(Characters.of(c)) for c in words[node.number]))
    return _rebuild(node, lambda part: _replace(part, words))


def _shorten(node: Node, optional: int) -> Node:
    """The tree with repetitions that end earlier."""
    if isinstance(node, Repeat) and (node.most is None or node.most - node.least > optional):
        return Repeat(_shorten(node.part, optional), node.least, node.least + optional)
    return _rebuild(node, lambda part: _shorten(part, optional))


def _rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    match node:
        case Sequence(parts):
            return Sequence(tuple(map(change, parts)))
        case Choice(branches):
            return Choice(tuple(map(change, branches)))
        case Repeat(part, least, most):
            return Repeat(change(part), least, most)
        case Group(number, part):
            return Group(number, change(part))
        case Look(part, ahead, negative):
            return Look(change(part), ahead, negative)
    return node
