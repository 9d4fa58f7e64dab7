"""Running the command line in this process."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from kombo_fakes.cli.main import main


class Outcome(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The message of a command that could not do its work: one line, and nothing printed."""
        beginning = "kombo-fakes: error: "
        assert (self.status, self.out) == (2, "")
        assert self.err.startswith(beginning)
        assert self.err.count("\n") == 1
        return self.err.removeprefix(beginning).removesuffix("\n")


class Runner:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Outcome:
        status = main(list(arguments))
        captured = self._capsys.readouterr()
        return Outcome(status, captured.out, captured.err)
