"""Finds the faults of a schema: mutates valid payloads at every site and checks what comes out.

The search makes the catalogue complete (each site that a payload can have and violate has a
fault), single (a validator that reports everything reports that place only, the named keyword
among others; where that cannot be, the fault says so) and stable (an id means the same fault in
every release).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema_rs import canonical

from kombo_fakes.catalogues.exploration import explore_samples
from kombo_fakes.catalogues.fault import Fault, violates
from kombo_fakes.catalogues.ids import make_unique_id, path_to_id
from kombo_fakes.catalogues.mutators.mutator import Mutator
from kombo_fakes.catalogues.mutators.table import mutators
from kombo_fakes.core.choices import LazyChoices, SeededChoices
from kombo_fakes.core.pointer import Path, get, replace_at, to_dotted
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.generator import RealisticGenerator, generator_for
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.requirements import (
    ABSENT,
    Requirement,
    get_value,
    has_all,
    require_site,
    require_values,
)
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.sites import Site

_EXAMPLES = 3

# A schema that holds itself in many ways has sites without end: no more payloads are generated
# for single sites than this.
_MOST_BASES = 120

# Each payload that is tried is mutated in every way, so only a few further ones are.
_OTHER_BASES = 8

_UNREACHABLE = object()
"""Stands for a payload that could not be generated."""


@lru_cache(maxsize=64)
def find_faults(schema: Schema) -> tuple[Fault, ...]:
    """Find every fault of a schema, in the order of the schema's sites.

    Raises:
        SchemaError: if no payload can be generated.
    """
    result: list[Fault] = []
    used_ids: set[str] = set()
    seen: set[str] = set()
    bases = _generate_bases(schema)
    for site in schema.sites():
        neighbours = _neighbours(schema, site)
        for payload, single in _attempts(schema, site, bases):
            found = [
                fault
                for mutator in mutators(site, neighbours)
                if (fault := _try(schema, site, mutator, payload, single=single)) is not None
            ]
            if found:
                kept = found if single else _drop_repeated(found, seen)
                result += [replace(fault, id=make_unique_id(fault.id, used_ids)) for fault in kept]
                break
    return tuple(result)


def _drop_repeated(found: list[Fault], seen: set[str]) -> list[Fault]:
    """The faults whose payloads no earlier fault has; at least one, so that each site has one.

    What violates one branch of an ``anyOf`` violates the other branches as well, so each branch
    leads to the same payloads.
    """
    keys = [canonical.json.to_string(fault.examples[0]) for fault in found]
    new = [fault for fault, key in zip(found, keys, strict=True) if key not in seen]
    seen.update(keys)
    return new or found[:1]


def _try(
    schema: Schema, site: Site, mutator: Mutator, payload: Any, *, single: bool
) -> Fault | None:
    """The fault that a mutator makes at a site of a payload; None if it makes none."""
    further = explore_samples(schema, site, mutator) if mutator.variant == "other" else ()
    candidates = (
        replace_at(payload, site.path, invalid)
        for values in (mutator.mutate(get(payload, site.path), site), further)
        for invalid in values
    )
    violating = (c for c in candidates if violates(c, schema, site, single=single))
    examples = tuple(islice(violating, _EXAMPLES))
    if not examples:
        return None
    return Fault(
        id=f"{path_to_id(_named_path(site))}-{site.keyword}-{mutator.variant}",
        pointer=site.pointer,
        keyword=site.keyword,
        variant=mutator.variant,
        description=f"{_subject(site)}: {mutator.effect}",
        single=single,
        _examples=examples,
        schema=schema,
        site=site,
        mutator=mutator,
    )


def _named_path(site: Site) -> Path:
    """The path of what the site is about: of a missing property its own, not its object's."""
    if site.keyword == "required":
        return (*site.path, site.value)
    if site.keyword == "dependentRequired":
        return (*site.path, next(iter(site.value)))
    return site.path


def _subject(site: Site) -> str:
    path = _named_path(site) if site.keyword == "required" else site.path
    return to_dotted(path) or "the payload"


