"""What the README shows works, word for word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kombo_fakes import faults
from kombo_fakes.cli import main

pytest_plugins = ("pytester",)

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

RECEIVER = """
from kombo_fakes import Schema

def receive(payload):
    return 200 if Schema.load().is_valid(payload) else 400
"""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_python_blocks_run_and_their_tests_pass(pytester: pytest.Pytester) -> None:
    """Every Python block, one after the other in one test file, with a receiver that is right."""
    pytester.makepyfile(my_app=RECEIVER)
    blocks = _blocks("python")
    assert len(blocks) == 5
    pytester.makepyfile(test_readme_blocks="\n\n".join(blocks))
    result = pytester.runpytest_subprocess("-q", "-p", "no:randomly", "-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert result.ret == 0
    assert outcomes["passed"] > len(faults())
    assert set(outcomes) == {"passed"}


def test_the_number_of_faults_is_true() -> None:
    """The README's count of faults is the catalogue's."""
    (claimed,) = re.findall(r"a test for each of (\d+) faults", README)
    assert int(claimed) == len(faults())


def _commands() -> list[str]:
    lines = [line for block in _blocks("console") for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ kombo-fakes")]


@pytest.mark.parametrize("command", _commands())
def test_the_commands_work(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every command of the README ends with status 0, and says something or writes something."""
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command, comments=True)[1:]) == 0
    assert capsys.readouterr().out or any(tmp_path.iterdir())
