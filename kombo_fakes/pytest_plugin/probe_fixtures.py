"""The fixtures of the pytest plugin that probe a receiver: all at once, or a test for each case.

Like the plugin it is imported by every run of everybody who has this package installed, so
whatever is heavy is imported where it is first needed.
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
    make_collection_error,
    parametrize,
    read_default_event,
    read_marker,
)

if TYPE_CHECKING:
    from kombo_fakes.probing.engine.single_cases import ProbeCase
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
    from kombo_fakes.probing.engine.single_cases import probe_cases

    # With a secret that isn't the test secret: to a receiver that has that one, deliveries signed
    # with it are no case.
    found = probe_cases(event, secret=b"not the test secret", ids=wanted)
    return tuple(case.id for case in found)


def _make_parameter(case_id: str, known: Known) -> Any:
    is_known = case_id in known
    marks = [pytest.mark.xfail(reason="known", raises=AssertionError, strict=False)]
    return pytest.param(case_id, id=case_id, marks=marks if is_known else ())


def _read_known_ids(
    marked: MarkerArguments, node: pytest.Item, *, cases: bool, baseline: str | None = None
) -> frozenset[str]:
    """The ids that the marker says are known: of findings, or of the cases that show them.

    Args:
        marked: What the marker says.
        node: The test, whose file a baseline is beside.
        cases: Whether it is about cases, and not findings.
        baseline: One in place of the marker's.

    Raises:
        DocumentError: if the baseline can't be read, or is none.
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


# `pytest --fixtures` shows a docstring up to its first blank line, so they have none.


@pytest.fixture
def kombo_probe(
    request: pytest.FixtureRequest, kombo_event: str, kombo_seed: int, kombo_webhook_secret: str
) -> ReceiverProbe:
    """A callable that plays deliveries at a receiver, and fails the test with all that is wrong:
    kombo_probe(app, url="/webhooks/kombo", observe="/integrations/{integration_id}").
    Scope: function. Type: kombo_fakes.ReceiverProbe.
    Default: kombo_fakes.probe, whose arguments it takes: a receiver is a URL, a WSGI or ASGI
    application, or a callable that takes a Delivery. Event, seed and secret are those of
    kombo_event, kombo_seed and kombo_webhook_secret; policy, and what is known, are those of
    @pytest.mark.kombo(policy="tolerant", skip=["signature-*"], baseline="known.json"), or of the
    arguments of these names. With subtests=subtests, pytest's fixture, each finding is a subtest
    that fails.
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
        from kombo_fakes.probing.known import GONE, Known

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
            # What is wrong is in the test's own line, and not in the frames below this one.
            raise error.with_traceback(None) from None
        if report.stopped == "interrupted":
            raise KeyboardInterrupt
        for note in report.notes:
            if note.startswith(GONE):
                # Shown with a test that fails, and by pytest -rA.
                request.node.add_report_section("call", "kombo_probe", note)
        if subtests is None:
            report.check()
        else:
            _report_as_subtests(report, subtests)
        return report

    return run


def _report_as_subtests(report: Report, subtests: Any) -> None:
    # Not hidden: pytest can't report a skip of which it sees no frame.
    from kombo_fakes.probing.reports.plain_text import GROUPS, counted, finding_lines

    for finding in report.findings:
        with subtests.test(msg=finding.id):
            pytest.fail("\n   ".join(finding_lines(finding, report.url)), pytrace=False)
    for finding in report.skipped:
        with subtests.test(msg=finding.id):
            pytest.skip(f"known: {finding.title}")
    for group, title in GROUPS.items():
        tried, failed = report.tried(group), report.failed(group)
        if tried and not failed:
            with subtests.test(msg=f"{title} ({counted(tried, 'case')})"):
                pass
    for line in report.not_judged:
        with subtests.test(msg=line.partition(": ")[0]):
            pytest.skip(f"not judged: {line}")
    if report.stopped:
        with subtests.test(msg="the whole run"):
            pytest.fail(f"the run was stopped: {report.stopped}", pytrace=False)


@pytest.fixture
def kombo_probe_case(
    request: pytest.FixtureRequest, kombo_event: str, kombo_seed: int, kombo_webhook_secret: str
) -> ProbeCase:
    """A delivery of the probe and what is owed for it, and a test for each: send .delivery, and
    .check(response) fails the test if the response is another one than is .owed.
    Scope: function. Type: kombo_fakes.ProbeCase. Default: every case of kombo_event, signed with
    kombo_webhook_secret, with ids of the test's own. Narrow them with
    @pytest.mark.kombo(policy="tolerant", cases=["wire:*"]), and say with skip=["fault:data.id-*"]
    or baseline="report.json" which ones are known to fail: they are expected failures.
    """
    wanted: str | None = getattr(request, "param", None)
    if wanted is None:
        pytest.fail(
            "kombo_probe_case is a test per case: let the test, or a fixture that it names, have "
            "it as an argument",
            pytrace=False,
        )
    marked = read_marker(request.node)
    if (marked.event or read_default_event(request.config)) != kombo_event:
        pytest.fail(explain_event_mismatch(kombo_event), pytrace=False)
    policy: Policy = "tolerant" if marked.policy == "tolerant" else "strict"
    name = request.node.nodeid.partition("[")[0]
    cases = _make_cases(kombo_event, kombo_webhook_secret, policy, kombo_seed, name)
    if wanted not in cases:
        pytest.skip(f"{wanted}: no such delivery is wrong where kombo_webhook_secret is this one")
    return cases[wanted]


@lru_cache(maxsize=16)
def _make_cases(
    event: str, secret: str, policy: Policy, seed: int, name: str
) -> dict[str, ProbeCase]:
    from kombo_fakes.probing.engine.single_cases import probe_cases

    found = probe_cases(event, secret=secret, policy=policy, seed=seed, run=name)
    return {case.id: case for case in found}
