"""The settings of `generate`, which `ndjson` and the command line share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypedDict

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import OverrideError
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.strategies.options import check_option_names
from kombo_fakes.webhooks.names import POOLED, Names

ValueKind: TypeAlias = Literal["realistic", "any", "corners", "examples"]

VALUE_KINDS: tuple[ValueKind, ...] = ("realistic", "any", "corners", "examples")
"""The kinds of payloads to choose from."""


class ValidOptions(TypedDict, total=False):
    """The keyword arguments of `generate` with which its payloads stay valid."""

    seed: int
    values: ValueKind
    overrides: Mapping[str, Any] | None
    removals: Iterable[str]
    names: Names
    part: tuple[int, int]


class AllOptions(ValidOptions, total=False):
    """The keyword arguments of `generate`."""

    invalid: bool
    faults: Iterable[str]


@dataclass(frozen=True)
class GenerationSettings:
    """What payloads to make: the arguments of `kombo_fakes.generate`, checked.

    Attributes:
        schema: The schema of the payloads.
        count: The number of payloads, or of payloads with each of the named faults. None for one,
            or for all corners.
        seed: The seed.
        values: The kind of payloads.
        invalid: True to go through the whole catalogue of faults.
        faults: Ids of the faults to have, with ``*`` for anything.
        overrides: Values by the name of their field.
        removals: Names of the fields to leave out.
        names: The source of names in realistic values.
        part: The number of the part to make, from 1 on, and the number of parts.

    Raises:
        UnknownNameError: if there is no such kind of payloads.
        OverrideError: if a setting is not possible, or not together with another one.
    """

    schema: Schema
    count: int | None = None
    seed: int = 0
    values: ValueKind = "realistic"
    invalid: bool = False
    faults: tuple[str, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    removals: tuple[str, ...] = ()
    names: Names = POOLED
    part: tuple[int, int] = (1, 1)

    @classmethod
    def from_arguments(
        cls,
        function: str,
        event_or_schema: SchemaLike,
        n: int | None,
        options: Mapping[str, Any],
    ) -> GenerationSettings:
        """The settings for the arguments of a public function.

        Args:
            function: The name of the function, for error messages.
            event_or_schema: What `Schema.load` takes.
            n: The number of payloads.
            options: Its keyword arguments; see `AllOptions`.

        Raises:
            TypeError: if the function has no argument of such a name.
            SchemaError, DocumentError, UnknownNameError: as `Schema.load` does.
            UnknownNameError, OverrideError: see the class.
        """
        check_option_names(function, options, AllOptions.__annotations__)
        settings = dict(options)
        overrides = options.get("overrides")
        if not isinstance(overrides, (Mapping, type(None))):
            raise OverrideError(
                f"overrides={shorten(overrides)} is not usable: it has to be a mapping of names of "
                "fields to values"
            )
        # Payloads are made later, and the caller may have changed the mapping by then.
        settings["overrides"] = dict(overrides or {})
        for name in ("faults", "removals"):
            settings[name] = _as_strings(name, options.get(name, ()))
        return cls(schema=Schema.load(event_or_schema), count=n, **settings)

    def __post_init__(self) -> None:
        if self.values not in VALUE_KINDS:
            raise unknown_name_error("kind of values", str(self.values), VALUE_KINDS)
        if self.count is not None and (not _is_integer(self.count) or self.count < 1):
            raise OverrideError(
                f"n={shorten(self.count)}: the number of payloads is an integer from 1"
            )
        if not _is_integer(self.seed):
            raise OverrideError(f"seed={shorten(self.seed)}: a seed is an integer")
        if self.faults and self.invalid:
            raise OverrideError(
                "invalid=True asks for all faults and faults= for chosen ones; pass one of them"
            )
        if self.values == "corners" and (self.faults or self.invalid):
            raise OverrideError(
                "values='corners' makes valid payloads; for faults pass 'realistic' or 'any'"
            )
        if not (isinstance(self.part, Sequence) and len(self.part) == 2):
            raise OverrideError(
                f"part={shorten(self.part)} is not usable: it has to be the number of the part and "
                "the number of parts, such as (1, 2)"
            )
        number, parts = self.part
        if not (_is_integer(number) and _is_integer(parts) and 1 <= number <= parts):
            raise OverrideError(
                f"part {shorten(number)}/{shorten(parts)}: parts are numbered from 1 to the "
                "number of parts"
            )


def _as_strings(name: str, given: Any) -> tuple[str, ...]:
    """Return what an argument names: a string, or several."""
    # A string is iterable, and its characters would be taken for names.
    is_one = isinstance(given, (str, bytes)) or not isinstance(given, Iterable)
    strings = (given,) if is_one else tuple(given)
    if not all(isinstance(string, str) for string in strings):
        raise OverrideError(
            f"{name}={shorten(given)} is not usable: it has to be a string or a list of strings"
        )
    return strings


def _is_integer(value: object) -> bool:
    # Python counts booleans as integers.
    return isinstance(value, int) and not isinstance(value, bool)
