"""Faults: every single way to break a schema's payloads, labelled and checked.

The catalogue of a schema is complete (each site that a payload can have and break has a fault),
single (a validator that reports everything reports errors at that one place only, the named
keyword among them; where that can't be, a fault says so) and stable: an id means the same fault
in every release.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from jsonschema_rs import canonical

from kombo_fakes.catalogues.mutators.mutator import Mutator
from kombo_fakes.catalogues.mutators.table import mutators
from kombo_fakes.core.choices import LazyChoices, SeededChoices
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.core.pointer import Path, get, parse_pointer, replace_at, to_dotted, to_pointer
from kombo_fakes.errors import FaultError, PointerError, SchemaError
from kombo_fakes.realistic.generator import RealisticGenerator, generator_for
from kombo_fakes.schema.blueprint.build import build_blueprint, build_standalone_blueprint
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.requirements import (
    ABSENT,
    Requirement,
    get_value,
    has_site,
    require_site,
    require_values,
)
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.schema.sites import Site
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

_EXAMPLES = 3
_BASES = 120


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One way to break one site.

    Attributes:
        id: A stable name, fit for a file name and a pytest id: ``data.state-enum-lowercase``.
        pointer: JSON Pointer to the place where a validator reports it.
        keyword: The schema keyword that is broken there.
        variant: The way in which it is broken, the last part of the id.
        description: What is wrong, in a sentence.
        single: Whether it breaks that place only. Always so, except within ``anyOf``, ``oneOf``
            and the like, where breaking one branch is reported at the whole.
        examples: Payloads that have it, the most telling first; at least one, always the same.
    """

    id: str
    pointer: str
    keyword: str
    variant: str
    description: str
    single: bool
    _examples: tuple[Any, ...] = field(repr=False)
    schema: Schema = field(repr=False)
    site: Site = field(repr=False)
    mutator: Mutator = field(repr=False)

    @property
    def examples(self) -> tuple[Any, ...]:
        """Copies, so that a test which changes one changes no other's."""
        return tuple(canonical.schema.clone(example) for example in self._examples)

    @property
    def requirement(self) -> Requirement:
        """What a valid payload has to have, so that it can have this fault."""
        return require_site(self.site, self.schema)

    def apply(self, payload: Any) -> Any:
        """Put this fault into a valid payload.

        Args:
            payload: A valid payload that has a value at the place; it isn't changed.

        Returns:
            The broken payload: always the same one for the same payload.

        Raises:
            FaultError: if there is nothing at the place that could be broken in this way.

        Examples:
            >>> fault = get_fault("data.state-enum-lowercase")
            >>> fault.apply({})
            Traceback (most recent call last):
            kombo_fakes.FaultError: data.state-enum-lowercase: can't be put into \
this payload at /data/state
        """
        for candidate in self.candidates(payload):
            if self.is_in(candidate):
                return candidate
        where = self.pointer or "the root"
        raise FaultError(f"{self.id}: can't be put into this payload at {where}")

    def candidates(self, payload: Any) -> Iterator[Any]:
        """Payloads that may have the fault: `is_in` tells which do."""
        path = self.site.path
        try:
            value = get(payload, path)
        except PointerError:
            return
        for broken in self.mutator.mutate(value, self.site):
            yield replace_at(payload, path, broken)
        # Not every value can be broken in every way: no letter of HRIS has a look-alike.
        yield replace_at(payload, path, get(self._examples[0], path))

    def is_in(self, payload: Any) -> bool:
        """Whether a payload has this fault, and, where it is a single one, no other."""
        return _has(self.schema, self.site, payload, single=self.single)

    def __str__(self) -> str:
        return self.id


def identify_fault(payload: Any, usual: Any, schema: Schema) -> Fault | None:
    """The fault that a value of the caller's is, the plainest one that it can be called.

    Args:
        payload: A payload with a value that the caller has asked for.
        usual: The payload without it.
        schema: The schema.
    """
    found = schema.broken_places(payload)
    at = [f for f in _catalogue(schema) if (f.pointer, f.keyword) in found and f.is_in(payload)]
    for is_it in (_is_proposed, lambda fault, *_: fault.variant == "other", _is_covered):
        for fault in at:
            if is_it(fault, payload, usual):
                return fault
    return None


def add_fault(fault: Fault, payload: Any, usual: Any) -> Any:
    """A payload with values of the caller's and a fault, which one of these values may be.

    Args:
        fault: The fault.
        payload: The payload with the values that the caller has asked for.
        usual: The payload without them.

    Raises:
        FaultError: if it can't be put into the payload, or the values are wrong in another way.
    """
    found = fault.schema.violations(payload)
    if not found:
        return fault.apply(payload)
    # What is no JSON can't be told to be in any way.
    if any(violation.keyword == "json" for violation in found) or not fault.is_in(payload):
        where = fault.pointer or "the root"
        raise FaultError(f"{fault.id}: can't be put into this payload at {where}")
    if _is_proposed(fault, payload, usual) or _is_covered(fault, payload, usual):
        return payload
    known = identify_fault(payload, usual, fault.schema)
    hint = "" if known is None else f", but of {known.id}"
    raise FaultError(f"{fault.id}: the value that was asked for is none of this fault{hint}")


