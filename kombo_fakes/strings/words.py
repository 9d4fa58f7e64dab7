"""The strings of an automaton, by their lengths."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property, reduce
from itertools import cycle
from operator import or_
from typing import TypeAlias

from kombo_fakes.strings.automaton import DEAD, Automaton
from kombo_fakes.strings.characters import ANY, Characters

LONGEST = 20_000
"""Longer strings are not made of single characters."""

_MANY = 16
"""From so many edges between states of the same distance on, they are followed together."""


class Words:
    """The strings that an automaton accepts, with characters of an alphabet and lengths in bounds.

    A string is made without trying: at each character only those are offered from which a string
    of the wanted length can still end.

    Args:
        automaton: What accepts the strings.
        least: The least number of characters.
        most: The greatest one; None for no bound.
        alphabet: The characters that strings may have; all of Unicode by default.

    Examples:
        >>> from kombo_fakes.strings.compiler import compile_pattern
        >>> words = Words(compile_pattern("^(ab|c)+$"), least=2, most=4)
        >>> words.lengths, words.make(3, lambda count: 0), words.shortest
        (range(2, 5), 'abc', 'ab')
    """

    def __init__(
        self,
        automaton: Automaton,
        least: int = 0,
        most: int | None = None,
        alphabet: Characters = ANY,
    ) -> None:
        self.automaton = automaton
        self._least = least
        self._most = LONGEST if most is None else min(most, LONGEST)
        merge = _EdgeMerger(automaton.parts, alphabet)
        self._edges = [merge(row) for row in automaton.rows]
        self._choices: dict[tuple[int, int], _Offer] = {}

    @cached_property
    def _alive(self) -> _Alive:
        return _Alive(self.automaton, [[t for t, _ in edges] for edges in self._edges])

    @cached_property
    def lengths(self) -> range | tuple[int, ...]:
        """The lengths that strings have, in ascending order."""
        if self.automaton.is_empty or self._least > self._most:
            return ()
        return self._alive.find_lengths(self.automaton.start, self._least, self._most)

    @property
    def is_empty(self) -> bool:
        """True if there is no such string."""
        return not self.lengths

    @property
    def shortest(self) -> str:
        """The shortest string, of the plainest characters.

        Raises:
            IndexError: if there is no string.
        """
        return self.make(self.lengths[0], lambda count: 0)

    def make(self, length: int, choose: Callable[[int], int]) -> str:
        """Make a string of a length.

        Args:
            length: One of `lengths`.
            choose: Is called with a number of choices, and gives the index of one. 0 is the
                plainest character.

        Returns:
            A string that the automaton accepts. Every one of this length can come out.
        """
        state, made = self.automaton.start, []
        for remaining in range(length - 1, -1, -1):
            offer = self._offer(state, self._alive.at(remaining))
            character, state = offer.take(choose(offer.count))
            made.append(character)
        return "".join(made)

    def make_like(self, template: str, length: int | None = None) -> str:
        """Make a string of which each character is chosen by one of a template.

        Args:
            template: Any string. Its characters are repeated where there are too few of them.
            length: One of `lengths`; None for the one that is nearest to that of the template.

        Examples:
            >>> from kombo_fakes.strings.compiler import compile_pattern
            >>> words = Words(compile_pattern("^[1-9]+$"))
            >>> words.make_like("000"), words.make_like("017"), words.make_like("5", 4)
            ('111', '128', '6666')
        """
        size = nearest_length(self.lengths, len(template)) if length is None else length
        codes = cycle(map(ord, template or "0"))
        # Hypothesis shrinks characters towards "0".
        return self.make(size, lambda count: (next(codes) - 48) % count)

    def _offer(self, state: int, alive: int) -> _Offer:
        # Nearly always all targets are alive or the same few, so that few offers are built.
        edges = self._edges[state]
        usable = 0
        for number, (target, _) in enumerate(edges):
            usable |= (alive >> target & 1) << number
        key = (state, usable)
        if key not in self._choices:
            chosen = [edge for number, edge in enumerate(edges) if usable >> number & 1]
            self._choices[key] = _Offer(chosen)
        return self._choices[key]


_Edges: TypeAlias = "tuple[tuple[int, Characters], ...]"
"""The targets of a state with the characters that lead there, the plainest ones first."""


class _EdgeMerger:
    """Finds the edges of a state. Most states lead somewhere by the same sets of characters."""

    def __init__(self, parts: tuple[Characters, ...], alphabet: Characters) -> None:
        self._parts = [part if alphabet is ANY else part & alphabet for part in parts]
        self._merged: dict[tuple[int, ...], Characters] = {}

    def __call__(self, row: tuple[int, ...]) -> _Edges:
        by_target: dict[int, list[int]] = {}
        for number, target in enumerate(row):
            if target != DEAD and self._parts[number]:
                by_target.setdefault(target, []).append(number)
        edges = [(target, self._merge(tuple(found))) for target, found in by_target.items()]
        return tuple(sorted(edges, key=lambda edge: edge[1].plainness))

    def _merge(self, numbers: tuple[int, ...]) -> Characters:
        if numbers not in self._merged:
            self._merged[numbers] = reduce(or_, (self._parts[number] for number in numbers))
        return self._merged[numbers]


class _Offer:
    """The characters that may come next, and where each leads.

    First comes the plainest character of each target, then all characters in the plain order: so
    a rare way through the automaton is taken often enough.
    """

    def __init__(self, edges: Sequence[tuple[int, Characters]]) -> None:
        self._edges = edges
        self._all = reduce(or_, (characters for _, characters in edges))
        self.count = len(self._all) + (len(edges) if len(edges) > 1 else 0)

    def take(self, index: int) -> tuple[str, int]:
        """The character at an index, and the state after it."""
        if len(self._edges) == 1:
            return self._all.nth(index), self._edges[0][0]
        if index < len(self._edges):
            target, characters = self._edges[index]
            return characters.nth(0), target
        character = self._all.nth(index - len(self._edges))
        return character, next(t for t, characters in self._edges if character in characters)


class _Alive:
    """For each number of characters the states from which exactly as many can end a string.

    The states are bits of an integer. The numbers repeat themselves after some time, because there
    are finitely many states.
    """

    def __init__(self, automaton: Automaton, targets: list[list[int]]) -> None:
        edges = [(source, target) for source, found in enumerate(targets) for target in found]
        counts = Counter(source - target for source, target in edges)
        # In long chains most edges lead from a state to the next one: all are followed at once.
        self._shifts: dict[int, int] = {}
        self._sources: dict[int, int] = {}
        for source, target in edges:
            step = source - target
            if counts[step] >= _MANY:
                self._shifts[step] = self._shifts.get(step, 0) | 1 << target
            else:
                self._sources[target] = self._sources.get(target, 0) | 1 << source
        self._others = sum(1 << target for target in self._sources)
        accepting = (1 << state for state, accepts in enumerate(automaton.accepting) if accepts)
        self._known = [reduce(or_, accepting, 0)]
        self._seen = {self._known[0]: 0}
        self._loop: tuple[int, int] | None = None

    def at(self, remaining: int) -> int:
        """The states from which some strings of `remaining` more characters are accepted."""
        while remaining >= len(self._known) and self._loop is None:
            self._extend()
        if remaining < len(self._known):
            return self._known[remaining]
        assert self._loop is not None
        first, period = self._loop
        return self._known[first + (remaining - first) % period]

    def _extend(self) -> None:
        after, before = self._known[-1], 0
        for step, mask in self._shifts.items():
            moved = after & mask
            before |= moved << step if step > 0 else moved >> -step
        others = after & self._others
        while others:
            lowest = others & -others
            before |= self._sources[lowest.bit_length() - 1]
            others ^= lowest
        if before in self._seen:
            first = self._seen[before]
            self._loop = (first, len(self._known) - first)
        else:
            self._seen[before] = len(self._known)
            self._known.append(before)

    def find_lengths(self, state: int, least: int, most: int) -> range | tuple[int, ...]:
        found = [length for length in range(least, most + 1) if self.at(length) >> state & 1]
        if found and found[-1] - found[0] == len(found) - 1:
            return range(found[0], found[-1] + 1)
        return tuple(found)


def nearest_length(lengths: range | tuple[int, ...], wanted: int) -> int:
    """The greatest of some lengths that is not above the wanted one, or else the least length.

    Examples:
        >>> nearest_length((2, 4, 6), 5), nearest_length(range(3, 9), 1)
        (4, 3)
    """
    return lengths[max(0, bisect_right(lengths, wanted) - 1)]
