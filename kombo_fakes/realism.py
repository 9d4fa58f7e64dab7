"""What real values look like: said once, for factories, strategies and files alike.

A payload tells of one integration, so its values have to agree: the id begins with the tool,
the tool serves the category, the address belongs to the organisation. Such *facts* are rolled
together, before any field is filled, and a field looks up the fact that it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol, TypeAlias

from kombo_fakes.dice import Dice
from kombo_fakes.pools import TOOLS, pools, slug

Facts: TypeAlias = "dict[str, Any]"
"""What is true in one payload, by the names that this module gives it."""

Place: TypeAlias = tuple[str, ...]
"""Where a field is: the property names that lead to it, without array indices."""


class Names(Protocol):
    """Who makes names: the pools that are carried along, or a Faker of the user's."""

    def organization(self, dice: Dice) -> str:
        """The name of an organisation."""

    def person(self, dice: Dice) -> tuple[str, str]:
        """First and last name of a person."""

    def job(self, dice: Dice) -> str:
        """The name of a job."""

    def place(self, dice: Dice) -> tuple[str, str, str | None, str, str]:
        """Street and number, city, state or None, postal code, country."""

    def sentence(self, dice: Dice) -> str:
        """A short sentence."""


class PooledNames:
    """Names from the pools that the package carries: the same for every Faker."""

    def organization(self, dice: Dice) -> str:
        return dice.pick(pools().organizations)

    def person(self, dice: Dice) -> tuple[str, str]:
        return dice.pick(pools().people)

    def job(self, dice: Dice) -> str:
        return dice.pick(pools().jobs)

    def place(self, dice: Dice) -> tuple[str, str, str | None, str, str]:
        return dice.pick(pools().places)

    def sentence(self, dice: Dice) -> str:
        return dice.pick(pools().sentences)


POOLED = PooledNames()

_EPOCH = datetime(2022, 1, 1, tzinfo=timezone.utc)
_MINUTES = 4 * 365 * 24 * 60

_SERVES = {
    tool: tuple(category for category, tools in TOOLS.items() if tool in tools)
    for tools in TOOLS.values()
    for tool in tools
}
_CATEGORIES = ("HRIS",) * 11 + ("ATS",) * 6 + ("ASSESSMENT",) * 2 + ("LMS",)

_STATUS_FACTS = ("state", "qa_status", "setup_status")

# State, quality assurance and setup as they occur together, the usual ones more often.
_STATUSES = (
    *[("ACTIVE", "PASSED", "COMPLETED")] * 12,
    *[("ACTIVE", "PENDING", "COMPLETED")] * 2,
    *[("ACTIVE", "FAILED", "COMPLETED")] * 1,
    *[("ACTIVE", "PENDING", "INCOMPLETE")] * 3,
    *[("ACTIVE", "PENDING", "FINAL_SYNC_PENDING")] * 2,
    *[("INVALID", "PASSED", "COMPLETED")] * 3,
    *[("INVALID", "PENDING", "INCOMPLETE")] * 1,
    *[("INACTIVE", "PASSED", "COMPLETED")] * 2,
    *[("INACTIVE", "FAILED", "COMPLETED")] * 1,
)


