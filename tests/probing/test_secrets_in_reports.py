"""Reports and messages hold neither the webhook secret nor the query of a URL."""

from __future__ import annotations

import json

import pytest
from support.gallery.serving import serving

from kombo_fakes import ProbeError, probe, probe_cases, sign, verify, wire_faults
from kombo_fakes.cli.main import main
from kombo_fakes.errors import TransportError
from kombo_fakes.probing.model import Reply
from kombo_fakes.probing.reports.as_html import html_report
from kombo_fakes.probing.reports.as_json import data_report
from kombo_fakes.probing.reports.as_junit import junit_report
from kombo_fakes.probing.secrets.redaction import Redactor

LONG = "a-secret-of-seventy-characters-" + "".join(f"{n:03}" for n in range(13))
LONE_SURROGATE = "a lone \ud800 surrogate"


def outputs(report):
    """Write a report in all formats."""
    with pytest.raises(AssertionError) as caught:
        report.check()
    page, xml = html_report(report).decode(), junit_report(report).decode()
    return str(caught.value), json.dumps(data_report(report)), page, xml


def test_the_secret_in_the_error_of_an_observation_is_redacted():
    observations = 0

    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, LONG) else 401

    def observe(integration_id):
        nonlocal observations
        observations += 1
        if observations == 2:
            raise TransportError("timeout", f"http://127.0.0.1/of/{LONG}: no answer")

    report = probe(receive, secret=LONG, policy="tolerant", max_examples=0, observe=observe)
    (note,) = (note for note in report.notes if "could not be observed" in note)
    assert "http://127.0.0.1/of/[the webhook secret]: no answer" in note
    assert not any(LONG in text for text in outputs(report))


@pytest.mark.slow
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_observed_secret_is_redacted_before_it_is_shortened(wrapped):
    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, LONG) else 401

    def observe(integration_id):
        return {"state": [{"is": LONG}] if wrapped else LONG, "updated_at": LONG}

    report = probe(receive, secret=LONG, policy="tolerant", max_examples=0, observe=observe)
    assert report.findings
    for output in outputs(report):
        assert LONG[:12] not in output


def test_the_beginning_of_the_secret_at_the_end_of_a_truncated_body_is_redacted():
    cut = ("x" * 65_536 + LONG)[: 65_536 + 20].encode()[-65_536:]
    assert Redactor(LONG).redact_reply(Reply(200, (), cut)).body.endswith(b"x[the webhook secret]")
    short = b"x" + LONG[:20].encode()
    assert Redactor(LONG).redact_reply(Reply(200, (), short)).body == short


def test_a_note_says_that_a_short_secret_cannot_be_redacted():
    def noted(secret):
        report = probe(lambda delivery: 500, secret=secret)
        return [note for note in report.notes if "fewer than 6 characters" in note]

    assert len(noted("short")) == 1
    assert noted("longer") == []


def test_a_secret_with_a_lone_surrogate_works_and_is_redacted():
    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, LONE_SURROGATE) else 401

    report = probe(receive, secret=LONE_SURROGATE, policy="tolerant", max_examples=0)
    assert {finding.id for finding in report.findings} == {"body-not-json-accepts"}
    assert probe_cases(secret=LONE_SURROGATE, ids="wire:signature-missing")
    (fault,) = wire_faults(secret=LONE_SURROGATE, ids=["signature-other-secret"])
    assert fault.examples[0].signature != sign(fault.examples[0].body, LONE_SURROGATE)
    redactor = Redactor(LONE_SURROGATE)
    for text in (LONE_SURROGATE, ascii(LONE_SURROGATE), json.dumps(LONE_SURROGATE)):
        assert "lone" not in redactor.redact_string(text)
    raw = LONE_SURROGATE.encode("utf-8", "surrogatepass")
    assert redactor.redact_reply(Reply(200, (), raw)).body == b"[the webhook secret]"


def test_reports_do_not_contain_the_query_of_a_url(capsys, tmp_path):
    def application(environ, start_response):
        start_response("500 No", [])
        return []

    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "html", "junit")}
    options = [part for kind, file in files.items() for part in (f"--{kind}", str(file))]
    kept = tmp_path / "kept"
    with serving(application) as url:
        command = ["probe", f"{url}/hooks?token=hush", "--secret", "a secret", *options]
        assert main([*command, "--record", str(kept)]) == 1
        assert "hush" not in "".join(capsys.readouterr())
        for file in (*files.values(), *kept.iterdir()):
            assert "hush" not in file.read_text()
            if file.suffix != ".body":
                assert f"{url}/hooks?..." in file.read_text()
        # Without its query the URL in the report cannot be used.
        assert main(["replay", str(files["json"])]) == 2
        assert "add --url URL" in capsys.readouterr().err
        assert main(["replay", str(files["json"]), "--url", f"{url}/hooks?token=hush"]) == 1


def test_an_application_is_called_with_the_query_that_reports_do_not_contain():
    queries = []

    def application(environ, start_response):
        queries.append(environ["QUERY_STRING"])
        start_response("500 No", [])
        return []

    report = probe(application, url="/hooks?token=hush")
    assert set(queries) == {"token=hush"}
    text, data, page, xml = outputs(report)
    assert "hush" not in text + data + page + xml
    for output in (text, page, xml):
        assert "http://127.0.0.1:8000/hooks?..." in output


def test_an_error_does_not_contain_the_query_of_a_template():
    def application(environ, start_response):
        start_response("204 Fine" if environ["REQUEST_METHOD"] == "POST" else "500 No", [])
        return []

    with pytest.raises(ProbeError, match="answered GET with 500") as caught:
        probe(application, observe="/of/{integration_id}?token=hush")
    assert "hush" not in str(caught.value)
