"""Documents that refer to each other: what a reference in one of them leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
)
from kombo_fakes.schema.references import join_uri, split_uri
from kombo_fakes.schema.resources import BASE, Resources
from kombo_fakes.schema.vocabulary import DRAFT_4, DRAFT_2020, subschemas

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


class LinkedDocuments:
    """Resolves references within and between documents.

    Args:
        name: What error messages call the main document.
        content: The main document. It is not changed.
        resources: The other documents.
        dialect: The dialect of the main document.
        strict: True to reject keywords that the dialect of their document does not have.

    Attributes:
        main: The main document.
        strict: As given.

    Raises:
        SchemaError: if the document is nested too deep.
    """

    def __init__(
        self, name: str, content: Any, resources: Resources, dialect: str, *, strict: bool = False
    ) -> None:
        self._resources = resources
        self.strict = strict
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
            for name, child in get_map(document.content, path).items()
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
        """Whether the main document has references that only a bundle can follow."""
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

    def is_open(self, anchor: str) -> bool:
        """Whether the target of a dynamic reference depends on the way that leads to it."""
        return len(self._dynamic.get(anchor, ())) > 1


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


def get_map(content: Any, path: Path) -> dict[str, Any]:
    """Return the object at a path; an empty one if there is none."""
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
