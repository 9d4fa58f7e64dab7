"""The payloads as TypedDicts, for type checkers, editors and ``@given`` by type.

A test holds each of them against its schema.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

IntegrationCategory: TypeAlias = Literal["HRIS", "ATS", "ASSESSMENT", "LMS"]


class EndUser(TypedDict):
    """Who connected the integration."""

    organization_name: str
    creator_email: str | None
    origin_id: str | None


class IntegrationStateChangedData(TypedDict):
    """The data of an ``integration-state-changed`` event."""

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


PAYLOAD_TYPES: dict[str, type] = {"integration-state-changed": IntegrationStateChanged}
"""The TypedDict of each event that has one."""
