"""Mutators of the keywords of objects, and of what may not be in an object or array."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from kombo_fakes.catalogues.mutators.mutator import Mutate, Mutator
from kombo_fakes.schema.blueprint.shapes import LARGEST
from kombo_fakes.schema.sites import Site


def _leave_out(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        yield {key: item for key, item in value.items() if key != site.value}


def _leave_out_needed(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        for needed in next(iter(site.value.values())):
            yield {key: item for key, item in value.items() if key != needed}


def _rename(change: Callable[[str], str]) -> Mutate:
    def mutate(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, dict) and site.value in value:
            name = change(site.value)
            # A name that the object has already would replace that property, which is a second
            # fault.
            if name != site.value and name not in value:
                yield {name if key == site.value else key: item for key, item in value.items()}

    return mutate


def _to_camel_case(name: str) -> str:
    head, *rest = re.split(r"[_-]", name)
    return head + "".join(part.capitalize() for part in rest)


def _add(name: str, added: Any = "x") -> Mutate:
    def mutate(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, dict) and name not in value:
            yield {**value, name: added}

    return mutate


def _add_twin(change: Callable[[str], str]) -> Mutate:
    def mutate(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, dict):
            for name, item in value.items():
                twin = change(name)
                if twin not in value:
                    yield {**value, twin: item}
                    return

    return mutate


def _drop_properties(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        yield dict(list(value.items())[: max(0, int(site.value) - 1)])
        yield {}


def _add_properties(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict) and site.value < LARGEST:
        missing = int(site.value) + 1 - len(value)
        # A value of another property is the likeliest to be allowed under a further name.
        filler = next(iter(value.values()), None)
        yield {**value, **{f"extra_{number}": filler for number in range(missing)}}


def _add_forbidden(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict) and isinstance(site.value, str):
        yield {**value, site.value: "x"}
    elif isinstance(value, list) and isinstance(site.value, int):
        # What is forbidden is an item at a fixed place, so the places before it are filled.
        yield value + [value[-1] if value else "x"] * (site.value + 1 - len(value))


def _add_unusual_names(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        filler = next(iter(value.values()), None)
        for name in ("", "a b", "\u00e9", "A", "a", "1", "x" * 300, "-"):
            if name not in value:
                yield {**value, name: filler}


_FORBIDDEN = (Mutator("forbidden", "with a value that must not be there", _add_forbidden),)

OBJECTS: dict[str, tuple[Mutator, ...]] = {
    "required": (
        Mutator("absent", "left out", _leave_out),
        Mutator("camel-case", "with its name in camel case", _rename(_to_camel_case)),
        Mutator("uppercase", "with its name in upper case", _rename(str.upper)),
        Mutator(
            "hyphens", "with hyphens in its name", _rename(lambda name: name.replace("_", "-"))
        ),
        Mutator("trailing-blank", "with a space after its name", _rename(lambda name: name + " ")),
    ),
    "dependentRequired": (
        Mutator("absent", "without a property that it needs", _leave_out_needed),
    ),
    "additionalProperties": (
        Mutator("unknown", "with a property that is not listed", _add("unexpected")),
        Mutator(
            "camel-case",
            "with a second copy of a property, in camel case",
            _add_twin(_to_camel_case),
        ),
        Mutator(
            "uppercase", "with a second copy of a property, in upper case", _add_twin(str.upper)
        ),
        Mutator(
            "trailing-blank",
            "with a second copy of a property, with a space after its name",
            _add_twin(lambda name: name + " "),
        ),
        # A JavaScript receiver that copies properties one by one sets the prototype instead.
        Mutator("proto", "with a property `__proto__`", _add("__proto__", {})),
        Mutator("empty-name", "with a property whose name is empty", _add("")),
    ),
    "minProperties": (Mutator("one-short", "with one property too few", _drop_properties),),
    "maxProperties": (Mutator("one-over", "with one property too many", _add_properties),),
    "propertyNames": (Mutator("odd-name", "with an unusual property name", _add_unusual_names),),
    **dict.fromkeys(
        ("properties", "patternProperties", "prefixItems", "items", "additionalItems"), _FORBIDDEN
    ),
}
