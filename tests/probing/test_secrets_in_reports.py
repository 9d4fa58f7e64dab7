"""What is secret stays out of whatever a probe says: the webhook secret, and queries of URLs."""

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

LONG = "a-secret-of-seventy-letters-" + "".join(f"{n:03}" for n in range(14))
ODD = "half a pair \ud800 of it"


def outputs(report):
    """A report in all forms."""
    with pytest.raises(AssertionError) as caught:
        report.check()
    page, xml = html_report(report).decode(), junit_report(report).decode()
    return str(caught.value), json.dumps(data_report(report)), page, xml


def test_a_secret_in_an_observation_that_fails_once():
    """A note says why it failed, and not what was in it, whatever raised it."""
    looks = 0

    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, LONG) else 401

    def observe(integration_id):
        nonlocal looks
        looks += 1
        if looks == 2:
            raise TransportError("timeout", f"http://127.0.0.1/of/{LONG}: no answer")

    report = probe(receive, secret=LONG, policy="tolerant", max_examples=0, observe=observe)
    (note,) = (note for note in report.notes if "could not be observed" in note)
    assert "http://127.0.0.1/of/[the webhook secret]: no answer" in note
    assert not any(LONG in text for text in outputs(report))


@pytest.mark.slow
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_observed_secret_that_is_cut_short(wrapped):
    """Of half a secret no form would be found any more, so that it goes before anything is cut."""

    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, LONG) else 401

    def observe(integration_id):
        return {"state": [{"is": LONG}] if wrapped else LONG, "updated_at": LONG}

    report = probe(receive, secret=LONG, policy="tolerant", max_examples=0, observe=observe)
    assert report.findings
    for output in outputs(report):
        assert LONG[:12] not in output


def test_a_reply_that_is_cut_short():
    """The beginning of the secret at its end goes, too."""
    cut = ("x" * 65_536 + LONG)[: 65_536 + 20].encode()[-65_536:]
    assert Redactor(LONG).reply(Reply(200, (), cut)).body.endswith(b"x[the webhook secret]")
    short = b"x" + LONG[:20].encode()
    assert Redactor(LONG).reply(Reply(200, (), short)).body == short


def test_a_secret_that_is_too_short_to_be_kept_out():
    """It is said, since it can't be helped."""

    def noted(secret):
        report = probe(lambda delivery: 500, secret=secret)
        return [note for note in report.notes if "less than 6 characters" in note]

    assert len(noted("short")) == 1
    assert noted("longer") == []


def test_a_secret_with_half_a_pair():
    """Whoever can sign with it can probe with it."""

    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, ODD) else 401

    report = probe(receive, secret=ODD, policy="tolerant", max_examples=0)
    assert {finding.id for finding in report.findings} == {"body-not-json-accepts"}
    assert probe_cases(secret=ODD, ids="wire:signature-missing")
    (fault,) = wire_faults(secret=ODD, ids=["signature-other-secret"])
    assert fault.examples[0].signature != sign(fault.examples[0].body, ODD)
    redactor = Redactor(ODD)
    for said in (ODD, ascii(ODD), json.dumps(ODD)):
        assert "half" not in redactor.text(said)
    raw = ODD.encode("utf-8", "surrogatepass")
    assert redactor.reply(Reply(200, (), raw)).body == b"[the webhook secret]"


def test_the_query_of_a_url_is_in_no_report(capsys, tmp_path):
    """Neither that of the receiver nor that of a template; a token may be in it."""

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
        # It isn't known where to, then.
        assert main(["replay", str(files["json"])]) == 2
        assert "--url: " in capsys.readouterr().err
        assert main(["replay", str(files["json"]), "--url", f"{url}/hooks?token=hush"]) == 1


def test_the_query_of_an_application_is_in_no_report():
    """It is called with it."""
    asked = []

    def application(environ, start_response):
        asked.append(environ["QUERY_STRING"])
        start_response("500 No", [])
        return []

    report = probe(application, url="/hooks?token=hush")
    assert set(asked) == {"token=hush"}
    told, data, page, xml = outputs(report)
    assert "hush" not in told + data + page + xml
    for text in (told, page, xml):
        assert "http://127.0.0.1:8000/hooks?..." in text


def test_the_query_of_a_template_is_in_no_message():
    """Where what the receiver knows can't be seen."""

    def application(environ, start_response):
        start_response("204 Fine" if environ["REQUEST_METHOD"] == "POST" else "500 No", [])
        return []

    with pytest.raises(ProbeError, match="answered GET with 500") as caught:
        probe(application, observe="/of/{integration_id}?token=hush")
    assert "hush" not in str(caught.value)
