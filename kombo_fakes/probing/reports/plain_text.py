"""Findings as plain text: for the message of a test that fails, for JUnit, for a terminal."""

from __future__ import annotations

from kombo_fakes.probing.model import CATEGORY_TITLES, Finding, Likelihood, Loss
from kombo_fakes.probing.reports.readable import visible

_RANKS: dict[Likelihood, str] = {
    "realistic": "Kombo sends this today",
    "schema": "the schema allows it",
    "hostile": "an attacker or a broken proxy can send it",
}
_INVALID = "a sender with a bug, or another release, can send it"

GROUPS = {
    "valid": "valid payloads are taken",
    "style": "every style is taken",
    "wire": "odd deliveries are refused, or taken, as is owed",
    "change": "changes are treated as is owed",
    "fault": "faults are refused",
    "timeline": "timelines end in the right state",
}
"""The groups of cases, and what is right for each."""

GROUP_NAMES = {
    "valid": "valid payloads",
    "style": "styles",
    "wire": "odd deliveries",
    "change": "changes",
    "fault": "faults",
    "timeline": "timelines",
}
"""The groups of cases, and what they are called."""

_SAID = 200


def finding_lines(finding: Finding, url: str) -> list[str]:
    """A finding in lines: its title, what shows it, how it is mended, how to see it again.

    Args:
        finding: The finding.
        url: Where its delivery can be sent to again.
    """
    about = [
        CATEGORY_TITLES[finding.category],
        how_likely(finding),
        counted(len(finding.cases), "case"),
    ]
    lines = [finding.title, " · ".join(about), *finding.text.splitlines()]
    said = " ".join(finding.exchanges[-1].reply.text.split()) if finding.exchanges else ""
    raised = finding.exchanges[-1].reply.raised if finding.exchanges else ""
    if raised:
        what, at, where = raised.rpartition(" at ")
        cut = f"{what[:_SAID]}...{at}{where}" if len(what) > _SAID else raised
        lines.append(f"It raised: {cut}")
    elif said:
        lines.append(f"It said: {said[:_SAID]}{'...' * (len(said) > _SAID)}")
    if finding.fix:
        lines.append(f"Usually mended so: {sentence(finding.fix)}")
    if finding.exchanges:
        lines.append(f"Once more: {finding.curl(url)}")
    lines.append(f"Known as: {finding.id}")
    return [visible(line) for line in lines]


def how_likely(finding: Finding) -> str:
    """How likely it is to meet a finding, in words."""
    # An id may begin with the name of an event.
    invalid = any({"fault", "change"} & set(name.split(":")[:-1]) for name in finding.cases)
    return _INVALID if finding.likelihood == "schema" and invalid else _RANKS[finding.likelihood]


def describe_loss(loss: Loss) -> str:
    """Why a receiver that has worked is no use any more, without what is another thing each time.

    Examples:
        >>> describe_loss(Loss("unreachable", "nothing accepts connections there"))
        'the receiver cannot be reached any more'
    """
    return {
        "unreachable": "the receiver cannot be reached any more",
        "unobservable": "the state of the receiver cannot be observed any more",
    }[loss.kind]


def sentence(text: str) -> str:
    """A text with a full stop, unless it ends in a mark already.

    Examples:
        >>> sentence("lift the limit"), sentence("is it the right path?")
        ('lift the limit.', 'is it the right path?')
    """
    return text if text.endswith((".", "?", "!")) else f"{text}."


def counted(number: int, one: str, many: str = "") -> str:
    """A number and the word for what is counted.

    Examples:
        >>> counted(1, "case"), counted(1_200, "case")
        ('1 case', '1,200 cases')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
