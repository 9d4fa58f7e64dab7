"""Puts the targets of references in the place of the references, where that makes unions exact.

A value may satisfy one branch of `oneOf` only. Canonical form says so by negating the other
branches, and it negates no reference.
"""

from __future__ import annotations

from typing import Any

from kombo_fakes.core.pointer import Path, get, parse_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.schema.vocabulary import map_subschemas, subschemas

_MOST = 3_000
"""How many schema objects are copied at most. In a larger document, references stay."""

_ANNOTATIONS = ("title", "description", "$comment", "deprecated", "readOnly", "writeOnly")


def inline_branches(document: dict[str, Any]) -> dict[str, Any]:
    """Copy what the branches of `oneOf` refer to into the branches.

    A reference that leads back to where it is stays, and so do all if there is too much to copy.

    Args:
        document: A schema document. It is not changed.

    Returns:
        A document that means the same.

    Examples:
        >>> branches = [{"$ref": "#/$defs/a"}, {"type": "null"}]
        >>> inline_branches({"oneOf": branches, "$defs": {"a": {"minLength": 1}}})["oneOf"]
        [{'minLength': 1}, {'type': 'null'}]
    """
    if not _is_single_resource(document):
        return document
    inliner = _Inliner(document)
    try:
        result: dict[str, Any] = inliner.read(document, ())
    except _TooLargeError:
        return document
    return result if inliner.count else document


class _TooLargeError(Exception):
    pass


class _Inliner:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.count = 0

    def read(self, schema: Any, path: Path) -> Any:
        if not isinstance(schema, dict):
            return schema
        result = map_subschemas(schema, lambda where, child: self.read(child, path + where))
        if "oneOf" in schema:
            # From the document, since what is inside of a copy is copied with it.
            result["oneOf"] = [self._copy(branch, frozenset()) for branch in schema["oneOf"]]
        return result

    def _copy(self, schema: Any, inside: frozenset[Path]) -> Any:
        if not isinstance(schema, dict):
            return schema
        self.count += 1
        if self.count > _MOST:
            raise _TooLargeError
        target = self._find(schema.get("$ref"))
        if target is None or target in inside:
            return map_subschemas(schema, lambda _, child: self._copy(child, inside))
        copied = self._copy(get(self._document, target), inside | {target})
        beside = {k: v for k, v in schema.items() if k != "$ref" and k not in _ANNOTATIONS}
        if not beside:
            return copied
        return {"allOf": [copied, map_subschemas(beside, lambda _, c: self._copy(c, inside))]}

    def _find(self, reference: Any) -> Path | None:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return None
        try:
            path = parse_pointer(reference[1:])
            get(self._document, path)
        except PointerError:
            return None
        return path


def _is_single_resource(document: dict[str, Any]) -> bool:
    """True if all references are resolved against the document itself."""
    todo: list[Any] = [document]
    while todo:
        schema = todo.pop()
        if isinstance(schema, dict):
            if ("$id" in schema and schema is not document) or "$dynamicRef" in schema:
                return False
            if "$recursiveRef" in schema or "%" in str(schema.get("$ref", "")):
                return False
            todo.extend(child for _, child in subschemas(schema))
    return True
