"""Finds the targets of references within a document: by pointer, by anchor, by ``$id``."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote, urljoin

from kombo_fakes.core.pointer import Path, get, parse_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.schema.vocabulary import subschemas

# References are resolved against a base URI, and a document need not have an `$id`. urljoin knows
# only schemes whose URIs have a path of segments.
_BASE = "file:///"
_SAFE = ":/?@!$&'()*+,;=%-._~"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


class ReferenceResolver:
    """Finds the places in a schema document that references lead to.

    Args:
        root: The document: a schema.

    Examples:
        >>> ReferenceResolver({"$defs": {"a": {"$anchor": "x"}}}).find("#x", ())
        ('$defs', 'a')
    """

    def __init__(self, root: Any) -> None:
        self._root = root
        self._resources: dict[str, Path] = {}
        self._anchors: dict[tuple[str, str], Path] = {}
        self._bases: dict[Path, str] = {}
        todo: list[tuple[Path, Any, str]] = [((), root, _BASE)]
        while todo:
            path, schema, base = todo.pop()
            if not isinstance(schema, dict):
                continue
            identifier = schema.get("$id")
            # In draft 7, an `$id` that is only a fragment is an anchor, and not a new base URI.
            if isinstance(identifier, str) and not identifier.startswith("#"):
                base = split_uri(join_uri(base, identifier))[0]
                self._resources[base] = path
            elif not path:
                self._resources[base] = path
            self._bases[path] = base
            plain = identifier[1:] if isinstance(identifier, str) else None
            for name in (schema.get("$anchor"), schema.get("$dynamicAnchor"), plain):
                if isinstance(name, str):
                    self._anchors.setdefault((base, name), path)
            todo.extend((path + where, child, base) for where, child in subschemas(schema))

    def find(self, reference: Any, where: Path) -> Path | None:
        """Return the path that a reference leads to.

        None if the value is not a reference, or if its target is not in the document.

        Args:
            reference: The value of ``$ref`` or ``$dynamicRef``.
            where: The path of the schema object that holds it.
        """
        if not isinstance(reference, str):
            return None
        uri, fragment = split_uri(join_uri(self._bases.get(where, _BASE), reference))
        if uri not in self._resources:
            return None
        # A pointer begins with a slash, and an anchor cannot contain one.
        if fragment and not fragment.startswith("/"):
            return self._anchors.get((uri, fragment))
        start = self._resources[uri]
        try:
            path = (*start, *parse_pointer(fragment))
            get(self._root, path)
        except PointerError:
            return None
        return _normalize_indices(self._root, path)


def join_uri(base: str, reference: str) -> str:
    """Resolve a reference against a base URI (RFC 3986, section 5).

    Examples:
        >>> join_uri("https://example.com/a/b.json", "c.json#x"), join_uri("urn:a:b", "#x")
        ('https://example.com/a/c.json#x', 'urn:a:b#x')
    """
    reference = escape_uri(reference)
    # urljoin does not support URNs. Only a fragment can be added to them.
    if reference.startswith("#"):
        return base.partition("#")[0] + reference
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference  # Not a URI, for example because of a bracket. Nothing is found there.


def escape_uri(reference: str) -> str:
    """Escape the characters that a URI does not have at their place, such as spaces.

    Examples:
        >>> escape_uri("#/$defs/Page<A B>"), escape_uri("a%20b.json")
        ('#/$defs/Page%3CA%20B%3E', 'a%20b.json')
        >>> escape_uri("#/$defs/number[]"), escape_uri("#/$defs/50%")
        ('#/$defs/number%5B%5D', '#/$defs/50%25')
    """
    before, hash_sign, fragment = _BARE_PERCENT.sub("%25", reference).partition("#")
    # RFC 3986, sections 2.1 to 2.3. Nothing has a name with a lone surrogate, so it may be lost.
    # Brackets are only around an address of IPv6 (section 3.2.2).
    brackets = "[]" if "//[" in before else ""
    escaped = quote(before, safe=_SAFE + brackets, errors="replace")
    return escaped + hash_sign + quote(fragment, safe=_SAFE, errors="replace")


def split_uri(uri: str) -> tuple[str, str]:
    """Split a URI into the part before its fragment, and the fragment without its escapes.

    Examples:
        >>> split_uri("a.json#/a%20b")
        ('a.json', '/a b')
    """
    # A JSON Pointer in a URI fragment is percent-encoded (RFC 6901, section 6). urldefrag raises a
    # ValueError for what is not a URI.
    before, _, fragment = uri.partition("#")
    return before, unquote(fragment)


def _normalize_indices(root: Any, path: tuple[str | int, ...]) -> Path:
    """Return the path with numbers for the indices of lists."""
    # The walk through the document has numbers there, and equal places need equal paths.
    result: list[str | int] = []
    value = root
    for part in path:
        key = int(part) if isinstance(value, list) else part
        value = value[key]
        result.append(key)
    return tuple(result)
