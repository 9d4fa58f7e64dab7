"""Writing payloads: as JSON or newline-delimited JSON, to a stream, a file or a directory.

A file has its name only once it is whole: it is written beside its place under another name and
moved there at the end. Payloads are never held, they are written as they come. What ends with .gz
or .zst is compressed, and the same payloads are the same bytes there, too.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias, cast

from kombo_fakes.core.json_reader import COMPRESSED, parse_json, read_bytes
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError, OutputError

Format: TypeAlias = Literal["json", "ndjson"]

MANIFEST = "manifest.json"
"""The file of a directory that says what the others are."""

_LEVEL = 6  # Of gzip: more takes much longer and saves little.

_ENDINGS: dict[str, Format] = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_NUMBERED = re.compile(r"[-.][0-9]+\.json$")


def to_compact_json(value: Any) -> bytes:
    """A JSON value in one line.

    Examples:
        >>> to_compact_json({"a": [1, "\u00e9"]}).decode()
        '{"a":[1,"\u00e9"]}'
    """
    return _encoded(value, separators=(",", ":"))


def to_pretty_json(value: Any) -> bytes:
    """A JSON value as people read it, indented by two blanks."""
    return _encoded(value, indent=2)


def _encoded(value: Any, **how: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, **how).encode()
    except UnicodeEncodeError:
        # A lone surrogate can be written as an escape only.
        return json.dumps(value, ensure_ascii=True, **how).encode()


def write_json(stream: BinaryIO, values: Iterable[Any]) -> None:
    """Write a single value as it is, and several as one array."""
    rest = iter(values)
    head = [value for _, value in zip(range(2), rest, strict=False)]
    if len(head) == 1:
        stream.write(to_pretty_json(head[0]) + b"\n")
        return
    separator = b"[\n  "
    for value in chain(head, rest):
        # Within strings a line feed is escaped, so every one here is layout.
        stream.write(separator + to_pretty_json(value).replace(b"\n", b"\n  "))
        separator = b",\n  "
    stream.write(b"\n]\n" if head else b"[]\n")


def is_directory(out: str) -> bool:
    """Whether an output path means a directory: it is one, or it looks like one.

    Raises:
        OutputError: if it looks like one and is a file.

    Examples:
        >>> is_directory("payloads/"), is_directory("payloads"), is_directory("payloads.json")
        (True, True, False)
    """
    path = Path(out)
    if path.is_dir():
        return True
    if not (out.endswith(("/", os.sep)) or not path.suffix):
        return False
    if _is_special(path):
        return False
    if path.exists():
        raise OutputError(f"{out}: is a file, where a directory is needed")
    return True


def format_from_ending(out: str | os.PathLike[str]) -> Format | None:
    """The format that the ending of a file says, whether it is compressed or not.

    Examples:
        >>> format_from_ending("a.ndjson.gz"), format_from_ending("a.txt")
        ('ndjson', None)
    """
    path = Path(out)
    plain = Path(path.stem) if path.suffix.lower() in COMPRESSED else path
    return _ENDINGS.get(plain.suffix.lower())


def choose_format(out: str, given: Format | None) -> Format:
    """The format of a file: what its ending says, and what was asked for.

    Raises:
        OutputError: if the two contradict each other, or neither says anything.

    Examples:
        >>> choose_format("a.jsonl", None), choose_format("a.txt", "json")
        ('ndjson', 'json')
    """
    path = Path(out)
    plain = Path(path.stem) if path.suffix.lower() in COMPRESSED else path
    told = format_from_ending(path)
    if told is None and given is None:
        if _is_special(path):
            return "json"
        raise OutputError(
            f"{out}: {plain.suffix!r} says no format; end it with .json or .ndjson, or give one; "
            "behind that .gz or .zst compress it"
        )
    if told is not None and given is not None and told != given:
        raise OutputError(f"{out}: the ending says {told}, and {given} was asked for")
    return told or given or "json"


@contextmanager
def open_for_writing(out: str) -> Iterator[BinaryIO]:
    """Open a file for writing; it is there, whole, once the block ends without an error.

    On any error what was there before stays as it was. Devices and pipes are written directly.

    Raises:
        OutputError: if it can't be written.
    """
    path = Path(out)
    squeezed = _squeezing(out)
    with _explained(out):
        if _is_special(path):
            with path.open("wb") as stream, squeezed(stream) as inner:
                yield inner
            return
        if path.is_dir():
            raise OutputError(f"{out}: is a directory, where a file is needed")
        # What a symbolic link leads to is replaced, not the link.
        place = Path(os.path.realpath(path))
        if not place.parent.exists():
            raise OutputError(f"{out}: can't be written: there is no directory {path.parent}")
        passing = _passing(place.parent)
        try:
            with passing.open("xb") as stream, squeezed(stream) as inner:
                yield inner
            if place.exists():
                shutil.copymode(place, passing)
            passing.replace(place)
        except BaseException:
            passing.unlink(missing_ok=True)
            raise


def _squeezing(out: str) -> Callable[[BinaryIO], AbstractContextManager[BinaryIO]]:
    """What puts a compressor before a stream, if the ending asks for one."""
    ending = Path(out).suffix.lower()
    if ending == ".gz":
        # Neither a name nor a time in it: they would make other bytes of the same payloads.
        return lambda stream: cast(
            "AbstractContextManager[BinaryIO]",
            gzip.GzipFile("", "wb", compresslevel=_LEVEL, fileobj=stream, mtime=0),
        )
    if ending == ".zst":
        try:
            import zstandard
        except ImportError:
            raise OutputError(
                f"{out}: .zst needs the package zstandard: pip install 'kombo-fakes[zstd]'"
            ) from None
        compressor = zstandard.ZstdCompressor(level=3)
        return lambda stream: cast(
            "AbstractContextManager[BinaryIO]", compressor.stream_writer(stream, closefd=False)
        )
    return nullcontext


def write_directory(
    out: str, event: str, files: Iterable[tuple[str, Any, Mapping[str, Any]]]
) -> int:
    """Write a file per payload, and a manifest that says what each one is.

    Nothing appears in the directory before everything is written. Files of earlier calls stay,
    and so do their entries in the manifest.

    Args:
        out: The directory; it is made if it isn't there.
        event: What the payloads are of.
        files: Names, payloads, and what the manifest says of each.

    Returns:
        How many payloads were written.

    Raises:
        OutputError: if it can't be written.
        DocumentError: if there is a manifest that can't be read.
    """
    directory = Path(out)
    with _explained(out):
        earlier = _earlier(directory, event)
        new = [path for path in (directory, *directory.parents) if not path.exists()]
        passing = _passing(directory)
        try:
            passing.mkdir(parents=True)
            entries: dict[str, Mapping[str, Any]] = {}
            for name, payload, entry in files:
                (passing / name).write_bytes(to_pretty_json(payload) + b"\n")
                entries[name] = {"file": name, **entry}
            written = list(entries)
            for name, entry in earlier.items():
                if name not in entries and (directory / name).is_file():
                    entries[name] = entry
            listed = [entries[name] for name in sorted(entries)]
            manifest = to_pretty_json({"event": event, "files": listed}) + b"\n"
            (passing / MANIFEST).write_bytes(manifest)
            for name in (*written, MANIFEST):  # The manifest last: what it lists is there.
                (passing / name).replace(directory / name)
        except BaseException:
            shutil.rmtree(passing, ignore_errors=True)
            for parent in new:
                _remove_if_empty(parent)
            raise
        shutil.rmtree(passing, ignore_errors=True)
    return len(written)


def _earlier(directory: Path, event: str) -> dict[str, Mapping[str, Any]]:
    path = directory / MANIFEST
    if not path.exists():
        return {}
    manifest = parse_json(read_bytes(path), str(path))
    try:
        if manifest["event"] != event:
            raise OutputError(
                f"{path}: is about {shorten(manifest['event'])}; "
                f"take another directory for {shorten(event)}"
            )
        return {str(Path(entry["file"]).name): entry for entry in manifest["files"]}
    except (KeyError, TypeError):
        raise DocumentError(
            f"{path}: is no manifest of kombo-fakes; take another directory"
        ) from None


def is_manifest(value: Any) -> bool:
    """Whether a JSON value is what `write_directory` writes beside the payloads."""
    return (
        isinstance(value, dict)
        and set(value) == {"event", "files"}
        and isinstance(value["files"], list)
        and all(isinstance(entry, dict) and "file" in entry for entry in value["files"])
    )


def find_earlier_files(out: str, written: Iterable[str]) -> list[str]:
    """The files of earlier calls that look like more of those that one has written."""
    names = set(written)
    stems = {_NUMBERED.sub("", name) for name in names}
    stems |= {name.removesuffix(".json") for name in names}
    manifest = parse_json(read_bytes(Path(out) / MANIFEST), MANIFEST)
    found = (str(entry["file"]) for entry in manifest["files"])
    return [name for name in found if name not in names and _NUMBERED.sub("", name) in stems]


def _remove_if_empty(directory: Path) -> None:
    with suppress(OSError):  # Somebody may have put something into it meanwhile.
        directory.rmdir()


def _passing(directory: Path) -> Path:
    """A name in a directory that nothing has, until the right one is given."""
    return directory / f".kombo-fakes-{os.urandom(6).hex()}.tmp"


def _is_special(path: Path) -> bool:
    """Whether a path is a device, a pipe or a socket: nothing that could be replaced."""
    if path.parts[:2] in (("/", "dev"), ("/", "proc")):
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _explained(out: str) -> Iterator[None]:
    try:
        yield
    except (OutputError, BrokenPipeError):
        raise
    except OSError as error:
        raise OutputError(f"{out}: can't be written: {error.strerror or error}") from None
