"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import rich_click as click

from kombo_fakes.core.messages import shorten

if TYPE_CHECKING:
    from kombo_fakes.schema.schema import Schema

    _Type = click.ParamType[int]
else:
    _Type = click.ParamType  # Not generic before click 8.3.

F = TypeVar("F", bound=Callable[..., Any])


class Command(click.RichCommand):
    """A command that names its help where click's own message does not say what would be right."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            is_about_a_value = isinstance(error, click.BadParameter)
            has_hint = isinstance(error, click.NoSuchOption) and error.possibilities
            if has_hint or (is_about_a_value and not isinstance(error, click.MissingParameter)):
                # These messages of click say already what would be right.
                raise
            message = error.format_message().rstrip(".")
            hint = f"`{ctx.command_path} --help` lists what it takes"
            raise click.UsageError(f"{message}; {hint}", ctx) from None


class WholeNumber(_Type):
    """An integer in decimal digits, with a minimum."""

    name = "integer"

    def __init__(self, minimum: int) -> None:
        self.minimum = minimum

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        # click may pass a value that has the right type already, such as a default.
        if isinstance(value, int):
            return value
        # int() raises for more than 4,300 digits, and accepts spaces, underscores and signs.
        if not re.fullmatch(r"[0-9]{1,4000}", value) or int(value) < self.minimum:
            self.fail(f"{shorten(value)} is not an integer of at least {self.minimum}", param, ctx)
        return int(value)


class Positive(click.FloatRange):
    """A finite number above zero."""

    name = "number"

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        number: float = super().convert(value, param, ctx)
        # FloatRange accepts inf, which is above the minimum, and nan, which is not below it.
        if not math.isfinite(number):
            self.fail(f"{shorten(value)} is not a finite number", param, ctx)
        return number


class Part(_Type):
    """A part of a whole: ``3/8`` as the pair ``(3, 8)``."""

    name = "part"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        # As above, the value may have the right type already.
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", value)
        if found is None:
            self.fail(f"{shorten(value)} is not a part such as 3/8", param, ctx)
        number, parts = map(int, found.groups())
        if not 1 <= number <= parts:
            self.fail(f"{value}: parts are numbered from 1 to {parts}", param, ctx)
        return number, parts


def schema_options(default: str) -> Callable[[F], F]:
    """Return a decorator that adds ``--event``, ``--schema``, ``--name``, ``--resources`` and
    ``--ignore-keyword``.

    The command gets the schema as ``schema``, or None if no option is given.

    Args:
        default: What the help of ``--event`` says about the default.
    """
    event = click.option(
        "--event", metavar="NAME", show_default=default,
        help="The event; `kombo-fakes events` lists all.",
    )  # fmt: skip
    schema = click.option(
        "--schema", "schema_file", metavar="FILE",
        help="Use your own JSON Schema or OpenAPI description (JSON or YAML) instead of an event.",
    )  # fmt: skip
    name = click.option(
        "--name", metavar="NAME", help="The schema or webhook to use from an OpenAPI description."
    )
    resources = click.option(
        "--resources", metavar="DIR",
        help="The directory of the documents that references in your schema lead to.",
    )  # fmt: skip
    ignore = click.option(
        "--ignore-keyword", "ignore", metavar="NAME", multiple=True,
        help="A keyword of your schema to ignore, such as 'ts*'. It can be given again.",
    )  # fmt: skip

    def decorate(function: F) -> F:
        @wraps(function)
        def command(
            *,
            event: str | None,
            schema_file: str | None,
            name: str | None,
            resources: str | None,
            ignore: tuple[str, ...],
            **others: Any,
        ) -> Any:
            loaded = _load_schema(event, schema_file, name, ignore=ignore, resources=resources)
            return function(schema=loaded, **others)

        decorated: Any = command
        return cast(F, event(schema(name(resources(ignore(decorated))))))

    return decorate


def transport_options(seconds: float) -> Callable[[F], F]:
    """Return a decorator that adds ``--timeout``, ``--allow-remote`` and ``--ca-file``.

    The parameters of the command have the names of the arguments of `Transport`.

    Args:
        seconds: The default of ``--timeout``.
    """
    timeout = click.option(
        "--timeout", type=Positive(), default=seconds, metavar="SECONDS", show_default=True,
        help="The longest time from a delivery to the end of its response.",
    )  # fmt: skip
    remote = click.option(
        "--allow-remote", is_flag=True, help="Allow a receiver on another machine."
    )
    ca_file = click.option(
        "--ca-file", metavar="FILE", help="Certificates to trust for https, in PEM format."
    )
    return lambda function: timeout(remote(ca_file(function)))


def format_examples(*lines: str) -> str:
    """Return an epilog with examples that can be copied from a terminal of 80 columns.

    Args:
        lines: Commands, or other text. A command may be followed by three or more spaces and a
            comment.
    """
    # click keeps line breaks in an epilog only at empty lines.
    return "\n\n".join(("Examples:", *(part for line in lines for part in _wrap_example(line))))


_WIDTH = 78
"""The columns for text: help leaves one column free at each side."""


def _wrap_example(line: str) -> Iterator[str]:
    if len(line) <= _WIDTH or not line.startswith("kombo-fakes "):
        yield line
        return
    command, _, about = (part.strip() for part in line.partition("   "))
    if about:
        yield f"# {about}:"
    # Breaks come before an option only, so an option and its value stay in one line.
    current = ""
    for part in re.split(" (?=--?[a-z])", command):
        if len(current) + len(part) + 3 > _WIDTH:
            yield current + " \\"
            current = " "
        current += f" {part}" if current else part
    yield current


def _load_schema(
    event: str | None,
    schema_file: str | None,
    name: str | None,
    *,
    ignore: tuple[str, ...],
    resources: str | None,
) -> Schema | None:
    """Load the schema that the options name.

    Raises:
        UsageError: if both an event and a file are given, or a name without a file.
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.
    """
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.webhooks.shipped import check_event

    if event is not None and schema_file is not None:
        raise click.UsageError("--event and --schema: give one of them")
    if name is not None and schema_file is None:
        raise click.UsageError(
            "--name: needs --schema FILE; for an event of Kombo use --event NAME"
        )
    for option, value in (("--ignore-keyword", ignore), ("--resources", resources)):
        if value and schema_file is None:
            raise click.UsageError(f"{option}: needs --schema FILE")
    if schema_file is not None:
        path = Path(schema_file)
        if name is None:
            schema = Schema.load(path, ignore=ignore, resources=resources)
        else:
            schema = Schema.from_openapi(path, ignore=ignore, resources=resources)[name]
        _note_misspelt_formats(schema, schema_file)
        _note_unknown_keywords(schema, schema_file)
        return schema
    if event is None:
        return None
    # Without this check, Schema.load would accept the name of a file as well.
    check_event(event)
    return Schema.load(event)


def _note_misspelt_formats(schema: Schema, file: str) -> None:
    """Print a note if a format resembles a known one: an unknown format is never checked."""
    from kombo_fakes.cli.terminal import print_message
    from kombo_fakes.core.pointer import get, parse_pointer
    from kombo_fakes.schema.formats import find_similar_format

    found = [
        repair
        for repair in schema.repairs
        if repair.keyword == "format"
        and find_similar_format(get(schema.published, parse_pointer(repair.pointer))["format"])
    ]
    if found:
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        print_message(f"note: {file}: {found[0]}{more}")


def _note_unknown_keywords(schema: Schema, file: str) -> None:
    """Print which keywords are annotations only because JSON Schema does not define them."""
    from kombo_fakes.cli.terminal import print_message

    found = list(dict.fromkeys(r.keyword for r in schema.repairs if r.is_unknown))
    if found:
        more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
        names = ", ".join(map(repr, found[:3]))
        print_message(f"note: {file}: unknown keywords are ignored: {names}{more}")
