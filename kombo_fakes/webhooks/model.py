"""The classes with which a file in `kombo_fakes.webhooks.events` describes its event.

A payload is about one integration, so its values have to agree: the id begins with the tool, the
tool serves the category, the address belongs to the organisation. Such *facts* are drawn together
in *groups* before any field is filled, and a field shows a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kombo_fakes.core.choices import Choices
from kombo_fakes.webhooks.names import Names

if TYPE_CHECKING:
    from kombo_fakes.webhooks.lifecycle import Lifecycle

Facts: TypeAlias = "dict[str, Any]"
"""The facts of one payload, by name."""

Place: TypeAlias = tuple[str, ...]
"""Where a field is: the property names that lead to it, without array indices."""

Draw: TypeAlias = Callable[[Choices, Names, Facts, Facts], None]
"""Draws facts. Its arguments are the choices, the source of names, the facts so far, to which it
adds, and the pinned facts. The number of its draws does not depend on what is pinned, so that a
pinned fact changes only the facts that have to agree with it."""


@dataclass(frozen=True, eq=False)
class Group:
    """Facts that are drawn together because they have to agree.

    Attributes:
        name: The name of the group.
        parts: The functions that draw the facts, in this order, each with the facts that it
            draws. A function is called alone if only its facts are needed.
        per_item: Whether each item of an array has facts of its own.
    """

    name: str
    parts: Mapping[Draw, tuple[str, ...]]
    per_item: bool = False

    def draw(self, choices: Choices, names: Names, facts: Facts, pins: Facts) -> None:
        """Draw all facts of the group."""
        for part in self.parts:
            part(choices, names, facts, pins)

    @cached_property
    def facts(self) -> dict[str, Draw]:
        """The function that draws each fact."""
        return {fact: part for part, facts in self.parts.items() for fact in facts}


ABSENT: Any = object()
"""The value of a `SeenChange` that leaves the field out."""

ChangeKind: TypeAlias = Literal[
    "new-property", "new-value", "new-event", "other-event", "older-shape"
]
"""What kind of change a schema may see."""


@dataclass(frozen=True)
class SeenChange:
    """A payload that Kombo has been seen to send, and that today's schema rejects.

    Attributes:
        variant: The last part of the id of the change.
        pointer: JSON Pointer to the field.
        description: What is different.
        source: Where such a payload has been seen.
        value: The value of the field; `ABSENT` if it is left out.
        kind: What kind of change it is.
    """

    variant: str
    pointer: str
    description: str
    source: str
    value: Any = ABSENT
    kind: ChangeKind = "older-shape"


@dataclass(frozen=True, kw_only=True)
class Event:
    """What is known of an event besides its schema.

    Attributes:
        name: The value of its ``type``.
        groups: The groups of facts of its own, in the order in which they are drawn, after the
            groups of `kombo_fakes.webhooks.shared_fields`. A new order changes the bytes of every
            seed.
        fields: The fact that a field shows, by the dotted name of the field. Fields that look the
            same in every event are in `kombo_fakes.webhooks.shared_fields` already.
        usual: Facts that are true in every realistic payload unless they are overridden.
        traits: The traits of its factory: values by the dotted names of their fields.
        changes: Payloads of other releases that have been seen.
        types: Names for the types of nested objects and enums, by dotted name, with ``[]`` for
            the items of an array. The names of all other types are derived from the schema.
        lifecycle: How its payloads show the state of something over time, if they do.
    """

    name: str
    groups: tuple[Group, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    changes: tuple[SeenChange, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    lifecycle: Lifecycle | None = None

    @property
    def type_name(self) -> str:
        """The name of the TypedDict of its payload.

        Examples:
            >>> Event(name="assessment:order-received").type_name
            'AssessmentOrderReceived'
        """
        return "".join(part.capitalize() for part in re.split(r"\W", self.name))
