"""What a probe makes of what it has seen: nothing gets lost, nothing is said that wasn't seen."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
from inline_snapshot import snapshot
from support.gallery.receiver import Answer, Receiver, Rejection

from kombo_fakes import (
    Delivery,
    ProbeError,
    ReceiverError,
    Schema,
    TransportError,
    probe,
    probe_cases,
    verify,
)
from kombo_fakes.cli.probe_output import print_report
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.scenarios import SCENARIOS
from kombo_fakes.probing.engine.client import Client
from kombo_fakes.probing.engine.session import Session
from kombo_fakes.probing.model import (
    Case,
    Category,
    Cause,
    Exchange,
    Failure,
    Finding,
    Likelihood,
    Policy,
    Reply,
)
from kombo_fakes.probing.reports.as_html import html_report
from kombo_fakes.probing.reports.as_json import data_report
from kombo_fakes.probing.reports.as_junit import junit_report
from kombo_fakes.probing.reports.plain_text import finding_lines
from kombo_fakes.probing.reports.report import Report
from kombo_fakes.probing.secrets.redaction import Redactor
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.probing.verdicts.diagnosis.pipeline import diagnose
from kombo_fakes.probing.verdicts.diagnosis.result import SLUGS
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.judge import leak
from kombo_fakes.webhooks.shipped import events

SECRET = "s3cret of a receiver"
OBSERVE = "/integrations/{integration_id}"
EVENT = "integration-state-changed"

Receive = Callable[[Delivery], int]


def good(event: str = EVENT) -> Receive:
    """A callable that does everything right, but for what it stores."""
    schemas = {name: Schema.load(name) for name in (event, *events())}

    def receive(delivery: Delivery) -> int:
        if not verify(delivery.body, delivery.signature, SECRET):
            return 401
        try:
            payload = delivery.payload
        except ValueError:
            return 400
        known = schemas.get(str(payload.get("type"))) if isinstance(payload, dict) else None
        return 204 if known is not None and known.is_valid(payload) else 422

    return receive


def probed(receiver: Any, **options: Any) -> Report:
    """A short run."""
    return probe(receiver, **{"secret": SECRET, "max_examples": 0, "url": "/hooks", **options})


def ids(report: Report) -> list[str]:
    """The ids of what was found."""
    return [finding.id for finding in report.findings]


def suite_of(report: Report) -> ElementTree.Element:
    """The suite of JUnit."""
    return ElementTree.fromstring(junit_report(report))[0]


# -- too many requests


def test_too_many_requests_are_no_good_run() -> None:
    """Where the first delivery is answered so nothing can be told at all."""
    report = probed(lambda delivery: 429)
    assert ids(report) == ["first-delivery"]
    assert report.findings[0].cause is causes.FIRST_RATE_LIMITED
    assert not report.ok


def test_some_requests_too_many_are_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    """They count neither as owed nor as what the receiver does with tomorrow's payloads."""
    receive, count = good(), iter(range(10_000))
    report = probed(lambda delivery: 429 if next(count) % 3 else receive(delivery))
    busy = [o for o in report.outcomes if o.reply is not None and o.reply.is_rate_limited]
    assert {outcome.state for outcome in busy} == {"unjudged"}
    judged = sum(report.tried(group) for group in ("valid", "style", "wire", "change", "fault"))
    assert judged == len(report.outcomes) - len(busy)
    assert any("answered 429 (too many requests)" in line for line in report.not_judged)
    assert b"not judged" in html_report(report)
    told = data_report(report)["cases"]
    assert [case["judged"] for case in told] == [case["status"] != 429 for case in told]
    print_report(report)
    assert "not judged: " in capsys.readouterr().out
    # Of a receiver that takes all changes, since 429 is no refusal.
    always = probed(lambda delivery: 429 if b"added_later" in delivery.body else receive(delivery))
    assert not any("refuses tomorrow's payloads: properties" in note for note in always.notes)


def test_a_receiver_that_takes_no_more_requests_ends_the_run() -> None:
    """What never was judged isn't fine."""
    receive, count = good(), iter(range(10_000))
    report = probed(lambda delivery: receive(delivery) if next(count) < 20 else 429)
    assert report.findings == ()
    assert not report.ok
    assert "in a row were answered 429" in report.stopped
    assert report.deliveries < 200


