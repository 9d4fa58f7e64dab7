"""A strategy written by hand with Hypothesis, from the schema."""

from __future__ import annotations

from hypothesis import strategies as st
from measuring import draw_examples, report_rate

END_USER = st.fixed_dictionaries(
    {
        "organization_name": st.text(),
        "creator_email": st.none() | st.emails(),
        "origin_id": st.none() | st.text(),
    }
)
DATA = st.fixed_dictionaries(
    {
        "integration_tool": st.text(),
        "integration_id": st.text(),
        "integration_category": st.sampled_from(["HRIS", "ATS", "ASSESSMENT", "LMS"]),
        "end_user": END_USER,
        "qa_status": st.sampled_from(["PENDING", "FAILED", "PASSED"]),
        "setup_status": st.sampled_from(["INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"]),
        "state": st.sampled_from(["ACTIVE", "INVALID", "INACTIVE"]),
        "updated_at": st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    }
)
PAYLOAD = st.fixed_dictionaries(
    {"id": st.text(), "type": st.just("integration-state-changed"), "data": DATA}
)

report_rate(draw_examples(PAYLOAD), "hypothesis")