def timestamp(moment: datetime) -> str:
    """An instant as Kombo writes it: UTC, milliseconds, ``Z``.

    Example:
        >>> timestamp(datetime(2021, 9, 1, 12, tzinfo=timezone.utc))
        '2021-09-01T12:00:00.000Z'
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def _instant(dice: Dice) -> str:
    minutes, milliseconds = dice.whole(0, _MINUTES), dice.whole(0, 59_999)
    return timestamp(_EPOCH + timedelta(minutes=minutes, milliseconds=milliseconds))


# -- facts. Each group rolls the same dice whatever is pinned, so that pinning one fact changes
# -- only what has to agree with it.


def _envelope(dice: Dice, names: Names, facts: Facts, pins: Facts) -> None:
    facts["event_id"] = dice.token(24)
    facts["instant"] = _instant(dice)


def _integration(dice: Dice, names: Names, facts: Facts, pins: Facts) -> None:
    category = dice.pick(_CATEGORIES)
    roll, token = dice.whole(0, 9_999), dice.token(24)
    tool = pins.get("tool")
    if tool is None and ":" in str(pins.get("integration_id", "")):
        tool = str(pins["integration_id"]).split(":", 1)[0]
    category = pins.get("category", category)
    served = _SERVES.get(tool) if isinstance(tool, str) else None
    if served and category not in served and "category" not in pins:
        category = served[roll % len(served)]
    if tool is None:
        serving = TOOLS.get(category) or TOOLS["HRIS"]
        tool = serving[roll % len(serving)]
    facts["tool"], facts["category"] = tool, category
    facts["integration_id"] = pins.get("integration_id", f"{tool}:{token}")


def _end_user(dice: Dice, names: Names, facts: Facts, pins: Facts) -> None:
    organization, person = names.organization(dice), names.person(dice)
    organization = pins.get("organization", organization)
    local = ".".join(filter(None, map(slug, person))) or "someone"
    domain = (slug(str(organization))[:50].strip("-") or "customer") + ".example"
    anonymous, number = dice.is_null(0.1), dice.whole(1_000, 99_999)
    facts["organization"] = organization
    facts["creator_email"] = None if anonymous else f"{local}@{domain}"
    shape, unknown = dice.whole(0, 2), dice.is_null(0.15)
    origin = (str(number), f"{slug(str(organization))[:12].strip('-')}-{number}", dice.token(12))
    facts["origin_id"] = None if unknown else origin[shape]


def _statuses(dice: Dice, names: Names, facts: Facts, pins: Facts) -> None:
    roll = dice.whole(0, 9_999)
    fitting: Sequence[tuple[str, str, str]] = _STATUSES
    if not pins.keys().isdisjoint(_STATUS_FACTS):
        wanted = [pins.get(name) for name in _STATUS_FACTS]
        fitting = [
            statuses
            for statuses in _STATUSES
            if all(w is None or w == status for w, status in zip(wanted, statuses, strict=True))
        ]
    chosen = (fitting or _STATUSES)[roll % len(fitting or _STATUSES)]
    facts.update(zip(_STATUS_FACTS, chosen, strict=True))


Group: TypeAlias = Callable[[Dice, Names, Facts, Facts], None]


@dataclass(frozen=True)
class Look:
    """How a field gets its value: by a fact of a group."""

    fact: str
    group: Group


def _looks(group: Group, facts: Mapping[str, str]) -> dict[Place, Look]:
    return {tuple(place.split(".")): Look(fact, group) for place, fact in facts.items()}


# By the end of the way to a field; the longest that fits counts.
_ANYWHERE: dict[Place, Look] = {
    **_looks(
        _integration,
        {
            "integration_id": "integration_id",
            "integration_tool": "tool",
            "integration_category": "category",
        },
    ),
    **_looks(
        _end_user,
        {
            "end_user.organization_name": "organization",
            "end_user.creator_email": "creator_email",
            "end_user.origin_id": "origin_id",
        },
    ),
}

# By event, and the whole way.
_IN_EVENT: dict[str, dict[Place, Look]] = {
    "integration-state-changed": {
        **_looks(_envelope, {"id": "event_id", "data.updated_at": "instant"}),
        **_looks(
            _statuses,
            {
                "data.state": "state",
                "data.qa_status": "qa_status",
                "data.setup_status": "setup_status",
            },
        ),
    }
}

GROUPS: Sequence[Group] = (_envelope, _integration, _end_user, _statuses)
"""Every group of facts, in the order in which they are rolled."""


def look_at(event: str, place: Place) -> Look | None:
    """The look of a field, None where nothing special is known of it.

    Args:
        event: The name of the event, or whatever names the schema.
        place: The property names that lead to the field.

    Example:
        >>> look_at("integration-state-changed", ("data", "integration_id")).fact
        'integration_id'
    """
    exact = _IN_EVENT.get(event, {}).get(place)
    if exact is not None:
        return exact
    for start in range(len(place)):
        found = _ANYWHERE.get(place[start:])
        if found is not None:
            return found
    return None


# -- what nothing special is known of


def plain_text(dice: Dice, names: Names) -> str:
    """A word or two."""
    return names.sentence(dice).rstrip(".").split(" ", 1)[-1]


def formatted(name: str, dice: Dice, names: Names) -> str | None:
    """A text of a ``format``, harmless; None for a format that has no realistic look here."""
    match name:
        case "date-time":
            return _instant(dice)
        case "date":
            return _instant(dice)[:10]
        case "time":
            return _instant(dice)[11:]
        case "email" | "idn-email":
            first, last = names.person(dice)
            return f"{slug(first) or 'a'}.{slug(last) or 'b'}@example.com"
        case "uri" | "iri" | "uri-reference" | "iri-reference" | "uri-template":
            return f"https://www.example.com/{dice.token(8)}"
        case "hostname" | "idn-hostname":
            return f"{slug(names.organization(dice))[:50].strip('-') or 'host'}.example"
        case "uuid":
            head, tail = dice.whole(0, 2**48 - 1), dice.whole(0, 2**48 - 1)
            digits = f"{head:012x}4{dice.whole(0, 0xFFF):03x}8{tail:012x}{dice.whole(0, 0xFFF):03x}"
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
        case "ipv4":
            return f"192.0.2.{dice.whole(1, 254)}"
        case "ipv6":
            return f"2001:db8::{dice.whole(1, 0xFFFF):x}"
        case "duration":
            return f"P{dice.whole(1, 30)}D"
        case "json-pointer":
            return "/" + dice.pick(("data", "items/0", "name"))
        case "relative-json-pointer":
            return f"{dice.whole(0, 3)}#"
        case "regex":
            return dice.pick(("^[a-z]+$", "[0-9]{4}", "(a|b)"))
    return None
