"""The code and the commands of the README, as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kombo_fakes import faults
from kombo_fakes.cli.main import main

pytest_plugins = ("pytester",)

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

ROOT = Path(__file__).parents[2]


def _receiver(place: Path) -> str:
    """Return a module with what the blocks import. Its databases are in a directory."""
    return f"""
import sys, tempfile
from kombo_fakes import Schema

sys.path.append({str(ROOT / "examples" / "receivers")!r})

def create_app(secret):
    import flask_receiver
    database = tempfile.mktemp(suffix=".sqlite3", dir={str(place)!r})
    return flask_receiver.create_app(secret, database)

def receive(payload):
    return 200 if Schema.load().is_valid(payload) else 400
"""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_python_blocks_run_and_their_tests_pass(
    pytester: pytest.Pytester, memory_path: Path
) -> None:
    pytester.makepyfile(my_app=_receiver(memory_path))
    # Hypothesis tries 100 examples by default; a few are enough to run the blocks.
    pytester.makeconftest(
        """
        from hypothesis import settings
        settings.register_profile("blocks", settings(), max_examples=20, deadline=None)
        settings.load_profile("blocks")
        """
    )
    blocks = _blocks("python")
    assert len(blocks) == 3
    pytester.makepyfile(test_readme_blocks="\n\n".join(blocks))
    result = pytester.runpytest_subprocess("-q", "-p", "no:randomly", "-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert result.ret == 0
    assert outcomes["passed"] > len(faults())
    assert set(outcomes) == {"passed"}


def test_the_number_of_faults_is_that_of_the_catalogue() -> None:
    (claimed,) = re.findall(r"once for each of (\d+) faults", README)
    assert int(claimed) == len(faults())


def _commands() -> list[str]:
    lines = "".join(_blocks("console")).replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ kombo-fakes")]


PROBING = ("kombo-fakes probe", "kombo-fakes replay")


@pytest.mark.parametrize(
    "command",
    [command for command in _commands() if not command.startswith(PROBING)],
)
def test_commands_succeed_and_print_or_write_something(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    # Other tests make millions.
    command = command.replace("000000", "000")
    assert main(shlex.split(command, comments=True)[1:]) == 0
    assert capsys.readouterr().out or any(tmp_path.iterdir())


@pytest.mark.slow
def test_probe_and_replay_find_the_bug_of_a_receiver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from support.gallery.broken import get_planted
    from support.gallery.serving import serving

    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("s3cret of a receiver\n")
    planted = get_planted("accepts-missing-signature")
    commands = [command for command in _commands() if command.startswith(PROBING)]
    assert len(commands) == 2
    with serving(planted.receiver_factory("s3cret of a receiver")) as url:
        for command in commands:
            here = command.replace("http://127.0.0.1:8000", url)
            assert main(shlex.split(here, comments=True)[1:]) == 1  # There are findings.
            assert "signature-absent" in capsys.readouterr().out
