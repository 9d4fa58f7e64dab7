"""HTTP headers as ordered pairs of name and value.

A name can stand in them more than once, and the case of names does not matter (RFC 9110, 5.1).
"""

from __future__ import annotations

Headers = tuple[tuple[str, str], ...]

CONTENT_TYPE = "application/json"
"""The content type of every correct delivery."""


def find_header(headers: Headers, name: str) -> str | None:
    """Return the first value of a header, or None if it is absent.

    Examples:
        >>> find_header((("Content-Type", "text/plain"),), "content-type")
        'text/plain'
    """
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def replace_header(headers: Headers, name: str, values: tuple[str, ...]) -> Headers:
    """Return headers with these values of one header in place of those that are there.

    The new values stand where the first old one stood, or at the end.

    Examples:
        >>> replace_header((("A", "1"), ("B", "2")), "a", ("3", "4"))
        (('a', '3'), ('a', '4'), ('B', '2'))
    """
    wanted, found, is_placed = name.lower(), list[tuple[str, str]](), False
    for key, value in headers:
        if key.lower() != wanted:
            found.append((key, value))
        elif not is_placed:
            found.extend((name, new) for new in values)
            is_placed = True
    if not is_placed:
        found.extend((name, new) for new in values)
    return tuple(found)


def join_repeated(headers: Headers) -> Headers:
    """Return headers in which a repeated one is a single one, with commas (RFC 9110, 5.3).

    Examples:
        >>> join_repeated((("A", "1"), ("B", "2"), ("a", "3")))
        (('A', '1, 3'), ('B', '2'))
    """
    joined: dict[str, tuple[str, list[str]]] = {}
    for name, value in headers:
        joined.setdefault(name.lower(), (name, []))[1].append(value)
    return tuple((name, ", ".join(values)) for name, values in joined.values())


def strip_values(headers: Headers) -> Headers:
    """Return headers without the whitespace around values, which has no meaning (RFC 9110, 5.5)."""
    # Without arguments, strip() would also remove the character U+00A0, which is the byte A0 of a
    # value. Whitespace around a value is only spaces and tabs (RFC 9110, 5.6.3).
    return tuple((name, value.strip(" \t")) for name, value in headers)


def cgi_name(name: str) -> str:
    """Return the variable that holds a header in CGI and WSGI (RFC 3875, 4.1.18).

    Examples:
        >>> cgi_name("X-Kombo-Signature"), cgi_name("Content-Type")
        ('HTTP_X_KOMBO_SIGNATURE', 'CONTENT_TYPE')
    """
    upper = name.upper().replace("-", "_")
    # These two are older than the rule, and have no prefix.
    return upper if upper in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{upper}"