def test_a_case_that_is_answered_429_is_no_pass() -> None:
    """Neither where a refusal is owed, nor where it has to be taken."""
    for case in probe_cases(ids=["wire:signature-missing", "realistic:1"]):
        with pytest.raises(ReceiverError, match="turn off the rate limit"):
            case.check(429)


def test_a_redirect_refuses_nothing() -> None:
    """Nor does 429."""
    assert [Reply(status).is_rejected for status in (302, 400, 429, 499, 500)] == [
        False, True, False, True, False,
    ]  # fmt: skip


# -- runs that end too early


def test_a_run_that_is_cut_short_is_not_fine() -> None:
    """It says why, and what was never sent."""
    report = probed(lambda delivery: 204, max_seconds=1e-9)
    assert not report.ok
    assert report.stopped == "the time limit of the run was reached"
    assert any("styles" in line and "not sent" in line for line in report.not_judged)
    with pytest.raises(
        ReceiverError, match=r"no finding .* the time limit of the run was reached"
    ) as caught:
        report.check()
    assert "Not judged: valid payloads, styles" in str(caught.value)
    assert "skip=[" not in str(caught.value)
    suite = suite_of(report)
    assert suite.get("errors") == "1"
    assert suite.get("skipped") == str(len(report.not_judged))
    assert [each.tag for case in suite for each in case].count("error") == 1


def test_what_was_cut_short_is_counted() -> None:
    """The part that was being played says how far it came."""
    receive, count = good(), iter(range(10_000))

    def received(delivery: Delivery) -> int:
        if next(count) == 30:
            raise KeyboardInterrupt
        return receive(delivery)

    report = probed(received)
    assert report.stopped == "interrupted"
    (line,) = [line for line in report.not_judged if "not sent" in line]
    assert line.startswith("valid payloads (29 of ")


# -- no failure without a finding


def all_cases(event: str, policy: Policy = "strict") -> list[Case]:
    """The single cases of an event."""
    return [
        case
        for _, cases in CaseMaker(event, SECRET, policy, 0, "a run").phases("a signature")
        for case in cases
    ]


def answer_to(case: Case) -> Reply:
    """The answer that is owed."""
    return Reply(204 if case.expectation == "accept" else 401)


def found_of(cases: list[Case], failing: Case, category: Category, reply: Reply) -> list[str]:
    """What is found where one case fails, and all others are answered as is owed."""
    evidence = Evidence(policy="strict")
    for case in cases:
        evidence.add_reply(case, reply if case is failing else answer_to(case))
    evidence.add(Failure(category, failing, (Exchange(failing.delivery, reply),)))
    return [finding.id for finding in diagnose(evidence)]


@pytest.mark.slow
@pytest.mark.parametrize("event", [EVENT, "data-changed"])
def test_whatever_fails_alone_is_found(event: str) -> None:
    """Each single case, in each way in which it can fail, is a finding, and one only."""
    cases = all_cases(event)
    wrong: list[tuple[Category, Reply]] = [
        ("crashes", Reply(500)),
        ("hangs", Reply(None, trouble="timeout")),
        ("accepts-invalid", Reply(204)),
        ("rejects-valid", Reply(422)),
        ("rejected-but-applied", Reply(422)),
        ("acknowledged-not-applied", Reply(204)),
        ("corrupts-state", Reply(204)),
    ]
    # One of each theme tells enough of a thousand cases.
    shown = list({(case.topic, case.pointer, case.expectation): case for case in cases}.values())
    for case in shown:
        for category, reply in wrong:
            assert len(found_of(cases, case, category, reply)) == 1, (case.id, category)


def new_cause(name: str) -> Cause:
    """A cause that no step of the diagnosis knows."""
    return Cause(name, "{verb} something new", "a fix", "a source", "hostile")


