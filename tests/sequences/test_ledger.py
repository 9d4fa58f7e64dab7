"""The reference receiver, and how it compares another one with itself."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from inline_snapshot import snapshot

from kombo_fakes.sequences.ledger import Ledger, Record
from kombo_fakes.sequences.mismatches import (
    ABSENT,
    Mismatch,
    describe_mismatch,
    describe_mismatches,
)

EARLY, LATE = "2021-09-01T12:00:00.000Z", "2021-09-01T12:00:00.001Z"
KNOWN = Record(("ACTIVE", "PASSED", "COMPLETED"), EARLY, 2)
AGREES: dict[str, Any] = {
    "state": "ACTIVE", "qa_status": "PASSED", "setup_status": "COMPLETED", "updated_at": EARLY,
    "events": 2,
}  # fmt: skip


def event(name: str, updated_at: str = EARLY, *, state: str = "ACTIVE", of: str = "a") -> Any:
    """The parts of a payload that matter here."""
    data = {
        "integration_id": of, "state": state, "qa_status": "PASSED", "setup_status": "COMPLETED",
        "updated_at": updated_at,
    }  # fmt: skip
    return {"id": name, "type": "integration-state-changed", "data": data}


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        ({}, snapshot([])),
        ({"updated_at": "2021-09-01T14:00:00+02:00"}, snapshot([])),
        ({"events": None}, snapshot([])),
        ({"more": 1}, snapshot([])),
        ({"state": "INVALID"}, snapshot(["state is 'INVALID', expected 'ACTIVE'"])),
        ({"qa_status": None}, snapshot(["qa_status is null, expected 'PASSED'"])),
        (
            {"updated_at": LATE},
            snapshot(
                ["updated_at is '2021-09-01T12:00:00.001Z', expected '2021-09-01T12:00:00.000Z'"]
            ),
        ),
        (
            {"updated_at": "today"},
            snapshot(["updated_at is 'today', expected '2021-09-01T12:00:00.000Z'"]),
        ),
        ({"updated_at": 5}, snapshot(["updated_at is 5, expected '2021-09-01T12:00:00.000Z'"])),
        ({"events": 3}, snapshot(["events is 3, expected 2"])),
        (
            {"state": "INVALID", "events": 1},
            snapshot(["state is 'INVALID', expected 'ACTIVE'", "events is 1, expected 2"]),
        ),
    ],
)
def test_instants_are_compared_as_such_and_counts_if_there_are_any(
    observed: dict[str, Any], said: list[str]
) -> None:
    assert [describe_mismatch(one) for one in KNOWN.mismatches({**AGREES, **observed})] == said


@pytest.mark.parametrize("name", ["state", "qa_status", "setup_status", "updated_at"])
def test_a_missing_field_is_a_mismatch_but_a_missing_count_is_not(name: str) -> None:
    observed = {key: value for key, value in AGREES.items() if key != name}
    (mismatch,) = KNOWN.mismatches(observed)
    assert mismatch == Mismatch(name, AGREES[name], ABSENT)
    assert KNOWN.mismatches({k: v for k, v in AGREES.items() if k != "events"}) == ()


def test_copies_count_once_and_the_newest_wins_in_any_order() -> None:
    for order in permutations([event("1"), event("1"), event("2", LATE, state="INVALID")]):
        ledger = Ledger()
        for payload in order:
            ledger.apply(payload)
        (record,) = ledger.of("a")
        assert (record.status[0], record.updated_at) == ("INVALID", LATE)
        assert (ledger.events, ledger.count_events("a")) == (2, 2)
        # A late event is not applied, and so it is not counted.
        assert record.events == (1 if order[0]["id"] == "2" else 2)


def test_either_of_two_events_with_equal_instants_may_win() -> None:
    ledger = Ledger()
    ledger.apply(event("1"))
    ledger.apply(event("2", "2021-09-01T14:00:00+02:00", state="INVALID"))
    found = [(record.status[0], record.events) for record in ledger.of("a")]
    assert found == [("ACTIVE", 1), ("INVALID", 2)]
    assert ledger.mismatches("a", {**AGREES, "events": 1}) == ()
    assert ledger.mismatches("a", {**AGREES, "state": "INVALID"}) == ()
    # The mismatches are those with the nearest of the two.
    assert describe_mismatches(ledger.mismatches("a", AGREES)) == snapshot(
        "events is 2, expected 1"
    )


def test_the_nearest_record_has_the_fewest_differences() -> None:
    ledger = Ledger()
    ledger.apply(event("1"))
    other = event("2", state="INVALID")
    other["data"]["qa_status"] = "FAILED"
    ledger.apply(other)
    said = describe_mismatches(ledger.mismatches("a", {**AGREES, "qa_status": "FAILED"}))
    assert said == snapshot("state is 'ACTIVE', expected 'INVALID'")


def test_integrations_are_independent_and_in_the_order_of_their_first_events() -> None:
    ledger = Ledger()
    ledger.apply(event("1", of="b"))
    ledger.apply(event("2", of="a"))
    ledger.apply({"id": "3", "type": "sync-finished", "data": {"integration_id": "c"}})
    assert ledger.integrations == ("b", "a")
    assert (ledger.events, ledger.count_events("a"), ledger.count_events("c")) == (3, 1, 0)
    assert ledger.of("c") == ()


def test_mismatches_of_an_integration() -> None:
    ledger = Ledger()
    assert ledger.mismatches("a", None) == ()
    assert describe_mismatches(ledger.mismatches("a", {})) == snapshot(
        "the integration is known, although no event about it should be applied"
    )
    ledger.apply(event("1"))
    assert describe_mismatches(ledger.mismatches("a", None)) == snapshot(
        "the integration is unknown, although an event about it was accepted"
    )
    assert describe_mismatches(ledger.mismatches("a", [1])) == snapshot(
        "the observed document is [1], expected a JSON object"
    )
    assert ledger.mismatches("a", {**AGREES, "events": 1}) == ()
    assert describe_mismatches(
        ledger.mismatches("a", {**AGREES, "events": 2, "state": "x"})
    ) == snapshot("state is 'x', expected 'ACTIVE'; events is 2, expected 1")


def test_a_mismatch_of_the_whole_holds_what_was_expected_and_received() -> None:
    ledger = Ledger()
    assert ledger.mismatches("a", AGREES) == (Mismatch("", ABSENT, AGREES),)
    ledger.apply(event("1", EARLY))
    (record,) = ledger.of("a")
    assert ledger.mismatches("a", None) == (Mismatch("", record, ABSENT),)
    assert ledger.mismatches("a", ["a"]) == (Mismatch("", record, ["a"]),)
