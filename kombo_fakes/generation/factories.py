"""factory_boy factories for payloads: traits, overrides with ``__``, batches, a seed per call.

A factory is derived from a schema. Each of its fields is a declaration of factory_boy's, so that
everything of factory_boy's works on it; what isn't overridden comes from one realistic payload,
and agrees with what is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import NoneType, new_class
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

# Not from factory itself, which type checkers can't see to export them.
from factory.base import Factory
from factory.declarations import (
    BaseDeclaration,
    LazyAttribute,
    SelfAttribute,
    Sequence,
    SubFactory,
    Trait,
)

from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.faults import get_fault
from kombo_fakes.catalogues.overrides import add_fault, identify_fault
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.core.pointer import Path, find, to_pointer
from kombo_fakes.errors import FaultError, OverrideError
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint, Enumeration, Object, Union
from kombo_fakes.schema.requirements import require_values
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.schema.violations import find_non_json
from kombo_fakes.types import (
    AiApplyApplicationStatusUpdated,
    AiApplyJobPostingStatusUpdated,
    AssessmentOrderReceived,
    ConnectionFlowFailed,
    DataChanged,
    InlineAssessmentOrderReceived,
    IntegrationCreated,
    IntegrationDeleted,
    IntegrationStateChanged,
    IssueStatusChanged,
    SyncFinished,
)
from kombo_fakes.webhooks.names import POOLED, Names
from kombo_fakes.webhooks.shipped import events

if TYPE_CHECKING:
    import faker as faker_module

T = TypeVar("T")

_OWN = ("kombo_seed", "kombo_index", "fault", "faker")

# What a user's factory can change beside its declarations.
_OPTIONS = ("model", "abstract", "exclude", "rename", "inline_args")
_HOOKS = ("_adjust_kwargs", "_after_postgeneration", "_build", "_create", "_generate")


class _Omit:
    """What to override an optional field with, to leave it out."""

    def __repr__(self) -> str:
        return "OMIT"


OMIT: Any = _Omit()
"""Override a field with this to leave it out: ``.build(data__location=OMIT)``."""

_PLAIN = (str, bool, int, float, NoneType, dict, list, _Omit)


class _Default(str):
    """A text that nobody has overridden, marked as that while a payload is being built."""

    __slots__ = ()


class _Level(dict[str, Any]):
    """An object that a factory has built, as opposed to one that the caller gave."""


class _Painting:
    """One realistic payload that overrides are laid over, and how to generate it again."""

    def __init__(
        self, schema: Schema, seed: Any, index: int, fault: Fault | None, names: Names
    ) -> None:
        self.fault = fault
        self._schema = schema
        self._generator = generator_for(schema, None if fault is None else fault.requirement)
        self._seed = seed_for(schema.name, 0 if seed is None else seed, index)
        self._names = names
        self.payload = self._generator.generate(SeededChoices(self._seed), names=names)

    def default(self, path: Path) -> Any:
        """What a field is where nobody overrides it."""
        value = find(self.payload, path, OMIT)
        return _Default(value) if isinstance(value, str) else value

    def changed(self, overrides: dict[Path, Any]) -> Any:
        """The payload with overrides, and with what has to agree with them."""
        if not overrides:
            return self.payload
        generator = self._generator
        homeless = [path[:-1] for path in overrides if not self._has_object(path[:-1])]
        if homeless:
            generator = generator_for(self._schema, require_values(homeless, self._schema))
        generated = generator.generate(SeededChoices(self._seed), names=self._names, pins=overrides)
        for path, value in overrides.items():
            generated = _with(generated, path, value)
        return generated

    def _has_object(self, path: Path) -> bool:
        return isinstance(find(self.payload, path), dict)


def _with(generated: Any, path: Path, value: Any) -> Any:
    """A painting, which is nobody else's yet, with another value at a place."""
    whole = level = generated if isinstance(generated, dict) else {}
    for name in path[:-1]:
        inner = level.get(name)
        level[name] = level = inner if isinstance(inner, dict) else {}
    if value is OMIT:
        level.pop(path[-1], None)
    else:
        level[path[-1]] = value
    return whole


