"""A conftest.py can import and call the public functions, even if warnings are errors.

Hypothesis warns of strategies that are evaluated while conftest files are loaded, and a project
can make warnings errors.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NUMBERS = '{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"pattern": "^a+$"}}}'
CALLS = (
    "payloads()",
    "payloads(values='realistic', max_length=1000)",
    "payloads('data-changed', max_length=300, codec='ascii', nulls=0)",
    f"payloads({NUMBERS})",
    f"payloads({NUMBERS}, ambiguous=True)",
    "invalid_payloads()",
    "invalid_payloads(values='realistic')",
    f"invalid_payloads({NUMBERS})",
    "deliveries()",
    "deliveries(of=event_payloads())",
    "event_payloads()",
    "timelines()",
    "stories()",
    "changes()",
    "corners()",
    "faults()",
    "wire_faults()",
    "[fault.strategy() for fault in wire_faults()]",
)


def run(place: Path, conftest: str, *arguments: str) -> str:
    """Run pytest in a project of a conftest and a test, and return what it prints."""
    (place / "conftest.py").write_text(conftest)
    (place / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (place / "test_something.py").write_text("def test_something():\n    pass\n")
    result = subprocess.run(
        [sys.executable, *arguments, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_every_public_name_can_be_imported(tmp_path: Path) -> None:
    run(tmp_path, "from kombo_fakes import *\n", "-W", "error")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_functions_that_make_strategies_can_be_called_whichever_is_the_first(
    tmp_path: Path,
) -> None:
    conftest = f"""
import os
import sys
from kombo_fakes import *

for call in {CALLS!r}:
    child = os.fork()
    if child == 0:
        try:
            eval(call)
        finally:
            os._exit(sys.exc_info()[0] is not None)
    assert os.waitpid(child, 0)[1] == 0, call
"""
    run(tmp_path, conftest, "-W", "error")


@pytest.mark.slow
def test_no_warning_is_shown(tmp_path: Path) -> None:
    conftest = "from kombo_fakes import *\n" + "\n".join(CALLS) + "\n"
    printed = run(tmp_path, conftest)
    assert "1 passed" in printed
    assert "arning" not in printed
