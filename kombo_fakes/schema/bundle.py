"""Bundles a schema with everything that it refers to, from other documents too, into one document.

The result is JSON Schema 2020-12 in its keywords, and may still have habits of OpenAPI such as
``nullable``. Each target of a reference is copied into ``$defs`` (JSON Schema Core 2020-12, section
9.3, has the ids stay; here references become pointers, so that documents of several dialects fit
into one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import unquote

from kombo_fakes.core.json_reader import MAX_DEPTH, is_too_deep
from kombo_fakes.core.messages import shorten, suggest
from kombo_fakes.core.pointer import Path, find, get, has, parse_pointer, to_pointer
from kombo_fakes.errors import PointerError, SchemaError
from kombo_fakes.schema.dialects import (
    BEFORE_2019,
    OPENAPI_30,
    guess_dialect,
    identify_dialect,
    is_dialect,
    upgrade,
)
from kombo_fakes.schema.effective import MOST_SCHEMAS, Repair
from kombo_fakes.schema.references import escape_uri, join_uri, split_uri
from kombo_fakes.schema.resources import BASE, Resources
from kombo_fakes.schema.vocabulary import DRAFT_4, DRAFT_2020, map_subschemas, subschemas

_IDENTIFIERS = ("$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor")
_DEFINITIONS = ("$defs", "definitions")


@dataclass(eq=False, slots=True)
class Document:
    """A document in which references are resolved.

    Attributes:
        name: What error messages call it.
        uri: Where it is; references to files beside it are relative to this.
        content: The parsed document.
        dialect: The dialect of the schemas in it.
        base: The URI that references in it are relative to: its ``$id``, if it has one.
    """

    name: str
    uri: str
    content: Any
    dialect: str
    base: str = field(init=False)

    def __post_init__(self) -> None:
        self.base = self.get_base(self.content, self.uri)

    def get_base(self, schema: Any, base: str) -> str:
        """Return the base URI within a schema object, which its ``$id`` can change."""
        if not isinstance(schema, dict):
            return base
        identifier = schema.get("id" if self.dialect == DRAFT_4 else "$id")
        # Before 2019-09 an id that is a fragment is an anchor.
        if not isinstance(identifier, str) or identifier.startswith("#"):
            return base
        if self.dialect in BEFORE_2019 and "$ref" in schema:
            return base  # What is beside a reference is ignored.
        return split_uri(join_uri(base, identifier))[0]

    def find_base(self, path: Path) -> str:
        """Return the base URI at a path."""
        base, value = self.uri, self.content
        for part in path:
            base = self.get_base(value, base)
            value = value[int(part) if isinstance(value, list) else part]
        return self.get_base(value, base)


class Bundler:
    """Resolves references within and between documents.

    Args:
        name: What error messages call the main document.
        content: The main document. It is not changed.
        resources: The other documents.
        dialect: The dialect of the main document.
        strict: True to reject keywords that the dialect of their document does not have.

    Raises:
        SchemaError: if the document is nested too deep.
    """

    def __init__(
        self, name: str, content: Any, resources: Resources, dialect: str, *, strict: bool = False
    ) -> None:
        self._resources = resources
        self._strict = strict
        self._by_uri: dict[str, Document] = {}
        self._ids: dict[str, tuple[Document, Path]] = {}
        self._anchors: dict[tuple[str, str], tuple[Document, Path]] = {}
        self._dynamic: dict[str, set[str]] = {}
        self.main: Document = self._add(Document(name, resources.uri, content, dialect))

    def _add(self, document: Document) -> Document:
        """Index a document by the identifiers and anchors in it."""
        self._by_uri[document.uri] = document
        if is_too_deep(document.content):
            raise SchemaError(f"{document.name}: nested deeper than {MAX_DEPTH} levels")
        self._ids.setdefault(document.uri, (document, ()))
        self._ids.setdefault(document.base, (document, ()))
        todo: list[tuple[Path, Any, str]] = [((), document.content, document.uri)]
        todo += [
            ((*path, name), child, document.uri)
            for path in (("components", "schemas"),)
            for name, child in _get_map(document.content, path).items()
        ]
        while todo:
            path, schema, base = todo.pop()
            if not isinstance(schema, dict):
                continue
            own = document.get_base(schema, base)
            if own != base:
                self._ids.setdefault(own, (document, path))
            for keyword in ("$anchor", "$dynamicAnchor", "$id", "id"):
                name = schema.get(keyword)
                if isinstance(name, str) and name.startswith("#"):
                    name = name[1:]
                elif keyword in ("$id", "id"):
                    continue
                if isinstance(name, str):
                    self._anchors.setdefault((own, name), (document, path))
            dynamic = schema.get("$dynamicAnchor")
            if isinstance(dynamic, str):
                self._dynamic.setdefault(dynamic, set()).add(own)
            if schema.get("$recursiveAnchor") is True:
                self._dynamic.setdefault("", set()).add(own)
            todo.extend((path + where, child, own) for where, child in subschemas(schema))
        return document

    def resolve(
        self, document: Document, path: Path, reference: str, base: str
    ) -> tuple[Document, Path]:
        """Find the target of a reference.

        Args:
            document: The document of the reference.
            path: The path of the object that holds it.
            reference: The reference.
            base: The base URI there.

        Raises:
            SchemaError, DocumentError: if it leads nowhere, or to what must not be read.
        """
        place = to_pointer(path) or "the root"
        at = f"{document.name}: $ref {shorten(unquote(reference))} at {place}"
        uri, fragment = split_uri(join_uri(base, reference))
        try:
            found = self._find_resource(document, uri, reference)
        except SchemaError as error:
            raise SchemaError(f"{at} {error}") from None
        if found is None:
            raise SchemaError(f"{at} {self._resources.describe(uri)}")
        target, start = found
        if fragment and not fragment.startswith("/"):
            if (uri, fragment) in self._anchors:
                return self._anchors[uri, fragment]
            if (target.base, fragment) in self._anchors:
                return self._anchors[target.base, fragment]
            raise SchemaError(f"{at} leads nowhere")
        try:
            parts = parse_pointer(fragment)
        except PointerError:
            raise SchemaError(f"{at} leads nowhere") from None
        # Many documents have ids for decoration only, such as `/properties/a`. Pointers below them
        # are meant from the root.
        for beginning in (start, ()):
            if has(target.content, (*beginning, *parts)):
                return target, _number_indices(target.content, (*beginning, *parts))
        near = ""
        for parent in (parts[:-1],) if parts else ():
            known = find(target.content, parent)
            if isinstance(known, dict) or parent == ("components", "schemas"):
                near = f"; {suggest(parts[-1], known or ())}"
        raise SchemaError(f"{at} leads nowhere{near}")

    def _find_resource(
        self, document: Document, uri: str, reference: str
    ) -> tuple[Document, Path] | None:
        for candidate in self._spell(document, uri, reference):
            if candidate in self._ids:
                return self._ids[candidate]
            found = self._resources.find(candidate)
            if found is not None:
                place, content = found
                if place not in self._by_uri:
                    self._load(place, content, document)
                self._ids[candidate] = (self._by_uri[place], ())
                return self._ids[candidate]
        return None

    def _spell(self, document: Document, uri: str, reference: str) -> Iterator[str]:
        """Yield the URIs that a reference can mean: by ids first, then by files."""
        yield uri
        folder = document.base.rpartition("/")[0] + "/"
        if document.base != document.uri and uri.startswith(folder):
            yield join_uri(document.uri, uri.removeprefix(folder))
        # Many documents have an id that is the address of a web page, or a name.
        elif not re.match("[A-Za-z][A-Za-z0-9+.-]*:", reference):
            yield split_uri(join_uri(document.uri, reference))[0]

    def _load(self, uri: str, content: Any, referrer: Document) -> None:
        name = unquote(uri.removeprefix(BASE)).rpartition("/.kombo-fakes/resources/")[2]
        loaded = Document(name, uri, content, DRAFT_2020)
        loaded.dialect = self.find_dialect(loaded, referrer.dialect)
        loaded.__post_init__()  # Draft 4 has another keyword for the id.
        self._add(loaded)

    def find_dialect(self, document: Document, inherited: str = DRAFT_2020) -> str:
        """Find the dialect of a document.

        Raises:
            SchemaError: if it names an unknown one.
        """
        content = document.content
        version = get_version(content)
        if version is not None:
            if not version.startswith(("3.1", "3.2")):
                return OPENAPI_30
            named = content.get("jsonSchemaDialect", DRAFT_2020)
        elif not isinstance(content, dict) or "$schema" not in content:
            guessed = DRAFT_2020 if inherited == OPENAPI_30 else guess_dialect(content)
            return inherited if guessed == DRAFT_2020 else guessed
        else:
            named = content["$schema"]
        seen: set[str] = set()
        while isinstance(named, str) and not is_dialect(named):
            # The schema of a dialect of one's own names the dialect that it is written in.
            uri = split_uri(join_uri(document.base, named))[0]
            found = None if uri in seen or is_dialect(uri) else self._resources.find(uri)
            seen.add(uri)
            if found is None or not isinstance(found[1], dict) or "$schema" not in found[1]:
                named = uri if is_dialect(uri) else named
                break
            named = found[1]["$schema"]
        try:
            return identify_dialect(named)
        except SchemaError as error:
            raise SchemaError(f"{document.name}: {error}") from None

    def follow(self, document: Document, path: Path) -> tuple[Any, Document, Path]:
        """Follow the references at a path.

        Returns:
            The value that they lead to, its document and its path.

        Raises:
            SchemaError: if they form a cycle or lead nowhere.
        """
        seen: set[tuple[int, Path]] = set()
        while True:
            value = get(document.content, path)
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return value, document, path
            if (id(document), path) in seen:
                raise SchemaError(f"{document.name}: $ref at {to_pointer(path)} refers to itself")
            seen.add((id(document), path))
            base = document.find_base(path)
            document, path = self.resolve(document, path, value["$ref"], base)

    def leads_out(self) -> bool:
        """Whether the main document has references that only a bundler can follow."""
        document = self.main
        is_plain = set(self._ids) <= {document.uri, document.base}
        todo: list[tuple[Path, Any]] = [((), document.content)]
        seen: set[Path] = set()
        while todo:
            path, schema = todo.pop()
            if not isinstance(schema, dict) or path in seen:
                continue
            seen.add(path)
            reference = schema.get("$ref")
            if isinstance(reference, str) and not is_dialect(reference.partition("#")[0]):
                base = document.find_base(path)
                uri, fragment = split_uri(join_uri(base, reference))
                start = self._ids.get(uri, (document, None))[1]
                if start is None or ":" not in uri:
                    return True
                if fragment.startswith("/"):
                    parts = _parse(fragment)
                    target = find(document.content, (*start, *parts))
                    if target is not None:
                        todo.append(((*start, *parts), target))
                    elif not is_plain and has(document.content, parts):
                        return True
            todo.extend((path + where, child) for where, child in subschemas(schema))
        return False

    def build(self, document: Document, path: Path) -> tuple[Any, tuple[Repair, ...]]:
        """Build a document of a schema and everything that it refers to.

        Args:
            document: The document of the schema.
            path: The path of the schema in it.

        Returns:
            The schema with ``$defs``, and what was removed from it.

        Raises:
            SchemaError, DocumentError: if a reference leads nowhere, or the whole is too large.
        """
        return _Copier(self, document, path, strict=self._strict).copy()

    def is_open(self, anchor: str) -> bool:
        """Whether the target of a dynamic reference depends on the way that leads to it."""
        return len(self._dynamic.get(anchor, ())) > 1


@dataclass(frozen=True, slots=True)
class _Source:
    """What a schema is read with: its document, its dialect, and the base URI around it."""

    document: Document
    dialect: str
    base: str


class _Copier:
    """Copies one schema and the targets of its references."""

    def __init__(self, bundler: Bundler, document: Document, path: Path, *, strict: bool) -> None:
        self.bundler = bundler
        self.root = (document, path)
        self.strict = strict
        self.labels: dict[tuple[int, Path], str] = {}
        # These names belong to the main document, whatever is copied first.
        main = bundler.main.content
        self.reserved: set[str] = {
            name for place in _NAMED_PLACES for name in _get_map(main, place)
        }
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
            if self.bundler.is_open(anchor):
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
                f"{self.bundler.main.name}: refers to more than {MOST_SCHEMAS:,} schemas, with "
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
        target = self.bundler.resolve(source.document, path, reference, source.base)
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
                    target, where = self.bundler.resolve(
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
        if document is self.bundler.main:
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
    bundler = Bundler(name, content, resources, DRAFT_2020, strict=strict)
    named = content.get("$schema")
    main = bundler.main
    if named is not None and not is_dialect(named):
        # A relative one names a document. An unknown one is an error, which is told by the reader.
        try:
            main.dialect = bundler.find_dialect(main)
        except SchemaError:
            return content, ()
        content = {**content, "$schema": main.dialect}
    else:
        main.dialect = bundler.find_dialect(main)
    if main.dialect != DRAFT_2020:
        bundler = Bundler(name, content, resources, main.dialect, strict=strict)
    if not bundler.leads_out():
        return content, ()
    built, notes = bundler.build(bundler.main, ())
    identifier = content.get("id" if main.dialect == DRAFT_4 else "$id")
    kept = {} if identifier is None else {"$id": identifier}
    return {"$schema": DRAFT_2020, **kept, **built}, notes


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


def get_version(content: Any) -> str | None:
    """Return the version of an OpenAPI description; None if a document is none.

    Examples:
        >>> get_version({"openapi": "3.1.0"}), get_version({"swagger": "2.0"}), get_version({})
        ('3.1.0', '2.0', None)
    """
    for keyword, first in (("openapi", "3."), ("swagger", "2")):
        version = str(content.get(keyword, "")) if isinstance(content, dict) else ""
        if version.startswith(first):
            return version
    return None


def _refer(label: str) -> str:
    pointer = to_pointer(("$defs", label))
    return "#" + escape_uri(pointer.replace("%", "%25").replace("#", "%23"))


def _locate_in(schema: dict[str, Any], where: Path) -> Path:
    """Return where a schema was before `upgrade` moved it."""
    keyword = str(where[0])
    if isinstance(schema.get("items"), list):
        keyword = {"prefixItems": "items", "items": "additionalItems"}.get(keyword, keyword)
    return (keyword, *where[1:])


def _get_map(content: Any, path: Path) -> dict[str, Any]:
    value = find(content, path)
    return value if isinstance(value, dict) else {}


def _parse(fragment: str) -> tuple[str, ...]:
    try:
        return parse_pointer(fragment)
    except PointerError:
        return ("",)


def _number_indices(content: Any, path: Path) -> Path:
    """Return a path with numbers for the indices of lists, so that equal places are equal."""
    result: list[str | int] = []
    for part in path:
        key: Any = int(part) if isinstance(content, list) else part
        content = content[key]
        result.append(key)
    return tuple(result)