def test_cases_with_a_cause_that_no_step_knows_have_findings_of_their_own() -> None:
    cases = all_cases(EVENT)
    plain = next(case for case in cases if case.topic == "body-array")
    new = replace(plain, id="wire:body-new", topic="body-new", cause=new_cause("body-new"))
    cases.append(new)
    assert found_of(cases, new, "crashes", Reply(500)) == ["body-new-crashes"]
    change = next(case for case in cases if case.group == "change")
    other = replace(change, id="change:new", topic="new", cause=new_cause("change-new"))
    cases.append(other)
    assert found_of(cases, other, "crashes", Reply(500)) == ["change-new-crashes"]


def test_every_scenario_that_fails_is_found() -> None:
    first = CaseMaker(EVENT, SECRET, "strict", 0, "a run").valid.first()
    for scenario in SCENARIOS:
        for category in get_args(Category):
            case = replace(
                first, id=f"timeline:{scenario.id}", group="timeline", topic=scenario.cause.id,
                about=scenario.about, cause=scenario.cause,
            )  # fmt: skip
            evidence = Evidence(policy="strict")
            evidence.add(Failure(category, case, (Exchange(case.delivery, Reply(204)),)))
            (finding,) = diagnose(evidence)
            assert finding.cases == (case,)
    evidence = Evidence(policy="strict")
    new = replace(first, group="timeline", topic="new", cause=new_cause("timeline-new"))
    evidence.add(Failure("loses-events", new, (Exchange(new.delivery, Reply(204)),)))
    assert [finding.id for finding in diagnose(evidence)] == ["timeline-new-loses"]


def test_ids_of_findings_are_their_own() -> None:
    """Two ways to be wrong are two ids, since skipping one must not hide the other."""
    assert set(SLUGS) == set(get_args(Category))
    assert len(set(SLUGS.values())) == len(SLUGS)
    first = CaseMaker(EVENT, SECRET, "strict", 0, "a run").valid.first()
    forged = replace(
        first, id="timeline:forged-first", group="timeline", cause=causes.TIMELINE_FORGED
    )
    evidence = Evidence(policy="strict")
    for category in get_args(Category):
        evidence.add(Failure(category, forged, (Exchange(forged.delivery, Reply(204)),)))
    found = [finding.id for finding in diagnose(evidence)]
    assert len(found) == len(set(found)) == len(SLUGS)
    assert {"timeline-forged-rejects", "timeline-forged-applied"} <= set(found)


def test_every_case_that_failed_belongs_to_a_finding() -> None:
    """What one cause explains is counted with it."""

    def receive(delivery: Delivery) -> int:
        if not delivery.signature:
            return 204
        return good_one(delivery)

    good_one = good()
    for receiver in (receive, lambda delivery: 204, lambda delivery: 204 if delivery.body else 500):
        report = probed(receiver)
        failed = {o.case.id for o in report.outcomes if o.state == "wrong"}
        assert failed == {case for finding in report.findings for case in finding.cases}
    (finding,) = probed(receive).findings
    assert finding.id == "signature-absent"
    assert "wire:unsigned-empty" in finding.cases


# -- evidence that must not get lost


class Breaking(Receiver):
    """Answers nothing but 500 to who looks, from some look on."""

    looks = 0
    last = 3

    def get(self, environ: dict[str, Any]) -> Any:
        """The same, and then no more."""
        self.looks += 1
        if self.looks > self.last:
            raise RuntimeError("the pool is empty")
        return super().get(environ)


class Tired(Receiver):
    """Answers 503 to every hundredth who looks."""

    looks = 0

    def get(self, environ: dict[str, Any]) -> Any:
        """The same, but for that one."""
        self.looks += 1
        if self.looks % 100 == 99:
            raise Rejection(503, "one moment")
        return super().get(environ)


def test_a_look_that_fails_once_does_not_end_a_run() -> None:
    """It is made once more, and the report says so."""
    report = probed(Tired(SECRET), observe=OBSERVE)
    assert ids(report) == []
    assert report.stopped == ""
    (note,) = (note for note in report.notes if "could not be observed" in note)
    assert "answered GET with 503" in note


