"""What SECURITY.md promises: no use of the network unasked, and nothing is executed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "kombo_fakes").rglob("*.py"))

# An audit hook sees every use of a socket, in all libraries (sys.addaudithook, PEP 578).
OFFLINE = """
import sys
from kombo_fakes.cli.main import main

def hook(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        print("network:", event, arguments, file=sys.stderr)
        import os; os._exit(77)

sys.addaudithook(hook)
sys.exit(main(sys.argv[1:]))
"""


def offline(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OFFLINE, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["generate", "-n", "3"], 0),
        pytest.param(["generate", "-n", "3", "--values", "any"], 0, marks=pytest.mark.slow),
        pytest.param(["generate", "--fault", "data.state-*"], 0, marks=pytest.mark.slow),
        pytest.param(["faults", "--wire"], 0, marks=pytest.mark.slow),
        (["events"], 0),
        pytest.param(["vectors"], 0, marks=pytest.mark.slow),
        (["sign", "payload.json", "--secret", "a secret"], 0),
        (["verify", "payload.json", "--secret", "a secret", "--signature", "x"], 1),
        (["validate", "payload.json"], 1),
        (["validate", "payload.json", "--schema", "elsewhere.json"], 2),
        (["generate", "--schema", "elsewhere.json"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_commands_use_no_network(arguments: list[str], status: int, tmp_path: Path) -> None:
    (tmp_path / "payload.json").write_text("{}")
    elsewhere = {"$id": "https://example.com/a", "$ref": "https://example.com/b"}
    (tmp_path / "elsewhere.json").write_text(json.dumps(elsewhere))
    done = offline(*arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert "network:" not in done.stderr


def test_the_audit_hook_sees_that_send_uses_the_network(tmp_path: Path) -> None:
    done = offline("send", "http://127.0.0.1:9/", "--secret", "a secret", cwd=tmp_path)
    assert done.returncode == 77
    assert done.stderr.startswith("network: socket.")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_call_executes_or_unpickles_anything(path: Path) -> None:
    bad = {"eval", "exec", "compile", "__import__", "system", "popen", "mktemp", "unsafe_load"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.id for func in called if isinstance(func, ast.Name)}
    methods = {
        f"{func.value.id}.{func.attr}"
        for func in called
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)
    }
    assert not names & bad
    assert not {method for method in methods if method.split(".")[1] in bad - {"compile"}}
    assert not methods & {"pickle.load", "pickle.loads", "marshal.loads", "yaml.load"}
