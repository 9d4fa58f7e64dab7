"""A report as JUnit XML, as most systems of continuous integration read it.

A test for each finding, failed, or skipped where it is known, and one for each group of cases that
has none. What wasn't judged is skipped, and a run that was stopped is an error.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from kombo_fakes.probing.reports.plain_text import GROUPS, counted, finding_lines
from kombo_fakes.probing.reports.report import Report

# What XML 1.0 has no way to write (its section 2.2).
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(report: Report) -> bytes:
    """The XML document.

    Examples:
        >>> from kombo_fakes import probe
        >>> b'failures="1"' in junit_report(probe(lambda delivery: 500))
        True
    """
    suite = ElementTree.Element("testsuite", name="kombo-fakes probe")
    for finding in report.findings:
        case = ElementTree.SubElement(suite, "testcase", classname="finding", name=finding.id)
        failure = ElementTree.SubElement(
            case, "failure", type=finding.category, message=_text(finding.title)
        )
        failure.text = _text("\n".join(finding_lines(finding, report.url)))
    for finding in report.skipped:
        case = ElementTree.SubElement(suite, "testcase", classname="finding", name=finding.id)
        ElementTree.SubElement(case, "skipped", message=_text(f"known: {finding.title}"))
    for group, name in GROUPS.items():
        tried = report.tried(group)
        if tried and not report.failed(group):
            ElementTree.SubElement(
                suite, "testcase", classname="cases", name=f"{name} ({counted(tried, 'case')})"
            )
    for line in report.not_judged:
        case = ElementTree.SubElement(
            suite, "testcase", classname="not judged", name=_text(line.partition(": ")[0])
        )
        ElementTree.SubElement(case, "skipped", message=_text(f"not judged: {line}"))
    if report.stopped:
        case = ElementTree.SubElement(suite, "testcase", classname="run", name="the whole run")
        ElementTree.SubElement(
            case, "error", type="stopped", message=_text(f"stopped: {report.stopped}")
        )
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(report.findings)))
    suite.set("skipped", str(len(report.skipped) + len(report.not_judged)))
    suite.set("errors", str(int(bool(report.stopped))))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _text(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
