"""``kombo-fakes validate``: what a schema has against the payloads in some files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.options import examples, load_schema, schema_options

if TYPE_CHECKING:
    from kombo_fakes.schema import Schema
    from kombo_fakes.violations import Violation

_SHOWN = 50
_WRAPPED = {"fault", "pointer", "keyword", "payload"}


EXAMPLES = examples(
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
    line; - is standard input, with either. Where no schema is named, the payload's own type
    says which event it is.
    """
    from kombo_fakes.cli import FINE, FOUND, UNUSABLE

    named = None
    if (event, schema_file, name) != (None, None, None):
        named = load_schema(event, schema_file, name)
    statuses = [_judge_file(file, named) for file in files]
    return next((status for status in (UNUSABLE, FOUND) if status in statuses), FINE)


def _judge_file(file: str, named: Schema | None) -> int:
    from kombo_fakes.cli import FINE, FOUND, UNUSABLE
    from kombo_fakes.cli.terminal import complain, say
    from kombo_fakes.document import read_bytes, shown
    from kombo_fakes.errors import DocumentError

    status, count = FINE, 0
    try:
        data = read_bytes(file)
    except DocumentError as error:
        complain(f"error: {error}")
        return UNUSABLE
    for name, payload in _payloads(file, data):
        if isinstance(payload, DocumentError):
            complain(f"error: {payload}")
            status = UNUSABLE
            continue
        for violation in _violations(payload, named):
            status = max(status, FOUND)
            count += 1
            if count <= _SHOWN:
                place = _cut(violation.pointer) or "(root)"
                say(f"{name}: {place}: {violation.keyword}: {_cut(violation.message, 400)}")
    if count > _SHOWN:
        say(f"{shown(file)}: ... and {count - _SHOWN:,} more")
    if status == FINE:
        say(f"{shown(file)}: ok")
    return status


def _payloads(file: str, data: bytes) -> Iterator[tuple[str, Any]]:
    """The payloads in a file by what to call them; in place of one that is no JSON the error."""
    from kombo_fakes.document import parse_json, shown
    from kombo_fakes.errors import DocumentError

    lines = _lines(file, data)
    if lines is None:
        try:
            payload = parse_json(data, shown(file))
            yield shown(file), _unwrapped(payload) if file == "-" else payload
        except DocumentError as error:
            yield shown(file), error
        return
    for number, line in lines:
        name = f"{shown(file)}:{number}"
        try:
            payload = parse_json(line, name)
        except DocumentError as error:
            yield name, error
            continue
        yield name, _unwrapped(payload)


def _unwrapped(line: Any) -> Any:
    """The payload of a line that says what is wrong with it, too."""
    is_wrapped = isinstance(line, dict) and set(line) == _WRAPPED
    return line["payload"] if is_wrapped else line


def _lines(file: str, data: bytes) -> list[tuple[int, bytes]] | None:
    """The lines of a file that holds a payload in each, None if it holds one in all."""
    from kombo_fakes.document import parse_json
    from kombo_fakes.errors import DocumentError

    is_named_so = Path(file).suffix.lower() in (".ndjson", ".jsonl")
    if not is_named_so and file != "-":
        return None
    lines = [(n, line) for n, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if is_named_so:
        return lines or None
    # Standard input has no ending that could tell: a first line that is a whole JSON text does.
    if len(lines) < 2:
        return None
    try:
        parse_json(lines[0][1])
    except DocumentError:
        return None
    return lines


def _violations(payload: Any, named: Schema | None) -> Iterator[Violation]:
    from dataclasses import replace

    from kombo_fakes.violations import Violation

    schema = _schema_of(payload) if named is None else named
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
        yield violation


def _schema_of(payload: Any) -> Schema:
    from kombo_fakes.registry import DEFAULT_EVENT, events
    from kombo_fakes.schema import Schema

    name = payload.get("type") if isinstance(payload, dict) else None
    return Schema.load(name if isinstance(name, str) and name in events() else DEFAULT_EVENT)


def _cut(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else f"{text[:limit]}..."
