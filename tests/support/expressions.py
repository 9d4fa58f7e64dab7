"""Regular expressions that Hypothesis draws."""

from __future__ import annotations

from hypothesis import reject
from hypothesis import strategies as st

from kombo_fakes.strings.automaton import Automaton, TooComplexError
from kombo_fakes.strings.compiler import compile_pattern

_ATOMS = st.sampled_from(["a", "b", "-", "[ab]", "[^a]", ".", r"\d", r"\w", r"\W", "1"])
_ASSERTIONS = st.sampled_from(["^", "$", r"\b", r"\B"])
_SUFFIXES = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}", "{0,3}", "{1,9}", "{2,}", "*?"])


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = st.builds("({}){}".format, inner, _SUFFIXES)
    looks = st.builds("({}{})".format, st.sampled_from(["?=", "?!"]), inner)
    behind = st.builds(
        "({}{})".format, st.sampled_from(["?<=", "?<!"]), st.sampled_from(["a", "ab", "[^b]", "-1"])
    )
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.builds("{}|{}".format, inner, inner),
        grouped,
        looks,
        behind,
    )


PATTERNS = st.recursive(
    st.one_of(st.builds("{}{}".format, _ATOMS, _SUFFIXES), _ASSERTIONS), _extend, max_leaves=8
)


def compiled(pattern: str) -> Automaton:
    """The automaton of a pattern; the few that are too complex are not drawn."""
    try:
        return compile_pattern(pattern)
    except TooComplexError:
        reject()
