"""A fault: one labelled way to violate one site of a schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jsonschema_rs import canonical

from kombo_fakes.catalogues.mutators.mutator import Mutator
from kombo_fakes.core.pointer import get, has, replace_at
from kombo_fakes.core.public import public
from kombo_fakes.errors import FaultError
from kombo_fakes.schema.requirements import Requirement, require_site
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.sites import Site


@public
# Faults are keys of caches, and their examples cannot be hashed. The catalogue has each once.
@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One way to violate one site.

    Attributes:
        id: A stable name, fit for a file name and a pytest id: ``data.state-enum-lowercase``.
        pointer: JSON Pointer to the place where a validator reports the fault.
        keyword: The schema keyword that is violated there.
        variant: The way in which it is violated, the last part of the id.
        description: What is wrong, in one line.
        single: True if a validator reports this place only. False within ``anyOf``, ``oneOf``
            and the like, where a validator reports a violated branch at the whole.
        examples: Payloads that have the fault, the most telling first: one to three, always the
            same.
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
        """Copies, so that a test that changes one does not change those of other tests."""
        return tuple(canonical.schema.clone(example) for example in self._examples)

    @property
    def requirement(self) -> Requirement:
        """What a valid payload must have so that the fault can be put into it."""
        return require_site(self.site)

    def apply(self, payload: Any) -> Any:
        """Put this fault into a valid payload.

        Args:
            payload: A valid payload that has a value at the place. It is not changed.

        Returns:
            The invalid payload: always the same one for the same payload.

        Raises:
            FaultError: if the payload has no value at the place, or one that cannot have the
                fault.

        Examples:
            >>> from kombo_fakes import faults
            >>> schema = {"properties": {"state": {"enum": ["ACTIVE", "INACTIVE"]}}}
            >>> (lowercase,) = faults(schema, ids="state-enum-lowercase")
            >>> lowercase.apply({"state": "ACTIVE"})
            {'state': 'active'}
            >>> lowercase.apply({})
            Traceback (most recent call last):
            kombo_fakes.FaultError: state-enum-lowercase: the payload has no value at /state
        """
        for candidate in self.candidates(payload):
            if self.is_in(candidate):
                return candidate
        raise inapplicable_error(self, payload)

    def candidates(self, payload: Any) -> Iterator[Any]:
        """Payloads that may have the fault; `is_in` decides which of them do."""
        path = self.site.path
        if not has(payload, path):
            return
        for invalid in self.mutator.mutate(get(payload, path), self.site):
            yield replace_at(payload, path, invalid)
        # Not every value can be mutated in every way: no character of HRIS has a lookalike.
        yield replace_at(payload, path, get(self._examples[0], path))

    def is_in(self, payload: Any) -> bool:
        """Whether a payload has this fault and, if the fault is single, no other."""
        return violates(payload, self.schema, self.site, single=self.single)

    def __str__(self) -> str:
        return self.id


@public
class InvalidPayload(NamedTuple):
    """A payload and the one fault that it has."""

    payload: Any
    fault: Fault


def violates(payload: Any, schema: Schema, site: Site, *, single: bool) -> bool:
    """Whether a payload violates a site.

    Args:
        payload: The payload.
        schema: The schema that the site is of.
        site: The site.
        single: True if the payload must not violate anything at another place. False if any
            violation counts, because the site is within a branch.
    """
    if schema.is_open(payload):
        return False
    if not single:
        return not schema.allows(payload)
    found = schema.broken_places(payload)
    keywords = {keyword for pointer, keyword in found if pointer == site.pointer}
    # One value can violate several keywords: an empty string is too short and matches no pattern.
    return site.keyword in keywords and all(pointer == site.pointer for pointer, _ in found)


def inapplicable_error(fault: Fault, payload: Any) -> FaultError:
    """The error for a payload that a fault cannot be put into."""
    where = fault.pointer or "the root of the payload"
    if has(payload, fault.site.path):
        return FaultError(f"{fault.id}: the value at {where} cannot have this fault")
    return FaultError(f"{fault.id}: the payload has no value at {where}")
