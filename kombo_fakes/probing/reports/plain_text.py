"""Findings as plain text: for the message of a test that fails, for JUnit, for a terminal."""

from __future__ import annotations

from dataclasses import replace

from kombo_fakes.core.messages import pluralize
from kombo_fakes.probing.model import CATEGORY_TITLES, Finding, Likelihood
from kombo_fakes.probing.reports.readable import visible

_LIKELIHOODS: dict[Likelihood, str] = {
    "realistic": "occurs in normal operation",
    "schema": "the schema allows it",
    "hostile": "an attacker or a broken proxy can send it",
}
_INVALID = "a sender with a bug or of another release can send it"

GROUPS = {
    "valid": "valid payloads are accepted",
    "style": "every JSON style is accepted",
    "wire": "wire faults are answered as expected",
    "change": "schema changes are answered as expected",
    "fault": "invalid payloads are answered as expected",
    "timeline": "timelines end in the right state",
}
"""The groups of cases, and what is right for each."""

GROUP_NAMES = {
    "valid": "valid payloads",
    "style": "styles",
    "wire": "wire faults",
    "change": "schema changes",
    "fault": "invalid payloads",
    "timeline": "timelines",
}
"""The groups of cases, and what they are called."""

_MOST_CHARACTERS = 200


def finding_lines(finding: Finding, url: str) -> list[str]:
    """Write a finding in lines: its title, what shows it, its fix, and how to reproduce it.

    Args:
        finding: The finding.
        url: Where its delivery can be sent to again.
    """
    lines = [finding.title, " · ".join(label_finding(finding)), *finding.text.splitlines()]
    if finding.exchanges:
        reply = finding.exchanges[-1].reply
        text = " ".join(reply.text.split())
        # The exception says more than the page that a framework answers with.
        if reply.raised:
            error = _shorten(reply.raised.error)
            lines.append(f"The receiver raised {replace(reply.raised, error=error)}")
        elif text:
            lines.append(f"Response body: {_shorten(text)}")
    lines.append(f"Fix: {sentence(finding.fix)}")
    lines.append(f"Source: {finding.cause.source}")
    if finding.exchanges:
        lines.append(f"Reproduce: {finding.curl(url)}")
    lines.append(f"Finding id: {finding.id}")
    # An answer may hold escape sequences, which a terminal would obey.
    return [visible(line) for line in lines]


def label_finding(finding: Finding) -> tuple[str, ...]:
    """Say what kind of wrong a finding is, how likely it is, and how many cases show it."""
    return (
        f"Category: {CATEGORY_TITLES[finding.category]}",
        f"Likelihood: {how_likely(finding)}",
        pluralize(len(finding.cases), "case"),
    )


def _shorten(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "..."


def how_likely(finding: Finding) -> str:
    """Say how likely a receiver is to meet a finding."""
    # Of a payload that the schema rejects it cannot be said that the schema allows it.
    is_sent_by_mistake = finding.is_invalid and finding.likelihood == "schema"
    return _INVALID if is_sent_by_mistake else _LIKELIHOODS[finding.likelihood]


def sentence(text: str) -> str:
    """Add a full stop to a text that does not end in a mark.

    Examples:
        >>> sentence("turn it off"), sentence("is it the right path?")
        ('turn it off.', 'is it the right path?')
    """
    return text if text.endswith((".", "?", "!")) else f"{text}."
