"""Scenarios: short timelines of an integration, each with one trap in it.

A scenario is judged after each of its steps. It is not sent where a scenario that it needs has
failed, so that one bug is one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kombo_fakes.core.instants import parse_instant
from kombo_fakes.probing.cases.lookalikes import LOOKALIKES, Lookalike
from kombo_fakes.probing.verdicts import causes
from kombo_fakes.sequences.sender import Sender
from kombo_fakes.sequences.timeline import Step
from kombo_fakes.webhooks.registry import default_lifecycle
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.faults import wire_faults

if TYPE_CHECKING:
    from kombo_fakes.probing.model import Category, Cause

Steps = Iterator[Step]


@dataclass(frozen=True, slots=True)
class Forged(Step):
    """A step that a receiver has to reject, and that may not change its state."""


@dataclass(frozen=True, slots=True)
class Foreign(Step):
    """A step that a receiver may accept or reject, and that may not change its state."""


@dataclass(frozen=True, slots=True)
class Burst(Step):
    """Different deliveries at the same moment."""

    others: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A timeline with a trap.

    Attributes:
        id: A stable name.
        about: What the trap is, in a few words.
        category: What a receiver that falls into it does wrong.
        cause: The cause that a receiver which falls into it most likely has.
        needs: The ids of scenarios that have to pass before.
        play: Makes the steps.
        since: The number of steps that only lead up to the trap: where one of them fails, the
            scenario says nothing.
        difference: What two ids differ in, where they are almost alike.
    """

    id: str
    about: str
    category: Category
    cause: Cause
    needs: tuple[str, ...]
    play: Callable[[Sender], Steps]
    since: int = 0
    difference: str = ""


def _first(sender: Sender) -> Steps:
    yield Step(sender.next())


def _update(sender: Sender) -> Steps:
    yield Step(sender.next())
    # A day is enough for receivers that compare whole days, or drop what comes too soon. Another
    # scenario has the trap of events that are close together.
    yield Step(sender.next(gap="a day"))


def _soon(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.next())
    yield Step(sender.next())


def _digits(sender: Sender) -> Steps:
    # ".25" and then ".5": as whole numbers 5 is less than 25.
    notation = "shortest fraction"
    yield Step(sender.next(notation=notation))
    yield Step(sender.next(gap="a quarter of a second", notation=notation))
    yield Step(sender.next(gap="a quarter of a second", notation=notation))


def _at_once(sender: Sender) -> Steps:
    # A race can end well by chance, so that one burst is not enough.
    for number in range(3):
        names = [f"{number}{letter}" for letter in "abcdef"]
        first, *others = (sender.next(name) for name in names)
        yield Burst(first, others=tuple(others))


def _updates_at_once(sender: Sender) -> Steps:
    yield Step(sender.next())
    for _ in range(4):
        # Each event has an instant of its own. So the newest one has to win, whichever is the last
        # to be stored.
        first, *others = (sender.next(gap="a minute") for _ in range(5))
        yield Burst(first, others=tuple(others))


def _life(sender: Sender) -> Steps:
    yield Step(sender.next())
    for choice in (0, 0, 0, 0, 1, 0, 2, 0):
        yield Step(sender.next(choice=choice, gap="three hours"))


def _invalid_and_back(sender: Sender) -> Steps:
    yield Step(sender.next())
    for choice in (1, 0, 1, 1, 0):
        yield Step(sender.next(choice=choice, gap="a day"))


# Each of three statuses after each of three, itself included.
_TOUR = (0, 0, 1, 1, 2, 2, 0, 2, 1)


def _every_turn(sender: Sender) -> Steps:
    lifecycle = default_lifecycle()
    # One more than the tour is long: the turn from its end to its beginning counts, too.
    for number in range(len(_TOUR) + 1):
        # Each field begins the tour at another place. In step, a receiver would pass that looks at
        # one field only to see whether anything has changed.
        values = (_TOUR[(number + turned) % len(_TOUR)] for turned in (0, 2, 5))
        status = lifecycle.combine(*values)
        yield Step(sender.next(gap="three hours", status=status))
    # Even if no status changes, the newer instant has to be stored.
    yield Step(sender.next(gap="three hours", status=status))


