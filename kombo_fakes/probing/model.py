"""What a probe is made of: cases, replies, failures, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

from kombo_fakes.core.public import public
from kombo_fakes.sequences.mismatches import Mismatch
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.expectations import Expectation, Policy
from kombo_fakes.wire.signing import SECRET_VARIABLE

__all__ = [
    "CATEGORY_TITLES",
    "Case",
    "Category",
    "Cause",
    "Exchange",
    "Expectation",
    "Failure",
    "Finding",
    "Likelihood",
    "Loss",
    "Mismatch",
    "Policy",
    "Raised",
    "Reply",
]

Category: TypeAlias = Literal[
    "accepts-invalid",
    "rejects-valid",
    "crashes",
    "hangs",
    "loses-events",
    "applies-twice",
    "applies-out-of-order",
    "acknowledged-not-applied",
    "rejected-but-applied",
    "mixes-up-integrations",
    "corrupts-state",
    "leaks",
]
"""What kind of wrong a finding is: a stable id."""

CATEGORY_TITLES: dict[Category, str] = {
    "accepts-invalid": "accepts what it has to reject",
    "rejects-valid": "rejects what it has to accept",
    "crashes": "crashes",
    "hangs": "hangs",
    "loses-events": "loses events",
    "applies-twice": "applies an event twice",
    "applies-out-of-order": "applies events out of order",
    "acknowledged-not-applied": "acknowledges an event but does not apply it",
    "rejected-but-applied": "rejects an event but applies it",
    "mixes-up-integrations": "mixes up integrations",
    "corrupts-state": "stores another value than was sent",
    "leaks": "exposes a secret or internals",
}
"""The categories as reports show them."""

Likelihood: TypeAlias = Literal["realistic", "schema", "hostile"]
"""How likely it is to meet it: Kombo sends it, the schema allows it, somebody else can send it."""

LIKELIHOODS: tuple[Likelihood, ...] = get_args(Likelihood)
"""The likeliest first."""

POLICIES: tuple[Policy, ...] = ("strict", "tolerant")

Trouble: TypeAlias = Literal["timeout", "reset", "garbage", "endless"]

_COMMAND_LIMIT = 4_000


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception that an application in this process let through.

    Attributes:
        error: The exception: ``KeyError('id')``.
        place: The file and the line of the application; empty if they are unknown.
    """

    error: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.error} at {self.place}" if self.place else self.error


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for a delivery.

    Attributes:
        status: The HTTP status; None where there was no answer.
        headers: Names and values.
        body: The beginning of the body.
        trouble: Why there was no answer; None where there was one.
        seconds: How long it took.
        raised: The exception that an application in this process let through.
    """

    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    trouble: Trouble | None = None
    # The time, and an exception inside the application, are not part of what was answered.
    seconds: float = field(default=0.0, compare=False)
    raised: Raised | None = field(default=None, compare=False)

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_rejected(self) -> bool:
        """True for 4xx but 429: neither a redirect nor a rate limit rejects a delivery."""
        return self.status is not None and 400 <= self.status < 500 and not self.is_rate_limited

    @property
    def is_rate_limited(self) -> bool:
        """True for 429 (too many requests), which says nothing about the delivery."""
        return self.status == 429

    @property
    def text(self) -> str:
        # An answer may have any encoding, and its text is only shown and searched.
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def __str__(self) -> str:
        if self.status is not None:
            return str(self.status)
        return {
            "timeout": "no response in time",
            "reset": "a connection that was closed without a response",
            "garbage": "something that is not HTTP",
            "endless": "a response without an end",
        }[self.trouble or "reset"]


@dataclass(frozen=True, slots=True)
class Cause:
    """What findings of one kind have in common.

    Attributes:
        id: A stable name: ``signature-absent``.
        title: What the receiver does wrong, as a phrase without a subject.
        fix: How such a bug is fixed.
        source: Which standard, document or catalogue of bugs says so.
        likelihood: How likely a receiver is to meet it.
    """

    id: str
    title: str
    fix: str
    source: str
    likelihood: Likelihood


@dataclass(frozen=True, slots=True)
class Case:
    """One delivery, what is special about it, and what the receiver is expected to do.

    Attributes:
        id: A stable name: ``fault:data.state-enum-lowercase``.
        group: ``valid``, ``style``, ``fault``, ``wire``, ``change``, ``timeline``.
        topic: What kind of thing is special: cases of one topic show the same bug.
        about: What is special, in a few words.
        delivery: The delivery to send.
        expectation: What the receiver has to do.
        why: Why it has to.
        cause: The cause that a wrong answer most likely has.
        likelihood: How likely a receiver is to meet it.
        pointer: JSON Pointer to what is special in the payload.
        keyword: Of a fault, the keyword of the schema that is broken.
        fault_id: Of a fault, its id; each of its examples is a case.
        family: Of a wire fault, ``signature``, ``body`` or ``http``.
        integration: The integration to observe afterwards; None where there is none to observe.
        expected_state: What the receiver should show of it, once it has accepted the delivery;
            None where that is open.
        event: The event that it is one of.
        make_nearest: Makes the valid delivery that is most like it, which reports alone need.
        traceless: Whether the integration has to stay unknown, even if the answer is 2xx.
        signed_topics: Of an unsigned delivery, the topics of those that are like it but signed.
        difference: In a timeline with ids that are almost alike, what they differ in.
    """

    id: str
    group: str
    topic: str
    about: str
    delivery: Delivery
    expectation: Expectation
    why: str
    cause: Cause
    likelihood: Likelihood
    pointer: str = ""
    keyword: str = ""
    fault_id: str = ""
    family: str = ""
    integration: str | None = None
    expected_state: Mapping[str, Any] | None = None
    event: str = ""
    make_nearest: Callable[[], Delivery | None] | None = field(
        default=None, repr=False, compare=False
    )
    traceless: bool = False
    signed_topics: tuple[str, ...] = ()
    difference: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        # What makes the nearest delivery holds the secret, which a pickled report must not have.
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        nearest = self.nearest
        values["make_nearest"] = None if nearest is None else partial(replace, nearest)
        return partial(type(self), **values), ()

    @property
    def nearest(self) -> Delivery | None:
        """The valid delivery that is most like it: without what is special about it."""
        return None if self.make_nearest is None else self.make_nearest()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A delivery and its reply.

    Attributes:
        delivery: What was sent.
        reply: What came back.
        moment: In a timeline, the number of the step; those of one step were sent together.
    """

    delivery: Delivery
    reply: Reply
    moment: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a receiver that has worked cannot be probed any more.

    Attributes:
        kind: Whether the receiver cannot be reached, or its state cannot be observed.
        error: The error of the attempt to reach or observe it.
    """

    kind: Literal["unreachable", "unobservable"]
    error: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that went wrong with one case.

    Attributes:
        category: What kind of wrong it is.
        case: The case.
        exchanges: What was sent and came back, in order.
        integration: The integration that is in a wrong state; empty where it is the answer that
            is wrong, and where there is one integration only.
        mismatches: What the receiver shows of it otherwise than it should.
        steps: In a timeline, the deliveries that led to it, as text.
        answer: In a timeline, the wrong answer: several deliveries can have been sent together.
        breaks_others: Whether good deliveries fail after it, too.
        loss: Why nothing else could be sent or seen.
        leaked: What of an answer should not be in it.
    """

    category: Category
    case: Case
    exchanges: tuple[Exchange, ...]
    integration: str = ""
    mismatches: tuple[Mismatch, ...] = ()
    steps: tuple[str, ...] = ()
    answer: Reply | None = None
    breaks_others: bool = False
    loss: Loss | None = None
    leaked: str = ""