@pytest.mark.parametrize("last", [3, 40, 700])
def test_what_breaks_observing_is_found(last: int) -> None:
    """In the histories, in the cases, and while Hypothesis draws: the run ends with a report."""
    receiver = Breaking(SECRET)
    receiver.last = last
    report = probed(receiver, observe=OBSERVE, max_examples=300)
    assert ids(report) == ["afterwards"]
    (finding,) = report.findings
    assert "the state of the receiver can no longer be observed" in finding.title
    assert "answered GET with 500" in finding.text
    assert report.stopped == "the state of the receiver can no longer be observed"
    assert finding.exchanges
    assert not report.ok
    assert finding.cases[0] in {outcome.case.id for outcome in report.outcomes}


@pytest.mark.slow
def test_what_breaks_observing_for_a_moment_while_hypothesis_draws() -> None:
    """It isn't called flaky, though what is drawn passes when Hypothesis tries it again."""
    receiver = Breaking(SECRET)
    receiver.last = 100_000
    whole = probed(receiver, observe=OBSERVE, max_examples=0)
    assert whole.ok, ids(whole)
    before = receiver.looks

    class ForAMoment(Receiver):
        looks = 0

        def get(self, environ: dict[str, Any]) -> Any:
            """Like before, but for two looks in a row."""
            self.looks += 1
            if self.looks - before in (5, 6):
                raise RuntimeError("for a moment")
            return super().get(environ)

    report = probed(ForAMoment(SECRET), observe=OBSERVE, max_examples=100)
    assert ids(report) == ["afterwards"]


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            lambda name: ["a", "list"],
            "observe= returned a list; it has to return a mapping or None",
        ),
        (lambda name: 1 / 0, "observe= raised ZeroDivisionError: division by zero"),
        (lambda name: {"a": json.loads("[" * 900 + "]" * 900)}, None),
    ],
)
def test_an_observer_of_any_kind(seen: Any, said: str | None) -> None:
    """At the first look it is an error that says what; later on a finding."""
    if said is not None:
        with pytest.raises(ProbeError, match=said):
            probed(good(), observe=seen)
    looks = iter(range(10_000))
    report = probed(good(), observe=lambda name: None if next(looks) == 0 else seen(name))
    assert report.findings
    if said is not None:
        assert said in report.findings[0].text


def test_a_callable_that_returns_nothing_for_some() -> None:
    """What was found until then stays, and it is a finding as well."""
    right = good()

    def receive(delivery: Delivery) -> int | None:
        if not delivery.signature:
            return 204
        return None if delivery.body == b"null" else right(delivery)

    assert ids(probed(receive)) == ["faults-crashes", "signature-absent"]
    with pytest.raises(ProbeError, match="returned None"):
        probed(lambda delivery: None)


def test_an_observed_document_of_any_depth() -> None:
    """At the first look it is an error in a line; later on a finding."""
    deep = b"[" * 100_000

    class Deep(Receiver):
        looks = 0

        def get(self, environ: dict[str, Any]) -> Any:
            """From some look on what no parser can read."""
            self.looks += 1
            return Answer(200, deep) if self.looks > self.first else super().get(environ)

        first = 0

    with pytest.raises(ProbeError):
        probed(Deep(SECRET), observe=OBSERVE)
    later = Deep(SECRET)
    later.first = 2
    assert ids(probed(later, observe=OBSERVE)) == ["afterwards"]


