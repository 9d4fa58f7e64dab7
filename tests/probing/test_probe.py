"""The probe, tried on receivers whose one bug is known, and on some that have none."""

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
from support.sampling import some_fast

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

SEEN = [planted for planted in BROKEN if not planted.unseen]


def probed(receiver: Any, policy: Any = "strict", **options: Any) -> Report:
    """A run in this process, which is quick to call something a hang, or wrong."""
    quick = {"max_examples": 20, "timeout": 0.6, "settle": 0.05}
    options = {"secret": SECRET, "observe": OBSERVE, **quick, **options}
    try:
        return probe(receiver, policy=policy, url="/hooks", **options)
    finally:
        close = getattr(receiver, "close", None)
        if close is not None:
            close()


@pytest.mark.parametrize("good", some_fast(GOOD, 16), ids=str)
def test_nothing_is_found_where_nothing_is_wrong(good):
    """No false alarm, however unusual the right behaviour is."""
    report = probed(good.receiver_factory(SECRET), good.policy, timeout=5)
    assert [finding.title for finding in report.findings] == []
    assert report.stopped == ""


@pytest.mark.slow
def test_what_is_applied_later_is_waited_for():
    """As long as one says, and not for ever."""
    report = probed(AppliesLater(SECRET, "tolerant"), "tolerant", settle=30, timeout=5)
    assert [finding.title for finding in report.findings] == []
    report = probed(AppliesLater(SECRET, "tolerant"), "tolerant", settle=0.001, timeout=5)
    assert {finding.category for finding in report.findings} == {"acknowledged-not-applied"}
    assert "--settle" in report.findings[0].fix


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 20))
@pytest.mark.parametrize("policy", ["strict", "tolerant"])
def test_nothing_is_found_with_any_seed(seed, policy):
    """Nor with other payloads."""
    report = probed(Receiver(SECRET, policy=policy), policy, seed=seed, timeout=5)
    assert [finding.title for finding in report.findings] == []


def is_named(planted, report):
    """One finding, or two, and the text of one names the cause."""
    texts = [f"{f.title}\n{f.text}\n{f.fix}" for f in report.findings]
    assert any(re.search(planted.words, text, re.IGNORECASE) for text in texts), texts
    assert len(report.findings) <= planted.most, [finding.title for finding in report.findings]
    assert len({finding.id for finding in report.findings}) == len(report.findings)
    cases = {case for finding in report.findings for case in finding.cases}
    assert {outcome.case.id for outcome in report.outcomes if outcome.state == "wrong"} <= cases


@pytest.mark.parametrize("planted", some_fast(SEEN, 300), ids=str)
def test_bugs_are_found_and_named(planted):
    """Each of them, which takes minutes."""
    # Enough for a machine that stands still for a moment.
    timeout = 1.5 if planted.category == "hangs" else 5
    report = probed(planted.receiver_factory(SECRET), planted.policy, timeout=timeout)
    is_named(planted, report)


def test_the_first_delivery_tells_what_is_wrong_with_the_set_up():
    report = probed(Receiver("another secret"))
    (finding,) = report.findings
    assert finding.id == "first-delivery"
    assert finding.cause is FIRST_SECRET
    assert finding.title == snapshot(
        "rejects the first good delivery, most likely because of a wrong secret"
    )
    assert report.stopped == "the first good delivery was not accepted"
    assert report.deliveries < 20


def test_state_that_cannot_be_seen_is_not_judged():
    """It is never said to be right."""
    report = probed(Receiver(SECRET), observe=None)
    assert report.findings == ()
    assert report.not_judged[0].startswith("the state of the receiver")


def test_a_callable_is_a_receiver():
    """It takes a delivery and returns a status."""

    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, SECRET) else 401

    report = probe(receive, secret=SECRET, policy="tolerant", max_examples=5)
    assert [finding.id for finding in report.findings] == ["body-not-json-accepts"]


def test_an_asgi_application_is_a_receiver():
    """Its lifespan is run, and its exceptions are crashes."""
    said = []

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            said.append((await receive())["type"])
            await send({"type": "lifespan.startup.complete"})
            said.append((await receive())["type"])
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
    assert said == ["lifespan.startup", "lifespan.shutdown"]
    assert "crashes" in {finding.category for finding in report.findings}


def test_the_secret_is_kept_out_of_what_is_said(tmp_path):
    """Also where the receiver shows it, which is a finding."""

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


def test_cases_know_what_is_special_about_them():
    """What differs from the nearest valid delivery is at the place that the case is about."""
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
    """A baseline makes the run green, and the finding stays known."""

    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, SECRET) else 401

    options = {"secret": SECRET, "policy": "tolerant", "max_examples": 5}
    report = probe(receive, skip=["body-not-json-accepts"], **options)
    assert report.ok
    assert [finding.id for finding in report.skipped] == ["body-not-json-accepts"]


@pytest.mark.slow
def test_two_runs_with_the_same_seed_find_the_same():
    """Only ids differ, so that a second run against the same database works."""
    receiver = Receiver(SECRET)
    first, second = (data_report(probed(receiver, seed=3, timeout=5)) for _ in range(2))
    assert first == second
    assert first["findings"] == []
    assert probed(receiver, seed=4, timeout=5).findings == ()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"policy": "strikt"}, UnknownNameError, "did you mean 'strict'"),
        ({"event": "sync-finsihed"}, UnknownNameError, "did you mean 'sync-finished'"),
        ({"secret": ""}, SecretError, "the secret is empty"),
        ({"observe": "/integrations"}, ProbeError, "has no {integration_id}"),
    ],
)
def test_bad_options_are_said_before_anything_is_sent(options, error, message):
    """The nearest name is suggested."""
    with pytest.raises(error, match=re.escape(message)):
        probe(lambda delivery: pytest.fail("sent"), **options)
    with pytest.raises(ProbeError, match="int is not a receiver"):
        probe(3)


