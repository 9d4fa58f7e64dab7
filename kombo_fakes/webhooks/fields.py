"""What real values look like: said once, for factories, strategies and files alike.

A payload tells of one integration, so its values have to agree: the id begins with the tool,
the tool serves the category, the address belongs to the organisation. Such *facts* are rolled
together, before any field is filled, and a field looks up the fact that it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from operator import itemgetter
from typing import Any, Protocol, TypeAlias

from kombo_fakes.core.choices import Choices
from kombo_fakes.core.instants import is_date_time
from kombo_fakes.webhooks.pools import TOOLS, pools, slug

Facts: TypeAlias = "dict[str, Any]"
"""What is true in one payload, by the names that this module gives it."""

Place: TypeAlias = tuple[str, ...]
"""Where a field is: the property names that lead to it, without array indices."""


class Names(Protocol):
    """Who makes names: the pools that are carried along, or a Faker of the user's."""

    def organization(self, choices: Choices) -> str:
        """The name of an organisation."""

    def person(self, choices: Choices) -> tuple[str, str]:
        """First and last name of a person."""

    def job(self, choices: Choices) -> str:
        """The name of a job."""

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        """Street and number, city, state or None, postal code, country."""

    def sentence(self, choices: Choices) -> str:
        """A short sentence."""


