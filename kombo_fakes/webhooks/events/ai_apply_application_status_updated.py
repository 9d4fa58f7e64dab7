"""The event ``ai-apply-application-status-updated``: an application was submitted, or failed."""

from __future__ import annotations

from kombo_fakes.webhooks.events.ai_apply_job_posting_status_updated import POSTING
from kombo_fakes.webhooks.model import Event

EVENT = Event(
    name="ai-apply-application-status-updated",
    groups=(POSTING,),
    fields={
        "data.id": "career_site_id",
        "data.job_posting_id": "posting_id",
        "data.status": "application_status",
        "data.created_at": "created_at",
        "data.updated_at": "updated_at",
    },
)
