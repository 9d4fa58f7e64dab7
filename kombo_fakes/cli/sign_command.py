"""``kombo-fakes sign``: print the signature of a file."""

from __future__ import annotations

import rich_click as click

from kombo_fakes.cli.options import format_examples
from kombo_fakes.cli.secret import read_secret, secret_options

EXAMPLES = format_examples(
    "kombo-fakes sign body.json --secret-file secret.txt",
    "kombo-fakes generate | KOMBO_WEBHOOK_SECRET=... kombo-fakes sign -",
)


@click.command("sign", epilog=EXAMPLES)
@click.argument("file", metavar="FILE")
@secret_options
def sign_command(file: str, secret: str | None, secret_file: str | None) -> None:
    """Print the signature of a body, as Kombo sends it in X-Kombo-Signature.

    FILE holds the exact bytes of the body; a newline at its end is part of them. - is standard
    input.
    """
    from kombo_fakes.cli.terminal import print_line
    from kombo_fakes.wire.signing import sign

    body, key = read_body_and_secret(file, secret, secret_file)
    print_line(sign(body, key))


def read_body_and_secret(
    file: str, secret: str | None, secret_file: str | None
) -> tuple[bytes, bytes]:
    """Read the body and the secret.

    Raises:
        UsageError, DocumentError: as `read_secret` does, and if both would be read from
            standard input.
    """
    from kombo_fakes.core.json_reader import read_bytes

    if file == secret_file == "-":
        raise click.UsageError(
            "--secret-file -: FILE is standard input already; give the secret in another way"
        )
    key = read_secret(secret, secret_file)
    return read_bytes(file), key
