"""Draws values until the schema allows one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

from kombo_fakes.core.choices import Choices, LazyChoices, seed_for
from kombo_fakes.errors import SchemaError
from kombo_fakes.webhooks.model import Facts
from kombo_fakes.webhooks.names import POOLED, Names

ValueMaker: TypeAlias = Callable[[Choices, Names, Facts], Any]
"""Makes the value of a field."""

TRIES = 60
# Hypothesis may draw the same value many times, so that more tries do not help.
_SPARING_TRIES = 3
_OTHERS = 300
# A field can be inside of a field that is tried, too, so the tries of both together have a bound.
_MOST_TRIES = 600


class NoValueError(SchemaError):
    """No value was found for a field. What is around it can often do without the field."""


def choices_to_try(choices: Choices, count: int, *, on: bool = True) -> Iterator[Choices]:
    """Yield the choices for some tries, and after those other choices, derived from them.

    Args:
        choices: The choices to begin with.
        count: For how many tries.
        on: Whether to go on with other choices.
    """
    derived = isinstance(choices, LazyChoices)
    for _ in range(min(count, _SPARING_TRIES) if choices.is_lazy and not derived else count):
        yield choices
    if on and not derived:
        # One draw is the seed of all further choices, so that Hypothesis draws no more than that.
        base = choices.integer(0, 9_999)
        for number in range(_OTHERS):
            yield choices.fork(seed_for(base, number))


class _Work(threading.local):
    """Counts the tries of the outermost field that is being made, and those of all inside of it."""

    left: int | None = None

    @contextmanager
    def bound(self, *, anew: bool = False) -> Iterator[None]:
        """Begin to count, if nothing around counts already, or anew in any case."""
        before = self.left
        if before is None or anew:
            self.left = _MOST_TRIES
        try:
            yield
        finally:
            if before is None or anew:
                self.left = before

    def is_left(self) -> bool:
        assert self.left is not None
        self.left -= 1
        return self.left >= 0


_WORK = _Work()


def make_valid(
    maker: ValueMaker,
    check: Callable[[Any], bool],
    where: str,
    otherwise: ValueMaker | None = None,
    sample_facts: Callable[[Choices], Facts] = lambda choices: {},
) -> ValueMaker:
    """Wrap a maker, so that it makes values until a check accepts one.

    Args:
        maker: Makes a value.
        check: Returns whether the schema allows a value.
        where: The field, as the error calls it.
        otherwise: Makes the value if the check rejects all of them; None raises an error.
        sample_facts: Returns facts for a trial of the maker.

    Returns:
        A maker. It raises `NoValueError` if the check rejects all values.
    """

    def try_once(choices: Choices, names: Names, facts: Facts) -> tuple[Any, bool]:
        try:
            value = maker(choices, names, facts)
        except NoValueError:
            return None, False
        return value, check(value)

    # It does not depend on what was generated before, so that a seed always gives the same value.
    @cache
    def is_hopeless() -> bool:
        trials = map(LazyChoices, range(TRIES))
        with _WORK.bound(anew=True):
            return not any(
                try_once(one, POOLED, sample_facts(one))[1] for one in trials if _WORK.is_left()
            )

    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        tries = () if is_hopeless() else choices_to_try(choices, TRIES)
        with _WORK.bound():
            for other in tries:
                value, fits = try_once(other, names, facts)
                if fits:
                    return value
                if not _WORK.is_left():
                    break
        if otherwise is not None:
            return otherwise(choices, names, facts)
        raise NoValueError(
            f"{where}: the schema rejects all realistic values that were tried; use "
            "values='any' (on the command line: --values any)"
        )

    return generate