def _copy(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.again(0))


def _copy_of_a_newer(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.next(gap="a minute"))
    yield Step(sender.again(0))
    yield Step(sender.again(0))


def _copy_after_another(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.next(gap="a minute"))
    # A receiver that remembers only the newest id has forgotten this one.
    yield Step(sender.again(1))


def _copy_written_anew(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.again(0, "indented"))


def _copy_much_later(sender: Sender) -> Steps:
    yield Step(sender.next("a"))
    # Thirty ids are more than a short list of recent ones holds.
    for number in range(30):
        yield Step(sender.next("bcdefg"[number % 6], number))
    yield Step(sender.again(30))


def _copy_between(sender: Sender) -> Steps:
    yield Step(sender.next("a"))
    yield Step(sender.next("b"))
    # Code that remembers one id for all integrations has forgotten that of the first one.
    yield Step(sender.again(1))
    yield Step(sender.again(0))


def _same_moment(sender: Sender) -> Steps:
    yield Step(sender.next())
    # A race can end well by chance. Eight copies in four rounds make that unlikely.
    for number in range(4):
        yield Step(sender.next(choice=number, gap="a minute"), 8)


def _same_moment_first(sender: Sender) -> Steps:
    for name in "abcd":
        yield Step(sender.next(name), 8)


def _late(sender: Sender) -> Steps:
    yield Step(sender.next(gap="a day"))
    yield Step(sender.late(gap="three hours"))


def _late_statuses(sender: Sender) -> Steps:
    # Combinations that never occur are among them, so that no field is right by chance.
    combine = default_lifecycle().combine
    yield Step(sender.next())
    yield Step(sender.next(gap="a day", status=combine(1, 2, 2)))
    yield Step(sender.late(gap="a second", status=combine(2, 1, 0)))
    yield Step(sender.late(gap="a minute", status=combine(0, 0, 1)))
    yield Step(sender.next(gap="a minute", status=combine(0, 1, 0)))
    yield Step(sender.late(gap="a second", status=combine(1, 2, 2)))


def _late_among(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.next(gap="a day"))
    yield Step(sender.late(choice=1, gap="a second"))
    yield Step(sender.next(gap="a second"))


def _a_millisecond(sender: Sender) -> Steps:
    yield Step(sender.next())
    # Kombo writes milliseconds, so that no two of its timestamps are closer without being equal.
    yield Step(sender.next(gap="a millisecond"))
    yield Step(sender.late(gap="a millisecond"))


def _fraction_after_none(sender: Sender) -> Steps:
    # As strings, "...00.500Z" sorts before "...00Z".
    yield Step(sender.next(notation="shortest fraction"))
    yield Step(sender.next(gap="half a second"))


def _none_before_fraction(sender: Sender) -> Steps:
    yield Step(sender.next(gap="half a second"))
    yield Step(sender.next(gap="half a second"))
    # As strings, the older "...00Z" sorts after "...00.500Z".
    yield Step(sender.late(gap="half a second", notation="shortest fraction"))


def _newer_sorts_before(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.sorts_wrong())


def _older_sorts_behind(sender: Sender) -> Steps:
    yield Step(sender.next())
    # The digits are thirteen hours ahead, so that the event looks newer without its offset.
    yield Step(sender.late(notation="+13:00"))


def _older_sorts_behind_by_two_hours(sender: Sender) -> Steps:
    yield Step(sender.next())
    # A minute is less than the two hours by which code that ignores offsets is wrong.
    yield Step(sender.late(notation="+02:00", gap="a minute"))


def _newer_after_offset(sender: Sender) -> Steps:
    yield Step(sender.next(notation="+02:00"))
    yield Step(sender.next(gap="a minute"))


