"""The fixtures that probe a receiver: in one test, finding by finding, and case by case."""

from __future__ import annotations

import json

import pytest
from inline_snapshot import snapshot
from support.commands import find_errors, find_line
from support.gallery.receiver import Receiver
from support.gallery.serving import serving

# Imported here, because pytester forgets what its runs import first.
import kombo_fakes.probing.engine.probe
from kombo_fakes import ReceiverError, TransportError, probe, probe_cases, verify
from kombo_fakes.probing.reports.as_json import data_report

pytest_plugins = ("pytester",)

SECRET = "ours, and nobody else's"

# This receiver accepts deliveries without a signature.
RECEIVER = """
import json
import kombo_fakes

SECRET = "ours, and nobody else's"
SCHEMA = kombo_fakes.Schema.load()

def receive(delivery):
    right = not delivery.signature or kombo_fakes.verify(delivery.body, delivery.signature, SECRET)
    if not right:
        return 401
    return 204 if SCHEMA.is_valid(delivery.payload) else 422
"""

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def kombo_webhook_secret():
    return "ours, and nobody else's"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose receiver has one bug."""
    monkeypatch.syspath_prepend(str(pytester.path))
    pytester.makepyfile(receiver=RECEIVER)
    pytester.makeconftest(CONFTEST)
    return pytester


def test_a_finding_fails_the_test(project: pytest.Pytester):
    """The message shows the bug, how to reproduce it, and how to skip the finding."""
    project.makepyfile(
        """
        from receiver import receive

        def test_receiver(kombo_probe):
            kombo_probe(receive, url="/hooks", max_examples=3)
        """
    )
    result = project.runpytest("-p", "no:randomly", "--kombo-seed=3")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">*kombo_probe(receive, url=*", "E *curl * http://127.0.0.1:8000/hooks *"]
    )
    assert find_errors(result.outlines) == snapshot(
        [
            "    kombo_fakes.ReceiverError: N finding in N deliveries to receive, policy strict",
            "",
            "    N accepts deliveries without a signature (the header is missing or empty): no signature header, an empty signature header",
            "       Category: accepts what it has to reject · Likelihood: an attacker or a broken proxy can send it · N cases",
            "       Sent: a valid payload, incorrectly signed: no signature header.",
            "       Received N expected Nxx: anybody can send it without the secret.",
            "       Fix: treat a missing or empty header like a wrong signature: answer N",
            "       Source: CWE-N Not Failing Securely ('Failing Open')",
            "       Finding id: signature-absent",
            "",
            "    Not judged: the stored state (duplicates, late events, events stored under another integration, lost events): not observed; use observe= or --observe-url",
            "",
            '    To accept these findings for now: skip=["signature-absent"]',
        ]
    )
    assert "kombo_fakes/pytest_plugin" not in result.stdout.str()
    assert SECRET not in result.stdout.str()


@pytest.fixture
def chatty_project(project: pytest.Pytester) -> pytest.Pytester:
    """The same receiver logs and prints what it receives."""
    with (project.path / "receiver.py").open("a") as file:
        file.write(
            "\n\nimport logging\n\n"
            "def receive_and_log(delivery):\n"
            "    logging.getLogger('receiver').error('a delivery')\n"
            "    print('a delivery')\n"
            "    return receive(delivery)\n"
        )
    project.makepyfile(
        """
        from receiver import receive_and_log

        def test_receiver(kombo_probe):
            kombo_probe(receive_and_log, max_examples=0)
        """
    )
    return project


def test_what_a_receiver_logs_does_not_bury_the_findings(chatty_project: pytest.Pytester):
    output = chatty_project.runpytest().stdout
    for section in ("log", "stdout"):
        output.fnmatch_lines([f"*Captured {section} call*", "*a delivery*"])
    output.fnmatch_lines(["... * lines of the receiver are left out: -vv shows them ..."])
    assert output.str().count("a delivery") == 2 * 50


def test_vv_shows_all_that_a_receiver_logs(chatty_project: pytest.Pytester):
    output = chatty_project.runpytest("-vv").stdout.str()
    assert output.count("a delivery") > 500
    assert "left out" not in output


def test_what_other_tests_print_is_not_shortened(pytester: pytest.Pytester):
    pytester.makepyfile("def test_it():\n    print('line\\n' * 500)\n    assert False\n")
    assert pytester.runpytest().stdout.str().count("line\n") >= 500


def test_all_notes_are_in_one_section(project: pytest.Pytester):
    project.makepyfile(
        """
        from receiver import receive

        def test_receiver(kombo_probe):
            kombo_probe(receive, max_examples=0)
        """
    )
    output = project.runpytest().stdout
    output.fnmatch_lines(["*Captured kombo_probe call*", "rejects *", "accepts *"])
    assert output.str().count("Captured kombo_probe call") == 1


@pytest.mark.slow
def test_known_findings_do_not_fail_the_test(project: pytest.Pytester):
    """The path of a baseline is relative to the test's file."""
    report = data_report(probe(lambda delivery: 204, max_examples=0))
    report["findings"] = [{"id": "signature-absent", "cases": ["wire:signature-missing"]}]
    (project.mkdir("tests") / "known.json").write_text(json.dumps(report))
    (project.path / "tests" / "test_it.py").write_text(
        "import pytest\n"
        "from receiver import receive\n"
        "@pytest.mark.kombo(skip='signature-absent')\n"
        "def test_by_marker(kombo_probe):\n"
        "    report = kombo_probe(receive, max_examples=0)\n"
        "    assert report.ok and [known.id for known in report.skipped] == ['signature-absent']\n"
        "def test_by_argument(kombo_probe):\n"
        "    kombo_probe(receive, max_examples=0, skip=['signature-absent'])\n"
        "@pytest.mark.kombo(baseline='known.json')\n"
        "def test_by_baseline(kombo_probe):\n"
        "    kombo_probe(receive, max_examples=0)\n"
        "CASES = ['wire:signature-missing', 'wire:signature-empty', 'realistic:1']\n"
        "@pytest.mark.kombo(baseline='known.json', cases=CASES)\n"
        "def test_cases(kombo_probe_case):\n"
        "    kombo_probe_case.check(receive(kombo_probe_case.delivery))\n"
    )
    result = project.runpytest("-p", "no:randomly")
    # One case is known to fail, one fails, and one passes.
    result.assert_outcomes(passed=3 + 1, failed=1, xfailed=1)


