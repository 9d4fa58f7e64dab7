"""Drafts: realistic payloads that the overrides of a factory are laid over."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import TYPE_CHECKING, Any

from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.faults import get_fault
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.pointer import Path, find
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.requirements import require_values
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.names import POOLED, Names

if TYPE_CHECKING:
    import faker as faker_module


class _Omit:
    def __repr__(self) -> str:
        return "OMIT"

    def __reduce__(self) -> str:
        return "OMIT"  # Copies and unpickled ones are the same object, which `is` recognises.


OMIT: Any = _Omit()
"""Override an optional field with this to leave it out: ``.build(data__location=OMIT)``."""

PLAIN_TYPES = (str, bool, int, float, NoneType, dict, list, _Omit)
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

    Attributes:
        payload: The payload without overrides.
        fault: The fault; None for a valid payload.
    """

    def __init__(
        self, schema: Schema, seed: Any, index: int, fault: Fault | None, names: Names
    ) -> None:
        self.fault = fault
        self._schema = schema
        self._generator = generator_for(schema, None if fault is None else fault.requirement)
        self._seed = seed_for(schema.name, 0 if seed is None else seed, index)
        self._names = names
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
    ) -> Draft:
        """The draft for the options of a factory that are not fields.

        Args:
            schema: The schema of the payload.
            number: The next number of the factory's sequence, which counts where there is no seed.
            kombo_seed: The seed; None if not given.
            kombo_index: The number within a batch; None if not given.
            fault: The id of a fault; None for a valid payload.
            faker: A Faker; None for the names that the package carries.

        Raises:
            UnknownNameError: if the fault does not exist.
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
            None if fault is None else get_fault(fault, schema),
            POOLED if faker is None else _build_names(faker),
        )

    def default(self, path: Path) -> Any:
        """The value of a field that nobody overrides."""
        value = find(self.payload, path, OMIT)
        return _Default(value) if isinstance(value, str) else value

    def apply(self, overrides: dict[Path, Any]) -> Any:
        """The payload with overrides, and with the fields that have to agree with them."""
        if not overrides:
            return self.payload
        generator = self._generator
        # A field needs the object around it, which can be null or absent.
        homeless = [path[:-1] for path in overrides if not self._has_object(path[:-1])]
        if homeless:
            generator = generator_for(self._schema, require_values(homeless))
        generated = generator.generate(SeededChoices(self._seed), names=self._names, pins=overrides)
        for path, value in overrides.items():
            generated = _put(generated, path, value)
        return generated

    def _has_object(self, path: Path) -> bool:
        return isinstance(find(self.payload, path), dict)


def _put(generated: Any, path: Path, value: Any) -> Any:
    # In place: the payload has just been generated, and nobody else holds it.
    whole = level = generated if isinstance(generated, dict) else {}
    for name in path[:-1]:
        inner = level.get(name)
        # Python assigns from left to right, so the first `level` is still the outer one.
        level[name] = level = inner if isinstance(inner, dict) else {}
    if value is OMIT:
        level.pop(path[-1], None)
    else:
        level[path[-1]] = value
    return whole


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
            yield (*path, name), str(value) if isinstance(value, _Default) else value


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(default, str):
        # A caller can override a field with the string that it has anyway. Then it must stay.
        return isinstance(value, _Default) and str(value) == default
    return value is default


def _build_names(source: faker_module.Faker) -> Names:
    # Imported here, because Faker takes long to import and most payloads do without.
    from kombo_fakes.realistic.faker_names import FakerNames

    return FakerNames(source)
