"""Derives a factory from a schema: a declaration of factory_boy's for each field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import new_class
from typing import Any

from factory.declarations import LazyAttribute, Sequence, Trait

from kombo_fakes.errors import OverrideError
from kombo_fakes.generation.factories.base import HOOKS, OWN_OPTIONS, PayloadFactory, is_reserved
from kombo_fakes.generation.factories.draft import Draft, find_object_plan
from kombo_fakes.generation.factories.fields import Fields
from kombo_fakes.generation.factories.levels import declare_fields
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
    found = find_object_plan(schema)
    if found is None:
        raise OverrideError(
            f"{schema.name}: a factory builds objects, and this schema does not describe one"
        )
    fields = Fields(found.plan)

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
        **declare_fields(fields, (), is_reserved),
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


def _fill(attributes: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda namespace: namespace.update(attributes)
