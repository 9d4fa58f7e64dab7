"""Finds the schemas of an OpenAPI 3 or Swagger 2 description, each as a document of its own.

OpenAPI 3.0 has its own dialect (specification 3.0.3, "Schema Object"): it has ``nullable``, a
boolean ``exclusiveMinimum``, and ignores keywords beside a ``$ref``. Swagger 2.0 is read in the
same way. OpenAPI 3.1 and 3.2 use JSON Schema 2020-12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import chain, count
from typing import Any, TypeAlias, TypeGuard, TypeVar

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.core.pointer import Path, find, has
from kombo_fakes.errors import DocumentError, PointerError, SchemaError
from kombo_fakes.schema.bundle import copy_schema
from kombo_fakes.schema.effective import Repair
from kombo_fakes.schema.linked_documents import Document, LinkedDocuments, get_version
from kombo_fakes.schema.resources import Resources
from kombo_fakes.schema.vocabulary import DRAFT_2020

T = TypeVar("T")
Make: TypeAlias = Callable[[Any, str, tuple[Repair, ...]], T]
"""Gets the document of one schema, the name for it, and what was removed from it."""

# A webhook is sent with POST; the others are there for completeness.
_METHODS = ("post", "put", "patch", "delete", "get", "query", "head", "options", "trace")

_COMPONENTS: tuple[Path, ...] = (("components", "schemas"), ("definitions",))
_WEBHOOKS: tuple[Path, ...] = (
    ("webhooks",),
    ("x-webhooks",),
    ("components", "webhooks"),
    ("components", "x-webhooks"),
)


def is_openapi(document: Any) -> bool:
    """Whether a document declares itself an OpenAPI 3 or Swagger 2 description."""
    return get_version(document) is not None


class OpenApiSchemas(Mapping[str, T]):
    """The schemas of an OpenAPI description, by name. Each is built at its first lookup.

    The names are those of the components (``components.schemas``, in Swagger ``definitions``), of
    the webhooks (also ``x-webhooks``) and of the callbacks. If a component has the name already,
    a webhook is called ``webhooks/NAME`` and a callback ``callbacks/NAME``. What has none of these
    names is found by its JSON Pointer: ``#/paths/~1jobs/post/requestBody/...``.

    Args:
        document: The parsed description. It is not changed.
        make: Gets the document of one schema, the name for it, and what was removed from it;
            returns the value.
        name: What error messages call the description.
        resources: The documents that references can lead to.
        strict: True to reject keywords that the dialect of a schema does not have.

    Raises:
        SchemaError: if the document is not a description, or is nested too deep.
    """

    def __init__(
        self,
        document: Any,
        make: Make[T],
        name: str,
        resources: Resources | None = None,
        *,
        strict: bool = False,
    ) -> None:
        if not is_openapi(document):
            raise SchemaError(_explain_version(document, name))
        self._document = document
        self._make = make
        self._name = name
        self._documents = LinkedDocuments(
            name, document, resources or Resources(), DRAFT_2020, strict=strict
        )
        self._errors: dict[str, Exception] = {}
        try:
            self._documents.main.dialect = self._documents.find_dialect(self._documents.main)
        except SchemaError as error:
            # Raised when a schema is looked up, so that the names can be listed.
            self._errors[""] = error
        self._places: dict[str, tuple[Document, Path] | None] = {}
        for key, place in self._locate_schemas():
            self._places.setdefault(key, place)
        self._made: dict[str, T] = {}

    def _locate_schemas(self) -> Iterator[tuple[str, tuple[Document, Path] | None]]:
        main = self._documents.main
        used: set[str] = set()
        for path in _COMPONENTS:
            for name in _get_map(self._document, path):
                used.add(name)
                yield name, (main, (*path, name))
        for path in _WEBHOOKS:
            for name in _get_map(self._document, path):
                yield from self._locate_item(main, (*path, name), used, name, "webhooks")
        for name, operation, callback in self._find_callbacks():
            # A callback has a path item for each URL that it may be sent to.
            with suppress(SchemaError, DocumentError, PointerError):
                expressions, document, where = self._documents.follow(*callback)
                for expression in expressions if _is_map(expressions) else ():
                    yield from self._locate_item(
                        document, (*where, expression), used, name, "callbacks", operation
                    )

    def _locate_item(
        self, document: Document, path: Path, used: set[str], *names: str
    ) -> Iterator[tuple[str, tuple[Document, Path] | None]]:
        """Locate the body of each operation of a path item."""
        name, kind, *operation = names
        try:
            item, document, path = self._documents.follow(document, path)
            methods = [m for m in _METHODS if _is_map(item) and _is_map(item.get(m))]
            bodies = [(m, self._locate_body(document, (*path, m))) for m in methods]
        except (SchemaError, DocumentError) as error:
            key = _choose_name(name, kind, operation, used)
            self._errors[key] = error
            yield key, None
            return
        bodies = [(method, body) for method, body in bodies if body is not None]
        for number, (method, body) in enumerate(bodies):
            own = name if number == 0 else f"{name}/{method}"
            yield _choose_name(own, kind, operation, used), body

    def _locate_body(self, document: Document, operation: Path) -> tuple[Document, Path] | None:
        """Locate the schema of a request body; None without one."""
        follow = self._documents.follow
        if has(document.content, (*operation, "requestBody")):
            body, document, path = follow(document, (*operation, "requestBody"))
            content = _get_map(body, ("content",))
            for media_type in sorted(content, key=_rank_media_type):
                media, holder, where = follow(document, (*path, "content", media_type))
                # OpenAPI 3.2 describes each item of a stream.
                for keyword in ("schema", "itemSchema"):
                    if _is_map(media) and keyword in media:
                        return holder, (*where, keyword)
        # In Swagger 2.0 the body is a parameter.
        parameters = find(document.content, (*operation, "parameters"))
        for index in range(len(parameters)) if isinstance(parameters, list) else ():
            parameter, holder, where = follow(document, (*operation, "parameters", index))
            if _is_map(parameter) and parameter.get("in") == "body" and "schema" in parameter:
                return holder, (*where, "schema")
        return None

    def _find_callbacks(self) -> Iterator[tuple[str, str, tuple[Document, Path]]]:
        """Yield the name of each callback, the operation that it belongs to, and its place."""
        main = self._documents.main
        for name in _get_map(self._document, ("components", "callbacks")):
            yield name, "", (main, ("components", "callbacks", name))
        for path in _get_map(self._document, ("paths",)):
            try:
                item, document, where = self._documents.follow(main, ("paths", path))
            except (SchemaError, DocumentError):
                continue  # It matters only to whoever asks for it by its pointer.
            for method in _METHODS:
                for name in _get_map(item, (method, "callbacks")):
                    place = (document, (*where, method, "callbacks", name))
                    yield name, f"{method.upper()} {path}", place

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, name: str) -> T:
        place = self._find(name)
        if name not in self._made:
            for key in ("", name):
                if key in self._errors:
                    raise self._errors[key]
            document, notes = copy_schema(self._documents, *place)
            called = f"{self._name}: {name}"
            self._made[name] = self._make(_complete(document, name), called, notes)
        return self._made[name]

    def _find(self, name: str) -> tuple[Document, Path]:
        main = self._documents.main
        if name in self._places:
            return self._places[name] or (main, ())
        if isinstance(name, str) and name.startswith("#/"):
            return self._documents.resolve(main, (), name, main.base)
        raise unknown_name_error("schema", name, self._places, where=f" in {self._name}")


def _complete(document: Any, name: str) -> Any:
    if not _is_map(document):
        return document
    title = {} if "title" in document else {"title": name}
    return {"$schema": DRAFT_2020, **title, **document}


def _choose_name(name: str, kind: str, operation: list[str], used: set[str]) -> str:
    """Choose a name that is not used yet, the shortest first."""
    qualified = [f"{kind}/{part}/{name}" for part in operation if part]
    numbered = (f"{kind}/{name}/{number}" for number in count(2))
    for candidate in chain((name, f"{kind}/{name}"), qualified, numbered):
        if candidate not in used:
            used.add(candidate)
            return candidate
    raise AssertionError("there is always another number")


def _rank_media_type(media_type: str) -> int:
    """Order media types: JSON is what a webhook usually sends."""
    known = ("json", "*/*", "application/*", "form")
    return next((rank for rank, part in enumerate(known) if part in str(media_type)), len(known))


def _explain_version(document: Any, name: str) -> str:
    if _is_map(document) and not {"openapi", "swagger"} & set(document):
        return (
            f"{name}: is a JSON Schema, not an OpenAPI or Swagger description; omit "
            "--name, or use Schema.load in Python"
        )
    if not _is_map(document):
        return f"{name}: is not an OpenAPI 3 or Swagger 2 description"
    keyword = "openapi" if "openapi" in document else "swagger"
    version = shorten(document[keyword])
    return f"{name}: is not an OpenAPI 3 or Swagger 2 description ({keyword}: {version})"


def _get_map(value: Any, path: Path) -> dict[str, Any]:
    found = find(value, path)
    return found if _is_map(found) else {}


def _is_map(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
