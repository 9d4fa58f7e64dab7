"""Strategies for strings: free ones, matches of patterns, and strings of a format."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.schema.blueprint.shapes import LARGEST, String
from kombo_fakes.schema.ecma_regex import to_python
from kombo_fakes.strategies.alphabets import build_alphabet, survives
from kombo_fakes.strategies.budget import LONGEST
from kombo_fakes.strategies.formats import ANY_LENGTH, Lengths, build_format
from kombo_fakes.strategies.options import StrategySettings
from kombo_fakes.strategies.recipes import compose, recipe_of

# Characters and sequences that break string handling, and that random strings hardly ever hold.
_TRICKY = (
    "a", "A", " ", "0", ".", "-", ":", "/", "'", '"', "\\", "%", "<", "&", "{", "$", "\t", "\n",
    "\r\n", "\0", "\x7f", "\xa0", "\xe9", "e\u0301", "\xdf", "\u0130", "\u2028", "\u202e", "\u200b",
    "\ufeff", "\ufffd", "\uffff", "\U0001f600", "\U0001f468\u200d\U0001f469", "\u65e5", "null",
)  # fmt: skip

_SURROGATES = ("\ud83d", "\ude00", "\udcff")
_PRINTABLE_ASCII = "".join(map(chr, range(0x20, 0x7F)))

# Lengths at which mistakes show: short columns, a VARCHAR(255), a page of prose.
_LENGTHS = (64, 255, 256, 300, 1_000, LONGEST)


class StringStrategies:
    """Builds the strategy of each string shape once, for the same settings."""

    def __init__(self, settings: StrategySettings) -> None:
        self._settings = settings
        self._alphabet = build_alphabet(
            settings.codec, allow_nul=settings.allow_nul, surrogates=settings.ambiguous
        )
        self._built: dict[String, SearchStrategy[str]] = {}

    def build(self, shape: String) -> SearchStrategy[str]:
        """The strategy of a shape; an empty one if the settings leave nothing of it."""
        if shape not in self._built:
            self._built[shape] = self._build(shape)
        return self._built[shape]

    def _build(self, shape: String) -> SearchStrategy[str]:
        longest = min(
            length
            for length in (shape.max_length, self._settings.max_length, ANY_LENGTH.most)
            if length is not None
        )
        lengths = Lengths(shape.min_length, longest)
        if lengths.most < lengths.least:
            return st.nothing()
        rest = replace(shape, min_length=0, max_length=None)
        if rest.is_plain:
            return self._build_free(lengths)
        if shape.formats:
            return self._build_formatted(shape.formats[0], rest, lengths)
        if shape.patterns:
            # Matches are drawn with Python's reading of the pattern; the check below has the
            # last word.
            strategy = build_matches(shape.patterns[0], self._alphabet)
            if lengths != ANY_LENGTH:
                strategy = strategy.filter(lengths.allow)
        else:
            strategy = self._build_free(lengths)
        return strategy.filter(rest.check())

    def _build_formatted(self, name: str, rest: String, lengths: Lengths) -> SearchStrategy[str]:
        ambiguous, codec = self._settings.ambiguous, self._settings.codec
        strategy = build_format(name, lengths, ambiguous=ambiguous)
        rest = replace(rest, formats=rest.formats[1:])
        if not rest.is_plain:
            strategy = strategy.filter(rest.check())
        # Ambiguous values are not always ASCII, and some codecs lack a part of ASCII.
        if (ambiguous and codec != "utf-8") or not survives(_PRINTABLE_ASCII, codec):
            strategy = strategy.filter(lambda string: survives(string, codec))
        return strategy

    def _build_free(self, lengths: Lengths) -> SearchStrategy[str]:
        most = None if lengths.most == ANY_LENGTH.most else lengths.most
        if lengths.least > LONGEST:
            # Too long to be drawn character by character: a short string is repeated.
            part = st.text(self._alphabet, min_size=1, max_size=_LENGTHS[0])
            return part.map(lambda string: (string * lengths.least)[: lengths.least])
        plain = st.text(self._alphabet, min_size=lengths.least, max_size=most)
        if lengths.least or most == 0:
            return plain
        repeated = st.text(self._alphabet, min_size=1, max_size=most)
        longest = min(most or LONGEST, LARGEST)
        sizes = {size for size in (*_LENGTHS, lengths.most) if size <= longest}
        drawn_sizes = st.sampled_from(sorted(sizes))
        mixed = st.lists(st.sampled_from(self._list_tricky_parts()), min_size=1, max_size=6)

        def draw_long(draw: DrawFn) -> str:
            part, size = draw(repeated), draw(drawn_sizes)
            return (part * size)[:size]

        def draw_tricky(draw: DrawFn) -> str:
            return "".join(draw(mixed))[:most]

        # The kind that takes the fewest draws comes first: strings shrink to it.
        kinds = st.sampled_from([recipe_of(plain)] * 20 + [draw_tricky] * 3 + [draw_long] * 2)
        return compose(lambda draw: draw(kinds)(draw))

    def _list_tricky_parts(self) -> list[str]:
        settings = self._settings
        surrogates = _SURROGATES if settings.ambiguous and settings.codec == "utf-8" else ()
        encodable = [
            part
            for part in _TRICKY
            if survives(part, settings.codec) and (settings.allow_nul or part != "\0")
        ]
        return [*encodable, *surrogates]


@lru_cache(maxsize=1024)
def build_matches(pattern: str, alphabet: SearchStrategy[str]) -> SearchStrategy[str]:
    """A strategy for strings in which an ECMA-262 pattern is found.

    Returns:
        A strategy; an empty one if the alphabet lacks the characters of the pattern.

    Raises:
        SchemaError: if the pattern uses a construct that Python's ``re`` does not have.
    """
    expression = _anchor_ends(to_python(pattern))
    # Character classes mean ASCII in ECMA-262 and all of Unicode in Python. Some releases of
    # Hypothesis reject the flag for ASCII beside a class that excludes other characters.
    for flag in ("(?a)", ""):
        strategy = st.from_regex(flag + expression, alphabet=alphabet)
        with suppress(InvalidArgument):
            strategy.validate()
            return strategy
    return st.nothing()


_ESCAPES_CLASSES_AND_ENDS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def _anchor_ends(pattern: str) -> str:
    r"""A pattern with ``\Z`` for ``$``, which in Python also matches before a final line feed."""
    return _ESCAPES_CLASSES_AND_ENDS.sub(
        lambda match: r"\Z" if match[0] == "$" else match[0], pattern
    )
