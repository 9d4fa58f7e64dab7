"""``kombo-fakes vectors``: signatures for receivers in other languages."""

from __future__ import annotations

import rich_click as click

from kombo_fakes.cli.options import format_examples

EXAMPLES = format_examples(
    "kombo-fakes vectors --out tests/kombo-vectors.json",
    "kombo-fakes vectors | jq '.vectors[] | select(.verdict == \"invalid\") | .why'",
)


@click.command("vectors", epilog=EXAMPLES)
@click.option("--out", metavar="FILE", help="Write the file; standard output if not given.")
def vectors_command(out: str | None) -> None:
    """Write test vectors of the signature, for a receiver in any language.

    One JSON document: a secret that calls itself a test secret, and for each vector a body in
    base64, the signature header, the verdict (valid, invalid, or either) and why.
    """
    from kombo_fakes.cli.terminal import get_binary_output
    from kombo_fakes.core.writer import open_for_writing, to_pretty_json
    from kombo_fakes.wire.vectors import vectors

    content = to_pretty_json(vectors()) + b"\n"
    if out is None or out == "-":
        get_binary_output().write(content)
    else:
        with open_for_writing(out) as stream:
            stream.write(content)