@pytest.mark.slow
def test_policy_and_event_come_from_the_marker(project: pytest.Pytester):
    """An argument of the call wins."""
    project.makepyfile(
        """
        import pytest
        from kombo_fakes import verify

        def receive(delivery):
            right = verify(delivery.body, delivery.signature, "ours, and nobody else's")
            return 204 if right else 401

        @pytest.mark.kombo(policy="tolerant", skip="body-not-json-accepts")
        class TestReceiver:
            @pytest.mark.kombo(event="sync-finished")
            def test_marker(self, kombo_probe):
                report = kombo_probe(receive, max_examples=0)
                assert (report.policy, report.events) == ("tolerant", ("sync-finished",))

            def test_argument(self, kombo_probe):
                kombo_probe(receive, max_examples=0, policy="strict")

        @pytest.mark.kombo(policy="tolerant", event="sync-finished", cases="fault:data.*-null")
        def test_tolerant(kombo_probe_case):
            assert kombo_probe_case.expectation == "either"
            assert b'"sync-' in kombo_probe_case.delivery.body
            kombo_probe_case.check(receive(kombo_probe_case.delivery))
        """
    )
    result = project.runpytest("-p", "no:randomly")
    tolerant = probe_cases("sync-finished", ids="fault:data.*-null")
    result.assert_outcomes(passed=1 + len(tolerant), failed=1)
    assert find_errors(result.outlines)[2] == snapshot(
        "    N does not validate payloads: it accepts most payloads that the published schema does not allow (for a receiver that is tolerant on purpose, use --policy tolerant)"
    )


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(pytest, "Subtests"), reason="pytest has subtests from 9.0 on")
def test_each_finding_is_a_subtest(project: pytest.Pytester):
    """Groups of cases without a finding are subtests that pass."""
    project.makepyfile(
        """
        import pytest
        from receiver import receive

        def test_receiver(kombo_probe, subtests):
            assert not kombo_probe(receive, subtests=subtests, max_examples=3).ok
            print("went on")

        @pytest.mark.kombo(skip="signature-absent")
        def test_known(kombo_probe, subtests):
            assert kombo_probe(receive, subtests=subtests, max_examples=3).ok

        def test_stopped(kombo_probe, subtests):
            assert not kombo_probe(receive, subtests=subtests, max_seconds=1e-9).ok
        """
    )
    result = project.runpytest("-p", "no:randomly", "-v", "-rA")
    # Skipped: what is known, the state in each run, and most of the last run.
    result.assert_outcomes(failed=2 + 2, passed=1, skipped=1 + 3 + 1)
    result.stdout.fnmatch_lines(
        [
            "*test_receiver SUBPASS*invalid payloads are answered as expected (* cases)*",
            "_* test_receiver *signature-absent* _*",
            "accepts deliveries without a signature *",
            "went on",
            "the run was stopped: the time limit of the run was reached",
            "SUBFAIL*signature-absent*",
        ]
    )


