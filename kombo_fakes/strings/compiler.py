"""From a nondeterministic automaton to a deterministic one.

The threads of the automaton that `kombo_fakes.strings.network` makes of a tree are followed for
every part of the characters at once (the subset construction). A look-ahead splits a thread into
two that both have to end well, so a thread is a set of states.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import ge
from typing import Literal, TypeAlias

from kombo_fakes.strings.automaton import DEAD, Automaton, TooComplexError, explore
from kombo_fakes.strings.characters import WORD, refine
from kombo_fakes.strings.network import DONE, Condition, Kind, Network, Place
from kombo_fakes.strings.reader import read_pattern
from kombo_fakes.strings.syntax import Node

Thread: TypeAlias = "frozenset[int]"
"""States that all have to lead to an accepted end."""

_MOST_THREADS = 2_000
_MANY_THREADS = 20
"""From so many ways to match on, those are left out that accept less than another one."""
_MOST_STEPS = 300_000


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
    found = _try_to_compile(source)
    if isinstance(found, TooComplexError):
        raise found.with_traceback(None)
    return found


# That one is too large is remembered, too: it takes longest to find out.
@lru_cache(maxsize=1024)
def _try_to_compile(source: str) -> Automaton | TooComplexError:
    try:
        return compile_tree(read_pattern(source).root)
    except TooComplexError as error:
        return error


def compile_tree(root: Node) -> Automaton:
    """The automaton of the strings in which the expression of a tree finds a match."""
    network = Network(_compile_part)
    start = network.add_search(network.build(root, DONE))
    return _Determiniser(network, "start").run(start)


def _compile_part(root: Node, where: Literal["from here", "to here"], before: Kind) -> Automaton:
    network = Network(_compile_part)
    start = network.build(root, DONE if where == "from here" else network.add_end())
    if where == "to here":
        start = network.add_search(start)
    return _Determiniser(network, before).run(start)


_State: TypeAlias = "tuple[frozenset[Thread], Kind, tuple[int, ...]]"
"""The threads before they jump, what was read last, and the states of the monitors."""


class _Determiniser:
    """Follows all threads of a network at once."""

    def __init__(self, network: Network, before: Kind) -> None:
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
        return explore(self._parts, first, self._accepts, self._follow)

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

    def __init__(self, places: list[Place]) -> None:
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
    condition: Condition,
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
