"""Strategies for strings: free ones, matches of patterns, and strings of a format."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.schema.blueprint.own_strings import list_drawn
from kombo_fakes.schema.blueprint.shapes import LARGEST, String
from kombo_fakes.schema.blueprint.string_words import find_own_strings, find_words
from kombo_fakes.strategies.alphabets import build_alphabet, find_characters, survives
from kombo_fakes.strategies.budget import LONGEST
from kombo_fakes.strategies.formats import ANY_LENGTH, Lengths, build_format
from kombo_fakes.strategies.options import StrategySettings
from kombo_fakes.strategies.recipes import compose, recipe_of
from kombo_fakes.strings.words import Words

# Characters and sequences that break string handling, and that random strings hardly ever hold.
_TRICKY = (
    "a", "A", " ", "0", ".", "-", ":", "/", "'", '"', "\\", "%", "<", "&", "{", "$", "\t", "\n",
    "\r\n", "\0", "\x7f", "\xa0", "\xe9", "e\u0301", "\xdf", "\u0130", "\u2028", "\u202e", "\u200b",
    "\ufeff", "\ufffd", "\uffff", "\U0001f600", "\U0001f468\u200d\U0001f469", "\u65e5", "null",
)  # fmt: skip

_SURROGATES = ("\ud83d", "\ude00", "\udcff")
_PRINTABLE_ASCII = "".join(map(chr, range(0x20, 0x7F)))

# Hypothesis gives up on an example that takes more choices than a few thousand characters do.
_LONGEST_DRAWN = 512

# Lengths at which mistakes show: short columns, a VARCHAR(255), a page of prose.
_KEPT = 0.9
"""The share of the strings of a strategy that has to fit. Otherwise those that do are listed."""

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
        if shape.own_formats:
            return self._build_own(shape, lengths)
        rest = replace(shape, min_length=0, max_length=None)
        if rest.is_plain:
            return self._build_free(lengths)
        if shape.formats and rest == String(formats=shape.formats[:1]):
            strategy = self._build_format(shape.formats[0], lengths)
            # It has usual strings only, and short ones may be none of them.
            return self._build_words(shape, lengths) if strategy.is_empty else strategy
        if shape.formats or shape.patterns or shape.excluded_patterns:
            return self._build_words(shape, lengths)
        return self._build_free(lengths).filter(rest.check())

    def _build_own(self, shape: String, lengths: Lengths) -> SearchStrategy[str]:
        """The strategy of a format that the user registered, if it does not discard too much."""
        settings = self._settings
        fits_shape = replace(
            shape, max_length=None if lengths.most == ANY_LENGTH.most else lengths.most
        ).check()

        def fits(text: str) -> bool:
            allowed = survives(text, settings.codec) and (settings.allow_nul or "\0" not in text)
            return allowed and fits_shape(text)

        for name, own in shape.own_formats.items():
            if own.strategy is not None:
                drawn = list_drawn(shape, name)
                if len(list(filter(fits, drawn))) >= _KEPT * len(drawn):
                    return own.strategy.filter(fits)
        listed = list(filter(fits, find_own_strings(shape)))
        return st.sampled_from(listed) if listed else st.nothing()

    def _build_words(self, shape: String, lengths: Lengths) -> SearchStrategy[str]:
        settings = self._settings
        bounded = replace(
            shape, max_length=None if lengths.most == ANY_LENGTH.most else lengths.most
        )
        characters = find_characters(settings.codec, allow_nul=settings.allow_nul)
        words = find_words(bounded, characters, ambiguous=settings.ambiguous, usual=False)
        strategy = build_words(words)
        return strategy.filter(shape.check()) if shape.excluded_formats else strategy

    def _build_format(self, name: str, lengths: Lengths) -> SearchStrategy[str]:
        ambiguous, codec = self._settings.ambiguous, self._settings.codec
        strategy = build_format(name, lengths, ambiguous=ambiguous)
        # Ambiguous values are not always ASCII, and some codecs lack a part of ASCII.
        if (ambiguous and codec != "utf-8") or not survives(_PRINTABLE_ASCII, codec):
            strategy = strategy.filter(lambda string: survives(string, codec))
        return strategy

    def _build_free(self, lengths: Lengths) -> SearchStrategy[str]:
        most = None if lengths.most == ANY_LENGTH.most else lengths.most
        if lengths.least > _LONGEST_DRAWN:
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


_ALL = build_alphabet("utf-8")


def build_words(words: Words) -> SearchStrategy[str]:
    """A strategy for the words of an automaton. Nothing is filtered.

    A string of any characters is drawn, and each of its characters chooses one of those that the
    automaton allows at its place. So one choice of Hypothesis makes a word, and a word shrinks to
    the shortest one with the plainest characters.

    Returns:
        A strategy; an empty one if there is no word.
    """
    if words.is_empty:
        return st.nothing()
    lengths = words.lengths
    least, most = lengths[0], min(lengths[-1], LONGEST)
    if least > _LENGTHS[0]:
        # Too long to be drawn character by character: the choices of a short string are repeated.
        part = st.text(_ALL, min_size=1, max_size=_LENGTHS[0])
        sizes = st.sampled_from([least, *(size for size in _LENGTHS if size in lengths)])
        return compose(lambda draw: words.make_like(draw(part), draw(sizes)))
    plain = st.text(_ALL, min_size=least, max_size=most).map(words.make_like)
    edges = [size for size in dict.fromkeys((*_LENGTHS, most)) if least < size and size in lengths]
    if not edges:
        return plain
    repeated = st.text(_ALL, min_size=1, max_size=_LENGTHS[0])
    sizes = st.sampled_from(edges)

    def draw_long(draw: DrawFn) -> str:
        part, size = draw(repeated), draw(sizes)
        return words.make_like(part, size)

    kinds = st.sampled_from([recipe_of(plain)] * 10 + [draw_long])
    return compose(lambda draw: draw(kinds)(draw))
