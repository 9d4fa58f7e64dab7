"""The event ``integration-state-changed``: the state, quality assurance or setup changed."""

from __future__ import annotations

from kombo_fakes.webhooks.lifecycle import Lifecycle, Status
from kombo_fakes.webhooks.model import Event, SeenChange

NAME = "integration-state-changed"

LIFECYCLE = Lifecycle(
    event=NAME,
    subject="integration_id",
    kind="integration_tool",
    instant="updated_at",
    fields=("state", "qa_status", "setup_status"),
    begins=("connecting", "syncing"),
    statuses={
        "working": Status(
            ("ACTIVE", "PASSED", "COMPLETED"), 12, then=("expired", "failing", "switched off")
        ),
        "unchecked": Status(("ACTIVE", "PENDING", "COMPLETED"), 2),
        "failing": Status(("ACTIVE", "FAILED", "COMPLETED"), 1, then=("working",)),
        "connecting": Status(
            ("ACTIVE", "PENDING", "INCOMPLETE"), 3, then=("syncing", "expired early")
        ),
        "syncing": Status(
            ("ACTIVE", "PENDING", "FINAL_SYNC_PENDING"), 2, then=("working", "failing")
        ),
        "expired": Status(("INVALID", "PASSED", "COMPLETED"), 3, then=("working", "switched off")),
        "expired early": Status(
            ("INVALID", "PENDING", "INCOMPLETE"), 1, then=("connecting", "switched off early")
        ),
        "switched off": Status(("INACTIVE", "PASSED", "COMPLETED"), 2, then=("working",)),
        "switched off while failing": Status(("INACTIVE", "FAILED", "COMPLETED"), 1),
        "switched off early": Status(
            ("INACTIVE", "PENDING", "INCOMPLETE"), 0, then=("connecting",)
        ),
    },
)

EVENT = Event(
    name=NAME,
    groups=(LIFECYCLE.group(),),
    fields={
        "data.updated_at": "instant",
        "data.state": "state",
        "data.qa_status": "qa_status",
        "data.setup_status": "setup_status",
    },
    traits={
        "active": {"data.state": "ACTIVE"},
        "invalid": {"data.state": "INVALID"},
        "inactive": {"data.state": "INACTIVE"},
        "qa_pending": {"data.qa_status": "PENDING"},
        "qa_passed": {"data.qa_status": "PASSED"},
        "qa_failed": {"data.qa_status": "FAILED"},
        "setup_incomplete": {"data.setup_status": "INCOMPLETE"},
        "final_sync_pending": {"data.setup_status": "FINAL_SYNC_PENDING"},
        "setup_completed": {"data.setup_status": "COMPLETED"},
        # Both fields of the end user that can be null are, or neither is.
        "anonymous": {"data.end_user.creator_email": None, "data.end_user.origin_id": None},
        "identified": {
            "data.end_user.creator_email": "jane.doe@example.com",
            "data.end_user.origin_id": "1042",
        },
        "hris": {"data.integration_category": "HRIS"},
        "ats": {"data.integration_category": "ATS"},
        "assessment": {"data.integration_category": "ASSESSMENT"},
        "lms": {"data.integration_category": "LMS"},
    },
    changes=(
        SeenChange(
            "absent",
            "/data/setup_status",
            "without the field, as in payloads of older releases",
            "releases of the SDK before the field was added; the reference page of the event",
        ),
    ),
    lifecycle=LIFECYCLE,
)
