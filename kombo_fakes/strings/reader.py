"""Reads regular expressions of ECMA-262 (section 22.2), as lenient as browsers are (Annex B)."""

from __future__ import annotations

import re
from functools import lru_cache

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SchemaError
from kombo_fakes.strings.characters import (
    ANY,
    CONTESTED_DIGITS,
    CONTESTED_LINE_ENDS,
    CONTESTED_SPACES,
    CONTESTED_WORDS,
    DIGITS,
    LINE_ENDS,
    SPACES,
    WORD,
    Characters,
    with_property,
)
from kombo_fakes.strings.syntax import (
    Assertion,
    Character,
    Choice,
    Group,
    Look,
    Node,
    Pattern,
    Reference,
    Repeat,
    Sequence,
)

_QUANTIFIER = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_GROUP_NAME = re.compile(r"\(\?P?<([^>=!][^>]*)>")
# ECMA-262 has no flags that hold from a place on, but validators understand them.
_FLAGS = re.compile(r"\(\?([is]+)\)")
_FLAGGED_GROUP = re.compile(r"\(\?([is]+):")
_CONTROL_ESCAPES = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "0": "\0"}
_CLASS_ESCAPES = {
    "d": (DIGITS, CONTESTED_DIGITS),
    "w": (WORD, CONTESTED_WORDS),
    "s": (SPACES, CONTESTED_SPACES),
}
"""The characters of a class, and those that belong to it for some engines only."""
_LOOKS = {"(?=": (True, False), "(?!": (True, True), "(?<=": (False, False), "(?<!": (False, True)}
_DEEPEST = 100


@lru_cache(maxsize=4096)
def read_pattern(source: str) -> Pattern:
    """Read a regular expression.

    Args:
        source: A regular expression of ECMA-262, as the keyword ``pattern`` has it.

    Returns:
        Its tree, and what engines disagree about in it.

    Raises:
        SchemaError: if it is not a regular expression, or is nested more than 100 deep.

    Examples:
        >>> read_pattern("^a|b$").root.branches[0].parts[0]
        Assertion(kind='start')
    """
    return _Reader(source).read()


