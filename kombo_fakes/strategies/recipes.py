"""Recipes: how strategies are put together so that drawing from them stays fast.

Everything here is public API of Hypothesis. The strategies of hypothesis-jsonschema for objects
and arrays use private parts of Hypothesis, which version 6.170.11 removed; of that package only
the numbers are used (`kombo_fakes.strategies.numbers`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from hypothesis import strategies as st
from hypothesis.errors import HypothesisSideeffectWarning
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")
Recipe: TypeAlias = "Callable[[DrawFn], T]"
"""A function that draws a value."""

# The table must not keep strategies alive that nothing else uses.
_RECIPES: WeakKeyDictionary[SearchStrategy[Any], Recipe[Any]] = WeakKeyDictionary()


# One function for all recipes: Hypothesis reads the source of each function that it decorates,
# which would take most of the time in which the strategy of a large schema is built.
@st.composite
def _draw_recipe(draw: DrawFn, recipe: Recipe[T]) -> T:
    return recipe(draw)


def compose(recipe: Recipe[T]) -> SearchStrategy[T]:
    """The strategy of a recipe, which `recipe_of` returns again."""
    strategy = _draw_recipe(recipe)
    _RECIPES[strategy] = recipe
    return strategy


def recipe_of(strategy: SearchStrategy[T]) -> Recipe[T]:
    """A function that draws from a strategy inside another one.

    Hypothesis keeps a record of every strategy that is drawn from. A composed strategy is drawn
    without one, because records are most of what drawing a payload costs.
    """
    recipe: Recipe[T] | None = _RECIPES.get(strategy)
    return recipe or (lambda draw: draw(strategy))


def constant(value: T) -> SearchStrategy[T]:
    """The strategy of one immutable value. Its recipe draws nothing."""
    strategy = st.just(value)
    _RECIPES[strategy] = lambda draw: value
    return strategy


@contextmanager
def allow_early_building() -> Iterator[None]:
    """Silence Hypothesis's warning while strategies are built and evaluated.

    Hypothesis warns of strategies that are evaluated while plugins and conftest files are loaded.
    Ours are evaluated when they are built, so that an unsatisfiable schema is an error at once.
    Building one in a conftest file is deliberate, and must not fail under
    ``filterwarnings = error``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisSideeffectWarning)
        yield