def _overrides(built: _Level, old: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    known = old if isinstance(old, dict) else {}
    for name, value in built.items():
        default = known.get(name, OMIT)
        if isinstance(value, _Level):
            yield from _overrides(value, default, (*path, name))
        elif not _is_default(value, default):
            yield (*path, name), _plain(value)


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(default, str):
        # The same text given by the caller is an override, and has to stay.
        return isinstance(value, _Default) and str(value) == default
    return value is default


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, _Default) else value


# Not a DictFactory: all of these share one sequence with those of the user's.
class _LevelFactory(Factory[Any]):
    """The factory of one object within a payload."""

    class Meta:
        abstract = True
        model = dict

    @classmethod
    def _build(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("kombo_painting", None)
        return _Level(kwargs)

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        return cls._build(model_class, *args, **kwargs)


class PayloadFactory(Factory[T]):
    """The base of all payload factories: what they have in common.

    Every factory takes, beside the fields of its payload (nested ones with ``__``) and its traits:

    * ``kombo_seed``: the same seed gives the same payload; without one each call gives the next
      payload of the sequence that ``kombo-fakes generate`` prints, too.
    * ``fault``: the id of a fault that the payload is to have (`kombo_fakes.faults`).
    * ``faker``: a Faker whose names are used in place of those that the package carries.

    Payloads are plain dicts, checked against their schema.
    """

    class Meta:
        abstract = True
        model = dict

    kombo_schema: ClassVar[Schema]
    _known: ClassVar[dict[str, Any]]
    _derived: ClassVar[type[PayloadFactory[Any]]]
    _hooks: ClassVar[dict[str, Any]]

    @classmethod
    def build(cls, **kwargs: Any) -> T:
        """Build one payload.

        Args:
            **kwargs: Overrides, traits, ``kombo_seed``, ``fault``, ``faker``; see the class.

        Raises:
            UnknownNameError: for a field, a trait or a fault that doesn't exist, with the
                nearest one that does.
            OverrideError: for a value that the schema refuses.
        """
        traits = cls._traits()
        cls._check_names(kwargs, traits)
        overrides = cls._plain_overrides(kwargs, traits) if cls._is_as_derived() else None
        if overrides is not None:
            own = {name: kwargs.get(name) for name in _OWN}
            painting = _painting(cls.kombo_schema, cls._meta.next_sequence(), **own)
            return cast(T, cls._finished(painting, overrides))
        # factory_boy looks for a trait that nobody mentions by way of a costly exception. One that
        # a subclass has switched on for good, or another trait switches on, is mentioned.
        mentioned = set(cls._meta.base_declarations)
        mentioned.update(*(cls._meta.parameters[name].overrides for name in traits))
        silent = dict.fromkeys((name for name in traits if name not in mentioned), False)
        return super().build(**silent | kwargs)

    # -- The short way: factory_boy takes five times as long as the painting, to come to the same.

    @classmethod
    def _is_as_derived(cls) -> bool:
        """Whether a class adds nothing but traits to the factory that was derived."""
        meta, derived = cls._meta, cls._derived._meta
        return (
            meta.base_declarations == derived.base_declarations
            and all(
                derived.parameters[name] is parameter
                if name in derived.parameters
                else isinstance(parameter, Trait)
                for name, parameter in meta.parameters.items()
            )
            and all(getattr(meta, name) == getattr(derived, name) for name in _OPTIONS)
            and all(getattr(cls, name).__func__ is hook for name, hook in cls._hooks.items())
        )

    @classmethod
    def _plain_overrides(cls, kwargs: dict[str, Any], traits: list[str]) -> Any:
        """What is overridden, by path; None where factory_boy has to find out."""
        given: list[tuple[str, Any]] = []
        for name, value in kwargs.items():
            if name in _OWN:
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
            if path in overrides or not isinstance(value, _PLAIN) or not cls._is_known(path):
                return None
            overrides[path] = value
        if len(overrides) < 2:
            return overrides
        if any(path[:end] in overrides for path in overrides for end in range(1, len(path))):
            return None  # A field, and one within it.
        return dict(sorted(overrides.items(), key=lambda item: cls._order(item[0])))

    @classmethod
    def _is_known(cls, path: Path) -> bool:
        known: Any = cls._known
        for part in path:
            if not isinstance(known, dict) or part not in known:
                return False
            known = known[part]
        return True

    @classmethod
    def _order(cls, path: Path) -> list[int]:
        """What sorts fields as the schema has them."""
        known: Any = cls._known
        order = []
        for part in path:
            order.append(list(known).index(part))
            known = known[part]
        return order

    @classmethod
    def create(cls, **kwargs: Any) -> T:
        """The same as `build`: there is no database behind a payload."""
        return cls.build(**kwargs)

    @classmethod
    def build_batch(cls, size: int, **kwargs: Any) -> list[T]:
        """Build several payloads, each different.

        With a ``kombo_seed`` the whole batch is the same for the same seed.
        """
        if kwargs.get("kombo_seed") is None:
            return [cls.build(**kwargs) for _ in range(size)]
        return [cls.build(**{"kombo_index": index, **kwargs}) for index in range(size)]

    @classmethod
    def create_batch(cls, size: int, **kwargs: Any) -> list[T]:
        """The same as `build_batch`."""
        return cls.build_batch(size, **kwargs)

    @classmethod
    def _check_names(cls, kwargs: dict[str, Any], traits: list[str]) -> None:
        for name in kwargs:
            if name.startswith("__"):
                continue  # factory_boy's own: __sequence.
            known: Any = cls._known | dict.fromkeys((*_OWN, *traits))
            *parents, last = name.split("__")
            for depth, part in enumerate([*parents, last]):
                if not isinstance(known, dict) or part not in known:
                    before = "__".join([*parents, last][:depth])
                    raise _unknown_field(cls, name, before)
                known = known[part]

    @classmethod
    def _traits(cls) -> list[str]:
        parameters = cls._meta.parameters
        return [name for name in parameters if isinstance(parameters[name], Trait)]

    @classmethod
    def _build(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        painting: _Painting = kwargs.pop("kombo_painting")
        return cls._finished(painting, dict(_overrides(_Level(kwargs), painting.payload, ())))

    @classmethod
    def _finished(cls, painting: _Painting, overrides: dict[Path, Any]) -> Any:
        for path, value in overrides.items():
            for violation in () if value is OMIT else find_non_json(value):
                where = to_pointer(path) + violation.pointer
                raise OverrideError(f"{cls.__name__}: {where}: {violation.message}")
        payload, fault = painting.changed(overrides), painting.fault
        if fault is None or not overrides:
            if overrides:
                cls._check_values(payload, painting.payload)
            return payload if fault is None else fault.apply(payload)
        try:
            # The caller's own wrong value may be the very fault.
            return add_fault(fault, payload, painting.payload)
        except FaultError as error:
            if not cls.kombo_schema.violations(payload):
                raise
            raise OverrideError(f"{cls.__name__}: {error}; {cls._refusal(payload)}") from None

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        return cls._build(model_class, *args, **kwargs)

    @classmethod
    def _check_values(cls, payload: Any, usual: Any) -> None:
        refusal = cls._refusal(payload)
        if refusal:
            is_json = ": json: " not in refusal
            fault = identify_fault(payload, usual, cls.kombo_schema) if is_json else None
            wanted = "..., a fault id" if fault is None else repr(fault.id)
            raise OverrideError(f"{cls.__name__}: {refusal} (wrong on purpose is fault={wanted})")

    @classmethod
    def _refusal(cls, payload: Any) -> str:
        found = cls.kombo_schema.violations(payload)
        lines = "; ".join(str(violation) for violation in found[:5])
        return lines and f"the schema refuses the overrides: {lines}"


def _unknown_field(cls: type[PayloadFactory[Any]], name: str, before: str) -> Exception:
    names = sorted({*_all_names(cls._known, ""), *cls._traits(), *_OWN} - {"kombo_index"})
    inside = [known for known in names if known.startswith(before + "__")] if before else names
    return unknown_name_error("field or trait", name, inside or names, where=f" of {cls.__name__}")


def _all_names(known: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, below in known.items():
        yield prefix + name
        if isinstance(below, dict):
            yield from _all_names(below, f"{prefix}{name}__")


@lru_cache(maxsize=64)
def _derived(schema: Schema, name: str) -> type[PayloadFactory[Any]]:
    plan = _object_in(build_blueprint(schema))
    if plan is None:
        raise OverrideError(f"{schema.name}: a factory makes objects, and this schema has others")
    fields, known = _declarations(plan, ())
    by_name = {"fault": None, "faker": None, "kombo_seed": None}

    def painting(own: Any) -> _Painting:
        return _painting(
            schema, own.kombo_number, own.kombo_seed, own.kombo_index, own.fault, own.faker
        )

    parameters = {
        **by_name,
        "kombo_index": None,
        "kombo_number": Sequence(int),
    }
    attributes: dict[str, Any] = {
        "__doc__": f"Payloads of {schema.name}, derived from its schema.",
        "__module__": __name__,
        "Meta": type("Meta", (), {"model": dict}),
        "Params": type("Params", (), parameters),
        "kombo_painting": LazyAttribute(painting),
        **fields,
    }
    made: Any = new_class(name, (PayloadFactory,), exec_body=_filled(attributes))
    made.kombo_schema, made._known, made._derived = schema, known, made
    made._hooks = {name: getattr(made, name).__func__ for name in _HOOKS}
    factory_class: type[PayloadFactory[Any]] = made
    return factory_class


def _painting(
    schema: Schema, number: int, kombo_seed: Any, kombo_index: Any, fault: Any, faker: Any
) -> _Painting:
    if kombo_index is not None:
        index = kombo_index
    else:
        index = number if kombo_seed is None else 0
    return _Painting(
        schema,
        kombo_seed,
        index,
        None if fault is None else get_fault(fault, schema),
        POOLED if faker is None else _names_of(faker),
    )


def _declarations(plan: Object, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The declarations of an object's fields, and the names below each of them."""
    fields: dict[str, Any] = {}
    known: dict[str, Any] = {}
    for name, child in plan.properties.items():
        if child == NOTHING or not _is_declarable(name):
            continue
        place = (*path, name)
        inner = _object_in(child)
        if inner is None or not inner.properties:
            fields[name], known[name] = _leaf(place), None
            continue
        inside, known[name] = _declarations(inner, place)
        body = {"Meta": type("Meta", (), {"model": dict}), "kombo_painting": None, **inside}
        level = new_class(f"_Level_{name}", (_LevelFactory,), exec_body=_filled(body))
        fields[name] = SubFactory(level, kombo_painting=SelfAttribute("..kombo_painting"))
    return fields, known


def _filled(attributes: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda space: space.update(attributes)


def _leaf(path: Path) -> LazyAttribute:
    return LazyAttribute(lambda own: own.kombo_painting.default(path))


def _object_in(plan: Blueprint) -> Object | None:
    """The object in a blueprint that is one, or one or null."""
    if isinstance(plan, Union):
        branches = [branch for branch in plan.branches if branch != Enumeration((None,))]
        return _object_in(branches[0]) if len(branches) == 1 else None
    return plan if isinstance(plan, Object) else None


def _is_declarable(name: str) -> bool:
    reserved = name.startswith("_") or "__" in name or name in _OWN
    return not reserved and not hasattr(PayloadFactory, name)


def _names_of(source: faker_module.Faker) -> Names:
    from kombo_fakes.realistic.faker_names import FakerNames

    return FakerNames(source)


def factory_for(event_or_schema: SchemaLike) -> type[PayloadFactory[Any]]:
    """The factory for the payloads of a schema, derived from it.

    Args:
        event_or_schema: What `Schema.load` takes.

    Returns:
        A factory class; subclass it to add traits. The hand-made one of an event that has it.

    Raises:
        OverrideError: if the schema isn't one of objects.

    Examples:
        >>> factory_for({"title": "Job", "properties": {"job": {"enum": ["QA"]}},
        ...              "type": "object", "required": ["job"]}).build()
        {'job': 'QA'}
    """
    schema = Schema.load(event_or_schema)
    known = _HAND_MADE.get(schema.name)
    if known is not None and known.kombo_schema is schema:
        return known
    title = str(schema.effective.get("title", schema.name)).removesuffix("WebhookPayload")
    return _derived(schema, re.sub(r"\W", "", title) + "Factory")


_STATE_CHANGED = "integration-state-changed"
if TYPE_CHECKING:
    _StateChanged = PayloadFactory[IntegrationStateChanged]
else:
    _StateChanged = _derived(Schema.load(_STATE_CHANGED), "IntegrationStateChangedFactory")


class IntegrationStateChangedFactory(_StateChanged):
    """Payloads of ``integration-state-changed``, with traits for the states that people test.

    Traits: ``active``, ``invalid``, ``inactive`` (the state); ``qa_pending``, ``qa_passed``,
    ``qa_failed``; ``setup_incomplete``, ``final_sync_pending``, ``setup_completed``;
    ``anonymous`` (both fields of the end user that can be null are), ``identified`` (neither is);
    ``hris``, ``ats``, ``assessment``, ``lms`` (the category).

    Examples:
        >>> payload = IntegrationStateChangedFactory.build(
        ...     invalid=True, data__integration_tool="workday", kombo_seed=3
        ... )
        >>> payload["data"]["state"], payload["data"]["integration_id"].split(":")[0]
        ('INVALID', 'workday')
        >>> wrong = IntegrationStateChangedFactory.build(fault="data.state-enum-lowercase")
        >>> wrong["data"]["state"] == wrong["data"]["state"].lower()
        True
    """

    # Not for type checkers, to which a subclass that adds traits would have Params of other types.
    if not TYPE_CHECKING:

        class Params:
            active = Trait(data__state="ACTIVE")
            invalid = Trait(data__state="INVALID")
            inactive = Trait(data__state="INACTIVE")
            qa_pending = Trait(data__qa_status="PENDING")
            qa_passed = Trait(data__qa_status="PASSED")
            qa_failed = Trait(data__qa_status="FAILED")
            setup_incomplete = Trait(data__setup_status="INCOMPLETE")
            final_sync_pending = Trait(data__setup_status="FINAL_SYNC_PENDING")
            setup_completed = Trait(data__setup_status="COMPLETED")
            anonymous = Trait(data__end_user__creator_email=None, data__end_user__origin_id=None)
            identified = Trait(
                data__end_user__creator_email="jane.doe@example.com",
                data__end_user__origin_id="1042",
            )
            hris = Trait(data__integration_category="HRIS")
            ats = Trait(data__integration_category="ATS")
            assessment = Trait(data__integration_category="ASSESSMENT")
            lms = Trait(data__integration_category="LMS")


_HAND_MADE: dict[str, type[PayloadFactory[Any]]] = {_STATE_CHANGED: IntegrationStateChangedFactory}


if TYPE_CHECKING:
    # Derived from their schemas on first use; see __getattr__.
    class AiApplyApplicationStatusUpdatedFactory(
        PayloadFactory[AiApplyApplicationStatusUpdated]
    ): ...

    class AiApplyJobPostingStatusUpdatedFactory(PayloadFactory[AiApplyJobPostingStatusUpdated]): ...

    class AssessmentOrderReceivedFactory(PayloadFactory[AssessmentOrderReceived]): ...

    class ConnectionFlowFailedFactory(PayloadFactory[ConnectionFlowFailed]): ...

    class DataChangedFactory(PayloadFactory[DataChanged]): ...

    class InlineAssessmentOrderReceivedFactory(PayloadFactory[InlineAssessmentOrderReceived]): ...

    class IntegrationCreatedFactory(PayloadFactory[IntegrationCreated]): ...

    class IntegrationDeletedFactory(PayloadFactory[IntegrationDeleted]): ...

    class IssueStatusChangedFactory(PayloadFactory[IssueStatusChanged]): ...

    class SyncFinishedFactory(PayloadFactory[SyncFinished]): ...


def __getattr__(name: str) -> Any:
    """The factory of a shipped event by its name, such as ``SyncFinishedFactory``."""
    if name.endswith("Factory"):
        wanted = name.removesuffix("Factory")
        for event in events():
            if "".join(part.capitalize() for part in re.split(r"\W", event)) == wanted:
                return factory_for(event)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