def test_kombo_probe_case_makes_a_test_per_case(project: pytest.Pytester):
    project.makepyfile(
        """
        import pytest
        from receiver import receive

        class Response:
            def __init__(self, status):
                self.status_code = status
                self.content = b""
                self.headers = {}
                self.url = "http://testserver/hooks"

        @pytest.mark.kombo(cases=["wire:signature-*", "style:*"])
        def test_receiver(kombo_probe_case):
            assert kombo_probe_case.expectation in ("accept", "reject", "either")
            kombo_probe_case.check(Response(receive(kombo_probe_case.delivery)))
        """
    )
    result = project.runpytest("-p", "no:randomly", "-v")
    every = probe_cases(secret=SECRET, ids=["wire:signature-*", "style:*"])
    result.assert_outcomes(passed=len(every) - 2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*::test_receiver[[]style:indented[]] PASSED*",
            "*::test_receiver[[]wire:signature-missing[]] FAILED*",
            "E *curl * http://testserver/hooks *",
        ]
    )
    assert find_errors(result.outlines) == snapshot(
        [
            "    kombo_fakes.ReceiverError: accepts deliveries without a signature (the header is missing or empty): no signature header",
            "       Category: accepts what it has to reject · Likelihood: an attacker or a broken proxy can send it · N case",
            "       Sent: a valid payload, incorrectly signed: no signature header.",
            "       Received N expected Nxx: anybody can send it without the secret.",
            "       Fix: treat a missing or empty header like a wrong signature: answer N",
            "       Source: CWE-N Not Failing Securely ('Failing Open')",
            "       Finding id: wire:signature-missing",
            "    kombo_fakes.ReceiverError: accepts deliveries without a signature (the header is missing or empty): an empty signature header",
            "       Category: accepts what it has to reject · Likelihood: an attacker or a broken proxy can send it · N case",
            "       Sent: a valid payload, incorrectly signed: an empty signature header.",
            "       Received N expected Nxx: anybody can send it without the secret.",
            "       Fix: treat a missing or empty header like a wrong signature: answer N",
            "       Source: CWE-N Not Failing Securely ('Failing Open')",
            "       Finding id: wire:signature-empty",
        ]
    )
    assert "checking.py" not in result.stdout.str()


def test_case_names_do_not_depend_on_secret_and_seed(project: pytest.Pytester):
    project.makepyfile("def test_one(kombo_probe_case): assert kombo_probe_case.delivery")
    runs = [
        project.runpytest("--collect-only", "-q", "-p", "no:randomly", *options).outlines
        for options in ((), ("--kombo-seed=5",))
    ]
    names = [[line for line in lines if "::" in line] for lines in runs]
    assert names[0] == names[1]
    assert names[0][0].endswith("::test_one[realistic:1]")
    assert len(names[0]) == len(probe_cases(secret=SECRET)) == len(set(names[0]))


