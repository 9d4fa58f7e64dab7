"""The facts that several events share, and the fields that show them wherever they are."""

from __future__ import annotations

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.hr_tools import CATEGORIES_OF, TOOLS
from kombo_fakes.webhooks.model import Facts, Group
from kombo_fakes.webhooks.moments import draw_instant
from kombo_fakes.webhooks.names import Names, slugify

# The common categories more often.
_CATEGORIES = ("HRIS",) * 11 + ("ATS",) * 6 + ("ASSESSMENT",) * 2 + ("LMS",)


def _draw_event_id(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["event_id"] = choices.token(24)


def _draw_instant(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    instant = draw_instant(choices, pins)
    facts["instant"] = pins.get("instant", instant)


def _draw_integration(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    category = choices.pick(_CATEGORIES)
    number, token = choices.integer(0, 9_999), choices.token(24)
    tool = pins.get("tool")
    # The id of an integration begins with its tool.
    if tool is None and ":" in str(pins.get("integration_id", "")):
        tool = str(pins["integration_id"]).split(":", 1)[0]
    category = pins.get("category", category)
    served = CATEGORIES_OF.get(tool) if isinstance(tool, str) else None
    if served and category not in served and "category" not in pins:
        # The number is drawn before it is known what it picks from. So a pinned tool changes no
        # other draw.
        category = served[number % len(served)]
    if tool is None:
        serving = TOOLS.get(category) or TOOLS["HRIS"]
        tool = serving[number % len(serving)]
    facts["tool"], facts["category"] = tool, category
    facts["integration_id"] = pins.get("integration_id", f"{tool}:{token}")


def _draw_end_user(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    organization, person = names.organization(choices), names.person(choices)
    organization = pins.get("organization", organization)
    local = ".".join(filter(None, map(slugify, person))) or "someone"
    host = slugify(str(organization))
    # A label of a host name has at most 63 characters (RFC 1035, 2.3.4), and does not end with a
    # hyphen (RFC 1034, 3.5). Nobody can own a name that ends in .example (RFC 2606, 2).
    domain = (host[:50].strip("-") or "customer") + ".example"
    anonymous, number = choices.is_null(0.1), choices.integer(1_000, 99_999)
    facts["organization"] = organization
    facts["creator_email"] = pins.get("creator_email", None if anonymous else f"{local}@{domain}")
    shape, unknown = choices.integer(0, 2), choices.is_null(0.15)
    origin = (str(number), f"{host[:12].strip('-')}-{number}", choices.token(12))
    facts["origin_id"] = pins.get("origin_id", None if unknown else origin[shape])


def _draw_log_url(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["log_url"] = f"https://app.kombo.example/logs/{choices.token(24)}"


def _draw_name(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    first, last = names.person(choices)
    first, last = pins.get("first_name", first), pins.get("last_name", last)
    number, domain = (
        choices.integer(0, 99),
        # These domains belong to nobody who could get the mail (RFC 2606, 3).
        choices.pick(("example.com", "example.org", "example.net")),
    )
    # A name in another script leaves nothing in ASCII.
    local = ".".join(filter(None, (slugify(str(first)), slugify(str(last))))) or "someone"
    facts["first_name"], facts["last_name"] = first, last
    facts["person_email"] = f"{local}@{domain}"
    # 555-0100 to 555-0199 are reserved for fiction.
    facts["phone"] = f"+1 202 555 01{number:02}"


def _draw_person_id(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["person_id"] = str(choices.integer(10_000, 9_999_999))


def _draw_role(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["role"] = choices.pick(("RECRUITER", "HIRING_MANAGER"))


def _draw_job_title(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    job, code = pins.get("job", names.job(choices)), choices.integer(100, 9_999)
    facts["job"], facts["job_code"] = job, f"REQ-{code}"


def _draw_address(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    street, city, state, zip_code, country = names.place(choices)
    facts["street"], facts["city"], facts["state_name"] = street, city, state
    facts["zip_code"], facts["country"] = zip_code, country
    facts["address"] = ", ".join(filter(None, (street, f"{zip_code} {city}", state, country)))


def _draw_job_ids(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["job_id"], facts["application_id"] = (
        str(choices.integer(1_000, 999_999)) for _ in range(2)
    )


def _draw_job_description(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["job_description"] = f"We are looking for: {facts['job']}. {names.sentence(choices)}"


def _draw_suite(choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
    facts["suite"] = f"Floor {choices.integer(1, 30)}"


ENVELOPE = Group("envelope", {_draw_event_id: ("event_id",), _draw_instant: ("instant",)})
"""The id of the event, and when it happened."""

INTEGRATION = Group("integration", {_draw_integration: ("tool", "category", "integration_id")})

END_USER = Group("end user", {_draw_end_user: ("organization", "creator_email", "origin_id")})

LOG = Group("log", {_draw_log_url: ("log_url",)})

PERSON = Group(
    "person",
    {
        _draw_name: ("first_name", "last_name", "person_email", "phone"),
        _draw_person_id: ("person_id",),
        _draw_role: ("role",),
    },
    per_item=True,
)

JOB = Group(
    "job",
    {
        _draw_job_title: ("job", "job_code"),
        _draw_address: ("street", "city", "state_name", "zip_code", "country", "address"),
        _draw_job_ids: ("job_id", "application_id"),
        _draw_job_description: ("job_description",),
        _draw_suite: ("suite",),
    },
)

SHARED = (ENVELOPE, INTEGRATION, END_USER, LOG, PERSON, JOB)
"""The groups that every event can show, in the order in which they are drawn."""

ENVELOPE_FIELDS = {"id": "event_id"}
"""The facts that fields of every event show, by the whole name of the field."""

ANYWHERE = {
    "integration_id": "integration_id",
    "integration_tool": "tool",
    "integration_category": "category",
    "integration.id": "integration_id",
    "integration.tool": "tool",
    "integration.category": "category",
    "end_user.organization_name": "organization",
    "end_user.creator_email": "creator_email",
    "end_user.origin_id": "origin_id",
    "log_url": "log_url",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "person_email",
    "phone": "phone",
    "candidate.remote_id": "person_id",
    "hiring_team.remote_id": "person_id",
    "hiring_team_roles": "role",
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
}
"""The fact that a field shows in every schema, by the end of its dotted name."""

TYPES = {
    "end_user": "EndUser",
    "integration_category": "IntegrationCategory",
    "category": "IntegrationCategory",
}
"""Names for the types of nested objects and enums, by the end of their dotted name."""
