"""Draws values until the schema allows one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from kombo_fakes.core.choices import Choices, LazyChoices, seed_for
from kombo_fakes.errors import SchemaError
from kombo_fakes.webhooks.model import Facts
from kombo_fakes.webhooks.names import Names

ValueMaker: TypeAlias = Callable[[Choices, Names, Facts], Any]
"""Makes the value of a field."""

TRIES = 60
# Hypothesis may draw the same value many times, so that more tries do not help.
_SPARING_TRIES = 3
_OTHERS = 300


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


def make_valid(
    maker: ValueMaker,
    check: Callable[[Any], bool],
    where: str,
    otherwise: ValueMaker | None = None,
) -> ValueMaker:
    """Wrap a maker, so that it makes values until a check accepts one.

    Args:
        maker: Makes a value.
        check: Returns whether the schema allows a value.
        where: The field, as the error calls it.
        otherwise: Makes the value if the check rejects all of them; None raises an error.

    Returns:
        A maker. It raises `SchemaError` if the check rejects all values.
    """

    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        for other in choices_to_try(choices, TRIES):
            value = maker(other, names, facts)
            if check(value):
                return value
        if otherwise is not None:
            return otherwise(choices, names, facts)
        raise SchemaError(
            f"{where}: the schema rejects all {TRIES} realistic values that were tried; use "
            "values='any' (on the command line: --values any)"
        )

    return generate
