"""Finds the documents that references lead to: given ones, and files within a directory.

Nothing is fetched from a network. A file is read only if it lies in the directory of the document,
or in the directory of resources.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote, unquote, urlsplit

from kombo_fakes.core.files import read_document
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError, SchemaError
from kombo_fakes.schema.references import join_uri, split_uri

ResourcesLike: TypeAlias = "Mapping[str, Any] | str | os.PathLike[str]"
"""What ``resources=`` accepts: documents by their URI, or a directory."""

BASE = "file:///.kombo-fakes/beside/"
"""The URI that stands for the directory of the document."""

_RESOURCES = "file:///.kombo-fakes/resources/"
"""The URI that stands for the directory of resources."""

_ENDINGS = (".json", ".yaml", ".yml")
_MOST_FILES = 2_000
_MOST_BYTES = 64_000_000


class Resources:
    """The documents that references of one document can lead to.

    Args:
        given: Documents by their URI, or a directory. A URI may be relative to the document.
        path: The path of the document; None if it is not a file.

    Attributes:
        uri: The URI that stands for the document.

    Raises:
        SchemaError: if a given document is no document, or if what is given is no directory.

    Examples:
        >>> Resources({"https://example.com/a.json": {"type": "string"}}).find(
        ...     "https://example.com/a.json")
        ('https://example.com/a.json', {'type': 'string'})
    """

    def __init__(
        self, given: ResourcesLike | None = None, path: str | os.PathLike[str] | None = None
    ) -> None:
        self.uri: str = BASE
        self._given: dict[str, Any] = {}
        self._roots: dict[str, Path] = {}
        self._ids: dict[str, tuple[str, Any]] | None = None
        self._read: dict[Path, Any] = {}
        self._bytes = 0
        if path is not None:
            self.uri += quote(Path(path).name, errors="replace")
            self._roots[BASE] = Path(path).parent
        if isinstance(given, Mapping):
            for uri, document in given.items():
                if not isinstance(uri, str) or not isinstance(document, (dict, bool)):
                    raise SchemaError(
                        f"resources: {shorten(uri)}: expected a document, not {shorten(document)}"
                    )
                self._given[split_uri(join_uri(BASE, uri))[0]] = document
        elif given is not None:
            if not isinstance(given, (str, os.PathLike)):
                raise SchemaError(
                    f"resources: expected documents by their URI or a directory, "
                    f"not {shorten(given)}"
                )
            self._roots[_RESOURCES] = _check_directory(given)

    def find(self, uri: str) -> tuple[str, Any] | None:
        """Find a document.

        Args:
            uri: Its URI without a fragment.

        Returns:
            The URI that references in it are relative to, and the document. None if there is none.

        Raises:
            SchemaError: if the URI leads to a file that must not be read.
            DocumentError: if the file cannot be read, or is not JSON or YAML.
        """
        if uri in self._given:
            return uri, self._given[uri]
        for place, path in self._candidates(uri):
            document = self._read_file(place, path)
            if document is not None:
                return place + quote(path, errors="replace"), document
        return self._by_id().get(uri)

    def describe(self, uri: str) -> str:
        """Say where a document was looked for, as the end of a message about a reference.

        Examples:
            >>> print(Resources().describe("https://example.com/a.json"))
            leads out of the document; pass its target with resources= (--resources DIR), ...
        """
        if uri.startswith(BASE) and BASE in self._roots:
            path = unquote(uri.removeprefix(BASE))
            return (
                f"leads to {shorten(path)}, and there is no such file in the document's directory"
            )
        if uri.startswith("file:") and not uri.startswith(BASE):
            return (
                "leads out of the directory of the document; pass its target with resources= "
                "(--resources DIR)"
            )
        return (
            "leads out of the document; pass its target with resources= (--resources DIR), "
            "or copy it into $defs"
        )

    def _candidates(self, uri: str) -> Iterator[tuple[str, str]]:
        """Yield the places and paths of files that a URI can mean."""
        for place in (BASE, _RESOURCES):
            if uri.startswith(place) and place in self._roots:
                yield place, unquote(uri.removeprefix(place))
        if _RESOURCES in self._roots:
            if uri.startswith(BASE):
                yield _RESOURCES, unquote(uri.removeprefix(BASE))
            elif uri.startswith(("http://", "https://")):
                # A directory can mirror what is on a server, with or without the host.
                parts = urlsplit(uri)
                path = unquote(parts.path).lstrip("/")
                yield _RESOURCES, f"{parts.netloc}/{path}"
                yield _RESOURCES, path

    def _read_file(self, place: str, relative: str) -> Any:
        path = self._locate(place, relative)
        return None if path is None else self._read_within_bounds(path, relative)

    def _locate(self, place: str, relative: str) -> Path | None:
        """Locate a file below a directory; None if there is none.

        Raises:
            SchemaError: if it is not below the directory, or not a plain file.
        """
        try:
            root = self._roots[place].resolve()
            path = (root / relative).resolve()
            is_there = path.exists() and not path.is_dir()
        # A name with a NUL or a loop of links cannot be resolved.
        except (OSError, ValueError, RuntimeError):
            return None
        if not path.is_relative_to(root):
            raise SchemaError(f"leads to {shorten(relative)}, which is out of the directory")
        # A device or a pipe can be endless.
        if is_there and not path.is_file():
            raise SchemaError(f"leads to {shorten(relative)}, which is not a plain file")
        return path if is_there else None

    def _read_within_bounds(self, path: Path, relative: str) -> Any:
        if path not in self._read:
            self._bytes += path.stat().st_size
            if len(self._read) == _MOST_FILES or self._bytes > _MOST_BYTES:
                raise SchemaError(
                    f"leads to {shorten(relative)}, beyond the {_MOST_FILES:,} files and "
                    f"{_MOST_BYTES:,} bytes that are read for one document"
                )
            self._read[path] = read_document(path)
        return self._read[path]

    def _by_id(self) -> dict[str, tuple[str, Any]]:
        """Index the given documents, and those in the directory of resources, by their ids."""
        if self._ids is None:
            self._ids = {}
            everything = [*self._given.items(), *self._read_resources()]
            for uri, document in everything:
                identifier = get_id(document)
                if identifier is not None:
                    self._ids.setdefault(join_uri(uri, identifier), (uri, document))
        return self._ids

    def _read_resources(self) -> Iterator[tuple[str, Any]]:
        root = self._roots.get(_RESOURCES)
        if root is None:
            return
        for folder, folders, files in os.walk(root):
            folders.sort()  # The order must not depend on the file system.
            for file in sorted(files):
                if not file.lower().endswith(_ENDINGS):
                    continue
                relative = (Path(folder) / file).relative_to(root).as_posix()
                # No reference has led to these files, so it does not matter if they are unusable.
                path = None
                with suppress(SchemaError):
                    path = self._locate(_RESOURCES, relative)
                document = None
                with suppress(DocumentError):
                    document = path and self._read_within_bounds(path, relative)
                yield _RESOURCES + quote(relative, errors="replace"), document


def get_id(document: Any) -> str | None:
    """Return the ``$id`` of a document, or the ``id`` of draft 4, without its fragment."""
    for keyword in ("$id", "id"):
        identifier = document.get(keyword) if isinstance(document, dict) else None
        if isinstance(identifier, str) and split_uri(identifier)[0]:
            return split_uri(identifier)[0]
    return None


def _check_directory(given: str | os.PathLike[str]) -> Path:
    path = Path(given)
    try:
        is_directory = path.is_dir()
    except (OSError, ValueError):
        is_directory = False
    if not is_directory:
        raise SchemaError(f"resources: {shorten(os.fspath(given))} is not a directory")
    return path
