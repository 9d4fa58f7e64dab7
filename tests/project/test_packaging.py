"""The built distributions, installed in fresh environments."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLISHED = "kombo-integrationstatechangedwebhookpayload-schema.json"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed; a failure shows what it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={
            k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COVERAGE", "COV_"))
        },
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that a clone of the project has, without those that a build makes."""
    target = tmp_path_factory.mktemp("clone")
    for name in ("kombo_fakes", "schemas", "examples", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".hypothesis", ".pytest_cache")
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in (
        "pyproject.toml",
        "hatch_build.py",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "Makefile",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ):
        shutil.copy(ROOT / name, target / name)
    shutil.copy(ROOT / "ARCHITECTURE.md", target)
    return target


@pytest.fixture(scope="module")
def dist(clone: Path) -> Path:
    """The sdist, and the wheel that is made from it."""
    run(sys.executable, "-m", "build", "--outdir", clone / "dist", clone, cwd=clone)
    return clone / "dist"


@pytest.fixture(scope="module")
def fresh(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty directory with a virtual environment in which only the wheel is installed."""
    place = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", place / "venv", cwd=place)
    (wheel,) = dist.glob("*.whl")
    run(place / "venv/bin/python", "-m", "pip", "install", "-q", "--no-compile", wheel, cwd=place)
    yield place
    shutil.rmtree(place / "venv")


def test_builds_of_the_same_files_are_equal_byte_for_byte(
    dist: Path, clone: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # In another directory, at another time, and with other times of the files.
    again = tmp_path_factory.mktemp("again")
    elsewhere = again / "elsewhere"
    shutil.copytree(clone, elsewhere, ignore=shutil.ignore_patterns("dist"))
    for path in elsewhere.rglob("*"):
        os.utime(path, (1, 1_000_000_000))
    run(sys.executable, "-m", "build", "--outdir", again / "dist", elsewhere, cwd=again)
    built = {path.name: path.read_bytes() for path in dist.iterdir()}
    assert len(built) == 2
    assert {path.name: path.read_bytes() for path in (again / "dist").iterdir()} == built


def test_twine_accepts_the_metadata_and_the_readme(dist: Path) -> None:
    run(sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir(), cwd=dist)


def test_wheel_and_sdist_contain_the_published_schema_once(dist: Path) -> None:
    published = (ROOT / "schemas" / PUBLISHED).read_bytes()
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(PUBLISHED)]
        assert names == [f"kombo_fakes/schemas/{PUBLISHED}"]
        assert archive.read(names[0]) == published
        assert "kombo_fakes/py.typed" in archive.namelist()
        assert not [n for n in archive.namelist() if n.startswith(("tests", "examples"))]
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [name for name in archive.getnames() if name.endswith(PUBLISHED)]
        assert len(names) == 1
        member = archive.extractfile(names[0])
        assert member is not None
        assert member.read() == published


def test_the_installed_command_generates_and_validates(fresh: Path) -> None:
    program = fresh / "venv/bin/kombo-fakes"
    payload = json.loads(run(program, "generate", "--seed", "3", cwd=fresh).stdout)
    assert payload["type"] == "integration-state-changed"
    assert run(program, "generate", "--seed", "3", cwd=ROOT).stdout.startswith("{")
    run(program, "generate", "-n", "5", "--out", "some/", cwd=fresh)
    files = sorted(p.name for p in (fresh / "some").iterdir() if p.name != "manifest.json")
    assert len(files) == 5
    run(program, "validate", *(fresh / "some" / name for name in files), cwd=fresh)


def test_pytest_lists_all_fixtures_with_their_docstrings(fresh: Path) -> None:
    listed = run(fresh / "venv/bin/python", "-m", "pytest", "--fixtures", cwd=fresh).stdout
    ours = [line for line in listed.splitlines() if line.startswith("kombo_")]
    assert len(ours) >= 14
    for module in ("pytest_plugin.fixtures", "pytest_plugin.probe_fixtures"):
        after = listed.split(f"fixtures defined from kombo_fakes.{module}")[1]
        assert "no docstring available" not in after.split("--- fixtures")[0]


def test_the_tests_of_a_downstream_project_pass_with_the_installed_package(fresh: Path) -> None:
    project = fresh / "downstream"
    ignored = shutil.ignore_patterns("__pycache__", ".hypothesis", ".pytest_cache")
    shutil.copytree(ROOT / "examples" / "downstream", project, ignore=ignored)
    result = run(fresh / "venv/bin/python", "-m", "pytest", "-q", cwd=project)
    assert " passed" in result.stdout
    assert "skipped" not in result.stdout


def test_the_metadata_has_all_urls_and_no_relative_links(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = message_from_string(archive.read(name).decode())
    urls = dict(url.split(", ", 1) for url in metadata.get_all("Project-URL", []))
    assert set(urls) == {"Homepage", "Documentation", "Source", "Issues", "Changelog"}
    site = urls["Homepage"].rstrip("/")
    assert f"site_url: {site}/" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    readme = str(metadata.get_payload())
    links = re.findall(r"\]\(([^)]+)\)", readme)
    assert len(links) > 15
    assert [link for link in links if not link.startswith("https://")] == []
    assert f"{site}/images/report.png" in links
    assert metadata["Author"] == "The kombo_fakes project"


def test_the_workflow_runs_every_python_of_the_classifiers(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = archive.read(name).decode()
    claimed = re.findall(r"^Classifier: .*Python :: (3\.\d+)$", metadata, re.MULTILINE)
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    (matrix,) = re.findall(r"python: \[([^\]]+)\]", workflow)
    assert re.findall(r"[\d.]+", matrix) == claimed
    assert set(re.findall(r"uses: \S+@(\S+)", workflow)) == set(
        re.findall(r"uses: \S+@([0-9a-f]{40})", workflow)
    )
