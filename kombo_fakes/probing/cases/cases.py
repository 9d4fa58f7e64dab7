"""The cases of a probe: every delivery that it makes on purpose, and what is owed for it.

Each has ids of its own, so that no case depends on what a receiver has seen before.
"""

from __future__ import annotations

import contextlib
import copy
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from kombo_fakes.catalogues.changes import changes
from kombo_fakes.catalogues.corners import corners
from kombo_fakes.catalogues.faults import faults
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.instants import SECOND, format_instant, parse_instant
from kombo_fakes.core.pointer import Path, get, parse_pointer, replace_at, to_pointer
from kombo_fakes.errors import FaultError, PointerError
from kombo_fakes.probing.model import Case, Expectation, Likelihood, Policy
from kombo_fakes.probing.verdicts.judge import LARGE
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.sequences.ledger import STATUS_FIELDS
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.faults import numbered_choices, ways_of, wire_faults
from kombo_fakes.wire.serializations import serialize, styles
from kombo_fakes.wire.signing import SIGNATURE_HEADER, sign

_REALISTIC = 8
_TRIES = 200

_OWES_VALID = "a valid payload, correctly signed, has to be taken"


class Maker:
    """Makes the cases of one event in one run.

    Args:
        event: The event.
        secret: The webhook secret of the receiver.
        policy: What the receiver is held to.
        seed: What the payloads are generated from.
        run: What makes the ids of this run others than those of another one.
    """

    def __init__(
        self, event: str, secret: str | bytes, policy: Policy, seed: int, run: object
    ) -> None:
        self.schema: Schema = Schema.load(event)
        self.event: str = self.schema.name
        self.secret: str | bytes = secret
        self.policy: Policy = policy
        self.seed: int = seed
        self.run: object = run
        self._made = 0
        self._base = self._plain()
        if self.event == DEFAULT_EVENT:
            self._instant = int(parse_instant(self._base["data"]["updated_at"]))

    # -- payloads

    def _plain(self) -> Any:
        """The plainest of realistic payloads: whatever many stumble over comes alone."""
        generator = generator_for(self.schema)
        for number in range(_TRIES):
            choices = SeededChoices(seed_for("probe", self.event, self.seed, number))
            payload = generator.generate(
                choices, pins=_PLAIN_TOOL if self.event == DEFAULT_EVENT else None
            )
            if self.event == DEFAULT_EVENT:
                payload["data"] |= _PLAIN
                tool, _, token = payload["data"]["integration_id"].partition(":")
                payload["data"]["integration_id"] = f"personio:{token or tool}"
            for path, value in list(leaves(payload)):
                if isinstance(value, str) and _ADDRESS.fullmatch(value):
                    payload = replace_at(payload, path, value.partition("@")[0] + "@example.com")
            if serialize(payload).isascii() and all(
                value is not None for _, value in leaves(payload)
            ):
                return payload
        return payload

    def fresh(self, payload: Any = None) -> Any:
        """A payload with ids of its own; the plain one by default."""
        fresh = copy.deepcopy(self._base if payload is None else payload)
        choices = self._choices()
        if not isinstance(fresh, dict):
            return fresh
        if isinstance(fresh.get("id"), str):
            fresh["id"] = choices.token(24)
        data = fresh.get("data")
        if payload is None and self.event == DEFAULT_EVENT:
            # No two with the same instant, which some take for the same event.
            fresh["data"]["updated_at"] = format_instant(self._instant + self._made * SECOND)
        if isinstance(data, dict):
            # The id of what the event is about; of an integration the tool comes first.
            for name in ("integration_id", "id"):
                if isinstance(data.get(name), str):
                    tool, colon, _ = data[name].partition(":")
                    token = choices.token(24)
                    data[name] = f"{tool}:{token}" if colon and tool.isalnum() else token
                    break
        return fresh

    def _choices(self) -> SeededChoices:
        self._made += 1
        return SeededChoices(seed_for("probe ids", self.run, self.event, self._made))

    def _token(self) -> str:
        return self._choices().token(24)

    def other(self) -> Any:
        """A plain payload of another organisation, tool and category."""
        generator = generator_for(self.schema)
        mine = self._base["data"]
        for number in range(_TRIES):
            payload = generator.generate(SeededChoices(seed_for("other", self.seed, number)))
            data = payload["data"]
            if (
                serialize(payload).isascii()
                and all(value is not None for _, value in leaves(payload))
                and data["integration_tool"] != mine["integration_tool"]
                and data["integration_category"] != mine["integration_category"]
            ):
                return payload
        return payload

    def theme_at(self, pointer: str, value: Any) -> str:
        """What kind of value it is that a receiver stumbles over, and where it stands."""
        sites = {site.pointer for site in self.schema.sites() if site.keyword == "enum"}
        return "enum" if pointer in sites and value is not None else theme_of_value(value)

    def observable(self, payload: Any) -> tuple[str | None, Mapping[str, Any] | None]:
        """The integration id to look at after a payload, and what is to be seen there."""
        if self.event != DEFAULT_EVENT or not isinstance(payload, dict):
            return None, None
        data = payload.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("integration_id"), str):
            return None, None
        expected = {name: data[name] for name in (*STATUS_FIELDS, "updated_at") if name in data}
        return data["integration_id"], expected

    def _beside(self, payload: Any, pointer: str) -> Delivery | None:
        """The delivery of a payload with what a plain one has at a place, and else as it is."""
        plain = copy.deepcopy(self._base)
        try:
            path = _as_path(plain, parse_pointer(pointer))
            near = replace_at(payload, path, get(plain, path))
            if not self.schema.is_valid(near):
                near = plain
        except (PointerError, KeyError, TypeError):
            near = plain
        # The ids and the time of a payload are its own, unless they are what is special.
        for own in _OWN:
            try:
                value = get(payload, own)
                if isinstance(value, str) and to_pointer(own) != pointer and get(near, own):
                    near = replace_at(near, own, value)
            except PointerError:
                continue
        return Delivery.of(near, self.secret) if near != payload else None

    # -- cases

    def valid_case(
        self,
        case_id: str,
        topic: str,
        about: str,
        payload: Any,
        *,
        likelihood: Likelihood = "schema",
        pointer: str = "",
        style: str = "compact",
    ) -> Case:
        """A delivery that has to be taken."""
        integration, expected = self.observable(payload)
        if style != "compact":
            nearest: Delivery | None = Delivery.of(payload, self.secret)
        else:
            nearest = None if topic in _USUAL else self._beside(payload, pointer)
        return Case(
            id=case_id,
            group="valid" if style == "compact" else "style",
            topic=topic,
            about=about,
            delivery=Delivery.of(payload, self.secret, style=style, done=(about,)),
            expectation="accept",
            why=_OWES_VALID,
            likelihood=likelihood,
            pointer=pointer,
            integration=integration if integration and _is_visible(integration) else None,
            expected_state=expected,
            event=self.event,
            nearest=nearest,
        )

    def first(self) -> Case:
        """The one good delivery that comes before all others.

        Its signature has both letters that the standard alphabet of base64 lacks, so that whoever
        expects that one shows it here, and not in three deliveries of four.
        """
        payload = self.fresh()
        for number in range(_TRIES):
            if {"-", "_"} <= set(sign(serialize(payload), self.secret)):
                break
            if isinstance(payload, dict) and isinstance(payload.get("id"), str):
                payload["id"] = SeededChoices(seed_for("first", self.run, number)).token(24)
        return self.valid_case(
            "first", "first", "a plain realistic payload", payload, likelihood="realistic"
        )

    def realistic(self) -> Iterator[Case]:
        """What Kombo sends on usual days."""
        generator = generator_for(self.schema)
        for number in range(_REALISTIC):
            payload = generator.generate(
                SeededChoices(seed_for("usual", self.event, self.seed, number))
            )
            yield self.valid_case(
                f"realistic:{number + 1}",
                "realistic",
                "a realistic payload",
                self.fresh(payload),
                likelihood="realistic",
            )

    def corners(self) -> Iterator[Case]:
        """Every enum value, every null, the edges of texts and timestamps: one at a time."""
        for corner in corners(self.event, seed=self.seed):
            about = corner.description.partition(": ")[2] or corner.description
            if corner.pointer == "":  # Each of them comes alone as well.
                payload = self.fresh()
                for path, value in leaves(corner.payload):
                    with contextlib.suppress(PointerError):
                        payload = replace_at(payload, path, None) if value is None else payload
                if not self.schema.is_valid(payload):
                    payload = self.fresh(corner.payload)
                yield self.valid_case(
                    f"valid:{corner.id}", "null", about, payload, likelihood="realistic"
                )
                continue
            path = _as_path(corner.payload, parse_pointer(corner.pointer))
            value = get(corner.payload, path)
            named = corner.pointer in _NAMES
            if named and value:
                # Another one in each run, or what the last one left would be looked at.
                value = value[0] + self._token() + value[1:]
            try:
                payload = replace_at(self.fresh(), path, value)
                get(payload, path)
            except PointerError:
                payload = self.fresh(corner.payload)
            if not self.schema.is_valid(payload):
                payload = self.fresh(corner.payload)
            topic, likelihood = _theme_of(corner.id, get(corner.payload, path))
            case = self.valid_case(
                f"valid:{corner.id}",
                topic,
                about,
                payload,
                likelihood=likelihood,
                pointer=corner.pointer,
            )
            yield replace(case, integration=None) if named and not value else case
        for name, about, text in _TEXTS:
            payload = self.fresh()
            target = self._free_text(payload)
            if target is not None:
                yield self.valid_case(
                    f"valid:text-{name}",
                    "text",
                    about,
                    replace_at(payload, target, text),
                    likelihood="realistic" if name in ("accents", "emoji") else "schema",
                    pointer=to_pointer(target),
                )
        yield from self._ids()
        yield from self._addresses()
        yield from self._timestamps()
        yield self._large()

    def _ids(self) -> Iterator[Case]:
        if self.event != DEFAULT_EVENT:
            return
        for name, about, form in _IDS:
            payload = self.fresh()
            tool, _, token = str(payload["data"]["integration_id"]).partition(":")
            payload["data"]["integration_id"] = form.format(tool=tool, token=token)
            if name == "other-tool":
                payload["data"]["integration_tool"] = "360learning"
            yield self.valid_case(
                f"valid:data.integration_id-{name}",
                "text",
                about,
                payload,
                pointer="/data/integration_id",
            )

    def _addresses(self) -> Iterator[Case]:
        path = ("data", "end_user", "creator_email")
        if self.event != DEFAULT_EVENT:
            return
        for name, about, text in _EMAILS:
            yield self.valid_case(
                f"valid:data.end_user.creator_email-{name}",
                "text",
                about,
                replace_at(self.fresh(), path, text),
                pointer="/data/end_user/creator_email",
            )

    def _large(self) -> Case:
        """A long body with nothing unusual in it but how long it is."""
        case = self.valid_case(
            "style:20-kilobytes",
            "size",
            f"a body of {_LARGE:,} bytes, most of them blanks",
            self.fresh(),
            style="spaced",
        )
        body = case.delivery.body
        body = body[:1] + b" " * (_LARGE - len(body)) + body[1:]
        return replace(case, delivery=Delivery.signed(body, self.secret, done=(case.about,)))

    def _timestamps(self) -> Iterator[Case]:
        path = ("data", "updated_at")
        if self.event != DEFAULT_EVENT:
            return
        for name, about, text in _TIMESTAMPS:
            payload = replace_at(self.fresh(), path, text)
            yield self.valid_case(
                f"valid:data.updated_at-{name}",
                "date-time",
                about,
                payload,
                pointer="/data/updated_at",
            )

    def _free_text(self, payload: Any) -> Path | None:
        found = [
            path
            for path, value in leaves(payload)
            if isinstance(value, str)
            and not str(path[-1]).endswith(("id", "type"))
            and self.schema.is_valid(replace_at(payload, path, value + " x/é"))
        ]
        named = [path for path in found if "name" in str(path[-1])]
        return next(iter(named or found), None)

    def styles(self) -> Iterator[Case]:
        """The same payload, written in every way."""
        for style in styles():
            if style.name == "compact":
                continue
            payload = self.fresh()
            target = self._free_text(payload)
            if target is not None:
                name = "Miller & Sons / Co"
                if style.name in _ESCAPING:
                    name = "Müller & Söhne / Zoë \U0001f600"
                payload = replace_at(payload, target, name)
            yield self.valid_case(
                f"style:{style.name}",
                "style",
                f"{style.name}: {style.description}",
                payload,
                likelihood="realistic" if style.name in _USUAL_SPELLINGS else "schema",
                style=style.name,
            )

    def faults(self) -> Iterator[Case]:
        """Every fault, correctly signed; each of its examples."""
        owed: Expectation = "reject" if self.policy == "strict" else "either"
        for fault in faults(self.event):
            bases: list[Any] = [self.fresh()]
            for number, example in enumerate(fault.examples):
                try:
                    payload = fault.apply(bases[0]) if number == 0 else self.fresh(example)
                except FaultError:
                    payload = self.fresh(example)
                if not fault.is_in(payload):
                    payload = example  # Its ids are what is wrong with it.
                integration, _ = self.observable(payload)
                yield Case(
                    id=f"fault:{fault.id}" + (f"/{number + 1}" if number else ""),
                    group="fault",
                    topic=fault.keyword,
                    about=fault.description,
                    delivery=Delivery.of(payload, self.secret, done=(f"fault {fault.id}",)),
                    expectation=owed,
                    why="the published schema refuses it",
                    likelihood="schema",
                    pointer=fault.pointer,
                    keyword=fault.keyword,
                    integration=integration
                    if number == 0 and integration and _is_tidy(integration)
                    else None,
                    event=self.event,
                    nearest=self._beside(payload, fault.pointer),
                )

    def wire(self, family: str) -> Iterator[Case]:
        """The wire faults of a family, each in all of its ways."""
        for fault in wire_faults(self.event, secret=self.secret, family=family):
            owed = fault.expected(self.policy)
            # What need not be taken has to be applied where it is, unless what it means is open.
            judged = owed == "accept" or (owed == "either" and fault.id not in _OPEN)
            for number in range(ways_of(fault, self._base)):
                payload = self.fresh()
                delivery = fault.apply(payload, numbered_choices(number, self.seed))
                if delivery is None:
                    continue
                integration, expected = self.observable(delivery.payload)
                yield Case(
                    id=f"wire:{fault.id}" + (f"/{number + 1}" if number else ""),
                    group="wire",
                    topic=fault.id,
                    about=fault.description,
                    delivery=delivery,
                    expectation=owed,
                    why=fault.why,
                    likelihood="realistic" if owed == "accept" else "hostile",
                    integration=integration if integration and _is_tidy(integration) else None,
                    expected_state=expected if judged else None,
                    event=self.event,
                    nearest=Delivery.of(payload, self.secret),
                )

    def unsigned(self) -> Iterator[Case]:
        """Deliveries without a signature of every kind that a branch of the code could let in."""
        kinds: list[tuple[str, str, Delivery]] = []
        for change in changes(self.event):
            if change.pointer == "/type":
                payload = self._in_ascii(change.apply(self.fresh()))
                about = change.description.partition(": ")[2].replace("another event,", "the event")
                kinds.append((change.id, about, Delivery.of(payload, self.secret)))
        for name, media_type in _MEDIA_TYPES:
            delivery = Delivery.of(self.fresh(), self.secret)
            delivery = delivery.with_header("Content-Type", *filter(None, [media_type]))
            kinds.append((name, f"the content type {media_type or 'left out'}", delivery))
        for name, body in (("empty", b""), ("empty-object", b"{}"), ("array", b"[]")):
            about = f"the body {body.decode()}" if body else "an empty body"
            kinds.append((name, about, Delivery.signed(body, self.secret)))
        put = replace(Delivery.of(self.fresh(), self.secret), method="PUT")
        for name, about, delivery in (*kinds, ("put", "by PUT", put)):
            integration, _ = self.observable(delivery.payload)
            yield Case(
                id=f"wire:unsigned-{name}",
                group="wire",
                topic="signature-branch",
                about=about,
                delivery=delivery.with_header(SIGNATURE_HEADER).noting("without a signature"),
                expectation="either" if name == "put" else "reject",
                why="anybody can make it without the secret",
                likelihood="hostile",
                integration=integration if integration and _is_tidy(integration) else None,
                event=self.event,
                nearest=delivery if self.schema.is_valid(delivery.payload) else None,
                traceless=True,
            )

    def replayed(self, signature: str) -> Case:
        """A payload of its own with the signature of a delivery that was taken before."""
        payload = self.fresh()
        integration, _ = self.observable(payload)
        right = Delivery.of(payload, self.secret)
        delivery = right.with_header(SIGNATURE_HEADER, signature)
        return Case(
            id="wire:signature-replayed",
            group="wire",
            topic="signature-replayed",
            about="the signature of another delivery, which was taken before",
            delivery=delivery.noting("with the signature of another delivery"),
            expectation="reject",
            why="the signature isn't one over these bytes",
            likelihood="hostile",
            integration=integration,
            event=self.event,
            nearest=right,
        )

    def changes(self) -> Iterator[Case]:
        """What tomorrow's schema may allow."""
        for change in changes(self.event):
            payload = self._in_ascii(change.apply(self.fresh()))
            variant = change.id.rpartition("-new-")[2]
            topic = {
                "property": "new property",
                "value": "new value",
                "model": "new value",
                "event": "new event",
            }.get(variant, "other event" if change.id.startswith("event-") else "older shape")
            integration, expected = self.observable(payload)
            seen = topic == "new property"
            yield Case(
                id=f"change:{change.id}",
                group="change",
                topic=topic,
                about=change.description,
                delivery=Delivery.of(payload, self.secret, done=(f"change {change.id}",)),
                # A strict receiver may know all events of Kombo, or only those that it is for.
                expectation="either" if self.policy == "strict" else "accept",
                why=_WHY_CHANGED.get(topic, "the next release of Kombo may send it"),
                likelihood="realistic" if topic == "other event" else "schema",
                pointer=change.pointer,
                integration=integration if seen and self.policy == "tolerant" else None,
                expected_state=expected if seen else None,
                event=self.event,
                nearest=None if topic == "other event" else self._beside(payload, change.pointer),
            )

    def phases(self, signature: str = "") -> Iterator[tuple[str, Iterator[Case]]]:
        """The parts of a run with single deliveries, each with its name; made when they are wanted.

        Args:
            signature: That of a delivery that was taken before; by default that of another one.
        """
        yield "valid payloads", chain(self.realistic(), self.corners())
        yield "styles", self.styles()
        yield "signatures", self._signatures(signature)
        yield "bodies", self._bodies()
        yield "HTTP", self.wire("http")
        yield "changes", self.changes()
        yield "faults", self.faults()

    def _signatures(self, signature: str) -> Iterator[Case]:
        yield from self.wire("signature")
        yield self.replayed(signature or str(self.first().delivery.signature))
        yield from self.unsigned()

    def _bodies(self) -> Iterator[Case]:
        # Large ones last, and first among them the one in which nothing but its size is odd: it
        # tells whether a receiver may hang up on the others.
        def place(case: Case) -> tuple[bool, bool]:
            return len(case.delivery.body) > LARGE, case.topic != LARGE_THEME

        yield from sorted(self.wire("body"), key=place)

    def _in_ascii(self, payload: Any) -> Any:
        """A payload whose letters beyond ASCII are left out: they are a case of their own."""
        for path, value in list(leaves(payload)):
            if isinstance(value, str) and not value.isascii():
                payload = replace_at(payload, path, value.encode("ascii", "ignore").decode())
        return payload


