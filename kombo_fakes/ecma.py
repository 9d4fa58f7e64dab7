"""From ECMA-262 regular expressions, which JSON Schema uses, to Python's.

The result matches a part of what the original does, on ASCII where the two disagree: it is for
making strings, and the validator has the last word on each.
"""

from __future__ import annotations

import re

from kombo_fakes.errors import SchemaError, shorten

# Unicode property escapes as ranges of ASCII, to stand within brackets.
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


def to_python(pattern: str, most: int | None = None) -> str:
    r"""Translate a regular expression of ECMA-262, 21.2 (with the ``u`` flag) to one of Python's.

    Args:
        pattern: A regular expression that is valid in ECMA-262.
        most: How often at most ``*`` and ``+`` are to repeat; None leaves them as they are.

    Returns:
        An expression for ``re`` that matches only ASCII where ECMA-262 means a class.

    Raises:
        SchemaError: if it uses what Python's ``re`` doesn't have.

    Examples:
        >>> to_python(r"^\d{3}(?<rest>[\w-]*)$")
        '^[0-9]{3}(?P<rest>[A-Za-z0-9_-]*)$'
    """
    result = []
    position, in_class = 0, False
    while position < len(pattern):
        step, text = _one(pattern, position, in_class=in_class)
        if text == "[" and not in_class:
            rest = pattern[position + step :]
            if rest.startswith("]"):
                step, text = step + 1, "(?!)"
            elif rest.startswith("^]"):
                step, text = step + 2, "[\\s\\S]"
            else:
                in_class = True
        elif text == "[" and in_class:
            text = "\\["
        elif text == "]":
            in_class = False
        elif text in ("*", "+") and not in_class and most is not None:
            text = f"{{{int(text == '+')},{most}}}"
        result.append(text)
        position += step
    translated = "".join(result)
    try:
        re.compile(translated)
    except (re.error, OverflowError, RecursionError) as error:
        raise SchemaError(
            f"pattern {shorten(pattern)} can't be constructed: Python's re says {error}"
        ) from None
    return translated


def _one(pattern: str, position: int, *, in_class: bool) -> tuple[int, str]:
    if pattern.startswith("(?<", position) and pattern[position + 3 : position + 4] not in "=!":
        return 3, "(?P<"
    if pattern[position] != "\\":
        # Python would warn of what may become a set operation one day.
        doubled = in_class and pattern[position : position + 2] in ("&&", "||", "~~", "--")
        return 1, ("\\" if doubled else "") + pattern[position]
    escape = pattern[position + 1 : position + 2]
    if escape in _CLASSES:
        return 2, _CLASSES[escape] if in_class else f"[{_CLASSES[escape]}]"
    if escape.lower() in _CLASSES and not in_class:
        return 2, f"[^{_CLASSES[escape.lower()]}]"
    if escape in ("p", "P") and (match := re.match(r"\\[pP]\{([^}]*)\}", pattern[position:])):
        ranges = _PROPERTIES.get(match[1].split("=")[-1])
        if ranges is None or (escape == "P" and in_class):
            raise SchemaError(f"pattern {shorten(pattern)} can't be constructed: {match[0]}")
        wrapped = f"[{'^' if escape == 'P' else ''}{ranges}]"
        return len(match[0]), ranges if in_class else wrapped
    if match := re.match(r"\\u\{([0-9A-Fa-f]+)\}", pattern[position:]):
        return len(match[0]), re.escape(chr(int(match[1], 16)))
    if match := re.match(r"\\c([A-Za-z])", pattern[position:]):
        return len(match[0]), f"\\x{ord(match[1]) % 32:02x}"
    if match := re.match(r"\\k<([^>]+)>", pattern[position:]):
        return len(match[0]), f"(?P={match[1]})"
    if escape == "/":
        return 2, "/"
    return 2, pattern[position : position + 2]
