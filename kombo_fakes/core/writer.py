"""Writes payloads as JSON or newline-delimited JSON, to a stream, a file or a directory.

Payloads are written one by one and never all held in memory. A file gets its name when it is
complete: until then it has a temporary name in the same directory. What ends with .gz or .zst is
compressed; the same payloads give the same bytes there, too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from kombo_fakes.core.compression import CompressionError, compressor_for, strip_compression
from kombo_fakes.core.json_reader import parse_json, read_bytes
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError, OutputError

Format: TypeAlias = Literal["json", "ndjson"]

MANIFEST = "manifest.json"
"""The file of a directory that lists the others and describes them."""

_ENDINGS: dict[str, Format] = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_NUMBERED = re.compile(r"[-.][0-9]+\.json$")


def to_compact_json(value: Any) -> bytes:
    """Write a JSON value in one line, in UTF-8.

    Examples:
        >>> to_compact_json({"a": [1, "\u00e9"]}).decode()
        '{"a":[1,"\u00e9"]}'
    """
    return _encode(value, separators=(",", ":"))


def to_pretty_json(value: Any) -> bytes:
    """Write a JSON value for people to read: indented by two spaces, in UTF-8."""
    return _encode(value, indent=2)


def _encode(value: Any, **layout: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, **layout).encode()
    except UnicodeEncodeError:
        # UTF-8 has no bytes for a lone surrogate, JSON has an escape.
        return json.dumps(value, ensure_ascii=True, **layout).encode()


def write_json(stream: BinaryIO, values: Iterable[Any]) -> None:
    """Write one value as it is, and several values or none as an array."""
    rest = iter(values)
    # Two values show whether it is an array. The range comes first in `zip`, which would otherwise
    # take a third value and lose it.
    head = [value for _, value in zip(range(2), rest, strict=False)]
    if len(head) == 1:
        stream.write(to_pretty_json(head[0]) + b"\n")
        return
    separator = b"[\n  "
    for value in chain(head, rest):
        # Newlines in strings are escaped, so these are all between tokens.
        stream.write(separator + to_pretty_json(value).replace(b"\n", b"\n  "))
        separator = b",\n  "
    stream.write(b"\n]\n" if head else b"[]\n")


def is_directory(out: str) -> bool:
    """Whether an output path means a directory: an existing one, or a name without an ending.

    Raises:
        OutputError: if it looks like a directory and is a file.

    Examples:
        >>> is_directory("payloads/"), is_directory("payloads"), is_directory("payloads.json")
        (True, True, False)
    """
    path = Path(out)
    if path.is_dir():
        return True
    if not (out.endswith(("/", os.sep)) or not path.suffix):
        return False
    # `/dev/stdout` has no ending, and is no directory.
    if _is_special(path):
        return False
    if path.exists():
        raise OutputError(f"{out}: is a file; expected a directory")
    return True


def format_from_ending(out: str | os.PathLike[str]) -> Format | None:
    """The format of a file by its ending, compressed or not; None for any other ending.

    Examples:
        >>> format_from_ending("a.ndjson.gz"), format_from_ending("a.txt")
        ('ndjson', None)
    """
    return _ENDINGS.get(strip_compression(out).suffix.lower())


def choose_format(out: str, given: Format | None) -> Format:
    """Choose the format of a file by its ending and by what was asked for.

    Args:
        out: The path of the file.
        given: The format that was asked for; None if none was.

    Raises:
        OutputError: if the two differ, or neither decides.

    Examples:
        >>> choose_format("a.jsonl", None), choose_format("a.txt", "json")
        ('ndjson', 'json')
    """
    by_ending = format_from_ending(out)
    if by_ending is None and given is None:
        if _is_special(Path(out)):
            return "json"
        ending = strip_compression(out).suffix
        raise OutputError(
            f"{out}: the ending {ending!r} does not say a format; use .json or .ndjson (and .gz "
            "or .zst after it to compress), or name the format"
        )
    if by_ending is not None and given is not None and by_ending != given:
        raise OutputError(f"{out}: the ending means {by_ending}, but {given} was asked for")
    return by_ending or given or "json"


@contextmanager
def open_for_writing(out: str) -> Iterator[BinaryIO]:
    """Open a file for writing; it appears, complete, when the block ends without an error.

    After an error everything is as it was before. Devices and pipes are written directly.

    Raises:
        OutputError: if it cannot be written.
    """
    path = Path(out)
    with _output_errors(out):
        compress = compressor_for(path)
        if _is_special(path):
            with path.open("wb") as stream, compress(stream) as inner:
                yield inner
            return
        if path.is_dir():
            raise OutputError(f"{out}: is a directory; expected a file")
        # A symbolic link stays; what it leads to is replaced.
        place = Path(os.path.realpath(path))
        if not place.parent.exists():
            raise OutputError(f"{out}: cannot be written: there is no directory {path.parent}")
        # A rename is atomic within one file system only, so both are in the same directory.
        temporary = _temporary_path(place.parent)
        try:
            # The mode x does not follow a link that somebody else has put there.
            with temporary.open("xb") as stream, compress(stream) as inner:
                yield inner
            if place.exists():
                # A new file has the usual permissions, and the old one may have been readable to
                # few.
                shutil.copymode(place, temporary)
            temporary.replace(place)
        # Ctrl-C is not an Exception, and must not leave the file behind either.
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_directory(
    out: str, event: str, files: Iterable[tuple[str, Any, Mapping[str, Any]]]
) -> int:
    """Write a file for each payload, and a manifest that describes them.

    Nothing appears in the directory before everything is written. Files of earlier calls stay,
    and so do their entries in the manifest.

    Args:
        out: The directory. It is created if it does not exist.
        event: The name of the event, or of the schema, that the payloads are of.
        files: For each file its name, its payload and its entry in the manifest.

    Returns:
        The number of payloads that were written.

    Raises:
        OutputError: if the directory cannot be written, or holds payloads of another event.
        DocumentError: if its manifest cannot be read.
    """
    directory = Path(out)
    with _output_errors(out):
        earlier = _read_manifest(directory, event)
        # After an error only those directories are removed that this call has created.
        new = [path for path in (directory, *directory.parents) if not path.exists()]
        temporary = _temporary_path(directory)
        try:
            temporary.mkdir(parents=True)
            entries: dict[str, Mapping[str, Any]] = {}
            for name, payload, entry in files:
                (temporary / name).write_bytes(to_pretty_json(payload) + b"\n")
                entries[name] = {"file": name, **entry}
            written = list(entries)
            for name, entry in earlier.items():
                # A user can delete files at any time, and the manifest lists none that is missing.
                if name not in entries and (directory / name).is_file():
                    entries[name] = entry
            listed = [entries[name] for name in sorted(entries)]
            manifest = to_pretty_json({"event": event, "files": listed}) + b"\n"
            (temporary / MANIFEST).write_bytes(manifest)
            # The manifest comes last, so that each file that it lists exists.
            for name in (*written, MANIFEST):
                (temporary / name).replace(directory / name)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            for parent in new:
                _remove_if_empty(parent)
            raise
        shutil.rmtree(temporary, ignore_errors=True)
    return len(written)


def _read_manifest(directory: Path, event: str) -> dict[str, Mapping[str, Any]]:
    path = directory / MANIFEST
    if not path.exists():
        return {}
    manifest = parse_json(read_bytes(path), str(path))
    try:
        if manifest["event"] != event:
            raise OutputError(
                f"{path}: lists payloads of {shorten(manifest['event'])}; "
                f"use another directory for {shorten(event)}"
            )
        # A manifest from elsewhere must not name files outside of its directory.
        return {str(Path(entry["file"]).name): entry for entry in manifest["files"]}
    except (KeyError, TypeError):
        raise DocumentError(
            f"{path}: is not a manifest of kombo-fakes; use another directory"
        ) from None


def is_manifest(value: Any) -> bool:
    """Whether a JSON value is a manifest as `write_directory` writes it."""
    return (
        isinstance(value, dict)
        and set(value) == {"event", "files"}
        and isinstance(value["files"], list)
        and all(isinstance(entry, dict) and "file" in entry for entry in value["files"])
    )


def find_earlier_files(out: str, written: Iterable[str]) -> list[str]:
    """Find the files of earlier calls that look as if this call had written them, too.

    Args:
        out: A directory that `write_directory` has written.
        written: The names of the files that this call has written.
    """
    names = set(written)
    stems = {_NUMBERED.sub("", name) for name in names}
    stems |= {name.removesuffix(".json") for name in names}
    manifest = parse_json(read_bytes(Path(out) / MANIFEST), MANIFEST)
    found = (str(entry["file"]) for entry in manifest["files"])
    return [name for name in found if name not in names and _NUMBERED.sub("", name) in stems]


def _remove_if_empty(directory: Path) -> None:
    with suppress(OSError):  # Another program may have put something into it.
        directory.rmdir()


def _temporary_path(directory: Path) -> Path:
    """A path in a directory at which nothing exists."""
    # The module `random` would follow the seed of a test, and change what the test draws next.
    return directory / f".kombo-fakes-{os.urandom(6).hex()}.tmp"


def _is_special(path: Path) -> bool:
    """Whether a path is a device, a pipe or a socket, which cannot be replaced by a file."""
    # `/dev/stdout` can lead to a usual file, which has to be written and not replaced.
    if path.parts[:2] in (("/", "dev"), ("/", "proc")):
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, UnicodeEncodeError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _output_errors(out: str) -> Iterator[None]:
    """Turn what goes wrong with a file into an `OutputError`."""
    try:
        yield
    # An OutputError is an OSError as well, and has its message already.
    except (OutputError, BrokenPipeError):
        raise
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error.strerror or error}") from None
    except CompressionError as error:
        raise OutputError(f"{out}: {error}") from None
    # The encoding of file names does not have every character.
    except UnicodeEncodeError:
        raise OutputError(f"{out}: cannot be written: no file can have this name") from None
