"""The leaves of payloads: texts, matches of patterns, numbers; and how they are put together.

Numbers come from hypothesis-jsonschema, and this is the one place that calls it. Objects and
arrays are composed in `kombo_fakes.strategies.payloads` with Hypothesis's public API, because
hypothesis-jsonschema's own ones reach into private parts of Hypothesis, which were gone in
6.170.11; texts are made here, because it knows no alphabets but those of a codec.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from hypothesis import strategies as st
from hypothesis.errors import HypothesisSideeffectWarning, InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.schema.ecma_regex import to_python

T = TypeVar("T")
Recipe: TypeAlias = "Callable[[DrawFn], T]"
"""How a value is drawn."""

_RECIPES: WeakKeyDictionary[SearchStrategy[Any], Recipe[Any]] = WeakKeyDictionary()


def composed(recipe: Recipe[T]) -> SearchStrategy[T]:
    """The strategy of a recipe, which `recipe_of` gives back."""
    strategy = st.composite(recipe)()
    _RECIPES[strategy] = recipe
    return strategy


def recipe_of(strategy: SearchStrategy[T]) -> Recipe[T]:
    """How to draw from a strategy within another one.

    Hypothesis keeps a record of every strategy that is drawn from. What is only put together
    from others goes without one: that is most of what drawing a payload costs.
    """
    recipe: Recipe[T] | None = _RECIPES.get(strategy)
    return recipe or (lambda draw: draw(strategy))


def constant(value: T) -> SearchStrategy[T]:
    """The strategy of one value that can't be changed; its recipe draws nothing."""
    strategy = st.just(value)
    _RECIPES[strategy] = lambda draw: value
    return strategy


@contextmanager
def building() -> Iterator[None]:
    """While strategies are built and looked at: quiet where Hypothesis would rather they weren't.

    It warns of strategies that are evaluated while plugins and conftest files are loaded. Ours are
    as soon as they are asked for, so that what nothing satisfies is an error there and then: who
    asks in a conftest has asked for it, and mustn't be stopped by ``filterwarnings = error``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisSideeffectWarning)
        yield


# -- texts


@lru_cache(maxsize=64)
def letters(codec: str, *, allow_nul: bool = True, surrogates: bool = False) -> SearchStrategy[str]:
    """The characters that a codec has and gives back as they were.

    Args:
        codec: A codec by its own name.
        allow_nul: Whether U+0000 is among them.
        surrogates: Whether lone surrogates are among them: in UTF-8, too, which has none.
    """
    without: tuple[Literal["Cs"], ...] = () if surrogates else ("Cs",)
    return st.characters(
        codec=None if surrogates and codec == "utf-8" else codec,
        exclude_categories=without,
        exclude_characters=_altered(codec) + ("" if allow_nul else "\0"),
    )


@lru_cache(maxsize=64)
def _altered(codec: str) -> str:
    """The characters that come back from a codec as others, as a yen sign does from Shift JIS."""
    altered: list[str] = []
    for first in range(0, sys.maxunicode + 1, 64):
        block = "".join(map(chr, range(first, first + 64)))
        # A codec has nothing of most blocks, or all; only the others are worth a closer look, and
        # the control characters: one that begins a sequence may come back within a longer text.
        if _encodes(block, codec, "ignore") and (not first or not returns(block, codec)):
            altered += [letter for letter in block if _encodes(letter, codec)]
    return "".join(letter for letter in altered if not returns(letter, codec))


def _encodes(text: str, codec: str, errors: str = "strict") -> bool:
    try:
        return bool(text.encode(codec, errors))
    except ValueError:  # Usually a UnicodeEncodeError.
        return False


def returns(text: str, codec: str) -> bool:
    r"""Whether a codec has a text and gives it back as it was.

    Examples:
        >>> [returns(letter, "shift_jis") for letter in ("\\", "\u00a5", "\u00e4")]
        [True, False, False]
    """
    try:
        return text.encode(codec).decode(codec) == text
    except ValueError:  # Usually a UnicodeError.
        return False


@lru_cache(maxsize=1024)
def matching(pattern: str, alphabet: SearchStrategy[str]) -> SearchStrategy[str]:
    """The texts in which a pattern of ECMA-262 is found; nothing if the alphabet lacks letters.

    Raises:
        SchemaError: if it uses what Python's ``re`` doesn't have.
    """
    expression = _ended(to_python(pattern))
    # Classes mean ASCII in ECMA-262, and all of Unicode in Python. With the flag for that, some
    # releases of Hypothesis refuse classes that exclude what isn't ASCII.
    for flag in ("(?a)", ""):
        strategy = st.from_regex(flag + expression, alphabet=alphabet)
        with suppress(InvalidArgument):
            strategy.validate()
            return strategy
    return st.nothing()


_SPECIAL = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def _ended(pattern: str) -> str:
    """A pattern in which ``$`` is the very end: to Python, it may be before a line feed, too."""
    return _SPECIAL.sub(lambda match: r"\Z" if match[0] == "$" else match[0], pattern)


# -- numbers


def number(schema: dict[str, Any]) -> SearchStrategy[Any]:
    """A strategy for a JSON Schema that allows only numbers."""
    # Here, since it evaluates strategies as it is imported: not before they are wanted.
    from hypothesis_jsonschema import from_schema

    return from_schema(schema)
