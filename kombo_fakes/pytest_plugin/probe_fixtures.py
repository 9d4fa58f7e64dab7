"""The fixtures of the pytest plugin that probe a receiver: in one test, or in a test for each case.

`pytest --fixtures` shows a docstring up to its first empty line, so the docstrings here have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kombo_fakes.errors import KomboFakesError
from kombo_fakes.pytest_plugin.marker import (
    MarkerArguments,
    explain_event_mismatch,
    explain_missing_parameter,
    make_collection_error,
    parametrize,
    read_default_event,
    read_marker,
)

if TYPE_CHECKING:
    from kombo_fakes.probing.engine.probe_cases import ProbeCase
    from kombo_fakes.probing.known import Known
    from kombo_fakes.probing.model import Policy
    from kombo_fakes.probing.reports.report import Report
    from kombo_fakes.pytest_plugin.fixture_types import ReceiverProbe

_PER_CASE = "kombo_probe_case"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if _PER_CASE not in metafunc.fixturenames:
        return
    from kombo_fakes.probing.known import Known

    try:
        marked = read_marker(metafunc.definition)
        ids = _list_case_ids(marked.event or read_default_event(metafunc.config), marked.cases)
        known = Known(_read_known_ids(marked, metafunc.definition, cases=True))
    except KomboFakesError as error:
        raise make_collection_error(metafunc, error) from None
    parametrize(metafunc, _PER_CASE, [_make_parameter(case_id, known) for case_id in ids])


@lru_cache(maxsize=64)
def _list_case_ids(event: str, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    from kombo_fakes.probing.engine.probe_cases import probe_cases

    # Collection does not know the secret yet. Cases that are signed with the test secret are
    # skipped later, for a receiver that uses it.
    found = probe_cases(event, secret=b"not the test secret", ids=wanted)
    # Ids and not cases: all workers of pytest-xdist must collect tests of the same names, and a
    # case depends on settings that are known only when its test runs.
    return tuple(case.id for case in found)


def _make_parameter(case_id: str, known: Known) -> Any:
    is_known = case_id in known
    # Another exception is a mistake of the test. A known case that passes is not an error, because
    # the receiver may be repaired before its list of known findings is.
    marks = [pytest.mark.xfail(reason="known", raises=AssertionError, strict=False)]
    return pytest.param(case_id, id=case_id, marks=marks if is_known else ())


def _read_known_ids(
    marked: MarkerArguments, node: pytest.Item, *, cases: bool, baseline: str | None = None
) -> frozenset[str]:
    """Return the ids of what is known: of findings, or of the cases that show them.

    Args:
        marked: The arguments of the marker.
        node: The test. The path of a baseline is relative to its file.
        cases: True for ids of cases, False for ids of findings.
        baseline: A baseline to use instead of the marker's.

    Raises:
        DocumentError: if the baseline cannot be read, or is not a report.
    """
    known = set(marked.skip or ())
    baseline = marked.baseline if baseline is None else baseline
    if baseline is not None:
        from kombo_fakes.core.json_reader import parse_json, read_bytes
        from kombo_fakes.probing.reports.as_json import known_cases, known_findings

        name = str(Path(node.path).parent / baseline)
        listed = parse_json(read_bytes(name), name)
        known |= known_cases(listed, name) if cases else known_findings(listed, name)
    return frozenset(known)


@pytest.fixture
def kombo_probe(
    request: pytest.FixtureRequest, kombo_event: str, kombo_seed: int, kombo_webhook_secret: str
) -> ReceiverProbe:
    """A callable that sends deliveries to a receiver, and fails the test with a report of what the
    receiver gets wrong:
    kombo_probe(app, url="/webhooks/kombo", observe="/integrations/{integration_id}").
    Scope: function. Type: kombo_fakes.ReceiverProbe.
    Default: kombo_fakes.probe with its arguments. A receiver is a URL, a WSGI or ASGI application,
    or a callable that takes a Delivery. The event, seed and secret are kombo_event, kombo_seed and
    kombo_webhook_secret. Set the policy and what is known with arguments, or with
    @pytest.mark.kombo(policy="tolerant", skip=["signature-*"], baseline="known.json").
    With subtests=subtests, the fixture of pytest, each finding is a failing subtest.
    """

    def run(
        receiver: Any,
        *,
        subtests: Any = None,
        skip: str | Iterable[str] = (),
        baseline: str | None = None,
        **options: Any,
    ) -> Report:
        __tracebackhide__ = True
        from kombo_fakes.probing.engine.probe import probe
        from kombo_fakes.probing.known import Known

        try:
            marked = read_marker(request.node)
            known = _read_known_ids(marked, request.node, cases=False, baseline=baseline)
            own = Known(skip).patterns
            settings: dict[str, Any] = {
                "secret": kombo_webhook_secret,
                "event": kombo_event,
                "seed": kombo_seed,
                "policy": marked.policy or "strict",
                **options,
            }
            report = probe(receiver, skip=[*known, *own], **settings)
        except KomboFakesError as error:
            # The mistake is in the line of the test, so the traceback ends there.
            raise error.with_traceback(None) from None
        if report.is_interrupted:
            # At Ctrl-C the probe returns what it has found, but the run of pytest has to end, too.
            raise KeyboardInterrupt
        if report.notes:
            # pytest shows sections of failed tests, and of all tests with -rA.
            request.node.add_report_section("call", "kombo_probe", "\n".join(report.notes))
        if subtests is None:
            report.check()
        else:
            _report_as_subtests(report, subtests)
        return report

    return run


def _report_as_subtests(report: Report, subtests: Any) -> None:
    # No __tracebackhide__ here: pytest cannot report a skip if it hides all frames.
    from kombo_fakes.core.messages import pluralize
    from kombo_fakes.probing.reports.plain_text import GROUPS, finding_lines
    from kombo_fakes.probing.reports.reasons import split_not_judged

    for finding in report.findings:
        with subtests.test(msg=finding.id):
            pytest.fail("\n   ".join(finding_lines(finding, report.url)), pytrace=False)
    for finding in report.skipped:
        with subtests.test(msg=finding.id):
            pytest.skip(f"known: {finding.title}")
    for group, title in GROUPS.items():
        tried, failed = report.tried(group), report.failed(group)
        if tried and not failed:
            with subtests.test(msg=f"{title} ({pluralize(tried, 'case')})"):
                pass
    for entry in report.unjudged:
        what, why = split_not_judged(entry)
        with subtests.test(msg=what):
            pytest.skip(f"not judged: {what}: {why}")
    if report.stopped:
        with subtests.test(msg="the whole run"):
            pytest.fail(f"the run was stopped: {report.stopped}", pytrace=False)


@pytest.fixture
def kombo_probe_case(
    request: pytest.FixtureRequest, kombo_event: str, kombo_seed: int, kombo_webhook_secret: str
) -> ProbeCase:
    """One delivery of the probe, and what a receiver has to do with it. The test runs once for each
    case: send .delivery, and pass the response to .check(response), which fails the test if it is
    not the expected one.
    Scope: function. Type: kombo_fakes.ProbeCase. Default: every case of kombo_event, signed with
    kombo_webhook_secret. The ids in the payloads differ from test to test.
    Select cases with @pytest.mark.kombo(policy="tolerant", cases=["wire:*"]). Cases that
    skip=["fault:data.id-*"] or baseline="report.json" lists are expected to fail.
    """
    wanted: str | None = getattr(request, "param", None)
    if wanted is None:
        pytest.fail(explain_missing_parameter("kombo_probe_case"), pytrace=False)
    marked = read_marker(request.node)
    if (marked.event or read_default_event(request.config)) != kombo_event:
        pytest.fail(explain_event_mismatch(kombo_event), pytrace=False)
    policy: Policy = "tolerant" if marked.policy == "tolerant" else "strict"
    # Without the parameter, so that all tests of a function find the same cases in the cache.
    name = request.node.nodeid.partition("[")[0]
    cases = _make_cases(kombo_event, kombo_webhook_secret, policy, kombo_seed, name)
    if wanted not in cases:
        pytest.skip(f"{wanted} is not a case for a receiver with this kombo_webhook_secret")
    return cases[wanted]


@lru_cache(maxsize=16)
def _make_cases(
    event: str, secret: str, policy: Policy, seed: int, name: str
) -> dict[str, ProbeCase]:
    from kombo_fakes.probing.engine.probe_cases import probe_cases

    found = probe_cases(event, secret=secret, policy=policy, seed=seed, run=name)
    return {case.id: case for case in found}
