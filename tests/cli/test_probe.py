"""``kombo-fakes probe``: its options, what it leaves behind, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.gallery.serving import serving

from kombo_fakes import Delivery, verify
from kombo_fakes.cli.main import main
from kombo_fakes.probing.model import Reply
from kombo_fakes.probing.reports.recorder import Recorder

SECRET = "s3cret of a receiver"


def receive(environ, start_response):
    """Accepts everything with a right signature."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    right = verify(body, environ.get("HTTP_X_KOMBO_SIGNATURE"), SECRET)
    start_response("204 Fine" if right else "401 No", [])
    return []


@pytest.fixture
def url():
    with serving(receive) as found:
        yield f"{found}/hooks"


@pytest.fixture
def run(capsys):
    """Probes a receiver, and returns the exit status, standard output and standard error."""

    def call(*arguments):
        status = main(["probe", *arguments, "--secret", SECRET, "--max-examples", "0"])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_stopped_run_without_findings_is_status_2_and_one_line(run, url):
    status, out, err = run(url, "--max-seconds", "1e-9")
    assert status == 2
    assert "no finding" in out
    assert err.startswith(f"kombo-fakes: error: {url}: the run was stopped: ")
    assert err.count("\n") == 1


@pytest.mark.slow
def test_a_run_that_never_began_leaves_the_directory_of_the_record_usable(
    run, url, tmp_path, capsys, monkeypatch
):
    kept = tmp_path / "kept"
    monkeypatch.delenv("KOMBO_WEBHOOK_SECRET", raising=False)
    assert main(["probe", url, "--record", str(kept)]) == 2
    assert "no secret" in capsys.readouterr().err
    assert not kept.exists()
    assert run("http://127.0.0.1:9/", "--record", str(kept))[0] == 2
    assert list(kept.iterdir()) == []
    assert run(url, "--record", str(kept), "--policy", "tolerant")[0] == 1
    assert (kept / "probe.har").exists()


def test_deliveries_of_several_threads_have_different_numbers_in_the_record(tmp_path):
    with (
        Recorder(str(tmp_path), "http://127.0.0.1/") as recorder,
        ThreadPoolExecutor(8) as pool,
    ):
        delivery = Delivery.of({"id": "1"})
        list(pool.map(lambda n: recorder.keep(f"c{n}", delivery, Reply(204)), range(200)))
    names = sorted(path.name for path in tmp_path.glob("*.json"))
    assert [name[:5] for name in names] == [f"{number:05}" for number in range(1, 201)]


@pytest.mark.slow
def test_nothing_is_left_in_the_working_directory(url, tmp_path):
    """Hypothesis would write there when it draws and shrinks the examples of a finding."""
    command = [sys.executable, "-m", "kombo_fakes", "probe", url, "--secret", SECRET]
    done = subprocess.run(
        [*command, "--policy", "tolerant", "--max-examples", "5"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_two_reports_cannot_go_into_one_file(run, url, tmp_path):
    (tmp_path / "x").mkdir()
    file, same = str(tmp_path / "y"), str(tmp_path / "x" / ".." / "y")
    for options in (["--json", file, "--junit", same], ["--html", "-", "--json", "-"]):
        status, out, err = run(url, *options)
        assert (status, out) == (2, "")
        assert "two reports cannot go into one file" in err


def test_a_report_on_standard_output_stands_alone(run, url):
    status, out, _ = run(url, "--json", "-", "--policy", "tolerant")
    assert status == 1
    assert json.loads(out)["target"] == url


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("probe", ["--max-seconds", "nan"], "--max-seconds"),
        ("probe", ["--max-seconds", "inf"], "--max-seconds"),
        *(
            (command, *row)
            for command in ("probe", "send", "replay")
            for row in (
                (["--timeout", "nan"], "--timeout"),
                (["--ca-file", "nope.pem"], "'nope.pem' cannot be read: No such file"),
            )
        ),
    ],
)
def test_options_of_transport_are_checked_before_anything_is_sent(
    command, options, words, url, capsys, tmp_path
):
    target, more = url, ["--secret", SECRET]
    if command == "replay":
        file = tmp_path / "finding.json"
        empty = {"method": "POST", "headers": [], "body": ""}
        file.write_text(json.dumps({"url": url, "request": empty, "reply": {"status": 200}}))
        target, more = str(file), []
    assert main([command, target, *more, *options]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