@pytest.mark.slow
def test_workers_agree_on_the_cases(project: pytest.Pytester):
    project.makepyfile(
        """
        import pytest
        from receiver import receive

        @pytest.mark.kombo(cases="fault:*", skip="fault:none-such")
        def test_one(kombo_probe_case):
            assert receive(kombo_probe_case.delivery) == 422
        """
    )
    result = project.runpytest_subprocess("-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=len(probe_cases(ids="fault:*")))


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        (
            "policy='strikt'",
            snapshot("@pytest.mark.kombo: unknown policy 'strikt'; did you mean 'strict'?"),
        ),
        ("policy=3", snapshot("@pytest.mark.kombo: policy=3 is not a string")),
        (
            "cases='wire:signature-mising'",
            snapshot(
                "@pytest.mark.kombo: unknown case 'wire:signature-mising'; did you mean 'wire:signature-missing'?"
            ),
        ),
        (
            "cases=[1]",
            snapshot("@pytest.mark.kombo: cases=[1] is neither a string nor a list of them"),
        ),
        ("baseline='none.json'", snapshot("@pytest.mark.kombo: DIR/none.json: no such file")),
        (
            "baseline='conftest.py'",
            snapshot(
                "@pytest.mark.kombo: DIR/conftest.py: invalid JSON at line 1, column 1: Expecting value"
            ),
        ),
        (
            "event='sync-finsihed'",
            snapshot(
                "@pytest.mark.kombo: unknown event 'sync-finsihed'; did you mean 'sync-finished'?"
            ),
        ),
    ],
)
def test_a_mistake_in_the_marker_of_a_case_is_one_line_at_collection(
    project: pytest.Pytester, marker: str, message: str
):
    project.makepyfile(
        f"""
        import pytest

        @pytest.mark.kombo({marker})
        def test_one(kombo_probe_case): pass
        """
    )
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    (line,) = (line for line in result.outlines if "::test_one: " in line)
    assert line.partition("::test_one: ")[2].replace(str(project.path), "DIR") == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "kombo_probe('http://127.0.0.1:9/')",
            snapshot(
                [
                    "kombo_fakes.TransportError: http://N:N/: nothing accepts connections there; is the receiver running?"
                ]
            ),
        ),
        (
            "kombo_probe('http://192.0.2.1/')",
            snapshot(
                [
                    "kombo_fakes.TransportError: http://N/: N is another machine than this one; to send there, pass --allow-remote or allow_remote=True"
                ]
            ),
        ),
        (
            "kombo_probe(3)",
            snapshot(
                [
                    "kombo_fakes.ProbeError: int is not a receiver: give a URL, a WSGI or ASGI application, or a callable that takes a Delivery and returns a status"
                ]
            ),
        ),
        (
            "kombo_probe(len, policy='x')",
            snapshot(
                [
                    "kombo_fakes.UnknownNameError: unknown policy 'x'; expected one of: strict, tolerant"
                ]
            ),
        ),
    ],
)
def test_wrong_arguments_of_kombo_probe(project: pytest.Pytester, call: str, message: list[str]):
    """The traceback ends in the line of the test."""
    project.makepyfile(f"def test_one(kombo_probe): {call}")
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    assert find_errors(result.outlines) == message
    assert "engine/probe.py" not in result.stdout.str()


