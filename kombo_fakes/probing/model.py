"""What a probe is made of: cases, replies, failures, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    "Exchange",
    "Expectation",
    "Failure",
    "Finding",
    "Likelihood",
    "Loss",
    "Mismatch",
    "Policy",
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
    "acknowledged-not-applied": "acknowledges an event and does not apply it",
    "rejected-but-applied": "rejects an event and applies it",
    "mixes-up-integrations": "mixes up integrations",
    "corrupts-state": "stores something else than was sent",
    "leaks": "gives away a secret or internals",
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
class Reply:
    """What came back for a delivery.

    Attributes:
        status: The HTTP status; None where there was no answer.
        headers: Names and values.
        body: The beginning of the body.
        trouble: Why there was no answer; None where there was one.
        seconds: How long it took.
        raised: The exception that an application in this process let through, and where.
    """

    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    trouble: Trouble | None = None
    seconds: float = field(default=0.0, compare=False)
    raised: str = field(default="", compare=False)

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_rejected(self) -> bool:
        """A redirect refuses nothing, and too many requests is no answer to this one."""
        return self.status is not None and 400 <= self.status < 500 and not self.is_rate_limited

    @property
    def is_rate_limited(self) -> bool:
        """Whether there were too many requests, so that it says nothing about this one."""
        return self.status == 429

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def __str__(self) -> str:
        if self.status is not None:
            return str(self.status)
        return {
            "timeout": "no answer in time",
            "reset": "a connection that was closed without an answer",
            "garbage": "something that is no HTTP",
            "endless": "an answer without an end",
        }[self.trouble or "reset"]


@dataclass(frozen=True, slots=True)
class Case:
    """One delivery, what is special about it, and what is owed.

    Attributes:
        id: A stable name: ``fault:data.state-enum-lowercase``.
        group: ``valid``, ``style``, ``fault``, ``wire``, ``change``, ``timeline``.
        topic: What failures of the same cause have in common.
        about: What is special, in a few words.
        pointer: Where, in the payload.
        delivery: What is sent.
        expectation: What the receiver has to do.
        why: Why.
        likelihood: How likely it is to meet it.
        integration: The integration id to look at afterwards; None where there is none to see.
        expected_state: What is to be seen there once it is taken; None for whatever it is.
        event: The event that it is one of.
        nearest: The valid delivery that is most like it: without what is special about it.
        traceless: Whether nothing may be seen there, even if it is answered 2xx.
    """

    id: str
    group: str
    topic: str
    about: str
    delivery: Delivery
    expectation: Expectation
    why: str
    likelihood: Likelihood
    pointer: str = ""
    keyword: str = ""
    integration: str | None = None
    expected_state: Mapping[str, Any] | None = None
    event: str = ""
    nearest: Delivery | None = field(default=None, repr=False)
    traceless: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A delivery and its reply.

    Attributes:
        delivery: What was sent.
        reply: What came back.
        moment: In a history, the number of the step; those of one step were sent together.
    """

    delivery: Delivery
    reply: Reply
    moment: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """Why a receiver that has worked is no use any more.

    Attributes:
        kind: Whether it cannot be reached, or what it knows cannot be seen.
        error: What the attempt to reach it, or to see it, gave.
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
        steps: In a history, the deliveries that led to it, as text.
        answer: In a history, the wrong answer: several deliveries can have been sent together.
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
    """One thing that a receiver does wrong, with the smallest delivery that shows it.

    Attributes:
        id: A stable name, for ``--skip`` and a baseline.
        category: What kind of wrong it is.
        title: What is wrong, in a line.
        text: What was sent, what came back, what was owed and why.
        fix: How such a bug is usually mended.
        likelihood: How likely it is to meet it.
        cases: The ids of all cases that show it.
        exchanges: What shows it, in order; the last one is the one that went wrong.
        signed: Whether the last delivery bears the signature that it should.
    """

    id: str
    category: Category
    title: str
    text: str
    fix: str
    likelihood: Likelihood
    cases: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    signed: bool = False

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
