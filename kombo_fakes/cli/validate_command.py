"""``kombo-fakes validate``: report how payloads in files violate their schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.options import Command, format_examples, schema_options

if TYPE_CHECKING:
    from kombo_fakes.errors import DocumentError
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.schema.violations import Violation

_SHOWN = 50
"""The number of violations to print for each file."""

_INVALID_LINE = {"fault", "pointer", "keyword", "payload"}
"""The properties of a line that `generate --invalid --format ndjson` writes."""

EXAMPLES = format_examples(
    "kombo-fakes validate recorded/*.json",
    "kombo-fakes generate -n 100 --format ndjson | kombo-fakes validate -",
)


@click.command("validate", cls=Command, epilog=EXAMPLES)
@schema_options("the type of each payload")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
def validate_command(schema: Schema | None, files: tuple[str, ...]) -> int:
    """Validate payloads against a schema, formats included, and report every violation.

    FILE is a .json file with one payload, or an .ndjson or .jsonl file with one payload per line.
    Both can be compressed, with .gz or .zst at the end of the name. Use `-` for standard input,
    which can have either format.
    """
    from kombo_fakes.cli.status import FINE, FOUND, UNUSABLE

    statuses = [_judge_file(file, schema) for file in files]
    # A file that cannot be read may have violations, too, so its status goes first.
    return next((status for status in (UNUSABLE, FOUND) if status in statuses), FINE)


def _judge_file(file: str, named: Schema | None) -> int:
    from kombo_fakes.cli.status import FINE, FOUND, UNUSABLE
    from kombo_fakes.cli.terminal import print_line, print_message
    from kombo_fakes.core.json_reader import describe_path
    from kombo_fakes.core.writer import MANIFEST, is_manifest
    from kombo_fakes.errors import DocumentError

    status, count = FINE, 0
    for name, payload in _read_payloads(file):
        if isinstance(payload, DocumentError):
            print_message(f"error: {payload}")
            status = UNUSABLE
            continue
        if Path(file).name == MANIFEST and is_manifest(payload):
            print_message(f"note: {name}: skipped, because it is a list of the payloads beside it")
            return FINE
        for violation in _find_violations(payload, named):
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


def _read_payloads(file: str) -> Iterator[tuple[str, Any]]:
    """Read the payloads of a file.

    Yields:
        The name of a payload for messages, and the payload, or the error if it is not JSON.
    """
    from kombo_fakes.core.json_reader import describe_path, parse_json
    from kombo_fakes.errors import DocumentError

    name = describe_path(file)
    try:
        for name, text in _read_texts(file):
            try:
                payload = parse_json(text, name)
            except DocumentError as error:
                yield name, _advise_ndjson(error, text, file)
                continue
            yield name, _unwrap(payload) if _may_have_lines(file) else payload
    except DocumentError as error:
        yield name, error  # The file cannot be read, or not to its end.


def _advise_ndjson(error: DocumentError, text: bytes, file: str) -> DocumentError:
    """Add advice to an error if the file has one payload per line but is not named so."""
    from kombo_fakes.errors import DocumentError

    first, _, rest = text.lstrip().partition(b"\n")
    if _may_have_lines(file) or not rest.strip() or not _is_json(first):
        return error
    return DocumentError(f"{error}; a file with one payload per line has to end in .ndjson")


def _unwrap(line: Any) -> Any:
    """Return the payload of a line, which may also describe the fault of the payload."""
    is_wrapped = isinstance(line, dict) and set(line) == _INVALID_LINE
    return line["payload"] if is_wrapped else line


def _may_have_lines(file: str) -> bool:
    """Return True if the file can have one payload per line."""
    from kombo_fakes.core.writer import format_from_ending

    return file == "-" or format_from_ending(file) == "ndjson"


def _read_texts(file: str) -> Iterator[tuple[str, bytes]]:
    """Read the JSON texts of a file, each with its name for messages."""
    from kombo_fakes.core.json_reader import describe_path, read_bytes, read_lines

    name = describe_path(file)
    if not _may_have_lines(file):
        yield name, read_bytes(file)
        return
    lines = ((n, line) for n, line in enumerate(read_lines(file), 1) if line.strip())
    first = list(islice(lines, 1))
    # Standard input has no name that tells the format. If the first line is a whole JSON text, it
    # has one payload per line.
    if file == "-" and first and _is_json(first[0][1]):
        # A single payload has the name of the input, and one of several has its number as well.
        first.extend(islice(lines, 1))
    elif file == "-" or not first:
        yield name, _join_lines(chain(first, lines), file)
        return
    if file == "-" and len(first) == 1:
        yield name, first[0][1]
        return
    for number, line in chain(first, lines):
        yield f"{name}:{number}", line


def _is_json(text: bytes) -> bool:
    from kombo_fakes.core.json_reader import parse_json
    from kombo_fakes.errors import DocumentError

    try:
        parse_json(text)
    except DocumentError:
        return False
    return True


def _join_lines(lines: Iterable[tuple[int, bytes]], file: str) -> bytes:
    """Join numbered lines, and restore the empty lines that messages have to count."""
    from kombo_fakes.core.json_reader import check_size

    whole, at = bytearray(), 1
    for number, line in lines:
        whole += b"\n" * (number - at) + line
        at = number
        # Lines may go on without end, but one JSON text has to fit into memory.
        check_size(whole, file)
    return bytes(whole)


def _find_violations(payload: Any, named: Schema | None) -> Iterator[Violation]:
    from dataclasses import replace

    from kombo_fakes.schema.violations import Violation

    schema, unknown_event = (named, "") if named is not None else _select_schema(payload)
    try:
        found = schema.violations(payload)
    except UnicodeEncodeError:
        message = "contains a lone surrogate (\\ud800 to \\udfff), which UTF-8 cannot encode"
        yield Violation("", "json", message)
        return
    for violation in found:
        if isinstance(payload, list) and (violation.pointer, violation.keyword) == ("", "type"):
            hint = f"{violation.message}; write several payloads into an .ndjson file, one per line"
            violation = replace(violation, message=hint)
        elif unknown_event and violation.pointer == "/type":
            violation = replace(violation, message=unknown_event)
        yield violation


def _select_schema(payload: Any) -> tuple[Schema, str]:
    """Select the schema by the type of a payload.

    Returns:
        The schema, and a message if the type is unknown. An empty message means that it is known.
    """
    from kombo_fakes.core.messages import find_nearest, unknown_name_error
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, events

    name = payload.get("type") if isinstance(payload, dict) else None
    if not isinstance(name, str):
        return Schema.load(DEFAULT_EVENT), ""
    if name in events():
        return Schema.load(name), ""
    # The nearest event gives the fewest violations beside the one of the type.
    return Schema.load(find_nearest(name, events()) or DEFAULT_EVENT), str(
        unknown_name_error("event", name, events())
    )


def _cut(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else f"{text[:limit]}..."
