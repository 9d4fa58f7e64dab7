"""A report as JUnit XML, as most systems of continuous integration read it.

Each finding is a test that fails; a known one is skipped. Each group of cases without a finding is
a test that passes. What was not judged is a skipped test, and a run that was stopped is an error.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from kombo_fakes.core.messages import pluralize
from kombo_fakes.probing.reports.plain_text import GROUPS, finding_lines
from kombo_fakes.probing.reports.reasons import split_not_judged
from kombo_fakes.probing.reports.report import Report

# XML 1.0 cannot hold these characters (section 2.2).
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(report: Report) -> bytes:
    """Make the XML document.

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
    # A skipped test keeps a known finding visible, and does not fail the build.
    for finding in report.skipped:
        case = ElementTree.SubElement(suite, "testcase", classname="finding", name=finding.id)
        ElementTree.SubElement(case, "skipped", message=_text(f"known: {finding.title}"))
    for group, name in GROUPS.items():
        tried = report.tried(group)
        if tried and not report.failed(group):
            ElementTree.SubElement(
                suite, "testcase", classname="cases", name=f"{name} ({pluralize(tried, 'case')})"
            )
    for entry in report.unjudged:
        what, why = split_not_judged(entry)
        case = ElementTree.SubElement(suite, "testcase", classname="not judged", name=_text(what))
        ElementTree.SubElement(case, "skipped", message=_text(f"not judged: {what}: {why}"))
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
