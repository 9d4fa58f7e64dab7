"""Running the command line in this process."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from kombo_fakes.cli.main import main

KOMBO_FAKES = [sys.executable, "-m", "kombo_fakes"]
SECRET = "hunter2 of the webhooks"


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
        assert SECRET not in captured.out + captured.err
        return Outcome(status, captured.out, captured.err)


def find_line(lines: Iterable[str], beginning: str) -> str:
    """Return the rest of the line that begins so; there has to be one such line."""
    (line,) = {line.removeprefix(beginning) for line in lines if line.startswith(beginning)}
    return line


def find_errors(lines: Iterable[str]) -> list[str]:
    """Return what pytest marks as an error, with N for each number and without commands."""
    found = (line.removeprefix("E   ").rstrip() for line in lines if line.startswith("E   "))
    return [re.sub(r"\d[\d,.]*", "N", line) for line in found if "curl" not in line]
