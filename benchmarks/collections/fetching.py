"""Fetches the packages with ``pip`` and ``npm``, and unpacks them. Nothing of them is run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from benchmarks.collections.sources import Package


class FetchError(Exception):
    """A package cannot be fetched; the message says why."""


def fetch(package: Package, cache: Path) -> Path:
    """Fetch a package unless an earlier run did.

    Args:
        package: The package.
        cache: The directory of all packages.

    Returns:
        The directory that it is unpacked in.

    Raises:
        FetchError: if it cannot be fetched.
    """
    place = cache / f"{package.name.replace('/', '-').lstrip('@')}-{package.version}"
    if place.is_dir():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as directory:
        archive = _download(package, Path(directory))
        unpacked = Path(directory) / "unpacked"
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(unpacked)
        else:
            with tarfile.open(archive) as sdist:
                sdist.extractall(unpacked, filter="data")
        # A run that was stopped leaves nothing that looks complete.
        unpacked.rename(place)
    return place


def _download(package: Package, place: Path) -> Path:
    if package.registry == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise FetchError(f"{package.name} cannot be fetched: npm is not installed")
        command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
    else:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", "."]
        # Only the package itself is fetched as source. Its build tools may be wheels.
        flag = "--no-binary" if package.registry == "pypi-source" else "--only-binary"
        command += [flag, package.name, f"{package.name}=={package.version}"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    found = [path for path in place.iterdir() if path.suffix in (".whl", ".tgz", ".gz")]
    if done.returncode or len(found) != 1:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise FetchError(f"{package.name} {package.version} cannot be fetched: {''.join(last)}")
    return found[0]
