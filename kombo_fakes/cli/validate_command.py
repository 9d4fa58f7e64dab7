"""``kombo-fakes validate``: what a schema has against the payloads in some files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.options import format_examples, load_schema, schema_options

if TYPE_CHECKING:
    from kombo_fakes.errors import DocumentError
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.schema.violations import Violation

_SHOWN = 50
_WRAPPED = {"fault", "pointer", "keyword", "payload"}


EXAMPLES = format_examples(
    "kombo-fakes validate recorded/*.json",
    "kombo-fakes generate -n 100 --format ndjson | kombo-fakes validate -",
)


@click.command("validate", epilog=EXAMPLES)
@schema_options
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
def validate_command(
    event: str | None, schema_file: str | None, name: str | None, files: tuple[str, ...]
) -> int:
    """Check payloads, formats included, and say everything that is wrong with them.

    FILE is a JSON file with one payload, or one ending in .ndjson or .jsonl with one in each
    line; either may be compressed, and end in .gz or .zst; - is standard input, with either.
    Where no schema is named, the payload's own type says which event it is.
    """
    from kombo_fakes.cli.status import FINE, FOUND, UNUSABLE

    named = None
    if (event, schema_file, name) != (None, None, None):
        named = load_schema(event, schema_file, name)
    statuses = [_judge_file(file, named) for file in files]
    return next((status for status in (UNUSABLE, FOUND) if status in statuses), FINE)


def _judge_file(file: str, named: Schema | None) -> int:
    from kombo_fakes.cli.status import FINE, FOUND, UNUSABLE
    from kombo_fakes.cli.terminal import print_line, print_message
    from kombo_fakes.core.json_reader import describe_path
    from kombo_fakes.core.writer import MANIFEST, is_manifest
    from kombo_fakes.errors import DocumentError

    status, count = FINE, 0
    for name, payload in _payloads(file):
        if isinstance(payload, DocumentError):
            print_message(f"error: {payload}")
            status = UNUSABLE
            continue
        if Path(file).name == MANIFEST and is_manifest(payload):
            print_message(
                f"note: {name}: left out, since it lists the payloads beside it and is none"
            )
            return FINE
        for violation in _violations(payload, named):
            status = max(status, FOUND)
            count += 1
            if count <= _SHOWN:
                place = _cut(violation.pointer) or "(root)"
                print_line(f"{name}: {place}: {violation.keyword}: {_cut(violation.message, 400)}")
    if count > _SHOWN:
        print_line(f"{describe_path(file)}: ... and {count - _SHOWN:,} more")
    if status == FINE:
        print_line(f"{describe_path(file)}: ok")
    return status


def _payloads(file: str) -> Iterator[tuple[str, Any]]:
    """The payloads in a file by what to call them; in place of one that is no JSON the error."""
    from kombo_fakes.core.json_reader import describe_path, parse_json
    from kombo_fakes.errors import DocumentError

    name = describe_path(file)
    try:
        for name, text in _texts(file):
            try:
                payload = parse_json(text, name)
            except DocumentError as error:
                yield name, _about_lines(error, text, file)
                continue
            yield name, _unwrapped(payload) if _has_lines(file) else payload
    except DocumentError as error:
        yield name, error  # The file can't be read, or not any further.


def _about_lines(error: DocumentError, text: bytes, file: str) -> DocumentError:
    """The error of a file that holds a payload in each line and doesn't say so in its name."""
    from kombo_fakes.errors import DocumentError

    first = text.lstrip().split(b"\n", 1)[0]
    if _has_lines(file) or not str(error).endswith(": Extra data") or not _is_json(first):
        return error
    return DocumentError(f"{error}; for one a line, end the name with .ndjson")


def _unwrapped(line: Any) -> Any:
    """The payload of a line that says what is wrong with it, too."""
    is_wrapped = isinstance(line, dict) and set(line) == _WRAPPED
    return line["payload"] if is_wrapped else line


def _has_lines(file: str) -> bool:
    """Whether a payload in a file may have a line of its own, that says what is wrong with it."""
    from kombo_fakes.core.writer import format_from_ending

    return file == "-" or format_from_ending(file) == "ndjson"


def _texts(file: str) -> Iterator[tuple[str, bytes]]:
    """The JSON texts in a file by what to call them, as they are read."""
    from kombo_fakes.core.json_reader import describe_path, read_bytes, read_lines

    name = describe_path(file)
    if not _has_lines(file):
        yield name, read_bytes(file)
        return
    lines = ((n, line) for n, line in enumerate(read_lines(file), 1) if line.strip())
    begun = list(islice(lines, 1))
    # Standard input has no ending that could tell: a first line that is a whole JSON text does.
    if file == "-" and begun and _is_json(begun[0][1]):
        begun.extend(islice(lines, 1))
    elif file == "-" or not begun:
        yield name, _whole(chain(begun, lines), file)
        return
    if file == "-" and len(begun) == 1:
        yield name, begun[0][1]
        return
    for number, line in chain(begun, lines):
        yield f"{name}:{number}", line


def _is_json(text: bytes) -> bool:
    from kombo_fakes.core.json_reader import parse_json
    from kombo_fakes.errors import DocumentError

    try:
        parse_json(text)
    except DocumentError:
        return False
    return True


def _whole(lines: Iterable[tuple[int, bytes]], file: str) -> bytes:
    """Numbered lines as one text, with the empty ones: so lines have their numbers in messages."""
    from kombo_fakes.core.json_reader import check_size

    whole, at = bytearray(), 1
    for number, line in lines:
        whole += b"\n" * (number - at) + line
        at = number
        check_size(whole, file)
    return bytes(whole)


def _violations(payload: Any, named: Schema | None) -> Iterator[Violation]:
    from dataclasses import replace

    from kombo_fakes.schema.violations import Violation

    schema, unknown_event = (named, "") if named is not None else _schema_of(payload)
    try:
        found = schema.violations(payload)
    except UnicodeEncodeError:
        message = "holds a lone surrogate (\\ud800 to \\udfff), which is no Unicode text"
        yield Violation("", "json", message)
        return
    for violation in found:
        if isinstance(payload, list) and (violation.pointer, violation.keyword) == ("", "type"):
            hint = f"{violation.message}; several payloads go into an .ndjson file, one a line"
            violation = replace(violation, message=hint)
        elif unknown_event and violation.pointer == "/type":
            violation = replace(violation, message=unknown_event)
        yield violation


def _schema_of(payload: Any) -> tuple[Schema, str]:
    """The schema that a payload says it follows, and what is wrong with what it says."""
    from kombo_fakes.core.messages import find_nearest, unknown_name_error
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, events

    name = payload.get("type") if isinstance(payload, dict) else None
    if not isinstance(name, str):
        return Schema.load(DEFAULT_EVENT), ""
    if name in events():
        return Schema.load(name), ""
    # What it means most likely, so that the rest isn't held against another event.
    return Schema.load(find_nearest(name, events()) or DEFAULT_EVENT), str(
        unknown_name_error("event", name, events())
    )


def _cut(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else f"{text[:limit]}..."