def _neighbours(schema: Schema, site: Site) -> tuple[str, ...]:
    """Enumerated values of other places, those of the nearest places first."""
    if site.keyword not in ("enum", "const"):
        return ()
    own = set(site.value) if site.keyword == "enum" and _is_hashable(site.value) else set()
    found: dict[str, None] = {}
    parent = site.pointer.rsplit("/", 1)[0]
    others = [s for s in schema.sites() if s.keyword == "enum" and s.pointer != site.pointer]
    for other in sorted(others, key=lambda s: s.pointer.rsplit("/", 1)[0] != parent):
        for value in other.value:
            if isinstance(value, str) and value not in own:
                found[value] = None
                break
    return tuple(found)


def _is_hashable(values: Iterable[Any]) -> bool:
    return all(not isinstance(value, (dict, list)) for value in values)


def _attempts(schema: Schema, site: Site, bases: list[Any]) -> Iterator[tuple[Any, bool]]:
    """Payloads in which to violate a site, and whether it must be the only violation.

    Other violations are allowed only after no payload could violate the site alone. A payload
    that is generated with what the site requires costs most, so it comes after the others.
    """
    wanted = require_site(site)
    suitable = next((base for base in bases if has_all(base, wanted)), None)
    if suitable is None and not site.single:
        # All branches have to be violated at once, so any value at the place is good enough.
        suitable = next((b for b in bases if get_value(b, site.path) is not ABSENT), None)
    own = None
    for single in (True, False) if site.single else (False,):
        if suitable is not None:
            yield suitable, single
        if own is None:
            own = _generate_with(schema, site) if len(bases) < _MOST_BASES else _UNREACHABLE
            if own is not _UNREACHABLE:
                bases.append(own)  # Other sites lie in what this one required.
        if own is not _UNREACHABLE:
            yield own, single
    if not site.single:
        # A value that another branch allows cannot be violated here. Other payloads may have
        # values that only this branch allows.
        yield from ((base, False) for base in islice(bases, _OTHER_BASES) if has_all(base, wanted))


class _FullChoices(SeededChoices):
    """Choices that leave nothing out and never choose null."""

    __slots__ = ()

    def chance(self, share: float) -> bool:
        return super().chance(share) or share > 0.5

    def is_null(self, share: float) -> bool:
        # The draw keeps the choices after it the same as those of a usual payload.
        super().is_null(share)
        return False

    def fork(self, seed: int) -> LazyChoices:
        return LazyChoices(seed, nulls=0)


def _generate_bases(schema: Schema) -> list[Any]:
    """Valid payloads to mutate: a usual one, then some that have everything that is optional.

    Raises:
        SchemaError: if not even a payload without everything optional can be generated.
    """
    generator = generator_for(schema)
    generated = [
        payload
        # A payload shows one branch of each union. Several payloads reach more sites.
        for choices in (SeededChoices(0), *map(_FullChoices, range(4)))
        if (payload := _generate(generator, choices)) is not _UNREACHABLE
    ]
    return generated or [_smallest_generator(schema).generate(_FullChoices(0))]


def _generate_with(schema: Schema, site: Site) -> Any:
    """A payload with what a site requires, or at least with a value at its place."""
    # For a site in a branch the place comes first: all branches have to be violated there.
    needs = (require_site(site), require_values([site.path]))
    for wanted in needs if site.single else reversed(needs):
        try:
            generator = generator_for(schema, wanted)
        except SchemaError:
            continue
        payload = _generate(generator, _FullChoices(0))
        if payload is _UNREACHABLE:
            payload = _generate(_smallest_generator(schema, wanted), _FullChoices(0))
        if payload is not _UNREACHABLE:
            return payload
    return _UNREACHABLE


def _smallest_generator(
    schema: Schema, requirement: Requirement | None = None
) -> RealisticGenerator:
    """A generator of nothing optional, which may be what cannot be generated."""
    return RealisticGenerator(find_smallest(build_blueprint(schema, requirement)), schema.name)


def _generate(generator: RealisticGenerator, choices: SeededChoices) -> Any:
    try:
        return generator.generate(choices)
    except SchemaError:
        return _UNREACHABLE
