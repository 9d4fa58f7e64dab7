"""``kombo-fakes faults``: the catalogue of what can be wrong."""

from __future__ import annotations

import sys

import rich_click as click

from kombo_fakes.cli.options import examples, load_schema, schema_options

EXAMPLES = examples(
    "kombo-fakes faults --at data.state",
    "kombo-fakes faults --keyword enum --keyword format --json",
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
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def faults_command(
    event: str | None,
    schema_file: str | None,
    name: str | None,
    keywords: tuple[str, ...],
    at: str | None,
    as_json: bool,
) -> None:
    """List every fault that a payload can be given: what `generate --fault` takes.

    Piped, a line is id, JSON Pointer, schema keyword and description, with tabs in between.
    """
    from kombo_fakes.catalogue import faults
    from kombo_fakes.cli.terminal import binary_output, is_terminal, table
    from kombo_fakes.output import pretty

    found = faults(load_schema(event, schema_file, name), keywords=keywords or None, at=at)
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
        binary_output().write(pretty(listed) + b"\n")
        return
    rows = [(fault.id, fault.pointer, fault.keyword, fault.description) for fault in found]
    if is_terminal(sys.stdout):
        # The place has its own column, and a terminal isn't wide.
        rows = [(i, p or "(root)", k, d.partition(": ")[2]) for i, p, k, d in rows]
    table(("fault", "at", "keyword", "what is wrong"), rows, note=f"{len(found):,} faults")
