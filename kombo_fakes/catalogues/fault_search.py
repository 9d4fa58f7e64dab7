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
from kombo_fakes.schema.complexity import measure_complexity
from kombo_fakes.schema.requirements import (
    Requirement,
    has_all,
    require_site,
    require_values,
)
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.sites import Site

_EXAMPLES = 3

# A schema that holds itself in many ways has sites without end. No more payloads than this are
# generated for single sites: the first number if the same constraint has faults at another place.
_MOST_BASES = 120
_MOST_BASES_OF_ALL = 1_000

# Where the validator has to look at thousands of branches for each payload, the catalogue ends
# after so many of them.
_MOST_EFFORT = 6_000_000
_EFFORT_OF_PAYLOAD = 6_000

# Each payload that is tried is mutated in every way, so only a few further ones are.
_OTHER_BASES = 8

# Of this many other enumerations a value is tried where another one is expected.
_NEIGHBOURS = 40

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
    violated: set[tuple[str, str]] = set()
    effort, cases = 0, 20 + measure_complexity(schema.effective).branches
    for site in schema.sites():
        if effort + len(bases) * _EFFORT_OF_PAYLOAD > _MOST_EFFORT:
            break
        constraint = (site.schema_pointer, site.keyword)
        neighbours = _neighbours(schema, site)
        for payload, single in _attempts(
            schema, site, bases, _MOST_BASES if constraint in violated else _MOST_BASES_OF_ALL
        ):
            tried = tuple(mutators(site, neighbours, schema.formats))
            effort += len(tried) * cases
            found = [
                fault
                for mutator in tried
                if (fault := _try(schema, site, mutator, payload, single=single)) is not None
            ]
            if found:
                violated.add(constraint)
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
    parent = _parent(site)
    listed = _find_enums(schema)
    far = (other for others in listed.values() for other in others if _parent(other) != parent)
    others = (*listed.get(parent, ()), *islice(far, _NEIGHBOURS))
    for other in others[:_NEIGHBOURS]:
        if other.pointer == site.pointer:
            continue
        for value in other.value:
            if isinstance(value, str) and value not in own:
                found[value] = None
                break
    return tuple(found)


@lru_cache(maxsize=64)
def _find_enums(schema: Schema) -> dict[str, list[Site]]:
    """The enumerations of a schema, by the pointer to the object around them."""
    found: dict[str, list[Site]] = {}
    for site in schema.sites():
        if site.keyword == "enum":
            found.setdefault(_parent(site), []).append(site)
    return found


def _parent(site: Site) -> str:
    return site.pointer.rsplit("/", 1)[0]


def _is_hashable(values: Iterable[Any]) -> bool:
    return all(not isinstance(value, (dict, list)) for value in values)


def _attempts(schema: Schema, site: Site, bases: _Bases, most: int) -> Iterator[tuple[Any, bool]]:
    """Payloads in which to violate a site, and whether it must be the only violation.

    Other violations are allowed only after no payload could violate the site alone. A payload
    that is generated with what the site requires costs most, so it comes after the others.
    """
    wanted = require_site(site)
    at_place = bases.with_value(site.path)
    suitable = next((base for base in at_place if has_all(base, wanted)), None)
    if suitable is None and not site.single:
        # All branches have to be violated at once, so any value at the place is good enough.
        suitable = next(iter(at_place), None)
    own = None
    for single in (True, False) if site.single else (False,):
        if suitable is not None:
            yield suitable, single
        if own is None:
            own = _generate_with(schema, site) if len(bases) < most else _UNREACHABLE
            if own is not _UNREACHABLE:
                bases.add(own)  # Other sites lie in what this one required.
        if own is not _UNREACHABLE:
            yield own, single
    if not site.single:
        # A value that another branch allows cannot be violated here. Other payloads may have
        # values that only this branch allows.
        first = (base for number, base in bases.numbered(site.path) if number < _OTHER_BASES)
        yield from ((base, False) for base in first if has_all(base, wanted))


class _Bases:
    """Valid payloads to mutate, in the order in which they were added."""

    def __init__(self) -> None:
        self._count = 0
        # By place, since most sites are in few payloads, and there are many of both.
        self._by_place: dict[Path, list[tuple[int, Any]]] = {}

    def __len__(self) -> int:
        return self._count

    def add(self, payload: Any) -> None:
        todo: list[tuple[Path, Any]] = [((), payload)]
        while todo:
            path, value = todo.pop()
            self._by_place.setdefault(path, []).append((self._count, payload))
            if isinstance(value, dict):
                todo.extend(((*path, name), child) for name, child in value.items())
            elif isinstance(value, list):
                todo.extend(((*path, index), child) for index, child in enumerate(value))
        self._count += 1

    def numbered(self, path: Path) -> list[tuple[int, Any]]:
        """The payloads that have a value at a place, each with its number."""
        return self._by_place.get(path, [])

    def with_value(self, path: Path) -> list[Any]:
        """The payloads that have a value at a place."""
        return [payload for _, payload in self.numbered(path)]


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


def _generate_bases(schema: Schema) -> _Bases:
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
    bases = _Bases()
    for payload in generated or [_smallest_generator(schema).generate(_FullChoices(0))]:
        bases.add(payload)
    return bases


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
