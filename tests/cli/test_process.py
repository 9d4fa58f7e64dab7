"""The command line as a process: the same bytes everywhere, pipes, full disks, interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.commands import KOMBO_FAKES

POSIX = pytest.mark.skipif(os.name == "nt", reason="POSIX only: devices, signals, limits")


@pytest.fixture(autouse=True)
def not_measured(monkeypatch):
    """The environment without coverage, which would write files where there is no room."""
    for name in os.environ:
        if name.startswith("COVERAGE"):
            monkeypatch.delenv(name)


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*KOMBO_FAKES, *arguments], capture_output=True, **options)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-n", "5"),
        ("-n", "5", "--values", "any"),
        ("--invalid", "-n", "20", "--format", "ndjson"),
        ("--invalid", "-n", "5", "--values", "any", "--format", "ndjson"),
        ("--values", "corners"),
    ],
    ids=" ".join,
)
@pytest.mark.slow
def test_the_bytes_do_not_depend_on_hash_seed_or_directory(tmp_path, arguments):
    printed = set()
    for hash_seed in ("1", "2"):
        place = tmp_path / hash_seed
        place.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = run("generate", "--seed", "3", *arguments, env=environment, cwd=place)
        assert (done.returncode, done.stderr) == (0, b"")
        printed.add(done.stdout)
        assert list(place.iterdir()) == []
    assert len(printed) == 1


@pytest.mark.slow
def test_drawn_payloads_do_not_depend_on_other_modules(tmp_path):
    """Hypothesis uses constants that it finds in the modules of a project."""
    (tmp_path / "mine.py").write_text("WORDS = " + repr([f"word {n}" for n in range(500)]))
    script = "import mine, sys; from kombo_fakes.cli.main import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["generate", "--values", "any", "-n", "50", "--format", "ndjson"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, env=environment
    )
    assert done.returncode == 0
    assert done.stdout == run(*arguments, cwd=tmp_path).stdout


def test_help_imports_nothing_heavy(tmp_path):
    """That is Hypothesis, Faker, factory_boy and the validator."""
    script = (
        "import sys; from kombo_fakes.cli.main import main; main(['--help']);"
        "heavy = {'hypothesis', 'faker', 'factory', 'jsonschema_rs'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "-n", "100000", "--format", "ndjson"),
        ("generate", "-n", "100000"),
        ("faults",),
        ("--help",),
    ],
    ids=" ".join,
)
@POSIX
def test_a_reader_that_stops_early_is_not_an_error(arguments):
    process = subprocess.Popen(
        [*KOMBO_FAKES, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), complaint) == (0, b"")


@POSIX
def test_a_pipe_that_is_closed_before_the_first_byte_is_not_an_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*KOMBO_FAKES, "events"], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full (Linux)")


@pytest.mark.parametrize("count", ["1", "1000"])
@needs_full
def test_a_full_disk_behind_standard_output_is_one_line_and_status_2(count):
    """Small output fails when it is flushed, large output when it is written."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*KOMBO_FAKES, "generate", "-n", count], stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"standard output: cannot be written: No space left" in done.stderr


@pytest.mark.parametrize("options", [(), ("--format", "ndjson")])
@needs_full
def test_a_full_disk_behind_out_is_one_line_with_the_name_of_the_file(options):
    done = run("generate", "--out", "/dev/full", *options)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == (
        b"kombo-fakes: error: /dev/full: cannot be written: No space left on device\n"
    )


@needs_full
def test_a_message_that_cannot_be_written_changes_no_status():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*KOMBO_FAKES, "generate", "-n", "0"], stderr=full)
    assert done.returncode == 2


@pytest.mark.parametrize(
    "out", ["kept.json", "kept.ndjson", "new.json", "new/", "a/b/new/", "new.ndjson.gz"]
)
@POSIX
def test_a_disk_that_fills_up_leaves_old_files_and_adds_none(tmp_path, out):
    for name in ("kept.json", "kept.ndjson"):
        (tmp_path / name).write_text("mine")
    limit = "import resource, signal, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999));"
    script = f"{limit} from kombo_fakes.cli.main import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["generate", "-n", "200", "--out", out]
    done = subprocess.run(
        [sys.executable, "-B", "-c", script, *arguments], capture_output=True, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert out.encode() in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.json", "kept.ndjson"]
    assert (tmp_path / "kept.json").read_text() == "mine"


@pytest.mark.parametrize("out", [None, "kept.json", "new/", "new.ndjson.gz"])
@POSIX
def test_ctrl_c_is_status_130_and_leaves_old_files_as_they_were(tmp_path, out):
    (tmp_path / "kept.json").write_text("mine")
    target = [] if out is None else ["--out", out]
    process = subprocess.Popen(
        [*KOMBO_FAKES, "generate", "-n", "100000000", *target],
        stdout=subprocess.DEVNULL if out else subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    if process.stdout is not None:
        process.stdout.read(1)
    else:
        deadline = time.monotonic() + 30
        while len(list(tmp_path.iterdir())) == 1 and time.monotonic() < deadline:
            pass  # Until it has begun to write.
    process.send_signal(signal.SIGINT)
    if process.stdout is not None:
        process.stdout.read()
    _, complaint = process.communicate()
    assert (process.returncode, complaint) == (130, b"kombo-fakes: interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]
    assert (tmp_path / "kept.json").read_text() == "mine"


@pytest.mark.slow
def test_validate_accepts_the_output_of_generate():
    made = run("generate", "-n", "20", "--values", "any", "--format", "ndjson")
    judged = run("validate", "-", input=made.stdout)
    assert (judged.returncode, judged.stdout) == (0, b"standard input: ok\n")
