"""Translates regular expressions of ECMA-262, which JSON Schema uses, to those of Python.

Strings are made from the result. It matches mostly what the original matches, limited to ASCII. It
is not exact, so the validator checks each string that is made.
"""

from __future__ import annotations

import re

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SchemaError

# Unicode property escapes as ranges of ASCII, for use within brackets.
_PROPERTIES = {
    "L": "A-Za-z",
    "Letter": "A-Za-z",
    "Alphabetic": "A-Za-z",
    "Lu": "A-Z",
    "Uppercase_Letter": "A-Z",
    "Ll": "a-z",
    "Lowercase_Letter": "a-z",
    "N": "0-9",
    "Nd": "0-9",
    "Number": "0-9",
    "P": "!-#%-*,-/:;?@\\[-\\]_{}",
    "Punctuation": "!-#%-*,-/:;?@\\[-\\]_{}",
    "S": "$+<=>^`|~",
    "Zs": " ",
    "Z": " ",
}
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t\\n\\r\\f\\v"}
# \S excludes all white space of Unicode (ECMA-262, WhiteSpace and LineTerminator).
_EXCLUDED = {
    **_CLASSES,
    "s": _CLASSES["s"] + "\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff",
}


def to_python(pattern: str, most: int | None = None) -> str:
    r"""Translate a regular expression of ECMA-262, 21.2 (with the ``u`` flag) to one of Python's.

    Args:
        pattern: A regular expression that is valid in ECMA-262.
        most: The most repetitions of ``*`` and ``+``; None leaves them as they are.

    Returns:
        An expression for ``re``. Its character classes match only ASCII.

    Raises:
        SchemaError: if it uses a feature that Python's ``re`` does not have.

    Examples:
        >>> to_python(r"^\d{3}(?<rest>[\w-]*)$")
        '^[0-9]{3}(?P<rest>[A-Za-z0-9_-]*)$'
    """
    try:
        translated = _translate(pattern, most)
        re.compile(translated)
    # `re` raises an OverflowError for a count beyond its limit, and calls itself for each group.
    except (re.error, OverflowError, RecursionError) as error:
        raise SchemaError(
            f"pattern {shorten(pattern)} cannot be translated to Python: {error}"
        ) from None
    return translated


def _translate(pattern: str, most: int | None) -> str:
    result: list[str] = []
    position, in_class, negated = 0, False, False
    opened, first = 0, 0  # Start of the current class in the pattern and in the result.
    groups: list[int] = []
    atom = 0  # Start in the result of what a following quantifier repeats.
    while position < len(pattern):
        step, text = _translate_token(pattern, position, in_class=in_class, negated=negated)
        if text == "[" and not in_class:
            rest = pattern[position + step :]
            # ECMA-262 has a class `[]`, which matches nothing, and `[^]`, which matches everything.
            # Python takes the bracket for the first member of the class.
            if rest.startswith("]"):
                step, text = step + 1, "(?!)"
            elif rest.startswith("^]"):
                step, text = step + 2, "[\\s\\S]"
            else:
                in_class, negated = True, rest.startswith("^")
                opened, first = position, len(result)
        # Python warns of a bracket in a class, because it may come to mean a nested set.
        elif text == "[" and in_class:
            text = "\\["
        elif text == "]":
            if negated and re.search(r"\\[pP]\{", pattern[opened:position]):
                # A negated class with a Unicode property is limited to ASCII, too.
                characters = _printable("".join(result[first:]) + "]")
                result[first:] = [f"[{characters}" if characters else "(?!)"]
                text = "]" if characters else ""
            in_class, negated = False, False
        elif in_class:
            pass
        elif text in ("*", "+") and most is not None:
            text = f"{{{int(text == '+')},{most}}}"
        elif text == "{" and most is not None and (many := _MANY.match(pattern, position)):
            step, text = len(many[0]), _repeat("".join(result[atom:]), int(many[1]))
            result[atom:] = []
        if not in_class:
            # A class and a group are repeated as a whole.
            atom = first if text == "]" else len(result)
            if text.startswith("("):
                groups.append(len(result))
            elif text == ")" and groups:
                atom = groups.pop()
        result.append(text)
        position += step
    return "".join(result)


_MANY = re.compile(r"\{([0-9]{3,5})(?:,[0-9]*)?\}")
_MOST_REPETITIONS = 100
"""The most repetitions that rstr makes."""


def _repeat(atom: str, count: int) -> str:
    """Repeat an expression the least number of times, in steps that rstr can make."""
    # Two levels of repetition reach no further.
    if count > _MOST_REPETITIONS**2:
        raise OverflowError(f"{count:,} repetitions are too many")
    whole, rest = divmod(count, _MOST_REPETITIONS)
    steps = f"(?:(?:{atom}){{{_MOST_REPETITIONS}}}){{{whole}}}" if whole else ""
    return f"(?:{steps}(?:{atom}){{{rest}}})"


def _translate_token(
    pattern: str, position: int, *, in_class: bool, negated: bool
) -> tuple[int, str]:
    """Translate the token at a position; return its length and the Python for it."""
    named = pattern.startswith("(?<", position) and pattern[position + 3 : position + 4] not in "=!"
    if named and not in_class:
        return 3, "(?P<"
    if pattern[position] != "\\":
        # Python warns about these, since they may become set operations.
        doubled = in_class and pattern[position : position + 2] in ("&&", "||", "~~", "--")
        return 1, ("\\" if doubled else "") + pattern[position]
    escape = pattern[position + 1 : position + 2]
    if escape in _CLASSES:
        # A negated class has to leave out all white space, as `\S` does.
        ranges = _EXCLUDED[escape] if negated else _CLASSES[escape]
        return 2, ranges if in_class else f"[{ranges}]"
    if escape.lower() in _CLASSES and not in_class:
        return 2, f"[^{_EXCLUDED[escape.lower()]}]"
    if escape in ("p", "P") and (match := re.match(r"\\[pP]\{([^}]*)\}", pattern[position:])):
        known = _PROPERTIES.get(match[1].split("=")[-1])
        if known is None:
            raise SchemaError(
                f"pattern {shorten(pattern)} cannot be translated to Python: {match[0]}"
            )
        ranges = _printable(f"[^{known}]") if escape == "P" else known
        return len(match[0]), ranges if in_class else f"[{ranges}]"
    if match := re.match(r"\\u\{([0-9A-Fa-f]+)\}", pattern[position:]):
        return len(match[0]), re.escape(chr(int(match[1], 16)))
    if match := re.match(r"\\c([A-Za-z])", pattern[position:]):
        return len(match[0]), f"\\x{ord(match[1]) % 32:02x}"
    if match := re.match(r"\\k<([^>]+)>", pattern[position:]):
        return len(match[0]), f"(?P={match[1]})"
    if escape == "/":
        return 2, "/"
    return 2, pattern[position : position + 2]


def _printable(python_class: str) -> str:
    """List the printable ASCII characters of a class of Python, for use within brackets.

    Most of the other characters without a property are letters of other scripts.
    """
    characters = filter(re.compile(python_class).match, map(chr, range(0x20, 0x7F)))
    return "".join(f"\\x{ord(character):02x}" for character in characters)