@public
@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a receiver does wrong, with the likeliest delivery that shows it.

    Attributes:
        id: A stable name, for ``--skip`` and a baseline.
        category: What kind of wrong it is.
        cause: What it has in common with findings of its kind, with the source of the rule.
        headline: What the receiver does wrong, without a subject.
        shown_by: What was special about the deliveries that show it; empty where the headline says
            it all.
        text: What was sent, received and expected, in lines.
        fix: How such a bug is fixed.
        likelihood: How likely a receiver is to meet the last delivery.
        cases: The ids of all cases that show it.
        exchanges: What shows it, in order; the last one is the one that went wrong.
        expectation: What the receiver has to do with the last delivery.
        is_invalid: Whether some of the deliveries are payloads that the published schema does not
            allow.
        signed: Whether the last delivery has the right signature.
    """

    id: str
    category: Category
    cause: Cause
    headline: str
    shown_by: str
    text: str
    fix: str
    likelihood: Likelihood
    cases: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    expectation: Expectation = "either"
    is_invalid: bool = False
    signed: bool = False

    @property
    def title(self) -> str:
        """What the receiver does wrong, in a line."""
        return f"{self.headline}: {self.shown_by}" if self.shown_by else self.headline

    def curl(self, url: str) -> str:
        """A command for a POSIX shell that sends the last delivery again.

        Args:
            url: Where the receiver is.

        Returns:
            The command; the secret is ``$KOMBO_WEBHOOK_SECRET`` in it. A body that is too long for
            a command is to be in the file ``body.bin``.
        """
        delivery = self.exchanges[-1].delivery
        return delivery.curl(
            url,
            body_file="body.bin" if len(delivery.body) > _COMMAND_LIMIT else None,
            variable=SECRET_VARIABLE if self.signed else None,
        )
