"""The payloads as TypedDicts, for type checkers, editors and ``@given`` by type.

``make events`` writes this module from the schemas and the files in `webhooks/events/`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

EventName: TypeAlias = Literal[
    "integration-state-changed",
    "ai-apply-application-status-updated",
    "ai-apply-job-posting-status-updated",
    "assessment:order-received",
    "connection-flow-failed",
    "data-changed",
    "inline-assessment:order-received",
    "integration-created",
    "integration-deleted",
    "issue-status-changed",
    "sync-finished",
]
"""The name of a shipped event."""

IntegrationCategory: TypeAlias = Literal["HRIS", "ATS", "ASSESSMENT", "LMS"]
"""The category of the integration (HRIS, ATS, ASSESSMENT, or LMS)."""

DataModelName: TypeAlias = Literal[
    "hris_legal_entities",
    "hris_locations",
    "hris_employees",
    "hris_absence_types",
    "hris_absences",
    "hris_employments",
    "hris_teams",
    "hris_time_off_balances",
    "hris_timesheets",
    "hris_employee_document_categories",
    "hris_performance_review_cycles",
    "hris_performance_reviews",
    "hris_staffing_entities",
    "hris_skill_proficiency_scales",
    "hris_skills",
    "hris_skill_rating_providers",
    "hris_employee_skill_proficiency_ratings",
    "hris_pay_runs",
    "hris_payslips",
    "hris_salary_types",
    "hris_payslip_line_items",
    "ats_users",
    "ats_jobs",
    "ats_job_postings",
    "ats_candidates",
    "ats_application_stages",
    "ats_applications",
    "ats_screening_questions",
    "ats_tags",
    "ats_interviews",
    "ats_offers",
    "ats_rejection_reasons",
    "ats_roles",
    "ats_notes",
    "ats_scorecards",
    "ats_attachments",
    "lms_users",
    "lms_course_providers",
    "lms_skills",
    "lms_courses",
    "lms_course_revisions",
    "lms_course_progressions",
    "hris_join_employees_teams",
    "hris_join_staffing_entities_locations",
    "hris_join_staffing_entities_legal_entities",
    "hris_join_staffing_entities_groups",
    "hris_join_staffing_entities_skills",
    "ats_join_candidates_tags",
    "ats_join_jobs_application_stages",
    "ats_join_jobs_screening_questions",
    "ats_join_user_job_role_assignments",
    "ats_join_jobs_users",
    "ats_join_users_roles",
    "ats_join_interviews_users",
    "lms_join_revisions_skills",
]
"""Name of the model or relation whose records changed."""


class EndUser(TypedDict):
    """Information about the end user who created the integration."""

    organization_name: str
    creator_email: str | None
    origin_id: str | None


class IntegrationStateChangedData(TypedDict):
    """The data of `IntegrationStateChanged`."""

    integration_tool: str
    integration_id: str
    integration_category: IntegrationCategory
    end_user: EndUser
    qa_status: Literal["PENDING", "FAILED", "PASSED"]
    setup_status: Literal["INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED"]
    state: Literal["ACTIVE", "INVALID", "INACTIVE"]
    updated_at: str


class IntegrationStateChanged(TypedDict):
    """The payload of an ``integration-state-changed`` event."""

    id: str
    type: Literal["integration-state-changed"]
    data: IntegrationStateChangedData


class AiApplyApplicationStatusUpdatedData(TypedDict):
    """The data of `AiApplyApplicationStatusUpdated`."""

    id: str
    job_posting_id: str
    status: Literal["SUBMITTED", "DUPLICATE", "PENDING", "FAILED"]
    created_at: str
    updated_at: str


class AiApplyApplicationStatusUpdated(TypedDict):
    """The payload of an ``ai-apply-application-status-updated`` event."""

    id: str
    type: Literal["ai-apply-application-status-updated"]
    data: AiApplyApplicationStatusUpdatedData


class CareerSite(TypedDict):
    """The career site on which the job was posted."""

    id: str
    label: str


class AiApplyJobPostingStatusUpdatedData(TypedDict):
    """The data of `AiApplyJobPostingStatusUpdated`."""

    id: str
    career_site: CareerSite
    url: str
    job_code: str | None
    created_at: str
    updated_at: str
    archived_at: str | None
    archived_reason: (
        Literal["JOB_POSTING_TAKEN_OFFLINE", "MANUAL_ARCHIVE", "REMOVED_FROM_JOB_FEED"] | None
    )
    availability: Literal["APPLYABLE", "PENDING", "ARCHIVED", "UNAVAILABLE"]


class AiApplyJobPostingStatusUpdated(TypedDict):
    """The payload of an ``ai-apply-job-posting-status-updated`` event."""

    id: str
    type: Literal["ai-apply-job-posting-status-updated"]
    data: AiApplyJobPostingStatusUpdatedData


class AssessmentCandidate(TypedDict):
    """The person who is to be assessed."""

    remote_id: str | None
    email: str
    first_name: str | None
    last_name: str | None
    phone: str | None


class AssessmentApplication(TypedDict):
    """The application for which the assessment was ordered."""

    remote_id: str | None


class JobLocation(TypedDict, total=False):
    """Place of work, or null if unknown."""

    street_1: str | None
    street_2: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str | None
    raw: str | None


class HiringTeamMember(TypedDict):
    """One person involved in filling the job."""

    remote_id: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    hiring_team_roles: list[Literal["RECRUITER", "HIRING_MANAGER"]]


class AssessmentJob(TypedDict):
    """The job that the candidate applied for."""

    remote_id: str | None
    name: str | None
    job_code: str | None
    description: str | None
    location: JobLocation | None
    hiring_team: list[HiringTeamMember]


class AssessmentOrderReceivedData(TypedDict):
    """The data of `AssessmentOrderReceived`."""

    id: str
    package_id: str
    status: Literal["OPEN", "COMPLETED", "CANCELLED", "REJECTED"]
    integration_id: str
    candidate: AssessmentCandidate
    application: AssessmentApplication
    job: AssessmentJob


class AssessmentOrderReceived(TypedDict):
    """The payload of an ``assessment:order-received`` event."""

    id: str
    type: Literal["assessment:order-received"]
    data: AssessmentOrderReceivedData


class ConnectionFlowFailedData(TypedDict):
    """The data of `ConnectionFlowFailed`."""

    integration_tool: str
    integration_category: IntegrationCategory
    end_user: EndUser
    log_url: str


class ConnectionFlowFailed(TypedDict):
    """The payload of a ``connection-flow-failed`` event."""

    id: str
    type: Literal["connection-flow-failed"]
    data: ConnectionFlowFailedData


class ChangedModel(TypedDict):
    """One model or relation with changed records."""

    name: DataModelName


class DataChangedData(TypedDict):
    """The data of `DataChanged`."""

    integration_id: str
    integration_tool: str
    integration_category: IntegrationCategory
    changed_models: list[ChangedModel]


class DataChanged(TypedDict):
    """The payload of a ``data-changed`` event."""

    id: str
    type: Literal["data-changed"]
    data: DataChangedData


class InlineAssessmentOrderReceivedData(TypedDict):
    """The data of `InlineAssessmentOrderReceived`."""

    id: str
    package_id: str
    status: Literal["OPEN", "COMPLETED", "CANCELLED", "REJECTED"]
    integration_id: str
    candidate: AssessmentCandidate
    application: AssessmentApplication
    job: AssessmentJob


class InlineAssessmentOrderReceived(TypedDict):
    """The payload of an ``inline-assessment:order-received`` event."""

    id: str
    type: Literal["inline-assessment:order-received"]
    data: InlineAssessmentOrderReceivedData


class IntegrationCreatedData(TypedDict):
    """The data of `IntegrationCreated`."""

    id: str
    tool: str
    category: IntegrationCategory
    end_user: EndUser


class IntegrationCreated(TypedDict):
    """The payload of an ``integration-created`` event."""

    id: str
    type: Literal["integration-created"]
    data: IntegrationCreatedData


class IntegrationDeletedData(TypedDict):
    """The data of `IntegrationDeleted`."""

    id: str
    tool: str
    category: IntegrationCategory
    end_user: EndUser
    deleted_at: str


class IntegrationDeleted(TypedDict):
    """The payload of an ``integration-deleted`` event."""

    id: str
    type: Literal["integration-deleted"]
    data: IntegrationDeletedData


class Issue(TypedDict):
    """The issue whose status changed."""

    id: str
    type: str
    title: str
    status: Literal["OPEN", "RESOLVED"]
    markdown_message: str
    first_observed_at: str
    resolved_at: str | None


class IssueIntegration(TypedDict):
    """The integration affected by the issue, or null if it concerns none."""

    id: str
    tool: str
    category: IntegrationCategory
    end_user: EndUser


class IssueStatusChangedData(TypedDict):
    """The data of `IssueStatusChanged`."""

    change: Literal["raised", "resolved"]
    issue: Issue
    integration: IssueIntegration | None


class IssueStatusChanged(TypedDict):
    """The payload of an ``issue-status-changed`` event."""

    id: str
    type: Literal["issue-status-changed"]
    data: IssueStatusChangedData


class SyncFinishedData(TypedDict):
    """The data of `SyncFinished`."""

    sync_id: str
    sync_state: str
    sync_started_at: str
    sync_ended_at: str
    sync_duration_seconds: int
    integration_id: str
    integration_tool: str
    integration_category: IntegrationCategory
    end_user: EndUser
    log_url: str


class SyncFinished(TypedDict):
    """The payload of a ``sync-finished`` event."""

    id: str
    type: Literal["sync-finished"]
    data: SyncFinishedData


Payload: TypeAlias = (
    IntegrationStateChanged
    | AiApplyApplicationStatusUpdated
    | AiApplyJobPostingStatusUpdated
    | AssessmentOrderReceived
    | ConnectionFlowFailed
    | DataChanged
    | InlineAssessmentOrderReceived
    | IntegrationCreated
    | IntegrationDeleted
    | IssueStatusChanged
    | SyncFinished
)
"""The payload of any shipped event. Comparing its ``type`` narrows it to that event."""

PAYLOAD_TYPES: dict[EventName, type] = {
    "integration-state-changed": IntegrationStateChanged,
    "ai-apply-application-status-updated": AiApplyApplicationStatusUpdated,
    "ai-apply-job-posting-status-updated": AiApplyJobPostingStatusUpdated,
    "assessment:order-received": AssessmentOrderReceived,
    "connection-flow-failed": ConnectionFlowFailed,
    "data-changed": DataChanged,
    "inline-assessment:order-received": InlineAssessmentOrderReceived,
    "integration-created": IntegrationCreated,
    "integration-deleted": IntegrationDeleted,
    "issue-status-changed": IssueStatusChanged,
    "sync-finished": SyncFinished,
}
"""The TypedDict of each event."""
