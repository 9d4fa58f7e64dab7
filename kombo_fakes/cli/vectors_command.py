"""``kombo-fakes vectors``: write test vectors of the signature."""

from __future__ import annotations

import rich_click as click

from kombo_fakes.cli.options import Command, format_examples

EXAMPLES = format_examples(
    "kombo-fakes vectors --out tests/kombo-vectors.json",
    "kombo-fakes vectors | jq '.vectors[] | select(.verdict == \"invalid\") | .why'",
)


@click.command("vectors", cls=Command, epilog=EXAMPLES)
@click.option(
    "--out", metavar="FILE", default="-", help="Write this file instead of standard output."
)
def vectors_command(out: str) -> None:
    """Write test vectors of the signature, for receivers in any language.

    The output is a JSON document with a test secret and a list of vectors. Each vector has a body
    in base64, a signature header, the verdict (valid, invalid or either) and the reason.
    """
    from kombo_fakes.cli.terminal import open_output
    from kombo_fakes.core.writer import to_pretty_json
    from kombo_fakes.wire.vectors import vectors

    with open_output(out) as stream:
        stream.write(to_pretty_json(vectors()) + b"\n")
