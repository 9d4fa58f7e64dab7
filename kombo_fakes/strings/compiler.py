"""From the tree of a regular expression to an automaton.

The tree becomes a nondeterministic automaton with conditions (Thompson's construction), and its
threads are then followed for every part of the characters at once (the subset construction). A
look-ahead splits a thread into two that both have to end well, so a thread is a set of states. A
look-behind is an automaton of its own that reads the string from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from operator import ge
from typing import Literal, TypeAlias

from kombo_fakes.strings.automaton import DEAD, MOST_STATES, Automaton, TooComplexError
from kombo_fakes.strings.characters import ANY, WORD, Characters, refine
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

Kind: TypeAlias = Literal["start", "word", "other", "end"]
"""What stands before or after a place: an end of the string, a word character or another one."""

Thread: TypeAlias = "frozenset[int]"
"""States that all have to lead to an accepted end."""

DONE = 0
"""The state that accepts whatever follows."""
_MOST_NODES = 30_000
_MOST_THREADS = 2_000
_MANY_THREADS = 20
"""From so many ways to match on, those are left out that accept less than another one."""
_MOST_STEPS = 2_000_000
_MOST_OPTIONAL = 2_000


@lru_cache(maxsize=1024)
def compile_pattern(source: str) -> Automaton:
    r"""The automaton of the strings in which a regular expression finds a match.

    Args:
        source: A regular expression of ECMA-262. It is searched for, as JSON Schema wants it.

    Raises:
        SchemaError: if it is not a regular expression.
        TooComplexError: if it has back-references, or its automaton would be too large.

    Examples:
        >>> dates = compile_pattern(r"^\d{4}-\d\d$")
        >>> dates.accepts("2024-05"), dates.accepts("2024-5")
        (True, False)
        >>> compile_pattern("^(?!-)[a-z-]+(?<!-)$").accepts("a-b")
        True
    """
    return _compile(read_pattern(source).root, finds="anywhere", ends="anywhere")


def compile_tree(root: Node) -> Automaton:
    """The automaton of the strings in which the expression of a tree finds a match."""
    return _compile(root, finds="anywhere", ends="anywhere")


def _compile(
    root: Node,
    *,
    finds: Literal["anywhere", "here"],
    ends: Literal["anywhere", "at the end"],
    before: Kind = "start",
) -> Automaton:
    network = _Network()
    end = DONE if ends == "anywhere" else network.add_end()
    start = network.build(root, end)
    if finds == "anywhere":
        start = network.add_search(start)
    return _Determiniser(network, before).run(start)


_Place: TypeAlias = "tuple[int, tuple[int, ...]]"
_Copy: TypeAlias = "tuple[tuple[int, ...], tuple[int, ...], int]"
"""The repetitions around a state, their ranks, and the first state of the innermost one."""


@dataclass
class _Network:
    """A nondeterministic automaton. States are numbers, and `DONE` is the first.

    Attributes:
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

    reads: list[tuple[Characters, int] | None] = field(default_factory=lambda: [None])
    jumps: list[list[tuple[_Condition, int]]] = field(default_factory=lambda: [[]])
    both: dict[int, tuple[int, int]] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)
    monitors: list[Automaton] = field(default_factory=list)
    has_boundaries: bool = False
    places: list[_Place] = field(default_factory=lambda: [(0, ())])
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

    def _add_jumps(self, *targets: int, condition: _Condition = None) -> int:
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
            monitor = _compile(node.part, finds="anywhere", ends="at the end")
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
            body = _compile(node.part, finds="here", ends="anywhere", before=kind)
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


