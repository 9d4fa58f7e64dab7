"""The event ``ai-apply-job-posting-status-updated``: a job posting opened, changed or closed."""

from __future__ import annotations

from datetime import timedelta

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Event, Facts, Group
from kombo_fakes.webhooks.moments import draw_moment, pinned_moment, shift, timestamp
from kombo_fakes.webhooks.names import Names, slugify

_APPLICATION_STATUSES = ("SUBMITTED",) * 6 + ("PENDING",) * 2 + ("DUPLICATE", "FAILED")
_AVAILABILITIES = ("APPLYABLE",) * 6 + ("PENDING",) * 2 + ("ARCHIVED",) * 2 + ("UNAVAILABLE",)
_REASONS = ("JOB_POSTING_TAKEN_OFFLINE", "MANUAL_ARCHIVE", "REMOVED_FROM_JOB_FEED")


def _draw_posting(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    created, later = draw_moment(choices, pins), choices.integer(1, 60 * 24 * 90)
    organization = names.organization(choices)
    # A label of a host name has at most 63 characters (RFC 1035, 2.3.4), and does not end with a
    # hyphen (RFC 1034, 3.5).
    host = slugify(organization)[:50].strip("-") or "jobs"
    # The milliseconds look random without a draw of their own.
    lasted = timedelta(minutes=later, milliseconds=later % 977)
    pinned_update = pinned_moment(pins, "updated_at") or pinned_moment(pins, "archived_at")
    if pinned_update is not None:
        created = shift(pinned_update, -lasted)
    created = pinned_moment(pins, "created_at") or created
    updated = pinned_update or shift(created, lasted)
    facts["created_at"], facts["updated_at"] = timestamp(created), timestamp(updated)
    facts["posting_id"], facts["career_site_id"] = choices.token(24), choices.token(24)
    facts["career_site"] = f"{organization} Careers"
    # Nobody can own a name that ends in .example (RFC 2606, 2).
    facts["posting_url"] = f"https://careers.{host}.example/jobs/{choices.integer(1_000, 999_999)}"
    facts["application_status"] = choices.pick(_APPLICATION_STATUSES)
    availability, reason = choices.pick(_AVAILABILITIES), choices.pick(_REASONS)
    pinned = [pins[fact] for fact in ("archived_at", "archived_reason") if fact in pins]
    # Only a posting that is archived has an instant and a reason for it.
    if any(value is not None for value in pinned):
        availability = "ARCHIVED"
    elif pinned and availability == "ARCHIVED":
        availability = "APPLYABLE"
    availability = pins.get("availability", availability)
    is_archived = availability == "ARCHIVED"
    facts["availability"] = availability
    facts["archived_at"] = facts["updated_at"] if is_archived else None
    facts["archived_reason"] = reason if is_archived else None


POSTING = Group(
    "posting",
    {
        _draw_posting: (
            "created_at", "updated_at", "posting_id", "career_site_id", "career_site",
            "posting_url", "application_status", "availability", "archived_at", "archived_reason",
        )
    },
)  # fmt: skip
"""A job posting, and an application to it."""

EVENT = Event(
    name="ai-apply-job-posting-status-updated",
    groups=(POSTING,),
    fields={
        "data.id": "posting_id",
        "data.career_site.id": "career_site_id",
        "data.career_site.label": "career_site",
        "data.url": "posting_url",
        "data.job_code": "job_code",
        "data.created_at": "created_at",
        "data.updated_at": "updated_at",
        "data.archived_at": "archived_at",
        "data.archived_reason": "archived_reason",
        "data.availability": "availability",
    },
    types={"data.career_site": "CareerSite"},
)
