"""The result of a probe: a report, and the error that makes a test fail with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kombo_fakes.core.messages import pluralize
from kombo_fakes.core.public import public
from kombo_fakes.errors import ReceiverError
from kombo_fakes.probing.model import Case, Category, Finding, Policy, Reply
from kombo_fakes.probing.reasons import FirstDeliveryRejected, Interrupted, NotJudged, Stop
from kombo_fakes.probing.reports.plain_text import finding_lines
from kombo_fakes.probing.reports.readable import visible
from kombo_fakes.probing.reports.reasons import describe_not_judged, describe_stop

State: TypeAlias = Literal["fine", "wrong", "free", "unjudged"]
"""As expected, not as expected, either answer is right, or not judged."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case, for the map of a report.

    Attributes:
        case: The case.
        reply: What came back for it.
        failure: What went wrong; None for nothing.
        judged: Whether the answer says anything about the case, as 429 does not.
    """

    case: Case
    reply: Reply | None
    failure: Category | None
    judged: bool = True

    @property
    def state(self) -> State:
        if not self.judged:
            return "unjudged"
        if self.failure is not None:
            return "wrong"
        return "free" if self.case.expectation == "either" else "fine"


@public
@dataclass(frozen=True, slots=True)
class Report:
    """All that a probe found.

    Attributes:
        target: What was probed, as text.
        policy: What it was held to.
        seed: The seed.
        events: The events that were sent.
        findings: What it does wrong, the likeliest to be met first.
        skipped: Findings that were known before: by ``skip`` or the baseline.
        notes: What is worth knowing and no finding.
        outdated: Ids of known findings that a whole run has not found.
        unjudged: What was not judged, and why, as values.
        outcomes: What came of each case.
        deliveries: How many deliveries were made.
        stops: Why the runs of events ended before their time; empty if none did.
        seconds: How long it took.
        url: Where the deliveries went, or would go if an application in this process were served.
        is_query_removed: True if the receiver was given as a URL with a query, which `target` and
            `url` do not contain.
    """

    target: str
    policy: Policy
    seed: int
    events: tuple[str, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Finding, ...]
    notes: tuple[str, ...]
    outdated: tuple[str, ...]
    unjudged: tuple[NotJudged, ...]
    outcomes: tuple[Outcome, ...] = field(repr=False)
    deliveries: int
    stops: tuple[Stop, ...]
    seconds: float = field(compare=False)
    url: str = "http://127.0.0.1/"
    is_query_removed: bool = False

    @property
    def ok(self) -> bool:
        """Whether the run came to its end, and nothing new was found."""
        return not self.findings and not self.stops

    @property
    def stopped(self) -> str:
        """Why the run ended before its time, in words; empty if it did not."""
        return "; ".join(describe_stop(stop) for stop in self.stops)

    @property
    def is_interrupted(self) -> bool:
        """True if a person has interrupted the run."""
        return any(isinstance(stop.reason, Interrupted) for stop in self.stops)

    @property
    def not_judged(self) -> tuple[str, ...]:
        """What was not judged, and why, in words."""
        return tuple(describe_not_judged(entry) for entry in self.unjudged)

    def tried(self, group: str) -> int:
        """How many cases of a group were tried, and judged."""
        return sum(outcome.case.group == group and outcome.judged for outcome in self.outcomes)

    def failed(self, group: str) -> int:
        """How many of them went wrong."""
        return sum(
            outcome.case.group == group and outcome.state == "wrong" for outcome in self.outcomes
        )

    def check(self) -> None:
        """Raise if something was found, or the run was stopped: ``probe(app).check()``.

        Raises:
            ReceiverError: an `AssertionError` whose message has each finding with its fix and a
                command that sends the delivery again; why the run was stopped; and what was not
                judged.

        Examples:
            >>> from kombo_fakes import probe
            >>> try:
            ...     probe(lambda delivery: 404).check()
            ... except AssertionError as error:
            ...     print(str(error).splitlines()[2])
            1. rejects the first good delivery: nothing exists at this path
        """
        __tracebackhide__ = True
        if not self.ok:
            raise ReceiverError(_text(self))


def count_findings(report: Report) -> str:
    """How much was found in how many deliveries, in words."""
    found = pluralize(len(report.findings), "finding") if report.findings else "no finding"
    return f"{found} in {pluralize(report.deliveries, 'delivery', 'deliveries')}"


def note_faults(report: Report, group: str) -> str:
    """How many faults the cases of a group show, in brackets; empty if that is no other number."""
    judged = [o.case for o in report.outcomes if o.case.group == group and o.judged]
    count = len({case.fault_id for case in judged if case.fault_id})
    return f" ({pluralize(count, 'fault')})" if 0 < count < len(judged) else ""


def note_stopped(report: Report) -> str:
    """Why the run ended before its time, in brackets; empty if it did not."""
    return f" (stopped: {report.stopped})" if report.stopped else ""


def _text(report: Report) -> str:
    head = f"{count_findings(report)} to {report.target}, policy {report.policy}"
    paragraphs = [head + note_stopped(report)]
    for number, finding in enumerate(report.findings, 1):
        first, *others = finding_lines(finding, report.url)
        indented = [f"   {line}" for line in others]
        paragraphs.append("\n".join([f"{number}. {first}", *indented]))
    if report.not_judged:
        lines = [f"Not judged: {visible(line)}" for line in report.not_judged]
        paragraphs.append("\n".join(lines))
    # Where the first delivery is rejected, nothing was tested, so there is nothing to accept.
    untested = sum(isinstance(stop.reason, FirstDeliveryRejected) for stop in report.stops)
    if len(report.findings) > untested:
        ids = ", ".join(f'"{finding.id}"' for finding in report.findings)
        paragraphs.append(f"To accept these findings for now: skip=[{ids}]")
    return "\n\n".join(paragraphs)
