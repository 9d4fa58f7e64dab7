"""The event ``data-changed``: records of some data models changed."""

from __future__ import annotations

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.model import Event, Facts, Group, SeenChange
from kombo_fakes.webhooks.names import Names

_MODELS = {
    "hris_": ("employees", "employments", "absences", "teams", "locations", "legal_entities"),
    "ats_": ("candidates", "applications", "jobs", "job_postings", "application_stages", "users"),
    "lms_": ("users", "courses", "course_progressions", "skills", "course_revisions"),
}


def _draw_model(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    try:
        category = pins.get("category", facts["category"])
    except KeyError:
        category = None  # A schema of this name that has no field for it.
    # An override can be any value, even a list, which cannot be a key.
    prefix = {"HRIS": "hris_", "LMS": "lms_"}.get(str(category), "ats_")
    facts["model"] = prefix + choices.pick(_MODELS[prefix])


EVENT = Event(
    name="data-changed",
    groups=(Group("model", {_draw_model: ("model",)}, per_item=True),),
    fields={"data.changed_models.name": "model"},
    changes=(
        SeenChange(
            "new-model",
            "/data/changed_models/0/name",
            "a model that was added to the list later",
            "the list grows with nearly every release of the SDK",
            value="hris_models_added_later",
            kind="new-value",
        ),
    ),
    types={"data.changed_models[]": "ChangedModel", "data.changed_models[].name": "DataModelName"},
)
