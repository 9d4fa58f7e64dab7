"""Scenarios: short histories of an integration, each with one trap in it.

A scenario is judged after each of its steps. Those that build on others aren't played where the
others have failed, so that one bug is one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kombo_fakes.core.instants import instant
from kombo_fakes.probing.cases.lookalikes import LIKENESSES, Likeness
from kombo_fakes.sequences.sender import Lives, Status
from kombo_fakes.sequences.timeline import Step
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.faults import wire_faults

if TYPE_CHECKING:
    from kombo_fakes.probing.model import Category

Steps = Iterator[Step]


@dataclass(frozen=True, slots=True)
class Forged(Step):
    """A step that a receiver has to refuse, and that has to leave no trace."""


@dataclass(frozen=True, slots=True)
class Foreign(Step):
    """A step that a receiver may refuse or take, and that changes no integration."""


@dataclass(frozen=True, slots=True)
class Burst(Step):
    """Different deliveries at the same moment."""

    others: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A history with a trap.

    Attributes:
        id: A stable name.
        about: What the trap is, in a few words.
        category: What a receiver does wrong that falls into it.
        theme: What scenarios have in common that one bug fails.
        needs: The ids of scenarios that have to have gone well.
        play: Makes the steps.
        since: The number of steps that only lead up to the trap: where one of them fails, the
            scenario says nothing.
    """

    id: str
    about: str
    category: Category
    theme: str
    needs: tuple[str, ...]
    play: Callable[[Lives], Steps]
    since: int = 0


def _first(lives: Lives) -> Steps:
    yield Step(lives.next())


def _update(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next(gap="a day"))


def _soon(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next())
    yield Step(lives.next())


def _digits(lives: Lives) -> Steps:
    # ".25" and then ".5": as whole numbers 5 is less than 25.
    notation = "no fraction that isn't needed"
    yield Step(lives.next(notation=notation))
    yield Step(lives.next(gap="a quarter of a second", notation=notation))
    yield Step(lives.next(gap="a quarter of a second", notation=notation))


def _at_once(lives: Lives) -> Steps:
    for number in range(3):
        names = [f"{number}{letter}" for letter in "abcdef"]
        first, *others = (lives.next(name) for name in names)
        yield Burst(first, others=tuple(others))


def _updates_at_once(lives: Lives) -> Steps:
    yield Step(lives.next())
    for _ in range(4):
        first, *others = (lives.next(gap="a minute") for _ in range(5))
        yield Burst(first, others=tuple(others))


def _life(lives: Lives) -> Steps:
    yield Step(lives.next())
    for choice in (0, 0, 0, 0, 1, 0, 2, 0):
        yield Step(lives.next(choice=choice, gap="three hours"))


def _invalid_and_back(lives: Lives) -> Steps:
    yield Step(lives.next())
    for choice in (1, 0, 1, 1, 0):
        yield Step(lives.next(choice=choice, gap="a day"))


# Each of three statuses after each of three, itself included.
_TOUR = (0, 0, 1, 1, 2, 2, 0, 2, 1)
_STATES = ("ACTIVE", "INVALID", "INACTIVE")
_QA_STATUSES = ("PENDING", "FAILED", "PASSED")
_SETUP_STATUSES = ("INCOMPLETE", "FINAL_SYNC_PENDING", "COMPLETED")


def _every_turn(lives: Lives) -> Steps:
    for number in range(len(_TOUR) + 1):
        state, qa, setup = (_TOUR[(number + turned) % len(_TOUR)] for turned in (0, 2, 5))
        status: Status = (_STATES[state], _QA_STATUSES[qa], _SETUP_STATUSES[setup])
        yield Step(lives.next(gap="three hours", status=status))
    yield Step(lives.next(gap="three hours", status=status))


def _copy(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.again(0))


def _copy_of_a_newer(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next(gap="a minute"))
    yield Step(lives.again(0))
    yield Step(lives.again(0))