def test_every_event_can_be_sent():
    """A receiver of another event is probed in the same way."""

    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, SECRET) else 401

    report = probe(
        receive, secret=SECRET, event=["sync-finished", "data-changed"], policy="tolerant",
        max_examples=5,
    )  # fmt: skip
    names = [finding.id for finding in report.findings]
    assert names == ["sync-finished:body-not-json-accepts", "data-changed:body-not-json-accepts"]


@pytest.mark.slow
def test_command_line_on_a_good_receiver(capsys, tmp_path):
    """Status 0, and all reports are written."""
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
    told = json.loads(files["json"].read_bytes())
    assert told["findings"] == []
    suite = ElementTree.fromstring(files["junit"].read_bytes())[0]
    assert suite.get("failures") == "0"
    assert int(suite.get("tests")) >= 6
    kept = sorted((tmp_path / "kept").iterdir())
    archive = json.loads((tmp_path / "kept" / "probe.har").read_bytes())
    assert len(kept) == 2 * len(archive["log"]["entries"]) + 1
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in (*kept, *files.values()))


ECHOED = "s3cret/of 'a' <receiver>"
SPELLINGS = (
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
def test_an_echoed_secret_is_in_no_output(capsys, tmp_path):
    """Not on the terminal, in no report and no record; that it was shown is found."""

    def receive(environ, start_response):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        right = verify(body, environ.get("HTTP_X_KOMBO_SIGNATURE", ""), ECHOED)
        headers = [("X-Debug", ECHOED), ("X-More", SPELLINGS[6].decode())]
        start_response("204 No Content" if right else "401 Unauthorized", headers)
        return [] if right else [b"wrong: ", b" ".join(SPELLINGS)]

    reports = [tmp_path / f"report.{kind}" for kind in ("json", "junit", "html")]
    options = [f"--{path.suffix[1:]}={path}" for path in reports]
    with serving(receive) as url:
        status = main(
            ["probe", f"{url}/hooks", "--secret", ECHOED, "--max-examples", "0", *options,
             "--policy", "tolerant", "--record", str(tmp_path / "kept")]
        )  # fmt: skip
    said = capsys.readouterr()
    assert status == 1
    assert "leaks-secret" in said.out
    files = [*reports, *(tmp_path / "kept").iterdir()]
    outputs = [said.out.encode(), said.err.encode(), *(path.read_bytes() for path in files)]
    for output in outputs:
        for shown in SPELLINGS:
            assert shown not in output
        # Answers are in base64 in some of them, at one of three offsets.
        for start in range(3):
            middle = ECHOED.encode()[start : 3 * (len(ECHOED) // 3) - 3 + start]
            assert b64encode(middle) not in output


@pytest.mark.slow
def test_a_bug_in_counting_hides_no_other():
    counts = type(get_planted("counts-older-events").receiver_factory(SECRET))
    compares_strings = {"is_newer": lambda self, good, new, old: new > old}
    report = probed(subclass("both", counts, compares_strings)(SECRET), max_examples=0)
    causes = [finding.cause for finding in report.findings]
    assert causes == [TIMELINE_COUNTS_LATE, TIMELINE_TIMESTAMPS]


@pytest.mark.slow
def test_what_is_observed_shows_no_secret():
    """Neither where it is no JSON object, nor where it differs from what was sent."""

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
def test_command_line_on_a_broken_receiver(capsys, tmp_path):
    """Status 1, a baseline makes it 0, and what was found can be sent again."""
    planted = get_planted("accepts-missing-signature")
    report = tmp_path / "report.json"
    with serving(planted.receiver_factory(SECRET)) as url:
        common = ["probe", f"{url}/hooks", "--secret", SECRET, "--max-examples", "0"]
        assert main([*common, "--json", str(report)]) == 1
        out = capsys.readouterr().out
        assert "finding signature-absent (accepts-invalid; " in out
        assert main([*common, "--baseline", str(report)]) == 0
        assert "known signature-absent: " in capsys.readouterr().out
        assert main([*common, "--skip", "signature-absent"]) == 0
        capsys.readouterr()
        # A copy of what was taken is taken, too.
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
        (["http://127.0.0.1:9/", "--observe-url", "http://x/"], "has no {integration_id}"),
        (["http://127.0.0.1:9/", "--baseline", "nowhere.json"], "no such file"),
        (["http://127.0.0.1:9/", "--json", "/nowhere/x.json"], "there is no directory"),
    ],
)
def test_command_line_says_what_is_wrong_in_a_line(capsys, arguments, message):
    """Status 2, before anything is sent."""
    assert main(["probe", *arguments, "--secret", "x"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_command_line_without_a_secret(capsys, monkeypatch, tmp_path):
    """All three ways to give one are named."""
    monkeypatch.delenv("KOMBO_WEBHOOK_SECRET", raising=False)
    assert main(["probe", "http://127.0.0.1:9/"]) == 2
    assert "KOMBO_WEBHOOK_SECRET" in capsys.readouterr().err
    empty = tmp_path / "empty.txt"
    empty.write_text("\n")
    assert main(["probe", "http://127.0.0.1:9/", "--secret-file", str(empty)]) == 2
    assert "empty" in capsys.readouterr().err


def test_junit_can_hold_any_text():
    """What XML has no way to write is replaced."""
    report = probe(lambda delivery: 500)
    hostile = replace(report.findings[0], headline="a\x00b\ud800", shown_by="", text="\x1b<>&")
    changed = replace(report, findings=(hostile,))
    suite = ElementTree.fromstring(junit_report(changed))[0]
    assert suite[0][0].get("message") == "a\ufffdb\ufffd"
