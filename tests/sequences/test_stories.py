"""Stories: the events of one integration's life."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings

import kombo_fakes
from kombo_fakes import Schema
from kombo_fakes.webhooks.registry import default_lifecycle


def integration_of(payload: Any) -> str:
    """The id of the integration that an event is about."""
    data = payload["data"]
    if payload["type"] in ("integration-created", "integration-deleted"):
        return str(data["id"])
    return str(data["integration"]["id"] if "integration" in data else data["integration_id"])


def test_stories_are_about_one_integration_and_go_forward() -> None:
    types = set()
    for index in range(60):
        payloads = kombo_fakes.story(3, index=index)
        assert payloads[0]["type"] == "integration-created"
        assert len({integration_of(payload) for payload in payloads}) == 1
        assert len({payload["id"] for payload in payloads}) == len(payloads)
        moments = []
        for payload in payloads:
            types.add(payload["type"])
            Schema.load(payload["type"]).validate(payload)
            data = payload["data"]
            moments += [
                data[n] for n in ("updated_at", "sync_started_at", "deleted_at") if n in data
            ]
            if "end_user" in data:
                assert data["end_user"] == payloads[0]["data"]["end_user"]
        assert moments == sorted(moments)
    assert types == {
        "integration-created",
        "integration-state-changed",
        "sync-finished",
        "data-changed",
        "issue-status-changed",
        "integration-deleted",
    }
    assert kombo_fakes.story(3) == kombo_fakes.story(3) != kombo_fakes.story(4)


@settings(max_examples=20, deadline=None, database=None, derandomize=True)
@given(kombo_fakes.stories())
def test_drawn_stories_are_valid(payloads: list[Any]) -> None:
    for payload in payloads:
        Schema.load(payload["type"]).validate(payload)


def test_stories_change_only_to_statuses_that_may_follow() -> None:
    lifecycle = default_lifecycle()
    begins = {lifecycle.statuses[name].values for name in lifecycle.begins}
    for index in range(100):
        changes = [p for p in kombo_fakes.story(5, index=index) if p["type"] == lifecycle.event]
        statuses = [lifecycle.status_of(payload) for payload in changes]
        assert statuses[0] in begins
        for before, after in pairwise(statuses):
            assert after in lifecycle.following(before)