def _is_proposed(fault: Fault, payload: Any, usual: Any) -> bool:
    """Whether a broken value is what a fault makes of a usual one."""
    site = fault.site
    value, before = get_value(payload, site.path), get_value(usual, site.path)
    if value is ABSENT:
        return False
    befores = [] if before is ABSENT else [before]
    if site.keyword == "enum":
        befores += site.value
    elif site.keyword == "const":
        befores.append(site.value)
    elif site.keyword == "required" and isinstance(value, dict):
        was = before.get(site.value) if isinstance(before, dict) else None
        befores.append({**value, site.value: was})
    wanted = canonical.json.to_string(value)
    return any(
        canonical.json.to_string(broken) == wanted
        for one in befores
        for broken in fault.mutator.mutate(one, site)
    )


_COVERING = ("other", "unknown", "nonsense")


def _is_covered(fault: Fault, payload: Any, usual: Any) -> bool:
    """Whether a fault is one of whatever value breaks its site, or of a kind that this one is."""
    if fault.variant in _COVERING:
        return True
    document = _explored_document(fault.schema, fault.site, fault.mutator)
    return document is not None and _explored_schema(document).is_valid(
        get_value(payload, fault.site.path)
    )


@lru_cache(maxsize=256)
def _explored_schema(document: str) -> Schema:
    return Schema(json.loads(document))


class InvalidPayload(NamedTuple):
    """A payload and the one fault that it has."""

    payload: Any
    fault: Fault


def faults(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    *,
    keywords: Iterable[str] | None = None,
    at: str | None = None,
    ids: Iterable[str] | None = None,
) -> tuple[Fault, ...]:
    """The catalogue of faults, in the order of the schema, or a part of it.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        keywords: Only faults of these keywords.
        at: Only faults at this place or below it: a JSON Pointer or a dotted name.
        ids: Only faults with one of these ids; ``*`` stands for anything, as in file names.

    Raises:
        UnknownNameError: if a keyword, a place or an id doesn't occur in the whole catalogue;
            the message names the nearest one.

    Examples:
        >>> [fault.id for fault in faults(at="/data/qa_status", keywords=["enum"])][:2]
        ['data.qa_status-enum-lowercase', 'data.qa_status-enum-capitalised']
    """
    schema = Schema.load(event_or_schema)
    found: Sequence[Fault] = _catalogue(schema)
    if keywords is not None:
        wanted = (keywords,) if isinstance(keywords, str) else tuple(keywords)
        known = {fault.keyword for fault in _catalogue(schema)}
        for keyword in wanted:
            if keyword not in known:
                raise unknown_name_error("keyword", keyword, known, where=f" in {schema.name}")
        found = [fault for fault in found if fault.keyword in wanted]
    if at is not None:
        place = to_pointer(parse_pointer(at))
        if not any(_is_within(fault.pointer, place) for fault in _catalogue(schema)):
            places = {fault.pointer for fault in _catalogue(schema)}
            known = places if at.startswith("/") else {to_dotted(parse_pointer(p)) for p in places}
            raise unknown_name_error("place", at, known, where=f" in {schema.name}")
        found = [fault for fault in found if _is_within(fault.pointer, place)]
    if ids is not None:
        found = _with_ids(schema, found, (ids,) if isinstance(ids, str) else tuple(map(str, ids)))
    return tuple(found)


def get_fault(fault_id: str, event_or_schema: SchemaLike = DEFAULT_EVENT) -> Fault:
    """The fault with an id.

    Raises:
        UnknownNameError: if there is none; the message names the nearest one.
    """
    schema = Schema.load(event_or_schema)
    for fault in _catalogue(schema):
        if fault.id == fault_id:
            return fault
    raise unknown_name_error("fault", fault_id, (fault.id for fault in _catalogue(schema)))


def _with_ids(schema: Schema, found: Sequence[Fault], wanted: tuple[str, ...]) -> list[Fault]:
    known = [fault.id for fault in _catalogue(schema)]
    for pattern in wanted:
        if not fnmatch.filter(known, pattern):
            raise unknown_name_error("fault", pattern, known, where=f" of {schema.name}")
    return [f for f in found if any(fnmatch.fnmatchcase(f.id, pattern) for pattern in wanted)]


