"""The options of `generate` and `send` that say which payloads a command makes."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from kombo_fakes.cli.options import WholeNumber, schema_options

if TYPE_CHECKING:
    from kombo_fakes.errors import OverrideError
    from kombo_fakes.generation.settings import GenerationSettings, ValueKind
    from kombo_fakes.schema.schema import Schema

F = TypeVar("F", bound=Callable[..., Any])


def payload_options(*, count: str, seed: str) -> Callable[[F], F]:
    """Add the options of payloads to a command, which gets `GenerationSettings` as ``payloads``.

    Args:
        count: The help of ``--count``.
        seed: The help of ``--seed``.
    """
    options = (
        schema_options("the first one"),
        click.option("-n", "--count", "count", type=WholeNumber(1), metavar="N", help=count),
        click.option(
            "--seed", type=WholeNumber(0), default=0, metavar="N", show_default=True, help=seed
        ),
        click.option(
            "--values",
            type=click.Choice(["realistic", "any", "corners", "examples"]),
            default="realistic",
            show_default=True,
            help="realistic: like the payloads that Kombo usually sends. any: anything that"
            " the schema allows. corners: a fixed list of extreme but valid payloads."
            " examples: realistic, with the schema's own examples wherever they are valid.",
        ),
        click.option(
            "--invalid",
            is_flag=True,
            help="Make invalid payloads with one fault each. It cycles through all faults.",
        ),
        click.option(
            "--fault",
            "fault_ids",
            multiple=True,
            metavar="ID",
            help="Make payloads with this fault; * matches anything. Can be repeated.",
        ),
        click.option(
            "--set",
            "sets",
            multiple=True,
            metavar="POINTER=JSON",
            help="Set a field: data.state=INVALID, or /data/end_user/origin_id=null. Fields that"
            " depend on it are set to match: data.integration_tool=workday also changes"
            " data.integration_id. Can be repeated.",
        ),
        click.option(
            "--unset",
            "unsets",
            multiple=True,
            metavar="POINTER",
            help="Leave out a field. Can be repeated.",
        ),
    )

    def decorate(function: F) -> F:
        @wraps(function)
        def command(
            *,
            schema: Schema | None,
            count: int | None,
            seed: int,
            values: ValueKind,
            invalid: bool,
            fault_ids: tuple[str, ...],
            sets: tuple[str, ...],
            unsets: tuple[str, ...],
            **others: Any,
        ) -> Any:
            from kombo_fakes.generation.settings import GenerationSettings
            from kombo_fakes.schema.schema import Schema

            _check_combination(values, invalid, fault_ids)
            overrides = dict(map(_parse_override, sets))
            chosen = Schema.load() if schema is None else schema
            _note_unnamed_fields(chosen, overrides)
            if values in ("realistic", "examples"):
                _note_rejected_examples(chosen)
            payloads = GenerationSettings(
                chosen, count, seed, values, invalid, fault_ids, overrides, unsets
            )
            return function(payloads=payloads, **others)

        decorated: Any = command
        for option in reversed(options):  # The last decorator is the first in the help.
            decorated = option(decorated)
        result: F = decorated
        return result

    return decorate


def count_payloads(settings: GenerationSettings) -> int:
    """Return how many payloads settings ask for."""
    from kombo_fakes.generation.runs import Run

    run = Run(settings)
    return run.stop - run.start


def explain_rejected_edit(error: OverrideError, schema: Schema) -> Exception:
    """Return an error with advice on how to get what ``--set`` or ``--unset`` asks for.

    Args:
        error: The error of `kombo_fakes.generate`.
        schema: The schema of the payloads.

    Returns:
        The same error if it is about something else than a value that the schema rejects.
    """
    violation, value = error.violation, error.value
    if violation is None:
        return error
    from kombo_fakes.webhooks.shipped import events

    message = str(error)
    is_plain = value is not None and not isinstance(value, (str, list, dict))
    # A number or null is JSON, so it takes quotes to make a string of it.
    if violation.keyword == "type" and is_plain and _allows_string(schema, violation.pointer):
        import json

        message += f"; write a string in quotes: '\"{json.dumps(value)}\"'"
    elif (violation.pointer, violation.keyword) == ("/type", "enum") and value in events():
        # Each event has a schema of its own, in which the type has only one value.
        message += f"; use --event {value}"
    elif error.fault is not None:
        message += f"; for an invalid payload, use --fault {shlex.quote(error.fault)}"
    return click.UsageError(message)


def _allows_string(schema: Schema, pointer: str) -> bool:
    return any(
        site.pointer == pointer and site.keyword == "type" and "string" in site.value
        for site in schema.sites()
    )


def _check_combination(values: str, invalid: bool, fault_ids: tuple[str, ...]) -> None:
    if invalid and fault_ids:
        raise click.UsageError("--invalid and --fault: give one of them; --invalid uses all faults")
    if values == "corners" and (invalid or fault_ids):
        raise click.UsageError(
            "--values corners: the corners are valid; for faults use --values realistic or any"
        )


def _parse_override(argument: str) -> tuple[str, Any]:
    from kombo_fakes.core.json_reader import parse_json
    from kombo_fakes.core.messages import shorten
    from kombo_fakes.errors import DocumentError

    name, equals, value = argument.partition("=")
    if not equals or not name:
        raise click.UsageError(
            f"--set {shorten(argument)}: expected POINTER=JSON, such as data.state=INVALID"
        )
    try:
        return name, parse_json(value)
    except DocumentError:
        # Text that is not JSON is a string, so data.state=INVALID needs no quotes.
        return name, value


def _note_unnamed_fields(schema: Schema, names: Iterable[str]) -> None:
    """Print a note for each field that the schema allows but does not name.

    The name may be misspelt.
    """
    from kombo_fakes.cli.terminal import print_message
    from kombo_fakes.core.messages import shorten
    from kombo_fakes.errors import KomboFakesError
    from kombo_fakes.generation.edits import find_unnamed_field, resolve

    for name in names:
        try:
            resolve(schema, name)
        except KomboFakesError:
            continue  # `generate` raises the same error and ends the command.
        unnamed = find_unnamed_field(schema, name)
        if unnamed is not None:
            hint = f"; did you mean {unnamed.nearest!r}?" if unnamed.nearest else ""
            print_message(
                f"note: --set {shorten(name)}: the schema does not name this property{hint}"
            )


def _note_rejected_examples(schema: Schema) -> None:
    """Print a note if the schema has examples that it rejects, because they are not used."""
    from kombo_fakes.cli.terminal import print_message

    found = schema.rejected_examples
    if found:
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        print_message(f"note: {schema.source}: {found[0]}{more}")
