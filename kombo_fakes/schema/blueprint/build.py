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
    """Build the blueprint of a schema's payloads.

    Args:
        schema: The schema.
        requirement: Another schema that every payload has to satisfy. It can refer to the
            definitions of the first one.

    Raises:
        SchemaError: if no value satisfies the schema, or if payloads cannot be constructed.

    Examples:
        >>> build_blueprint(Schema.load({"type": ["string", "null"], "maxLength": 3}))
        Union(branches=(String(min_length=0, max_length=3, patterns=(), formats=(), \
excluded_patterns=(), excluded_formats=(), excluded=()), Enumeration(values=(None,))))
    """
    effective = schema.generation_schema
    if requirement is None:
        node = schema.canonical
    else:
        node = canonicalize(_combine(effective, requirement))
    # The answer can also be that it is unknown. Only a sure one is an error.
    if node.satisfiability() == c.Satisfiability.NO:
        raise SchemaError(_explain_unsatisfiable(schema))
    reader = CanonicalReader(schema.source, effective, node)
    plan = PropertyNamer(effective).name_properties(reader.read(node), ((),))
    if find_smallest(plan) == NOTHING:
        reason = ": a cycle of $ref requires an infinite value" if reader.references else ""
        raise SchemaError(f"{schema.source}: no value satisfies it{reason}")
    return plan


def _combine(effective: dict[str, Any], requirement: dict[str, Any]) -> dict[str, Any]:
    """Combine a schema and a requirement into one schema."""
    if not _refers_to_itself(effective):
        # The document may have an `allOf` of its own, which has to stay in force.
        return {**effective, "allOf": [*effective.get("allOf", []), requirement]}
    # A reference to the whole document must not include the requirement.
    whole = effective.get("$id", "urn:kombo-fakes:whole")
    # The requirement becomes a part of another document. Its pointers have to name the old one.
    text = json.dumps(requirement).replace('"$ref": "#', f'"$ref": "{whole}#')
    # The dialect is read from the root of a document, so `$schema` moves to the new root.
    dialect = {key: value for key, value in effective.items() if key == "$schema"}
    inside = {key: value for key, value in effective.items() if key != "$schema"}
    return {
        **dialect,
        "allOf": [{"$ref": whole}, json.loads(text)],
        # The `$id` makes it a schema resource of its own (JSON Schema Core 2020-12, section 8.2.1).
        # So `#` inside it still means the document, and not the combination.
        "$defs": {"whole": {**inside, "$id": whole}},
    }


def _refers_to_itself(effective: dict[str, Any]) -> bool:
    own = {"#", "#/", effective.get("$id", "#"), f"{effective.get('$id', '')}#"}
    todo: list[Any] = [effective]
    while todo:
        schema = todo.pop()
        if isinstance(schema, dict):
            # The target of a dynamic reference depends on the way that leads to it. It may be the
            # root.
            if schema.get("$ref") in own or "$dynamicRef" in schema or "$recursiveRef" in schema:
                return True
            todo.extend(child for _, child in subschemas(schema))
    return False


def build_standalone_blueprint(effective: dict[str, Any], name: str) -> Blueprint:
    """Build the blueprint of a part of a schema; `NOTHING` if no value satisfies it."""
    node = canonicalize(effective)
    return CanonicalReader(name, effective, node).read(node)


def _explain_unsatisfiable(schema: Schema) -> str:
    # The effective schema has the pointers that the user knows. A narrower one has further parts.
    reasons = c.find_unsatisfiable(schema.effective, validate_formats=True, offline=True)
    places = [pointer or "the root" for pointer in reasons]
    # The deepest place is the cause. The places above it are unsatisfiable because of it.
    at = max(places, key=len, default="the root")
    return f"{schema.source}: no value satisfies it; the contradiction is at {at}"