def _copy_after_another(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next(gap="a minute"))
    yield Step(lives.again(1))


def _copy_written_anew(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.again(0, "indented"))


def _copy_much_later(lives: Lives) -> Steps:
    yield Step(lives.next("a"))
    for number in range(30):
        yield Step(lives.next("bcdefg"[number % 6], number))
    yield Step(lives.again(30))


def _copy_between(lives: Lives) -> Steps:
    yield Step(lives.next("a"))
    yield Step(lives.next("b"))
    yield Step(lives.again(1))
    yield Step(lives.again(0))


def _same_moment(lives: Lives) -> Steps:
    yield Step(lives.next())
    for number in range(4):
        yield Step(lives.next(choice=number, gap="a minute"), 8)


def _same_moment_first(lives: Lives) -> Steps:
    for name in "abcd":
        yield Step(lives.next(name), 8)


def _late(lives: Lives) -> Steps:
    yield Step(lives.next(gap="a day"))
    yield Step(lives.late(gap="three hours"))


def _late_statuses(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next(gap="a day", status=("INVALID", "PASSED", "COMPLETED")))
    yield Step(lives.late(gap="a second", status=("INACTIVE", "FAILED", "INCOMPLETE")))
    yield Step(lives.late(gap="a minute", status=("ACTIVE", "PENDING", "FINAL_SYNC_PENDING")))
    yield Step(lives.next(gap="a minute", status=("ACTIVE", "FAILED", "INCOMPLETE")))
    yield Step(lives.late(gap="a second", status=("INVALID", "PASSED", "COMPLETED")))


def _late_among(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next(gap="a day"))
    yield Step(lives.late(choice=1, gap="a second"))
    yield Step(lives.next(gap="a second"))


def _a_millisecond(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next(gap="a millisecond"))
    yield Step(lives.late(gap="a millisecond"))


def _fraction_after_none(lives: Lives) -> Steps:
    # As texts "...00.500Z" comes before "...00Z".
    yield Step(lives.next(notation="no fraction that isn't needed"))
    yield Step(lives.next(gap="half a second"))


def _none_before_fraction(lives: Lives) -> Steps:
    yield Step(lives.next(gap="half a second"))
    yield Step(lives.next(gap="half a second"))
    yield Step(lives.late(gap="half a second", notation="no fraction that isn't needed"))


def _newer_sorts_before(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.sorts_wrong())


def _older_sorts_behind(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.late(notation="+13:00"))


def _older_sorts_behind_by_two_hours(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.late(notation="+02:00", gap="a minute"))


def _newer_after_offset(lives: Lives) -> Steps:
    yield Step(lives.next(notation="+02:00"))
    yield Step(lives.next(gap="a minute"))


def _offset_after_offset(lives: Lives) -> Steps:
    yield Step(lives.next(notation="+13:00"))
    yield Step(lives.next(notation="-05:30", gap="a second"))
    yield Step(lives.late(notation="+02:00", gap="a second"))


def _micro_after_milli(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.next(notation="microseconds", gap="a millisecond"))
    yield Step(lives.next(notation="nanoseconds", gap="a millisecond"))


# The ends of what clocks of 32 and of 64 bits can count, and of years with two digits.
_ERAS = (
    "1900-01-01T00:00:00Z",
    "1969-12-31T23:59:59.500Z",
    "1970-01-01T00:00:01Z",
    "1999-12-31T23:59:59Z",
    "2000-01-01T00:00:00Z",
    "2038-01-19T03:14:07Z",
    "2038-01-19T03:14:08Z",
    "2106-02-07T06:28:16Z",
    "2262-04-11T23:47:17Z",
)


def _eras(lives: Lives) -> Steps:
    for number, text in enumerate(_ERAS):
        yield Step(lives.next(choice=number % 2, at=int(instant(text))))


