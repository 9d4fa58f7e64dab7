"""``kombo-fakes faults``: list the faults of payloads and of deliveries."""

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
    "kombo-fakes faults --wire                    faults of deliveries",
)


@click.command("faults", epilog=EXAMPLES)
@schema_options
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
    help="List the faults of deliveries (signature, body, headers) for `send --wire-fault`.",
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
    """List the faults that `generate --fault` can put into a payload.

    If the output is not a terminal, each line holds the id, the JSON Pointer, the schema keyword
    and the description, separated by tabs. With --wire, each line holds the id, what a strict
    receiver has to do, what a tolerant one has to do, the description and the reason.
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
            raise click.UsageError(
                "--wire: faults of deliveries have no place or keyword; leave out --at, --keyword"
            )
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
        # The description begins with the place, which has a column of its own here.
        rows = [(f.id, f.pointer or "(root)", f.keyword, f.mutator.effect) for f in found]
        if is_terminal_narrow():  # The id has the place and the keyword in it.
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

    # With the test secret, the list would leave out the faults that are signed with it.
    found = wire_faults(schema, secret=b"not the test secret")
    if as_json:
        names = ("id", "family", "description", "strict", "tolerant", "why")
        listed = [{name: getattr(fault, name) for name in names} for fault in found]
        get_binary_output().write(to_pretty_json(listed) + b"\n")
    elif is_terminal(sys.stdout):
        columns = ("fault", "expected", "what is wrong", "why")[: 3 if is_terminal_narrow() else 4]
        print_table(
            columns,
            [(f.id, _describe_expected(f), f.description, f.why)[: len(columns)] for f in found],
            note=f"{len(found):,} faults of deliveries. Expected of strict receivers / of tolerant "
            "ones, if that differs",
        )
    else:
        print_table((), [(f.id, f.strict, f.tolerant, f.description, f.why) for f in found])


def _describe_expected(fault: WireFault) -> str:
    is_same = fault.strict == fault.tolerant
    return fault.strict if is_same else f"{fault.strict} / {fault.tolerant}"
