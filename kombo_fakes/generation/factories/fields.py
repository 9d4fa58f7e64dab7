"""The fields that payloads can have, found as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from kombo_fakes.core.pointer import Path
from kombo_fakes.schema.blueprint import shapes

_LISTED = 2_000
"""The most names that are listed. A shape that contains itself has no end of them."""


class Fields:
    """The fields of an object, and of the objects in them.

    They are found lazily, because a shape that contains itself has no end of them.

    Args:
        plans: The blueprints of the object. A union of objects has the fields of all of them.

    Attributes:
        is_object: True if one of the blueprints allows an object.

    Examples:
        >>> text = shapes.Object({"text": shapes.String()})
        >>> fields = Fields(shapes.Object({"title": shapes.String(), "body": text}))
        >>> list(fields.list_names()), fields.can_have(("body", "txt"))
        (['title', 'body', 'body__text'], False)
    """

    def __init__(self, *plans: shapes.Blueprint) -> None:
        self._objects = [one for plan in plans for one in list_objects(plan)]
        self.is_object: bool = bool(self._objects)
        self._unnamed: dict[str, Fields | None] = {}

    @cached_property
    def named(self) -> dict[str, Fields]:
        """The fields that the schema names, in its order."""
        plans: dict[str, list[shapes.Blueprint]] = {}
        for one in self._objects:
            for name, child in one.properties.items():
                if child != shapes.NOTHING:
                    plans.setdefault(name, []).append(child)
        return {name: Fields(*found) for name, found in plans.items()}

    def get(self, name: str) -> Fields | None:
        """A field; None if there is none of this name.

        A map has fields of any name that its schema allows, and so have ``patternProperties``. That
        an open object allows any name does not make it a field, since the name may be misspelt.
        """
        if name in self.named:
            return self.named[name]
        if name not in self._unnamed:
            plans = [
                extra.values
                for one in self._objects
                for extra in one.extras
                if (not self.named or extra.names.patterns) and extra.names.check()(name)
            ]
            self._unnamed[name] = Fields(*plans) if plans else None
        return self._unnamed[name]

    def can_have(self, path: Path) -> bool:
        """True if there is a field at a path."""
        return self.count_known(path) == len(path)

    def count_known(self, path: Path) -> int:
        """The number of parts of a path that lead to a field."""
        fields: Fields | None = self
        for depth, part in enumerate(path):
            fields = fields.get(str(part)) if fields is not None else None
            if fields is None:
                return depth
        return len(path)

    def read(self, name: str) -> Path | None:
        """The path that parts of a name between ``__`` can mean, where parts can have ``__`` too.

        Returns:
            None if there is no such field.

        Examples:
            >>> Fields(shapes.Object({"a": shapes.Object({"_b": shapes.String()})})).read("a___b")
            ('a', '_b')
        """
        if name in self.named:
            return (name,)
        for known, child in self.named.items():
            if name.startswith(f"{known}__"):
                below = child.read(name[len(known) + 2 :])
                if below is not None:
                    return (known, *below)
        return None

    def rank(self, path: Path) -> list[int]:
        """A key that sorts paths in the order of the schema, and unnamed ones at the end."""
        fields: Fields | None = self
        ranks: list[int] = []
        for part in path:
            names = [] if fields is None else list(fields.named)
            ranks.append(names.index(str(part)) if part in names else len(names))
            fields = None if fields is None else fields.named.get(str(part))
        return ranks

    def list_names(self) -> Iterator[str]:
        """The names of the fields, nested ones with ``__``. The least nested come first."""
        level = [("", self)]
        count = 0
        while level:
            below: list[tuple[str, Fields]] = []
            for prefix, fields in level:
                for name, child in fields.named.items():
                    yield prefix + name
                    count += 1
                    if count == _LISTED:
                        return
                    below.append((f"{prefix}{name}__", child))
            level = below


def list_objects(
    plan: shapes.Blueprint, inside: frozenset[str] = frozenset()
) -> Iterator[shapes.Object]:
    """The shapes of objects that a blueprint allows.

    Args:
        plan: The blueprint.
        inside: The references that were followed, so as not to go in circles.
    """
    match plan:
        case shapes.Object():
            yield plan
        case shapes.Union(branches):
            for branch in branches:
                yield from list_objects(branch, inside)
        case shapes.Filtered(base):
            yield from list_objects(base, inside)
        case shapes.Reference(uri) if uri not in inside:
            yield from list_objects(plan.target, inside | {uri})
        case shapes.Enumeration(values):
            for value in values:
                if isinstance(value, dict):
                    fixed = {name: shapes.Enumeration((v,)) for name, v in value.items()}
                    yield shapes.Object(dict(fixed), frozenset(fixed))
