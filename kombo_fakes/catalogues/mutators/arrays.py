"""Mutators of the keywords of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kombo_fakes.catalogues.mutators.mutator import NONSENSE, Mutator
from kombo_fakes.schema.blueprint.shapes import LARGEST
from kombo_fakes.schema.sites import Site


def _drop_items(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list):
        yield value[: max(0, int(site.value) - 1)]


def _add_items(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and site.value < LARGEST:
        # An item of a valid array most likely keeps the other constraints.
        filler = value[-1] if value else None
        yield value + [filler] * (int(site.value) + 1 - len(value))


def _repeat_item(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and value:
        yield [*value, value[0]]
        # One more item can violate `maxItems`. Where there are two or more, this array does not
        # grow.
        yield [value[0], value[0], *value[2:]]


def _contain_none(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list):
        yield []
        # An empty array can violate `minItems`, so these arrays have as many items as before.
        for filler in NONSENSE:
            yield [filler] * max(1, len(value))


def _contain_one_more(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and site.value < LARGEST:
        # Which items match, and how many there are, shows when the catalogue checks each value.
        for more in dict.fromkeys((1, 2, 3, int(site.value) + 1)):
            # Each array is validated, so a long one does not lead to as many of them as it has
            # items.
            for item in value[:20]:
                yield [*value, *[item] * more]


def _contain_too_many(site: Site) -> dict[str, Any] | None:
    wanted = site.family.get("contains")
    return {"type": "array", "contains": wanted, "minContains": int(site.value) + 1}


ARRAYS: dict[str, tuple[Mutator, ...]] = {
    "minItems": (Mutator("one-short", "one item too few", _drop_items),),
    "maxItems": (Mutator("one-over", "one item too many", _add_items),),
    "uniqueItems": (Mutator("twice", "with the same item twice", _repeat_item),),
    "contains": (Mutator("none", "without a matching item", _contain_none),),
    "maxContains": (
        Mutator("one-over", "with one matching item too many", _contain_one_more),
        Mutator(
            "other",
            "any other array with too many matching items",
            lambda value, site: (),
            _contain_too_many,
        ),
    ),
}