def _tie(lives: Lives) -> Steps:
    yield Step(lives.next())
    yield Step(lives.tie())
    yield Step(lives.again(1))
    yield Step(lives.again(0))


def _twins(lives: Lives) -> Steps:
    yield Step(lives.next("a"))
    lives.twin("b", "a")
    yield Step(lives.next("b"))
    yield Step(lives.next("b", gap="a day"))
    yield Step(lives.next("a", 1, gap="a minute"))


def _alike(likeness: Likeness) -> Callable[[Lives], Steps]:
    def play(lives: Lives) -> Steps:
        sample = lives.sample_of("a")
        tool, _, token = str(sample["data"]["integration_id"]).partition(":")
        for name, changed in (("a", likeness.first), ("b", likeness.second)):
            sample["data"]["integration_id"] = f"{tool}:{changed(token)}"
            lives.introduce(name, sample, "a second" if name == "a" else "a day")
            sample = lives.sample_of(name)
        yield Step(lives.next("a"))
        yield Step(lives.next("b"))

    return play


def _two_tools(lives: Lives) -> Steps:
    sample = lives.sample_of("a")
    token = str(sample["data"]["integration_id"]).partition(":")[2]
    sample["data"] |= {"integration_tool": "workday", "integration_id": f"workday:{token}"}
    lives.introduce("b", sample, "a day")
    yield Step(lives.next("a"))
    yield Step(lives.next("b"))


def _two_parts(lives: Lives) -> Steps:
    sample = lives.sample_of("a")
    whole = str(sample["data"]["integration_id"])
    for name in "ab":
        sample["data"]["integration_id"] = f"{whole}:{name}"
        lives.introduce(name, sample, "a second" if name == "a" else "a day")
        sample = lives.sample_of(name)
    yield Step(lives.next("a"))
    yield Step(lives.next("b"))


def _nameless(lives: Lives) -> Steps:
    for name in "ab":
        sample = lives.sample_of(name)
        sample["data"]["end_user"] = {
            "organization_name": f"The organization {name.upper()}",
            "creator_email": None,
            "origin_id": None,
        }
        lives.introduce(name, sample, "a second" if name == "a" else "a day")
    yield Step(lives.next("a"))
    yield Step(lives.next("b"))


def _alike_events(likeness: Likeness) -> Callable[[Lives], Steps]:
    def play(lives: Lives) -> Steps:
        token = str(lives.sample_of("a")["data"]["integration_id"]).partition(":")[2]
        yield Step(lives.next(event_id=likeness.first(token)))
        yield Step(lives.next(gap="a day", event_id=likeness.second(token)))

    return play


def _twin_events(lives: Lives) -> Steps:
    yield Step(lives.next("a"))
    yield Step(lives.twin_event(0, "a"))


def _two(lives: Lives) -> Steps:
    yield Step(lives.next("a"))
    yield Step(lives.next("b"))
    yield Step(lives.next("b", 1, gap="a minute"))
    yield Step(lives.next("a", gap="three hours"))


def _two_of_a_tool(lives: Lives) -> Steps:
    yield Step(lives.next("a"))
    lives.sibling("b", "a")
    yield Step(lives.next("b"))
    yield Step(lives.next("b", 1, gap="a minute"))
    yield Step(lives.next("a", gap="three hours"))


def _older_of_another(lives: Lives) -> Steps:
    yield Step(lives.next("a"))
    yield Step(lives.next("a", gap="a day"))
    yield Step(lives.next("b"))
    yield Step(lives.next("b", gap="three hours"))


def _forged(lives: Lives) -> Steps:
    yield Step(lives.next())
    real = lives.next(gap="a day")
    forged = wire_faults(secret=lives.secret, ids=["signature-other-secret"])[0]
    made = forged.apply(real.payload)
    if made is not None:
        yield Forged(made)
    yield Step(real)


def _without_signature(lives: Lives) -> Steps:
    real = lives.next()
    forged = wire_faults(secret=lives.secret, ids=["signature-missing"])[0]
    made = forged.apply(real.payload)
    if made is not None:
        yield Forged(made)
    yield Step(real)