def _offset_after_offset(sender: Sender) -> Steps:
    yield Step(sender.next(notation="+13:00"))
    yield Step(sender.next(notation="-05:30", gap="a second"))
    yield Step(sender.late(notation="+02:00", gap="a second"))


def _micro_after_milli(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.next(notation="microseconds", gap="a millisecond"))
    yield Step(sender.next(notation="nanoseconds", gap="a millisecond"))


# Around the limits of 32-bit and 64-bit clocks, and of years with two digits.
_ERAS = (
    "1900-01-01T00:00:00Z",
    # Seconds since 1970 are negative here.
    "1969-12-31T23:59:59.500Z",
    "1970-01-01T00:00:01Z",
    "1999-12-31T23:59:59Z",
    "2000-01-01T00:00:00Z",
    # This is the last second that signed 32-bit seconds can count.
    "2038-01-19T03:14:07Z",
    "2038-01-19T03:14:08Z",
    # This is the first second that unsigned 32-bit seconds cannot count.
    "2106-02-07T06:28:16Z",
    # Signed 64-bit nanoseconds end within the second before.
    "2262-04-11T23:47:17Z",
)


def _eras(sender: Sender) -> Steps:
    for number, text in enumerate(_ERAS):
        yield Step(sender.next(choice=number % 2, at=int(parse_instant(text))))


def _tie(sender: Sender) -> Steps:
    yield Step(sender.next())
    yield Step(sender.tie())
    # Either of both may have won. But their copies may not turn the result again.
    yield Step(sender.again(1))
    yield Step(sender.again(0))


def _twins(sender: Sender) -> Steps:
    yield Step(sender.next("a"))
    sender.twin("b", "a")
    yield Step(sender.next("b"))
    yield Step(sender.next("b", gap="a day"))
    yield Step(sender.next("a", 1, gap="a minute"))


def _alike(lookalike: Lookalike) -> Callable[[Sender], Steps]:
    def play(sender: Sender) -> Steps:
        sample = sender.sample_of("a")
        tool, _, token = str(sample["data"]["integration_id"]).partition(":")
        for name, changed in (("a", lookalike.first), ("b", lookalike.second)):
            sample["data"]["integration_id"] = f"{tool}:{changed(token)}"
            # The second one is newer. So a receiver that takes both for one overwrites the first,
            # and does not ignore the second as too old.
            sender.introduce(name, sample, "a second" if name == "a" else "a day")
            sample = sender.sample_of(name)
        yield Step(sender.next("a"))
        yield Step(sender.next("b"))

    return play


def _two_tools(sender: Sender) -> Steps:
    sample = sender.sample_of("a")
    token = str(sample["data"]["integration_id"]).partition(":")[2]
    sample["data"] |= {"integration_tool": "workday", "integration_id": f"workday:{token}"}
    sender.introduce("b", sample, "a day")
    yield Step(sender.next("a"))
    yield Step(sender.next("b"))


def _two_parts(sender: Sender) -> Steps:
    sample = sender.sample_of("a")
    whole = str(sample["data"]["integration_id"])
    for name in "ab":
        sample["data"]["integration_id"] = f"{whole}:{name}"
        sender.introduce(name, sample, "a second" if name == "a" else "a day")
        sample = sender.sample_of(name)
    yield Step(sender.next("a"))
    yield Step(sender.next("b"))


def _nameless(sender: Sender) -> Steps:
    for name in "ab":
        sample = sender.sample_of(name)
        # A receiver whose key is the address or the origin has the same key for both: null.
        sample["data"]["end_user"] = {
            "organization_name": f"The organization {name.upper()}",
            "creator_email": None,
            "origin_id": None,
        }
        sender.introduce(name, sample, "a second" if name == "a" else "a day")
    yield Step(sender.next("a"))
    yield Step(sender.next("b"))


