"""How a bug is planted: one row that names it and replaces a method of a receiver.

A replacement gets the receiver, the method that it replaces, and the arguments::

    bug("accepts-empty-signatures", ACCEPTS, "empty",
        is_signed=lambda self, good, environ, body: (
            self.read_signature(environ) == "" or good(environ, body)))
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from .receiver import Receiver, Rejection

ACCEPTS = "accepts-invalid"
REJECTS = "rejects-valid"
CRASHES = "crashes"
HANGS = "hangs"
LOSES = "loses-events"
TWICE = "applies-twice"
ORDER = "applies-out-of-order"
DROPS = "acknowledged-not-applied"
LEAVES_TRACES = "rejected-but-applied"
MIXES = "mixes-up-integrations"
CORRUPTS = "corrupts-state"
LEAKS = "leaks"

Method = Callable[..., Any]


@dataclass(frozen=True)
class Planted:
    """A receiver, with a bug or without.

    Attributes:
        name: What is special about it, in a few words with hyphens.
        receiver_factory: Makes one from a secret.
        policy: What it is held to, ``"strict"`` or ``"tolerant"``.
        category: What kind of bug it has; empty if it has none.
        words: A regular expression for what the finding must say; case does not count.
        accepts_plain: Whether it answers 2xx to plain valid deliveries.
        unseen: Why a probe in this process does not find the bug; empty if it does.
        most: How many findings the bug may lead to.
    """

    name: str
    receiver_factory: Callable[[str], Receiver]
    policy: str = "strict"
    category: str = ""
    words: str = ""
    accepts_plain: bool = True
    unseen: str = ""
    most: int = 2

    def __str__(self) -> str:
        return self.name


def variant(
    name: str, base: type[Receiver] = Receiver, *, policy: str = "strict", **replaced: Any
) -> Planted:
    """Return a receiver that is right in an unusual way."""
    return Planted(name, partial(subclass(name, base, replaced), policy=policy), policy)


def bug(
    name: str,
    category: str,
    words: str,
    base: type[Receiver] = Receiver,
    *,
    policy: str = "strict",
    accepts_plain: bool = True,
    unseen: str = "",
    most: int = 2,
    **replaced: Any,
) -> Planted:
    """Return a receiver with a bug.

    Args:
        name: As in `Planted`, like all arguments that are not listed here.
        base: The class that has the bug, or that the bug is added to.
        replaced: For names of methods what replaces them; other attributes as they are.
    """
    re.compile(words)
    factory = partial(subclass(name, base, replaced), policy=policy)
    return Planted(name, factory, policy, category, words, accepts_plain, unseen, most)


def subclass(name: str, base: type[Receiver], replaced: dict[str, Any]) -> type[Receiver]:
    """Return a class that calls the replacements in place of its base's methods."""
    kind = type(name.title().replace("-", ""), (base,), {})
    for attribute, value in replaced.items():
        is_method = callable(value) and not isinstance(value, type)
        setattr(kind, attribute, _method(kind, attribute, value) if is_method else value)
    return kind


def _method(kind: type, name: str, replacement: Method) -> Method:
    def method(self: Any, *args: Any) -> Any:
        return replacement(self, getattr(super(kind, self), name), *args)

    return method


# -- what a bug does


def reject(status: int = 422, reason: str = "not valid") -> NoReturn:
    """Answer with a status other than 2xx."""
    raise Rejection(status, reason)


def crash(error: str = "nobody catches this") -> NoReturn:
    """Raise an exception that the receiver does not expect."""
    raise RuntimeError(error)


def after(action: Callable[[Any], object]) -> Method:
    """Return a replacement that calls `action` with the value before it returns it."""

    def method(self: Receiver, good: Method, *args: Any) -> Any:
        value = good(*args)
        action(value)
        return value

    return method


# -- what a bug does to an event that would be applied: replacements of `apply_once`


def use(action: Callable[[Any], object]) -> Method:
    """Call `action` with the data of the event first."""

    def method(self: Receiver, good: Method, payload: Any) -> None:
        action(payload["data"])
        good(payload)

    return method


def reject_if(condition: Callable[[Any], object]) -> Method:
    """Reject the event if its data fulfils a condition."""
    return use(lambda data: condition(data) and reject())


def crash_if(condition: Callable[[Any], object]) -> Method:
    """Crash if the data of the event fulfils a condition."""
    return use(lambda data: condition(data) and crash())


def drop_if(condition: Callable[[Any], object]) -> Method:
    """Acknowledge the event without applying it if its data fulfils a condition."""

    def method(self: Receiver, good: Method, payload: Any) -> None:
        if not condition(payload["data"]):
            good(payload)

    return method
