"""Changes: payloads that today's schema rejects and that another release of it may allow.

A fault is wrong. A change is only early or late. A receiver that should survive the next release of
Kombo's schemas accepts changes; a receiver that enforces today's schema strictly rejects them.
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
        id: A stable name, fit for file names and pytest ids: ``data.state-new-value``.
        pointer: JSON Pointer to the value that changes.
        description: The path and the difference, in one line.
        source: Where such a payload has been seen; empty if it is only expected.
        example: A payload with this change and no other violation; always the same.
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
        """Copy a valid payload and put this change into the copy.

        Raises:
            PointerError: if the payload has no value at the place of the change.
        """
        return self._apply(payload)

    def __str__(self) -> str:
        return self.id


def changes(event_or_schema: SchemaLike = DEFAULT_EVENT) -> tuple[Change, ...]:
    """List the changes of a schema: those that have been seen, then those that are expected.

    Expected are a new property in each closed object, a new value of each enum, each other event
    (Kombo sends all events to one URL), and an event that does not exist yet.

    Args:
        event_or_schema: An event name, or anything else that `Schema.load` accepts.

    Examples:
        >>> [change.id for change in changes()][:2]
        ['data.setup_status-absent', 'root-new-property']
    """
    return _changes(Schema.load(event_or_schema))


@lru_cache(maxsize=64)
def _changes(schema: Schema) -> tuple[Change, ...]:
    found = []
    for seen in event_named(schema.name).changes:
        path = _parse_path(seen.pointer)
        found.append(
            _change(
                schema,
                path,
                seen.variant,
                seen.description,
                _make_seen(seen),
                seen.kind,
                seen.source,
            )
        )
    for site in schema.sites():
        if site.keyword == "additionalProperties":
            found.append(
                _change(
                    schema,
                    site.path,
                    "new-property",
                    "a new property",
                    _add_property,
                    "new-property",
                )
            )
        # The type tells events apart. Another value there is another event, listed by itself.
        elif site.keyword == "enum" and site.pointer != "/type" and _has_string(site.value):
            found.append(
                _change(schema, site.path, "new-value", "a new value", _replace_value, "new-value")
            )
    # Kombo sends all its events to one URL. Nothing is known of the sender of another schema.
    if schema.name in events():
        found.extend(_other_event(name) for name in events() if name != schema.name)
        type_ = ("type",)
        found.append(
            _change(schema, type_, "new-event", "an unknown event type", _rename_event, "new-event")
        )
    used: set[str] = set()
    return tuple(replace(change, id=make_unique_id(change.id, used)) for change in found if change)


def _rename_event(payload: Any, path: Path) -> Any:
    return replace_at(payload, path, _NEW_EVENT)


def _other_event(name: str) -> Change:
    example = generator_for(Schema.load(name)).generate(SeededChoices(0))

    def apply_at(payload: Any) -> Any:
        # The id stays: receivers recognise repeated deliveries by it.
        return {**copy.deepcopy(example), "id": get(payload, ("id",))}

    return Change(
        id=f"event-{name.replace(':', '.')}",
        pointer="/type",
        description=f"type: the event {name}",
        source="Kombo sends all events of an environment to one URL",
        example=example,
        kind="other-event",
        _apply=apply_at,
    )


def _make_seen(seen: SeenChange) -> Callable[[Any, Path], Any]:
    if seen.value is ABSENT:
        return remove_at
    return lambda payload, path: replace_at(payload, path, seen.value)


def _has_string(values: list[Any]) -> bool:
    return any(isinstance(value, str) for value in values)


def _add_property(payload: Any, path: Path) -> Any:
    return replace_at(payload, (*path, _NEW_NAME), "new")


def _replace_value(payload: Any, path: Path) -> Any:
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
        base = generator_for(schema, require_values([path])).generate(SeededChoices(0))
    except SchemaError:
        return None

    def apply_at(payload: Any) -> Any:
        # `replace_at` adds a missing key, and a change needs a value that it changes.
        get(payload, path)
        return apply(payload, path)

    example = apply_at(base)
    # Another branch of the schema may allow it, and then it is no change.
    if schema.allows(example):
        return None
    return Change(
        id=f"{path_to_id(path)}-{variant}",
        pointer=to_pointer(path),
        description=f"{to_dotted(path) or 'the payload'}: {description}",
        source=source,
        example=example,
        kind=kind,
        _apply=apply_at,
    )


def _parse_path(pointer: str) -> Path:
    return tuple(int(part) if part.isdecimal() else part for part in parse_pointer(pointer))