class _Reader:
    """Reads one regular expression from its beginning to its end."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0
        self._depth = 0
        self._groups = 0
        self._ends = 0
        self._contested = Characters()
        self._has_properties = False
        self._flags = ""
        found = _GROUP_NAME.finditer(source)
        self._names = {match[1]: match.start() for match in found}
        self._numbers: dict[str, int] = {}

    def read(self) -> Pattern:
        root = self._read_choice()
        if self._position < len(self._source):
            raise self._error("unmatched ')'")
        return Pattern(self._source, root, self._contested, self._has_properties)

    def _error(self, problem: str) -> SchemaError:
        return SchemaError(
            f"pattern {shorten(self._source)} is not a regular expression of ECMA-262: {problem} "
            f"at position {self._position}"
        )

    def _take(self, text: str) -> bool:
        found = self._source.startswith(text, self._position)
        if found:
            self._position += len(text)
        return found

    def _peek(self) -> str:
        return self._source[self._position : self._position + 1]

    # -- structure

    def _read_choice(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"groups are nested more than {_DEEPEST} deep")
        branches = [self._read_sequence()]
        while self._take("|"):
            branches.append(self._read_sequence())
        self._depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _read_sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            if flags := _FLAGS.match(self._source, self._position):
                if self._depth > 1:
                    raise self._error(f"the flag {flags[0]} inside of a group")
                self._set_flags(flags)
                continue
            part = self._read_quantifiers(self._read_term())
            parts.append(part)
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _read_quantifiers(self, part: Node) -> Node:
        bounds = self._read_bounds()
        if bounds is None:
            return part
        self._take("?") or self._take("+")  # lazy and possessive ones match the same strings
        least, most = bounds
        if most is not None and most < least:
            raise self._error(f"a repetition of {least} to {most} times")
        if isinstance(part, (Look, Assertion)):
            return part if least else Sequence()
        return Repeat(part, least, most)

    def _read_bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        match = _QUANTIFIER.match(self._source, self._position)
        if match is None:
            return None
        self._position = match.end()
        least = _count(match[1])
        if match[2] is None:
            return least, least
        return least, _count(match[3]) if match[3] else None

    def _read_term(self) -> Node:
        character = self._peek()
        if character == "(":
            return self._read_group()
        if character == "[":
            self._position += 1
            return self._character(self._read_class())
        if character == "\\":
            return self._read_escape()
        if character in "*+?" or _QUANTIFIER.match(self._source, self._position):
            raise self._error(f"nothing to repeat before {character!r}")
        self._position += 1
        if character == ".":
            # Some engines let the flag `s` change nothing.
            self._contested |= LINE_ENDS if "s" in self._flags else CONTESTED_LINE_ENDS
            return self._character(ANY - LINE_ENDS)
        self._ends += character == "$"
        if character in "^$":
            return Assertion("start" if character == "^" else "end")
        return self._character(Characters.of(character))

    def _character(self, characters: Characters) -> Character:
        return Character(_fold(characters) if "i" in self._flags else characters)

    def _read_group(self) -> Node:
        start = self._position
        for opening, (ahead, negative) in _LOOKS.items():
            if self._take(opening):
                ends = self._ends
                part = self._read_rest_of_group()
                if negative and self._ends > ends:
                    # In Python, `$` also matches before a newline at the end.
                    self._contested |= Characters.of("\n")
                return Look(part, ahead, negative)
        if self._take("(?:"):
            return self._read_rest_of_group()
        if flags := _FLAGGED_GROUP.match(self._source, self._position):
            outer = self._flags
            self._set_flags(flags)
            part = self._read_rest_of_group()
            self._flags = outer
            return part
        self._groups += 1
        number = self._groups
        if match := _GROUP_NAME.match(self._source, self._position):
            self._position = match.end()
            self._numbers[match[1]] = number
        elif self._take("(?"):
            self._position = start
            raise self._error(f"unknown kind of group {self._source[start : start + 4]!r}")
        else:
            self._position += 1
        return Group(number, self._read_rest_of_group())

    def _set_flags(self, match: re.Match[str]) -> None:
        self._position = match.end()
        self._flags += match[1]
        if "i" in match[1]:
            # The long s and the sign of kelvins are an s and a k for some engines only.
            self._contested |= CONTESTED_WORDS

    def _read_rest_of_group(self) -> Node:
        part = self._read_choice()
        if not self._take(")"):
            raise self._error("missing ')'")
        return part

    # -- escapes

    def _read_escape(self) -> Node:
        escape = self._source[self._position + 1 : self._position + 2]
        if escape in ("b", "B"):
            self._position += 2
            self._contested |= CONTESTED_WORDS
            return Assertion("boundary" if escape == "b" else "no boundary")
        rest = self._source[self._position :]
        if match := re.match(r"\\k<([^>]+)>", rest):
            self._position += len(match[0])
            if match[1] not in self._numbers:
                raise self._error(f"unknown group {match[1]!r}")
            return Reference(self._numbers[match[1]])
        if (match := re.match(r"\\([1-9][0-9]?)", rest)) and int(match[1]) <= self._groups:
            self._position += len(match[0])
            return Reference(int(match[1]))
        return self._character(self._read_escaped_set())

    def _read_escaped_set(self) -> Characters:
        """The characters that an escape stands for, within or outside of brackets."""
        rest = self._source[self._position : self._position + 80]
        escape = rest[1:2]
        if escape == "":
            raise self._error("a single backslash")
        if escape.lower() in _CLASS_ESCAPES:
            self._position += 2
            found, contested = _CLASS_ESCAPES[escape.lower()]
            self._contested |= contested
            return found if escape.islower() else ~found
        if match := re.match(r"\\([pP])(?:\{\^?([^}]*)\}|([A-Z]))", rest):
            self._position += len(match[0])
            property_set = with_property(match[2] or match[3])
            if property_set is None:
                raise SchemaError(
                    f"pattern {shorten(self._source)}: the property {match[0]} is not supported"
                )
            self._has_properties = True
            return ~property_set if match[1] == "P" else property_set
        return Characters.of(self._read_escaped_character(rest, escape))

    def _read_escaped_character(self, rest: str, escape: str) -> str:
        if match := re.match(
            r"\\u[dD]([89abAB][0-9a-fA-F]{2})\\u[dD]([c-fC-F][0-9a-fA-F]{2})", rest
        ):
            self._position += len(match[0])
            high, low = int("d" + match[1], 16), int("d" + match[2], 16)
            return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        if match := re.match(
            r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})", rest
        ):
            self._position += len(match[0])
            code = int(match[1] or match[2] or match[3], 16)
            if code > 0x10FFFF:
                raise self._error(f"{code:X} is not a code point")
            return chr(code)
        if match := re.match(r"\\c([A-Za-z])", rest):
            self._position += len(match[0])
            return chr(ord(match[1]) % 32)
        self._position += 2
        return _CONTROL_ESCAPES.get(escape, escape)

    # -- classes

    def _read_class(self) -> Characters:
        negated = self._take("^")
        found = Characters()
        while not self._take("]"):
            if self._peek() == "":
                raise self._error("missing ']'")
            first = self._read_class_atom()
            ranged = self._peek() == "-" and self._source[self._position + 1 :][:1] not in ("]", "")
            if not ranged:
                found |= first
                continue
            self._position += 1
            last = self._read_class_atom()
            if len(first) != 1 or len(last) != 1:
                found |= first | last | Characters.of("-")  # Annex B: not a range
                continue
            if first.ranges[0][0] > last.ranges[0][0]:
                raise self._error("a range of characters whose end lies before its start")
            found |= Characters.from_ranges([(first.ranges[0][0], last.ranges[0][0])])
        if "i" in self._flags:
            found = _fold(found)
        return ~found if negated else found

    def _read_class_atom(self) -> Characters:
        if self._peek() == "\\":
            if self._take("\\b"):
                return Characters.of("\b")
            return self._read_escaped_set()
        character = self._peek()
        self._position += 1
        return Characters.of(character)


def _count(digits: str) -> int:
    # More repetitions than this cannot be in any string that is made here.
    return int(digits) if len(digits) < 9 else 10**9


def _fold(characters: Characters) -> Characters:
    """A set with the other case of its letters. Very large sets stay as they are."""
    if len(characters) > 5_000:
        return characters
    members = [chr(code) for first, last in characters.ranges for code in range(first, last + 1)]
    others = {case for c in members for case in (c.lower(), c.upper()) if len(case) == 1}
    return characters | Characters.of(sorted(others))