_Condition: TypeAlias = (
    'Literal["start", "end", "boundary", "no boundary"] | tuple[Literal["after"], Kind]'
    " | tuple[int, bool] | None"
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


_State: TypeAlias = "tuple[frozenset[Thread], Kind, tuple[int, ...]]"
"""The threads before they jump, what was read last, and the states of the monitors."""


class _Determiniser:
    """Follows all threads of a network at once."""

    def __init__(self, network: _Network, before: Kind) -> None:
        self._network = network
        self._before = before
        reads = [read[0] for read in network.reads if read]
        monitored = [part for monitor in network.monitors for part in monitor.parts]
        extra = [WORD] if network.has_boundaries else []
        self._parts = refine(dict.fromkeys([*reads, *monitored, *extra]))
        self._kinds: list[Kind] = ["word" if part & WORD else "other" for part in self._parts]
        by_characters = {
            characters: [n for n, part in enumerate(self._parts) if part & characters]
            for characters in dict.fromkeys(reads)
        }
        self._targets = [
            dict.fromkeys(by_characters[read[0]], read[1]) if read else {} for read in network.reads
        ]
        self._sample = [part.nth(0) for part in self._parts]
        self._steps = 0

    def run(self, start: int) -> Automaton:
        monitors = tuple(monitor.start for monitor in self._network.monitors)
        first: _State = (frozenset([frozenset([start])]), self._before, monitors)
        numbers = {first: 0}
        rows, accepting = [], []
        for state in (order := [first]):
            accepting.append(self._accepts(state))
            row = []
            for target in self._follow(state):
                if target is None:
                    row.append(DEAD)
                    continue
                if target not in numbers:
                    if len(numbers) >= MOST_STATES:
                        raise TooComplexError(f"more than {MOST_STATES:,} states")
                    numbers[target] = len(numbers)
                    order.append(target)
                row.append(numbers[target])
            rows.append(tuple(row))
        return Automaton(tuple(self._parts), tuple(rows), tuple(accepting)).minimise()

    def _accepts(self, state: _State) -> bool:
        threads = self._jump(state, "end")
        return any(all(s == DONE or s in self._network.ends for s in thread) for thread in threads)

    def _follow(self, state: _State) -> Iterable[_State | None]:
        """The state after a character of each part; None if no thread survives it."""
        kinds: tuple[Kind, ...] = ("word", "other") if self._network.has_boundaries else ("other",)
        threads_before = {kind: self._jump(state, kind) for kind in kinds}
        for number, kind in enumerate(self._kinds):
            threads = threads_before[kind if len(kinds) > 1 else "other"]
            survivors = set()
            for thread in threads:
                self._count_step()
                targets = [
                    DONE if s == DONE else self._targets[s].get(number, DEAD) for s in thread
                ]
                if DEAD not in targets:
                    survivors.add(frozenset(t for t in targets if t != DONE))
            if not survivors:
                yield None
                continue
            monitors = tuple(
                automaton.step(at, self._sample[number])
                for automaton, at in zip(self._network.monitors, state[2], strict=False)
            )
            if frozenset() in survivors:
                kept = frozenset([frozenset[int]()])
            else:
                ranked = self._network.has_ranks and len(survivors) > 1
                kept = _weakest(self._drop_stronger(survivors) if ranked else survivors)
            yield kept, kind if len(kinds) > 1 else "other", monitors

    def _jump(self, state: _State, following: Kind) -> list[Thread]:
        """The threads of a state after all jumps: all of their states read, or accept."""
        threads, before, monitors = state
        done, seen, waiting = [], set(threads), list(threads)
        kept: _Frontier | None = None
        while waiting:
            thread = waiting.pop()
            self._count_step()
            if len(seen) > _MOST_THREADS:
                raise TooComplexError(f"more than {_MOST_THREADS:,} ways to match at once")
            if kept is None and self._network.has_ranks and len(seen) > _MANY_THREADS:
                kept = _Frontier(self._network.places)
            moving = next((s for s in thread if self._moves(s)), None)
            if moving is None:
                done.append(thread)
                continue
            rest = thread - {moving}
            if moving in self._network.both:
                branches: list[Iterable[int]] = [self._network.both[moving]]
            else:
                branches = [
                    (target,)
                    for condition, target in self._network.jumps[moving]
                    if _holds(condition, before, following, self._network.monitors, monitors)
                ]
            for branch in branches:
                successor = rest.union(branch) - {DONE}
                if successor not in seen and (kept is None or kept.add(successor)):
                    seen.add(successor)
                    waiting.append(successor)
        return done

    def _drop_stronger(self, threads: set[Thread]) -> set[Thread]:
        """The threads without those that accept less than another one."""
        frontier = _Frontier(self._network.places)
        for thread in threads:
            frontier.add(thread)
        return frontier.threads

    def _moves(self, state: int) -> bool:
        network = self._network
        return (
            bool(network.jumps[state])
            or state in network.both
            or (state != DONE and network.reads[state] is None and state not in network.ends)
        )

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise TooComplexError("too many ways to match")


class _Frontier:
    """Threads of which none accepts whatever another one accepts, as far as their ranks show it."""

    def __init__(self, places: list[_Place]) -> None:
        self._places = places
        self._best: dict[tuple[int, ...], dict[tuple[int, ...], Thread]] = {}

    @property
    def threads(self) -> set[Thread]:
        """The threads that were added, without those that others replace."""
        return {thread for best in self._best.values() for thread in best.values()}

    def add(self, thread: Thread) -> bool:
        """Add a thread; False if there is one that accepts whatever it accepts."""
        placed = sorted(self._places[state] for state in thread)
        ranks = tuple(rank for _, found in placed for rank in found)
        best = self._best.setdefault(tuple(place for place, _ in placed), {})
        if any(_covers(other, ranks) for other in best):
            return False
        for other in [other for other in best if _covers(ranks, other)]:
            del best[other]
        best[ranks] = thread
        return True


def _covers(ranks: tuple[int, ...], others: tuple[int, ...]) -> bool:
    return all(map(ge, ranks, others))


def _holds(
    condition: _Condition,
    before: Kind,
    following: Kind,
    automata: list[Automaton],
    monitors: tuple[int, ...],
) -> bool:
    if condition is None:
        return True
    if condition in ("start", "end"):
        return (before if condition == "start" else following) == condition
    if condition in ("boundary", "no boundary"):
        return ((before == "word") != (following == "word")) == (condition == "boundary")
    assert isinstance(condition, tuple)
    if condition[0] == "after":
        return before == condition[1]
    number, wanted = condition
    assert isinstance(number, int)
    state = monitors[number]
    return (state != DEAD and automata[number].accepting[state]) == wanted


def _weakest(threads: set[Thread]) -> frozenset[Thread]:
    """The threads without those that ask for more than another one."""
    if all(len(thread) == 1 for thread in threads):
        return frozenset(threads)
    by_size = sorted(threads, key=len)
    kept: list[Thread] = []
    for thread in by_size:
        if not any(other <= thread for other in kept):
            kept.append(thread)
    return frozenset(kept)
