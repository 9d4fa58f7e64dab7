"""The schemas of a collection, in an order that is random and the same in each run."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from benchmarks.collections.sources import COLLECTIONS, Collection, Layout


@dataclass(frozen=True, slots=True)
class Entry:
    """One schema.

    Attributes:
        collection: The name of its collection.
        path: The file that it is in.
        layout: Where it is in the file.
        pick: Its name in the file, or the index of its group; empty for the whole file.
        dialect: Its ``$schema`` if it has none.
        root: The directory of the package.
    """

    collection: str
    path: str
    layout: Layout
    pick: str
    dialect: str | None
    root: str

    @property
    def name(self) -> str:
        """Its name in reports and on the command line."""
        place = Path(self.path).relative_to(self.root).as_posix()
        return f"{place}#{self.pick}" if self.pick else place


def list_entries(collection: Collection, root: Path, most: int | None) -> list[Entry]:
    """List schemas of a collection.

    Args:
        collection: The collection.
        root: The directory that its package is unpacked in.
        most: How many; None for all.

    Returns:
        The schemas, in the order of a hash of their names, so that the first ones are a sample.
    """
    paths = sorted(root.glob(collection.files), key=lambda path: _rank(path.name))
    paths = [path for path in paths if not path.name.endswith(collection.ends or ("\0",))]
    # Without a limit for each file, all of them are read before the order is known.
    reading = (entry for path in paths for entry in _read(collection, root, path))
    if collection.each is None:
        found = sorted(reading, key=lambda entry: _rank(entry.name))
        return found[:most]
    return list(islice(reading, most))


def _read(collection: Collection, root: Path, path: Path) -> Iterator[Entry]:
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        return  # SchemaStore has some pages of errors.
    if collection.layout == "file" and lacks_documents(document, collection.name, path, root):
        return
    picks = list(_find_picks(document, collection.layout))
    for pick in sorted(picks, key=_rank)[: collection.each]:
        yield Entry(
            collection.name, str(path), collection.layout, pick, collection.dialect, str(root)
        )


def _find_picks(document: Any, layout: Layout) -> Iterator[str]:
    if layout == "file":
        yield ""
    elif layout == "suite":
        for index, group in enumerate(document):
            # A schema that allows nothing has nothing to make.
            if any(test["valid"] for test in group["tests"]):
                yield str(index)
    elif layout == "definitions":
        yield from document["definitions"]
    else:
        schemas = document.get("components", {}).get("schemas") or document.get("definitions")
        yield from schemas or {}


def read_schema(entry: Entry) -> Any:
    """Return the published schema of an entry; None if it is part of an OpenAPI description."""
    document = read_json(entry.path)
    if entry.layout == "openapi":
        return None
    if entry.layout == "definitions":
        document = {key: document[key] for key in ("$schema", "definitions") if key in document}
        document["$ref"] = f"#/definitions/{_escape(entry.pick)}"
    elif entry.layout == "suite":
        document = document[int(entry.pick)]["schema"]
    if entry.dialect is not None and isinstance(document, dict):
        document = {"$schema": entry.dialect, **document}
    return document


def lacks_documents(document: Any, collection: str, path: Path, root: Path) -> bool:
    """Whether a schema refers to a document that is not in its package."""
    known = read_resources(collection, str(root))
    seen: set[str] = set()
    left = [(path.absolute().as_uri(), document)]
    while left:
        place, found = left.pop()
        ids, references = set[str](), set[str]()
        _collect(found, place, ids, references)
        for uri in references - ids - seen:
            seen.add(uri)
            if _is_dialect(uri):
                continue
            beside = Path(unquote(urlsplit(uri).path)) if uri.startswith("file:") else None
            if uri in known:
                left.append((uri, known[uri]))
            elif beside is not None and beside.is_file():
                left.append((uri, json.loads(beside.read_bytes())))
            else:
                return True
    return False


def read_outside(entry: Entry) -> dict[str, Any]:
    """Return the documents outside of the directory of a file that it refers to, by their path.

    They have to be given, because this project reads nothing outside of that directory.
    """
    path = Path(entry.path).absolute()
    ids, references = set[str](), set[str]()
    _collect(read_json(entry.path), path.as_uri(), ids, references)
    found = {}
    for uri in sorted(references - ids):
        place = Path(unquote(urlsplit(uri).path))
        if not uri.startswith("file:") or place.is_relative_to(path.parent):
            continue
        if place.is_relative_to(Path(entry.root).absolute()) and place.is_file():
            name = Path(os.path.relpath(place, path.parent)).as_posix()
            found[name] = json.loads(place.read_bytes())
    return found


def refers_out(entry: Entry) -> bool:
    """Whether a schema refers to other documents than itself and the dialects."""
    base = Path(entry.path).absolute().as_uri()
    ids, references = set[str](), set[str]()
    _collect(read_schema(entry), base, ids, references)
    return any(not _is_dialect(uri) for uri in references - ids)


def _collect(node: Any, base: str, ids: set[str], references: set[str]) -> None:
    """Collect the absolute URIs of the resources in a document, and of those it refers to."""
    ids.add(base)
    if isinstance(node, dict):
        own = node.get("$id", node.get("id"))
        if isinstance(own, str) and "#" not in own:
            base = urljoin(base, own)
            ids.add(base)
        reference = node.get("$ref")
        if isinstance(reference, str):
            references.add(urljoin(base, reference.partition("#")[0]))
        # What is in these is data.
        node = [value for key, value in node.items() if key not in _DATA]
    if isinstance(node, list):
        for item in node:
            _collect(item, base, ids, references)


_DATA = ("example", "examples", "default", "enum", "const")


def _is_dialect(uri: str) -> bool:
    return uri.partition("://")[2].startswith("json-schema.org/")


@lru_cache(maxsize=1)
def read_resources(collection: str, root: str) -> dict[str, Any]:
    """Return the documents that references of a collection lead to, by their URI."""
    source = next((one for one in COLLECTIONS if one.name == collection), None)
    found: dict[str, Any] = {}
    if source is None:
        return found
    if source.remotes is not None:
        pattern, uri = source.remotes
        for directory in Path(root).glob(pattern):
            for path in sorted(directory.rglob("*.json")):
                name = path.relative_to(directory).as_posix()
                found[uri + name] = json.loads(path.read_bytes())
    if source.index is not None:
        index = Path(root) / source.index
        files = next(iter(index.parent.glob("*data")))
        for uri, name in json.loads(index.read_bytes())["by_url"].items():
            with suppress(ValueError):
                document = json.loads((files / f"{name}.json").read_bytes())
                if "#" not in uri and isinstance(document, dict):
                    found[uri] = document
    return found


# Neighbours in a list are often from the same file.
@lru_cache(maxsize=1)
def read_json(path: str) -> Any:
    """Read a file."""
    return json.loads(Path(path).read_bytes())


def _escape(name: str) -> str:
    name = name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
    return "".join(c if c.isascii() and c not in ' <>"{}|\\^`' else _percent(c) for c in name)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _rank(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
