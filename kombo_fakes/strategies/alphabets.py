"""The characters that drawn strings are made of."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kombo_fakes.strings.characters import ANY, Characters


@lru_cache(maxsize=64)
def build_alphabet(
    codec: str, *, allow_nul: bool = True, surrogates: bool = False
) -> SearchStrategy[str]:
    """A strategy for the characters that a codec encodes and decodes without a change.

    Args:
        codec: The normalised name of a codec.
        allow_nul: True to include U+0000.
        surrogates: True to include lone surrogates, also for UTF-8, which cannot encode them.
    """
    excluded: tuple[Literal["Cs"], ...] = () if surrogates else ("Cs",)
    return st.characters(
        codec=None if surrogates and codec == "utf-8" else codec,
        exclude_categories=excluded,
        exclude_characters=_find_altered(codec) + ("" if allow_nul else "\0"),
    )


# The search goes through all of Unicode, and its result depends on the codec only.
@lru_cache(maxsize=64)
def find_characters(codec: str, *, allow_nul: bool = True) -> Characters:
    """The characters that a codec encodes and decodes without a change.

    Args:
        codec: The normalised name of a codec.
        allow_nul: True to include U+0000.
    """
    characters = ANY
    if codec != "utf-8":
        ranges = []
        for first in range(0, sys.maxunicode + 1, 64):
            block = "".join(map(chr, range(first, first + 64)))
            if first and survives(block, codec):
                ranges.append((first, first + 63))
            elif _encodes(block, codec, "ignore"):
                ranges += [(ord(c), ord(c)) for c in block if survives(c, codec)]
        characters = Characters.from_ranges(ranges)
    return characters if allow_nul else characters - Characters.of("\0")


@lru_cache(maxsize=64)
def _find_altered(codec: str) -> str:
    """The characters that a codec changes: Shift JIS turns a yen sign into a backslash."""
    altered: list[str] = []
    for first in range(0, sys.maxunicode + 1, 64):
        block = "".join(map(chr, range(first, first + 64)))
        # Most blocks are encoded as a whole or not at all, and one look at them is enough. The
        # first block is different: a control character can begin an escape sequence, and then
        # the block as a whole comes back although some of its characters do not.
        if _encodes(block, codec, "ignore") and (not first or not survives(block, codec)):
            altered += [character for character in block if _encodes(character, codec)]
    return "".join(character for character in altered if not survives(character, codec))


def _encodes(string: str, codec: str, errors: str = "strict") -> bool:
    try:
        return bool(string.encode(codec, errors))
    except ValueError:  # Usually a UnicodeEncodeError.
        return False


def survives(string: str, codec: str) -> bool:
    r"""True if a codec encodes a string and decodes it to the same string.

    Examples:
        >>> [survives(character, "shift_jis") for character in ("\\", "\u00a5", "\u00e4")]
        [True, False, False]
    """
    try:
        return string.encode(codec).decode(codec) == string
    except ValueError:  # Usually a UnicodeError.
        return False
