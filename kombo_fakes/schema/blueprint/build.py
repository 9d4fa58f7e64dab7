"""Builds the blueprint of a schema's payloads."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical as c

from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.blueprint.canonical import CanonicalReader, UnreadableError
from kombo_fakes.schema.blueprint.narrowing import narrow_to
from kombo_fakes.schema.blueprint.property_names import PropertyNamer
from kombo_fakes.schema.blueprint.pruning import remove_impossible
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint, restrict
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.blueprint.structure import StructureReader
from kombo_fakes.schema.complexity import measure_complexity
from kombo_fakes.schema.custom_formats import Formats
from kombo_fakes.schema.own_values import combines_values
from kombo_fakes.schema.requirements import Requirement
from kombo_fakes.schema.schema import Schema, canonicalize
from kombo_fakes.schema.vocabulary import subschemas


def build_blueprint(schema: Schema, requirement: Requirement | None = None) -> Blueprint:
    """Build the blueprint of a schema's payloads, the same one each time.

    Args:
        schema: The schema.
        requirement: What every payload has to have as well. What is not on the way to it is the
            same as without it, and not a copy.

    Raises:
        SchemaError: if no value satisfies the schema, or if payloads cannot be constructed.

    Examples:
        >>> build_blueprint(Schema.load({"type": ["string", "null"], "maxLength": 3}))
        Union(branches=(String(min_length=0, max_length=3, patterns=(), formats=(), \
excluded_patterns=(), excluded_formats=(), excluded=()), Enumeration(values=(None,))))
    """
    return _build_whole(schema) if requirement is None else _build_narrow(schema, requirement)


@lru_cache(maxsize=1024)
def _build_narrow(schema: Schema, requirement: Requirement) -> Blueprint:
    plan = narrow_to(_build_whole(schema), requirement)
    if find_smallest(plan) == NOTHING:
        raise SchemaError(f"{schema.source}: no value satisfies it and has what is required")
    return plan


# Everything that is derived from a schema begins here. What is the same shape is the same object.
@lru_cache(maxsize=64)
def _build_whole(schema: Schema) -> Blueprint:
    effective, name = schema.generation_schema, schema.source
    try:
        if measure_complexity(effective).is_too_high:
            plan = _read_structure(effective, name, schema.formats)
        else:
            node = schema.canonical
            # The answer can also be that it is unknown. Only a sure one is an error.
            if node.satisfiability() == c.Satisfiability.NO:
                raise SchemaError(_explain_unsatisfiable(schema))
            plan = _read_canonical(effective, name, node, schema.formats)
    except RecursionError:
        raise SchemaError(f"{name}: payloads cannot be constructed: nested too deeply") from None
    if combines_values(effective, schema.formats):
        plan = remove_impossible(restrict(plan, schema.allows, "format"))
    if plan == NOTHING:
        raise SchemaError(f"{schema.source}: no value satisfies it{_explain_cycle(schema)}")
    return plan


def _read_canonical(
    effective: dict[str, Any],
    name: str,
    node: jsonschema_rs.CanonicalSchema,
    formats: Formats | None,
) -> Blueprint:
    reader = CanonicalReader(name, effective, node, formats)
    try:
        plan = PropertyNamer(effective).name_properties(reader.read(node), ((),))
        # References are read when they are needed, and what they lead to may be unreadable.
        return remove_impossible(plan)
    except UnreadableError:
        return _read_structure(effective, name, formats)


def _read_structure(effective: dict[str, Any], name: str, formats: Formats | None) -> Blueprint:
    return remove_impossible(StructureReader(name, effective, formats).read())


def _explain_cycle(schema: Schema) -> str:
    todo: list[Any] = [schema.effective]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            if "$ref" in part:
                return ": a cycle of $ref requires an infinite value"
            todo.extend(child for _, child in subschemas(part))
    return ""


def build_standalone_blueprint(
    effective: dict[str, Any], name: str, formats: Formats | None = None
) -> Blueprint:
    """Build the blueprint of a part of a schema; `NOTHING` if no value satisfies it.

    Args:
        effective: The part of the schema.
        name: What error messages call it.
        formats: The formats that are asserted besides those of its dialect.
    """
    if measure_complexity(effective).is_too_high:
        return _read_structure(effective, name, formats)
    node = canonicalize(effective)
    try:
        return remove_impossible(CanonicalReader(name, effective, node, formats).read(node))
    except UnreadableError:
        return _read_structure(effective, name, formats)


def _explain_unsatisfiable(schema: Schema) -> str:
    # The effective schema has the pointers that the user knows. A narrower one has further parts.
    reasons = c.find_unsatisfiable(schema.effective, validate_formats=True, offline=True)
    places = [pointer or "the root" for pointer in reasons]
    # The deepest place is the cause. The places above it are unsatisfiable because of it.
    at = max(places, key=len, default="the root")
    return f"{schema.source}: no value satisfies it; the contradiction is at {at}"
