"""The event ``assessment:order-received``: somebody ordered an assessment of a candidate."""

from __future__ import annotations

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Event, Facts, Group
from kombo_fakes.webhooks.names import Names

_PACKAGES = ("cognitive-ability", "coding-challenge", "personality", "language-english")


def _draw_order(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["order_id"] = choices.token(24)
    facts["package_id"] = f"{choices.pick(_PACKAGES)}-{choices.integer(1, 9)}"
    facts["order_status"] = choices.pick(("OPEN",) * 8 + ("COMPLETED", "CANCELLED", "REJECTED"))


_ORDER = Group("order", {_draw_order: ("order_id", "package_id", "order_status")})

EVENT = Event(
    name="assessment:order-received",
    groups=(_ORDER,),
    fields={
        "data.id": "order_id",
        "data.package_id": "package_id",
        "data.status": "order_status",
    },
    # Only an integration of this category orders assessments.
    usual={"category": "ASSESSMENT"},
    types={
        "data.candidate": "AssessmentCandidate",
        "data.application": "AssessmentApplication",
        "data.job": "AssessmentJob",
        "data.job.location": "JobLocation",
        "data.job.hiring_team[]": "HiringTeamMember",
    },
)
