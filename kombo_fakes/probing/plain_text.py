"""Findings as plain text: for the message of a test that fails, for JUnit, for a terminal."""

from __future__ import annotations

from kombo_fakes.probing.model import Finding, Rank, Report
from kombo_fakes.probing.readable import visible

RANKS: dict[Rank, str] = {
    "realistic": "Kombo sends this today",
    "schema": "the schema allows it",
    "hostile": "an attacker or a broken proxy can send it",
}
"""How likely it is to meet a finding, in words."""

GROUPS = {
    "valid": "valid payloads are taken",
    "spelling": "every spelling is taken",
    "wire": "odd deliveries are refused, or taken, as is owed",
    "change": "changes are treated as is owed",
    "fault": "faults are refused",
    "timeline": "timelines end in the right state",
}
"""The groups of cases, and what is right for each."""

_SAID = 200


def report_text(report: Report) -> str:
    """All findings of a report, a paragraph each."""
    found = len(report.findings)
    head = (
        f"{counted(found, 'finding')} in {counted(report.deliveries, 'delivery', 'deliveries')} "
        f"to {report.target}, held to be {report.policy}"
    )
    if report.stopped:
        head += f" (stopped: {report.stopped})"
    paragraphs = [head]
    for number, finding in enumerate(report.findings, 1):
        first, *others = finding_lines(finding, report.url)
        indented = [f"   {line}" for line in others]
        paragraphs.append("\n".join([f"{number}. {first}", *indented]))
    ids = ", ".join(f'"{finding.id}"' for finding in report.findings)
    paragraphs.append(f"Known for the time being? skip=[{ids}]")
    return "\n\n".join(paragraphs)


def finding_lines(finding: Finding, url: str) -> list[str]:
    """A finding in lines: its title, what shows it, how it is mended, how to see it again.

    Args:
        finding: The finding.
        url: Where its delivery can be sent to again.
    """
    about = [finding.category, RANKS[finding.rank], counted(len(finding.cases), "case")]
    lines = [finding.title, " · ".join(about), *finding.text.splitlines()]
    said = " ".join(finding.exchanges[-1].reply.text.split()) if finding.exchanges else ""
    if said:
        lines.append(f"It said: {said[:_SAID]}{'...' * (len(said) > _SAID)}")
    if finding.hint:
        lines.append(f"Usually mended so: {finding.hint}.")
    if finding.exchanges:
        lines.append(f"Once more: {finding.curl(url)}")
    lines.append(f"Known as: {finding.id}")
    return [visible(line) for line in lines]


def counted(number: int, one: str, many: str = "") -> str:
    """A number and the word for what is counted.

    Examples:
        >>> counted(1, "case"), counted(1_200, "case")
        ('1 case', '1,200 cases')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
