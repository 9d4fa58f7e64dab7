"""Extracts the schemas of an OpenAPI 3.0 or 3.1 description into documents of their own.

OpenAPI 3.0 has its own dialect (specification 3.0.3, "Schema Object"): it has ``nullable``, a
boolean ``exclusiveMinimum``, and ignores keywords beside a ``$ref``. OpenAPI 3.1 uses JSON Schema
2020-12.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard, TypeVar
from urllib.parse import unquote

from kombo_fakes.core.messages import shorten, suggest, unknown_name_error
from kombo_fakes.core.pointer import Path, get, parse_pointer, to_pointer
from kombo_fakes.errors import PointerError, SchemaError
from kombo_fakes.schema.dialects import set_exclusive_bounds
from kombo_fakes.schema.vocabulary import map_subschemas

T = TypeVar("T")

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_COMPONENTS = "/components/schemas/"


def is_openapi(document: Any) -> bool:
    """Whether a document declares itself an OpenAPI 3 description."""
    return isinstance(document, dict) and str(document.get("openapi", "")).startswith("3.")


class OpenApiSchemas(Mapping[str, T]):
    """The schemas of an OpenAPI description, by name. Each is built at its first lookup.

    The names are those in ``components.schemas`` and ``webhooks``. If both have the same name,
    the webhook's schema is called ``webhooks/NAME``.

    Args:
        document: The parsed description. It is not changed.
        make: Gets the document of one schema and the name for it; returns the value.
        name: What error messages call the description.

    Raises:
        SchemaError: if the document is not an OpenAPI 3 description.
    """

    def __init__(self, document: Any, make: Callable[[Any, str], T], name: str) -> None:
        if not is_openapi(document):
            if _is_map(document) and not {"openapi", "swagger"} & set(document):
                raise SchemaError(
                    f"{name}: is a JSON Schema, not an OpenAPI 3.0 or 3.1 description; omit "
                    "--name, or use Schema.load in Python"
                )
            version = (
                document.get("openapi", document.get("swagger")) if _is_map(document) else None
            )
            raise SchemaError(
                f"{name}: is not an OpenAPI 3.0 or 3.1 description (openapi: {shorten(version)})"
            )
        self._document = document
        self._is_30 = str(document["openapi"]).startswith("3.0")
        self._make = make
        self._name = name
        self._errors: dict[str, SchemaError] = {}
        self._places = dict(self._locate_schemas())
        self._made: dict[str, T] = {}

    def _locate_schemas(self) -> Iterator[tuple[str, Path]]:
        schemas = self._get_schemas()
        for name in schemas:
            yield name, ("components", "schemas", name)
        webhooks = self._document.get("webhooks")
        for name in webhooks if _is_map(webhooks) else ():
            key = f"webhooks/{name}" if name in schemas else name
            try:
                path = self._locate_body(("webhooks", name))
            except SchemaError as error:
                # Raised when this schema is looked up.
                self._errors[key] = error
                path = ("webhooks", name)
            if path is not None:
                yield key, path

    def _get_schemas(self) -> dict[str, Any]:
        components = self._document.get("components")
        schemas = components.get("schemas") if _is_map(components) else None
        return schemas if _is_map(schemas) else {}

    def _follow(self, path: Path) -> tuple[Any, Path]:
        """Follow the references at a path. Return the value that they lead to, and its path."""
        seen: set[Path] = set()
        while True:
            value = get(self._document, path)
            if not _is_map(value) or not isinstance(value.get("$ref"), str):
                return value, path
            if path in seen:
                raise SchemaError(f"{self._name}: $ref at {to_pointer(path)} refers to itself")
            seen.add(path)
            path = self._parse_reference(value["$ref"], path)

    def _locate_body(self, webhook: Path) -> Path | None:
        """Return the path of the schema of a webhook's JSON request body; None without one."""
        item, path = self._follow(webhook)
        for method in ("post", "put", "patch"):
            operation = item.get(method) if _is_map(item) else None
            if not _is_map(operation) or "requestBody" not in operation:
                continue
            body, where = self._follow((*path, method, "requestBody"))
            content = body.get("content") if _is_map(body) else None
            for media_type, media in (content if _is_map(content) else {}).items():
                if "json" in str(media_type) and _is_map(media) and "schema" in media:
                    return (*where, "content", media_type, "schema")
        return None

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, name: str) -> T:
        if name not in self._places:
            raise unknown_name_error("schema", name, self._places, where=f" in {self._name}")
        if name not in self._made:
            self._made[name] = self._make(self.build_document(name), f"{self._name}: {name}")
        return self._made[name]

    def build_document(self, name: str) -> Any:
        """Build a JSON Schema 2020-12 document of a schema and everything that it refers to."""
        if name in self._errors:
            raise self._errors[name]
        path = self._places[name]
        definitions: dict[str, Any] = {}
        todo: list[Path] = []

        def define(target: Path) -> str:
            label = _label(target)
            if label not in definitions:
                definitions[label] = None
                todo.append(target)
            return label

        root = self._convert(get(self._document, path), path, define)
        while todo:
            target = todo.pop()
            definitions[_label(target)] = self._convert(get(self._document, target), target, define)
        if isinstance(root, bool):
            root = {} if root else {"not": {}}
        if not _is_map(root):
            return root
        title = {} if "title" in root else {"title": name}
        kept = {k: v for k, v in root.items() if k not in ("$schema", "$id", "$defs")}
        defs = {"$defs": definitions} if definitions else {}
        return {"$schema": DIALECT, **title, **kept, **defs}

    def _convert(self, schema: Any, path: Path, define: Callable[[Path], str]) -> Any:
        if not _is_map(schema):
            return schema
        reference = schema.get("$ref")
        result = dict(schema)
        if isinstance(reference, str):
            label = define(self._parse_reference(reference, path))
            pointer = to_pointer(("$defs", label))
            if self._is_30:
                return {"$ref": "#" + pointer}
            result["$ref"] = "#" + pointer
        if self._is_30:
            set_exclusive_bounds(result)
        # References to local definitions add them to the $defs of the new document.
        result.pop("$defs", None)
        result.pop("$id", None)
        return map_subschemas(
            result, lambda where, child: self._convert(child, path + where, define)
        )

    def _parse_reference(self, reference: str, where: Path) -> Path:
        at = f"{self._name}: $ref {shorten(reference)} at {to_pointer(where)}"
        if not reference.startswith("#"):
            raise SchemaError(
                f"{at} leads out of the document; copy its target into components.schemas"
            )
        try:
            path = parse_pointer(unquote(reference[1:]))
            if not reference.startswith("#/"):
                raise PointerError("an anchor")
            get(self._document, path)
        except PointerError:
            near = ""
            if reference.startswith("#" + _COMPONENTS):
                wanted = reference.removeprefix("#" + _COMPONENTS)
                near = f"; {suggest(wanted, self._get_schemas())}"
            raise SchemaError(f"{at} leads nowhere{near}") from None
        return path


def _label(path: Path) -> str:
    if path[:2] == ("components", "schemas") and len(path) == 3:
        return str(path[2])
    return re.sub(r"^/", "", to_pointer(path))


def _is_map(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
