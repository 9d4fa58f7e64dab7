"""Changes: payloads that today's schema refuses, and that another release of it allows.

A fault is wrong; a change is only early or late. A receiver that is to live through the next
release of Kombo's schemas takes them, and one that enforces the schema to the letter doesn't.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from kombo_fakes.catalogues.ids import make_unique_id, path_to_id
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.core.pointer import (
    Path,
    get,
    parse_pointer,
    remove_at,
    replace_at,
    to_dotted,
    to_pointer,
)
from kombo_fakes.core.public import public
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.requirements import require_values
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.model import ABSENT, ChangeKind, SeenChange
from kombo_fakes.webhooks.registry import event_named
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, events

_NEW_NAME = "added_later"
_NEW_VALUE = "ADDED_LATER"
_NEW_EVENT = "integration-added-later"


@public
@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One way in which another release of a schema may differ from today's.

    Attributes:
        id: A stable name, fit for a file name and a pytest id: ``data.state-new-value``.
        pointer: JSON Pointer to what is changed.
        description: What is different, in a sentence.
        source: Where such a payload has been seen; empty where it is only to be expected.
        example: A payload that has it, and is valid otherwise; always the same.
        kind: ``"new-property"``, ``"new-value"``, ``"new-event"``, ``"other-event"`` or
            ``"older-shape"``.
    """

    id: str
    pointer: str
    description: str
    source: str
    example: Any = field(repr=False)
    kind: ChangeKind
    _apply: Callable[[Any], Any] = field(repr=False)

    def apply(self, payload: Any) -> Any:
        """Put this change into a valid payload that has the place; it isn't changed itself.

        Raises:
            PointerError: if the payload has nothing at the place.
        """
        return self._apply(payload)

    def __str__(self) -> str:
        return self.id


def changes(event_or_schema: SchemaLike = DEFAULT_EVENT) -> tuple[Change, ...]:
    """The changes of a schema: those that have been seen, then those to be expected.

    To be expected are a new property in each closed object, a new value of each enum, and, at
    the one URL of a receiver, each other event and one that doesn't exist yet.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.

    Examples:
        >>> [change.id for change in changes()][:2]
        ['data.setup_status-absent', 'root-new-property']
    """
    return _changes(Schema.load(event_or_schema))


@lru_cache(maxsize=64)
def _changes(schema: Schema) -> tuple[Change, ...]:
    found = []
    for seen in event_named(schema.name).changes:
        path = _path(seen.pointer)
        found.append(
            _change(
                schema, path, seen.variant, seen.description, _as_seen(seen), seen.kind, seen.source
            )
        )
    for site in schema.sites():
        if site.keyword == "additionalProperties":
            found.append(
                _change(schema, site.path, "new-property", "a new property", _grown, "new-property")
            )
        elif site.keyword == "enum" and site.pointer != "/type" and _has_text(site.value):
            found.append(
                _change(schema, site.path, "new-value", "a new value", _valued, "new-value")
            )
    if schema.name in events():
        found.extend(_other_event(name) for name in events() if name != schema.name)
        type_ = ("type",)
        found.append(
            _change(schema, type_, "new-event", "an event that is new", _new_event, "new-event")
        )
    taken: set[str] = set()
    return tuple(replace(change, id=make_unique_id(change.id, taken)) for change in found if change)


def _new_event(payload: Any, path: Path) -> Any:
    return replace_at(payload, path, _NEW_EVENT)


def _other_event(name: str) -> Change:
    example = generator_for(Schema.load(name)).generate(SeededChoices(0))

    def applied(payload: Any) -> Any:
        # The same delivery otherwise, so that its id stays what receivers tell events apart by.
        return {**copy.deepcopy(example), "id": get(payload, ("id",))}

    return Change(
        id=f"event-{name.replace(':', '.')}",
        pointer="/type",
        description=f"type: another event, {name}",
        source="Kombo sends all events of an environment to one URL",
        example=example,
        kind="other-event",
        _apply=applied,
    )


def _as_seen(seen: SeenChange) -> Callable[[Any, Path], Any]:
    if seen.value is ABSENT:
        return remove_at
    return lambda payload, path: replace_at(payload, path, seen.value)


def _has_text(values: list[Any]) -> bool:
    return any(isinstance(value, str) for value in values)


def _grown(payload: Any, path: Path) -> Any:
    return replace_at(payload, (*path, _NEW_NAME), "new")


def _valued(payload: Any, path: Path) -> Any:
    return replace_at(payload, path, _NEW_VALUE)


def _change(
    schema: Schema,
    path: Path,
    variant: str,
    description: str,
    apply: Callable[[Any, Path], Any],
    kind: ChangeKind,
    source: str = "",
) -> Change | None:
    try:
        base = generator_for(schema, require_values([path], schema)).generate(SeededChoices(0))
    except SchemaError:
        return None

    def applied(payload: Any) -> Any:
        get(payload, path)
        return apply(payload, path)

    example = applied(base)
    if schema.allows(example):
        return None
    return Change(
        id=f"{path_to_id(path)}-{variant}",
        pointer=to_pointer(path),
        description=f"{to_dotted(path) or 'the payload'}: {description}",
        source=source,
        example=example,
        kind=kind,
        _apply=applied,
    )


def _path(pointer: str) -> Path:
    return tuple(int(part) if part.isdecimal() else part for part in parse_pointer(pointer))
