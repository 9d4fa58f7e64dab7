"""The factory of each shipped event, and of any schema."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from kombo_fakes.generation.factories.base import PayloadFactory
from kombo_fakes.generation.factories.derive import derive_factory
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.registry import event_named
from kombo_fakes.webhooks.shipped import events


def factory_for(event_or_schema: SchemaLike) -> type[PayloadFactory[Any]]:
    """The factory for the payloads of an event or of any schema of objects.

    Args:
        event_or_schema: What `Schema.load` takes.

    Returns:
        A factory class, the same one for the same schema. The factory of a shipped event has its
        traits; subclass any of them to add your own.

    Raises:
        OverrideError: if the schema does not describe an object.

    Examples:
        >>> factory_for({"title": "Job", "properties": {"job": {"enum": ["QA"]}},
        ...              "type": "object", "required": ["job"]}).build()
        {'job': 'QA'}
    """
    schema = Schema.load(event_or_schema)
    # A schema of the user's can have the name of an event without being it.
    if schema.name in events() and schema is Schema.load(schema.name):
        return _factory_for_event(schema.name)
    return _factory_for_schema(schema)


@cache
def _factory_for_event(event: str) -> type[PayloadFactory[Any]]:
    traits = event_named(event).traits
    return derive_factory(Schema.load(event), _factory_name(event), "kombo_fakes", traits)


@lru_cache(maxsize=64)
def _factory_for_schema(schema: Schema) -> type[PayloadFactory[Any]]:
    title = str(schema.effective.get("title", schema.name)).removesuffix("WebhookPayload")
    return derive_factory(schema, re.sub(r"\W", "", title) + "Factory", __name__, {})


def _factory_name(event: str) -> str:
    return f"{event_named(event).type_name}Factory"


def __getattr__(name: str) -> Any:
    """The factory of a shipped event by the name of its class, which derives from the event's."""
    # A factory needs the blueprint of its schema, which takes time. So it is made at first use.
    for event in events() if name.endswith("Factory") else ():
        if _factory_name(event) == name:
            return factory_for(event)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
