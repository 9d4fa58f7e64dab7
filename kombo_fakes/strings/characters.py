"""Sets of characters as ranges of code points."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from itertools import accumulate, pairwise
from operator import or_

_LAST = 0x10FFFF


@dataclass(frozen=True)
class Characters:
    """A set of characters, as sorted ranges of code points that do not touch each other.

    Lone surrogates are not characters: no set holds them.

    Examples:
        >>> digits = Characters.between("0", "9")
        >>> (digits | Characters.of("af")).ranges
        ((48, 57), (97, 97), (102, 102))
        >>> "7" in digits, "7" in ~digits, len(digits - Characters.of("7"))
        (True, False, 9)
    """

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, characters: Iterable[str]) -> Characters:
        """The set of some characters."""
        return cls.from_ranges((ord(c), ord(c)) for c in characters)

    @classmethod
    def between(cls, first: str, last: str) -> Characters:
        """The characters from `first` to `last`, both included."""
        return cls.from_ranges([(ord(first), ord(last))])

    @classmethod
    def from_ranges(cls, ranges: Iterable[tuple[int, int]]) -> Characters:
        """The set of the code points in some ranges, in any order. Surrogates are left out."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted(_split_at_surrogates(ranges)):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    def __contains__(self, character: object) -> bool:
        if not isinstance(character, str):
            return False
        code = ord(character)
        index = bisect_right(self.ranges, (code, _LAST)) - 1
        return index >= 0 and self.ranges[index][1] >= code

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __or__(self, other: Characters) -> Characters:
        return Characters.from_ranges((*self.ranges, *other.ranges))

    def __invert__(self) -> Characters:
        gaps, start = [], 0
        for first, last in self.ranges:
            gaps.append((start, first - 1))
            start = last + 1
        return Characters.from_ranges((a, b) for a, b in (*gaps, (start, _LAST)) if a <= b)

    def __and__(self, other: Characters) -> Characters:
        common, left, right = [], 0, 0
        while left < len(self.ranges) and right < len(other.ranges):
            (a, b), (c, d) = self.ranges[left], other.ranges[right]
            if max(a, c) <= min(b, d):
                common.append((max(a, c), min(b, d)))
            left, right = (left + 1, right) if b < d else (left, right + 1)
        return Characters(tuple(common))

    def __sub__(self, other: Characters) -> Characters:
        return self & ~other

    @cached_property
    def _plain_order(self) -> tuple[list[tuple[int, int]], list[int]]:
        pieces = [piece for part in _PLAINNESS for piece in (self & part).ranges]
        return pieces, list(accumulate(last - first + 1 for first, last in pieces))

    def nth(self, index: int) -> str:
        r"""The character at an index of the plain order.

        Digits come first, then the letters of ASCII, the rest of printable ASCII, the rest of
        Unicode, and control characters: the order in which Hypothesis shrinks characters.

        Examples:
            >>> [Characters.of("~aZ\n4").nth(index) for index in range(5)]
            ['4', 'Z', 'a', '~', '\n']
        """
        pieces, ends = self._plain_order
        at = bisect_right(ends, index)
        return chr(pieces[at][1] - (ends[at] - 1 - index))

    @cached_property
    def plainness(self) -> tuple[int, int]:
        """Where the plainest character stands in the plain order of all characters."""
        plainest = self.nth(0)
        rank = next(n for n, part in enumerate(_PLAINNESS) if plainest in part)
        return rank, ord(plainest)


