"""``kombo-fakes faults``: list the faults of payloads, and the wire faults of deliveries."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import rich_click as click

from kombo_fakes.cli.options import Command, format_examples, schema_options
from kombo_fakes.cli.terminal import (
    get_binary_output,
    is_terminal,
    is_terminal_narrow,
    print_table,
)

if TYPE_CHECKING:
    from kombo_fakes.catalogues.fault import Fault
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.wire.faults import WireFault

EXAMPLES = format_examples(
    "kombo-fakes faults --at data.state",
    "kombo-fakes faults --keyword enum --keyword format --json",
    "kombo-fakes faults --wire",
)


@click.command("faults", cls=Command, epilog=EXAMPLES)
@schema_options("the first one")
@click.option(
    "--keyword", "keywords", metavar="KEYWORD", multiple=True,
    help="List only the faults of this schema keyword, such as enum. Can be repeated.",
)  # fmt: skip
@click.option(
    "--at", metavar="POINTER",
    help="List only the faults of this field and of everything in it: data.state, or /data/state.",
)  # fmt: skip
@click.option(
    "--wire", is_flag=True,
    help="List the wire faults (of signature, body and headers) for `send --wire-fault`.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def faults_command(
    schema: Schema | None,
    keywords: tuple[str, ...],
    at: str | None,
    wire: bool,
    as_json: bool,
) -> None:
    """List the faults that `generate --fault` can put into a payload.

    If the output is not a terminal, each line holds the id, the JSON Pointer, the schema keyword
    and the description, separated by tabs. With --wire, each line holds the id, what a strict
    receiver has to do, what a tolerant one has to do, the description and the reason.
    """
    from kombo_fakes.schema.schema import Schema

    schema = Schema.load() if schema is None else schema
    if not wire:
        _list_payload_faults(schema, keywords, at, as_json)
    elif keywords or at is not None:
        raise click.UsageError(
            "--wire: wire faults have no place or keyword; leave out --at and --keyword"
        )
    else:
        _list_wire_faults(schema, as_json)


def _list_payload_faults(
    schema: Schema, keywords: tuple[str, ...], at: str | None, as_json: bool
) -> None:
    from kombo_fakes.catalogues.faults import faults

    found = faults(schema, keywords=keywords or None, at=at)
    note = f"{len(found):,} faults"
    if as_json:
        _print_json(found, ("id", "pointer", "keyword", "variant", "description", "single"))
    elif not is_terminal(sys.stdout):
        print_table((), [(f.id, f.pointer, f.keyword, f.description) for f in found])
    elif is_terminal_narrow():  # The id contains the place and the keyword.
        rows = [(f.id, f.mutator.effect) for f in found]
        print_table(("fault", "what is wrong"), rows, note=note)
    else:
        # The description begins with the place, which has a column of its own here.
        wide = [(f.id, f.pointer or "(root)", f.keyword, f.mutator.effect) for f in found]
        print_table(("fault", "at", "keyword", "what is wrong"), wide, note=note)


def _list_wire_faults(schema: Schema, as_json: bool) -> None:
    from kombo_fakes.wire.faults import wire_faults

    # With the test secret, the list would leave out the faults that are signed with it.
    found = wire_faults(schema, secret=b"not the test secret")
    if as_json:
        _print_json(found, ("id", "family", "description", "strict", "tolerant", "why"))
    elif not is_terminal(sys.stdout):
        print_table((), [(f.id, f.strict, f.tolerant, f.description, f.why) for f in found])
    else:
        columns = ("fault", "expected", "what is wrong", "why")[: 3 if is_terminal_narrow() else 4]
        print_table(
            columns,
            [(f.id, _describe_expected(f), f.description, f.why)[: len(columns)] for f in found],
            note=f"{len(found):,} wire faults. If two expectations are shown, the first is for a "
            "strict receiver, and the second for a tolerant one",
        )


def _print_json(found: Iterable[Fault | WireFault], names: Sequence[str]) -> None:
    from kombo_fakes.core.writer import to_pretty_json

    listed = [{name: getattr(fault, name) for name in names} for fault in found]
    get_binary_output().write(to_pretty_json(listed) + b"\n")


def _describe_expected(fault: WireFault) -> str:
    is_same = fault.strict == fault.tolerant
    return fault.strict if is_same else f"{fault.strict} / {fault.tolerant}"
