"""The many further values that violate a site, described by a schema to draw from.

A mutator lists the most telling values; its exploration, where it has one, allows many more.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeAlias

from kombo_fakes.catalogues.mutators.mutator import Mutator
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.generator import RealisticGenerator
from kombo_fakes.schema.blueprint.build import build_standalone_blueprint
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint
from kombo_fakes.schema.custom_formats import Format
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.sites import Site

_SAMPLES = 8

# What references in a part of the document may need.
_SHARED = ("$schema", "$id", "$defs", "definitions")


def explore_blueprint(schema: Schema, site: Site, mutator: Mutator) -> Blueprint | None:
    """The blueprint of further values that violate a site; None if there is none."""
    document = _document(schema, site, mutator)
    return None if document is None else _blueprint(document, _formats(schema))


def explore_samples(schema: Schema, site: Site, mutator: Mutator) -> tuple[Any, ...]:
    """A few further values that violate a site, always the same ones."""
    document = _document(schema, site, mutator)
    return () if document is None else _samples(document, _formats(schema))


def is_explored(schema: Schema, site: Site, mutator: Mutator, value: Any) -> bool:
    """Whether a value is one of the further values that violate a site."""
    document = _document(schema, site, mutator)
    return document is not None and _schema(document, _formats(schema)).is_valid(value)


def _document(schema: Schema, site: Site, mutator: Mutator) -> str | None:
    explored = mutator.explore(site)
    if explored is None:
        return None
    # Most explorations do without definitions, which make canonical forms slower to compute.
    # Without them, more sites share a document.
    shared = _SHARED if "$ref" in str(explored) else ("$schema",)
    beside = {keyword: v for keyword, v in schema.effective.items() if keyword in shared}
    # A string can be a key: many sites are alike, and canonical forms are slow to compute.
    return json.dumps({**beside, **explored})


_Formats: TypeAlias = "tuple[tuple[str, Format], ...]"


def _formats(schema: Schema) -> _Formats:
    return tuple(schema.formats.items())


@lru_cache(maxsize=1024)
def _blueprint(document: str, formats: _Formats) -> Blueprint | None:
    try:
        plan = build_standalone_blueprint(
            json.loads(document), "the values that violate a site", dict(formats)
        )
    except (SchemaError, ValueError):
        return None
    return None if plan == NOTHING else plan


@lru_cache(maxsize=1024)
def _samples(document: str, formats: _Formats) -> tuple[Any, ...]:
    plan = _blueprint(document, formats)
    if plan is None:
        return ()
    generator = RealisticGenerator(plan, "")
    samples = []
    for seed in range(_SAMPLES):
        try:
            samples.append(generator.generate(SeededChoices(seed)))
        except SchemaError:
            continue
    return tuple(samples)


@lru_cache(maxsize=256)
def _schema(document: str, formats: _Formats) -> Schema:
    return Schema(json.loads(document), formats=dict(formats))
