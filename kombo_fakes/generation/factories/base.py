"""The base classes of all factories."""

from __future__ import annotations

import re
from typing import Any, ClassVar, TypeVar, cast

# Not from the package itself: to type checkers it does not export them.
from factory.base import Factory
from factory.declarations import BaseDeclaration, Trait

from kombo_fakes.catalogues.override_faults import add_fault, identify_fault
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.core.pointer import Path, to_pointer
from kombo_fakes.core.public import public
from kombo_fakes.errors import FaultError, OverrideError
from kombo_fakes.generation.factories.draft import PLAIN_TYPES, Draft, Level, find_overrides
from kombo_fakes.generation.factories.fields import Fields
from kombo_fakes.generation.factories.levels import (
    find_sub_factories,
    is_reserved_inside,
    is_unusable,
    wrap_sub_factories,
)
from kombo_fakes.generation.factories.omit import OMIT
from kombo_fakes.schema.schema import Schema
from kombo_fakes.schema.violations import Violation, find_non_json

T = TypeVar("T")

OWN_OPTIONS = ("kombo_seed", "kombo_index", "fault", "faker", "overrides")
"""The options of every factory, which no field can be named after."""

_NUMBER = "kombo_number"
"""The parameter that counts the payloads of a factory."""

HOOKS = ("_adjust_kwargs", "_after_postgeneration", "_build", "_create", "_generate")
"""The methods of factory_boy's that a subclass can override to change what is built."""

_META_OPTIONS = ("model", "abstract", "exclude", "rename", "inline_args")
# Beyond this many violations a message is no longer read.
_SHOWN = 5


