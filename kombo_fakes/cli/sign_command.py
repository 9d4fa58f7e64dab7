"""``kombo-fakes sign``: print the signature of a file."""

from __future__ import annotations

import rich_click as click

from kombo_fakes.cli.options import Command, format_examples
from kombo_fakes.cli.secret import secret_options

EXAMPLES = format_examples(
    "kombo-fakes sign body.json --secret-file secret.txt",
    "kombo-fakes generate | KOMBO_WEBHOOK_SECRET=... kombo-fakes sign -",
)


@click.command("sign", cls=Command, epilog=EXAMPLES)
@click.argument("file", metavar="FILE")
@secret_options
def sign_command(file: str, secret: bytes) -> None:
    """Print the signature of a body, as Kombo sends it in X-Kombo-Signature.

    FILE holds the exact bytes of the body; a newline at its end is part of them. Use `-` for
    standard input.
    """
    from kombo_fakes.cli.terminal import print_line
    from kombo_fakes.core.json_reader import read_bytes
    from kombo_fakes.wire.signing import sign

    print_line(sign(read_bytes(file), secret))