def _is_within(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(place + "/")


# -- making the catalogue


@lru_cache(maxsize=64)
def _catalogue(schema: Schema) -> tuple[Fault, ...]:
    made: list[Fault] = []
    taken: set[str] = set()
    seen: set[str] = set()
    bases = _bases(schema)
    for site in schema.sites():
        neighbours = _neighbours(schema, site)
        for payload, single in _attempts(schema, site, bases):
            found = [
                fault
                for mutator in mutators(site, neighbours)
                if (fault := _fault(schema, site, mutator, payload, single=single)) is not None
            ]
            if found:
                made += [
                    replace(fault, id=make_unique_id(fault.id, taken))
                    for fault in (found if single else _unlike(found, seen))
                ]
                break
    return tuple(made)


def _unlike(found: list[Fault], seen: set[str]) -> list[Fault]:
    """The faults that break differently from those before; at least one, so that none is missing.

    What breaks one branch of an ``anyOf`` breaks the others as well, so that the same payloads
    turn up for each.
    """
    keys = [canonical.json.to_string(fault.examples[0]) for fault in found]
    new = [fault for fault, key in zip(found, keys, strict=True) if key not in seen]
    seen.update(keys)
    return new or found[:1]


def _bases(schema: Schema) -> list[Any]:
    """Valid payloads to break: a usual one, then some with everything in them that can be.

    Raises:
        SchemaError: if not even what a payload has to have can be generated.
    """
    generator = generator_for(schema)
    made = [
        payload
        for choices in (SeededChoices(0), *map(_FullChoices, range(4)))
        if (payload := _generated(generator, choices)) is not _UNREACHABLE
    ]
    return made or [_barest(schema).generate(_FullChoices(0))]


def _barest(schema: Schema, requirement: Requirement | None = None) -> RealisticGenerator:
    """A generator without anything that a payload can do without, which may not be paintable."""
    wanted = None if requirement is None else requirement.schema
    return RealisticGenerator(find_smallest(build_blueprint(schema, wanted)), schema.name)


def _generated(generator: RealisticGenerator, choices: SeededChoices) -> Any:
    try:
        return generator.generate(choices)
    except SchemaError:
        return _UNREACHABLE


class _FullChoices(SeededChoices):
    """Choices by which nothing is left out and nothing is null."""

    __slots__ = ()

    def chance(self, share: float) -> bool:
        return super().chance(share) or share > 0.5

    def is_null(self, share: float) -> bool:
        super().is_null(share)
        return False

    def fork(self, seed: int) -> LazyChoices:
        return LazyChoices(seed, nulls=0)


def _attempts(schema: Schema, site: Site, bases: list[Any]) -> Iterator[tuple[Any, bool]]:
    """Payloads in which to break a site, and whether it has to be the only place.

    Only where nothing breaks the place alone, what breaks more is taken, too. A payload of its
    own, generated with what the site requires, costs most and so comes last.
    """
    suitable = next((base for base in bases if has_site(base, site)), None)
    if suitable is None and not site.single:
        # Whatever stands there will do: all branches have to be broken at once.
        suitable = next((b for b in bases if get_value(b, site.path) is not ABSENT), None)
    own = None
    for single in (True, False) if site.single else (False,):
        if suitable is not None:
            yield suitable, single
        if own is None:
            # A schema that holds itself in many ways has sites without end.
            own = _generated_with(schema, site) if len(bases) < _BASES else _UNREACHABLE
            if own is not _UNREACHABLE:
                bases.append(own)  # Other sites lie in what this one needed.
        if own is not _UNREACHABLE:
            yield own, single
    if not site.single:
        # Where another branch holds, too, whatever stands there is right: not so in some other.
        yield from ((base, False) for base in islice(bases, _OTHERS) if has_site(base, site))


_OTHERS = 8
_UNREACHABLE = object()


def _generated_with(schema: Schema, site: Site) -> Any:
    # The place alone may be had where a value that the keyword is about can't be; and of
    # branches, of which all have to be broken, the place is enough.
    needs = (require_site(site, schema), require_values([site.path], schema))
    for wanted in needs if site.single else reversed(needs):
        try:
            generator = generator_for(schema, wanted)
        except SchemaError:
            continue
        payload = _generated(generator, _FullChoices(0))
        if payload is _UNREACHABLE:
            payload = _generated(_barest(schema, wanted), _FullChoices(0))
        if payload is not _UNREACHABLE:
            return payload
    return _UNREACHABLE


def _fault(
    schema: Schema, site: Site, mutator: Mutator, payload: Any, *, single: bool
) -> Fault | None:
    examples: list[Any] = []
    for broken in (
        *mutator.mutate(get(payload, site.path), site),
        *_explored(schema, site, mutator),
    ):
        candidate = replace_at(payload, site.path, broken)
        if _has(schema, site, candidate, single=single):
            examples.append(candidate)
            if len(examples) == _EXAMPLES:
                break
    if not examples:
        return None
    about = _about(site)
    return Fault(
        id=_id(site, mutator.variant),
        pointer=site.pointer,
        keyword=site.keyword,
        variant=mutator.variant,
        description=f"{about}: {mutator.effect}",
        single=single,
        _examples=tuple(examples),
        schema=schema,
        site=site,
        mutator=mutator,
    )


def _explored(schema: Schema, site: Site, mutator: Mutator) -> Iterator[Any]:
    if mutator.variant != "other":
        return
    document = _explored_document(schema, site, mutator)
    if document is not None:
        yield from _explored_samples(document)


@lru_cache(maxsize=1024)
def _explored_samples(document: str) -> tuple[Any, ...]:
    plan = _blueprint_of_explored(document)
    if plan is None:
        return ()
    generator = RealisticGenerator(plan, "")
    made = (_generated(generator, SeededChoices(seed)) for seed in range(8))
    return tuple(value for value in made if value is not _UNREACHABLE)


# What references in a part of the document may need.
_SHARED = ("$schema", "$id", "$defs", "definitions")


def blueprint_of_more_values(schema: Schema, site: Site, mutator: Mutator) -> Blueprint | None:
    """The blueprint of the many more values that break a site in a way; None if unknown."""
    document = _explored_document(schema, site, mutator)
    return None if document is None else _blueprint_of_explored(document)


def _explored_document(schema: Schema, site: Site, mutator: Mutator) -> str | None:
    explored = mutator.explore(site)
    if explored is None:
        return None
    shared = _SHARED if "$ref" in str(explored) else ("$schema",)
    beside = {keyword: v for keyword, v in schema.effective.items() if keyword in shared}
    # As text, to be a key: many sites are alike, and the canonical form takes its time.
    return json.dumps({**beside, **explored})


@lru_cache(maxsize=1024)
def _blueprint_of_explored(document: str) -> Blueprint | None:
    try:
        plan = build_standalone_blueprint(json.loads(document), "what breaks a site")
    except (SchemaError, ValueError):
        return None
    return None if plan == NOTHING else plan


def _has(schema: Schema, site: Site, payload: Any, *, single: bool) -> bool:
    if not single:
        return not schema.allows(payload)
    found = schema.broken_places(payload)
    keywords = {keyword for pointer, keyword in found if pointer == site.pointer}
    return site.keyword in keywords and all(pointer == site.pointer for pointer, _ in found)


def _neighbours(schema: Schema, site: Site) -> tuple[str, ...]:
    """Enumerated values of other places, those of the nearest places first."""
    if site.keyword not in ("enum", "const"):
        return ()
    own = set(site.value) if site.keyword == "enum" and _hashable(site.value) else set()
    found: dict[str, None] = {}
    parent = site.pointer.rsplit("/", 1)[0]
    others = [s for s in schema.sites() if s.keyword == "enum" and s.pointer != site.pointer]
    for other in sorted(others, key=lambda s: s.pointer.rsplit("/", 1)[0] != parent):
        for value in other.value:
            if isinstance(value, str) and value not in own:
                found[value] = None
                break
    return tuple(found)


def _hashable(values: Iterable[Any]) -> bool:
    return all(not isinstance(value, (dict, list)) for value in values)


def _about(site: Site) -> str:
    path: Path = site.path
    if site.keyword == "required":
        path = (*path, site.value)
    return to_dotted(path) or "the payload"


def _id(site: Site, variant: str) -> str:
    path: Path = site.path
    if site.keyword == "required":
        path = (*path, site.value)
    elif site.keyword == "dependentRequired":
        path = (*path, next(iter(site.value)))
    return f"{path_to_id(path)}-{site.keyword}-{variant}"


def path_to_id(path: Path) -> str:
    """A place as the first part of an id: readable, and safe in file names.

    Examples:
        >>> path_to_id(("data", "a/b")), path_to_id(())
        ('data.a_b', 'root')
    """
    parts = [re.sub(r"[^A-Za-z0-9_]+", "_", str(part)) or "_" for part in path]
    readable = ".".join(parts) or "root"
    # A file name holds 255 bytes; what is unique about a long path is its end.
    return readable if len(readable) <= 150 else "..." + readable[-147:]


def make_unique_id(wanted: str, taken: set[str]) -> str:
    """An id that isn't taken yet, and is from now on: on file systems that ignore case, too.

    Args:
        wanted: The id as it is where it is free.
        taken: The ids that are taken, case-folded.

    Examples:
        >>> taken = {"a-enum-x"}
        >>> make_unique_id("a-enum-X", taken), make_unique_id("a-enum-X", taken)
        ('a-enum-X-2', 'a-enum-X-3')
    """
    number, free = 1, wanted
    while free.casefold() in taken:
        number += 1
        free = f"{wanted}-{number}"
    taken.add(free.casefold())
    return free
