"""Read the webhook secret. No message contains any part of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import rich_click as click

from kombo_fakes.wire.signing import SECRET_VARIABLE as VARIABLE

F = TypeVar("F", bound=Callable[..., Any])


def secret_options(function: F) -> F:
    """Add ``--secret-file`` and ``--secret`` to a command, which gets the bytes as ``secret``."""
    file = click.option(
        "--secret-file",
        metavar="FILE",
        help="A file with the webhook secret. Use `-` for standard input.",
    )
    text = click.option(
        "--secret",
        metavar="TEXT",
        help="The webhook secret. Other users of this machine can see it. If neither option is"
        f" given, the secret is the value of the environment variable {VARIABLE}.",
    )

    @wraps(function)
    def command(*, secret: str | None, secret_file: str | None, **others: Any) -> Any:
        # Standard input can be read only once.
        if others.get("file") == secret_file == "-":
            raise click.UsageError(
                "--secret-file -: FILE is standard input already; give the secret in another way"
            )
        return function(secret=_read_secret(secret, secret_file), **others)

    decorated: Any = command
    return cast(F, file(text(decorated)))


def _read_secret(secret: str | None, secret_file: str | None) -> bytes:
    """Read the secret from an option or from the environment.

    Args:
        secret: What ``--secret`` says.
        secret_file: What ``--secret-file`` says; ``-`` is standard input.

    Returns:
        Its bytes. One newline at the end of a file, LF or CRLF, is not part of the secret.

    Raises:
        UsageError: if both options are given, or if the secret is missing, empty or unreadable.
    """
    from kombo_fakes.core.json_reader import describe_path, read_bytes
    from kombo_fakes.errors import DocumentError

    if secret is not None and secret_file is not None:
        raise click.UsageError("--secret and --secret-file: give one of them")
    if secret_file is not None:
        try:
            content = read_bytes(secret_file)
        except DocumentError as error:
            raise click.UsageError(f"--secret-file {error}") from None
        # Editors add one newline. Other whitespace can be part of the secret.
        newline = next((end for end in (b"\r\n", b"\n") if content.endswith(end)), b"")
        content = content.removesuffix(newline)
        if not content:
            raise click.UsageError(f"--secret-file {describe_path(secret_file)}: is empty")
        _note_unusual(content, describe_path(secret_file))
        return content
    if secret is not None:
        if not secret:
            raise click.UsageError("--secret: is empty")
        return _encode(secret, "--secret")
    # An empty option is an error above and not a reason to look here. Otherwise a script with an
    # unset variable would sign with a secret that its author does not expect.
    found = os.environ.get(VARIABLE)
    if found is None:
        raise click.UsageError(f"no secret: give --secret-file or --secret, or set {VARIABLE}")
    if not found:
        raise click.UsageError(f"no secret: the environment variable {VARIABLE} is empty")
    return _encode(found, VARIABLE)


def _encode(secret: str, where: str) -> bytes:
    # The bytes that the user typed, even if they are not UTF-8.
    encoded = os.fsencode(secret)
    _note_unusual(encoded, where)
    return encoded


def _note_unusual(secret: bytes, where: str) -> None:
    """Print a note if the secret has an invisible character at one of its ends."""
    from kombo_fakes.cli.terminal import print_message

    # A note and not an error, because such a character can be a part of the secret.
    for character, place in ((secret[:1], "begins"), (secret[-1:], "ends")):
        if character.isspace():
            name = "a newline" if character in b"\r\n" else "whitespace"
            print_message(f"note: {where}: the secret {place} with {name}")
    # Some editors begin a file with these bytes, and do not show them.
    if secret.startswith(b"\xef\xbb\xbf"):
        print_message(f"note: {where}: the secret begins with a byte order mark")
