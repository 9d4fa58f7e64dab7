"""Deterministic automata over sets of characters, and what can be done with their languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from kombo_fakes.errors import KomboFakesError
from kombo_fakes.strings.characters import ANY, Characters, refine

DEAD = -1
"""The state from which nothing is accepted any more. It has no row."""

MOST_STATES = 10_000
"""How many states an automaton has at most."""

State = TypeVar("State")


class TooComplexError(KomboFakesError):
    """An automaton would have too many states, or the expression needs more than an automaton."""


@dataclass(frozen=True)
class Automaton:
    """A deterministic automaton: a set of strings that can be asked, combined and walked.

    Attributes:
        parts: A partition of all characters. Characters of one part lead to the same state.
        rows: For each state the state to which each part leads, or `DEAD`.
        accepting: For each state whether a string may end there.
        start: The state of the empty string, or `DEAD`.
    """

    parts: tuple[Characters, ...]
    rows: tuple[tuple[int, ...], ...]
    accepting: tuple[bool, ...]
    start: int = 0

    @classmethod
    def of_strings(cls, strings: Iterable[str]) -> Automaton:
        """The automaton that accepts some strings and no other."""
        words = sorted(set(strings))
        parts = refine(Characters.of(c) for word in words for c in word)
        numbers = {c: n for n, part in enumerate(parts) if len(part) == 1 for c in [part.nth(0)]}
        rows: list[list[int]] = [[DEAD] * len(parts)]
        accepting = [False]
        for word in words:
            state = 0
            for character in word:
                if character not in numbers:  # a lone surrogate
                    break
                number = numbers[character]
                if rows[state][number] == DEAD:
                    rows[state][number] = len(rows)
                    rows.append([DEAD] * len(parts))
                    accepting.append(False)
                state = rows[state][number]
            else:
                accepting[state] = True
        return cls(tuple(parts), tuple(map(tuple, rows)), tuple(accepting)).minimise()

    @property
    def is_empty(self) -> bool:
        """True if no string is accepted."""
        return self.start == DEAD

    @cached_property
    def _part_of(self) -> Callable[[str], int]:
        known: dict[str, int] = {}

        def find(character: str) -> int:
            if character not in known:
                numbered = enumerate(self.parts)
                known[character] = next((n for n, part in numbered if character in part), DEAD)
            return known[character]

        return find

    def step(self, state: int, character: str) -> int:
        """The state that a character leads to."""
        if state == DEAD:
            return DEAD
        part = self._part_of(character)
        return self.rows[state][part] if part != DEAD else DEAD

    def accepts(self, string: str) -> bool:
        """True if a string is in the language. A string with a lone surrogate is not."""
        state = self.start
        for character in string:
            state = self.step(state, character)
            if state == DEAD:
                return False
        return state != DEAD and self.accepting[state]

    # -- combinations

    def __and__(self, other: Automaton) -> Automaton:
        return self._combine(other, lambda left, right: left and right)

    def __or__(self, other: Automaton) -> Automaton:
        return self._combine(other, lambda left, right: left or right)

    def __sub__(self, other: Automaton) -> Automaton:
        return self._combine(other, lambda left, right: left and not right)

    def __invert__(self) -> Automaton:
        return EVERYTHING - self

    def _combine(self, other: Automaton, accepts: Callable[[bool, bool], bool]) -> Automaton:
        pairs = [
            (common, left, right)
            for left, a in enumerate(self.parts)
            for right, b in enumerate(other.parts)
            if (common := a & b)
        ]

        def follow(states: tuple[int, int]) -> list[tuple[int, int]]:
            left, right = states
            return [(self._target(left, a), other._target(right, b)) for _, a, b in pairs]

        return explore(
            [common for common, _, _ in pairs],
            (self.start, other.start),
            lambda both: accepts(self._accepts_at(both[0]), other._accepts_at(both[1])),
            follow,
        )

    def _accepts_at(self, state: int) -> bool:
        return state != DEAD and self.accepting[state]

    def _target(self, state: int, part: int) -> int:
        return DEAD if state == DEAD else self.rows[state][part]

    def minimise(self) -> Automaton:
        """The smallest automaton of the same language, by Hopcroft's algorithm.

        It depends on the language only, and not on how the automaton was made. States from which
        nothing is accepted become `DEAD`.
        """
        alive = self._find_alive()
        if self.start not in alive:
            return NOTHING
        sources: list[dict[int, list[int]]] = [{} for _ in self.parts]
        for state in alive:
            for part, target in enumerate(self.rows[state]):
                if target in alive:
                    sources[part].setdefault(target, []).append(state)
        blocks = [
            {s for s in alive if self.accepting[s]},
            {s for s in alive if not self.accepting[s]},
        ]
        blocks = [block for block in blocks if block]
        block_of = {state: number for number, block in enumerate(blocks) for state in block}
        # States without a successor are a third block. All blocks but one have to be splitters.
        waiting = list(range(len(blocks)))
        is_waiting = [True] * len(blocks)
        while waiting:
            number = waiting.pop()
            is_waiting[number] = False
            splitter = tuple(blocks[number])
            for back in sources:
                reached: dict[int, set[int]] = {}
                for target in splitter:
                    for source in back.get(target, ()):
                        reached.setdefault(block_of[source], set()).add(source)
                for number, members in reached.items():
                    block = blocks[number]
                    if len(members) == len(block):
                        continue
                    block -= members
                    new = len(blocks)
                    blocks.append(members)
                    for state in members:
                        block_of[state] = new
                    # Of a block that was a splitter before, the smaller half is enough.
                    wanted = new if is_waiting[number] or len(members) <= len(block) else number
                    is_waiting.append(wanted == new)
                    is_waiting[wanted] = True
                    waiting.append(wanted)
        return self._merge(block_of)

    def _find_alive(self) -> set[int]:
        """The states from which a string can be accepted."""
        sources: dict[int, list[int]] = {}
        for state, row in enumerate(self.rows):
            for target in set(row):
                sources.setdefault(target, []).append(state)
        alive = {state for state, accepts in enumerate(self.accepting) if accepts}
        waiting = sorted(alive)
        while waiting:
            for source in sources.get(waiting.pop(), ()):
                if source not in alive:
                    alive.add(source)
                    waiting.append(source)
        return alive

    def _merge(self, block: dict[int, int]) -> Automaton:
        """One state for each block, in the order in which the first characters reach them."""
        some = {number: state for state, number in block.items()}
        columns: dict[tuple[int, ...], list[int]] = {}
        for part in range(len(self.parts)):
            column = tuple(block.get(self.rows[some[n]][part], DEAD) for n in range(len(some)))
            columns.setdefault(column, []).append(part)
        merged = [
            (Characters.from_ranges(r for n in group for r in self.parts[n].ranges), column)
            for column, group in columns.items()
        ]
        merged.sort(key=lambda pair: pair[0].ranges)
        numbers = {block[self.start]: 0}
        rows = []
        for number in (order := list(numbers)):
            row = []
            for _, column in merged:
                target = column[number]
                if target != DEAD and target not in numbers:
                    numbers[target] = len(numbers)
                    order.append(target)
                row.append(DEAD if target == DEAD else numbers[target])
            rows.append(tuple(row))
        accepting = tuple(self.accepting[some[number]] for number in order)
        return Automaton(tuple(part for part, _ in merged), tuple(rows), accepting)


def explore(
    parts: Iterable[Characters],
    first: State,
    accepts: Callable[[State], bool],
    follow: Callable[[State], Iterable[State | None]],
) -> Automaton:
    """The smallest automaton of states that are known by what follows them.

    Args:
        parts: Sets of characters that have none in common.
        first: The state to begin in.
        accepts: Returns whether a string may end in a state.
        follow: Returns the state after a character of each part; None if nothing is accepted then.

    Raises:
        TooComplexError: if there are more than `MOST_STATES` states.
    """
    numbers = {first: 0}
    rows, accepting = [], []
    for state in (order := [first]):
        accepting.append(accepts(state))
        row = []
        for target in follow(state):
            if target is not None and target not in numbers:
                if len(numbers) >= MOST_STATES:
                    raise TooComplexError(f"more than {MOST_STATES:,} states")
                numbers[target] = len(numbers)
                order.append(target)
            row.append(DEAD if target is None else numbers[target])
        rows.append(tuple(row))
    return Automaton(tuple(parts), tuple(rows), tuple(accepting)).minimise()


NOTHING = Automaton((ANY,), (), (), DEAD)
"""Accepts no string."""
EVERYTHING = Automaton((ANY,), ((0,),), (True,))
"""Accepts every string."""
