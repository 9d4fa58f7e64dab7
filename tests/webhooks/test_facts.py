"""Facts of payloads: they agree with each other, and with those that are pinned."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from kombo_fakes import events, generate
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.webhooks.fields import sources_of
from kombo_fakes.webhooks.moments import timestamp
from kombo_fakes.webhooks.names import POOLED


def test_a_group_draws_as_often_whatever_is_pinned() -> None:
    known = [
        {"tool": "lever"}, {"category": "LMS"}, {"organization": "X"}, {"state": "ACTIVE"},
        {"integration_id": "a:b"}, {"first_name": "Jo"}, {"job": "Cook"}, {"availability": "x"},
        {"issue_status": "RESOLVED"}, {"sync_seconds": 1e300}, {"creator_email": None},
    ]  # fmt: skip
    groups = {group for event in events() for group in sources_of(event).groups}
    for pins in known:
        for group in groups:
            free, bound = SeededChoices(5), SeededChoices(5)
            facts: dict[str, Any] = {}
            group.draw(free, POOLED, facts, {})
            group.draw(bound, POOLED, {}, dict(pins))
            assert free.token(8) == bound.token(8), (group.name, pins)
            assert set(facts) == set(group.facts), group.name


def test_timestamps_have_milliseconds_and_cut_the_rest() -> None:
    assert timestamp(datetime(2021, 9, 1, 12, 0, 0, 999_999, timezone.utc)).endswith("00.999Z")


def agreeing(event: str, pins: dict[str, Any]) -> list[dict[str, Any]]:
    """Make the data of some payloads in which fields are pinned."""
    overrides = {f"data.{name}": value for name, value in pins.items()}
    return [
        next(generate(event, overrides=overrides, seed=seed)).payload["data"] for seed in range(12)
    ]


POSTING = "ai-apply-job-posting-status-updated"


def test_instants_agree_with_a_pinned_one() -> None:
    for data in agreeing(POSTING, {"created_at": "2030-01-01T00:00:00.000Z"}):
        assert "2030-01-01" < data["updated_at"] < "2030-05"
        assert data["archived_at"] in (None, data["updated_at"])
    for data in agreeing(POSTING, {"updated_at": "2019-06-01T00:00:00+02:00"}):
        assert "2019-02" < data["created_at"] < "2019-05-31T22:00:00.000Z"
        assert data["archived_at"] in (None, "2019-05-31T22:00:00.000Z")
    for data in agreeing("sync-finished", {"sync_started_at": "2030-01-01T00:00:00.250Z"}):
        assert "2030-01-01T00:00:00.250Z" <= data["sync_ended_at"] < "2030-01-01T02"
    for data in agreeing("sync-finished", {"sync_ended_at": "2019-06-01T02:00:00Z"}):
        assert "2019-06-01T00:2" < data["sync_started_at"] < "2019-06-01T02:00:00Z"
    both = {"sync_started_at": "2030-01-01T00:00:00-01:00", "sync_ended_at": "2030-01-01T01:01:30Z"}
    assert {data["sync_duration_seconds"] for data in agreeing("sync-finished", both)} == {90}


@pytest.mark.parametrize(
    "instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"]
)
def test_the_first_and_the_last_instant_can_be_pinned(instant: str) -> None:
    for event, name in (
        ("sync-finished", "sync_started_at"), ("sync-finished", "sync_ended_at"),
        (POSTING, "created_at"), (POSTING, "updated_at"), (POSTING, "archived_at"),
        ("issue-status-changed", "issue.first_observed_at"),
        ("issue-status-changed", "issue.resolved_at"),
    ):  # fmt: skip
        assert agreeing(event, {name: instant})


@pytest.mark.parametrize(
    ("pins", "availabilities"),
    [
        ({"archived_at": "2024-01-01T00:00:00.000Z"}, {"ARCHIVED"}),
        ({"archived_reason": "MANUAL_ARCHIVE"}, {"ARCHIVED"}),
        ({"archived_at": None}, {"APPLYABLE", "PENDING", "UNAVAILABLE"}),
        ({"availability": "ARCHIVED"}, {"ARCHIVED"}),
    ],
)
def test_a_posting_is_archived_in_all_fields_or_in_none(
    pins: Any, availabilities: set[str]
) -> None:
    for data in agreeing(POSTING, pins):
        assert data["availability"] in availabilities
        archived = data["availability"] == "ARCHIVED"
        assert (data["archived_at"] is not None) == archived
        assert (data["archived_reason"] is not None) == archived
        assert data["archived_at"] in (None, data["updated_at"])


def test_an_issue_is_resolved_in_all_fields_or_in_none() -> None:
    event = "issue-status-changed"
    for data in agreeing(event, {"issue.resolved_at": None}):
        assert (data["change"], data["issue"]["status"]) == ("raised", "OPEN")
    for data in agreeing(event, {"issue.resolved_at": "2030-06-01T00:00:00.000Z"}):
        assert (data["change"], data["issue"]["status"]) == ("resolved", "RESOLVED")
        assert "2030-05" < data["issue"]["first_observed_at"] < "2030-06"
    for data in agreeing(event, {"issue.first_observed_at": "2030-06-01T00:00:00.000Z"}):
        assert data["issue"]["resolved_at"] is None or data["issue"]["resolved_at"] > "2030-06-01"
