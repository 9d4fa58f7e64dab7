"""Shorten what a receiver logged or printed during a probe, so that the findings stay in sight.

A receiver that logs each exception, as Flask does, writes thousands of lines in one probe. pytest
shows them all after the message of the failed test.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

_FIRST, _LAST = 40, 10
_STREAMS = ("Captured log", "Captured stdout", "Captured stderr")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    outcome = yield
    if "kombo_probe" not in getattr(item, "fixturenames", ()):
        return
    report: pytest.TestReport = outcome.get_result()
    # With -vv, pytest shortens nothing.
    if report.failed and item.config.getoption("verbose") < 2:
        report.sections = [
            (title, shorten_output(text) if title.startswith(_STREAMS) else text)
            for title, text in report.sections
        ]


def shorten_output(text: str) -> str:
    r"""Keep the first and the last lines of a long text, and say how to see the others.

    Examples:
        >>> shorten_output("one line")
        'one line'
        >>> shorten_output("line\n" * 100).splitlines()[40]
        '... 50 lines of the receiver are left out: -vv shows them ...'
    """
    lines = text.splitlines()
    left_out = len(lines) - _FIRST - _LAST
    # The note takes a line itself, so it cannot replace a single one.
    if left_out < 2:
        return text
    note = f"... {left_out:,} lines of the receiver are left out: -vv shows them ..."
    return "\n".join([*lines[:_FIRST], note, *lines[-_LAST:]])
