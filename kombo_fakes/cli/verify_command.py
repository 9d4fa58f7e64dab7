"""``kombo-fakes verify``: check a signature, and explain what is wrong with it."""

from __future__ import annotations

import rich_click as click

from kombo_fakes.cli.options import Command, format_examples
from kombo_fakes.cli.secret import secret_options

EXAMPLES = format_examples(
    "kombo-fakes verify body.json --signature OIkSn... --secret-file secret.txt",
    "",
    "Exit status: 0 right, 1 wrong, 2 invalid arguments or unreadable input.",
)


@click.command("verify", cls=Command, epilog=EXAMPLES)
@click.argument("file", metavar="FILE")
@click.option(
    "--signature", metavar="TEXT", required=True, help="The value of the header X-Kombo-Signature."
)
@secret_options
def verify_command(file: str, signature: str, secret: bytes) -> int:
    """Check the signature of a body, and explain what is wrong with it.

    FILE holds the body as it was received, before anything parses it. Use `-` for
    standard input.
    """
    from kombo_fakes.cli.status import FINE, FOUND
    from kombo_fakes.cli.terminal import print_line
    from kombo_fakes.core.json_reader import read_bytes
    from kombo_fakes.wire.signature_mistakes.explain import explain_signature

    explanation = explain_signature(read_bytes(file), signature, secret)
    if explanation is None:
        print_line("right")
        return FINE
    print_line(f"wrong: {explanation}. Fix: {explanation.fix}.")
    return FOUND
