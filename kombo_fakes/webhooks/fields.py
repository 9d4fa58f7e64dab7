"""Which fact each field of a schema shows, and how facts are drawn only when they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from kombo_fakes.core.choices import Choices, SeededChoices
from kombo_fakes.webhooks.common_fields import ANY_SCHEMA, COMMON
from kombo_fakes.webhooks.model import Event, Facts, Group, Place
from kombo_fakes.webhooks.names import POOLED, Names
from kombo_fakes.webhooks.registry import known_events
from kombo_fakes.webhooks.shared_fields import ANYWHERE, ENVELOPE_FIELDS, SHARED

_SAMPLES = 24


@dataclass(frozen=True)
class FieldSource:
    """Where a field has its value from: a fact of a group."""

    fact: str
    group: Group


class FieldSources:
    """The sources of all fields of an event, or of a schema of the user.

    Attributes:
        groups: The groups of facts, in the order in which they are drawn.
        usual: Facts that are true in every realistic payload unless they are overridden.

    Args:
        event: The event; None for a schema of the user.
    """

    def __init__(self, event: Event | None) -> None:
        own = () if event is None else event.groups
        # An event that names a shared group has another order, in which that group comes later.
        shared = tuple(group for group in SHARED if group not in own)
        self.groups: tuple[Group, ...] = (*shared, *own, ANY_SCHEMA)
        self.usual: Mapping[str, Any] = {} if event is None else event.usual
        self._group_of = {fact: group for group in self.groups for fact in group.facts}
        self._is_event = event is not None
        self._exact = self._by_place({} if event is None else {**ENVELOPE_FIELDS, **event.fields})
        self._by_end = self._by_place(ANYWHERE if event is not None else COMMON | ANYWHERE)
        self._longest = max(map(len, self._by_end))

    def of(self, place: Place) -> FieldSource | None:
        """Return the source of a field; None if it does not show a fact.

        Args:
            place: The property names that lead to the field.

        Examples:
            >>> sources_of("a schema").of(("data", "integration_id")).fact
            'integration_id'
        """
        exact = self._exact.get(place)
        if exact is not None:
            return exact
        # The longest end that is known counts.
        for start in range(len(place)):
            found = self._by_end.get(place[start:])
            if found is not None:
                return found
        return None

    def relevant(self, place: Place) -> Place:
        """Return the part of a place on which the sources there and below depend.

        Examples:
            >>> sources_of("a schema").relevant(("deep", "down", "end_user", "id"))
            ('end_user', 'id')
        """
        return place if self._is_event else place[-self._longest :]

    def group_of(self, fact: str) -> Group:
        """Return the group of a fact."""
        return self._group_of[fact]

    @cached_property
    def samples(self) -> tuple[Facts, ...]:
        """Some sets of facts, as samples of the values that facts can have."""
        samples = []
        for seed in range(_SAMPLES):
            facts: Facts = {}
            for group in self.groups:
                group.draw(SeededChoices(seed), POOLED, facts, {})
            samples.append(facts)
        return tuple(samples)

    def _by_place(self, facts: Mapping[str, str]) -> dict[Place, FieldSource]:
        return {
            tuple(place.split(".")): FieldSource(fact, self._group_of[fact])
            for place, fact in facts.items()
        }


def sources_of(name: str) -> FieldSources:
    """Return the sources of the fields of a schema.

    Args:
        name: The name of the event or schema.
    """
    return _sources_of(name if name in known_events() else None)


@cache
def _sources_of(event: str | None) -> FieldSources:
    return FieldSources(None if event is None else known_events()[event])


class FactsOnDemand(dict[str, Any]):
    """Facts that are drawn on first use, so that unused ones are not drawn.

    Args:
        choices: Draws the facts.
        names: The source of names.
        sources: The field sources, which know the groups.
        pins: Facts that are fixed.
        above: The facts of what contains this item of an array; None for those of a payload.
    """

    def __init__(
        self,
        choices: Choices,
        names: Names,
        sources: FieldSources,
        pins: Facts,
        above: FactsOnDemand | None = None,
    ) -> None:
        super().__init__()
        self._choices, self._names = choices, names
        self._sources, self._pins, self._above = sources, pins, above

    def __missing__(self, fact: str) -> Any:
        group = self._sources.group_of(fact)
        if self._above is not None and not group.per_item:
            # All items of a payload are about one integration, so they share these facts.
            return self._above[fact]
        # The function may need facts of another group. They are drawn as soon as it reads them.
        group.facts[fact](self._choices, self._names, self, self._pins)
        return self[fact]

    def of_item(self, choices: Choices) -> FactsOnDemand:
        """Return the facts of an item of an array."""
        # Pinned facts belong to the payload. They would make all items equal.
        return FactsOnDemand(choices, self._names, self._sources, {}, self)
