"""The pages of the docs, followed literally: each file, command and output."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "how-to").glob("*.md"))

DEFAULT_URL = "http://127.0.0.1:8000"

# A comment tells the test what the page asks of its reader in words.
_BLOCK = re.compile(
    r"(?:^<!-- (?:exit status (?P<status>\d)|(?P<behind>in the background)"
    r"|in place of: (?P<replaces>[^\n]+)|(?P<adds>one more part)) -->\n)?"
    r"^```(?P<language>\w+)(?: title=\"(?P<file>[^\"]+)\")?\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


class Block(NamedTuple):
    """A block of a page.

    Attributes:
        language: ``python``, ``toml`` or ``json`` for a file, ``console`` for commands, and
            ``text`` for their output.
        file: The name of the file.
        replaces: A part of the line of the file that the block replaces.
        adds: Whether the block is added to the file.
        status: The exit status of the last command.
        behind: Whether the command runs in the background. Its first line is its URL.
        text: The content.
    """

    language: str
    file: str | None
    replaces: str | None
    adds: bool
    status: int
    behind: bool
    text: str


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            found["language"],
            found["file"],
            found["replaces"],
            found["adds"] is not None,
            int(found["status"] or 0),
            found["behind"] is not None,
            found["text"],
        )
        for found in _BLOCK.finditer(text)
    ]


class Reader:
    """Follows a page in an empty directory."""

    def __init__(self, place: Path, environment: dict[str, str], *, installs: bool) -> None:
        self.place, self.environment, self.installs = place, environment, installs
        self.output = ""
        self.url = DEFAULT_URL
        self.behind: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.behind:
            process.kill()
            process.communicate()

    def follow(self, block: Block) -> None:
        """Write the file, run the commands, or compare the output."""
        if block.file is not None:
            self._write(block.file, block)
        elif block.language == "console":
            self._run(block)
        elif block.language == "text":
            for line in block.text.splitlines():
                assert line.strip() in self.output, f"{line.strip()!r} is not in:\n{self.output}"

    def _write(self, name: str, block: Block) -> None:
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = block.text
        if block.replaces is not None:
            before = path.read_text(encoding="utf-8").splitlines(keepends=True)
            (at,) = (n for n, line in enumerate(before) if block.replaces in line)
            text = "".join([*before[:at], text, *before[at + 1 :]])
        elif block.adds:
            text = path.read_text(encoding="utf-8") + "\n\n" + text
        else:
            assert not path.exists(), f"{name} is there already"
        path.write_text(text, encoding="utf-8")

    def _run(self, block: Block) -> None:
        commands = [
            line.removeprefix("$ ")
            for line in block.text.replace("\\\n", " ").splitlines()
            if line.startswith("$ ")
        ]
        assert commands
        if block.behind:
            (command,) = commands
            self._start(command)
            return
        for command in commands:
            words = shlex.split(command, comments=True)
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                self.environment[name] = value
                continue
            if words[:3] == ["python", "-m", "venv"] or words[0] == "." or words[0] == "pip":
                if self.installs:
                    self._shell(command, 0)
                continue
            self._shell(command, block.status if command == commands[-1] else 0)

    def _start(self, command: str) -> None:
        process = subprocess.Popen(
            shlex.split(command),
            cwd=self.place,
            env={**self.environment, "PORT": "0"},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.behind.append(process)
        assert process.stdout is not None
        self.url = process.stdout.readline().strip()

    def _shell(self, command: str, status: int) -> None:
        done = subprocess.run(
            ["bash", "-c", command.replace(DEFAULT_URL, self.url)],
            cwd=self.place,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.output = done.stdout
        assert done.returncode == status, f"$ {command}\n{done.stdout}"


def _environment(*before: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV"))}
    kept["PIP_NO_COMPILE"] = "1"
    kept["PATH"] = os.pathsep.join([*map(str, before), kept["PATH"]])
    kept["COLUMNS"] = "160"
    return kept


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_a_page_works(page: Path, tmp_path: Path) -> None:
    found = blocks(page)
    assert [block.language for block in found].count("console") >= 1
    environment = _environment(Path(sys.executable).parent)
    with Reader(tmp_path, environment, installs=False) as reader:
        for block in found:
            reader.follow(block)


@pytest.mark.slow
def test_get_started_works_in_an_empty_environment(tmp_path: Path) -> None:
    # Only kombo-fakes comes from elsewhere: from a wheel of this tree.
    wheels = tmp_path / "wheels"
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(wheels), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = wheels.iterdir()
    place = tmp_path / "work"
    place.mkdir()
    environment = _environment(place / ".venv" / "bin")
    environment.pop("PYTHONPATH", None)
    reader = Reader(place, environment, installs=True)
    for block in blocks(DOCS / "get-started.md"):
        reader.follow(
            block._replace(text=block.text.replace("kombo-fakes flask", f"{wheel} flask"))
        )
    assert (place / ".venv").is_dir()
