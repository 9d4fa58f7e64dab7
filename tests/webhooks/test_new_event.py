"""How one more event is added, in a copy of the project."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCHEMA = {
    "$id": "#/components/schemas/JobClosedWebhookPayload",
    "title": "JobClosedWebhookPayload",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "type": {"type": "string", "enum": ["job-closed"]},
        "data": {
            "type": "object",
            "properties": {
                "integration_id": {"type": "string"},
                "closed_at": {"type": "string", "nullable": True, "format": "date-time"},
                "reason": {"type": "string", "enum": ["FILLED", "CANCELLED"]},
                "posting": {
                    "type": "object",
                    "description": "The posting of the job.",
                    "properties": {"url": {"type": "string"}, "views": {"type": "integer"}},
                    "required": ["url"],
                    "additionalProperties": False,
                },
            },
            "required": ["integration_id", "closed_at", "reason", "posting"],
            "additionalProperties": False,
        },
    },
    "required": ["id", "type", "data"],
    "additionalProperties": False,
}

EVENT = '''"""The event ``job-closed``: a job is no longer open."""

from kombo_fakes.webhooks.model import Event, SeenChange

EVENT = Event(
    name="job-closed",
    fields={"data.closed_at": "instant"},
    usual={"category": "ATS"},
    traits={"filled": {"data.reason": "FILLED"}},
    changes=(SeenChange("absent", "/data/reason", "without the reason", "the guide"),),
    types={"data.posting": "Posting", "data.reason": "Reason"},
)
'''

USE = """
from hypothesis.strategies import SearchStrategy
from typing_extensions import assert_type
import kombo_fakes as k

payload = k.JobClosedFactory.build(filled=True, kombo_seed=1)
assert_type(payload, k.JobClosed)
assert_type(k.payloads("job-closed"), SearchStrategy[k.JobClosed])
assert_type(next(k.generate("job-closed")).payload["data"]["posting"].get("views"), int | None)
k.Schema.load("job-closed").validate(payload)
assert payload["data"]["reason"] == "FILLED"
assert payload["data"]["integration_id"].count(":") == 1
assert payload["data"]["closed_at"] is None or payload["data"]["closed_at"].endswith("Z")
assert k.changes("job-closed")[0].source == "the guide"
assert {"JobClosed", "JobClosedFactory"} <= set(k.__all__)
print("all is well")
"""

FIXTURES = """
import pytest
from kombo_fakes import factory_for


@pytest.mark.kombo(event="job-closed")
def test_payload(kombo_payload, kombo_schema):
    kombo_schema.validate(kombo_payload)
    assert factory_for("job-closed").__name__ == "JobClosedFactory"


@pytest.mark.kombo(event="job-closed")
def test_fault(kombo_invalid_payload, kombo_schema):
    assert not kombo_schema.is_valid(kombo_invalid_payload.payload)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that has one more schema."""
    for name in ("kombo_fakes", "schemas", "codegen"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "schemas" / "kombo-jobclosed-schema.json").write_text(json.dumps(SCHEMA))
    return tmp_path


def run(project: Path, *arguments: str) -> str:
    """Run a module of the copy, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def digests(project: Path) -> dict[str, str]:
    """The digest of each file, by its path within the project."""
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in ("kombo_fakes", "schemas", "codegen")
        for path in (project / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
def test_an_event_needs_a_schema_and_one_file(project: Path) -> None:
    before = digests(project)
    (project / "kombo_fakes" / "webhooks" / "events" / "job_closed.py").write_text(EVENT)
    run(project, "codegen")
    (project / "use.py").write_text(USE)
    assert run(project, "use") == "all is well\n"
    run(project, "mypy", "use.py")
    assert "job-closed" in run(project, "kombo_fakes", "events")
    after = digests(project)
    assert {name for name in after if after[name] != before.get(name)} == {
        "kombo_fakes/webhooks/events/job_closed.py",
        "kombo_fakes/types.py",
        "kombo_fakes/__init__.pyi",
    }
    assert before.keys() <= after.keys()


@pytest.mark.slow
def test_a_schema_alone_gives_payloads_faults_a_factory_and_fixtures(project: Path) -> None:
    (project / "test_it.py").write_text(FIXTURES)
    assert "job-closed" in run(project, "kombo_fakes", "events")
    made = json.loads(run(project, "kombo_fakes", "generate", "--event", "job-closed"))
    assert made["type"] == "job-closed"
    assert ":" in made["data"]["integration_id"]
    faults = run(project, "kombo_fakes", "faults", "--event", "job-closed")
    assert "data.closed_at-format-no-offset" in faults
    # The settings of the project's own tests are not wanted here.
    said = run(project, "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider", "test_it.py")
    assert " passed" in said