def _new_event(lives: Lives) -> Steps:
    yield Step(lives.next())
    stranger = Lives(secret=lives.secret, salt=("stranger", lives.id_of("a")))
    payload = lives.next(choice=1, gap="a day").payload
    payload["type"] = "integration-added-later"
    payload["id"] = stranger.next().event_id
    yield Foreign(Delivery.of(payload, lives.secret, done=("an event that is new",)))


def _invalid_first(lives: Lives) -> Steps:
    yield Step(lives.next())
    real = lives.next(gap="a day")
    payload = real.payload
    payload["data"]["state"] = payload["data"]["state"].lower()
    yield Forged(Delivery.of(payload, lives.secret, done=("an invalid payload",)))
    yield Step(real)


_APART = ("first", "update", "two", "two-of-a-tool", "older-of-another")
_UPDATED = (*_APART, "soon", "life", "invalid-and-back", "every-turn")
_ORDERED = (*_UPDATED, "late")
_ALONE = (*_UPDATED, "two", "two-of-a-tool", "twins")
_COPIED = ("first", "copy", "copy-of-a-newer")

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("first", "the first event of an integration", "acknowledges and doesn't apply",
             "applying", (), _first),
    Scenario("update", "a newer event of an integration that is known", "loses", "updating",
             ("first",), _update),
    Scenario("two", "two integrations in turn", "mixes up integrations", "integrations",
             ("first", "update"), _two),
    Scenario("two-of-a-tool", "two integrations of one tool and one organisation, in turn",
             "mixes up integrations", "integrations", ("first", "update"), _two_of_a_tool),
    Scenario("older-of-another", "an event older than the newest of another integration",
             "mixes up integrations", "integrations", ("first", "update"), _older_of_another),
    Scenario("soon", "newer events a second later each", "loses", "updating",
             _APART, _soon),
    Scenario("life", "an integration from its setup to its end", "loses", "statuses",
             _APART, _life),
    Scenario("invalid-and-back", "credentials that expire, and are renewed", "loses", "statuses",
             _APART, _invalid_and_back),
    Scenario("every-turn", "each status after each other, and the same once more", "loses",
             "statuses", (*_APART, "life", "invalid-and-back"), _every_turn),
    Scenario("copy", "a copy of an event, the same bytes", "applies twice", "copies",
             ("first",), _copy),
    Scenario("copy-of-a-newer", "copies of an update", "applies twice", "copies",
             _UPDATED, _copy_of_a_newer),
    Scenario("copy-after-another", "a copy that comes after a newer event", "applies twice",
             "copies", _UPDATED, _copy_after_another),
    Scenario("copy-between", "a copy that comes after the event of another integration",
             "applies twice", "copies", ("first", "copy"), _copy_between),
    Scenario("copy-written-anew", "a copy, its JSON written otherwise", "applies twice",
             "copies", ("first", "copy"), _copy_written_anew),
    Scenario("copy-much-later", "a copy that comes after thirty other events", "applies twice",
             "copies", (*_UPDATED, "copy"), _copy_much_later),
    Scenario("late", "an older event that comes late", "applies out of order", "order",
             ("first",), _late),
    Scenario("late-statuses", "older events of every status that come late",
             "applies out of order", "order", (*_UPDATED, "late"), _late_statuses),
    Scenario("late-among", "an older event between two newer ones", "applies out of order",
             "order", _UPDATED, _late_among),
    Scenario("a-millisecond", "events a millisecond apart", "applies out of order",
             "timestamps", _ORDERED, _a_millisecond),
    Scenario("fraction-after-none", "a newer timestamp with a fraction after one without",
             "applies out of order", "timestamps", _ORDERED, _fraction_after_none),
    Scenario("none-before-fraction", "an older timestamp without a fraction after one with",
             "applies out of order", "timestamps", _ORDERED, _none_before_fraction),
    Scenario("digits", "newer timestamps with fractions of different length",
             "applies out of order", "timestamps", _ORDERED, _digits),
    Scenario("newer-sorts-before", "a newer timestamp with an offset, that as a text sorts before",
             "applies out of order", "timestamps", _ORDERED, _newer_sorts_before),
    Scenario("older-sorts-behind", "an older timestamp with an offset, that as a text sorts behind",
             "applies out of order", "timestamps", _ORDERED, _older_sorts_behind),
    Scenario("two-hours", "an older timestamp with the offset +02:00", "applies out of order",
             "timestamps", _ORDERED, _older_sorts_behind_by_two_hours),
    Scenario("newer-after-offset", "a newer timestamp with Z after one with an offset",
             "applies out of order", "timestamps", _ORDERED, _newer_after_offset),
    Scenario("offset-after-offset", "timestamps with different offsets", "applies out of order",
             "timestamps", _ORDERED, _offset_after_offset),
    Scenario("precisions", "timestamps of different precision", "applies out of order",
             "timestamps", _ORDERED, _micro_after_milli),
    Scenario("eras", "newer timestamps across the ends of 1969, 1999, 2038, 2106 and 2262", "loses",
             "eras", _ORDERED, _eras, since=1),
    Scenario("tie", "two events of the same instant, and copies of both", "applies out of order",
             "ties", (*_ORDERED, *_COPIED), _tie),
    Scenario("twins", "two integrations whose ids differ in case only", "mixes up integrations",
             "case", (*_UPDATED, "two", "two-of-a-tool"), _twins),
    Scenario("twin-events", "two events whose ids differ in case only", "loses", "case of events",
             (*_UPDATED,), _twin_events),
    Scenario("nameless", "two integrations without an e-mail address or an origin",
             "mixes up integrations", "integrations", ("first", "update", "two"), _nameless,
             since=1),
    Scenario("two-tools", "two integrations whose ids differ in the tool before the colon",
             "mixes up integrations", "alike", _ALONE, _two_tools, since=1),
    Scenario("two-parts", "two integrations whose ids differ in what is behind a second colon",
             "mixes up integrations", "alike", _ALONE, _two_parts, since=1),
    *(
        Scenario(f"alike-{likeness.id}", f"two integrations whose ids differ in {likeness.about}",
                 "mixes up integrations", "alike", _ALONE, _alike(likeness), since=1)
        for likeness in LIKENESSES
    ),
    *(
        Scenario(f"alike-events-{likeness.id}", f"two events whose ids differ in {likeness.about}",
                 "loses", "alike events", (*_UPDATED, "twin-events"), _alike_events(likeness),
                 since=1)
        for likeness in LIKENESSES
    ),
    Scenario("forged-first", "a forged event, then the real one of the same id", "loses",
             "forged", _UPDATED, _forged),
    Scenario("unsigned-first", "an event without a signature, then the real one", "loses",
             "forged", ("first",), _without_signature),
    Scenario("invalid-first", "an invalid payload that is refused, then a valid one of the same id",
             "loses", "marked", (*_UPDATED, "forged-first"), _invalid_first),
    Scenario("new-event", "an event of a new type about an integration that is known",
             "corrupts what it stores", "foreign", _UPDATED, _new_event),
    Scenario("same-moment-first", "copies of a first event at the same moment", "applies twice",
             "same moment", _COPIED, _same_moment_first),
    Scenario("at-once", "events of different integrations at the same moment", "loses", "at once",
             _UPDATED, _at_once),
    Scenario("updates-at-once", "different events of an integration at the same moment", "loses",
             "at once", (*_ORDERED, "at-once"), _updates_at_once),
    Scenario("same-moment", "copies of an update at the same moment", "applies twice",
             "same moment", (*_COPIED, *_UPDATED), _same_moment),
)  # fmt: skip