@public
class PayloadFactory(Factory[T]):
    """The base of all payload factories.

    A factory takes the fields of its payload (nested ones with ``__``), its traits, and:

    * ``kombo_seed``: the same seed gives the same payload. Without one, each call gives the next
      payload of the sequence that ``kombo-fakes generate`` prints.
    * ``fault``: the id of a fault that the payload gets (`kombo_fakes.faults`).
    * ``faker``: a Faker that makes the names, instead of the pools that the package carries.
    * ``overrides``: values by JSON Pointer or dotted name, for what no keyword argument can name:
      a property called ``_id`` or ``build``, one that the schema does not name, or an item of an
      array.

    Of a schema that allows several kinds of objects, a payload is of the kind that has the
    overridden fields.

    Payloads are plain dicts, and they are checked against their schema.

    Examples:
        >>> from kombo_fakes import Schema, factory_for
        >>> events = factory_for(Schema.load())
        >>> data = events.build(invalid=True, data__integration_tool="workday")["data"]
        >>> data["state"], data["integration_id"].split(":")[0]
        ('INVALID', 'workday')
        >>> events.build(overrides={"/data/state": "INACTIVE"})["data"]["state"]
        'INACTIVE'
        >>> wrong = events.build(fault="data.state-enum-lowercase")
        >>> wrong["data"]["state"] == wrong["data"]["state"].lower()
        True
    """

    class Meta:
        abstract = True
        model = dict

    kombo_schema: ClassVar[Schema]
    # Set on the class that is derived from a schema: its fields, the class itself, and its hooks,
    # against which its subclasses are compared.
    _fields: ClassVar[Fields]
    _derived: ClassVar[type[PayloadFactory[Any]]]
    _hooks: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        fields: Fields | None = getattr(cls, "_fields", None)
        for name, value in vars(cls).items() if fields is not None else ():
            # A subclass can override the methods of a factory, and Python sets names of its own.
            is_method = callable(value) or isinstance(value, (classmethod, staticmethod))
            if is_method or re.fullmatch("__.*__|_meta", name):
                continue
            if name in OWN_OPTIONS:
                # factory_boy would ignore it silently.
                raise OverrideError(
                    f"{cls.__name__}: {name} is an option of factories and not a field; write it "
                    "into class Params"
                )
            if fields is not None and name in fields.named and is_reserved(name):
                raise _build_reserved_error(cls.__name__, name, (name,), in_class=True)

    @classmethod
    def build(cls, **kwargs: Any) -> T:
        """Build one payload.

        Args:
            **kwargs: Overrides, traits, ``kombo_seed``, ``fault``, ``faker`` and ``overrides``; see
                the class.

        Raises:
            UnknownNameError: if a field, trait or fault does not exist; the message names the
                nearest one that does.
            OverrideError: if the schema rejects an override, or if a name cannot be a keyword
                argument.
        """
        traits = cls._list_traits()
        cls._check_names(kwargs, traits)
        overrides = cls._read_overrides(kwargs, traits) if cls._adds_only_traits() else None
        if overrides is not None:
            options = {name: kwargs.get(name) for name in OWN_OPTIONS}
            draft = Draft.from_options(cls.kombo_schema, cls._meta.next_sequence(), **options)
            return cast(T, cls._finish(draft, overrides))
        # factory_boy raises and catches an exception for each trait that is not mentioned, which
        # takes long. Traits that a subclass or another trait switches on are mentioned there.
        own = cls._meta.base_declarations
        by_traits = {field for name in traits for field in cls._meta.parameters[name].overrides}
        switched_off = {name: False for name in traits if name not in own.keys() | by_traits}
        given = {
            name: value for name, value in find_sub_factories(own).items() if name not in by_traits
        }
        return super().build(**switched_off | wrap_sub_factories(given | kwargs))

    @classmethod
    def create(cls, **kwargs: Any) -> T:
        """Build one payload like `build`: there is no database to save it to."""
        return cls.build(**kwargs)

    @classmethod
    def build_batch(cls, size: int, **kwargs: Any) -> list[T]:
        """Build several different payloads.

        Args:
            size: How many.
            **kwargs: As for `build`. The same ``kombo_seed`` gives the same batch.
        """
        if kwargs.get("kombo_seed") is None:
            return [cls.build(**kwargs) for _ in range(size)]
        return [cls.build(**{"kombo_index": index, **kwargs}) for index in range(size)]

    @classmethod
    def create_batch(cls, size: int, **kwargs: Any) -> list[T]:
        """Build several different payloads like `build_batch`."""
        return cls.build_batch(size, **kwargs)

    # -- Building without factory_boy, which takes five times as long as generating the payload.

    @classmethod
    def _adds_only_traits(cls) -> bool:
        """True if a class adds nothing but traits to the factory that was derived."""
        meta, derived = cls._meta, cls._derived._meta
        return (
            meta.base_declarations == derived.base_declarations
            and all(
                parameter is derived.parameters.get(name)
                or (
                    isinstance(parameter, Trait)
                    and isinstance(derived.parameters.get(name, parameter), Trait)
                )
                for name, parameter in meta.parameters.items()
            )
            and all(getattr(meta, name) == getattr(derived, name) for name in _META_OPTIONS)
            and all(getattr(cls, name).__func__ is hook for name, hook in cls._hooks.items())
        )

    @classmethod
    def _read_overrides(cls, kwargs: dict[str, Any], traits: list[str]) -> dict[Path, Any] | None:
        """The overrides by path; None if only factory_boy can tell what they are."""
        given: list[tuple[str, Any]] = []
        for name, value in kwargs.items():
            if name in OWN_OPTIONS:
                # Only factory_boy can evaluate a declaration.
                if isinstance(value, BaseDeclaration):
                    return None
            elif name not in traits:
                given.append((name, value))
            elif value is True:
                given.extend(cls._meta.parameters[name].overrides.items())
            elif value is not False:
                return None
        overrides: dict[Path, Any] = {}
        for name, value in given:
            path = tuple(name.split("__"))
            is_field = isinstance(value, PLAIN_TYPES) and cls._fields.can_have(path)
            if path in overrides or not is_field:
                return None
            overrides[path] = value
        if any(path[:end] in overrides for path in overrides for end in range(1, len(path))):
            return None  # An object and a field inside it.
        return overrides

    # -- Building with factory_boy

    @classmethod
    def _build(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        draft: Draft = kwargs.pop("kombo_draft")
        return cls._finish(draft, dict(find_overrides(Level(kwargs), draft.payload)))

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        return cls._build(model_class, *args, **kwargs)

    # -- What both ways share

    @classmethod
    def _list_traits(cls) -> list[str]:
        parameters = cls._meta.parameters
        return [name for name in parameters if isinstance(parameters[name], Trait)]

    @classmethod
    def _check_names(cls, kwargs: dict[str, Any], traits: list[str]) -> None:
        others = {*OWN_OPTIONS, *traits, *cls._meta.parameters, "__sequence"} - {_NUMBER}
        for name in kwargs:
            if name in others:
                continue
            path = tuple(name.split("__"))
            if not cls._fields.can_have(path) or _has_reserved(path):
                # The name of a property can have `__` in it.
                reserved = cls._fields.read(name)
                if reserved is not None:
                    raise _build_reserved_error(cls.__name__, name, reserved)
                raise cls._build_unknown_name_error(name, path)

    @classmethod
    def _build_unknown_name_error(cls, name: str, path: tuple[str, ...]) -> Exception:
        # `kombo_index` is for `build_batch`, so it is not suggested.
        names = {*cls._fields.list_names(), *cls._meta.parameters, *OWN_OPTIONS}
        names -= {"kombo_index", _NUMBER}
        # Where the start of a nested name is right, only names that go on from there are hinted at.
        start = "__".join(path[: cls._fields.count_known(path)])
        inside = [known for known in names if start and known.startswith(start + "__")]
        return unknown_name_error(
            "field or trait", name, sorted(inside or names), where=f" of {cls.__name__}"
        )

    @classmethod
    def _finish(cls, draft: Draft, overrides: dict[Path, Any]) -> Any:
        """The checked payload of a draft, with overrides and a fault."""
        for path in draft.overrides:
            if any(path[: len(p)] == p or p[: len(path)] == path for p in overrides):
                raise OverrideError(
                    f"{cls.__name__}: {to_pointer(path)} is overridden twice: by overrides= and by "
                    "a keyword argument"
                )
        named = [*overrides.items(), *draft.overrides.items()]
        overrides = dict(sorted(named, key=lambda item: cls._fields.rank(item[0])))
        for path, value in overrides.items():
            for violation in () if value is OMIT else find_non_json(value):
                where = to_pointer(path) + violation.pointer
                raise OverrideError(f"{cls.__name__}: {where}: {violation.message}")
        payload, fault = draft.apply(overrides), draft.fault
        if fault is None:
            if overrides:
                cls._check(payload, draft.payload, overrides)
            return payload
        if not overrides:
            return fault.apply(payload)
        try:
            # An override can be the invalid value that the fault would put there.
            return add_fault(fault, payload, draft.payload)
        except FaultError as error:
            found = cls.kombo_schema.violations(payload)
            if not found:
                raise
            raise OverrideError(f"{cls.__name__}: {error}; {_describe(found)}") from None

    @classmethod
    def _check(cls, payload: Any, without_overrides: Any, overrides: dict[Path, Any]) -> None:
        found = cls.kombo_schema.violations(payload)
        if not found:
            return
        incomplete = {violation.pointer for violation in found if violation.keyword == "required"}
        for path, value in overrides.items():
            if isinstance(value, dict) and value and to_pointer(path) in incomplete:
                name = "__".join(map(str, path))
                raise OverrideError(
                    f"{cls.__name__}: {_describe(found)} ({name}= replaces the whole object; to "
                    f"set only a field in it, pass {name}__{next(iter(value))}=)"
                )
        fault = None
        if not any(violation.keyword == "json" for violation in found):
            fault = identify_fault(payload, without_overrides, cls.kombo_schema)
        wanted = "and the id of a fault" if fault is None else repr(fault.id)
        raise OverrideError(
            f"{cls.__name__}: {_describe(found)} (to build an invalid payload, pass fault={wanted})"
        )


def _describe(violations: tuple[Violation, ...]) -> str:
    return "the schema rejects the overrides: " + "; ".join(map(str, violations[:_SHOWN]))


def is_reserved(name: str) -> bool:
    """True if a factory cannot have a field of this name."""
    # A field named like a method of the factory, such as `build`, would replace it.
    own = name in OWN_OPTIONS or name in ("kombo_schema", _NUMBER)
    return own or is_unusable(name) or hasattr(PayloadFactory, name)


def _has_reserved(path: tuple[str, ...]) -> bool:
    return is_reserved(path[0]) or any(map(is_reserved_inside, path[1:]))


def _build_reserved_error(
    factory: str, name: str, path: Path, *, in_class: bool = False
) -> OverrideError:
    where = "an attribute of the class" if in_class else "a keyword argument"
    instead = f"overrides={{{to_pointer(path)!r}: ...}}"
    instead = f"write {instead} into class Params" if in_class else f"pass {instead}"
    return OverrideError(
        f"{factory}: {name} cannot be {where}, because factories use names like it; {instead}"
    )
