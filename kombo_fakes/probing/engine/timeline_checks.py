"""Checks the state after a step of a timeline, and classifies what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kombo_fakes.probing.cases.scenarios import Burst, Foreign, Forged, Scenario
from kombo_fakes.probing.model import Case, Category, Cause, Expectation, Mismatch
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.sequences.ledger import EVENTS, STATUS_FIELDS, Ledger, Record
from kombo_fakes.sequences.timeline import Step
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery

State = Mapping[str, Any]

# In these scenarios the state itself tells what is wrong, better than the scenario's own cause.
_TELLING = {"first", "update", "soon", "life", "invalid-and-back", "every-turn", "eras"}

# Scenarios of these causes have two ids that look alike. They fail by the state of the other one.
_OF_LOOKALIKES = (
    causes.TIMELINE_CASE,
    causes.TIMELINE_CASE_OF_EVENTS,
    causes.TIMELINE_ALIKE,
    causes.TIMELINE_ALIKE_EVENTS,
)

# This scenario does not determine which events come first, nor how many of them are applied.
_OPEN_COUNT = "updates-at-once"


@dataclass(frozen=True, slots=True)
class WrongState:
    """What is wrong with the state of an integration.

    Attributes:
        integration: The id of the integration.
        category: What kind of wrong it is.
        cause: The cause that it most likely has.
        mismatches: The fields that differ.
    """

    integration: str
    category: Category
    cause: Cause
    mismatches: tuple[Mismatch, ...]


def is_right(ledger: Ledger, integration: str, state: State | None) -> bool:
    """True if a receiver shows of an integration what it should."""
    return not ledger.mismatches(integration, state)


def is_right_but_count(ledger: Ledger, integration: str, state: State | None) -> bool:
    """True if nothing is wrong, except perhaps how many events were applied."""
    return state is not None and any(
        all(mismatch.field == EVENTS for mismatch in record.mismatches(state))
        for record in ledger.of(integration)
    )


def counts_late_events(ledger: Ledger, integration: str, state: State | None) -> bool:
    """True if nothing is wrong, except that late events are counted as applied ones."""
    return (
        state is not None
        and state.get(EVENTS) == ledger.count_events(integration)
        and is_right_but_count(ledger, integration, state)
    )


def is_acceptable(
    scenario: Scenario,
    ledger: Ledger,
    integration: str,
    counts_late: bool,
    state: State | None,
) -> bool:
    """True if a state is not a failure of a scenario.

    Args:
        scenario: The scenario.
        ledger: What the receiver should know.
        integration: The id of the integration.
        counts_late: True if the receiver is known to count late events as applied ones.
        state: What the receiver shows.
    """
    if scenario.id == _OPEN_COUNT:
        return is_right_but_count(ledger, integration, state)
    return is_right(ledger, integration, state) or (
        counts_late and counts_late_events(ledger, integration, state)
    )


def classify_state(
    scenario: Scenario,
    step: Step,
    integration: str,
    state: State | None,
    mismatches: tuple[Mismatch, ...],
    before: Sequence[Record],
) -> WrongState:
    """Classify a state that is not the right one.

    Args:
        scenario: The scenario.
        step: The last step.
        integration: The id of the integration.
        state: What the receiver shows.
        mismatches: The fields that differ.
        before: What the receiver should have known before the step.
    """
    category, cause = scenario.category, scenario.cause
    fields = {mismatch.field for mismatch in mismatches}
    is_as_before = is_one_of(before, state)
    is_other = integration != integration_of(step.delivery)
    if isinstance(step, Forged):
        category = "rejected-but-applied"
    elif is_other and not isinstance(step, Burst) and cause not in _OF_LOOKALIKES:
        # A burst is left out: one of its other deliveries may be about this integration.
        category, cause = "mixes-up-integrations", causes.TIMELINE_INTEGRATIONS
        if state is None:
            # An integration that is gone was displaced, and not overwritten.
            category, cause = "loses-events", causes.TIMELINE_FORGOTTEN
    elif scenario.id in _TELLING:
        if state is None:
            category = "acknowledged-not-applied"
        elif is_as_before:
            category = "loses-events"
        elif fields != {EVENTS}:
            category = "corrupts-state"
        elif scenario.id == "first":
            # A first event that is not the first one applied: there was another integration.
            category, cause = "mixes-up-integrations", causes.TIMELINE_INTEGRATIONS
    elif cause is causes.TIMELINE_TIMESTAMPS and is_as_before:
        # An event that is taken for an older one is ignored, and not applied out of order.
        category = "loses-events"
    elif cause is causes.TIMELINE_TIES and fields & {*STATUS_FIELDS}:
        # Either event may win, but the state has to be that of one of them.
        category = "corrupts-state"
    return WrongState(integration, category, cause, mismatches)


def is_one_of(records: Sequence[Record], state: State | None) -> bool:
    """True if a state is the same as one of some records."""
    return state is not None and any(not record.mismatches(state) for record in records)


def deliveries_of(step: Step) -> list[Delivery]:
    """List the deliveries of a step, which are sent at the same moment."""
    others = step.others if isinstance(step, Burst) else ()
    return [*[step.delivery] * step.copies, *others]


def integration_of(delivery: Delivery) -> str:
    """Read the id of the integration that a delivery is about."""
    return str(delivery.payload["data"]["integration_id"])


def make_timeline_case(
    name: str,
    cause: Cause,
    about: str,
    delivery: Delivery,
    expectation: Expectation = "accept",
    difference: str = "",
) -> Case:
    """Make the case of a timeline.

    Args:
        name: The end of its id.
        cause: The cause that a failure most likely has.
        about: What is special about it, in a few words.
        delivery: The delivery that it is judged by.
        expectation: What the receiver has to do with it.
        difference: The difference of two ids that are almost alike.
    """
    return Case(
        id=f"timeline:{name}",
        group="timeline",
        topic=cause.id,
        about=about,
        delivery=delivery,
        expectation=expectation,
        why="each event must be applied once, the newest updated_at must win, and no event may "
        "change another integration",
        cause=cause,
        likelihood=cause.likelihood,
        event=DEFAULT_EVENT,
        difference=difference,
    )


def expectation_of(step: Step) -> Expectation:
    """Return what a receiver has to do with the delivery of a step."""
    if isinstance(step, Forged):
        return "reject"
    return "either" if isinstance(step, Foreign) else "accept"
