"""The probe of receivers that have one known bug, and of receivers that have none."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree

import pytest
from inline_snapshot import snapshot
from support.gallery.broken import BROKEN, get_planted
from support.gallery.good import GOOD, AppliesLater
from support.gallery.planted import subclass
from support.gallery.receiver import Receiver
from support.gallery.serving import serving
from support.sampling import part, some_fast

from kombo_fakes import ProbeError, Schema, SecretError, UnknownNameError, probe, verify
from kombo_fakes.cli.main import main
from kombo_fakes.core.pointer import get, parse_pointer, replace_at
from kombo_fakes.errors import PointerError
from kombo_fakes.probing.reports.as_json import data_report
from kombo_fakes.probing.reports.as_junit import junit_report
from kombo_fakes.probing.reports.recorder import Recorder
from kombo_fakes.probing.reports.report import Report
from kombo_fakes.probing.verdicts.causes import (
    FIRST_SECRET,
    TIMELINE_COUNTS_LATE,
    TIMELINE_TIMESTAMPS,
)

SECRET = "s3cret of a receiver"
OBSERVE = "/integrations/{integration_id}"

FOUND = [planted for planted in BROKEN if not planted.unseen]


def run_probe(receiver: Any, policy: Any = "strict", **options: Any) -> Report:
    """Probe a receiver in this process, with short time limits."""
    quick = {"max_examples": 20, "timeout": 0.6, "settle": 0.05}
    options = {"secret": SECRET, "observe": OBSERVE, **quick, **options}
    try:
        return probe(receiver, policy=policy, url="/hooks", **options)
    finally:
        close = getattr(receiver, "close", None)
        if close is not None:
            close()


@pytest.mark.parametrize("good", some_fast(GOOD, 16), ids=str)
def test_a_receiver_without_a_bug_has_no_findings(good):
    report = run_probe(good.receiver_factory(SECRET), good.policy, timeout=5)
    assert [finding.title for finding in report.findings] == []
    assert report.stopped == ""


@pytest.mark.slow
def test_the_probe_waits_as_long_as_settle_for_the_state():
    report = run_probe(AppliesLater(SECRET, "tolerant"), "tolerant", settle=30, timeout=5)
    assert [finding.title for finding in report.findings] == []
    report = run_probe(AppliesLater(SECRET, "tolerant"), "tolerant", settle=0.001, timeout=5)
    assert {finding.category for finding in report.findings} == {"acknowledged-not-applied"}
    assert "--settle" in report.findings[0].fix


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 1 + part(19)))
@pytest.mark.parametrize("policy", ["strict", "tolerant"])
def test_a_receiver_without_a_bug_has_no_findings_with_any_seed(seed, policy):
    report = run_probe(Receiver(SECRET, policy=policy), policy, seed=seed, timeout=5)
    assert [finding.title for finding in report.findings] == []


def check_names(planted, report):
    """Check that few findings are reported, and that one names the planted bug."""
    texts = [f"{f.title}\n{f.text}\n{f.fix}" for f in report.findings]
    assert any(re.search(planted.words, text, re.IGNORECASE) for text in texts), texts
    assert len(report.findings) <= planted.most, [finding.title for finding in report.findings]
    assert len({finding.id for finding in report.findings}) == len(report.findings)
    cases = {case for finding in report.findings for case in finding.cases}
    assert {outcome.case.id for outcome in report.outcomes if outcome.state == "wrong"} <= cases


@pytest.mark.parametrize("planted", some_fast(FOUND, 300), ids=str)
def test_a_planted_bug_is_found_and_named(planted):
    # Long enough for a machine that stands still for a moment.
    timeout = 1.5 if planted.category == "hangs" else 5
    report = run_probe(planted.receiver_factory(SECRET), planted.policy, timeout=timeout)
    check_names(planted, report)


def test_a_wrong_secret_is_the_only_finding_and_stops_the_run():
    report = run_probe(Receiver("another secret"))
    (finding,) = report.findings
    assert finding.id == "first-delivery"
    assert finding.cause is FIRST_SECRET
    assert finding.title == snapshot(
        "rejects the first good delivery, most likely because of a wrong secret"
    )
    assert report.stopped == "the first good delivery was not accepted"
    assert report.deliveries < 20


def test_state_that_cannot_be_observed_is_not_judged():
    report = run_probe(Receiver(SECRET), observe=None)
    assert report.findings == ()
    assert report.not_judged[0].startswith("the stored state")


def test_a_callable_is_a_receiver():
    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, SECRET) else 401

    report = probe(receive, secret=SECRET, policy="tolerant", max_examples=5)
    assert [finding.id for finding in report.findings] == ["body-not-json-accepts"]


def test_an_asgi_application_is_run_with_its_lifespan_and_its_exceptions_are_crashes():
    lifespan = []

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            lifespan.append((await receive())["type"])
            await send({"type": "lifespan.startup.complete"})
            lifespan.append((await receive())["type"])
            await send({"type": "lifespan.shutdown.complete"})
            return
        message = await receive()
        headers = dict(scope["headers"])
        signature = headers.get(b"x-kombo-signature")
        right = verify(message["body"], signature, SECRET)
        if right and not message["body"].startswith(b"{"):
            raise RuntimeError("no object")
        await send({"type": "http.response.start", "status": 204 if right else 401})
        await send({"type": "http.response.body", "body": b""})

    report = probe(application, secret=SECRET, policy="tolerant", max_examples=5)
    assert lifespan == ["lifespan.startup", "lifespan.shutdown"]
    assert "crashes" in {finding.category for finding in report.findings}


def test_the_secret_is_redacted_where_the_receiver_leaks_it(tmp_path):
    def application(environ, start_response):
        start_response("200 OK", [("X-Settings", f"a={SECRET};b=1")])
        return [f'{{"secret": "{SECRET}"}}'.encode()]

    with Recorder(str(tmp_path / "kept"), "http://127.0.0.1/") as recorder:
        report = probe(application, secret=SECRET, max_examples=0, on_exchange=recorder.keep)
    assert "leaks-secret" in [finding.id for finding in report.findings]
    assert SECRET not in repr(report) + repr(report.outcomes)
    reply = report.findings[-1].exchanges[-1].reply
    assert reply.header("x-settings") == "a=[the webhook secret];b=1"
    assert reply.text == '{"secret": "[the webhook secret]"}'
    for path in (tmp_path / "kept").iterdir():
        assert SECRET.encode() not in path.read_bytes(), path
    for path in (tmp_path / "kept").glob("*.json"):
        assert SECRET.encode() not in b64decode(json.loads(path.read_text())["reply"]["body"])


def test_a_case_differs_from_its_nearest_valid_delivery_only_at_its_pointer():
    schema = Schema.load()
    report = probe(lambda delivery: 204, secret=SECRET, max_examples=0)
    seen = Counter()
    for outcome in report.outcomes:
        case = outcome.case
        assert case.event == "integration-state-changed"
        if case.nearest is None:
            continue
        assert verify(case.nearest.body, case.nearest.signature, SECRET)
        assert case.nearest != case.delivery
        assert schema.is_valid(case.nearest.payload)
        if case.group in ("valid", "fault", "change") and case.pointer:
            near, sent = case.nearest.payload, case.delivery.payload
            path = parse_pointer(case.pointer)
            with suppress(PointerError):
                assert replace_at(near, path, get(sent, path)) == sent, case.id
                seen[case.group] += 1
    assert min(seen[group] for group in ("valid", "fault", "change")) > 5


def test_known_findings_are_skipped():
    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, SECRET) else 401

    options = {"secret": SECRET, "policy": "tolerant", "max_examples": 5}
    report = probe(receive, skip=["body-not-json-accepts"], **options)
    assert report.ok
    assert [finding.id for finding in report.skipped] == ["body-not-json-accepts"]


@pytest.mark.slow
def test_runs_against_the_same_database_find_the_same_with_the_same_seed():
    receiver = Receiver(SECRET)
    first, second = (data_report(run_probe(receiver, seed=3, timeout=5)) for _ in range(2))
    assert first == second
    assert first["findings"] == []
    assert run_probe(receiver, seed=4, timeout=5).findings == ()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"policy": "strikt"}, UnknownNameError, "did you mean 'strict'"),
        ({"event": "sync-finsihed"}, UnknownNameError, "did you mean 'sync-finished'"),
        ({"secret": ""}, SecretError, "the secret is empty"),
        ({"observe": "/integrations"}, ProbeError, "has no {integration_id}"),
    ],
)
def test_invalid_options_raise_before_a_delivery_is_sent(options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        probe(lambda delivery: pytest.fail("sent"), **options)
    with pytest.raises(ProbeError, match="int is not a receiver"):
        probe(3)


def test_ids_of_findings_begin_with_the_event_if_there_are_several():
    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, SECRET) else 401

    report = probe(
        receive, secret=SECRET, event=["sync-finished", "data-changed"], policy="tolerant",
        max_examples=5,
    )  # fmt: skip
    names = [finding.id for finding in report.findings]
    assert names == ["sync-finished:body-not-json-accepts", "data-changed:body-not-json-accepts"]


@pytest.mark.slow
def test_the_command_ends_with_status_0_and_writes_all_reports(capsys, tmp_path):
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "junit")}
    with serving(Receiver(SECRET)) as url:
        status = main(
            ["probe", f"{url}/hooks", "--secret", SECRET, "--observe-url", url + OBSERVE,
             "--max-examples", "5", "--record", str(tmp_path / "kept"),
             "--json", str(files["json"]), "--junit", str(files["junit"])]
        )  # fmt: skip
    out = capsys.readouterr().out
    assert status == 0, out
    assert "strict: no finding in " in out
    data = json.loads(files["json"].read_bytes())
    assert data["findings"] == []
    suite = ElementTree.fromstring(files["junit"].read_bytes())[0]
    assert suite.get("failures") == "0"
    assert int(suite.get("tests")) >= 6
    kept = sorted((tmp_path / "kept").iterdir())
    archive = json.loads((tmp_path / "kept" / "probe.har").read_bytes())
    assert len(kept) == 2 * len(archive["log"]["entries"]) + 1
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in (*kept, *files.values()))


ECHOED = "s3cret/of 'a' <receiver>"
ENCODED = (
    ECHOED.encode(),
    quote(ECHOED).encode(),
    quote_plus(ECHOED).encode(),
    json.dumps({"key": ECHOED}).encode(),
    escape(ECHOED).encode(),
    repr(RuntimeError(ECHOED)).encode(),
    b64encode(ECHOED.encode()),
    urlsafe_b64encode(ECHOED.encode()).rstrip(b"="),
    ECHOED.encode().hex().upper().encode(),
)


@pytest.mark.slow
def test_an_echoed_secret_is_a_finding_and_in_no_output(capsys, tmp_path):
    def receive(environ, start_response):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        right = verify(body, environ.get("HTTP_X_KOMBO_SIGNATURE", ""), ECHOED)
        headers = [("X-Debug", ECHOED), ("X-More", ENCODED[6].decode())]
        start_response("204 No Content" if right else "401 Unauthorized", headers)
        return [] if right else [b"wrong: ", b" ".join(ENCODED)]

    reports = [tmp_path / f"report.{kind}" for kind in ("json", "junit", "html")]
    options = [f"--{path.suffix[1:]}={path}" for path in reports]
    with serving(receive) as url:
        status = main(
            ["probe", f"{url}/hooks", "--secret", ECHOED, "--max-examples", "0", *options,
             "--policy", "tolerant", "--record", str(tmp_path / "kept")]
        )  # fmt: skip
    printed = capsys.readouterr()
    assert status == 1
    assert "leaks-secret" in printed.out
    files = [*reports, *(tmp_path / "kept").iterdir()]
    outputs = [printed.out.encode(), printed.err.encode(), *(path.read_bytes() for path in files)]
    for output in outputs:
        for encoded in ENCODED:
            assert encoded not in output
        # Some outputs hold the answers in base64, in which a secret has one of three offsets.
        for start in range(3):
            middle = ECHOED.encode()[start : 3 * (len(ECHOED) // 3) - 3 + start]
            assert b64encode(middle) not in output


@pytest.mark.slow
def test_a_wrong_count_of_events_does_not_hide_another_bug():
    counts = type(get_planted("counts-older-events").receiver_factory(SECRET))
    compares_strings = {"is_newer": lambda self, good, new, old: new > old}
    report = run_probe(subclass("both", counts, compares_strings)(SECRET), max_examples=0)
    causes = [finding.cause for finding in report.findings]
    assert causes == [TIMELINE_COUNTS_LATE, TIMELINE_TIMESTAMPS]


@pytest.mark.slow
def test_the_secret_in_an_observed_state_is_redacted():
    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, ECHOED) else 401

    report = probe(
        receive,
        secret=ECHOED,
        policy="tolerant",
        max_examples=0,
        observe=lambda _: {"state": ECHOED},
    )
    texts = [f"{finding.title} {finding.text}" for finding in report.findings]
    assert repr(ECHOED)[1:-1] not in "".join(texts)
    assert "state is '[the webhook secret]'" in "".join(texts)
    assert "Sent: a GET that observes the state." in "".join(texts)

    def application(environ, start_response):
        start_response("200 OK", [])
        return [json.dumps([ECHOED]).encode()]

    with pytest.raises(ProbeError) as caught:
        probe(application, secret=ECHOED, observe=OBSERVE)
    assert "answered an array; expected a JSON object" in str(caught.value)


@pytest.mark.slow
def test_the_findings_of_the_command_can_be_skipped_and_replayed(capsys, tmp_path):
    planted = get_planted("accepts-missing-signature")
    report = tmp_path / "report.json"
    with serving(planted.receiver_factory(SECRET)) as url:
        common = ["probe", f"{url}/hooks", "--secret", SECRET, "--max-examples", "0"]
        assert main([*common, "--json", str(report)]) == 1
        out = capsys.readouterr().out
        assert "finding signature-absent: " in out
        assert "Category: accepts what it has to reject" in out
        assert main([*common, "--baseline", str(report)]) == 0
        assert "known signature-absent: " in capsys.readouterr().out
        assert main([*common, "--skip", "signature-absent"]) == 0
        capsys.readouterr()
        # The receiver accepts a copy of the delivery, too.
        assert main(["replay", str(report)]) == 1
        assert capsys.readouterr().out.startswith("signature-absent\t")
    assert main(["replay", str(report)]) == 2
    assert "nothing accepts connections" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["127.0.0.1:8000"], "did you mean 'http://127.0.0.1:8000'?"),
        (
            ["http://192.0.2.1/"],
            "is another machine than this one",
        ),
        (["http://127.0.0.1:9/"], "nothing accepts connections there"),
        (["http://127.0.0.1:9/", "--event", "x"], "unknown event 'x'"),
        (
            ["http://127.0.0.1:9/", "--observe-url", "http://x/"],
            "--observe-url 'http://x/': has no {int",
        ),
        (["http://127.0.0.1:9/", "--record", __file__], "is a file; give a new directory"),
        (["http://127.0.0.1:9/", "--baseline", "nowhere.json"], "no such file"),
        (["http://127.0.0.1:9/", "--json", "/nowhere/x.json"], "there is no directory"),
    ],
)
def test_an_invalid_argument_is_reported_in_one_line_with_status_2(capsys, arguments, message):
    assert main(["probe", *arguments, "--secret", "x"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_a_missing_or_empty_secret_ends_the_command_with_status_2(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("KOMBO_WEBHOOK_SECRET", raising=False)
    assert main(["probe", "http://127.0.0.1:9/"]) == 2
    assert "KOMBO_WEBHOOK_SECRET" in capsys.readouterr().err
    empty = tmp_path / "empty.txt"
    empty.write_text("\n")
    assert main(["probe", "http://127.0.0.1:9/", "--secret-file", str(empty)]) == 2
    assert "empty" in capsys.readouterr().err


def test_junit_replaces_characters_that_xml_cannot_hold():
    report = probe(lambda delivery: 500)
    hostile = replace(report.findings[0], headline="a\x00b\ud800", shown_by="", text="\x1b<>&")
    changed = replace(report, findings=(hostile,))
    suite = ElementTree.fromstring(junit_report(changed))[0]
    assert suite[0][0].get("message") == "a\ufffdb\ufffd"