_WHY_CHANGED = {
    "other event": "Kombo sends all events to one URL",
    "older shape": "an older release of Kombo has sent it so",
}

LARGE_THEME = "body-megabyte"
"""The wire fault in which nothing is odd but how long the body is."""

# Wire faults of which it is open what they mean, or whether there is anything to apply.
_OPEN = ("body-lone-surrogate", "body-twin-keys", "body-bom", "body-utf16", "http-get", "http-put")

_MEDIA_TYPES = (
    ("no-type", ""),
    ("text", "text/plain"),
    ("form", "application/x-www-form-urlencoded"),
    ("xml", "application/xml"),
)

_NAMES = ("/id", "/data/integration_id")
"""Where the names of things stand that receivers look up."""

_OWN: tuple[Path, ...] = (
    ("id",),
    ("data", "id"),
    ("data", "integration_id"),
    ("data", "updated_at"),
)
"""Where each delivery has a value of its own."""

_USUAL = ("first", "realistic")
"""Themes of payloads in which nothing is special."""

_PLAIN = {
    "integration_category": "HRIS",
    "state": "ACTIVE",
    "qa_status": "PASSED",
    "setup_status": "COMPLETED",
    "integration_tool": "personio",
}

_PLAIN_TOOL: dict[Path, str] = {("data", "integration_tool"): "personio"}
_ADDRESS = re.compile(r"[a-z.]+@[a-z0-9.-]+")

