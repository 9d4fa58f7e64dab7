"""Run the command line ``kombo-fakes``: from its arguments to an exit status.

An error is one line on standard error, never a traceback. The line says what is wrong, where, and
what would be right.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from kombo_fakes.cli.status import FINE, INTERRUPTED, UNUSABLE

TRACEBACK = "KOMBO_FAKES_TRACEBACK"
"""The environment variable that shows the traceback of an unexpected error, for a bug report."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments without the name of the program. None means those of the process.

    Returns:
        The exit status: one of `kombo_fakes.cli.status`.

    Examples:
        >>> main(["generate", "-n", "0"])  # Prints on standard error what would be right.
        2
    """
    from kombo_fakes.cli.terminal import print_message
    from kombo_fakes.errors import KomboFakesError

    try:
        status = _run(sys.argv[1:] if argv is None else argv)
        # Here a full disk is one line. When the interpreter exits, it would be a traceback.
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        print_message("interrupted")
        return INTERRUPTED
    except KomboFakesError as error:
        print_message(f"error: {error}")
        return UNUSABLE
    except OSError as error:
        _abandon_output()
        if _is_broken_pipe(error):
            return FINE  # The reader, such as `head`, needs no more.
        print_message(f"error: standard output: cannot be written: {error.strerror or error}")
        return UNUSABLE
    except Exception as error:
        if TRACEBACK in os.environ:
            raise
        print_message(
            f"error: a bug in kombo-fakes: {type(error).__name__}: {error} "
            f"(set {TRACEBACK}=1 in the environment to see the traceback)"
        )
        return UNUSABLE
    return status


def _run(argv: Sequence[str]) -> int:
    import click

    from kombo_fakes.cli.program import COMPLETE, NAME, program
    from kombo_fakes.errors import KomboFakesError

    # Only click's own main() completes words for the shell.
    if COMPLETE in os.environ:
        program.main(list(argv), prog_name=NAME, complete_var=COMPLETE)
    # click's own main() would print several lines for an error, and a line for Ctrl-C.
    try:
        with program.make_context(NAME, list(argv)) as context:
            status = program.invoke(context)
    except click.exceptions.Exit as done:
        # click ends --help and --version with this exception.
        return done.exit_code
    except click.ClickException as error:
        raise KomboFakesError(error.format_message()) from None
    return status if isinstance(status, int) else FINE


def _is_broken_pipe(error: OSError) -> bool:
    # On Windows a broken pipe is EINVAL.
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)


def _abandon_output() -> None:
    """Discard buffered output, because the interpreter would fail to write it when it exits."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        pass  # A stream without a file, as in a test.
