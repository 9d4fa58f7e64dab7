"""Where the webhook secret comes from; it is never printed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import rich_click as click

from kombo_fakes.wire.signing import SECRET_VARIABLE as VARIABLE

F = TypeVar("F", bound=Callable[..., Any])


def secret_options(function: F) -> F:
    """The options ``--secret-file`` and ``--secret``."""
    file = click.option(
        "--secret-file",
        metavar="FILE",
        help="The file that holds the webhook secret; a line end at its end isn't part of it.",
    )
    text = click.option(
        "--secret",
        metavar="TEXT",
        help="The webhook secret; others on this machine can see it. Without either option it is"
        f" {VARIABLE} of the environment.",
    )
    return file(text(function))


def read_secret(secret: str | None, secret_file: str | None) -> bytes:
    """The secret, from the option that was given, or from the environment.

    Args:
        secret: What ``--secret`` says.
        secret_file: What ``--secret-file`` says; ``-`` is standard input.

    Returns:
        Its bytes. From a file they are all of it but for one line end, LF or CRLF. That one was
        left off is said on standard error, since a receiver that reads the same file may do
        otherwise; and that there is a blank at an end, which is seldom meant.

    Raises:
        UsageError: if both were given, or there is none, or it is empty or can't be read.
    """
    from kombo_fakes.cli.terminal import print_message
    from kombo_fakes.core.json_reader import describe_path, read_bytes
    from kombo_fakes.errors import DocumentError

    if secret is not None and secret_file is not None:
        raise click.UsageError("--secret and --secret-file: give one of them")
    if secret_file is not None:
        try:
            content = read_bytes(secret_file)
        except DocumentError as error:
            raise click.UsageError(f"--secret-file {error}") from None
        # No other blank goes: it may be meant.
        ending = next((end for end in (b"\r\n", b"\n") if content.endswith(end)), b"")
        inner = content.removesuffix(ending)
        if not inner:
            raise click.UsageError(f"--secret-file {describe_path(secret_file)}: is empty")
        if ending:
            print_message(
                f"{describe_path(secret_file)}: the line end at its end was left off the secret"
            )
        return _noted(inner, describe_path(secret_file))
    if secret is not None:
        if not secret:
            raise click.UsageError("--secret: is empty")
        # The bytes that were typed, be they UTF-8 or not.
        return _noted(os.fsencode(secret), "--secret")
    found = os.environ.get(VARIABLE)
    if found is None:
        raise click.UsageError(f"no secret: give --secret-file, --secret, or set {VARIABLE}")
    if not found:
        raise click.UsageError(f"no secret: {VARIABLE} is set, and empty")
    return _noted(os.fsencode(found), VARIABLE)


def _noted(secret: bytes, where: str) -> bytes:
    """The secret; that it is odd is said on standard error, since nobody sees it."""
    from kombo_fakes.cli.terminal import print_message

    for there, place in ((secret[:1], "begins"), (secret[-1:], "ends")):
        if there.isspace():
            name = "line end" if there in b"\r\n" else "blank"
            print_message(f"{where}: the secret {place} with a {name}, which is part of it")
    if secret.startswith(b"\xef\xbb\xbf"):
        print_message(f"{where}: the secret begins with a byte order mark, which is part of it")
    return secret