# Those that write all letters beyond ASCII as escapes: others have none here, since letters that
# a receiver can't read are another matter than how they are written.
_ESCAPING = ("ascii", "ascii-upper-case", "all-escaped")

_USUAL_SPELLINGS = ("spaced", "indented", "ascii", "slashes-escaped", "keys-reversed")

_TEXTS = (
    ("accents", "letters with accents", "Müller & Söhne Łódź"),
    ("emoji", "a character of four bytes", "Rocket \U0001f680 Ltd"),
    ("combining", "a combining mark that some would join", "Zoe\u0308 GmbH"),
    ("separators", "the line separators U+2028 and U+2029", "A\u2028B\u2029C"),
    ("bidi", "letters from right to left, and a mark that turns the text", "שלום \u202eabc\u202c"),
    ("blanks", "blanks alone", "   "),
    ("256", "256 characters", "x" * 256),
    ("5000", "5,000 characters", "long " * 1_000),
    ("markup", "what a page could take for markup", "</script><img src=x onerror=alert(1)>"),
    ("sql", "what a query could take for its end", "Robert'); DROP TABLE integrations;--"),
    ("number-like", "digits only", "0012345"),
    ("null-like", "the word null", "null"),
    ("byte-order-mark", "the character U+FEFF", "\ufeffAcme"),
    ("controls", "a control character", "Acme\x01\x1f\x7f"),
)

