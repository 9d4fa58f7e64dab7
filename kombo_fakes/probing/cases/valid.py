"""Cases that a receiver has to accept: valid payloads, and every way to serialize them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from kombo_fakes.catalogues.corners import corners
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.pointer import get, parse_pointer, replace_at, to_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.probing.cases.edge_values import (
    EMAIL_ADDRESSES,
    FREQUENT_STRINGS,
    INTEGRATION_IDS,
    LARGE_BODY_BYTES,
    STRINGS,
    TIMESTAMPS,
)
from kombo_fakes.probing.cases.payloads import (
    TRIES,
    CasePayloads,
    is_observable_id,
    iter_leaves,
    to_path,
)
from kombo_fakes.probing.model import Case, Likelihood
from kombo_fakes.probing.verdicts.case_causes import VALID_CAUSES
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.serializations import serialize, styles
from kombo_fakes.wire.signing import sign

_REALISTIC_CASES = 8

_LOOKED_UP = ("/id", "/data/integration_id")
"""The places of the ids by which receivers look things up."""

_PLAIN_TOPICS = ("first", "realistic")
"""Topics of cases in which nothing is special."""

# A receiver that cannot read characters beyond ASCII has one bug, and not one for each style. So
# only the styles that escape them are sent with such characters.
_ESCAPING_STYLES = ("ascii", "ascii-upper-case", "all-escaped")

_USUAL_STYLES = ("spaced", "indented", "ascii", "slashes-escaped", "keys-reversed")


class ValidCases:
    """Makes cases that a receiver has to accept.

    Args:
        payloads: Makes the payloads.
        secret: The webhook secret of the receiver.
    """

    def __init__(self, payloads: CasePayloads, secret: str | bytes) -> None:
        self._payloads, self._secret = payloads, secret

    def make(
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
        """Make a case of a valid payload.

        Args:
            case_id: Its id.
            topic: What failures of the same cause have in common.
            about: What is special about it, in a few words.
            payload: The payload.
            likelihood: How likely a receiver is to meet it.
            pointer: Where it is special, as a JSON Pointer.
            style: How it is serialized.
        """
        integration, expected = self._payloads.expect_state(payload)
        make_nearest: Callable[[], Delivery | None] | None = None
        if style != "compact":
            make_nearest = partial(Delivery.of, payload, self._secret)
        elif topic not in _PLAIN_TOPICS:
            make_nearest = partial(self._payloads.sign_nearest, payload, pointer, self._secret)
        return Case(
            id=case_id,
            group="valid" if style == "compact" else "style",
            topic=topic,
            about=about,
            delivery=Delivery.of(payload, self._secret, style=style, done=(about,)),
            expectation="accept",
            why="a valid payload, correctly signed, has to be accepted",
            cause=VALID_CAUSES[topic],
            likelihood=likelihood,
            pointer=pointer,
            integration=integration if integration and is_observable_id(integration) else None,
            expected_state=expected,
            event=self._payloads.event,
            make_nearest=make_nearest,
        )

    def first(self) -> Case:
        """Make the good delivery that is sent before all others.

        Its signature has both characters in which base64url differs from standard base64. So a
        receiver that expects standard base64 rejects this one, and not three deliveries of four.
        """
        payload = self._payloads.fresh()
        for number in range(TRIES):
            if {"-", "_"} <= set(sign(serialize(payload), self._secret)):
                break
            if isinstance(payload, dict) and isinstance(payload.get("id"), str):
                choices = SeededChoices(seed_for("first", self._payloads.run, number))
                payload["id"] = choices.token(24)
        return self.make(
            "first", "first", "a plain realistic payload", payload, likelihood="realistic"
        )

    def realistic(self) -> Iterator[Case]:
        """Make cases of what Kombo sends on usual days."""
        generator = generator_for(self._payloads.schema)
        event, seed = self._payloads.event, self._payloads.seed
        for number in range(_REALISTIC_CASES):
            payload = generator.generate(SeededChoices(seed_for("usual", event, seed, number)))
            yield self.make(
                f"realistic:{number + 1}",
                "realistic",
                "a realistic payload",
                self._payloads.fresh(payload),
                likelihood="realistic",
            )

    def corners(self) -> Iterator[Case]:
        """Make a case for every enum value, every null, and the edges of strings and timestamps."""
        for corner in corners(self._payloads.event, seed=self._payloads.seed):
            if corner.pointer == "":
                yield self._make_all_null(corner.id, corner.edge, corner.payload)
            else:
                yield self._make_corner(corner.id, corner.pointer, corner.edge, corner.payload)
        for name, about, value in STRINGS:
            payload = self._payloads.fresh()
            path = self._payloads.find_free_string(payload)
            if path is not None:
                yield self.make(
                    f"valid:text-{name}",
                    "text",
                    about,
                    replace_at(payload, path, value),
                    likelihood="realistic" if name in FREQUENT_STRINGS else "schema",
                    pointer=to_pointer(path),
                )
        # Only of the default event it is known that it has these fields.
        if self._payloads.has_state:
            yield from self._integration_ids()
            yield from self._email_addresses()
            yield from self._timestamps()
        yield self._make_large()

    def _make_all_null(self, corner_id: str, about: str, corner: Any) -> Case:
        """Make the case of the payload in which everything is null that can be."""
        payload = self._payloads.fresh()
        # Only null is taken over from it: whatever else is special has a case of its own.
        for path, value in iter_leaves(corner):
            with contextlib.suppress(PointerError):
                payload = replace_at(payload, path, None) if value is None else payload
        if not self._payloads.schema.is_valid(payload):
            payload = self._payloads.fresh(corner)
        return self.make(f"valid:{corner_id}", "null", about, payload, likelihood="realistic")

    def _make_corner(self, corner_id: str, pointer: str, about: str, corner: Any) -> Case:
        payloads = self._payloads
        path = to_path(corner, parse_pointer(pointer))
        value = get(corner, path)
        is_id = pointer in _LOOKED_UP
        if is_id and value:
            # With a token of this run, since the receiver may know the id from an earlier run.
            value = value[0] + payloads.fresh_token() + value[1:]
        try:
            payload = replace_at(payloads.fresh(), path, value)
            get(payload, path)
        except PointerError:
            payload = payloads.fresh(corner)
        if not payloads.schema.is_valid(payload):
            payload = payloads.fresh(corner)
        topic = payloads.topic_at(pointer, get(corner, path))
        case = self.make(
            f"valid:{corner_id}",
            topic,
            about,
            payload,
            likelihood="realistic" if topic in ("enum", "null") else "schema",
            pointer=pointer,
        )
        # An empty id has no token of this run, so that an earlier run may have left a state.
        return replace(case, integration=None) if is_id and not value else case

    def _integration_ids(self) -> Iterator[Case]:
        for name, about, template in INTEGRATION_IDS:
            payload = self._payloads.fresh()
            tool, _, token = str(payload["data"]["integration_id"]).partition(":")
            payload["data"]["integration_id"] = template.format(tool=tool, token=token)
            if name == "other-tool":
                payload["data"]["integration_tool"] = "360learning"
            yield self.make(
                f"valid:data.integration_id-{name}",
                "text",
                about,
                payload,
                pointer="/data/integration_id",
            )

    def _email_addresses(self) -> Iterator[Case]:
        path = ("data", "end_user", "creator_email")
        for name, about, address in EMAIL_ADDRESSES:
            yield self.make(
                f"valid:data.end_user.creator_email-{name}",
                "text",
                about,
                replace_at(self._payloads.fresh(), path, address),
                pointer="/data/end_user/creator_email",
            )

    def _timestamps(self) -> Iterator[Case]:
        path = ("data", "updated_at")
        for name, about, timestamp in TIMESTAMPS:
            yield self.make(
                f"valid:data.updated_at-{name}",
                "date-time",
                about,
                replace_at(self._payloads.fresh(), path, timestamp),
                pointer="/data/updated_at",
            )

    def _make_large(self) -> Case:
        """Make the case of a long body that is unusual in its length only."""
        # Its style puts the case among the styles: it is the bytes that are unusual.
        case = self.make(
            "style:20-kilobytes",
            "size",
            f"in a body of {LARGE_BODY_BYTES:,} bytes, most of them spaces",
            self._payloads.fresh(),
            style="spaced",
        )
        body = case.delivery.body
        # White space may be around every token (RFC 8259, section 2), so the payload is the same.
        body = body[:1] + b" " * (LARGE_BODY_BYTES - len(body)) + body[1:]
        return replace(case, delivery=Delivery.signed(body, self._secret, done=(case.about,)))

    def styles(self) -> Iterator[Case]:
        """Make a case for each way to serialize a payload."""
        for style in styles():
            # All other cases are in this style.
            if style.name == "compact":
                continue
            payload = self._payloads.fresh()
            path = self._payloads.find_free_string(payload)
            if path is not None:
                # Serializers differ in whether they escape the ampersand and the slash.
                name = "Miller & Sons / Co"
                if style.name in _ESCAPING_STYLES:
                    name = "Müller & Söhne / Zoë \U0001f600"
                payload = replace_at(payload, path, name)
            yield self.make(
                f"style:{style.name}",
                "style",
                f"{style.description} ({style.name})",
                payload,
                likelihood="realistic" if style.name in _USUAL_STYLES else "schema",
                style=style.name,
            )
