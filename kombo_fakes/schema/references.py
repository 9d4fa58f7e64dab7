"""Finds the targets of references within a document: by pointer, by anchor, by ``$id``."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from kombo_fakes.core.pointer import Path, get, parse_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.schema.vocabulary import subschemas

# References are resolved against a base URI, and a document need not have an `$id`.
_BASE = "urn:kombo-fakes:document"


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
                base = urldefrag(_resolve_uri(base, identifier))[0]
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
        uri, fragment = urldefrag(_resolve_uri(self._bases.get(where, _BASE), reference))
        # A JSON Pointer in a URI fragment is percent-encoded (RFC 6901, section 6).
        fragment = unquote(fragment)
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


def _resolve_uri(base: str, reference: str) -> str:
    # urljoin does not support URNs. Only a fragment can be added to them.
    if reference.startswith("#"):
        return urldefrag(base)[0] + reference
    return reference if base.startswith("urn:") else urljoin(base, reference)


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
