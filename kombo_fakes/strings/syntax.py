"""Regular expressions of ECMA-262 as trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kombo_fakes.strings.characters import Characters


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a set."""

    characters: Characters


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other. The empty sequence matches the empty string."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several branches."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part that is repeated; without an end if `most` is None."""

    part: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group."""

    number: int
    part: Node


@dataclass(frozen=True, slots=True)
class Reference:
    """What a group has matched, once more."""

    number: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """The start or end of the string, or a place where a word does or does not begin or end."""

    kind: Literal["start", "end", "boundary", "no boundary"]


@dataclass(frozen=True, slots=True)
class Look:
    """A look-ahead or look-behind."""

    part: Node
    ahead: bool
    negative: bool


Node: TypeAlias = "Character | Sequence | Choice | Repeat | Group | Reference | Assertion | Look"


@dataclass(frozen=True)
class Pattern:
    r"""A regular expression.

    Attributes:
        source: The text that it was read from.
        root: Its tree.
        contested: Characters about which regular expression engines disagree here, such as
            U+0085 where ``\\s`` occurs.
        has_properties: True if it uses properties of Unicode, whose members depend on the version
            of Unicode.
    """

    source: str
    root: Node
    contested: Characters = field(default_factory=Characters)
    has_properties: bool = False


def walk(node: Node) -> Iterator[Node]:
    """A tree and all trees in it."""
    yield node
    if isinstance(node, (Sequence, Choice)):
        for part in node.parts if isinstance(node, Sequence) else node.branches:
            yield from walk(part)
    elif isinstance(node, (Repeat, Group, Look)):
        yield from walk(node.part)