def _alike_events(lookalike: Lookalike) -> Callable[[Sender], Steps]:
    def play(sender: Sender) -> Steps:
        token = str(sender.sample_of("a")["data"]["integration_id"]).partition(":")[2]
        yield Step(sender.next(event_id=lookalike.first(token)))
        yield Step(sender.next(gap="a day", event_id=lookalike.second(token)))

    return play


def _twin_events(sender: Sender) -> Steps:
    yield Step(sender.next("a"))
    yield Step(sender.twin_event(0, "a"))


def _two(sender: Sender) -> Steps:
    yield Step(sender.next("a"))
    yield Step(sender.next("b"))
    yield Step(sender.next("b", 1, gap="a minute"))
    yield Step(sender.next("a", gap="three hours"))


def _two_of_a_tool(sender: Sender) -> Steps:
    yield Step(sender.next("a"))
    sender.sibling("b", "a")
    yield Step(sender.next("b"))
    yield Step(sender.next("b", 1, gap="a minute"))
    yield Step(sender.next("a", gap="three hours"))


def _older_of_another(sender: Sender) -> Steps:
    yield Step(sender.next("a"))
    yield Step(sender.next("a", gap="a day"))
    yield Step(sender.next("b"))
    yield Step(sender.next("b", gap="three hours"))


def _forged(sender: Sender) -> Steps:
    yield Step(sender.next())
    real = sender.next(gap="a day")
    forged = wire_faults(secret=sender.secret, ids=["signature-other-secret"])[0]
    made = forged.apply(real.payload)
    if made is not None:
        yield Forged(made)
    # A receiver that stores ids before it verifies takes the genuine event for a copy.
    yield Step(real)


def _without_signature(sender: Sender) -> Steps:
    real = sender.next()
    forged = wire_faults(secret=sender.secret, ids=["signature-missing"])[0]
    made = forged.apply(real.payload)
    if made is not None:
        yield Forged(made)
    yield Step(real)


def _new_event(sender: Sender) -> Steps:
    yield Step(sender.next())
    stranger = Sender(secret=sender.secret, salt=("stranger", sender.id_of("a")))
    payload = sender.next(choice=1, gap="a day").payload
    payload["type"] = "integration-added-later"
    payload["id"] = stranger.next().event_id
    yield Foreign(Delivery.of(payload, sender.secret, done=("an event of an unknown type",)))


def _invalid_first(sender: Sender) -> Steps:
    yield Step(sender.next())
    real = sender.next(gap="a day")
    payload = real.payload
    # One fault is enough, and the id stays: it is what a receiver may store too early.
    payload["data"]["state"] = payload["data"]["state"].lower()
    yield Forged(Delivery.of(payload, sender.secret, done=("an invalid payload",)))
    yield Step(real)


# A receiver that fails one of these fails elsewhere for the same reason. So each scenario needs
# those whose bugs would spoil its own trap.
_APART = ("first", "update", "two", "two-of-a-tool", "older-of-another")
_UPDATED = (*_APART, "soon", "life", "invalid-and-back", "every-turn")
_ORDERED = (*_UPDATED, "late")
_ALONE = (*_UPDATED, "two", "two-of-a-tool", "twins")
_COPIED = ("first", "copy", "copy-of-a-newer")

