"""The environments of the contenders. They are made on first use, and kept for later runs."""

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
    """An environment cannot be made here; the message says why."""


class Environments:
    """The environments that contenders run in.

    Args:
        here: True to use the running Python as the environment of this project, and no other one.
    """

    def __init__(self, *, here: bool = False) -> None:
        self._here = here
        self._ready: dict[str, Path] = {}

    def directory(self, name: str) -> Path:
        """Return the directory with the programs of an environment, or its npm project.

        Raises:
            UnavailableError: if the environment cannot be made.
        """
        if name not in self._ready:
            self._ready[name] = self._make(name)
        return self._ready[name]

    def program(self, name: str, environment: str = OURS) -> str:
        """Return the path of a program of an environment."""
        return str(self.directory(environment) / name)

    def variables(self) -> dict[str, str]:
        """Return the environment variables of contenders, without those for the running Python."""
        own = ("PYTEST", "COV", "PYTHON", "VIRTUAL_ENV")
        return {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(own) or (self._here and name == "PYTHONPATH")
        }

    def _make(self, name: str) -> Path:
        if self._here:
            if name != OURS:
                raise UnavailableError("not measured")
            return Path(sys.executable).parent
        return _make_npm_project() if name == NPM else _make_venv(name)


def _make_venv(name: str) -> Path:
    requirements = ENVIRONMENTS[name]
    place = CACHE / name
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    # The dependencies of this project are in pyproject.toml.
    own = (ROOT / "pyproject.toml").read_text() if str(ROOT) in requirements else ""
    wanted = _fingerprint(sys.version, *requirements, own)
    stamp = place / "ready"
    if stamp.exists() and stamp.read_text() == wanted:
        return programs
    _log(f"{name}: making its environment")
    venv.create(place, with_pip=True, clear=True)
    _run(str(programs / "python"), "-m", "pip", "install", "-q", "--upgrade", "pip")
    _run(str(programs / "python"), "-m", "pip", "install", "-q", *requirements)
    stamp.write_text(wanted)
    return programs


def _make_npm_project() -> Path:
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise UnavailableError("npm is not installed")
    place = CACHE / NPM
    wanted = _fingerprint(*NPM_PACKAGES)
    stamp = place / "ready"
    if not (stamp.exists() and stamp.read_text() == wanted):
        _log(f"{NPM}: making its environment")
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


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
