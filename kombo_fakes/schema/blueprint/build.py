"""Builds the blueprint of a schema's payloads."""

from __future__ import annotations

import json
from typing import Any

from jsonschema_rs import canonical as c

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.canonical import CanonicalReader
from kombo_fakes.schema.blueprint.property_names import PropertyNamer
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.schema import Schema, canonicalize
from kombo_fakes.schema.vocabulary import subschemas


def build_blueprint(schema: Schema, requirement: dict[str, Any] | None = None) -> Blueprint:
    """The blueprint of a schema's payloads.

    Args:
        schema: The schema.
        requirement: A further schema that every payload has to satisfy, too; it may refer to
            the first one's definitions.

    Raises:
        SchemaError: if no value satisfies it, or if its payloads cannot be constructed.

    Examples:
        >>> build_blueprint(Schema.load({"type": ["string", "null"], "maxLength": 3}))
        Union(branches=(String(min_length=0, max_length=3, patterns=(), formats=(), \
excluded_patterns=(), excluded_formats=(), excluded=()), Enumeration(values=(None,))))
    """
    effective = schema.generation_schema
    if requirement is None:
        node = schema.canonical
    else:
        node = canonicalize(_required(effective, requirement))
    if node.satisfiability() == c.Satisfiability.NO:
        raise SchemaError(_unsatisfiable(schema))
    reader = CanonicalReader(schema.source, effective, node)
    plan = PropertyNamer(effective).named(reader.read(node), ((),))
    if find_smallest(plan) == NOTHING:
        why = ": a $ref cycle without an end" if reader.references else ""
        raise SchemaError(f"{schema.source}: no value satisfies it{why}")
    return plan


def _required(effective: dict[str, Any], requirement: dict[str, Any]) -> dict[str, Any]:
    """A schema and a requirement as one schema."""
    if not _refers_to_itself(effective):
        return {**effective, "allOf": [*effective.get("allOf", []), requirement]}
    # What refers to the whole document must not come to mean the requirement, too.
    whole = effective.get("$id", "urn:kombo-fakes:whole")
    text = json.dumps(requirement).replace('"$ref": "#', f'"$ref": "{whole}#')
    dialect = {key: value for key, value in effective.items() if key == "$schema"}
    inside = {key: value for key, value in effective.items() if key != "$schema"}
    return {
        **dialect,
        "allOf": [{"$ref": whole}, json.loads(text)],
        "$defs": {"whole": {**inside, "$id": whole}},
    }


def _refers_to_itself(effective: dict[str, Any]) -> bool:
    own = {"#", "#/", effective.get("$id", "#"), f"{effective.get('$id', '')}#"}
    todo: list[Any] = [effective]
    while todo:
        schema = todo.pop()
        if isinstance(schema, dict):
            if schema.get("$ref") in own or "$dynamicRef" in schema or "$recursiveRef" in schema:
                return True
            todo.extend(child for _, child in subschemas(schema))
    return False


def build_standalone_blueprint(effective: dict[str, Any], name: str) -> Blueprint:
    """The blueprint of an effective schema that stands for itself; `NOTHING` if unsatisfiable."""
    node = canonicalize(effective)
    return CanonicalReader(name, effective, node).read(node)


def _unsatisfiable(schema: Schema) -> str:
    reasons = c.find_unsatisfiable(schema.effective, validate_formats=True, offline=True)
    places = [pointer or "the root" for pointer in reasons]
    # The deepest place is the cause, those above it only pass it on.
    at = max(places, key=len, default="the root")
    return f"{schema.source}: no value satisfies it; look at {at}"