_IDS = (
    ("markup", "quotes and what a template escapes", "tool:{token} & <b> 'x' \"y\""),
    ("two-colons", "two colons", "{tool}:{token}:x"),
    ("other-tool", "a tool that begins with a digit", "360learning:{token}"),
)

_EMAILS = (
    ("long-domain", "a top-level domain of seven letters", "jane@acme.example"),
    ("hyphen", "a hyphen in the domain", "jane@acme-inc.example.com"),
    ("underscore", "an underscore before the @", "jane_doe@example.com"),
)

_LARGE = 20_000

_TIMESTAMPS = (
    ("leap-century", "a leap day of a century", "2000-02-29T12:00:00.000Z"),
    ("next-year", "an offset that moves it into the next year", "2024-12-31T23:30:00.000-01:00"),
    ("two-digits", "two digits of a fraction", "2024-03-10T12:00:00.25Z"),
    ("six-digits", "six digits of a fraction", "2024-03-10T12:00:00.123456Z"),
    ("seven-digits", "seven digits of a fraction", "2024-03-10T12:00:00.1234567Z"),
    ("zero-offset", "the offset +00:00", "2024-03-10T12:00:00.000+00:00"),
    ("two-hours", "the offset +02:00", "2024-03-10T12:00:00+02:00"),
    ("year-1-offset", "the first instant, and an offset", "0001-01-01T00:00:00+14:00"),
    ("year-9999-offset", "the last instant, and an offset", "9999-12-31T23:59:59.999-12:00"),
    ("end-of-second", "the last of a second", "2024-03-10T12:00:00.999999999Z"),
)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that holds no other, with its path."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def theme_of_value(value: Any) -> str:
    """What kind of value it is that a receiver stumbles over."""
    if value is None:
        return "null"
    if isinstance(value, str):
        try:
            parse_instant(value)
        except ValueError:
            return "text"
        return "date-time"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number"
    return "shape"


def _theme_of(corner_id: str, value: Any) -> tuple[str, Likelihood]:
    if "-enum-" in corner_id:
        return "enum", "realistic"
    if "-date-time-" in corner_id:
        return "date-time", "schema"
    if isinstance(value, float) and math.isfinite(value):
        return "number", "schema"
    return theme_of_value(value), "realistic" if value is None else "schema"


def _as_path(payload: Any, parts: Path) -> Path:
    """Parts of a JSON Pointer as keys and indices of a payload."""
    path: list[Any] = []
    for part in parts:
        path.append(int(part) if isinstance(payload, list) else part)
        payload = payload[path[-1]]
    return tuple(path)


def _is_visible(integration_id: str) -> bool:
    """Whether any server can be asked for it: a slash, a line feed or nothing is another matter."""
    return bool(integration_id.strip()) and not set(integration_id) & set("/\\\n\r\t\0?#%;")


def _is_tidy(integration_id: str) -> bool:
    """Whether an id is one that Kombo sends, and so one that a receiver can be asked for."""
    tool, colon, token = integration_id.partition(":")
    return bool(colon) and tool.isalnum() and token.isalnum() and integration_id.isascii()
