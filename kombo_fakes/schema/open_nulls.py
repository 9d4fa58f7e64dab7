"""Finds the nulls that a schema rejects by the letter and its publisher may mean.

OpenAPI 3.0.3 lets ``nullable`` add null to the ``type`` beside it, and to nothing else. So
``nullable: true`` beside ``allOf`` or ``$ref`` has no effect by the letter, and most who write it
mean null. Neither a valid payload nor a fault has null there.
"""

from __future__ import annotations

from typing import Any

from kombo_fakes.core.pointer import Path, get, to_pointer
from kombo_fakes.schema.references import ReferenceResolver, escape_uri
from kombo_fakes.schema.vocabulary import map_subschemas, subschemas

_NARROWING = frozenset("$ref $dynamicRef $recursiveRef allOf anyOf oneOf not if".split())
"""Keywords that can forbid the null that ``nullable`` adds to the type beside them."""


def is_open(schema: dict[str, Any]) -> bool:
    """Whether it is open if null is meant at a schema object.

    Examples:
        >>> is_open({"nullable": True, "allOf": [{"$ref": "#/$defs/state"}]})
        True
        >>> is_open({"nullable": True, "type": "string"}), is_open({"$ref": "#/$defs/state"})
        (False, False)
    """
    # Swagger 2.0 has no keyword, and many tools read this extension.
    if schema.get("x-nullable") is True:
        return True
    return schema.get("nullable") is True and ("type" not in schema or bool(_NARROWING & {*schema}))


def allow_open_nulls(effective: dict[str, Any]) -> dict[str, Any] | None:
    """Return a copy of an effective schema that allows null wherever it may be meant.

    Args:
        effective: The effective schema. It is not changed.

    Returns:
        The wider schema; None if there is no such place.

    Examples:
        >>> allow_open_nulls({"nullable": True, "enum": ["A"]})
        {'anyOf': [{'nullable': True, 'enum': ['A']}, {'type': 'null'}]}
    """
    found = _find_open(effective)
    return _Widener(effective, found).widen(effective, ()) if found else None


def _find_open(effective: dict[str, Any]) -> frozenset[Path]:
    found: set[Path] = set()
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        path, schema = todo.pop()
        if not isinstance(schema, dict):
            continue
        if is_open(schema):
            found.add(path)
        todo.extend(
            (path + where, child)
            for where, child in subschemas(schema)
            # There, a wider schema would reject more.
            if where[0] not in ("not", "if")
        )
    return frozenset(found)


class _Widener:
    def __init__(self, root: dict[str, Any], found: frozenset[Path]) -> None:
        self.root = root
        self.found = found
        self.references = ReferenceResolver(root)

    def widen(self, schema: Any, path: Path) -> Any:
        if not isinstance(schema, dict):
            return schema
        result = map_subschemas(schema, lambda where, child: self.widen(child, path + where))
        target = self.references.find(schema.get("$ref"), path)
        if target is not None:
            result["$ref"] = "#" + escape_uri(to_pointer(self.move(target)))
        if path:
            result.pop("$id", None)  # Pointers lead through the whole document.
        # A null that several branches may mean is not a violation of their union.
        if self.is_loosened(schema, path):
            one = {"anyOf": result.pop("oneOf")}
            result["allOf"] = [*result.get("allOf", []), one]
        if path not in self.found:
            return result
        dialect = {"$schema": result.pop("$schema")} if "$schema" in result else {}
        return {**dialect, "anyOf": [result, {"type": "null"}]}

    def may_be_null(self, branch: Any, path: Path) -> bool:
        if path in self.found:
            return True
        reference = branch.get("$ref") if isinstance(branch, dict) else None
        return self.references.find(reference, path) in self.found

    def move(self, path: Path) -> Path:
        """Return where a schema is in the wider one."""
        moved: list[str | int] = []
        for end, part in enumerate(path):
            above = path[:end]
            schema = get(self.root, above)
            if above in self.found:
                moved += ["anyOf", 0]
            # Branches that became an `anyOf` are in the last place of an `allOf`.
            if part == "oneOf" and self.is_loosened(schema, above):
                moved += ["allOf", len(schema.get("allOf", [])), "anyOf"]
            else:
                moved.append(part)
        return tuple(moved)

    def is_loosened(self, schema: Any, path: Path) -> bool:
        branches = schema.get("oneOf") if isinstance(schema, dict) else None
        return isinstance(branches, list) and any(
            self.may_be_null(branch, (*path, "oneOf", index))
            for index, branch in enumerate(branches)
        )
