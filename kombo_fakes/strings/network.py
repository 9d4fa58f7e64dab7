"""From the tree of a regular expression to a nondeterministic automaton (Thompson's construction).

Its states have conditions: anchors, ends of words, and look-behinds, which are automata that read
the string from its beginning. A look-ahead splits a thread into two that both have to end well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kombo_fakes.strings.automaton import DEAD, Automaton, TooComplexError
from kombo_fakes.strings.characters import ANY, Characters
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

Kind: TypeAlias = Literal["start", "word", "other", "end"]
"""What stands before or after a place: an end of the string, a word character or another one."""

DONE = 0
"""The state that accepts whatever follows."""
CompilePart: TypeAlias = Callable[[Node, Literal["from here", "to here"], Kind], Automaton]
"""Compiles a part to an automaton: of the strings that begin with a match, or that end with one."""
_MOST_NODES = 30_000
_MOST_OPTIONAL = 2_000

Place: TypeAlias = "tuple[int, tuple[int, ...]]"
_Copy: TypeAlias = "tuple[tuple[int, ...], tuple[int, ...], int]"
"""The repetitions around a state, their ranks, and the first state of the innermost one."""


@dataclass
class Network:
    """A nondeterministic automaton. States are numbers, and `DONE` is the first.

    Attributes:
        compile_part: Compiles a part of the tree to an automaton of its own.
        reads: The characters that a state reads, and the state after them.
        jumps: The states that a state goes to without reading, each with its condition.
        both: The two states that a look-ahead goes to at once.
        ends: The states that accept only at the end of the string.
        monitors: The automata of look-behinds.
        places: For each state its place in the tree, and how many more times each bounded
            repetition around it may go on. At the same place, a state with more repetitions left
            accepts whatever one with fewer of them accepts.
        has_ranks: True if there is such a repetition.
    """

    compile_part: CompilePart
    reads: list[tuple[Characters, int] | None] = field(default_factory=lambda: [None])
    jumps: list[list[tuple[Condition, int]]] = field(default_factory=lambda: [[]])
    both: dict[int, tuple[int, int]] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)
    monitors: list[Automaton] = field(default_factory=list)
    has_boundaries: bool = False
    places: list[Place] = field(default_factory=lambda: [(0, ())])
    has_ranks: bool = False
    _copy: _Copy = ((), (), 0)
    _numbers: dict[object, int] = field(default_factory=dict)

    def _add(self) -> int:
        if len(self.reads) >= _MOST_NODES:
            raise TooComplexError(f"more than {_MOST_NODES:,} characters and repetitions")
        around, ranks, first = self._copy
        self.places.append((self._number((*around, len(self.reads) - first)), ranks))
        self.reads.append(None)
        self.jumps.append([])
        return len(self.reads) - 1

    def _add_jumps(self, *targets: int, condition: Condition = None) -> int:
        state = self._add()
        self.jumps[state] = [(condition, target) for target in targets]
        return state

    def _add_read(self, characters: Characters, target: int) -> int:
        state = self._add()
        self.reads[state] = (characters, target)
        return state

    def add_end(self) -> int:
        """A state that accepts at the end of the string only."""
        state = self._add()
        self.ends.add(state)
        return state

    def add_search(self, start: int) -> int:
        """A state from which a match may begin at any place."""
        loop = self._add_jumps(start)
        self.jumps[loop].append((None, self._add_read(ANY, loop)))
        return loop

    def build(self, node: Node, following: int) -> int:
        """Add the states of a tree.

        Args:
            node: The tree.
            following: The state after it.

        Returns:
            The state before it.
        """
        if isinstance(node, Character):
            return self._add_read(node.characters, following)
        if isinstance(node, Sequence):
            for part in reversed(node.parts):
                following = self.build(part, following)
            return following
        if isinstance(node, Choice):
            return self._add_jumps(*(self.build(branch, following) for branch in node.branches))
        if isinstance(node, Repeat):
            return self._build_repeat(node, following)
        if isinstance(node, Group):
            return self.build(node.part, following)
        if isinstance(node, Assertion):
            self.has_boundaries |= "boundary" in node.kind
            return self._add_jumps(following, condition=node.kind)
        if isinstance(node, Look):
            return self._build_look(node, following)
        assert isinstance(node, Reference)
        raise TooComplexError("a back-reference")

    def _build_repeat(self, node: Repeat, following: int) -> int:
        if node.most is None:
            loop = self._add_jumps(following)
            self.jumps[loop].append((None, self.build(node.part, loop)))
            state = loop
        else:
            if node.most - node.least > _MOST_OPTIONAL:
                raise TooComplexError(f"a part that is repeated up to {node.most:,} times")
            state = following
            for left in range(1, node.most - node.least + 1):
                with self._begin_copy(node, left=left):
                    state = self._add_jumps(self.build(node.part, state), following)
        for needed in range(1, node.least + 1):
            with self._begin_copy(node, needed=needed):
                state = self.build(node.part, state)
        return state

    @contextmanager
    def _begin_copy(self, node: Repeat, *, needed: int = 0, left: int = 0) -> Iterator[None]:
        """Let the states that are added be those of one repetition of a part."""
        outer = around, ranks, _ = self._copy
        around = (*around, self._number(id(node)), needed)
        self._copy = (around, (*ranks, left) if left else ranks, len(self.reads))
        self.has_ranks |= left > 1
        yield
        self._copy = outer

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _build_look(self, node: Look, following: int) -> int:
        if not node.ahead:
            monitor = self.compile_part(node.part, "to here", "start")
            if _looks_ahead(node.part):
                raise TooComplexError("a look-behind that depends on what follows")
            self.monitors.append(monitor)
            return self._add_jumps(following, condition=(len(self.monitors) - 1, not node.negative))
        if any(isinstance(part, Look) and not part.ahead for part in walk(node.part)):
            # A look-behind has to read the string from its beginning, as this network does.
            if node.negative:
                raise TooComplexError("a negative look-ahead that depends on a look-behind")
            split = self._add()
            self.both[split] = (self.build(node.part, DONE), following)
            return split
        kinds: tuple[Kind, ...] = (
            ("start", "word", "other") if _looks_back(node.part) else ("start",)
        )
        state = self._add()
        for kind in kinds:
            body = self.compile_part(node.part, "from here", kind)
            entry = self._embed(~body if node.negative else body)
            if entry is None:
                continue
            split = self._add()
            self.both[split] = (entry, following)
            self.jumps[state].append((("after", kind) if len(kinds) > 1 else None, split))
        self.has_boundaries |= len(kinds) > 1
        return state

    def _embed(self, automaton: Automaton) -> int | None:
        """Add the states of an automaton; None if it accepts nothing."""
        if automaton.is_empty:
            return None
        everything = {
            state
            for state, row in enumerate(automaton.rows)
            if automaton.accepting[state] and all(target == state for target in row)
        }
        entries = {
            state: DONE if state in everything else self._add()
            for state in range(len(automaton.rows))
        }
        for state, entry in entries.items():
            if entry == DONE:
                continue
            by_target: dict[int, list[tuple[int, int]]] = {}
            for part, target in zip(automaton.parts, automaton.rows[state], strict=False):
                if target != DEAD:
                    by_target.setdefault(entries[target], []).extend(part.ranges)
            for target, ranges in by_target.items():
                reader = self._add_read(Characters.from_ranges(ranges), target)
                self.jumps[entry].append((None, reader))
            if automaton.accepting[state]:
                self.jumps[entry].append((None, self.add_end()))
        return entries[automaton.start]


Condition: TypeAlias = (
    Literal["start", "end", "boundary", "no boundary"]
    | tuple[Literal["after"], Kind]
    | tuple[int, bool]
    | None
)


def _looks_back(node: Node) -> bool:
    return any(
        (isinstance(part, Assertion) and part.kind != "end")
        or (isinstance(part, Look) and not part.ahead)
        for part in walk(node)
    )


def _looks_ahead(node: Node) -> bool:
    return any(
        (isinstance(part, Assertion) and part.kind != "start")
        or (isinstance(part, Look) and part.ahead)
        for part in walk(node)
    )
