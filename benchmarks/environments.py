"""The environments of the contenders, made when they are needed and kept for the next time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.catalogue import ENVIRONMENTS, NPM, NPM_PACKAGES, OURS, ROOT

CACHE = ROOT / ".benchmarks"


class UnavailableError(Exception):
    """An environment can't be made here; the message says why."""


class Environments:
    """Where contenders run.

    Args:
        here: Take the running Python for our own environment, and have no other.
    """

    def __init__(self, *, here: bool = False) -> None:
        self._here = here
        self._ready: dict[str, Path] = {}

    def directory(self, name: str) -> Path:
        """The directory of programs, or of an npm project, of an environment.

        Raises:
            UnavailableError: if it can't be made.
        """
        if name not in self._ready:
            self._ready[name] = self._made(name)
        return self._ready[name]

    def program(self, name: str, environment: str = OURS) -> str:
        """A program of an environment."""
        return str(self.directory(environment) / name)

    def variables(self) -> dict[str, str]:
        """The environment variables of contenders: none that is meant for the running Python."""
        own = ("PYTEST", "COV", "PYTHON", "VIRTUAL_ENV")
        return {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(own) or (self._here and name == "PYTHONPATH")
        }

    def _made(self, name: str) -> Path:
        if self._here:
            if name != OURS:
                raise UnavailableError("left out")
            return Path(sys.executable).parent
        return _npm() if name == NPM else _virtual(name)


def _virtual(name: str) -> Path:
    requirements = ENVIRONMENTS[name]
    place = CACHE / name
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    # Our own dependencies stand in pyproject.toml.
    wanted = _fingerprint(sys.version, *requirements, (ROOT / "pyproject.toml").read_text())
    stamp = place / "ready"
    if stamp.exists() and stamp.read_text() == wanted:
        return programs
    _say(f"{name}: making its environment")
    venv.create(place, with_pip=True, clear=True)
    _run(str(programs / "python"), "-m", "pip", "install", "-q", "--upgrade", "pip")
    _run(str(programs / "python"), "-m", "pip", "install", "-q", *requirements)
    stamp.write_text(wanted)
    return programs


def _npm() -> Path:
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise UnavailableError("there is no npm")
    place = CACHE / NPM
    wanted = _fingerprint(*NPM_PACKAGES)
    stamp = place / "ready"
    if not (stamp.exists() and stamp.read_text() == wanted):
        _say(f"{NPM}: making its environment")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        (place / "package.json").write_text('{"private": true, "type": "module"}\n')
        _run("npm", "install", "--silent", "--no-audit", "--no-fund", *NPM_PACKAGES, cwd=place)
        stamp.write_text(wanted)
    return place


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise UnavailableError(f"{Path(command[0]).name} failed: {''.join(last)}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