def _split_at_surrogates(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for first, last in ranges:
        if last < 0xD800 or first > 0xDFFF:
            yield first, last
            continue
        if first < 0xD800:
            yield first, 0xD7FF
        if last > 0xDFFF:
            yield 0xE000, last


ANY = ~Characters()
"""All characters of Unicode."""

_CONTROLS = Characters.from_ranges([(0, 0x1F), (0x7F, 0x9F)])
_ALPHANUMERIC = [Characters.between(*ends) for ends in ("09", "AZ", "az")]
_PRINTABLE = Characters.between(" ", "~")
_PLAINNESS = (
    *_ALPHANUMERIC,
    _PRINTABLE - reduce(or_, _ALPHANUMERIC),
    ANY - _PRINTABLE - _CONTROLS,
    _CONTROLS,
)


def refine(sets: Iterable[Characters]) -> list[Characters]:
    """The coarsest partition of all characters of which each set is a union.

    Examples:
        >>> letters, vowels = Characters.between("a", "z"), Characters.of("aeiou")
        >>> [len(part) for part in refine([letters, vowels])][:2]
        [1112038, 5]
    """
    distinct = list(dict.fromkeys(sets))
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for number, characters in enumerate(distinct):
        for first, last in characters.ranges:
            starts[first] = starts.get(first, 0) ^ (1 << number)
            ends[last + 1] = ends.get(last + 1, 0) ^ (1 << number)
    edges = sorted({0, _LAST + 1, *starts, *ends})
    parts: dict[int, list[tuple[int, int]]] = {}
    member = 0
    for first, following in pairwise(edges):
        member ^= starts.get(first, 0) ^ ends.get(first, 0)
        parts.setdefault(member, []).append((first, following - 1))
    found = (Characters.from_ranges(ranges) for ranges in parts.values())
    return [characters for characters in found if characters]


@lru_cache(maxsize=256)
def with_property(name: str) -> Characters | None:
    r"""The characters that have a property of Unicode.

    Args:
        name: What stands between the braces of ``\\p{...}``: a general category, such as ``Lu``
            or ``Letter``, or one of the binary properties that Python knows.

    Returns:
        A set, or None if the property is not known. Only characters that have had their category
        since Unicode 3.2 are in it, so that all versions of Python and all validators agree.
    """
    key = name.removeprefix("General_Category=").removeprefix("gc=")
    if key in ("Any", "Assigned"):
        return ANY if key == "Any" else _in_categories(tuple("LMNPSZC"))
    if key == "ASCII":
        return Characters.between("\0", "\x7f")
    if key in ("White_Space", "space"):
        return SPACES
    categories = _CATEGORIES.get(key, (key,) if key in _SHORT_NAMES else ())
    return _in_categories(categories) if categories else None


_SHORT_NAMES = frozenset(
    "C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps "
    "S Sc Sk Sm So Z Zl Zp Zs".split()
)
_CATEGORIES: dict[str, tuple[str, ...]] = {
    "Letter": ("L",), "Uppercase_Letter": ("Lu",), "Lowercase_Letter": ("Ll",),
    "Titlecase_Letter": ("Lt",), "Modifier_Letter": ("Lm",), "Other_Letter": ("Lo",),
    "Cased_Letter": ("Lu", "Ll", "Lt"), "LC": ("Lu", "Ll", "Lt"),
    "Mark": ("M",), "Combining_Mark": ("M",), "Nonspacing_Mark": ("Mn",), "Spacing_Mark": ("Mc",),
    "Number": ("N",), "Decimal_Number": ("Nd",), "digit": ("Nd",), "Letter_Number": ("Nl",),
    "Other_Number": ("No",), "Punctuation": ("P",), "punct": ("P",),
    "Connector_Punctuation": ("Pc",), "Dash_Punctuation": ("Pd",), "Open_Punctuation": ("Ps",),
    "Close_Punctuation": ("Pe",), "Initial_Punctuation": ("Pi",), "Final_Punctuation": ("Pf",),
    "Other_Punctuation": ("Po",), "Symbol": ("S",), "Math_Symbol": ("Sm",),
    "Currency_Symbol": ("Sc",), "Modifier_Symbol": ("Sk",), "Other_Symbol": ("So",),
    "Separator": ("Z",), "Space_Separator": ("Zs",), "Line_Separator": ("Zl",),
    "Paragraph_Separator": ("Zp",), "Other": ("C",), "Control": ("Cc",), "cntrl": ("Cc",),
    "Format": ("Cf",), "Private_Use": ("Co",),
    # Derived properties, without the few characters that their definitions add.
    "Alphabetic": ("L", "Nl"), "Alpha": ("L", "Nl"), "Uppercase": ("Lu",), "Lowercase": ("Ll",),
    "Upper": ("Lu",), "Lower": ("Ll",), "ID_Start": ("L", "Nl"), "XID_Start": ("L", "Nl"),
    "ID_Continue": ("L", "Nl", "Nd"), "XID_Continue": ("L", "Nl", "Nd"),
}  # fmt: skip


@lru_cache(maxsize=1)
def _read_categories() -> dict[str, Characters]:
    """The characters of each general category that has not changed since Unicode 3.2."""
    then, now = unicodedata.ucd_3_2_0.category, unicodedata.category
    ranges: dict[str, list[tuple[int, int]]] = {}
    for first, last in _PLANES:
        start, current = first, ""
        for code in range(first, last + 1):
            character = chr(code)
            category = then(character)
            if category == "Cn" or category != now(character):
                category = ""
            if category != current:
                if current:
                    ranges.setdefault(current, []).append((start, code - 1))
                start, current = code, category
        if current:
            ranges.setdefault(current, []).append((start, last))
    return {name: Characters.from_ranges(found) for name, found in ranges.items()}


_PLANES = ((0, 0x2FFFF), (0xE0000, 0xE0FFF))
"""Where Unicode 3.2 has characters, private ones apart."""


def _in_categories(prefixes: tuple[str, ...]) -> Characters:
    found = [
        characters for name, characters in _read_categories().items() if name.startswith(prefixes)
    ]
    return reduce(or_, found, Characters())


@lru_cache(maxsize=1)
def find_stable() -> Characters:
    """The characters that have had their category since Unicode 3.2."""
    return reduce(or_, _read_categories().values(), Characters())


DIGITS = Characters.between("0", "9")
"""``\\d``: in ECMA-262 the digits of ASCII only."""
WORD = reduce(or_, _ALPHANUMERIC) | Characters.of("_")
"""``\\w``: in ECMA-262 the letters and digits of ASCII, and the underscore."""
LINE_ENDS = Characters.of("\n\r\u2028\u2029")
"""What ``.`` does not match in ECMA-262."""
SPACES = Characters.of(
    "\t\n\x0b\x0c\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"
) | Characters.between("\u2000", "\u200a")
"""``\\s``: WhiteSpace and LineTerminator of ECMA-262, 12.2 and 12.3."""
CONTESTED_SPACES = Characters.of("\x1c\x1d\x1e\x1f\x85\u180e\ufeff")
"""Characters that are spaces for some regular expression engines only."""
CONTESTED_LINE_ENDS = Characters.of("\r\x85\u2028\u2029")
"""Characters that end a line for some regular expression engines only."""
CONTESTED_DIGITS = Characters.from_ranges(
    [
        *((first, first + 9) for first in (
            0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
            0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
            0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50,
            0xABF0, 0xFF10, 0x1FBF0,
        )),
        # New versions of Unicode add scripts with digits of their own here.
        (0x10000, 0x1EFFF),
    ]
)  # fmt: skip
"""Characters outside of ASCII that are digits for some regular expression engines only."""
CONTESTED_WORDS = ANY - Characters.between("\0", "\x7f")
"""Characters that may be word characters, or the other case of one, for some engines only."""