class PooledNames:
    """Names from the pools that the package carries: the same for every Faker."""

    def organization(self, choices: Choices) -> str:
        return choices.pick(pools().organizations)

    def person(self, choices: Choices) -> tuple[str, str]:
        return choices.pick(pools().people)

    def job(self, choices: Choices) -> str:
        return choices.pick(pools().jobs)

    def place(self, choices: Choices) -> tuple[str, str, str | None, str, str]:
        return choices.pick(pools().places)

    def sentence(self, choices: Choices) -> str:
        return choices.pick(pools().sentences)


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

    Examples:
        >>> timestamp(datetime(2021, 9, 1, 12, tzinfo=timezone.utc))
        '2021-09-01T12:00:00.000Z'
    """
    # Without %Y, which writes the year 1 as 1.
    second = moment.strftime(f"{moment.year:04}-%m-%dT%H:%M:%S.")
    return f"{second}{moment.microsecond // 1000:03}Z"


def _moment(choices: Choices, pins: Facts | None = None) -> datetime:
    minutes, milliseconds = choices.integer(0, _MINUTES), choices.integer(0, 59_999)
    moment = _EPOCH + timedelta(minutes=minutes, milliseconds=milliseconds)
    return moment if pins is None else pins.get("moment", moment)


def _instant(choices: Choices, pins: Facts | None = None) -> str:
    return timestamp(_moment(choices, pins))


def _told(pins: Facts, fact: str) -> datetime | None:
    """The instant that a fact is pinned to, in UTC; None where it isn't, or isn't one."""
    value = pins.get(fact)
    if not isinstance(value, str) or not is_date_time(value):
        return None
    fraction = value[19:].rstrip("Zz").partition(".")[2].replace("-", "+").partition("+")[0]
    offset = timedelta()
    if value[-1] not in "Zz":
        offset = timedelta(hours=int(value[-5:-3]), minutes=int(value[-2:]))
        offset = -offset if value[-6] == "-" else offset
    try:
        moment = datetime.fromisoformat(value[:10] + " " + value[11:19])
    except ValueError:
        return None  # A leap second, or the year 0.
    microseconds = int(fraction[:6].ljust(6, "0"))
    moment = moment.replace(microsecond=microseconds, tzinfo=timezone.utc)
    return _after(moment, -offset)


def _after(moment: datetime, time: timedelta) -> datetime:
    """An instant some time later, as far as there are any."""
    try:
        return moment + time
    except OverflowError:
        return moment


MARKED_INSTANT = timestamp(_EPOCH - timedelta(milliseconds=1))
"""An instant that no payload tells of, and that may stand for one."""


def instants(words: Sequence[int]) -> tuple[Sequence[bytes], Sequence[bytes], Sequence[bytes]]:
    """Instants as they are usual, as ASCII, made of numbers of 16 bits, three for each.

    Args:
        words: The numbers.

    Returns:
        The days, the minutes and what follows, of all instants: who writes them joins them to
        what is around them in the same go.

    Examples:
        >>> days, minutes, ends = instants([0, 0, 0, 65_535, 65_535, 65_535])
        >>> list(map(b"".join, zip(days, minutes, ends, strict=True)))
        [b'2022-01-01T00:00:00.000Z', b'2025-12-30T23:59:59.999Z']
    """
    days, minutes, ends = _calendar()
    return _at(words[::3], days), _at(words[1::3], minutes), _at(words[2::3], ends)


def _at(places: Sequence[int], items: Sequence[bytes]) -> Sequence[bytes]:
    # To get many items in one call takes half the time of getting each; of one it is no tuple.
    return itemgetter(*places)(items) if len(places) > 1 else [items[place] for place in places]


@cache
def _calendar() -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Parts of instants, by a number of 16 bits."""
    days = [timestamp(_EPOCH + timedelta(days=n))[:11].encode() for n in range(_MINUTES // 1_440)]
    minutes = [f"{n // 60:02}:{n % 60:02}:".encode() for n in range(1_440)]
    # A word has room for a second and a millisecond.
    ends = [f"{n // 1_000:02}.{n % 1_000:03}Z".encode() for n in range(60_000)]
    return (
        [days[word * len(days) >> 16] for word in range(1 << 16)],
        [minutes[word * 1_440 >> 16] for word in range(1 << 16)],
        [ends[word * 60_000 >> 16] for word in range(1 << 16)],
    )


# -- facts. Each group rolls the same choices whatever is pinned, so that pinning one fact changes
# -- only what has to agree with it. A group is made of parts where facts needn't agree.


def _event_id(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["event_id"] = choices.token(24)


def _occasion(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    instant = _instant(choices, pins)
    facts["instant"] = pins.get("instant", instant)


def _envelope(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    _event_id(choices, names, facts, pins)
    _occasion(choices, names, facts, pins)


def _integration(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    category = choices.pick(_CATEGORIES)
    roll, token = choices.integer(0, 9_999), choices.token(24)
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


def _end_user(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    organization, person = names.organization(choices), names.person(choices)
    organization = pins.get("organization", organization)
    local = ".".join(filter(None, map(slug, person))) or "someone"
    host = slug(str(organization))
    domain = (host[:50].strip("-") or "customer") + ".example"
    anonymous, number = choices.is_null(0.1), choices.integer(1_000, 99_999)
    facts["organization"] = organization
    facts["creator_email"] = pins.get("creator_email", None if anonymous else f"{local}@{domain}")
    shape, unknown = choices.integer(0, 2), choices.is_null(0.15)
    origin = (str(number), f"{host[:12].strip('-')}-{number}", choices.token(12))
    facts["origin_id"] = pins.get("origin_id", None if unknown else origin[shape])


def _statuses(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    roll = choices.integer(0, 9_999)
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


def _sync(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    started, seconds = _moment(choices, pins), choices.integer(1, 5_400)
    fraction = choices.integer(0, 999)
    facts["sync_id"] = choices.token(24)
    facts["sync_state"] = pins.get("sync_state", choices.pick(_SYNC_STATES))
    seconds = pins.get("sync_seconds", seconds)
    told_start, told_end = _told(pins, "sync_started_at"), _told(pins, "sync_ended_at")
    if told_start and told_end and told_start <= told_end and "sync_seconds" not in pins:
        seconds = int((told_end - told_start).total_seconds())
    facts["sync_seconds"] = seconds
    known = isinstance(seconds, (int, float)) and 0 <= seconds < 1e9
    # Whole seconds as Kombo counts them: the fraction is cut off.
    lasted = timedelta(seconds=seconds if known else 0, milliseconds=fraction)
    if told_start is None and told_end is not None:
        started = _after(told_end, -lasted)
    started = told_start or started
    ended = told_end or _after(started, lasted)
    facts["sync_started_at"], facts["sync_ended_at"] = timestamp(started), timestamp(ended)


def _log(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["log_url"] = f"https://app.kombo.example/logs/{choices.token(24)}"


def _models(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    try:
        category = pins.get("category", facts["category"])
    except KeyError:
        category = None  # The payload doesn't tell of one.
    prefix = {"HRIS": "hris_", "LMS": "lms_"}.get(str(category), "ats_")
    facts["model"] = prefix + choices.pick(_MODELS[prefix])


def _name(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    first, last = names.person(choices)
    first, last = pins.get("first_name", first), pins.get("last_name", last)
    number, domain = (
        choices.integer(0, 99),
        choices.pick(("example.com", "example.org", "example.net")),
    )
    local = ".".join(filter(None, (slug(str(first)), slug(str(last))))) or "someone"
    facts["first_name"], facts["last_name"] = first, last
    facts["person_email"] = f"{local}@{domain}"
    # Numbers that are kept free for fiction: 555-0100 to 555-0199.
    facts["phone"] = f"+1 202 555 01{number:02}"


def _person_id(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["person_id"] = str(choices.integer(10_000, 9_999_999))


def _role(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["role"] = choices.pick(("RECRUITER", "HIRING_MANAGER"))


def _person(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    for part in (_name, _person_id, _role):
        part(choices, names, facts, pins)


def _job_title(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    job, code = pins.get("job", names.job(choices)), choices.integer(100, 9_999)
    facts["job"], facts["job_code"] = job, f"REQ-{code}"


def _address(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    street, city, state, zip_code, country = names.place(choices)
    facts["street"], facts["city"], facts["state_name"] = street, city, state
    facts["zip_code"], facts["country"] = zip_code, country
    facts["address"] = ", ".join(filter(None, (street, f"{zip_code} {city}", state, country)))


def _job_ids(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["job_id"], facts["application_id"] = (
        str(choices.integer(1_000, 999_999)) for _ in range(2)
    )


def _job_description(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["job_description"] = f"We are looking for: {facts['job']}. {names.sentence(choices)}"


def _suite(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["suite"] = f"Floor {choices.integer(1, 30)}"


def _job(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    for part in (_job_title, _address, _job_ids, _job_description, _suite):
        part(choices, names, facts, pins)


def _order(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["order_id"] = choices.token(24)
    facts["package_id"] = f"{choices.pick(_PACKAGES)}-{choices.integer(1, 9)}"
    facts["order_status"] = choices.pick(("OPEN",) * 8 + ("COMPLETED", "CANCELLED", "REJECTED"))


def _posting(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    created, later = _moment(choices, pins), choices.integer(1, 60 * 24 * 90)
    organization = names.organization(choices)
    host = slug(organization)[:50].strip("-") or "jobs"
    lasted = timedelta(minutes=later, milliseconds=later % 977)
    told_update = _told(pins, "updated_at") or _told(pins, "archived_at")
    if told_update is not None:
        created = _after(told_update, -lasted)
    created = _told(pins, "created_at") or created
    updated = told_update or _after(created, lasted)
    facts["created_at"], facts["updated_at"] = timestamp(created), timestamp(updated)
    facts["posting_id"], facts["career_site_id"] = choices.token(24), choices.token(24)
    facts["career_site"] = f"{organization} Careers"
    facts["posting_url"] = f"https://careers.{host}.example/jobs/{choices.integer(1_000, 999_999)}"
    facts["application_status"] = choices.pick(_APPLICATION_STATUSES)
    availability, reason = choices.pick(_AVAILABILITIES), choices.pick(_ARCHIVED)
    told = [pins[fact] for fact in ("archived_at", "archived_reason") if fact in pins]
    if any(value is not None for value in told):
        availability = "ARCHIVED"
    elif told and availability == "ARCHIVED":
        availability = "APPLYABLE"
    availability = pins.get("availability", availability)
    archived = availability == "ARCHIVED"
    facts["availability"] = availability
    facts["archived_at"] = facts["updated_at"] if archived else None
    facts["archived_reason"] = reason if archived else None


def _issue(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    first, later = _moment(choices, pins), choices.integer(5, 60 * 24 * 14)
    kind, title = choices.pick(_ISSUES)
    resolved = choices.chance(0.45)
    if "issue_status" in pins or "issue_change" in pins:
        resolved = "RESOLVED" in (pins.get("issue_status"), str(pins.get("issue_change")).upper())
    elif "resolved_at" in pins:
        resolved = pins["resolved_at"] is not None
    told_end = _told(pins, "resolved_at")
    if told_end is not None:
        first = _after(told_end, timedelta(minutes=-later))
    first = _told(pins, "first_observed_at") or first
    facts["issue_id"] = pins.get("issue_id", choices.token(24))
    facts["issue_type"], facts["issue_title"] = kind, title
    facts["issue_message"] = f"**{title}**\n\n{names.sentence(choices)}"
    facts["first_observed_at"] = timestamp(first)
    facts["resolved_at"] = None
    if resolved:
        facts["resolved_at"] = timestamp(told_end or _after(first, timedelta(minutes=later)))
    facts["issue_status"] = "RESOLVED" if resolved else "OPEN"
    facts["issue_change"] = "resolved" if resolved else "raised"


def _common_place(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    street, city, _, zip_code, country = names.place(choices)
    facts["any_street"], facts["any_city"] = street, city
    facts["any_zip_code"], facts["any_country"] = zip_code, country


def _common_names(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["any_company"], facts["any_title"] = names.organization(choices), names.job(choices)


def _common_texts(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["any_description"] = names.sentence(choices)
    facts["any_url"] = f"https://www.example.com/{choices.token(8)}"
    facts["any_currency"] = choices.pick(_CURRENCIES)


def _common(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    for part in (_common_place, _common_names, _common_texts):
        part(choices, names, facts, pins)


_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY")
_SYNC_STATES = (
    *["SUCCEEDED"] * 14,
    *["PARTIALLY_FAILED"] * 2,
    *["FAILED", "AUTHENTICATION_FAILED", "TIMED_OUT", "CANCELLED"],
)
_MODELS = {
    "hris_": ("employees", "employments", "absences", "teams", "locations", "legal_entities"),
    "ats_": ("candidates", "applications", "jobs", "job_postings", "application_stages", "users"),
    "lms_": ("users", "courses", "course_progressions", "skills", "course_revisions"),
}
_PACKAGES = ("cognitive-ability", "coding-challenge", "personality", "language-english")
_APPLICATION_STATUSES = ("SUBMITTED",) * 6 + ("PENDING",) * 2 + ("DUPLICATE", "FAILED")
_AVAILABILITIES = ("APPLYABLE",) * 6 + ("PENDING",) * 2 + ("ARCHIVED",) * 2 + ("UNAVAILABLE",)
_ARCHIVED = ("JOB_POSTING_TAKEN_OFFLINE", "MANUAL_ARCHIVE", "REMOVED_FROM_JOB_FEED")
_ISSUES = (
    ("integration.authentication_failed", "The credentials are no longer accepted"),
    ("integration.missing_permissions", "A permission is missing"),
    ("integration.sync_failing", "Syncs have been failing"),
    ("integration.rate_limited", "The tool limits the number of requests"),
)


Group: TypeAlias = Callable[[Choices, Names, Facts, Facts], None]


@dataclass(frozen=True)
class FieldSource:
    """How a field gets its value: by a fact of a group."""

    fact: str
    group: Group


def _sources(group: Group, facts: Mapping[str, str]) -> dict[Place, FieldSource]:
    return {tuple(place.split(".")): FieldSource(fact, group) for place, fact in facts.items()}


# By the end of the way to a field; the longest that fits counts.
_ANYWHERE: dict[Place, FieldSource] = {
    **_sources(
        _integration,
        {
            "integration_id": "integration_id",
            "integration_tool": "tool",
            "integration_category": "category",
            "integration.id": "integration_id",
            "integration.tool": "tool",
            "integration.category": "category",
        },
    ),
    **_sources(
        _end_user,
        {
            "end_user.organization_name": "organization",
            "end_user.creator_email": "creator_email",
            "end_user.origin_id": "origin_id",
        },
    ),
    **_sources(_log, {"log_url": "log_url"}),
    **_sources(_models, {"changed_models.name": "model"}),
    **_sources(
        _person,
        {
            "first_name": "first_name",
            "last_name": "last_name",
            "email": "person_email",
            "phone": "phone",
            "candidate.remote_id": "person_id",
            "hiring_team.remote_id": "person_id",
            "hiring_team_roles": "role",
        },
    ),
    **_sources(
        _job,
        {
            "application.remote_id": "application_id",
            "job.remote_id": "job_id",
            "job.name": "job",
            "job_code": "job_code",
            "job.description": "job_description",
            "location.street_1": "street",
            "location.street_2": "suite",
            "location.city": "city",
            "location.state": "state_name",
            "location.zip_code": "zip_code",
            "location.country": "country",
            "location.raw": "address",
        },
    ),
}

_ORDER = {
    **_sources(_envelope, {"id": "event_id"}),
    **_sources(
        _order,
        {"data.id": "order_id", "data.package_id": "package_id", "data.status": "order_status"},
    ),
}
_CREATED = {
    **_sources(_envelope, {"id": "event_id", "data.deleted_at": "instant"}),
    **_sources(
        _integration,
        {"data.id": "integration_id", "data.tool": "tool", "data.category": "category"},
    ),
}

# By event, and the whole way.
_IN_EVENT: dict[str, dict[Place, FieldSource]] = {
    "integration-state-changed": {
        **_sources(_envelope, {"id": "event_id", "data.updated_at": "instant"}),
        **_sources(
            _statuses,
            {
                "data.state": "state",
                "data.qa_status": "qa_status",
                "data.setup_status": "setup_status",
            },
        ),
    },
    "integration-created": _CREATED,
    "integration-deleted": _CREATED,
    "connection-flow-failed": _sources(_envelope, {"id": "event_id"}),
    "data-changed": _sources(_envelope, {"id": "event_id"}),
    "sync-finished": {
        **_sources(_envelope, {"id": "event_id"}),
        **_sources(
            _sync,
            {
                "data.sync_id": "sync_id",
                "data.sync_state": "sync_state",
                "data.sync_started_at": "sync_started_at",
                "data.sync_ended_at": "sync_ended_at",
                "data.sync_duration_seconds": "sync_seconds",
            },
        ),
    },
    "assessment:order-received": _ORDER,
    "inline-assessment:order-received": _ORDER,
    "ai-apply-application-status-updated": {
        **_sources(_envelope, {"id": "event_id"}),
        **_sources(
            _posting,
            {
                "data.id": "career_site_id",
                "data.job_posting_id": "posting_id",
                "data.status": "application_status",
                "data.created_at": "created_at",
                "data.updated_at": "updated_at",
            },
        ),
    },
    "ai-apply-job-posting-status-updated": {
        **_sources(_envelope, {"id": "event_id"}),
        **_sources(
            _posting,
            {
                "data.id": "posting_id",
                "data.career_site.id": "career_site_id",
                "data.career_site.label": "career_site",
                "data.url": "posting_url",
                "data.created_at": "created_at",
                "data.updated_at": "updated_at",
                "data.archived_at": "archived_at",
                "data.archived_reason": "archived_reason",
                "data.availability": "availability",
            },
        ),
        **_sources(_job, {"data.job_code": "job_code"}),
    },
    "issue-status-changed": {
        **_sources(_envelope, {"id": "event_id"}),
        **_sources(
            _issue,
            {
                "data.change": "issue_change",
                "data.issue.id": "issue_id",
                "data.issue.type": "issue_type",
                "data.issue.title": "issue_title",
                "data.issue.status": "issue_status",
                "data.issue.markdown_message": "issue_message",
                "data.issue.first_observed_at": "first_observed_at",
                "data.issue.resolved_at": "resolved_at",
            },
        ),
    },
}

# By the end of the way to a field, in schemas of the user's own, where the above says nothing.
_COMMON: dict[Place, FieldSource] = _sources(
    _common,
    {
        "city": "any_city",
        "street": "any_street",
        "zip_code": "any_zip_code",
        "country": "any_country",
        "company": "any_company",
        "company.name": "any_company",
        "title": "any_title",
        "description": "any_description",
        "url": "any_url",
        "currency": "any_currency",
    },
)

# The integration of an assessment order is one that orders assessments.
USUAL: dict[str, Facts] = {
    "assessment:order-received": {"category": "ASSESSMENT"},
    "inline-assessment:order-received": {"category": "ATS"},
}
"""What is true in every realistic payload of an event, unless it is overridden."""

GROUPS: Sequence[Group] = (
    _envelope, _integration, _end_user, _statuses, _sync, _log, _models, _person, _job, _order,
    _posting, _issue, _common,
)  # fmt: skip
"""Every group of facts, in the order in which they are rolled."""

PER_ITEM: frozenset[Group] = frozenset({_person, _models, _common})
"""The groups that are rolled anew for each item of an array."""

_PARTS: dict[str, Group] = {
    "event_id": _event_id,
    "instant": _occasion,
    **dict.fromkeys(("first_name", "last_name", "person_email", "phone"), _name),
    "person_id": _person_id,
    "role": _role,
    **dict.fromkeys(("job", "job_code"), _job_title),
    **dict.fromkeys(("street", "city", "state_name", "zip_code", "country", "address"), _address),
    **dict.fromkeys(("job_id", "application_id"), _job_ids),
    "job_description": _job_description,
    "suite": _suite,
    **dict.fromkeys(("any_street", "any_city", "any_zip_code", "any_country"), _common_place),
    **dict.fromkeys(("any_company", "any_title"), _common_names),
    **dict.fromkeys(("any_description", "any_url", "any_currency"), _common_texts),
}


_GROUP_OF: dict[str, Group] = {
    look.fact: look.group
    for looks in (_ANYWHERE, _COMMON, *_IN_EVENT.values())
    for look in looks.values()
}


class FactsOnDemand(dict[str, Any]):
    """Facts that are rolled when they are asked for, and what nothing shows isn't.

    Args:
        choices: What rolls them.
        names: Who makes the names.
        pins: Facts that are fixed.
        above: The facts of what holds this item of an array; None for those of a payload.
    """

    def __init__(
        self, choices: Choices, names: Names, pins: Facts, above: FactsOnDemand | None = None
    ) -> None:
        super().__init__()
        self._choices, self._names = choices, names
        self._pins, self._above = pins, above

    def __missing__(self, fact: str) -> Any:
        group = _GROUP_OF[fact]
        if self._above is not None and group not in PER_ITEM:
            return self._above[fact]
        _PARTS.get(fact, group)(self._choices, self._names, self, self._pins)
        return self[fact]

    def of_item(self, choices: Choices) -> FactsOnDemand:
        """The facts of an item of an array."""
        return FactsOnDemand(choices, self._names, {}, self)


def source_of(event: str, place: Place) -> FieldSource | None:
    """The look of a field, None where nothing special is known of it.

    Args:
        event: The name of the event, or whatever names the schema.
        place: The property names that lead to the field.

    Examples:
        >>> source_of("integration-state-changed", ("data", "integration_id")).fact
        'integration_id'
    """
    exact = _IN_EVENT.get(event, {}).get(place)
    if exact is not None:
        return exact
    for looks in (_ANYWHERE,) if event in _IN_EVENT else (_ANYWHERE, _COMMON):
        for start in range(len(place)):
            found = looks.get(place[start:])
            if found is not None:
                return found
    return None


_LONGEST = max(map(len, (*_ANYWHERE, *_COMMON)))


def telling(event: str, place: Place) -> Place:
    """As much of a place as the looks there and below depend on: mostly the end of it.

    Examples:
        >>> telling("a schema of one's own", ("deep", "down", "end_user", "origin_id"))
        ('end_user', 'origin_id')
    """
    return place if event in _IN_EVENT else place[-_LONGEST:]


# -- what nothing special is known of


def plain_text(choices: Choices, names: Names) -> str:
    """A word or two."""
    return names.sentence(choices).rstrip(".").split(" ", 1)[-1]


def formatted(name: str, choices: Choices, names: Names) -> str | None:
    """A text of a ``format``, harmless; None for a format that has no realistic look here."""
    match name:
        case "date-time":
            return _instant(choices)
        case "date":
            return _instant(choices)[:10]
        case "time":
            return _instant(choices)[11:]
        case "email" | "idn-email":
            first, last = names.person(choices)
            return f"{slug(first) or 'a'}.{slug(last) or 'b'}@example.com"
        case "uri" | "iri" | "uri-reference" | "iri-reference" | "uri-template":
            return f"https://www.example.com/{choices.token(8)}"
        case "hostname" | "idn-hostname":
            return f"{slug(names.organization(choices))[:50].strip('-') or 'host'}.example"
        case "uuid":
            head, tail = choices.integer(0, 2**48 - 1), choices.integer(0, 2**48 - 1)
            third, fourth = choices.integer(0, 0xFFF), choices.integer(0, 0xFFF)
            digits = f"{head:012x}4{third:03x}8{tail:012x}{fourth:03x}"
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
        case "ipv4":
            return f"192.0.2.{choices.integer(1, 254)}"
        case "ipv6":
            return f"2001:db8::{choices.integer(1, 0xFFFF):x}"
        case "duration":
            return f"P{choices.integer(1, 30)}D"
        case "json-pointer":
            return "/" + choices.pick(("data", "items/0", "name"))
        case "relative-json-pointer":
            return f"{choices.integer(0, 3)}#"
        case "regex":
            return choices.pick(("^[a-z]+$", "[0-9]{4}", "(a|b)"))
    return None