@pytest.mark.slow
def test_a_case_of_a_redefined_event_needs_the_marker(project: pytest.Pytester):
    project.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="session")
        def kombo_event(request): return getattr(request, "param", "sync-finished")

        @pytest.mark.kombo(cases="realistic:1")
        def test_unsaid(kombo_probe_case): pass

        @pytest.mark.kombo(cases="realistic:1", event="sync-finished")
        def test_said(kombo_probe_case):
            assert kombo_probe_case.delivery.payload["type"] == "sync-finished"

        def test_late(request): request.getfixturevalue("kombo_probe_case")
        """
    )
    result = project.runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    assert find_line(result.outlines, "kombo_event is ") == snapshot(
        "'sync-finished' here, but the test was collected for another event. Collection cannot see a redefined fixture. Set the event with the ini option kombo_event = sync-finished, or with @pytest.mark.kombo(event='sync-finished')"
    )
    assert find_line(result.outlines, "kombo_probe_case makes ") == snapshot(
        "several tests, so pytest has to see it at collection. Make it an argument of the test, or of a fixture that the test uses"
    )


# -- without pytest's fixtures


def test_check_raises_only_if_there_are_findings():
    def receive(delivery):
        return 204 if verify(delivery.body, delivery.signature, SECRET) else 401

    report = probe(receive, secret=SECRET, policy="tolerant", max_examples=3)
    with pytest.raises(ReceiverError, match=r"^1 finding in \d+ deliveries to test_check_raises"):
        report.check()
    probe(
        receive, secret=SECRET, policy="tolerant", max_examples=3, skip=["body-not-json-accepts"]
    ).check()


def test_the_command_of_a_finding_uses_a_variable_for_the_secret():
    with serving(Receiver(SECRET, policy="tolerant")) as url:
        report = probe(f"{url}/hooks", secret=SECRET, max_examples=0)
    (finding,) = report.findings
    assert finding.signed
    command = finding.curl(report.url)
    assert '-hmac "$KOMBO_WEBHOOK_SECRET"' in command
    assert f" {url}/hooks " in command
    with pytest.raises(TransportError):
        probe(f"{url}/hooks", secret=SECRET)


@pytest.mark.parametrize("policy", ["strict", "tolerant"])
def test_a_good_receiver_passes_every_case(policy):
    receiver = Receiver(SECRET, policy=policy)
    for case in probe_cases(secret=SECRET, policy=policy, run="once"):
        started: list[str] = []
        environ = case.delivery.wsgi_environ("http://127.0.0.1/hooks")
        b"".join(receiver(environ, lambda status, *_, to=started: to.append(status)))
        case.check(int(started[0][:3]))


def test_check_accepts_statuses_and_responses():
    """A response that gives something away fails."""

    class Response:
        status = 200
        data = b'Traceback (most recent call last):\n  File "app.py", line 3'

    (case,) = probe_cases(ids="realistic:1")
    assert str(case) == "realistic:1"
    case.check(204)
    with pytest.raises(TypeError, match="str is not an answer: give check"):
        case.check("200")
    with pytest.raises(ReceiverError, match="exposes a stack trace"):
        case.check(Response())


def test_every_case_has_another_event_id():
    """Each run has others; the rest of the payloads stays the same."""
    first, second = probe_cases(run=1), probe_cases(run=2)
    assert [case.id for case in first] == [case.id for case in second]
    ids = [c.delivery.event_id for c in first if c.expectation == "accept" and c.delivery.event_id]
    assert len(ids) == len(set(ids))
    others = {case.delivery.event_id for case in second}
    assert len(set(ids) & others) <= 1  # The empty one, which is a case.
    assert probe_cases(run=1) == first
    with pytest.raises(kombo_fakes.UnknownNameError, match="did you mean 'realistic:1'"):
        probe_cases(ids=["realistic:11"])


@pytest.mark.slow
def test_known_findings_can_be_patterns(project: pytest.Pytester):
    """Patterns that match no finding are noted."""
    (project.path / "known.json").write_text('["signature-absent", "gone-for-good"]')
    project.makepyfile(
        """
        import pytest
        from receiver import receive

        @pytest.mark.kombo(skip="signature-*")
        def test_by_marker(kombo_probe):
            kombo_probe(receive, max_examples=0)

        def test_by_argument(kombo_probe):
            kombo_probe(receive, max_examples=0, skip="signature-abs*")

        def test_by_baseline(kombo_probe):
            report = kombo_probe(receive, max_examples=0, baseline="known.json", skip=["gon*"])
            assert set(report.outdated) == {"gon*", "gone-for-good"}

        def test_nonsense(kombo_probe):
            kombo_probe(receive, skip=3)
        """
    )
    result = project.runpytest("-p", "no:randomly", "-rA")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["known findings that were not found: gon*, gone-for-good*"])
    assert find_errors(result.outlines) == snapshot(
        [
            "    kombo_fakes.SkipError: skip=N is not usable: give the id of a finding, or a list of ids"
        ]
    )
