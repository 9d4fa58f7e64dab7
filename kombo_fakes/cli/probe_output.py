"""Print the report of a probe."""

from __future__ import annotations

import sys

from kombo_fakes.cli.terminal import escape, is_terminal, print_line
from kombo_fakes.probing.reports.plain_text import GROUP_NAMES, label_finding, sentence
from kombo_fakes.probing.reports.report import Report, count_findings, note_faults, note_stopped


def print_report(report: Report) -> None:
    """Print a report: for people on a terminal, or else as lines for programs."""
    if not is_terminal(sys.stdout):
        _print_lines(report)
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    # Titles and texts quote payloads and answers, in which brackets are not the markup of Rich.
    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=False)
    head = f"{report.target}, policy {report.policy}: {_summary(report)}"
    console.print(Text(escape(head), style="bold"))
    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for group, name in GROUP_NAMES.items():
        tried, failed = report.tried(group), report.failed(group)
        if tried:
            style, mark = ("red", "✗") if failed else ("green", "✓")
            count = f"{tried - failed} of {tried} correct"
            grid.add_row(Text(mark, style=style), name, f"{count}{note_faults(report, group)}")
    console.print(Padding(grid, (0, 0, 1, 2)))
    for number, finding in enumerate(report.findings, 1):
        console.print(Text(f"{number}. {escape(finding.title)}", style="bold red"))
        about = " · ".join(label_finding(finding))
        console.print(Padding(Text(about, style="dim"), (0, 0, 0, 3)))
        for line in finding.text.splitlines()[:6]:
            console.print(Padding(Text(escape(line)), (0, 0, 0, 3)))
        if finding.fix:
            console.print(Padding(Text(f"Fix: {sentence(finding.fix)}"), (0, 0, 0, 3)))
        console.print(Padding(Text(f"Finding id: {finding.id}", style="dim"), (0, 0, 1, 3)))
    for finding in report.skipped:
        console.print(Text(f"known: {finding.id}: {escape(finding.title)}", style="dim"))
    for line in report.not_judged:
        console.print(Text(f"not judged: {escape(line)}", style="yellow"))
    for line in report.notes:
        console.print(Text(f"note: {escape(line)}", style="dim"))


def _summary(report: Report) -> str:
    return f"{count_findings(report)}, {report.seconds:.1f} s{note_stopped(report)}"


def _print_lines(report: Report) -> None:
    print_line(f"{report.target}, policy {report.policy}: {_summary(report)}")
    for finding in report.findings:
        print_line(f"finding {finding.id}: {finding.title}")
        print_line(f"    {' · '.join(label_finding(finding))}")
        for line in finding.text.splitlines():
            print_line(f"    {line}")
        if finding.fix:
            print_line(f"    Fix: {sentence(finding.fix)}")
            print_line(f"    Source: {finding.cause.source}")
    for finding in report.skipped:
        print_line(f"known {finding.id}: {finding.title}")
    for line in report.not_judged:
        print_line(f"not judged: {line}")
    for line in report.notes:
        print_line(f"note: {line}")
