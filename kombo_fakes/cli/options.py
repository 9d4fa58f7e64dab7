"""What several commands have in common: options, and the types of their values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from kombo_fakes.core.messages import shorten

if TYPE_CHECKING:
    from kombo_fakes.schema.schema import Schema

    _Type = click.ParamType[int]
else:
    _Type = click.ParamType  # Not generic before click 8.3.

F = TypeVar("F", bound=Callable[..., Any])


class WholeNumber(_Type):
    """An integer in decimal digits, with a least value."""

    name = "integer"

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        if isinstance(value, int):
            return value
        # Python itself reads no more than 4,300 digits, and takes more than digits.
        if not re.fullmatch(r"[0-9]{1,4000}", value) or int(value) < self.least:
            self.fail(f"{shorten(value)} is no integer from {self.least} up", param, ctx)
        return int(value)


class Positive(click.FloatRange):
    """A number above zero, and less than infinity."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{shorten(value)} is no number that can be waited for", param, ctx)
        return number


class Part(_Type):
    """A part of a whole: ``3/8``, as a pair."""

    name = "part"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", value)
        if found is None:
            self.fail(f"{shorten(value)} is no part as 3/8 is one", param, ctx)
        number, parts = map(int, found.groups())
        if not 1 <= number <= parts:
            self.fail(f"{value}: parts are numbered from 1 to {parts}", param, ctx)
        return number, parts


def schema_options(function: F) -> F:
    """The options that say which payloads: ``--event``, or ``--schema`` and its ``--name``."""
    event = click.option("--event", metavar="NAME", help="The event; see `kombo-fakes events`.")
    schema = click.option(
        "--schema",
        "schema_file",
        metavar="FILE",
        help="A JSON Schema of your own instead, or an OpenAPI description: JSON or YAML.",
    )
    name = click.option(
        "--name", metavar="NAME", help="The schema or webhook in an OpenAPI description."
    )
    return event(schema(name(function)))


def transport_options(seconds: float) -> Callable[[F], F]:
    """The options of what sends: ``--timeout``, ``--allow-remote``, ``--ca-file``.

    Args:
        seconds: The time-out if none is given.
    """
    timeout = click.option(
        "--timeout",
        type=Positive(),
        default=seconds,
        metavar="SECONDS",
        show_default=True,
        help="For each delivery, until the end of its answer.",
    )
    remote = click.option(
        "--allow-remote", is_flag=True, help="Let the URL be one of another machine than this."
    )
    ca_file = click.option("--ca-file", metavar="FILE", help="Certificates to trust, for https.")
    return lambda function: timeout(remote(ca_file(function)))


def format_examples(*lines: str) -> str:
    """The end of a help text: lines that stay lines, and can be copied from a narrow terminal.

    Args:
        lines: Commands, each with what it does behind several blanks, and texts.
    """
    # In an epilog an empty line is what breaks a line.
    return "\n\n".join(("Examples:", *(part for line in lines for part in _fitting(line))))


_WIDTH = 78
"""Of 80 columns help leaves one free at each side."""


def _fitting(line: str) -> Iterator[str]:
    if len(line) <= _WIDTH or not line.startswith("kombo-fakes "):
        yield line
        return
    command, _, about = (part.strip() for part in line.partition("   "))
    if about:
        yield f"# {about}:"
    # Between options, so that what belongs together stays together.
    whole = ""
    for part in re.split(" (?=--?[a-z])", command):
        if len(whole) + len(part) + 3 > _WIDTH:
            yield whole + " \\"
            whole = " "
        whole += f" {part}" if whole else part
    yield whole


def load_schema(event: str | None, schema_file: str | None, name: str | None = None) -> Schema:
    """The schema that the options ask for, the default event's if they don't.

    Raises:
        UsageError: if they ask for two, or for a name in nothing.
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.
    """
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, check_event

    if event is not None and schema_file is not None:
        raise click.UsageError("--event and --schema: give one of them")
    if name is not None and schema_file is None:
        raise click.UsageError("--name: goes with --schema; a shipped event is --event NAME")
    if schema_file is not None:
        path = Path(schema_file)
        schema = Schema.load(path) if name is None else Schema.from_openapi(path)[name]
        _note_formats(schema, schema_file)
        return schema
    wanted = DEFAULT_EVENT if event is None else event
    check_event(wanted)
    return Schema.load(wanted)


def _note_formats(schema: Schema, file: str) -> None:
    """Say which formats are nearly known ones: misspelt, nothing of them is checked."""
    from kombo_fakes.cli.terminal import print_message

    found = [
        repair
        for repair in schema.repairs
        if repair.keyword == "format" and "did you mean" in repair.note
    ]
    if found:
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        print_message(f"note: {file}: {found[0]}{more}")
