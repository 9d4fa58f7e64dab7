"""Stories: what a receiver is sent of one integration, from its creation to its end.

Each event is a realistic payload of its own, and they agree: ids, tool, category and customer
stay the same, and time only goes forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.requirements import require_values
from kombo_fakes.schema.schema import Schema
from kombo_fakes.types import Payload
from kombo_fakes.webhooks.model import Facts
from kombo_fakes.webhooks.names import POOLED, Names

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_EPOCH = datetime(2023, 1, 1, tzinfo=timezone.utc)
_CREATED = "integration-created"
_DELETED = "integration-deleted"
_CHANGED = "integration-state-changed"
_SYNCED = "sync-finished"
_DATA = "data-changed"
_ISSUE = "issue-status-changed"


def story(seed: int = 0, *, index: int = 0) -> list[Payload]:
    """The payloads of one integration's life, in the order in which things happened.

    Args:
        seed: The same seed gives the same story.
        index: Which of the stories of this seed.

    Returns:
        Payloads of several events, each valid by its schema; the first is
        ``integration-created``.

    Examples:
        >>> [payload["type"] for payload in story(1)][:2]
        ['integration-created', 'integration-state-changed']
    """
    return list(_told(SeededChoices(seed_for("story", seed, index)), POOLED))


def stories() -> SearchStrategy[list[Payload]]:
    """A strategy for stories; each is like one that `story` tells, and shrinks to a short one.

    Examples:
        >>> from hypothesis import find
        >>> short = find(stories(), lambda story: any(p["type"] == "sync-finished" for p in story))
        >>> {p["data"].get("integration_id", p["data"].get("id")) for p in short} == {
        ...     short[0]["data"]["id"]}
        True
    """
    from hypothesis import strategies as st

    from kombo_fakes.strategies.realistic import DrawnChoices

    @st.composite
    def told(draw: st.DrawFn) -> list[Payload]:
        return list(_told(DrawnChoices(draw, None), POOLED))

    return told()


def _told(choices: Choices, names: Names) -> Iterator[Any]:
    moment = _EPOCH + timedelta(minutes=choices.integer(0, 60 * 24 * 700))
    created = _generated(_CREATED, choices, names, {"moment": moment})
    end_user = created["data"]["end_user"]
    # One customer and one integration: what the first event says of them stays true.
    known: Facts = {
        "integration_id": created["data"]["id"],
        "tool": created["data"]["tool"],
        "category": created["data"]["category"],
        "organization": end_user["organization_name"],
        "creator_email": end_user["creator_email"],
        "origin_id": end_user["origin_id"],
    }

    def later(minutes: int) -> None:
        nonlocal moment
        moment += timedelta(
            minutes=choices.integer(1, minutes), milliseconds=choices.integer(1, 999)
        )

    def event(name: str, **facts: Any) -> Any:
        return _generated(name, choices, names, {**known, "moment": moment, **facts})

    def state(state: str, qa_status: str, setup_status: str) -> Any:
        later(60 * 24)
        return event(_CHANGED, state=state, qa_status=qa_status, setup_status=setup_status)

    yield created
    if choices.chance(0.7):
        yield state("ACTIVE", "PENDING", "INCOMPLETE")
    yield state("ACTIVE", "PENDING", "FINAL_SYNC_PENDING")
    later(120)
    yield event(_SYNCED, sync_state="SUCCEEDED", sync_seconds=choices.integer(1, 3_000))
    later(5)
    yield event(_DATA)
    qa_status = "FAILED" if choices.chance(0.15) else "PASSED"
    yield state("ACTIVE", qa_status, "COMPLETED")
    if qa_status == "FAILED":
        yield state("ACTIVE", "PASSED", "COMPLETED")
    for _ in range(choices.integer(0, 3)):
        later(60 * 24)
        yield event(_SYNCED, sync_seconds=choices.integer(1, 3_000))
        later(5)
        yield event(_DATA)
    if choices.chance(0.5):
        yield from _outage(choices, state, event)
    if choices.chance(0.6):
        yield state("INACTIVE", "PASSED", "COMPLETED")
    if choices.chance(0.5):
        later(60 * 24 * 30)
        yield event(_DELETED)


def _outage(choices: Choices, state: Any, event: Any) -> Iterator[Any]:
    """The credentials expire, somebody notices, and all is well again."""
    issue = choices.token(24)
    yield state("INVALID", "PASSED", "COMPLETED")
    yield event(_ISSUE, issue_id=issue, issue_change="raised")
    yield state("ACTIVE", "PASSED", "COMPLETED")
    yield event(_ISSUE, issue_id=issue, issue_change="resolved")


def _generated(event: str, choices: Choices, names: Names, known: Facts) -> Any:
    schema = Schema.load(event)
    # An issue can also be of the whole environment; here it is of this integration.
    about = require_values([("data", "integration")], schema) if event == _ISSUE else None
    return generator_for(schema, about).generate(choices, names=names, known=known)
