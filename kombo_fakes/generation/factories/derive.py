"""Derives a factory from a schema: a declaration of factory_boy's for each field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import new_class
from typing import Any

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory, Trait

from kombo_fakes.core.pointer import Path
from kombo_fakes.errors import OverrideError
from kombo_fakes.generation.factories.base import HOOKS, OWN_OPTIONS, LevelFactory, PayloadFactory
from kombo_fakes.generation.factories.draft import Draft
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import NOTHING, Blueprint, Enumeration, Object, Union
from kombo_fakes.schema.schema import Schema


def derive_factory(
    schema: Schema, name: str, module: str, traits: Mapping[str, Mapping[str, Any]]
) -> type[PayloadFactory[Any]]:
    """A factory class for the payloads of a schema.

    Args:
        schema: The schema.
        name: The name of the class.
        module: The module that the class says it is from.
        traits: The values of each trait by the dotted names of their fields.

    Raises:
        OverrideError: if the schema does not describe an object.
    """
    shape = _find_object(build_blueprint(schema))
    if shape is None:
        raise OverrideError(
            f"{schema.name}: a factory builds objects, and this schema does not describe one"
        )
    declarations, fields = _declare_fields(shape, ())

    def draft(own: Any) -> Draft:
        options = {name: getattr(own, name) for name in OWN_OPTIONS}
        return Draft.from_options(schema, own.kombo_number, **options)

    parameters = {
        **dict.fromkeys(OWN_OPTIONS),
        # The number is factory_boy's own, so that `reset_sequence()` starts it again.
        "kombo_number": Sequence(int),
        **{trait: Trait(**_join_names(values)) for trait, values in traits.items()},
    }
    attributes: dict[str, Any] = {
        "__doc__": _document(schema, traits),
        "__module__": module,
        "Meta": type("Meta", (), {"model": dict}),
        "Params": type("Params", (), parameters),
        "kombo_draft": LazyAttribute(draft),
        **declarations,
    }
    made: Any = new_class(name, (PayloadFactory,), exec_body=_fill(attributes))
    made.kombo_schema, made._fields, made._derived = schema, fields, made
    made._hooks = {hook: getattr(made, hook).__func__ for hook in HOOKS}
    derived: type[PayloadFactory[Any]] = made
    return derived


def _join_names(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace(".", "__"): value for name, value in values.items()}


def _document(schema: Schema, traits: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [f"Payloads of ``{schema.name}``."]
    if traits:
        lines += ["", "Traits:", ""]
    for trait, values in traits.items():
        set_to = ", ".join(f"{name}={value!r}" for name, value in _join_names(values).items())
        lines.append(f"* ``{trait}``: ``{set_to}``")
    return "\n".join(lines)


def _declare_fields(shape: Object, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The declarations of the fields of an object, and their names as nested dicts."""
    declarations: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for name, child in shape.properties.items():
        if child == NOTHING or not _is_declarable(name):
            continue
        place = (*path, name)
        inner = _find_object(child)
        if inner is None or not inner.properties:
            declarations[name], fields[name] = _declare_field(place), None
            continue
        inside, fields[name] = _declare_fields(inner, place)
        body = {"Meta": type("Meta", (), {"model": dict}), "kombo_draft": None, **inside}
        level = new_class(f"_Level_{name}", (LevelFactory,), exec_body=_fill(body))
        # All levels share one draft, so that their fields agree.
        declarations[name] = SubFactory(level, kombo_draft=SelfAttribute("..kombo_draft"))
    return declarations, fields


def _fill(attributes: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda namespace: namespace.update(attributes)


def _declare_field(path: Path) -> LazyAttribute:
    return LazyAttribute(lambda own: own.kombo_draft.default(path))


def _find_object(blueprint: Blueprint) -> Object | None:
    """The shape of an object in a blueprint that allows one kind of object, or it and null."""
    if isinstance(blueprint, Union):
        branches = [branch for branch in blueprint.branches if branch != Enumeration((None,))]
        return _find_object(branches[0]) if len(branches) == 1 else None
    return blueprint if isinstance(blueprint, Object) else None


def _is_declarable(name: str) -> bool:
    # factory_boy splits the names of arguments at `__`.
    is_reserved = name.startswith("_") or "__" in name or name in OWN_OPTIONS
    # A field named like a method of the factory, such as `build`, would replace it.
    return not is_reserved and not hasattr(PayloadFactory, name)
