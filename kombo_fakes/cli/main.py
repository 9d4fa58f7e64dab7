"""The command line, ``kombo-fakes``: from arguments to an exit status, and never a traceback.

0 is fine, 1 means that something was found, 2 that the call or its input can't be used: one line
on standard error then says what, where, and what would be right.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from kombo_fakes.cli.status import FINE, INTERRUPTED, UNUSABLE

TRACEBACK = "KOMBO_FAKES_TRACEBACK"
"""The environment variable that lets an unforeseen error through, for a bug report."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments without the name of the program; those of the process if not given.

    Returns:
        The exit status.

    Examples:
        >>> main(["generate", "-n", "0"])  # Says on standard error what is right.
        2
    """
    from kombo_fakes.cli.terminal import print_message
    from kombo_fakes.errors import KomboFakesError

    try:
        status = _run(sys.argv[1:] if argv is None else argv)
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
            return FINE  # The reader has seen enough.
        print_message(f"error: standard output: can't be written: {error.strerror or error}")
        return UNUSABLE
    except Exception as error:
        if TRACEBACK in os.environ:
            raise
        print_message(
            f"error: a bug in kombo-fakes: {type(error).__name__}: {error} "
            f"(with {TRACEBACK}=1 in the environment it comes with a traceback)"
        )
        return UNUSABLE
    return status


def _run(argv: Sequence[str]) -> int:
    import click

    from kombo_fakes.cli.program import COMPLETE, NAME, program
    from kombo_fakes.errors import KomboFakesError

    if COMPLETE in os.environ:
        program.main(list(argv), prog_name=NAME, complete_var=COMPLETE)
    # Not click's own main(): that prints several lines for an error, and one for Ctrl-C.
    try:
        with program.make_context(NAME, list(argv)) as context:
            status = program.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        raise KomboFakesError(error.format_message()) from None
    return status if isinstance(status, int) else FINE


def _is_broken_pipe(error: OSError) -> bool:
    # Windows says EINVAL where others say EPIPE.
    return error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL)


def _abandon_output() -> None:
    """Let what is still buffered go nowhere: the interpreter would fail on it at its end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        pass  # Somebody's own stream without a file behind it.
