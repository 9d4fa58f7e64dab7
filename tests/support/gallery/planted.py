"""What is said of a receiver with a bug."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias, TypeVar

from .good import Receiver

Category: TypeAlias = Literal[
    "rejects-valid",
    "accepts-invalid",
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


@dataclass(frozen=True)
class Planted:
    """A receiver with one bug.

    Attributes:
        name: The bug in a few words, with hyphens.
        receiver_factory: Makes one, of a secret.
        policy: What it is to be held to.
        category: What it does wrong.
        words: A regular expression for what tells the cause; case doesn't count.
        takes_plain: Whether it answers 2xx to plain valid deliveries.
        looks: Whether only those see it who look at what it knows.
        served: Whether it shows over HTTP alone, and not in a call.
        hard: Whether it takes more than a delivery or two, or luck, to see it.
    """

    name: str
    receiver_factory: Callable[[str], Receiver]
    policy: str
    category: Category
    words: str
    takes_plain: bool = True
    looks: bool = False
    served: bool = False
    hard: bool = False

    def __str__(self) -> str:
        return self.name


Kind = TypeVar("Kind", bound=type[Receiver])
_CATEGORIES = set(Category.__args__)  # type: ignore[attr-defined]


class Bed(list[Planted]):
    """Where bugs are planted: ``@bed.plant(category, words)`` above the class of a receiver."""

    def plant(
        self,
        category: Category,
        words: str,
        *,
        policy: str = "strict",
        takes_plain: bool = True,
        looks: bool = False,
        served: bool = False,
        hard: bool = False,
    ) -> Callable[[Kind], Kind]:
        """Take a class for a receiver with a bug; its name is that of the bug."""
        assert category in _CATEGORIES
        re.compile(words)

        def planted(kind: Kind) -> Kind:
            words_of_name = re.findall(r"[A-Z](?![a-z])|[A-Z][a-z]+|[0-9]+", kind.__name__)
            name = "-".join(words_of_name).lower()
            factory = partial(kind, policy=policy)
            self.append(
                Planted(
                    name, factory, policy, category, words, takes_plain, looks, served, hard
                )
            )  # fmt: skip
            return kind

        return planted
