"""Drafts: realistic payloads that the overrides of a factory are laid over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import TYPE_CHECKING, Any

from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.faults import get_fault
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import Path, find, to_pointer
from kombo_fakes.errors import OverrideError, SchemaError, UnknownNameError
from kombo_fakes.generation.edits import resolve
from kombo_fakes.generation.factories.choosing import has_choices, keep_objects, narrow
from kombo_fakes.generation.factories.fields import list_objects
from kombo_fakes.generation.factories.omit import OMIT, Omit
from kombo_fakes.realistic.generator import RealisticGenerator, generator_for
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import Blueprint
from kombo_fakes.schema.requirements import Requirement
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.violations import to_plain_json
from kombo_fakes.webhooks.names import POOLED, Names

if TYPE_CHECKING:
    import faker as faker_module


PLAIN_TYPES = (str, bool, int, float, NoneType, dict, list, Omit)
"""The types of overrides that factory_boy would put into the payload as they are."""


class _Default(str):
    """A string that nobody overrode, marked while factory_boy builds a payload."""

    __slots__ = ()


class Level(dict[str, Any]):
    """An object that a factory built, as opposed to a dict that the caller gave."""


class Draft:
    """A realistic payload, and how to generate it again with overrides.

    Args:
        schema: The schema of the payload.
        seed: The seed; None for 0.
        index: The number of the payload in the sequence of the seed.
        fault: The fault that the payload will get, for which it must have room.
        names: The source of names.
        overrides: Overrides by path, beside those that are fields of the factory.

    Attributes:
        payload: The payload without overrides.
        fault: The fault; None for a valid payload.
        overrides: The overrides by path.
    """

    def __init__(
        self,
        schema: Schema,
        seed: Any,
        index: int,
        fault: Fault | None,
        names: Names,
        overrides: Mapping[Path, Any],
    ) -> None:
        self.fault = fault
        self.overrides = overrides
        self._schema = schema
        self._requirement = None if fault is None else fault.requirement
        self._seed = seed_for(schema.name, 0 if seed is None else seed, index)
        self._names = names
        self._generator = _object_generator(schema, self._requirement)
        self.payload: Any = self._generator.generate(SeededChoices(self._seed), names=names)

    @classmethod
    def from_options(
        cls,
        schema: Schema,
        number: int,
        *,
        kombo_seed: Any,
        kombo_index: Any,
        fault: Any,
        faker: Any,
        overrides: Any,
    ) -> Draft:
        """The draft for the options of a factory that are not fields.

        Args:
            schema: The schema of the payload.
            number: The next number of the factory's sequence, which counts where there is no seed.
            kombo_seed: The seed; None if not given.
            kombo_index: The number within a batch; None if not given.
            fault: The id of a fault; None for a valid payload.
            faker: A Faker; None for the names that the package carries.
            overrides: Overrides by JSON Pointer or dotted name; None if not given.

        Raises:
            UnknownNameError: if the fault does not exist, or if no payload has a place of the
                overrides.
            OverrideError: if the overrides are not a mapping.
        """
        if kombo_index is not None:
            index = kombo_index
        else:
            # With a seed, a call gives the same payload whatever other calls there have been.
            index = number if kombo_seed is None else 0
        return cls(
            schema,
            kombo_seed,
            index,
            None if fault is None else _get_fault(fault, schema),
            POOLED if faker is None else _build_names(faker),
            _read_overrides(overrides, schema),
        )

    def default(self, path: Path) -> Any:
        """The value of a field that nobody overrides."""
        value = find(self.payload, path, OMIT)
        return _Default(value) if isinstance(value, str) else value

    def apply(self, overrides: Mapping[Path, Any]) -> Any:
        """The payload with overrides, and with the fields that have to agree with them.

        Raises:
            OverrideError: if an override is for an item of an array that the payload cannot have.
        """
        if not overrides:
            return self.payload
        payload = self._generate(overrides)
        if self.fault is None and self._is_chosen(tuple(overrides)):
            if self._schema.allows(payload):
                return payload
            # What the schema asks for besides can depend on the values.
            other = self._generate(overrides, pinned=True)
            if self._schema.allows(other):
                return other
        return payload

    def _generate(self, overrides: Mapping[Path, Any], *, pinned: bool = False) -> Any:
        generator = self._generator
        # A field needs the object around it, which can be null or absent.
        if self._is_chosen(tuple(overrides)) or not all(map(self._has_home, overrides)):
            edits = tuple((path, _write(value)) for path, value in overrides.items())
            generator = _narrowed_generator(self._schema, self._requirement, edits, pinned=pinned)
        choices, pins = SeededChoices(self._seed), {**overrides}
        try:
            generated = generator.generate(choices, names=self._names, pins=pins)
        except SchemaError:
            # The overrides contradict each other, which the check of the payload will explain.
            choices = SeededChoices(self._seed)
            generated = self._generator.generate(choices, names=self._names, pins=pins)
        if not isinstance(generated, dict):
            raise OverrideError(
                f"{self._schema.name}: a payload with this fault is not an object, so no field of "
                "it can be overridden"
            )
        for path, value in overrides.items():
            _put(generated, path, value)
        return generated

    def _is_chosen(self, paths: tuple[Path, ...]) -> bool:
        return _decides(self._schema, self._requirement, paths)

    def _has_home(self, path: Path) -> bool:
        home = find(self.payload, path[:-1])
        if isinstance(path[-1], int):
            return isinstance(home, list) and path[-1] < len(home)
        return isinstance(home, dict)


def _get_fault(fault_id: Any, schema: Schema) -> Fault:
    try:
        return get_fault(fault_id, schema)
    except UnknownNameError as error:
        found = find_object_plan(schema)
        if found is None or not any("fault" in one.properties for one in list_objects(found.plan)):
            raise
        raise UnknownNameError(
            f"{error} (to set the property fault, pass overrides={{'/fault': ...}})"
        ) from None


def _read_overrides(given: Any, schema: Schema) -> dict[Path, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise OverrideError(
            f"overrides is {shorten(given)}; expected a mapping from JSON Pointers or dotted names "
            "to values"
        )
    return {resolve(schema, name): value for name, value in given.items()}


@dataclass(frozen=True, slots=True)
class ObjectPlan:
    """The blueprint of the objects that a schema allows.

    Attributes:
        plan: The blueprint.
        is_whole: True if the schema allows nothing else.
    """

    plan: Blueprint
    is_whole: bool


@lru_cache(maxsize=256)
def find_object_plan(schema: Schema, requirement: Requirement | None = None) -> ObjectPlan | None:
    """The blueprint of the objects that a schema allows; None if it describes no object.

    Args:
        schema: The schema.
        requirement: What the payloads must have besides.
    """
    plan = build_blueprint(schema, requirement)
    objects = keep_objects(plan)
    return None if objects is None else ObjectPlan(objects, objects is plan)


@lru_cache(maxsize=256)
def _object_generator(schema: Schema, requirement: Requirement | None) -> RealisticGenerator:
    found = find_object_plan(schema, requirement)
    # A fault can be one of another value than an object.
    if found is None or found.is_whole:
        return generator_for(schema, requirement)
    return RealisticGenerator(found.plan, schema.name)


@lru_cache(maxsize=256)
def _narrowed_generator(
    schema: Schema,
    requirement: Requirement | None,
    edits: tuple[tuple[Path, str | None], ...],
    *,
    pinned: bool,
) -> RealisticGenerator:
    found = find_object_plan(schema, requirement)
    if found is None:
        return _object_generator(schema, requirement)
    values = {path: OMIT if text is None else json.loads(text) for path, text in edits}
    return RealisticGenerator(narrow(found.plan, values, pinned=pinned), schema.name)


@lru_cache(maxsize=1024)
def _decides(schema: Schema, requirement: Requirement | None, paths: tuple[Path, ...]) -> bool:
    found = find_object_plan(schema, requirement)
    return found is not None and has_choices(found.plan, paths)


def _write(value: Any) -> str | None:
    # A generator is cached by what it is made for, and most values cannot be hashed.
    return None if value is OMIT else json.dumps(to_plain_json(value))


def _put(payload: Any, path: Path, value: Any) -> None:
    # In place: the payload has just been generated, and nobody else holds it.
    level = payload
    for depth, part in enumerate(path[:-1]):
        following = path[depth + 1]
        inner = _get_part(level, part, path)
        if not isinstance(inner, list if isinstance(following, int) else dict):
            inner = [] if isinstance(following, int) else {}
            level[part] = inner
        level = inner
    last = path[-1]
    if isinstance(last, int):
        _get_part(level, last, path)
        if value is OMIT:
            del level[last]
            return
    elif value is OMIT:
        level.pop(last, None)
        return
    level[last] = value


def _get_part(level: Any, part: str | int, path: Path) -> Any:
    if isinstance(part, str):
        return level.get(part)
    if part >= len(level):
        raise OverrideError(f"{to_pointer(path)}: the array has no item {part}")
    return level[part]


def find_overrides(built: Level, default: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The fields of an object that factory_boy built whose values are not the defaults.

    Args:
        built: The object.
        default: The value of the draft in its place.
        path: The place.
    """
    defaults = default if isinstance(default, dict) else {}
    for name, value in built.items():
        own_default = defaults.get(name, OMIT)
        if isinstance(value, Level):
            yield from find_overrides(value, own_default, (*path, name))
        elif not _is_default(value, own_default):
            # What an object in a map holds is no field of factory_boy's.
            place = (*path, *name.split("__"))
            yield place, str(value) if isinstance(value, _Default) else value


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(default, str):
        # A caller can override a field with the string that it has anyway. Then it must stay.
        return isinstance(value, _Default) and str(value) == default
    return value is default


def _build_names(source: faker_module.Faker) -> Names:
    # Imported here, because Faker takes long to import and most payloads do without.
    from kombo_fakes.realistic.faker_names import FakerNames

    return FakerNames(source)