def test_what_kills_a_receiver_is_named() -> None:
    """The run ends with a report, and the delivery after which nobody answers is told."""
    from support.gallery.serving import serving

    def dies(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        right = verify(body, environ.get("HTTP_X_KOMBO_SIGNATURE"), SECRET)
        if right and body == b"null":
            stop.__exit__(None, None, None)
        start_response("204 No Content" if right else "401 Unauthorized", [])
        return []

    stop = serving(dies)
    url = stop.__enter__()
    report = probe(f"{url}/hooks", secret=SECRET, policy="tolerant", max_examples=0)
    (finding,) = [finding for finding in report.findings if finding.id == "afterwards"]
    assert "the receiver is no longer reachable" in finding.title
    assert finding.exchanges[-1].delivery.body == b"null"
    assert finding.cases[0] == "wire:body-null"
    assert not report.ok


# -- several events


@pytest.mark.slow
def test_findings_are_those_of_an_event() -> None:
    """What one event shows is neither lost nor said of another."""
    right = good("sync-finished")

    def receive(delivery: Delivery) -> int:
        # No signature is ever checked of one event.
        if b'"sync-finished"' in delivery.body and not verify(
            delivery.body, delivery.signature, SECRET
        ):
            return 204
        return right(delivery)

    both = ["sync-finished", "assessment:order-received"]
    report = probed(receive, event=both)
    # Among deliveries without a signature there is one of each other event.
    assert ids(report) == [
        "sync-finished:signature-unchecked", "assessment.order-received:signature-branch",
    ]  # fmt: skip
    mine, other = report.findings
    assert mine.title.startswith("sync-finished: ")
    assert all(case.startswith("sync-finished:") for case in mine.cases)
    assert other.cases == ("assessment.order-received:wire:unsigned-event-sync-finished",)
    cases = [outcome.case.id for outcome in report.outcomes]
    assert len(cases) == len(set(cases))
    assert any(name.startswith("assessment.order-received:wire:") for name in cases)
    # With or without the event it is known.
    bare = [name.partition(":")[2] for name in ids(report)]
    for known in (ids(report), bare):
        skipped = probed(receive, event=both, skip=known)
        assert skipped.ok
        assert len(skipped.skipped) == len(report.findings)
    assert ids(probed(receive, event="sync-finished")) == bare[:1]


def test_an_event_that_is_not_taken_ends_no_other() -> None:
    """It is a finding of its own, and the others are played."""
    right = good("sync-finished")

    def receive(delivery: Delivery) -> int:
        return 404 if b'"data-changed"' in delivery.body else right(delivery)

    report = probed(receive, event=["data-changed", "sync-finished"])
    assert "data-changed:first-delivery" in ids(report)
    assert report.stopped == "data-changed: the first good delivery was not accepted"
    assert any(o.case.id.startswith("sync-finished:fault:") for o in report.outcomes)
    (line,) = [line for line in report.not_judged if "not sent" in line]
    assert line.startswith("data-changed: valid payloads, styles, ")


# -- what was not judged


@pytest.mark.slow
def test_reasons_for_not_judging_are_said() -> None:
    unseen = probed(good())
    assert "observe= or --observe-url" in unseen.not_judged[0]
    other = probed(good("sync-finished"), event="sync-finished", observe=lambda name: None)
    assert "only integration-state-changed has timelines" in other.not_judged[0]
    nothing = probed(good(), observe=lambda name: None)
    assert [n for n in nothing.not_judged if "earlier timeline" in n] == snapshot(
        [
            "65 timelines (update, two, two-of-a-tool, older-of-another, soon and 60 more): not sent, because an earlier timeline failed on which they depend"
        ]
    )
    assert any("after single deliveries" in n for n in nothing.not_judged)
    names = [
        case.get("name") for case in suite_of(nothing) if case.get("classname") == "not judged"
    ]
    assert len(names) == len(nothing.not_judged)


@pytest.mark.slow
def test_a_timeline_about_a_rejection_needs_one() -> None:
    """A tolerant receiver may accept an invalid payload, which no finding reports."""
    receiver = Receiver(SECRET)
    receiver.policy = "tolerant"
    report = probed(receiver, policy="tolerant", observe=OBSERVE)
    assert report.findings == ()
    assert report.not_judged == snapshot(
        (
            "timeline invalid-first: the receiver did not reject its forged or invalid delivery, so there is nothing to judge",
        )
    )


@pytest.mark.slow
def test_what_is_not_sent_after_a_hang_is_said() -> None:
    from threading import Event

    right, never = good(), Event()

    def receive(delivery: Delivery) -> int:
        status = right(delivery)
        if status == 422:
            never.wait()
        return status

    report = probed(receive, timeout=0.3)
    never.set()
    assert any(
        "invalid payloads: not sent, because similar ones hung" in n for n in report.not_judged
    )


# -- what an answer says


def test_a_long_answer_is_read_in_no_time() -> None:
    """A search that tries each bracket with each other one would take minutes."""
    hostile = "at " + "(" * 400_000 + ")" * 400_000
    delivery = Delivery.of({}, SECRET)
    assert leak(delivery, Reply(400, (), hostile.encode()), SECRET) is None
    trace = b"   at Kombo.Hooks.Receive(Request request) in /app/Hooks.cs:line 42"
    assert leak(delivery, Reply(500, (), trace), SECRET) == ("traceback", trace.strip().decode())


# -- large bodies


@pytest.mark.parametrize("reads_large", [True, False])
def test_who_answers_a_megabyte_may_not_hang_up_on_less(reads_large: bool) -> None:
    """A crash looks like a server that has had enough; only one that reads no more may hang up."""
    right = good()

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        deep = body.startswith((b"[" * 1_000, b'{"a":' * 1_000)) or body.count(b"[") > 10_000
        if deep or (not reads_large and len(body) > 60_000):
            return []  # Nothing begun: no HTTP answer.
        headers = (("X-Kombo-Signature", environ.get("HTTP_X_KOMBO_SIGNATURE", "")),)
        status = right(Delivery("POST", headers, body))
        start_response(f"{status} X", [])
        return []

    report = probed(application)
    found = [name for name in ids(report) if name.startswith("body")]
    assert found == (["body-depth-crashes"] if reads_large else [])


# -- what is said fits


def test_ranks_fit_what_was_sent() -> None:
    """The schema doesn't allow what it refuses."""

    def receive(delivery: Delivery) -> int:
        return 204 if right(delivery) == 422 else right(delivery)

    right = good()
    report = probed(receive)
    (finding,) = [finding for finding in report.findings if finding.id == "not-validated"]
    text = "\n".join(finding_lines(finding, report.url))
    assert "the schema allows it" not in text
    assert "a sender with a bug or of another release can send it" in text
    assert "a sender with a bug or of another release" in html_report(report).decode()


RIGHT = good()


def crashes_on_invalid(delivery: Delivery) -> int:
    """A receiver that crashes on whatever is not a payload of its event."""
    status = RIGHT(delivery)
    if status in (204, 422) and not Schema.load(EVENT).is_valid(delivery.payload):
        raise KeyError("state")
    return status


def accepts_whatever_is_signed(delivery: Delivery) -> int:
    return 401 if RIGHT(delivery) == 401 else 204


def accepts_what_is_not_signed(delivery: Delivery) -> int:
    return RIGHT(delivery) if delivery.signature else 204


def likelihood_of_shown(finding: Finding, report: Report) -> Likelihood:
    """The likelihood of the case whose delivery a finding shows."""
    shown = finding.exchanges[-1].delivery
    return next(o.case.likelihood for o in report.outcomes if o.case.delivery is shown)


def test_a_crash_on_invalid_payloads_shows_the_likeliest_delivery() -> None:
    """Kombo sends other events every day, but no bare number."""
    report = probed(crashes_on_invalid)
    (finding,) = [f for f in report.findings if f.id == "faults-crashes"]
    assert finding.likelihood == likelihood_of_shown(finding, report) == "realistic"
    payload = finding.exchanges[-1].delivery.payload
    assert any(Schema.load(event).is_valid(payload) for event in events())
    assert finding.headline == snapshot(
        "crashes on invalid payloads (an unknown property, a value that is not in the enum, a string that does not match the format, a missing required field, a value of another type) at the root, /id, /data, /data/integration_tool, /data/integration_id and 9 more, and on 10 other events of Kombo"
    )
    # Another event is not to be answered 422.
    assert finding.fix == snapshot(
        "read the type of the event first, and answer 2xx to events that you do not handle; then check that a field exists and has the expected type before you use it; answer 400 or 422 if you cannot use the payload"
    )


@pytest.mark.parametrize("policy", get_args(Policy))
@pytest.mark.parametrize(
    "receive",
    [
        crashes_on_invalid,
        accepts_whatever_is_signed,
        accepts_what_is_not_signed,
        lambda delivery: 204,
    ],
)
def test_a_finding_shows_a_delivery_of_its_likelihood(receive: Receive, policy: Policy) -> None:
    report = probed(receive, policy=policy)
    assert report.findings
    for finding in report.findings:
        assert finding.likelihood == likelihood_of_shown(finding, report), finding.id


def test_the_reason_of_the_tolerant_policy_explains_its_expectation() -> None:
    """That the schema does not allow a payload does not say why it may be accepted."""

    def receive(delivery: Delivery) -> int:
        status = RIGHT(delivery)
        if status != 422:
            return status
        has_state = isinstance(delivery.payload, dict) and delivery.payload.get("type") == EVENT
        return 500 if has_state and "id" not in delivery.payload else 204

    report = probed(receive, policy="tolerant")
    (finding,) = [f for f in report.findings if f.id == "faults-crashes"]
    assert finding.expectation == "either"
    assert finding.text == snapshot("""\
Sent: id: left out.
Received 500, expected any response except 5xx or a hang: the published schema does not allow it; a tolerant receiver may accept or reject it, but must not crash.\
""")
    # A tolerant receiver does not have to reject an invalid payload.
    assert (finding.headline, finding.fix) == snapshot(
        (
            "crashes on invalid payloads (a missing required field) at the root",
            "check that a field exists and has the expected type before you use it; answer 400 or 422 if you cannot use the payload",
        )
    )


def test_a_note_leaves_out_what_a_finding_reports() -> None:
    """A wire fault has several variants, and all of them have the same name."""

    def receive(delivery: Delivery) -> int:
        if delivery.done == ("wire fault body-deep",) and delivery.body.startswith(b"["):
            return 500
        return accepts_whatever_is_signed(delivery)

    report = probed(receive, policy="tolerant")
    answers = {
        o.reply.status
        for o in report.outcomes
        if o.case.topic == "body-deep" and o.reply is not None
    }
    assert answers == {204, 500}
    (finding,) = [f for f in report.findings if f.id == "body-depth-crashes"]
    (note,) = [note for note in report.notes if note.startswith("accepts deliveries")]
    assert finding.shown_by not in note
    assert note == snapshot(
        "accepts deliveries that it may accept or reject: an array; a byte order mark before the payload; true or false; an empty object; JSON with extensions that some parsers read (a trailing comma, comments, single quotes, raw control characters) and 18 more"
    )


def test_an_older_shape_is_not_called_a_change_of_the_next_release() -> None:

    def receive(delivery: Delivery) -> int:
        status = right(delivery)
        if status != 422:
            return status
        data = delivery.payload.get("data") if isinstance(delivery.payload, dict) else None
        return 422 if isinstance(data, dict) and "setup_status" not in data else 204

    right = good()
    report = probed(receive, policy="tolerant")
    (finding,) = [f for f in report.findings if f.id == "change-older-shape-rejects"]
    assert finding.cause is causes.CHANGE_OLDER_SHAPE
    assert finding.text == snapshot("""\
Sent: data.setup_status: without the field, as in payloads of older releases.
Received 422, expected 2xx: older releases of Kombo sent it.\
""")
    strict = [note for note in probed(right).notes if "setup_status: without" in note]
    assert strict == snapshot(
        [
            "rejects payloads of older Kombo releases: data.setup_status: without the field, as in payloads of older releases"
        ]
    )


def test_an_unsigned_delivery_shows_that_a_receiver_accepts_everything() -> None:
    (finding,) = probed(lambda delivery: 204).findings
    assert finding.id == "accepts-everything"
    assert finding.exchanges[-1].delivery.signature is None


def test_what_crashes_signed_or_not_is_one_finding() -> None:
    """It isn't the signature that is missing, but the method, or the kind of event."""

    class Falls(Receiver):
        def route(self, environ: dict[str, Any]) -> Any:
            if environ["REQUEST_METHOD"] == "PUT":
                raise RuntimeError("no such method")
            return super().route(environ)

    (finding,) = probed(Falls(SECRET)).findings
    assert finding.id == "http-put-crashes"
    assert set(finding.cases) == {"wire:http-put", "wire:unsigned-put"}


def test_titles_list_what_was_special_about_deliveries() -> None:

    def receive(delivery: Delivery) -> int:
        if delivery.method == "GET":
            return 500
        return 204 if right(delivery) != 401 else 401

    right = good()
    report = probed(receive)
    assert [finding.title for finding in report.findings] == snapshot(
        [
            "does not validate payloads: it accepts most payloads that the published schema does not allow (for a receiver that is tolerant on purpose, use --policy tolerant)",
            "accepts bodies that are not JSON: an empty body, or only whitespace; a truncated body; a format other than JSON; extra characters after the payload",
            "accepts bodies that are not UTF-8: a string with bytes that are not UTF-8",
            "accepts bodies that only lenient parsers accept as JSON: JSON with extensions that some parsers read (a trailing comma, comments, single quotes, raw control characters)",
            "crashes on a GET request",
        ]
    )
    nowhere = probed(lambda delivery: 404)
    with pytest.raises(ReceiverError) as caught:
        nowhere.check()
    assert "To accept" not in str(caught.value)  # Nothing was tested yet.
    assert nowhere.findings[0].cause is causes.FIRST_PATH
    lines = finding_lines(nowhere.findings[0], nowhere.url)
    assert [line for line in lines if "curl" not in line] == snapshot(
        [
            "rejects the first good delivery: nothing exists at this path",
            "Category: rejects what it has to accept · Likelihood: occurs in normal operation · 1 case",
            "Sent: a plain realistic payload.",
            "Received 404, expected 2xx: a valid payload, correctly signed, has to be accepted.",
            "Fix: check the path of the URL; for a Python application, pass it as url=.",
            "Source: RFC 9110, section 15.5.5 (404 Not Found)",
            "Finding id: first-delivery",
        ]
    )
    changed = probed(lambda d: 422 if b'"integration-state-changed"' not in d.body else right(d),
                     policy="tolerant")  # fmt: skip
    (finding,) = [f for f in changed.findings if f.id == "change-unknown-event-rejects"]
    assert finding.cause is causes.CHANGE_EVENT
    assert finding.title == snapshot(
        "rejects unknown event types, although Kombo sends all events to the same URL: type: the event ai-apply-application-status-updated; type: the event ai-apply-job-posting-status-updated; type: the event assessment:order-received; type: the event connection-flow-failed; type: the event data-changed and 6 more"
    )


@pytest.mark.slow
def test_a_document_that_lacks_fields_is_not_called_wrong_state() -> None:

    class Bare(Receiver):
        def show(self, record: dict[str, Any]) -> dict[str, Any]:
            return {name: record[name] for name in ("state", "qa_status")}

    (finding,) = probed(Bare(SECRET), observe=OBSERVE).findings
    assert finding.cause is causes.STATE_LACKS_FIELDS
    assert finding.title == snapshot(
        "does not show all fields in the observed document (setup_status, updated_at): the first event of an integration"
    )


# -- the first delivery


def test_an_answer_without_end_hangs() -> None:
    """At the first delivery as at every other one."""
    from kombo_fakes.probing.engine.preflight import make_preflight_finding

    first = CaseMaker(EVENT, SECRET, "strict", 0, "a run").valid.first()
    assert make_preflight_finding(first, Reply(None, trouble="endless")).category == "hangs"
    far = Reply(302, (("Location", "http://127.0.0.1/" + "x" * 60_000),))
    assert len(make_preflight_finding(first, far).title) < 300


def test_a_case_is_one_of_a_probe() -> None:
    """Case by case the same is sent as all at once."""
    sent = {outcome.case.id for outcome in probed(good()).outcomes}
    assert {case.id for case in probe_cases(secret=SECRET)} >= {
        name for name in sent if not name.startswith(("after:", "explored:"))
    }


def test_deliveries_of_the_same_moment_are_all_waited_for() -> None:
    broken, answered = threading.Event(), []

    class Breaks:
        name = "a receiver that cannot be reached by one of five deliveries"

        def deliver(self, delivery: Delivery) -> Reply:
            if delivery.body == b"0":
                broken.set()
                raise TransportError("reset", "breaks")
            assert broken.wait(60)
            sum(range(1_000_000))  # Work that takes longer than to raise the error.
            answered.append(delivery.body)
            return Reply(204)

        def get(self, url: str) -> Reply:
            raise AssertionError

        def close(self) -> None:
            pass

    client = Client(Breaks(), "x", None, time.monotonic() + 600, Redactor("x"), 0.1)
    session = Session(client, Evidence(policy="strict"), lambda event: None)
    with closing(client):
        with pytest.raises(TransportError, match="breaks"):
            session.send_together("case", [Delivery.signed(b"%d" % n, "x") for n in range(5)])
        assert sorted(answered) == [b"1", b"2", b"3", b"4"]
