"""Replays: the deliveries of a report are sent again, and each answer gets a verdict."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from support.gallery.serving import serving

from kombo_fakes import Delivery, probe, verify
from kombo_fakes.cli.main import main
from kombo_fakes.core.writer import to_pretty_json
from kombo_fakes.errors import DocumentError
from kombo_fakes.probing.model import Exchange, Reply
from kombo_fakes.probing.reports.as_json import data_report, exchange_data
from kombo_fakes.probing.reports.kept_exchanges import read_kept_exchanges
from kombo_fakes.probing.reports.recorder import Recorder

SECRET = "s3cret of a receiver"


@contextmanager
def answering(*statuses):
    """The URL of a receiver that answers with these, and then always with the last."""
    left = list(statuses)

    def application(environ, start_response):
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        status = left.pop(0) if len(left) > 1 else left[0]
        start_response(f"{status} So", [("Location", "/")] if status == 307 else [])
        return []

    with serving(application) as url:
        yield f"{url}/hooks"


def exchange(status, trouble=None):
    return exchange_data(Exchange(Delivery.of({"id": "1"}), Reply(status, trouble=trouble)))


EXPECTED = {
    "accepts-invalid": "reject",
    "rejects-valid": "accept",
    "crashes": "either",
    "applies-twice": "accept",
}


def finding(name, category, *statuses, **more):
    exchanges = [exchange(status) for status in statuses]
    kept = {"id": name, "category": category, "exchanges": exchanges, "cases": []}
    return {**kept, "expected": EXPECTED[category], **more}


@pytest.fixture
def replay(capsys, tmp_path):
    """Exit status and verdicts of a replay of a JSON value."""

    def run(data, url, *options):
        file = tmp_path / "kept.json"
        file.write_text(json.dumps(data))
        status = main(["replay", str(file), "--url", url, *options])
        said = capsys.readouterr()
        return status, [line.split("\t")[-1] for line in said.out.splitlines()], said.err

    return run


@pytest.mark.parametrize(
    ("category", "then", "now", "verdict"),
    [
        ("accepts-invalid", 200, 200, "still wrong"),
        ("accepts-invalid", 200, 401, "fixed"),
        ("accepts-invalid", 200, 404, "fixed"),
        ("accepts-invalid", 200, 204, "wrong in another way"),
        ("accepts-invalid", 200, 500, "wrong in another way"),
        ("accepts-invalid", 200, 429, "wrong in another way"),
        ("accepts-invalid", 200, 307, "wrong in another way"),
        ("rejects-valid", 400, 204, "fixed"),
        ("rejects-valid", 400, 400, "still wrong"),
        ("rejects-valid", 400, 404, "wrong in another way"),
        ("rejects-valid", 400, 429, "wrong in another way"),
        ("rejects-valid", 400, 307, "wrong in another way"),
        ("crashes", 500, 500, "still wrong"),
        ("crashes", 500, 503, "wrong in another way"),
        ("crashes", 500, 204, "fixed"),
        ("crashes", 500, 307, "wrong in another way"),
    ],
)
def test_a_finding_is_fixed_only_by_the_expected_answer(replay, category, then, now, verdict):
    report = {"findings": [finding("a", category, then)]}
    with answering(now) as url:
        status, verdicts, err = replay(report, url)
    assert (status, verdicts, err) == (0 if verdict == "fixed" else 1, [verdict], "")


def test_one_finding_is_fixed_and_the_other_is_not(replay):
    report = {"findings": [finding(name, "crashes", 500) for name in ("a", "b")]}
    with answering(204, 500) as url:
        assert replay(report, url)[:2] == (1, ["fixed", "still wrong"])


def test_a_crash_is_fixed_only_by_the_expected_answer(replay):
    rejected = finding("a", "crashes", 500, expected="reject")
    accepted = finding("first-delivery", "crashes", 500, expected="accept")
    for kept, status in ((rejected, 204), (accepted, 404)):
        with answering(status) as url:
            assert replay({"findings": [kept]}, url)[:2] == (1, ["wrong in another way"])


def test_only_the_last_delivery_of_a_timeline_was_wrong_and_its_answer_tells_nothing(replay):
    report = {"findings": [finding("a", "applies-twice", 204, 401, 204)]}
    with answering(204, 401, 204) as url:
        status, verdicts, err = replay(report, url)
    assert (status, verdicts) == (0, ["as expected", "as expected", "not judged"])
    assert err == snapshot(
        "kombo-fakes: note: a response alone does not show what is stored or leaked; to judge that, run `kombo-fakes probe` again\n"
    )
    with answering(204, 204, 204) as url:
        assert replay(report, url)[:2] == (1, ["as expected", "wrong in another way", "not judged"])


@pytest.mark.parametrize(
    ("then", "now", "verdict"),
    [
        (204, 204, "as recorded"),
        (401, 401, "as recorded"),
        (307, 307, "as recorded"),
        (204, 401, "differs from the recording"),
        (204, 429, "wrong in another way"),
        (204, 500, "wrong in another way"),
        (500, 500, "still wrong"),
    ],
)
def test_a_recording_is_compared_but_an_error_is_always_wrong(replay, then, now, verdict):
    with answering(now) as url:
        status, verdicts, _ = replay({"case": "a", **exchange(then)}, url)
    assert (status, verdicts) == (0 if verdict == "as recorded" else 1, [verdict])


def test_report_of_a_probe_is_replayed_at_a_receiver_that_is_fixed_then(replay, tmp_path):
    is_fixed = False

    def receive(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        signature = environ.get("HTTP_X_KOMBO_SIGNATURE")
        right = verify(body, signature, SECRET) or (not is_fixed and not signature)
        start_response("204 Fine" if right else "401 No", [])
        return []

    with Recorder(str(tmp_path / "kept"), "http://127.0.0.1/") as recorder:
        report = probe(
            receive, secret=SECRET, policy="tolerant", max_examples=0, on_exchange=recorder.keep
        )
    data = data_report(report)
    assert {one["id"]: one["expected"] for one in data["findings"]} == {
        "signature-absent": "reject",
        "body-not-json-accepts": "reject",
    }
    with serving(receive) as url:
        assert replay(data, url)[:2] == (1, ["still wrong", "still wrong"])
        is_fixed = True
        assert replay(data, url, "--finding", "signature-absent")[:2] == (0, ["fixed"])
        (first,) = (tmp_path / "kept").glob("00001-*.json")
        assert replay(json.loads(first.read_text()), url)[:2] == (0, ["as recorded"])


def test_known_findings_are_sent_again_where_their_ids_are_given(replay):
    report = {"findings": [], "known": [finding("not-validated", "crashes", 500)]}
    with answering(204) as url:
        assert replay(report, url, "--finding", "not-validated")[:2] == (0, ["fixed"])
        status, verdicts, err = replay(report, url)
        assert (status, verdicts) == (0, [])
        assert "has no finding to send again; to send its 1 known finding, add --finding ID" in err
        status, _, err = replay(report, url, "--finding", "not-validatd")
        assert status == 2
        assert "has no finding not-validatd; did you mean 'not-validated'?" in err


def test_a_file_that_is_not_json_is_rejected_with_a_hint(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("report.html").write_text("<!doctype html>")
    assert main(["replay", "report.html"]) == 2
    assert capsys.readouterr().err == snapshot(
        "kombo-fakes: error: report.html: invalid JSON at line 1, column 1: Expecting value; expected a file of `probe --json` or `probe --record`\n"
    )
    assert main(["probe", "http://127.0.0.1:1/", "--secret", "x", "--baseline", "report.html"]) == 2
    assert capsys.readouterr().err == snapshot(
        "kombo-fakes: error: --baseline report.html: invalid JSON at line 1, column 1: Expecting value; a baseline is a report of `probe --json`\n"
    )


@pytest.mark.parametrize("data", [{"id": "1", "type": "x"}, {"log": {"entries": []}}, [], 3])
def test_a_file_that_is_not_a_report_is_rejected_before_a_url_is_asked_for(data, capsys, tmp_path):
    file = tmp_path / "body.json"
    file.write_bytes(to_pretty_json(data))
    assert main(["replay", str(file)]) == 2
    assert "is neither a report of `probe --json`, nor a finding" in capsys.readouterr().err


def test_a_report_of_an_application_needs_a_url(capsys, tmp_path):
    file = tmp_path / "report.json"
    file.write_text(json.dumps({"target": "the WSGI application x", "findings": []}))
    assert main(["replay", str(file)]) == 2
    assert "does not name a receiver; add --url URL" in capsys.readouterr().err
    assert read_kept_exchanges({"findings": []}, "x") == []


@pytest.mark.parametrize(
    "data",
    [
        {"url": "http://127.0.0.1:9/hooks?...", "query_removed": True},
        {"target": "http://127.0.0.1:9/hooks?...", "query_removed": True},
        {"target": "http://127.0.0.1:9/hooks?..."},  # An earlier version wrote no query_removed.
    ],
)
def test_a_report_without_the_query_of_its_url_needs_a_url(data, capsys, tmp_path):
    file = tmp_path / "report.json"
    file.write_text(json.dumps({"findings": [], **data}))
    assert main(["replay", str(file)]) == 2
    assert capsys.readouterr().err.endswith(
        f"error: {file}: was sent to 'http://127.0.0.1:9/hooks?...', without the query; "
        "add --url URL\n"
    )


@pytest.mark.parametrize("expected", [{}, {"expected": "refuse"}, {"expected": ["reject"]}])
def test_a_finding_of_another_version_is_an_error_and_not_fixed(expected):
    request = {"method": "POST", "headers": [], "body": ""}
    exchange = {"request": request, "reply": {"status": 204}}
    with pytest.raises(DocumentError) as caught:
        read_kept_exchanges({"findings": [{"id": "a", "exchanges": [exchange], **expected}]}, "x")
    assert str(caught.value) == snapshot(
        "x: 'a': 'expected' has to be one of reject, accept, either; a report of another version has to be made again by `kombo-fakes probe --json`"
    )
