"""What a probe has found, sent once more: what an answer of today means."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from support.gallery.serving import serving

from kombo_fakes import Delivery, probe, verify
from kombo_fakes.cli.main import main
from kombo_fakes.core.writer import to_pretty_json
from kombo_fakes.probing.model import Exchange, Reply
from kombo_fakes.probing.reports.as_json import data_report, exchange_data
from kombo_fakes.probing.reports.recorder import Recorder
from kombo_fakes.probing.reports.replay import kept_in

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


def finding(name, category, *statuses, **more):
    exchanges = [exchange(status) for status in statuses]
    return {"id": name, "category": category, "exchanges": exchanges, "cases": [], **more}


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
        ("accepts-invalid", 200, 401, "mended"),
        ("accepts-invalid", 200, 404, "mended"),
        ("accepts-invalid", 200, 204, "wrong otherwise"),
        ("accepts-invalid", 200, 500, "wrong otherwise"),
        ("accepts-invalid", 200, 429, "wrong otherwise"),
        ("accepts-invalid", 200, 307, "wrong otherwise"),
        ("rejects-valid", 400, 204, "mended"),
        ("rejects-valid", 400, 400, "still wrong"),
        ("rejects-valid", 400, 404, "wrong otherwise"),
        ("rejects-valid", 400, 429, "wrong otherwise"),
        ("rejects-valid", 400, 307, "wrong otherwise"),
        ("crashes", 500, 500, "still wrong"),
        ("crashes", 500, 503, "wrong otherwise"),
        ("crashes", 500, 204, "mended"),
        ("crashes", 500, 307, "wrong otherwise"),
    ],
)
def test_a_finding(replay, category, then, now, verdict):
    """It is mended only by an answer that is owed; 5xx, 429 and redirects never are."""
    report = {"findings": [finding("a", category, then)]}
    with answering(now) as url:
        status, verdicts, err = replay(report, url)
    assert (status, verdicts, err) == (0 if verdict == "mended" else 1, [verdict], "")


def test_one_finding_is_mended_and_the_other_is_not(replay):
    """The status is 1 as long as any is wrong, and whatever else there is."""
    report = {"findings": [finding(name, "crashes", 500) for name in ("a", "b")]}
    with answering(204, 500) as url:
        assert replay(report, url)[:2] == (1, ["mended", "still wrong"])


def test_what_is_owed_for_a_crash(replay):
    """The report knows it: by the finding, or by its cases."""
    cases = [{"id": "one", "expected": "reject"}]
    listed = finding("a", "crashes", 500) | {"cases": ["one"]}
    for report in (
        {"findings": [listed], "cases": cases},
        {"findings": [finding("a", "crashes", 500, expected="reject")]},
    ):
        with answering(204) as url:
            assert replay(report, url)[:2] == (1, ["wrong otherwise"])
    with answering(404) as url:
        report = {"findings": [finding("first-delivery", "crashes", 500)]}
        assert replay(report, url)[:2] == (1, ["wrong otherwise"])


def test_a_history(replay):
    """What came before the last one was as owed; what is stored isn't seen by an answer."""
    report = {"findings": [finding("a", "applies-twice", 204, 401, 204)]}
    with answering(204, 401, 204) as url:
        status, verdicts, err = replay(report, url)
    assert (status, verdicts) == (0, ["as owed", "as owed", "not judged"])
    assert err.startswith("kombo-fakes: not judged: what is stored")
    with answering(204, 204, 204) as url:
        assert replay(report, url)[:2] == (1, ["as owed", "wrong otherwise", "not judged"])


@pytest.mark.parametrize(
    ("then", "now", "verdict"),
    [
        (204, 204, "as recorded"),
        (401, 401, "as recorded"),
        (307, 307, "as recorded"),
        (204, 401, "other than recorded"),
        (204, 429, "wrong otherwise"),
        (204, 500, "wrong otherwise"),
        (500, 500, "still wrong"),
    ],
)
def test_a_recording(replay, then, now, verdict):
    """It doesn't know what was owed, so that it is compared, but for a 5xx, which never is."""
    with answering(now) as url:
        status, verdicts, _ = replay({"case": "a", **exchange(then)}, url)
    assert (status, verdicts) == (0 if verdict == "as recorded" else 1, [verdict])


def test_a_real_report(replay, tmp_path):
    """Every finding of a probe says what is owed; a mended receiver has nothing wrong."""
    mended = False

    def receive(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        signature = environ.get("HTTP_X_KOMBO_SIGNATURE")
        right = verify(body, signature, SECRET) or (not mended and not signature)
        start_response("204 Fine" if right else "401 No", [])
        return []

    with Recorder(str(tmp_path / "kept"), "http://127.0.0.1/") as recorder:
        report = probe(
            receive, secret=SECRET, policy="tolerant", max_examples=0, on_exchange=recorder.keep
        )
    data = data_report(report)
    assert {one["id"]: one["expected"] for one in data["findings"]} == {
        "signature-absent": "reject",
        "body-not-json-takes": "reject",
    }
    with serving(receive) as url:
        assert replay(data, url)[:2] == (1, ["still wrong", "still wrong"])
        mended = True
        assert replay(data, url, "--finding", "signature-absent")[:2] == (0, ["mended"])
        (first,) = (tmp_path / "kept").glob("00001-*.json")
        assert replay(json.loads(first.read_text()), url)[:2] == (0, ["as recorded"])


def test_what_is_known(replay):
    """It is sent again where it is asked for."""
    report = {"findings": [], "known": [finding("not-validated", "crashes", 500)]}
    with answering(204) as url:
        assert replay(report, url, "--finding", "not-validated")[:2] == (0, ["mended"])
        status, verdicts, err = replay(report, url)
        assert (status, verdicts) == (0, [])
        assert "holds no finding to be sent again; 1 known ones by --finding" in err
        status, _, err = replay(report, url, "--finding", "not-validatd")
        assert (status, "has no finding not-validatd" in err) == (2, True)


@pytest.mark.parametrize("data", [{"id": "1", "type": "x"}, {"log": {"entries": []}}, [], 3])
def test_what_is_no_report(data, capsys, tmp_path):
    """It isn't asked where to."""
    file = tmp_path / "body.json"
    file.write_bytes(to_pretty_json(data))
    assert main(["replay", str(file)]) == 2
    assert "is neither a report of `probe --json`, nor a finding" in capsys.readouterr().err


def test_a_report_of_an_application_says_no_url(capsys, tmp_path):
    """It is asked for."""
    file = tmp_path / "report.json"
    file.write_text(json.dumps({"target": "the WSGI application x", "findings": []}))
    assert main(["replay", str(file)]) == 2
    assert "--url: " in capsys.readouterr().err
    assert kept_in({"findings": []}, "x") == []
