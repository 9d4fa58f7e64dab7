"""``kombo-fakes faults``: the catalogue of what can be wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import rich_click as click

from kombo_fakes.cli.options import format_examples, load_schema, schema_options

if TYPE_CHECKING:
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.wire.faults import WireFault

EXAMPLES = format_examples(
    "kombo-fakes faults --at data.state",
    "kombo-fakes faults --keyword enum --keyword format --json",
    "kombo-fakes faults --wire                    those of deliveries, and what a receiver owes",
)


@click.command("faults", epilog=EXAMPLES)
@schema_options
@click.option(
    "--keyword", "keywords", metavar="KEYWORD", multiple=True,
    help="Only faults of this keyword, such as enum. Can be repeated.",
)  # fmt: skip
@click.option(
    "--at", metavar="POINTER", help="Only faults at this field or in it: data.state, /data/state."
)
@click.option(
    "--wire", is_flag=True,
    help="Faults of deliveries instead, of signature, body and HTTP: what `send --wire-fault`"
    " takes.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def faults_command(
    event: str | None,
    schema_file: str | None,
    name: str | None,
    keywords: tuple[str, ...],
    at: str | None,
    wire: bool,
    as_json: bool,
) -> None:
    """List every fault that a payload can be given: what `generate --fault` takes.

    Piped, a line is id, JSON Pointer, schema keyword and description, with tabs in between. With
    --wire it is id, what a strict receiver owes, what a tolerant one owes, description, and why.
    """
    from kombo_fakes.catalogues.faults import faults
    from kombo_fakes.cli.terminal import (
        get_binary_output,
        is_terminal,
        is_terminal_narrow,
        print_table,
    )
    from kombo_fakes.core.writer import to_pretty_json

    schema = load_schema(event, schema_file, name)
    if wire:
        if keywords or at is not None:
            raise click.UsageError("--wire: those faults have no place; leave out --at, --keyword")
        _list_wire_faults(schema, as_json)
        return
    found = faults(schema, keywords=keywords or None, at=at)
    if as_json:
        listed = [
            {
                "id": fault.id,
                "pointer": fault.pointer,
                "keyword": fault.keyword,
                "variant": fault.variant,
                "description": fault.description,
                "single": fault.single,
            }
            for fault in found
        ]
        get_binary_output().write(to_pretty_json(listed) + b"\n")
        return
    rows = [(fault.id, fault.pointer, fault.keyword, fault.description) for fault in found]
    note = f"{len(found):,} faults"
    if is_terminal(sys.stdout):
        # The place has its own column, and a terminal isn't wide.
        rows = [(i, p or "(root)", k, d.partition(": ")[2]) for i, p, k, d in rows]
        if is_terminal_narrow():  # Place and keyword are in the id as well.
            print_table(("fault", "what is wrong"), [(row[0], row[-1]) for row in rows], note=note)
            return
    print_table(("fault", "at", "keyword", "what is wrong"), rows, note=note)


def _list_wire_faults(schema: Schema, as_json: bool) -> None:
    from kombo_fakes.cli.terminal import (
        get_binary_output,
        is_terminal,
        is_terminal_narrow,
        print_table,
    )
    from kombo_fakes.core.writer import to_pretty_json
    from kombo_fakes.wire.faults import wire_faults

    # Whose secret is one that anybody can read is spared the faults that are made with it.
    found = wire_faults(schema, secret=b"not the one of the vectors")
    if as_json:
        names = ("id", "family", "description", "strict", "tolerant", "why")
        listed = [{name: getattr(fault, name) for name in names} for fault in found]
        get_binary_output().write(to_pretty_json(listed) + b"\n")
    elif is_terminal(sys.stdout):
        columns = ("fault", "owed", "what is odd", "why")[: 3 if is_terminal_narrow() else 4]
        print_table(
            columns,
            [(f.id, _owed(f), f.description, f.why)[: len(columns)] for f in found],
            note=f"{len(found):,} faults of deliveries; owed by receivers that are strict, and by "
            "tolerant ones where that differs",
        )
    else:
        print_table((), [(f.id, f.strict, f.tolerant, f.description, f.why) for f in found])


def _owed(fault: WireFault) -> str:
    same = fault.strict == fault.tolerant
    return fault.strict if same else f"{fault.strict} / {fault.tolerant}"