# Each one comes after those that it needs, since they have to be judged by then.
SCENARIOS: tuple[Scenario, ...] = (
    Scenario("first", "the first event of an integration", "acknowledged-not-applied",
             causes.TIMELINE_APPLYING, (), _first),
    Scenario("update", "a newer event of a known integration", "loses-events",
             causes.TIMELINE_UPDATING, ("first",), _update),
    Scenario("two", "two integrations with alternating events", "mixes-up-integrations",
             causes.TIMELINE_INTEGRATIONS,
             ("first", "update"), _two),
    Scenario("two-of-a-tool", "two integrations of one tool and one organisation",
             "mixes-up-integrations",
             causes.TIMELINE_INTEGRATIONS, ("first", "update"), _two_of_a_tool),
    Scenario("older-of-another", "an event older than the newest of another integration",
             "mixes-up-integrations", causes.TIMELINE_INTEGRATIONS, ("first", "update"),
             _older_of_another),
    Scenario("soon", "events that are one second apart", "loses-events", causes.TIMELINE_UPDATING,
             _APART, _soon),
    Scenario("life", "an integration from its setup to its end", "loses-events",
             causes.TIMELINE_STATUSES,
             _APART, _life),
    Scenario("invalid-and-back", "credentials that expire and are renewed", "loses-events",
             causes.TIMELINE_STATUSES, _APART, _invalid_and_back),
    Scenario("every-turn", "every transition from one status to another", "loses-events",
             causes.TIMELINE_STATUSES, (*_APART, "life", "invalid-and-back"), _every_turn),
    Scenario("copy",
             "a duplicate of an event, byte for byte", "applies-twice", causes.TIMELINE_COPIES,
             ("first",), _copy),
    Scenario("copy-of-a-newer", "duplicates of an update", "applies-twice", causes.TIMELINE_COPIES,
             _UPDATED, _copy_of_a_newer),
    Scenario("copy-after-another", "a duplicate after a newer event", "applies-twice",
             causes.TIMELINE_COPIES, _UPDATED, _copy_after_another),
    Scenario("copy-between", "a duplicate after an event of another integration",
             "applies-twice", causes.TIMELINE_COPIES, ("first", "copy"), _copy_between),
    Scenario("copy-written-anew",
             "a duplicate whose JSON is serialized in another style", "applies-twice",
             causes.TIMELINE_COPIES, ("first", "copy"), _copy_written_anew),
    Scenario("copy-much-later", "a duplicate after thirty other events", "applies-twice",
             causes.TIMELINE_COPIES, (*_UPDATED, "copy"), _copy_much_later),
    Scenario("late", "an older event that arrives late", "applies-out-of-order",
             causes.TIMELINE_ORDER,
             ("first",), _late),
    Scenario("late-statuses", "older events with other statuses that arrive late",
             "applies-out-of-order", causes.TIMELINE_ORDER, (*_UPDATED, "late"), _late_statuses),
    Scenario("late-among", "an older event between two newer ones", "applies-out-of-order",
             causes.TIMELINE_ORDER, _UPDATED, _late_among),
    Scenario("a-millisecond", "events that are one millisecond apart", "applies-out-of-order",
             causes.TIMELINE_TIMESTAMPS, _ORDERED, _a_millisecond),
    Scenario("fraction-after-none",
             "a newer timestamp with a fraction, after one without a fraction",
             "applies-out-of-order", causes.TIMELINE_TIMESTAMPS, _ORDERED, _fraction_after_none),
    Scenario("none-before-fraction",
             "an older timestamp without a fraction, after one with a fraction",
             "applies-out-of-order", causes.TIMELINE_TIMESTAMPS, _ORDERED, _none_before_fraction),
    Scenario("digits", "newer timestamps with fractions of different lengths",
             "applies-out-of-order", causes.TIMELINE_TIMESTAMPS, _ORDERED, _digits),
    Scenario("newer-sorts-before",
             "a newer timestamp with an offset, whose string sorts before the older one",
             "applies-out-of-order", causes.TIMELINE_TIMESTAMPS, _ORDERED, _newer_sorts_before),
    Scenario("older-sorts-behind",
             "an older timestamp with an offset, whose string sorts after the newer one",
             "applies-out-of-order", causes.TIMELINE_TIMESTAMPS, _ORDERED, _older_sorts_behind),
    Scenario("two-hours", "an older timestamp with the offset +02:00", "applies-out-of-order",
             causes.TIMELINE_TIMESTAMPS, _ORDERED, _older_sorts_behind_by_two_hours),
    Scenario("newer-after-offset", "a newer timestamp with Z, after one with an offset",
             "applies-out-of-order", causes.TIMELINE_TIMESTAMPS, _ORDERED, _newer_after_offset),
    Scenario("offset-after-offset", "timestamps with different offsets", "applies-out-of-order",
             causes.TIMELINE_TIMESTAMPS, _ORDERED, _offset_after_offset),
    Scenario("precisions", "timestamps of different precision", "applies-out-of-order",
             causes.TIMELINE_TIMESTAMPS, _ORDERED, _micro_after_milli),
    Scenario("eras", "newer timestamps across the ends of 1969, 1999, 2038, 2106 and 2262",
             "loses-events", causes.TIMELINE_ERAS, _ORDERED, _eras, since=1),
    Scenario("tie",
             "two events with the same timestamp, and duplicates of both", "applies-out-of-order",
             causes.TIMELINE_TIES, (*_ORDERED, *_COPIED), _tie),
    Scenario("twins", "two integrations whose ids differ only in case", "mixes-up-integrations",
             causes.TIMELINE_CASE, (*_UPDATED, "two", "two-of-a-tool"), _twins),
    Scenario("twin-events", "two events whose ids differ only in case", "loses-events",
             causes.TIMELINE_CASE_OF_EVENTS, (*_UPDATED,), _twin_events),
    Scenario("nameless", "two integrations without an e-mail address or an origin",
             "mixes-up-integrations",
             causes.TIMELINE_INTEGRATIONS, ("first", "update", "two"), _nameless,
             since=1),
    Scenario("two-tools", "two integrations whose ids differ only in the tool before the colon",
             "mixes-up-integrations", causes.TIMELINE_ALIKE, _ALONE, _two_tools, since=1),
    Scenario("two-parts", "two integrations whose ids differ only after a second colon",
             "mixes-up-integrations", causes.TIMELINE_ALIKE, _ALONE, _two_parts, since=1),
    *(
        Scenario(f"alike-{lookalike.id}", f"two integrations whose ids differ in {lookalike.about}",
                 "mixes-up-integrations", causes.TIMELINE_ALIKE, _ALONE, _alike(lookalike), since=1,
                 difference=lookalike.about)
        for lookalike in LOOKALIKES
    ),
    *(
        Scenario(f"alike-events-{lookalike.id}",
                 f"two events whose ids differ in {lookalike.about}", "loses-events",
                 causes.TIMELINE_ALIKE_EVENTS, (*_UPDATED, "twin-events"), _alike_events(lookalike),
                 since=1, difference=lookalike.about)
        for lookalike in LOOKALIKES
    ),
    Scenario("forged-first",
             "a forged event, then the genuine one with the same id", "loses-events",
             causes.TIMELINE_FORGED, _UPDATED, _forged),
    Scenario("unsigned-first", "an event without a signature, then the genuine one", "loses-events",
             causes.TIMELINE_FORGED, ("first",), _without_signature),
    Scenario("invalid-first",
             "an invalid payload that is rejected, then a valid one with the same id",
             "loses-events", causes.TIMELINE_MARKED, (*_UPDATED, "forged-first"), _invalid_first),
    Scenario("new-event", "an event of an unknown type about a known integration",
             "corrupts-state", causes.TIMELINE_FOREIGN, _UPDATED, _new_event),
    Scenario("same-moment-first", "concurrent duplicates of a first event", "applies-twice",
             causes.TIMELINE_SAME_MOMENT, _COPIED, _same_moment_first),
    Scenario("at-once", "concurrent events of different integrations", "loses-events",
             causes.TIMELINE_AT_ONCE, _UPDATED, _at_once),
    Scenario("updates-at-once", "concurrent events of one integration",
             "loses-events", causes.TIMELINE_AT_ONCE, (*_ORDERED, "at-once"), _updates_at_once),
    Scenario("same-moment", "concurrent duplicates of an update", "applies-twice",
             causes.TIMELINE_SAME_MOMENT, (*_COPIED, *_UPDATED), _same_moment),
)  # fmt: skip
