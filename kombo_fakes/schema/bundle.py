"""Bundles a schema with everything that it refers to, from other documents too, into one document.

The result is JSON Schema 2020-12 in its keywords, and may still have habits of OpenAPI such as
``nullable``. Each target of a reference is copied into ``$defs`` (JSON Schema Core 2020-12, section
9.3, has the ids stay; here references become pointers, so that documents of several dialects fit
into one).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

from kombo_fakes.core.json_reader import is_too_deep
from kombo_fakes.core.pointer import Path, get, to_pointer
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.dialects import (
    identify_dialect,
    is_dialect,
    upgrade,
)
from kombo_fakes.schema.effective import MOST_SCHEMAS, Repair
from kombo_fakes.schema.linked_documents import Document, LinkedDocuments, get_map
from kombo_fakes.schema.references import escape_uri, split_uri
from kombo_fakes.schema.resources import Resources
from kombo_fakes.schema.vocabulary import DRAFT_4, DRAFT_2020, map_subschemas

_IDENTIFIERS = ("$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor")
_DEFINITIONS = ("$defs", "definitions")


_NAMED_PLACES: tuple[Path, ...] = (
    ("components", "schemas"), ("definitions",), ("$defs",),
)  # fmt: skip
"""Where a main document names its schemas."""


def bundle_document(
    content: Any, name: str, resources: Resources, *, strict: bool = False
) -> tuple[Any, tuple[Repair, ...]]:
    """Bundle a JSON Schema document with the other documents that it refers to.

    Args:
        content: The document. It is not changed.
        name: What error messages call it.
        resources: The other documents.
        strict: True to reject keywords that the dialect of their document does not have.

    Returns:
        The document, unchanged if no reference leads out of it, and what was removed from it.

    Raises:
        SchemaError, DocumentError: if a reference leads to no document, or to an unusable one.

    Examples:
        >>> given = Resources({"common.json": {"definitions": {"id": {"type": "string"}}}})
        >>> bundle_document({"$ref": "common.json#/definitions/id"}, "the schema", given)[0]
        {'$schema': 'https://json-schema.org/draft/2020-12/schema', '$ref': '#/$defs/id', \
'$defs': {'id': {'type': 'string'}}}
    """
    if not isinstance(content, dict) or is_too_deep(content) or not _may_lead_out(content):
        return content, ()
    documents = LinkedDocuments(name, content, resources, DRAFT_2020, strict=strict)
    named = content.get("$schema")
    main = documents.main
    if named is not None and not is_dialect(named):
        # A relative one names a document. An unknown one is an error, which is told by the reader.
        try:
            main.dialect = documents.find_dialect(main)
        except SchemaError:
            return content, ()
        content = {**content, "$schema": main.dialect}
    else:
        main.dialect = documents.find_dialect(main)
    if main.dialect != DRAFT_2020:
        documents = LinkedDocuments(name, content, resources, main.dialect, strict=strict)
    if not documents.leads_out():
        return content, ()
    built, notes = copy_schema(documents, documents.main, ())
    identifier = content.get("id" if main.dialect == DRAFT_4 else "$id")
    kept = {} if identifier is None else {"$id": identifier}
    return {"$schema": DRAFT_2020, **kept, **built}, notes


def copy_schema(
    documents: LinkedDocuments, document: Document, path: Path
) -> tuple[Any, tuple[Repair, ...]]:
    """Copy a schema and everything that it refers to into one document.

    Args:
        documents: The documents that the references lead to.
        document: The document of the schema.
        path: The path of the schema in it.

    Returns:
        The schema with ``$defs``, and what was removed from it.

    Raises:
        SchemaError, DocumentError: if a reference leads nowhere, or the whole is too large.
    """
    return _Copier(documents, document, path).copy()


def _may_lead_out(content: dict[str, Any]) -> bool:
    """Whether anything in a document looks like a reference out of it, or an id inside of it.

    Most documents have neither, and an index of a large document takes long.
    """
    if "$schema" in content and not is_dialect(content["$schema"]):
        return True
    todo: list[Any] = [content]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            for keyword, child in value.items():
                if isinstance(child, (dict, list)):
                    todo.append(child)
                elif keyword in ("$ref", "$id", "id") and isinstance(child, str):
                    # An id of the whole document changes nothing for pointers.
                    is_own = value is content and keyword != "$ref"
                    if not child.startswith("#") and not is_own:
                        return True
        else:
            todo.extend(child for child in value if isinstance(child, (dict, list)))
    return False


@dataclass(frozen=True, slots=True)
class _Source:
    """What a schema is read with: its document, its dialect, and the base URI around it."""

    document: Document
    dialect: str
    base: str


class _Copier:
    """Copies one schema and the targets of its references."""

    def __init__(self, documents: LinkedDocuments, document: Document, path: Path) -> None:
        self.documents = documents
        self.root = (document, path)
        self.strict = documents.strict
        self.labels: dict[tuple[int, Path], str] = {}
        # These names belong to the main document, whatever is copied first.
        main = documents.main.content
        self.reserved: set[str] = {name for place in _NAMED_PLACES for name in get_map(main, place)}
        self.used: set[str] = set()
        self.todo: list[tuple[str, Document, Path]] = []
        self.dynamic: list[tuple[str, str]] = []
        self.notes: list[Repair] = []
        self.copied = 0

    def copy(self) -> tuple[Any, tuple[Repair, ...]]:
        root = self.convert_target(*self.root, ())
        definitions: dict[str, Any] = {}
        # In the order of the references, so that the result depends on the documents only.
        for label, target, where in self.todo:
            definitions[label] = self.convert_target(target, where, ("$defs", label))
        # Known only when all documents are read.
        for anchor, place in self.dynamic:
            if self.documents.is_open(anchor):
                raise SchemaError(
                    f"{place}: several documents have this dynamic anchor, which is not supported"
                )
        if isinstance(root, bool):
            root = {} if root else {"not": {}}
        if isinstance(root, dict) and definitions:
            root = {**root, "$defs": definitions}
        return root, tuple(self.notes)

    def convert_target(self, document: Document, path: Path, place: Path) -> Any:
        """Copy the schema at a path of a document to a place in the result."""
        schema, dialect = get(document.content, path), document.dialect
        # It can name a dialect of its own.
        named = schema.get("$schema") if isinstance(schema, dict) and path else None
        if is_dialect(named):
            dialect = identify_dialect(named)
        source = _Source(document, dialect, document.find_base(path[:-1]) if path else document.uri)
        return self.convert(schema, source, path, place)

    def convert(self, schema: Any, source: _Source, path: Path, place: Path) -> Any:
        if not isinstance(schema, dict):
            return schema
        self.copied += 1
        # Nested targets are copied once for each reference to them.
        if self.copied > MOST_SCHEMAS:
            raise SchemaError(
                f"{self.documents.main.name}: refers to more than {MOST_SCHEMAS:,} schemas, with "
                "nested targets of references counted several times"
            )
        document, dialect = source.document, source.dialect
        base = document.get_base(schema, source.base)
        if base != source.base:
            source = replace(source, base=base)
        note = partial(self.note, document, path, place)
        try:
            result = upgrade(schema, dialect, note)
        except SchemaError as error:
            raise SchemaError(
                f"{document.name}: {to_pointer(path) or 'the root'}: {error}"
            ) from None
        for keyword in ("$schema", *_DEFINITIONS, *_IDENTIFIERS):
            # `id` is an identifier in draft 4 only, and an annotation elsewhere.
            if keyword != "id" or dialect == DRAFT_4:
                result.pop(keyword, None)
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            self.point(result, keyword, source, path)
        result = map_subschemas(
            result,
            lambda where, child: self.convert(
                child, source, path + _locate_in(schema, where), place + where
            ),
        )
        self.point_mapping(result, source, path)
        return result

    def note(
        self,
        document: Document,
        path: Path,
        place: Path,
        keyword: str,
        reason: str,
        is_foreign: bool,
    ) -> None:
        if self.strict and is_foreign:
            at = f"{keyword} at {to_pointer(path) or 'the root'}"
            raise SchemaError(f"{document.name}: {at}: {reason}")
        removed = f"{reason}, so it was removed"
        self.notes.append(Repair(to_pointer(place), keyword, removed, is_unknown=is_foreign))

    def point(self, result: dict[str, Any], keyword: str, source: _Source, path: Path) -> None:
        """Replace a reference by one into the result."""
        reference = result.get(keyword)
        if not isinstance(reference, str) or is_dialect(reference.partition("#")[0]):
            return
        target = self.documents.resolve(source.document, path, reference, source.base)
        if keyword != "$ref":
            place = f"{keyword} at {to_pointer(path) or 'the root'}"
            anchor = "" if keyword == "$recursiveRef" else split_uri(reference)[1]
            self.dynamic.append((anchor, f"{source.document.name}: {place}"))
            del result[keyword]
        pointer = self.define(*target)
        if "$ref" in result and keyword != "$ref":
            result["allOf"] = [*result.get("allOf", ()), {"$ref": pointer}]
        else:
            result["$ref"] = pointer

    def point_mapping(self, result: dict[str, Any], source: _Source, path: Path) -> None:
        """Let a discriminator name the schemas that were copied for the branches beside it."""
        discriminator = result.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        if not isinstance(discriminator, dict) or not isinstance(mapping, dict):
            return
        pointed = {}
        for value, reference in mapping.items():
            pointed[value] = reference
            if isinstance(reference, str) and ("#" in reference or "/" in reference):
                try:
                    target, where = self.documents.resolve(
                        source.document, path, reference, source.base
                    )
                except (SchemaError, ValueError):
                    continue  # An annotation may say anything.
                label = self.labels.get((id(target), where))
                if label is not None:
                    pointed[value] = _refer(label)
        result["discriminator"] = {**discriminator, "mapping": pointed}

    def define(self, document: Document, path: Path) -> str:
        """Return the reference to the copy of a schema, which is made if there is none."""
        is_whole = self.root == (document, path) and not path
        if is_whole:
            return "#"
        if (id(document), path) not in self.labels:
            label = self.name(document, path)
            self.used.add(label)
            self.labels[id(document), path] = label
            self.todo.append((label, document, path))
        return _refer(self.labels[id(document), path])

    def name(self, document: Document, path: Path) -> str:
        if document is self.documents.main:
            is_named = path[:-1] in _NAMED_PLACES
            own = str(path[-1]) if is_named else to_pointer(path).removeprefix("/")
            candidates = [own]
        else:
            stem = re.sub(r"\.\w+$", "", document.name.rpartition("/")[2]) or "document"
            own = str(path[-1]) if path else stem
            candidates = [own, f"{stem}.{own}", f"{document.name}{to_pointer(path)}"]
            candidates = [name for name in candidates if name not in self.reserved]
        numbered = (f"{own}-{number}" for number in count(2))
        for name in candidates:
            if name not in self.used:
                return name
        return next(n for n in numbered if n not in self.used and n not in self.reserved)


def _refer(label: str) -> str:
    pointer = to_pointer(("$defs", label))
    return "#" + escape_uri(pointer.replace("%", "%25").replace("#", "%23"))


def _locate_in(schema: dict[str, Any], where: Path) -> Path:
    """Return where a schema was before `upgrade` moved it."""
    keyword = str(where[0])
    if isinstance(schema.get("items"), list):
        keyword = {"prefixItems": "items", "items": "additionalItems"}.get(keyword, keyword)
    return (keyword, *where[1:])
