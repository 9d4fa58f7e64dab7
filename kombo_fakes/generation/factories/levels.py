"""Declarations of factory_boy's for the fields of a payload, and for those of objects inside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import new_class
from typing import Any

# Not from the package itself: to type checkers it does not export them.
from factory.base import Factory
from factory.declarations import BaseDeclaration, LazyAttribute, SubFactory

from kombo_fakes.core.pointer import Path, find
from kombo_fakes.generation.factories.draft import Draft, Level, find_overrides
from kombo_fakes.generation.factories.fields import Fields
from kombo_fakes.generation.factories.omit import OMIT

_DRAFT = "kombo_draft"


# Not a DictFactory, which would share one sequence with the DictFactories of the user.
class LevelFactory(Factory[Any]):
    """The factory of one object inside a payload."""

    class Meta:
        abstract = True
        model = dict

    # Where the object is. A property could have the name of an attribute that begins otherwise.
    _path: Path

    @classmethod
    def _build(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        draft: Draft = kwargs.pop(_DRAFT)
        default = find(draft.payload, cls._path, OMIT)
        built = Level(kwargs)
        if not isinstance(default, dict):
            overridden = next(find_overrides(built, default), None) is not None
            return built if overridden else draft.default(cls._path)
        # A declaration can read what is not a field, such as the entries of a map.
        for name in default:
            if name not in built:
                built[name] = draft.default((*cls._path, name))
        return built

    @classmethod
    def _create(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
        return cls._build(model_class, *args, **kwargs)


class LevelDeclaration(SubFactory):
    """The declaration of an object inside a payload.

    Its factory is made at first use, because a shape that contains itself has no end of them.

    Args:
        fields: The fields of the object.
        path: The place of the object.
    """

    def __init__(self, fields: Fields, path: Path) -> None:
        super().__init__(LevelFactory)  # type: ignore[no-untyped-call]
        self._fields = fields
        self._path = path

    @cached_property
    def _level(self) -> type[LevelFactory]:
        attributes: dict[str, Any] = {
            "Meta": type("Meta", (), {"model": dict}),
            "_path": self._path,
            _DRAFT: None,
            **declare_fields(self._fields, self._path, is_reserved_inside),
        }
        name = f"_Level_{self._path[-1]}"
        return new_class(name, (LevelFactory,), exec_body=lambda body: body.update(attributes))

    def get_factory(self) -> type[LevelFactory]:
        """The factory of the object."""
        return self._level

    def evaluate(self, instance: Any, step: Any, extra: dict[str, Any]) -> Any:
        """The object of the draft, with the fields that are overridden."""
        draft: Draft = getattr(instance, _DRAFT)
        if not extra and not isinstance(find(draft.payload, self._path), dict):
            return draft.default(self._path)
        # All levels share one draft, so that their fields agree.
        declared = {**extra, _DRAFT: draft}
        return super().evaluate(instance, step, declared)  # type: ignore[no-untyped-call]


class WholeObject(BaseDeclaration):
    """A sub-factory of the caller's in place of an object.

    A trait that is switched off would remove the fields that it mentions from what the sub-factory
    makes: factory_boy passes them on as values to skip. Here they are not passed on.

    Args:
        given: The sub-factory.
    """

    def __init__(self, given: SubFactory) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._given = given

    def evaluate(self, instance: Any, step: Any, extra: dict[str, Any]) -> Any:
        """What the sub-factory makes, with the overrides of its fields."""
        return self._given.evaluate_pre(instance, step, extra)


def wrap_sub_factories(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with a `WholeObject` for each sub-factory of the caller's."""
    return {
        name: WholeObject(value) if _is_foreign(value) else value for name, value in values.items()
    }


def _is_foreign(value: Any) -> bool:
    return isinstance(value, SubFactory) and not isinstance(value, LevelDeclaration)


def find_sub_factories(declarations: Mapping[str, Any]) -> dict[str, Any]:
    """The sub-factories of the caller's among some declarations."""
    return {name: value for name, value in declarations.items() if _is_foreign(value)}


def declare_fields(
    fields: Fields, path: Path, is_reserved: Callable[[str], bool]
) -> dict[str, BaseDeclaration]:
    """The declarations of the fields of an object.

    Args:
        fields: The fields.
        path: The place of the object.
        is_reserved: Returns whether a name cannot be declared.
    """
    declared: dict[str, BaseDeclaration] = {}
    for name, field in fields.named.items():
        if is_reserved(name):
            continue
        place = (*path, name)
        declared[name] = (
            LevelDeclaration(field, place) if field.is_object else _declare_field(place)
        )
    return declared


def _declare_field(path: Path) -> LazyAttribute:
    return LazyAttribute(lambda own: getattr(own, _DRAFT).default(path))


def is_unusable(name: str) -> bool:
    """True if no factory can have a declaration of this name."""
    # factory_boy splits the names of arguments at `__`, and ignores names that begin with `_`.
    return name.startswith("_") or "__" in name or name in ("", "Meta", "Params", _DRAFT)


def is_reserved_inside(name: str) -> bool:
    """True if the factory of an object inside a payload cannot have a field of this name."""
    # A field named like a method of the factory, such as `build`, would replace it.
    return is_unusable(name) or hasattr(LevelFactory, name)
