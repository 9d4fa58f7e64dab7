"""The event ``issue-status-changed``: a problem with an integration came up or was resolved."""

from __future__ import annotations

from datetime import timedelta

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Event, Facts, Group
from kombo_fakes.webhooks.moments import draw_moment, pinned_moment, shift, timestamp
from kombo_fakes.webhooks.names import Names

_ISSUES = (
    ("integration.authentication_failed", "The credentials are no longer accepted"),
    ("integration.missing_permissions", "A permission is missing"),
    ("integration.sync_failing", "Syncs have been failing"),
    ("integration.rate_limited", "The tool limits the number of requests"),
)


def _draw_issue(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    first, later = draw_moment(choices, pins), choices.integer(5, 60 * 24 * 14)
    kind, title = choices.pick(_ISSUES)
    is_resolved = choices.chance(0.45)
    if "issue_status" in pins or "issue_change" in pins:
        is_resolved = "RESOLVED" in (
            pins.get("issue_status"),
            str(pins.get("issue_change")).upper(),
        )
    elif "resolved_at" in pins:
        is_resolved = pins["resolved_at"] is not None
    pinned_end = pinned_moment(pins, "resolved_at")
    if pinned_end is not None:
        first = shift(pinned_end, timedelta(minutes=-later))
    first = pinned_moment(pins, "first_observed_at") or first
    # Stories pin the id, because the event that resolves an issue has the id of the one that raised
    # it.
    facts["issue_id"] = pins.get("issue_id", choices.token(24))
    facts["issue_type"], facts["issue_title"] = kind, title
    facts["issue_message"] = f"**{title}**\n\n{names.sentence(choices)}"
    facts["first_observed_at"] = timestamp(first)
    facts["resolved_at"] = None
    if is_resolved:
        facts["resolved_at"] = timestamp(pinned_end or shift(first, timedelta(minutes=later)))
    facts["issue_status"] = "RESOLVED" if is_resolved else "OPEN"
    facts["issue_change"] = "resolved" if is_resolved else "raised"


_ISSUE = Group(
    "issue",
    {
        _draw_issue: (
            "issue_id", "issue_type", "issue_title", "issue_message", "first_observed_at",
            "resolved_at", "issue_status", "issue_change",
        )
    },
)  # fmt: skip

EVENT = Event(
    name="issue-status-changed",
    groups=(_ISSUE,),
    fields={
        "data.change": "issue_change",
        "data.issue.id": "issue_id",
        "data.issue.type": "issue_type",
        "data.issue.title": "issue_title",
        "data.issue.status": "issue_status",
        "data.issue.markdown_message": "issue_message",
        "data.issue.first_observed_at": "first_observed_at",
        "data.issue.resolved_at": "resolved_at",
    },
    types={"data.issue": "Issue", "data.integration": "IssueIntegration"},
)
