"""Where the webhook secret comes from; it is never printed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import rich_click as click

F = TypeVar("F", bound=Callable[..., Any])

VARIABLE = "KOMBO_WEBHOOK_SECRET"


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
        help=f"The webhook secret; others on this machine can see it. Without either, {VARIABLE}"
        " of the environment.",
    )
    return file(text(function))


def read_secret(secret: str | None, secret_file: str | None) -> str | bytes:
    """The secret, from the option that was given, or from the environment.

    Raises:
        UsageError: if both were given, or there is none, or it is empty.
        DocumentError: if the file can't be read.
    """
    from kombo_fakes.cli.terminal import complain
    from kombo_fakes.document import read_bytes

    if secret is not None and secret_file is not None:
        raise click.UsageError("--secret and --secret-file: give one of them")
    if secret_file is not None:
        content = read_bytes(secret_file)
        inner = content.removesuffix(b"\n").removesuffix(b"\r")
        if not inner:
            raise click.UsageError(f"--secret-file: {secret_file}: is empty")
        if inner != content:
            complain(f"{secret_file}: the line end at its end was left off the secret")
        return inner
    if secret is not None:
        if not secret:
            raise click.UsageError("--secret: is empty")
        return secret
    found = os.environ.get(VARIABLE)
    if found is None:
        raise click.UsageError(f"no secret: give --secret-file, --secret, or set {VARIABLE}")
    if not found:
        raise click.UsageError(f"{VARIABLE}: is set, and empty")
    return found
